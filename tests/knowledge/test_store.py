"""The store: one real SQLite file with the editions of the register."""

import sqlite3
import threading
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from knowledge.errors import RegisterError, StoreError
from knowledge.migrations import migrations
from knowledge.models import Facet, Fault, Post, Power, Register, Risk, Step
from knowledge.reading import parse_register, read_register
from knowledge.store import Edition, Store
from tests.conftest import WAIMAO, WENLV, assert_one_sentence
from tests.generated import printed, registers

words = st.text(min_size=1)
some_words = st.lists(words, max_size=3).map(tuple)


@st.composite
def registers_of_any_words(draw: st.DrawFn) -> Register:
    """Registers that no file holds: every field with any text there is, in it quotes, NUL and line ends."""
    powers = [
        Power(
            position=position,
            serial=draw(st.none() | st.integers(-(2**63), 2**63 - 1)),
            unit=draw(st.text()),
            name=draw(words),
            process=tuple(
                draw(st.lists(st.builds(Step, number=st.integers(1), text=words, condition=st.text()), max_size=2))
            ),
            posts=tuple(draw(st.lists(st.builds(Post, role=st.text(), people=some_words), max_size=2))),
            risks=tuple(
                draw(st.lists(st.builds(Risk, text=words, level=st.none() | words, controls=some_words), max_size=2))
            ),
            controls=draw(some_words),
            responsible=draw(some_words),
            extra=draw(st.dictionaries(words, st.text(), max_size=2)),
        )
        for position in range(1, draw(st.integers(1, 3)) + 1)
    ]
    faults = st.builds(
        Fault,
        kind=words,
        position=st.none() | st.integers(1),
        facet=st.none() | st.sampled_from(Facet),
        message=words,
    )
    return Register(
        title=draw(words),
        powers=tuple(powers),
        faults=tuple(draw(st.lists(faults, max_size=2))),
        preface=draw(some_words),
        postscript=draw(some_words),
        headings=draw(st.dictionaries(words, st.text(), max_size=2)),
    )


def current(path: Path) -> Edition:
    """The edition that a process which opens the database now would answer from."""
    with closing(Store(path)) as store:
        return store.current()


def test_a_new_database_holds_the_builtin_register(tmp_path: Path, waimao: Register) -> None:
    path = tmp_path / "not" / "yet" / "there.db"
    edition = current(path)
    assert path.is_file()
    assert edition.register_ == waimao
    assert (edition.number, edition.source) == (1, "waimao.txt")
    assert edition.sha256 == sha256(WAIMAO.read_bytes()).hexdigest()


def test_an_empty_file_becomes_a_database(tmp_path: Path, waimao: Register) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    assert current(path).register_ == waimao


def test_opening_again_gives_the_same_edition(tmp_path: Path) -> None:
    path = tmp_path / "lianzheng.db"
    assert current(path) == current(path)


def test_the_database_is_in_write_ahead_mode(tmp_path: Path) -> None:
    path = tmp_path / "lianzheng.db"
    current(path)
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("pragma journal_mode").fetchone() == ("wal",)


def test_an_edition_is_called_by_the_day_it_was_taken_in(tmp_path: Path) -> None:
    edition = current(tmp_path / "lianzheng.db")
    assert edition.label == f"{edition.imported_at.astimezone().date().isoformat()} 版"


def test_an_edition_that_is_added_is_the_current_one(tmp_path: Path, waimao: Register, wenlv: Register) -> None:
    path = tmp_path / "lianzheng.db"
    with closing(Store(path)) as store:
        first = store.current()
        added = store.add_edition(wenlv, WENLV.name, WENLV.read_bytes())
        assert store.current() == added
        assert added.number == first.number + 1
        assert (added.register_, added.source) == (wenlv, "wenlv.txt")
        assert added.sha256 == sha256(WENLV.read_bytes()).hexdigest()
        assert store.edition(first.number).register_ == waimao
    assert current(path) == added


def test_an_edition_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "lianzheng.db")) as store:
        store.current()
        with pytest.raises(StoreError) as refused:
            store.edition(7)
    assert_one_sentence(str(refused.value))
    assert "7" in str(refused.value)


