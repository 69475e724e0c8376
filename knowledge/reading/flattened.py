"""A Word table flattened to text → a raw table of cells.

The shape: every cell begins with a tab; a cell may hold several lines; a row's last cell is followed by the next
row's first tab, often after a blank line. A cell merged down a column is empty below its first row. Text (or
blank space) before a line's first tab is the first cell of a new row; when such a row is short of cells, its
blank first cell spans the missing columns. All cells of a row may also stand on one line. What follows the table
stands below a blank line.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.errors import RegisterError
from knowledge.reading.cells import has_dashes, is_item_number, on_one_line, parse_serial
from knowledge.reading.columns import MIN_HEADINGS, Given, Heading, columns_of, field_of_heading, told_apart
from knowledge.reading.raw import Cell, Entry, RawTable

# Before the first known heading stand at most this many others, none of them longer than a heading is.
_MAX_LEADING = 3
_MAX_HEADING = 20

# The cells of these columns are lists, in which a blank line may part the items.
_LISTS = ("process", "risks", "controls")

_OFFICE = re.compile(r"[处科室局]\Z")


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

    @property
    def end(self) -> int:
        """The place of the first blank line behind the cell's first line, or that behind all its lines."""
        return next((i for i in range(1, len(self.lines)) if not self.lines[i].strip()), len(self.lines))

    @property
    def below(self) -> list[str]:
        """The lines with text behind the first blank one."""
        return [line.strip() for line in self.lines[self.end :] if line.strip()]


def raw_table(text: str, name: str, given: Given) -> RawTable:
    """Return the table in ``text``; ``name`` of the file is for messages.

    ``given`` are the fields of headings that the user names.

    Raises:
        RegisterError: no heading row, a needed column missing, no rows, or a row that does not fit the headings.
    """
    preface, cells = _cells(text)
    start = _heading_start(cells, given)
    if start is None:
        seen = "、".join("".join(c.text.split()) for c in cells[:8] if c.text) or "没有找到表格"
        raise RegisterError(
            f"{name} 里没有认出表头（看到的是：{seen[:60]}），请确认首行是“序号、权力责任、权力行使流程……”这样的列名。"
        )
    end = _heading_end(cells, start, given)
    start -= _leading_headings(cells, start, end)
    headings = [Heading("".join(c.text.split())) for c in cells[start:end]]
    columns = columns_of(headings, name, given)
    grouped = _grouped(cells[end:], columns, len(headings))
    if not grouped:
        raise RegisterError(f"{name} 只有表头，没有任何事项，请换一份有内容的权责清单。")
    postscript = _cut_postscript([group[-1] for group in grouped], is_list=_is_list(columns, len(headings) - 1))
    entries = [Entry([[Cell(text) for text in row]]) for row in _rows(grouped, columns, len(headings), name)]
    preface += [c.text for c in cells[:start] if c.text]
    return RawTable(preface, told_apart(headings), columns, entries, postscript)


def _cells(text: str) -> tuple[list[str], list[_Cell]]:
    """Split ``text`` at its tabs into the lines before the table and the cells.

    A tab behind a list number (「1.<tab>text」 and nothing more on the line) is Word's, and parts no cells.
    """
    preface: list[str] = []
    cells: list[_Cell] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        before, *parts = line.split("\t")
        if len(parts) == 1 and cells and is_item_number(before):
            before, parts = before + parts[0], []
        elif len(parts) == 2 and not before and is_item_number(parts[0]):
            parts = ["".join(parts)]
        if parts:
            if before:
                cells.append(_Cell([before], opens_row=True))
            cells += [_Cell([part]) for part in parts]
        elif cells:
            cells[-1].lines.append(before)
        elif before.strip():
            preface.append(before.strip())
    return preface, cells


def _heading_start(cells: list[_Cell], given: Given) -> int | None:
    """Return where the first run of known headings begins."""
    for start in range(len(cells)):
        if _field(cells[start], given):
            near = cells[start : start + 2 * MIN_HEADINGS]
            if sum(_field(cell, given) is not None for cell in near) >= MIN_HEADINGS:
                return start
    return None


def _field(cell: _Cell, given: Given) -> str | None:
    return field_of_heading("".join(cell.text.split()), given) if len(cell.text) < _MAX_HEADING else None


def _heading_end(cells: list[_Cell], start: int, given: Given) -> int:
    """Return the end of the heading row: a blank line, the next row's opening, or the last known heading."""
    last_known = start
    for end in range(start, len(cells)):
        if end > start and cells[end].opens_row:
            return end
        if _field(cells[end], given):
            last_known = end
        if cells[end].ends_with_blank_line and end > start:
            return end + 1
        if parse_serial(cells[end].text) is not None or end > last_known + 3:
            break
    return last_known + 1


