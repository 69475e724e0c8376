"""Finding powers by name: which powers a text may mean, and which of its characters each explains.

A power is known by its name and its aliases. Two neighbouring characters of the text (a *pair*) that are
neighbours in the power's name link to it: exactly, by sound (homophones, pinyin), or loosely (a character
dropped between them, or the two swapped). What is linked is explained; the rest is not.

Numbers and negation match exactly or not at all: 「机电」 is no part of 「非机电」.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from knowledge.abbreviations import LONGEST, SHORTEST, abbreviates
from knowledge.lexicon import Lexicon
from knowledge.likeness import Spelled, likeness, spelled, typed
from knowledge.look_alikes import meant_for
from knowledge.pinyin import blurred, code_of, initials, is_code, read_in_words, sounds
from knowledge.text import plain

if TYPE_CHECKING:
    from knowledge.candidates import Candidates

# Up to this many powers all are looked at; beyond, an index chooses this many (bm25s is not even imported before).
_LOOK_AT = 64
# So many of the index's candidates are ranked when a name is looked for (the right one was among the first 10).
_RANK = 32

EXACT, BY_SOUND, BLURRED, LOOSE, FAR = 1.0, 0.8, 0.65, 0.6, 0.35
_NOT = "非"
# 非, typed as it is or as pinyin.
_NEGATING = frozenset({_NOT, code_of("fei")})
# A short name in brackets inside a name is another name of the same: 「互联网上网服务营业场所（网吧）经营单位」.
_BRACKETED = re.compile("[（(]([^）)、，；]{2,4})[）)](?=.)")
# A few characters in brackets may be left out: 国外, 境外 for 「国（境）外」.
_LEFT_OUT = re.compile("[（(][^）)、，；]{1,4}[）)](?=.)")
# No slip is a mark that parts clauses.
_PARTING = frozenset(",;。?!、")
_SENTENCE = re.compile("[，,。]")
# The two characters of an abbreviation stand at most so far apart: 非遗 for 非物质文化遗产.
_ABBREVIATED = 6


@dataclass(frozen=True)
class Known:
    """What a power is known by, prepared for comparing."""

    position: int
    texts: tuple[str, ...]
    exact: frozenset[str]
    pairs: dict[str, float]  # all pairs of characters: exact, loose and far, with how good a link each is
    sound: frozenset[str]
    blurred: frozenset[str]
    around: frozenset[str]  # the neighbours of each character: what is left when that one is mistyped


@dataclass
class Match:
    """How a text meets the powers looked at.

    ``links[k][i]`` (0 < quality ≤ 1) says that characters i and i+1 are a pair of ``known[k]``;
    ``masks[i]`` has bit k set where that is so. ``mistyped[k]`` are characters linked
    to ``known[k]`` only by their neighbours.
    """

    text: str
    known: list[Known]
    links: list[dict[int, float]]
    masks: list[int] = field(default_factory=list)
    mistyped: list[set[int]] = field(default_factory=list)
    best: list[float] = field(default_factory=list)  # the best link of any power, pair by pair

    @property
    def doubtful(self) -> set[int]:
        """The characters that are a slip, if anything: no power has them as they stand."""
        clear = {c for link in self.links for i, quality in link.items() if quality >= BLURRED for c in (i, i + 1)}
        return set().union(*self.mistyped) - clear


@dataclass(frozen=True)
class Hit:
    """A power found by name; ``score`` from 0 to 1, comparable within one search only."""

    position: int
    score: float


def pairs(text: str) -> list[str]:
    """Return the neighbouring pairs of ``text``; a pair behind 非 is another pair than the same without it."""
    return _pairs_in(text, text)


def _pairs_in(said: str, text: str) -> list[str]:
    """Return the neighbouring pairs of ``said``, which is ``text`` or its sounds, with 非 before those behind it."""
    found = [said[i : i + 2] for i in range(len(said) - 1)]
    if _NEGATING.isdisjoint(text):
        return found
    return [_NOT + pair if i and text[i - 1] in _NEGATING else pair for i, pair in enumerate(found)]


def _seen_for(pair: str) -> list[str]:
    """Return the pairs that ``pair`` looks like: 拔付 is taken for 拨付."""
    return [pair[:i] + other + pair[i + 1 :] for i in range(len(pair) - 2, len(pair)) for other in meant_for(pair[i])]


class PowerIndex:
    """Finds powers of one register by what they are called."""

    def __init__(self, lexicon: Lexicon):
        self._lexicon = lexicon
        self._powers = lexicon.register.powers
        self.size = len(self._powers)
        self._known = lru_cache(maxsize=16 * _LOOK_AT)(self._make_known)
        self._spelled = lru_cache(maxsize=16 * _LOOK_AT)(self._spell)
        self._words_of = lru_cache(maxsize=16 * _LOOK_AT)(self._cut_title)

    def _cut_title(self, position: int) -> list[str]:
        return self._lexicon.cut(plain(self._powers[position - 1].title))

    def _texts(self, position: int) -> tuple[str, ...]:
        power = self._powers[position - 1]
        title = plain(power.title)
        without = plain(_LEFT_OUT.sub("", power.title))
        others = [*map(plain, _BRACKETED.findall(power.title)), *self._lexicon.aliases_of.get(position, ())]
        return (title, *others) if without == title else (title, without, *others)

    def printed(self, position: int) -> str:
        """Return the sounds of the name as printed, with the terms in brackets that tell it from others
        (「（补办）」), but without a sentence that stands there.
        """
        power = self._powers[position - 1]
        return sounds(plain(power.title if _SENTENCE.search(power.remark or "") else power.name))

    def _make_known(self, position: int) -> Known:
        texts = self._texts(position)
        exact: set[str] = set()
        loose: set[str] = set()
        far: set[str] = set()
        sound: set[str] = set()
        blur: set[str] = set()
        around: set[str] = set()
        power = self._powers[position - 1]
        remark = power.remark or ""
        # a remark of mere terms (「（变更、注销）」) tells powers apart and belongs to the name; a sentence does only
        # where two have one title
        talk = _SENTENCE.search(remark) and self._lexicon.register.called(power) == power.title
        qualifiers = map(plain, () if talk else re.split("[、；;的，,]", remark))
        for text in (*texts, *qualifiers):
            exact.update(pairs(text))
            for reading in {text, read_in_words(text)}:
                sound.update(_pairs_in(sounds(reading), reading))
                blur.update(_pairs_in(blurred(reading), reading))
            around.update(text[i] + text[i + 2] for i in range(len(text) - 2))
            loose.update(text[i] + text[i + 2] for i in range(len(text) - 2) if text[i] != _NOT)
            loose.update(pair[::-1] for pair in pairs(text) if len(pair) == 2)
            for gap in range(3, _ABBREVIATED + 1):
                far.update(text[i] + text[i + gap] for i in range(len(text) - gap))
        return Known(
            position,
            texts,
            frozenset(exact),
            dict.fromkeys(far, FAR) | dict.fromkeys(loose, LOOSE) | dict.fromkeys(exact, EXACT),
            frozenset(sound),
            frozenset(blur),
            frozenset(around),
        )

    def negated(self, text: str) -> str:
        """Return ``text`` with 非 where a character that sounds like it stands before what names negate
        (「飞机电」 for 非机电); of few powers only.
        """
        if self.size > _LOOK_AT:
            return text
        return "".join(
            _NOT if char != _NOT and sounds(char) in _NEGATING and text[i + 1 : i + 3] in self._negations else char
            for i, char in enumerate(text)
        )

    @cached_property
    def _negations(self) -> frozenset[str]:
        """The pairs that stand behind 非 in a name."""
        names = [name for position in range(1, self.size + 1) for name in self._texts(position) if _NOT in name]
        return frozenset(name[i + 1 : i + 3] for name in names for i, char in enumerate(name) if char == _NOT)

    def abbreviates(self, position: int, short: str) -> bool:
        """Whether ``short``, as typed or in pinyin, is a short form of the name of the power."""
        if not SHORTEST <= len(short) <= LONGEST:
            return False
        heard = all(map(is_code, short))
        title = self._known(position).texts[0]
        rest = iter(sounds(title) if heard else title)
        if not all(char in rest for char in short):
            return False
        words = self._words_of(position)
        return abbreviates(short, list(map(sounds, words)) if heard else words)

    def breaks_off(self, position: int, piece: str) -> bool:
        """Whether ``piece`` stands in what the power is called, but never ends where a word ends there."""
        ends = []
        for text in self._texts(position):
            at = text.find(piece)
            if at >= 0:
                words = self._lexicon.cut(text)
                ends.append(at + len(piece) in {sum(map(len, words[:n])) for n in range(1, len(words) + 1)})
        return bool(ends) and not any(ends)

    @cached_property
    def _spread(self) -> Counter[str]:
        """How many powers' names have a pair, by characters and by sound; of few powers only."""
        counts: Counter[str] = Counter()
        for position in range(1, self.size + 1):
            texts = self._texts(position)
            counts.update({pair for text in texts for pair in (*pairs(text), *_pairs_in(sounds(text), text))})
        return counts

    def telling(self, pair: str) -> float:
        """Return how telling a pair is, from 0 (every name has it) to 1 (one name, or none, has it)."""
        spread = self._spread[pair] if self.size <= _LOOK_AT else self._candidates.spread(pair)
        return math.log(1 + self.size / max(1, spread)) / math.log(1 + self.size)

    @cached_property
    def _having(self) -> dict[str, set[int]]:
        """The rows of the powers that have a pair, in whatever way; of few powers only."""
        having: dict[str, set[int]] = defaultdict(set)
        for row in range(self.size):
            known = self._known(row + 1)
            for pair in (*known.pairs, *known.sound, *known.blurred):
                having[pair].add(row)
        return dict(having)

    @cached_property
    def _candidates(self) -> "Candidates":
        from knowledge.candidates import Candidates

        return Candidates([" ".join(self._names(position)) for position in range(1, self.size + 1)])

    def _look_at(self, text: str, most: int = _LOOK_AT) -> Iterable[int]:
        if self.size <= _LOOK_AT:
            return range(1, self.size + 1)
        return [row + 1 for row in self._candidates.best(text, most)]

    def match(self, text: str) -> Match:
        """Return how ``text`` (normalised; pinyin as codes of ``knowledge.pinyin``) meets the powers."""
        exact_pairs = pairs(text)
        sound_pairs = _pairs_in(sounds(text), text)
        blurred_pairs = _pairs_in(blurred(text), text)
        known = [self._known(position) for position in self._look_at(text)]
        links: list[dict[int, float]] = [{} for _ in known]
        having = self._having if self.size <= _LOOK_AT else None
        looks = [bool(meant_for(char)) for char in text]
        for i, pair in enumerate(exact_pairs):
            said, vague = sound_pairs[i], blurred_pairs[i]
            seen = _seen_for(pair) if looks[i] or looks[i + 1] else []
            if having is None:
                rows: Iterable[int] = range(len(known))
            else:
                rows = set().union(*[having[way] for way in (pair, pair[-2:], said, vague, *seen) if way in having])
            for row in rows:
                power, here = known[row], links[row]
                quality = power.pairs.get(pair, 0.0)
                if quality == EXACT:
                    here[i] = EXACT
                elif len(pair) > 2 and pair[1:] in power.exact and (i - 1 in here or i - 2 in here):
                    here[i] = EXACT  # 「民非登记」: this 非 negates nothing, it is a piece of an abbreviation
                elif said in power.sound:
                    # typed as pinyin, the sound is all there is
                    here[i] = EXACT if is_code(text[i]) and is_code(text[i + 1]) else BY_SOUND
                elif vague in power.blurred or not power.exact.isdisjoint(seen):
                    here[i] = BLURRED
                elif quality:
                    here[i] = quality
        skipping = [text[i] + text[i + 2] for i in range(len(text) - 2)]
        mistyped: list[set[int]] = []
        masks = [0] * len(exact_pairs)
        best = [0.0] * len(exact_pairs)
        for row, (power, here) in enumerate(zip(known, links, strict=True)):
            slips: set[int] = set()
            for i, pair in enumerate(skipping) if not power.around.isdisjoint(skipping) else ():
                # one wrong character between two right ones
                if pair in power.around and i not in here and i + 1 not in here and text[i + 1] not in _PARTING:
                    here[i] = here[i + 1] = LOOSE
                    slips.add(i + 1)
            mistyped.append(slips)
            for i, quality in here.items():
                masks[i] |= 1 << row
                best[i] = max(best[i], quality)
        return Match(text, known, links, masks, mistyped, best)

    def by_initials(self, letters: str) -> list[int]:
        """Return the positions of powers a name of which has syllables beginning with ``letters`` (``jktx``)."""
        return [row + 1 for row, shorts in enumerate(self._initials) if letters in shorts]

    def completing(self, letters: str, before: str, behind: str) -> str:
        """Return the one piece of names that ``letters`` are the initials of and that has the two characters ``before``
        it or ``behind`` it there; "" where there is none, or several; of few powers only.
        """
        found = set()
        for name in (n for position in range(1, self.size + 1) for n in self._texts(position) if self.size <= _LOOK_AT):
            said = initials(name)
            for start in (i for i in range(len(name)) if said.startswith(letters, i)):
                end = start + len(letters)
                if (len(behind) > 1 and name[end:].startswith(behind)) or (
                    len(before) > 1 and name[:start].endswith(before)
                ):
                    found.add(name[start:end])
        return found.pop() if len(found) == 1 else ""

    @cached_property
    def _initials(self) -> list[str]:
        """The initials of each power's names, parted by blanks."""
        return [" ".join(map(initials, self._texts(position))) for position in range(1, self.size + 1)]

    def find(self, text: str, limit: int = 10) -> list[Hit]:
        """Return the powers that ``text``, as typed, may name, best first, at most ``limit``.

        Of equally good ones the one whose printed name is more like the text comes first, then the earlier one.
        """
        readings = typed(text)
        if readings[0].isascii() and readings[0].isalpha():
            return [Hit(position, 1.0) for position in self.by_initials(readings[0])][:limit]
        meant = [spelled(reading) for reading in readings]
        found = []
        for position in self._look_at(" ".join(readings), max(limit, _RANK)):
            scores = [max(likeness(reading, name) for reading in meant) for name in self._spelled(position)]
            if any(scores):
                found.append((-max(scores), -scores[0], position))
        return [Hit(position, -score) for score, _, position in sorted(found)[:limit]]

    def _spell(self, position: int) -> list[Spelled]:
        """Return what a power is called, prepared for ``find``; the printed name first."""
        many = self.size > _LOOK_AT
        return [spelled(name) for name in (self._candidates.names(position - 1) if many else self._names(position))]

    def _names(self, position: int) -> list[str]:
        """Return the printed name, with the remark that may tell it from others (「（补办）」), and all others."""
        return list(dict.fromkeys([plain(self._powers[position - 1].name), *self._texts(position)]))
