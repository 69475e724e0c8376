"""From a question to a ``Query``: decides on what is asked and on what is left unexplained, never on a score alone."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.memory import Memory
from bot.understanding.mentions import Mention, Resolver, bodies_of, group_names
from bot.understanding.query import Query, Reason, SetAsk, Shape, StepAsk, Where
from bot.understanding.segmentation import Cut, Kind, Segment, Segmenter
from bot.understanding.vocabulary import vocabulary
from knowledge.lexicon import Lexicon
from knowledge.models import Facet, Register
from knowledge.passages import Passages
from knowledge.search import PowerIndex
from knowledge.text import normalise, plain

# Longer than any question; what is longer was pasted by mistake.
MAX_QUESTION = 300
# More options than this are no help on a phone.
MAX_OPTIONS = 6

_NEXT = re.compile("([下后上前])一项")
_QUOTED = re.compile("[“\"「『《‘](.+?)[”\"」』》’]")
_WHO = {"谁", "是谁", "谁呀", "谁啊", "谁做", "谁在做", "谁弄", "谁搞", "谁来"}
_EXCLUDE_BEFORE = {"不要", "不是", "别管", "不算", "除了", "除开", "除去", "排除", "不看", "不问", "不包括", "不讲", "不说", "不是说", "我不问", "不是问", "而不是", "别给", "别发"}


@dataclass
class Parts:
    """A cut question sorted by what its segments do."""

    cut: Cut
    segments: list[Segment]
    facets: list[Facet]
    facet_words: list[Segment]
    people: list[Segment]
    ordinals: list[Segment]
    absent: list[Segment]
    names: list[Segment]
    body: list[Segment]
    excluded: list[Segment]
    unexplained: list[str]

    def cue(self, *names: str) -> bool:
        """Whether one of the cues is there."""
        tags = [f"cue:{name}" for name in names]
        return any(s.tagged(*tags) for s in self.segments)

    def chat(self) -> str:
        """Return the chat topic that is there, if any."""
        for topic in ("who", "help", "thanks", "greeting", "thanks_ok"):
            if any(s.tagged(f"chat:{topic}") for s in self.segments):
                return topic
        return ""


class Understanding:
    """Understands questions about one register."""

    def __init__(self, lexicon: Lexicon):
        self.register: Register = lexicon.register
        self.lexicon = lexicon
        self.index = PowerIndex(lexicon)
        self.passages = Passages(self.register, lexicon.cut)
        self.words = vocabulary()
        self._segmenter = Segmenter(lexicon, self.index, self.passages, self.words)
        self._bodies = bodies_of(self.register.powers)
        self._resolver = Resolver(self.index, self._bodies)

    # ── the way through ──────────────────────────────────────────────────────────────────────────────────────

    def understand(self, text: str, memory: Memory) -> Query:
        """Return what ``text`` asks, given what was said before."""
        normalised = normalise(text)
        if not plain(normalised):
            return Query(Shape.UNKNOWN, reason=Reason.EMPTY)
        if len(normalised) > MAX_QUESTION:
            return Query(Shape.UNKNOWN, reason=Reason.TOO_LONG)
        cut = self._segmenter.cut(normalised)
        parts = self._sort(cut)
        query = self._decide(parts, memory)
        query.explanation.extend(self._explain(parts))
        return query

    def _sort(self, cut: Cut) -> Parts:
        excluded = _excluded(cut.segments)
        live = [s for s in cut.segments if s not in excluded]
        facet_words, facets = _facets_of(live)
        return Parts(
            cut=cut,
            segments=live,
            facets=facets,
            facet_words=facet_words,
            people=[s for s in live if s.kind is Kind.PERSON],
            ordinals=[s for s in live if s.kind is Kind.ORDINAL],
            absent=[s for s in live if s.kind is Kind.ABSENT],
            names=[s for s in live if s.kind is Kind.NAME],
            body=[s for s in live if s.kind is Kind.BODY],
            excluded=excluded,
            unexplained=_unexplained(live),
        )

    def _decide(self, parts: Parts, memory: Memory) -> Query:
        chat = self._chat(parts, memory)
        if chat:
            return chat
        mentions = self._mentions(parts, memory)
        for decide in (
            self._by_choice,
            self._by_number,
            self._by_person,
            self._by_set,
            self._by_name,
            self._by_memory,
            self._by_wording,
        ):
            query = decide(parts, mentions, memory)
            if query is not None:
                return query
        return self._unknown(parts, mentions)

    # ── chat ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _chat(self, parts: Parts, memory: Memory) -> Query | None:
        topic = parts.chat()
        content = parts.names or parts.people or parts.ordinals or parts.absent or parts.body
        if topic in ("who", "help") and not content:
            return Query(Shape.CHAT, label=topic)
        if not topic or content or parts.facets:
            return None
        if topic == "thanks_ok" and (parts.unexplained or memory.options):
            return None
        if len("".join(parts.unexplained)) > (4 if topic == "thanks" else 3):
            return None
        if parts.cue("powers", "set", "all", "count", "definition"):
            return None
        return Query(Shape.CHAT, label="thanks" if topic == "thanks_ok" else topic)

    # ── which powers ─────────────────────────────────────────────────────────────────────────────────────────

    def _mentions(self, parts: Parts, memory: Memory) -> list[Mention]:
        """Return the powers named, mention by mention; ambiguous ones settled by their neighbours."""
        groups = group_names(parts.segments)
        if not groups:
            return []
        mentions = [
            replace(self._resolver.resolve(parts.cut, group.segments), coordinated=group.coordinated) for group in groups
        ]
        step = parts.cue("first", "last", "after", "before", "place")
        said = [p for p in memory.powers if step]
        mentions = [
            m
            for m in mentions
            # 「初审之后呢」: a step of what is being talked of, not the powers that have the word in their names
            if m.powers and not (len(m.powers) > 1 and not m.strong and any(self._says_itself(p, m) for p in said))
        ]
        if len(mentions) > 1:
            mentions = self._merge(parts.cut, mentions)
        for m in mentions:
            if len(m.powers) > 1 and not m.each:
                self._settle(m, mentions, memory, step=step)
        return mentions

    def _says_itself(self, position: int, m: Mention) -> bool:
        return position not in m.powers and all(self._resolver.body_says(position, s.text) for s in m.segments)

    def _merge(self, cut: Cut, mentions: list[Mention]) -> list[Mention]:
        """Join mentions that only together name one power (「配额，限制出口那个」)."""
        sure = {m.powers[0] for m in mentions if len(m.powers) == 1}
        if len(sure) <= 1:
            whole = self._resolver.resolve(cut, [s for m in mentions for s in m.segments])
            common = set(mentions[0].powers).intersection(*(m.powers for m in mentions[1:]))
            if len(whole.powers) == 1 and not whole.conflict and whole.powers[0] in common:
                return [whole]
        strongest = max(m.value for m in mentions)
        kept = []
        for m in mentions:
            # what is said of a power that is named beside it (「两用物项审批，企业…」) names no other
            beside = (
                len(m.powers) > 1
                and not m.coordinated
                and (
                    sure & set(m.powers)
                    or m.value < 0.4 * strongest
                    or any(self._resolver.body_says(p, m.text) for p in sure)
                )
            )
            if not beside:
                kept.append(m)
        return kept or mentions

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
        if not near and len(m.text) <= 6 and not m.strong:
            near = list(memory.powers[:1])
        if not near:
            return
        alike = sorted(((self._alike(near[0], p), p) for p in m.powers if p not in near), reverse=True)
        if alike and alike[0][0] >= 0.5 and (len(alike) == 1 or alike[0][0] - alike[1][0] >= 0.15):
            m.powers = [alike[0][1]]

    def _alike(self, one: int, other: int) -> float:
        a = set(_pairs(plain(self.register.power(one).title)))
        b = set(_pairs(plain(self.register.power(other).title)))
        return len(a & b) / max(1, min(len(a), len(b)))

    # ── choices and numbers ──────────────────────────────────────────────────────────────────────────────────

    def _by_choice(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「第二个」, 「2」: one of what was listed or offered before."""
        listed = memory.options or memory.listed
        number = _bare_number(parts)
        ordinal = next((s for s in parts.ordinals if s.counter in ("个", "", "位", "条", "项", "件")), None)
        if number is None and ordinal is not None and ordinal.number is not None and listed and not mentions:
            if ordinal.counter == "项" and (ordinal.text.startswith("第") and not memory.options and not memory.listed):
                return None
            if not parts.cue("first", "last", "after", "before") or not memory.powers:
                number = ordinal.number
        if number is None or not listed or mentions:
            return None
        if ordinal is not None and ordinal.counter == "项" and not memory.options:
            return None
        index = number - 1 if number > 0 else len(listed) + number
        if not 0 <= index < len(listed):
            return Query(Shape.UNKNOWN, reason=Reason.NO_SUCH_NUMBER, label=str(number), near=())
        facets = self._facets(parts, (listed[index],)) or memory.pending or (Facet.OVERVIEW,)
        return self._ask(parts, (listed[index],), facets)

    def _by_number(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「第9项」, 「序号3和序号8」: by printed serial, else by position."""
        met = _NEXT.search(parts.cut.text)
        if met and len(memory.powers) == 1 and not mentions:
            wanted = memory.powers[0] + (1 if met[1] in "下后" else -1)
            if not 1 <= wanted <= len(self.register.powers):
                return Query(Shape.UNKNOWN, reason=Reason.NO_SUCH_NUMBER, label=met[0])
            return self._ask(parts, (wanted,), self._facets(parts, (wanted,)) or memory.facets or (Facet.OVERVIEW,))
        numbers = [s for s in parts.ordinals if s.counter in ("项", "号", "个", "个事项", "个项目", "类", "条", "")]
        if not numbers or any(m.strong and len(m.powers) == 1 for m in mentions):
            return None
        if mentions and not all(s.counter in ("项", "号", "个事项", "个项目") for s in numbers):
            return None
        if memory.powers and all(s.counter in ("条", "") for s in numbers):
            return None
        if all(s.counter in ("条", "个", "") for s in numbers) and parts.facets and memory.powers:
            return None
        positions: list[int] = []
        for s in numbers:
            for number in s.numbers or (s.number or 0,):
                position = self._position(number)
                if position is None:
                    return Query(Shape.UNKNOWN, reason=Reason.NO_SUCH_NUMBER, label=s.text)
                positions.append(position)
        powers = tuple(dict.fromkeys(positions))
        facets = self._facets(parts, powers)
        powers, facets = self._with_last(parts, powers, facets, memory)
        facets = facets or self._inherited(parts, memory) or (Facet.OVERVIEW,)
        if len(facets) > 1 and Facet.OVERVIEW in facets:
            facets = tuple(f for f in facets if f is not Facet.OVERVIEW)
        return self._ask(parts, powers, facets)

    def _position(self, number: int) -> int | None:
        powers = self.register.powers
        if number < 0:
            return len(powers) + number + 1 if -number <= len(powers) else None
        for power in powers:
            if power.serial == number:
                return power.position
        return number if 1 <= number <= len(powers) and powers[number - 1].serial is None else None

    # ── people ───────────────────────────────────────────────────────────────────────────────────────────────

    def _by_person(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        if parts.absent:
            return None
        if not parts.people:
            return self._by_pronoun(parts, mentions, memory) or self._without_person(parts, mentions)
        if any(s.word == "除了" for s in parts.segments) and parts.cue("this") and not self._excluded_powers(parts):
            people = tuple(dict.fromkeys(s.people[0] for s in parts.people))
            return Query(Shape.LIST, set_ask=SetAsk(people=people), near=memory.powers, said="、".join(people))
        if memory.powers and parts.cue("yesno") and not parts.cue("own", "does") and not self._is_set(parts, mentions):
            return None  # 「不是路海轩吗」, of what is being talked of
        named = [s for s in parts.people]
        if any(len(s.people) > 1 for s in named):
            s = next(s for s in named if len(s.people) > 1)
            return Query(Shape.UNKNOWN, reason=Reason.NO_SUCH_PERSON, said=s.text, label="、".join(s.people))
        people = tuple(dict.fromkeys(s.people[0] for s in named))
        sure = [m for m in mentions if m.powers and (m.strong or len(m.powers) == 1)]
        if sure and not self._is_set(parts, mentions):
            return None  # a premise about a power: 「赵思聪负责进口贴息吗」
        if parts.unexplained and not (self._is_set(parts, mentions) and len("".join(parts.unexplained)) <= 2):
            return None
        roles: tuple[str, ...] = ()
        if any(s.text.startswith(("经办", "谁经办", "在经办")) or s.text in ("经手", "经办的") for s in parts.facet_words):
            roles = ("经办", "承办", "主办")
        facets = frozenset[Facet]()
        if Facet.RESPONSIBLE in parts.facets:
            facets = frozenset({Facet.RESPONSIBLE})
        elif any("岗位" in s.text for s in parts.facet_words):
            facets = frozenset({Facet.POSTS})
        phrases = tuple(p for p in self._phrases(parts) if len(people) < 2 or p not in _TWO_PEOPLE)
        asked = [f for f in parts.facets if f not in (Facet.POSTS, Facet.RESPONSIBLE, Facet.OVERVIEW)]
        one = bool(asked) and not parts.cue("powers")
        together = len(people) > 1 and parts.cue("together")
        followed = parts.cue("this") and memory.listed and memory.set_ask and not memory.set_ask.people
        set_ask = SetAsk(people=people, together=together, roles=roles, phrases=phrases, facets=facets)
        if followed and memory.set_ask:
            set_ask = replace(set_ask, phrases=(*memory.set_ask.phrases, *phrases))
        misspelt = next((s.text for s in named if _misspelt(s)), "")
        excluded = self._excluded_powers(parts)
        if one:
            return Query(Shape.ASK, facets=tuple(asked), set_ask=set_ask, misspelt=misspelt, near=excluded)
        return Query(
            Shape.LIST,
            set_ask=set_ask,
            misspelt=misspelt,
            near=excluded,
            counting=parts.cue("count"),
            said="、".join(people),
        )

    def _by_pronoun(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「他还管啥」: of the person talked about."""
        asks = parts.cue("does", "powers") or (parts.cue("own") and parts.cue("set"))
        if not (parts.cue("he") and memory.people and asks) or parts.unexplained or mentions:
            return None
        return Query(Shape.LIST, set_ask=SetAsk(people=memory.people), said="、".join(memory.people))

    def _without_person(self, parts: Parts, mentions: list[Mention]) -> Query | None:
        """「责任人不是沈国栋的有哪些」."""
        people = tuple(s.people[0] for s in parts.excluded if s.kind is Kind.PERSON and len(s.people) == 1)
        if not people or mentions or parts.unexplained or not self._is_set(parts, mentions):
            return None
        facets = frozenset({Facet.RESPONSIBLE if Facet.RESPONSIBLE in parts.facets else Facet.POSTS})
        return Query(Shape.LIST, set_ask=SetAsk(people=people, facets=facets, without=True), said="、".join(people))

    def _excluded_powers(self, parts: Parts) -> tuple[int, ...]:
        names = [s for s in parts.excluded if s.kind is Kind.NAME]
        if not names:
            return ()
        return tuple(self._resolver.resolve(parts.cut, names).powers)

    # ── sets ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _is_set(self, parts: Parts, mentions: list[Mention]) -> bool:
        """Whether a set of powers is asked for: 项 / 事项 / 业务 are counted, not steps, people or measures."""
        if parts.cue("powers"):
            return True
        if parts.cue("does") and (parts.people or not (mentions or parts.cue("after", "before", "first", "last"))):
            return True
        if parts.cue("compare") and (len(mentions) > 1 or any(m.each for m in mentions)):
            return False
        if parts.cue("serial") and parts.cue("without"):
            return True
        if parts.cue("extreme") and parts.facets and not mentions:
            return True
        if _in_a_facet(parts.segments) and not any(len(m.powers) == 1 for m in mentions):
            return True
        sure = [m for m in mentions if len(m.powers) == 1 and not m.conflict]
        if parts.cue("set", "count", "all") and not sure:
            return True
        return bool(parts.cue("set") and not parts.facets and not any(m.strong for m in sure))

    def _by_set(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        if (
            Facet.RESPONSIBLE in parts.facets
            and not mentions
            and not parts.unexplained
            and (parts.cue("all") or (parts.cue("compare") and not memory.powers))
        ):
            return Query(Shape.LIST, set_ask=SetAsk(everything=True), facets=(Facet.RESPONSIBLE,), counting=True)
        if not self._is_set(parts, mentions):
            return None
        sure = [m for m in mentions if len(m.powers) == 1 and not m.conflict]
        asked_items = parts.facets and not parts.cue("powers")
        phrases = self._phrases(parts)
        if any(s.text not in phrases for s in parts.absent):
            return None
        if asked_items and not phrases and not parts.cue("all", "extreme") and (memory.powers or sure):
            return None  # 「有哪些风险」 about what is being talked of
        if asked_items and sure and not parts.cue("powers"):
            return None
        if parts.cue("serial") and not phrases and self._without(parts):
            return Query(Shape.LIST, set_ask=SetAsk(no_serial=True))
        if parts.unexplained or self._ragged(parts):
            return None
        # 「经手」, 「负责」 say what somebody does; only 岗位 says where to look
        facets = frozenset(
            f
            for f in parts.facets
            if f in (Facet.PROCESS, Facet.RISKS, Facet.CONTROLS)
            or (f is Facet.POSTS and any("岗位" in s.text for s in parts.facet_words))
        )
        within = memory.listed if parts.cue("within") else ()
        extreme = next((s.text for s in parts.segments if s.tagged("cue:extreme")), "")
        if extreme and facets and not phrases:
            return Query(Shape.LIST, set_ask=SetAsk(facets=facets, within=within, extreme=extreme))
        if not phrases:
            if facets and not parts.cue("all"):
                return None
            content = parts.names or parts.body or parts.ordinals or parts.people or parts.absent
            if parts.cue("all", "count", "powers", "set") and not content:
                return Query(Shape.LIST, set_ask=SetAsk(everything=True), counting=True)
            return None
        roles = self.passages.containing([[p] for p in phrases], frozenset({Facet.POSTS}))
        if roles and not parts.cue("powers") and len(roles) == len(self.passages.containing([[p] for p in phrases])):
            return Query(  # 「数据统计人员是哪几个」: a post and who holds it
                Shape.ASK, facets=(Facet.POSTS,), set_ask=SetAsk(phrases=phrases), said="、".join(phrases)
            )
        in_names = parts.cue("names_with")
        set_ask = SetAsk(
            phrases=phrases,
            facets=facets,
            in_names=in_names,
            without=self._without(parts),
            last_step=any(s.tagged("cue:last") and s.text[-1] in "步节道关" for s in parts.segments),
            within=within,
        )
        return Query(Shape.LIST, set_ask=set_ask, counting=parts.cue("count"), said="、".join(phrases))

    @staticmethod
    def _without(parts: Parts) -> bool:
        """Whether the wording is wanted to be absent: 「哪些不用…」, 「不上党组会的」."""
        if any(s.text == "有没有" for s in parts.segments):
            return False
        if any(s.tagged("cue:without") for s in parts.segments):
            return True
        content = next((s.start for s in parts.segments if s.kind in (Kind.BODY, Kind.NAME, Kind.UNIT)), 0)
        before = [s.text for s in parts.segments if s.start < content]
        return any(text in ("不", "没", "未") for text in before[-2:])

    def _phrases(self, parts: Parts) -> tuple[str, ...]:
        """Return the wording that is content: names, the register's wording, single acting words (审, 交)."""
        quoted = [plain(met[1]) for met in _QUOTED.finditer(parts.cut.text)]
        if any(len(q) > 1 for q in quoted):
            return tuple(q for q in quoted if len(q) > 1)
        phrases: list[str] = []
        kinds = (Kind.NAME, Kind.BODY, Kind.UNIT)
        for s in parts.segments:
            # 「哪些有违反办理时限的风险」: the register does speak of it
            absent_here = (
                s.kind is Kind.ABSENT
                and bool({Facet.RISKS, Facet.CONTROLS} & set(parts.facets))
                and bool(self.passages.containing([[s.text]]))
            )
            if (s.kind in kinds and not self._empty(s)) or absent_here:
                phrases.append(s.text)
            elif s.kind in (Kind.OTHER, Kind.WORD) and len(s.text) == 1 and s.text in self.words.synonyms:
                phrases.append(s.text)
        return tuple(dict.fromkeys(phrases))

    @staticmethod
    def _ragged(parts: Parts) -> bool:
        """Whether something unexplained touches the wording asked for: 「卫健委主任」 is not 「委主任」."""
        kinds = {Kind.BODY, Kind.UNIT, Kind.NAME}
        return any(
            {one.kind, other.kind} & kinds and Kind.OTHER in (one.kind, other.kind)
            for one, other in pairwise(parts.cut.segments)
        )

    def _empty(self, s: Segment) -> bool:
        """Whether the register's wording is but talk here (「中出现」, 「写到的」)."""
        if s.text in self.words.synonyms:
            return False
        return s.text in _EMPTY or (s.kind is Kind.BODY and all(self.words.of(w) for w in self.lexicon.cut(s.text)))

    # ── by name ──────────────────────────────────────────────────────────────────────────────────────────────

    def _by_name(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        if not mentions:
            return None
        excluded = set(self._excluded_powers(parts)) if len(self._excluded_powers(parts)) <= 2 else set()
        for m in mentions:
            if len(m.powers) > 1:
                m.powers = [p for p in m.powers if p not in excluded] or m.powers
        powers = tuple(dict.fromkeys(p for m in mentions if len(m.powers) == 1 or m.each for p in m.powers))
        open_ = [m for m in mentions if len(m.powers) > 1 and not m.each]
        blocked = self._blocked(parts, mentions)
        conflict = [c for m in mentions for c in m.conflict]
        near = tuple(dict.fromkeys(p for m in mentions for p in m.powers))[:3]
        if parts.absent:
            # the power is named, and the register is silent about it
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label=parts.absent[0].word, near=near)
        if blocked or conflict:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=near, said="、".join([*blocked, *conflict]))
        facets = self._facets(parts, powers or near)
        if open_ and not powers:
            options = [p for p in dict.fromkeys(p for m in open_ for p in m.powers)]
            return Query(Shape.CHOOSE, powers=tuple(options), facets=facets or self._inherited(parts, memory))
        if open_:
            powers = tuple(dict.fromkeys([*powers, *(p for m in open_ for p in m.powers)]))
        powers, facets = self._with_last(parts, powers, facets, memory)
        if not facets:
            facets = self._inherited(parts, memory) or (Facet.OVERVIEW,)
        return self._ask(parts, powers, facets)

    @staticmethod
    def _with_last(
        parts: Parts, powers: tuple[int, ...], facets: tuple[Facet, ...], memory: Memory
    ) -> tuple[tuple[int, ...], tuple[Facet, ...]]:
        """Add what was talked about before, where one power is compared with it (「跟国际化比有什么不同」)."""
        if parts.cue("compare") and len(powers) == 1 and memory.powers and powers[0] not in memory.powers:
            return (*memory.powers, *powers), facets or memory.facets
        return powers, facets

    def _inherited(self, parts: Parts, memory: Memory) -> tuple[Facet, ...]:
        """Return the facets of the question before, for 「二手车的呢」 and for the choice that was asked back."""
        if memory.options and memory.pending:
            return memory.pending
        if not memory.facets or memory.facets == (Facet.OVERVIEW,):
            return ()
        follows = parts.cue("followup", "wrong", "yesno") or parts.excluded
        return memory.facets if follows or (memory.facets and parts.segments[-1].text == "的") else ()

    def _blocked(self, parts: Parts, mentions: list[Mention]) -> list[str]:
        """Return what nothing explains and what therefore changes the subject.

        Something unexplained that touches the name (or hangs on it by 的) makes it another thing: 「二手车过户」.
        Elsewhere it may be talk, if the name is beyond doubt and the talk no longer than it.
        """
        segments = parts.cut.segments
        weak = not any(m.strong for m in mentions)  # a fragment of two characters may belong to any word
        touching = []
        for i, s in enumerate(segments):
            facet = _facet(s) is not None and not s.tagged("facet:posts", "facet:overview")
            if not facet and (s.kind is not Kind.NAME or self.words.of(s.text)):
                continue
            for step in (1,) if facet else (-1, 1):
                j = i + step
                if not facet and 0 <= j < len(segments) and segments[j].text == "的":
                    j += step
                run = ""
                while 0 <= j < len(segments) and segments[j].kind is Kind.OTHER:
                    run = run + segments[j].text if step > 0 else segments[j].text + run
                    j += step
                if len(run) > 1 or (run and s.end - s.start == 2 and weak):
                    touching.append(run)
        if touching:
            return touching
        if not parts.unexplained:
            return []
        strong = all(m.strong for m in mentions)
        named = sum(s.end - s.start for m in mentions for s in m.segments)
        if strong and len("".join(parts.unexplained)) <= named:
            return []
        return parts.unexplained

    # ── by memory ────────────────────────────────────────────────────────────────────────────────────────────

    def _by_memory(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        powers = memory.powers
        if not powers and memory.listed and len(memory.listed) <= MAX_OPTIONS:
            powers = memory.listed
        if not powers:
            return None
        if parts.absent:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label=parts.absent[0].word, near=powers[:3])
        again = memory.set_ask
        phrases = self._phrases(parts)
        said = any(self._says(p, phrase, Facet.PROCESS) for p in powers for phrase in phrases)
        if parts.unexplained and not (said and len("".join(parts.unexplained)) <= 2):
            return None
        if parts.cue("both") and len(powers) == 1 and len(memory.recent) > 1:
            powers = tuple(sorted(memory.recent[:2]))
        if again and again.phrases and not parts.facets and parts.cue("without") and (
            not phrases or self.passages.containing([[phrases[0]]])
        ):
            return Query(Shape.LIST, set_ask=replace(again, phrases=phrases or again.phrases, without=True))
        if again and again.phrases and phrases and not parts.facets and not any(
            self._resolver.body_says(p, phrases[0]) for p in memory.powers
        ) and self.passages.containing([[phrases[0]]]):
            return Query(Shape.LIST, set_ask=replace(again, phrases=phrases), said="、".join(phrases))
        facets = self._facets(parts, powers)
        step = self._step(parts)
        if not facets and not step and not phrases:
            if parts.cue("yesno", "compare") and memory.facets and any(s.tagged("cue:compare") for s in parts.segments):
                facets = memory.facets
            elif any(s.kind is Kind.WORD and not s.tagged("padding") for s in parts.segments) and parts.cue("this"):
                facets = memory.facets
            else:
                return None
        return self._ask(parts, powers, facets or (Facet.PROCESS,))

    # ── by wording ───────────────────────────────────────────────────────────────────────────────────────────

    def _by_wording(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """No name, but the register's wording: 「越权插手基金管理」, 「要第三方审核的那个项目」."""
        phrases = self._phrases(parts)
        if parts.unexplained or parts.absent or self._ragged(parts) or not phrases or len(max(phrases, key=len)) < 2:
            return None
        facets = self._facets(parts, ())
        return Query(Shape.LIST, set_ask=SetAsk(phrases=phrases), facets=facets, said="、".join(phrases), label="wording")

    # ── facets and steps ─────────────────────────────────────────────────────────────────────────────────────

    def _facets(self, parts: Parts, powers: tuple[int, ...]) -> tuple[Facet, ...]:
        facets = list(parts.facets)
        step = self._step(parts)
        acts = [
            s
            for s in parts.segments
            if (len(s.text) == 1 and s.text in self.words.synonyms)
            or (s.tags == {"padding"} and len(s.text) == 2 and s.text not in _EMPTY and any(self._says(p, s.text, Facet.PROCESS) for p in powers))
        ]
        content = [s for s in (*parts.body, *self._elsewhere(parts, powers), *acts) if not self._empty(s)]
        weak_who = bool(parts.facet_words) and all(
            s.text in _WHO or s.word in _WHO for s in parts.facet_words if s.tagged("facet:posts")
        )
        in_process = any(self._says(p, s.text, Facet.PROCESS) for p in powers for s in content)
        in_posts = any(s.text in plain(post.role) for p in powers for post in self.register.power(p).posts for s in content)
        asking = any(set("谁哪几") & set(s.word) for s in parts.facet_words)
        if facets == [Facet.POSTS] and not asking and parts.cue("place") and in_process:
            return (Facet.PROCESS,)  # 「经办人核实之后报给谁」
        if facets == [Facet.POSTS] and weak_who and not in_posts and (in_process or (step and step.where is not Where.AT)):
            return (Facet.PROCESS,)
        if not facets:
            if step is not None:
                return (Facet.PROCESS,)
            for facet in (Facet.PROCESS, Facet.CONTROLS, Facet.RISKS):
                if any(self._says(p, s.text, facet) for p in powers for s in content):
                    return (facet,)
            # a premise that only other powers' processes speak of: 「得上党组会吧」
            if powers and any(self.passages.containing([[s.text]], frozenset({Facet.PROCESS})) for s in content):
                return (Facet.PROCESS,)
            if parts.cue("place", "conditions", "times", "handled"):
                return (Facet.PROCESS,)
        if facets == [Facet.OVERVIEW] and step is not None:
            return (Facet.PROCESS,)
        if len(facets) > 1 and Facet.OVERVIEW in facets:
            facets.remove(Facet.OVERVIEW)
        if parts.people and not facets and powers:
            facets = [Facet.POSTS]
        return tuple(facets)

    def _elsewhere(self, parts: Parts, powers: tuple[int, ...]) -> list[Segment]:
        """Return what stands in names, but not in the names of ``powers``: there it is wording."""
        names = [plain(self.register.power(p).name) for p in powers]
        links = [link for known, link in zip(parts.cut.match.known, parts.cut.match.links, strict=True) if known.position in powers]
        return [
            s
            for s in parts.names
            if names and len(s.text) > 2 and not any(i in link for link in links for i in range(s.start, s.end - 1))
        ]

    def _says(self, position: int, text: str, facet: Facet) -> bool:
        """Whether the facet of the power says ``text``, or a word of it."""
        words = [*self.words.synonyms.get(text, (text,)), *(w for w in self.lexicon.cut(text) if 1 < len(w) < len(text))]
        where = frozenset({facet})
        return any(p.position == position for word in words for p in self.passages.containing([[word]], where))

    def _step(self, parts: Parts) -> StepAsk | None:
        words = tuple(s.text for s in parts.segments if s.kind in (Kind.BODY, Kind.NAME, Kind.OTHER))
        number = next((s.number for s in parts.ordinals if s.counter in ("步", "道", "个环节", "环节")), None)
        if number is not None:
            return StepAsk(Where.AT, words, number)
        for cue, where in (("last", Where.LAST), ("before", Where.BEFORE), ("after", Where.AFTER), ("first", Where.FIRST)):
            if parts.cue(cue):
                return StepAsk(where, words)
        if parts.cue("place") or (parts.body and any(s.word in _WHO for s in parts.facet_words)):
            return StepAsk(Where.AT, words)
        return None

    def _ask(self, parts: Parts, powers: tuple[int, ...], facets: tuple[Facet, ...]) -> Query:
        step = self._step(parts)
        if step is None and parts.body:
            step = StepAsk(Where.AT, tuple(s.text for s in parts.segments if s.kind in (Kind.BODY, Kind.NAME)))
        people = tuple(dict.fromkeys(s.people[0] for s in parts.people if len(s.people) == 1))
        if people and facets == (Facet.OVERVIEW,):
            facets = (Facet.POSTS,)
        return Query(
            Shape.ASK,
            powers=powers,
            facets=facets,
            step=step if Facet.PROCESS in facets else None,
            compare=parts.cue("compare") and len(powers) > 1,
            people=people if Facet.POSTS in facets or Facet.RESPONSIBLE in facets else (),
            counting=parts.cue("count"),
            with_responsible=any(set("负管归找") & set(s.word) for s in parts.facet_words if s.tagged("facet:posts")),
        )

    # ── refusing ─────────────────────────────────────────────────────────────────────────────────────────────

    def _unknown(self, parts: Parts, mentions: list[Mention]) -> Query:
        near = tuple(dict.fromkeys(p for m in mentions for p in m.powers))[:3]
        if parts.absent:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label=parts.absent[0].word, near=near)
        if parts.unexplained or near:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=near, said="、".join(parts.unexplained))
        if parts.cue("definition"):
            return Query(Shape.CHAT, label="help")
        if parts.facets or parts.cue("this", "place", "first", "last", "after", "before"):
            return Query(Shape.UNKNOWN, reason=Reason.NO_SUBJECT)
        return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND)

    def _explain(self, parts: Parts) -> list[str]:
        lines = []
        for s in parts.cut.segments:
            what = s.kind.name.lower()
            told = ",".join(sorted(s.tags)) or "、".join(s.people)
            lines.append(f"{s.text}\t{what}\t{told}{'  （排除）' if s in parts.excluded else ''}")
        return lines


