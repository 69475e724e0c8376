"""Cuts a question into segments that are each explained by something: a power's name, a facet word, a person,
the register's wording, padding; what nothing explains stays ``OTHER``.

The cut is the one that explains most: every kind of segment gains per character, every segment costs a little, so
that the longest explanation wins (「提升企业防范风险能力」 is one name and asks for no risks).
"""

from collections.abc import Callable
from dataclasses import replace

from bot.understanding.latin import LatinReader
from bot.understanding.ordinals import AMOUNT, ordinals
from bot.understanding.people import PeopleFinder
from bot.understanding.segments import Cut, Kind, Segment
from bot.understanding.vocabulary import Vocabulary, asks_facet
from knowledge.lexicon import Lexicon
from knowledge.look_alikes import meant_for
from knowledge.organisations import ENDS
from knowledge.passages import Passages
from knowledge.pinyin import blurred, is_code, sounds
from knowledge.search import BLURRED, EXACT, FAR, Match, PowerIndex

_GAIN_SEGMENT = -0.25
_GAINS = {
    Kind.PERSON: 1.35,
    Kind.ORDINAL: 1.3,
    Kind.ABSENT: 1.04,
    Kind.UNIT: 1.2,
    Kind.NAME: 1.08,
    Kind.WORD: 1.1,
    Kind.BODY: 0.8,
}
_PADDING_GAIN = 0.95
# An order yields to a name in it; 「从第一项到最后一项」 is more than its ordinals.
_PATTERN_GAIN = 1.11  # a little more than the words in it
_PATTERN_GAINS = {"cue:order": _PADDING_GAIN, "cue:all": _GAINS[Kind.ORDINAL]}
_PARTICLES = frozenset("是的得地了着过在有和与跟就都也还把被从到给让要会能吗呢吧啊一谁啥")
# What joins two names, or a name to what is asked of it, ends none: 「两用物项和国营贸易」, 「限制出口货物的经办人」.
_JOINING = frozenset("和与及的")
# What only is like a piece of a name gains so much less where it is wording of the register as it stands.
_BESIDE_WORDING = 0.7
_PADDING = frozenset({"padding"})
_WEAK_TAGS = frozenset({"padding", "cue:handled", "cue:act", "cue:manner"})
# Words that ask for something end no wording.
_ASKING_TAGS = ("cue:set", "cue:powers", "cue:count", "cue:place", "cue:after", "cue:before", "cue:first", "cue:last")
# Surer where it cuts no word (「分险点」).
_BY_SOUND, _BY_SOUND_WHOLE = 0.72, 0.84
_BY_SIGHT = 0.9

# What 哪 follows, in syllables: 「shi naxie」.
_BEFORE_WHICH = frozenset(map(sounds, "是有在到管办责"))
# What stands before that which is asked.
_WHAT = ("啥", "什么", "哪些", "那些")

# Organisations in short form are no longer.
_LONGEST_SHORT_FORM = 10
# Wording of fewer characters, in several segments, may be chance.
_JOINED = 5
# What is but like a piece of a name stands no further from the rest of it.
_NEAR = 4
_FIGURES, _COUNTED = frozenset("0123456789一二两三四五六七八九十"), frozenset("级类等期人次")
# 处长, 局长.
_TITLE = 2
# A mention may be longer than a name by so many characters, said twice.
_SLACK = 4

Tokens = list[tuple[int, int]]
Offer = Callable[[float, Segment], None]


