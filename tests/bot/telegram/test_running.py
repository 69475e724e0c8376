"""Running the bot: starting, stopping, a second one, the token, the settings of the connection, new editions."""

import asyncio
import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import pytest

from bot.records.nicknames import Nicknames
from bot.records.schema import migrations
from knowledge.database import DatabaseFile
from knowledge.models import Register
from knowledge.store import Store
from tests.bot.telegram.conftest import NewBot, RunningBot
from tests.botapi import BotApiServer, Chat, Fault, Message, User
from tests.botapi.fixtures import server
from tests.conftest import Cli

__all__ = ["server"]

FLOW = "/ask 二手车的流程"
# Within so long after SIGTERM the bot has to be gone.
FINISH_S = 10.0


@pytest.fixture
def li(server: BotApiServer) -> User:
    return server.user(1002, "李雷")


@pytest.fixture
def chat(server: BotApiServer, li: User) -> Chat:
    return server.private(li, started=True)


@pytest.fixture(scope="module", autouse=True)
def settled(module_cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """A bot that has polled for so long, when its test comes at last, that it is no newcomer any more."""
    with BotApiServer() as own:
        bot = up(RunningBot(module_cli, own, tmp_path_factory.mktemp("settled")), own)
        yield bot
        bot.kill()


@pytest.fixture(scope="module", autouse=True)
def stopping(module_cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningBot, Message, float]]:
    """A bot that has been told to stop with a question in hand that it can't answer for minutes: since when."""
    with BotApiServer() as own:
        bot = up(RunningBot(module_cli, own, tmp_path_factory.mktemp("stopping")), own)
        own.fail("sendMessage", with_=Fault.too_many_requests(600))
        li = own.user(1002, "李雷")
        question = own.say(own.private(li), li, FLOW)
        own.wait_for(lambda: own.calls("sendMessage") and not own.waiting_updates())
        bot.ask_to_stop()
        yield bot, question, time.monotonic()
        if bot.is_running:
            bot.kill()


def up(bot: RunningBot, server: BotApiServer) -> RunningBot:
    """Start ``bot``; return when it polls."""
    before = len(server.calls("getUpdates"))
    bot.start()
    server.wait_for(lambda: len(server.calls("getUpdates")) > before)
    return bot


# ── one at a time, and its end ───────────────────────────────────────────────────────────────────────────────


def test_a_second_bot_on_one_database_is_told_so(
    server: BotApiServer, new_bot: NewBot, cli: Cli, li: User, chat: Chat
) -> None:
    up(new_bot(), server)
    second = new_bot().start()
    second.assert_refused_to_run("机器人已经在运行", str(second.database))
    assert len(server.calls("getMe")) == 1
    # the other commands may use it
    assert cli("--config", second.config, "ask", "二手车的流程").first.startswith("二手车出口备案初审的流程")
    server.wait_for_reply(server.say(chat, li, FLOW))


def test_what_is_in_hand_is_finished_before_the_end(
    server: BotApiServer, new_bot: NewBot, li: User, chat: Chat
) -> None:
    bot = up(new_bot(), server)
    server.fail("sendMessage", with_=Fault.delay(0.1), times=None)
    asked = [server.say(chat, li, f"/power {number}") for number in range(1, 11)]
    server.wait_for(lambda: server.waiting_updates() == 0)
    bot.ask_to_stop()
    assert bot.wait(FINISH_S) == 0
    assert [message.reply_to for message in server.sent(chat)] == asked


def test_a_bot_that_can_not_reach_telegram_yet_waits_and_can_be_stopped(
    server: BotApiServer, new_bot: NewBot, li: User, chat: Chat
) -> None:
    server.fail("getMe", with_=Fault.server_error)
    server.fail("deleteWebhook", with_=Fault.bad_gateway)
    server.fail("getMe", with_=Fault.silence, times=None)
    server.fail("deleteWebhook", with_=Fault.silence, times=None)
    bot = new_bot().start()
    server.wait_for(lambda: len(server.calls("getMe")) == 2)
    bot.ask_to_stop()
    assert bot.wait(FINISH_S) == 0
    server.heal()
    server.fail("deleteWebhook", with_=Fault.bad_gateway)
    bot.start()
    server.wait_for_reply(server.say(chat, li, FLOW))


# ── the token and the connection ─────────────────────────────────────────────────────────────────────────────


def test_without_a_token_it_says_where_one_belongs(new_bot: NewBot) -> None:
    new_bot().start(token="").assert_refused_to_run("LIANZHENG_TELEGRAM_TOKEN", "telegram.token_file")


