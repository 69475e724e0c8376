"""Updates on their way in: written down before Telegram is told, handled in order within a chat, never twice."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable
from typing import Any
from weakref import WeakValueDictionary

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import BaseUpdateProcessor

from bot.records.journal import Journal
from knowledge.errors import StoreError

_LOG = logging.getLogger(__name__)

# Chats are handled side by side; each waits only for itself, so that this is far above what may be stuck.
_MOST_CHATS_AT_ONCE = 1024


class Arrivals(asyncio.Queue[object]):
    """The queue from the updater to the application; what is put in is in the journal first.

    The updater tells Telegram that updates were received by its next request (or by answering the webhook's), which
    it makes only after ``put`` has returned.
    """

    def __init__(self, journal: Journal):
        super().__init__()
        self._journal = journal

    async def put(self, item: object) -> None:
        """Write down an update and queue it, unless it came before.

        Raises:
            TelegramError: it can't be written down; the updater then asks for it again, after a while.
        """
        if isinstance(item, Update):
            try:
                if not self._journal.receive(item.update_id, item.to_json()):
                    return
            except StoreError as error:
                _LOG.error("%s", error)
                raise TelegramError(str(error)) from error
        await super().put(item)

    def put_waiting(self, bot: Bot, in_hand: frozenset[int]) -> int:
        """Queue the updates that an earlier run (or a full disk) left unanswered; return how many.

        ``in_hand`` are those that are being handled.
        """
        count = 0
        for update_id, payload in self._journal.waiting():
            if update_id in in_hand:
                continue
            try:
                update = Update.de_json(json.loads(payload), bot)
            except Exception:
                _LOG.exception("update %s in the journal can't be read and is given up", update_id)
                self._journal.finish(update_id)
                continue
            self.put_nowait(update)
            count += 1
        return count


class InOrder(BaseUpdateProcessor):
    """Handles updates of one chat one after the other, of different chats side by side; crosses out what is done."""

    def __init__(self, journal: Journal):
        super().__init__(_MOST_CHATS_AT_ONCE)
        self._journal = journal
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._in_hand: set[int] = set()
        self._postponed: set[int] = set()

    @property
    def in_hand(self) -> frozenset[int]:
        """The updates that are being handled or wait for their turn."""
        return frozenset(self._in_hand)

    def postpone(self, update: Update) -> None:
        """Leave ``update`` in the journal: it could not be handled now."""
        self._postponed.add(update.update_id)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle ``update`` when those of its chat before it are done."""
        if not isinstance(update, Update):
            await coroutine
            return
        self._in_hand.add(update.update_id)
        try:
            async with self._turns.setdefault(_line_of(update), asyncio.Lock()):
                await coroutine
            if update.update_id not in self._postponed:
                self._journal.finish(update.update_id)
        finally:
            self._in_hand.discard(update.update_id)
            self._postponed.discard(update.update_id)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to close."""


def _line_of(update: Update) -> int:
    """Return where ``update`` stands in line: its chat, else its user."""
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else 0


def age_s(update: Update) -> float:
    """Return how long ago, in seconds, the message of ``update`` was written (or edited); 0 where none is."""
    message = update.edited_message or update.message
    if message is None:
        return 0.0
    return time.time() - (message.edit_date or message.date).timestamp()
