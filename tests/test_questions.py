"""The questions that people ask: right often enough, and hardly ever wrong with confidence.

``questions/*.jsonl`` were written by people who had only a register, not the program. ``waimao-*`` ask about the
built-in register, the others about ``registers/<name>.txt`` or ``.json``.
"""

from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.evaluation import Verdict, evaluate, load_cases, share_right
from knowledge.lexicon import builtin_aliases
from knowledge.reading import read_register

HERE = Path(__file__).parent
BUILTIN = HERE.parent / "knowledge" / "registers" / "waimao.txt"
FILES = sorted((HERE / "questions").glob("*.jsonl"))

# The floors, for each file and for all together: raised when the understanding gets better, never lowered.
RIGHT = 0.96
CONFIDENT_ERRORS = 0.018
RIGHT_OVER_ALL = 0.99
CONFIDENT_ERRORS_OVER_ALL = 0.0035


def register_of(questions: Path) -> Path:
    """Return the register that a question file is about."""
    return BUILTIN if questions.stem.startswith("waimao") else next((HERE / "registers").glob(f"{questions.stem}.*"))


@pytest.fixture(scope="module")
def verdicts() -> dict[str, list[Verdict]]:
    """What became of every question, by file."""
    registers = set(map(register_of, FILES))
    assistants = {path: Assistant(read_register(path), builtin_aliases()) for path in registers}
    return {file.stem: evaluate(assistants[register_of(file)], load_cases(file)) for file in FILES}


def confident(verdicts: list[Verdict]) -> list[Verdict]:
    """Return the replies that are wrong and sound sure."""
    return [v for v in verdicts if v.confident_error]


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_questions_are_answered_right(verdicts: dict[str, list[Verdict]], name: str) -> None:
    mine = verdicts[name]
    wrong = "\n".join(f"{v.case.id} {v.case.text}: {'；'.join(v.wrong)}" for v in mine if v.wrong)
    assert share_right(mine) >= RIGHT, wrong
    assert len(confident(mine)) <= CONFIDENT_ERRORS * len(mine), wrong


def test_all_questions_together_are_answered_right(verdicts: dict[str, list[Verdict]]) -> None:
    together = [verdict for mine in verdicts.values() for verdict in mine]
    assert share_right(together) >= RIGHT_OVER_ALL
    assert len(confident(together)) <= CONFIDENT_ERRORS_OVER_ALL * len(together)


def test_the_question_set_is_large_and_about_several_registers() -> None:
    cases = [case for file in FILES for case in load_cases(file)]
    assert len(cases) >= 200
    assert len({case.id for case in cases}) == len(cases)
    assert len({register_of(file) for file in FILES}) >= 2
