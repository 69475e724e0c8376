"""Questions that name no power: they are about what was talked of before."""

import re
from dataclasses import replace
from itertools import pairwise

from rapidfuzz import fuzz

from bot.understanding.aspects import Aspects
from bot.understanding.memory import Memory
from bot.understanding.mentions import Mention
from bot.understanding.parts import Parts
from bot.understanding.query import MAX_OPTIONS, Query, Reason, Shape
from bot.understanding.segments import Kind
from bot.understanding.sets import Sets
from knowledge.bodies import Bodies
from knowledge.models import Facet, Register
from knowledge.organisations import ENDS
from knowledge.passages import Passages
from knowledge.text import plain

# 「一般的呢」, 「那普通项目呢」
_USUAL = re.compile(
    "(?:那|要是|如果)?是?(?:一般|普通|平常|正常|常规|寻常|其他|其它|别的|非重大|不重大|不是重大)的?"
    "(?:项目|事项|情况|业务|货物|商品|品类)?的?(?:呢|怎么走|谁定|谁审|谁审定)*"
)
# So many characters that nothing explains may be a slip, unless they end as an office does (发改委).
_SLIP = 2
# So alike (0 to 100) are the steps for the usual and for a special case.
_SAME_STEP = 60


class FollowUps:
    """Understands questions about what was talked of."""

    def __init__(self, register: Register, passages: Passages, bodies: Bodies, aspects: Aspects, sets: Sets):
        self._register = register
        self._passages = passages
        self._bodies = bodies
        self._aspects = aspects
        self._sets = sets

    def by_memory(self, parts: Parts, _mentions: list[Mention], memory: Memory) -> Query | None:
        """「那风险呢」, 「下一步」, 「没有的呢」: of what was told or listed."""
        powers = memory.powers
        if not powers and memory.listed and len(memory.listed) <= MAX_OPTIONS:
            powers = memory.listed
        if not powers:
            return None
        if parts.absent and not self._aspects.holds_it(parts, powers):
            return Query(
                Shape.UNKNOWN, reason=Reason.NOT_HELD, label=parts.absent[0].word, near=self._told_of(parts, powers)[:3]
            )
        phrases = self._sets.phrases(parts)
        if self._is_about_another(parts, powers, phrases):
            return None
        if parts.cue("both") and len(powers) == 1 and len(memory.recent) > 1:
            powers = tuple(sorted(memory.recent[:2]))
        same_set = self._same_set(parts, phrases, memory)
        if same_set or self._is_said_elsewhere(parts, powers, phrases):
            return same_set
        elsewhere = self._aspects.held_elsewhere(parts, powers)
        if elsewhere:
            return self._aspects.ask(parts, elsewhere, (Facet.POSTS,))  # 「那数据统计人员呢」
        facets = self._aspects.facets(parts, powers)
        step = self._aspects.step(parts)
        asked = parts.facets or step or phrases or parts.people
        if not (asked or _says_something(parts)) or self._does_something_else(parts, powers):
            return None  # 「能加急不」, 「他忙不忙」, 「晚上去哪吃好」
        other = self._pointed_at(parts, powers)
        if other:
            return self._aspects.ask(parts, other, tuple(parts.facets) or memory.facets or (Facet.OVERVIEW,))
        if facets in ((), (Facet.OVERVIEW,)) and any(s.counter in ("条", "点") for s in parts.ordinals):
            facets = memory.facets  # 「第四条呢」
        if not facets and len(powers) == 1 and self._aspects.weighs(parts, powers[0]):
            facets = (Facet.PROCESS,)  # 「要是投了七年呢」
        if not facets and not step and not phrases:
            words = any(s.kind is Kind.WORD and not s.tagged("padding") for s in parts.segments)
            if not (parts.cue("compare") or (words and parts.cue("this"))):
                return None
            facets = memory.facets
        return self._aspects.ask(parts, powers, facets or (Facet.PROCESS,))

    def _is_about_another(self, parts: Parts, powers: tuple[int, ...], phrases: tuple[str, ...]) -> bool:
        """Whether what nothing explains speaks of something else: more than a slip, or an office (「社保窗口」)."""
        unknown = "".join(parts.unexplained)
        if not unknown:
            return False
        said = any(self._aspects.says(p, phrase, Facet.PROCESS) for p in powers for phrase in phrases)
        glued = any(
            one.is_loose and len(one.text) > 1 and other.kind is Kind.BODY and other.start == one.end
            for one, other in pairwise(parts.segments)
        )
        return glued or not said or len(unknown) > _SLIP or unknown[-1] in ENDS

    def _does_something_else(self, parts: Parts, powers: tuple[int, ...]) -> bool:
        """Whether what is done is done in none of ``powers``: 「晚上去哪吃好」."""
        behind = [b for a, b in pairwise(parts.segments) if a.tagged("cue:place")]
        acts = [s.text for s in behind if s.kind is Kind.OTHER]
        return bool(acts) and not any(self._bodies.says(p, act) for p in powers for act in acts)

    def _is_said_elsewhere(self, parts: Parts, powers: tuple[int, ...], phrases: tuple[str, ...]) -> bool:
        """Whether only other powers say what the question asks about: 「出示证件那条原话」, 「第三方是谁选」."""
        telling = [[phrase] for phrase in phrases if len(phrase) > 1]
        if parts.yes_or_no or parts.cue("he", "both", "within", "after", "before") or not telling:
            return False
        saying = {place.position for place in self._passages.containing(telling)}
        here = any(self._aspects.says_anywhere(p, phrase) for p in powers for [phrase] in telling)
        return bool(saying) and not here and not saying & set(powers)

    def _same_set(self, parts: Parts, phrases: tuple[str, ...], memory: Memory) -> Query | None:
        """「没有的呢」, 「那要会签的呢」: the set asked for before, with other wording or without it."""
        again = memory.set_ask
        held = bool(phrases) and bool(self._passages.containing([[phrases[0]]]))
        if again is None or not again.phrases or parts.facets:
            return None
        if parts.cue("without") and (held or not phrases):
            return Query(
                Shape.LIST,
                set_ask=replace(
                    again,
                    phrases=phrases or again.phrases,
                    without=True,
                    resembling="" if phrases else again.resembling,
                ),
            )
        stepwise = parts.cue("after", "before", "first", "last")
        bare = all(s.kind in (Kind.BODY, Kind.MARK) or s.tagged("cue:followup") for s in parts.segments)
        elsewhere = not any(self._bodies.says(p, phrases[0]) for p in memory.powers) if phrases else False
        if held and not stepwise and (bare or elsewhere):
            return Query(Shape.LIST, set_ask=replace(again, phrases=phrases, resembling=""), said="、".join(phrases))
        return None

    def by_usual_case(self, parts: Parts, _mentions: list[Mention], memory: Memory) -> Query | None:
        """「一般的呢」, after a step for a special case was told: its neighbour without a condition that says most of
        the same.
        """
        if memory.step is None:
            return None
        position, index = memory.step
        steps = self._register.power(position).process
        said = plain(steps[index].condition or "")
        words = [s.meant for s in parts.body]
        denied = parts.cue("without") and words and all(word in said for word in words)  # 「没伤亡的呢」
        if not (denied or _USUAL.fullmatch(plain(parts.said))):
            return None
        beside = [i for i in (index - 1, index + 1) if 0 <= i < len(steps) and (denied or not steps[i].condition)]
        alike = {i: fuzz.ratio(steps[i].text, steps[index].text) for i in beside if steps[index].condition}
        best = max(alike, key=lambda i: alike[i], default=None)
        if best is None or alike[best] < _SAME_STEP:
            return None
        return self._aspects.ask(parts, (position,), (Facet.PROCESS,), best + 1)

    def _told_of(self, parts: Parts, powers: tuple[int, ...]) -> tuple[int, ...]:
        """Return ``powers`` unless the question has a subject of its own that none of them speaks of
        (「展会补贴多少钱」).
        """
        own = [s.meant for s in parts.segments if s.kind in (Kind.NAME, Kind.BODY)] + parts.unexplained
        said = any(self._bodies.says(p, text) for p in powers for text in own)
        return powers if said or not own else ()

    def _pointed_at(self, parts: Parts, powers: tuple[int, ...]) -> tuple[int, ...]:
        """Return the one other power that 「驾培那个也来一份」 points at by wording that only it says."""
        for one, other in pairwise(parts.segments):
            if one.kind is Kind.BODY and other.text in ("那个", "那项", "那一个", "那一项"):
                saying = {place.position for place in self._passages.containing([[one.meant]])}
                if len(saying) == 1 and not saying & set(powers):
                    return tuple(saying)
        return ()


def _says_something(parts: Parts) -> bool:
    """Whether there is more than padding and the form of a question."""
    form = {"padding", "cue:yesno", "cue:followup"}
    if parts.cue("he") and any(s.kind is Kind.OTHER for s in parts.segments):
        return False
    return not parts.yes_or_no or any(s.kind is not Kind.MARK and not s.tags <= form for s in parts.segments)
