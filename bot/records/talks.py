"""The memories of conversations, kept in the database so that a restart interrupts no talk."""

import time
from collections.abc import Callable

from pydantic import TypeAdapter, ValidationError

from bot.understanding.memory import Conversations, Memory
from knowledge.database import DatabaseFile

_MEMORY = TypeAdapter(Memory)


class KeptConversations(Conversations):
    """Conversations that survive the process, about one version of the registers: positions mean nothing in another.

    Nothing is held beside the database: a turn whose transaction fails has not happened.

    ``clock`` is the time of day in seconds: a restart must not make a talk younger.
    """

    def __init__(self, file: DatabaseFile, version: int, minutes: float, clock: Callable[[], float] = time.time):
        super().__init__(minutes, clock=clock)
        self._file = file
        self._version = version

    def recall(self, chat: str, user: str) -> Memory:
        """Return the memory of ``user`` in ``chat``; an empty one when there is none or it is too old."""
        with self._file.reading():
            row = self._file.db.execute(
                "select memory from talks where chat = ? and user = ? and version = ? and at >= ?",
                (chat, user, self._version, self._clock() - self._age_s),
            ).fetchone()
        try:
            return _MEMORY.validate_json(row[0]) if row else Memory()
        except ValidationError:
            return Memory()  # of another version of the program: the talk begins anew

    def keep(self, chat: str, user: str, memory: Memory) -> None:
        """Remember ``memory`` as the last turn of ``user`` in ``chat``."""
        row = {
            "chat": chat,
            "user": user,
            "at": self._clock(),
            "version": self._version,
            "memory": _MEMORY.dump_json(memory, exclude_defaults=True).decode(),
        }
        with self._file.writing():
            self._file.table("talks").upsert(row, pk=("chat", "user"))
