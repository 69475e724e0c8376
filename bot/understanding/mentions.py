"""From the segments that name powers to the powers that are meant."""

import re
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise

from rapidfuzz import fuzz

from bot.understanding.clauses import facet_of
from bot.understanding.memory import Memory
from bot.understanding.ordinals import AMOUNT
from bot.understanding.parts import Parts
from bot.understanding.segments import Cut, Kind, Segment
from bot.understanding.vocabulary import Vocabulary
from knowledge.models import Facet, Power, Register
from knowledge.passages import passages_of
from knowledge.pinyin import is_code, sounds
from knowledge.search import BLURRED, FAR, PowerIndex
from knowledge.text import is_common, plain

# So many powers at most are worth offering with a refusal.
MAX_NEAR = 3
_TALK = frozenset({"padding", "facet:overview"})
# Whose a filing is: a word of talk elsewhere.
_OF_WHOM = frozenset(
    ["公司", "个人", "单位", "分公司", "公众", "单位信息", "项目", "产品", "工程", "信息", "范围", "名称"]
)
# 「带配额的」, 「叫贴息的」: what so stands before a name is of it.
_NAMING = frozenset("带叫含")
# Linking words in a name tell it from no other.
_LINKING = frozenset("的和与及")
# Two mentions and, before them, what both are.
_HEADED = 3
# What joins a description to the name that it describes.
_ATTACHING = frozenset({"的", "那种", "这种", "那个", "这个", "那类", "这类"})
# Beside a mention that weighs this many times as much, an ambiguous one is but talk.
_BESIDE = 0.45
# Grades match exactly or not at all.
_GRADE = re.compile("([一二三四五六七八九十\\d]+)([级类等期])")
# A power whose telling pairs weigh less than this share of the best one's is not meant.
_WEAK = 0.5
# A pair that more than about half of the names have tells nothing.
_TELLING = 0.35
# How much better (0 to 1) the pairs of one power must match for it to win over another that covers the same.
_CLEARER = 0.15
# Share of a name or alias that must be there for the power to be named beyond doubt.
_STRONG = 0.6
# A share of less is a scrap, which may be wording, beside a mention that is a part of its name.
_SCRAP, _PART = 0.2, 0.3
# So alike (0 to 100) must a whole mention and a name be for the mention to be one name.
_ONE_NAME = 80
# A name of at least so many characters that stands whole in the question is the one that is meant.
_WHOLE = 4
# A mention of so many characters is no fragment.
_LONG = 6
# What ends with one of these names a kind of powers rather than one.
_GENERAL = ("项目", "事项", "业务", "工作")
# Wording of so many characters tells one passage from others.
_TELLING_WORDING = 3
# Aliases of so many characters hold as a whole or not at all.
_SHORT_ALIAS = 3
# A mention is a power's whole name when it is so alike (0 to 100), and so much more than to any other name.
_EQUAL, _ONE_WHOLE, _LEAD = 100, 87, 9
# A piece of at least so many characters that stands in one piece in one name alone means that one.
_PIECE = 7


@dataclass
class Mention:
    """Names that belong together, and the powers that fit them equally well (one: that one is meant)."""

    segments: list[Segment]
    coordinated: bool = False  # parted from its neighbour by 、 or 和, not by a comma
    powers: list[int] = field(default_factory=list)
    each: bool = False  # all of the powers are meant, each by words of its own
    strong: bool = False
    conflict: list[str] = field(default_factory=list)
    value: float = 0.0
    fits: list["_Fit"] = field(default_factory=list)  # how well each power fits

    @property
    def explanation(self) -> list[str]:
        """How well each power fits, a line each."""
        return [fit.told(len(self.text)) for fit in self.fits]

    @property
    def strength(self) -> float:
        """The share (0 to 1) of a name or alias that the mention is, of the power that it fits best by it."""
        return max((fit.strength for fit in self.fits), default=0.0)

    @property
    def text(self) -> str:
        """The words of the mention."""
        return "".join(s.text for s in self.segments)


