"""Messages on their way out: in order within a chat, at Telegram's pace, again after a failure, crossed out at once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TypeVar
from weakref import WeakValueDictionary

from aiolimiter import AsyncLimiter
from telegram import Bot, InputFile, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.channels.telegram.messages import Outgoing
from bot.records.journal import Departure, Journal
from bot.records.patience import Patience, pauses

_LOG = logging.getLogger(__name__)
_Result = TypeVar("_Result")

# Pauses before the next try: doubled from the first to the longest.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 60.0
# Telegram's `retry_after` is in whole seconds.
_ROUNDING_S = 0.1
# After so long a message that hangs holds up the others no more.
_HANGS_S = 1.0
# What is no message is worth nothing any more after so long.
_SOON_S = 5.0
# Answers of Telegram that say: what was wanted is so already, or can't be any more.
_NOTHING_TO_DO = ("message is not modified", "message to edit not found", "message can't be edited", "query is too old")


class Courier:
    """Sends messages.

    AIORateLimiter of python-telegram-bot is not used: after one chat's 429 it holds up all of them.
    """

    def __init__(self, bot: Bot, journal: Journal, patience: Patience, per_second: float):
        self._bot = bot
        self._journal = journal
        self._patience = patience
        self._pace = AsyncLimiter(per_second, 1)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._crossing = asyncio.Lock()
        self._elsewhere: dict[int, list[asyncio.Task[None]]] = {}
        self._stopping = asyncio.Event()
        self._put_off: set[int] = set()

    # ── messages ─────────────────────────────────────────────────────────────────────────────────────────────

    def write_down(self, update_id: int, messages: Iterable[Outgoing]) -> None:
        """Put the answer to an update in the journal; ``deliver`` sends it."""
        self._journal.depart(
            update_id,
            (
                Departure(0, update_id, m.chat, m.model_dump_json(exclude_defaults=True), m.question, m.handoff)
                for m in messages
            ),
        )

    async def deliver(self, update_id: int, chat: int) -> None:
        """Send what is written down for an update; return when ``chat``, whose next update waits, is served.

        One chat's trouble does not hold up the others': ``delivered`` waits for the rest.
        """
        await self.delivered(update_id)  # what is under way already is not sent a second time
        by_chat = await self._lines(update_id)
        own = by_chat.pop(chat, [])
        if by_chat:
            self._elsewhere[update_id] = [asyncio.create_task(self._deliver(*other)) for other in by_chat.items()]
        await self._deliver(chat, own)

    async def spread(self, update_id: int) -> None:
        """Send what is written down, for several chats, none of which waits for it; return when all are served."""
        by_chat = await self._lines(update_id)
        await asyncio.gather(*(self._deliver(*line) for line in by_chat.items()))

    async def _lines(self, update_id: int) -> dict[int, list[Departure]]:
        """Return what is written down for an update and has not left, by chat."""
        by_chat: dict[int, list[Departure]] = {}
        for departure in await self._patience(lambda: self._journal.departures(update_id)):
            by_chat.setdefault(departure.chat, []).append(departure)
        return by_chat

    async def delivered(self, update_id: int) -> None:
        """Wait until what an update says in other chats is there, too (or put off)."""
        await asyncio.gather(*self._elsewhere.pop(update_id, ()))

    def put_off(self) -> None:
        """Try nothing again from now on: what Telegram does not take at once waits in the journal for the next run."""
        self._stopping.set()

    async def _deliver(self, chat: int, line: list[Departure]) -> None:
        async with self._turns.setdefault(chat, asyncio.Lock()):
            for departure in line:
                if chat in self._put_off or not await self._send(departure):
                    self._put_off.add(chat)  # and all that comes after it there: order is kept
                    return

    async def _send(self, departure: Departure) -> bool:
        """Send one message, as often as it takes, and cross it out; return ``False`` where it is put off."""
        message, number = Outgoing.model_validate_json(departure.payload), departure.number
        for pause in pauses(_FIRST_PAUSE_S, _LONGEST_PAUSE_S):
            async with self._pace, self._one_at_a_time():
                try:
                    sent = await self._attempt(message)
                except TelegramError as error:
                    failure = error
                except Exception as error:
                    failure = TelegramError(f"an answer that can't be read: {error!r}")
                else:
                    await self._patience(partial(self._journal.sent, number, sent))
                    return True
            if isinstance(failure, ChatMigrated):
                message = message.model_copy(update={"chat": failure.new_chat_id})
            elif message.thread and "thread not found" in str(failure).lower():
                message = message.model_copy(update={"thread": None})  # the topic was deleted meanwhile
            elif _is_final(failure):
                if not _is_done(failure):
                    _LOG.warning("a message to chat %s was refused: %s", departure.chat, failure)
                await self._patience(partial(self._journal.failed, number))
                return True
            else:
                wait = _wait(failure, pause)
                _LOG.warning("a message to chat %s: %s; again in %s s", departure.chat, failure, wait)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), wait)
                    return False
        raise AssertionError  # the pauses have no end

    async def _attempt(self, message: Outgoing) -> int | None:
        """Send or edit once; return the message's id."""
        if message.edits is not None:
            edited = await self._bot.edit_message_text(
                message.html,
                chat_id=message.chat,
                message_id=message.edits,
                parse_mode=ParseMode.HTML,
                reply_markup=message.markup,
                link_preview_options=_NO_PREVIEW,
            )
            return edited.message_id if isinstance(edited, Message) else message.edits
        question = message.question
        reply = ReplyParameters(question, allow_sending_without_reply=True) if question else None
        if message.attachment is not None:
            sent = await self._bot.send_document(
                message.chat,
                InputFile(message.attachment.text.encode("utf-8-sig"), message.attachment.name),  # Notepad wants a BOM
                caption=message.html,
                parse_mode=ParseMode.HTML,
                message_thread_id=message.thread,
                reply_parameters=reply,
            )
            return sent.message_id
        sent = await self._bot.send_message(
            message.chat,
            message.html,
            parse_mode=ParseMode.HTML,
            message_thread_id=message.thread,
            reply_markup=message.markup,
            reply_parameters=reply,
            link_preview_options=_NO_PREVIEW,
        )
        return sent.message_id

    @asynccontextmanager
    async def _one_at_a_time(self) -> AsyncIterator[None]:
        """Let one message at a time be between its sending and its crossing out.

        A process that is killed leaves at most that one uncertain, and sends at most that one twice. A message that
        hangs lets the next one pass after a while.
        """
        await self._crossing.acquire()
        held = True

        def release() -> None:
            nonlocal held
            if held:
                held = False
                self._crossing.release()

        timer = asyncio.get_running_loop().call_later(_HANGS_S, release)
        try:
            yield
        finally:
            timer.cancel()
            release()

    # ── everything else ──────────────────────────────────────────────────────────────────────────────────────

    async def call(self, request: Callable[[], Awaitable[_Result]], tries: int = 3) -> _Result | None:
        """Make a request that is no message (an answer to a button, leaving a chat); return ``None`` when it fails.

        It is worth little later, so that it is tried only ``tries`` times, and not after a long wait.
        """
        for left, pause in zip(reversed(range(tries)), pauses(_FIRST_PAUSE_S, _LONGEST_PAUSE_S), strict=False):
            try:
                return await request()
            except TelegramError as error:
                failure = error
            except Exception as error:
                failure = TelegramError(f"an answer that can't be read: {error!r}")
            wait = _wait(failure, pause)
            if not left or _is_final(failure) or wait > _SOON_S:
                break
            await asyncio.sleep(wait)
        if not _is_done(failure):
            _LOG.warning("a request failed: %s", failure)
        return None


_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def _wait(error: TelegramError, pause: float) -> float:
    """Return the seconds to wait after ``error``: as many as Telegram says, else ``pause``."""
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return (after if isinstance(after, int) else after.total_seconds()) + _ROUNDING_S
    return pause


def _is_final(error: TelegramError) -> bool:
    """Whether Telegram will never accept the request. All else may pass: the network, 5xx, an unreadable answer."""
    return isinstance(error, BadRequest | Forbidden)


def _is_done(error: TelegramError) -> bool:
    """Whether ``error`` says that nothing is left to do."""
    return any(words in str(error).lower() for words in _NOTHING_TO_DO)
