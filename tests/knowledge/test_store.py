"""The store: one real SQLite file with the editions of the register."""

import json
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
    """The edition that a process which opens the database now would answer from, where there is one register."""
    with closing(Store(path)) as store:
        (edition,) = store.in_force()
        return edition


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


def changed(register: Register, note: str = "改") -> Register:
    """The register with other words in it, of the same division."""
    first, *others = register.powers
    return register.model_copy(update={"powers": (first.model_copy(update={"name": first.name + note}), *others)})


def test_an_edition_of_the_same_division_takes_the_place_of_the_one_before(tmp_path: Path, waimao: Register) -> None:
    path = tmp_path / "lianzheng.db"
    with closing(Store(path)) as store:
        (first,) = store.in_force()
        number = store.add_edition(changed(waimao), "新.txt", b"new", by="张三", note="轮岗")
        (second,) = store.in_force()
        assert second.number == number > first.number
        assert second.register_ == changed(waimao)
        assert (second.source, second.imported_by, second.note) == ("新.txt", "张三", "轮岗")
        assert second.sha256 == sha256(b"new").hexdigest()
        assert store.edition(first.number) == first
    assert current(path) == second


def test_an_edition_of_another_division_stands_beside(tmp_path: Path, waimao: Register, wenlv: Register) -> None:
    path = tmp_path / "lianzheng.db"
    with closing(Store(path)) as store:
        (first,) = store.in_force()
        store.add_edition(wenlv, WENLV.name, WENLV.read_bytes())
        store.add_edition(changed(waimao), "新.txt", b"")
        assert store.divisions() == ("外贸运行处", "市文化和旅游局")
        assert [edition.register_ for edition in store.in_force()] == [changed(waimao), wenlv]
        assert first.division == "外贸运行处"
        wenlv_edition = store.in_force_of("市文化和旅游局")
        assert wenlv_edition is not None
        assert wenlv_edition.register_ == wenlv
        assert store.in_force_of("没有的处") is None


def test_the_division_may_be_said_by_hand(tmp_path: Path, waimao: Register, wenlv: Register) -> None:
    with closing(Store(tmp_path / "lianzheng.db")) as store:
        store.in_force()
        store.add_edition(waimao, "甲.txt", b"", division=" 驻外办 ")
        store.add_edition(wenlv, "乙.txt", b"", division="（外贸）运行处")  # as it is kept, marks aside
        assert store.divisions() == ("外贸运行处", "驻外办")
        assert [edition.register_ for edition in store.in_force()] == [wenlv, waimao]


def test_an_edition_that_is_kept_is_not_in_force_before_it_is_published(tmp_path: Path, waimao: Register) -> None:
    with closing(Store(tmp_path / "lianzheng.db")) as store:
        (first,) = store.in_force()
        version = store.version()
        number = store.keep(changed(waimao), "新.txt", b"")
        assert store.version() == version
        assert store.in_force() == (first,)
        store.publish(number, "李四")
        assert store.version() > version
        assert [edition.number for edition in store.in_force()] == [number]
        assert store.publications()[-1].by == "李四"
        with pytest.raises(StoreError) as refused:
            store.publish(number)
        assert_one_sentence(str(refused.value))


def test_an_earlier_edition_is_put_back_in_force_and_that_is_on_record(tmp_path: Path, waimao: Register) -> None:
    with closing(Store(tmp_path / "lianzheng.db")) as store:
        one = store.in_force()[0].number
        two, three = (store.add_edition(changed(waimao, note), note, b"") for note in ("二", "三"))
        assert [store.before(number) for number in (one, two, three)] == [None, one, two]
        store.publish(one, "王五")
        assert [edition.number for edition in store.in_force()] == [one]
        assert [(p.edition, p.by) for p in store.publications()] == [(one, ""), (two, ""), (three, ""), (one, "王五")]
        four = store.add_edition(changed(waimao, "四"), "四", b"")
        assert store.before(four) == one  # what was in force before it, not the one of the number before
        assert [record.number for record in store.editions()] == [one, two, three, four]
        assert {record.size for record in store.editions()} == {len(waimao.powers)}


def test_what_was_decided_on_another_edition_than_the_one_in_force_is_not_published(
    tmp_path: Path, waimao: Register, wenlv: Register
) -> None:
    with closing(Store(tmp_path / "lianzheng.db")) as store:
        one = store.in_force()[0].number
        mine = store.keep(changed(waimao), "我的.txt", b"")
        theirs = store.add_edition(changed(waimao, "他"), "他的.txt", b"", instead_of=one)
        before = store.in_force(), store.editions()
        with pytest.raises(StoreError) as refused:
            store.publish(mine, instead_of=one)
        assert_one_sentence(str(refused.value))
        with pytest.raises(StoreError):
            store.add_edition(changed(waimao, "又"), "又.txt", b"", instead_of=one)
        assert (store.in_force(), store.editions()) == before
        store.publish(mine, instead_of=theirs)
        store.add_edition(wenlv, "文旅.txt", b"", instead_of=0)