@dataclass
class _Fit:
    """How a power fits a mention: the characters it explains, how telling (``value``) and how exactly (0 to 1) they
    match, and how much of one of its names they are (``strength``, 0 to 1).
    """

    position: int
    texts: tuple[str, ...]
    links: dict[int, float]
    slips: set[int]
    covered: set[int]
    value: float
    exactness: float
    strength: float

    def told(self, length: int) -> str:
        """Return the fit in words, for a mention of ``length`` characters."""
        return (
            f"{self.position} {self.texts[0]}：说明了其中 {len(self.covered)}/{length} 字，分量 {self.value:.2f}，"
            f"确切 {self.exactness:.2f}，占名称的 {self.strength:.0%}"
        )

    def clearer_than(self, other: "_Fit") -> bool:
        """Whether this one explains the same characters, but more exactly."""
        return self.covered == other.covered and self.exactness > other.exactness + _CLEARER


class Resolver:
    """Resolves mentions against one register."""

    def __init__(self, register: Register, index: PowerIndex, words: Vocabulary):
        self._register = register
        self.index = index
        self._words = words
        self._bodies = {power.position: _body_of(power) for power in register.powers}
        self._common: dict[str, bool] = {}

    def common(self, text: str) -> bool:
        """Whether at least half of the powers say ``text`` somewhere: it tells none of them from the others."""
        if text not in self._common:
            having = sum(text in body for body in self._bodies.values())
            self._common[text] = 2 * having >= len(self._bodies)
        return self._common[text]

    def body_says(self, position: int, text: str) -> bool:
        """Whether the power says ``text`` in its cells."""
        return text in self._bodies[position]

    def mentions(self, parts: Parts, memory: Memory) -> list[Mention]:
        """Return the powers named, mention by mention; ambiguous ones settled by their neighbours."""
        groups = _group_names(parts.segments)
        if not groups:
            return []
        groups = [part for group in groups for part in self._at_blanks(parts, group)]
        mentions = [
            replace(self.resolve(parts.cut, group.segments, parts.preferred), coordinated=group.coordinated)
            for group in groups
        ]
        if memory.powers or memory.listed:
            # 「企业」, 「材料」 are said of what is being talked of; they name nothing
            mentions = [
                m
                for m in mentions
                if _is_pointed_at(parts, m) or any(s.positions or not self.common(s.text) for s in m.segments)
            ]
        step = parts.cue("first", "last", "after", "before", "place")
        said = [p for p in memory.powers if step]
        mentions = [
            m
            for m in mentions
            # 「初审之后呢」: a step of what is being talked of, not the powers that have the word in their names
            if m.powers
            and (m.strong or not all(s in parts.talk for s in m.segments))
            and not (len(m.powers) > 1 and not m.strong and any(self._says_itself(p, m) for p in said))
        ]
        if _is_headed(mentions):
            head = set(mentions[0].powers)
            mentions = mentions[1:]
            for m in mentions:
                m.powers = [p for p in m.powers if p in head]
        for m in mentions:
            m.powers = self._in_wording(parts, m) or m.powers
        if parts.of_each:
            _tell_apart(mentions)
        if len(mentions) > 1:
            mentions = self._merge(parts.cut, mentions, parts.preferred)
        for m in mentions:
            self._widen(m, memory)
            theirs = [p for p in m.powers if parts.pointing and self._holds(p, parts.pointing)]
            m.powers = theirs or m.powers
            if len(m.powers) > 1 and not m.each:
                self._settle(m, mentions, memory, step=step)
        return mentions

    def _in_wording(self, parts: Parts, m: Mention) -> list[int]:
        """Return the one power a passage of which has a short name together with the wording glued behind it, where
        the power of that name says no such thing: the 机电 of 「机电招标检查」 is what a step of another one checks.
        """
        last = m.segments[-1]
        behind = next((s for s in parts.segments if s.kind is Kind.BODY and s.start == last.end), None)
        if behind is None or len(m.powers) != 1 or len(m.text) > _SHORT_ALIAS or len(behind.text) < _TELLING_WORDING:
            return []
        if self.body_says(m.powers[0], behind.meant):
            return []
        saying = [p for p in self._bodies if self.body_says(p, behind.meant)]
        both = [
            p for p in saying if any(behind.meant in line and m.text in line for line in self._bodies[p].split("\n"))
        ]
        return both if len(both) == 1 else []

    def _at_blanks(self, parts: Parts, group: Mention) -> list[Mention]:
        """Part a mention at its blanks where each piece names a power of its own: 「贴息 信保 资金支持 各谁」."""
        blanks = [s.start for s in parts.segments if s.kind is Kind.MARK and s.text == " "]
        pieces: list[Mention] = []
        for s in group.segments:
            if not pieces or any(pieces[-1].segments[-1].end <= blank < s.start for blank in blanks):
                pieces.append(Mention([], coordinated=True))
            pieces[-1].segments.append(s)
        if len(pieces) < 2 or not self.resolve(parts.cut, group.segments, parts.preferred).conflict:
            return [group]
        named = [self.resolve(parts.cut, piece.segments, parts.preferred) for piece in pieces]
        sure = {m.powers[0] for m in named if len(m.powers) == 1 and not m.conflict}
        for piece, m in zip(pieces, named, strict=True):
            # 「服务示范平台 要不要现场看」
            said = not (m.strong or parts.of_each) and any(
                self.body_says(o.powers[0], m.text) for o in named if o is not m and o.powers
            )
            piece.coordinated = m.strength >= _SCRAP and not said
        return pieces if len(sure) == len(pieces) or _is_headed(named) else [group]

    def _widen(self, m: Mention, memory: Memory) -> None:
        """Let a piece of one name that others say of themselves, word for word, mean them all: 「资金项目」."""
        general = len(m.text) >= _WHOLE and m.text.endswith(_GENERAL)
        if m.strong or len(m.powers) != 1 or not general or m.powers[0] in memory.powers:
            return
        others = [p for p in self._bodies if p != m.powers[0] and self.body_says(p, m.text)]
        if others and 2 * len(others) < len(self._bodies):
            m.powers = sorted([*m.powers, *others])

    def _holds(self, position: int, people: tuple[str, ...]) -> bool:
        posts = self._register.power(position).posts
        return all(any(person in post.people for post in posts) for person in people)

    def _says_itself(self, position: int, m: Mention) -> bool:
        return position not in m.powers and all(self.body_says(position, s.text) for s in m.segments)

    def _merge(self, cut: Cut, mentions: list[Mention], preferred: frozenset[int]) -> list[Mention]:
        """Join mentions that only together name one power (「配额，限制出口那个」)."""
        sure = {m.powers[0] for m in mentions if len(m.powers) == 1}
        whole = self.resolve(cut, [s for m in mentions for s in m.segments], preferred)
        if len(whole.powers) == 1 and self._is_one_name(cut, whole):
            return [whole]
        if len(sure) <= 1:
            common = set(mentions[0].powers).intersection(*(m.powers for m in mentions[1:]))
            if len(whole.powers) == 1 and not whole.conflict and whole.powers[0] in common:
                return [whole]
        strongest = max(m.value for m in mentions)

        def said_of(powers: set[int], m: Mention) -> bool:
            return any(all(self.body_says(p, s.text) for s in m.segments) for p in powers)

        kept = []
        for m in mentions:
            scrap = m.strength < _SCRAP and any(len(o.powers) == 1 and o.strength >= _PART for o in mentions)
            # what is said of a power that is named beside it (「两用物项审批，企业…」) names no other
            if len(m.powers) > 1:
                weak = m.value < _BESIDE * strongest or bool(sure & set(m.powers)) or said_of(sure, m)
            else:
                clearer = any(o.strong and len(o.powers) == 1 for o in mentions if o is not m)
                weak = not m.strong and (clearer or scrap or said_of(sure - set(m.powers), m))
            if m.coordinated or not weak:
                kept.append(m)
        return kept or mentions

    def _is_one_name(self, cut: Cut, whole: Mention) -> bool:
        """Whether a mention with 、 and 和 in it is one name that has them (「阶段验收、竣工验收」)."""
        said = sounds(plain(cut.text[whole.segments[0].start : whole.segments[-1].end]))
        power = self._register.power(whole.powers[0])
        return any(fuzz.ratio(said, sounds(plain(name))) >= _ONE_NAME for name in (power.name, power.title))

    def _settle(self, m: Mention, mentions: list[Mention], memory: Memory, *, step: bool) -> None:
        """Decide an ambiguous mention by the options on offer, or by the powers talked about beside or before."""
        if memory.options and set(memory.options) & set(m.powers):
            among = [p for p in m.powers if p in memory.options]
            m.powers = among
            if len(among) == 1:
                return
        if len(mentions) == 1 and len(memory.powers) == 1 and memory.powers[0] in m.powers and not m.strong and step:
            m.powers = list(memory.powers)  # 「最后由谁下发配额」, of what is being talked of
            return
        near = [o.powers[0] for o in mentions if o is not m and len(o.powers) == 1]
        if not near and len(m.text) <= 6 and not m.strong and not set(memory.powers) & set(m.powers):
            near = list(memory.powers[:1])
        if not near:
            return
        alike = sorted(((self._alike(near[0], p), p) for p in m.powers if p not in near), reverse=True)
        if alike and alike[0][0] >= 0.5 and (len(alike) == 1 or alike[0][0] - alike[1][0] >= 0.15):
            m.powers = [alike[0][1]]

    def _alike(self, one: int, other: int) -> float:
        a = set(_pairs(plain(self._register.power(one).title)))
        b = set(_pairs(plain(self._register.power(other).title)))
        return len(a & b) / max(1, min(len(a), len(b)))

    def blocked(self, parts: Parts, mentions: list[Mention]) -> list[str]:
        """Return what nothing explains and what therefore changes the subject.

        Something unexplained that touches the name (or hangs on it by 的) makes it another thing: 「二手车过户」.
        Elsewhere it may be talk, if the name is beyond doubt and the talk no longer than it.
        """
        segments = parts.cut.segments
        # a fragment of two characters may belong to any word
        weak = not any(m.strong or len(m.text) >= _LONG for m in mentions)
        touching = []
        for i, s in enumerate(segments):
            facet = facet_of(s) is not None and not s.tagged("facet:posts", "facet:overview")
            if not facet and (s.kind is not Kind.NAME or self._words.of(s.text)):
                continue
            for step in (1,) if facet else (-1, 1):
                j = i + step
                if not facet and 0 <= j < len(segments) and segments[j].text == "的":
                    j += step
                if step < 0:
                    j = _before_talk(segments, j)
                    j -= j >= 0 and segments[j].text in _OF_WHOM  # 「扩大矿区范围变更登记」
                run = ""
                while 0 <= j < len(segments) and segments[j].is_loose:
                    run = run + segments[j].text if step > 0 else segments[j].text + run
                    j += step
                behind = segments[j : j + 1] if not weak and j >= 0 else []
                if any(s.kind is Kind.BODY and self._all_say(mentions, s.meant) for s in behind):
                    continue  # 「担保平台碰上重大项目」: what is said of the power follows
                known = self._all_say(mentions, run) if AMOUNT.search(parts.cut.text) else False
                known |= any(self._all_say(mentions, word) for word in self._words.synonyms.get(run, ()))
                if len(run) == 1 and known:
                    continue  # 「基金投了八千万」, 「数据导完系统」
                slip = step < 0 and parts.cut.match.best[s.start] <= BLURRED
                if len(run) > 1 or (run and run not in _NAMING and (slip or (s.end - s.start == 2 and weak))):
                    touching.append(run)
        touching += [
            other.text
            for one, other in pairwise(segments)
            # 「基金怎么买」; 「补贴怎么发到农户」, where a step has it
            if one.tagged("cue:how") and other.kind is Kind.OTHER and not self._all_say(mentions, other.text)
        ]
        if weak and not parts.yes_or_no:
            touching += self._other_nouns(parts, mentions)
        touching += self._glued_before(parts, mentions)
        if touching:
            return touching
        if not parts.unexplained:
            return []
        strong = all(m.strong for m in mentions)
        named = sum(s.end - s.start for m in mentions for s in m.segments)
        if strong and len("".join(parts.unexplained)) <= named and not _runs_on(parts, mentions):
            return []
        return parts.unexplained

    def _all_say(self, mentions: list[Mention], text: str) -> bool:
        return all(self.body_says(p, text) for m in mentions for p in m.powers)

    def _glued_before(self, parts: Parts, mentions: list[Mention]) -> list[str]:
        """Return what stands glued before a name of one power, perhaps with a word of talk between, that neither its
        name nor its steps speak of: the 企业信息 of 「企业信息变更」, the 教育 of 「教育统计数据分析」, the 公司 of
        「公司备案」.
        """
        found = []
        segments = parts.cut.segments
        for m in mentions:
            i = _before_talk(segments, segments.index(m.segments[0]) - 1)
            if len(m.powers) != 1 or i < 0:
                continue
            s = segments[i]
            of_whom = s.text in _OF_WHOM and not m.strong
            known = zip(parts.cut.match.known, parts.cut.match.links, strict=True)
            abbreviated = any(s.start in link for one, link in known if one.position == m.powers[0])
            wording = s.kind is Kind.BODY and s.meant == s.text and not abbreviated  # 「民爆销售证」
            asked = bool({Facet.RISKS, Facet.CONTROLS} & set(parts.facets)) and self.body_says(m.powers[0], s.text)
            if (wording or of_whom) and not asked and not self._speaks_of(m.powers[0], s.text):
                found.append(s.text)
        return found

    def _speaks_of(self, position: int, text: str) -> bool:
        """Whether the name, a step or a post of the power says ``text``."""
        power = self._register.power(position)
        said = [power.name, *(f"{step.condition or ''}{step.text}" for step in power.process)]
        return any(text in plain(part) for part in (*said, *(post.role for post in power.posts)))

    def _other_nouns(self, parts: Parts, mentions: list[Mention]) -> list[str]:
        """Return wording glued behind a fragment of a name that the power never says: the 资金 of 「维修资金」."""
        segments = parts.cut.segments
        last = {m.segments[-1]: m.powers for m in mentions}
        return [
            other.text
            for one, other in pairwise(segments)
            if one in last
            and other.kind is Kind.BODY
            and other.start == one.end
            and len(last[one]) == 1
            and not any(self.body_says(p, s.meant) for p in last[one] for s in parts.body)
            and all(facet_of(s) is None or facet_of(s) is Facet.PROCESS for s in segments if s.start >= other.end)
        ]

    def excluded(self, parts: Parts) -> tuple[int, ...]:
        """Return the powers that the question says it does not mean."""
        names = [s for s in parts.excluded if s.kind is Kind.NAME]
        whole = self.resolve(parts.cut, names) if names else Mention([])
        found = whole.powers
        if whole.conflict:  # several powers are named
            found = [p for s in names for p in self.resolve(parts.cut, [s]).powers]
        for s in parts.excluded:
            if s.kind is Kind.BODY and not self.common(s.meant):
                found = [*found, *(p for p in self._bodies if self.body_says(p, s.meant))]
        return tuple(dict.fromkeys(found))

    def resolve(self, cut: Cut, segments: list[Segment], preferred: frozenset[int] = frozenset()) -> Mention:
        """Return the powers that ``segments`` name; of those that fit equally well, the ``preferred``."""
        telling = [s for s in segments if s.positions or not self.common(s.text)] or segments
        mention = Mention(segments)
        fits = _preferring(preferred, self._narrowed(cut, telling, self._fits(cut, telling)))
        if len(fits) > 1 and all(one.covered & other.covered for one, other in combinations(fits, 2)):
            fits = self._told_apart(cut, segments, fits)
        if not fits:
            return mention
        self._part(cut, mention, fits)
        fits.sort(key=lambda fit: (-round(fit.value, 3), fit.position))
        mention.powers = [fit.position for fit in fits]
        mention.fits = fits
        mention.value = fits[0].value
        mention.strong = all(fit.strength >= _STRONG for fit in fits)
        if len(fits) == 1:
            mention.conflict = self._conflict(cut, segments, fits[0])
        return mention

    def _fits(self, cut: Cut, segments: list[Segment]) -> list[_Fit]:
        """Return the powers that explain any of ``segments``."""
        fits = []
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
                    value += link * self.index.telling(cut.text[i : i + 2])
                    if link > FAR:
                        quality, linked = quality + link, linked + 1
            by_initials = any(known.position in s.positions for s in segments)
            if covered and (by_initials or not self._only_in_part(cut, known.texts, covered)):
                strength = self._strength(cut, known.texts, covered)
                fits.append(
                    _Fit(
                        known.position,
                        known.texts,
                        links,
                        slips,
                        covered,
                        value,
                        quality / linked if linked else FAR,
                        strength,
                    )
                )
        return fits

    @staticmethod
    def _only_in_part(cut: Cut, texts: tuple[str, ...], covered: set[int]) -> bool:
        """Whether all that is covered is but a part of a short alias: 黄玉牌 is not 碧玉牌."""
        said = sounds(cut.text)
        short = [t for t in texts[1:] if len(t) <= _SHORT_ALIAS]
        if not short or any(sounds(t) in said for t in short):
            return False
        longer = [set(sounds(t)) for t in texts if t not in short]
        pieces = [{said[i], said[i + 1]} for i in covered if i + 1 in covered]
        return bool(pieces) and not any(piece <= text for piece in pieces for text in longer)

    def _narrowed(self, cut: Cut, segments: list[Segment], fits: list[_Fit]) -> list[_Fit]:
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
            if fit.value >= _WEAK * best or (fit.strength >= _STRONG and not fit.covered & main)
        ]
        fits = [fit for fit in fits if not any(fit.covered < other.covered for other in fits)]
        fits = [fit for fit in fits if not any(other.clearer_than(fit) for other in fits)]
        if len(fits) > 1:
            said = sounds(plain(cut.text[segments[0].start : segments[-1].end]))
            whole = [fit for fit in fits if any(len(t) >= _WHOLE and sounds(t) in said for t in fit.texts)]
            piece = [fit for fit in fits if len(said) >= _PIECE and any(said in sounds(t) for t in fit.texts)]
            fits = next((few for few in (whole, piece) if len(few) == 1), fits)
        sure = [fit for fit in fits if fit.strength >= _STRONG]
        if len(fits) > 1 and len(sure) == 1:
            # 「二手车出口最后是商务部批的吧」: what the others have of the question, this one says in its cells
            rest = [s.text for s in segments if not any(i in sure[0].covered for i in range(s.start, s.end))]
            if rest and all(self.body_says(sure[0].position, text) for text in rest):
                fits = sure
        return fits

    def _said_whole(self, cut: Cut, segments: list[Segment], fits: list[_Fit]) -> _Fit | None:
        """Return the one power whose printed name the mention is as a whole, but for a slip; none where two come near
        (公司变更登记 beside 分公司变更登记, unless it is said to the letter).
        """
        mentioned = cut.text[segments[0].start : segments[-1].end]
        said = sounds("".join(char for char in mentioned if char.isalnum() or is_code(char)))
        if len(fits) < 2 or len(said) < _WHOLE:
            return None
        alike = sorted(((_alike_whole(said, self.index.printed(fit.position)), fit) for fit in fits), key=_first)
        (second, _), (best, fit) = alike[-2:]
        clear = best >= _ONE_WHOLE and best - second >= _LEAD
        return fit if clear or (best == _EQUAL and second < _EQUAL) else None

    def _told_apart(self, cut: Cut, segments: list[Segment], fits: list[_Fit]) -> list[_Fit]:
        """Break a tie by what few names have in common with the mention (the 许可 of 「班线许可」), then by the wording
        that qualifies the name and that only some of the powers say (「剧毒化学品的那种危货许可」).
        """
        behind = next((s.text for s in cut.segments if s.start == segments[-1].end), "")
        ending = (
            [fit for fit in fits if f"{behind}" in fit.texts[0]] if len(behind) == 1 and behind not in _LINKING else []
        )
        fits = ending or fits  # 「采伐证」
        whole = {fit.position: len(fit.covered) for fit in self._fits(cut, segments)}
        most = max(whole[fit.position] for fit in fits)
        fits = [fit for fit in fits if whole[fit.position] == most]
        for s in [*segments, *_qualifying(cut, segments)]:
            if s.kind is Kind.NAME and (len(s.text) > 2 or any(fit.links.get(s.start, 0) > FAR for fit in fits)):
                continue  # only an abbreviation is better known to those who use it
            saying = [fit for fit in fits if self.body_says(fit.position, s.meant)]
            fits = saying or fits
        return fits

    @staticmethod
    def _part(cut: Cut, mention: Mention, fits: list[_Fit]) -> None:
        """Powers that fit different pieces of a mention are either each named in full, or none is meant."""
        if not any(not one.covered & other.covered for one, other in combinations(fits, 2)):
            return
        if all(fit.strength >= _STRONG for fit in fits):
            mention.each = True
        else:
            mention.conflict = sorted({"".join(cut.text[i] for i in sorted(fit.covered)) for fit in fits})

    @staticmethod
    def _strength(cut: Cut, texts: tuple[str, ...], covered: set[int]) -> float:
        """Return the largest share of a name or alias whose sounds the covered characters hold."""
        said = sounds(cut.text)
        have = {said[i : i + 2] for i in covered if i + 1 in covered}
        have |= {said[i] for i in covered}
        best = 0.0
        for text in texts:
            heard = sounds(text)
            held = sum(c in have for c in heard)
            best = max(best, held / max(1, len(heard)))
        return best

    def _conflict(self, cut: Cut, segments: list[Segment], fit: _Fit) -> list[str]:
        """Return telling words of the mention that this power does not have: they speak for another one."""
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
                weak = i in fit.covered and fit.strength < _STRONG and not any(run in text for text in fit.texts)
                glued = run + cut.text[i : i + 1] if weak else run
                if len(run) > 1 and not self.body_says(fit.position, glued) and self.index.telling(run[:2]) >= _TELLING:
                    found.append(run)
                run = ""
        for i, char in enumerate(cut.text):
            other = self._words.opposites.get(char)
            if other and any(other + cut.text[i + 1 : i + 2] in text for text in fit.texts if i + 1 in fit.covered):
                found.append(char)  # 「内贸」 is not 「外贸」
        # one wrong character that neither sounds nor looks like the right one makes another word (易制爆 is not 易制毒)
        found += [
            cut.text[i]
            for i in sorted(fit.slips)
            if is_common(cut.text[i]) and any(s.start <= i < s.end for s in segments)
        ]
        for name, behind in pairwise(cut.segments):
            if (
                name in segments
                and behind.kind is Kind.OTHER
                and is_common(behind.text[0])
                and self.index.breaks_off(fit.position, name.text)
            ):
                found.append(behind.text)  # 「易制爆」: the name goes on with another character
        grades = set(_GRADE.findall(cut.text))
        printed = set(_GRADE.findall(fit.texts[0] + " ".join(fit.texts[1:])))
        for number, unit in grades - printed:
            if any(unit == other for _number, other in printed):
                found.append(number + unit)  # 「总承包一级」 is not 「总承包二级」
        for start, end in cut.words:
            # 「出口贴息」, 「二手车进口」
            inside = any(s.start <= start and end <= s.end for s in segments if not s.positions)
            word_at = set(range(start, end))
            # a word of the language that the name has in part, or only if it were a slip of another one
            parted = bool(fit.covered & word_at) and (not fit.covered >= word_at or bool(fit.slips & word_at))
            word = cut.text[start:end]
            if inside and parted and not self.body_says(fit.position, word):
                found.append(word)
        return found


