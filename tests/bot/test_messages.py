"""A reply as data and as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.messages import Block, Option, Reply
from knowledge.models import Facet

lines = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)
blocks = st.builds(
    Block, heading=st.just("") | lines, lines=st.lists(lines, min_size=1, max_size=4).map(tuple), numbered=st.booleans()
)


def test_a_single_sentence_is_the_whole_text() -> None:
    assert Reply(kind="chat", first="不客气。").text == "不客气。"


def test_a_reply_begins_with_its_answer_and_ends_with_its_source() -> None:
    reply = Reply(
        kind="answer",
        first="进口贴息项目的流程，共 2 步：",
        blocks=(Block(lines=("起草方案", "送审"), numbered=True),),
        source="清单，第15项，2026-11-24 版",
    )
    assert [line for line in reply.text.splitlines() if line] == [
        "进口贴息项目的流程，共 2 步：",
        "1. 起草方案",
        "2. 送审",
        "—— 清单，第15项，2026-11-24 版",
    ]


def test_lines_without_an_order_have_no_numbers_and_a_heading_stands_above_its_lines() -> None:
    block = Block(heading="【重点岗位】", lines=("负责人：曹丽君", "经办人：路海轩"))
    text = Reply(kind="answer", first="两用物项（第1项）", blocks=(block,)).text
    assert [line for line in text.splitlines() if line] == [
        "两用物项（第1项）",
        "【重点岗位】",
        "负责人：曹丽君",
        "经办人：路海轩",
    ]


def test_the_lines_that_were_asked_for_are_marked() -> None:
    block = Block(lines=("申请", "初审", "办结"), numbered=True, marked=(1,))
    text = Reply(kind="answer", first="第 2 步，初审", blocks=(block,)).text
    assert text.splitlines()[-3:] == ["1. 申请", "▶ 2. 初审", "3. 办结"]


def test_options_are_numbered_after_what_is_said() -> None:
    options = (Option(label="机电", power=2), Option(label="非机电", power=3))
    reply = Reply(kind="choose", first="您要哪一项？", powers=(2, 3), options=options)
    assert [line for line in reply.text.splitlines() if line] == ["您要哪一项？", "1. 机电", "2. 非机电"]


@given(first=lines, parts=st.lists(blocks, max_size=3), source=st.just("") | lines)
def test_the_text_holds_everything_in_order(first: str, parts: list[Block], source: str) -> None:
    reply = Reply(kind="answer", first=first, blocks=tuple(parts), source=source)
    text = reply.text
    assert text.splitlines()[0] == first
    assert text.splitlines()[-1].endswith(source)
    at = len(first)
    for part in parts:
        for line in (part.heading, *part.lines):
            at = text.index(line, at) + len(line)
    assert text == text.strip()


def test_a_reply_for_other_programs_has_the_keys_of_the_contract() -> None:
    reply = Reply(
        kind="answer",
        first="是的。",
        powers=(9,),
        facets=(Facet.POSTS, Facet.RESPONSIBLE),
        options=(Option(label="二手车", power=9),),
    )
    assert reply.contract() == {
        "kind": "answer",
        "powers": [9],
        "facets": ["posts", "responsible"],
        "text": reply.text,
        "options": [{"label": "二手车", "power": 9}],
    }


def test_a_reply_is_of_a_known_kind_and_does_not_change() -> None:
    with pytest.raises(ValidationError):
        Reply.model_validate({"kind": "guess", "first": "也许"})
    reply = Reply(kind="chat", first="您好")
    with pytest.raises(ValidationError):
        reply.first = "再见"  # type: ignore[misc]