_TWO_PEOPLE = frozenset({"两个人", "两人", "二人", "2人", "2个人"})

# Words that stand in names and passages everywhere and say nothing alone.
_EMPTY = frozenset("材料 企业 文件 公司 信息 申请 负责 经办 审批 项目 事项 业务 工作 部分 内容 情况 有关 相关 实施 管理 办理 进行 开展 单位 处室 流程 风险 措施".split())


def _excluded(segments: list[Segment]) -> list[Segment]:
    """Return the segments that the question says it does not mean."""
    out: list[Segment] = []
    clause: list[Segment] = []
    clauses: list[list[Segment]] = [clause]
    for s in segments:
        if s.kind is Kind.MARK and s.text in ",;。!?()、":
            clause = []
            clauses.append(clause)
        else:
            clause.append(s)
    for c in clauses:
        for i, s in enumerate(c):
            if not s.tagged("cue:exclude"):
                continue
            if s.text == "不是" and any(t.text in ("吗", "吧", "么") for t in c[i + 1 :]):
                continue  # 「不是路海轩吗」 asks
            behind = c[i + 1 :]
            stop = next((j for j, t in enumerate(behind) if t.text in ("是", "还", "以外", "之外", "我要", "而是", "外")), len(behind))
            meant = [t for t in behind[:stop] if t.kind in (Kind.NAME, Kind.PERSON) or any(x.startswith("facet:") for x in t.tags)]
            if s.word in _EXCLUDE_BEFORE and meant:
                out += meant
            elif s.word not in ("不是", "不包括", "除了", "除开", "除去"):
                out += [t for t in c[:i] if t.kind in (Kind.NAME, Kind.PERSON)]
    return out


