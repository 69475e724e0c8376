"""Drawn tables with their merged cells → the register's raw table: headings, rows fitted to them, entries.

A register's table is known by its headings, in one row, two (「风险」 merged over 「风险点」 and 「措施」) or three.
What stands in a file besides is left alone; a table without headings right behind is the rest of it. An entry goes
on over the rows in which the cells of its serial and name are merged with those above, or blank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.errors import RegisterError
from knowledge.reading.captions import office_in
from knowledge.reading.cells import parse_serial
from knowledge.reading.columns import MAX_ABOVE, MIN_HEADINGS, Given, Heading, columns_of, fields_of, told_apart
from knowledge.reading.raw import Cell, Covered, Drawn, Entry, Grid, RawTable

# Nothing longer is a heading.
_MAX_HEADING = 20

_BLANK = Cell()
_Row = list[Cell | None]  # one for each heading; None shows what stands above
_Line = str  # a row that is one line across the table


@dataclass
class _Head:
    """Where the headings of a grid stand: rows ``first`` up to ``end``; ``leaves`` are the places of each column."""

    first: int
    end: int
    headings: list[Heading]
    leaves: list[range]


@dataclass
class _Part:
    """A grid of the register with the head that holds for it."""

    grid: Grid
    head: _Head
    rows: list[_Row | _Line]


def register_table(drawn: Drawn, name: str, given: Given) -> RawTable:
    """Return the register's table of what is ``drawn``; ``name`` of the file is for messages.

    Raises:
        RegisterError: no table with a register's headings, a needed column missing, or no entry.
    """
    parts, postscript = _parts(drawn, name, given)
    first = parts[0]
    headings = list(first.head.headings)
    columns = columns_of(headings, name, given)
    rows = list(first.rows)
    for part in parts[1:]:
        at = _aligned(part.head.headings, columns_of(part.head.headings, name, given), headings, columns)
        rows += [row if isinstance(row, _Line) else _moved(row, at, len(headings)) for row in part.rows]
    rows = [row if isinstance(row, _Line) else row + [_BLANK] * (len(headings) - len(row)) for row in rows]
    columns = columns_of(headings, name, given)
    entries, below = _entries(rows, columns)
    if not entries:
        raise RegisterError(f"{name} 只有表头，没有任何事项，请换一份有内容的权责清单。")
    kept = _without_empty_columns(headings, columns, entries)
    columns = {key: kept.index(index) for key, index in columns.items()}
    preface = [*first.grid.above, *_lines(first.grid.rows[: first.head.first])]
    preface = preface[:-1] if preface and rows[0] == preface[-1] else preface  # it heads the first entries
    return RawTable(preface, told_apart([headings[i] for i in kept]), columns, entries, [*below, *postscript])


# ── which tables are the register's ──────────────────────────────────────────────────────────────────────────


def _parts(drawn: Drawn, name: str, given: Given) -> tuple[list[_Part], list[str]]:
    """Return the grids of the register and the lines below them, those between them included."""
    heads = [_head(grid.rows, given) for grid in drawn.grids]
    found = [head for head in heads if head is not None]
    if not found:
        seen = "、".join(line for grid in drawn.grids for line in _lines(grid.rows[:3]))[:60] or "没有找到表格"
        raise RegisterError(
            f"{name} 里没有认出表头（看到的是：{' '.join(seen.split())}），请确认有一行是“序号、权力责任……”这样的列名；"
            "列名不同的，用 --column 责任领导=responsible 这样的写法逐列指明。"
        )
    whole = [head for head in found if _is_whole(head, name, given)]
    if not whole:  # the one that comes nearest tells what is missing
        nearest = max(found, key=lambda head: len(fields_of(head.headings, given)))
        columns_of(nearest.headings, name, given)
    parts: list[_Part] = []
    between: list[str] = []
    last: int | None = None
    for index, (grid, head) in enumerate(zip(drawn.grids, heads, strict=True)):
        if head is not None and head in whole:
            lines = grid.above if parts else _offices(grid.above[-1:], len(whole) > 1)  # the rest is the preface
            lines = [*lines, *_offices([grid.title], "unit" not in fields_of(head.headings, given))]
            parts.append(_Part(grid, head, [*lines, *_rows(grid.rows[head.end :], grid.rows, head)]))
        elif head is None and last == index - 1 and parts and _width(grid.rows) == _width(parts[-1].grid.rows):
            between += grid.above
            parts.append(_Part(grid, parts[-1].head, _rows(grid.rows, parts[-1].grid.rows, parts[-1].head)))
        else:
            continue
        last = index
    return parts, [*between, *(drawn.below if last == len(drawn.grids) - 1 else [])]


def _offices(captions: list[str], counts: bool) -> list[str]:
    return [caption for caption in captions if counts and office_in(caption)]


def _is_whole(head: _Head, name: str, given: Given) -> bool:
    try:
        columns_of(head.headings, name, given)
    except RegisterError:
        return False
    return True


def _width(rows: Sequence[Sequence[Cell | Covered]]) -> int:
    return max(map(len, rows), default=0)


# ── headings ─────────────────────────────────────────────────────────────────────────────────────────────────


def _head(rows: list[list[Cell | Covered]], given: Given) -> _Head | None:
    for at in range(min(len(rows), MAX_ABOVE)):
        for head in (_two_rows(rows, at, given), _one_row(rows, at)):
            if head is not None and len(fields_of(head.headings, given)) >= MIN_HEADINGS:
                deeper = _two_rows(rows, at + 1, given)  # through merged cells it sees what stands above
                if deeper is None or len(fields_of(deeper.headings, given)) <= len(fields_of(head.headings, given)):
                    return head
                return replace(deeper, first=at)
    return None


def _one_row(rows: list[list[Cell | Covered]], at: int) -> _Head | None:
    if not rows[at]:
        return None
    leaves = _leaves([rows[at]], len(rows[at]))
    texts = [_text(rows, at, leaf.start) for leaf in leaves]
    if sum(0 < len(text) <= _MAX_HEADING for text in texts) < MIN_HEADINGS:
        return None
    return _Head(at, at + 1, [Heading(text) for text in texts], leaves)


def _two_rows(rows: list[list[Cell | Covered]], at: int, given: Given) -> _Head | None:
    """Return the head of two rows that begins at ``at``, if the lower one names parts of what the upper one groups."""
    if at + 1 >= len(rows) or not rows[at]:
        return None
    width = max(len(rows[at]), len(rows[at + 1]))
    leaves = _leaves([rows[at], rows[at + 1]], width)
    headings: list[Heading] = []
    group = ""
    for leaf in leaves:
        over, under = _text(rows, at, leaf.start), _own_text(rows, at + 1, leaf.start)
        begins = _is_own(rows[at], leaf.start) and bool(over)
        group = over if begins else group
        goes_on = leaf.stop < width and not (_is_own(rows[at], leaf.stop) and _text(rows, at, leaf.stop))
        grouped = not begins or goes_on
        if under and not (grouped and group and len(under) <= _MAX_HEADING and parse_serial(under) is None):
            return None
        headings.append(Heading(under, group) if under else Heading(over))
    lower = [heading for heading in headings if heading.group]
    upper = [heading for heading in headings if not heading.group]
    if not fields_of(lower, given) or not fields_of(upper, given):
        return None
    return _Head(at, at + 2, headings, leaves)


def _leaves(rows: Sequence[Sequence[Cell | Covered]], width: int) -> list[range]:
    """Return the places of each column below heading ``rows``: one begins where any of the rows begins a cell."""
    starts = [c for c in range(width) if any(_is_own(row, c) for row in rows)]
    return [range(start, end) for start, end in zip(starts, [*starts[1:], width], strict=True)]


def _is_own(row: Sequence[Cell | Covered], column: int) -> bool:
    """Whether a cell of its own stands there: not covered from the left."""
    return column >= len(row) or row[column] is not Covered.LEFT


def _text(rows: Sequence[Sequence[Cell | Covered]], at: int, column: int) -> str:
    """Return what is seen there, without white space."""
    return "".join(_seen(rows, at, column).text.split())


def _own_text(rows: Sequence[Sequence[Cell | Covered]], at: int, column: int) -> str:
    """Return what stands there, without white space, unless that is what stands above."""
    row = rows[at]
    while column and column < len(row) and row[column] is Covered.LEFT:
        column -= 1
    covered = column < len(row) and row[column] is Covered.ABOVE
    return "" if covered else _text(rows, at, column)


def _seen(rows: Sequence[Sequence[Cell | Covered]], at: int, column: int) -> Cell:
    while True:
        place = rows[at][column] if column < len(rows[at]) else _BLANK
        if isinstance(place, Cell):
            return place
        if place is Covered.LEFT and column:
            column -= 1
        elif place is Covered.ABOVE and at:
            at -= 1
        else:  # covered by nothing: a damaged table
            return _BLANK


def _lines(rows: Sequence[Sequence[Cell | Covered]]) -> list[str]:
    """Return what stands in ``rows`` as lines, a row's cells with blanks between."""
    told = [" ".join(" ".join(p.text.split()) for p in row if isinstance(p, Cell) and not p.blank) for row in rows]
    return [line for line in told if line]


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _rows(rows: list[list[Cell | Covered]], head_rows: list[list[Cell | Covered]], head: _Head) -> list[_Row | _Line]:
    """Return ``rows`` with one cell for each heading; blank ones, and headings printed again, are left out."""
    width = _width(head_rows)
    printed = [[_text(head_rows, at, column) for column in range(width)] for at in range(head.first, head.end)]
    fitted: list[_Row | _Line] = []
    for at, row in enumerate(rows):
        if all(isinstance(place, Cell) and place.blank for place in row):
            continue
        if _may_be_heading(row) and [_text(rows, at, column) for column in range(width)] in printed:
            continue
        line = _line_across(row)
        fitted.append(line or _fitted(row, head.leaves))
        if len(fitted) == 1 and not line:  # nothing but headings, or what is in the table before, covers its cells
            fitted[0] = [cell or _BLANK for cell in fitted[0] if not isinstance(cell, str)]
    return fitted


