"""One ``normalise`` for register and question alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.models import Power, Register
from knowledge.text import MAX_MESSAGE, normalise, plain

# Every character there is; Chinese, traditional and full-width ones much more often than chance has them.
characters = (
    st.characters()
    | st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF)
    | st.characters(min_codepoint=0xFF00, max_codepoint=0xFFEF)
    | st.sampled_from("進口貼息發後裏乾隻 @.。，!！?…-_/:<>＜b\u200b\u00ad\ufe0f🙂")
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("进口贴息", "进口贴息"),
        ("  进口　贴息\t的\n流程 ", "进口 贴息 的 流程"),
        ("ＪＫＴＸ１５", "jktx15"),
        ("JKTX", "jktx"),
        ("（试点）：１５％！？", "(试点):15%!?"),
        ("進口貼息項目的廉政風險點", "进口贴息项目的廉政风险点"),
        ("二手車誰負責", "二手车谁负责"),
        ("进\u200b口\u200d贴\ufeff息\u00ad", "进口贴息"),
        ("\u202e进口\u2069贴息\ufe0f", "进口贴息"),
        ("进口贴息🙂👍🏽的流程", "进口贴息 的流程"),
        ("①进口贴息", "1进口贴息"),
        ("@lianzheng_bot 进口贴息", "进口贴息"),
        ("进口贴息@lianzheng_bot", "进口贴息"),
        ("看 https://example.com/a?b=c 的流程", "看 的流程"),
        ("<b>进口</b>贴息", "进口贴息"),
        ('<a href="http://example.com">进口贴息</a>', "进口贴息"),
        ("<script>alert(1)</script>进口贴息", "进口贴息"),
        ("投资期<6年", "投资期<6年"),
        ("投资期＜６年", "投资期<6年"),
        ("＜b＞进口＜/b＞贴息", "进口贴息"),
        ("进口\0贴息", "进口 贴息"),
        ("进口贴息？？？！！", "进口贴息?!"),
        ("22 33", "22 33"),
        ("", ""),
        ("🙂", ""),
        ("\0", ""),
        ("привет", ""),
    ],
)
def test_text_is_compared_without_what_makes_no_difference(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text(characters))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "＜b＞贴息",
        "<<b>b>贴息",
        "<Ａ>贴息",
        "<scr<b>ipt>贴息",
        "<<<b<i>/贴息",
        "㍿" * 1000,
        "ﷺ" * 1000 + "贴",
        "ﷺ" * 20_000,
    ],
)
def test_normalising_twice_is_normalising_once_with_markup_and_what_grows(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(characters))
def test_normalised_text_has_no_stray_white_space_and_no_capitals(text: str) -> None:
    once = normalise(text)
    assert once == " ".join(once.split())
    assert once == once.casefold()


@given(st.text("贴息进口流程谁负责", min_size=1), st.data())
def test_what_can_not_be_seen_makes_no_difference(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    unseen = data.draw(st.text("\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202e\ufe0f", min_size=1))
    assert normalise(text[:at] + unseen + text[at:]) == normalise(text)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="<")))
def test_full_width_and_half_width_are_the_same(text: str) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) for char in text)
    assert plain(wide) == plain(text)


@pytest.mark.parametrize(
    "hostile",
    [
        "贴" * 100_000,
        "<" * 100_000,
        "<script" * 20_000,
        "<b" * 50_000,
        "http://" * 20_000,
        "。" * 100_000,
        "🙂" * 100_000,
    ],
    ids=["words", "angle brackets", "scripts", "tags", "addresses", "marks", "emoji"],
)
def test_a_hundred_thousand_characters_are_cut_to_what_is_looked_at(hostile: str) -> None:
    assert len(normalise(hostile)) <= MAX_MESSAGE


def test_the_beginning_of_a_long_text_is_what_is_looked_at() -> None:
    assert normalise("进口贴息" + "啊" * 100_000).startswith("进口贴息啊")


def test_a_long_text_of_a_register_is_compared_whole() -> None:
    assert plain("按规定办理，" * 300 + "定期轮岗").endswith("定期轮岗")


@given(st.text(characters))
def test_plain_text_is_letters_and_figures_only(text: str) -> None:
    assert all(char.isalnum() for char in plain(text))
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("化肥、农产品进口关税配额", "化肥农产品进口关税配额"),
        ("化肥、农产品", "化肥, 农产品"),
        ("防范“四风”", "防范四风"),
        ("審批（初審）", "审批 初审"),
    ],
)
def test_marks_and_white_space_part_no_wordings(one: str, other: str) -> None:
    assert plain(one) == plain(other)


def test_no_words_of_a_register_are_lost_in_normalising(waimao: Register, wenlv: Register) -> None:
    def words_of(power: Power) -> list[str]:
        return [
            power.name,
            *(step.text for step in power.process),
            *(risk.text for risk in power.risks),
            *power.controls,
        ]

    for register in (waimao, wenlv):
        for text in (text for power in register.powers for text in words_of(power)):
            assert plain(text) == "".join(char for char in text if char.isalnum())
