"""Wires the bot and runs it: polling or webhook, signals, housekeeping."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout
from telegram import Message, Update
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.access import Gate
from bot.channels.telegram import administration, publishing, questions
from bot.channels.telegram.addressing import Addressing
from bot.channels.telegram.administration import Administration
from bot.channels.telegram.arrivals import Arrivals, InOrder
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.callbacks import signer_of
from bot.channels.telegram.courier import Courier
from bot.channels.telegram.handling import Handling
from bot.channels.telegram.handoff import HandingOver
from bot.channels.telegram.inline import Inline
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.membership import Membership
from bot.channels.telegram.menus import register_menus
from bot.channels.telegram.publishing import Publishing
from bot.channels.telegram.questions import Questions
from bot.config import Settings
from bot.current import Current
from bot.reception import Reception
from bot.records.audit import Audit
from bot.records.chats import Chats
from bot.records.handoffs import Handoffs
from bot.records.journal import Journal
from bot.records.nicknames import Nicknames
from bot.records.schema import migrations
from bot.records.talks import KeptConversations
from knowledge.database import DatabaseFile
from knowledge.errors import LianzhengError, StoreError
from knowledge.store import Store

_LOG = logging.getLogger(__name__)

# None of the six type parameters of python-telegram-bot's application matters here.
_App = Application[Any, Any, Any, Any, Any, Any]

UPDATES = ["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]

# A long poll waits so long for an update; an answer from Telegram may take as long as a slow line needs.
_POLL_S, _ANSWER_S = 30, 15
_CONNECTIONS = 64
# What is in hand when the process is told to stop has so long to finish; the rest is in the journal.
_FINISH_S = 8.0
# Another program that polls with the same token shows itself within so long, by refusals one after the other.
_SETTLED_S, _CONFLICTS = 60.0, 3
# How often a new edition is looked for, forgotten updates are taken up, old records are deleted.
_LOOK_S, _TAKE_UP_S, _TIDY_S = 1.0, 30.0, 3600.0

_CONFLICT = "另一个程序正在用同一个 token 收消息；请先停掉它，或为这个机器人另申请一个 token。"
_RUNNING = "机器人已经在运行（数据库 {} 正被它使用）；请先停掉它，或用 --database 另选一个文件。"
_NO_PORT = "不能在 {}:{} 上监听（{}）；请换一个 telegram.webhook.port，并检查证书文件。"
_WRONG_TOKEN = "Telegram 不认这个 token；请从 @BotFather 那里重新复制，并检查 telegram.base_url。"  # noqa: S105


class TelegramBot:
    """The bot over one database and one token.

    Raises:
        StoreError: the database can't be used.
    """

    def __init__(self, settings: Settings, token: str, database: Path):
        self._settings = settings
        self._file = DatabaseFile(database, migrations)
        self._journal = Journal(self._file)
        self._arrivals = Arrivals(self._journal)
        self._order = InOrder(self._journal)
        self._audit = Audit(self._file, settings.records.retention_days)
        self._gate = Gate(settings.access, self._file)
        minutes = settings.conversation.memory_minutes
        self._current = Current(database, lambda version: KeptConversations(self._file, version, minutes))
        self._app = self._application(token)
        self._courier = Courier(self._app.bot, self._journal, settings.telegram.messages_per_second)
        self._stop = asyncio.Event()
        self._began = time.monotonic()
        self._conflicts = 0
        self._failure = ""

    def _application(self, token: str) -> _App:
        telegram = self._settings.telegram
        proxy = telegram.proxy or None
        bot = _Bot(
            token,
            base_url=telegram.base_url,
            base_file_url=telegram.base_file_url,
            request=HTTPXRequest(
                connection_pool_size=_CONNECTIONS,
                read_timeout=_ANSWER_S,
                write_timeout=_ANSWER_S,
                pool_timeout=_ANSWER_S,
                proxy=proxy,
            ),
            get_updates_request=HTTPXRequest(connection_pool_size=2, read_timeout=_ANSWER_S, proxy=proxy),
        )
        return ApplicationBuilder().bot(bot).update_queue(self._arrivals).concurrent_updates(self._order).build()

    # ── wiring ───────────────────────────────────────────────────────────────────────────────────────────────

    def _handlers(self) -> list[BaseHandler[Update, Any, None]]:
        """Return all handlers; the first that takes an update is the only one. Needs the bot's own user."""
        me = self._app.bot.bot
        keyboards = Keyboards(signer_of(self._file), offers_people=bool(self._gate.admins))
        chats = Chats(self._file)
        reception = Reception(self._gate, self._current, self._audit, chats, self._settings.limits)
        addressing = Addressing(me, questions.COMMANDS)
        asking = Questions(reception, self._gate, self._journal, keyboards, addressing)
        membership = Membership(self._gate, self._current, reception, self._audit, asking, keyboards, me)
        handing_over = HandingOver(
            self._gate, reception, asking, self._audit, Handoffs(self._file), self._journal, keyboards
        )
        nicknames = Nicknames(self._file)
        admins = Administration(self._gate, self._current, self._audit, self._journal, nicknames, asking, keyboards, me)
        store = Store.over(self._file)
        editions = Publishing(store, self._gate, self._current, chats, keyboards, self._courier)
        buttons = Buttons(
            signer_of(self._file),
            self._gate,
            reception,
            self._current,
            self._audit,
            asking,
            handing_over,
            admins,
            editions,
        )
        inline = Inline(reception, self._courier)
        minutes = self._settings.telegram.stale_minutes
        handling = Handling(self._file, self._journal, self._courier, self._order, self._relearn, minutes)
        self._app.add_error_handler(handling.fail)
        private, new = filters.ChatType.PRIVATE, filters.UpdateType.MESSAGE
        worded = filters.TEXT | filters.CAPTION
        return [
            CommandHandler("start", handling.of(membership.started)),
            CommandHandler("me", handling.of(membership.about_me)),
            CommandHandler("forgetme", handling.of(membership.forgotten)),
            CommandHandler("feedback", handling.of(handing_over.feedback)),
            CommandHandler(administration.COMMANDS, handling.of(admins.commanded)),
            CommandHandler(publishing.COMMANDS, handling.of(editions.commanded)),
            CommandHandler(questions.COMMANDS, handling.of(asking.asked)),
            MessageHandler(filters.COMMAND & _Is(addressing.is_named), handling.of(asking.unknown_command)),
            MessageHandler(filters.StatusUpdate.MIGRATE, handling.of(membership.moved)),
            MessageHandler(_Is(lambda m: handing_over.carried_by(m) is not None), handling.of(handing_over.answered)),
            MessageHandler(new & _Is(editions.is_sent_by_admin), handling.after(editions.received)),
            MessageHandler(worded & ~filters.COMMAND & _Is(addressing.is_meant), handling.of(asking.asked)),
            MessageHandler(private & new & ~worded & ~filters.StatusUpdate.ALL, handling.of(asking.wordless)),
            CallbackQueryHandler(handling.of(buttons.pressed)),
            InlineQueryHandler(inline.typed),
            ChatMemberHandler(handling.of(membership.added), ChatMemberHandler.MY_CHAT_MEMBER),
        ]

    async def _relearn(self) -> None:
        await asyncio.to_thread(self._current.refresh)

    # ── running ──────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Answer until SIGTERM or SIGINT.

        Raises:
            LianzhengError: the token is wrong, or another program uses it.
        """
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(name, self._stop.set)
        await self._get_acquainted()
        if self._stop.is_set():
            return
        self._app.add_handlers(self._handlers())
        await self._app.start()
        house = asyncio.create_task(self._keep_house())
        try:
            waiting = self._arrivals.put_waiting(self._app.bot, self._order.in_hand)
            if waiting:
                _LOG.info("%s updates of an earlier run are answered first", waiting)
            await self._listen()
            _LOG.info("running as @%s, %s", self._app.bot.username, self._settings.telegram.mode)
            await self._stop.wait()
        finally:
            house.cancel()
            await self._wind_up()
        if self._failure:
            raise LianzhengError(self._failure)

    async def _get_acquainted(self) -> None:
        """Ask Telegram who the bot is, until it answers: the network may come up later than the program."""
        pause = 1.0
        while not self._stop.is_set():
            try:
                await self._app.initialize()
            except InvalidToken as error:
                raise LianzhengError(_WRONG_TOKEN) from error
            except TelegramError as error:
                _LOG.warning("Telegram can't be reached (%s), trying again in %s s", error, pause)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), pause)
                pause = min(60.0, 2 * pause)
            else:
                await register_menus(self._app.bot, self._courier)
                return

    async def _listen(self) -> None:
        updater = self._app.updater
        assert updater is not None  # noqa: S101 - the builder makes one
        if self._settings.telegram.mode == "polling":
            await updater.start_polling(
                timeout=_POLL_S, bootstrap_retries=-1, allowed_updates=UPDATES, error_callback=self._poll_failed
            )
            return
        webhook = self._settings.telegram.webhook
        try:
            await updater.start_webhook(
                listen=webhook.listen,
                port=webhook.port,
                url_path=urlsplit(webhook.url).path.lstrip("/"),
                webhook_url=webhook.url,
                secret_token=webhook.secret_token,
                cert=webhook.certificate,
                key=webhook.key,
                bootstrap_retries=-1,
                allowed_updates=UPDATES,
            )
        except OSError as error:
            raise LianzhengError(_NO_PORT.format(webhook.listen, webhook.port, error.strerror)) from error

    def _poll_failed(self, error: TelegramError) -> None:
        """Note that updates could not be fetched; the updater tries again."""
        if not isinstance(error, Conflict):
            _LOG.warning("updates could not be fetched: %s", error)
            return
        _LOG.warning("another program polls with the same token")
        self._conflicts += 1
        if self._conflicts >= _CONFLICTS and time.monotonic() - self._began < _SETTLED_S:
            # who came last goes; one that has been at work for long stays
            self._failure = _CONFLICT
            self._stop.set()

    async def _keep_house(self) -> None:
        """Take over new editions, take up what was left unanswered, delete what is too old; again and again."""
        took_up = tidied = time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_S)
            try:
                await self._relearn()
                if time.monotonic() - took_up > _TAKE_UP_S and self._arrivals.empty():
                    took_up = time.monotonic()
                    self._arrivals.put_waiting(self._app.bot, self._order.in_hand)
                if time.monotonic() - tidied > _TIDY_S:
                    tidied = time.monotonic()
                    self._journal.tidy()
                    self._audit.tidy()
            except StoreError as error:
                _LOG.error("%s", error)

    async def _wind_up(self) -> None:
        """Fetch nothing more, finish what is in hand; what is not finished in time waits in the journal."""
        _LOG.info("stopping")
        try:
            async with asyncio.timeout(_FINISH_S):
                if self._app.updater is not None and self._app.updater.running:
                    await self._app.updater.stop()
                await self._app.stop()
                await self._app.shutdown()
        except TimeoutError:
            _LOG.warning("not everything was finished; it will be after the next start")


class _Bot(ExtBot[None]):
    """Keeps asking for updates: the updater of python-telegram-bot gives up for good after one 401 or 404 (a proxy's,
    say), and asks again at once, without end, where an update can't be read.
    """

    async def get_updates(self, *arguments: Any, **named: Any) -> tuple[Update, ...]:
        """Fetch updates.

        Raises:
            TelegramError: they could not be fetched or read; worth another try after a while.
        """
        try:
            return await super().get_updates(*arguments, **named)
        except InvalidToken as error:
            raise TelegramError(f"{_WRONG_TOKEN} ({error})") from error
        except TelegramError:
            raise
        except Exception as error:
            raise TelegramError(f"updates that can't be read: {error!r}") from error


class _Is(filters.MessageFilter):
    """A filter made of a question about a message."""

    def __init__(self, question: Callable[[Message], bool]):
        super().__init__()
        self._question = question

    def filter(self, message: Message) -> bool:
        """Return what the question says."""
        return self._question(message)


def run(settings: Settings, token: str, database: Path) -> None:
    """Run the bot until it is told to stop.

    Raises:
        LianzhengError: it runs already, the token is wrong or used by another program, the database can't be used.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{database}.bot.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LianzhengError(_RUNNING.format(database)) from error
    with lock:
        asyncio.run(_run(settings, token, database))


async def _run(settings: Settings, token: str, database: Path) -> None:
    await TelegramBot(settings, token, database).run()
