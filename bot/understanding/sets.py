"""Questions about which powers: by person, by wording, all of them, how many."""

import re
from dataclasses import replace
from itertools import pairwise

from bot.understanding.aspects import Aspects
from bot.understanding.inheritance import inherited
from bot.understanding.memory import Memory
from bot.understanding.mentions import Mention, Resolver
from bot.understanding.parts import Parts, looks_into_a_column
from bot.understanding.query import Query, Reason, SetAsk, Shape
from bot.understanding.segments import END, Kind, Segment
from bot.understanding.set_forms import (
    QUOTED,
    alternatives,
    asks_for_items,
    bare,
    columns,
    is_among,
    is_column,
    is_elliptic,
    is_elliptic_set,
    kinds_named,
    quotes_wording,
    roles_written,
    said_of_names,
    says_what_is_wrong,
    size_asked,
    wording_of,
)
from bot.understanding.vocabulary import Vocabulary
from knowledge.models import Facet, Register
from knowledge.passages import Passages
from knowledge.pinyin import sounds
from knowledge.text import plain

# 「含“保密”表述的事项」
_OF_POWERS = re.compile(
    "是[谁哪]家的|的(?:事项|项目|业务|权力|职权)(?:麻烦|请|帮忙|帮我)*(?:[?。!,列有都发给报拉念数整排]|是哪|$)"
    "|的(?:麻烦|请|帮忙|帮我|帮)*(?:拉|列|整理|汇总)(?:个|一个|一份|出来)?(?:单子|清单|表|名单)"
)
# How short names of offices end: 应急局 for 应急管理局.
_OFFICES = frozenset("局厅委处科所部办")
# Wording of fewer characters describes nothing, where nothing is asked.
_TELLING = 3
# What parts what is wanted from what is not.
_CONTRASTING = frozenset({"但", "但是", "却", "可", "可是", "也", "又", "而"})
_SEVERAL = 2
# What a single 没 must stand before to mean that something is not there.
_HOLDS = frozenset("写提有列说印走经上过报用要出编标排序给")
# So far before wording a 未 that denies it may stand (「未按流程出示检查证件」).
_NOT_BEFORE = 5
_CLAUSE_END = re.compile("[,，;；。]")
# Words that ask how two things differ.
DIFFER = frozenset(["区别", "不同", "不一样", "差别", "差异", "异同", "区分"])
# What has to do with a name, or with another one, has to do with either.
_TOUCHING = frozenset(["沾边", "沾", "有关", "有关系", "相关", "关系", "牵扯", "涉及", "打交道"])
_ONE = frozenset({"那个", "那项", "那一个", "那一项"})
_PADDING = frozenset({"padding"})
_NOT = frozenset("不没未")
# Of words that say that something does not stand there: 「没提」, 「不写」.
_SILENT = frozenset("提写列印说")
# How it is asked who they all are.
_PEOPLE = (
    "几口人",
    "几号人",
    "哪些人",
    "有谁",
    "几个人",
    "多少人",
    "哪几个人",
    "哪些同事",
    "哪几位同事",
    "哪几个同事",
    "哪些同志",
    "哪几位",
)
# A question that is wording says so little (as a share of it) besides.
_NOTHING_ELSE = 0.9
# Wording of so many characters is glued to no single character before it (「先|报|上会请示的」).
_LONG_WORDING = 4
# Wording of so many characters may be a quotation.
_QUOTED_SHORTEST = 5
# Who applies is put in many ways and tells nothing beside what is done.
_APPLICANTS = frozenset({"申请人", "申请单位", "当事人", "申请企业"})
# What powers are counted as, behind 多少.
_COUNTED = frozenset({"项", "个", "件", "事项", "项目", "业务", "事", "权力", "职权", "类", "种"})
# Who does what the wording before says: no part of it.
_BODIES = frozenset({"机构", "单位", "部门", "公司", "人员", "环节"})


