"""How well each power fits what names something: which characters it explains, how telling and how exactly; ties stay
ties.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

from rapidfuzz import fuzz

from bot.understanding.ordinals import AMOUNT
from bot.understanding.segments import END, Cut, Kind, Segment
from bot.understanding.vocabulary import Vocabulary
from knowledge.bodies import Bodies
from knowledge.pinyin import blurred, is_code, sounds
from knowledge.search import BLURRED, FAR, PowerIndex
from knowledge.text import is_common, plain

# Share of a name or alias that must be there for the power to be named beyond doubt.
STRONG = 0.6
# Linking words in a name tell it from no other.
_LINKING = frozenset("的和与及")
# A name of at least so many characters that stands whole in the question is the one that is meant.
_WHOLE = 4
# Aliases of so many characters hold as a whole or not at all.
SHORT_ALIAS, _WHOLE_ALIAS = 3, 4
# How a question and how names deny: 「不含武装守护押运」, 「无偿」.
_NOT = ("不", "无", "不含", "不带")
_DENYING = re.compile("(?:不|无|(?:不含|不包括|不带)[^（）()，、]{0,6})$")
# What joins a description to the name that it describes.
_ATTACHING = frozenset({"的", "那种", "这种", "那个", "这个", "那类", "这类"})
# Grades match exactly or not at all.
_GRADE = re.compile("([一二三四五六七八九十\\d]+)([级类等期])")
# A power whose telling pairs weigh less than this share of the best one's is not meant.
_WEAK = 0.5
# A pair that more than about half of the names have tells nothing.
_TELLING = 0.35
# How much better (0 to 1) the pairs of one power must match for it to win over another that covers the same.
_CLEARER = 0.14
# A mention is a power's whole name when it is so alike (0 to 100), and so much more than to any other name.
_EQUAL, _ONE_WHOLE, _LEAD = 100, 87, 9
# A piece of at least so many characters that stands in one piece in one name alone means that one.
_PIECE = 7


@dataclass
class Fit:
    """How a power fits a mention: the characters it explains, how telling (``value``) and how exactly (0 to 1) they
    match.
    """

    position: int
    texts: tuple[str, ...]
    said: str  # the question in sounds
    links: dict[int, float]
    slips: set[int]
    covered: set[int]
    value: float
    exactness: float

    @cached_property
    def strength(self) -> float:
        """The largest share (0 to 1) of a name or alias whose sounds the covered characters hold."""
        said, covered = self.said, self.covered
        have = {said[i : i + 2] for i in covered if i + 1 in covered}
        have |= {said[i] for i in covered}
        shares = (sum(map(have.__contains__, heard)) / max(1, len(heard)) for heard in map(sounds, self.texts))
        return max(shares, default=0.0)

    def told(self, length: int) -> str:
        """Return the fit in words, for a mention of ``length`` characters."""
        return (
            f"{self.position} {self.texts[0]}：说明了其中 {len(self.covered)}/{length} 字，分量 {self.value:.2f}，"
            f"确切 {self.exactness:.2f}，占名称的 {self.strength:.0%}"
        )

    def clearer_than(self, other: "Fit") -> bool:
        """Whether this one explains the same characters, but more exactly."""
        return self.covered == other.covered and self.exactness > other.exactness + _CLEARER


class Fits:
    """Tells which powers of one register fit the segments that name something."""

    def __init__(self, index: PowerIndex, bodies: Bodies, words: Vocabulary):
        self._index = index
        self._bodies = bodies
        self._words = words

    def best(self, cut: Cut, segments: list[Segment], preferred: frozenset[int] = frozenset()) -> list[Fit]:
        """Return the powers that ``segments`` name, likeliest first; several fit equally well, and of these the
        ``preferred``, if there are any.
        """
        telling = [s for s in segments if s.positions or not self._bodies.common(s.text)] or segments
        fits = _preferring(preferred, self._narrowed(cut, telling, self._all(cut, telling)))
        if len(fits) > 1 and all(one.covered & other.covered for one, other in combinations(fits, 2)):
            fits = self._told_apart(cut, segments, fits)
        return sorted(fits, key=lambda fit: (-round(fit.value, 3), fit.position))

    def conflict(self, cut: Cut, segments: list[Segment], fit: Fit) -> list[str]:
        """Return telling words of the mention that this power does not have: they speak for another one."""
        foreign = self._foreign(cut, segments, fit)
        if foreign and self._index.abbreviates(fit.position, "".join(s.text for s in segments)):
            foreign = []  # 「人防改造审批」, of 人民防空工程改造审批
        return [*foreign, *self._contrary(cut, segments, fit)]

    def _foreign(self, cut: Cut, segments: list[Segment], fit: Fit) -> list[str]:
        """Return the pieces of the mention that the power does not explain, or only as if they were slips."""
        found = []
        for s in segments:
            if s.positions:
                continue
            run = ""
            for i in range(s.start, s.end + 1):
                if i < s.end and i not in fit.covered:
                    run += cut.text[i]
                    continue
                # what a short piece of a name is glued to must be so in the register (服务贸易 is no 国营贸易)
                glued = run
                if len(run) > 1 and i in fit.covered and fit.strength < STRONG:
                    glued += "" if any(run in text for text in fit.texts) else cut.text[i : i + 1]
                if (
                    len(run) > 1
                    and not self._bodies.says(fit.position, glued)
                    and self._index.telling(run[:2]) >= _TELLING
                ):
                    found.append(run)
                run = ""
        # one wrong character that neither sounds nor looks like the right one makes another word (易制爆 is not 易制毒)
        found += [
            cut.text[i]
            for i in sorted(fit.slips)
            if is_common(cut.text[i]) and any(s.start <= i < s.end for s in segments)
        ]
        for start, end in cut.words:
            # 「出口贴息」, 「二手车进口」: a word of the language that the name has in part, or only if it were a slip
            if not any(s.start <= start and end <= s.end for s in segments if not s.positions):
                continue
            word_at = set(range(start, end))
            parted = bool(fit.covered & word_at) and (not fit.covered >= word_at or bool(fit.slips & word_at))
            if parted and not self._bodies.says(fit.position, cut.text[start:end]):
                found.append(cut.text[start:end])
        return found

    def _contrary(self, cut: Cut, segments: list[Segment], fit: Fit) -> list[str]:
        """Return what says the contrary of the power's name, or another grade, or goes on as no name does."""
        found = []
        spoken = {i for s in cut.segments if s.kind is Kind.WORD for i in range(s.start, s.end)}
        for i, char in enumerate(cut.text):
            other = self._words.opposites.get(char) if i + 1 in fit.covered and i not in spoken else None
            texts = [text for text in fit.texts if char not in text] if other else ()
            if other and any(other + cut.text[i + 1 : i + 2] in text for text in texts):
                found.append(char)  # 「内贸」 is not 「外贸」
        for name, behind in pairwise(cut.segments):
            if (
                behind.kind is Kind.OTHER
                and name in segments
                and is_common(behind.text[0])
                and self._index.breaks_off(fit.position, name.text)
            ):
                found.append(behind.text)  # 「易制爆」: the name goes on with another character
        grades = set(_GRADE.findall(_about(cut, segments)))
        printed = set(_GRADE.findall(" ".join(fit.texts))) if grades else set()
        for number, unit in grades - printed:
            if any(unit == other for _number, other in printed):
                found.append(number + unit)  # 「总承包一级」 is not 「总承包二级」
        return found

    def _all(self, cut: Cut, segments: list[Segment]) -> list[Fit]:
        """Return the powers that explain any of ``segments``."""
        fits = []
        said = sounds(cut.text)
        by_position = any(s.positions for s in segments)
        inside: dict[int, bool] = {}  # where pairs of the mention stand, and whether in one piece
        for s in segments:
            # pairs reach over to a name that follows without a gap
            reach = s.end if any(other.start == s.end for other in segments) else s.end - 1
            inside |= {i: i < s.end - 1 for i in range(s.start, reach) if not s.positions}
        for known, links, slips in zip(cut.match.known, cut.match.links, cut.match.mistyped, strict=True):
            if not (links or by_position):
                continue
            covered: set[int] = set()
            value = quality = 0.0
            linked = 0
            for s in segments:
                if known.position in s.positions:
                    covered.update(range(s.start, s.end))
                    value, quality, linked = value + len(s.text), quality + len(s.text), linked + len(s.text)
            for i, link in links.items():
                # a pair that bridges two pieces must be a pair of the name itself
                if i in inside and link >= (FAR if inside[i] else BLURRED):
                    covered.update(j for j in (i, i + 1) if cut.text[j] not in _LINKING)
                    value += link * self._index.telling(cut.text[i : i + 2])
                    if link > FAR:
                        quality, linked = quality + link, linked + 1
            by_initials = any(known.position in s.positions for s in segments)
            if covered and (by_initials or not self._only_in_part(cut, known.texts, covered)):
                exactness = quality / linked if linked else FAR
                fits.append(Fit(known.position, known.texts, said, links, slips, covered, value, exactness))
        return fits

    @staticmethod
    def _only_in_part(cut: Cut, texts: tuple[str, ...], covered: set[int]) -> bool:
        """Whether all that is covered is but a part of a short alias: 黄玉牌 is not 碧玉牌."""
        said = sounds(cut.text)
        short = [t for t in texts[1:] if len(t) <= _WHOLE_ALIAS]
        if not short or any(sounds(t) in said for t in short):
            return False
        accent = blurred(cut.text)
        if any(blurred(t) in accent for t in short):
            return False
        longer = [set(sounds(t)) for t in texts if t not in short]
        pieces = [{said[i], said[i + 1]} for i in covered if i + 1 in covered]
        return bool(pieces) and not any(piece <= text for piece in pieces for text in longer)

    def _narrowed(self, cut: Cut, segments: list[Segment], fits: list[Fit]) -> list[Fit]:
        """Return the fits that nothing speaks against: those that explain most, exactly, and all at once."""
        whole_name = self._said_whole(cut, segments, fits)
        if whole_name is not None:
            return [whole_name]
        best = max((fit.value for fit in fits), default=0.0)
        main = {i for fit in fits if fit.value == best for i in fit.covered}
        fits = [
            # a short name in full beside a long one is meant as well (「两用物项和易制毒化学品」)
            fit
            for fit in fits
            if fit.value >= _WEAK * best or (fit.strength >= STRONG and not fit.covered & main)
        ]
        fits = [fit for fit in fits if not any(fit.covered < other.covered for other in fits)]
        fits = [fit for fit in fits if not any(other.clearer_than(fit) for other in fits)]
        if len(fits) > 1:
            said = sounds(plain(cut.text[segments[0].start : segments[-1].end]))
            whole = [fit for fit in fits if any(len(t) >= _WHOLE and sounds(t) in said for t in fit.texts)]
            piece = [fit for fit in fits if len(said) >= _PIECE and any(said in sounds(t) for t in fit.texts)]
            fits = next((few for few in (whole, piece) if len(few) == 1), fits)
        sure = [fit for fit in fits if fit.strength >= STRONG]
        if len(fits) > 1 and len(sure) == 1:
            # 「二手车出口最后是商务部批的吧」: what the others have of the question, this one says in its cells
            rest = [s.text for s in segments if not any(i in sure[0].covered for i in range(s.start, s.end))]
            if rest and all(self._bodies.says(sure[0].position, text) for text in rest):
                fits = sure
        return fits

    def _said_whole(self, cut: Cut, segments: list[Segment], fits: list[Fit]) -> Fit | None:
        """Return the one power whose printed name the mention is as a whole, but for a slip; none where two come near
        (公司变更登记 beside 分公司变更登记, unless it is said to the letter).
        """
        mentioned = cut.text[segments[0].start : segments[-1].end]
        said = sounds("".join(char for char in mentioned if char.isalnum() or is_code(char)))
        if len(fits) < 2 or len(said) < _WHOLE:
            return None
        alike = sorted(((_alike_whole(said, self._index.printed(fit.position)), fit) for fit in fits), key=_first)
        (second, _), (best, fit) = alike[-2:]
        clear = best >= _ONE_WHOLE and best - second >= _LEAD
        return fit if clear or (best == _EQUAL and second < _EQUAL) else None

    def _has_all(self, fit: Fit, characters: set[str]) -> bool:
        """Whether what the power is called has all ``characters``."""
        return characters <= set("".join((*fit.texts, self._bodies.name(fit.position))))

    def _denies(self, position: int, text: str) -> bool:
        """Whether the name of the power has ``text`` only where it says that something is not so."""
        before, *rest = self._bodies.name(position).split(text)
        denied = [_DENYING.search(before)]
        for piece in rest[:-1]:
            before += text + piece
            denied.append(_DENYING.search(before))
        return bool(rest) and all(denied)

    def _told_apart(self, cut: Cut, segments: list[Segment], fits: list[Fit]) -> list[Fit]:
        """Break a tie by what few names have in common with the mention (the 许可 of 「班线许可」), then by the wording
        that qualifies the name and that only some of the powers say (「剧毒化学品的那种危货许可」).
        """
        # 「租房提取」: to the letter, not by sound (住房提取)
        fits = [fit for fit in fits if self._has_all(fit, {cut.text[i] for i in fit.covered})] or fits
        behind = next((s for s in cut.segments if s.start == segments[-1].end), END)
        # 「采伐证」, and the 监督 of 「采砂监督 都谁」
        telling = behind.is_facet or (len(behind.text) == 1 and behind.text not in _LINKING)
        ending = [fit for fit in fits if behind.text in fit.texts[0]] if telling else []
        fits = ending or fits
        for s in segments:
            # 「带储存的」 is not 「（不带储存设施）」
            denied = cut.text[: s.start].endswith(_NOT)
            agreeing = [fit for fit in fits if self._denies(fit.position, s.text) == denied]
            fits = agreeing or fits
        for met in AMOUNT.finditer(cut.text):
            having = [fit for fit in fits if plain(met[0]) in fit.texts[0]]
            fits = having or fits  # 「0-6岁康复救助」
        whole = {fit.position: len(fit.covered) for fit in self._all(cut, segments)}
        most = max(whole[fit.position] for fit in fits)
        fits = [fit for fit in fits if whole[fit.position] == most]
        for s in [*segments, *_qualifying(cut, segments)]:
            if s.kind is Kind.NAME and (len(s.text) > 2 or any(fit.links.get(s.start, 0) > FAR for fit in fits)):
                continue  # only an abbreviation is better known to those who use it
            saying = [fit for fit in fits if self._bodies.says(fit.position, s.meant)]
            fits = saying or fits
        return fits


