"""A Markdown text with a table between bars → a drawn table; what this program exports, and what others write alike."""

import re

from knowledge.reading.raw import Cell, Covered, Drawn, Grid

# The row of dashes that makes the row above it a heading.
_RULE = re.compile(r"\s*\|?(\s*:?-{3,}:?\s*\|)+\s*(:?-{3,}:?)?\s*")
_BAR = re.compile(r"(?<!\\)(?:\\\\)*\|")
_BREAK = re.compile(r"(?<!\\)((?:\\\\)*)<br\s*/?>", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def is_markdown(text: str) -> bool:
    """Whether there is a table between bars in ``text``."""
    return any(_RULE.fullmatch(line) for line in text.splitlines() if "---" in line and "|" in line)


def drawn(text: str) -> Drawn:
    """Return the tables in ``text``, each with the lines above it."""
    found = Drawn([])
    lines: list[str] = []
    table: list[list[Cell | Covered]] | None = None
    printed = text.splitlines()
    for at, line in enumerate(printed):
        if table is None and at + 1 < len(printed) and "|" in line and _RULE.fullmatch(printed[at + 1]):
            table = []
            found.grids.append(Grid(table, lines))
            lines = []
        if table is not None and "|" in line:
            if not _RULE.fullmatch(line):
                table.append([Cell(_plain(cell)) for cell in _cells(line)])
            continue
        table = None
        heading = line.strip().lstrip("#").strip() if line.lstrip().startswith("#") else line.strip()
        if heading:
            lines.append(_plain(heading))
    found.below = lines
    return found


def _cells(line: str) -> list[str]:
    parts, start = [], 0
    inner = line.strip()
    for bar in _BAR.finditer(inner):
        parts.append(inner[start : bar.end() - 1])
        start = bar.end()
    parts.append(inner[start:])
    if inner.startswith("|"):
        parts = parts[1:]
    return parts[:-1] if parts and not parts[-1].strip() else parts


def _plain(text: str) -> str:
    """Return what a piece of Markdown shows: breaks as lines, escaped marks as themselves."""
    return _ESCAPED.sub(r"\1", _BREAK.sub(r"\1\n", text.strip()))
