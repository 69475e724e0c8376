"""Checks of what the program stands on, the database and the register in it: reads only, changes nothing."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from knowledge.errors import LianzhengError, StoreError
from knowledge.store import Store

# Years of an office's questions take some ten MB; below this, something else fills the disk.
_LITTLE_BYTES = 100 * 1024**2

Mark = Literal["✓", "!", "✗"]


@dataclass(frozen=True)
class Finding:
    """What one check found: ``✓`` in order, ``!`` to be known, ``✗`` to be mended; ``told`` says how."""

    mark: Mark
    what: str
    told: str

    @property
    def is_bad(self) -> bool:
        """Whether it must be mended before the bot can work."""
        return self.mark == "✗"

    def __str__(self) -> str:
        return f"{self.mark} {self.what}：{self.told}"


def database_finding(path: Path) -> Finding:
    """Return whether the database can be written, and how much room is left for it."""
    place = path if path.exists() else next(p for p in path.absolute().parents if p.exists())
    # SQLite puts its journal beside the file, so that the folder must be writable, too
    if not all(os.access(p, os.R_OK | os.W_OK) for p in (place, place if place.is_dir() else place.parent)):
        told = f"{place} 不能写；请用运行机器人的那个账户来检查，或用 chown、chmod 给它读写权限。"
        return Finding("✗", "数据库", told)
    free = shutil.disk_usage(place).free
    room = f"磁盘还剩 {free / 1024**3:.1f} GB"
    if free < _LITTLE_BYTES:
        return Finding("✗", "数据库", f"{path} 所在的{room}，请先腾出空间。")
    if not path.exists():
        return Finding("!", "数据库", f"{path} 还没有，第一次启动时会自动建好；{room}。")
    return Finding("✓", "数据库", f"{path} 可以读写；{room}。")


@contextmanager
def snapshot(path: Path) -> Iterator[Path]:
    """Give a copy of the database at ``path`` for as long as the context lasts; of a missing one, a place for it.

    What looks at the copy may open it as usual (which takes the steps to the newest schema) and changes nothing.

    Raises:
        StoreError: it can't be read, or is damaged.
    """
    with TemporaryDirectory(prefix="lianzheng-") as folder:
        copy = Path(folder, "copy.db")
        if path.exists():
            _copy(path, copy)
        yield copy


def _copy(path: Path, copy: Path) -> None:
    # where nobody writes, SQLite is kept from making the files beside it that a writer needs: they would be ours
    quiet = "" if Path(f"{path}-wal").exists() else "&immutable=1"
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{quiet}", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            verdict = target.execute("pragma quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} 读不出来（{error}）；请检查权限和磁盘，或用备份换回它。") from error
    if verdict != "ok":
        raise StoreError(f"{path} 已损坏（{verdict.splitlines()[-1]}）；请用备份换回它。")


def register_findings(copy: Path, path: Path) -> Iterator[Finding]:
    """Yield which registers are in force in ``copy``, a snapshot of ``path``; of a new one that is the built-in one."""
    try:
        with closing(Store(copy)) as store:
            in_force = store.in_force()
    except LianzhengError as error:
        yield Finding("✗", "清单", str(error).replace(str(copy), str(path)))
        return
    for edition in in_force:
        told = f"《{edition.title}》，{edition.label}，{edition.size} 项"
        faults = len(edition.register_.faults)
        if faults:
            told += f"；原文有 {faults} 处毛病，用 lianzheng check 查看"
        yield Finding("✓", "清单", f"{told}。")
