"""Several registers as one: counted on, named, and nothing of them changed otherwise."""

from datetime import UTC, datetime

import pytest

from knowledge.divisions import division_of, same_division
from knowledge.library import Library
from knowledge.models import Fault, Power, Register
from knowledge.store import Edition


def edition(register: Register, division: str, number: int = 1) -> Edition:
    return Edition(
        number=number,
        division=division,
        title=register.title,
        size=len(register.powers),
        source="清单.txt",
        sha256="",
        imported_at=datetime(2026, 11, number, tzinfo=UTC),
        register_=register,
    )


def test_a_library_of_one_register_is_that_register(waimao: Register) -> None:
    library = Library.of([edition(waimao, "外贸运行处")])
    assert library.register is waimao
    assert [volume.positions for volume in library.volumes] == [range(1, len(waimao.powers) + 1)]


def test_the_powers_of_several_registers_are_counted_on_and_else_as_they_were(
    waimao: Register, wenlv: Register
) -> None:
    library = Library.of([edition(waimao, "外贸运行处"), edition(wenlv, "市文化和旅游局", 2)])
    powers = library.register.powers
    assert [power.position for power in powers] == list(range(1, len(waimao.powers) + len(wenlv.powers) + 1))
    one, other = library.volumes
    assert [powers[p - 1] for p in one.positions] == list(waimao.powers)
    unlike = {"position"}
    assert [powers[p - 1].model_dump(exclude=unlike) for p in other.positions] == [
        power.model_dump(exclude=unlike) for power in wenlv.powers
    ]
    assert (one.division, one.title) == ("外贸运行处", waimao.title)
    assert (other.division, other.title, other.edition) == ("市文化和旅游局", wenlv.title, "2026-11-02 版")
    assert library.label == "2026-11-02 版"
    assert "外贸运行处、市文化和旅游局" in library.register.title


def test_the_faults_stay_with_their_powers(waimao: Register, wenlv: Register) -> None:
    named = Fault(kind="empty-cell", position=None, message="整张表的毛病。")
    other = wenlv.model_copy(update={"faults": (*wenlv.faults, named)})
    register = Library.of([edition(waimao, "甲"), edition(other, "乙")]).register
    assert register.faults[: len(waimao.faults)] == waimao.faults
    theirs = register.faults[len(waimao.faults) :]
    assert (theirs[-1].position, theirs[-1].message) == (None, "乙：整张表的毛病。")  # whose table it is
    for fault, printed in zip(theirs, wenlv.faults, strict=False):
        assert fault.position is not None
        assert printed.position is not None
        assert register.power(fault.position).name == wenlv.power(printed.position).name
        assert fault.message == printed.message


def test_a_power_without_a_unit_gets_that_of_its_division() -> None:
    bare = Register(title="清单", powers=(Power(position=1, name="采购"),))
    mixed = Register(title="清单", powers=(Power(position=1, name="采购", unit="二科"),))
    library = Library.of([edition(bare, "甲处"), edition(mixed, "乙处")])
    assert [power.unit for power in library.register.powers] == ["甲处", "二科"]
    assert Library.of([edition(bare, "甲处")]).register.powers[0].unit == ""


@pytest.mark.parametrize(
    ("title", "units", "division"),
    [
        ("权责清单及廉政风险防控表（外贸运行处）", ["外贸运行处"], "外贸运行处"),
        ("权责清单及廉政风险防控表（外贸运行处）", [""], "外贸运行处"),
        ("2027年度外贸运行处权责清单及廉政风险防控表", [], "外贸运行处"),
        ("关于外贸运行处的权力清单（2027年修订版）", [], "外贸运行处"),
        ("外贸运行处岗位廉政风险点排查及防控措施一览表", [], "外贸运行处"),
        ("外贸运行处2027", [], "外贸运行处"),
        ("权责清单", ["", "外贸运行处"], "外贸运行处"),
        ("权责清单及廉政风险防控表（市文化和旅游局）", ["公共服务处", "市场管理处"], "市文化和旅游局"),
        ("权责清单", ["公共服务处", "市场管理处"], "权责清单"),
        ("…", [], "清单"),
    ],
)
def test_a_register_names_its_division(title: str, units: list[str], division: str) -> None:
    assert division_of(title, units) == division


def test_divisions_are_told_apart_by_more_than_marks() -> None:
    assert same_division("外贸运行处", "（外贸）运行处 ")
    assert not same_division("外贸运行处", "外贸运行二处")
