"""What is written waits for a disk that takes it, but not for a miracle."""

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlite_utils.migrations import Migrations

from bot.records.patience import Patience, pauses
from knowledge.database import DatabaseFile

WAIT_S = 0.01


@pytest.fixture
def file(tmp_path: Path) -> Iterator[DatabaseFile]:
    opened = DatabaseFile(tmp_path / "some.db", Migrations("tests"), wait_s=WAIT_S)
    opened.table("kept").create({"number": int}, pk="number")
    yield opened
    opened.close()


def test_it_waits_for_whoever_has_the_database_and_says_so_once(
    file: DatabaseFile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    other = sqlite3.connect(file.path)
    other.execute("begin immediate")

    def write(number: int) -> int:
        with file.writing():
            file.table("kept").insert({"number": number})
        return number

    async def script() -> list[int]:
        patience = Patience()
        async with asyncio.TaskGroup() as group:
            waiting = [group.create_task(patience(partial(write, n))) for n in (1, 2)]
            while not caplog.records:
                await asyncio.sleep(0)
            assert not any(task.done() for task in waiting)
            other.rollback()
        return [task.result() for task in waiting]

    assert asyncio.run(script()) == [1, 2]
    other.close()
    assert [row["number"] for row in file.table("kept").rows] == [1, 2]
    assert [record.levelname for record in caplog.records if record.name.startswith("bot")] == ["ERROR", "INFO"]


def test_it_does_not_wait_for_what_no_database_would_do(file: DatabaseFile) -> None:
    def write() -> None:
        with file.writing():
            file.table("kept").insert({"number": 1})
            file.table("kept").insert({"number": 1})

    with pytest.raises(sqlite3.IntegrityError):
        asyncio.run(Patience()(write))
    assert list(file.table("kept").rows) == []


def test_pauses_grow_to_a_limit() -> None:
    growing = pauses(0.5, 3.0)
    assert [next(growing) for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert [next(growing) for _ in range(3000)][-1] == 3.0