def near_of(mentions: list[Mention]) -> tuple[int, ...]:
    """Return the powers worth offering with a refusal; where too many share a word, none is."""
    near = tuple(dict.fromkeys(p for m in mentions for p in m.powers))
    return near if len(near) <= MAX_NEAR else ()


def _before_talk(segments: list[Segment], i: int) -> int:
    """Return the index of what stands before the words of talk at ``i``: the 发票 of 「发票使用情况检查」."""
    while i > 0 and segments[i].tags and segments[i].tags <= _TALK and len(segments[i].text) > 1:
        if segments[i].text in _OF_WHOM:
            break
        i -= 1
    return i


def _tell_apart(mentions: list[Mention]) -> None:
    """Where each of several is asked about, let one that fits two powers not mean that which another one means:
    「律所设立跟分所设立」.
    """
    sure = {m.powers[0] for m in mentions if len(m.powers) == 1}
    for m in mentions:
        others = [p for p in m.powers if p not in sure]
        if len(m.powers) > 1 and others:
            m.powers = others


def _is_headed(mentions: list[Mention]) -> bool:
    """Whether the first of three mentions is what the other two are: 「两个配额，化肥的和限制出口的」."""
    head = set(mentions[0].powers) if mentions else set()
    return len(mentions) == _HEADED and len(head) > 1 and all(head & set(m.powers) for m in mentions)


