"""The store: one SQLite file with the editions of the register."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from sqlite_utils.db import NotFoundError

from knowledge.database import DatabaseFile
from knowledge.errors import StoreError
from knowledge.migrations import migrations
from knowledge.models import Power, Register
from knowledge.reading import parse_register

BUILTIN_REGISTER = "waimao.txt"

_Row = dict[str, object]

_EDITION_JSON = ("preface", "postscript", "headings", "faults")
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
    """Opens the database at ``path``, creating it when it is missing; several processes may do so at once.

    Raises (here and from every method):
        StoreError: the file can't be created, opened, read or written; the message says what to do.
    """

    def __init__(self, path: Path):
        self._file = DatabaseFile(path, migrations)

    def close(self) -> None:
        """Close the file; the store can't be used afterwards."""
        self._file.close()

    def current(self) -> Edition:
        """Return the newest edition; in a new database that is the built-in register, taken in now."""
        with self._file.reading():
            row = self._newest()
        return self._edition(row or self._first())

    def edition(self, number: int) -> Edition:
        """Return the edition ``number``.

        Raises:
            StoreError: there is none of that number.
        """
        with self._file.reading():
            try:
                row = self._file.table("editions").get(number)
            except NotFoundError as error:
                raise StoreError(f"数据库里没有第 {number} 版清单。") from error
        return self._edition(row)

    def add_edition(self, register: Register, source: str, data: bytes) -> Edition:
        """Keep ``register``, read from ``data``, the content of the file ``source``, as the newest edition.

        It is kept whole or not at all.
        """
        with self._file.writing():
            number = self._insert(register, source, data)
        return self.edition(number)

    def _newest(self) -> _Row | None:
        return next(iter(self._file.table("editions").rows_where(order_by="number desc", limit=1)), None)

    def _first(self) -> _Row:
        """Take in the built-in register, unless another process just did, and return the newest edition."""
        data = resources.files("knowledge").joinpath("registers", BUILTIN_REGISTER).read_bytes()
        register = parse_register(data, BUILTIN_REGISTER)
        with self._file.writing():
            return self._newest() or self._file.table("editions").get(self._insert(register, BUILTIN_REGISTER, data))

    def _insert(self, register: Register, source: str, data: bytes) -> int:
        row = {
            "title": register.title,
            "preface": list(register.preface),
            "postscript": list(register.postscript),
            "headings": dict(register.headings),
            "faults": [fault.model_dump(mode="json") for fault in register.faults],
            "source": source,
            "sha256": sha256(data).hexdigest(),
            "imported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        number = int(str(self._file.table("editions").insert(row).last_pk))
        self._file.table("powers").insert_all({"edition": number, **_row(power)} for power in register.powers)
        return number

    def _edition(self, row: _Row) -> Edition:
        with self._file.reading():
            powers = list(self._file.table("powers").rows_where("edition = ?", [row["number"]], order_by="position"))
        try:
            register = Register(
                title=str(row["title"]),
                **{key: json.loads(str(row[key])) for key in _EDITION_JSON},
                powers=tuple(_power(power) for power in powers),
            )
            return Edition.model_validate({**row, "register_": register})
        except ValueError as error:
            raise StoreError(
                f"数据库 {self._file.path} 里第 {row['number']} 版清单已损坏；"
                "请用备份换回它，或用 --database 另选一个文件。"
            ) from error


def _row(power: Power) -> _Row:
    dumped = power.model_dump(mode="json")
    return {key: dumped[key] for key in (*_POWER_COLUMNS, *_POWER_JSON)}


def _power(row: _Row) -> Power:
    return Power.model_validate(
        {key: row[key] for key in _POWER_COLUMNS} | {key: json.loads(str(row[key])) for key in _POWER_JSON}
    )
