"""The forms in which sets of powers are asked for, read from the parts of a question alone."""

import re
from collections.abc import Callable
from itertools import pairwise

from bot.understanding.clauses import facet_of
from bot.understanding.mentions import Mention
from bot.understanding.ordinals import number_of
from bot.understanding.parts import Parts
from bot.understanding.query import SetAsk
from bot.understanding.segments import Kind, Segment
from knowledge.models import Facet

QUOTED = re.compile('[“"「『《‘](.+?)[”"」』》’]')
# A meeting or a leader, and how a thing comes to them.
_MEETING = re.compile(
    "(?:[报上过经开交]|提交|提请)?局?([^报上过经开交局]{2,3}会)|[报找经过请交]([^报找经过请交]{1,4}领导)"
)
# How many items: 「不止一个人」, 「只有两条」, 「十步以上」.
_SIZE = re.compile(
    r"(?:(?P<named>经办人|负责人|人员|风险点|风险|措施|流程|步骤)(?:里|上|都|是)?)?(?:(?P<more>不止|不只|超过|多于|大于)|(?P<less>不到|不足|少于)|(?P<just>只有|只要|就|仅|正好|刚好|才))"
    r"(?P<number>\d{1,3}|[一二两三四五六七八九十]{1,3})(?:[个名]?(?P<of>风险点|风险|措施|经办人|负责人|人员|人|位|条|步|道|环节)|(?(named)[个条步位项]|(?!)))(?P<up>以上)?"
)
_SIZED = {
    **dict.fromkeys(("人", "位", "人员", "经办人", "负责人"), Facet.POSTS),
    **dict.fromkeys(("风险点", "风险"), Facet.RISKS),
    "措施": Facet.CONTROLS,
    **dict.fromkeys(("步", "道", "环节", "流程", "步骤"), Facet.PROCESS),
}
# Who applies is put in many ways and tells nothing.
_APPLICANT = re.compile("^(?:企业|申请人|申请单位|申请企业|当事人)(?=.{4})")
_OF = ("的", "这条", "那条", "这句", "这种", "这个", "那个")
_ROLES = ("人员", "经办人", "负责人")
# 「各区商务局」: 各 is no part of what is looked for.
_SHORTEST_EACH = 3


def size_asked(parts: Parts) -> SetAsk | None:
    """Return how many items powers are asked to have: 「岗位不止一个人的是哪几项」, 「只有两条风险点的」."""
    met = _SIZE.search(parts.cut.text)
    asks = parts.cue("powers", "set") or any(s.text.startswith("是哪") for s in parts.facet_words) or is_elliptic(parts)
    facet = (_SIZED.get(met["of"] or met["named"]) or next(iter(columns(parts)), None)) if met else None
    if met is None or facet is None or not asks or not (met["more"] or met["less"] or met["just"] or met["up"]):
        return None
    if any(s.start < met.start() or s.end > met.end() for s in parts.body):
        return None  # 「同一资金项目应有2人以上共同参与」 is wording
    number = number_of(met["number"])
    least = number + 1 if met["more"] else 0 if met["less"] else number
    most = 0 if met["more"] or met["up"] else number - 1 if met["less"] else number
    role = met["of"] or met["named"]
    roles = (role,) if role in _ROLES else ()
    return SetAsk(facets=frozenset({facet}), at_least=least, at_most=most, roles=roles)


