"""The command line: wires settings, store, assistant and channels; says every error in one sentence."""

import io
import json
import os
import re
import sys
import traceback
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.config import Settings, load_settings
from knowledge.errors import LianzhengError

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

    @cached_property
    def edition(self):  # type: ignore[no-untyped-def]
        from knowledge.store import Store

        store = Store(self.path)
        try:
            return store.current()
        finally:
            store.close()

    @cached_property
    def assistant(self):  # type: ignore[no-untyped-def]
        from bot.assistant import Assistant
        from bot.understanding.memory import Conversations
        from knowledge.lexicon import builtin_aliases

        edition = self.edition
        conversations = Conversations(self.settings.conversation.memory_minutes)
        return Assistant(edition.register_, builtin_aliases(), edition.label, conversations)


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
    titles = [power.title for power in wiring.edition.register_.powers]
    console.chat(wiring.assistant, user_state_path("lianzheng", appauthor=False) / "history", titles)


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

        serve(wiring.assistant, sys.stdin.buffer, sys.stdout.buffer)
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
        typer.echo("\n" + "\n".join(answered.query.explanation))


@app.command("list")
def list_powers(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False
) -> None:
    """列出全部事项。"""
    wiring: _Wiring = context.obj
    register = wiring.edition.register_
    if as_json:
        typer.echo(json.dumps(register.contract(), ensure_ascii=False, indent=1))
        return
    from bot.channels.tables import powers_table

    Console(highlight=False).print(powers_table(register, wiring.edition.label))


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


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="权责清单文件", metavar="文件")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """读一份清单文件，只看不存。"""
    from bot.channels.tables import faults_text, powers_table
    from knowledge.reading import read_register

    register = read_register(file)
    if as_json:
        typer.echo(json.dumps(register.contract(), ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False)
    console.print(powers_table(register, file.name))
    console.print(faults_text(register), soft_wrap=True)


@app.command()
def check(context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    """列出清单原文里的毛病（原文照录，不改动）。"""
    wiring: _Wiring = context.obj
    register = wiring.edition.register_
    if as_json:
        typer.echo(json.dumps(register.contract()["faults"], ensure_ascii=False, indent=1))
        return
    from bot.channels.tables import faults_text

    Console(highlight=False).print(faults_text(register), soft_wrap=True)


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
