"""The audit log: who asked what, when, and what was decided and answered; kept for a set number of days."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.messages import Reply, Shown
from knowledge.database import DatabaseFile
from knowledge.text import normalise, plain

# Decisions about questions; ``ORDERED`` is what an admin decided, ``JOINED`` who came by an invitation.
ANSWERED, REFUSED, LIMITED, ORDERED, JOINED = "answered", "refused", "limited", "ordered", "joined"
# The reason for no answer where only a part of the register may be seen.
NOT_OPEN = "NOT_OPEN"

_DAY_S = 24 * 3600
# What is about a user and may be forgotten: not who let whom in.
_PERSONAL = f"user = ? and decision not in ('{ORDERED}', '{JOINED}')"
# Inline each letter typed is a question, and feedback is none: neither has a time or an answer.
_ASKED = f"decision = '{ANSWERED}' and channel not in ('inline', 'feedback')"
# A miss: nothing was found (not: a register never holds it), or the asker was not content. Inline, each letter typed
# is a question; these are no misses.
_MISSED = "settled = 0 and channel <> 'inline' and ((kind = 'unknown' and reason in ('NOT_FOUND', '')) or disliked = 1)"


@dataclass(frozen=True)
class Entry:
    """One question of the log; ``at`` in seconds since 1970."""

    number: int
    at: float
    chat: int
    user: int
    text: str
    kind: str


@dataclass(frozen=True)
class Miss:
    """Questions that found no good answer and read alike: the newest one's number and text, how many, how many 👎."""

    number: int
    text: str
    count: int
    disliked: int


@dataclass(frozen=True)
class Figures:
    """What happened since midnight: ``median_ms`` and ``slowest_ms`` are from text to reply."""

    questions: int
    askers: int
    unanswered: int
    median_ms: float
    slowest_ms: float


class Audit:
    """The log of questions."""

    def __init__(self, file: DatabaseFile, retention_days: float, clock: Callable[[], float] = time.time):
        self._file = file
        self._retention_s = retention_days * _DAY_S
        self._clock = clock

    def record(
        self,
        channel: str,
        chat: int,
        user: int,
        text: str,
        decision: str,
        *,
        reply: Reply | None = None,
        reason: str = "",
        version: int = 0,
        milliseconds: float = 0.0,
    ) -> int:
        """Write down one question and return its number."""
        row = {
            "at": self._clock(),
            "channel": channel,
            "chat": chat,
            "user": user,
            "text": text.encode("utf-8", "replace").decode("utf-8"),  # half a character can't be stored
            "decision": decision,
            "kind": reply.kind if reply else "",
            "reason": reason,
            "powers": json.dumps(reply.powers if reply else []),
            "facets": json.dumps(reply.facets if reply else []),
            "version": version,
            "milliseconds": milliseconds,
            "disliked": 0,
            "settled": 0,
        }
        with self._file.writing():
            return int(str(self._file.table("questions").insert(row).last_pk))

    def order(self, admin: int, order: str) -> None:
        """Write down what ``admin`` decided."""
        self.record("admin", admin, admin, order, ORDERED)

    def entry(self, number: int) -> Entry | None:
        """Return the question ``number``; ``None`` when it is no longer kept."""
        columns = "number, at, chat, user, text, kind"
        with self._file.reading():
            query = f"select {columns} from questions where number = ?"  # noqa: S608 - our own columns
            row = self._file.db.execute(query, (number,)).fetchone()
            return Entry(*row) if row else None

    def shown(self, number: int, version: int) -> Shown | None:
        """Return what the answer to the question ``number`` was about; ``None`` when it is no longer kept, or was
        about another version of the registers.
        """
        with self._file.reading():
            row = self._file.db.execute(
                "select powers, facets from questions where number = ? and version = ? and kind = 'answer'",
                (number, version),
            ).fetchone()
        return Shown(powers=json.loads(row[0]), facets=json.loads(row[1])) if row else None

    def dislike(self, number: int) -> None:
        """Note that the asker was not content with the reply."""
        with self._file.writing():
            self._file.db.execute("update questions set disliked = 1 where number = ?", (number,))

    def misses(self, limit: int) -> list[Miss]:
        """Return the questions without a good answer, alike ones together, the most frequent first."""
        with self._file.reading():
            query = f"select number, text, disliked from questions where {_MISSED} order by number desc"  # noqa: S608
            rows = self._file.db.execute(query).fetchall()
        groups: dict[str, list[tuple[int, str, int]]] = {}
        for number, text, disliked in rows:
            groups.setdefault(_likeness(text), []).append((number, text, disliked))
        ordered = sorted(groups.values(), key=lambda rows: (-len(rows), -rows[0][0]))
        return [Miss(rows[0][0], rows[0][1], len(rows), sum(row[2] for row in rows)) for rows in ordered[:limit]]

    def settle(self, number: int) -> None:
        """Take a miss, and those that read like it, off the list of misses."""
        entry = self.entry(number)
        if entry is None:
            return
        with self._file.writing():
            rows = self._file.db.execute(f"select number, text from questions where {_MISSED}").fetchall()  # noqa: S608
            for same in (n for n, text in rows if _likeness(text) == _likeness(entry.text)):
                self._file.db.execute("update questions set settled = 1 where number = ?", (same,))

    def asked_by(self, user: int) -> int:
        """Return how many questions of ``user`` are kept."""
        with self._file.reading():
            counted = self._file.db.execute(f"select count(*) from questions where {_PERSONAL}", (user,))  # noqa: S608
            return int(counted.fetchone()[0])

    def today(self) -> Figures:
        """Return what happened since midnight, local time."""
        now = datetime.fromtimestamp(self._clock()).astimezone()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        with self._file.reading():
            rows = self._file.db.execute(
                f"select user, kind, milliseconds from questions where at >= ? and {_ASKED}",  # noqa: S608 - our own
                (midnight,),
            ).fetchall()
        times = sorted(row[2] for row in rows)
        return Figures(
            questions=len(rows),
            askers=len({row[0] for row in rows}),
            unanswered=sum(row[1] == "unknown" for row in rows),
            median_ms=times[len(times) // 2] if times else 0.0,
            slowest_ms=times[-1] if times else 0.0,
        )

    def forget(self, user: int) -> int:
        """Delete what ``user`` asked and return how many questions that were."""
        with self._file.writing(erases=True):
            gone = self._file.db.execute(f"delete from questions where {_PERSONAL}", (user,)).rowcount  # noqa: S608
            self._file.db.execute("delete from handoffs where user = ?", (user,))
            self._file.db.execute("delete from talks where user = ?", (str(user),))
        return gone

    def tidy(self) -> None:
        """Delete what is older than the retention time."""
        before = self._clock() - self._retention_s
        with self._file.writing():
            for table in ("questions", "handoffs", "talks"):
                self._file.db.execute(f"delete from {table} where at < ?", (before,))  # noqa: S608 - our own names


def _likeness(text: str) -> str:
    """Return what is compared of two questions: their characters without marks and width."""
    return plain(normalise(text))
