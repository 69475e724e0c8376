"""Which column of a table is which field, by the wording of its heading."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from knowledge.errors import RegisterError


@cache
def _headings() -> dict[str, Any]:
    return tomllib.loads(resources.files("knowledge.reading").joinpath("headings.toml").read_text("utf-8"))


def field_of_heading(heading: str) -> str | None:
    """Return the field (``serial``, ``unit``, ``name``, ``process`` …) that a printed heading names, or ``None``."""
    return _meaning(heading)[0]


def columns_of(headings: Sequence[str], name: str) -> dict[str, int]:
    """Return the index of each field's column, in the order of the table; ``name`` of the file is for messages.

    Of several columns that could be one field, the one whose heading names it best counts, else the first: of
    「廉政风险等级」 and 「廉政风险点」 the second is the risks.

    Raises:
        RegisterError: a column is missing without which a table is no register.
    """
    columns: dict[str, int] = {}
    for index in sorted(range(len(headings)), key=lambda i: _meaning(headings[i])[1]):
        key = field_of_heading(headings[index])
        if key is not None:
            columns.setdefault(key, index)
    missing = [_headings()["wordings"][key][0] for key in _headings()["needed"] if key not in columns]
    if missing:
        raise RegisterError(
            f"{name} 缺少这些列：{'、'.join(missing)}（表头里有：{'、'.join(headings)}），请补上列名再读。"
        )
    return dict(sorted(columns.items(), key=lambda column: column[1]))


@cache
def _meaning(heading: str) -> tuple[str | None, int]:
    """Return the field that ``heading`` names and how far off its wording is.

    0: it is a wording of that field; 1: it ends with one (「具体防控措施」 is controls); 2: it holds one.
    """
    plain = re.sub(r"[（(].*?[)）]|\s", "", heading)
    if not plain or len(plain) > 16:
        return None, 0
    by_wording = {wording: name for name, wordings in _headings()["wordings"].items() for wording in wordings}
    if plain in by_wording:
        return by_wording[plain], 0
    held = [wording for wording in by_wording if len(wording) > 1 and wording in plain]
    if not held:  # 「风险等级」 or 「责任领导」 hold no wording as a whole and stay extra columns
        return None, 0
    wording = max(held, key=len)
    return by_wording[wording], 1 if plain.endswith(wording) else 2
