"""Nicknames that admins taught: kept, printed in the form of aliases.toml, taken back."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records.nicknames import Nicknames, digest_of
from bot.records.schema import migrations
from knowledge.database import DatabaseFile
from tests.conftest import Cli

QUOTED = '说是"小绿本"\\的'


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "lianzheng.db"


@pytest.fixture
def nicknames(database: Path) -> Iterator[Nicknames]:
    file = DatabaseFile(database, migrations)
    yield Nicknames(file)
    file.close()


def test_what_was_learnt_last_counts(nicknames: Nicknames) -> None:
    nicknames.learn("小绿本", "二手车出口备案初审", by=1)
    nicknames.learn("小绿本", "进口贴息项目", by=2)
    assert nicknames.all() == {"小绿本": "进口贴息项目"}


def test_a_nickname_is_found_by_its_digest_until_it_is_revoked(nicknames: Nicknames) -> None:
    nicknames.learn("小绿本", "进口贴息项目", by=1)
    assert nicknames.called(digest_of("小绿本")) == "小绿本"
    assert nicknames.called(digest_of("小红本")) is None
    assert nicknames.revoke("小绿本")
    assert not nicknames.revoke("小绿本")
    assert nicknames.called(digest_of("小绿本")) is None


def test_the_printed_nicknames_are_toml_whatever_they_hold(nicknames: Nicknames) -> None:
    assert tomllib.loads(nicknames.as_toml()) == {"aliases": {}}
    nicknames.learn(QUOTED, "进口贴息项目", by=1)
    assert tomllib.loads(nicknames.as_toml()) == {"aliases": {QUOTED: "进口贴息项目"}}


def test_the_command_prints_and_revokes(cli: Cli, nicknames: Nicknames, database: Path) -> None:
    nicknames.learn("小绿本", "进口贴息项目", by=1)
    assert tomllib.loads(cli("--database", database, "aliases").out) == {"aliases": {"小绿本": "进口贴息项目"}}
    revoked = cli("--database", database, "aliases", "--revoke", "小绿本")
    assert (revoked.code, revoked.out) == (0, "已撤销别名“小绿本”。\n")
    assert nicknames.all() == {}
    cli("--database", database, "aliases", "--revoke", "小绿本").assert_refused("小绿本", "lianzheng aliases")
