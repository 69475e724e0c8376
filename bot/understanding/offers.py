"""What may explain a stretch of a question, and how well: a power's name, a facet word, a person, the register's
wording, padding.

Each offer gains per character. Which of them make up the question is decided in ``segmentation``.
"""

import re
from collections.abc import Iterator

from bot.understanding.ordinals import AMOUNT, ordinals
from bot.understanding.people import PeopleFinder
from bot.understanding.segments import Kind, Segment, is_letter
from bot.understanding.tokens import Tokens
from bot.understanding.vocabulary import Vocabulary, asks_facet
from knowledge.lexicon import Lexicon
from knowledge.look_alikes import meant_for
from knowledge.organisations import ENDS
from knowledge.passages import Passages
from knowledge.pinyin import blurred, is_code, sounds
from knowledge.search import EXACT, FAR, Match

# How much a segment gains per character.
_PERSON, _ORDINAL, _UNIT, _WORD, _NAME, _ABSENT, _PADDING, _BODY = 1.35, 1.3, 1.2, 1.1, 1.08, 1.04, 0.95, 0.8
_NEARLY_A_PERSON = 0.95 * _PERSON
# An order yields to a name in it; 「从第一项到最后一项」 is more than its ordinals, any other form a little more than
# its words.
_PATTERN = 1.11
_PATTERNS = {"cue:order": _PADDING, "cue:all": _ORDINAL}
# The longer wording of the register is, up to so many characters, the more it gains.
_LONGER, _LONG = 0.04, 6
# What is only like a piece of a name gains so much less where it is wording of the register as it stands.
_BESIDE_WORDING = 0.7
# A word that is only heard or seen; surer where it cuts no word (「分险点」).
_BY_SOUND, _BY_SOUND_WHOLE = 0.72, 0.84
_BY_SIGHT = 0.9
_WORDING_BY_SOUND = 0.95

PADDING = frozenset({"padding"})
WEAK_TAGS = frozenset({"padding", "cue:handled", "cue:act", "cue:manner"})
_POSTS = frozenset({"facet:posts"})
# Posts that are called by what is done (检查人员): a name has the same words (检查).
_STAFF = "人员"
_PARTICLES = frozenset("是的得地了着过在有和与跟就都也还把被从到给让要会能吗呢吧啊一谁啥")
# How words begin that ask how something is done.
_HOW = frozenset("怎咋如")
# What joins two names, or a name to what is asked of it, ends none: 「两用物项和国营贸易」, 「限制出口货物的经办人」.
_JOINING = frozenset("和与及的")
# What 哪 follows, in syllables: 「shi naxie」.
_BEFORE_WHICH = frozenset(map(sounds, "是有在到管办责"))
# What stands before that which is asked.
_WHAT = ("啥", "什么", "哪些", "那些")
# Organisations in short form are no longer.
_LONGEST_SHORT_FORM = 10
# Synonyms and what is looked for by its looks are no longer.
_SHORT = 4
_FIGURES, _COUNTED = frozenset("0123456789一二两三四五六七八九十"), frozenset("级类等期人次")
# 处长, 局长.
_TITLE = 2
# A mention may be longer than a name by so many characters, said twice.
_SLACK = 4

Offer = tuple[float, Segment]


