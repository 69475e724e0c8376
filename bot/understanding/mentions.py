"""From the segments that name powers to the powers that are meant."""

from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise

from rapidfuzz import fuzz

from bot.understanding.fits import SHORT_ALIAS, STRONG, Fit, Fits
from bot.understanding.memory import Memory
from bot.understanding.parts import Parts
from bot.understanding.segments import END, Cut, Kind, Segment
from bot.understanding.vocabulary import Vocabulary
from knowledge.bodies import Bodies
from knowledge.models import Register
from knowledge.pinyin import sounds
from knowledge.search import PowerIndex
from knowledge.text import plain

# So many powers at most are worth offering with a refusal.
MAX_NEAR = 3
_SEVERAL = 2
_MODAL = frozenset({"要", "得", "需要", "须", "先", "不用", "用不用"})
# Two mentions and, before them, what both are.
_HEADED = 3
# Beside a mention that weighs this many times as much, an ambiguous one is but talk.
_BESIDE = 0.45
# A share of less is a scrap, which may be wording, beside a mention that is twice as much of a name.
_SCRAP = 0.2
# So alike (0 to 100) must a whole mention and a name be for the mention to be one name.
_ONE_NAME = 80
# A kind of powers (「资金项目」) is named with so many characters at least.
_GENERAL_SHORTEST = 4
# What ends with one of these names a kind of powers rather than one.
_GENERAL = ("项目", "事项", "业务", "工作")
# Wording of so many characters tells one passage from others.
_TELLING_WORDING = 3


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
    fits: list[Fit] = field(default_factory=list)  # how well each power fits

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


