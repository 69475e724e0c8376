"""Ordinals and amounts: 「第9项」, 「前三项」, 「倒数第二步」, 「七千万」."""

import re
from collections.abc import Iterator

from bot.understanding.segments import Kind, Segment

_NUMBER = r"(?:\d{1,6}|[一二三四五六七八九十两百]{1,5})"
_SHORT_NUMBER = r"(?:\d{1,6}?|[一二三四五六七八九十两百]{1,5}?)"  # 「第三和第九两项」
# What follows an ordinal that counts nothing that is named behind it.
_BEHIND = "[^一-鿿]|$|[的呢是吧吗啊呀怎咋谁要有和跟与风流措责防经岗在什啥哪也还都]"
_ORDINAL = re.compile(
    rf"第(?P<several>{_NUMBER}(?:项?[、,和跟与]第?{_SHORT_NUMBER})+)(?:(?<![十百])[这那]?[两二三俩])?(?P<several_of>[项号个])"
    rf"|第(?P<from>{_NUMBER})[项号]?(?:到|至|-|~)第?(?P<to>{_NUMBER})[项号]"
    rf"|(?:序号|编号)(?P<from_serial>{_NUMBER})(?:到|至|-|~)(?P<to_serial>{_NUMBER})"
    rf"|前(?P<first_n>{_NUMBER})(?:项|(?<!一)个(?!步|环|月|条))"
    rf"|(?:头一?|首)(?P<head_of>[个项条])"
    rf"|^(?P<bare>\d{{1,3}})(?=\s\D)"
    rf"|(?<![^那])(?P<bare_and>\d{{1,3}})(?=的|呢\W*$)"
    rf"|倒数第(?P<back>{_NUMBER})(?P<back_of>[个项条步道位件]?)"
    rf"|第(?P<nth>{_NUMBER})(?![方者人次天回遍])(?P<of>(?:个环节|个事项|个项目|环节|[个项条步道位件类款号点]|(?=[^一-鿿]|$|[的呢是吧吗啊呀怎咋谁要有和跟与风流措责])))"
    r"|(?:序号|编号)\s*(?P<serials>\d{1,3}(?:[、,和跟与]\d{1,3})+)(?!\d)"
    rf"|(?:序号|编号|no\.?|no|#)\s*(?P<serial>\d{{1,6}})"
    rf"|(?<![0-9])(?P<plain>\d{{1,6}})(?P<plain_of>号|项(?!目|权|事|业|工|职|里|中|当中))(?![0-9])"
    rf"|(?<!\d)(?P<two>\d{{1,3}}(?:[、,和跟与]\d{{1,3}})+)(?=[这那]?[两俩二]?项|这俩|那俩|两个|的|都|谁|分别|哪|有|风险|措施|流程|责任|防控|岗位|经办|是不是|一样|区别|差)"
    r"|(?:最后面?|最?末尾|最末|后)[的那这]?(?P<last_n>[两二三四五2-5])项"
    rf"|(?:最后|末|末尾)[那这]?一?(?P<last_of>[项条](?!步|环)|个(?={_BEHIND}))"
)
AMOUNT = re.compile(
    r"(?<=[一-鿿])(?<![第前后共有是项号条])\d+(?:\.\d+)?(?=的)|"
    r"(?:\d+(?:\.\d+)?[-~至到])?(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百千]+)[多几来]?(?:千万|百万|万|亿|元|年|月|天|%|间|平方米|平米|辆|吨|台|岁|项(?=权|事|业|工|职|里|中))+"
)
# 「第一项到第九项」: no more than so many are meant.
_MOST_OF_A_RANGE = 20
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}


def number_of(printed: str) -> int:
    """Return the value of 15, 十五, 二十 or 两."""
    if printed.isdecimal():
        return int(printed)
    hundreds, hundred, rest = printed.rpartition("百")
    tens, ten, ones = rest.partition("十")
    total = 100 * _DIGITS.get(hundreds, 1) if hundred else 0
    if ten:
        return total + 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
    return total + _DIGITS.get(rest, 0)


def ordinals(text: str) -> Iterator[Segment]:
    """Yield the ordinals of ``text`` (normalised), each as a segment."""
    for met in _ORDINAL.finditer(text):
        yield _ordinal(met)


def _ordinal(met: re.Match[str]) -> Segment:
    if met["several"]:
        numbers = tuple(number_of(n) for n in re.findall(_NUMBER, met["several"]))
        return Segment(*met.span(), met[0], Kind.ORDINAL, number=numbers[0], numbers=numbers, counter=met["several_of"])
    if met["two"] or met["serials"]:
        numbers = tuple(int(n) for n in re.findall(r"\d+", met["two"] or met["serials"]))
        return Segment(*met.span(), met[0], Kind.ORDINAL, number=numbers[0], numbers=numbers, counter="项")
    if met["first_n"]:
        numbers = tuple(range(1, min(number_of(met["first_n"]), _MOST_OF_A_RANGE) + 1))
        return Segment(*met.span(), met[0], Kind.ORDINAL, number=1, numbers=numbers, counter="项")
    if met["last_n"]:
        count = number_of(met["last_n"])
        numbers = tuple(range(-count, 0))
        return Segment(*met.span(), met[0], Kind.ORDINAL, number=-count, numbers=numbers, counter="项")
    if met["from"] or met["from_serial"]:
        first, last = number_of(met["from"] or met["from_serial"]), number_of(met["to"] or met["to_serial"])
        numbers = tuple(range(first, min(last, first + _MOST_OF_A_RANGE) + 1))
        return Segment(*met.span(), met[0], Kind.ORDINAL, number=first, numbers=numbers, counter="项")
    if met["head_of"]:
        number, counter = 1, met["head_of"]
    elif met["bare"]:
        number, counter = int(met["bare"]), "号"
    elif met["bare_and"]:
        number, counter = int(met["bare_and"]), "号"
    elif met["back"]:
        number, counter = -number_of(met["back"]), met["back_of"]
    elif met["nth"]:
        number, counter = number_of(met["nth"]), met["of"]
    elif met["serial"]:
        number, counter = int(met["serial"]), "号"
    elif met["plain"]:
        number, counter = int(met["plain"]), met["plain_of"]
    else:
        number, counter = -1, met["last_of"]
    return Segment(*met.span(), met[0], Kind.ORDINAL, number=number, counter=counter)
