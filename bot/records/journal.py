"""The journal: no update is lost and none is answered twice, whatever stops the process.

An update is written down before Telegram is told that it was received; the messages that answer it are written down
before the first of them leaves; each is crossed out when Telegram has accepted it, the update after its last one.

The disk is waited for twice: when updates arrive, and when a message is crossed out, which makes all durable that was
written before. A power failure between writing a message down and crossing it out leaves the question as it came.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlite_utils.db import NotFoundError

from knowledge.database import DatabaseFile

# Telegram keeps what it could not deliver for 24 hours; afterwards no update comes a second time.
_KEEP_DONE_S = 3 * 24 * 3600


@dataclass(frozen=True)
class Departure:
    """A message on its way: ``payload`` is its content, ``message_id`` what Telegram called it once accepted."""

    number: int
    update_id: int
    chat: int
    payload: str
    question: int | None = None
    handoff: int | None = None
    message_id: int | None = None


class Journal:
    """Arrivals (updates, by update_id) and departures (messages)."""

    def __init__(self, file: DatabaseFile, clock: Callable[[], float] = time.time):
        self._file = file
        self._clock = clock

    # ── arrivals ─────────────────────────────────────────────────────────────────────────────────────────────

    def receive(self, updates: Iterable[tuple[int, str]]) -> set[int]:
        """Write down updates (update_id, payload); return those that are new: others must not be handled again."""
        insert = "insert or ignore into inbox(update_id, payload, received_at, done) values (?, ?, ?, 0)"
        with self._file.writing():
            return {
                number
                for number, payload in updates
                if self._file.db.execute(insert, (number, payload, self._clock())).rowcount == 1
            }

    def finish(self, update_id: int) -> None:
        """Cross out an update, unless a message that answers it still waits; its content is not kept.

        A power failure may undo it: nothing is said twice by that.
        """
        finish = """
            update inbox set done = 1, payload = '' where update_id = ? and not exists (
                select 1 from outbox where outbox.update_id = inbox.update_id and state = 'waiting'
            )
        """
        with self._file.writing(durable=False):
            self._file.db.execute(finish, (update_id,))

    def waiting(self) -> list[tuple[int, str]]:
        """Return the updates that are not crossed out, as (update_id, payload), in order of arrival."""
        with self._file.reading():
            rows = self._file.db.execute("select update_id, payload from inbox where done = 0 order by update_id")
            return [(int(number), str(payload)) for number, payload in rows.fetchall()]

    # ── departures ───────────────────────────────────────────────────────────────────────────────────────────

    def depart(self, update_id: int, departures: Iterable[Departure]) -> None:
        """Write down the messages that answer an update, in order; their numbers are given here."""
        with self._file.writing():
            self._file.table("outbox").insert_all(
                {
                    "update_id": update_id,
                    "chat": d.chat,
                    "question": d.question,
                    "handoff": d.handoff,
                    "payload": d.payload,
                    "state": "waiting",
                    "at": self._clock(),
                }
                for d in departures
            )

    def departures(self, update_id: int) -> list[Departure]:
        """Return the messages for an update that have not left yet, in order."""
        return self._select("update_id = ? and state = 'waiting' order by number", (update_id,))

    def unasked(self) -> list[int]:
        """Return the numbers (negative: of no update) under which messages wait that nobody asked for."""
        with self._file.reading():
            query = "select distinct update_id from outbox where update_id < 0 and state = 'waiting'"
            return [int(row[0]) for row in self._file.db.execute(query).fetchall()]

    def has_departures(self, update_id: int) -> bool:
        """Whether the answer to an update was written down already, sent or not."""
        with self._file.reading():
            found = self._file.db.execute("select 1 from outbox where update_id = ? limit 1", (update_id,))
            return found.fetchone() is not None

    def withdraw(self, update_id: int) -> bool:
        """Take back the messages for an update, unless one of them has left; return whether they were taken back."""
        with self._file.writing():
            sent = self._file.db.execute(
                "select 1 from outbox where update_id = ? and state = 'sent' limit 1", (update_id,)
            ).fetchone()
            if sent is None:
                self._file.db.execute("delete from outbox where update_id = ?", (update_id,))
            return sent is None

    def sent(self, number: int, message_id: int | None) -> None:
        """Cross out a message that Telegram accepted as ``message_id``."""
        self._close(number, "sent", message_id)

    def failed(self, number: int) -> None:
        """Cross out a message that Telegram will never accept (the chat is gone, the bot is blocked)."""
        self._close(number, "failed", None)

    def answers_to(self, chat: int, question: int) -> list[int]:
        """Return the messages (ids) that answered the message ``question`` of ``chat``, in order."""
        sent = self._select("chat = ? and question = ? and state = 'sent' order by number", (chat, question))
        return list(dict.fromkeys(d.message_id for d in sent if d.message_id is not None))

    def handoff_of(self, chat: int, message_id: int) -> int | None:
        """Return the number of the question to a person that a message of the bot in ``chat`` carries, if any."""
        found = self._select("chat = ? and message_id = ? and handoff is not null", (chat, message_id))
        return found[0].handoff if found else None

    def queue_length(self) -> int:
        """Return how many updates are not crossed out."""
        with self._file.reading():
            return int(self._file.db.execute("select count(*) from inbox where done = 0").fetchone()[0])

    def tidy(self) -> None:
        """Forget what is finished and so old that nobody will refer to it."""
        before = self._clock() - _KEEP_DONE_S
        with self._file.writing():
            self._file.db.execute("delete from inbox where done = 1 and received_at < ?", (before,))
            self._file.db.execute("delete from outbox where state <> 'waiting' and at < ?", (before,))

    def _close(self, number: int, state: str, message_id: int | None) -> None:
        with self._file.writing():
            # what was said is in Telegram now; here only its number is needed
            values = {"state": state, "message_id": message_id, "payload": ""}
            try:
                self._file.table("outbox").update(number, values)
            except NotFoundError:
                return  # tidied or forgotten meanwhile

    def _select(self, where: str, values: tuple[int, ...]) -> list[Departure]:
        columns = "number, update_id, chat, payload, question, handoff, message_id"
        with self._file.reading():
            rows = self._file.db.execute(f"select {columns} from outbox where {where}", values)  # noqa: S608 - ours
            return [Departure(*row) for row in rows.fetchall()]
