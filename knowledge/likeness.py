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
# unsaid. 24,000 noisy names told the weights; the optimum is flat: doubling or halving one costs 1 of 1,000 at most.
_SOUNDS, _CHARACTERS, _PAIRS, _STRETCH, _UNSAID = 0.35, 0.35, 0.15, 0.15, 0.2
# One says 非 before a word, the other has the word without it.
_CONTRARY = 0.1

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


def typed(text: str) -> str:
    """Return what is compared of ``text``: normalised, without marks, pinyin as codes of ``knowledge.pinyin``."""
    return "".join(map(_coded, _RUN.findall(normalise(text))))[:_LONGEST]


def _coded(run: str) -> str:
    syllables = split_syllables(run) if len(run) > 1 and "a" <= run[0] <= "z" else None
    return "".join(map(code_of, syllables)) if syllables else run


def spelled(text: str) -> Spelled:
    """Prepare a name, or a text that ``typed`` returned."""
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
    if _contrary(text, name) or _contrary(name, text):
        score -= _CONTRARY
    return max(0.0, score)


def _contrary(one: Spelled, other: Spelled) -> bool:
    """Whether ``one`` negates what ``other`` says without anything that sounds like 非."""
    return bool(one.negated) and not one.negated.isdisjoint(other.said) and sounds(_NOT) not in other.said
