"""What each power says as a whole: its name and all its cells."""

from collections.abc import Iterator

from knowledge.models import Power, Register
from knowledge.passages import passages_of
from knowledge.text import plain

# So many powers tell what most say.
_LOOK_AT = 2_000


class Bodies:
    """The powers of one register, each as one text; all wording is compared as plain text."""

    def __init__(self, register: Register):
        self._bodies = {power.position: _body_of(power) for power in register.powers}
        self._names = {power.position: power.name for power in register.powers}
        every = max(1, len(self._bodies) // _LOOK_AT)
        self._looked_at = list(self._bodies.values())[::every]
        self._common: dict[str, bool] = {}

    def __len__(self) -> int:
        return len(self._bodies)

    def says(self, position: int, text: str) -> bool:
        """Whether the power at ``position`` says ``text`` anywhere."""
        return text in self._bodies[position]

    def name(self, position: int) -> str:
        """Return the name of the power at ``position`` as it is printed."""
        return self._names[position]

    def saying(self, text: str) -> Iterator[int]:
        """Yield the positions of the powers that say ``text``."""
        return (position for position, body in self._bodies.items() if text in body)

    def says_together(self, position: int, one: str, other: str) -> bool:
        """Whether one passage of the power says both."""
        return any(one in line and other in line for line in self._bodies[position].split("\n"))

    def common(self, text: str) -> bool:
        """Whether at least half of the powers (of very many, of a fixed sample) say ``text``: it tells none apart."""
        if text not in self._common:
            self._common[text] = 2 * sum(text in body for body in self._looked_at) >= len(self._looked_at)
        return self._common[text]


def _body_of(power: Power) -> str:
    """Return everything the power says, a line for each passage."""
    return "\n".join([*(plain(text) for _facet, _index, text in passages_of(power)), plain(power.name)])