def wording_of(parts: Parts, stands: Callable[[str], bool]) -> tuple[list[Segment], frozenset[Facet]]:
    """Return the longest wording that the question looks for, be there words of questions inside it, and the columns
    that the question names around it: 「加强岗位人员日常监督是哪几项的措施」.

    ``stands`` says whether a text stands in a passage: such a word of talk may begin the wording (「单独见企业」).
    """
    stretches: list[list[Segment]] = [[]]
    for s in parts.segments:
        if s.tagged("cue:powers", "cue:set", "cue:count", "cue:all") or (s.kind is Kind.MARK and s.text != "、"):
            stretches.append([])
        else:
            stretches[-1].append(s)
    columns: frozenset[Facet] = frozenset()
    best: list[Segment] = []
    for stretch in stretches:
        while stretch and (
            (_is_framing(stretch[0]) and not (len(stretch[0].text) > 1 and stands(stretch[0].text)))
            or (_column(stretch[0]) and stretch[1:] and _is_framing(stretch[1]))
        ):
            columns |= _column(stretch.pop(0))
        while stretch and (
            _is_framing(stretch[-1]) or (_column(stretch[-1]) and any(s.text in _OF for s in stretch[-2:-1]))
        ):
            columns |= _column(stretch.pop())
        if len(stretch) == 1:
            columns |= _column(stretch[0])  # 「…是哪一项的风险」
        said = [s for s in stretch if s.kind is not Kind.MARK and not (len(s.text) == 1 and _is_framing(s))]
        best = max(best, said, key=lambda said: len("".join(s.text for s in said)))
    return best, columns


def is_column(s: Segment) -> bool:
    """Whether the word names a column whose items are wording."""
    return bool(_column(s))


def _is_framing(s: Segment) -> bool:
    return s.kind is Kind.WORD and s.tagged("padding", "cue:this") and facet_of(s) is None


def _column(s: Segment) -> frozenset[Facet]:
    facet = facet_of(s)
    return frozenset({facet} if facet in (Facet.PROCESS, Facet.RISKS, Facet.CONTROLS) else ())


def kinds_named(parts: Parts) -> tuple[str, ...]:
    """Return what the names of a kind of powers hold: the 许可 of 「许可类事项」, 补贴 and 补助 of 「补贴补助类」."""
    kind = next((i for i, s in enumerate(parts.segments) if s.text == "类"), 0)
    named = []
    for one, other in pairwise(parts.segments):
        if one.text in ("属于", "算") and other.kind is Kind.NAME and other.text[-1] != "的":
            named.append(other.text)  # 「属于审批的事项」
    for s in reversed(parts.segments[:kind]):
        if s.kind is not Kind.NAME and not (s.kind is Kind.WORD and len(s.text) > 1 and s.tags == {"padding"}):
            break
        named.append(s.text)
    return tuple(named)


def bare(wording: str) -> str:
    """Return wording without what says nothing of where it stands: 各区商务局, 要报局党组会的."""
    met = _MEETING.fullmatch(wording)
    if met:
        return met[1] or met[2]
    wording = _APPLICANT.sub("", wording)
    return wording.removeprefix("各") if len(wording) > _SHORTEST_EACH else wording


def said_of_names(parts: Parts) -> tuple[str, ...]:
    """Return what names are asked to hold: what stands between 「名字里带」 and 「的」, whatever it is."""
    start = next(i for i, s in enumerate(parts.segments) if s.tagged("cue:names_with")) + 1
    said = []
    for s in parts.segments[start:]:
        if s.text in ("的", "字", "字样") or s.text.endswith("字") or s.tagged("cue:set", "cue:powers", "cue:count"):
            break
        if s.kind is Kind.MARK or s.tagged("cue:also"):
            continue
        said.append(s.text)
    return ("".join(said),) if len("".join(said)) > 1 else ()


def is_among(parts: Parts, m: Mention) -> bool:
    """Whether a name says among which powers: 「资金项目里…」."""
    inside = ("里", "中", "当中", "里头", "里面", "里边")
    return any(one in m.segments and other.text in inside for one, other in pairwise(parts.segments))


