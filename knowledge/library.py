"""The registers in force, as one register that questions are asked of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.models import Power, Register

if TYPE_CHECKING:
    from knowledge.store import Edition

# The title of several registers names so many divisions, and how many there are.
_NAMED = 3


@dataclass(frozen=True)
class Volume:
    """One register of a library: whose it is, its printed title, how its edition is called, which positions it has."""

    division: str
    title: str
    edition: str
    positions: range


@dataclass(frozen=True)
class Library:
    """``register`` holds the powers of all ``volumes``, volume by volume; ``editions`` are where they come from.

    A library of one register is that register, as it is. In one of several the positions are counted on over all,
    the printed serials stay, and a power without a unit has that of its division; what stood above and below the
    tables, and the printed headings, is of the single registers only.
    """

    register: Register
    volumes: tuple[Volume, ...]
    editions: tuple["Edition", ...]

    @property
    def label(self) -> str:
        """How the edition is called; of several registers, the newest one of them."""
        newest = max(self.editions, key=lambda edition: edition.imported_at)
        return newest.label

    @staticmethod
    def of(editions: Sequence["Edition"]) -> "Library":
        """Return the library of ``editions``, one or more, each of a division of its own."""
        volumes, last = [], 0
        for edition in editions:
            first, last = last + 1, last + len(edition.register_.powers)
            volumes.append(Volume(edition.division, edition.title, edition.label, range(first, last + 1)))
        register = editions[0].register_ if len(editions) == 1 else _merged(editions, volumes)
        return Library(register, tuple(volumes), tuple(editions))


def _merged(editions: Sequence["Edition"], volumes: Sequence[Volume]) -> Register:
    powers: list[Power] = []
    faults = []
    for edition, volume in zip(editions, volumes, strict=True):
        before = volume.positions.start - 1
        powers += [
            power.model_copy(
                update={"position": before + power.position, "unit": power.unit or volume.division},
            )
            for power in edition.register_.powers
        ]
        faults += [
            fault.model_copy(
                update={"message": f"{volume.division}：{fault.message}"}
                if fault.position is None
                else {"position": before + fault.position}
            )
            for fault in edition.register_.faults
        ]
    named = "、".join(volume.division for volume in volumes[:_NAMED])
    rest = f"等 {len(volumes)} 个单位" if len(volumes) > _NAMED else ""
    return Register(title=f"权责清单（{named}{rest}）", powers=tuple(powers), faults=tuple(faults))
