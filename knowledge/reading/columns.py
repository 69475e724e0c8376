"""Which column of a table is which field, by the wording of its heading."""

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def _headings() -> dict[str, Any]:
    return tomllib.loads(resources.files("knowledge.reading").joinpath("headings.toml").read_text("utf-8"))


def needed_fields() -> dict[str, str]:
    """Return the fields without which a table is no register, each with its usual heading."""
    data = _headings()
    return {name: data["wordings"][name][0] for name in data["needed"]}


@cache
def field_of_heading(heading: str) -> str | None:
    """Return the field (``serial``, ``unit``, ``name``, ``process`` …) that a printed heading names, or ``None``."""
    plain = re.sub(r"[（(].*?[)）]|\s", "", heading)
    if not plain or len(plain) > 16:
        return None
    by_wording = {wording: name for name, wordings in _headings()["wordings"].items() for wording in wordings}
    if plain in by_wording:
        return str(by_wording[plain])
    held = [wording for wording in by_wording if len(wording) > 1 and wording in plain]
    # 「风险等级」 or 「责任领导」 hold no wording as a whole and stay extra columns; 「具体防控措施」 is controls.
    return str(by_wording[max(held, key=len)]) if held else None
