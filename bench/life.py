"""What a person waits for: one question of a fresh process, and questions of a running one."""

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.measure import percentile
from bench.names import builtin_register
from bench.running import run
from bot.assistant import Assistant
from bot.messages import Question
from knowledge.lexicon import builtin_aliases

_QUESTION = "进口贴息的流程"
_RUNS = 9
_ROUNDS = 3
_QUESTIONS = Path(__file__).resolve().parent.parent / "tests" / "questions"


def one_shot() -> tuple[float, float]:
    """Return CPU seconds and seconds of ``lianzheng ask`` (medians), with its database and caches in place."""
    with tempfile.TemporaryDirectory() as folder:
        program = [sys.executable, "-c", "from bot.cli import main; main()"]
        command = [*program, "--database", str(Path(folder) / "lianzheng.db"), "ask", _QUESTION]
        run(command)
        runs = [run(command) for _ in range(_RUNS)]
    return median(took.cpu for took in runs), median(took.wall for took in runs)


def running() -> tuple[int, float, float] | None:
    """Return how many questions were asked, and p50 and p99 of their times in milliseconds (text to reply)."""
    cases = [
        json.loads(line)
        for file in sorted(_QUESTIONS.glob("waimao-*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
        if line.strip()
    ]
    if not cases:
        return None
    assistant = Assistant(builtin_register(), builtin_aliases())
    times = []
    for number in range(_ROUNDS + 1):
        for case in cases:
            question = Question(text=case["text"], chat=f"{number}-{case.get('chat', case['id'])}")
            began = time.perf_counter()
            assistant.answer(question)
            if number:  # the first round warms up
                times.append(1000 * (time.perf_counter() - began))
    return len(times), percentile(times, 0.5), percentile(times, 0.99)
