"""A raw table of cells → a validated ``Register``, with the faults of the source noted on the way."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

from knowledge.checks import faults_of_all
from knowledge.errors import RegisterError
from knowledge.models import Fault, Post, Power, Register, Risk, Step
from knowledge.reading.captions import office_in
from knowledge.reading.cells import (
    on_one_line,
    paired_posts,
    parse_items,
    parse_people,
    parse_posts,
    parse_process,
    parse_serial,
)
from knowledge.reading.columns import usual_heading
from knowledge.reading.faults import faults_of, oddities_of
from knowledge.reading.misprints import Misprints
from knowledge.reading.raw import Cell, Entry, RawTable

# Where the lines across a table (「一、行政许可类」) are kept: they head the entries below them but no column.
_SECTION = "分类"

_T = TypeVar("_T", bound=Hashable)


def register_from(table: RawTable, name: str) -> Register:
    """Return the register that ``table`` holds; ``name`` of the file is for messages.

    Raises:
        RegisterError: a power has no name, or two of one unit have one serial.
    """
    row_per_risk = _has_a_row_per_risk(table)
    columns = table.columns if row_per_risk else {k: i for k, i in table.columns.items() if k != "level"}
    misprints = Misprints(cell.text for entry in table.entries for row in entry.rows for cell in row if cell)
    powers: list[Power] = []
    faults: list[Fault] = []
    unit = ""
    for position, entry in enumerate(table.entries, start=1):
        cells = {key: [cell for cell, _, _ in entry.spans(index)] for key, index in columns.items()}
        printed = {key: "\n".join(cell.text for cell in held) for key, held in cells.items()}
        extra = dict(_extra(table, columns, entry))
        office = "" if "unit" in columns else office_in(entry.section)
        if entry.section and not office:
            extra.setdefault(_SECTION, entry.section)
        unit = on_one_line(printed.get("unit", "")) or office or unit  # a cell merged down the column is printed once
        if not on_one_line(printed["name"]):
            raise RegisterError(f"{name} 第 {position} 行没有写“{table.headings[columns['name']]}”，请补上再读。")
        risks = _graded(entry, columns) if row_per_risk else _risks(cells["risks"])
        posts = _held_posts(entry, columns) if "holders" in columns else _posts(cells["posts"])
        power = _power(position, unit, cells, posts, risks, extra, misprints)
        powers.append(power)
        faults += faults_of(power, cells, misprints)
        for index, heading in enumerate(table.headings):
            if index not in columns.values():
                faults += oddities_of(position, heading, [cell for cell, _, _ in entry.spans(index)])
    _check_serials(powers, name)
    titled = [line for line in table.preface if "清单" in line or "防控表" in line] or table.preface
    title = titled[-1] if titled else name.rpartition(".")[0] or name
    return Register(
        title=title,
        powers=tuple(powers),
        faults=(*faults, *faults_of_all(powers)),
        preface=tuple(line for line in table.preface if line != title),
        postscript=tuple(table.postscript),
        headings={key: table.headings[index] for key, index in columns.items()},
    )


def _has_a_row_per_risk(table: RawTable) -> bool:
    """Whether rows stand for risks, so that a level or a control in one is that risk's own.

    They do where entries span several rows, and where levels stand beside single risks.
    """
    risks = table.columns["risks"]
    if any(len(entry.spans(risks)) > 1 for entry in table.entries):
        return True
    cells = [cell for entry in table.entries for cell, _, _ in entry.spans(risks)]
    return "level" in table.columns and all(len(parse_items(cell.listed)) <= 1 for cell in cells)


def _extra(table: RawTable, columns: Mapping[str, int], entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield the columns without a field by their headings; what several rows of an entry say is told once each."""
    for index, heading in enumerate(table.headings):
        if index not in columns.values():
            texts = dict.fromkeys(cell.text.strip() for cell, _, _ in entry.spans(index))
            text = "\n".join(text for text in texts if text)
            if text:
                yield heading, text


