"""`lianzheng doctor`: says what is missing and what to do, changes nothing, never shows a secret."""

import asyncio
import json
import os
import socket
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot

from bot.access import Gate
from bot.channels.telegram.doctor import examine
from bot.config import TOKEN_VARIABLE, Access
from bot.records.schema import migrations
from bot.visibility import ALL_FACETS
from knowledge.database import DatabaseFile
from knowledge.store import Store
from tests.botapi import BotApiServer, Fault
from tests.botapi.server import TOKEN
from tests.conftest import PATIENCE_S, Cli, assert_one_sentence

ADMIN, USER, GROUP = 1001, 1002, -1004


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as running:
        running.configure(privacy=False)
        admin = running.user(ADMIN, "李雷")
        running.private(admin, started=True)
        running.group("外贸处", admin, chat_id=GROUP)
        yield running


@dataclass(frozen=True)
class Report:
    """What it found, line by line."""

    lines: list[str]

    def about(self, what: str) -> str:
        """The lines about ``what``."""
        return "\n".join(line for line in self.lines if line[2:].startswith(f"{what}："))

    @property
    def bad(self) -> list[str]:
        return [line for line in self.lines if line.startswith("✗")]


class Doctor:
    """Examines with settings in ``folder``; what it says is in whole lines and holds no secret."""

    def __init__(self, folder: Path, server: BotApiServer):
        self.config = folder / "config.toml"
        self.database = folder / "lianzheng.db"
        self.server = server

    def write(self, **sections: dict[str, Any]) -> None:
        """Write settings in which all is well, but for ``sections``."""
        settings: dict[str, dict[str, Any]] = {
            "storage": {"database": str(self.database)},
            "telegram": {"base_url": self.server.base_url},
            "access": {"admins": [ADMIN], "chats": [GROUP]},
        }
        for name, keys in sections.items():
            settings[name.replace("_", ".")] = settings.get(name, {}) | keys
        self.config.write_text("\n".join(_toml(*section) for section in settings.items()), "utf-8")

    def __call__(self, *, token: str = TOKEN, **sections: dict[str, Any]) -> Report:
        self.write(**sections)
        lines = [str(finding) for finding in examine(self.config, None, {TOKEN_VARIABLE: token})]
        for line in lines:
            assert line[:2] in ("✓ ", "! ", "✗ ")
            assert_one_sentence(line)
            assert TOKEN not in line
        return Report(lines)


@pytest.fixture
def doctor(tmp_path: Path, server: BotApiServer, made: bytes) -> Doctor:
    there = Doctor(tmp_path, server)
    there.database.write_bytes(made)
    return there


def _toml(name: str, section: dict[str, Any]) -> str:
    """A section; strings, numbers and lists of JSON are those of TOML."""
    return "\n".join([f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in section.items())])