class Segmenter:
    """Cuts questions about one register."""

    def __init__(self, lexicon: Lexicon, index: PowerIndex, passages: Passages, vocabulary: Vocabulary):
        self._lexicon = lexicon
        self._index = index
        self._passages = passages
        self._words = vocabulary
        self._people = PeopleFinder(lexicon, vocabulary.tags)
        self._latin = LatinReader(lexicon.people, index, vocabulary)

    def cut(self, normalised: str) -> Cut:
        """Cut a normalised question."""
        text, named_by_initials = self._latin.read(normalised)
        text = self._index.negated(text)
        match = self._index.match(text)
        tokens = self._tokens(text)
        segments = self._best_cut(text, tokens, match, named_by_initials)
        segments = self._keep_words_whole(text, tokens, segments, match.doubtful)
        segments = self._drop_lone_likeness(text, segments, match)
        segments = self._join_wording(text, segments)
        return Cut(text, segments, match, [(a, b) for a, b in tokens if b - a > 1 and self._lexicon.is_word(text[a:b])])

    def _tokens(self, text: str) -> Tokens:
        """Return where jieba's tokens begin and end."""
        tokens, at = [], 0
        for token in self._lexicon.cut(text):
            tokens.append((at, at + len(token)))
            at += len(token)
        return tokens

    # ── the best cut ─────────────────────────────────────────────────────────────────────────────────────────

    def _best_cut(self, text: str, tokens: Tokens, match: Match, given: list[Segment]) -> list[Segment]:
        by_start: dict[int, list[tuple[float, Segment]]] = {}

        def offer(gain: float, segment: Segment) -> None:
            by_start.setdefault(segment.start, []).append(
                (gain * (segment.end - segment.start) + _GAIN_SEGMENT, segment)
            )

        for segment in given:
            offer(1.5, segment)
        self._offer_words(text, tokens, offer)
        self._offer_names(text, tokens, match, offer)
        self._offer_body(text, tokens, offer)
        self._offer_seen(text, tokens, offer)
        self._offer_organisations(text, tokens, offer)
        self._offer_patterns(text, match, offer)
        for named in self._people.find(text):
            gain = _GAINS[Kind.PERSON] * (1.0 if named.exact else 0.95)
            piece = text[named.start : named.end]
            offer(gain, Segment(named.start, named.end, piece, Kind.PERSON, people=named.people, word=named.title))
        for start, end, unit in self._lexicon.find_units(text):
            offer(_GAINS[Kind.UNIT], Segment(start, end, text[start:end], Kind.UNIT, word=unit))

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
            kind = Kind.OTHER if _is_letter(text[at]) else Kind.MARK
            segments.append(choice[at] or Segment(at, at + 1, text[at], kind))
            at = segments[-1].end
        return segments

    def _offer_patterns(self, text: str, match: Match, offer: Offer) -> None:
        """Offer what is known by its form: ordinals, amounts, what a register never holds."""
        for ordinal in ordinals(text):
            named = ordinal.counter == "类" and any(ordinal.text in name for one in match.known for name in one.texts)
            if not named:  # 「第三类医疗器械」
                offer(_GAINS[Kind.ORDINAL], ordinal)
        for label, pattern in self._words.absent:
            for met in pattern.finditer(text):
                offer(_GAINS[Kind.ABSENT], Segment(*met.span(1), met[1], Kind.ABSENT, word=label))
        for tag, pattern in self._words.patterns:
            for met in pattern.finditer(text):
                gain = _PATTERN_GAINS.get(tag, _PATTERN_GAIN)
                offer(gain, Segment(*met.span(), met[0], Kind.WORD, tags=frozenset({tag}), word=met[0]))
        for met in AMOUNT.finditer(text):
            offer(_PADDING_GAIN, Segment(*met.span(), met[0], Kind.WORD, tags=_PADDING, word=met[0]))

    def _offer_words(self, text: str, tokens: Tokens, offer: Offer) -> None:
        """Offer the words of questions: as they stand, else as they sound (pinyin, slips)."""
        tags, typed = self._words.tags, any(map(is_code, text))
        said, accent = sounds(text), blurred(text)
        whole = set(tokens)
        inside = {i for a, b in tokens if self._lexicon.is_word(text[a:b]) for i in range(a + 1, b)}
        edges = {edge for token in tokens for edge in token}
        for start in range(len(text)):
            reach = start + self._words.beginnings.get(accent[start : start + 2], 1)
            for end in range(start + 1, min(len(text), reach) + 1):
                piece = text[start:end]
                if piece in tags:
                    if self._stands_alone(text, start, end, edges):
                        gain = _PADDING_GAIN if tags[piece] <= _WEAK_TAGS else _GAINS[Kind.WORD]
                        gain = _GAINS[Kind.ORDINAL] if "cue:we" in tags[piece] else gain  # 「我们处|核实材料」
                        offer(gain, Segment(start, end, piece, Kind.WORD, tags=tags[piece], word=piece))
                    continue
                heard = self._words.by_sound.get(said[start:end]) or self._words.by_accent.get(accent[start:end])
                if typed and all(map(is_code, piece)):
                    if heard is not None and heard[0] == "哪" and start and said[start - 1] not in _BEFORE_WHICH:
                        heard = None  # 「guojihua nage xiangmu」 is 那个项目
                    heard = heard or self._words.padding_by_sound.get(said[start:end])
                if heard is not None and not _inside_latin(text, start, end) and not {start, end} & inside:
                    gain = self._gain_of_heard(
                        piece, heard, uncut={start, end} <= edges, is_token=(start, end) in whole
                    )
                    if gain and text[:start].endswith(_WHAT) and asks_facet(tags[heard]):
                        gain = _GAINS[Kind.WORD]  # 「有啥封险」
                    if gain:
                        offer(gain, Segment(start, end, piece, Kind.WORD, tags=tags[heard], word=heard))

    def _stands_alone(self, text: str, start: int, end: int, edges: set[int]) -> bool:
        """Whether a word of ours is a word here, not a piece of another (「出」 in 「出境」, ``ok`` in ``token``)."""
        if _inside_latin(text, start, end):
            return False
        if end - start == 1:
            return text[start] in _PARTICLES or (start in edges and end in edges)
        return not self._words.tags[text[start:end]] <= _WEAK_TAGS or start in edges or end in edges

    def _gain_of_heard(self, piece: str, heard: str, *, uncut: bool, is_token: bool) -> float:
        """Return the gain of a piece that only sounds like ``heard``; 0 where it is more likely itself."""
        tags = self._words.tags[heard]
        facet = asks_facet(tags)
        if any(map(is_code, piece)):
            return _GAINS[Kind.WORD] if facet else _PADDING_GAIN
        cue = any(tag.startswith("cue:") for tag in tags)
        if len(piece) == 1 or not (facet or cue) or (is_token and self._lexicon.is_word(piece)):
            return 0.0
        if piece[0] in _JOINING or set(piece).isdisjoint(heard):
            return 0.0  # 「名字和人」 is no 何人, 「先经」 no 陷阱
        return _GAINS[Kind.WORD] * (_BY_SOUND_WHOLE if uncut and facet and "facet:overview" not in tags else _BY_SOUND)

    def _offer_names(self, text: str, tokens: Tokens, match: Match, offer: Offer) -> None:
        masks, words, quality, sure = match.masks, self._words.tags, match.best, _GAINS[Kind.NAME]
        typed = self._words.padding_by_sound if any(map(is_code, text)) else {}
        word_ends = {b for a, b in tokens if b - a > 1 and self._lexicon.is_word(text[a:b])}
        inside = {i for a, b in tokens if self._lexicon.is_word(text[a:b]) for i in range(a + 1, b)}

        def edge(char: int, pair: int, cut: int) -> bool:
            """Whether a name may begin or end here: not with a particle, or a piece of another word, that is only
            like a piece of it.
            """
            if (FAR < quality[pair] < EXACT and cut in inside) or not _is_letter(text[char]):
                return False
            if text[char] in _JOINING and cut in word_ends:
                return True  # 标的
            return text[char] not in (_PARTICLES if quality[pair] < EXACT else _JOINING)

        longest = _SLACK + max((len(name) for known in match.known for name in known.texts), default=0)
        reach = _reach_without_a_third(text, len(masks))
        for start in range(len(masks)):
            mask, total, best = masks[start], 0.0, 0.0
            if not mask or not edge(start, start, start):
                continue
            for last in range(start, min(reach[start], start + longest)):
                mask &= masks[last]
                if not mask:
                    break
                total += quality[last]
                best = max(best, quality[last])
                piece = text[start : last + 2]
                # 「项目」 alone names nothing, and 「封险」 is 风险, not the 风险 of a name
                padding = words.get(piece) == _PADDING or piece in typed
                if padding or not edge(last + 1, last, last + 2):
                    continue
                if best < EXACT and (piece in words or self._is_heard_as_facet(piece)):
                    continue
                gain = sure * (0.55 + 0.45 * total / (last + 1 - start))
                if best < EXACT and self._passages.longest(text, start) >= last + 2:
                    gain *= _BESIDE_WORDING  # 「制度化」 is like 易制毒化, and stands in a passage
                if last == start and quality[start] <= FAR and self._is_own_abbreviation(text, start, match):
                    gain = sure
                offer(gain, Segment(start, last + 2, piece, Kind.NAME))

    def _is_heard_as_facet(self, piece: str) -> bool:
        """Whether a piece sounds like a whole word that asks for a facet."""
        heard = self._words.by_sound.get(sounds(piece))
        return heard is not None and asks_facet(self._words.tags[heard])

    def _offer_body(self, text: str, tokens: Tokens, offer: Offer) -> None:
        """Offer the longest wordings of the register from each place on: the longer, the surer."""
        end_before = 0
        edges = [end for _start, end in tokens]
        inside = {i for a, b in tokens if self._lexicon.is_word(text[a:b]) for i in range(a + 1, b)}
        said = sounds(text)
        for start in range(len(text) - 1):
            end = self._passages.longest(text, start)
            whole = max((edge for edge in edges if start < edge <= end), default=end)  # 「政务服务中心|经」
            # 「一级复核」 is no 「级复核」
            cuts_figure = start > 0 and text[start - 1] in _FIGURES and text[start] in _COUNTED
            ours = text[start] in "处科局" and text[:start].endswith(("咱", "们"))  # 「咱们处|核实材料」
            for stop in range(start + 2, end + 1):
                if (
                    text[stop - 1] == "的"
                    or text[start] == "的"
                    or cuts_figure
                    or ours
                    or self._is_deputy(text[start:stop])
                ):
                    continue
                sure = stop in (end, whole) and end > end_before and start not in inside
                gain = _GAINS[Kind.BODY] + (0.04 * min(stop - start, 6) if sure else 0.0)
                offer(gain, Segment(start, stop, text[start:stop], Kind.BODY))
            end_before = max(end_before, end)
            heard = self._passages.sounding(said, start)
            if len(heard) > max(1, end - start):
                self._offer_heard(text, start, heard, {0, *edges}, offer)
            for stop in range(start + 2, min(len(text), start + 4) + 1):
                if text[start:stop] in self._words.synonyms:
                    offer(_PADDING_GAIN, Segment(start, stop, text[start:stop], Kind.BODY))

    def _is_deputy(self, piece: str) -> bool:
        """Whether a title is printed only as that of a deputy: the 处长 of 副处长 is none."""
        if len(piece) > _TITLE or piece[-1] != "长":
            return False
        count = len(self._passages.containing([[piece]]))
        return count > 0 and count == len(self._passages.containing([[f"副{piece}"]]))

    def _offer_heard(self, text: str, start: int, heard: str, edges: set[int], offer: Offer) -> None:
        """Offer wording that the text only sounds like: pinyin, or a slip (「处室和议」).

        A slip keeps some characters and cuts no word; of two characters it is no word of the language.
        """
        for stop in range(start + 2, start + len(heard) + 1):
            piece = text[start:stop]
            typed = all(map(is_code, piece))
            kept = any(a == b for a, b in zip(piece, heard, strict=False))
            slip = (
                kept and not typed and {start, stop} <= edges and (len(piece) > 2 or not self._lexicon.is_word(piece))
            )
            if slip and piece[0] != heard[0] and not any(self._lexicon.is_word(heard[:end]) for end in (2, 3)):
                continue  # 「爆审批」 is not the end of 「确保审批」
            if typed or slip:
                gain = _GAINS[Kind.BODY] * 0.95 if slip else _GAINS[Kind.BODY] + 0.04 * min(stop - start, 6)
                offer(gain, Segment(start, stop, piece, Kind.BODY, word=heard[: stop - start]))

    def _offer_seen(self, text: str, tokens: Tokens, offer: Offer) -> None:
        """Offer words and wording of which a character is typed as one that looks like it (「资金拔付」, 「步聚」)."""
        # a character of a word of the language is what it should be
        whole = {i for start, end in tokens if end - start > 1 for i in range(start, end)}
        for i, char in enumerate(text):
            for other in meant_for(char) if i not in whole else "":
                seen = text[:i] + other + text[i + 1 :]
                for start in range(max(0, i - 3), i + 1):
                    for end in range(max(i, start + 1) + 1, min(len(text), start + 4) + 1):
                        piece = seen[start:end]
                        tags = self._words.of(piece)
                        if tags and not tags <= _WEAK_TAGS:
                            offer(
                                _GAINS[Kind.WORD] * _BY_SIGHT,
                                Segment(start, end, text[start:end], Kind.WORD, tags=tags, word=piece),
                            )
                        elif self._passages.longest(seen, start) >= end:
                            offer(
                                _GAINS[Kind.BODY] * _BY_SIGHT,
                                Segment(start, end, text[start:end], Kind.BODY, word=piece),
                            )

    def _offer_organisations(self, text: str, tokens: Tokens, offer: Offer) -> None:
        """Offer organisations in short form (「政务中心业务一科」)."""
        for start in (start for start, _end in tokens):
            for end in range(start + 2, min(len(text), start + _LONGEST_SHORT_FORM) + 1):
                full = (text[end - 1] in ENDS or text[end - 1] == "里") and self._passages.organisations.meant(
                    text[start:end]
                )
                if full:
                    kind = Kind.UNIT if full in self._lexicon.units else Kind.BODY
                    offer(_GAINS[Kind.UNIT], Segment(start, end, text[start:end], kind, word=full))

    # ── second thoughts ──────────────────────────────────────────────────────────────────────────────────────

    def _keep_words_whole(
        self, text: str, tokens: Tokens, segments: list[Segment], mistyped: set[int]
    ) -> list[Segment]:
        """Take back what explains only a part of a word: the 「二手」 of 「二手房」 explains nothing, nor does the
        「出」 of 「限制出境」.
        """
        kept = list(segments)
        for start, end in tokens:
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
                s.kind in loose or (s.end - s.start == 1 and (s.tags <= _WEAK_TAGS or "padding" in s.tags))
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
                if self._is_own_abbreviation(text, s.start, match):
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

    def _is_own_abbreviation(self, text: str, start: int, match: Match) -> bool:
        """Whether only powers whose names two characters may abbreviate say them: 低保 for 最低生活保障."""
        saying = self._passages.saying(text[start : start + 2], len(match.known))
        linked = {known.position for known, link in zip(match.known, match.links, strict=True) if start in link}
        return bool(saying) and saying <= linked

    @staticmethod
    def _has_company(s: Segment, names: list[Segment], match: Match) -> bool:
        mine = {k for k, link in enumerate(match.links) if s.start in link}
        return any(
            other is not s
            and max(s.start - other.end, other.start - s.end) <= _NEAR
            and any(match.links[k].get(i, 0.0) > FAR for k in mine for i in range(other.start, other.end - 1))
            for other in names
        )