def _may_be_heading(row: list[Cell | Covered]) -> bool:
    return all(not isinstance(place, Cell) or len(place.text) <= 2 * _MAX_HEADING for place in row)


def _line_across(row: list[Cell | Covered]) -> _Line | None:
    """Return the text of a row that is one merged cell."""
    first, *others = row
    across = isinstance(first, Cell) and others and all(place is Covered.LEFT for place in others)
    return " ".join(first.text.split()) or None if across and isinstance(first, Cell) else None


def _fitted(row: list[Cell | Covered], leaves: list[range]) -> _Row:
    """Return the cells of ``row``, one for each column: by their order if there are as many, else where they stand.

    A cell over several columns is the first one's, cells in one column are one cell.
    """
    width = max(len(row), leaves[-1].stop)
    places = [*row, *([_BLANK] * (width - len(row)))]
    starts = [c for c in range(width) if places[c] is not Covered.LEFT]
    if len(starts) == len(leaves):
        return [_cell(places[start]) for start in starts]
    parts: list[_Row] = [[] for _ in leaves]
    for start, end in zip(starts, [*starts[1:], width], strict=True):
        shared = [min(end, leaf.stop) - max(start, leaf.start) for leaf in leaves]
        parts[shared.index(max(shared))].append(_cell(places[start]))
    return [_joined(part) for part in parts]


