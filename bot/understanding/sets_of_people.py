"""Questions about which powers, by the people in them: 「常宇负责哪些」, 「他还管啥」, 「责任人不是曹丽君的」."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.understanding.aspects import Aspects
from bot.understanding.clauses import clauses, facet_of
from bot.understanding.inheritance import THE_ONE
from bot.understanding.memory import Memory
from bot.understanding.mentions import Mention, Resolver
from bot.understanding.parts import Parts
from bot.understanding.people import is_office
from bot.understanding.query import MAX_TOGETHER, Query, Reason, SetAsk, Shape, StepAsk, Where
from bot.understanding.segments import END, Kind, Segment
from bot.understanding.set_forms import columns, is_elliptic, kinds_named
from bot.understanding.sets import Sets
from knowledge.models import Facet, Register
from knowledge.passages import Passages
from knowledge.pinyin import is_code, readings

# A name of so many characters may be the beginning of another's.
_SHORT_NAME = 2
# 「ta手里还有别的活吗」
_OTHER = ("别的", "其他", "还有别的")
_DOES_NOT = re.compile("(?:从来|都|也|名下|手里)?(?:不|没有?|未)(?:用|去)?(?:管|负责|参与|参加|经办|办|经手|在|沾|碰)")
_SENT = re.compile("[让叫派]我|安排我|(?:要|快|刚)[^,。]{1,6}了")
# What one does with somebody: 「跟着刘博学」 names no 刘博学.
_WITH_SOMEBODY = frozenset("学干做走混跑")
# How it begins to be asked that something is shown: 列一下, 发我.
_SHOWN = frozenset("列发报说给贴")
_TWO_PEOPLE = frozenset({"两个人", "两人", "二人", "2人", "2个人"})


class SetsOfPeople:
    """Understands questions about the powers of people."""

    def __init__(self, register: Register, passages: Passages, resolver: Resolver, aspects: Aspects, sets: Sets):
        self._register = register
        self._passages = passages
        self._resolver = resolver
        self._aspects = aspects
        self._sets = sets

    def by_person(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「常宇负责哪些」, 「刘博经办的那个项目有啥措施」; ``None`` where a person is only a premise."""
        if parts.absent:
            return None
        if not parts.people:
            return (
                self._by_holder(parts, mentions)
                or self._by_pronoun(parts, mentions, memory)
                or self._without_person(parts, mentions)
            )
        which = self._sets.is_set(parts, mentions) and not _asks_whether_among(parts)
        of_listed = None if which or mentions else _premise_about_listed(parts, memory)
        if of_listed:
            return of_listed
        if not which and self._is_premise(parts, mentions, memory):
            return None
        stranger = _stranger(parts)
        if stranger:
            return Query(Shape.UNKNOWN, reason=Reason.NO_SUCH_PERSON, said=stranger)
        claimed = parts.yes_or_no and all(map(is_office, parts.unexplained))  # 「郑苑是处长吧」
        if len("".join(parts.unexplained)) > (2 if which else 0) and not claimed:
            return None
        described = self._described(parts) if parts.yes_or_no and not which else None
        if described:
            people = tuple(s.people[0] for s in parts.people if len(s.people) == 1)
            return Query(Shape.ASK, powers=(described,), facets=(Facet.POSTS,), people=people)
        unwanted = [s for s in parts.people if (which or is_elliptic(parts)) and _negated(parts, s)]
        wanted = [s for s in parts.people if s not in unwanted]
        asked = [f for f in parts.facets if f not in (Facet.POSTS, Facet.RESPONSIBLE, Facet.OVERVIEW)]
        step = None if asked or which else self._step_of_the_one(parts)
        if step:
            asked = [Facet.PROCESS]
        told = _told_by_others(parts)
        told |= {s.word for s in parts.people}  # 「有没有提到“副处长”的事项」
        phrases = tuple(p for p in self._sets.phrases(parts) if p not in told)
        named = kinds_named(parts)
        set_ask = SetAsk(
            # 「小周」 may be several: all of them are told, each with what is theirs
            people=tuple(dict.fromkeys(person for s in wanted for person in s.people)),
            not_people=tuple(dict.fromkeys(person for s in unwanted for person in s.people)),
            together=len(parts.people) > 1 and (_do_together(parts) or _follows_together(parts, memory)),
            roles=_roles_asked(parts),
            phrases=()
            if step
            else tuple(p for p in phrases if p not in named and (len(parts.people) < 2 or p not in _TWO_PEOPLE)),
            named=named,
            facets=_columns_of_people(parts, asked),
            without=self._sets.wants_absence(parts) and not unwanted,
            units=self._sets.units(parts),
        )
        if parts.cue("within") and memory.listed and memory.set_ask and not memory.set_ask.people:
            set_ask = replace(set_ask, within=memory.listed)  # 「其中常宇经办的呢」
        if parts.cue("this") and memory.listed and memory.set_ask and not memory.set_ask.people:
            set_ask = replace(set_ask, phrases=(*memory.set_ask.phrases, *set_ask.phrases))
        one = bool(asked) and not parts.cue("powers")
        each = parts.cue("both", "all") or any(
            s.text in ("一起", "一块", "一块儿", "那几项", "这几项") for s in parts.segments
        )
        excluded = self._resolver.excluded(parts)
        if not excluded and parts.cue("this") and any(s.word == "除了" for s in parts.segments):
            excluded = memory.powers  # 「除了这个还有别的吗」
        return Query(
            Shape.ASK if one else Shape.LIST,
            facets=tuple(asked) if one else (),
            set_ask=set_ask,
            step=step,
            misspelt=next((s.text for s in wanted if _misspelt(s)), ""),
            near=excluded,
            counting=parts.cue("count"),
            each=each,
            said="、".join(set_ask.people),
        )

    def _step_of_the_one(self, parts: Parts) -> StepAsk | None:
        """Return which step of the one power that somebody has is asked for: 「刘博经办的那个，第三方审核的前一步」."""
        one = any(
            one.text in THE_ONE or (one.text in ("那", "这") and other.text in ("项目", "项", "事"))
            for one, other in pairwise([*parts.segments, END])
        )
        if one and parts.cue("how") and parts.body:
            return StepAsk(Where.AT, self._sets.phrases(parts))  # 「小孙经办的那个，企业材料咋收的」
        return self._aspects.step(parts) if one and parts.cue("after", "before", "last", "place") else None

    def _described(self, parts: Parts) -> int | None:
        """Return the one power that the wording of the question describes: 「数据统计那边有赵思聪吧」."""
        phrases = self._sets.phrases(parts)
        places = self._passages.containing([[p] for p in phrases]) if phrases else []
        positions = {place.position for place in places}
        return positions.pop() if len(positions) == 1 else None

    @staticmethod
    def _is_premise(parts: Parts, mentions: list[Mention], memory: Memory) -> bool:
        """Whether a person is but a premise about a power: 「赵思聪负责进口贴息吗」, 「不是路海轩吗」."""
        if any(m.powers and (m.strong or len(m.powers) == 1) for m in mentions):
            return True
        if parts.cue("own", "does") or any(s.word == "除了" for s in parts.segments):
            return False
        post = parts.facets == [Facet.POSTS] and len(memory.powers) == 1  # 「郑苑在里面是什么身份」
        more = any(word in parts.said for word in ("别的", "其他", "还"))
        told = Facet.POSTS in memory.facets and bool(memory.powers)
        post |= told and not more and parts.said.endswith("?")  # 「孙钰程不去？」
        return post or bool(memory.powers and parts.cue("yesno"))

    def _by_pronoun(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「他还管啥」: of the person talked about."""
        both = memory.people_before
        if parts.cue("both") and parts.cue("together", "set") and len(both) > 1 and not (parts.unexplained or mentions):
            # 「他俩都在的是哪个」
            return Query(Shape.LIST, set_ask=SetAsk(people=both[:2], together=True), said="、".join(both[:2]))
        asks = parts.cue("does", "powers") or (parts.cue("set") and (parts.cue("own") or bool(columns(parts))))
        elliptic = is_elliptic(parts) and bool(columns(parts))
        asks |= any(s.tagged("cue:own") and s.word.startswith(_OTHER) for s in parts.segments)
        people = memory.people or self._who_handles(memory.powers)
        if not (parts.cue("he") and people and (asks or elliptic)) or parts.unexplained or mentions:
            return None
        facets = {Facet.RESPONSIBLE} & set(parts.facets) or columns(parts) & {Facet.POSTS}
        return Query(Shape.LIST, set_ask=SetAsk(people=people, facets=frozenset(facets)), said="、".join(people))

    def _who_handles(self, powers: tuple[int, ...]) -> tuple[str, ...]:
        """Return the one person who handles the one power that was talked of, beside those who are over it."""
        posts = self._register.power(powers[0]).posts if len(powers) == 1 else ()
        people = {person for post in posts if "经办" in post.role for person in post.people}
        return tuple(people) if len(people) == 1 else ()

    def _by_holder(self, parts: Parts, mentions: list[Mention]) -> Query | None:
        """「盯二手车的那位同事还管别的吗」: of who holds the only post of a power."""
        asks = parts.cue("does", "own") and any(s.word.startswith(_OTHER) or "别的" in s.word for s in parts.segments)
        if not asks or len(mentions) != 1 or not mentions[0].strong or len(mentions[0].powers) != 1:
            return None
        position = mentions[0].powers[0]
        people = {person for post in self._register.power(position).posts for person in post.people}
        if len(people) != 1 or not parts.cue("he") or parts.unexplained or parts.facets:
            return None
        return Query(Shape.LIST, set_ask=SetAsk(people=tuple(people)), near=(position,), said="".join(people))

    def _without_person(self, parts: Parts, mentions: list[Mention]) -> Query | None:
        """「责任人不是沈国栋的有哪些」."""
        people = tuple(s.people[0] for s in parts.excluded if s.kind is Kind.PERSON and len(s.people) == 1)
        if not people or mentions or parts.unexplained or not self._sets.is_set(parts, mentions):
            return None
        facets = frozenset({Facet.RESPONSIBLE if Facet.RESPONSIBLE in parts.facets else Facet.POSTS})
        return Query(Shape.LIST, set_ask=SetAsk(not_people=people, facets=facets), said="、".join(people))


def _asks_whether_among(parts: Parts) -> bool:
    """Whether it is asked if somebody is there: 「那几个人里有没有赵思聪」."""
    asks = any(one.text == "有没有" and other.kind is Kind.PERSON for one, other in pairwise(parts.segments))
    return asks and not parts.cue("powers")


def _told_by_others(parts: Parts) -> frozenset[str]:
    """Return the wording of clauses that tell who sends the asker: 「大队里让我跟着陶丽娟学，…」."""
    sent = [c for c in clauses(parts.segments) if _SENT.search("".join(s.text for s in c))]
    return frozenset(s.meant for clause in sent for s in clause if s.kind is Kind.BODY)


def _premise_about_listed(parts: Parts, memory: Memory) -> Query | None:
    """「负责人都是曹处？」, after a list: whether one person has them all."""
    asks = parts.yes_or_no or parts.said.endswith("?")
    people = tuple(s.people[0] for s in parts.people if len(s.people) == 1)
    listed = memory.listed if not memory.powers and 1 < len(memory.listed) <= MAX_TOGETHER else ()
    facets = tuple(f for f in parts.facets if f in (Facet.POSTS, Facet.RESPONSIBLE))
    if not (asks and people and listed and facets and any(s.text.startswith("都") for s in parts.segments)):
        return None
    return Query(Shape.ASK, powers=listed, facets=facets, people=people)


def _do_together(parts: Parts) -> bool:
    """Whether what people have in common is asked for; 「…手里的活都列一下」 wants all of theirs."""
    return any(
        one.tagged("cue:together") and not (one.text == "都" and other.text[0] in _SHOWN)
        for one, other in pairwise([*parts.segments, END])
    )


def _follows_together(parts: Parts, memory: Memory) -> bool:
    """Whether what two people do together was asked before: 「常宇和刘博呢」."""
    return parts.cue("followup") and memory.set_ask is not None and memory.set_ask.together


def _stranger(parts: Parts) -> str:
    """Return who is named but is not in the register (「张科长」, 「刘博文」 where there is only a 刘博), or ""."""
    for s, other in pairwise([*parts.cut.segments, END]):
        if s.kind is not Kind.PERSON:
            continue
        if not s.people:
            return s.text
        if other.text in _WITH_SOMEBODY and s.start and parts.cut.text[s.start - 1] in "跟着和随":
            continue
        whole = len(s.people) == 1 and len(s.text) == len(s.people[0]) == _SHORT_NAME
        if other.kind is Kind.OTHER and other.start == s.end and whole:
            return s.text + other.text
    return ""


def _roles_asked(parts: Parts) -> tuple[str, ...]:
    """Return pieces of the roles that count: 「常宇经办的」, 「副处长是谁」; none when all do."""
    if any(s.text == "参与" for s in parts.segments):
        return ()
    if any(s.word.startswith(("经办", "谁经办", "谁在经办")) for s in parts.facet_words):
        return ("经办", "承办", "主办")
    return tuple(s.word for s in parts.people if s.word)


def _columns_of_people(parts: Parts, asked: Sequence[Facet]) -> frozenset[Facet]:
    """Return where the people stand: among the responsible, in the posts, or anywhere (empty)."""
    guarded = set(asked) <= {Facet.RISKS, Facet.CONTROLS} and bool(asked) and parts.cue("powers")
    posts = any("岗位" in s.text for s in parts.facet_words)
    if any(facet_of(s) is Facet.RESPONSIBLE for s in parts.excluded):
        return frozenset({Facet.POSTS})  # 「别算责任人」
    if posts and Facet.RESPONSIBLE in parts.facets and any(s.text in ("又", "也", "同时") for s in parts.segments):
        return frozenset({Facet.POSTS, Facet.RESPONSIBLE})
    if Facet.RESPONSIBLE in parts.facets or guarded:
        return frozenset({Facet.RESPONSIBLE})  # 「沈国栋防控的事项」
    return frozenset({Facet.POSTS}) if posts else frozenset()


def _negated(parts: Parts, person: Segment) -> bool:
    """Whether the person is wanted to be absent: 「不归沈国栋管的」, 「没有陶立群的」."""
    pronouns = [s for s in parts.segments if s.tagged("cue:he") and s.start > person.end]
    if any(_DOES_NOT.match(parts.cut.text, s.end) for s in (person, *pronouns)):
        return True  # 「杜姐不管的」, 「跟着常宇学，那他没参与的」
    before = [s for s in parts.segments if s.end <= person.start][-2:]
    if any(s.text in ("不", "没", "未", "非") or s.tagged("cue:without") for s in before):
        return not any(s.kind is Kind.MARK for s in before)
    return parts.cue("unrelated")  # 「跟杜雨潇没关系的」


def _misspelt(s: Segment) -> bool:
    """Whether a person is written with other characters of the same sound; 小刘 and 曹处 are not."""
    if len(s.people) != 1 or s.text == s.people[0] or any(map(is_code, s.text)):
        return False
    return not set(readings(s.text)).isdisjoint(readings(s.people[0]))