def _reach_without_a_third(text: str, count: int) -> list[int]:
    """Return, for each of ``count`` pairs, where the first pair stands that was there twice since: a name says none
    three times.
    """
    places: dict[str, list[int]] = {}
    third = [count] * count
    for i in range(count):
        at = places.setdefault(text[i : i + 2], [])
        at.append(i)
        if len(at) > 2:
            third[at[-3]] = i
    for i in range(count - 2, -1, -1):
        third[i] = min(third[i], third[i + 1])
    return third


def _may_be_wording(s: Segment) -> bool:
    """Whether wording of the register may begin or end with ``s``: not with what asks for something."""
    if s.kind is Kind.WORD:
        return s.tagged("facet:posts") and not set("谁哪") & set(s.text) and len(s.text) > 1
    return s.kind in (Kind.BODY, Kind.UNIT)


def _may_end_wording(s: Segment) -> bool:
    return s.kind in (Kind.NAME, Kind.OTHER) or (
        len(s.text) > 1 and s.tagged("padding") and not s.tagged(*_ASKING_TAGS)
    )


def _inside_latin(text: str, start: int, end: int) -> bool:
    """Whether the piece would cut a run of latin letters: the ``ok`` of ``token`` is no word."""
    return (start > 0 and _is_latin(text[start - 1]) and _is_latin(text[start])) or (
        end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end])
    )


def _is_letter(char: str) -> bool:
    """Whether ``char`` is a letter, a digit or a syllable, not a mark."""
    return char.isalnum() or is_code(char)


def _is_latin(char: str) -> bool:
    return "a" <= char <= "z"
