"""What all handlers share: decide and write down in one transaction, then send; the same again after a crash."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import Bot, Update
from telegram.ext import ContextTypes

from bot.channels.telegram.addressing import asker_of
from bot.channels.telegram.arrivals import age_s, line_of
from bot.channels.telegram.courier import Courier
from bot.channels.telegram.menus import register_admin_menu
from bot.channels.telegram.responses import Response, answer_to
from bot.reception import Reception
from bot.records.journal import Journal
from bot.records.patience import Patience
from knowledge.database import DatabaseFile
from knowledge.errors import StoreError

_LOG = logging.getLogger(__name__)

_STALE = "抱歉，我刚才停机了，这个问题没能及时回答；如果还需要，请再问一遍。"
_FAILED = "抱歉，这个问题我没能处理好，已经记下。请换个说法再问，或联系管理员。"


Decide = Callable[[Update], Response]
# What takes long (fetching and reading a file) is done before, outside of the transaction.
Prepare = Callable[[Update, Bot], Awaitable[Decide]]
# A request to Telegram that can be made.
Request = Callable[[], Awaitable[object]]
Callback = Callable[[Update, Any], Coroutine[Any, Any, None]]


class Handling:
    """Turns a decision about an update into a handler for python-telegram-bot.

    ``relearn`` takes over new nicknames and editions.
    """

    def __init__(
        self,
        file: DatabaseFile,
        journal: Journal,
        courier: Courier,
        patience: Patience,
        reception: Reception,
        relearn: Callable[[], Awaitable[None]],
        stale_minutes: float,
    ):
        self._file = file
        self._journal = journal
        self._courier = courier
        self._patience = patience
        self._reception = reception
        self._relearn = relearn
        self._stale_s = stale_minutes * 60

    def of(self, decide: Decide) -> Callback:
        """Return a handler that does what ``decide`` says; ``decide`` runs in one transaction with the journal."""

        async def nothing(_update: Update, _bot: Bot) -> Decide:
            return decide

        return self.after(nothing)

    def after(self, prepare: Prepare) -> Callback:
        """Return a handler that does what the decision says that ``prepare`` comes to."""

        async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            await self._make_ready(update)
            decision = await prepare(update, context.bot)
            response = await self._patience(lambda: self._decided(update, decision))
            await self._finish(update, context.bot, response)

        return handle

    def of_question(self, decide: Decide) -> Callback:
        """As ``of``, for what is asked: after a long standstill there is an apology instead of the answer."""

        def decide_in_time(update: Update) -> Response:
            asker = asker_of(update)
            if self._is_stale(update) and asker is not None and self._reception.lets_in(asker):
                return Response([answer_to(update, _STALE)])
            return decide(update)

        async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            if self._is_stale(update):
                # after a crash the answer may be written down already; nobody waits for it any more
                await self._patience(lambda: self._journal.withdraw(update.update_id))
            await self.of(decide_in_time)(update, context)

        return handle

    def in_passing(self, decide: Callable[[Update], Request | None]) -> Callback:
        """Return a handler for what is worth something for seconds only: one request, never tried again."""

        async def handle(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
            await self._make_ready(update)
            with self._file.writing(durable=False):
                request = decide(update)
            if request is not None:
                await self._courier.call(request, tries=1)

        return handle

    async def _make_ready(self, update: Update) -> None:
        """Make what answers the asker where it is the first of its kind, while the others are answered."""
        asker = asker_of(update)
        preparation = self._reception.preparation(asker) if asker is not None else None
        if preparation is not None:
            await asyncio.to_thread(preparation)

    def _is_stale(self, update: Update) -> bool:
        return age_s(update) > self._stale_s

    def _decided(self, update: Update, decide: Decide) -> Response:
        """Decide and write down what is said; nothing where an earlier run has done so: it is sent as it was."""
        with self._file.writing(durable=False):
            if self._journal.has_departures(update.update_id):
                return Response()
            response = decide(update)
            self._courier.write_down(update.update_id, response.messages)
            return response

    async def fail(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Handle what no handler foresaw: the asker gets a sentence; type and place go to the log, not the message."""
        error = context.error
        if not isinstance(update, Update) or error is None:
            _LOG.error("an error outside of an update", exc_info=error)
            return
        if isinstance(error, StoreError):  # of what is not waited with: an inline query is worth nothing later
            self._patience.tell(error)
            return
        _LOG.error("update %s could not be handled", update.update_id, exc_info=error)
        apology = [answer_to(update, _FAILED)] if update.effective_message is not None else []
        response = Response(apology, toast=_FAILED)
        await self._patience(lambda: self._decided(update, lambda _: response))
        await self._finish(update, context.bot, response)

    async def _finish(self, update: Update, bot: Bot, response: Response) -> None:
        query = update.callback_query
        if query is not None:
            await self._courier.call(lambda: query.answer(response.toast or None))
        if response.relearn:
            await self._relearn()
        await self._courier.deliver(update.update_id, line_of(update))
        if response.welcome is not None:
            await register_admin_menu(bot, self._courier, response.welcome)
        if response.leave is not None:
            left = response.leave
            await self._courier.call(lambda: bot.leave_chat(left))