class Offers:
    """Finds what may explain the pieces of questions about one register."""

    def __init__(self, lexicon: Lexicon, passages: Passages, vocabulary: Vocabulary):
        self._lexicon = lexicon
        self._passages = passages
        self._words = vocabulary
        self._people = PeopleFinder(lexicon, vocabulary.tags)
        staff = sorted(role for role in lexicon.roles if role.endswith(_STAFF) and role not in vocabulary.tags)
        self._staff = re.compile("|".join(map(re.escape, staff)) or "(?!)")

    def of(self, tokens: Tokens, match: Match) -> Iterator[Offer]:
        """Yield (gain per character, segment) for all that may explain a piece of the text."""
        yield from self._asked(tokens)
        yield from self._named(tokens, match)
        yield from self._said(tokens)
        yield from self._seen(tokens)
        yield from self._organisations(tokens)
        yield from self._of_some_form(tokens.text, match)
        yield from self._people_and_units(tokens.text)

    # ── words of questions ───────────────────────────────────────────────────────────────────────────────────

    def _asked(self, tokens: Tokens) -> Iterator[Offer]:
        """Yield the words of questions: as they stand, else as they sound (pinyin, slips)."""
        text, tags = tokens.text, self._words.tags
        said, accent = sounds(text), blurred(text)
        typed = any(map(is_code, text))
        by_sound, by_accent, beginnings = self._words.by_sound, self._words.by_accent, self._words.beginnings
        for start in range(len(text)):
            reach = start + beginnings.get(accent[start : start + 2], 1)
            for end in range(start + 1, min(len(text), reach) + 1):
                piece = text[start:end]
                if piece in tags:
                    if self._stands_alone(tokens, start, end):
                        yield _gain_of(tags[piece]), Segment(start, end, piece, Kind.WORD, tags=tags[piece], word=piece)
                    continue
                heard = by_sound.get(said[start:end]) or by_accent.get(accent[start:end])
                if typed and all(map(is_code, piece)):
                    if heard is not None and heard[0] == "哪" and start and said[start - 1] not in _BEFORE_WHICH:
                        heard = None  # 「guojihua nage xiangmu」 is 那个项目
                    heard = heard or self._words.padding_by_sound.get(said[start:end])
                if heard is None or not tokens.inside.isdisjoint((start, end)) or _inside_latin(text, start, end):
                    continue
                gain = self._gain_of_heard(tokens, start, end, heard)
                if gain and text[:start].endswith(_WHAT) and asks_facet(tags[heard]):
                    gain = _WORD  # 「有啥封险」
                if gain:
                    yield gain, Segment(start, end, piece, Kind.WORD, tags=tags[heard], word=heard)

    def _stands_alone(self, tokens: Tokens, start: int, end: int) -> bool:
        """Whether a word of ours is a word here, not a piece of another (「出」 in 「出境」, ``ok`` in ``token``)."""
        text, edges = tokens.text, tokens.edges
        if _inside_latin(text, start, end):
            return False
        if end - start == 1:
            return text[start] in _PARTICLES or (start in edges and end in edges)
        if end in tokens.inside and text[start] in _HOW:
            cut = next(b for a, b in tokens.words if a < end < b)
            if text[end:cut] not in self._words.tags:
                return False  # 「怎么转|移」, 「怎么报|销」
        return start in edges or end in edges or not self._words.tags[text[start:end]] <= WEAK_TAGS

    def _gain_of_heard(self, tokens: Tokens, start: int, end: int, heard: str) -> float:
        """Return the gain of a piece that only sounds like ``heard``; 0 where it is more likely itself."""
        piece, tags = tokens.text[start:end], self._words.tags[heard]
        facet = asks_facet(tags)
        cue = any(tag.startswith("cue:") for tag in tags)
        if any(map(is_code, piece)):
            return _WORD if facet or (cue and len(piece) > _TITLE) else _PADDING
        if len(piece) == 1 or not (facet or cue) or (start, end) in tokens.words:
            return 0.0
        if piece[0] in _JOINING or set(piece).isdisjoint(set(heard) - _PARTICLES):
            return 0.0  # 「名字和人」 is no 何人, 「先经」 no 陷阱, 「油的」 no 有的
        whole = facet and "facet:overview" not in tags and {start, end} <= tokens.edges
        return _WORD * (_BY_SOUND_WHOLE if whole else _BY_SOUND)

    # ── names of powers ──────────────────────────────────────────────────────────────────────────────────────

    def _named(self, tokens: Tokens, match: Match) -> Iterator[Offer]:
        """Yield what may be a name of a power, or a piece of one."""
        text, masks, words, quality = tokens.text, match.masks, self._words.tags, match.best
        typed = self._words.padding_by_sound if any(map(is_code, text)) else {}

        def edge(char: int, pair: int, cut: int) -> bool:
            """Whether a name may begin or end here: not with a particle, or a piece of another word, that is only
            like a piece of it.
            """
            if (FAR < quality[pair] < EXACT and cut in tokens.inside) or not is_letter(text[char]):
                return False
            if text[char] in _JOINING and cut in tokens.word_ends:
                return True  # 标的
            if quality[pair] < EXACT:
                begins_word = char == cut and cut in tokens.word_starts  # the 一 of 「一致毒」
                return begins_word or text[char] not in _PARTICLES
            return text[char] not in _JOINING

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
                padding = words.get(piece) == PADDING or piece in typed
                if padding or not edge(last + 1, last, last + 2):
                    continue
                if best < EXACT and (piece in words or self._is_heard_as_facet(piece)):
                    continue
                gain = _NAME * (0.55 + 0.45 * total / (last + 1 - start))
                if best < EXACT and self._passages.longest(text, start) >= last + 2:
                    gain *= _BESIDE_WORDING  # 「制度化」 is like 易制毒化, and stands in a passage
                if last == start and quality[start] <= FAR and self.is_own_abbreviation(text, start, match):
                    gain = _NAME
                yield gain, Segment(start, last + 2, piece, Kind.NAME)

    def _is_heard_as_facet(self, piece: str) -> bool:
        """Whether a piece sounds like a whole word that asks for a facet."""
        heard = self._words.by_sound.get(sounds(piece))
        return heard is not None and asks_facet(self._words.tags[heard])

    def is_own_abbreviation(self, text: str, start: int, match: Match) -> bool:
        """Whether only powers whose names the two characters from ``start`` may abbreviate say them: 低保 for
        最低生活保障.
        """
        saying = self._passages.saying(text[start : start + 2], len(match.known))
        linked = {known.position for known, link in zip(match.known, match.links, strict=True) if start in link}
        return bool(saying) and saying <= linked

    # ── wording of the register ──────────────────────────────────────────────────────────────────────────────

    def _said(self, tokens: Tokens) -> Iterator[Offer]:
        """Yield the longest wordings of the register from each place on: the longer, the surer."""
        text, said, end_before = tokens.text, sounds(tokens.text), 0
        for start in range(len(text) - 1):
            end = self._passages.longest(text, start)
            if end > start and self._may_begin_wording(text, start):
                whole = max((edge for edge in tokens.edges if start < edge <= end), default=end)  # 「政务服务中心|经」
                surer = end > end_before and start not in tokens.inside
                for stop in range(start + 2, end + 1):
                    piece = text[start:stop]
                    inner = stop not in tokens.edges and stop not in (start + 2, end)
                    if inner or piece[-1] == "的" or self._is_deputy(piece):
                        continue
                    sure = surer and stop in (end, whole)
                    yield _gain_of_wording(stop - start if sure else 0), Segment(start, stop, piece, Kind.BODY)
            end_before = max(end_before, end)
            heard = self._passages.sounding(said, start)
            if len(heard) > max(1, end - start):
                yield from self._heard(tokens, start, heard)
            for stop in range(start + 2, min(len(text), start + _SHORT) + 1):
                if text[start:stop] in self._words.synonyms:
                    yield _PADDING, Segment(start, stop, text[start:stop], Kind.BODY)

    @staticmethod
    def _may_begin_wording(text: str, start: int) -> bool:
        """Whether wording may begin at ``start``: 「一级复核」 is no 「级复核」, 「咱们处|核实材料」 no 处核实."""
        if text[start] in _COUNTED:
            return start == 0 or text[start - 1] not in _FIGURES
        return text[start] != "的" and not (text[start] in "处科局" and text[:start].endswith(("咱", "们")))

    def _is_deputy(self, piece: str) -> bool:
        """Whether a title is printed only as that of a deputy: the 处长 of 副处长 is none."""
        if len(piece) > _TITLE or piece[-1] != "长":
            return False
        count = len(self._passages.containing([[piece]]))
        return count > 0 and count == len(self._passages.containing([[f"副{piece}"]]))

    def _heard(self, tokens: Tokens, start: int, heard: str) -> Iterator[Offer]:
        """Yield wording that the text only sounds like: pinyin, or a slip (「处室和议」).

        A slip keeps some characters and cuts no word; of two characters it is no word of the language.
        """
        for stop in range(start + 2, start + len(heard) + 1):
            piece = tokens.text[start:stop]
            typed = all(map(is_code, piece))
            kept = any(a == b for a, b in zip(piece, heard, strict=False))
            word = len(piece) == 2 and self._lexicon.is_word(piece)
            slip = kept and not typed and {start, stop} <= tokens.edges and not word
            if slip and piece[0] != heard[0] and not any(self._lexicon.is_word(heard[:end]) for end in (2, 3)):
                continue  # 「爆审批」 is not the end of 「确保审批」
            if typed or slip:
                gain = _BODY * _WORDING_BY_SOUND if slip else _gain_of_wording(stop - start)
                yield gain, Segment(start, stop, piece, Kind.BODY, word=heard[: stop - start])

    def _seen(self, tokens: Tokens) -> Iterator[Offer]:
        """Yield words and wording of which a character is typed as one that looks like it (「资金拔付」, 「步聚」)."""
        text = tokens.text
        # a character of a token is what it should be
        whole = {i for start, end in tokens.spans if end - start > 1 for i in range(start, end)}
        for i, char in enumerate(text):
            for other in meant_for(char) if i not in whole else "":
                seen = text[:i] + other + text[i + 1 :]
                for start in range(max(0, i - _SHORT + 1), i + 1):
                    for end in range(max(i, start + 1) + 1, min(len(text), start + _SHORT) + 1):
                        typed, meant = text[start:end], seen[start:end]
                        tags = self._words.of(meant)
                        if tags and not tags <= WEAK_TAGS:
                            yield _WORD * _BY_SIGHT, Segment(start, end, typed, Kind.WORD, tags=tags, word=meant)
                        elif self._passages.longest(seen, start) >= end:
                            yield _BODY * _BY_SIGHT, Segment(start, end, typed, Kind.BODY, word=meant)

    # ── what is known by its form, and who is named ──────────────────────────────────────────────────────────

    def _organisations(self, tokens: Tokens) -> Iterator[Offer]:
        """Yield organisations in short form (「政务中心业务一科」)."""
        text = tokens.text
        ends = [i + 1 for i, char in enumerate(text) if char in ENDS or char == "里"]
        for start, _end in tokens.spans if ends else ():
            for end in ends:
                if not start + 2 <= end <= start + _LONGEST_SHORT_FORM:
                    continue
                full = self._passages.organisations.meant(text[start:end])
                if full:
                    kind = Kind.UNIT if full in self._lexicon.units else Kind.BODY
                    yield _UNIT, Segment(start, end, text[start:end], kind, word=full)

    def _of_some_form(self, text: str, match: Match) -> Iterator[Offer]:
        """Yield what is known by its form: ordinals, what a register never holds, patterns, amounts."""
        for ordinal in ordinals(text):
            named = ordinal.counter == "类" and any(ordinal.text in name for one in match.known for name in one.texts)
            if not named:  # 「第三类医疗器械」
                yield _ORDINAL, ordinal
        for label, pattern in self._words.absent:
            for met in _overlapping(pattern, text):
                yield _ABSENT, Segment(*met.span(), met[0], Kind.ABSENT, word=label)
        for tag, pattern in self._words.patterns:
            for met in pattern.finditer(text):
                gain = _PATTERNS.get(tag, _PATTERN)
                yield gain, Segment(*met.span(), met[0], Kind.WORD, tags=frozenset({tag}), word=met[0])
        for met in AMOUNT.finditer(text):
            yield _PADDING, Segment(*met.span(), met[0], Kind.WORD, tags=PADDING, word=met[0])

    def _people_and_units(self, text: str) -> Iterator[Offer]:
        for named in self._people.find(text):
            piece = text[named.start : named.end]
            person = Segment(named.start, named.end, piece, Kind.PERSON, people=named.people, word=named.title)
            yield _PERSON if named.exact else _NEARLY_A_PERSON, person
        for met in self._staff.finditer(text):
            yield _WORD, Segment(*met.span(), met[0], Kind.BODY, tags=_POSTS)
        for start, end, unit in self._lexicon.find_units(text):
            yield _UNIT, Segment(start, end, text[start:end], Kind.UNIT, word=unit)


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield what ``pattern`` finds, one from each place on: a match may begin inside another one."""
    at = 0
    while met := pattern.search(text, at):
        yield met
        at = met.start() + 1


def _gain_of(tags: frozenset[str]) -> float:
    """Return the gain of a word of questions that stands as it is."""
    if "cue:we" in tags:
        return _ORDINAL  # 「我们处|核实材料」
    return _PADDING if tags <= WEAK_TAGS else _WORD


def _gain_of_wording(length: int) -> float:
    return _BODY + _LONGER * min(length, _LONG)


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


def _inside_latin(text: str, start: int, end: int) -> bool:
    """Whether the piece would cut a run of latin letters: the ``ok`` of ``token`` is no word."""
    return (start > 0 and _is_latin(text[start - 1]) and _is_latin(text[start])) or (
        end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end])
    )


def _is_latin(char: str) -> bool:
    return "a" <= char <= "z"
