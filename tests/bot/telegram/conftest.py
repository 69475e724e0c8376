"""The bot as it runs in an office: the installed command, pointed at a Bot API server on this machine."""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.botapi import BotApiServer, Chat, User
from tests.conftest import PATIENCE_S, Cli, assert_one_sentence

# Whom the settings of the tests let in.
ADMIN, OTHER_ADMIN = 1001, 1009
USERS = range(1002, 1009)
GROUPS = range(-2000, -1000)
STRANGER = 4711


class RunningBot:
    """`lianzheng telegram` as a process, with settings of its own in ``folder``."""

    def __init__(self, cli: Cli, server: BotApiServer, folder: Path, **sections: dict[str, Any]):
        self.server = server
        self.database = folder / "lianzheng.db"
        self.config = folder / "config.toml"
        self.log = folder / "log.jsonl"
        self.program: list[str | Path] = [cli.command]
        self._cli = cli
        self._process: subprocess.Popen[bytes] | None = None
        settings: dict[str, dict[str, Any]] = {
            "storage": {"database": str(self.database)},
            "telegram": {
                "base_url": server.base_url,
                "base_file_url": server.base_file_url,
                "messages_per_second": 10_000,
            },
            "access": {"admins": [ADMIN, OTHER_ADMIN], "users": [*USERS], "chats": [*GROUPS]},
            "limits": {"user_per_minute": 10_000, "chat_per_minute": 10_000},
        }
        for name, section in sections.items():
            parent, _, child = name.partition("_")
            settings[f"{parent}.{child}" if child else parent] = {**settings.get(name, {}), **section}
        self.config.write_text("\n".join(_toml(name, section) for name, section in settings.items()), "utf-8")

    def start(self, token: str | None = None) -> "RunningBot":
        """Start the process; it answers as soon as it is up, what was said before, too.

        ``token``: what stands in the environment, if not the server's.
        """
        environment = {
            **self._cli.environment,
            "LIANZHENG_TELEGRAM_TOKEN": self.server.token if token is None else token,
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.program, "--config", self.config, "telegram"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self._cli.folder,
            )
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> int:
        """Stop it as systemd would, and return its exit code."""
        self.ask_to_stop()
        return self.wait()

    def ask_to_stop(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it in the midst of whatever it does."""
        assert self._process is not None
        self._process.kill()
        self.wait()

    def wait(self, timeout: float = PATIENCE_S) -> int:
        """Wait until it ends by itself, and return its exit code."""
        assert self._process is not None
        return self._process.wait(timeout)

    @property
    def said(self) -> list[dict[str, str]]:
        """What it logged; a line that is no JSON (an error of the command line) as its message."""
        lines = self.log.read_text("utf-8").splitlines()
        return [json.loads(line) if line.startswith("{") else {"message": line} for line in lines]

    def assert_refused_to_run(self, *words: str) -> None:
        """It ended with 1, and its last words are one sentence that has ``words`` in it."""
        assert self.wait() == 1
        last = self.said[-1]["message"]
        assert_one_sentence(last)
        for word in words:
            assert word in last


def _toml(name: str, section: dict[str, Any]) -> str:
    """A section; strings, numbers and lists of JSON are those of TOML."""
    return "\n".join([f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in section.items())])


@pytest.fixture(scope="module")
def module_cli(tmp_path_factory: pytest.TempPathFactory, cache_home: Path) -> Cli:
    return Cli(tmp_path_factory.mktemp("cli"), cache_home)


@pytest.fixture(scope="module")
def server() -> Iterator[BotApiServer]:
    """One server for the tests of a module; each test brings its own chats."""
    with BotApiServer() as running:
        running.configure(inline=True)
        yield running


@pytest.fixture(scope="module")
def bot(module_cli: Cli, server: BotApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """One running bot for the tests of a module; a test that stops or kills it starts one of its own."""
    running = RunningBot(module_cli, server, tmp_path_factory.mktemp("bot")).start()
    try:
        yield running
    finally:
        if running.is_running:
            running.stop()


NewBot = Callable[..., RunningBot]


@pytest.fixture
def new_bot(cli: Cli, server: BotApiServer, tmp_path: Path) -> Iterator[NewBot]:
    """Makes bots of the test's own, each in ``folder``, with settings section by section; none is started yet.

    A module that uses it imports the ``server`` of tests.botapi.fixtures: two bots with one token are one too many.
    """
    made: list[RunningBot] = []

    def make(folder: str = "office", **sections: dict[str, Any]) -> RunningBot:
        (tmp_path / folder).mkdir(exist_ok=True)
        made.append(RunningBot(cli, server, tmp_path / folder, **sections))
        return made[-1]

    yield make
    for bot in made:
        if bot.is_running:
            bot.kill()
        if bot.log.exists():
            assert server.token not in bot.log.read_text("utf-8")


@pytest.fixture
def people(server: BotApiServer, bot: RunningBot) -> dict[str, User]:
    """Who talks in the tests: an admin, two colleagues, a stranger."""
    named = {"admin": ADMIN, "li": 1002, "han": 1003, "stranger": STRANGER}
    return {name: server.user(number, name) for name, number in named.items()}


_numbers = iter(GROUPS)


@pytest.fixture
def group(server: BotApiServer, people: dict[str, User]) -> Chat:
    """A group that is let in, new for each test."""
    return server.group("外贸处", people["li"], people["han"], chat_id=next(_numbers), kind="supergroup")


@pytest.fixture
def admin(server: BotApiServer, people: dict[str, User]) -> User:
    """An admin who has started the bot."""
    server.private(people["admin"], started=True)
    return people["admin"]
