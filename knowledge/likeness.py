"""How like a text, as typed, is to a name: by its sounds in any order, its characters in order, its pairs of sounds
and one stretch of it.

Slips of typing and of the input method leave most of that as it was: two swapped characters leave the sounds, a
homophone leaves sounds and pairs, an inversion leaves all pairs but one.
"""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from knowledge.pinyin import code_of, is_code, sounds, split_syllables
from knowledge.text import normalise

# What each share of the text that a name has in common with it counts, and the share of the name that is left
# unsaid. Noisy names told the weights (all but 40 of 70,000 are found); the optimum is flat: a weight that differs by
# 0.05 changes less than two answers in 1,000.
_SOUNDS, _CHARACTERS, _PAIRS, _STRETCH, _UNSAID = 0.35, 0.25, 0.2, 0.2, 0.2
# The text holds the whole name: what else it says is no part of another name.
_WHOLE = 0.03
# One says 非 before a word, the other has the word without it.
_CONTRARY = 0.2

# No name is longer; what is behind in a text costs time and tells little.
_LONGEST = 256

_RUN = re.compile(r"[a-z]+|[^\W_a-z]+")
_NOT = "非"


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text prepared for comparing: its characters, their sounds, those sounds sorted, neighbouring sounds in
    pairs, and the sounds behind 非.
    """

    characters: str
    said: str
    bag: str
    pairs: frozenset[str]
    negated: frozenset[str]


def typed(text: str) -> list[str]:
    """Return what is compared of ``text``: normalised, without marks, pinyin as codes of ``knowledge.pinyin``.

    There are two readings where pinyin can be cut in two ways: guangan is 广安 (guang an) or guan gan.
    """
    runs = _RUN.findall(normalise(text))
    cuts = [split_syllables(run) if len(run) > 1 and "a" <= run[0] <= "z" else None for run in runs]
    readings = {}
    for change in (tuple, _recut):
        pieces = ("".join(map(code_of, change(cut))) if cut else run for run, cut in zip(runs, cuts, strict=True))
        readings["".join(pieces)[:_LONGEST]] = True
    return list(readings)


def _recut(cut: tuple[str, ...]) -> tuple[str, ...]:
    """Move the first letter of a syllable to the one before it wherever both remain syllables."""
    moved = list(cut)
    for i in range(len(moved) - 1):
        longer, rest = moved[i] + moved[i + 1][0], moved[i + 1][1:]
        if rest and split_syllables(longer) == (longer,) and split_syllables(rest) == (rest,):
            moved[i : i + 2] = longer, rest
    return tuple(moved)


def spelled(text: str) -> Spelled:
    """Prepare a name, or a reading of a text."""
    said = sounds(text)
    pairs = frozenset([said[i : i + 2] for i in range(len(said) - 1)])
    negated = frozenset([said[i] for i in range(1, len(text)) if text[i - 1] == _NOT]) if _NOT in text else frozenset()
    return Spelled(text, said, "".join(sorted(said)), pairs, negated)


def likeness(text: Spelled, name: Spelled) -> float:
    """Return how like ``text`` is to ``name``, from 0 to 1."""
    shared = LCSseq.similarity(text.bag, name.bag)
    if not shared:
        return 0.0
    # pinyin has no characters: it is compared by sound alone
    by_sound = any(map(is_code, text.characters))
    ordered = (
        LCSseq.similarity(text.said, name.said) if by_sound else LCSseq.similarity(text.characters, name.characters)
    )
    score = (_SOUNDS * shared + _CHARACTERS * ordered) / len(text.said)
    score += _PAIRS * len(text.pairs & name.pairs) / max(1, len(text.pairs))
    score += _STRETCH * fuzz.partial_ratio(text.said, name.said) / 100
    score -= _UNSAID * (1 - shared / len(name.said))
    if name.said in text.said:
        score += _WHOLE * len(name.said) / len(text.said)
    if _contrary(text, name) or _contrary(name, text):
        score -= _CONTRARY
    return max(0.0, score / (1 + _WHOLE))


def _contrary(one: Spelled, other: Spelled) -> bool:
    """Whether ``one`` negates what ``other`` says without anything that sounds like 非."""
    return bool(one.negated) and not one.negated.isdisjoint(other.said) and sounds(_NOT) not in other.said