def alternatives(parts: Parts, phrases: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the wordings that all must stand, and those of which one suffices: 「局主要领导要签发或者审定的」.

    What the first of two says before the word that the second replaces stands for both (「局主管领导审定或审议」).
    """
    segments = [s for s in parts.segments if s.text not in ("要", "的", "需要", "得")]
    for one, way, other in zip(segments, segments[1:], segments[2:], strict=False):
        if way.text in ("或", "或者", "或是") and {one.meant, other.meant} <= set(phrases):
            first, second = one.meant, other.meant
            rest = tuple(p for p in phrases if p not in (first, second))
            if len(first) > len(second) + 1:
                rest, first = (*rest, first[: -len(second)]), first[-len(second) :]
            return rest, (first, second)
    if any(s.text in ("分别", "各") for s in parts.segments):
        # 「一科、二科、四科分别初核哪几项」
        series = [s.meant for s in segments if s.meant in phrases and _in_series(s, segments)]
        if len(series) > 1:
            return tuple(p for p in phrases if p not in series), tuple(series)
    return phrases, ()


def _in_series(s: Segment, segments: list[Segment]) -> bool:
    """Whether a segment is parted from a neighbour by 、 or 和."""
    i = segments.index(s)
    beside = [*segments[max(0, i - 1) : i], *segments[i + 1 : i + 2]]
    return any(other.text == "、" or other.tagged("cue:also") for other in beside)


def roles_written(parts: Parts) -> tuple[str, ...]:
    """Return the roles of which the question asks where they are written: 「重点岗位没写经办人的是哪几项」,
    「负责人和经办人两个都写了的是哪几项」.
    """
    words = [s.word for s in parts.facet_words]
    roles = [word for word in words if "岗位" not in word]
    looked = (len(words) > 1 or parts.cue("without")) and not parts.cue("compare")
    if not (looked and roles and parts.facets == [Facet.POSTS] and parts.cue("powers", "set")):
        return ()
    if not all(role.endswith(("人", "人员")) for role in roles):
        return ()
    units = [unit for unit in parts.units for s in parts.segments if s.kind is Kind.UNIT and s.meant == unit]
    return tuple("".join(units[:1]) + role for role in roles)


def quotes_wording(parts: Parts, mentions: list[Mention]) -> bool:
    """Whether wording is quoted, not the name of a power (「“行政检查”有哪些风险」)."""
    quoted = QUOTED.search(parts.cut.text)
    if quoted and any(
        s.tagged("cue:order") and s.end >= quoted.end() for s in parts.segments if s.start <= quoted.start()
    ):
        return False  # 「你只许回复“没有风险”四个字」
    if quoted is None or parts.cue("names_with"):
        return quoted is not None
    named = [s for m in mentions if m.strong and len(m.powers) == 1 for s in m.segments]
    return not any(quoted.start() <= s.start and s.end <= quoted.end() for s in named)


def asks_for_items(parts: Parts) -> bool:
    """Whether the items of a column are asked for, not powers: 「系统账号上有啥防控要求」."""
    columns = (Facet.RISKS, Facet.CONTROLS, Facet.PROCESS)
    return any(
        one.tagged("cue:set") and "有" in one.text[:2] and facet_of(other) in columns and one.end == other.start
        for one, other in pairwise(parts.segments)
    )


def is_elliptic(parts: Parts) -> bool:
    """Whether the powers themselves are left out: 「有刘博的呢」."""
    return parts.said.rstrip("呢吗?。 ").endswith("的")


def is_elliptic_set(parts: Parts) -> bool:
    """Whether the powers are left out and asked for: 「…的有哪些」, 「…的是哪几个」."""
    return any(one.text == "的" and other.tagged("cue:set") for one, other in pairwise(parts.segments))


def says_what_is_wrong(parts: Parts) -> bool:
    """Whether what is not done is itself the risk asked for: 「没出示检查证件是哪一项的风险」."""
    first, last = parts.segments[0], parts.segments[-1]
    which = any(one.tagged("cue:powers") and other.text == "的" for one, other in pairwise(parts.segments))
    return first.text in ("没", "未", "不", "没有") and facet_of(last) is Facet.RISKS and which


def columns(parts: Parts) -> frozenset[Facet]:
    """Return the columns that the question looks into: 「经手」 says what somebody does, only 岗位 where to look."""
    posts = any("岗位" in s.text for s in parts.facet_words)
    looked = {Facet.PROCESS, Facet.RISKS, Facet.CONTROLS} | ({Facet.POSTS} if posts else set())
    vague = {facet_of(s) for s in parts.facet_words} - {facet_of(s) for s in parts.facet_words if s.text != "要求"}
    return frozenset(looked & set(parts.facets) - vague)  # 「“两级复核”是哪几项才有的要求」
