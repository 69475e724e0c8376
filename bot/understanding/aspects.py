"""What of a power is asked: its facets, and which of its steps."""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from bot.understanding.clauses import facet_of
from bot.understanding.parts import WEAK_WHO, Parts
from bot.understanding.query import Query, Shape, StepAsk, Where
from bot.understanding.segments import Kind, Segment
from bot.understanding.vocabulary import Vocabulary
from knowledge.bodies import Bodies
from knowledge.lexicon import Lexicon
from knowledge.models import Facet
from knowledge.passages import Passages
from knowledge.search import EXACT
from knowledge.text import plain

# Words that stand in names and passages everywhere and say nothing alone.
_EMPTY = frozenset(
    [
        "存在",
        "材料",
        "企业",
        "文件",
        "公司",
        "信息",
        "申请",
        "负责",
        "经办",
        "审批",
        "项目",
        "事项",
        "业务",
        "工作",
        "部分",
        "内容",
        "情况",
        "有关",
        "相关",
        "实施",
        "管理",
        "办理",
        "进行",
        "开展",
        "单位",
        "处室",
        "流程",
        "风险",
        "措施",
    ]
)


# Wording of so many characters is no talk, whatever its words are (「不按流程」).
_WORDING = 4
# A figure, in digits or, with what it counts, in words (「公示五个工作日」).
_FIGURE = re.compile(r"\d|[一二三四五六七八九十两半百千]+个?(?:工作日|自然日|小时|天|日|周|月|年|万|亿|元|吨|米|成)")

# How registers say how long a thing takes, and how often it is done, by what is asked for.
_PERIODS = {
    "办理时限": re.compile(r"(?:\d+|[一二三四五六七八九十两半]+)个?(?:工作日|自然日|小时|天|日|周|月|年)"),
    "次数和周期": re.compile("[每按](?:半?年|季度?|月|周|日|天)"),
}
# What is said of a period stands so near to it.
_NEAR_PERIOD = 10


def _around(text: str, period: re.Pattern[str]) -> str:
    """Return what stands about the first ``period`` of ``text``."""
    met = period.search(text)
    return text[max(0, met.start() - _NEAR_PERIOD) : met.end() + _NEAR_PERIOD] if met else ""


# What is done in a step that is asked for by who does it, or by its place: 「谁点的」, 「是哪步拨」.
_ACT = re.compile("(?:由?谁(?:来|去|给)?(?:先|最后)?|[是在]哪一?步)([一-鿿])")
_WHEN = frozenset({"什么时候", "啥时候", "何时", "几时", "啥时"})
_REASON = re.compile("避免|防止|以免|以防|确保|为了|保证")
# How registers say that one person alone does not do.
_TWO = ("两人", "2人", "二人", "双人", "两名", "2名", "二名", "两个人")
_WITH = frozenset("跟给向找由让")


def _acts_with(parts: Parts) -> bool:
    """Whether every who-word stands behind a preposition: who takes part in a step, not who holds the post."""
    who = [s for s in parts.facet_words if s.tagged("facet:posts")]
    before = {other.start: one.text for one, other in pairwise(parts.segments)}
    return all(s.word in WEAK_WHO and before.get(s.start) in _WITH for s in who)


def _acts_as_who(s: Segment) -> bool:
    """Whether a word asks who acts in a step: 谁复核."""
    return s.tagged("cue:place") and s.text.startswith("谁")


_BOTH = frozenset({"谁和谁", "谁跟谁", "谁与谁"})
_CALLED = frozenset({"叫什么", "叫啥", "名字", "叫什么名"})
_WHOLE = ("介绍", "详细", "展开", "讲讲", "说说", "完整", "全部", "整")
_VAGUE = frozenset({"是什么", "是啥", "是哪个", "是哪一个", "情况", "内容", "具体内容", "具体情况"})


