"""Measures one competitor in a process of its own, so that memory and times are its own."""

import gc
import logging
import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from bench.competitors import ALL
from bench.names import Names
from bench.noise import Query

_EVERY = 20
_STATM = Path("/proc/self/statm")


@dataclass
class Result:
    """What a competitor achieved: build in seconds, memory in bytes, times of its queries in milliseconds."""

    build: float = 0.0
    memory: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)

    def share(self, kind: str | None = None) -> float:
        """Return the share of queries (of one kind) whose first answer was right."""
        if kind:
            return self.right[kind] / self.asked[kind] if self.asked[kind] else float("nan")
        return self.right.total() / max(1, self.asked.total())

    def percentile(self, share: float) -> float:
        """Return the time within which ``share`` of the queries were answered."""
        return percentile(self.times, share)


def percentile(times: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of ``times`` lie."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def measure(title: str, names: Names, queries: Sequence[Query], progress: Callable[[int], None]) -> Result:
    """Return what the competitor ``title`` achieves; ``progress`` is told how many more queries were
    answered.

    Raises:
        RuntimeError: its process died.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(title, names, list(queries), there), daemon=True)
    child.start()
    there.close()
    try:
        while not isinstance(said := here.recv(), Result):
            progress(said)
    except EOFError:
        raise RuntimeError(f"the process of {title} died") from None
    child.join()
    return said


def _run(title: str, names: Names, queries: Sequence[Query], connection: Connection) -> None:
    logging.disable(logging.WARNING)
    competitor = ALL[title]()
    competitor.prepare(names)
    result = Result()
    gc.collect()
    before = _resident()
    began = time.perf_counter()
    competitor.build()
    result.build = time.perf_counter() - began
    gc.collect()
    result.memory = max(0, _resident() - before)
    for query in queries[:: max(1, len(queries) // _EVERY)]:
        competitor.find(query.text)  # what is made once, on first use, is not part of a question's time
    for number, query in enumerate(queries, start=1):
        began = time.perf_counter()
        row = competitor.find(query.text)
        result.times.append(1000 * (time.perf_counter() - began))
        result.asked[query.kind] += 1
        result.right[query.kind] += row == query.row
        if number % _EVERY == 0:
            connection.send(_EVERY)
    connection.send(result)
    connection.close()


def _resident() -> int:
    """Return how much memory this process holds; where the system does not say, the most it has held."""
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * resource.getpagesize()
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held if sys.platform == "darwin" else 1024 * held
