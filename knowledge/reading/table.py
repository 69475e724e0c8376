"""A raw table of cells → a validated ``Register``, with the faults of the source noted on the way."""

from collections.abc import Mapping

from knowledge.errors import RegisterError
from knowledge.models import Fault, Post, Power, Register, Risk, Step
from knowledge.reading.cells import parse_items, parse_people, parse_posts, parse_process
from knowledge.reading.columns import field_of_heading, needed_fields
from knowledge.reading.faults import faults_of
from knowledge.reading.flattened import RawTable
from knowledge.reading.misprints import Misprints


def register_from(table: RawTable, name: str) -> Register:
    """Return the register that ``table`` holds; ``name`` of the file is for messages.

    Raises:
        RegisterError: a needed column is missing, a power has no name, or two have one serial.
    """
    columns = _columns(table, name)
    misprints = Misprints(cell for row in table.rows for cell in row)
    powers: list[Power] = []
    faults: list[Fault] = []
    unit = ""
    for position, row in enumerate(table.rows, start=1):
        cells = {key: row[index] for key, index in columns.items()}
        extra = {table.headings[i]: cell for i, cell in enumerate(row) if i not in columns.values() and cell}
        unit = _joined(cells.get("unit", "")) or unit  # a cell merged down the column is printed once
        if not _joined(cells["name"]):
            raise RegisterError(f"{name} 第 {position} 行没有写{table.headings[columns['name']]}的名称，请补上再读。")
        power = _power(position, unit, cells, extra, misprints)
        powers.append(power)
        faults += faults_of(power, cells, misprints)
    _check_serials(powers, name)
    titled = [line for line in table.preface if "清单" in line or "防控表" in line] or table.preface
    title = titled[-1] if titled else name.rpartition(".")[0] or name
    preface = tuple(line for line in table.preface if line != title)
    headings = {key: table.headings[index] for key, index in columns.items()}
    return Register(title=title, powers=tuple(powers), faults=tuple(faults), preface=preface, headings=headings)


def _columns(table: RawTable, name: str) -> dict[str, int]:
    """Return the index of each field's column; the first of two columns with one meaning counts."""
    columns: dict[str, int] = {}
    for index, heading in enumerate(table.headings):
        key = field_of_heading(heading)
        if key:
            columns.setdefault(key, index)
    missing = [usual for key, usual in needed_fields().items() if key not in columns]
    if missing:
        raise RegisterError(
            f"{name} 缺少这些列：{'、'.join(missing)}（表头里有：{'、'.join(table.headings)}），请补上列名再读。"
        )
    return columns


def _power(position: int, unit: str, cells: Mapping[str, str], extra: dict[str, str], misprints: Misprints) -> Power:
    printed = _joined(cells.get("serial", "")).rstrip(".．、")
    serial = int(printed) if printed.isdecimal() else None
    if printed and serial is None:
        extra = {"序号": printed, **extra}
    return Power(
        position=position,
        serial=serial,
        unit=unit,
        name=_joined(cells["name"]),
        process=_process(cells, misprints),
        posts=_posts(cells),
        risks=tuple(Risk(text=text) for text in parse_items(cells["risks"])),
        controls=parse_items(cells["controls"]),
        responsible=parse_people(cells["responsible"]),
        extra=extra,
    )


def _process(cells: Mapping[str, str], misprints: Misprints) -> tuple[Step, ...]:
    return parse_process(cells["process"], misprints.is_misprint)


def _posts(cells: Mapping[str, str]) -> tuple[Post, ...]:
    return parse_posts(cells["posts"])


def _joined(cell: str) -> str:
    """Return a cell of one phrase whose lines were wrapped, on one line."""
    return "".join(line.strip() for line in cell.splitlines())


def _check_serials(powers: list[Power], name: str) -> None:
    seen: dict[int, Power] = {}
    for power in powers:
        if power.serial is None:
            continue
        if power.serial in seen:
            other = seen[power.serial]
            raise RegisterError(
                f"{name} 里序号 {power.serial} 出现了两次（{other.title}、{power.title}），请改正序号再读。"
            )
        seen[power.serial] = power
