"""Wires the bot and runs it: polling or webhook, signals, housekeeping."""

import asyncio
import logging
import re
import signal
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout
from telegram import Message, Update
from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError
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
from bot.channels.telegram.groups import Groups
from bot.channels.telegram.handling import Handling
from bot.channels.telegram.handoff import HandingOver
from bot.channels.telegram.inline import Inline
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.menus import register_menus
from bot.channels.telegram.misses import Misses
from bot.channels.telegram.news import News
from bot.channels.telegram.outcomes import Outcomes
from bot.channels.telegram.people import People
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
from bot.records.patience import Patience, pauses
from bot.records.schema import migrations
from bot.records.talks import KeptConversations
from knowledge.database import DatabaseFile
from knowledge.errors import ConfigError, LianzhengError, StoreError
from knowledge.store import Store

_LOG = logging.getLogger(__name__)

# None of the six type parameters of python-telegram-bot's application matters here.
_App = Application[Any, Any, Any, Any, Any, Any]

UPDATES = ["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]

# A long poll waits so long for an update; an answer from Telegram may take as long as a slow line needs.
_POLL_S, _ANSWER_S = 30, 15
_CONNECTIONS = 64
# Nothing is answered while another process that writes (an import) is waited for; after that it is tried again later.
_BUSY_S = 1.0
# What is in hand when the process is told to stop has so long to finish; the rest is in the journal.
_FINISH_S = 8.0
# Another program that polls with the same token refuses a newcomer for the first time at once, and again soon; who
# is refused for the first time after longer than that is no newcomer and stays.
_AT_ONCE_S, _SOON_S = 5.0, 60.0
# How often a new edition is looked for and old records are deleted.
_LOOK_S, _TIDY_S = 1.0, 3600.0
# Pauses before Telegram is tried again when it can't be reached at the start.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0

_CONFLICT = "另一个程序正在用同一个 token 收消息；请先停掉它，或为这个机器人另申请一个 token。"
_RUNNING = "机器人已经在运行（数据库 {} 正被它使用）；请先停掉它，或用 --database 另选一个文件。"
_NO_PORT = "不能在 {}:{} 上监听（{}）；请换一个 telegram.webhook.port，并检查证书文件。"
_NO_WEBHOOK = "Telegram 不接受这个 webhook（{}）；请检查 telegram.webhook 里的 url、证书和私钥。"
_NO_ADDRESS = "telegram.proxy 写法不对，应像 http://127.0.0.1:7890 或 socks5://127.0.0.1:1080。"
_WRONG_TOKEN = "Telegram 不认这个 token；请从 @BotFather 那里重新复制，并检查 telegram.base_url。"  # noqa: S105


class TelegramBot:
    """The bot over one database and one token.

    Raises:
        StoreError: the database can't be used.
        ConfigError: the proxy is written wrongly.
    """

    def __init__(self, settings: Settings, token: str, database: Path):
        self._settings = settings
        self._file = DatabaseFile(database, migrations, wait_s=_BUSY_S)
        self._journal = Journal(self._file)
        self._patience = Patience()
        self._arrivals = Arrivals(self._journal, self._patience)
        self._audit = Audit(self._file, settings.records.retention_days)
        self._gate = Gate(settings.access, self._file)
        minutes = settings.conversation.memory_minutes
        self._current = Current(database, lambda version: KeptConversations(self._file, version, minutes))
        self._seen = -1
        self._news: News | None = None  # once it is known who the bot is
        self._relearning = asyncio.Lock()
        bot = self._bot(token)
        self._courier = Courier(bot, self._journal, self._patience, settings.telegram.messages_per_second)
        order = InOrder(self._journal, self._patience, self._courier.delivered)
        self._app: _App = ApplicationBuilder().bot(bot).update_queue(self._arrivals).concurrent_updates(order).build()
        self._stop = asyncio.Event()
        self._began = time.monotonic()
        self._disputed = False
        self._failure = ""

    def _bot(self, token: str) -> "_Bot":
        telegram = self._settings.telegram
        proxy = telegram.proxy or None
        try:
            return _Bot(
                self._arrivals,
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
        except ValueError as error:
            raise ConfigError(_NO_ADDRESS) from error

    # ── wiring ───────────────────────────────────────────────────────────────────────────────────────────────

    def _handlers(self) -> list[BaseHandler[Update, Any, None]]:
        """Return all handlers; the first that takes an update is the only one. Needs the bot's own user."""
        me = self._app.bot.bot
        signer = signer_of(self._file)
        keyboards = Keyboards(signer, offers_people=bool(self._gate.admins))
        chats = Chats(self._file)
        reception = Reception(self._gate, self._current, self._audit, chats, self._settings.limits)
        addressing = Addressing(me, questions.COMMANDS)
        outcomes = Outcomes(self._gate, reception, keyboards)
        asking = Questions(reception, self._journal, outcomes, keyboards, addressing)
        people = People(self._gate, self._current, reception, self._audit, outcomes, keyboards)
        groups = Groups(self._gate, reception, self._audit, outcomes, keyboards, me)
        handoffs = Handoffs(self._file)
        handing_over = HandingOver(self._gate, reception, outcomes, self._audit, handoffs, self._journal, keyboards)
        misses = Misses(self._current, self._audit, Nicknames(self._file), keyboards)
        admins = Administration(self._gate, self._current, self._audit, self._journal, outcomes, misses, me)
        store = Store.over(self._file)
        self._news = News(self._file, store, self._gate, chats, self._journal, self._courier)
        editions = Publishing(store, self._gate, self._current, chats, keyboards, self._courier)
        presses = {**handing_over.buttons, **groups.buttons, **misses.buttons, **editions.buttons}
        buttons = Buttons(signer, self._gate, reception, self._current, outcomes, presses)
        inline = Inline(reception)
        minutes = self._settings.telegram.stale_minutes
        handling = Handling(self._file, self._journal, self._courier, self._patience, reception, self._relearn, minutes)
        self._app.add_error_handler(handling.fail)
        private, new = filters.ChatType.PRIVATE, filters.UpdateType.MESSAGE
        worded = filters.TEXT | filters.CAPTION
        return [
            CommandHandler("start", handling.of(people.started)),
            CommandHandler("me", handling.of(people.about_me)),
            CommandHandler("forgetme", handling.of(people.forgotten)),
            CommandHandler("feedback", handling.of(handing_over.feedback)),
            CommandHandler(administration.COMMANDS, handling.of(admins.commanded)),
            CommandHandler(publishing.COMMANDS, handling.of(editions.commanded)),
            CommandHandler(questions.COMMANDS, handling.of_question(asking.asked)),
            MessageHandler(filters.COMMAND & _Is(addressing.is_named), handling.of_question(asking.unknown_command)),
            MessageHandler(filters.StatusUpdate.MIGRATE, handling.of(groups.moved)),
            MessageHandler(_Is(lambda m: handing_over.carried_by(m) is not None), handling.of(handing_over.answered)),
            MessageHandler(new & _Is(editions.is_sent_by_admin), handling.after(editions.received)),
            MessageHandler(worded & ~filters.COMMAND & _Is(addressing.is_meant), handling.of_question(asking.asked)),
            MessageHandler(private & new & ~worded & ~filters.StatusUpdate.ALL, handling.of_question(asking.wordless)),
            CallbackQueryHandler(handling.of(buttons.pressed)),
            InlineQueryHandler(handling.in_passing(inline.typed)),
            ChatMemberHandler(handling.of(groups.added), ChatMemberHandler.MY_CHAT_MEMBER),
        ]

    async def _relearn(self) -> None:
        """Take over what is new; where it can't be read, the housekeeping tries again."""
        async with self._relearning:
            version = self._file.version
            try:
                await asyncio.to_thread(self._current.refresh)
            except StoreError as error:
                self._patience.tell(error)
            else:
                self._seen = version

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
        house = asyncio.create_task(self._keep_house())
        stopped = asyncio.create_task(self._stop.wait())
        up = asyncio.create_task(self._come_up())
        try:
            await asyncio.wait((up, stopped), return_when=asyncio.FIRST_COMPLETED)
            if up.done():
                up.result()
            await stopped
        finally:
            up.cancel()
            house.cancel()
            await self._wind_up()
        if self._failure:
            raise LianzhengError(self._failure)

    async def _come_up(self) -> None:
        """Ask Telegram who the bot is, answer what waits, listen. The network may come up later than the program."""
        await self._insist(self._app.initialize)
        await register_menus(self._app.bot, self._courier)
        self._app.add_handlers(self._handlers())
        await self._app.start()
        waiting = self._arrivals.put_waiting(self._app.bot)
        if waiting:
            _LOG.info("%s updates of an earlier run are answered first", waiting)
        await self._insist(self._listen)
        _LOG.info("running as @%s, %s", self._app.bot.username, self._settings.telegram.mode)

    @staticmethod
    async def _insist(act: Callable[[], Awaitable[None]]) -> None:
        """Do what needs Telegram, as soon as it can be reached.

        Raises:
            LianzhengError: Telegram refuses the token or the webhook.
        """
        for pause in pauses(_FIRST_PAUSE_S, _LONGEST_PAUSE_S):
            try:
                return await act()
            except InvalidToken as error:
                raise LianzhengError(_WRONG_TOKEN) from error
            except BadRequest as error:
                raise LianzhengError(_NO_WEBHOOK.format(error.message)) from error
            except TelegramError as error:
                _LOG.warning("Telegram can't be reached (%s), trying again in %s s", error, pause)
            await asyncio.sleep(pause)
        raise AssertionError  # the pauses have no end

    async def _listen(self) -> None:
        updater = self._app.updater
        assert updater is not None  # noqa: S101 - the builder makes one
        if self._settings.telegram.mode == "polling":
            self._began = time.monotonic()
            await updater.start_polling(
                timeout=_POLL_S, bootstrap_retries=0, allowed_updates=UPDATES, error_callback=self._poll_failed
            )
            return
        webhook = self._settings.telegram.webhook
        try:
            await updater.start_webhook(
                listen=webhook.listen,
                port=webhook.port,
                url_path=re.escape(urlsplit(webhook.url).path.lstrip("/")),
                webhook_url=webhook.url,
                secret_token=webhook.secret_token,
                cert=webhook.certificate,
                key=webhook.key,
                bootstrap_retries=0,
                allowed_updates=UPDATES,
            )
        except OSError as error:
            raise LianzhengError(_NO_PORT.format(webhook.listen, webhook.port, error.strerror)) from error
        except TelegramError as error:
            if isinstance(error.__cause__, ssl.SSLError):
                raise LianzhengError(_NO_WEBHOOK.format(error.__cause__.reason)) from error
            raise

    def _poll_failed(self, error: TelegramError) -> None:
        """Note that updates could not be fetched; the updater tries again."""
        if not isinstance(error, Conflict):
            _LOG.warning("updates could not be fetched: %s", error)
            return
        _LOG.error(_CONFLICT)
        age = time.monotonic() - self._began
        if self._disputed and age < _SOON_S:
            self._failure = _CONFLICT
            self._stop.set()
        self._disputed = self._disputed or age < _AT_ONCE_S

    async def _keep_house(self) -> None:
        """Take over new editions, tell of them, delete what is too old; again and again."""
        tidied = time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_S)
            try:
                if self._seen != self._file.version:  # another process has written
                    await self._relearn()
                if self._news is not None:
                    await self._news.tell()
                if time.monotonic() - tidied > _TIDY_S:
                    tidied = time.monotonic()
                    self._journal.tidy()
                    self._audit.tidy()
                    self._gate.tidy()
            except StoreError as error:
                self._patience.tell(error)
            except Exception:
                _LOG.exception("the housekeeping failed")

    async def _wind_up(self) -> None:
        """Fetch nothing more, finish what is in hand; what is not finished in time waits in the journal."""
        _LOG.info("stopping")
        self._courier.put_off()
        try:
            async with asyncio.timeout(_FINISH_S):
                if self._app.updater is not None and self._app.updater.running:
                    await self._app.updater.stop()
                if self._app.running:
                    await self._app.stop()
                await self._app.shutdown()
        except TimeoutError:
            _LOG.warning("not everything was finished; it will be after the next start")


class _Bot(ExtBot[None]):
    """Writes down what it fetches, all at once, and keeps asking: the updater of python-telegram-bot gives up for good
    after one 401 or 404 (a proxy's, say), and asks again at once, without end, where an update can't be read.
    """

    def __init__(self, arrivals: Arrivals, *arguments: Any, **named: Any):
        super().__init__(*arguments, **named)
        self._arrivals = arrivals

    async def get_updates(self, *arguments: Any, **named: Any) -> tuple[Update, ...]:
        """Fetch updates.

        Raises:
            TelegramError: they could not be fetched or read; worth another try after a while.
        """
        try:
            updates = await super().get_updates(*arguments, **named)
            self._arrivals.write_down(updates)
        except InvalidToken as error:
            raise TelegramError(f"{_WRONG_TOKEN} ({error})") from error
        except TelegramError:
            raise
        except Exception as error:
            raise TelegramError(f"updates that can't be read: {error!r}") from error
        return updates


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
