"""The wording of replies: the register's own words, and where they stand."""

import pytest

from bot.compose import Composer
from bot.lookup import Findings
from bot.messages import Reply
from bot.understanding.query import Query, Shape
from knowledge.models import Facet, Power, Register

FACETS = [facet for facet in Facet if facet is not Facet.OVERVIEW]


def composed(register: Register, powers: tuple[int, ...], *facets: Facet) -> Reply:
    query = Query(Shape.ASK, powers, facets)
    return Composer(register, "2026-11-24 版").compose(Findings(query, query.shape, powers, facets))


def words_of(power: Power, facet: Facet) -> list[str]:
    """The words of a facet as printed, in their order."""
    match facet:
        case Facet.PROCESS:
            return [f"（{s.condition}）{s.text}" if s.condition else s.text for s in power.process]
        case Facet.POSTS:
            return [name for post in power.posts for name in post.people]
        case Facet.RISKS:
            return [risk.text for risk in power.risks]
        case Facet.CONTROLS:
            return list(power.controls)
        case Facet.RESPONSIBLE:
            return list(power.responsible)
        case Facet.OVERVIEW:
            return [text for one in FACETS for text in words_of(power, one)]


@pytest.mark.parametrize("facet", Facet)
def test_a_facet_is_answered_in_the_register_s_own_words_in_their_order(
    waimao: Register, wenlv: Register, facet: Facet
) -> None:
    for register in (waimao, wenlv):
        for power in register.powers:
            reply = composed(register, (power.position,), facet)
            assert (reply.kind, reply.powers, reply.facets) == ("answer", (power.position,), (facet,))
            assert power.title in reply.first
            at = 0
            for text in words_of(power, facet):
                at = reply.text.index(text, at) + len(text)


def test_every_role_is_told_with_its_people(waimao: Register) -> None:
    for power in waimao.powers:
        first = composed(waimao, (power.position,), Facet.POSTS).first
        for post in power.posts:
            assert post.role in first
            assert "、".join(post.people) in first


def test_an_answer_ends_with_where_it_stands(waimao: Register) -> None:
    for power in waimao.powers:
        last = composed(waimao, (power.position,), Facet.RISKS).text.splitlines()[-1]
        assert waimao.title in last
        assert "2026-11-24 版" in last
        assert (f"第{power.serial}项" if power.serial is not None else f"“{power.title}”") in last


def test_a_remark_of_the_name_is_told_with_every_answer(waimao: Register) -> None:
    for facet in Facet:
        assert "目前基金已进入退出期，不再新增投资" in composed(waimao, (10,), facet).text


def test_several_powers_are_answered_one_by_one(waimao: Register) -> None:
    for facet in FACETS:
        reply = composed(waimao, (2, 3), facet)
        assert reply.powers == (2, 3)
        for position in (2, 3):
            assert waimao.power(position).title in reply.text
            for text in words_of(waimao.power(position), facet):
                assert text in reply.text


@pytest.mark.parametrize("facet", Facet)
def test_a_cell_that_is_empty_is_said_to_be(facet: Facet) -> None:
    register = Register(title="清单", powers=(Power(position=1, serial=1, name="甲事项"),))
    reply = composed(register, (1,), facet)
    assert reply.kind == "answer"
    assert "没有写" in reply.text


def test_columns_without_a_field_are_part_of_the_whole() -> None:
    power = Power(position=1, serial=1, name="甲事项", extra={"责任领导": "郑苑"})
    text = composed(Register(title="清单", powers=(power,)), (1,), Facet.OVERVIEW).text
    assert "责任领导" in text
    assert "郑苑" in text


def test_a_list_has_every_power_it_was_found_to_have(waimao: Register) -> None:
    query = Query(Shape.LIST, (9, 16))
    reply = Composer(waimao, "版").compose(Findings(query, query.shape, (9, 16)))
    assert (reply.kind, reply.powers, reply.facets) == ("list", (9, 16), ())
    assert "2" in reply.first
    lines = reply.text.splitlines()
    assert any("二手车出口备案初审" in line and "第9项" in line for line in lines)
    assert any("行政检查" in line and "未编序号" in line for line in lines)


def test_what_to_choose_from_is_offered_as_options(waimao: Register) -> None:
    query = Query(Shape.CHOOSE, (2, 3), (Facet.PROCESS,))
    reply = Composer(waimao, "版").compose(Findings(query, query.shape, (2, 3), query.facets))
    assert (reply.kind, reply.powers, reply.facets) == ("choose", (2, 3), ())
    assert [(option.power, option.label) for option in reply.options] == [
        (position, waimao.power(position).title) for position in (2, 3)
    ]
    assert "流程" in reply.first


def test_what_has_no_answer_names_no_power(waimao: Register) -> None:
    query = Query(Shape.UNKNOWN, near=(9,))
    reply = Composer(waimao, "版").compose(Findings(query, query.shape))
    assert (reply.kind, reply.powers, reply.facets) == ("unknown", (), ())
    assert [option.power for option in reply.options] == [9]