def _first(scored: tuple[float, _Fit]) -> float:
    return scored[0]


def _alike_whole(said: str, name: str) -> float:
    """Return how alike (0 to 100) two names are in their sounds; an inversion or a swap costs little."""
    return (fuzz.ratio(said, name) + 2 * fuzz.ratio(sorted(said), sorted(name))) / 3


def _preferring(preferred: frozenset[int], fits: list[_Fit]) -> list[_Fit]:
    """Return the fits of preferred powers, if one of them fits as well as any other; else all."""
    ours = [fit for fit in fits if fit.position in preferred]
    best = max((fit.value for fit in fits), default=0.0)
    return ours if any(round(fit.value, 3) == round(best, 3) for fit in ours) else fits


def _runs_on(parts: Parts, mentions: list[Mention]) -> bool:
    """Whether something unexplained stands between the last name and what is asked of it, in one breath
    (「出口许可证过期了咋办」): it changes what is asked.
    """
    last = max(s.end for m in mentions for s in m.segments)
    run, found = "", False
    for s in parts.cut.segments:
        if s.start < last:
            continue
        if s.kind is Kind.MARK:
            return False
        if facet_of(s) is not None:
            return found
        run = run + s.text if s.is_loose else ""
        found |= len(run) > 1
    return False


def _is_pointed_at(parts: Parts, m: Mention) -> bool:
    """Whether a mention is told from what was talked of by 那个: 「许可那个呢」."""
    return any(
        one is m.segments[-1] and other.text in ("那个", "那项", "那一个", "那一项")
        for one, other in pairwise(parts.segments)
    )


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