class Sets:
    """Understands questions about which powers."""

    def __init__(self, register: Register, passages: Passages, resolver: Resolver, aspects: Aspects, words: Vocabulary):
        self._register = register
        units = {power.unit for power in register.powers}
        self._several_units = len(units) > 1
        self._only_unit = plain(units.pop() or "") if len(units) == 1 else ""
        self._passages = passages
        self._resolver = resolver
        self._bodies = resolver.bodies
        self._aspects = aspects
        self._words = words

    def is_set(self, parts: Parts, mentions: list[Mention]) -> bool:
        """Whether a set of powers is asked for: 项 / 事项 / 业务 are counted, not steps, people or measures."""
        strong = any(m.strong and len(m.powers) == 1 and not m.conflict for m in mentions)
        which = any(s.tagged("cue:powers", "cue:set") and "哪" in s.text for s in parts.segments)
        if strong and parts.yes_or_no and not which:
            return False  # 「进口贴息没有第三方什么事吧」
        if strong and QUOTED.search(parts.cut.text) and not quotes_wording(parts, mentions):
            return False  # 「“防风险”项目是哪一项」: a name
        if parts.cue("powers") or self._asks_what_is_done(parts, mentions):
            return True
        if parts.people and parts.cue("within") and parts.cue("set"):
            return True  # 「杜雨潇经办的里面，由商务部发配额的是哪几个」
        if self._asks_by_form(parts, mentions):
            return True
        if parts.cue("compare") and mentions:
            return False  # 「低保和临时救助有啥区别」
        return self._asks_for_what_is_described(parts, mentions) or self._asks_which_of_many(parts, mentions)

    @staticmethod
    def _asks_what_is_done(parts: Parts, mentions: list[Mention]) -> bool:
        """「常宇负责啥」, 「处里都管啥」; not 「贴息审完了干啥」."""
        steps = ("cue:after", "cue:before", "cue:first", "cue:last")
        stepwise = any(s.tagged(*steps) and s.word != "先" for s in parts.segments)  # 「先给我说说」
        return parts.cue("does") and not (stepwise and mentions) and bool(parts.people or not (mentions or stepwise))

    @staticmethod
    def _asks_by_form(parts: Parts, mentions: list[Mention]) -> bool:
        """「哪些环节要请专家」, 「跟出口有关的事项列个单子」, 「“吃拿卡要”有哪些」."""
        if any(s.text.startswith(("哪些", "哪几")) for s in parts.facet_words) and parts.body and not mentions:
            return True
        touching = any(s.text in _TOUCHING for s in parts.segments) and not any(m.strong for m in mentions)
        if (touching or not mentions) and _OF_POWERS.search(parts.said):
            return True
        return quotes_wording(parts, mentions) and (parts.cue("set") or not mentions)

    def _asks_for_what_is_described(self, parts: Parts, mentions: list[Mention]) -> bool:
        """「没有序号的」, 「不用上党组会的呢」, 「措施最多的」, 「名字里有项目俩字的」, 「其中要上会的」."""
        if self.wants_absence(parts) and (parts.cue("serial") or (is_elliptic(parts) and parts.body and not mentions)):
            return True
        if parts.cue("extreme") and parts.facets and not mentions:
            return True
        if parts.cue("names_with") and said_of_names(parts) and set(parts.facets) <= {Facet.POSTS}:
            return True
        if self.wants_absence(parts) and parts.cue("set") and not parts.facets and is_elliptic_set(parts):
            return True  # 「没提到现场检查的有哪些」, though that is a name, too
        if parts.cue("within") and is_elliptic(parts) and parts.body and not any(m.strong for m in mentions):
            return True
        return looks_into_a_column(parts.segments) and not any(len(m.powers) == 1 for m in mentions)

    def _asks_which_of_many(self, parts: Parts, mentions: list[Mention]) -> bool:
        """「有第三方审核的是哪几个」: a piece of a name among the register's wording names no power."""
        single = [m for m in mentions if len(m.powers) == 1 and not m.conflict]
        sure = [m for m in single if m.strong or all(self._bodies.says(m.powers[0], s.meant) for s in parts.body)]
        if parts.body and asks_for_items(parts) and len(single) == len(mentions):
            return False
        stepwise = parts.cue("after", "before", "first", "last") and not any("哪" in s.text for s in parts.segments)
        if sure and stepwise:
            return False  # 「器材维修 结算之前还有啥」
        if parts.cue("set", "all") and not sure:
            return True
        if parts.cue("count") and not sure and not _asks_how_much(parts):
            return True
        return bool(parts.cue("set") and not parts.facets and not any(m.strong for m in sure))

    def by_set(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「哪些要上党组会」, 「一共多少项」, 「措施最多的是哪项」."""
        phrases = self.phrases(parts)
        for form in (
            self._responsible,
            self._everybody,
            self._rest,
            self._names_holding,
            self._of_size,
            self._of_role,
            self._of_units,
        ):
            query = form(parts, mentions, memory, phrases)
            if query is not None:
                return query
        which = parts.cue("powers", "set") or any(s.text.startswith("是哪") for s in parts.facet_words)
        among = [m for m in mentions if is_among(parts, m)]
        if which and self.wants_absence(parts) and among:
            rest = tuple(p for p in phrases if p != among[0].text)
            if rest and len(among) == len(mentions) == 1 and len(among[0].powers) > 1 and not parts.unexplained:
                ask = SetAsk(phrases=rest, within=tuple(among[0].powers), without=True)
                return Query(Shape.LIST, set_ask=ask, said="、".join(rest))
            # 「资金项目里没写…的是哪个」: which powers are meant by the name is not known
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND)
        if not self.is_set(parts, mentions) or any(s.text not in phrases for s in parts.absent):
            return None
        if self._is_of_what_was_said(parts, mentions, memory, phrases):
            return None
        if any(m.conflict for m in mentions) and not (parts.body or parts.cue("powers", "set", "count", "names_with")):
            return None  # 「服务贸易也在清单里吗」
        if parts.cue("definition") and not phrases:
            return None  # 「权责清单是什么意思」
        if parts.cue("serial") and not phrases and self.wants_absence(parts):
            return Query(Shape.LIST, set_ask=SetAsk(no_serial=True))
        unclear = (parts.unexplained or self._ragged(parts)) and not quotes_wording(parts, mentions)
        nearly = self._nearly_quoted(parts, unclear=bool(unclear))
        if nearly or unclear:
            return nearly
        return (
            self._by_phrases(parts, phrases, memory)
            if phrases or kinds_named(parts)
            else self._without_phrases(parts, memory)
        )

    def _nearly_quoted(self, parts: Parts, *, unclear: bool) -> Query | None:
        """「违规给予办理这条，哪几个项目底下有」, 「容易引发矛盾的是哪项」: wording that nearly so stands in a passage,
        where something of it is not explained, or is a word of questions elsewhere.
        """
        said, looked = wording_of(parts, lambda text: bool(self._passages.containing([[text]])))
        text = plain("".join(s.meant for s in said))
        if not (unclear or any(map(is_column, said))) or parts.cue("names_with") or parts.people:
            return None
        if len(text) < _QUOTED_SHORTEST or not self._passages.resembling(text, looked or None):
            return None
        ask = SetAsk(
            resembling=text, phrases=(text,), facets=looked, without=self.wants_absence(parts), units=self.units(parts)
        )
        return Query(Shape.LIST, set_ask=ask, counting=parts.cue("count"), said=text)

    def _is_of_what_was_said(
        self, parts: Parts, mentions: list[Mention], memory: Memory, phrases: tuple[str, ...]
    ) -> bool:
        """Whether a column or a step of one power is asked about, of the named one or of the one talked of."""
        ours = parts.cue("we") and parts.cue("does")  # 「先给我说说咱处都管啥」
        if parts.cue("powers", "serial") or ours:
            return False
        if parts.cue("after", "before", "first", "last", "times") and not any("哪" in s.text for s in parts.segments):
            said = any(self._bodies.says(p, phrase) for p in memory.powers for phrase in phrases)
            if said and len(memory.powers) == 1:
                return True  # 「过完党组会，后面还有啥」
        one = len(memory.powers) == 1 and bool(phrases) and not memory.listed
        if parts.cue("does") and one and not (parts.people or parts.cue("we", "all")):
            # 「案情复杂的还要干啥」
            return all(self._aspects.says(memory.powers[0], phrase, Facet.PROCESS) for phrase in phrases)
        if not parts.facets or quotes_wording(parts, mentions) or parts.cue("names_with"):
            return False
        if any(m.strong or not (parts.body or self.wants_absence(parts)) for m in mentions):
            return True  # 「二手车有哪些风险」
        asked_back = any(s.text == "有没有" for s in parts.segments)
        one = len(memory.powers) == 1 and asks_for_items(parts)
        said = one and all(self._bodies.says(memory.powers[0], phrase) for phrase in phrases)
        # 「有哪些风险」, 「措施里有没有轮岗」, 「现场有哪些风险」
        return bool(memory.powers) and (asked_back or said or not phrases) and not parts.cue("all", "extreme")

    def _rest(self, parts: Parts, mentions: list[Mention], memory: Memory, phrases: tuple[str, ...]) -> Query | None:
        """「除了进口贴息还有什么」, 「把化肥去掉，剩的再列一遍」: of what was listed, else of all."""
        excluded = self._resolver.excluded(parts)
        asks = parts.cue("set", "within", "all", "powers", "own")
        if not excluded or not asks or mentions or phrases or parts.facets or parts.people or parts.unexplained:
            return None
        return Query(Shape.LIST, set_ask=SetAsk(within=memory.listed), near=excluded)

    def _names_holding(
        self, parts: Parts, _mentions: list[Mention], memory: Memory, _phrases: tuple[str, ...]
    ) -> Query | None:
        """「带审批的呢」, after names that hold another word."""
        pieces = tuple(s.text for s in parts.names)
        before = memory.set_ask is not None and memory.set_ask.in_names
        if not (pieces and before and is_elliptic(parts)) or parts.facets:
            return None
        return Query(Shape.LIST, set_ask=SetAsk(phrases=pieces, in_names=True), said="、".join(pieces))

    def _of_size(
        self, parts: Parts, mentions: list[Mention], _memory: Memory, phrases: tuple[str, ...]
    ) -> Query | None:
        """「岗位不止一个人的是哪几项」, 「算上没编号的一共几项」."""
        serials = sum(s.tagged("cue:serial") for s in parts.segments)
        whole = "算上" in parts.cut.text or serials > 1  # 「有序号的和没序号的」
        if whole and serials and parts.cue("count") and not phrases:
            return Query(Shape.LIST, set_ask=SetAsk(everything=True), counting=True)
        size = None if mentions or parts.people else size_asked(parts)
        return Query(Shape.LIST, set_ask=size, counting=parts.cue("count")) if size else None

    def _of_role(
        self, parts: Parts, mentions: list[Mention], _memory: Memory, phrases: tuple[str, ...]
    ) -> Query | None:
        """「重点岗位没写经办人的是哪几项」."""
        roles = roles_written(parts)
        if not roles or mentions or phrases or parts.people or parts.unexplained:
            return None
        ask = SetAsk(phrases=roles, facets=frozenset({Facet.POSTS}), without=self.wants_absence(parts))
        return Query(Shape.LIST, set_ask=ask, counting=parts.cue("count"), said="、".join(roles))

    def _of_units(
        self, parts: Parts, mentions: list[Mention], _memory: Memory, phrases: tuple[str, ...]
    ) -> Query | None:
        """「市场管理处呢」."""
        units = self.units(parts)
        does = parts.facets == [Facet.POSTS] and self.is_set(parts, mentions)  # 「市场管理处经手的有几项」
        if not units or mentions or (parts.facets and not does) or parts.people or parts.unexplained or phrases:
            return None
        return Query(Shape.LIST, set_ask=SetAsk(units=units), said="、".join(units))

    def _responsible(
        self, parts: Parts, mentions: list[Mention], memory: Memory, _phrases: tuple[str, ...]
    ) -> Query | None:
        """「责任人都是同一个人吗」: of the whole register."""
        follows = memory.powers or (parts.cue("followup") and memory.listed)
        whole = parts.cue("all") or (parts.cue("compare", "count") and not follows)
        whole |= not follows and any(s.text.startswith("都") for s in parts.facet_words)  # 「责任人都有谁」
        if Facet.RESPONSIBLE not in parts.facets or not whole or mentions or parts.unexplained:
            return None
        return Query(Shape.LIST, set_ask=SetAsk(everything=True), facets=(Facet.RESPONSIBLE,), counting=True)

    def _everybody(
        self, parts: Parts, mentions: list[Mention], _memory: Memory, phrases: tuple[str, ...]
    ) -> Query | None:
        """「清单里都有哪些人」: of the whole register."""
        people = any(s.tagged("facet:posts") and s.word.endswith(_PEOPLE) for s in parts.facet_words) or any(
            one.tagged("cue:set") and other.tagged("facet:posts") and other.text.endswith(("人", "人员"))
            for one, other in pairwise(parts.segments)  # 「都有哪些经办人」
        )
        people |= parts.of_each and parts.cue("we") and parts.cue("within", "all")  # 「咱们处这些工作分别是谁经办」
        whole = parts.cue("all", "we") or (bool(self._only_unit) and parts.units == (self._only_unit,))
        told = mentions or phrases or parts.people or parts.excluded or len("".join(parts.unexplained)) > 1
        if not (people and whole) or told or set(parts.facets) != {Facet.POSTS}:
            return None
        return Query(Shape.LIST, set_ask=SetAsk(everything=True), facets=(Facet.POSTS,), counting=True)

    def _without_phrases(self, parts: Parts, memory: Memory) -> Query | None:
        """「措施最多的是哪项」, 「哪几项没有」, 「都有哪些事项」."""
        facets = columns(parts)
        extreme = next((s.text for s in parts.segments if s.tagged("cue:extreme")), "")
        if extreme and facets:
            within = memory.listed if parts.cue("within") else ()
            return Query(Shape.LIST, set_ask=SetAsk(facets=facets, within=within, extreme=extreme))
        if facets:
            return None
        if parts.cue("without") and memory.set_ask is not None and memory.set_ask.phrases:
            return Query(Shape.LIST, set_ask=replace(memory.set_ask, without=True))
        if self._asks_for_all(parts):
            return Query(Shape.LIST, set_ask=SetAsk(everything=True), counting=True)
        return None

    def _by_phrases(self, parts: Parts, phrases: tuple[str, ...], memory: Memory) -> Query:
        """「哪些要上党组会」, 「措施里提到保密的」, 「哪些不用经过政务服务中心」."""
        said = "、".join(phrases)
        named = kinds_named(parts)
        phrases = tuple(p for p in phrases if p not in named)
        places = self._passages.containing([[p] for p in phrases]) if phrases else []
        if places and all(p.facet is Facet.POSTS for p in places) and not parts.cue("powers"):
            # 「数据统计人员是哪几个」: a post and who holds it
            return Query(Shape.ASK, facets=(Facet.POSTS,), set_ask=SetAsk(phrases=phrases), said=said)
        phrases, unwanted = self._parted_by_without(parts, phrases)
        phrases, either = alternatives(parts, phrases)
        if len(phrases) == len(parts.names) > 1 and any(s.text in _TOUCHING for s in parts.segments):
            phrases, either = (), phrases  # 「跟基金、担保沾边的」
        set_ask = SetAsk(
            phrases=phrases,
            either=either,
            named=named,
            facets=columns(parts),
            in_names=parts.cue("names_with"),
            at_end=parts.cue("names_with") and any(word in parts.said for word in ("结尾", "末尾", "打尾", "收尾")),
            not_phrases=unwanted,
            exact=bool(QUOTED.search(parts.cut.text)),
            without=self._is_denied(parts, phrases) and not unwanted and not self._is_said_so(parts, phrases),
            last_step=any(s.tagged("cue:last") and s.text[-1] in "步节道关" for s in parts.segments),
            within=memory.listed if parts.cue("within") else (),
            times=2 if any(s.word in ("两次", "两趟", "两回", "两遍") for s in parts.segments) else 0,
            units=self.units(parts),
        )
        if self._is_of_the_one_described(parts, set_ask):
            one = replace(set_ask, facets=frozenset())
            return Query(Shape.ASK, facets=tuple(parts.facets), set_ask=one, single=True, said=said)
        excluded = self._resolver.excluded(parts)
        return Query(Shape.LIST, set_ask=set_ask, near=excluded, counting=parts.cue("count"), said=said)

    def _is_of_the_one_described(self, parts: Parts, ask: SetAsk) -> bool:
        """Whether a facet is asked for of the power that is described: 「名字带初审的那个，有啥风险」, 「工作小组审议的
        那个，风险点有哪些」, where no risk speaks of it.
        """
        if not (parts.facets and any(s.text in _ONE for s in parts.segments)):
            return False
        described = any(one.text == "的" and other.text in _ONE for one, other in pairwise(parts.segments))
        elsewhere = bool(ask.facets) and not self._passages.containing([[p] for p in ask.phrases], ask.facets)
        return ask.in_names or (described and elsewhere and bool(ask.phrases))

    @staticmethod
    def _parted_by_without(parts: Parts, phrases: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the wording that is wanted and that which must be absent: 「写了不单独接待、却没写公示的」,
        「不用A也不用B」.

        Where but one thing is said, it is the first.
        """
        stretches = _stretches(parts)
        wanted: list[str] = []
        unwanted: list[str] = []
        said = 0
        for stretch in stretches:
            here = [bare(s.meant) for s in stretch if bare(s.meant) in phrases]
            (unwanted if _denies(stretch) else wanted).extend(here)
            said += bool(here)
        if len(wanted) + len(unwanted) < len(phrases) or not unwanted or said < _SEVERAL:
            return phrases, ()
        return tuple(wanted), tuple(unwanted)

    def _is_denied(self, parts: Parts, phrases: tuple[str, ...]) -> bool:
        """Whether the wording is wanted to be absent, not only something beside it that no wording stands for:
        「系统自动出证、不用人去点的」.
        """
        if not self.wants_absence(parts):
            return False
        denying = [stretch for stretch in _stretches(parts) if _denies(stretch)]
        return not denying or any(
            bare(s.meant) in phrases or s.tagged("cue:set", "cue:powers") for stretch in denying for s in stretch
        )

    def _roles(self, parts: Parts) -> tuple[str, ...]:
        """Return the post of a unit that is asked about: 「外贸运行处负责人是谁」."""
        named = [unit + s.word for unit in parts.units for s in parts.facet_words if s.tagged("facet:posts")]
        return tuple(role for role in named if self._passages.containing([[role]], frozenset({Facet.POSTS})))[:1]

    def units(self, parts: Parts) -> tuple[str, ...]:
        """Return the units asked about; in a register of one unit its name tells nothing."""
        return parts.units if self._several_units else ()

    def _is_said_so(self, parts: Parts, phrases: tuple[str, ...]) -> bool:
        """Whether a risk says itself that the wording is not done: 「不出示检查证件的风险」."""
        if any(s.tagged("cue:without") and (set("写提列印") & set(s.text)) for s in parts.segments):
            return False
        if Facet.RISKS not in parts.facets and not any(s.text in ("不", "没", "未") for s in parts.segments):
            return False
        places = self._passages.containing([[p] for p in phrases], frozenset({Facet.RISKS}))
        risks = [self._register.power(place.position).risks[place.index].text for place in places]
        texts = [plain(clause) for risk in risks for clause in _CLAUSE_END.split(risk)]
        return any(
            any(n in text[max(0, text.find(p) - _NOT_BEFORE) : text.find(p)] for n in "未没不无")
            for text in texts
            for p in phrases
        )

    @staticmethod
    def _asks_for_all(parts: Parts) -> bool:
        """Whether all powers are asked for, and nothing else: 「都有哪些事项」."""
        kinds = {Kind.NAME, Kind.BODY, Kind.ORDINAL, Kind.PERSON, Kind.ABSENT, Kind.OTHER}
        content = any(s.kind in kinds for s in parts.asking) or bool(parts.excluded)
        content |= any(s.word in DIFFER for s in parts.segments)  # 「权责清单跟责任清单有啥区别」
        content |= parts.cue("without", "definition", "both", "within", "last", "he")
        content |= bool(set(parts.facets) - {Facet.OVERVIEW, Facet.POSTS})
        content |= any(s.tagged("facet:posts") and set("谁人位") & set(s.text) for s in parts.facet_words)
        what = any(s.tagged("cue:set") and s.word.endswith(("哪些", "啥", "什么")) for s in parts.segments)
        ours = parts.cue("does") and parts.cue("we")  # 「处里都管啥」, 「咱们处是干什么的」
        return not content and (what or ours or parts.cue("all", "count", "powers"))

    @staticmethod
    def wants_absence(parts: Parts) -> bool:
        """Whether the wording is wanted to be absent: 「哪些不用…」, 「不上党组会的」."""
        if not (parts.cue("without", "unrelated") or any(s.text in _NOT for s in parts.segments)):
            return False
        if parts.cue("unrelated"):
            return True  # 「跟商务部不沾边的」
        plainly = any(s.tagged("cue:without") and _SILENT & set(s.text) for s in parts.segments)
        if any(s.text == "有没有" for s in parts.segments) and not plainly:
            return False
        if says_what_is_wrong(parts):
            return False
        for s, other in pairwise([*parts.segments, END]):
            # 「没写」, 「不用经过」; 「没审仔细」 describes what is there
            if s.tagged("cue:without") and (len(s.text) > 1 or other.text[0] in _HOLDS):
                return True
        content = next((s.start for s in parts.segments if s.kind in (Kind.BODY, Kind.NAME, Kind.UNIT)), 0)
        before = [s.text for s in parts.segments if s.start < content]
        return any(text in _NOT for text in before[-2:])

    def phrases(self, parts: Parts) -> tuple[str, ...]:
        """Return the wording that is content: names, the register's wording, single acting words (审, 交)."""
        quoted = [plain(met[1]) for met in QUOTED.finditer(parts.cut.text)]
        if any(len(q) > 1 for q in quoted):
            return tuple(q for q in quoted if len(q) > 1)
        phrases: list[str] = []
        in_names = parts.cue("names_with")
        if in_names:
            said = said_of_names(parts)
            if said:
                return said
        kinds = (Kind.NAME, Kind.BODY)
        for before, s in pairwise([END, *parts.segments]):
            if s.text in _BODIES and before.kind is Kind.BODY and before.end == s.start:
                continue  # 「第三方审核机构」
            if s.tagged("cue:manner") and self._passages.containing([[s.text.removeprefix("在")]]):
                phrases.append(s.text.removeprefix("在"))  # 「企业在线上交材料的」
            if self._is_done_to(before, s):
                phrases.append(before.text)  # 「先梳理企业名单的」
            if s.tagged("cue:act") and len(s.text) == 1 and _ends_something(parts, s):
                continue  # 「审完还要会签的」
            # 「哪些有违反办理时限的风险」: the register does speak of it
            absent_here = (
                s.kind is Kind.ABSENT
                and bool({Facet.RISKS, Facet.CONTROLS} & set(parts.facets))
                and bool(self._passages.containing([[s.text]]))
            )
            if (
                (s.kind in kinds and s not in parts.talk and (in_names or not self._aspects.is_talk(s)))
                or absent_here
                or (
                    s.kind in (Kind.OTHER, Kind.WORD)
                    and (len(s.text) == 1 or s.tagged("cue:handled"))
                    and s.text in self._words.synonyms
                )
            ):
                phrases.append(bare(self._as_printed(s)))
        if not phrases and columns(parts) - {Facet.POSTS}:
            phrases += parts.units  # 「流程里有市场管理科的」
        if not phrases and parts.cue("powers", "set"):
            phrases += self._everyday_wording(parts)
        telling = [p for p in phrases if p not in _APPLICANTS and p != self._only_unit]
        return tuple(dict.fromkeys(telling or phrases))

    def _everyday_wording(self, parts: Parts) -> list[str]:
        """Return wording that is talk elsewhere, where it is all that is said of the powers: 「线上交材料的」."""
        said = [
            s for s in parts.segments if s.kind is Kind.BODY or (s.text in self._words.synonyms and len(s.text) > 1)
        ]
        told = any(s.kind is Kind.BODY for s in said) and len("".join(s.text for s in said)) >= _TELLING
        return [s.meant for s in said] if told else []

    def _is_done_to(self, before: Segment, s: Segment) -> bool:
        """Whether a word of talk before wording says what is done to it, as a passage does."""
        talk = before.tags == _PADDING and len(before.text) > 1 and before.end == s.start
        step = frozenset({Facet.PROCESS})
        return talk and s.kind is Kind.BODY and bool(self._passages.containing([[before.text], [s.meant]], step))

    def _as_printed(self, s: Segment) -> str:
        """Return the wording that was meant; of a name that only sounds like wording of the register, that wording."""
        if s.kind is not Kind.NAME or self._passages.longest(s.text, 0) == len(s.text):
            return s.meant
        heard = self._passages.sounding(sounds(s.text), 0)
        return heard if len(heard) == len(s.text) else s.meant  # 「转报商物部」

    def _ragged(self, parts: Parts) -> bool:
        """Whether something unexplained touches the wording asked for: 「卫健委主任」 is not 「委主任」."""
        kinds = {Kind.BODY, Kind.UNIT, Kind.NAME}
        return any(
            {one.kind, other.kind} & kinds
            and Kind.OTHER in (one.kind, other.kind)
            and not _OFFICES & {one.text, other.text}
            and other.text not in self._words.synonyms
            and not (len(one.text) == 1 and self._say_together(one.text, other.meant))
            and not (one.text in self._words.synonyms and (other.start, other.end) in parts.cut.words)
            and not any(len(s.text) == 1 and self._words.of(s.text) == _PADDING for s in (one, other))
            and not (len(one.text) == 1 and len(other.text) >= _LONG_WORDING)
            for one, other in pairwise(parts.cut.segments)
        )

    def _say_together(self, one: str, other: str) -> bool:
        """Whether a passage says both: the 埋设界桩 of 「埋界桩的是哪项」."""
        return any(self._bodies.says_together(p, one, other) for p in self._bodies.saying(other))

    def by_wording(self, parts: Parts, _mentions: list[Mention], memory: Memory) -> Query | None:
        """No name, but the register's wording: 「越权插手基金管理」, 「要第三方审核的那个项目」."""
        if parts.yes_or_no and parts.cue("we") and any(s.text in ("归", "归属", "属于") for s in parts.segments):
            return None  # 「健康证也归咱们处吗」: what is not named is not ours
        phrases = self.phrases(parts) or self._roles(parts)
        if not parts.absent and (parts.unknown or self._ragged(parts)) and not parts.facets:
            query = self._nearly_quoted(parts, unclear=True)  # 「建立健全内哺监督机制」, and nothing else
            return query if query and len(query.said) >= _NOTHING_ELSE * len(plain(parts.said)) else None
        if parts.unknown or self._ragged(parts) or not phrases or len(max(phrases, key=len)) < 2:
            return None
        described = {place.position for place in self._passages.containing([[p] for p in phrases if len(p) > 1])}
        if parts.absent and not (len(described) == 1 and self._aspects.holds_it(parts, tuple(described))):
            return None
        facets = self._aspects.facets(parts, tuple(described) if len(described) == 1 else ())
        if len(described) == 1 and is_elliptic(parts):
            facets = facets or inherited(parts, memory, self._register)  # 「增驾的呢」
        if (
            not parts.facets
            and len("".join(phrases)) < _TELLING
            and not (parts.asks or parts.cue("followup") or parts.said.endswith(("哪个", "哪一个")))
        ):
            return None  # 「帮我写个通知」
        step = facets == (Facet.PROCESS,) and parts.cue("after", "before", "step")
        steps = step and bool(self._passages.containing([[p] for p in phrases], frozenset({Facet.PROCESS})))
        return Query(
            Shape.LIST,
            set_ask=SetAsk(
                phrases=phrases,
                facets=frozenset({Facet.PROCESS}) if steps else frozenset(),  # 「第三方那步之后干啥」
                without=self.wants_absence(parts) and not self._is_said_so(parts, phrases),
            ),
            facets=facets,
            step=self._aspects.step(parts) if Facet.PROCESS in facets else None,
            said="、".join(phrases),
            single=any(s.text in _ONE for s in parts.segments),
            label="wording",
        )


def _asks_how_much(parts: Parts) -> bool:
    """Whether 多少 counts no powers, but something that nothing explains: 「要考多少分」."""
    counted = [s for s in parts.segments if s.tagged("cue:count")]
    after = dict(pairwise([*parts.segments, END]))
    return all(s.text == "多少" and after[s].text not in _COUNTED for s in counted)


def _ends_something(parts: Parts, act: Segment) -> bool:
    """Whether what somebody does is but done before what is asked: the 审 of 「审完」."""
    return any(s.start == act.end and s.text in ("完", "完了", "好", "过") for s in parts.segments)


def _stretches(parts: Parts) -> list[list[Segment]]:
    """Return what stands between the marks and the words that contrast."""
    stretches: list[list[Segment]] = [[]]
    for s in parts.segments:
        if (s.kind is Kind.MARK and s.text in ",;。!?、 ") or s.text in _CONTRASTING:
            stretches.append([])
        stretches[-1].append(s)
    return stretches


def _denies(segments: list[Segment]) -> bool:
    """Whether a stretch of the question wants its wording to be absent."""
    return any(
        s.text != "有没有"
        and (s.tagged("cue:without") or s.text == "不")
        and (len(s.text) > 1 or other.text[0] in _HOLDS)
        for s, other in pairwise([*segments, END])
    )