def _cell(place: Cell | Covered) -> Cell | None:
    return place if isinstance(place, Cell) else None


def _joined(parts: _Row) -> Cell | None:
    cells = [part for part in parts if part is not None and not part.blank]
    if not cells:
        return None if parts and all(part is None for part in parts) else _BLANK
    if len(cells) == 1:
        return cells[0]
    numbers = [number for cell in cells for number in cell.numbers or [None] * (cell.text.count("\n") + 1)]
    oddities = tuple(oddity for cell in cells for oddity in cell.oddities)
    return Cell("\n".join(cell.text for cell in cells), tuple(numbers), oddities)


def _aligned(
    headings: list[Heading], own: Mapping[str, int], all_headings: list[Heading], columns: Mapping[str, int]
) -> list[int]:
    """Return which of ``all_headings`` each of another table's ``headings`` is: by field, else by wording.

    Those that are new are added to ``all_headings``.
    """
    at = {index: columns[key] for key, index in own.items() if key in columns}
    for index, heading in enumerate(headings):
        if index not in at:
            taken = {*at.values(), *columns.values()}
            alike = [i for i, other in enumerate(all_headings) if other == heading and i not in taken]
            if not alike:
                alike = [len(all_headings)]
                all_headings.append(heading)
            at[index] = alike[0]
    return [at[index] for index in range(len(headings))]