def _about(cut: Cut, segments: list[Segment]) -> str:
    """Return the text about ``segments``, as far as the names on either side: 「二级运动员和一级裁判员」."""
    others = [s for s in cut.segments if s.kind is Kind.NAME and s not in segments]
    start = max((s.end for s in others if s.end <= segments[0].start), default=0)
    end = min((s.start for s in others if s.start >= segments[-1].end), default=len(cut.text))
    return cut.text[start:end]


def _qualifying(cut: Cut, segments: list[Segment]) -> list[Segment]:
    """Return the register's wording that stands beside the names, with at most 的 or 那种 between."""
    found = []
    for i, s in enumerate(cut.segments):
        if s.kind is Kind.BODY:
            before, after = i - 1, i + 1
            while after < len(cut.segments) and cut.segments[after].text in _ATTACHING:
                after += 1
            if any(0 <= j < len(cut.segments) and cut.segments[j] in segments for j in (before, after)):
                found.append(s)
    return found


def _first(scored: tuple[float, Fit]) -> float:
    return scored[0]


def _alike_whole(said: str, name: str) -> float:
    """Return how alike (0 to 100) two names are in their sounds; an inversion or a swap costs little."""
    return (fuzz.ratio(said, name) + 2 * fuzz.ratio(sorted(said), sorted(name))) / 3


def _preferring(preferred: frozenset[int], fits: list[Fit]) -> list[Fit]:
    """Return the fits of preferred powers, if one of them fits as well as any other; else all."""
    ours = [fit for fit in fits if fit.position in preferred]
    best = max((fit.value for fit in fits), default=0.0)
    return ours if any(round(fit.value, 3) == round(best, 3) for fit in ours) else fits
