"""What shows only with the whole register before one's eyes: names, people and controls compared."""

from collections.abc import Sequence

import pytest

from knowledge.checks import faults_of_all
from knowledge.models import Fault, Post, Power
from tests.conftest import assert_one_sentence


def power(position: int, name: str = "", people: Sequence[str] = (), **fields: object) -> Power:
    fields.setdefault("controls", (f"措施{position}。",))
    return Power.model_validate(
        {
            "position": position,
            "name": name or f"事项{position}",
            "posts": (Post(role="经办人", people=tuple(people)),) if people else (),
            **fields,
        }
    )


def found(*powers: Power) -> list[Fault]:
    faults = faults_of_all(powers)
    for fault in faults:
        assert_one_sentence(fault.message)
    return faults


def kinds(*powers: Power) -> list[tuple[int | None, str]]:
    return [(fault.position, fault.kind) for fault in found(*powers)]


def test_a_name_that_occurs_twice_in_a_unit_is_a_fault() -> None:
    assert kinds(power(1, "进口贴息"), power(2, "进口 贴息。"), power(3, "出口贴息")) == [(2, "name-duplicate")]
    assert not kinds(power(1, "行政检查", unit="一处"), power(2, "行政检查", unit="二处"))


def test_who_handles_a_case_and_is_responsible_too_is_a_fault() -> None:
    assert kinds(power(1, people=["赵思聪"], responsible=("赵思聪",))) == [(1, "handler-is-responsible")]
    head = Post(role="外贸处负责人", people=("曹丽君",))
    assert not kinds(power(1, posts=(head,), responsible=("曹丽君",)))
    assert not kinds(power(1, people=["赵思聪"], responsible=("曹丽君",)))


@pytest.mark.parametrize(
    ("once", "often"),
    [
        ("曹莉君", "曹丽君"),  # sounds the same
        ("曹丽均", "曹丽君"),
        ("赵思総", "赵思聪"),  # one character slipped
        ("杜潇雨", "杜雨潇"),  # two swapped
        ("曹君", "曹丽君"),  # one left out
        ("赵思聪明", "赵思聪"),  # one too many
    ],
)
def test_a_person_in_two_spellings_is_told_at_the_rarer_one(once: str, often: str) -> None:
    powers = [*(power(at, people=[often]) for at in (1, 2, 4)), power(3, people=[once])]
    (fault,) = found(*sorted(powers, key=lambda each: each.position))
    assert (fault.kind, fault.position, fault.facet) == ("person-spelt-twice", 3, "posts")
    assert once in fault.message
    assert f"都写“{often}”" in fault.message


@pytest.mark.parametrize(("one", "other"), [("曹丽君", "赵思聪"), ("刘博", "刘洋"), ("王建国", "王建军")])
def test_two_people_who_occur_alike_are_two(one: str, other: str) -> None:
    assert not kinds(*(power(at, people=[one, other]) for at in range(1, 5)))


def test_controls_that_are_the_same_everywhere_are_a_fault_of_the_register() -> None:
    same = ("加强教育。",)
    assert kinds(*(power(at, controls=same) for at in range(1, 4))) == [(None, "controls-identical")]
    assert not kinds(power(1, controls=same), power(2, controls=same))
    assert not kinds(power(1, controls=same), power(2, controls=same), power(3))
