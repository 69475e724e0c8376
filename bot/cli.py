"""The command line: wires settings, store, assistant and channels; says every error in one sentence."""

import io
import json
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.config import Settings, load_settings
from knowledge.divisions import same_division
from knowledge.errors import LianzhengError

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.current import Current
    from bot.editions import Desk
    from knowledge.library import Library
    from knowledge.models import Register
    from knowledge.store import Edition, Store

# What a command does not need it does not import: the store, jieba and the tables cost more than parsing arguments.

app = typer.Typer(
    name="lianzheng",
    help="廉政清单助手：按权责清单及廉政风险防控表回答问题。",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@dataclass
class _Wiring:
    """What the commands share; each part is made when a command first needs it."""

    config: Path | None
    database: Path | None

    @cached_property
    def settings(self) -> Settings:
        return load_settings(self.config)

    @property
    def path(self) -> Path:
        """The database."""
        return self.database or self.settings.storage.database

    @contextmanager
    def store(self) -> "Iterator[Store]":
        """The database, open for the length of a ``with``."""
        from knowledge.store import Store

        store = Store(self.path)
        try:
            yield store
        finally:
            store.close()

    @cached_property
    def library(self) -> "Library":
        from knowledge.library import Library

        with self.store() as store:
            return Library.of(store.in_force())

    def edition_of(self, division: str) -> "Edition":
        """The edition in force of one register; ``division`` may be "" where there is only one."""
        editions = self.library.editions
        found = [e for e in editions if same_division(e.division, division)] if division else list(editions)
        if len(found) != 1:
            known = "、".join(edition.division for edition in editions)
            raise LianzhengError(f"请用 --register 写明哪张清单，在用的有：{known}。")
        return found[0]

    @property
    def register(self) -> "Register":
        return self.library.register

    @property
    def current(self) -> "Current":
        """An assistant for those who stay: it notices what is published meanwhile."""
        from bot.current import Current
        from bot.understanding.memory import Conversations

        minutes = self.settings.conversation.memory_minutes
        return Current(self.path, lambda _version: Conversations(minutes))

    @cached_property
    def assistant(self) -> "Assistant":
        from bot.assistant import Assistant
        from bot.understanding.memory import Conversations
        from knowledge.lexicon import builtin_aliases

        conversations = Conversations(self.settings.conversation.memory_minutes)
        library = self.library
        return Assistant(self.register, builtin_aliases(), conversations=conversations, volumes=library.volumes)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lianzheng {version('lianzheng-bot')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _main(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="配置文件（默认：当前目录的 config.toml）", metavar="文件")
    ] = None,
    database: Annotated[Path | None, typer.Option(help="数据库文件（优先于配置）", metavar="文件")] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="显示版本", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    context.obj = _Wiring(config, database)
    if context.invoked_subcommand is None:
        chat(context)


@app.command()
def chat(context: typer.Context) -> None:
    """在控制台里对话（也可以用管道逐行提问）。"""
    from platformdirs import user_state_path

    from bot.channels import console

    wiring: _Wiring = context.obj
    current = wiring.current
    titles = [current.register.called(power) for power in current.register.powers]
    console.chat(current, user_state_path("lianzheng", appauthor=False) / "history", titles)


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[list[str] | None, typer.Argument(help="一个问题", metavar="问题")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="从标准输入读 JSON Lines，逐行回答")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="说明是怎样理解的")] = False,
) -> None:
    """回答一个问题。"""
    from bot.messages import Question

    wiring: _Wiring = context.obj
    if jsonl:
        from bot.channels.jsonl import serve

        serve(wiring.current, sys.stdin.buffer, sys.stdout.buffer)
        return
    if not question:
        raise LianzhengError("请写上问题，例如：lianzheng ask 进口贴息的流程；或用 --jsonl 从标准输入读。")
    answered = wiring.assistant.answer(Question(text=" ".join(question)))
    if as_json:
        reply = {"id": None, **answered.reply.contract(), "milliseconds": round(answered.milliseconds, 3)}
        typer.echo(json.dumps(reply, ensure_ascii=False))
        return
    from bot.channels.console import show

    show(answered.reply, Console(highlight=False))
    if explain:
        typer.echo("\n" + "\n".join(answered.query.explain()))


