"""The assistants for what is in force now: others take their place when a register is published meanwhile."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.assistant import Answered, Assistant
from bot.messages import Question
from bot.records.nicknames import Nicknames
from bot.records.schema import migrations
from bot.understanding.memory import Conversations
from bot.visibility import ALL_FACETS
from knowledge.database import DatabaseFile
from knowledge.errors import StoreError
from knowledge.lexicon import builtin_aliases
from knowledge.library import Library
from knowledge.models import Facet, Register
from knowledge.store import Store


@dataclass(frozen=True)
class _Held:
    """What is answered from: only replaced as a whole, so that no answer is a mixture.

    ``assistants``: one for each set of facets that somebody may see.
    """

    version: int
    nicknames: dict[str, str]
    library: Library
    assistants: dict[frozenset[Facet], Assistant]


class Current:
    """Answers from what is in force in a database; a question gets the editions before a change or those after it.

    Any thread may ask and ``refresh``. While assistants are built, those before go on answering; a follow-up does not
    refer to what was said to them, as other powers may stand at their positions now.

    Args:
        database: the file; opened for a moment only.
        conversations: makes what remembers the talk about a version of the registers (``Store.version``).
        look_every_s: ``answer`` looks for something new when so many seconds have passed, and builds the new assistant
            before it answers; ``math.inf``: never, who wants it calls ``refresh``.
        clock: seconds, monotonic.

    Raises:
        StoreError: the database can't be read (here and from ``refresh``).
    """

    def __init__(
        self,
        database: Path,
        conversations: Callable[[int], Conversations] = lambda _version: Conversations(),
        look_every_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._database = database
        self._conversations = conversations
        self._look_every_s = look_every_s
        self._clock = clock
        self._refreshing = threading.Lock()
        self._making = threading.Lock()
        self._looked = clock()
        self._held = self._load()

    # ── what is in force ─────────────────────────────────────────────────────────────────────────────────────

    @property
    def library(self) -> Library:
        """The registers that are answered from."""
        return self._held.library

    @property
    def register(self) -> Register:
        """All of them as one register."""
        return self._held.library.register

    @property
    def version(self) -> int:
        """What ``Store.version`` was for them: positions mean something within one version only."""
        return self._held.version

    def units(self) -> tuple[str, ...]:
        """Return the divisions and units that the registers are of, as they are printed."""
        held = self._held.library
        return tuple(
            dict.fromkeys([*(v.division for v in held.volumes), *(p.unit for p in held.register.powers if p.unit)])
        )

    def refresh(self) -> bool:
        """Look whether something else is in force, answer from that from now on, and return whether it was so.

        Looking takes about half a millisecond, building 0.1 s (15 s for 100,000 powers). When another thread is
        at it, this one does not wait.
        """
        if not self._refreshing.acquire(blocking=False):
            return False
        try:
            before = self._held
            self._held = self._load(before)
            return self._held is not before
        finally:
            self._looked = self._clock()
            self._refreshing.release()

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, question: Question) -> Answered:
        """Return the reply to ``question``, for who may see everything."""
        if self._clock() - self._looked >= self._look_every_s:
            with contextlib.suppress(StoreError):  # what was right a second ago is still worth more than no answer
                self.refresh()
        return self.assistant()[0].answer(question)

    def assistant(self, facets: frozenset[Facet] = ALL_FACETS) -> tuple[Assistant, int]:
        """Return the assistant that knows ``facets`` of the registers and nothing else, and their version."""
        held = self._held
        if facets in held.assistants:
            return held.assistants[facets], held.version
        with self._making:
            held.assistants.update(
                self._made(held.version, held.library, held.nicknames, {facets} - held.assistants.keys())
            )
        return held.assistants[facets], held.version

    def knows(self, facets: frozenset[Facet]) -> bool:
        """Whether the assistant for ``facets`` is there; making it takes as long as ``refresh``."""
        return facets in self._held.assistants

    def forget(self, user: str) -> None:
        """Forget what ``user`` talked about."""
        for assistant in self._held.assistants.values():
            assistant.forget(user)

    # ── making ───────────────────────────────────────────────────────────────────────────────────────────────

    def _load(self, before: _Held | None = None) -> _Held:
        """Return what is in force: ``before``, where that is still so."""
        nicknames = self._nicknames()
        store = Store(self._database)
        try:
            version = store.version()
            if before is not None and (version, nicknames) == (before.version, before.nicknames):
                return before
            library = Library.of(store.in_force())
        finally:
            store.close()
        wanted = before.assistants if before is not None else [ALL_FACETS]
        return _Held(version, nicknames, library, self._made(version, library, nicknames, wanted))

    def _nicknames(self) -> dict[str, str]:
        file = DatabaseFile(self._database, migrations)
        try:
            return Nicknames(file).all()
        finally:
            file.close()

    def _made(
        self, version: int, library: Library, nicknames: dict[str, str], wanted: Iterable[frozenset[Facet]]
    ) -> dict[frozenset[Facet], Assistant]:
        aliases = builtin_aliases() | nicknames
        return {
            facets: Assistant(
                library.register,
                aliases,
                conversations=self._conversations(version),
                facets=facets,
                volumes=library.volumes,
            )
            for facets in list(wanted)
        }
