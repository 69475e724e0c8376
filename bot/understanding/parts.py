"""A cut question, sorted by what its segments do: what it asks for, what it leaves out, what nothing explains."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.amounts import amounts_of
from bot.understanding.clauses import ASKING, absent, asks, clauses, facet_of, names_in_talk, unexplained, without_talk
from bot.understanding.segments import END, Cut, Kind, Segment
from bot.understanding.vocabulary import Vocabulary
from knowledge.models import Facet

# What may stand between the words that together ask who answers for the risks: 「责任人（廉政防控那个）」.
_BETWEEN_GUARDS = frozenset({"最后", "到底", "究竟", "的", "是", "由", "该", "归", "(", "廉政"})
# What the words have in common that name risks and controls, not what is done.
_GUARDED = frozenset("防控险廉监")
# What the column of the responsible is called, but for them.
_GUARDING = frozenset({"风险防控", "廉政风险防控", "廉政防控"})
_ALL_BUT = frozenset({"除了", "除开", "除去"})
# What somebody does who has the asker ask.
_HAS_ASK = frozenset({"让", "叫", "安排", "派", "喊", "问", "来问", "问起", "想问", "打听"})
# What somebody does for a power.
DONE_BY = frozenset([
    "办", "弄", "做", "搞", "管", "负责", "经办", "经办的", "经办人", "主办", "承办", "经手", "分管", "带队",
    "带队的", "牵头",
])  # fmt: skip
_DONE = frozenset({"怎么做", "咋做", "怎么办", "咋办", "怎么弄", "咋弄", "如何做"})
_FINAL_NOT = re.compile("[不没否][?。!]?$")

# How a question for controls begins, and what may stand between it and the risks.
_HOW = ("怎么", "咋", "如何", "怎样", "防", "把关")
_WHAT = ("什么", "啥", "哪些")
_TO_MIND = ("要", "得")
_LIGHT = frozenset({"的", "该", "要", "应该", "得", "都", "去", "来", "这些", "那些", "这个", "各种"})

# Who-words that leave open whether a post or the actor of a step is asked for.
WEAK_WHO = frozenset([
    "谁", "谁去", "谁来", "谁做", "谁在做", "谁弄", "谁搞", "是谁", "问谁", "归谁", "归谁干", "归谁做", "归谁批",
    "归谁审", "归谁签", "归谁定",
])  # fmt: skip

# 「责任人是哪位」 asks for nobody else.
_WHICH_PERSON = frozenset({"是哪位", "哪位", "是哪几位", "哪几位", "是哪个人", "哪个人", "哪一位"})

# Words of exclusion that stand before what they exclude (「不要配额」); the others may also follow it (「配额不用讲」).
_EXCLUDE_BEFORE = frozenset(
    {
        "除掉",
        "抛开",
        "撇开",
        "刨开",
        "不要",
        "不是",
        "别管",
        "别算",
        "别算上",
        "不算上",
        "不算",
        "除了",
        "除开",
        "除去",
        "排除",
        "不看",
        "不问",
        "不包括",
        "不讲",
        "不说",
        "不是说",
        "我不问",
        "不是问",
        "而不是",
        "别给",
        "去掉",
        "剔除",
        "刨去",
        "刨掉",
        "扣掉",
        "去除",
        "别发",
    }
)


@dataclass
class Parts:
    """A cut question sorted by what its segments do; never changed, but for whom it prefers."""

    cut: Cut
    segments: list[Segment]
    tags: frozenset[str]  # of all segments together
    cues: frozenset[str]  # among them
    facets: list[Facet]
    facet_words: list[Segment]
    people: list[Segment]
    units: tuple[str, ...]
    ordinals: list[Segment]
    absent: list[Segment]
    names: list[Segment]
    body: list[Segment]
    excluded: list[Segment]
    pointing: tuple[str, ...]  # who points at the power that is meant (「赵思聪经办的那个项目」)
    talk: list[Segment]  # names that stand in talk before the question (「企业电话打着呢，…」)
    unexplained: list[str]  # what nothing explains, clauses of mere talk aside
    unknown: list[str]  # what nothing explains, anywhere
    preferred: frozenset[int] = frozenset()  # powers of the unit that is named or asks: meant where several fit

    def cue(self, *names: str) -> bool:
        """Whether one of the cues is there."""
        return not self.cues.isdisjoint(names)

    @cached_property
    def said(self) -> str:
        """The question without its talk and what it leaves out."""
        return "".join(s.text for s in self.segments)

    @cached_property
    def amounts(self) -> tuple[tuple[float, str], ...]:
        """The amounts that the question names, each with its unit; the 10 of 「10的呢」 is none."""
        numbered = {i for s in self.ordinals for i in range(s.start, s.end)}
        return amounts_of("".join(" " if i in numbered else char for i, char in enumerate(self.cut.text)))

    @cached_property
    def asks(self) -> bool:
        """Whether a word asks for something."""
        return asks(self.segments) or self.yes_or_no

    @cached_property
    def of_each(self) -> bool:
        """Whether something is asked of each of several: 「分别」, 「都谁」, 「这俩」."""
        if any(one.text in ("都", "各") and other in self.facet_words for one, other in pairwise(self.segments)):
            return True
        return self.cue("both", "compare") or any(
            s.text.startswith(("分别", "都", "各", "同一", "一个人"))
            for s in self.segments
            if s in self.facet_words or s.text == "都要"
        )

    @cached_property
    def asking(self) -> list[Segment]:
        """The segments of the clauses that ask something; all where none does."""
        asking = [s for clause in clauses(self.segments) if asks(clause) for s in clause]
        return asking or self.segments

    @cached_property
    def yes_or_no(self) -> bool:
        """Whether the question wants a yes or a no: 「…吗」, 「是不是…」, 「…不」."""
        return self.cue("yesno") or bool(_FINAL_NOT.search(self.said))

    def chat(self) -> str:
        """Return the chat topic that is there, if any."""
        tags = frozenset().union(*(s.tags for s in self.cut.segments))  # thanks may be all that the talk says
        for topic in ("who", "help", "thanks", "greeting", "thanks_ok"):
            if f"chat:{topic}" in tags:
                return topic
        return ""


def sort(cut: Cut, words: Vocabulary) -> Parts:
    """Sort the segments of a cut question."""
    excluded = [*_excluded(cut.segments), *_not_only(cut.segments)]
    live = without_talk([s for s in cut.segments if s not in excluded], words)
    live = [s for s, other in zip(live, [*live[1:], None], strict=True) if not _gives_orders(s, other)]
    pointing = _attributes(live)
    live = [s for s in live if s not in pointing]
    facet_words, facets = _facets_of(live)
    tags = frozenset().union(*(s.tags for s in live))
    in_columns = [b for a, b in pairwise(live) if a.is_facet and a.text[-1] != "的" and b.tagged("cue:within")]
    if in_columns and not any(s.tagged("cue:within") for s in live if s not in in_columns):
        tags -= {"cue:within"}  # 「措施里头写轮岗的」: within a column, not within what was listed
    talk = names_in_talk(live)
    return Parts(
        cut=cut,
        segments=live,
        tags=tags,
        cues=frozenset(tag.removeprefix("cue:") for tag in tags if tag.startswith("cue:")),
        facets=facets,
        facet_words=facet_words,
        people=[s for s in live if s.kind is Kind.PERSON],
        units=tuple(dict.fromkeys(s.meant for s in live if s.kind is Kind.UNIT)),
        ordinals=[s for s in live if s.kind is Kind.ORDINAL],
        absent=absent(live, words),
        names=[s for s in live if s.kind is Kind.NAME],
        body=[s for s in live if s.kind is Kind.BODY],
        excluded=excluded,
        pointing=tuple(person for s in pointing if len(s.people) == 1 for person in s.people),
        talk=talk,
        unexplained=unexplained(live, talk),
        unknown=unexplained(live),
    )


def _gives_orders(s: Segment, other: Segment | None) -> bool:
    """Whether a person is but who has the asker ask: 「曹处让我熟悉二手车」, 「小赵问，双随机带几个人」."""
    return s.kind is Kind.PERSON and other is not None and other.text in _HAS_ASK


def _attributes(segments: list[Segment]) -> list[Segment]:
    """Return who is named only to point at a power: the 赵思聪经办的 of 「赵思聪经办的那个备案在哪填」, where
    something else is asked behind it.
    """
    for i, s in enumerate(segments):
        if s.kind is not Kind.PERSON:
            continue
        j = i + 1
        while j < len(segments) and (segments[j].tagged("cue:own") or segments[j].word in DONE_BY):
            j += 1
        linked = j
        while j < len(segments) and segments[j].text in ("的", "那个", "这个", "那项", "这项"):
            j += 1
        if linked > i + 1 and j > linked - segments[linked - 1].text.endswith("的") and j < len(segments):
            behind = segments[j + 1 :]
            column = any(facet_of(b) not in (None, Facet.POSTS) for b in behind)
            sets = any(b.tagged("cue:powers", "cue:set", "cue:count") or b.text == "类" for b in behind)
            asks = column or (any(b.tagged(*ASKING) for b in behind) and not sets)
            if segments[j].kind is Kind.NAME and asks:
                return segments[i:linked]
    return []


def _excluded(segments: list[Segment]) -> list[Segment]:
    """Return the segments that the question says it does not mean."""
    if not any(s.tagged("cue:exclude") for s in segments):
        return []
    out: list[Segment] = []
    clause: list[Segment] = []
    clauses: list[list[Segment]] = [clause]
    for s, other in pairwise([*segments, END]):
        told = any(t.kind in (Kind.NAME, Kind.PERSON) or facet_of(t) for t in clause)
        # 「除了担保 引导基金 易制毒 还有啥」
        goes_on = other.kind is Kind.NAME and any(t.word in _EXCLUDE_BEFORE for t in clause)
        if s.kind is Kind.MARK and (s.text in ",;。!?()、" or (s.text == " " and told and not goes_on)):
            clause = []
            clauses.append(clause)
        else:
            clause.append(s)
    for c in clauses:
        if sum(s.tagged("cue:exclude") for s in c) > 1 and any(s.text in _ALL_BUT for s in c):
            continue  # 「除了流程别的都不用讲」: only that
        for i, s in enumerate(c):
            if not s.tagged("cue:exclude"):
                continue
            if s.text == "不是" and any(t.text in ("吗", "吧", "么") for t in c[i + 1 :]):
                continue  # 「不是路海轩吗」 asks
            behind = c[i + 1 :]
            stop = next(
                (
                    j
                    for j, t in enumerate(behind)
                    if t.text in ("是", "以外", "之外", "我要", "而是", "外", "那个", "这个", "那项")
                    or t.text.startswith("还")
                ),
                len(behind),
            )
            meant = [t for t in behind[:stop] if t.kind in (Kind.NAME, Kind.PERSON) or t.is_facet]
            if s.word in _EXCLUDE_BEFORE and meant:
                asked_of = len(meant) > 1 and meant[-1].kind is Kind.PERSON and meant[0].kind is Kind.NAME
                out += meant[:-1] if asked_of else meant  # 「除了检查刘博还干什么」
            elif s.word not in {"不是", "不包括", *_ALL_BUT}:
                named = any(t.kind in (Kind.NAME, Kind.PERSON) for t in c[:i])
                out += [t for t in c[:i] if facet_of(t) is not None and not named]  # 「风险不用讲」
                out += [t for t in c[:i] if t.kind in (Kind.NAME, Kind.PERSON) or (named and t.kind is Kind.BODY)]
    return out


def _not_only(segments: list[Segment]) -> list[Segment]:
    """Return the names before 「只要」, where names follow it: 「机电、非机电这俩我只要非机电的」.

    A single one is what those behind are of: 「限制出口两个里边只要配额」.
    """
    only = next((i for i, s in enumerate(segments) if s.tagged("cue:only")), None)
    if only is None or not any(s.kind is Kind.NAME for s in segments[only:]):
        return []
    named = [i for i, s in enumerate(segments[:only]) if s.kind is Kind.NAME]
    several = any(s.text in "、,/" or s.tagged("cue:also") for i in named[:1] for s in segments[i : named[-1]])
    return [segments[i] for i in named] if several else []


def looks_into_a_column(segments: list[Segment]) -> bool:
    """Whether the question looks into a column: 「措施里要求加强保密教育的」."""
    places = ("里", "中", "里面", "里头", "当中", "里有", "上")
    last = max((i for i, s in enumerate(segments) if s.text == "的"), default=0)
    # 「风险里写了接受请托的 全列出来」
    told = all(s.kind is Kind.MARK or s.tags == {"padding"} for s in segments[last:])
    return (
        last > 0
        and told
        and any(facet_of(one) is not None and other.text in places for one, other in pairwise(segments))
    )


def _facets_of(segments: list[Segment]) -> tuple[list[Segment], list[Facet]]:
    """Return the facet words of a question and the facets that they ask for, in order."""
    words = [s for s in segments if s.is_facet]
    guards: set[int] = set()  # where words stand that together ask who answers for the risks and controls
    for one, other in _next_to(segments):
        kinds = {facet_of(one), facet_of(other)}
        named = all(set(s.word) & _GUARDED for s in (one, other) if facet_of(s) in (Facet.RISKS, Facet.CONTROLS))
        guarded = named and kinds & {Facet.RISKS, Facet.CONTROLS} and kinds & {Facet.POSTS, Facet.RESPONSIBLE}
        if guarded or kinds == {Facet.POSTS, Facet.RESPONSIBLE}:
            guards |= {one.start, other.start}
    for one, other in pairwise(segments):
        of_risks = facet_of(one) is Facet.CONTROLS and facet_of(other) is Facet.RISKS
        if of_risks and one.text.endswith((*_WHAT, "的")):
            words.remove(one)  # 「要注意什么风险」, 「要注意的风险点」 ask for the risks
        elif facet_of(one) is Facet.RISKS and other.tagged("facet:controls") and other.text.startswith(_TO_MIND):
            words.remove(other)  # 「有什么风险点要注意的」
    countered = _countered(segments)
    words = [s for s in words if s not in countered]
    facets: list[Facet] = []
    for s in words:
        asked = [Facet.RESPONSIBLE] if s.start in guards else [f for f in Facet if f"facet:{f.value}" in s.tags]
        facets += [f for f in asked if f not in facets]
    if Facet.CONTROLS in facets and any(s.word in _DONE for s in words):
        # 「防着点要咋做」: how it is guarded against, not how it is dealt with
        facets = [f for f in facets if f is not Facet.PROCESS]
    trouble = any(s.tagged("facet:trouble") for s in words)
    if (
        trouble
        and Facet.CONTROLS in facets
        and Facet.RISKS not in facets
        and _parted(segments, "facet:trouble", "facet:controls")
    ):
        facets = [Facet.RISKS, *facets]  # 「怕出什么问题，又该怎么防」
    if trouble and not {Facet.RISKS, Facet.CONTROLS} & set(facets):
        of_guards = bool({Facet.POSTS, Facet.RESPONSIBLE} & set(facets)) and not _parted(
            segments, "facet:posts", "facet:trouble"
        )
        facets = [Facet.RESPONSIBLE] if of_guards else [*facets, Facet.RISKS]
    if Facet.RESPONSIBLE in facets and Facet.POSTS in facets:
        posts = [s for s in words if s.tagged("facet:posts") and s.start not in guards]
        if all(s.word in WEAK_WHO or s.word in _WHICH_PERSON for s in posts):
            facets.remove(Facet.POSTS)
    return words, facets


def _parted(segments: list[Segment], before: str, behind: str) -> bool:
    """Whether words of one tag stand in a clause before the one of a word of the other: 「谁在做，容易出啥问题」."""
    ends = [s.end for s in segments if s.tagged(before)]
    starts = [s.start for s in segments if s.tagged(behind)]
    marks = [s.start for s in segments if s.kind is Kind.MARK and s.text in ",;。"]
    return any(end <= mark < start for end in ends for mark in marks for start in starts)


def _countered(segments: list[Segment]) -> list[Segment]:
    """Return the words for risks that only say against what the controls are asked: 「怎么防腐败」, 「风险怎么防」,
    「怎么防控二手车的风险」.
    """
    found = []
    for i, s in enumerate(segments):
        if facet_of(s) is not Facet.CONTROLS or not s.word.startswith(_HOW) or s.word.endswith(_WHAT):
            continue
        begin = max((k + 1 for k, t in enumerate(segments[:i]) if t.kind is Kind.MARK and t.text in ",;。"), default=0)
        before = [t for t in segments[begin:i] if t.text not in _LIGHT][-2:]
        if before and facet_of(before[-1]) is Facet.RISKS and not before[0].tagged("cue:set"):
            found.append(before[-1])
        behind = next((t for t in segments[i + 1 :] if not _is_of_name(t) and t.text not in _LIGHT), s)
        if facet_of(behind) is Facet.RISKS:
            found.append(behind)
    return found


def _is_of_name(s: Segment) -> bool:
    """Whether a segment is a name or a mark that stands in one (「停业、歇业」)."""
    return s.kind is Kind.NAME or (s.kind is Kind.MARK and s.text not in ",;。!? ")


def _next_to(segments: list[Segment]) -> list[tuple[Segment, Segment]]:
    """Return the pairs of facet words with nothing but 的, 是, 由 between them."""
    found = []
    for i, s in enumerate(segments):
        if facet_of(s) is None:
            continue
        j = i + 1
        while j < len(segments) and segments[j].text in _BETWEEN_GUARDS:
            j += 1
        # 「责任人 风险防控的」: parted by a blank, but of one another
        if j + 1 < len(segments) and segments[j].text == " ":
            behind = segments[j + 1 : j + 3]
            j += behind[-1].text == "的" or behind[0].text in _GUARDING
        if j < len(segments) and facet_of(segments[j]) is not None:
            found.append((s, segments[j]))
    return found
