"""A register laid out as the table that offices know: headings, entries of one row or of one for each risk."""

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.models import Power, Register
from knowledge.reading.columns import Heading, columns_of, usual_heading
from knowledge.reading.misprints import Misprints
from knowledge.writing.printed import printed_items, printed_people, printed_posts, printed_process

_FIELDS = ("serial", "unit", "name", "process", "posts", "risks", "level", "controls", "responsible")
_OPTIONAL = ("serial", "unit", "level")


@dataclass
class Layout:
    """A table with the lines above and below it.

    ``entries`` are the rows of each power, as wide as ``headings``; ``None`` belongs to the cell above. ``fields``
    has the field of each column, or its heading again.
    """

    above: list[str]
    title: str
    headings: list[str]
    fields: list[str]
    entries: list[list[list[str | None]]]
    below: list[str]


def layout(register: Register) -> Layout:
    """Return ``register`` as a table."""
    headings = _headings(register)
    extras = list(dict.fromkeys(heading for power in register.powers for heading in power.extra))
    serial_heading = usual_heading("serial")
    if "serial" in headings and serial_heading in extras:
        extras.remove(serial_heading)  # a serial that is no number is printed where serials are
    is_misprint = Misprints(_texts(register)).is_misprint
    row_per_risk = any(risk.level or risk.controls for power in register.powers for risk in power.risks)
    fields = [*headings, *extras]
    entries = []
    for power in register.powers:
        cells = dict(power.extra) | {
            "serial": power.extra.get(serial_heading, "") if power.serial is None else str(power.serial),
            "unit": power.unit,
            "name": power.name,
            "process": printed_process(power.process, is_misprint),
            "posts": printed_posts(power.posts),
            "responsible": printed_people(power.responsible),
        }
        lists = _rows_of_risks(power) if row_per_risk and power.risks else [_whole_lists(power)]
        rows = [
            [(row.get(key) if at or key in row else cells.get(key, "")) for key in fields]
            for at, row in enumerate(lists)
        ]
        entries.append(rows)
    return Layout(
        list(register.preface),
        register.title,
        [*headings.values(), *extras],
        fields,
        entries,
        list(register.postscript),
    )


def _headings(register: Register) -> dict[str, str]:
    """Return the headings by field in their printed order, those that are there no more or were never as usual."""
    used = {
        "serial": any(power.serial is not None for power in register.powers),
        "unit": any(power.unit for power in register.powers),
        "level": any(risk.level for power in register.powers for risk in power.risks),
    }
    printed = dict(register.headings)
    fields = list(printed) + [key for key in _FIELDS if key not in printed]
    headings = {
        key: printed.get(key) or usual_heading(key)
        for key in fields
        if key in _FIELDS and (key in printed or key not in _OPTIONAL or used[key])
    }
    if not register.headings:
        headings = {key: headings[key] for key in _FIELDS if key in headings}
    told = [Heading(heading) for heading in headings.values()]
    if columns_of(told, "", {}) != {key: index for index, key in enumerate(headings)}:
        headings = {key: usual_heading(key) for key in headings}  # named by hand once: nobody would know them again
    return headings


def _whole_lists(power: Power) -> dict[str, str | None]:
    return {
        "risks": printed_items([risk.text for risk in power.risks]),
        "controls": printed_items(power.controls),
        "level": "",
    }


def _rows_of_risks(power: Power) -> Iterator[dict[str, str | None]]:
    """Yield the cells of each risk's row; controls that are no risk's own stand in one cell beside all of them."""
    own = any(risk.controls for risk in power.risks)
    for at, risk in enumerate(power.risks):
        row: dict[str, str | None] = {"risks": printed_items([risk.text]), "level": risk.level or ""}
        if own:
            row["controls"] = printed_items(risk.controls)
        else:
            row["controls"] = None if at else printed_items(power.controls)
        yield row


def _texts(register: Register) -> Iterator[str]:
    for power in register.powers:
        yield from (power.name, power.unit, *power.controls, *power.responsible, *power.extra.values())
        yield from (step.text for step in power.process)
        yield from (risk.text for risk in power.risks)
        yield from (text for post in power.posts for text in (post.role, *post.people))
