"""The questions that people ask: right often enough, and hardly ever wrong with confidence.

``questions/*.jsonl`` were written by people who had only a register, not the program. ``waimao-*`` ask about the
built-in register, the others about ``registers/<name>.txt`` or ``.json``.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.evaluation import Verdict, evaluate, load_cases, share_right
from knowledge.lexicon import builtin_aliases
from knowledge.pinyin import sounds
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


# What people say before and behind a question, and how they write its words: both change nothing.
TALK_BEFORE = (
    "请问一下，", "领导催得紧，", "我刚来不太懂，", "刚才企业来电话，", "弱弱问一句，", "急急急 ", "我在写材料，",
    "昨天没听清，", "刚接手这块，", "客户在等，", "不懂就问，", "对了，",
)  # fmt: skip
TALK_BEHIND = (
    "，谢谢", "，急", "，在线等", "，企业在电话那头等着呢", "，领导等着要", "😂", "，我怕记错了", "，我好回人家",
    "，省得跑冤枉路", "，心里没底", "，我做个笔记", "，多谢指点",
)  # fmt: skip
HABITS = {"什么": "神马", "怎么": "肿么", "吗": "嘛", "谁": "shei", "的": "滴"}
ASKED_AGAIN = ("waimao-errand", "zhengguan")
# So many of the right answers may be lost by talk, or by a habit.
LOST = 0.02
LOST_BY_SLIPS = 0.12


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


def share_lost(verdicts: dict[str, list[Verdict]], alter: Callable[[int, str], str]) -> float:
    """Return which share of the right answers is lost when every question is asked in other words."""
    lost = kept = 0
    for name in ASKED_AGAIN:
        file = HERE / "questions" / f"{name}.jsonl"
        right = {v.case.id for v in verdicts[name] if not v.wrong}
        assistant = Assistant(read_register(register_of(file)), builtin_aliases())
        cases = [case.model_copy(update={"text": alter(i, case.text)}) for i, case in enumerate(load_cases(file))]
        again = [v for v in evaluate(assistant, cases) if v.case.id in right]
        lost += sum(bool(v.wrong) for v in again)
        kept += len(again)
    return lost / kept


def test_talk_around_a_question_changes_nothing(verdicts: dict[str, list[Verdict]]) -> None:
    def before(i: int, text: str) -> str:
        return TALK_BEFORE[i % len(TALK_BEFORE)] + text

    def behind(i: int, text: str) -> str:
        return text.rstrip("？?。！!") + TALK_BEHIND[i % len(TALK_BEHIND)]

    assert share_lost(verdicts, before) <= LOST
    assert share_lost(verdicts, behind) <= LOST


@pytest.mark.parametrize("word", list(HABITS))
def test_habits_of_writing_change_nothing(verdicts: dict[str, list[Verdict]], word: str) -> None:
    assert share_lost(verdicts, lambda _i, text: text.replace(word, HABITS[word])) <= LOST


def test_a_character_typed_for_another_that_sounds_alike_seldom_matters(verdicts: dict[str, list[Verdict]]) -> None:
    typed = {char for name in ASKED_AGAIN for v in verdicts[name] for char in v.case.text if "一" <= char <= "鿿"}
    alike: dict[str, list[str]] = defaultdict(list)
    for char in sorted(typed):
        alike[sounds(char)].append(char)

    def slip(i: int, text: str) -> str:
        places = [at for at, char in enumerate(text) if len(alike[sounds(char)]) > 1]
        if not places:
            return text
        at = places[i % len(places)]
        others = [char for char in alike[sounds(text[at])] if char != text[at]]
        return text[:at] + others[i % len(others)] + text[at + 1 :]

    assert share_lost(verdicts, slip) <= LOST_BY_SLIPS


def test_the_question_set_is_large_and_about_several_registers() -> None:
    cases = [case for file in FILES for case in load_cases(file)]
    assert len(cases) >= 200
    assert len({case.id for case in cases}) == len(cases)
    assert len({register_of(file) for file in FILES}) >= 2