class Resolver:
    """Resolves mentions against one register."""

    def __init__(self, register: Register, index: PowerIndex, words: Vocabulary):
        self._register = register
        self.index = index
        self.bodies = Bodies(register)
        self._fits = Fits(index, self.bodies, words)

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
                if _is_pointed_at(parts, m) or any(s.positions or not self.bodies.common(s.text) for s in m.segments)
            ]
        step = parts.cue("first", "last", "after", "before", "place")
        said = [p for p in memory.powers if step]
        mentions = [
            m
            for m in mentions
            # 「初审之后呢」: a step of what is being talked of, not the powers that have the word in their names
            if m.powers
            and (m.strong or not all(s in parts.talk for s in m.segments))
            and not (
                (len(m.powers) > 1 or m.conflict)
                and not m.strong
                and not _is_turned_to(parts, m)
                and any(self._says_itself(p, m) for p in said)
            )
        ]
        if _is_headed(mentions):
            head = set(mentions[0].powers)
            mentions = mentions[1:]
            for m in mentions:
                m.powers = [p for p in m.powers if p in head]
        for m in mentions:
            m.powers = self._both_of(parts, m) or m.powers
        for m in mentions:
            m.powers = self._in_wording(parts, m) or m.powers
        if parts.of_each:
            _tell_apart(mentions)
            if self._share_a_head(parts, mentions):
                return mentions
        if len(mentions) > 1:
            mentions = self._merge(parts.cut, mentions, parts.preferred)
        for m in mentions:
            self._widen(m, memory)
            theirs = [p for p in m.powers if parts.pointing and self._holds(p, parts.pointing)]
            m.powers = theirs or m.powers
            if len(m.powers) > 1 and not m.each:
                self._settle(m, mentions, memory, step=step, pointed=_is_pointed_at(parts, m))
        return mentions

    def _share_a_head(self, parts: Parts, mentions: list[Mention]) -> bool:
        """Let what follows 和 be of the same head where that names another power, and say whether it does:
        「高级认证企业的认证和复核」.
        """
        if len(mentions) != _SEVERAL or not mentions[1].coordinated or len(mentions[0].segments) < _SEVERAL:
            return False
        head = mentions[0].segments[:-1]
        other = self.resolve(parts.cut, [*head, *mentions[1].segments], parts.preferred)
        if len(other.powers) != 1 or other.conflict or other.powers == mentions[0].powers:
            return False
        mentions[1] = replace(other, segments=mentions[1].segments, coordinated=True)
        return len(mentions[0].powers) == 1

    def _both_of(self, parts: Parts, m: Mention) -> list[int]:
        """Return the two powers that alone have a name in theirs, 非 before it or not, where 俩 stands behind it:
        「机电俩 有啥不一样」.
        """
        behind = next((s for s in parts.segments if s.start == m.segments[-1].end), END)
        if not (behind.tagged("cue:both") and len(m.segments) == 1):
            return []
        having = [known.position for known in parts.cut.match.known if m.text in known.texts[0]]
        return having if len(having) == _SEVERAL else []

    def _in_wording(self, parts: Parts, m: Mention) -> list[int]:
        """Return the one power a passage of which has a short name together with the wording glued behind it, where
        the power of that name says no such thing: the 机电 of 「机电招标检查」 is what a step of another one checks.
        """
        last = m.segments[-1]
        behind = next((s for s in parts.segments if s.kind is Kind.BODY and s.start == last.end), None)
        if behind is None or len(m.powers) != 1 or len(m.text) > SHORT_ALIAS or len(behind.text) < _TELLING_WORDING:
            return []
        if self.bodies.says(m.powers[0], behind.meant):
            return []
        both = [p for p in self.bodies.saying(behind.meant) if self.bodies.says_together(p, behind.meant, m.text)]
        return both if len(both) == 1 else []

    def _at_blanks(self, parts: Parts, group: Mention) -> list[Mention]:
        """Part a mention at its blanks where each piece names a power of its own: 「贴息 信保 资金支持 各谁」."""
        blanks = [s.start for s in parts.segments if s.kind is Kind.MARK and s.text == " "]
        pieces: list[Mention] = []
        for s in group.segments:
            if not pieces or any(pieces[-1].segments[-1].end <= blank < s.start for blank in blanks):
                pieces.append(Mention([], coordinated=True))
            pieces[-1].segments.append(s)
        if len(pieces) < 2:
            return [group]
        whole = self.resolve(parts.cut, group.segments, parts.preferred)
        if not (whole.conflict or parts.of_each or len(whole.powers) > 1):
            return [group]
        named = [self.resolve(parts.cut, piece.segments, parts.preferred) for piece in pieces]
        if not (whole.conflict or parts.of_each):
            first = named[0].powers[0] if len(named[0].powers) == 1 else None
            if first is None or not all(self.bodies.says(first, m.text) for m in named[1:]):
                return [group]
        sure = {m.powers[0] for m in named if len(m.powers) == 1 and not m.conflict}
        for piece, m in zip(pieces, named, strict=True):
            # 「服务示范平台 要不要现场看」
            said = not (m.strong or parts.of_each) and any(
                self.bodies.says(o.powers[0], m.text) for o in named if o is not m and o.powers
            )
            piece.coordinated = parts.of_each or (m.strength >= _SCRAP and not said)
        return pieces if len(sure) == len(pieces) or _is_headed(named) else [group]

    def _widen(self, m: Mention, memory: Memory) -> None:
        """Let a piece of one name that others say of themselves, word for word, mean them all: 「资金项目」."""
        general = len(m.text) >= _GENERAL_SHORTEST and m.text.endswith(_GENERAL)
        if m.strong or len(m.powers) != 1 or not general or m.powers[0] in memory.powers:
            return
        others = [p for p in self.bodies.saying(m.text) if p != m.powers[0]]
        if others and 2 * len(others) < len(self.bodies):
            m.powers = sorted([*m.powers, *others])

    def _holds(self, position: int, people: tuple[str, ...]) -> bool:
        posts = self._register.power(position).posts
        return all(any(person in post.people for post in posts) for person in people)

    def _says_itself(self, position: int, m: Mention) -> bool:
        return position not in m.powers and all(self.bodies.says(position, s.text) for s in m.segments)

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
            return any(all(self.bodies.says(p, s.text) for s in m.segments) for p in powers)

        kept = []
        for m in mentions:
            scrap = m.strength < _SCRAP and any(
                len(o.powers) == 1 and o.strength >= max(_SCRAP, 2 * m.strength) for o in mentions
            )
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

    def _settle(self, m: Mention, mentions: list[Mention], memory: Memory, *, step: bool, pointed: bool) -> None:
        """Decide an ambiguous mention by the options on offer, or by the powers talked about beside or before."""
        if memory.options and set(memory.options) & set(m.powers):
            among = [p for p in m.powers if p in memory.options]
            m.powers = among
            if len(among) == 1:
                return
        if len(mentions) == 1 and len(memory.powers) == 1 and memory.powers[0] in m.powers and not m.strong and step:
            m.powers = list(memory.powers)  # 「最后由谁下发配额」, of what is being talked of
            return
        listed = [p for p in m.powers if p in (memory.listed or (memory.powers[1:] and memory.powers))]
        if pointed and len(listed) == 1:
            m.powers = listed  # 「配额那个谁经办」, of what was listed
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

    def excluded(self, parts: Parts) -> tuple[int, ...]:
        """Return the powers that the question says it does not mean."""
        names = [s for s in parts.excluded if s.kind is Kind.NAME]
        whole = self.resolve(parts.cut, names) if names else Mention([])
        found = whole.powers
        if whole.conflict or whole.each:  # several powers are named
            found = [p for s in names for p in self.resolve(parts.cut, [s]).powers]
        for s in parts.excluded:
            if s.kind is Kind.BODY and not self.bodies.common(s.meant):
                found = [*found, *self.bodies.saying(s.meant)]
        return tuple(dict.fromkeys(found))

    def resolve(self, cut: Cut, segments: list[Segment], preferred: frozenset[int] = frozenset()) -> Mention:
        """Return the powers that ``segments`` name; of those that fit equally well, the ``preferred``."""
        mention = Mention(segments)
        fits = self._fits.best(cut, segments, preferred)
        if not fits:
            return mention
        self._part(cut, mention, fits)
        mention.powers = [fit.position for fit in fits]
        mention.fits = fits
        mention.value = fits[0].value
        mention.strong = all(fit.strength >= STRONG for fit in fits)
        if len(fits) == 1:
            mention.conflict = self._fits.conflict(cut, segments, fits[0])
        return mention

    @staticmethod
    def _part(cut: Cut, mention: Mention, fits: list[Fit]) -> None:
        """Powers that fit different pieces of a mention are either each named in full, or none is meant."""
        if not any(not one.covered & other.covered for one, other in combinations(fits, 2)):
            return
        if all(fit.strength >= STRONG for fit in fits):
            mention.each = True
        else:
            mention.conflict = sorted({"".join(cut.text[i] for i in sorted(fit.covered)) for fit in fits})


def near_of(mentions: list[Mention]) -> tuple[int, ...]:
    """Return the powers worth offering with a refusal; where too many share a word, none is."""
    near = tuple(dict.fromkeys(p for m in mentions for p in m.powers))
    return near if len(near) <= MAX_NEAR else ()


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


def _is_pointed_at(parts: Parts, m: Mention) -> bool:
    """Whether a mention is told from what was talked of by 那个: 「许可那个呢」."""
    return any(
        one is m.segments[-1] and other.text in ("那个", "那项", "那一个", "那一项")
        for one, other in pairwise(parts.segments)
    )


def _is_turned_to(parts: Parts, m: Mention) -> bool:
    """Whether the question turns to what it names: 「那许可的最后一步呢」."""
    around = {other.start: (one, other) for one, other in pairwise(parts.segments)}
    before, first = around.get(m.segments[0].start, (END, END))
    behind = next((s.text for s in parts.segments if s.start == m.segments[-1].end), "")
    return first is m.segments[0] and before.text == "那" and behind == "的"


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
        elif groups and s.text in _MODAL:
            parted = True  # 「防风险那个项目也要各区先初审吧」: what is done, no name
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