@settings(max_examples=40)
@given(registers())
def test_what_was_read_from_a_file_is_read_back_from_the_store(
    tmp_path_factory: pytest.TempPathFactory, register: Register
) -> None:
    folder = tmp_path_factory.getbasetemp()
    data = printed(register).encode()
    read = parse_register(data, "taken_in.txt")
    with closing(Store(folder / "read.db")) as store:
        assert store.add_edition(read, "taken_in.txt", data).register_ == read
        assert store.current().register_ == read


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(registers_of_any_words())
def test_any_words_are_read_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, register: Register) -> None:
    with closing(Store(tmp_path_factory.getbasetemp() / "any.db")) as store:
        store.add_edition(register, "any", b"")
        assert store.current().register_ == register


def test_a_failed_read_leaves_the_loaded_edition_untouched(tmp_path: Path) -> None:
    path = tmp_path / "lianzheng.db"
    before = current(path)
    bad = tmp_path / "bad.txt"
    bad.write_text("不是清单", "utf-8")
    with closing(Store(path)) as store, pytest.raises(RegisterError):
        store.add_edition(read_register(bad), bad.name, bad.read_bytes())
    assert current(path) == before


def test_an_edition_that_can_not_be_kept_whole_is_not_kept_at_all(tmp_path: Path, wenlv: Register) -> None:
    path = tmp_path / "lianzheng.db"
    before = current(path)
    twice = wenlv.model_copy(update={"powers": (*wenlv.powers, wenlv.powers[0])})  # one position twice
    with closing(Store(path)) as store:
        with pytest.raises(StoreError):
            store.add_edition(twice, WENLV.name, b"")
        assert store.current() == before
    assert current(path) == before
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("select count(*) from powers").fetchone() == (len(before.register_.powers),)


def test_several_may_be_the_first_to_use_a_database(tmp_path: Path) -> None:
    path = tmp_path / "lianzheng.db"
    start = threading.Barrier(8)
    seen: list[Edition] = []

    def use() -> None:
        start.wait()
        seen.append(current(path))

    users = [threading.Thread(target=use) for _ in range(8)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert [edition.number for edition in seen] == [1] * 8
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("select count(*) from editions").fetchone() == (1,)
        assert reader.execute("pragma journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    "damage",
    [
        "delete from powers",
        "update powers set process = 'x'",
        "update powers set process = '[{}]'",
        "update powers set posts = null",
        "update editions set imported_at = 'x'",
        "update editions set faults = '{}'",
    ],
)
def test_a_damaged_database_is_an_error(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "lianzheng.db"
    current(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute(damage)
        db.commit()
    with closing(Store(path)) as store, pytest.raises(StoreError) as refused:
        store.current()
    assert_one_sentence(str(refused.value))
    assert str(path) in str(refused.value)


def test_a_path_that_can_not_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "lianzheng.db", tmp_path):
        with pytest.raises(StoreError) as refused:
            Store(path)
        assert_one_sentence(str(refused.value))
        assert str(path) in str(refused.value)


def test_a_file_that_is_no_database_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("各处室：请于周五前报送清单。" * 100, "utf-8")
    before = path.read_bytes()
    with pytest.raises(StoreError) as refused:
        Store(path)
    assert_one_sentence(str(refused.value))
    assert path.read_bytes() == before


def test_migrations_make_the_schema_from_nothing_and_change_nothing_when_applied_again(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "blank.db")) as db:
        migrations.apply(db)
        schema = db.schema
        assert {"editions", "powers"} <= set(db.table_names())
        applied = list(db.query("select * from _sqlite_migrations"))
        migrations.apply(db)
        assert db.schema == schema
        assert list(db.query("select * from _sqlite_migrations")) == applied
    current(tmp_path / "new.db")
    with closing(Database(tmp_path / "new.db")) as db:
        assert db.schema == schema


def test_editions_of_an_older_program_are_kept(tmp_path: Path, waimao: Register) -> None:
    """The first program had no lines below the table: its last migration was the first one."""
    path = tmp_path / "lianzheng.db"
    before = current(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("alter table editions drop column postscript")
        db.execute("delete from _sqlite_migrations where name = 'lines_below_the_table'")
        db.commit()
    assert current(path) == before
    assert before.register_ == waimao


def test_a_database_that_another_program_began_is_brought_to_the_present_schema(
    tmp_path: Path, waimao: Register
) -> None:
    """Before the first migration there was nothing: another program's tables beside ours don't matter."""
    path = tmp_path / "lianzheng.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table notes (text)")
        db.execute("insert into notes values ('keep me')")
        db.commit()
    assert current(path).register_ == waimao
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select text from notes").fetchall() == [("keep me",)]