def _body_of(power: Power) -> str:
    """Return everything the power says, as plain text."""
    return "\n".join([*(plain(text) for _facet, _index, text in passages_of(power)), plain(power.name)])


def _group_names(segments: list[Segment]) -> list[Mention]:
    """Group the names of a question: 、 和 / and the like part them, all else leaves them together."""
    groups: list[Mention] = []
    parted = coordinated = False
    for i, s in enumerate(segments):
        if s.kind in (Kind.BODY, Kind.OTHER) or (
            s.kind is Kind.WORD and "padding" not in s.tags and not s.tagged("cue:also")
        ):
            coordinated = False  # 「和」 joins what stands beside it
        if s.kind is Kind.BODY and not all(n.kind is Kind.NAME for n in (segments[i - 1], *segments[i + 1 : i + 2])):
            parted = True  # 「…复核完系统就自动出证」: what is said of the power names no other
        if s.kind is Kind.NAME:
            if parted or not groups:
                if coordinated and groups:
                    groups[-1].coordinated = True
                groups.append(Mention([], coordinated and bool(groups)))
            groups[-1].segments.append(s)
            parted = coordinated = False
        elif s.text in ("还是", "或者", "或") and segments[i - 1].kind is not Kind.NAME:
            parted = True  # 「…自己跳出来还是得再申请」
        elif (s.kind is Kind.MARK and s.text in "、/+&|") or s.tagged("cue:also") or s.text in ("比", "比较"):
            parted = coordinated = True
        elif s.kind is Kind.MARK and s.text in ",;?!。":
            parted = True
            coordinated = s.text == "?"  # 「非机电谁经办？机电又是谁？」
    return groups


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]
