"""Organisations in short form: 「政务中心业务一科」 for 「政务服务中心业务一科」, 「住建局」 for 「住房和城乡建设局」.

A short form keeps some characters of what the register prints, in order: it begins where a word begins there and ends
as the organisation does.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property

# What the last word of a name becomes in short: 律协 for 律师协会, 残联 for 残疾人联合会.
_CONTRACTED = {"协": "协会", "联": "联合会"}
# How the names of organisations end.
ENDS = frozenset("局厅委处科部院所站中心窗口支队大队办协联")
_END = re.compile("局|厅|委员会|委|处|科|部门|机关|部|院|所|站|中心|窗口|支队|大队|办公室|办|协会|联合会")
# The printed form is no longer than this, the short one no shorter.
_LONGEST, _SHORTEST = 16, 3
# 「省厅」, 「市局」: a rank and a kind of office are short form enough.
_RANKED = re.compile("[省市区县部][厅局委]")
# 「区里」: the only office of that rank.
_OF_RANK = re.compile("[省市区县]里")
_PLAIN = 6
# 「税务局」 is what registers call 税务机关 or 税务部门.
_GENERIC = ("机关", "部门")
# A short form keeps at least this share of what it stands for.
_KEPT = 0.28
# What makes another word of such an ending: 承办, 查处, 场所.
_NO_OFFICE = {
    "办": "新承主经补换督查代申停开举兴筹协",
    "处": "查惩调论判",
    "所": "场处住",
    "部": "全内外干",
    "站": "网",
    "局": "布",
    "科": "学专",
}
# What stands before an organisation: 「到区政务服务中心」.
_LEADING = frozenset("到报送由经向交给请与和及按从对在会")
# Offices of one level.
_OFFICES = frozenset("局厅委")
# No name of an organisation has 的 in it: 「有异议的登记注册科…」.
_STRETCH = re.compile("(?:(?!的)[一-鿿])+")


_FIGURE = re.compile("[一二三四五六七八九十]")


class Organisations:
    """The organisations that the passages of one register speak of; ``cut`` segments a text into words."""

    def __init__(self, texts: Callable[[], Iterable[str]], cut: Callable[[str], list[str]]):
        self._texts = texts
        self._cut = cut

    @cached_property
    def _printed(self) -> dict[tuple[str, str], dict[str, str]]:
        """The stretches that may be an organisation with their last words, by their first and last characters; each
        begins with a word.
        """
        printed: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for text in set(self._texts()):
            for stretch in _STRETCH.findall(text):
                starts, at = [], 0
                for word in self._cut(stretch):
                    starts.append(at)
                    at += len(word)
                for met in _END.finditer(stretch):
                    other_word = stretch[met.start() - 1 : met.start()] in _NO_OFFICE.get(met[0], " ")
                    if met.end() not in (*starts, len(stretch)) or (met.start() and other_word):
                        continue  # the 处 of 处理 ends no organisation
                    for start in starts:
                        # 「报到市人社局」 begins with no organisation, 「市财政局市委」 are two
                        led = stretch[start] in _LEADING
                        two = met[0] in _OFFICES and not _OFFICES.isdisjoint(stretch[start : met.start()])
                        if 2 < met.end() - start <= _LONGEST and not (led or two):
                            last = max(word for word in starts if word < met.end())
                            printed[stretch[start], met[0][-1]][stretch[start : met.end()]] = stretch[last : met.end()]
        return dict(printed)

    @cached_property
    def _ranked(self) -> frozenset[str]:
        """What is printed as a rank and a kind of office alone."""
        return frozenset(short for text in set(self._texts()) for short in _RANKED.findall(text))

    def meant(self, short: str) -> str:
        """Return the printed organisation that ``short`` abbreviates, or "" (also when it is printed so itself)."""
        if _OF_RANK.fullmatch(short):
            held = {full for (first, _last), some in self._printed.items() if first == short[0] for full in some}
            offices = {full for full in held if full[-1] in "局厅委" and len(full) <= _PLAIN}
            return offices.pop() if len(offices) == 1 else ""
        if short[-1:] in _CONTRACTED and len(short) > 1:
            return self._contracted(short)
        if short in self._ranked:
            return ""  # 「市委」 is no 市纪委 where there is a 市委
        if short[-1:] not in ENDS or (len(short) < _SHORTEST and not _RANKED.fullmatch(short)):
            return ""
        printed = self._printed.get((short[0], short[-1]), {})
        if short in printed:
            return ""
        generic = [
            short[:-1] + word for word in _GENERIC if short[:-1] + word in self._printed.get((short[0], word[-1]), {})
        ]
        if generic:
            return generic[0]
        fitting = [
            full
            for full, last in printed.items()
            if len(full) > len(short)
            and (len(short) < _SHORTEST or len(short) >= _KEPT * len(full))
            and _is_within(short, full)
            and (len(short) < _SHORTEST or len(last) < _SHORTEST or _is_within(short[-2:], last) or full[-1] in "局委")
        ]
        shortest = min(fitting, key=lambda full: (len(full), full), default="")
        # 业务科 is none of 业务一科, 业务二科
        return "" if len({_FIGURE.sub("", full) for full in fitting}) < len(fitting) else shortest

    def _contracted(self, short: str) -> str:
        """Return the shortest organisation that ``short`` stands for with its last word contracted, or ""."""
        ending = _CONTRACTED[short[-1]]
        printed = self._printed.get((short[0], ending[-1]), {})
        fitting = [full for full in printed if full.endswith(ending) and _is_within(short, full)]
        return min(fitting, key=lambda full: (len(full), full), default="")


def _is_within(short: str, full: str) -> bool:
    """Whether the characters of ``short`` stand in ``full`` in the same order."""
    rest = iter(full)
    return all(char in rest for char in short)
