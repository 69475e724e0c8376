"""Runs a command as a child and says what it took."""

import os
import subprocess
import time
from typing import NamedTuple


class Took(NamedTuple):
    """What a command took: CPU and time in seconds, its largest memory in MB."""

    cpu: float
    wall: float
    memory: float


def run(command: list[str]) -> Took:
    """Run ``command`` to its end.

    Raises:
        RuntimeError: it failed.
    """
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{command} ended with {child.returncode}")
    return Took(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss / 1024)
