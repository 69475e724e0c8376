"""What a person waits for: one question of a fresh process, and questions of a running one."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.measure import percentile
from bench.names import builtin_register
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
        _run(command)
        runs = [_run(command) for _ in range(_RUNS)]
    return median(cpu for cpu, _ in runs), median(wall for _, wall in runs)


def _run(command: list[str]) -> tuple[float, float]:
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{command} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - began


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
