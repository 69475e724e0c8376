"""The console: a chat with history and completion, or piped lines."""

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.assistant import Answers
from bot.messages import Question, Reply

_GREETING = "廉政清单助手：直接提问，比如“{name}的流程”“谁负责{name}”。输入 q 退出。"
_FAREWELL = "再见。"
_LEAVE = {"q", "quit", "exit", "退出"}


def show(reply: Reply, console: Console) -> None:
    """Print a reply for a person: the answer first, its source last and dim."""
    text = Text(reply.first, style="bold")
    gap = "\n"
    for block in reply.blocks:
        text.append("\n" + gap if block.heading or len(block.lines) > 1 else "\n", style="not bold")
        if block.heading:
            text.append(block.heading + "\n", style="not bold cyan")
        for index, line in enumerate(block.lines):
            marked = index in block.marked
            number = f"{index + 1}. " if block.numbered else ""
            end = "\n" if index < len(block.lines) - 1 else ""
            text.append(
                f"{'▶ ' if marked else ''}{number}{line}{end}",
                style="not bold green" if marked else "not bold",
            )
    for place, option in enumerate(reply.options, start=1):
        text.append(f"\n{place}. {option.label}", style="not bold")
    if reply.source:
        text.append(f"\n—— {reply.source}", style="not bold dim")
    console.print(text, soft_wrap=True)


def chat(assistant: Answers, history: Path, words: Sequence[str]) -> None:
    """Answer until the person leaves (q, Ctrl-C, Ctrl-D) or the piped input ends.

    ``words`` are the titles of the powers, for completion; ``history`` is the file of what was typed before.
    """
    console = Console(highlight=False)
    interactive = sys.stdin.isatty()
    lines = _typed(history, words) if interactive else _piped()
    if interactive:
        console.print(_GREETING.format(name=words[-1]), style="dim")
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C between two questions leaves as politely as at the prompt
        for line in lines:
            if line.strip().lower() in _LEAVE:
                break
            if line.strip():
                reply = assistant.answer(Question(text=line, chat="console", user="console")).reply
                show(reply, console)
                console.print()
    if interactive:
        console.print(_FAREWELL, style="dim")


def _piped() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", errors="replace")


def _typed(history: Path, words: Iterable[str]) -> Iterator[str]:
    from prompt_toolkit import PromptSession  # 0.1 s that piped input does not pay
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    kept: FileHistory | InMemoryHistory
    try:
        history.parent.mkdir(parents=True, exist_ok=True)
        history.touch(mode=0o600)
        kept = FileHistory(str(history))
    except OSError:
        kept = InMemoryHistory()
    completer = WordCompleter(list(words), sentence=True, match_middle=True)
    session: PromptSession[str] = PromptSession(history=kept, completer=completer, complete_while_typing=True)
    while True:
        try:
            yield session.prompt("问：")
        except (EOFError, KeyboardInterrupt):
            return
