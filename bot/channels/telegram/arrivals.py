"""Updates on their way in: written down before Telegram is told, handled in order within a chat, never twice."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from weakref import WeakValueDictionary

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import BaseUpdateProcessor

from bot.records.journal import Journal
from bot.records.patience import Patience
from knowledge.errors import StoreError

_LOG = logging.getLogger(__name__)


class Arrivals(asyncio.Queue[object]):
    """The queue from the updater to the application; what is put in is in the journal first.

    The updater tells Telegram that updates were received by its next request (or by answering the webhook's), which
    it makes only after ``put`` has returned.
    """

    def __init__(self, journal: Journal, patience: Patience):
        super().__init__()
        self._journal = journal
        self._patience = patience
        self._new: set[int] = set()

    def write_down(self, updates: Iterable[Update]) -> None:
        """Write down updates in one transaction, so that the disk is waited for once.

        Raises:
            TelegramError: they can't be written down; the updater then asks for them again, after a while.
        """
        try:
            self._new |= self._journal.receive((update.update_id, update.to_json()) for update in updates)
        except StoreError as error:
            self._patience.tell(error)
            raise TelegramError("updates can't be written down") from error

    async def put(self, item: object) -> None:
        """Queue an update, unless it came before; write it down where that is not done yet.

        Raises:
            TelegramError: as ``write_down``.
        """
        if isinstance(item, Update):
            if item.update_id not in self._new:
                self.write_down([item])
            if item.update_id not in self._new:
                return
            self._new.remove(item.update_id)
        await super().put(item)

    def put_waiting(self, bot: Bot) -> int:
        """Queue the updates that an earlier run left unanswered; return how many.

        Raises:
            StoreError: the journal can't be read.
        """
        count = 0
        for update_id, payload in self._journal.waiting():
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
    """Handles updates of one chat one after the other, of different chats side by side; crosses out what is done.

    ``delivered`` waits until an update has been answered in other chats, too: the line of its own does not.
    """

    def __init__(self, journal: Journal, patience: Patience, delivered: Callable[[int], Awaitable[None]]):
        # no limit: what waits for a chat in trouble must not keep out the others
        super().__init__(sys.maxsize)
        self._journal = journal
        self._patience = patience
        self._delivered = delivered
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle ``update`` when those of its chat before it are done."""
        if not isinstance(update, Update):
            await coroutine
            return
        number = update.update_id
        if update.inline_query is not None:
            await coroutine  # it is for whoever is on the phone: it waits for nothing that is said in private
        else:
            async with self._turns.setdefault(line_of(update), asyncio.Lock()):
                await coroutine
        await self._delivered(number)
        await self._patience(lambda: self._journal.finish(number))

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to close."""


def line_of(update: Update) -> int:
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
