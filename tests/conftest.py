"""What the tests share: a home of their own, the registers of this repository, the command as people run it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from bot.assistant import Assistant
from knowledge.lexicon import builtin_aliases
from knowledge.models import Register
from knowledge.reading import read_register
from knowledge.store import Edition, Store

ROOT = Path(__file__).parent.parent
WAIMAO = ROOT / "knowledge" / "registers" / "waimao.txt"
WENLV = ROOT / "tests" / "registers" / "wenlv.txt"

# `pytest --hypothesis-profile=explore` looks further, at random; what everybody runs is the same each time.
settings.register_profile("tests", deadline=None, derandomize=True, database=None)
settings.register_profile("explore", deadline=None, database=None, max_examples=2000)
settings.load_profile("tests")

# A process that hangs fails its test instead of the whole run; nothing is measured.
PATIENCE_S = 60


@dataclass(frozen=True)
class Ran:
    """What a run of the command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def first(self) -> str:
        return self.lines[0]

    def assert_refused(self, *words: str) -> None:
        """One sentence on standard error that has ``words`` in it, nothing on standard output, exit code 1."""
        assert self.code == 1
        assert self.out == ""
        assert_one_sentence(self.err.removesuffix("\n"))
        for word in words:
            assert word in self.err


def assert_one_sentence(message: str) -> None:
    """A Chinese sentence on one line, with its full stop, that is not the one of last resort; nothing of Python."""
    assert message.endswith("。")
    assert "\n" not in message
    assert "没有预料到" not in message
    assert "Traceback" not in message
    assert any("一" <= char <= "鿿" for char in message)


class Cli:
    """The installed command, run as a process in a home of its own."""

    def __init__(self, folder: Path, cache: Path):
        self.folder = folder
        self.command = Path(sys.executable).with_name("lianzheng")
        left_out = ("XDG_", "LIANZHENG_", "PYTHONUNBUFFERED")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        self.environment = {
            **kept,
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CACHE_HOME": str(cache),
            "PYTHONUTF8": "1",
            "COLUMNS": "200",
        }

    def __call__(self, *arguments: str | Path, stdin: str | bytes = b"") -> Ran:
        done = subprocess.run(
            [self.command, *arguments],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=self.folder,
            env=self.environment,
            timeout=PATIENCE_S,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="session", autouse=True)
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the tests off the user's files; the segmenter's dictionary is built once for all of them."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        yield home / "cache"


@pytest.fixture
def cli(tmp_path: Path, cache_home: Path) -> Cli:
    return Cli(tmp_path, cache_home)


@pytest.fixture(scope="session")
def waimao() -> Register:
    """The built-in register."""
    return read_register(WAIMAO)


@pytest.fixture(scope="session")
def wenlv() -> Register:
    """Another division's register of the same shape, with two units and faults of its own."""
    return read_register(WENLV)


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    store = Store(tmp_path_factory.mktemp("store") / "lianzheng.db")
    try:
        return store.in_force()[0]
    finally:
        store.close()


@pytest.fixture(scope="session")
def assistant(edition: Edition) -> Assistant:
    return Assistant(edition.register_, builtin_aliases(), edition=edition.label)
