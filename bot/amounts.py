"""Amounts in questions and in the conditions of steps: 「投资期大于六年」, 「投资金额0.5-1亿元」."""

import re

_NUMBER = r"\d+(?:\.\d+)?|[一二两三四五六七八九十百千]+"
_SCALES = {"千万": 1e7, "百万": 1e6, "亿": 1e8, "万": 1e4}
_SCALE = "|".join(_SCALES)
_AREA = "平方米|平米|平方|平"
_UNIT = f"元|年|个?月|天|{_AREA}|公里|厘米|米|吨|公斤|亩|千伏|千瓦|户|人|台|辆|间|岁"
_MORE, _LESS = "大于|超过|高于|多于|满", "小于|不足|不满|低于|少于|不到|未满|没到|没满|没超过|不超过"
_AMOUNT = re.compile(
    rf"(?:(?P<more>{_MORE})|(?P<less>{_LESS}))?(?P<number>{_NUMBER})(?P<some>[多几来])?(?P<scale>{_SCALE})?(?P<unit>{_UNIT})?"
    r"(?:(?P<up>以上)|(?P<down>以下|以内))?"
)
_RANGE = re.compile(rf"(?P<low>{_NUMBER})(?:-|~|至|到)(?P<high>{_NUMBER})(?P<scale>{_SCALE})?(?P<unit>{_UNIT})?")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
# An amount that is said to be more than another is a little more.
_LITTLE = 1e-6


def _value(number: str, scale: str | None) -> float:
    value = float(number) if number[0].isdecimal() else float(_counted(number))
    return value * _SCALES.get(scale or "", 1.0)


def _counted(number: str) -> int:
    """Return the value of 七, 二十五, 一百, 三千五百."""
    for rank, char in ((1000, "千"), (100, "百"), (10, "十")):
        before, found, rest = number.partition(char)
        if found:
            return rank * (_counted(before) or 1) + _counted(rest)
    return _DIGITS.get(number, 0)


def _unit(scale: str | None, unit: str | None) -> str:
    """Return the unit in one spelling: 万 counts money where it counts nothing else, 平 is 平方米."""
    if unit in _AREA.split("|"):
        return "平方米"
    return unit.removeprefix("个") if unit else "元" if scale else ""


def amounts_of(text: str) -> tuple[tuple[float, str], ...]:
    """Return the amounts that a question names, each with its unit, if any: 「投了七年」 → ((7.0, "年"),).

    What is said to be more (less) than an amount is a little more (less) than it.
    """
    found = []
    for met in _AMOUNT.finditer(text):
        unit = _unit(met["scale"], met["unit"])
        over = _LITTLE if met["more"] or met["up"] or met["some"] else -_LITTLE if met["less"] or met["down"] else 0.0
        # 「没到5000的呢」, 「胸径40的」: a figure, more or less than it, or so large
        bare = met["number"][0].isdecimal() and (over or text[met.end() : met.end() + 1] == "的")
        if unit or bare:
            found.append((_value(met["number"], met["scale"]) * (1 + over), unit))
    return tuple(found)


def agrees(condition: str, amounts: tuple[tuple[float, str], ...]) -> bool | None:
    """Whether ``amounts`` meet what ``condition`` says of such amounts; ``None`` where it says nothing of them."""
    verdicts = []
    units = {_unit(met["scale"], met["unit"]) for kind in (_RANGE, _AMOUNT) for met in kind.finditer(condition)} - {""}
    only = units.pop() if len(units) == 1 else None  # what a bare figure counts
    amounts = tuple((value, unit or only or "") for value, unit in amounts)
    for met in _RANGE.finditer(condition):
        low, high = _value(met["low"], met["scale"]), _value(met["high"], met["scale"])
        verdicts += [low <= value <= high for value, unit in amounts if unit == _unit(met["scale"], met["unit"])]
    for met in _AMOUNT.finditer(condition):
        limit, unit = _value(met["number"], met["scale"]), _unit(met["scale"], met["unit"])
        more, less = met["more"] or met["up"], met["less"] or met["down"]
        for value, asked in amounts:
            if asked == unit and (more or less):
                verdicts.append(value > limit if more else value < limit)
    return all(verdicts) if verdicts else None
