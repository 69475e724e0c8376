"""What a button carries: an action with its arguments, versioned and signed, in at most 64 bytes."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

from telegram.constants import InlineKeyboardButtonLimit

from knowledge.database import DatabaseFile

# Buttons of older programs are told so instead of being misread; raise it when the arguments change their meaning.
_VERSION = "1"
_MOST_BYTES = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
# 48 bits: nobody guesses that by sending buttons.
_TAG_LENGTH = 8


class Act(StrEnum):
    """What a button may ask for, with its arguments; one letter, since there is little room."""

    SHOW = "s"  # version, position, facets
    HAND_OVER = "h"  # question of the audit log
    DISLIKE = "d"  # question
    OFFER = "t"  # question, page of the offers: which power is it about?
    TIE = "a"  # question, version, position: its subject is a nickname of that power
    SETTLE = "x"  # question: nothing to do
    REVOKE = "r"  # digest of a nickname: forget it
    LET_IN = "g"  # chat
    PUBLISH = "p"  # edition, the edition it was compared with
    DISCARD = "q"  # edition


@dataclass(frozen=True)
class Action:
    """What pressing a button asks for: the arguments are short words without a colon."""

    act: Act
    arguments: tuple[str, ...] = ()


class Signer:
    """Turns actions into the data of buttons and back; only what this bot signed is accepted."""

    def __init__(self, key: bytes):
        self._key = key

    def data(self, action: Action) -> str:
        """Return the data for a button.

        Raises:
            ValueError: it would be longer than Telegram allows.
        """
        payload = ":".join((_VERSION, action.act, *action.arguments))
        data = f"{payload}:{self._tag(payload)}"
        if len(data.encode()) > _MOST_BYTES:
            raise ValueError(data)
        return data

    def action(self, data: str) -> Action | None:
        """Return the action that ``data`` carries; ``None`` when it is forged or of another version."""
        payload, _, tag = data.rpartition(":")
        if not hmac.compare_digest(tag.encode("utf-8", "replace"), self._tag(payload).encode()):
            return None
        version, act, *arguments = payload.split(":")
        return Action(Act(act), tuple(arguments)) if version == _VERSION else None

    def _tag(self, payload: str) -> str:
        digest = hmac.digest(self._key, payload.encode("utf-8", "replace"), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode()[:_TAG_LENGTH]


def signer_of(file: DatabaseFile) -> Signer:
    """Return the signer whose key lies in the database: buttons outlive a restart."""
    with file.writing():
        row = file.db.execute("select value from secrets where name = 'buttons'").fetchone()
        key = str(row[0]) if row else secrets.token_hex(32)
        if not row:
            file.table("secrets").insert({"name": "buttons", "value": key})
    return Signer(bytes.fromhex(key))