@app.command("list")
def list_powers(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False
) -> None:
    """列出全部事项。"""
    wiring: _Wiring = context.obj
    register = wiring.register
    if as_json:
        typer.echo(json.dumps(register.contract(), ensure_ascii=False, indent=1))
        return
    from bot.channels.tables import powers_table

    Console(highlight=False).print(
        powers_table(register, wiring.library.label, by_unit=len({power.unit for power in register.powers}) > 1)
    )


@app.command()
def show(
    context: typer.Context, power: Annotated[list[str], typer.Argument(help="序号或名称", metavar="事项")]
) -> None:
    """显示一项的全部内容。"""
    from bot.channels import console
    from bot.messages import Question

    wiring: _Wiring = context.obj
    wanted = re.sub(r"第\s*(\d+)\s*项", r"第\1项", " ".join(power))
    reply = wiring.assistant.answer(Question(text=f"第{wanted}项" if wanted.isdecimal() else wanted)).reply
    console.show(reply, Console(highlight=False))
    if reply.kind != "answer":
        raise typer.Exit(1)


_Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="指明一列是什么，可以写几次，例如 责任领导=responsible", metavar="表头=字段"),
]


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="权责清单文件", metavar="文件")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    column: _Columns = None,
) -> None:
    """读一份清单文件（.docx、.xlsx、.csv、.txt 等），只看不存。"""
    from bot.channels.tables import faults_text, powers_table
    from knowledge.reading import given_columns, read_register

    register = read_register(file, given_columns(column or ()))
    if as_json:
        typer.echo(json.dumps(register.contract(), ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False)
    console.print(powers_table(register, file.name))
    console.print(faults_text(register), soft_wrap=True)


@app.command()
def check(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="权责清单文件（不写就查正在用的清单）", metavar="文件")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="有毛病就以 1 退出，供脚本使用")] = False,
) -> None:
    """列出清单原文里的毛病（原文照录，不改动）。"""
    wiring: _Wiring = context.obj
    if file is None:
        register = wiring.register
    else:
        from knowledge.reading import read_register

        register = read_register(file)
    if as_json:
        typer.echo(json.dumps(register.contract()["faults"], ensure_ascii=False, indent=1))
    else:
        from bot.channels.tables import faults_text

        Console(highlight=False).print(faults_text(register), soft_wrap=True)
    if strict and register.faults:
        raise typer.Exit(1)


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="写到哪里；后缀 .xlsx、.docx、.md 或 .json", metavar="文件")],
    force: Annotated[bool, typer.Option("--force", help="文件已经在那里也覆盖")] = False,
    register: Annotated[str, typer.Option(help="哪张清单（有几张在用时要写）", metavar="单位")] = "",
) -> None:
    """把正在用的清单导出成文件。"""
    from knowledge.writing import export_register

    wiring: _Wiring = context.obj
    edition = wiring.edition_of(register)
    export_register(edition.register_, file, force=force)
    typer.echo(f"已把《{edition.title}》的 {len(edition.register_.powers)} 项写到 {file}。")


_Yes = Annotated[bool, typer.Option("--yes", "-y", help="不再询问，直接执行")]
_By = Annotated[str | None, typer.Option(help="谁做的（默认：本机用户名）", metavar="姓名")]
_Division = Annotated[str, typer.Option(help="哪张清单（单位名称；默认由文件判断）", metavar="单位")]


@app.command("import")
def import_register(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="权责清单文件", metavar="文件")],
    yes: _Yes = False,
    note: Annotated[str, typer.Option(help="备注", metavar="文字")] = "",
    by: _By = None,
    register: _Division = "",
    column: _Columns = None,
) -> None:
    """导入一份清单：先看毛病和差异，确认后换上。"""
    from bot.editions import import_file
    from knowledge.reading import given_columns

    columns = given_columns(column or ())
    with _desk(context, yes, by) as desk:
        if not import_file(desk, file, division=register, note=note, columns=columns):
            raise typer.Exit(1)


