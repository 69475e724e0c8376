"""A raw table of cells → a validated ``Register``, with the faults of the source noted on the way."""

from collections.abc import Mapping

from knowledge.errors import RegisterError
from knowledge.models import Fault, Post, Power, Register, Risk, Step
from knowledge.reading.cells import on_one_line, parse_items, parse_people, parse_posts, parse_process, parse_serial
from knowledge.reading.faults import faults_of
from knowledge.reading.flattened import RawTable
from knowledge.reading.misprints import Misprints


def register_from(table: RawTable, name: str) -> Register:
    """Return the register that ``table`` holds; ``name`` of the file is for messages.

    Raises:
        RegisterError: a power has no name, or two have one serial.
    """
    columns = table.columns
    misprints = Misprints(cell for row in table.rows for cell in row)
    powers: list[Power] = []
    faults: list[Fault] = []
    unit = ""
    for position, row in enumerate(table.rows, start=1):
        cells = {key: row[index] for key, index in columns.items()}
        extra = {table.headings[i]: cell for i, cell in enumerate(row) if i not in columns.values() and cell}
        unit = on_one_line(cells.get("unit", "")) or unit  # a cell merged down the column is printed once
        if not on_one_line(cells["name"]):
            raise RegisterError(f"{name} 第 {position} 行没有写{table.headings[columns['name']]}的名称，请补上再读。")
        power = _power(position, unit, cells, extra, misprints)
        powers.append(power)
        faults += faults_of(power, cells, misprints)
    _check_serials(powers, name)
    titled = [line for line in table.preface if "清单" in line or "防控表" in line] or table.preface
    title = titled[-1] if titled else name.rpartition(".")[0] or name
    preface = tuple(line for line in table.preface if line != title)
    headings = {key: table.headings[index] for key, index in columns.items()}
    return Register(
        title=title,
        powers=tuple(powers),
        faults=tuple(faults),
        preface=preface,
        postscript=tuple(table.postscript),
        headings=headings,
    )


def _power(position: int, unit: str, cells: Mapping[str, str], extra: dict[str, str], misprints: Misprints) -> Power:
    printed = on_one_line(cells.get("serial", ""))
    serial = parse_serial(printed)
    if printed and serial is None:
        extra = {"序号": printed, **extra}
    return Power(
        position=position,
        serial=serial,
        unit=unit,
        name=on_one_line(cells["name"]),
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
