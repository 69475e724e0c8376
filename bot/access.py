"""The one gate: who may see what. Closed by default, and closed whenever something goes wrong."""

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from bot.config import Access
from bot.visibility import ALL_FACETS
from knowledge.database import DatabaseFile
from knowledge.models import Facet

_LOG = logging.getLogger(__name__)

_DAY_S = 24 * 3600

Kind = Literal["user", "chat"]


@dataclass(frozen=True)
class Pass:
    """What the gate says: ``facets`` are what may be seen here; none at all: not let in."""

    facets: frozenset[Facet] = frozenset()
    admin: bool = False

    @property
    def is_open(self) -> bool:
        """Whether anything may be seen."""
        return bool(self.facets)

    @property
    def is_whole(self) -> bool:
        """Whether everything may be seen."""
        return self.facets == ALL_FACETS


CLOSED = Pass()


class Gate:
    """Decides by the settings (``Access``) and by what admins said since, which wins over the settings.

    In a private chat the user's own grant counts. In a group the group's grant does, whoever asks: there it is read
    by all; a user who is kept out, or let in for some facets only, gets no more than that there either.
    """

    def __init__(self, settings: Access, file: DatabaseFile, clock: Callable[[], float] = time.time):
        self._settings = settings
        self._file = file
        self._clock = clock

    def admit(self, user: int, chat: int | None = None) -> Pass:
        """Return what ``user`` may see in ``chat`` (``None``: in private, or inline)."""
        try:
            return self._admit(user, chat)
        except Exception:
            # whatever went wrong: better silent than open
            _LOG.exception("the gate failed and stays closed")
            return CLOSED

    def is_admin(self, user: int) -> bool:
        """Whether the settings name ``user`` as an admin."""
        return user in self._settings.admins

    def is_let_in(self, chat: int | None) -> bool:
        """Whether a group is let in for anything; in private (``None``) nobody has to leave."""
        return chat is None or bool(self._granted("chat", chat))

    @property
    def admins(self) -> tuple[int, ...]:
        """The admins' ids."""
        return self._settings.admins

    def let_in(self, kind: Kind) -> tuple[int, ...]:
        """Return the ids of all users or groups that are let in for anything; admins are not among them."""
        with self._file.reading():
            rows = self._file.db.execute("select id from grants where kind = ?", (kind,)).fetchall()
        known = self._settings.users if kind == "user" else self._settings.chats
        return tuple(sorted(n for n in {*known, *(row[0] for row in rows)} if self._granted(kind, n)))

    def _admit(self, user: int, chat: int | None) -> Pass:
        admin = self.is_admin(user)
        if chat is None:
            return Pass(ALL_FACETS if admin else self._granted("user", user) or frozenset(), admin)
        facets = self._granted("chat", chat) or frozenset()
        own = None if admin else self._granted("user", user)
        return Pass(facets if own is None else facets & own, admin and bool(facets))

    def _granted(self, kind: Kind, number: int) -> frozenset[Facet] | None:
        """Return what was granted; nothing (an empty set) to who is kept out, ``None`` where nobody decided."""
        with self._file.reading():
            row = self._file.db.execute(
                "select denied, facets from grants where kind = ? and id = ?", (kind, number)
            ).fetchone()
        if row is not None:
            return frozenset() if row[0] else _facets(row[1])
        known = self._settings.users if kind == "user" else self._settings.chats
        return ALL_FACETS if number in known else None

    # ── what admins say ──────────────────────────────────────────────────────────────────────────────────────

    def allow(self, kind: Kind, number: int, facets: frozenset[Facet], by: int) -> None:
        """Let a user or chat in, for ``facets``."""
        self._decide(kind, number, denied=False, facets=facets, by=by)

    def deny(self, kind: Kind, number: int, by: int) -> None:
        """Keep a user or chat out, whatever the settings say."""
        self._decide(kind, number, denied=True, facets=frozenset(), by=by)

    def move_chat(self, old: int, new: int) -> None:
        """Carry a chat's grant over to the number that it has now (a group became a supergroup)."""
        facets = self._granted("chat", old)
        if facets:
            self.allow("chat", new, facets, by=0)

    def invite(self, facets: frozenset[Facet], uses: int, days: float, by: int) -> str:
        """Return the secret of a new invitation that lets in ``uses`` users within ``days``."""
        secret = secrets.token_urlsafe(12)
        row = {
            "digest": _digest(secret),
            "facets": _text(facets),
            "uses_left": uses,
            "expires_at": self._clock() + days * _DAY_S,
            "by": by,
            "at": self._clock(),
        }
        with self._file.writing():
            self._file.table("invitations").insert(row)
        return secret

    def redeem(self, secret: str, user: int) -> bool:
        """Let ``user`` in by an invitation; return whether it was valid.

        Who is kept out stays out; who may see as much already uses nothing up.
        """
        with self._file.writing():
            known = self._granted("user", user)
            row = self._file.db.execute(
                "select facets, by from invitations where digest = ? and uses_left > 0 and expires_at > ?",
                (_digest(secret), self._clock()),
            ).fetchone()
            if row is None or known == frozenset():
                return False
            facets = _facets(row[0]) | (known or frozenset())
            if facets != known:
                self._file.db.execute(
                    "update invitations set uses_left = uses_left - 1 where digest = ?", (_digest(secret),)
                )
                self.allow("user", user, facets, by=row[1])
            return True

    def tidy(self) -> None:
        """Delete invitations that let nobody in any more."""
        with self._file.writing():
            self._file.db.execute("delete from invitations where uses_left = 0 or expires_at <= ?", (self._clock(),))

    def _decide(self, kind: Kind, number: int, *, denied: bool, facets: frozenset[Facet], by: int) -> None:
        row = {
            "kind": kind,
            "id": number,
            "denied": int(denied),
            "facets": _text(facets),
            "by": by,
            "at": self._clock(),
        }
        with self._file.writing():
            self._file.table("grants").upsert(row, pk=("kind", "id"))


def _text(facets: Iterable[Facet]) -> str:
    return " ".join(sorted(facet.value for facet in facets))


def _facets(text: str) -> frozenset[Facet]:
    return frozenset(Facet(word) for word in text.split()) & ALL_FACETS


def _digest(secret: str) -> str:
    """Return what is stored of an invitation: who reads the database can't use it."""
    return hashlib.sha256(secret.encode()).hexdigest()
