"""Questions about powers that are named: what is asked of them, and whether it is about them at all."""

from dataclasses import replace
from itertools import pairwise

from bot.understanding.aspects import Aspects
from bot.understanding.inheritance import inherited, with_last
from bot.understanding.memory import Memory
from bot.understanding.mentions import Mention, Resolver, near_of
from bot.understanding.parts import WEAK_WHO, Parts
from bot.understanding.query import MAX_OPTIONS, Query, Reason, Shape
from bot.understanding.segments import Kind
from bot.understanding.sets import DIFFER
from bot.understanding.subject import Subject
from bot.understanding.vocabulary import Vocabulary
from knowledge.models import Facet, Register
from knowledge.passages import Passages
from knowledge.text import plain

# A mention that is at most such a share of the name is no name of its own.
_HALF = 0.51
# What asks for a step.
_STEPWISE = (
    "place",
    "first",
    "last",
    "after",
    "before",
    "times",
    "handled",
    "how",
    "does",
    "step",
    "conditions",
    "alone",
    "act",
)


class Names:
    """Understands questions that name powers."""

    def __init__(self, register: Register, passages: Passages, resolver: Resolver, aspects: Aspects, words: Vocabulary):
        self._register = register
        self._words = words
        self._passages = passages
        self._resolver = resolver
        self._bodies = resolver.bodies
        self._subject = Subject(register, resolver.bodies, words)
        self._aspects = aspects

    def by_name(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「进口贴息的流程」: an answer where all is explained, options where a name fits several, else a refusal."""
        if not mentions or self._is_said_of_memory(parts, mentions, memory) or self._is_wording(parts, mentions):
            return None
        excluded = self._resolver.excluded(parts)
        for m in mentions:
            if len(m.powers) > 1:
                m.powers = [p for p in m.powers if p not in excluded] or m.powers
            if len(m.powers) > 1 and not parts.yes_or_no:
                m.powers = self._of_the_step(parts, m.powers) or m.powers
            # 「限制出口那俩有啥不一样」: both are meant
            m.each = m.each or (len(m.powers) == 2 and parts.of_each and len(mentions) == 1)
        powers = tuple(dict.fromkeys(p for m in mentions if len(m.powers) == 1 or m.each for p in m.powers))
        open_ = [m for m in mentions if len(m.powers) > 1 and not m.each]
        if open_ and not powers and self._is_elsewhere(parts, open_):
            return None
        glued = self._glued_to(parts, open_) if open_ and not (powers or parts.people or parts.pointing) else []
        if glued:
            near = near_of(mentions)
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=near, said="、".join(glued))
        refused = self._refused(parts, mentions, powers)
        if refused:
            return refused
        facets = self._aspects.facets(parts, powers or tuple(p for m in mentions for p in m.powers)[:MAX_OPTIONS])
        if open_ and not powers:
            options = dict.fromkeys(p for m in open_ for p in m.powers)
            return Query(Shape.CHOOSE, powers=tuple(options), facets=facets or inherited(parts, memory, self._register))
        if open_:
            powers = tuple(dict.fromkeys([*powers, *(p for m in open_ for p in m.powers)]))
        powers, facets = with_last(parts, powers, facets, memory)
        if facets == (Facet.POSTS,) and any(s.text in ("又", "也", "还", "同时") for s in parts.segments):
            powers = (*powers, *self._aspects.held_elsewhere(parts, powers))  # 「既去检查又做数据统计的有谁」
        facets = facets or inherited(parts, memory, self._register)
        refused = self._nothing_known_asked(parts, mentions, powers, facets)
        if refused:
            return refused
        query = self._aspects.ask(parts, powers, facets or (Facet.OVERVIEW,))
        facets = query.facets
        if parts.cue("he") and not query.people and parts.yes_or_no and Facet.POSTS in facets:
            return replace(query, people=memory.people)  # 「那二手车也是他吗」
        return query

    def _of_the_step(self, parts: Parts, powers: list[int]) -> list[int]:
        """Return the one of ``powers`` that alone says the wording beside the name, where a step is asked for:
        「技术合同登记，卖方录完系统先到哪儿审」.
        """
        words = [s.meant for s in parts.body if not self._aspects.is_talk(s)]
        weighing = [p for p in powers if self._aspects.weighs(parts, p)]
        if len(weighing) == 1 and parts.cue("conditions"):
            return weighing  # 「用水计划 50万方以上的 谁定」
        saying = [p for p in powers if all(self._aspects.says(p, word, Facet.PROCESS) for word in words)]
        others = any(self._bodies.says(p, word) for p in powers if p not in saying for word in words)
        stepwise = parts.cue("place", "first", "last", "after", "before")
        stepwise |= parts.facets == [Facet.PROCESS]
        stepwise |= bool(parts.facet_words) and all(s.word in WEAK_WHO for s in parts.facet_words)
        return saying if words and stepwise and len(saying) == 1 and not others else []

    def _is_wording(self, parts: Parts, mentions: list[Mention]) -> bool:
        """Whether all that is said stands in one passage, of which a piece of a name is but a word: 「篡改数据」."""
        words = [s.meant for s in parts.body if not self._aspects.is_talk(s)]
        pieces = [s.text for m in mentions for s in m.segments]
        bare = not (parts.facets or parts.unknown or parts.asks) and not any(m.strong for m in mentions)
        return bool(words) and bare and bool(self._passages.containing([[text] for text in (*words, *pieces)]))

    def _refused(self, parts: Parts, mentions: list[Mention], powers: tuple[int, ...]) -> Query | None:
        """Refuse what a register never says, and what is not about the powers that it seems to name."""
        near = near_of(mentions)
        silent = self._silent_about(parts, powers) or self._asks_but_absent(parts, mentions)
        if silent:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label=silent, near=near)
        said = [*self._subject.blocked(parts, mentions), *(c for m in mentions for c in m.conflict)]
        return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=near, said="、".join(said)) if said else None

    def _asks_but_absent(self, parts: Parts, mentions: list[Mention]) -> str:
        """Return what no register holds where nothing else is said: 「收费吗」, though a name has the word."""
        said = "".join(s.text for s in parts.segments if s.kind is not Kind.MARK and not s.tagged("cue:yesno"))
        if parts.facets or len(mentions) != 1 or said != mentions[0].text or not parts.yes_or_no:
            return ""
        return next(
            (label for label, pattern in self._words.absent if (met := pattern.match(said)) and met[0] == said), ""
        )

    @staticmethod
    def _nothing_known_asked(
        parts: Parts, mentions: list[Mention], powers: tuple[int, ...], facets: tuple[Facet, ...]
    ) -> Query | None:
        """Refuse where something is asked of a power, but nothing that is known."""
        near = near_of(mentions)
        if not facets and any(s.text == "多少" for s in parts.segments):
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label="金额和数量", near=near)  # 「进口关税多少」
        # 「双随机和单随机有什么区别」: what it is compared with is not known
        lone = len(powers) == 1 and not facets and any(s.word in DIFFER for s in parts.segments)
        asks = parts.asks or parts.said.endswith("?")
        # 「二手车出口企业要多少注册资本」: nothing known is asked, so something unknown is
        # 「双随机去企业能不能吃饭」: nor where only a yes or a no is asked for
        told = parts.facets or parts.body or parts.people or parts.ordinals or parts.cue(*_STEPWISE)
        if lone or (parts.unexplained and not (facets and asks and told)):
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=near, said="、".join(parts.unexplained))
        return None

    def _is_said_of_memory(self, parts: Parts, mentions: list[Mention], memory: Memory) -> bool:
        """Whether a piece of another power's name is but wording of the power talked of, which says all of the
        question, as the other does not: 「填报平台叫啥」, of the 二手车 that is filed on a 平台.
        """
        if len(memory.powers) != 1 or any(m.strong for m in mentions):
            return False
        if all(m.powers == list(memory.powers) and m.strength < _HALF for m in mentions):
            step = all(self._passages.says(memory.powers[0], m.text, Facet.PROCESS) for m in mentions)
            if parts.facets or step:
                return True  # 「跑现场的都有谁」, of the 现场检查 just talked of; 「不受理的怎么回」
        if memory.step is not None and len(mentions) == 1 and len(mentions[0].powers) > 1:
            conditions = [plain(step.condition or "") for step in self._register.power(memory.step[0]).process]
            if any(mentions[0].text in condition for condition in conditions):
                return True  # 「市级的呢」, after the branch for 全国重点
        told = [s.meant for s in parts.body if not self._aspects.is_talk(s)]
        said = [*told, *(s.text for m in mentions for s in m.segments)]
        others = {p for m in mentions for p in m.powers} - set(memory.powers)
        open_ = all(len(m.powers) > 1 for m in mentions)  # 「证是自动出的？」 decides between no others
        return (
            bool(told and others)
            and all(self._bodies.says(memory.powers[0], text) for text in said)
            and (open_ or not any(self._bodies.says(p, text) for p in others for text in told))
        )

    def _silent_about(self, parts: Parts, powers: tuple[int, ...]) -> str:
        """Return what is asked of a named power although no register says it, "" if there is no such thing."""
        if parts.absent and not self._aspects.holds_it(parts, powers):
            return parts.absent[0].word
        if any(one.text == "多少" and other.kind is Kind.OTHER for one, other in pairwise(parts.segments)):
            return "金额和数量"  # 「要交多少保证金」
        # 「为什么二手车要初审」: what is done stands in the register, the reason does not
        why = parts.cue("why") and self._aspects.facets(parts, powers) != (Facet.CONTROLS,)
        return "缘由" if why and not parts.facets else ""

    def _glued_to(self, parts: Parts, open_: list[Mention]) -> list[str]:
        """Return the wording in one breath with pieces of names that none of their powers says: the 服务 of
        「气象信息服务单位备案」.
        """
        said = [s for s in parts.body if not self._aspects.is_talk(s)]
        marks = [s.start for s in parts.segments if s.kind is Kind.MARK]
        found = []
        for m in open_:
            end = m.segments[-1].end
            near = [s for s in said if s.start >= end and not any(end <= mark < s.start for mark in marks)]
            found += [s.text for s in near if not any(self._bodies.says(p, s.meant) for p in m.powers)]
        return found

    def _is_elsewhere(self, parts: Parts, open_: list[Mention]) -> bool:
        """Whether a piece of several names is told more of by wording that none of them has, but others together with
        the piece (「区里初审的那个项目」).
        """
        words = [s.meant for s in parts.body if not self._aspects.is_talk(s)]
        said = any(self._bodies.says(p, word) for m in open_ for p in m.powers for word in words)
        pieces = [[m.text] for m in open_ if not m.strong]
        return bool(words and pieces and not said and self._passages.containing([*pieces, *([w] for w in words)]))
