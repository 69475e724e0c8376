"""What changed between two editions: which powers are which, and who and what came and left."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.difference import Difference, difference
from knowledge.models import Facet, Post, Power, Register, Risk, Step
from tests.generated import registers


def with_power(register: Register, position: int, **fields: Any) -> Register:
    """The register with other ``fields`` in one power."""
    powers = [p.model_copy(update=fields) if p.position == position else p for p in register.powers]
    return register.model_copy(update={"powers": tuple(powers)})


def counted(powers: list[Power]) -> Register:
    """A register of these powers, counted anew."""
    return Register(
        title="清单", powers=tuple(p.model_copy(update={"position": n}) for n, p in enumerate(powers, start=1))
    )


def names(found: Difference) -> dict[str, list[str]]:
    return {
        "added": [power.name for power in found.added],
        "removed": [power.name for power in found.removed],
        "renamed": [f"{power.old.name}→{power.new.name}" for power in found.renamed],
        "changed": [power.new.name for power in found.changed],
    }


def test_a_register_does_not_differ_from_itself(waimao: Register) -> None:
    found = difference(waimao, waimao)
    assert not found
    assert found.kept == len(waimao.powers)
    assert found.lines() == ()
    assert found.counts == "内容没有变化"


def test_who_left_and_who_came_is_told_by_the_post(waimao: Register) -> None:
    posts = tuple(
        post.model_copy(update={"people": tuple("林一鸣" if name == "赵思聪" else name for name in post.people)})
        for post in waimao.power(9).posts
    )
    found = difference(waimao, with_power(waimao, 9, posts=posts))
    assert found.lines() == ("二手车出口备案初审：经办人 赵思聪 → 林一鸣",)
    (power,) = found.changed
    (change,) = power.changes
    assert (change.facet, change.left, change.came) == (Facet.POSTS, ("赵思聪",), ("林一鸣",))
    assert change.label == "外贸运行处经办人"


def test_one_who_is_succeeded_everywhere_is_one_line(waimao: Register) -> None:
    powers = [power.model_copy(update={"responsible": ("林一鸣",)}) for power in waimao.powers]
    found = difference(waimao, counted(powers))
    first = waimao.powers[0].title
    assert found.lines() == (f"{first}等 {len(powers)} 项：风险防控责任人 曹丽君 → 林一鸣",)


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ([Post(role="经办人", people=("甲", "乙"))], [Post(role="经办人", people=("乙",))], "经办人不再有 甲"),
        ([Post(role="经办人", people=("甲",))], [Post(role="经办人", people=("甲", "乙"))], "经办人新增 乙"),
        ([Post(role="经办人", people=("甲", "乙"))], [Post(role="经办人", people=("乙", "甲"))], "经办人次序有变"),
        ([Post(role="经办人", people=("甲",))], [Post(role="主办人", people=("甲",))], "岗位名称 经办人 → 主办人"),
        (
            [Post(role="经办人", people=("甲",))],
            [Post(role="经办人", people=("甲",)), Post(role="处长", people=("丙",))],
            "处长新增 丙",
        ),
        (
            [Post(role="经办人", people=("甲",)), Post(role="处长")],
            [Post(role="经办人", people=("甲",))],
            "岗位不再有 处长",
        ),
    ],
)
def test_changes_of_posts_in_words(before: list[Post], after: list[Post], line: str) -> None:
    one, other = (counted([Power(position=1, name="采购", posts=tuple(posts))]) for posts in (before, after))
    assert difference(one, other).lines() == (f"采购：{line}",)


def steps(*texts: str) -> tuple[Step, ...]:
    return tuple(Step(number=number, text=text) for number, text in enumerate(texts, start=1))


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"process": steps("申请", "复审", "办结")}, "流程 “初审” → “复审”"),
        ({"process": steps("申请", "初审", "公示", "办结")}, "流程新增“公示”"),
        ({"process": steps("申请", "办结")}, "流程删去“初审”"),
        ({"process": steps("初审", "申请", "办结")}, "流程次序有变"),
        ({"process": steps("受理", "审核", "办结")}, "流程新增 2 步、删去 2 步"),
        ({"risks": (Risk(text="漏审"), Risk(text="泄密"))}, "廉政风险点新增“泄密”"),
        ({"risks": (Risk(text="漏审", level="高"),)}, "廉政风险点 “漏审” → “【高】漏审”"),
        ({"controls": ()}, "防控措施删去“轮岗”"),
        ({"extra": {"备注": "新"}}, "备注新增 新"),
        ({"serial": 8}, "序号 7 → 8"),
        ({"unit": "二处"}, "单位 一处 → 二处"),
    ],
)
def test_changes_of_contents_in_words(fields: dict[str, Any], line: str) -> None:
    power = Power(
        position=1,
        serial=7,
        unit="一处",
        name="采购",
        process=steps("申请", "初审", "办结"),
        risks=(Risk(text="漏审"),),
        controls=("轮岗",),
    )
    assert difference(counted([power]), counted([power.model_copy(update=fields)])).lines() == (f"采购：{line}",)


def test_the_most_important_comes_first(waimao: Register) -> None:
    new = with_power(waimao, 3, controls=("轮岗。",), risks=(Risk(text="漏审。"),))
    new = with_power(new, 4, process=steps("办结"), responsible=("林一鸣",))
    new = counted([*new.powers[:16], Power(position=17, name="新的事项")])
    heads = [line.split("：")[-1][:2] for line in difference(waimao, new).lines()]
    assert heads == ["风险", "新的", "外贸", "流程", "廉政", "防控"]
    assert difference(waimao, new).counts == "新增 1 项，删去 1 项，内容有变 2 项"
    assert difference(waimao, new).brief(3)[-1] == "另有 4 处变化。"
    assert difference(waimao, new).brief(6) == difference(waimao, new).lines()


def test_a_power_with_another_name_and_the_same_contents_is_renamed(waimao: Register) -> None:
    new = with_power(waimao, 9, name="机动车外销登记")
    assert names(difference(waimao, new)) == {
        "added": [],
        "removed": [],
        "renamed": ["二手车出口备案初审→机动车外销登记"],
        "changed": [],
    }


def test_a_power_with_a_like_name_and_like_contents_is_renamed_and_changed(waimao: Register) -> None:
    new = with_power(waimao, 9, name="二手车出口企业备案初审", responsible=("林一鸣",))
    found = names(difference(waimao, new))
    assert found["renamed"] == ["二手车出口备案初审→二手车出口企业备案初审"]
    assert found["changed"] == ["二手车出口企业备案初审"]
    assert not found["added"]


def test_powers_of_another_register_are_no_renames(waimao: Register, wenlv: Register) -> None:
    found = difference(waimao, wenlv)
    assert found.renamed == ()
    shared = {p.name for p in waimao.powers} & {p.name for p in wenlv.powers}
    assert len(found.added) == len(wenlv.powers) - len(shared)
    assert len(found.removed) == len(waimao.powers) - len(shared)


def test_two_powers_of_one_name_are_told_apart_by_their_contents() -> None:
    a = Power(position=1, unit="一处", name="采购", process=steps("申请", "询价"))
    b = Power(position=2, unit="一处", name="采购", process=steps("立项", "招标"))
    assert not difference(counted([a, b]), counted([b, a])).changed
    assert names(difference(counted([a, b]), counted([b]))) == {
        "added": [],
        "removed": ["采购"],
        "renamed": [],
        "changed": [],
    }


@given(registers(), registers())
def test_every_power_of_both_editions_is_accounted_for_once(old: Register, new: Register) -> None:
    found = difference(old, new)
    assert found.kept + len(found.removed) == len(old.powers)
    assert found.kept + len(found.added) == len(new.powers)
    assert len({power.position for power in found.removed}) == len(found.removed)
    before = {power.old.position for power in (*found.renamed, *found.changed)}
    assert not before & {power.position for power in found.removed}
    assert bool(found) == bool(found.lines())
    assert Difference.model_validate_json(found.model_dump_json()) == found


@given(registers(), st.randoms())
def test_the_order_of_the_powers_is_no_difference(register: Register, random: Any) -> None:
    powers = list({power.name: power for power in register.powers}.values())
    shuffled = random.sample(powers, len(powers))
    assert not difference(counted(powers), counted(shuffled))
