"""The store: one SQLite file with the editions of the register."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from sqlite_utils import Database
from sqlite_utils.db import NotFoundError, Table

from knowledge.errors import StoreError
from knowledge.migrations import migrations
from knowledge.models import Power, Register
from knowledge.reading import read_register

BUILTIN_REGISTER = "waimao.txt"

_POWER_COLUMNS = ("position", "serial", "unit", "name")
_POWER_JSON = ("process", "posts", "risks", "controls", "responsible", "extra")


class Edition(BaseModel):
    """A register as it was taken in: from which file, when (UTC)."""

    model_config = ConfigDict(frozen=True)

    number: int
    source: str
    sha256: str
    imported_at: datetime
    register_: Register

    @property
    def label(self) -> str:
        """How replies name the edition: 「2026-11-24 版」."""
        return f"{self.imported_at.astimezone():%Y-%m-%d} 版"


class Store:
    """Opens the database at ``path``, creating it when it is missing.

    Raises (here and from every method):
        StoreError: the file can't be created, opened, read or written; the message says what to do.
    """

    def __init__(self, path: Path):
        self.path = path
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = Database(path)
            self._db.enable_wal()
            migrations.apply(self._db)

    def close(self) -> None:
        """Close the file; the store can't be used afterwards."""
        self._db.close()

    def current(self) -> Edition:
        """Return the newest edition; in a new database that is the built-in register, taken in now."""
        with self._told():
            row = next(iter(self._table("editions").rows_where(order_by="number desc", limit=1)), None)
            if row is None:
                with resources.as_file(resources.files("knowledge") / "registers" / BUILTIN_REGISTER) as file:
                    return self.add_edition(read_register(file), file)
            return self._edition(row)

    def edition(self, number: int) -> Edition:
        """Return the edition ``number``.

        Raises:
            StoreError: there is none of that number.
        """
        with self._told():
            try:
                return self._edition(self._table("editions").get(number))
            except NotFoundError as error:
                raise StoreError(f"数据库里没有第 {number} 版清单。") from error

    def add_edition(self, register: Register, file: Path) -> Edition:
        """Keep ``register``, read from ``file``, as the newest edition, whole or not at all."""
        with self._told(), self._db.atomic():
            number = (
                self._table("editions")
                .insert(
                    {
                        "title": register.title,
                        "preface": list(register.preface),
                        "headings": dict(register.headings),
                        "faults": [fault.model_dump(mode="json") for fault in register.faults],
                        "source": file.name,
                        "sha256": sha256(file.read_bytes()).hexdigest(),
                        "imported_at": datetime.now(UTC).isoformat(timespec="seconds"),
                    }
                )
                .last_pk
            )
            self._table("powers").insert_all({"edition": number, **_row(power)} for power in register.powers)
        return self.edition(int(str(number)))

    def _edition(self, row: dict[str, object]) -> Edition:
        powers = self._table("powers").rows_where("edition = ?", [row["number"]], order_by="position")
        register = Register(
            title=str(row["title"]),
            preface=json.loads(str(row["preface"])),
            headings=json.loads(str(row["headings"])),
            faults=json.loads(str(row["faults"])),
            powers=tuple(_power(power) for power in powers),
        )
        return Edition.model_validate({**row, "register_": register})

    def _table(self, name: str) -> Table:
        return self._db.table(name)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite and the file system say into one sentence for a person."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"数据库 {self.path} 不能读写（{error}）；请检查磁盘空间和权限，或用 --database 另选一个文件。"
            ) from error
        except OSError as error:
            raise StoreError(
                f"数据库 {self.path} 打不开（{error.strerror}）；请检查路径和权限，或用 --database 另选一个文件。"
            ) from error


def _row(power: Power) -> dict[str, object]:
    dumped = power.model_dump(mode="json")
    return {key: dumped[key] for key in (*_POWER_COLUMNS, *_POWER_JSON)}


def _power(row: dict[str, object]) -> Power:
    return Power.model_validate(
        {key: row[key] for key in _POWER_COLUMNS} | {key: json.loads(str(row[key])) for key in _POWER_JSON}
    )