def _unexplained(segments: list[Segment]) -> list[str]:
    """Return the stretches of two characters or more that nothing explains.

    A clause of nothing but talk (「我想整理一下思路」) beside one that names something is no part of the question.
    """
    clauses: list[list[Segment]] = [[]]
    for s in segments:
        if s.kind is Kind.MARK and s.text in ",;。!?":
            clauses.append([])
        else:
            clauses[-1].append(s)
    content = {Kind.NAME, Kind.BODY, Kind.PERSON}
    asking = ("cue:powers", "cue:set", "cue:count", "cue:place", "cue:first", "cue:last", "cue:after", "cue:before")
    named = any(s.kind in content for s in segments) or any(s.tagged("cue:all") for s in segments)
    runs: list[str] = []
    for clause in clauses:
        talk = not any(
            s.kind in content or s.kind in (Kind.ABSENT, Kind.ORDINAL) or s.tagged(*asking) or _facet(s) for s in clause
        )
        if talk and named:
            continue
        run = ""
        for s in [*clause, None]:
            if s is not None and s.kind is Kind.OTHER:
                run += s.text
            else:
                runs += [run] if len(run) > 1 else []
                run = ""
    return runs


def _in_a_facet(segments: list[Segment]) -> bool:
    """Whether the question looks into a column: 「措施里要求加强保密教育的」."""
    places = ("里", "中", "里面", "里头", "当中", "里有", "上")
    return segments[-1].text == "的" and any(
        _facet(one) is not None and other.text in places for one, other in pairwise(segments)
    )