def test_a_register_is_withdrawn_but_not_the_last_one(tmp_path: Path, waimao: Register, wenlv: Register) -> None:
    with closing(Store(tmp_path / "lianzheng.db")) as store:
        (first,) = store.in_force()
        with pytest.raises(StoreError) as refused:
            store.withdraw(first.division)
        assert_one_sentence(str(refused.value))
        store.add_edition(wenlv, "文旅.txt", b"")
        store.withdraw(first.division, "张三")
        assert [edition.register_ for edition in store.in_force()] == [wenlv]
        with pytest.raises(StoreError):
            store.withdraw(first.division)
        store.publish(first.number)
        assert [edition.register_ for edition in store.in_force()] == [waimao, wenlv]


def test_a_store_sees_what_another_process_publishes(tmp_path: Path, waimao: Register) -> None:
    path = tmp_path / "lianzheng.db"
    with closing(Store(path)) as reader, closing(Store(path)) as writer:
        reader.in_force()
        version = reader.version()
        writer.add_edition(changed(waimao), "新.txt", b"")
        assert reader.version() > version
        assert reader.in_force()[0].register_ == changed(waimao)


def test_an_edition_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "lianzheng.db")) as store:
        store.in_force()
        for ask in (store.edition, store.publish, store.before):
            with pytest.raises(StoreError) as refused:
                ask(7)
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
        assert store.edition(store.add_edition(read, "taken_in.txt", data)).register_ == read


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(registers_of_any_words())
def test_any_words_are_read_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, register: Register) -> None:
    with closing(Store(tmp_path_factory.getbasetemp() / "any.db")) as store:
        number = store.add_edition(register, "any", b"")
        assert store.edition(number).register_ == register
        assert number in {edition.number for edition in store.in_force()}


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
        assert store.in_force() == (before,)
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
        store.in_force()
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


def database_of_the_first_programs(path: Path, *editions: Edition, postscript: bool) -> None:
    """A database as the first programs made it: no divisions, the newest edition in force; at first no postscript."""
    steps = ["editions_and_powers", *(["lines_below_the_table"] if postscript else [])]
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            f"""
            create table _sqlite_migrations (id integer primary key, migration_set text, name text, applied_at text);
            create unique index one on _sqlite_migrations (migration_set, name);
            create table editions (
                number integer primary key, title text not null, preface text, headings text, faults text,
                source text not null, sha256 text not null, imported_at text not null
                {", postscript text not null default '[]'" if postscript else ""}
            );
            create table powers (
                edition integer references editions (number), position integer, serial integer, unit text,
                name text not null, process text, posts text, risks text, controls text, responsible text, extra text,
                primary key (edition, position)
            );
            """
        )
        for step in steps:
            db.execute(
                "insert into _sqlite_migrations (migration_set, name, applied_at) values ('lianzheng', ?, 'then')",
                [step],
            )
        for edition in editions:
            held = edition.register_.model_dump(mode="json")
            db.execute(
                "insert into editions (number, title, preface, headings, faults, source, sha256, imported_at) "
                "values (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    edition.number,
                    held["title"],
                    *(json.dumps(held[key]) for key in ("preface", "headings", "faults")),
                    edition.source,
                    edition.sha256,
                    edition.imported_at.isoformat(),
                ],
            )
            for power in held["powers"]:
                db.execute(
                    "insert into powers values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        edition.number,
                        *(power[key] for key in ("position", "serial", "unit", "name")),
                        *(
                            json.dumps(power[key])
                            for key in ("process", "posts", "risks", "controls", "responsible", "extra")
                        ),
                    ],
                )
        db.commit()


@pytest.mark.parametrize("postscript", [False, True])
def test_editions_of_an_older_program_are_kept(
    tmp_path: Path, edition: Edition, waimao: Register, wenlv: Register, *, postscript: bool
) -> None:
    path = tmp_path / "lianzheng.db"
    other = edition.model_copy(update={"number": 2, "division": "市文化和旅游局", "title": wenlv.title})
    other = other.model_copy(update={"register_": wenlv, "size": len(wenlv.powers)})
    newer = edition.model_copy(update={"number": 3, "register_": changed(waimao)})
    database_of_the_first_programs(path, edition, other, newer, postscript=postscript)
    assert current(path) == newer
    with closing(Store(path)) as store:
        assert [store.edition(number) for number in (1, 2, 3)] == [edition, other, newer]
        assert store.before(3) == 1


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