def _power(
    position: int,
    unit: str,
    cells: Mapping[str, list[Cell]],
    posts: tuple[Post, ...],
    risks: tuple[Risk, ...],
    extra: dict[str, str],
    misprints: Misprints,
) -> Power:
    printed, serial = _serial(cells.get("serial", []))
    if printed and serial is None:
        extra = {usual_heading("serial"): printed, **extra}
    controls = [text for cell in cells["controls"] for text in parse_items(cell.listed)]
    people = [person for cell in cells["responsible"] for person in parse_people(cell.text)]
    return Power(
        position=position,
        serial=serial,
        unit=unit,
        name="".join(on_one_line(cell.text) for cell in cells["name"]),
        process=_process(cells["process"], misprints),
        posts=posts,
        risks=risks,
        controls=_each_once(cells["controls"], controls),
        responsible=_each_once(cells["responsible"], people),
        extra=extra,
    )


def _serial(cells: list[Cell]) -> tuple[str, int | None]:
    """Return what is printed as the serial, and its number; where Word counts by itself, that is its count."""
    printed = "".join(on_one_line(cell.text) for cell in cells)
    if not printed:
        counted = [number for cell in cells for number in cell.numbers if number is not None]
        return "", counted[0] if counted else None
    return printed, parse_serial(printed)


def _process(cells: list[Cell], misprints: Misprints) -> tuple[Step, ...]:
    """Return the steps of all cells: several rows of one entry each hold some."""
    steps = [step for cell in cells for step in parse_process(cell.text, misprints.is_misprint)]
    return tuple(Step(number=n, text=s.text, condition=s.condition) for n, s in enumerate(steps, start=1))


def _posts(cells: list[Cell]) -> tuple[Post, ...]:
    return _each_once(cells, [post for cell in cells for post in parse_posts(cell.text)])


def _held_posts(entry: Entry, columns: Mapping[str, int]) -> tuple[Post, ...]:
    """Return the posts of an entry whose people stand in a column beside them."""
    held: list[Post] = []
    for cell, start, end in entry.spans(columns["posts"]):
        names = [c.text for c, first, last in entry.spans(columns["holders"]) if first < end and start < last]
        held += paired_posts(cell.text, "\n".join(names))
    return tuple(dict.fromkeys(held))


def _each_once(cells: list[Cell], said: list[_T]) -> tuple[_T, ...]:
    """Return what several rows of one entry say, each once; what one cell says twice it says twice."""
    return tuple(said if len(cells) == 1 else dict.fromkeys(said))


def _risks(cells: list[Cell]) -> tuple[Risk, ...]:
    return tuple(Risk(text=text) for cell in cells for text in parse_items(cell.listed))


def _graded(entry: Entry, columns: Mapping[str, int]) -> tuple[Risk, ...]:
    """Return the risks of an entry with the levels and controls that stand in their rows.

    Controls in a cell beside all of several risks are the power's, no risk's own.
    """
    spans = entry.spans(columns["risks"])
    levels = entry.spans(columns["level"]) if "level" in columns else []
    controls = entry.spans(columns["controls"])
    risks: list[Risk] = []
    for cell, start, end in spans:
        level = "、".join(
            dict.fromkeys(on_one_line(said.text) for said, first, last in levels if first < end and start < last)
        )
        own = [
            text
            for said, first, last in controls
            if first < end and start < last and (len(spans) == 1 or not (first == 0 and last == len(entry.rows)))
            for text in parse_items(said.listed)
        ]
        items = parse_items(cell.listed)
        if len(spans) == 1 and len(items) > 1:
            own = []
        risks += [Risk(text=text, level=level or None, controls=tuple(dict.fromkeys(own))) for text in items]
    return tuple(risks)


def _check_serials(powers: list[Power], name: str) -> None:
    """Refuse serials that are printed twice; each unit, and each part of a table, may count from 1."""
    seen: dict[tuple[str, str, int], Power] = {}
    for power in powers:
        if power.serial is None:
            continue
        other = seen.setdefault((power.unit, power.extra.get(_SECTION, ""), power.serial), power)
        if other is not power:
            raise RegisterError(
                f"{name} 里序号 {power.serial} 出现了两次（{other.title}、{power.title}），请改正序号再读。"
            )
