"""The assistant for what is in force now: another one takes its place when a register is published meanwhile."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.assistant import Answered, Assistant
from bot.messages import Question
from knowledge.errors import StoreError
from knowledge.lexicon import builtin_aliases
from knowledge.library import Library
from knowledge.models import Register
from knowledge.store import Store


@dataclass(frozen=True)
class _Held:
    """What is answered from: never changed, only replaced as a whole."""

    version: int
    library: Library
    assistant: Assistant


class CurrentAssistant:
    """Answers from what is in force in a database; a question gets the editions before a change or those after it.

    Any thread may ask and ``refresh``. While an assistant is built, the one before goes on answering; a follow-up
    does not refer to what was said to the one before, as other powers may stand at its positions now.

    Args:
        database: the file; opened for a moment only.
        memory_minutes: see ``Assistant``.
        look_every_s: ``answer`` looks for something new when so many seconds have passed, and builds the new assistant
            before it answers; ``math.inf``: never, who wants it calls ``refresh``.
        clock: seconds, monotonic.

    Raises:
        StoreError: the database can't be read (here and from ``refresh``).
    """

    def __init__(
        self,
        database: Path,
        memory_minutes: float = 30,
        look_every_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._database = database
        self._memory_minutes = memory_minutes
        self._look_every_s = look_every_s
        self._clock = clock
        self._refreshing = threading.Lock()
        self._looked = clock()
        self._held = self._load()

    @property
    def library(self) -> Library:
        """The registers that are answered from."""
        return self._held.library

    @property
    def register(self) -> Register:
        """All of them as one register."""
        return self._held.library.register

    def answer(self, question: Question) -> Answered:
        """Return the reply to ``question``, from one version of the registers."""
        if self._clock() - self._looked >= self._look_every_s:
            with contextlib.suppress(StoreError):  # what was right a second ago is still worth more than no answer
                self.refresh()
        return self._held.assistant.answer(question)

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

    def _load(self, before: _Held | None = None) -> _Held:
        """Return what is in force: ``before``, where that is still so."""
        store = Store(self._database)
        try:
            now = store.version()
            if before is not None and now == before.version:
                return before
            library = Library.of(store.in_force())
        finally:
            store.close()
        assistant = Assistant(
            library.register, builtin_aliases(), memory_minutes=self._memory_minutes, volumes=library.volumes
        )
        return _Held(now, library, assistant)
