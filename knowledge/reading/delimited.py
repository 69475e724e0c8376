"""Text with one row of a table to a line and its cells between commas, semicolons or tabs (.csv) → a drawn table."""

import csv
import io
from itertools import islice

from knowledge.errors import RegisterError
from knowledge.reading.columns import MAX_ABOVE, MIN_HEADINGS, Given, Heading, fields_of
from knowledge.reading.raw import Cell, Drawn, Grid

_MARKS = (",", ";", "\t", "，", "；")
_MAX_HEAD = 100_000


def mark_of(text: str, given: Given) -> str | None:
    """Return what stands between the cells of a row, or ``None`` where no mark parts a row of known headings."""
    head = text[:_MAX_HEAD]
    known = {mark: _known(head, mark, given) for mark in _MARKS}
    best = max(_MARKS, key=lambda mark: known[mark])
    return best if known[best] >= MIN_HEADINGS else None


def drawn(text: str, mark: str, name: str) -> Drawn:
    """Return the table in ``text`` whose cells are parted by ``mark``.

    Raises:
        RegisterError: a cell has no end.
    """
    try:
        rows = [[Cell(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]
    except csv.Error as error:
        raise RegisterError(
            f"{name} 有一格没有收尾（多半是引号不成对），请用 Excel 或 WPS 重新另存为 .csv 再读。"
        ) from error
    return Drawn([Grid([[*row] for row in rows])])


def _known(text: str, mark: str, given: Given) -> int:
    """Return how many fields the headings of a row name, if ``mark`` stands between them."""
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), MAX_ABOVE))
    except csv.Error:
        return 0
    return max((len(fields_of([Heading("".join(cell.split())) for cell in row], given)) for row in rows), default=0)
