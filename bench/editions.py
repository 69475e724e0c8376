"""The life of a register under stress: imports that are killed, questions during switches, a very large register."""

import contextlib
import math
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from bench.measure import percentile
from bench.names import builtin_register
from bench.running import run
from bot.current import Current
from bot.messages import Question
from knowledge.models import Register
from knowledge.store import Store
from tests.editions import edition_of, many_times, number_of, person
from tests.generated import printed

_PROGRAM = [sys.executable, "-c", "from bot.cli import main; main()"]
_LARGE = 10_000
_EDITIONS, _EDITIONS_PER_S = 100, 10
_QUESTIONS_PER_S = 1000
# As often as a bot looks for something new.
_LOOK_S = 1.0
_WHO = "谁负责二手车出口"

# Takes in one edition after the other, at a steady pace.
_IMPORTER = """
import sys, time
from pathlib import Path
from knowledge.store import Store
from bench.names import builtin_register
from bench.running import run
from tests.editions import edition_of
store, began = Store(Path(sys.argv[1])), time.monotonic()
for number in range(1, int(sys.argv[2]) + 1):
    time.sleep(max(0.0, began + number / float(sys.argv[3]) - time.monotonic()))
    store.add_edition(edition_of(builtin_register(), number), "x", str(number).encode())
"""


def killed_imports(times: int, advance: Callable[[], object]) -> tuple[int, int]:
    """Kill ``lianzheng import`` so many times at random moments of its life; return how often the new edition was in
    force then, and how often the database was not whole.
    """
    moments = random.Random(1)
    new = broken = 0
    register = many_times(builtin_register(), 30)
    with tempfile.TemporaryDirectory() as folder:
        path, file = Path(folder) / "lianzheng.db", Path(folder) / "清单.txt"
        command = [*_PROGRAM, "--database", str(path), "import", str(file), "--yes", "--register", "外贸运行处"]
        file.write_text(printed(edition_of(register, 0)), "utf-8")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        file.write_text(printed(edition_of(register, 1)), "utf-8")  # one that is compared with another of its size
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        life = time.perf_counter() - began
        now = 1
        for number in range(2, times + 2):
            file.write_text(printed(edition_of(register, number)), "utf-8")
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
                # most of its life it reads and compares: the second half is where it writes
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(moments.uniform(0.4, 1.1) * life)
                process.kill()
            try:
                with closing(Store(path)) as store:
                    (edition,) = store.in_force()
                    found = number_of(edition.register_)
                    sizes = {record.size for record in store.editions()[1:]}
                whole = found in (now, number) and sizes == {len(register.powers)}
            except Exception:  # whatever it is, it is a failure to count
                whole, found = False, now
            broken += not whole
            new += found == number
            now = found
            advance()
    return new, broken


@dataclass
class _Seen:
    """What one process saw that asked; ``times`` are milliseconds from when a question was due to its answer."""

    times: list[float] = field(default_factory=list)
    editions: set[int] = field(default_factory=set)
    errors: int = 0
    mixtures: int = 0


def asked_during_switches() -> dict[str, float]:
    """Ask at a steady pace, from as many processes as there are processors, while another one publishes edition after
    edition; return what was seen. ``per second`` is how many were answered: less than ``wanted`` where the machine is
    too slow for that pace.
    """
    processes = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lianzheng.db"
        with closing(Store(path)) as store:
            store.add_edition(edition_of(builtin_register(), 0), "x", b"0")
        over = Path(folder) / "over"
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            asking = [pool.submit(_ask_steadily, path, _QUESTIONS_PER_S / processes, over) for _ in range(processes)]
            try:
                command = [sys.executable, "-c", _IMPORTER, str(path), str(_EDITIONS), str(_EDITIONS_PER_S)]
                subprocess.run(command, check=True)
                time.sleep(_LOOK_S + 1)  # the last edition is to be seen, too
            finally:
                over.touch()
            told = [one.result() for one in asking]
    seen = [one for _rate, one in told]
    times = [each for one in seen for each in one.times]
    return {
        "wanted per second": _QUESTIONS_PER_S,
        "processes": processes,
        "asked": len(times) + sum(one.errors for one in seen),
        "per second": sum(rate for rate, _seen in told),
        "errors": sum(one.errors for one in seen),
        "mixtures": sum(one.mixtures for one in seen),
        "editions seen": len(set[int]().union(*(one.editions for one in seen))),
        "p50 ms": percentile(times, 0.5),
        "p99 ms": percentile(times, 0.99),
    }


def _ask_steadily(path: Path, per_second: float, over: Path) -> tuple[float, _Seen]:
    """Ask until the file ``over`` is there; return how many a second were answered and what was seen."""
    seen, asked = _Seen(), 0
    names = {person(number): number for number in range(_EDITIONS + 1)}
    current = Current(path, look_every_s=math.inf)
    with _refreshing(current):
        began = time.perf_counter()
        while not over.exists():
            due = began + asked / per_second
            time.sleep(max(0.0, due - time.perf_counter()))
            asked += 1
            try:
                text = current.answer(Question(text=_WHO, chat=str(asked % 50))).reply.text
            except Exception:
                seen.errors += 1
                continue
            seen.times.append(1000 * (time.perf_counter() - due))
            held = {number for name, number in names.items() if name in text}
            seen.mixtures += len(held) != 1
            seen.editions |= held
        return asked / (time.perf_counter() - began), seen


@contextlib.contextmanager
def _refreshing(current: Current) -> Iterator[None]:
    """Let another thread look for what is new, again and again."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_S):
            current.refresh()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def large_import() -> tuple[int, float, float, float]:
    """Return how many powers, how many seconds, how many of CPU and how many MB ``lianzheng import`` takes for a very
    large register that takes the place of another: most powers as they were, some changed, renamed, added and removed.
    """
    builtin = builtin_register()
    old = many_times(builtin, math.ceil(_LARGE / len(builtin.powers)))
    with tempfile.TemporaryDirectory() as folder:
        path, file = Path(folder) / "lianzheng.db", Path(folder) / "很大.txt"
        with closing(Store(path)) as store:
            store.add_edition(old, "旧.txt", b"")
        file.write_text(printed(_changed(old)), "utf-8")
        command = [*_PROGRAM, "--database", str(path), "import", str(file), "--yes"]
        took = run(command)
        return len(old.powers), took.wall, took.cpu, took.memory


def _changed(register: Register) -> Register:
    powers = list(register.powers)
    for at in range(0, len(powers), 20):
        powers[at] = powers[at].model_copy(update={"responsible": ("林一鸣",)})
    for at in range(1, len(powers), 50):
        powers[at] = powers[at].model_copy(update={"name": f"{powers[at].name}（修订）"})
    del powers[5::100]
    numbered = [p.model_copy(update={"position": n, "serial": n}) for n, p in enumerate(powers, start=1)]
    return register.model_copy(update={"powers": tuple(numbered)})
