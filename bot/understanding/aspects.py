"""What of a power is asked: its facets, and which of its steps."""

from bot.understanding.parts import WEAK_WHO, Parts
from bot.understanding.query import Query, Shape, StepAsk, Where
from bot.understanding.segmentation import Kind, Segment
from bot.understanding.vocabulary import Vocabulary
from knowledge.lexicon import Lexicon
from knowledge.models import Facet
from knowledge.passages import Passages
from knowledge.text import plain

# Words that stand in names and passages everywhere and say nothing alone.
_EMPTY = frozenset(
    [
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


_VAGUE = frozenset({"是什么", "是啥", "是哪个", "是哪一个", "情况", "内容", "具体内容", "具体情况"})


class Aspects:
    """Tells facets and steps from the words of a question and from what the powers say."""

    def __init__(self, lexicon: Lexicon, passages: Passages, words: Vocabulary):
        self._register = lexicon.register
        self._lexicon = lexicon
        self._passages = passages
        self._words = words

    def facets(self, parts: Parts, powers: tuple[int, ...]) -> tuple[Facet, ...]:
        """Return the facets asked for of ``powers``, in the question's order; none when it names none."""
        facets = list(parts.facets)
        step = self.step(parts)
        acts = [
            s
            for s in parts.segments
            if (len(s.text) == 1 and s.text in self._words.synonyms)
            or (
                s.tags == {"padding"}
                and len(s.text) == 2
                and s.text not in _EMPTY
                and any(self.says(p, s.text, Facet.PROCESS) for p in powers)
            )
        ]
        links = self._links(parts, powers)
        wording = [s for s in parts.body if not any(i in link for link in links for i in range(s.start, s.end - 1))]
        content = [s for s in (*wording, *self._elsewhere(parts, powers), *acts) if not self.is_talk(s)]
        weak_who = bool(parts.facet_words) and all(
            s.text in WEAK_WHO or s.word in WEAK_WHO for s in parts.facet_words if s.tagged("facet:posts")
        )
        in_process = any(self.says(p, s.meant, Facet.PROCESS) for p in powers for s in content)
        in_posts = any(
            s.text in plain(post.role) for p in powers for post in self._register.power(p).posts for s in content
        )
        stepwise = step is not None and (step.where is not Where.AT or parts.cue("place"))
        asking = any(set("谁哪几") & set(s.word) for s in parts.facet_words)
        if facets == [Facet.POSTS] and not asking and (parts.cue("place", "how") or stepwise) and in_process:
            return (Facet.PROCESS,)  # 「经办人核实之后报给谁」
        if (
            facets == [Facet.POSTS]
            and weak_who
            and not in_posts
            and (in_process or (step and (step.where is not Where.AT or step.number is not None)))
        ):
            return (Facet.PROCESS,)
        holds = any(set("办责管归") & set(s.word) for s in parts.facet_words)
        if facets == [Facet.POSTS] and stepwise and in_process and not holds:
            return (Facet.PROCESS,)  # 「审议以后报给哪位领导」
        if parts.people and not facets and powers and not in_process:
            return (Facet.POSTS,)
        if not facets:
            if step is not None:
                return (Facet.PROCESS,)
            for facet in (Facet.PROCESS, Facet.CONTROLS, Facet.RISKS):
                if any(self.says(p, s.meant, facet) for p in powers for s in content):
                    return (facet,)
            # a premise that only other powers' processes speak of: 「得上党组会吧」
            if powers and any(self._passages.containing([[s.meant]], frozenset({Facet.PROCESS})) for s in content):
                return (Facet.PROCESS,)
            if parts.cue("place", "conditions", "times", "handled", "how") or (
                parts.yes_or_no and not parts.people and not parts.cue("he")
            ):
                return (Facet.PROCESS,)
        if facets == [Facet.OVERVIEW] and (step is not None or (in_process and self._is_vague(parts))):
            return (Facet.PROCESS,)
        if len(facets) > 1 and Facet.OVERVIEW in facets:
            facets.remove(Facet.OVERVIEW)
        if (parts.people or (parts.cue("he") and parts.yes_or_no)) and not facets and powers:
            facets = [Facet.POSTS]
        return tuple(facets)

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
            if links and len(s.text) > 2 and not any(i in link for link in links for i in range(s.start, s.end - 1))
        ]

    @staticmethod
    def _links(parts: Parts, powers: tuple[int, ...]) -> list[dict[int, float]]:
        match = parts.cut.match
        return [link for known, link in zip(match.known, match.links, strict=True) if known.position in powers]

    def says(self, position: int, text: str, facet: Facet) -> bool:
        """Whether the facet of the power says ``text``, or a word of it."""
        words = [
            *self._words.synonyms.get(text, (text,)),
            *(w for w in self._lexicon.cut(text) if 1 < len(w) < len(text)),
        ]
        where = frozenset({facet})
        return any(p.position == position for word in words for p in self._passages.containing([[word]], where))

    def step(self, parts: Parts) -> StepAsk | None:
        """Return which step is asked for, if one is."""
        words = tuple(s.meant for s in parts.segments if s.kind in (Kind.BODY, Kind.NAME, Kind.OTHER))
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
        return first == ["先"] and not (parts.body or parts.facet_words or parts.cue("place", "handled"))

    def ask(self, parts: Parts, powers: tuple[int, ...], facets: tuple[Facet, ...]) -> Query:
        """Return the query for ``facets`` of ``powers``, with the step and the people that the question names."""
        step = self.step(parts)
        if step is None and parts.body:
            step = StepAsk(Where.AT, tuple(s.meant for s in parts.segments if s.kind in (Kind.BODY, Kind.NAME)))
        # a premise is who was named by name, not by office: 「副处长是谁」 asks
        people = tuple(dict.fromkeys(s.people[0] for s in parts.people if len(s.people) == 1 and not s.word))
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
        return s.text in _EMPTY or (s.kind is Kind.BODY and all(self._words.of(w) for w in self._lexicon.cut(s.meant)))
