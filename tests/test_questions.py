"""The questions that people ask: right often enough, and hardly ever wrong with confidence.

``questions/*.jsonl`` were written by people who had only a register, not the program. ``waimao-*`` ask about the
built-in register, the others about ``registers/<name>.txt``.
"""

from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.evaluation import evaluate, load_cases, share_right
from knowledge.lexicon import builtin_aliases
from knowledge.reading import read_register

HERE = Path(__file__).parent
BUILTIN = HERE.parent / "knowledge" / "registers" / "waimao.txt"
FILES = sorted((HERE / "questions").glob("*.jsonl"))

# The floors: raised when the understanding gets better, never lowered.
RIGHT = 0.92
CONFIDENT_ERRORS = 0.03


def register_of(questions: Path) -> Path:
    """Return the register that a question file is about."""
    return BUILTIN if questions.stem.startswith("waimao") else HERE / "registers" / f"{questions.stem}.txt"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_questions_are_answered_right(file: Path) -> None:
    assistant = Assistant(read_register(register_of(file)), builtin_aliases())
    verdicts = evaluate(assistant, load_cases(file))
    wrong = "\n".join(f"{v.case.id} {v.case.text}: {'；'.join(v.wrong)}" for v in verdicts if v.wrong)
    assert share_right(verdicts) >= RIGHT, wrong
    confident = [v.case.id for v in verdicts if v.confident_error]
    assert len(confident) <= CONFIDENT_ERRORS * len(verdicts), wrong


def test_the_question_set_is_large_and_about_several_registers() -> None:
    cases = [case for file in FILES for case in load_cases(file)]
    assert len(cases) >= 200
    assert len({case.id for case in cases}) == len(cases)
    assert len({register_of(file) for file in FILES}) >= 2
