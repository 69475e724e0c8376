"""Amounts in questions against the conditions of steps."""

import pytest

from bot.amounts import agrees, amounts_of


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("投了七年呢", ((7, "年"),)),
        ("8000万的基金", ((8e7, "元"),)),
        ("0.5亿元", ((5e7, "元"),)),
        ("十二个月", ((12, "月"),)),
        ("第三步是什么", ()),
    ],
)
def test_amounts_are_read(text: str, amounts: tuple[tuple[float, str], ...]) -> None:
    assert amounts_of(text) == amounts


@pytest.mark.parametrize(
    ("condition", "text", "verdict"),
    [
        ("投资期大于六年", "投了七年", True),
        ("投资期大于六年", "投了6年", False),
        ("投资期大于六年", "超过六年的", True),
        ("投资金额0.5-1亿元，投资期小于6年", "八千万", True),
        ("投资金额0.5-1亿元，投资期小于6年", "2亿，五年", False),
        ("投资期大于六年", "两亿元", None),
        ("重大项目", "七年", None),
    ],
)
def test_a_condition_holds_or_not(condition: str, text: str, verdict: bool | None) -> None:
    assert agrees(condition, amounts_of(text)) is verdict