def _moved(row: _Row, at: list[int], width: int) -> _Row:
    moved: _Row = [_BLANK] * width
    for cell, index in zip(row, at, strict=True):
        moved[index] = cell
    return moved


def _without_empty_columns(headings: list[Heading], columns: Mapping[str, int], entries: list[Entry]) -> list[int]:
    """Take the columns without heading and text out of ``entries`` and return which ones are left."""
    rows = [row for entry in entries for row in entry.rows]
    kept = [
        index
        for index, heading in enumerate(headings)
        if heading.printed or index in columns.values() or any((row[index] or _BLANK).text.strip() for row in rows)
    ]
    if len(kept) < len(headings):
        for entry in entries:
            entry.rows = [[row[index] for index in kept] for row in entry.rows]
    return kept


# ── entries ──────────────────────────────────────────────────────────────────────────────────────────────────


def _entries(rows: list[_Row | _Line], columns: Mapping[str, int]) -> tuple[list[Entry], list[str]]:
    """Return the entries and the lines across the table below the last of them."""
    entries: list[Entry] = []
    section, across = "", list[str]()
    above: list[Cell] = []  # what is seen in the row before
    for row in rows:
        line = row if isinstance(row, _Line) else _lone_text(row, columns)
        if line or isinstance(row, _Line):
            across.append(line)
            continue
        if across:
            section, across = "\n".join(across), []
        seen = [cell or (above[i] if above else _BLANK) for i, cell in enumerate(row)]
        if entries and not _begins(row, seen, above, columns):
            entries[-1].rows.append(_going_on(row, above, columns))
        else:
            entries.append(Entry([_begun(row, seen, columns)], section))
        above = seen
    return entries, across


def _lone_text(row: _Row, columns: Mapping[str, int]) -> _Line:
    """Return the text of a row that has only its first cell, where that can't be a part of an entry."""
    first, *others = row
    if first is None or first.blank or not all(cell is not None and cell.blank for cell in others):
        return ""
    key = next((key for key, index in columns.items() if index == 0), None)
    is_line = key in (None, "unit", "level") or (key == "serial" and parse_serial(first.text) is None)
    return " ".join(first.text.split()) if is_line else ""


def _begins(row: _Row, seen: list[Cell], above: list[Cell], columns: Mapping[str, int]) -> bool:
    """Whether a new entry begins with ``row``: it has a serial or a name of its own, not those above once more."""
    own = [cell for key in ("serial", "name") if key in columns and (cell := row[columns[key]]) and not cell.blank]
    if not own:
        return False
    common = [columns[key] for key in ("serial", "unit", "name", "process", "posts") if key in columns]
    repeated = all(seen[index].blank or seen[index].text == above[index].text for index in common)
    return not repeated or seen[columns["risks"]].text == above[columns["risks"]].text


def _going_on(row: _Row, above: list[Cell], columns: Mapping[str, int]) -> _Row:
    """Return a row of an entry below its first: cells that are blank where no cells are merged, or repeat what stands
    above in a table that repeats, are covered.
    """
    name = row[columns["name"]]
    if name is None:
        return row
    if name.blank:
        return [None if cell is None or cell.blank else cell for cell in row]
    return [None if cell is None or cell.blank or cell.text == above[i].text else cell for i, cell in enumerate(row)]


def _begun(row: _Row, seen: list[Cell], columns: Mapping[str, int]) -> _Row:
    """Return the first row of an entry, with what merged cells show in it; a serial is printed once."""
    serial = columns.get("serial")
    return [_BLANK if index == serial and row[index] is None else cell for index, cell in enumerate(seen)]
