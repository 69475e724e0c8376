"""Organisations in short form, and characters that look alike: learnt from the register, or general."""

import pytest

from knowledge.lexicon import Lexicon
from knowledge.look_alikes import meant_for
from knowledge.models import Power, Register, Step
from knowledge.passages import Passages


@pytest.fixture(scope="module")
def passages(waimao: Register) -> Passages:
    return Passages(waimao, Lexicon(waimao, {}).cut)


@pytest.mark.parametrize(
    ("short", "full"),
    [("政务中心业务一科", "政务服务中心业务一科"), ("政务中心", "政务服务中心"), ("区商局", "区商务局")],
)
def test_a_short_form_keeps_characters_of_the_organisation_in_order(passages: Passages, short: str, full: str) -> None:
    assert passages.organisations.meant(short) == full


@pytest.mark.parametrize("text", ["政务服务中心业务一科", "市公安局", "中心政务", "科", ""])
def test_what_is_printed_so_or_not_in_the_register_abbreviates_nothing(passages: Passages, text: str) -> None:
    assert passages.organisations.meant(text) == ""


@pytest.mark.parametrize(
    ("printed", "short", "full"),
    [
        ("市律师协会出具意见", "市律协", "市律师协会"),
        ("报残疾人联合会备案", "残联", "残疾人联合会"),
        ("税务机关提出协助书", "税务局", "税务机关"),
        ("市人力资源和社会保障局审核", "市人社局", "市人力资源和社会保障局"),
        ("投诉受理和协调处理", "投诉处", ""),
        ("取水许可证新办", "取水许可新办", ""),
    ],
)
def test_what_offices_become_in_short(printed: str, short: str, full: str) -> None:
    power = Power(position=1, name="年度检查", process=(Step(number=1, text=printed),))
    lexicon = Lexicon(Register(title="清单", powers=(power,)), {})
    assert Passages(lexicon.register, lexicon.cut).organisations.meant(short) == full


def test_characters_are_alike_both_ways() -> None:
    assert "拨" in meant_for("拔")
    assert "拔" in meant_for("拨")
    assert meant_for("贴") == ""
