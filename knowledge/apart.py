"""Reading a file that a stranger may have made: in a process of its own, with limits of time and memory.

``python -m knowledge.apart FILE MEGABYTES`` is that process. It writes one line of JSON: the register, or one sentence
that says why there is none.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from pydantic import ValidationError

from knowledge.errors import RegisterError
from knowledge.models import Register

# No reader writes files; what Python and its libraries keep for the next time is smaller.
_MEGABYTES_WRITTEN = 16
# What the process may use of the environment: where programs and its own folders are, no secrets.
_ENVIRONMENT = frozenset({"PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "PYTHONPATH", "SYSTEMROOT"})


def read_apart(path: Path, seconds: float = 10.0, megabytes: int = 500) -> Register:
    """Return the register in the file at ``path``, read in a process that ends after ``seconds`` at the latest and
    gets no more than ``megabytes`` of memory (where the system can limit that: not on Windows). What only LibreOffice
    reads is refused.

    Raises:
        RegisterError: the file is no register, or reading it takes too long or too much; one sentence for a person.
    """
    # -P: a folder named knowledge where the program was started is not ours
    command = [sys.executable, "-P", "-m", "knowledge.apart", str(path), str(megabytes)]
    environment = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module; the path is an argument, no program
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # several threads of a mathematics library would each take memory of their own
        env={**environment, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise RegisterError(
            f"{path.name} 读了 {seconds:g} 秒还没有读完，太大或太复杂；请拆小或另存一份再试。"
        ) from error
    finally:
        _end(process)
    return _register(output, path.name)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and what it started, if they still run."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _register(output: bytes, name: str) -> Register:
    """Return what the process told; one that told nothing was ended by the system."""
    try:
        answer = json.loads(output)
        if "refused" not in answer:
            return Register.model_validate(answer)
    except (ValueError, ValidationError) as error:
        raise RegisterError(f"{name} 读不下去，太大或已损坏；请另存一份再试。") from error
    raise RegisterError(str(answer["refused"]))


def _limit(megabytes: int) -> None:
    """Limit the memory of this process, and what it may write."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for kind, most in (
        (resource.RLIMIT_AS, megabytes),
        (resource.RLIMIT_FSIZE, _MEGABYTES_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        wanted = most * 1024 * 1024
        resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _answer(path: Path) -> str:
    """Return what to tell of the file at ``path``."""
    from knowledge.reading import read_register

    try:
        # an office program would need more time and memory than a stranger's file gets
        return read_register(path, converts=False).model_dump_json()
    except RegisterError as error:
        refused = str(error)
    except MemoryError:
        refused = f"{path.name} 太大或太复杂，内存不够读；请拆小或另存一份再试。"
    except Exception:  # whatever a hostile file makes a parser do, a person gets one sentence
        refused = f"{path.name} 读不了，文件可能已损坏；请用 Word 或 Excel 打开后另存一份再试。"
    return json.dumps({"refused": refused})


def main() -> None:
    """Read the file that the command line names and write what it holds."""
    path, megabytes = Path(sys.argv[1]), int(sys.argv[2])
    _limit(megabytes)
    sys.stdout.buffer.write(_answer(path).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
