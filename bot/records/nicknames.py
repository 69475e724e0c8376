"""Nicknames of powers that admins learnt from questions that found nothing; the ones shipped are in aliases.toml."""

import hashlib
import json
import time
from collections.abc import Callable

from knowledge.database import DatabaseFile


class Nicknames:
    """Aliases kept in the database: they are in use at once, can be exported and taken back."""

    def __init__(self, file: DatabaseFile, clock: Callable[[], float] = time.time):
        self._file = file
        self._clock = clock

    def all(self) -> dict[str, str]:
        """Return alias → name of the power that it means."""
        with self._file.reading():
            rows = self._file.db.execute("select alias, name from nicknames order by alias").fetchall()
            return dict(rows)

    def learn(self, alias: str, name: str, by: int) -> None:
        """Let ``alias`` mean the power called ``name``."""
        with self._file.writing():
            row = {"alias": alias, "name": name.replace("|", ""), "by": by, "at": self._clock()}
            self._file.table("nicknames").upsert(row, pk="alias")

    def called(self, digest: str) -> str | None:
        """Return the nickname that ``digest_of`` made ``digest`` of; ``None`` when it is not in use (any more)."""
        return next((alias for alias in self.all() if digest_of(alias) == digest), None)

    def revoke(self, alias: str) -> bool:
        """Take a nickname back; return whether there was one."""
        with self._file.writing():
            return self._file.db.execute("delete from nicknames where alias = ?", (alias,)).rowcount == 1

    def as_toml(self) -> str:
        """Return the nicknames in the form of ``knowledge/aliases.toml``."""
        # strings of JSON are strings of TOML
        lines = [
            f"{json.dumps(alias, ensure_ascii=False)} = {json.dumps(name, ensure_ascii=False)}"
            for alias, name in self.all().items()
        ]
        return "\n".join(["[aliases]", *lines]) + "\n"


def digest_of(alias: str) -> str:
    """Return what stands for a nickname where there is no room for it."""
    return hashlib.sha256(alias.encode()).hexdigest()[:16]