@app.command()
def editions(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    history: Annotated[bool, typer.Option("--history", help="加上何时由谁发布")] = False,
) -> None:
    """列出清单的各版。"""
    wiring: _Wiring = context.obj
    with wiring.store() as store:
        in_force = store.numbers_in_force()
        records, publications = store.editions(), store.publications()
    if as_json:
        told = [record.model_dump(mode="json") | {"in_force": record.number in in_force} for record in records]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    from bot.channels.tables import editions_table, publications_table

    console = Console(highlight=False)
    console.print(editions_table(records, in_force, {one.edition for one in publications if one.edition}))
    if history:
        console.print(publications_table(publications))


@app.command()
def diff(
    context: typer.Context,
    old: Annotated[int, typer.Argument(help="旧版的版号", metavar="旧版")],
    new: Annotated[int | None, typer.Argument(help="新版的版号（默认：现行的一版）", metavar="新版")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """比较清单的两版：谁来谁走、哪些事项和内容变了。"""
    from knowledge.difference import difference

    wiring: _Wiring = context.obj
    with wiring.store() as store:
        before = store.edition(old)
        after = store.in_force_of(before.division) if new is None else store.edition(new)
    if after is None:
        raise LianzhengError(f"“{before.division}”的清单已经停用，请写上要比较的新版的版号。")
    found = difference(before.register_, after.register_)
    if as_json:
        typer.echo(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=1))
        return
    from bot.channels.tables import changes_text, difference_text

    console = Console(highlight=False)
    console.print(f"第 {before.number} 版 → 第 {after.number} 版：{found.counts}。", style="bold", soft_wrap=True)
    console.print(difference_text(found, len(found.lines())), soft_wrap=True)
    console.print(changes_text(found), soft_wrap=True)


@app.command()
def rollback(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(help="版号（默认：上一版）", metavar="版号")] = None,
    yes: _Yes = False,
    by: _By = None,
    register: Annotated[str, typer.Option(help="哪张清单（默认：最近换过的那张）", metavar="单位")] = "",
) -> None:
    """退回清单的一个旧版。"""
    from bot.editions import roll_back

    with _desk(context, yes, by) as desk:
        if not roll_back(desk, number, division=register):
            raise typer.Exit(1)


@app.command()
def withdraw(
    context: typer.Context,
    register: Annotated[str, typer.Argument(help="单位名称", metavar="单位")],
    yes: _Yes = False,
    by: _By = None,
) -> None:
    """停用一个单位的清单（各版保留，可以再恢复）。"""
    from bot.editions import withdraw

    with _desk(context, yes, by) as desk:
        if not withdraw(desk, register):
            raise typer.Exit(1)


@contextmanager
def _desk(context: typer.Context, agreed: bool, by: str | None) -> "Iterator[Desk]":
    """Where a change of the registers is decided, from the terminal."""
    from bot.editions import Desk, default_name

    wiring: _Wiring = context.obj
    with wiring.store() as store:
        name = default_name() if by is None else by
        yield Desk(store, name, agreed, Console(highlight=False), Console(stderr=True))


@app.command()
def telegram(context: typer.Context) -> None:
    """在 Telegram 里回答问题，直到被停止。"""
    from bot.channels.telegram.app import run
    from bot.config import telegram_token
    from bot.logs import set_up

    wiring: _Wiring = context.obj
    settings = wiring.settings
    token = telegram_token(settings.telegram, os.environ)
    set_up([token, *settings.telegram.secrets])
    run(settings, token, wiring.path)


@app.command()
def doctor(context: typer.Context) -> None:
    """检查机器人要用到的一切，说明怎么办；只看不改。"""
    from bot.channels.telegram.doctor import examine

    wiring: _Wiring = context.obj
    code = 0
    for finding in examine(wiring.config, wiring.database, os.environ):
        typer.echo(str(finding))
        code = 1 if finding.is_bad else code
    raise typer.Exit(code)


