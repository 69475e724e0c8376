"""Deliveries by webhook: only Telegram's, only at the place agreed upon, written down before they are acknowledged."""

import json
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.bot.telegram.conftest import GROUPS, NewBot, RunningBot
from tests.botapi import BotApiServer, Chat, Fault, User
from tests.botapi.fixtures import server
from tests.conftest import Cli

__all__ = ["server"]

FLOW = "/ask 二手车的流程"
SECRET = "a-secret_of_Telegram-and-the-bot"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def li(server: BotApiServer) -> User:
    return server.user(1002, "李雷")


@pytest.fixture
def chat(server: BotApiServer, li: User) -> Chat:
    return server.private(li, started=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


def webhook(new_bot: NewBot, port: int, **settings: str) -> RunningBot:
    """A bot that is reached by webhook."""
    section: dict[str, Any] = {"port": port, "url": f"http://127.0.0.1:{port}/office/hook", "secret_token": SECRET}
    return new_bot(telegram={"mode": "webhook"}, telegram_webhook={**section, **settings})


def forged(user: User, text: str) -> bytes:
    """A delivery as Telegram makes it."""
    person = {"id": user.id, "is_bot": False, "first_name": user.first_name}
    chat = {"id": user.id, "type": "private", "first_name": user.first_name}
    message = {"message_id": 999, "date": 1_900_000_000, "chat": chat, "from": person, "text": text}
    return json.dumps({"update_id": 1, "message": message}).encode()


def delivered(port: int, path: str, content: bytes, headers: dict[str, str]) -> int:
    """The status with which a delivery is answered."""
    headers = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", content, headers)
    try:
        with urllib.request.urlopen(request) as response:
            status: int = response.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_only_what_telegram_delivers_at_the_agreed_place_is_taken(
    server: BotApiServer, new_bot: NewBot, li: User, chat: Chat, port: int
) -> None:
    bot = webhook(new_bot, port).start()
    server.wait_for_reply(server.say(chat, li, FLOW))
    attempt = forged(li, "进口贴息的流程")
    assert delivered(port, "/office/hook", attempt, {}) == 403
    assert delivered(port, "/office/hook", attempt, {HEADER: SECRET.upper()}) == 403
    assert delivered(port, "/office/hook", attempt, {HEADER: SECRET, "Content-Type": "text/plain"}) == 403
    assert delivered(port, "/office/hoax", attempt, {HEADER: SECRET}) == 404
    assert delivered(port, "/", attempt, {HEADER: SECRET}) == 404
    assert delivered(port, "/office/hook", b"{", {HEADER: SECRET}) == 500
    last = server.say(chat, li, "/help")
    server.wait_for_reply(last)
    assert [message.reply_to for message in server.sent(chat)][1:] == [last]
    assert server.calls("getUpdates") == []
    assert bot.stop() == 0
    assert SECRET not in bot.log.read_text("utf-8")


def test_what_was_acknowledged_is_answered_after_a_kill(
    server: BotApiServer, new_bot: NewBot, li: User, chat: Chat, port: int
) -> None:
    bot = webhook(new_bot, port).start()
    server.fail("sendMessage", with_=Fault.silence, times=None)
    asked = [server.say(chat, li, f"/power {number}") for number in range(1, 6)]
    server.wait_for(lambda: not server.waiting_updates() and server.calls("sendMessage"))
    bot.kill()
    missed = server.say(chat, li, "/power 6")  # Telegram tries until the bot is there again
    server.heal()
    bot.start()
    server.wait_for_reply(missed)
    last = server.say(chat, li, "/help")
    server.wait_for_reply(last)
    assert [message.reply_to for message in server.sent(chat)] == [*asked, missed, last]
    # what Telegram delivers twice, since the acknowledgement was lost
    update = json.dumps(missed.updates[0].as_json()).encode()
    assert delivered(port, "/office/hook", update, {HEADER: SECRET}) == 200
    server.wait_for_reply(server.say(chat, li, "/help"))
    assert len(server.replies(missed)) == 1


def moved(update_id: int, chat: int, by: User, **where: int) -> bytes:
    """What Telegram tells two hours late, in a group that became a supergroup, or in that supergroup."""
    person = {"id": by.id, "is_bot": False, "first_name": by.first_name}
    place = {"id": chat, "type": "group" if "migrate_to_chat_id" in where else "supergroup", "title": "群"}
    message = {"message_id": 1, "date": int(time.time()) - 7200, "chat": place, "from": person, **where}
    return json.dumps({"update_id": update_id, "message": message}).encode()


def test_a_group_that_became_a_supergroup_is_still_let_in(
    server: BotApiServer, new_bot: NewBot, li: User, port: int
) -> None:
    chats = [server.group("群", li, chat_id=-1_000_000_000_000 - number) for number in (1, 2)]
    webhook(new_bot, port).start()
    server.wait_for(lambda: server.calls("setWebhook"))
    server.wait_for_reply(server.say(server.private(li), li, "/help"))
    told_in_the_old = moved(1, GROUPS[0], li, migrate_to_chat_id=chats[0].id)
    told_in_the_new = moved(2, chats[1].id, li, migrate_from_chat_id=GROUPS[1])
    for notice in (told_in_the_old, told_in_the_new):
        assert delivered(port, "/office/hook", notice, {HEADER: SECRET}) == 200
    for chat in chats:
        assert server.wait_for_reply(server.say(chat, li, FLOW)).text.startswith("二手车出口备案初审的流程")


def test_a_port_that_is_taken_is_told(new_bot: NewBot) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        webhook(new_bot, number).start().assert_refused_to_run(f"127.0.0.1:{number}", "telegram.webhook.port")


def test_an_address_that_telegram_refuses_is_told(new_bot: NewBot, port: int) -> None:
    bot = webhook(new_bot, port, url="http://office.example/hook").start()
    bot.assert_refused_to_run("Telegram 不接受这个 webhook", "https", "telegram.webhook")


def test_a_webhook_without_a_secret_is_refused(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[telegram]\nmode = "webhook"\nwebhook = {url = "https://office.example/hook"}\n', "utf-8")
    cli("--config", config, "telegram").assert_refused("webhook.secret_token")


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    """A certificate of the office's own for 127.0.0.1, with its key."""
    files = {"certificate": str(tmp_path / "cert.pem"), "key": str(tmp_path / "key.pem")}
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 2 -subj /CN=127.0.0.1"
    written = ["-addext", "subjectAltName=IP:127.0.0.1", "-out", files["certificate"], "-keyout", files["key"]]
    subprocess.run([*command.split(), *written], check=True, capture_output=True)
    return files


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_with_a_certificate_no_proxy_is_needed(
    server: BotApiServer, new_bot: NewBot, li: User, chat: Chat, port: int, certificate: dict[str, str]
) -> None:
    bot = webhook(new_bot, port, url=f"https://127.0.0.1:{port}/hook", **certificate).start()
    server.wait_for_reply(server.say(chat, li, FLOW))
    with (
        pytest.raises(ssl.SSLError),
        socket.create_connection(("127.0.0.1", port)) as connection,
        ssl.create_default_context().wrap_socket(connection, server_hostname="127.0.0.1"),
    ):
        pass  # nobody vouches for it but the office, which has told Telegram
    assert bot.stop() == 0
    Path(certificate["key"]).write_text("no key", "utf-8")
    bot.start().assert_refused_to_run("证书和私钥")
