"""Faults of the source that a careful person would notice; the data keep them verbatim."""

import re
from collections.abc import Iterator, Mapping, Sequence

from knowledge.models import Facet, Fault, Power
from knowledge.reading.cells import brackets_balance, dashes_in, numbered_items
from knowledge.reading.misprints import Misprints
from knowledge.reading.raw import Cell

# No more than this is quoted of what is printed.
_QUOTED = 12

# What only the reader of a format sees.
_ODDITIES = {
    "nested-table": "这一格里套着另一张表，已按从左到右、从上到下逐格读，请核对，最好改成普通文字。",
    "picture": "这一格里有图片，图片里的字读不到，请改成文字。",
    "formula-without-value": "这一格是公式，文件里却没有存下它的结果，读作空白，请用 Excel 或 WPS 打开保存一次。",
}

_FACETS = {facet.value: facet for facet in Facet}


def faults_of(power: Power, cells: Mapping[str, Sequence[Cell]], misprints: Misprints) -> list[Fault]:
    """Return the faults of one power; ``cells`` are its printed cells by field, one for each of its rows."""
    return [
        Fault(kind=kind, position=power.position, facet=_FACETS.get(key), message=message)
        for key, kind, message in _faults(power, cells, misprints)
    ]


def oddities_of(position: int, heading: str, cells: Sequence[Cell]) -> list[Fault]:
    """Return what the format's reader saw in a column that has no field."""
    return [
        Fault(kind=oddity, position=position, message=f"“{heading}”一栏：{_ODDITIES[oddity]}")
        for oddity in dict.fromkeys(oddity for cell in cells for oddity in cell.oddities)
    ]


def _faults(power: Power, held: Mapping[str, Sequence[Cell]], misprints: Misprints) -> Iterator[tuple[str, str, str]]:
    """Yield (field, kind, message) of each fault."""
    cells = {key: "\n".join(cell.text for cell in parts) for key, parts in held.items()}
    if power.serial is None:
        printed = "".join(cells.get("serial", "").split())
        said = f"序号“{_short(printed)}”读不成数" if printed else "没有印序号"
        yield "serial", "serial-missing", f"{said}，按所在位置是第 {power.position} 项。"
    if cells["name"].rstrip().endswith(("。", "；", ";")):
        yield "name", "stray-full-stop", "名称末尾多了标点，读作没有标点。"
    yield from _process(cells["process"], misprints)
    for key in ("risks", "controls"):
        if len(held[key]) == 1:  # the numbers of several rows may begin anew in each
            yield from _numbering(key, held[key][0].listed)
    yield from _empty(power, cells)
    for key, cell in cells.items():
        if not brackets_balance(cell):
            yield key, "bracket-unbalanced", "括号不成对。"
        half = re.search(r"[一-鿿][,;?!][一-鿿]", cell)
        if half:
            yield key, "halfwidth-mark", f"“{half[0]}”用了半角标点，读作全角。"
    for key, parts in held.items():
        for oddity in dict.fromkeys(oddity for cell in parts for oddity in cell.oddities):
            yield key, oddity, _ODDITIES[oddity]


def _short(printed: str) -> str:
    text = "".join(printed.split())
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}……"


def _process(cell: str, misprints: Misprints) -> Iterator[tuple[str, str, str]]:
    for before, after in dashes_in(cell):
        meant = misprints.meant(before, after)
        if meant:
            printed = f"{before[-3:]}——{after[:2]}"
            yield "process", "separator-typo", f"“{printed}”应是“{meant}”，破折号是“一”的误印，不在这里分步。"
    if cell.rstrip().endswith("。"):
        yield "process", "stray-full-stop", "流程末尾多了句号，读作不属于最后一步。"


def _empty(power: Power, cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for key, label in (("process", "流程"), ("posts", "岗位"), ("risks", "风险"), ("controls", "措施")):
        if not cells[key].strip():
            yield key, "empty-cell", f"{label}一栏是空的。"
    if not power.responsible:
        yield "responsible", "empty-cell", "责任人一栏是空的。"
    for post in power.posts:
        if not post.people:
            yield "posts", "post-without-person", f"“{post.role}”后面没有人名。"
        elif not post.role:
            yield "posts", "person-without-post", f"{'、'.join(post.people)}前面没有写岗位。"


def _numbering(key: str, cell: str) -> Iterator[tuple[str, str, str]]:
    numbers = [number for number, _text in numbered_items(cell)]
    if not any(numbers):
        return
    lost = [str(place) for place, number in enumerate(numbers, start=1) if number is None]
    if lost:
        yield key, "list-number-missing", f"第 {'、'.join(lost)} 条前面的编号丢了，按次序读。"
    wrong = [(place, number) for place, number in enumerate(numbers, start=1) if number not in (None, place)]
    if wrong:
        place, number = wrong[0]
        yield key, "list-number-wrong", f"第 {place} 条印成了“{number}”，按次序读。"
