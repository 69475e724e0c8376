"""Cuts a question into segments that are each explained by something: a power's name, a facet word, a person,
the register's wording, padding; what nothing explains stays ``OTHER``.

The cut is the one that explains most: every segment gains per character (``offers``) and costs a little, so that the
longest explanation wins (「提升企业防范风险能力」 is one name and asks for no risks).
"""

from collections import defaultdict
from dataclasses import replace
from itertools import groupby

from bot.understanding.latin import LatinReader
from bot.understanding.offers import WEAK_TAGS, Offer, Offers
from bot.understanding.segments import Cut, Kind, Segment, is_letter
from bot.understanding.tokens import Tokens, tokenised
from bot.understanding.vocabulary import Vocabulary
from knowledge.lexicon import Lexicon
from knowledge.passages import Passages
from knowledge.pinyin import is_code
from knowledge.search import BLURRED, EXACT, FAR, Match, PowerIndex

# What every segment costs.
_COST = 0.25
# What is read from Latin letters is sure.
_READ = 1.5
# Words that ask for something end no wording.
_ASKING_TAGS = ("cue:set", "cue:powers", "cue:count", "cue:place", "cue:after", "cue:before", "cue:first", "cue:last")
# Wording of fewer characters, in several segments, may be chance.
_JOINED = 5
# What is but like a piece of a name stands no further from the rest of it.
_NEAR = 4


class Segmenter:
    """Cuts questions about one register."""

    def __init__(self, lexicon: Lexicon, index: PowerIndex, passages: Passages, vocabulary: Vocabulary):
        self._lexicon = lexicon
        self._index = index
        self._passages = passages
        self._words = vocabulary
        self._offers = Offers(lexicon, passages, vocabulary)
        self._latin = LatinReader(lexicon.people, index, vocabulary)

    def cut(self, normalised: str) -> Cut:
        """Cut a normalised question."""
        text, named_by_initials = self._latin.read(normalised)
        text = self._index.negated(text)
        match = self._index.match(text)
        tokens = tokenised(text, self._lexicon)
        offers = [(_READ, segment) for segment in named_by_initials]
        segments = _best_cut(text, [*offers, *self._offers.of(tokens, match)])
        segments = self._keep_words_whole(tokens, segments, match.doubtful)
        segments = self._drop_lone_likeness(text, segments, match)
        segments = self._read_short_forms(text, segments, match)
        segments = self._join_wording(text, segments)
        return Cut(text, segments, match, tokens.words)

    # ── second thoughts ──────────────────────────────────────────────────────────────────────────────────────

    def _keep_words_whole(self, tokens: Tokens, segments: list[Segment], mistyped: set[int]) -> list[Segment]:
        """Take back what explains only a part of a word: the 「二手」 of 「二手房」 explains nothing, nor does the
        「出」 of 「限制出境」.
        """
        kept, text = list(segments), tokens.text
        for start, end in tokens.spans:
            token = text[start:end]
            if len(token) < 2:
                continue
            touched = [s for s in kept if s.start < end and s.end > start]
            loose = (Kind.OTHER, Kind.NAME, Kind.BODY, Kind.PERSON)
            unknown = any(s.kind is Kind.OTHER and not self._words.of(s.text) for s in touched)
            slips = mistyped & set(range(start, end))
            named = any(s.kind is Kind.NAME and s.start <= i < s.end for s in touched for i in slips)
            doubtful = named and self._lexicon.is_word(token)
            if not (doubtful or unknown) or not all(
                s.kind in loose or (s.end - s.start == 1 and (s.tags <= WEAK_TAGS or "padding" in s.tags))
                for s in touched
            ):
                continue
            first = kept.index(touched[0])
            rest = [replace(s, end=start, text=text[s.start : start]) for s in touched[:1] if s.start < start]
            rest.append(Segment(start, end, token, Kind.OTHER))
            rest += [replace(s, start=end, text=text[end : s.end]) for s in touched[-1:] if s.end > end]
            kept[first : first + len(touched)] = [
                replace(s, kind=Kind.OTHER) if s.end - s.start == 1 and s.kind is not Kind.OTHER else s for s in rest
            ]
        return kept

    def _read_short_forms(self, text: str, segments: list[Segment], match: Match) -> list[Segment]:
        """Read what is not explained as it stands as the short form of the one name that it abbreviates (商转公)."""
        if all(s.kind not in (Kind.OTHER, Kind.BODY) for s in segments):
            return segments
        read: list[Segment] = []
        for nameable, run in groupby(segments, key=lambda s: s.kind in (Kind.OTHER, Kind.NAME, Kind.BODY)):
            pieces = list(run)
            start, end = pieces[0].start, pieces[-1].end
            if nameable and not all(s.kind is Kind.NAME for s in pieces):
                meant = [k.position for k in match.known if self._index.abbreviates(k.position, text[start:end])]
                if len(meant) == 1:
                    pieces = [Segment(start, end, text[start:end], Kind.NAME, positions=frozenset(meant))]
            read += pieces
        return read

    def _join_wording(self, text: str, segments: list[Segment]) -> list[Segment]:
        """Join what stands in one passage, slips aside: 「登记注册科经办人核准」 is wording, and asks for nobody."""
        meant = "".join(s.meant if len(s.meant) == len(s.text) else s.text for s in segments)
        joined: list[Segment] = []
        i = 0
        while i < len(segments):
            last = i
            if _may_be_wording(segments[i]):
                reach = self._passages.longest(meant, segments[i].start)
                while last + 1 < len(segments) and segments[last + 1].end <= reach:
                    last += 1
                while last > i and not _may_be_wording(segments[last]) and not _may_end_wording(segments[last]):
                    last -= 1
            run = segments[i : last + 1]
            start, end = run[0].start, run[-1].end
            told = any(s.kind in (Kind.BODY, Kind.NAME, Kind.OTHER) for s in run)
            if len(run) > 1 and end - start >= _JOINED and told:
                joined.append(Segment(start, end, text[start:end], Kind.BODY, word=meant[start:end]))
            else:
                joined += run
            i = last + 1
        return joined

    def _drop_lone_likeness(self, text: str, segments: list[Segment], match: Match) -> list[Segment]:
        """Drop a short piece that is only like a piece of a name (by sound, when it is a word of its own; or as an
        abbreviation) unless the same power is named beside it.
        """
        names = [s for s in segments if s.kind is Kind.NAME and not s.positions]
        out = []
        for s in segments:
            if s in names and s.end - s.start == 2:
                quality = max((link.get(s.start, 0.0) for link in match.links), default=0.0)
                word = self._lexicon.is_word(s.text)
                alone = sum(s.start in link for link in match.links) == 1
                if self._offers.is_own_abbreviation(text, s.start, match):
                    out.append(s)
                    continue
                if quality <= BLURRED and not word:
                    words = [
                        Segment(i, i + 1, text[i], Kind.WORD, self._words.of(text[i]), word=text[i])
                        for i in range(s.start, s.end)
                    ]
                    if all(w.tags for w in words):  # 「先核」
                        out += words
                        continue
                strange = quality < EXACT and not any(map(is_code, s.text)) and self._shares_nothing(s, match)
                doubtful = (quality <= FAR and (word or not alone)) or (quality < EXACT and word) or strange
                if doubtful and not self._has_company(s, names, match):
                    says = self._passages.longest(text, s.start) >= s.end
                    s = replace(s, kind=Kind.BODY if says else Kind.OTHER)
            out.append(s)
        return out

    @staticmethod
    def _shares_nothing(s: Segment, match: Match) -> bool:
        """Whether a piece has no character of the names that it is heard as: 「人顶」 for 认定."""
        linked = [known for known, link in zip(match.known, match.links, strict=True) if s.start in link]
        return not any(char in pair for known in linked for pair in known.exact for char in s.text)

    @staticmethod
    def _has_company(s: Segment, names: list[Segment], match: Match) -> bool:
        mine = {k for k, link in enumerate(match.links) if s.start in link}
        return any(
            other is not s
            and max(s.start - other.end, other.start - s.end) <= _NEAR
            and any(match.links[k].get(i, 0.0) > FAR for k in mine for i in range(other.start, other.end - 1))
            for other in names
        )


