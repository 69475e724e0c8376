"""A laid-out register → Markdown: a table between bars."""

import re

from knowledge.writing.layout import Layout

# Marks that Markdown takes for its own inside a line.
_MARKS = re.compile(r"[\\|<>*_`~\[\]&]")


def text(layout: Layout) -> str:
    """Return the content of an .md file."""
    parts = [_escaped(line) for line in layout.above]
    parts.append(f"# {_escaped(layout.title)}")
    rows = [_row(layout.headings), "|" + " --- |" * len(layout.headings)]
    rows += [_row([cell or "" for cell in row]) for entry in layout.entries for row in entry]
    parts.append("\n".join(rows))
    parts += [_escaped(line) for line in layout.below]
    return "\n\n".join(parts) + "\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(_MARKS.sub(r"\\\g<0>", cell).replace("\n", "<br>") for cell in cells) + " |"


def _escaped(line: str) -> str:
    escaped = _MARKS.sub(r"\\\g<0>", line)
    return escaped if not re.match(r"[#+\-=]", escaped) else f"\\{escaped}"
