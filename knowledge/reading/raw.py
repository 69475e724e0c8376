"""What a format's reader hands on: tables as they are drawn, then the register's one table, verbatim."""

from dataclasses import dataclass, field
from enum import Enum, auto


class Covered(Enum):
    """A place of a drawn table that a merged cell covers: it shows what stands above it, or left of it."""

    ABOVE = auto()
    LEFT = auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, its lines joined by newlines.

    ``numbers`` has, line for line, the list number that Word prints there by itself (``None``: it prints none);
    empty where the format knows no such numbers. ``oddities`` are the kinds of faults that only the format's reader
    sees (``nested-table``, ``picture``, ``formula-without-value``).
    """

    text: str = ""
    numbers: tuple[int | None, ...] = ()
    oddities: tuple[str, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether nothing is printed in it."""
        return not self.text.strip() and not any(self.numbers)

    @property
    def listed(self) -> str:
        """The text with a number before every line that Word numbers by itself, counted from 1 in this cell."""
        if not any(self.numbers):
            return self.text
        lines, count = [], 0
        for line, number in zip(self.text.split("\n"), self.numbers, strict=True):
            numbered = number is not None and bool(line.strip())
            count += numbered
            lines.append(f"{count}、{line}" if numbered else line)
        return "\n".join(lines)


@dataclass
class Grid:
    """A table as it is drawn: rows of places; a short row ends in blank cells.

    ``above`` are the lines before it, ``title`` is what the sheet is called that it fills.
    """

    rows: list[list[Cell | Covered]]
    above: list[str] = field(default_factory=list)
    title: str = ""


@dataclass
class Drawn:
    """The tables of a file in their order, and the lines below the last."""

    grids: list[Grid]
    below: list[str] = field(default_factory=list)


@dataclass
class Entry:
    """One entry of the register: a row, or several under one name.

    A row has a cell for each heading; ``None`` shows what the cell above it does. ``section`` is the line across the
    table (「一、行政许可类」) below which it stands.
    """

    rows: list[list[Cell | None]]
    section: str = ""

    def spans(self, column: int) -> list[tuple[Cell, int, int]]:
        """Return the cells of ``column`` with the first row and the row behind the last that each one covers."""
        starts = [at for at, row in enumerate(self.rows) if at == 0 or row[column] is not None]
        ends = [*starts[1:], len(self.rows)]
        return [(self.rows[start][column] or Cell(), start, end) for start, end in zip(starts, ends, strict=True)]


@dataclass
class RawTable:
    """The register's table with the columns of its fields, and the lines above and below it."""

    preface: list[str]
    headings: list[str]
    columns: dict[str, int]
    entries: list[Entry]
    postscript: list[str]
