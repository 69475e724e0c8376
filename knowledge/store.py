"""The store: one SQLite file with the editions of the registers and the record of which of them is in force."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from knowledge.database import DatabaseFile
from knowledge.divisions import division_of, same_division
from knowledge.errors import StoreError
from knowledge.migrations import migrations
from knowledge.models import Power, Register
from knowledge.reading import parse_register

BUILTIN_REGISTER = "waimao.txt"

_Row = dict[str, object]
_Made = TypeVar("_Made")

_EDITION_JSON = ("preface", "postscript", "headings", "faults")
_POWER_COLUMNS = ("position", "serial", "unit", "name")
_POWER_JSON = ("process", "posts", "risks", "controls", "responsible", "extra")

# The last publication of each division, in the order in which the divisions came; one withdrawn has no edition.
_IN_FORCE = """
select editions.* from publications join editions on editions.number = publications.edition
where publications.number in (select max(number) from publications group by division)
order by (select min(number) from publications as earlier where earlier.division = publications.division)
"""
_KEPT = """
select editions.*, (select count(*) from powers where powers.edition = editions.number) as size
from editions order by number
"""


class EditionRecord(BaseModel):
    """What is known of an edition without its powers: of which division, from which file, when (UTC), by whom.

    ``sha256`` is that of the file; ``size`` counts the powers.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    division: str
    title: str
    size: int
    source: str
    sha256: str
    imported_at: datetime
    imported_by: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """How replies name the edition: 「2026-11-24 版」."""
        return f"{self.imported_at.astimezone():%Y-%m-%d} 版"


class Edition(EditionRecord):
    """A register as it was taken in."""

    register_: Register


class Publication(BaseModel):
    """That somebody put an edition in force (``edition``: its number), or withdrew a register (``None``)."""

    model_config = ConfigDict(frozen=True)

    number: int
    division: str
    edition: int | None
    at: datetime
    by: str


