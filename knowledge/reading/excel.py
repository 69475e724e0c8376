"""An Excel workbook (.xlsx) → its sheets as drawn tables: values as they were last computed, merged cells told."""

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from knowledge.errors import RegisterError
from knowledge.reading.raw import Cell, Covered, Drawn, Grid

# 10,000 powers with four rows each, and some thousands of blank rows that only have borders.
MAX_ROWS = 100_000
# No register has more; a cell further out is a stray.
MAX_COLUMNS = 256
# The cells of 10,000 powers of four rows and ten columns, blank ones with borders included; each takes 20 µs.
MAX_CELLS = 400_000
# Nobody has more, and a workbook can name one part a thousand times.
MAX_SHEETS = 200

# What a sheet may not hold, told from its bytes: columns beyond MAX_COLUMNS (IV), rows that no program counts to.
_FAR_OUT = re.compile(
    rb"""<(?:\w+:)?c\s[^>]{0,200}?\br\s*=\s*["'](?:[A-Z]{3}|[J-Z][A-Z]|I[W-Z])\d"""
    rb"""|<(?:\w+:)?row\s[^>]{0,200}?\br\s*=\s*["']\d*(?:[2-9]\d{6}|1[1-9]\d{5}|\d{8})"""
)
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


def drawn(data: bytes, archive: zipfile.ZipFile, name: str) -> Drawn:
    """Return the visible sheets of the workbook, ``data``, in their order; ``archive`` is its checked container.

    Raises:
        RegisterError: there is far too much in it.
        Exception: whatever the parser raises on a damaged workbook.
    """
    parts = _parts_of_sheets(archive)
    if len(parts) > MAX_SHEETS:
        raise _too_much(name)
    for place in set(parts.values()):
        _check_part(archive.read(place), name)
    values = _workbook(data, formulas=False)
    grids: list[Grid] = []
    formulas: Any = None
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        part = archive.read(parts[sheet.title])
        rows = _rows(sheet, name)
        if _FORMULA.search(part):
            formulas = formulas or _workbook(data, formulas=True)
            rows = list(_without_values(rows, _rows(formulas[sheet.title], name)))
        grids.append(Grid(_merged(rows, part, name), title=sheet.title))
    return Drawn(grids)


def _check_part(part: bytes, name: str) -> None:
    """Refuse a sheet of which a parser would make far more than its size lets expect."""
    counted = ((_CELL, MAX_CELLS), (_ROW, MAX_ROWS), (_MERGED, MAX_CELLS))
    if _FAR_OUT.search(part) or any(_exceeds(pattern, part, most) for pattern, most in counted):
        raise _too_much(name)


def _exceeds(pattern: re.Pattern[bytes], part: bytes, most: int) -> bool:
    return any(count > most for count, _found in enumerate(pattern.finditer(part), start=1))


def _workbook(data: bytes, *, formulas: bool) -> Any:
    from openpyxl import load_workbook

    with warnings.catch_warnings():  # what openpyxl leaves out (drawings, validations) is no part of the text
        warnings.simplefilter("ignore")
        return load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas, keep_links=False)


def _parts_of_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return by title where in the container each sheet is; in streamed reading openpyxl tells nothing of merges."""
    from defusedxml.ElementTree import fromstring

    def attributes(part: str, tag: str) -> Iterator[dict[str, str]]:
        for element in fromstring(archive.read(part)).iter():
            if element.tag.rpartition("}")[2] == tag:
                yield {key.rpartition("}")[2]: value for key, value in element.attrib.items()}

    relations = {each["Id"]: each["Target"] for each in attributes("xl/_rels/workbook.xml.rels", "Relationship")}
    places = {each["name"]: relations.get(each["id"], "") for each in attributes("xl/workbook.xml", "sheet")}
    return {title: target.lstrip("/") if target.startswith("/") else f"xl/{target}" for title, target in places.items()}


def _rows(sheet: Any, name: str) -> list[list[Cell | Covered]]:
    rows: list[list[Cell | Covered]] = []
    count = 0
    sheet.reset_dimensions()  # what a file says of its extent may be wrong
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for at, values in enumerate(sheet.iter_rows(values_only=True)):
            filled = [index for index, value in enumerate(values) if value is not None]
            count += len(filled)
            if filled:
                if at >= MAX_ROWS or count > MAX_CELLS:
                    raise _too_much(name)
                rows += [[] for _ in range(at - len(rows))]
                rows.append([Cell(_text(value)) for value in values[: filled[-1] + 1]])
    return rows


def _text(value: object) -> str:
    """Return what a cell shows, number formats aside."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    # Excel writes a carriage return as an escape
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")


def _without_values(
    rows: list[list[Cell | Covered]], formulas: list[list[Cell | Covered]]
) -> Iterator[list[Cell | Covered]]:
    """Yield ``rows`` with a mark on the cells that hold a formula and no value of it."""
    nothing: list[Cell | Covered] = []
    for row, written in zip_longest(rows, formulas, fillvalue=nothing):
        yield [
            Cell(oddities=("formula-without-value",))
            if isinstance(cell, Cell) and cell.blank and at < len(written) and _is_formula(written[at])
            else cell
            for at, cell in enumerate([*row, *[Cell()] * (len(written) - len(row))])
        ]


def _is_formula(place: Cell | Covered) -> bool:
    return isinstance(place, Cell) and place.text.startswith("=")


def _merged(rows: list[list[Cell | Covered]], part: bytes, name: str) -> list[list[Cell | Covered]]:
    """Return ``rows`` with the places that merged cells cover marked as covered."""
    width = max(map(len, rows), default=0)
    covered = 0
    for found in _MERGED.finditer(part):
        left, top, right, bottom = _column(found[1]), int(found[2]) - 1, _column(found[3]), int(found[4]) - 1
        bottom, right = min(bottom, len(rows) - 1), min(right, width - 1)
        covered += max(0, bottom - top + 1) * max(0, right - left + 1)
        if covered > MAX_CELLS:
            raise _too_much(name)
        for at in range(top, bottom + 1):
            rows[at] += [Cell()] * (right + 1 - len(rows[at]))
            for column in range(left, right + 1):
                if column > left:
                    rows[at][column] = Covered.LEFT
                elif at > top:
                    rows[at][column] = Covered.ABOVE
    return rows


def _column(letters: bytes) -> int:
    """Return the index of a column from its letters: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - ord("A") + 1
    return index - 1


def _too_much(name: str) -> RegisterError:
    return RegisterError(f"{name} 的格子太多或太散，不像一张权责清单，请删去清单以外的行、列和工作表，或拆成几份再读。")
