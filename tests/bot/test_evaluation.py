"""Question files and when a reply counts as right."""

from pathlib import Path
from typing import Any

import pytest

from bot.assistant import Assistant
from bot.evaluation import Case, Verdict, evaluate, faults, load_cases, percentile_ms, share_right, shares_by
from bot.messages import Block, Reply
from knowledge.errors import LianzhengError
from knowledge.models import Facet
from tests.conftest import ROOT, assert_one_sentence

QUESTIONS = sorted((ROOT / "tests" / "questions").glob("*.jsonl"))


def case(**wanted: Any) -> Case:
    return Case.model_validate({"id": "1", "chat": "c", "text": "？", "kind": ["answer"], "powers": [9], **wanted})


def reply(**held: Any) -> Reply:
    return Reply.model_validate({"kind": "answer", "first": "赵思聪", "powers": [9], "facets": ["posts"], **held})


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        ({}, {}),
        ({"facets": ["posts"]}, {}),
        ({"facets": ["posts"], "facets_ok": ["responsible"]}, {"facets": ["posts", "responsible"]}),
        ({"powers_ok": [12]}, {"powers": [9, 12]}),
        ({"kind": ["answer", "list"], "contains": ["曹丽君"]}, {"kind": "list"}),
        ({"contains": ["赵 思聪"], "excludes": ["曹丽君"]}, {}),
        ({"contains": ["送审"]}, {"blocks": [Block(lines=("起草", "送\n审"))]}),
        ({"kind": ["choose"]}, {"kind": "choose", "powers": [2, 9, 12]}),
        ({"kind": ["unknown"], "powers": []}, {"kind": "unknown", "powers": []}),
    ],
)
def test_a_reply_is_right_that_has_all_it_must_and_nothing_else(wanted: dict[str, Any], held: dict[str, Any]) -> None:
    assert faults(case(**wanted), reply(**held)) == []


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        ({}, {"kind": "list"}),
        ({}, {"powers": [12]}),
        ({}, {"powers": [9, 12]}),
        ({"powers": [9, 12]}, {"powers": [9]}),
        ({"facets": ["risks"]}, {}),
        ({"facets": ["posts"]}, {"facets": ["posts", "responsible"]}),
        ({"contains": ["曹丽君"]}, {}),
        ({"excludes": ["赵思聪"]}, {}),
        ({"kind": ["choose"]}, {"kind": "choose", "powers": [2, 3, 4, 5, 9]}),
    ],
)
def test_a_reply_is_wrong_that_lacks_something_or_has_too_much(wanted: dict[str, Any], held: dict[str, Any]) -> None:
    assert len(faults(case(**wanted), reply(**held))) == 1


def test_right_replies_are_counted(assistant: Assistant) -> None:
    cases = [
        case(text="二手车的风险", facets=["risks"], tags=["facet"]),
        case(text="谁负责二手车出口", contains=["赵思聪"], tags=["posts"]),
        case(text="二手车的风险", powers=[1], tags=["facet"]),
        case(text="谁负责二手车出口", contains=["路海轩"], tags=["posts"]),
    ]
    seen: list[Verdict] = []
    verdicts = evaluate(assistant, cases, seen.append)
    assert seen == verdicts
    assert [bool(verdict.wrong) for verdict in verdicts] == [False, False, True, True]
    assert [verdict.confident_error for verdict in verdicts] == [False, False, True, False]
    assert share_right(verdicts) == 0.5
    assert shares_by(verdicts, lambda held: held.tags) == {"facet": (1, 2), "posts": (1, 2)}
    assert percentile_ms(verdicts, 1) <= percentile_ms(verdicts, 50) <= percentile_ms(verdicts, 99)


def test_nothing_asked_is_nothing_wrong() -> None:
    assert share_right([]) == 1.0
    assert percentile_ms([], 50) == 0


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: str(file.stem))
def test_the_question_files_are_read(file: Path) -> None:
    cases = load_cases(file)
    assert len(cases) == len(file.read_text("utf-8").splitlines())
    assert len({held.id for held in cases}) == len(cases)
    assert all(held.kind for held in cases)
    assert all(set(held.facets) <= set(Facet) for held in cases)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"id": "1"}', ["第 1 行", "chat"]),
        (b'\n{"id": "1", "chat": "c", "text": "?", "kind": ["guess"]}', ["第 2 行", "kind"]),
        (b'{"id": "1", "chat": "c", "text": "?", "kind": ["chat"], "power": [1]}', ["第 1 行", "power"]),
        (b"hello", ["第 1 行"]),
        (b"\xff", ["UTF-8"]),
    ],
)
def test_a_malformed_question_file_is_refused_by_its_line(tmp_path: Path, content: bytes, words: list[str]) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_bytes(content)
    with pytest.raises(LianzhengError) as refused:
        load_cases(file)
    assert_one_sentence(str(refused.value))
    for word in (str(file), *words):
        assert word in str(refused.value)


def test_a_question_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LianzhengError) as refused:
        load_cases(tmp_path / "gone.jsonl")
    assert_one_sentence(str(refused.value))
