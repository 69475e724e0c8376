"""``python -m bench.timed_bot TIMES …`` is ``lianzheng …`` with a stopwatch.

When it ends it writes to the file TIMES, as JSON: for each update answered by a message the milliseconds that the bot
itself spent on it until it called ``sendMessage``, disk included: its share of writing down what one poll brought, and
every step of its own from then on. What it waited for (its turn, other chats, the network) is left out.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Coroutine, Generator, Iterable
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

from telegram import Message, Update
from telegram.ext import ExtBot

from bot.channels.telegram.app import TelegramBot
from bot.channels.telegram.arrivals import Arrivals, InOrder
from bot.cli import main

_Result = TypeVar("_Result")


class _Watch:
    """The time spent on one update, in seconds; ``since``: a step of its own runs since then."""

    def __init__(self, spent: float):
        self.spent = spent
        self.since: float | None = None


_watch: ContextVar[_Watch | None] = ContextVar("watch", default=None)
_arriving: dict[int, float] = {}
_times: list[float] = []


class _Measured(Coroutine[Any, Any, _Result]):
    """A coroutine whose steps are counted for the update that they belong to."""

    def __init__(self, inner: Coroutine[Any, Any, _Result]):
        self._inner = inner

    def send(self, value: Any) -> Any:
        before = _watch.get()
        began = time.perf_counter()
        if before is not None:
            before.since = began
        try:
            return self._inner.send(value)
        finally:
            watch = _watch.get()
            if watch is not None:
                watch.spent += time.perf_counter() - (watch.since or began)
                watch.since = None

    def throw(self, *error: Any) -> Any:
        return self._inner.throw(*error)

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, _Result]:
        return self._inner.__await__()


def _task(
    loop: asyncio.AbstractEventLoop, inner: Coroutine[Any, Any, _Result] | Generator[Any, None, _Result], **named: Any
) -> "asyncio.Task[_Result]":
    measured = _Measured(inner) if isinstance(inner, Coroutine) else inner
    return asyncio.Task(measured, loop=loop, **named)


def _measure() -> None:
    """Put the stopwatch into the bot."""
    write_down, process, send, run = (
        Arrivals.write_down,
        InOrder.do_process_update,
        ExtBot.send_message,
        TelegramBot.run,
    )

    def timed_write_down(self: Arrivals, updates: Iterable[Update]) -> None:
        listed = list(updates)
        began = time.perf_counter()
        write_down(self, listed)
        share = (time.perf_counter() - began) / max(1, len(listed))
        _arriving.update({update.update_id: share for update in listed})

    async def timed_process(self: InOrder, update: object, coroutine: Awaitable[Any]) -> None:
        if isinstance(update, Update):
            watch = _Watch(_arriving.pop(update.update_id, 0.0))
            watch.since = time.perf_counter()
            _watch.set(watch)
        await process(self, update, coroutine)

    async def timed_send(self: ExtBot[None], *arguments: Any, **named: Any) -> Message:
        watch = _watch.get()
        if watch is not None and watch.since is not None:
            _times.append(1000 * (watch.spent + time.perf_counter() - watch.since))
        return await send(self, *arguments, **named)

    async def timed_run(self: TelegramBot) -> None:
        asyncio.get_running_loop().set_task_factory(_task)
        await run(self)

    for place, name, timed in (
        (Arrivals, "write_down", timed_write_down),
        (InOrder, "do_process_update", timed_process),
        (ExtBot, "send_message", timed_send),
        (TelegramBot, "run", timed_run),
    ):
        setattr(place, name, timed)


if __name__ == "__main__":
    file = Path(sys.argv.pop(1))
    _measure()
    try:
        main()
    finally:
        file.write_text(json.dumps(_times), "utf-8")
