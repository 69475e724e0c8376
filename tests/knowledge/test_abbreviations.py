"""Short forms of names: what people make of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.abbreviations import abbreviates

LOAN = ["商业性", "个人", "住房", "贷款", "转", "住房", "公积金", "贷款", "审批"]
RENT = ["租赁", "住房", "提取", "住房", "公积金", "审核"]
WORDS = st.lists(st.text("甲乙丙丁戊己", min_size=1, max_size=4), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("short", "words"),
    [("商转公", LOAN), ("商转公贷款", LOAN), ("商业性个人住房贷款", LOAN), ("租房提取", RENT), ("租房提取审核", RENT)],
)
def test_edges_of_words_in_their_order_are_a_short_form(short: str, words: list[str]) -> None:
    assert abbreviates(short, words)


@pytest.mark.parametrize(
    ("short", "words"),
    [("公转商", LOAN), ("业转积", LOAN), ("商贷公租", LOAN), ("租房买卖", RENT), ("", RENT), ("租", [])],
)
def test_another_order_other_characters_or_the_middle_of_words_are_none(short: str, words: list[str]) -> None:
    assert not abbreviates(short, words)


@given(WORDS)
def test_the_name_itself_and_the_first_characters_of_its_words_abbreviate_it(words: list[str]) -> None:
    assert abbreviates("".join(words), words)
    assert abbreviates("".join(word[0] for word in words), words)


@given(st.text("甲乙丙丁戊己", max_size=8), WORDS)
def test_a_short_form_has_the_characters_of_the_name_in_their_order(short: str, words: list[str]) -> None:
    rest = iter("".join(words))
    assert not abbreviates(short, words) or all(char in rest for char in short)
