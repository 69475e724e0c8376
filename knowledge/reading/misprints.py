"""Tells a dash that separates from a dash that is a misprinted 「一」 (「双随机——公开」 for 「双随机一公开」)."""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

# The evidence must hold this many characters on either side of the 一: fewer meet by chance.
_SIDE = 2
_ONE = re.compile(f"(?<=.{{{_SIDE}}})一")


@cache
def _fixed_terms() -> tuple[str, ...]:
    lines = resources.files("knowledge.reading").joinpath("fixed_terms.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


class Misprints:
    """Knows the words with an inner 「一」 that stand elsewhere in the register or are fixed terms."""

    def __init__(self, cells: Iterable[str]):
        words = ("".join(cell.split()) for cell in cells)
        # what stands around each 一: to look through the text at each dash would take minutes in a large register
        self._around = frozenset(
            word[found.start() - _SIDE : found.end() + _SIDE] for word in words for found in _ONE.finditer(word)
        )

    def is_misprint(self, before: str, after: str) -> bool:
        """Whether the dash between ``before`` and ``after`` stands for 「一」."""
        return self.meant(before, after) is not None

    def meant(self, before: str, after: str) -> str | None:
        """Return the words with 「一」 that the dash between ``before`` and ``after`` spoils, or ``None``."""
        for term in _fixed_terms():
            left, _, right = term.partition("一")
            if left and right and before.endswith(left) and after.startswith(right):
                return term
        near = f"{before[-_SIDE:]}一{after[:_SIDE]}"
        return near if len(near) == 2 * _SIDE + 1 and near in self._around else None