class Aspects:
    """Tells facets and steps from the words of a question and from what the powers say."""

    def __init__(self, lexicon: Lexicon, passages: Passages, bodies: Bodies, words: Vocabulary):
        self._register = lexicon.register
        self._bodies = bodies
        self._lexicon = lexicon
        self._passages = passages
        self._words = words

    def facets(self, parts: Parts, powers: tuple[int, ...]) -> tuple[Facet, ...]:
        """Return the facets asked for of ``powers``, in the question's order; none when it names none."""
        if parts.cue("why") and self._gives_reason(parts, powers):
            return (Facet.CONTROLS,)
        told = next((facet for p in powers if parts.absent and (facet := self.told_in(parts, p))), None)
        if told:
            return (told,)
        named = self._facets_in_names(parts, powers)
        facets = [f for f in parts.facets if f not in named and (f is not Facet.OVERVIEW or len(parts.facets) == 1)]
        posts = facets == [Facet.POSTS] and all("岗位" in s.text for s in parts.facet_words)
        if posts and parts.yes_or_no and not parts.cue("compare"):
            facets = []  # 「数据分析那个岗位不用轮岗的吧」: what of it is asked, not who
        if not facets and parts.cue("alone"):
            return self._of_two(powers)
        if not facets and any(s.tagged("cue:compare") and "人" in s.text for s in parts.segments):
            return (Facet.POSTS,)  # 「合同备案和计划备案 一个人吗」
        content = self._content(parts, powers)
        in_process = any(self.says(p, s.meant, Facet.PROCESS) for p in powers for s in content)
        if set(facets) == {Facet.PROCESS, Facet.POSTS} and in_process and _acts_with(parts):
            return (Facet.PROCESS,)  # 「要会签几道，都跟谁」
        if facets == [Facet.POSTS]:
            return self._who(parts, powers, content, in_process=in_process)
        if not facets:
            return self._implied(parts, powers, content, in_process=in_process)
        step = self.step(parts)
        whole = any(s.word.startswith(_WHOLE) for s in parts.facet_words)
        if facets == [Facet.OVERVIEW] and whole and step is not None and step.where is Where.AT and not content:
            return (Facet.OVERVIEW,)  # 「那个啥情况，介绍下」
        if facets == [Facet.OVERVIEW] and (step or (in_process and (self._is_vague(parts) or parts.cue("times")))):
            return (Facet.PROCESS,)
        return tuple(facets)

    def _facets_in_names(self, parts: Parts, powers: tuple[int, ...]) -> set[Facet]:
        """Return what only pieces of a name ask for, where something else is asked: 「防范险能力要走哪些步骤」."""
        names = [s for s in parts.names if len(s.text) > 1]
        inside = [
            s
            for s in parts.facet_words
            if any(s.start == n.end or s.end == n.start for n in names)
            and powers
            and all(s.text in plain(self._register.power(p).title) for p in powers)
        ]
        asked = {facet_of(s) for s in parts.facet_words if s not in inside}
        return {f for s in inside if (f := facet_of(s)) and asked and f not in asked}

    def _gives_reason(self, parts: Parts, powers: tuple[int, ...]) -> bool:
        """Whether a control says why it is taken: 「为什么要轮岗」, 「实行定期轮岗制度，避免…」."""
        words = [s.meant for s in parts.body if not self.is_talk(s)]
        controls = [plain(control) for p in powers for control in self._register.power(p).controls]
        return any(word in control and _REASON.search(control) for word in words for control in controls)

    def _of_two(self, powers: tuple[int, ...]) -> tuple[Facet, ...]:
        """Return the facets in which the powers say that one person alone does not do."""
        inquired = (Facet.PROCESS, Facet.CONTROLS, Facet.RISKS)
        return tuple(f for f in inquired if any(self._says_any(p, _TWO, f) for p in powers)) or (Facet.CONTROLS,)

    def held_elsewhere(self, parts: Parts, powers: tuple[int, ...]) -> tuple[int, ...]:
        """Return the one other power of which the question names a post that none of ``powers`` has."""
        words = [s.meant for s in parts.body if not self.is_talk(s)]
        places = [p for word in words for p in self._passages.containing([[word]], frozenset({Facet.POSTS}))]
        positions = {place.position for place in places}
        said = any(self._passages.says(p, word, facet) for p in powers for word in words for facet in Facet)
        return tuple(positions) if len(positions) == 1 and not positions & set(powers) and not said else ()

    def weighs(self, parts: Parts, position: int) -> bool:
        """Whether the question names an amount, and a condition in the power's process is about one."""
        conditions = [plain(step.condition or "") for step in self._register.power(position).process]
        return bool(parts.amounts) and any(_FIGURE.search(condition) for condition in conditions)

    def holds_it(self, parts: Parts, powers: tuple[int, ...]) -> bool:
        """Whether the register does say what it seldom does: a step with a figure in it is asked about (「公示几天」,
        「多少钱以上要报领导」).
        """
        words = [s.meant for s in parts.body if not self.is_talk(s)]
        labels = {s.word for s in parts.absent}
        if any(self._says_whole(p, s.text, Facet.PROCESS) for s in parts.absent for p in powers):
            return True  # 「地址谁核实」, where a step says 核实地址
        numbered = any(s.counter in ("步", "个环节", "环节") for s in parts.ordinals)
        if labels == {"所需材料"} and (parts.cue("before", "after", "first") or numbered):
            # 「起草方案之前得先等啥文件」, 「代持机构先要交啥材料」, 「第一步要等什么文件」: a step is asked for
            return numbered or any(self.says(p, word, Facet.PROCESS) for p in powers for word in words)
        if any(self.told_in(parts, p) for p in powers):
            return True
        if all(s.text in _WHEN for s in parts.absent):
            # 「什么时候才能发通知收材料」: after which step
            return any(self._says_any(p, (word,), Facet.PROCESS) for p in powers for word in words if len(word) > 2)
        for position in powers:
            for step in self._register.power(position).process:
                text = plain(f"{step.condition or ''}{step.text}")
                if _FIGURE.search(text) and (parts.cue("conditions") or any(word in text for word in words)):
                    return True
        return False

    def told_in(self, parts: Parts, position: int) -> Facet | None:
        """Return where the power says how long what is asked about takes: 「名单要公示几天」, 「投诉几天内转给谁」."""
        labels = {s.word for s in parts.absent}
        period = _PERIODS.get(labels.pop()) if len(labels) == 1 else None
        if period is None:
            return None
        # of the power's own name only what the period is asked of: 「几天内备案」, 「延续要提前几天」
        ahead = any(s.text == "提前" for s in parts.segments)
        behind = {other for one, other in pairwise(parts.segments) if one.kind is Kind.ABSENT}
        words = [
            s.meant
            for s in parts.segments
            if (s.kind is Kind.BODY or (s.kind is Kind.NAME and (ahead or s in behind))) and s.meant not in _EMPTY
        ]
        words += [s.text for s in parts.segments if s.tagged("cue:handled", "cue:extreme") and len(s.text) > 1]
        acts = [s.text[0] for s in parts.segments if s.tagged("cue:act", "cue:place")]
        acts += [char for s in parts.absent for char in s.text if char in self._words.synonyms]  # 「多久报一次」
        if any(s.text.startswith("截止") for s in parts.absent):  # until when something is handed in
            acts.append("交")
        words += [*acts, *(word for said in (*words, *acts) for word in self._words.synonyms.get(said, ()))]
        power = self._register.power(position)
        for step in power.process:
            # a condition speaks of all the step
            said = plain(step.text) if period.search(step.condition or "") else _around(plain(step.text), period)
            if any(word in said for word in words):
                return Facet.PROCESS
        controls = any(word in _around(plain(control), period) for control in power.controls for word in words)
        return Facet.CONTROLS if controls else None

    def _content(self, parts: Parts, powers: tuple[int, ...]) -> list[Segment]:
        """Return the wording that the question holds beside the powers' names."""
        links = self._links(parts, powers)
        acts = [
            s
            for s in parts.segments
            if (len(s.text) == 1 and s.text in self._words.synonyms)
            or (
                s.tags == {"padding"}
                and len(s.text) == 2
                and s.text not in _EMPTY
                and not any(i in link for link in links for i in range(s.start, s.end - 1))
                and any(self.says(p, s.text, Facet.PROCESS) for p in powers)
            )
        ]
        # 「证件」 only sounds like a piece of 行政检查
        wording = [
            s for s in parts.body if not any(all(k.get(i) == EXACT for i in range(s.start, s.end - 1)) for k in links)
        ]
        return [s for s in (*wording, *self._elsewhere(parts, powers), *acts) if not self.is_talk(s)]

    def _who(
        self, parts: Parts, powers: tuple[int, ...], content: list[Segment], *, in_process: bool
    ) -> tuple[Facet, ...]:
        """Tell who holds the post (「谁经办」) from who acts in a step (「谁签发」, 「审议以后报给哪位领导」)."""
        words = [s.word for s in parts.facet_words if s.tagged("facet:posts")]
        if self._asks_who_of_us(parts):
            return (Facet.POSTS,)
        roles = [plain(post.role) for p in powers for post in self._register.power(p).posts]
        acted = [s for s in parts.segments if s.tags == {"padding"} and len(s.text) > 1 and s.text not in _EMPTY]
        held = any(s.text in role for role in roles for s in (*content, *acted))  # 「谁在统计」, of 统计人员
        step = self.step(parts)
        ends = step is not None and step.where in (Where.FIRST, Where.LAST)
        if (in_process or ends) and not held and all(word in _CALLED for word in words):
            return (Facet.PROCESS,)  # 「填报的平台叫什么」, 「最后一步叫什么」
        if in_process and parts.cue("together") and all(word in _BOTH for word in words):
            return (Facet.PROCESS,)  # 「谁和谁一起审」
        if in_process and any(
            one in parts.facet_words
            and one.text.endswith("找谁")
            and other.kind is Kind.BODY
            and other.start == one.end
            for one, other in pairwise(parts.segments)
        ):
            return (Facet.PROCESS,)  # 「高层的要找谁会商」
        if all(word in WEAK_WHO for word in words) and self._is_acted_on(parts):
            return (Facet.PROCESS,)  # 「通知谁」
        stepwise = step is not None and (step.where is not Where.AT or parts.cue("place"))
        if all(word in WEAK_WHO for word in words) and self._is_done_in_a_step(parts, powers):
            return (Facet.PROCESS,)  # 「路上是谁派人押的」
        if (stepwise or ends) and self._asks_twice(parts):
            return (Facet.POSTS, Facet.PROCESS)
        if all(word in WEAK_WHO for word in words):
            acts = in_process or parts.cue("step")
            acts = acts or (step is not None and (step.where is not Where.AT or step.number is not None))
            return (Facet.PROCESS,) if acts and not held else (Facet.POSTS,)
        asks = any(set("谁哪几") & set(word) for word in words)
        holds = any(set("办责管归") & set(word) and word[-1] not in "审批定签" for word in words)
        if in_process and asks and stepwise and not holds:
            return (Facet.PROCESS,)
        placed = any(s.tagged("cue:place") and "谁" not in s.text for s in parts.segments)
        if not asks and (placed or (in_process and (stepwise or parts.cue("place", "how")))):
            return (Facet.PROCESS,)  # 「经办人核实之后报给谁」
        return (Facet.POSTS,)

    def _is_done_in_a_step(self, parts: Parts, powers: tuple[int, ...]) -> bool:
        """Whether a single character that nothing explains, and that no name has, is what a step says is done."""
        acts = {s.text for s in parts.segments if s.kind is Kind.OTHER and len(s.text) == 1 and s.text != "人"}
        held = (self._register.power(p) for p in powers)
        return any((acts - set(power.name)) & set("".join(step.text for step in power.process)) for power in held)

    @staticmethod
    def _is_acted_on(parts: Parts) -> bool:
        """Whether the question ends with the one whom the register's wording is done to: 「橙色预警通知谁」."""
        segments = [s for s in parts.segments if s.kind is not Kind.MARK]
        acted = [who for one, who in pairwise(segments) if one.kind is Kind.BODY and one.end == who.start]
        return bool(acted) and acted[-1] is segments[-1] and segments[-1].word == "谁"

    def _implied(
        self, parts: Parts, powers: tuple[int, ...], content: list[Segment], *, in_process: bool
    ) -> tuple[Facet, ...]:
        """Return the facet that a question without a facet word is about, if it can be told."""
        if parts.people and powers and (not in_process or parts.yes_or_no):
            return (Facet.POSTS,)  # no step says who it is by name
        if self._asks_who_of_us(parts):
            return (Facet.POSTS,)
        if self.step(parts) is not None:
            return (Facet.PROCESS,)
        if content and all(self._is_post(s.meant, powers) for s in content):
            return (Facet.POSTS,)  # 「产地检疫的检疫员也是丁建国」, though steps speak of him too
        inquired = (Facet.PROCESS, Facet.CONTROLS, Facet.RISKS, Facet.POSTS)
        for s in sorted(content, key=lambda s: -len(s.text)):
            for facet in inquired if len(s.meant) > 1 else (Facet.PROCESS,):
                if any(self._says_whole(p, s.meant, facet) for p in powers):
                    return (facet,)
            # a premise that only other powers speak of: 「得上党组会吧」, 「要不要轮岗」
            for facet in inquired:
                if powers and self._passages.containing([[s.meant]], frozenset({facet})):
                    return (facet,)
        for facet in inquired:
            if any(self.says(p, s.meant, facet) for p in powers for s in content if len(s.meant) > 1):
                return (facet,)
        if parts.cue("place", "conditions", "times", "handled", "how", "does", "manner", "step"):
            return (Facet.PROCESS,)
        if parts.people or (parts.cue("he") and parts.yes_or_no and (parts.names or parts.cue("own", "followup"))):
            return (Facet.POSTS,) if powers else ()
        return (Facet.PROCESS,) if parts.yes_or_no else ()

    @staticmethod
    def _asks_who_of_us(parts: Parts) -> bool:
        """Whether who of the division does something is asked: 「到咱处是谁复核」; steps name nobody."""
        said = [s for s in parts.segments if s.text not in ("是", "由", "的", "里")]
        return any(
            one.tagged("cue:we") and "局" not in one.text and (other.word in WEAK_WHO or _acts_as_who(other))
            for one, other in pairwise(said)
        )

    def _is_post(self, text: str, powers: tuple[int, ...]) -> bool:
        """Whether a post of one of ``powers`` is called ``text``, its office aside."""
        roles = (plain(post.role) for p in powers for post in self._register.power(p).posts)
        return len(text) > 1 and any(role.endswith(text) for role in roles)

    @staticmethod
    def _asks_twice(parts: Parts) -> bool:
        """Whether who and which step are two questions: 「谁跟 第三方审完下一步是啥」."""
        who = max(s.end for s in parts.facet_words if s.tagged("facet:posts"))
        asked = ("cue:after", "cue:before", "cue:first", "cue:last", "cue:place")
        steps = [s.start for s in parts.segments if s.tagged(*asked) and s.text != "还是"]
        marks = [s.start for s in parts.segments if s.kind is Kind.MARK]
        return any(who <= mark < step for step in steps for mark in marks)

    @staticmethod
    def _is_vague(parts: Parts) -> bool:
        """Whether the words for the whole are but the way the question is put (「是什么」, 「哪些情况」)."""
        return all(s.word in _VAGUE for s in parts.facet_words)

    def _elsewhere(self, parts: Parts, powers: tuple[int, ...]) -> list[Segment]:
        """Return what stands in names, but not in the names of ``powers``: there it is wording."""
        links = self._links(parts, powers)
        return [
            s
            for s in parts.names
            if links
            and (len(s.text) > 2 or any(self._says_any(p, (s.text,), Facet.PROCESS) for p in powers))
            and not any(i in link for link in links for i in range(s.start, s.end - 1))
        ]

    @staticmethod
    def _links(parts: Parts, powers: tuple[int, ...]) -> list[dict[int, float]]:
        match = parts.cut.match
        return [link for known, link in zip(match.known, match.links, strict=True) if known.position in powers]

    def says(self, position: int, text: str, facet: Facet) -> bool:
        """Whether the facet of the power says ``text``, or a word of it."""
        words = (w for w in self._lexicon.cut(text) if 1 < len(w) < len(text))
        return self._says_whole(position, text, facet) or self._says_any(position, words, facet)

    def says_anywhere(self, position: int, text: str) -> bool:
        """Whether the power says ``text``, or what is said for it, in any of its cells or its name."""
        return any(self._bodies.says(position, word) for word in self._words.synonyms.get(text, (text,)))

    def _says_whole(self, position: int, text: str, facet: Facet) -> bool:
        """Whether the facet of the power says ``text``, or what is said for it."""
        return self._says_any(position, self._words.synonyms.get(text, (text,)), facet)

    def _says_any(self, position: int, words: Iterable[str], facet: Facet) -> bool:
        return any(self._passages.says(position, word, facet) for word in words)

    def step(self, parts: Parts) -> StepAsk | None:
        """Return which step is asked for, if one is."""
        words = tuple(
            s.meant
            for s in parts.segments
            if s.kind in (Kind.BODY, Kind.NAME, Kind.OTHER)
            or s.tagged("cue:act", "cue:conditions")  # 「报商务部之前」, 「超过六年的」
        )
        words += tuple(met[1] for s in parts.segments if s.tagged("cue:place") and (met := _ACT.fullmatch(s.text)))
        number = next((s.number for s in parts.ordinals if s.counter in ("步", "道", "个环节", "环节")), None)
        if number is not None:
            return StepAsk(Where.AT, words, number)
        for cue, where in (
            ("last", Where.LAST),
            ("before", Where.BEFORE),
            ("after", Where.AFTER),
            ("first", Where.FIRST),
        ):
            if parts.cue(cue) and not (where is Where.FIRST and self._is_but_polite(parts)):
                return StepAsk(where, words)
        if parts.cue("place") or (parts.body and any(s.word in WEAK_WHO for s in parts.facet_words)):
            return StepAsk(Where.AT, words)
        return None

    @staticmethod
    def _is_but_polite(parts: Parts) -> bool:
        """Whether 先 orders the talk, not the steps: 「我想先了解一下行政检查」."""
        first = [s.word for s in parts.segments if s.tagged("cue:first")]
        asks = any(facet_of(s) is not Facet.OVERVIEW for s in parts.facet_words)
        return first == ["先"] and not (parts.body or asks or parts.cue("place", "handled"))

    def ask(self, parts: Parts, powers: tuple[int, ...], facets: tuple[Facet, ...], number: int | None = None) -> Query:
        """Return the query for ``facets`` of ``powers``, with the step and the people that the question names.

        Args:
            parts: the question.
            powers: positions.
            facets: what is asked.
            number: the step that is meant (from 1), where it is known already.
        """
        step = self.step(parts) if number is None else StepAsk(Where.AT, number=number)
        # the power's own name points at no step: 「担保平台要第三方审核么」, 「担保平台从哪一步开始」
        named = self._elsewhere(parts, powers)
        own = {s.text for s in parts.names if len(s.text) > 2 and s not in named}
        if step is not None and step.where in (Where.FIRST, Where.LAST):
            step = replace(step, words=tuple(word for word in step.words if word not in own))
        elif step is not None and step.where is Where.AT:
            step = replace(step, words=tuple(word for word in step.words if word not in own) or step.words)
        elif step is None and (parts.body or parts.cue("conditions")):
            words = [s for s in parts.segments if s.kind is Kind.BODY or s in named or s.tagged("cue:conditions")]
            step = StepAsk(Where.AT, tuple(s.meant for s in words))
        if step is None and self.weighs(parts, powers[0]):
            step = StepAsk(Where.AT)
        if step is not None:
            step = replace(step, amounts=parts.amounts)
        others = any(s.word.startswith("还有谁") for s in parts.facet_words)  # 「跟刘博一起的还有谁」
        # a premise is who was named by name, not by office: 「副处长是谁」 asks
        named = [s for s in parts.people if len(s.people) <= 1 and not s.word and not others]
        # who is not in the register, as typed
        people = tuple(dict.fromkeys(s.people[0] if s.people else s.text for s in named))
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
            item=next((s.number for s in parts.ordinals if s.counter in ("条", "点", "款")), None),
            with_responsible=any(set("负管归找") & set(s.word) for s in parts.facet_words if s.tagged("facet:posts")),
        )

    def is_talk(self, s: Segment) -> bool:
        """Whether the register's wording is but talk here (「中出现」, 「写到的」)."""
        if s.text in self._words.synonyms:
            return False
        if len(s.meant) >= _WORDING:
            return False
        return s.text in _EMPTY or (s.kind is Kind.BODY and all(self._words.of(w) for w in self._lexicon.cut(s.meant)))
