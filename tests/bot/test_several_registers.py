"""Several divisions' registers side by side: what is asked is found wherever it stands, and it is said where."""

import pytest

from bot.assistant import Assistant
from bot.messages import Question, Reply
from knowledge.lexicon import builtin_aliases
from knowledge.library import Library
from knowledge.models import Register
from knowledge.reading import read_register
from tests.conftest import ROOT
from tests.knowledge.test_library import edition


@pytest.fixture(scope="module")
def library(waimao: Register, wenlv: Register) -> Library:
    wenhua = read_register(ROOT / "tests" / "registers" / "wenhua.txt")
    return Library.of(
        [edition(waimao, "外贸运行处"), edition(wenlv, "市文化和旅游局", 2), edition(wenhua, "市场管理科", 3)]
    )


@pytest.fixture(scope="module")
def several(library: Library) -> Assistant:
    return Assistant(library.register, builtin_aliases(), volumes=library.volumes)


_chats = iter(range(1000))


def ask(assistant: Assistant, *texts: str, unit: str = "") -> Reply:
    """The reply to the last of ``texts``, said one after the other in a chat of ``unit``."""
    chat = str(next(_chats))
    return [assistant.answer(Question(text=text, chat=chat, unit=unit)).reply for text in texts][-1]


def named(library: Library, reply: Reply) -> list[tuple[int | None, str]]:
    powers = [library.register.power(position) for position in reply.powers]
    return [(power.serial, power.unit) for power in powers]


@pytest.mark.parametrize("unit", ["", "外贸运行处", "市文化和旅游局", "没有的处"])
def test_a_power_is_found_whosever_it_is_and_its_source_is_named(
    several: Assistant, library: Library, unit: str
) -> None:
    reply = ask(several, "谁负责二手车出口", unit=unit)
    assert named(library, reply) == [(9, "外贸运行处")]
    assert "赵思聪" in reply.first
    assert reply.source == "权责清单及廉政风险防控表（外贸运行处），第9项，2026-11-01 版"
    reply = ask(several, "星级饭店评定的流程", unit=unit)
    assert named(library, reply) == [(9, "市场管理处")]
    assert reply.source == "权责清单及廉政风险防控表（市文化和旅游局），第9项，2026-11-02 版"


def test_a_number_that_several_registers_have_is_asked_back(several: Assistant, library: Library) -> None:
    reply = ask(several, "第3项的流程")
    assert (reply.kind, reply.facets) == ("choose", ())
    assert named(library, reply) == [(3, "外贸运行处"), (3, "市场管理处"), (3, "市场管理科")]
    assert all(
        unit in option.label
        for option, unit in zip(reply.options, ["外贸运行处", "市场管理处", "市场管理科"], strict=True)
    )
    chosen = ask(several, "第3项的流程", "2")
    assert (named(library, chosen), chosen.facets) == ([(3, "市场管理处")], ("process",))


@pytest.mark.parametrize(
    ("text", "unit", "power"),
    [
        ("第3项", "外贸运行处", (3, "外贸运行处")),
        ("第3项", "市文化和旅游局", (3, "市场管理处")),
        ("第三项的风险", "市场管理科", (3, "市场管理科")),
        ("外贸运行处第3项", "", (3, "外贸运行处")),
        ("外贸运行处第3项", "市场管理科", (3, "外贸运行处")),
        ("文旅局第3项", "外贸运行处", (3, "市场管理处")),
        ("最后一项", "市场管理科", (None, "市场管理科")),
        ("第17项", "市场管理科", (None, "外贸运行处")),  # theirs has no such number
    ],
)
def test_the_unit_that_is_named_decides_on_a_number_else_the_chat_s_own(
    several: Assistant, library: Library, text: str, unit: str, power: tuple[int | None, str]
) -> None:
    reply = ask(several, text, unit=unit)
    assert reply.kind == "answer"
    assert named(library, reply) == [power]
    assert power[1] in reply.text


def test_a_name_that_several_registers_have_is_asked_back_or_decided_by_the_unit(
    several: Assistant, library: Library
) -> None:
    assert named(library, ask(several, "行政检查谁负责")) == [(None, "外贸运行处"), (None, "公共服务处")]
    for unit, power in (("外贸运行处", (None, "外贸运行处")), ("市文化和旅游局", (None, "公共服务处"))):
        assert named(library, ask(several, "行政检查谁负责", unit=unit)) == [power]
        assert named(library, ask(several, f"{power[1]}的行政检查谁负责")) == [power]


def test_the_next_one_is_of_the_same_register(several: Assistant, library: Library) -> None:
    assert named(library, ask(several, "二手车出口的流程", "下一项")) == [(10, "外贸运行处")]
    assert ask(several, "外贸运行数据分析的流程", "下一项").kind == "unknown"  # the last of its register


def test_a_list_names_the_units(several: Assistant, library: Library) -> None:
    reply = ask(several, "都有哪些事项")
    assert reply.powers == tuple(range(1, len(library.register.powers) + 1))
    lines = [line for block in reply.blocks for line in block.lines]
    for power, line in zip(library.register.powers, lines, strict=True):
        assert power.title in line
        assert power.unit in line
    assert named(library, ask(several, "市场管理科都有哪些事项"))[0] == (1, "市场管理科")
    assert len(ask(several, "市文化和旅游局有哪些事项").powers) == len(library.volumes[1].positions)


def test_a_list_is_of_the_chat_s_own_unit_and_says_that_there_are_others(several: Assistant, library: Library) -> None:
    for text in ("都有哪些事项", "一共多少项"):
        reply = ask(several, text, unit="外贸运行处")
        assert reply.powers == tuple(library.volumes[0].positions)
        assert reply.first == f"外贸运行处有 {len(library.volumes[0].positions)} 项："
        assert "别的单位" in reply.text
    assert ask(several, "市场管理科都有哪些事项", unit="外贸运行处").powers == tuple(library.volumes[2].positions)
    assert "别的单位" not in ask(several, "都有哪些事项").text


def test_wording_is_looked_for_in_the_chat_s_own_unit_first(several: Assistant, library: Library) -> None:
    everywhere = ask(several, "哪些要公示").powers
    for volume in library.volumes:
        own = tuple(position for position in everywhere if position in volume.positions)
        assert ask(several, "哪些要公示", unit=volume.division).powers == (own or everywhere)
    whoever = ask(several, "赵思聪负责哪些")
    assert whoever.powers
    assert ask(several, "赵思聪负责哪些", unit="市场管理科").powers == whoever.powers


def test_a_comparison_tells_powers_of_one_name_apart(several: Assistant) -> None:
    reply = ask(several, "两个行政检查的流程有什么不同")
    assert reply.kind == "answer"
    assert all(f"行政检查（{unit}）" in reply.text for unit in ("外贸运行处", "公共服务处"))


def test_one_register_of_several_units_is_asked_as_before(wenlv: Register) -> None:
    alone = Library.of([edition(wenlv, "市文化和旅游局")])
    before = Assistant(wenlv, builtin_aliases(), edition=alone.label)
    now = Assistant(alone.register, builtin_aliases(), volumes=alone.volumes)
    for text in ("第3项", "都有哪些事项", "公共服务处有哪些", "行政检查谁负责", "最后一项", "许可"):
        assert ask(now, text) == ask(before, text)
