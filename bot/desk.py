"""Hands out the assistant for what somebody may see; changes to a new edition or nickname without a restart."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bot.assistant import Assistant
from bot.records.nicknames import Nicknames
from bot.records.schema import migrations
from bot.records.talks import KeptConversations
from bot.visibility import ALL_FACETS
from knowledge.database import DatabaseFile
from knowledge.lexicon import builtin_aliases
from knowledge.models import Facet
from knowledge.store import Edition, Store


@dataclass(frozen=True)
class _Knowledge:
    """What answers stand on; replaced whole, so that no answer is a mixture."""

    edition: Edition
    nicknames: dict[str, str]
    assistants: dict[frozenset[Facet], Assistant]


class Desk:
    """The assistants over the edition in force, one for each set of facets that somebody may see.

    ``path`` is the database, ``file`` the connection by which conversations are kept; ``memory_minutes``: how long a
    follow-up may refer to what was said.

    Raises:
        StoreError: the database can't be read.
    """

    def __init__(self, path: Path, file: DatabaseFile, memory_minutes: float):
        self._path = path
        self._file = file
        self._minutes = memory_minutes
        self._seen: int | None = file.version
        self._refreshing = asyncio.Lock()
        self._knowledge = self._made(*self._read(), {ALL_FACETS})

    @property
    def edition(self) -> Edition:
        """The edition in force."""
        return self._knowledge.edition

    def assistant(self, facets: frozenset[Facet]) -> tuple[Assistant, int]:
        """Return the assistant that knows ``facets`` of the register and nothing else, and the edition's number."""
        knowledge = self._knowledge
        if facets not in knowledge.assistants:
            knowledge.assistants[facets] = self._assistant(knowledge.edition, knowledge.nicknames, facets)
        return knowledge.assistants[facets], knowledge.edition.number

    def is_outdated(self) -> bool:
        """Whether another process has written to the database since the last refresh; costs next to nothing."""
        return self._seen != self._file.version

    async def refresh(self) -> None:
        """Take over the edition in force and the nicknames.

        Building takes seconds with very many powers, and answers go on meanwhile. Where it fails, the desk is outdated.
        """
        async with self._refreshing:
            version, self._seen = self._file.version, None
            await asyncio.to_thread(self._replace)
            self._seen = version

    def _replace(self) -> None:
        edition, nicknames = self._read()
        known = self._knowledge
        if (edition.number, nicknames) != (known.edition.number, known.nicknames):
            self._knowledge = self._made(edition, nicknames, set(known.assistants))

    # ── for those who see everything ─────────────────────────────────────────────────────────────────────────

    def subject(self, text: str) -> str:
        """Return what of a question is not asked but asked about: what may become a nickname."""
        return self.assistant(ALL_FACETS)[0].subject(text)

    def likely(self, text: str, limit: int) -> tuple[int, ...]:
        """Return the powers (at most ``limit``) that a question without an answer may be about, likeliest first."""
        return self.assistant(ALL_FACETS)[0].likely(text, limit)

    def forget(self, user: int) -> None:
        """Forget what ``user`` talked about."""
        for assistant in self._knowledge.assistants.values():
            assistant.forget(str(user))

    def _read(self) -> tuple[Edition, dict[str, str]]:
        """Read by a connection of this thread."""
        store = Store(self._path)
        try:
            edition = store.current()
        finally:
            store.close()
        file = DatabaseFile(self._path, migrations)
        try:
            return edition, Nicknames(file).all()
        finally:
            file.close()

    def _made(self, edition: Edition, nicknames: dict[str, str], wanted: set[frozenset[Facet]]) -> _Knowledge:
        assistants = {facets: self._assistant(edition, nicknames, facets) for facets in wanted}
        return _Knowledge(edition, nicknames, assistants)

    def _assistant(self, edition: Edition, nicknames: dict[str, str], facets: frozenset[Facet]) -> Assistant:
        conversations = KeptConversations(self._file, edition.number, self._minutes)
        return Assistant(edition.register_, builtin_aliases() | nicknames, edition.label, conversations, facets)
