"""A laid-out register → an Excel workbook. No text is ever a formula, whatever it begins with."""

import io
from typing import Any

from knowledge.writing.layout import Layout

# In characters, by field; other columns have the last width.
_WIDTHS = {"serial": 6, "unit": 14, "name": 24, "process": 44, "posts": 26, "risks": 40, "level": 8, "controls": 44}
_OTHER_WIDTH = 14
# What programs take for the beginning of a formula when a cell is edited or saved as .csv.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def workbook(layout: Layout) -> bytes:
    """Return the content of an .xlsx file."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "权责清单"
    wrapped = Alignment(wrap_text=True, vertical="top")
    width = len(layout.headings)

    def write(row: int, column: int, text: str, *, bold: bool = False) -> None:
        cell = sheet.cell(row, column)
        if layout.fields[column - 1] == "serial" and text.isascii() and text.isdecimal():
            cell.value = int(text)
        else:
            _write_text(cell, text)
        cell.alignment = wrapped
        cell.font = Font(bold=bold)

    def write_line(row: int, text: str, *, bold: bool = False) -> None:
        cell = sheet.cell(row, 1)
        _write_text(cell, text)
        cell.font = Font(bold=bold)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)

    at = 0
    for line in [*layout.above, layout.title]:
        at += 1
        write_line(at, line, bold=line == layout.title)
    at += 1
    for column, heading in enumerate(layout.headings, start=1):
        write(at, column, heading, bold=True)
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = _WIDTHS.get(layout.fields[column - 1], _OTHER_WIDTH)
    sheet.freeze_panes = sheet.cell(at + 1, 1)
    sheet.print_title_rows = f"{at}:{at}"
    for rows in layout.entries:
        for offset, row in enumerate(rows, start=1):
            for column, text in enumerate(row, start=1):
                if text:
                    write(at + offset, column, text)
        for column in range(width) if len(rows) > 1 else ():
            if all(row[column] is None for row in rows[1:]):
                sheet.merge_cells(
                    start_row=at + 1, start_column=column + 1, end_row=at + len(rows), end_column=column + 1
                )
        at += len(rows)
    for line in layout.below:
        at += 1
        write_line(at, line)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _write_text(cell: Any, text: str) -> None:
    """Let ``cell`` hold ``text`` and stay text, also when somebody edits it."""
    cell.value = text
    cell.data_type = "s"
    if text.startswith(_FORMULA):
        cell.number_format = "@"
