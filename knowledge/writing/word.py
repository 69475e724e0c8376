"""A laid-out register → a Word document: the table on landscape pages, its headings repeated on each."""

import io
from typing import Any

from knowledge.writing.layout import Layout


def document(layout: Layout) -> bytes:
    """Return the content of a .docx file."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.oxml import OxmlElement

    made = docx.Document()
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    for line in layout.above:
        made.add_paragraph(line)
    made.add_paragraph().add_run(layout.title).bold = True
    count = 1 + sum(map(len, layout.entries))
    table = made.add_table(count, len(layout.headings), "Table Grid")
    rows = table._tbl.tr_lst  # the public way to a cell counts all cells before it each time
    rows[0].get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell, heading in zip(rows[0].tc_lst, layout.headings, strict=True):
        _write(cell, heading)
    at, unit = 1, ""
    for entry in layout.entries:
        for offset, texts in enumerate(entry):
            for cell, field, text in zip(rows[at].tc_lst, layout.fields, texts, strict=True):
                goes_on = field == "unit" and not offset and text and text == unit
                if text is None or goes_on:
                    cell.vMerge = "continue"
                    continue
                if field == "unit" or (len(entry) > 1 and not offset and entry[1][layout.fields.index(field)] is None):
                    cell.vMerge = "restart"
                if field == "unit":
                    unit = text
                _write(cell, text)
            at += 1
    for line in layout.below:
        made.add_paragraph(line)
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def _write(cell: Any, text: str) -> None:
    """Write a paragraph for each line."""
    first, *others = text.split("\n")
    cell.p_lst[0].add_r().text = first
    for line in others:
        cell.add_p().add_r().text = line
