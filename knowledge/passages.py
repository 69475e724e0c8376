"""Finding wording inside the powers: which steps, posts, risks and controls say a thing.

Texts that several powers share (the same control over all powers) are kept once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz.distance import LCSseq

from knowledge.models import Facet, Power, Register
from knowledge.organisations import Organisations
from knowledge.pinyin import sounds
from knowledge.text import plain

# Names of more powers than this are not searched for organisations: cutting them all would take seconds.
_FEW = 1_000

# A passage resembles a text that keeps so much of its characters in order, and of its pairs of neighbours; one that
# keeps so much less than the best does not.
_RESEMBLING, _PAIRS_KEPT, _HARDLY_WORSE = 0.8, 0.5, 0.1
_FIGURES = frozenset("0123456789一二两三四五六七八九十")
# So many passages are compared, the ones with the rarest pairs first.
_LOOK_AT = 500

_ORDER = {facet: number for number, facet in enumerate(Facet)}


@dataclass(frozen=True)
class Place:
    """Where a passage stands: ``index`` counts from 0 within the facet of the power."""

    position: int
    facet: Facet
    index: int


def passages_of(power: Power) -> Iterable[tuple[Facet, int, str]]:
    """Yield (facet, index, text) of everything the power says: its cells but the responsible, its remark."""
    for index, step in enumerate(power.process):
        yield Facet.PROCESS, index, f"{step.condition or ''} {step.text}"
    for index, post in enumerate(power.posts):
        yield Facet.POSTS, index, post.role
    for index, risk in enumerate(power.risks):
        yield Facet.RISKS, index, risk.text
    for index, control in enumerate(power.controls):
        yield Facet.CONTROLS, index, control
    if power.remark:
        yield Facet.OVERVIEW, 0, power.remark


class Passages:
    """The passages of one register, by their wording."""

    def __init__(self, register: Register, cut: Callable[[str], list[str]]):
        self._register = register
        self._cut = cut
        self._texts_of = lru_cache(maxsize=1024)(self._make_texts_of)
        self.organisations = Organisations(self._spoken_of, cut)

    def _spoken_of(self) -> Iterable[str]:
        """Yield where organisations are named: the names, the steps, the posts and the units."""
        few = len(self._register.powers) <= _FEW
        for power in self._register.powers:
            yield plain(power.unit)
            if few:
                yield plain(power.name)
            for facet, _index, text in passages_of(power):
                if facet in (Facet.PROCESS, Facet.POSTS):
                    yield plain(text)

    @cached_property
    def _places(self) -> dict[str, list[Place]]:
        places: dict[str, list[Place]] = defaultdict(list)
        for power in self._register.powers:
            for facet, index, text in passages_of(power):
                if text.strip():
                    places[plain(text)].append(Place(power.position, facet, index))
        return dict(places)

    @cached_property
    def characters(self) -> frozenset[str]:
        """All characters of all passages."""
        return frozenset().union(*self._places)

    @cached_property
    def _by_pair(self) -> dict[str, set[str]]:
        by_pair: dict[str, set[str]] = defaultdict(set)
        for text in self._places:
            for i in range(len(text) - 1):
                by_pair[text[i : i + 2]].add(text)
        return dict(by_pair)

    @cached_property
    def _by_single(self) -> dict[str, set[str]]:
        """The passages in which a character is a word of its own: the 审 of 「审批」 is none."""
        by_single: dict[str, set[str]] = defaultdict(set)
        for text in self._places:
            for word in self._cut(text):
                if len(word) == 1:
                    by_single[word].add(text)
        return dict(by_single)

    def longest(self, text: str, start: int) -> int:
        """Return where the longest wording that begins at ``start`` of ``text`` and stands in one passage ends."""
        having = self._by_pair.get(text[start : start + 2])
        if not having:
            return start
        end = start + 2
        while end < len(text):
            having = {passage for passage in having if text[start : end + 1] in passage}
            if not having:
                break
            end += 1
        return end

    @cached_property
    def _by_sound(self) -> dict[str, set[str]]:
        by_sound: dict[str, set[str]] = defaultdict(set)
        for text in self._places:
            said = sounds(text)
            for i in range(len(text) - 1):
                by_sound[said[i : i + 2]].add(text)
        return dict(by_sound)

    def sounding(self, said: str, start: int) -> str:
        """Return the longest wording of a passage that sounds like ``said`` from ``start`` on, or ""."""
        having = self._by_sound.get(said[start : start + 2])
        if not having:
            return ""
        end, kept = start + 2, having
        while end < len(said) and having:
            having = {passage for passage in having if said[start : end + 1] in sounds(passage)}
            if having:
                end, kept = end + 1, having
        passage = min(kept)
        at = sounds(passage).index(said[start:end])
        return passage[at : at + end - start]

    def containing(self, words: Iterable[Iterable[str]], facets: frozenset[Facet] | None = None) -> list[Place]:
        """Return the places whose passage has, of each word, at least one wording; in file order.

        Args:
            words: each word as its acceptable wordings (``[["第三方"], ["审核", "复审"]]``), plain text.
            facets: where to look; everywhere when ``None``.
        """
        texts: set[str] | None = None
        for wordings in words:
            having: set[str] = set()
            for wording in wordings:
                having |= self._having(wording)
            texts = having if texts is None else texts & having
            if not texts:
                return []
        places = [p for text in texts or () for p in self._places[text] if facets is None or p.facet in facets]
        return sorted(places, key=lambda p: (p.position, _ORDER[p.facet], p.index))

    def resembling(self, text: str, facets: frozenset[Facet] | None = None) -> list[Place]:
        """Return the places whose passage says nearly what ``text`` (plain) says, in its order: 「容易引发矛盾」 where
        a risk says 易引发矛盾. The best ones and those hardly worse; none where none is near.
        """
        pairs = {text[i : i + 2] for i in range(len(text) - 1)}
        rarest = sorted((self._by_pair[pair] for pair in pairs if pair in self._by_pair), key=len)
        looked_at = set[str]()
        for having in rarest:
            if len(looked_at) < _LOOK_AT:
                looked_at |= having
        figures = [text[i : i + 2] for i, char in enumerate(text) if char in _FIGURES]
        scores = {}
        for passage in looked_at:
            near = sum(pair in passage for pair in pairs) >= _PAIRS_KEPT * len(pairs)
            near = near and all(figure in passage for figure in figures)  # 业务三科 is no 业务二科
            kept = LCSseq.similarity(text, passage) / len(text) if near else 0.0
            if kept >= _RESEMBLING:
                scores[passage] = kept
        best = max(scores.values(), default=0.0)
        texts = [passage for passage, kept in scores.items() if kept > best - _HARDLY_WORSE]
        places = [p for text in texts for p in self._places[text] if facets is None or p.facet in facets]
        return sorted(places, key=lambda p: (p.position, _ORDER[p.facet], p.index))

    def says(self, position: int, wording: str, facet: Facet) -> bool:
        """Whether the facet of the power at ``position`` says ``wording`` (plain text)."""
        texts = self._texts_of(position).get(facet, ())
        having = self._having(wording) if len(wording) == 1 else ()
        return any(text in having if len(wording) == 1 else wording in text for text in texts)

    def heard_in(self, position: int, said: str) -> str:
        """Return the first wording of the power at ``position`` that sounds like ``said`` (codes), or ""."""
        for text in (text for texts in self._texts_of(position).values() for text in texts):
            at = sounds(text).find(said)
            if at >= 0:
                return text[at : at + len(said)]
        return ""

    def _make_texts_of(self, position: int) -> dict[Facet, list[str]]:
        texts: dict[Facet, list[str]] = defaultdict(list)
        for facet, _index, text in passages_of(self._register.power(position)):
            texts[facet].append(plain(text))
        return dict(texts)

    def saying(self, wording: str, most: int) -> set[int]:
        """Return the positions of the powers that say ``wording``; of more than ``most``, only some."""
        positions: set[int] = set()
        for text in self._having(wording):
            positions.update(place.position for place in self._places[text])
            if len(positions) > most:
                break
        return positions

    def _having(self, wording: str) -> set[str]:
        if len(wording) < 2:
            return self._by_single.get(wording, set())
        first = self._by_pair.get(wording[:2], set())
        return first if len(wording) == 2 else {text for text in first if wording in text}
