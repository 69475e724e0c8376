"""Whether a question is about the powers that it seems to name: what touches a name makes it another thing."""

from itertools import pairwise

from bot.understanding.clauses import facet_of
from bot.understanding.mentions import Mention
from bot.understanding.ordinals import AMOUNT
from bot.understanding.parts import Parts
from bot.understanding.segments import Kind, Segment
from bot.understanding.vocabulary import Vocabulary
from knowledge.bodies import Bodies
from knowledge.models import Facet, Register
from knowledge.search import BLURRED
from knowledge.text import plain

_TALK = frozenset({"padding", "facet:overview"})
# Whose a filing is: a word of talk elsewhere.
_OF_WHOM = frozenset(
    ["公司", "个人", "单位", "分公司", "公众", "单位信息", "项目", "产品", "工程", "信息", "范围", "名称"]
)
# What opens a name that is set apart: 「专利行业“双随机”检查」.
_OPENING = frozenset("“\"'「『《(")
# 「带配额的」, 「叫贴息的」: what so stands before a name is of it.
_NAMING = frozenset("带叫含")
# A mention of so many characters is no fragment.
_LONG = 6


class Subject:
    """Tells what speaks against the powers that a question names."""

    def __init__(self, register: Register, bodies: Bodies, words: Vocabulary):
        self._register = register
        self._bodies = bodies
        self._words = words

    def blocked(self, parts: Parts, mentions: list[Mention]) -> list[str]:
        """Return what nothing explains and what therefore changes the subject.

        Something unexplained that touches the name (or hangs on it by 的) makes it another thing: 「二手车过户」.
        Elsewhere it may be talk, if the name is beyond doubt and the talk no longer than it.
        """
        segments = parts.cut.segments
        # a fragment of two characters may belong to any word
        weak = not any(m.strong or len(m.text) >= _LONG for m in mentions)
        touching = []
        for i, s in enumerate(segments):
            facet = facet_of(s) is not None and not s.tagged("facet:posts", "facet:overview")
            if not facet and (s.kind is not Kind.NAME or self._words.of(s.text)):
                continue
            for step in (1,) if facet else (-1, 1):
                j = i + step
                if not facet and 0 <= j < len(segments) and segments[j].text == "的":
                    j += step
                if step < 0:
                    j -= j >= 0 and segments[j].text in _OPENING
                    j = _before_talk(segments, j)
                    j -= j >= 0 and segments[j].text in _OF_WHOM  # 「扩大矿区范围变更登记」
                attributed = step < 0 and j >= 0 and segments[j + 1].text == "的" and segments[j].kind is Kind.OTHER
                run = ""
                while 0 <= j < len(segments) and segments[j].is_loose:
                    run = run + segments[j].text if step > 0 else segments[j].text + run
                    j += step
                behind = segments[j : j + 1] if not weak and step > 0 else []
                if any(s.kind is Kind.BODY and self._all_say(mentions, s.meant) for s in behind):
                    continue  # 「担保平台碰上重大项目」: what is said of the power follows
                known = self._all_say(mentions, run) if AMOUNT.search(parts.cut.text) else False
                known |= any(self._all_say(mentions, word) for word in self._words.synonyms.get(run, ()))
                if known and (len(run) == 1 or run in self._words.synonyms):
                    continue  # 「基金投了八千万」, 「数据导完系统」, 「国营贸易资质」
                slip = step < 0 and parts.cut.match.best[s.start] <= BLURRED
                if len(run) > 1 or (
                    run and run not in _NAMING and (slip or attributed or (s.end - s.start == 2 and weak))
                ):
                    touching.append(run)
        touching += [
            other.text
            for one, other in pairwise(segments)
            # 「基金怎么买」; 「补贴怎么发到农户」, where a step has it
            if one.tagged("cue:how") and other.kind is Kind.OTHER and not self._all_say(mentions, other.text)
        ]
        if weak and not parts.yes_or_no:
            touching += self._other_nouns(parts, mentions)
        touching += self._glued_before(parts, mentions)
        if touching:
            return touching
        if not parts.unexplained:
            return []
        strong = all(m.strong for m in mentions)
        named = sum(s.end - s.start for m in mentions for s in m.segments)
        if strong and len("".join(parts.unexplained)) <= named and not _runs_on(parts, mentions):
            return []
        return parts.unexplained

    def _all_say(self, mentions: list[Mention], text: str) -> bool:
        return all(self._bodies.says(p, text) for m in mentions for p in m.powers)

    def _glued_before(self, parts: Parts, mentions: list[Mention]) -> list[str]:
        """Return what stands glued before a name of one power, perhaps with a word of talk between, that neither its
        name nor its steps speak of: the 企业信息 of 「企业信息变更」, the 教育 of 「教育统计数据分析」, the 公司 of
        「公司备案」.
        """
        found = []
        segments = parts.cut.segments
        for m in mentions:
            i = _before_talk(segments, segments.index(m.segments[0]) - 1)
            if not m.powers or i < 0:
                continue
            s = segments[i]
            of_whom = s.text in _OF_WHOM and not m.strong
            known = zip(parts.cut.match.known, parts.cut.match.links, strict=True)
            abbreviated = any(s.start in link for one, link in known if one.position in m.powers)
            wording = s.kind is Kind.BODY and s.meant == s.text and not abbreviated  # 「民爆销售证」
            asked = bool({Facet.RISKS, Facet.CONTROLS} & set(parts.facets)) and self._bodies.says(m.powers[0], s.text)
            if (wording or of_whom) and not asked and not any(self._speaks_of(p, s.text) for p in m.powers):
                found.append(s.text)
        return found

    def _speaks_of(self, position: int, text: str) -> bool:
        """Whether the name, a step or a post of the power says ``text``."""
        power = self._register.power(position)
        said = [power.name, *(f"{step.condition or ''}{step.text}" for step in power.process)]
        return any(text in plain(part) for part in (*said, *(post.role for post in power.posts)))

    def _other_nouns(self, parts: Parts, mentions: list[Mention]) -> list[str]:
        """Return wording glued behind a fragment of a name that the power never says: the 资金 of 「维修资金」."""
        segments = parts.cut.segments
        last = {m.segments[-1]: m.powers for m in mentions}
        return [
            other.text
            for one, other in pairwise(segments)
            if one in last
            and other.kind is Kind.BODY
            and other.start == one.end
            and len(last[one]) == 1
            and not any(self._bodies.says(p, s.meant) for p in last[one] for s in parts.body)
            and all(facet_of(s) is None or facet_of(s) is Facet.PROCESS for s in segments if s.start >= other.end)
        ]


def _before_talk(segments: list[Segment], i: int) -> int:
    """Return the index of what stands before the words of talk at ``i``: the 发票 of 「发票使用情况检查」."""
    while i > 0 and segments[i].tags and segments[i].tags <= _TALK and len(segments[i].text) > 1:
        if segments[i].text in _OF_WHOM:
            break
        i -= 1
    return i


def _runs_on(parts: Parts, mentions: list[Mention]) -> bool:
    """Whether something unexplained stands between the last name and what is asked of it, in one breath
    (「出口许可证过期了咋办」): it changes what is asked.
    """
    last = max(s.end for m in mentions for s in m.segments)
    run, found = "", False
    for s in parts.cut.segments:
        if s.start < last:
            continue
        if s.kind is Kind.MARK:
            return found and s.text == " "  # 「残疾人证丢了补办 谁」
        if facet_of(s) is not None:
            return found
        run = run + s.text if s.is_loose else ""
        found |= len(run) > 1
    return False