def test_a_token_that_telegram_does_not_know_is_refused(server: BotApiServer, new_bot: NewBot) -> None:
    server.tokens.clear()
    new_bot().start().assert_refused_to_run("Telegram 不认这个 token", "@BotFather")


@contextmanager
def proxy_to(server: BotApiServer, host: str, password: str) -> Iterator[int]:
    """An HTTP proxy that asks for a password and knows the way to ``host``; its port."""
    here = server.base_url.removeprefix("http://").partition("/")[0]
    authorization = b"Basic " + base64.b64encode(f"office:{password}".encode())

    async def pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, forth: bool) -> None:
        while data := await source.read(65536):
            if forth and data.startswith((b"POST http", b"GET http")):
                assert authorization in data
            sink.write(data.replace(f" http://{host}/".encode(), b" /") if forth else data)
        sink.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, downstream = await asyncio.open_connection(*here.split(":"))
        await asyncio.gather(pipe(reader, downstream, forth=True), pipe(upstream, writer, forth=False))
        await downstream.wait_closed()
        await writer.wait_closed()

    started: Queue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def serve() -> None:
        async with await asyncio.start_server(connected, "127.0.0.1", 0) as proxy:
            done = asyncio.Event()
            started.put((proxy.sockets[0].getsockname()[1], asyncio.get_running_loop(), done))
            await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    port, loop, done = started.get()
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()


def test_a_token_file_an_own_server_and_a_proxy(
    server: BotApiServer, new_bot: NewBot, li: User, chat: Chat, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(server.token + "\n", "utf-8")
    host, password = "bot-api.office.invalid", "open-sesame"
    with proxy_to(server, host, password) as port:
        address = {
            "token_file": str(file),
            "base_url": f"http://{host}/bot",
            "base_file_url": f"http://{host}/file/bot",
            "proxy": f"http://office:{password}@127.0.0.1:{port}",
        }
        bot = new_bot(telegram=address).start(token="")
        server.wait_for_reply(server.say(chat, li, FLOW))
        assert bot.stop() == 0
    assert password not in bot.log.read_text("utf-8")


def test_a_proxy_that_is_none_is_refused(new_bot: NewBot) -> None:
    new_bot(telegram={"proxy": "127.0.0.1:7890 s3cret"}).start().assert_refused_to_run("telegram.proxy")


# ── what is new ──────────────────────────────────────────────────────────────────────────────────────────────


def ask_until(server: BotApiServer, chat: Chat, user: User, text: str, wanted: str) -> Message:
    """Ask the same again until the answer has ``wanted`` in it; the bot takes over what is new within seconds."""
    for _ in range(2000):
        answer = server.wait_for_reply(server.say(chat, user, text))
        if wanted in answer.text:
            return answer
    raise AssertionError(answer.text)


def test_a_new_edition_and_a_new_nickname_are_taken_over_while_it_runs(
    server: BotApiServer, new_bot: NewBot, li: User, chat: Chat, waimao: Register
) -> None:
    bot = new_bot().start()
    answer = server.wait_for_reply(server.say(chat, li, "二手车的流程"))
    store = Store(bot.database)
    powers = waimao.powers[:9]
    store.add_edition(waimao.model_copy(update={"powers": powers}), "new.txt", b"new")
    store.close()
    ask_until(server, chat, li, "都有哪些事项", "共 9 项")
    # a button of the edition before must not show something else under the same number
    press = server.press(li, answer, "岗位")
    server.wait_for_answer(press)
    assert press.answer is not None
    assert press.answer.text == "清单已经更新，请重新提问。"

    assert "二手车出口备案" not in server.wait_for_reply(server.say(chat, li, "小破车的流程")).text.splitlines()[0]
    file = DatabaseFile(bot.database, migrations)
    Nicknames(file).learn("小破车", powers[8].name, by=1001)
    file.close()
    ask_until(server, chat, li, "小破车的流程", "二手车出口备案初审的流程")


def test_of_two_bots_with_one_token_the_newcomer_goes(settled: RunningBot, module_cli: Cli, tmp_path: Path) -> None:
    server = settled.server
    newcomer = RunningBot(module_cli, server, tmp_path).start()
    newcomer.assert_refused_to_run("另一个程序正在用同一个 token")
    assert settled.is_running
    li = server.user(1002, "李雷")
    server.wait_for_reply(server.say(server.private(li), li, FLOW))


def test_what_cant_be_finished_is_left_for_the_next_start(stopping: tuple[RunningBot, Message, float]) -> None:
    bot, question, since = stopping
    assert bot.wait(max(0.1, since + FINISH_S - time.monotonic())) == 0
    bot.start()
    bot.server.wait_for_reply(question)
    assert len(bot.server.replies(question)) == 1