def _best_cut(text: str, offers: list[Offer]) -> list[Segment]:
    """Return the segments that together gain most; of equal ones those offered first."""
    by_start: dict[int, list[tuple[float, Segment]]] = defaultdict(list)
    for gain, segment in offers:
        by_start[segment.start].append((gain * (segment.end - segment.start) - _COST, segment))
    best: list[float] = [0.0] * (len(text) + 1)
    choice: list[Segment | None] = [None] * len(text)
    for start in range(len(text) - 1, -1, -1):
        best[start] = best[start + 1]
        for gain, segment in by_start.get(start, ()):
            total = gain + best[segment.end]
            if total > best[start]:
                best[start], choice[start] = total, segment
    segments, at = [], 0
    while at < len(text):
        kind = Kind.OTHER if is_letter(text[at]) else Kind.MARK
        segments.append(choice[at] or Segment(at, at + 1, text[at], kind))
        at = segments[-1].end
    return segments


def _may_be_wording(s: Segment) -> bool:
    """Whether wording of the register may begin or end with ``s``: not with what asks for something."""
    if s.kind is Kind.WORD:
        return s.tagged("facet:posts") and not set("谁哪") & set(s.text) and len(s.text) > 1
    return s.kind in (Kind.BODY, Kind.UNIT)


def _may_end_wording(s: Segment) -> bool:
    return s.kind in (Kind.NAME, Kind.OTHER) or (
        len(s.text) > 1 and s.tagged("padding") and not s.tagged(*_ASKING_TAGS)
    )
