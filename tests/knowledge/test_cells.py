"""What stands in one cell: steps, posts, people, list items."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.models import Post, Step
from knowledge.reading.cells import (
    brackets_balance,
    numbered_items,
    parse_items,
    parse_people,
    parse_posts,
    parse_process,
)
from tests.generated import (
    clauses,
    people,
    posts,
    printed_items,
    printed_posts,
    printed_steps,
    sentences,
    steps,
)

# Every character there is, but the marks and numbers of cells much more often than chance has them.
anything = st.text(st.sampled_from("—-→（）()【。，、；：:甲乙丙12.①一二三十 \n\t") | st.characters(codec="utf-8"))


def squeezed(text: str) -> str:
    return "".join(text.split())


def stands_in_order(part: str, whole: str) -> bool:
    """Whether every character of ``part`` stands in ``whole``, in this order."""
    rest = iter(whole)
    return all(char in rest for char in part)


def left_over(cell: str, *read: str) -> set[str]:
    """The characters of ``cell``, white space aside, that stand in nothing that was read from it."""
    before, after = squeezed(cell), squeezed("".join(read))
    assert stands_in_order(after, before)
    return set((Counter(before) - Counter(after)).elements())


def texts(process: Sequence[Step]) -> list[str]:
    return [step.text for step in process]


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("申请——受理——办结", ["申请", "受理", "办结"]),
        ("申请——受理——办结。", ["申请", "受理", "办结"]),
        ("申请——受理。——办结", ["申请", "受理。", "办结"]),
        ("申请——\n受理——办\n结。\n", ["申请", "受理", "办结"]),
        ("申请 —— 受理 —— 办结", ["申请", "受理", "办结"]),
        ("申请→受理→办结", ["申请", "受理", "办结"]),
        ("申请--受理-->办结", ["申请", "受理", "办结"]),
        ("申请—受理—办结", ["申请", "受理", "办结"]),
        ("申请\n受理\n办结。", ["申请", "受理", "办结"]),
        ("申请————受理", ["申请", "受理"]),
        ("——申请——受理——", ["申请", "受理"]),
        ("投资金额0.5-1亿元——投资期6-8年", ["投资金额0.5-1亿元", "投资期6-8年"]),
        ("转报商务部（决定是否受理——是否许可）——领证", ["转报商务部（决定是否受理——是否许可）", "领证"]),
        ("转报（商务部（含驻外——机构））——领证", ["转报（商务部（含驻外——机构））", "领证"]),
        ("转报（商务部——领证", ["转报（商务部", "领证"]),
        ("转报）商务部（——领证", ["转报）商务部（", "领证"]),
        ("直接办结", ["直接办结"]),
        ("申请；受理；办结。", ["申请", "受理", "办结"]),
        ("申请；\n受理；\n办结。", ["申请", "受理", "办结"]),
        ("申请（材料齐全；当日）；受理", ["申请（材料齐全；当日）", "受理"]),
        ("审核材料；不齐的退回——办结", ["审核材料；不齐的退回", "办结"]),
        ("1.申请\n2.受理\n3.办结。", ["申请", "受理", "办结"]),
        ("1、申请；2、受理；3、办结。", ["申请", "受理", "办结"]),
        ("（一）申请。（二）受理。", ["申请。", "受理"]),
        ("①申请→②受理→③办结", ["申请", "受理", "办结"]),
        ("1.申请——3.受理", ["1.申请", "3.受理"]),
        ("", []),
        ("。", []),
        (" \n ", []),
    ],
)
def test_steps_stand_between_the_marks(cell: str, expected: list[str]) -> None:
    process = parse_process(cell)
    assert texts(process) == expected
    assert [step.number for step in process] == list(range(1, len(expected) + 1))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("（重大项目）报局主要领导审定", [("重大项目", "报局主要领导审定")]),
        ("审议——（投资期大于六年）将意见报局党组会", [(None, "审议"), ("投资期大于六年", "将意见报局党组会")]),
        ("（投资0.5-1亿元，不按方案退出）报审", [("投资0.5-1亿元，不按方案退出", "报审")]),
        ("（涉外（港澳台）演出）转报省厅", [("涉外（港澳台）演出", "转报省厅")]),
        ("（三星级——五星级）转报——公布", [("三星级——五星级", "转报"), (None, "公布")]),
        ("(重大项目)报审", [("重大项目", "报审")]),
        ("（重大）（紧急）报审", [("重大", "（紧急）报审")]),
        ("转报商务部（由其决定）", [(None, "转报商务部（由其决定）")]),
        ("初审——（重大项目）——报审", [(None, "初审"), ("重大项目", "报审")]),
        ("初审——（重大）——（紧急）——报审", [(None, "初审"), ("重大）（紧急", "报审")]),
        ("初审——（重大）——（紧急）报审", [(None, "初审"), ("重大）（紧急", "报审")]),
        ("初审——（不予公开）", [(None, "初审"), (None, "（不予公开）")]),
        ("（重大项目报审——公布", [(None, "（重大项目报审"), (None, "公布")]),
        ("（）报审", [(None, "（）报审")]),
    ],
)
def test_a_bracket_before_a_step_is_its_condition(cell: str, expected: list[tuple[str | None, str]]) -> None:
    assert [(step.condition, step.text) for step in parse_process(cell)] == expected


def test_a_dash_that_is_a_misprinted_character_is_no_boundary() -> None:
    asked = []

    def is_misprint(before: str, after: str) -> bool:
        asked.append((before, after))
        return before.endswith("双随机") and after.startswith("公开")

    process = parse_process("商务部双随机——公开检查——录入系统", is_misprint)
    assert texts(process) == ["商务部双随机——公开检查", "录入系统"]
    assert ("商务部双随机", "公开检查——录入系统") in asked


@given(steps())
def test_steps_joined_and_read_back_are_the_same(process: tuple[Step, ...]) -> None:
    assert parse_process(printed_steps(process)) == process
    assert parse_process(printed_steps(process) + "。") == process


@given(steps(), st.data())
def test_steps_wrapped_anywhere_read_the_same(process: tuple[Step, ...], data: st.DataObject) -> None:
    cell = printed_steps((*process, Step(number=len(process) + 1, text="办结")))
    whole = parse_process(cell)
    marks = [at for at in range(1, len(cell)) if cell[at - 1 : at + 1] != "——"]
    at = data.draw(st.sampled_from(marks))
    assert parse_process(f"{cell[:at]}\n{cell[at:]}") == whole


@given(anything)
def test_steps_of_any_text_lose_nothing_of_it(cell: str) -> None:
    process = parse_process(cell)
    read = [(step.condition or "") + step.text for step in process]
    marks = set("—―─－->→➔⇒（）()【】[]。；;.．、一二三四五六七八九十①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
    assert all(char in marks or char.isdecimal() for char in left_over(cell, *read))
    assert all(step.text.strip() for step in process)


# ── posts and people ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (
            "外贸运行处负责人：曹丽君，外贸运行处经办人：路海轩",
            [("外贸运行处负责人", ["曹丽君"]), ("外贸运行处经办人", ["路海轩"])],
        ),
        ("检查人员：赵思聪、常宇、刘博、杜雨潇", [("检查人员", ["赵思聪", "常宇", "刘博", "杜雨潇"])]),
        (
            "副处长：郑苑，检查人员：赵思聪、常宇、刘博",
            [("副处长", ["郑苑"]), ("检查人员", ["赵思聪", "常宇", "刘博"])],
        ),
        ("经办人：赵思聪，常宇", [("经办人", ["赵思聪", "常宇"])]),
        ("负责人:曹丽君;经办人:路海轩", [("负责人", ["曹丽君"]), ("经办人", ["路海轩"])]),
        ("负责人：曹丽君\n经办人：路海轩。", [("负责人", ["曹丽君"]), ("经办人", ["路海轩"])]),
        ("经办人：\n路海轩", [("经办人", ["路海轩"])]),
        ("经办人： 路 海 轩", [("经办人", ["路海轩"])]),
        ("负责人、经办人：曹丽君", [("负责人、经办人", ["曹丽君"])]),
        ("外贸运行处：经办人：路海轩", [("外贸运行处：经办人", ["路海轩"])]),
        ("经办人：", [("经办人", [])]),
        ("赵思聪、常宇", [("", ["赵思聪", "常宇"])]),
        # marks in brackets
        (
            "经办人（一科，二科）：张三，负责人：李四",
            [("经办人（一科，二科）", ["张三"]), ("负责人", ["李四"])],
        ),
        (
            "经办人：张三（电话：123；手机），负责人：李四",
            [("经办人", ["张三（电话：123；手机）"]), ("负责人", ["李四"])],
        ),
        ("经办人：张三（挂职，\n副处长）", [("经办人", ["张三（挂职，副处长）"])]),
        ("经办人：张三（挂职，负责人：李四", [("经办人", ["张三（挂职"]), ("负责人", ["李四"])]),
        ("", []),
    ],
)
def test_posts_have_a_role_and_its_people(cell: str, expected: list[tuple[str, list[str]]]) -> None:
    assert [(post.role, list(post.people)) for post in parse_posts(cell)] == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("曹丽君", ["曹丽君"]),
        ("赵思聪、常宇", ["赵思聪", "常宇"]),
        ("赵思聪，常宇；刘博/郑苑\n杜雨潇。", ["赵思聪", "常宇", "刘博", "郑苑", "杜雨潇"]),
        ("张 三", ["张三"]),
        ("张　三、李 四", ["张三", "李四"]),
        ("赵思聪 常宇", ["赵思聪", "常宇"]),
        # a bracket belongs to the name before it
        ("张三（挂职，副处长）", ["张三（挂职，副处长）"]),
        ("张三（一科、二科）、李四", ["张三（一科、二科）", "李四"]),
        ("张三 （挂职 副处长） 李四", ["张三 （挂职 副处长）", "李四"]),
        ("张 三（挂职）、李四", ["张三（挂职）", "李四"]),
        ("", []),
        (" 、 ", []),
    ],
)
def test_people_stand_between_marks(cell: str, expected: list[str]) -> None:
    assert list(parse_people(cell)) == expected


@given(st.lists(posts, min_size=1, max_size=4))
def test_posts_printed_and_read_back_are_the_same(held: list[Post]) -> None:
    assert list(parse_posts(printed_posts(held))) == held
    assert list(parse_posts("\n".join(printed_posts([post]) for post in held))) == held


@given(people)
def test_people_printed_and_read_back_are_the_same(names: tuple[str, ...]) -> None:
    assert parse_people("、".join(names)) == names


@given(anything)
def test_posts_of_any_text_lose_nothing_of_it(cell: str) -> None:
    cell = cell.replace(":", "：")
    read = [part for post in parse_posts(cell) for part in (post.role, *post.people)]
    assert left_over(cell, *read) <= set("：，,；;、/／。")


@given(anything)
def test_people_of_any_text_lose_nothing_of_it(cell: str) -> None:
    assert left_over(cell, *parse_people(cell)) <= set("、，,；;/／。")


# ── list items ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        # the source's own: the first number or the first two are lost
        ("态度差。\n\n2.不按流程。\n\n3.超时限。\n4.寻租。", ["态度差。", "不按流程。", "超时限。", "寻租。"]),
        ("态度生硬\n\n不按流程。\n\n3.超时限。", ["态度生硬", "不按流程。", "超时限。"]),
        # numbers lost inside and at the end
        ("1.态度差\n不按流程\n3.超时限", ["态度差", "不按流程", "超时限"]),
        ("1.态度差。\n2.不按流程。\n\n超时限。", ["态度差。", "不按流程。", "超时限。"]),
        # none printed at all
        ("态度差。\n不按流程。", ["态度差。", "不按流程。"]),
        ("态度差\n\n不按流程", ["态度差", "不按流程"]),
        ("态度差\n\n不按流程。", ["态度差", "不按流程。"]),
        # items that wrap over lines
        ("1.插队办理、\n优亲厚友。\n2.泄露信息。", ["插队办理、优亲厚友。", "泄露信息。"]),
        ("1.接受请托，违规\n给予办理。\n\n2.泄露信息。", ["接受请托，违规给予办理。", "泄露信息。"]),
        ("接受请托，违规\n给予办理。\n泄露信息。", ["接受请托，违规给予办理。", "泄露信息。"]),
        # several on one line
        ("1.态度差。2.不按流程。3.超时限。", ["态度差。", "不按流程。", "超时限。"]),
        ("1、态度差；2、不按流程", ["态度差；", "不按流程"]),
        ("1)态度差。2)不按流程。", ["态度差。", "不按流程。"]),
        ("①态度差。②不按流程。", ["态度差。", "不按流程。"]),
        ("（1）态度差。（2）不按流程。", ["态度差。", "不按流程。"]),
        ("（一）态度差；（二）不按流程。", ["态度差；", "不按流程。"]),
        ("一、态度差。二、不按流程。", ["态度差。", "不按流程。"]),
        # numbers of another style are an item's own
        ("1.包括：（1）态度差；（2）推诿。2.不按流程。", ["包括：（1）态度差；（2）推诿。", "不按流程。"]),
        ("1.有：①态度差。②推诿。\n2.不按流程。", ["有：①态度差。②推诿。", "不按流程。"]),
        # no list numbers: figures in the text
        ("0.5-1亿元的项目审核不严", ["0.5-1亿元的项目审核不严"]),
        ("1.审核不严。\n0.5-1亿元的项目除外。\n2.泄密。", ["审核不严。0.5-1亿元的项目除外。", "泄密。"]),
        ("1.达到1.5亿元。2.5亿元以上报审。", ["达到1.5亿元。2.5亿元以上报审。"]),
        ("1.同一项目应有2人以上参与。", ["同一项目应有2人以上参与。"]),
        ("1.按要求办。3.越级", ["按要求办。3.越级"]),
        ("10、20个工作日内未办结。", ["10、20个工作日内未办结。"]),
        ("1.未在规定的\n10、20个工作日内办结。\n2.推诿。", ["未在规定的10、20个工作日内办结。", "推诿。"]),
        ("1、2人以上未到场。\n2、1人代签。", ["2人以上未到场。", "1人代签。"]),
        ("态度差\n推诿\n3、2人以上未到场", ["态度差", "推诿", "2人以上未到场"]),
        # Chinese figures that are no number
        ("一二、甲。", ["一二、甲。"]),
        ("（一二三）甲。", ["（一二三）甲。"]),
        ("二三线城市\n一二、甲。", ["二三线城市一二、甲。"]),
        # a number on a line of its own; a number alone
        ("1.\n态度差。\n2.\n不按流程。", ["态度差。", "不按流程。"]),
        ("1.态度差。\n2.", ["态度差。"]),
        # numbered wrongly: in the order they stand
        ("1.甲。\n2.乙。\n3.丙。\n5.丁。", ["甲。", "乙。", "丙。", "丁。"]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_items_are_what_a_careful_person_reads(cell: str, expected: list[str]) -> None:
    assert list(parse_items(cell)) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("甲。\n乙。\n3.丙。", [None, None, 3]),
        ("1.甲。\n乙。\n3.丙。", [1, None, 3]),
        ("1.甲。\n3.乙。", [1, 3]),
        ("甲。\n乙。", [None, None]),
        ("1.甲。2.乙。", [1, 2]),
    ],
)
def test_items_keep_the_numbers_that_are_printed(cell: str, expected: list[int | None]) -> None:
    assert [number for number, _text in numbered_items(cell)] == expected


_ORDINALS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
_STYLES: dict[str, Callable[[int], str]] = {
    "1.": "{}.".format,
    "1、": "{}、".format,
    "1．": "{}．".format,
    "1)": "{}) ".format,
    "（1）": "（{}）".format,
    "（一）": lambda number: f"（{_ORDINALS[number - 1]}）",
    "一、": lambda number: f"{_ORDINALS[number - 1]}、",
    "①": lambda number: chr(ord("①") + number - 1),
}
lists_of_items = st.lists(sentences | clauses, min_size=1, max_size=12)


@pytest.mark.parametrize("style", _STYLES)
@given(items=lists_of_items, gap=st.sampled_from(["\n", "\n\n", " \n\t"]))
def test_items_printed_with_numbers_read_back_the_same(style: str, items: list[str], gap: str) -> None:
    cell = gap.join(_STYLES[style](number) + text for number, text in enumerate(items, start=1))
    assert numbered_items(cell) == list(zip(count(1), items, strict=False))


@given(items=lists_of_items, data=st.data())
def test_items_whose_first_numbers_are_lost_read_back_the_same(items: list[str], data: st.DataObject) -> None:
    lost = data.draw(st.integers(0, len(items) - 1))
    lines = [text if number <= lost else f"{number}.{text}" for number, text in enumerate(items, start=1)]
    assert list(parse_items("\n\n".join(lines))) == items
    assert list(parse_items("\n".join(lines))) == items


@given(items=lists_of_items, data=st.data())
def test_items_wrapped_over_lines_are_joined_again(items: list[str], data: st.DataObject) -> None:
    cell = ""
    for number, text in enumerate(items, start=1):
        at = data.draw(st.integers(1, len(text) - 1))
        cell += f"{number}.{text[:at]}\n{text[at:]}\n"
    last = items[-1] if items[-1].endswith("。") else None
    # behind the last number nothing says how many items follow: only its full stop does
    assert list(parse_items(cell))[: len(items) - 1] == items[:-1]
    if last is not None:
        assert list(parse_items(cell)) == items


@given(st.lists(sentences, min_size=1, max_size=9))
def test_items_on_one_line_are_parted_by_their_numbers(items: list[str]) -> None:
    assert list(parse_items(squeezed(printed_items(items)))) == items


@given(anything)
def test_items_of_any_text_lose_nothing_of_it(cell: str) -> None:
    items = parse_items(cell)
    assert all(item.strip() for item in items)
    before, after = squeezed(cell), squeezed("".join(items))
    assert stands_in_order(after, before)
    lost = Counter(before) - Counter(after)
    assert all(char.isdecimal() or char in "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳.．、)）(（一二三十" for char in lost)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", True), ("（）", True), ("甲（乙【丙】）", True), ("（", False), ("）（", False), ("（（）", False)],
)
def test_brackets_balance_when_each_has_its_partner(text: str, *, expected: bool) -> None:
    assert brackets_balance(text) is expected
