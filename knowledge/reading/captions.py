"""Lines over a table or over some of its rows, and titles of sheets: which of them name an office."""

import re

from knowledge.reading.cells import parse_items

_OFFICE = re.compile(r"(?:[处科室局所站办]|中心|[支大]队)\Z")
# No name of an office is longer.
_MAX_OFFICE = 20


def office_in(caption: str) -> str:
    """Return the office that the last line of ``caption`` names, without a list number; "" where it names none."""
    lines = parse_items(caption)
    return lines[-1] if lines and len(lines[-1]) <= _MAX_OFFICE and _OFFICE.search(lines[-1]) else ""
