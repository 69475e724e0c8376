"""How characters sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from knowledge.pinyin import initials, sounds, split_syllables, syllable

SYLLABLES = ["jin", "kou", "tie", "xi", "er", "shou", "che", "a", "an", "xian", "nv", "lve", "zhuang", "e"]
some_syllables = st.lists(st.sampled_from(SYLLABLES), max_size=8)


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("jinkoutiexi", ("jin", "kou", "tie", "xi")),
        ("ershouche", ("er", "shou", "che")),
        ("liangyongwuxiang", ("liang", "yong", "wu", "xiang")),
        ("xian", ("xian",)),
        ("nvren", ("nv", "ren")),
        ("", ()),
        ("jktx", None),
        ("jinkout", None),
        ("hello", None),
        ("jin kou", None),
        ("JINKOU", None),
    ],
)
def test_letters_are_cut_into_syllables(letters: str, expected: tuple[str, ...] | None) -> None:
    assert split_syllables(letters) == expected


@given(some_syllables)
def test_syllables_written_together_are_cut_into_no_more_of_them(syllables: list[str]) -> None:
    cut = split_syllables("".join(syllables))
    assert cut is not None
    assert "".join(cut) == "".join(syllables)
    assert len(cut) <= len(syllables)


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=40))
def test_letters_are_cut_whole_or_not_at_all(letters: str) -> None:
    cut = split_syllables(letters)
    assert cut is None or "".join(cut) == letters


@given(st.text() | st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF)))
def test_sounds_are_as_many_as_the_characters(text: str) -> None:
    assert len(sounds(text)) == len(text)
    assert len(initials(text)) == len(text)


@given(st.text(st.characters(max_codepoint=0x2FF)))
def test_what_is_not_chinese_sounds_as_it_is_written(text: str) -> None:
    assert sounds(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [("贴息", "铁西"), ("二手车", "二首车"), ("曹丽君", "曹莉军"), ("机电", "鸡店"), ("谁", "水")],
)
def test_homophones_sound_the_same(one: str, other: str) -> None:
    assert sounds(one) == sounds(other)


@pytest.mark.parametrize(("one", "other"), [("贴息", "贴现"), ("进口", "出口"), ("刘博", "刘波涛")])
def test_what_sounds_different_is_told_apart(one: str, other: str) -> None:
    assert sounds(one) != sounds(other)


@pytest.mark.parametrize(
    ("text", "expected"), [("进口贴息", "jktx"), ("二手车出口", "escck"), ("3年内A类", "3nnAl"), ("", "")]
)
def test_initials_are_the_first_letters_of_the_syllables(text: str, expected: str) -> None:
    assert initials(text) == expected


@pytest.mark.parametrize(("char", "expected"), [("贴", "tie"), ("女", "nv"), ("a", "a"), ("，", "，")])
def test_a_character_has_a_toneless_syllable(char: str, expected: str) -> None:
    assert syllable(char) == expected


@given(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5))
def test_a_syllable_is_the_one_of_pypinyin_without_its_tone(char: str) -> None:
    assert [syllable(char)] == lazy_pinyin(char, style=Style.NORMAL, v_to_u=False)