def _facets_of(segments: list[Segment]) -> tuple[list[Segment], list[Facet]]:
    """Return the facet words of a question and the facets that they ask for, in order."""
    words = [s for s in segments if any(t.startswith("facet:") for t in s.tags)]
    guards: set[int] = set()  # where words stand that together ask who answers for the risks and controls
    for one, other in _next_to(segments):
        kinds = {_facet(one), _facet(other)}
        guarded = kinds & {Facet.RISKS, Facet.CONTROLS} and kinds & {Facet.POSTS, Facet.RESPONSIBLE}
        if guarded or kinds == {Facet.POSTS, Facet.RESPONSIBLE}:
            guards |= {one.start, other.start}
    for one, other in pairwise(segments):
        if _facet(one) is Facet.CONTROLS and _facet(other) is Facet.RISKS and one.text.endswith(("什么", "啥", "哪些")):
            words.remove(one)  # 「要注意什么风险」 asks for the risks
    facets: list[Facet] = []
    for s in words:
        asked = [Facet.RESPONSIBLE] if s.start in guards else [f for f in Facet if f"facet:{f.value}" in s.tags]
        facets += [f for f in asked if f not in facets]
    trouble = any(s.tagged("facet:trouble") for s in words)
    if trouble and not {Facet.RISKS, Facet.CONTROLS} & set(facets):
        facets = [Facet.RESPONSIBLE] if {Facet.POSTS, Facet.RESPONSIBLE} & set(facets) else [*facets, Facet.RISKS]
    if Facet.RESPONSIBLE in facets and Facet.POSTS in facets:
        posts = [s for s in words if s.tagged("facet:posts") and s.start not in guards]
        if all(s.word in _WHO for s in posts):
            facets.remove(Facet.POSTS)
    return words, facets


def _facet(s: Segment) -> Facet | None:
    return next((f for f in Facet if f"facet:{f.value}" in s.tags), None)


def _next_to(segments: list[Segment]) -> list[tuple[Segment, Segment]]:
    """Return the pairs of facet words with nothing but 的, 是, 由 between them."""
    found = []
    for i, s in enumerate(segments):
        if _facet(s) is None:
            continue
        j = i + 1
        while j < len(segments) and segments[j].text in ("的", "是", "由", "该", "归"):
            j += 1
        if j < len(segments) and _facet(segments[j]) is not None:
            found.append((s, segments[j]))
    return found


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]


def _bare_number(parts: Parts) -> int | None:
    said = "".join(s.text for s in parts.segments if s.kind is not Kind.MARK)
    if re.fullmatch(r"(?:选|要)?\d{1,2}", said):
        return int(re.sub(r"\D", "", said))
    return None


def _misspelt(s: Segment) -> bool:
    person = s.people[0]
    return len(s.text) == len(person) and s.text != person and not any(c >= "\ue000" for c in s.text)
