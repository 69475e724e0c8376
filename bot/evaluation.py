"""Runs question files through the assistant and says how many replies are right.

A question file is JSON Lines, one case a line; the fields are those of ``Case``. Cases with one chat and user are one
conversation, in file order.
"""

import statistics
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.assistant import Assistant
from bot.messages import Kind, Question, Reply
from knowledge.errors import LianzhengError
from knowledge.models import Facet

# A wrong reply of these kinds is a confident error: the reader takes it for the register's word.
CONFIDENT: frozenset[Kind] = frozenset({"answer", "list"})
_WITH_POWERS: frozenset[Kind] = frozenset({"answer", "list", "choose"})
# Choosing may offer so many powers beside those that must or may be offered.
_SPARE_OPTIONS = 3


class Case(BaseModel):
    """One question with what a right reply must have.

    ``kind``: the acceptable kinds, the best first; ``powers`` must come back, ``powers_ok`` may; ``facets`` and
    ``facets_ok`` likewise; ``contains`` and ``excludes``: strings that the text must or must not hold when the reply
    is of the first kind (layout and white space don't count).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    chat: str
    user: str = "u"
    text: str
    kind: tuple[Kind, ...]
    powers: frozenset[int] = frozenset()
    powers_ok: frozenset[int] = frozenset()
    facets: frozenset[Facet] = frozenset()
    facets_ok: frozenset[Facet] = frozenset()
    contains: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""


class Verdict(BaseModel):
    """What was wrong with the reply to a case (nothing: it was right), and how the question was understood."""

    model_config = ConfigDict(frozen=True)

    case: Case
    reply: Reply
    wrong: tuple[str, ...]
    explanation: tuple[str, ...]
    milliseconds: float

    @property
    def confident_error(self) -> bool:
        """Whether the reply is wrong in what it is about and sounds sure of it."""
        return bool(self.wrong) and self.reply.kind in CONFIDENT and not self.wrong[0].startswith("没有“")


def load_cases(file: Path) -> list[Case]:
    """Return the cases of a question file.

    Raises:
        LianzhengError: the file can't be read, or a line is no case; the message names the line.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LianzhengError(f"打不开题目文件 {file}，请检查路径，并确认是 UTF-8 文本。") from error
    cases = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                cases.append(Case.model_validate_json(line))
            except ValidationError as error:
                key = ".".join(map(str, error.errors()[0]["loc"])) or "整行"
                raise LianzhengError(f"{file} 第 {number} 行的 {key} 不对，请对照其他行修改。") from error
    return cases


def evaluate(
    assistant: Assistant, cases: Iterable[Case], each: Callable[[Verdict], None] = lambda _verdict: None
) -> list[Verdict]:
    """Ask all ``cases`` in order and return the verdicts; ``each`` is called with every one as it comes."""
    verdicts = []
    for case in cases:
        answered = assistant.answer(Question(text=case.text, chat=case.chat, user=case.user))
        verdict = Verdict(
            case=case,
            reply=answered.reply,
            wrong=tuple(faults(case, answered.reply)),
            explanation=answered.query.explain(),
            milliseconds=answered.milliseconds,
        )
        verdicts.append(verdict)
        each(verdict)
    return verdicts


def faults(case: Case, reply: Reply) -> list[str]:
    """Return what is wrong with ``reply``, as short sentences; empty when it is right."""
    if reply.kind not in case.kind:
        return [f"答成了 {reply.kind}，应是 {'/'.join(case.kind)}"]
    found = []
    got = set(reply.powers)
    spare = got - case.powers - case.powers_ok
    if reply.kind in _WITH_POWERS and (case.powers or case.powers_ok):
        too_many = len(spare) > _SPARE_OPTIONS if reply.kind == "choose" else bool(spare)
        if not case.powers <= got or too_many:
            found.append(f"事项是 {sorted(got)}，应是 {sorted(case.powers)}")
    if reply.kind == "answer" and case.facets:
        facets = set(reply.facets)
        if not case.facets <= facets or facets - case.facets - case.facets_ok:
            found.append(f"要素是 {sorted(facets)}，应是 {sorted(case.facets)}")
    if reply.kind == case.kind[0]:
        text = _squeezed(reply.text)
        found += [f"没有“{wanted}”" for wanted in case.contains if _squeezed(wanted) not in text]
        found += [f"不该有“{unwanted}”" for unwanted in case.excludes if _squeezed(unwanted) in text]
    return found


def share_right(verdicts: list[Verdict]) -> float:
    """Return the share of right replies, 0 to 1; 1 of none."""
    return sum(not v.wrong for v in verdicts) / len(verdicts) if verdicts else 1.0


def shares_by(verdicts: list[Verdict], key: Callable[[Case], Iterable[str]]) -> dict[str, tuple[int, int]]:
    """Return (right, all) for each label that ``key`` gives the cases, the worst share first."""
    marks: dict[str, list[bool]] = defaultdict(list)
    for verdict in verdicts:
        for label in key(verdict.case):
            marks[label].append(not verdict.wrong)
    counted = {label: (sum(right), len(right)) for label, right in marks.items()}
    return dict(sorted(counted.items(), key=lambda item: item[1][0] / item[1][1]))


def percentile_ms(verdicts: list[Verdict], percent: int) -> float:
    """Return the time within which ``percent`` (1 to 99) of the questions were answered, in milliseconds."""
    times = [v.milliseconds for v in verdicts]
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1] if len(times) > 1 else sum(times)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
