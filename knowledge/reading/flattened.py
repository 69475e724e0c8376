"""A Word table flattened to text → a raw table of cells.

The shape: every cell begins with a tab; a cell may hold several lines; a row's last cell is followed by the next
row's first tab, often after a blank line. A cell merged down a column is empty below its first row. Text (or
blank space) before a line's first tab is the first cell of a new row; when such a row is short of cells, its
blank first cell spans the missing columns.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.errors import RegisterError
from knowledge.reading.columns import field_of_heading

# "1.<tab>text" is a list number that Word set off with a tab, not a cell.
_LIST_NUMBER = re.compile(r"\s*(\d{1,2}\s*[.、．)）]|[（(][一二三四五六七八九十\d]{1,3}[)）]|[①-⑳])\s*")

# A heading row has at least this many headings that are known; fewer may be chance.
_MIN_HEADINGS = 3


@dataclass
class RawTable:
    """What stood before the table, its headings and its rows; all cells verbatim, lines joined by newlines."""

    preface: list[str]
    headings: list[str]
    rows: list[list[str]]


@dataclass
class _Cell:
    lines: list[str] = field(default_factory=list)
    opens_row: bool = False

    @property
    def text(self) -> str:
        return "\n".join(line.strip() for line in self.lines).strip()

    @property
    def ends_with_blank_line(self) -> bool:
        return len(self.lines) > 1 and not self.lines[-1].strip()


def raw_table(text: str, name: str) -> RawTable:
    """Return the table in ``text``; ``name`` of the file is for messages.

    Raises:
        RegisterError: no heading row, no rows, or a row that does not fit the headings.
    """
    preface, cells = _cells(text)
    start = _heading_start(cells)
    if start is None:
        seen = "、".join(c.text for c in cells[:8] if c.text) or "没有找到表格"
        raise RegisterError(
            f"{name} 里没有认出表头（看到的是：{seen[:60]}），请确认首行是“序号、权力责任、权力行使流程……”这样的列名。"
        )
    end = _heading_end(cells, start)
    headings = ["".join(c.text.split()) for c in cells[start:end]]
    rows = _rows(cells[end:], headings, name)
    if not rows:
        raise RegisterError(f"{name} 只有表头，没有任何事项，请换一份有内容的权责清单。")
    return RawTable([*preface, *(c.text for c in cells[:start] if c.text)], headings, rows)


def _cells(text: str) -> tuple[list[str], list[_Cell]]:
    """Split ``text`` at its tabs into the lines before the table and the cells."""
    preface: list[str] = []
    cells: list[_Cell] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        before, *parts = line.split("\t")
        if not parts or (cells and _LIST_NUMBER.fullmatch(before)):
            whole = before + "".join(parts)
            if cells:
                cells[-1].lines.append(whole)
            elif whole.strip():
                preface.append(whole.strip())
            continue
        if before:
            cells.append(_Cell([before], opens_row=True))
        cells += [_Cell([part]) for part in parts]
    return preface, cells


def _heading_start(cells: list[_Cell]) -> int | None:
    """Return where the first run of known headings begins."""
    known = [field_of_heading(c.text) is not None and len(c.text) < 20 for c in cells]
    for start in range(len(cells)):
        if known[start] and sum(known[start : start + 2 * _MIN_HEADINGS]) >= _MIN_HEADINGS:
            return start
    return None


def _heading_end(cells: list[_Cell], start: int) -> int:
    """Return the end of the heading row: a blank line, the next row's opening, or the last known heading."""
    last_known = start
    for end in range(start, len(cells)):
        if end > start and cells[end].opens_row:
            return end
        if field_of_heading(cells[end].text) and not cells[end].text.isdigit():
            last_known = end
        if cells[end].ends_with_blank_line and end > start:
            return end + 1
        if cells[end].text.isdigit() or end > last_known + 3:
            break
    return last_known + 1


def _rows(cells: list[_Cell], headings: list[str], name: str) -> list[list[str]]:
    """Group ``cells`` into rows as wide as ``headings``."""
    width = len(headings)
    fields = [field_of_heading(h) for h in headings]
    grouped: list[list[_Cell]] = []
    for before, cell in pairwise([_Cell(), *cells]):
        full = bool(grouped) and len(grouped[-1]) >= width
        if not grouped or cell.opens_row or full or _next_serial(before, cell, grouped[-1], fields):
            grouped.append([])
        grouped[-1].append(cell)
    rows = []
    for number, group in enumerate(grouped, start=1):
        row = [c.text for c in group]
        if not any(row):
            continue
        missing = width - len(row)
        if missing and not row[0]:
            row[:0] = [""] * missing
        elif missing == 1 and "unit" in fields and row[0].isdigit():
            row.insert(fields.index("unit"), "")
        elif missing:
            begins = next(c for c in row if c)[:12]
            raise RegisterError(
                f"{name} 表格第 {number} 行（{begins}）只有 {len(row)} 格，表头有 {width} 格，请补齐这一行再读。"
            )
        rows.append(row)
    return rows


def _next_serial(before: _Cell, cell: _Cell, row: list[_Cell], fields: list[str | None]) -> bool:
    """Whether ``cell`` is the serial of a new row although the row before it is short of a cell."""
    return (
        fields[0] == "serial"
        and len(row) == len(fields) - 1
        and before.ends_with_blank_line
        and cell.text.isdigit()
        and row[0].text.isdigit()
        and int(cell.text) == int(row[0].text) + 1
    )