@app.command()
def aliases(
    context: typer.Context,
    revoke: Annotated[str | None, typer.Option(help="撤销这个别名", metavar="别名")] = None,
) -> None:
    """显示管理员在对话里教的别名，写法同 aliases.toml。"""
    from bot.records.nicknames import Nicknames
    from bot.records.schema import migrations
    from knowledge.database import DatabaseFile

    wiring: _Wiring = context.obj
    file = DatabaseFile(wiring.path, migrations)
    try:
        nicknames = Nicknames(file)
        if revoke is None:
            typer.echo(nicknames.as_toml(), nl=False)
        elif nicknames.revoke(revoke):
            typer.echo(f"已撤销别名“{revoke}”。")
        else:
            raise LianzhengError(f"没有学过“{revoke}”这个别名；lianzheng aliases 列出学到的全部别名。")
    finally:
        file.close()


@app.command()
def evaluate(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="题目文件（JSON Lines）", metavar="文件…")],
    minimum: Annotated[float, typer.Option(help="答对的比例低于它就以 1 退出", min=0, max=1)] = 0.0,
    register: Annotated[Path | None, typer.Option(help="改用这份清单文件", metavar="文件")] = None,
) -> None:
    """用带答案的题目检验回答得对不对。"""
    from rich.progress import track

    from bot.assistant import Assistant
    from bot.channels.tables import verdicts_report
    from bot.evaluation import evaluate, load_cases, share_right
    from knowledge.lexicon import builtin_aliases
    from knowledge.reading import read_register

    wiring: _Wiring = context.obj
    cases = [case for file in files for case in load_cases(file)]
    assistant = wiring.assistant if register is None else Assistant(read_register(register), builtin_aliases())
    console = Console(highlight=False)
    errors = Console(stderr=True)
    verdicts = evaluate(assistant, track(cases, "提问", console=errors, transient=True))
    console.print(verdicts_report(verdicts))
    if share_right(verdicts) < minimum:
        raise LianzhengError(f"答对的比例 {share_right(verdicts):.1%} 低于要求的 {minimum:.1%}。")


def main() -> None:
    """Run the command line; an error is one sentence on standard error and an exit code, never a traceback."""
    _speak_utf_8()
    code, told = 1, ""
    try:
        code = app(standalone_mode=False) or 0
        sys.stdout.flush()  # while an error can still be told
    except LianzhengError as error:
        told = f"出错了：{error}"
    except (BrokenPipeError, typer.Abort):
        pass  # the reader or the person went away; nothing is left to say
    except OSError as error:
        told = f"出错了：读写失败（{error.strerror}），请检查磁盘空间和权限后重试。"
    except Exception as error:
        code, told = _misused(error) or (1, _last_resort(error))
    else:
        raise SystemExit(code)
    _silence_output()
    if told:
        typer.echo(told, err=True)
    raise SystemExit(code)


def _speak_utf_8() -> None:
    """Read and write UTF-8 whatever the locale: other programs rely on it, and any terminal gets the text whole.

    What is no text (half a character) is written as an escape, which JSON understands too.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _misused(error: Exception) -> tuple[int, str] | None:
    """Return exit code and sentence for a command line that typer refuses (its class for that is not public)."""
    if not hasattr(error, "format_message"):
        return None
    reason = " ".join(error.format_message().split()).rstrip(".")
    return getattr(error, "exit_code", 2), f"出错了：命令的写法不对（{reason}），用法见 lianzheng --help。"


def _last_resort(error: Exception) -> str:
    """Return the sentence for an error that nobody expected: no user ever sees a traceback.

    It names type and place of the error, not its message: that may quote a question or a path.
    """
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__}，{Path(last.filename).name}:{last.lineno}"
    return f"出错了：程序遇到没有预料到的问题（{place}），请把这一行转给维护人员。"


def _silence_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter's last flush can't fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
