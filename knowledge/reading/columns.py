"""Which column of a table is which field, by the wording of its heading or because the user says so."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from knowledge.errors import RegisterError

# A heading row has at least this many headings that are known; fewer may be chance.
MIN_HEADINGS = 3
# Headings stand in one of the first rows, below titles and remarks.
MAX_ABOVE = 40
# No heading is longer, white space and brackets aside; what is longer is a sentence.
_MAX_HEADING = 16

# How far off a wording is that names a field only where no other column does.
_FAR = 3

# Fields by printed heading, as the user gives them (``--column 责任领导=responsible``).
Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Heading:
    """A printed heading, without white space, and the heading merged over it and its neighbours, if there is one."""

    printed: str
    group: str = ""


@cache
def _headings() -> dict[str, Any]:
    return tomllib.loads(resources.files("knowledge.reading").joinpath("headings.toml").read_text("utf-8"))


def usual_heading(field: str) -> str:
    """Return the heading that the registers of the house print over a field."""
    return str(_headings()["wordings"][field][0])


def field_of_heading(heading: str, given: Given | None = None) -> str | None:
    """Return the field (``serial``, ``unit``, ``name``, ``process`` …) that a printed heading names, or ``None``."""
    return _meaning_of(Heading(heading), given or {})[0]


def fields_of(headings: Iterable[Heading], given: Given) -> set[str]:
    """Return the fields that ``headings`` name."""
    return {key for heading in headings if (key := _meaning_of(heading, given)[0]) is not None}


def given_columns(pairs: Iterable[str]) -> dict[str, str]:
    """Return fields by heading from the ``heading=field`` of a command line; a field is its English or Chinese name.

    Raises:
        RegisterError: one is no such pair, or there is no such field.
    """
    given = {}
    for pair in pairs:
        heading, _, named = ("".join(part.split()) for part in pair.rpartition("="))
        key = named if named in _headings()["wordings"] else _meaning(named)[0]
        if not heading or key is None:
            fields = "、".join(f"{field}（{wordings[0]}）" for field, wordings in _headings()["wordings"].items())
            raise RegisterError(
                f"“{pair}”不能指明一列，请写成“表头=字段”，例如 --column 责任领导=responsible；字段有：{fields}。"
            )
        given[heading] = key
    return given


def columns_of(headings: Sequence[Heading], name: str, given: Given) -> dict[str, int]:
    """Return the index of each field's column, in the order of the table; ``name`` of the file is for messages.

    Of several columns that could be one field, the one whose heading names it best counts, else the first: of
    「廉政风险等级」 and 「廉政风险点」 the second is the risks.

    Raises:
        RegisterError: a column is missing without which a table is no register, or one that is given is not there.
    """
    printed = "、".join(dict.fromkeys(heading.printed for heading in headings if heading.printed))
    for wanted in given:
        if wanted not in {heading.printed for heading in headings}:
            raise RegisterError(f"{name} 里没有“{wanted}”这一列（表头里有：{printed}），请按表头改正 --column 再读。")
    columns: dict[str, int] = {}
    meanings = [_meaning_of(heading, given) for heading in headings]
    for index in sorted(range(len(headings)), key=lambda i: meanings[i][1:]):
        key = meanings[index][0]
        if key is not None:
            columns.setdefault(key, index)
    _part_holders(columns, headings, meanings)
    missing = [key for key in _headings()["needed"] if key not in columns]
    if missing:
        unknown = [h.printed for i, h in enumerate(headings) if h.printed and i not in columns.values()]
        example = f"{unknown[0] if unknown else '责任领导'}={missing[0]}"
        raise RegisterError(
            f"{name} 缺少这些列：{'、'.join(usual_heading(key) for key in missing)}（表头里有：{printed}），"
            f"请补上列名，或者用 --column 指明哪一列是它，例如 --column {example}。"
        )
    return dict(sorted(columns.items(), key=lambda column: column[1]))


def _part_holders(
    columns: dict[str, int], headings: Sequence[Heading], meanings: Sequence[tuple[str | None, int, int]]
) -> None:
    """Tell the posts from the people who hold them, where each has a column."""
    if "posts" not in columns and "holders" in columns:
        columns["posts"] = columns.pop("holders")  # 「岗位人员」 alone has both
    beside = columns.get("posts", -2) + 1
    if "holders" not in columns and columns.get("responsible") == beside and "姓名" in headings[beside].printed:
        others = [i for i, (key, *_) in enumerate(meanings) if key == "responsible" and i != beside]
        if others:  # 「岗位、责任人姓名 … 责任领导」
            columns["holders"], columns["responsible"] = beside, others[0]


def told_apart(headings: Sequence[Heading]) -> list[str]:
    """Return the headings as text, no two of them alike: with their group, else with a figure behind, where needed."""
    counted = Counter(heading.printed for heading in headings)
    apart: list[str] = []
    for index, heading in enumerate(headings):
        text = heading.printed if counted[heading.printed] == 1 else heading.group + heading.printed
        text = text or f"第{index + 1}列"
        wanted, count = text, 1
        while text in apart:
            count += 1
            text = f"{wanted}（{count}）"
        apart.append(text)
    return apart


def _meaning_of(heading: Heading, given: Given) -> tuple[str | None, int, int]:
    """Return the field that ``heading`` names, how far off its wording is, and how far off it is with its group."""
    if heading.printed in given:
        return given[heading.printed], -1, 0
    if len(heading.printed) > 4 * _MAX_HEADING:  # a sentence: not worth remembering
        return None, 0, 0
    key, distance = _meaning(heading.printed)
    if not heading.group:
        return key, distance, distance
    whole, whole_distance = _meaning(heading.group + heading.printed)
    if key is None or (key == "holders" and whole == "responsible"):  # 「责任领导」 over 「姓名」 and 「职务」
        return whole, whole_distance, whole_distance
    return key, distance, whole_distance if whole == key else _FAR


@cache
def _by_wording(section: str) -> dict[str, str]:
    return {wording: key for key, wordings in _headings()[section].items() for wording in wordings}


@lru_cache(maxsize=4096)
def _meaning(heading: str) -> tuple[str | None, int]:
    """Return the field that ``heading`` names and how far off its wording is.

    0: it is a wording of that field; 1: it ends with one (「具体防控措施」 is controls); 2: it holds one; 3: it is
    that field where no other column is.
    """
    plain = re.sub(r"[（(].*?[)）]|\s", "", heading)
    if not plain or len(plain) > _MAX_HEADING:
        return None, 0
    for distance, section in ((0, "wordings"), (_FAR, "otherwise")):
        if plain in _by_wording(section):
            return _by_wording(section)[plain], distance
    by_wording = _by_wording("wordings")
    held = [wording for wording in by_wording if len(wording) > 1 and wording in plain]
    if not held:  # 「备注」 or 「法律依据」 hold no wording as a whole and stay extra columns
        return None, 0
    wording = max(held, key=len)
    return by_wording[wording], 1 if plain.endswith(wording) else 2