class Store:
    """Opens the database at ``path``, creating it when it is missing; several processes may do so at once. A new one
    holds the built-in register.

    An edition never changes once it is kept, and every change of what is in force is a publication more. A store
    belongs to the thread that opened it.

    Raises (here and from every method):
        StoreError: the file can't be created, opened, read or written; the message says what to do.
    """

    def __init__(self, path: Path):
        self._begin(DatabaseFile(path, migrations))

    @classmethod
    def over(cls, file: DatabaseFile) -> "Store":
        """Return a store over a connection that is open already: what it writes is part of that one's transactions."""
        store = cls.__new__(cls)
        file.migrate(migrations)
        store._begin(file)
        return store

    def _begin(self, file: DatabaseFile) -> None:
        self._file = file
        if not self.version():
            self._take_in_builtin()

    def close(self) -> None:
        """Close the file; the store can't be used afterwards."""
        self._file.close()

    # ── what is in force ─────────────────────────────────────────────────────────────────────────────────────

    def version(self) -> int:
        """Return the number of the last publication (0: none): it grows whenever what is in force changes.

        It costs some microseconds. A reader that remembers it takes it *before* ``in_force``.
        """
        with self._file.reading():
            return int(self._file.db.execute("select max(number) from publications").fetchone()[0] or 0)

    def in_force(self) -> tuple[Edition, ...]:
        """Return the edition in force of each register, in the order in which the registers came; never empty."""
        with self._file.reading():
            rows = list(self._file.db.query(_IN_FORCE))
        if not rows:
            raise StoreError(
                f"数据库 {self._file.path} 里没有现行的清单，已损坏；请用备份换回它，或用 --database 另选一个文件。"
            )
        return tuple(self._edition(row) for row in rows)

    def in_force_of(self, division: str) -> Edition | None:
        """Return the edition in force of the register of ``division``, if there is one."""
        with self._file.reading():
            number = self._numbers_in_force().get(self._known(division))
        return None if number is None else self.edition(number)

    def numbers_in_force(self) -> frozenset[int]:
        """Return the numbers of the editions in force."""
        with self._file.reading():
            return frozenset(self._numbers_in_force().values())

    def divisions(self) -> tuple[str, ...]:
        """Return the divisions whose registers are in force, in the order in which they came."""
        with self._file.reading():
            return tuple(self._numbers_in_force())

    # ── editions ─────────────────────────────────────────────────────────────────────────────────────────────

    def edition(self, number: int) -> Edition:
        """Return the edition ``number``.

        Raises:
            StoreError: there is none of that number.
        """
        with self._file.reading():
            row = next(self._file.db.query("select * from editions where number = ?", [number]), None)
        if row is None:
            raise StoreError(f"数据库里没有第 {number} 版清单，有哪些请看 lianzheng editions。")
        return self._edition(row)

    def editions(self) -> tuple[EditionRecord, ...]:
        """Return all editions, the oldest first, without their powers."""
        with self._file.reading():
            rows = list(self._file.db.query(_KEPT))
        return tuple(self._whole(row, EditionRecord.model_validate) for row in rows)

    def keep(
        self,
        register: Register,
        source: str,
        data: bytes,
        *,
        division: str = "",
        by: str = "",
        note: str = "",
        progress: Callable[[int], object] | None = None,
    ) -> int:
        """Keep a register and return the number of the edition: whole or not at all, and not yet in force.

        Args:
            register: what was read.
            source: name of the file.
            data: content of the file.
            division: whose register it is; told from the register when "".
            by: who takes it in.
            note: what to remember of it.
            progress: is told how many powers have been written, power by power.
        """
        with self._file.writing():
            return self._insert(register, source, data, division, by, note, progress)

    def add_edition(
        self,
        register: Register,
        source: str,
        data: bytes,
        *,
        division: str = "",
        by: str = "",
        note: str = "",
        instead_of: int | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> int:
        """Keep ``register`` and put it in force in one transaction; see ``keep`` and ``publish``. Return its number."""
        with self._file.writing():
            number = self._insert(register, source, data, division, by, note, progress)
            self._publish(number, by, instead_of)
        return number

    # ── publications ─────────────────────────────────────────────────────────────────────────────────────────

    def publish(self, number: int, by: str = "", *, instead_of: int | None = None) -> None:
        """Put the edition ``number`` in force for its division; an earlier one as well as a new one.

        Args:
            number: of the edition.
            by: who does so.
            instead_of: the edition that it was compared with (0: there was none); it is not published when another
                one is in force by now. ``None``: whatever is in force.

        Raises:
            StoreError: there is no such edition, it is in force, or another was published meanwhile.
        """
        with self._file.writing():
            self._publish(number, by, instead_of)

    def withdraw(self, division: str, by: str = "") -> None:
        """Leave the register of ``division`` out from now on; its editions are kept and can be published again.

        Raises:
            StoreError: there is no such register in force, or it is the only one.
        """
        with self._file.writing():
            known, numbers = self._known(division), self._numbers_in_force()
            if known not in numbers:
                raise StoreError(f"没有“{division}”的清单在用，现有：{'、'.join(numbers)}。")
            if len(numbers) == 1:
                raise StoreError(f"“{known}”是唯一在用的清单，不能停用；请先导入别的清单。")
            self._record(known, None, by)

    def publications(self) -> tuple[Publication, ...]:
        """Return everything that was published and withdrawn, the first first."""
        with self._file.reading():
            rows = list(self._file.table("publications").rows_where(order_by="number"))
        return tuple(self._whole(row, Publication.model_validate) for row in rows)

    def before(self, number: int) -> int | None:
        """Return the edition that was in force before the edition ``number`` came into force; ``None``: none.

        Going back takes away what came after: after 1, 2, back to 1, then 3, the one before 3 is 1.
        """
        division = self.edition(number).division
        way: list[int] = []
        for published in self.publications():
            if published.division != division or published.edition is None:
                continue
            if published.edition in way:
                del way[way.index(published.edition) :]
            way.append(published.edition)
        at = way.index(number) if number in way else 0
        return way[at - 1] if at else None

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _numbers_in_force(self) -> dict[str, int]:
        return {str(row["division"]): int(str(row["number"])) for row in self._file.db.query(_IN_FORCE)}

    def _known(self, division: str) -> str:
        """Return the name under which the register of ``division`` is kept already, else ``division`` itself."""
        kept = (str(row["division"]) for row in self._file.db.query("select distinct division from editions"))
        return next((known for known in kept if same_division(known, division)), division)

    def _take_in_builtin(self) -> None:
        """Take in the built-in register, unless another process just did."""
        data = resources.files("knowledge").joinpath("registers", BUILTIN_REGISTER).read_bytes()
        register = parse_register(data, BUILTIN_REGISTER)
        with self._file.writing():
            if not self.version():
                self._publish(self._insert(register, BUILTIN_REGISTER, data), "", None)

    def _insert(
        self,
        register: Register,
        source: str,
        data: bytes,
        division: str = "",
        by: str = "",
        note: str = "",
        progress: Callable[[int], object] | None = None,
    ) -> int:
        row = {
            "title": register.title,
            "preface": list(register.preface),
            "postscript": list(register.postscript),
            "headings": dict(register.headings),
            "faults": [fault.model_dump(mode="json") for fault in register.faults],
            "source": source,
            "sha256": sha256(data).hexdigest(),
            "imported_at": _now(),
            "division": self._known(division.strip() or division_of(register.title, (p.unit for p in register.powers))),
            "imported_by": by,
            "note": note,
        }
        number = int(str(self._file.table("editions").insert(row).last_pk))

        def rows() -> Iterator[_Row]:
            for count, power in enumerate(register.powers, start=1):
                yield {"edition": number, **_row(power)}
                if progress is not None:
                    progress(count)

        self._file.table("powers").insert_all(rows())
        return number

    def _publish(self, number: int, by: str, instead_of: int | None) -> None:
        row = next(self._file.db.query("select division from editions where number = ?", [number]), None)
        if row is None:
            raise StoreError(f"数据库里没有第 {number} 版清单，有哪些请看 lianzheng editions。")
        division = str(row["division"])
        now = self._numbers_in_force().get(division)
        if now == number:
            raise StoreError(f"第 {number} 版已经是“{division}”现行的一版，不用再发布。")
        if instead_of is not None and (now or 0) != instead_of:
            raise StoreError(f"“{division}”的清单刚刚换过一版，请重新查看差异再决定。")
        self._record(division, number, by)

    def _record(self, division: str, edition: int | None, by: str) -> None:
        self._file.table("publications").insert({"division": division, "edition": edition, "at": _now(), "by": by})

    def _edition(self, row: _Row) -> Edition:
        with self._file.reading():
            powers = list(self._file.table("powers").rows_where("edition = ?", [row["number"]], order_by="position"))

        def whole(row: _Row) -> Edition:
            register = Register(
                title=str(row["title"]),
                **{key: json.loads(str(row[key])) for key in _EDITION_JSON},
                powers=tuple(_power(power) for power in powers),
            )
            return Edition.model_validate({**row, "size": len(powers), "register_": register})

        return self._whole(row, whole)

    def _whole(self, row: _Row, make: Callable[[_Row], _Made]) -> _Made:
        """Return what ``make`` makes of ``row``; what can't be made of it is damaged."""
        try:
            return make(row)
        except ValueError as error:
            raise StoreError(
                f"数据库 {self._file.path} 里第 {row.get('edition') or row['number']} 版清单已损坏；"
                "请用备份换回它，或用 --database 另选一个文件。"
            ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _row(power: Power) -> _Row:
    dumped = power.model_dump(mode="json")
    return {key: dumped[key] for key in (*_POWER_COLUMNS, *_POWER_JSON)}


def _power(row: _Row) -> Power:
    return Power.model_validate(
        {key: row[key] for key in _POWER_COLUMNS} | {key: json.loads(str(row[key])) for key in _POWER_JSON}
    )
