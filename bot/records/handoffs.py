"""Questions handed to a person: who asked what where, and which admin answered."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from knowledge.database import DatabaseFile


@dataclass(frozen=True)
class Handoff:
    """A question that waits for a person's answer; ``question`` is its number in the audit log."""

    number: int
    question: int
    chat: int
    thread: int | None
    message: int | None
    user: int
    text: str
    answered_by: int | None


class Handoffs:
    """The questions handed to the admins."""

    def __init__(self, file: DatabaseFile, clock: Callable[[], float] = time.time):
        self._file = file
        self._clock = clock

    def open(
        self, question: int, *, chat: int, thread: int | None, message: int | None, user: int, text: str
    ) -> int | None:
        """Write down a question for the admins and return its number; ``None`` when it was handed over before."""
        with self._file.writing():
            if self._file.db.execute("select 1 from handoffs where question = ?", (question,)).fetchone():
                return None
            row = {
                "question": question,
                "chat": chat,
                "thread": thread,
                "message": message,
                "user": user,
                "text": text,
                "at": self._clock(),
            }
            return int(str(self._file.table("handoffs").insert(row).last_pk))

    def get(self, number: int) -> Handoff | None:
        """Return a question; ``None`` when it is no longer kept."""
        columns = "number, question, chat, thread, message, user, text, answered_by"
        with self._file.reading():
            query = f"select {columns} from handoffs where number = ?"  # noqa: S608 - our own columns
            row = self._file.db.execute(query, (number,)).fetchone()
            return Handoff(*row) if row else None

    def claim(self, number: int, admin: int) -> bool:
        """Note that ``admin`` answers; return whether no other had before: who answers first may add to it."""
        with self._file.writing():
            claimed = self._file.db.execute(
                "update handoffs set answered_by = ? where number = ? and coalesce(answered_by, ?) = ?",
                (admin, number, admin, admin),
            )
            return claimed.rowcount == 1