def files_in(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def asked(server: BotApiServer, question: Callable[[Bot], Coroutine[Any, Any, Any]]) -> Any:
    """What Telegram's server answers to a bot's question."""

    async def run() -> Any:
        async with Bot(server.token, server.base_url) as bot:
            return await question(bot)

    return asyncio.run(run())


async def until_a_delivery_failed(bot: Bot) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not (await bot.get_webhook_info()).last_error_message:
            await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database as a stopped bot leaves it."""
    path = tmp_path_factory.mktemp("made") / "lianzheng.db"
    store = Store(path)
    store.in_force()
    store.close()
    DatabaseFile(path, migrations).close()
    return path.read_bytes()


def test_where_all_is_well_every_line_says_so(doctor: Doctor, cli: Cli) -> None:
    doctor.write()
    cli.environment[TOKEN_VARIABLE] = TOKEN
    ran = cli("--config", doctor.config, "doctor")
    report = Report(ran.lines)
    assert [line[0] for line in report.lines] == ["✓"] * len(report.lines)
    assert str(doctor.config) in report.about("配置")
    assert "GB" in report.about("数据库")
    assert "17 项" in report.about("清单")
    assert "lianzheng check" in report.about("清单")
    assert "@lianzheng_bot" in report.about("token")
    assert "1 个群" in report.about("群")
    assert (ran.code, ran.err) == (0, "")


def test_without_a_network_one_sentence_says_so(doctor: Doctor, server: BotApiServer, cli: Cli) -> None:
    server.stop()
    doctor.write()
    cli.environment[TOKEN_VARIABLE] = TOKEN
    ran = cli("--config", doctor.config, "doctor")
    assert Report(ran.lines).bad == ran.lines[-1:]
    assert server.base_url in ran.lines[-1]
    assert_one_sentence(ran.lines[-1])
    assert (ran.code, ran.err) == (1, "")


def test_without_a_file_the_defaults_are_said_to_hold(cli: Cli) -> None:
    ran = cli("--database", cli.folder / "x.db", "doctor")
    report = Report(ran.lines)
    assert report.about("配置").startswith("!")
    assert report.about("管理员").startswith("✗")
    assert TOKEN_VARIABLE in report.about("token")
    assert (ran.code, ran.err) == (1, "")


def test_it_only_reads(doctor: Doctor, server: BotApiServer) -> None:
    doctor()
    before = files_in(doctor.database.parent)
    doctor()
    assert files_in(doctor.database.parent) == before
    assert {call.method for call in server.calls()} == {"getMe", "getWebhookInfo", "getChat", "getChatMember"}


def test_it_makes_no_database(doctor: Doctor, tmp_path: Path) -> None:
    report = doctor(storage={"database": str(tmp_path / "new" / "lianzheng.db")})
    assert report.about("数据库").startswith("!")
    assert report.about("清单").startswith("✓")
    assert not report.bad
    assert not (tmp_path / "new").exists()


def test_it_sees_what_a_running_bot_has_just_written(doctor: Doctor) -> None:
    file = DatabaseFile(doctor.database, migrations)
    try:
        Gate(Access(), file).allow("chat", -1005, ALL_FACETS, ADMIN)
        assert "-1005" in doctor().about("群")
    finally:
        file.close()


# ── what is wrong on this machine ────────────────────────────────────────────────────────────────────────────


def test_a_wrong_setting_is_named(doctor: Doctor) -> None:
    report = doctor(telegram={"mod": "polling"})
    assert len(report.lines) == 1
    assert report.lines[0].startswith("✗ 配置")
    assert "telegram.mod" in report.lines[0]


def test_a_file_that_is_no_database_is_told(doctor: Doctor) -> None:
    doctor.database.write_bytes(b"no database at all" * 1000)
    report = doctor()
    assert "✗" in report.about("数据库")
    assert "备份" in report.about("数据库")


def test_a_damaged_database_is_told(doctor: Doctor) -> None:
    whole = doctor.database.read_bytes()
    doctor.database.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    assert "✗" in doctor().about("数据库")


def test_a_damaged_register_is_told(doctor: Doctor) -> None:
    with closing(sqlite3.connect(doctor.database)) as opened, opened:
        opened.execute("update powers set process = 'torn'")
    told = doctor().about("清单")
    assert told.startswith("✗")
    assert str(doctor.database) in told


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_database_that_can_not_be_written_is_told(doctor: Doctor) -> None:
    doctor.database.chmod(0o400)
    assert "chown" in doctor().about("数据库")


def test_a_token_that_is_missing_or_miswritten_is_told(doctor: Doctor) -> None:
    assert doctor(token="").about("token").startswith("✗")
    assert "@BotFather" in doctor(token="secret").about("token")


def test_a_token_file_that_others_can_read_is_told(doctor: Doctor, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN, "utf-8")
    file.chmod(0o644)
    assert f"chmod 600 {file}" in doctor(token="", telegram={"token_file": str(file)}).about("token 文件")
    file.chmod(0o600)
    report = doctor(token="", telegram={"token_file": str(file)})
    assert not report.about("token 文件")
    assert report.about("token").startswith("✓")


def test_nobody_who_may_ask_is_told(doctor: Doctor) -> None:
    assert doctor(access={"admins": [], "chats": []}).about("管理员").startswith("✗")
    assert doctor(access={"admins": [], "users": [USER], "chats": []}).about("管理员").startswith("!")


def test_a_certificate_that_can_not_be_read_is_told(doctor: Doctor, tmp_path: Path) -> None:
    there = {"certificate": str(tmp_path / "cert.pem"), "key": str(tmp_path / "key.pem")}
    assert doctor(telegram_webhook=there).about("证书").startswith("✗")


# ── what is wrong at Telegram ────────────────────────────────────────────────────────────────────────────────


def test_a_proxy_that_is_not_there_is_named_without_its_password(doctor: Doctor) -> None:
    port = closed_port()
    report = doctor(telegram={"proxy": f"http://clerk:hush@127.0.0.1:{port}"})
    assert f"127.0.0.1:{port}" in report.about("Telegram")
    assert "hush" not in "".join(report.lines)


@pytest.mark.parametrize("address", ["api.telegram.org/bot", "https://", "http://[::1/bot", "http://127.0.0.1:1/{bot"])
def test_an_address_that_is_miswritten_is_told(doctor: Doctor, address: str) -> None:
    assert "telegram.base_url" in doctor(telegram={"base_url": address}).about("Telegram")


def test_a_token_that_telegram_refuses_is_told(doctor: Doctor, server: BotApiServer) -> None:
    server.tokens.clear()
    assert "@BotFather" in doctor().about("token")


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("getMe", Fault.server_error),
        ("getMe", Fault.bad_gateway),
        ("getMe", Fault.malformed),
        ("getWebhookInfo", Fault.reset_before),
        ("getChat", Fault.too_many_requests(7)),
        ("getChatMember", Fault.server_error),
    ],
    ids=lambda part: part if isinstance(part, str) else part.kind,
)
def test_a_failing_telegram_is_told(doctor: Doctor, server: BotApiServer, method: str, fault: Fault) -> None:
    server.fail(method, with_=fault, times=None)
    report = doctor()
    assert "telegram.base_url" in report.about("Telegram")
    assert len(report.bad) == 1


def test_a_webhook_that_was_left_is_told(doctor: Doctor, server: BotApiServer) -> None:
    left = f"http://127.0.0.1:{closed_port()}/{TOKEN}"
    asked(server, lambda bot: bot.set_webhook(left))
    assert "webhook" in doctor().about("收消息")
    assert doctor().about("收消息").startswith("!")


def test_a_webhook_is_compared_with_the_settings(doctor: Doctor, server: BotApiServer) -> None:
    port = closed_port()
    wanted = {"url": f"http://127.0.0.1:{port}/hook", "secret_token": "hush"}

    def looked_at() -> str:
        report = doctor(telegram={"mode": "webhook"}, telegram_webhook=wanted)
        assert "hush" not in "".join(report.lines)
        return report.about("收消息")

    assert "还没有设" in looked_at()
    asked(server, lambda bot: bot.set_webhook(f"http://127.0.0.1:{port}/other"))
    assert "不同" in looked_at()
    asked(server, lambda bot: bot.set_webhook(wanted["url"]))
    assert looked_at().startswith("✓")
    admin = server.user(ADMIN, "李雷")
    server.say(server.private(admin), admin, "您好")
    asked(server, until_a_delivery_failed)
    assert looked_at().startswith("✗")
    assert "1 条" in looked_at()


def test_what_botfather_has_set_is_told_with_the_way_to_change_it(doctor: Doctor, server: BotApiServer) -> None:
    server.configure(privacy=True, inline=False, can_join_groups=False)
    report = doctor()
    assert "/setprivacy" in report.about("隐私模式")
    assert "/setinline" in report.about("内联模式")
    assert "/setjoingroups" in report.about("进群")
    assert not report.bad


@pytest.mark.parametrize("standing", ["left", "kicked", "never there"])
def test_a_group_without_the_bot_is_told(doctor: Doctor, server: BotApiServer, standing: Any) -> None:
    gone = -1077
    if standing != "never there":
        server.group("旧群", server.user(ADMIN, "李雷"), chat_id=gone, bot=standing)
    told = doctor(access={"admins": [ADMIN], "chats": [GROUP, gone]}).about("群")
    assert told.startswith("!")
    assert str(gone) in told
    assert str(GROUP) not in told


def test_an_admin_who_never_began_the_chat_is_told(doctor: Doctor) -> None:
    told = doctor(access={"admins": [ADMIN, 1009], "chats": []}).about("管理员")
    assert "1009 还没有" in told
    assert "/start" in told