def _leading_headings(cells: list[_Cell], start: int, end: int) -> int:
    """Return how many headings without a field stand before the known ones at ``start`` to ``end``.

    As many as the first row has cells before the one that its serial would otherwise be.
    """
    serial = next((i for i in range(start, end) if field_of_heading(cells[i].text) == "serial"), None)
    if serial is None:
        return 0
    for count in range(min(_MAX_LEADING, start) + 1):
        heading = cells[start - count]
        if not 0 < len(heading.text) < _MAX_HEADING or (count and heading.ends_with_blank_line):
            break
        first = end + serial - start + count
        if first < len(cells) and parse_serial(cells[first].text) is not None:
            return count
    return 0


def _grouped(cells: list[_Cell], columns: Mapping[str, int], width: int) -> list[list[_Cell]]:
    """Group ``cells`` into rows of at most ``width``; blank rows are left out."""
    grouped: list[list[_Cell]] = []
    for before, cell in pairwise([_Cell(), *cells]):
        full = bool(grouped) and len(grouped[-1]) >= width
        last = next((n for row in reversed(grouped[-2:]) if (n := parse_serial(row[0].text)) is not None), None)
        if not grouped or cell.opens_row or full or _next_serial(before, cell, grouped[-1], last, columns, width):
            grouped.append([])
        grouped[-1].append(cell)
    return [group for group in grouped if any(cell.text for cell in group)]


def _next_serial(
    before: _Cell, cell: _Cell, row: list[_Cell], last: int | None, columns: Mapping[str, int], width: int
) -> bool:
    """Whether ``cell`` is the serial of a new row although ``row`` before it is short of a cell; ``last`` is the
    serial of that row or, where it prints none, of the one before.

    It is where a bare number can't be that last cell, or where it is the next serial behind a blank line.
    """
    serial = parse_serial(cell.text)
    if columns.get("serial") != 0 or len(row) != width - 1 or serial is None or last is None:
        return False
    if parse_serial(row[0].text) is not None and width - 1 in columns.values():
        return True
    return before.ends_with_blank_line and serial == last + 1


def _is_list(columns: Mapping[str, int], index: int) -> bool:
    return index in [columns[key] for key in _LISTS if key in columns]


def _cut_postscript(last_cells: list[_Cell], *, is_list: bool) -> list[str]:
    """Take the lines below the table, which follow a blank line, off its last cell and return them.

    They can't be told from the cell's own where the cells of that column hold blank lines.
    """
    *others, last = last_cells
    if is_list or any(other.below for other in others):
        return []
    below = last.below
    del last.lines[last.end :]
    return below


def _rows(grouped: list[list[_Cell]], columns: Mapping[str, int], width: int, name: str) -> list[list[str]]:
    """Return the texts of the rows, each as wide as the headings."""
    rows = [[cell.text for cell in group] for group in grouped]
    unit = columns.get("unit")
    units = {on_one_line(row[unit]) for row in rows if len(row) == width} if unit is not None else set()
    for number, (before, group) in enumerate(pairwise([[_Cell(["", ""])], *grouped]), start=1):
        row = rows[number - 1]
        if len(row) < width:
            parted = group[0].opens_row or before[-1].ends_with_blank_line
            whole = _spanned(row, columns, width - len(row), units, parted=parted)
            if whole is None:
                begins = "".join("".join(row).split())[:12] or "空行"
                raise RegisterError(
                    f"{name} 表格第 {number} 行（{begins}）只有 {len(row)} 格，表头有 {width} 格，请补齐这一行再读。"
                )
            rows[number - 1] = whole
    return rows


def _spanned(
    row: list[str], columns: Mapping[str, int], missing: int, units: Container[str], *, parted: bool
) -> list[str] | None:
    """Return ``row`` with the cells that a merged one left out, or ``None`` where nothing proves which these are.

    A blank first cell spans what is missing, if the row is parted from the one before and a name is left. A row that
    begins with its serial lacks the unit, if all its cells are filled, none of them with a unit, and the steps stand
    where the process then is.
    """
    if not row[0] and parted:
        whole = [""] * missing + row
        name = on_one_line(whole[columns["name"]])
        return whole if name and not _is_unit(name, units) else None
    if missing == 1 and "unit" in columns and parse_serial(row[0]) is not None:
        whole = [*row[: columns["unit"]], "", *row[columns["unit"] :]]
        unshifted = all(cell and not _is_unit(on_one_line(cell), units) for cell in row)
        return whole if unshifted and has_dashes(whole[columns["process"]]) else None
    return None


def _is_unit(text: str, units: Container[str]) -> bool:
    return text in units or _OFFICE.search(text) is not None
