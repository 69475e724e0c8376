"""The life of a register on the command line: a new file in, what it changes, yes or no, and back again."""

import getpass
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from bot.channels.tables import difference_text, faults_text
from knowledge.difference import difference
from knowledge.divisions import division_of
from knowledge.errors import LianzhengError
from knowledge.models import Register
from knowledge.reading import parse_register, read_source
from knowledge.store import Edition, Store
from knowledge.text import plain

# More faults than this are counted; ``lianzheng read`` lists them.
_MOST_FAULTS = 40
# More lines of a difference than this are counted; ``lianzheng diff`` lists them.
_MOST_LINES = 40
_YES = frozenset({"y", "yes", "是", "好", "发布", "同意", "确定", "停用"})


@dataclass(frozen=True)
class Desk:
    """Where a change is decided: on ``store``, by whom, and whether the answer is yes beforehand (``agreed``)."""

    store: Store
    by: str
    agreed: bool
    console: Console
    errors: Console

    def can_ask(self) -> None:
        """Refuse a change that nobody is there to agree to.

        Raises:
            LianzhengError: there is no terminal to ask at, and it was not agreed beforehand.
        """
        if not self.agreed and not sys.stdin.isatty():
            raise LianzhengError("这里没有终端可以确认，什么都没有改；确定要改请加 --yes。")

    def agrees(self, question: str) -> bool:
        """Ask, unless it was agreed beforehand."""
        return self.agreed or self.console.input(f"{question}（y/n）").strip().lower() in _YES


def default_name() -> str:
    """Return the name of the user of this computer, as far as there is one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such entry: KeyError before Python 3.13
        return ""


def import_file(
    desk: Desk, file: Path, division: str = "", note: str = "", columns: Mapping[str, str] | None = None
) -> bool:
    """Show what ``file`` changes in the register of its division, ask, and put it in force.

    ``columns`` are fields by heading, where the readers don't know the headings. Return whether nothing is left to do:
    it was put in force, or is so already.

    Raises:
        LianzhengError: the file is no register, or nobody can be asked.
        StoreError: the database can't be read or written, or another edition was published meanwhile.
    """
    with _progress(desk.errors) as progress:
        task = progress.add_task("读取", total=None)
        data = read_source(file)
        now = desk.store.in_force_of(division.strip()) if division.strip() else None
        if now is None or now.sha256 != sha256(data).hexdigest():
            register = parse_register(data, file.name, columns)
            division = division.strip() or division_of(register.title, (power.unit for power in register.powers))
            now = desk.store.in_force_of(division)
        progress.remove_task(task)
    if now is not None and now.sha256 == sha256(data).hexdigest():
        desk.console.print(f"{file.name} 就是“{now.division}”现行的第 {now.number} 版，没有变化。", soft_wrap=True)
        return True
    desk.can_ask()
    desk.console.print(f"{file.name}：{register.title}，{len(register.powers)} 项。", soft_wrap=True)
    _show_faults(desk.console, register, file)
    if now is None:
        desk.console.print(_newcomer(desk.store.in_force(), register, division), soft_wrap=True)
    else:
        _show_difference(desk.console, now, register)
    if not desk.agrees("发布这一版吗？"):
        desk.console.print("没有发布，仍用原来的清单。")
        return False
    with _progress(desk.errors) as progress:
        task = progress.add_task("保存", total=len(register.powers))
        number = desk.store.add_edition(
            register,
            file.name,
            data,
            division=division,
            by=desk.by,
            note=note,
            instead_of=now.number if now is not None else 0,
            progress=lambda kept: progress.update(task, completed=kept),
        )
    desk.console.print(f"已发布第 {number} 版，从现在起“{division}”按它回答。", soft_wrap=True)
    return True


def roll_back(desk: Desk, number: int | None, division: str = "") -> bool:
    """Put the edition ``number`` back in force; ``None``: the one before the one in force.

    ``division`` says of which register, where there are several; the one changed last when "". Return whether it is
    in force now.

    Raises:
        LianzhengError: nobody can be asked.
        StoreError: there is no such edition, or none before.
    """
    store = desk.store
    if number is None:
        division = division or store.publications()[-1].division
        now = store.in_force_of(division)
        before = store.before(now.number) if now is not None else None
        if before is None:
            raise LianzhengError(f"“{division}”没有更早发布的一版可以退回；不再用这张清单请用 lianzheng withdraw。")
        number = before
    wanted = store.edition(number)
    now = store.in_force_of(wanted.division)
    if now is not None and now.number == number:
        raise LianzhengError(f"第 {number} 版已经是“{wanted.division}”现行的一版，不用退回。")
    desk.can_ask()
    if now is not None:
        desk.console.print(f"“{wanted.division}”从第 {now.number} 版退回第 {number} 版（{wanted.source}）。")
        _show_difference(desk.console, now, wanted.register_)
    if not desk.agrees("退回这一版吗？"):
        desk.console.print("没有退回，仍用原来的清单。")
        return False
    store.publish(number, desk.by, instead_of=now.number if now is not None else 0)
    desk.console.print(f"已退回第 {number} 版，从现在起“{wanted.division}”按它回答。", soft_wrap=True)
    return True


def withdraw(desk: Desk, division: str) -> bool:
    """Leave the register of ``division`` out from now on. Return whether that was agreed to.

    Raises:
        LianzhengError: nobody can be asked.
        StoreError: there is no such register, or it is the only one.
    """
    held = desk.store.in_force_of(division)
    if held is None:
        raise LianzhengError(f"没有“{division}”的清单在用，现有：{'、'.join(desk.store.divisions())}。")
    desk.can_ask()
    if not desk.agrees(f"停用“{held.division}”的清单吗？"):
        desk.console.print("没有停用。")
        return False
    desk.store.withdraw(held.division, desk.by)
    told = f"已停用“{held.division}”的清单；要恢复，用 lianzheng rollback {held.number}。"
    desk.console.print(told, soft_wrap=True)
    return True


def _show_faults(console: Console, register: Register, file: Path) -> None:
    if len(register.faults) <= _MOST_FAULTS:
        console.print(faults_text(register), soft_wrap=True)
    else:
        told = f"原文有 {len(register.faults)} 处毛病（照录未改），逐条请看 lianzheng read {file.name}。"
        console.print(told, soft_wrap=True)


def _show_difference(console: Console, now: Edition, register: Register) -> None:
    found = difference(now.register_, register)
    told = Text.assemble(f"与现行的第 {now.number} 版相比：", (f"{found.counts}。", "bold"))
    console.print(told, soft_wrap=True)
    console.print(difference_text(found, _MOST_LINES), soft_wrap=True)


def _newcomer(held: tuple[Edition, ...], register: Register, division: str) -> str:
    """Say that the register is another one than those held, and which of them it may be after all."""
    told = f"还没有“{division}”的清单，将作为另一张加入（现有：{'、'.join(edition.division for edition in held)}）。"
    names = {plain(power.name) for power in register.powers}
    for edition in held:
        shared = names & {plain(power.name) for power in edition.register_.powers}
        if 2 * len(shared) >= len(names):
            told += (
                f"它的事项大多与“{edition.division}”的相同；如果是那一张的新版，请加 --register {edition.division}。"
            )
            break
    return told


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    """A progress bar for what takes long, gone when it is done."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress
