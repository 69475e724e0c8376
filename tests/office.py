"""Real Word and Excel files, made as an office makes them: merged cells, automatic numbers, tracked changes."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import openpyxl
from docx.oxml import OxmlElement
from docx.oxml.ns import qn


@dataclass(frozen=True)
class Merge:
    """A rectangle of merged cells, first and last row and column, from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Sheet:
    """A table with lines above and below it."""

    rows: list[list[str]]
    merges: list[Merge] = field(default_factory=list)
    above: Sequence[str] = ()
    below: Sequence[str] = ()


def element(tag: str, **attributes: str) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


# ── Word ─────────────────────────────────────────────────────────────────────────────────────────────────────


def word(*sheets: Sheet, change: Any = None) -> bytes:
    """A document with the tables of ``sheets``; ``change`` may work on it before it is saved."""
    document = docx.Document()
    for sheet in sheets:
        for line in sheet.above:
            document.add_paragraph(line)
        table = document.add_table(len(sheet.rows), max(map(len, sheet.rows)))
        cells = [list(row.cells) for row in table.rows]
        for merge in sheet.merges:
            cells[merge.top][merge.left].merge(cells[merge.bottom][merge.right])
        filled = set()
        for row, texts in zip(cells, sheet.rows, strict=True):
            for cell, text in zip(row, texts, strict=False):
                if text or cell._tc not in filled:
                    write_cell(cell, text)
                filled.add(cell._tc)
        for line in sheet.below:
            document.add_paragraph(line)
    if change is not None:
        change(document)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def write_cell(cell: Any, text: str) -> None:
    """Write a paragraph for each line; an empty cell is left as it is."""
    lines = text.split("\n")
    cell.paragraphs[0].text = lines[0]
    for line in lines[1:]:
        cell.add_paragraph(line)


def numbered(paragraph: Any, definition: int, level: int = 0) -> None:
    """Let Word print the number before ``paragraph`` by itself."""
    properties = element("w:numPr")
    properties.append(element("w:ilvl", val=str(level)))
    properties.append(element("w:numId", val=str(definition)))
    paragraph._p.get_or_add_pPr().append(properties)


def numbering_definition(document: Any, start: int = 1) -> int:
    """A list of its own, numbered in decimals; its number is returned."""
    root = document.part.numbering_part.element
    identity = 100 + len(root)
    abstract = element("w:abstractNum", abstractNumId=str(identity))
    level = element("w:lvl", ilvl="0")
    for tag, value in (("w:start", str(start)), ("w:numFmt", "decimal"), ("w:lvlText", "%1.")):
        level.append(element(tag, val=value))
    abstract.append(level)
    root.insert(0, abstract)
    definition = element("w:num", numId=str(identity))
    definition.append(element("w:abstractNumId", val=str(identity)))
    root.append(definition)
    return identity


def paragraphs(document: Any) -> Iterator[Any]:
    """All paragraphs in the cells of all tables, each once."""
    seen = set()
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                if cell._tc not in seen:
                    seen.add(cell._tc)
                    yield from cell.paragraphs


def tracked(paragraph: Any, kind: str, text: str) -> None:
    """Add ``text`` as a tracked change: ``ins``, ``del``, ``moveFrom`` or ``moveTo``."""
    change = element(f"w:{kind}", id="1", author="某人", date="2026-11-01T00:00:00Z")
    run = element("w:r")
    held = element("w:delText" if kind == "del" else "w:t")
    held.text = text
    run.append(held)
    change.append(run)
    paragraph._p.append(change)


# ── Excel ────────────────────────────────────────────────────────────────────────────────────────────────────


def excel(*sheets: Sheet, titles: Sequence[str] = (), change: Any = None) -> bytes:
    """A workbook with a sheet for each of ``sheets``; the lines above a table are title rows merged over it."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for number, sheet in enumerate(sheets):
        page = workbook.create_sheet(titles[number] if titles else f"Sheet{number + 1}")
        width = max(map(len, sheet.rows))
        for line in sheet.above:
            page.append([line])
            if width > 1:
                page.merge_cells(start_row=page.max_row, start_column=1, end_row=page.max_row, end_column=width)
        top = len(sheet.above)
        for row in sheet.rows:
            page.append([int(cell) if cell.isdecimal() and len(cell) < 9 else cell or None for cell in row])
        for merge in sheet.merges:
            page.merge_cells(
                start_row=top + merge.top + 1,
                start_column=merge.left + 1,
                end_row=top + merge.bottom + 1,
                end_column=merge.right + 1,
            )
        for line in sheet.below:
            page.append([line])
    if change is not None:
        change(workbook)
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


# ── comma-separated ──────────────────────────────────────────────────────────────────────────────────────────


def comma_separated(sheet: Sheet, mark: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """The table as Excel saves it: the lines above it are rows with one cell, merged cells are blank but the first."""
    width = max(map(len, sheet.rows))
    covered = {
        (row, column)
        for merge in sheet.merges
        for row in range(merge.top, merge.bottom + 1)
        for column in range(merge.left, merge.right + 1)
        if (row, column) != (merge.top, merge.left)
    }
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=mark)
    writer.writerows([line, *[""] * (width - 1)] for line in sheet.above)
    for at, row in enumerate(sheet.rows):
        writer.writerow(["" if (at, column) in covered else text for column, text in enumerate(row)])
    writer.writerows([line, *[""] * (width - 1)] for line in sheet.below)
    return written.getvalue().encode(encoding)


def saved(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file
