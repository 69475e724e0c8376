"""The bot as a process against the Bot API server of the tests: a burst of questions, and bursts cut off by a kill."""

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.measure import percentile
from tests.bot.telegram.conftest import GROUPS, RunningBot
from tests.botapi import BotApiServer, Chat, Message
from tests.conftest import ROOT, Cli

Verdict = tuple[bool, str]

_QUESTIONS, _CHATS = 500, 50
_RUNS, _QUESTIONS_A_RUN, _CHATS_A_RUN = 20, 200, 20
_POWERS = 17
# What must hold: milliseconds of the bot's own, and how many answers too many one kill may leave.
_P50, _P99, _DUPLICATES = 5.0, 50.0, 1
_PATIENCE_S = 120.0
# The process is killed at most so long after a message whose number is drawn.
_LATER_S = 0.03
_FACETS = ("的流程", "谁负责", "有什么风险", "的防控措施")


@contextmanager
def _office() -> Iterator[tuple[BotApiServer, RunningBot]]:
    with tempfile.TemporaryDirectory() as name, BotApiServer() as server:
        folder = Path(name)
        cli = Cli(folder, folder / "cache")
        cli.environment["PYTHONPATH"] = str(ROOT)
        bot = RunningBot(cli, server, folder)
        yield server, bot
        if bot.is_running:
            bot.kill()


def _ask(server: BotApiServer, questions: int, chats: int) -> list[Message]:
    """Let a colleague in each of ``chats`` groups ask in turn, all at once."""
    user = server.user(1002, "同事")
    groups = [server.group(f"群{number}", user, chat_id=number) for number in GROUPS[:chats]]
    texts = [f"/ask 第{n % _POWERS + 1}项{_FACETS[n % len(_FACETS)]}" for n in range(questions)]
    return [server.say(groups[n % chats], user, text) for n, text in enumerate(texts)]


def _settled(server: BotApiServer, asked: list[Message]) -> dict[Message, int]:
    """Return how often each question was answered when nothing more is to come."""
    chats = {question.chat: question.sender for question in asked}
    for last in [server.say(chat, user, "/help") for chat, user in chats.items()]:
        server.wait_for_reply(last, _PATIENCE_S)
    return {question: len(server.replies(question)) for question in asked}


def _in_order(server: BotApiServer, asked: list[Message]) -> bool:
    """Whether the first answers in each chat stand in the order of its questions."""
    by_chat: dict[Chat, list[int]] = {}
    for question in asked:
        replies = server.replies(question)
        by_chat.setdefault(question.chat, []).extend(reply.id for reply in replies[:1])
    return all(numbers == sorted(numbers) for numbers in by_chat.values())


def burst() -> Iterator[Verdict]:
    """Ask 500 questions from 50 chats at once; say what came of it and how long it took."""
    with _office() as (server, bot):
        times = bot.database.with_name("times.json")
        bot.program = [sys.executable, "-m", "bench.timed_bot", times]
        bot.start()
        server.wait_for(lambda: server.calls("getUpdates"), _PATIENCE_S)
        began = time.perf_counter()
        asked = _ask(server, _QUESTIONS, _CHATS)
        answered = _settled(server, asked)
        took = time.perf_counter() - began
        right = set(answered.values()) == {1} and _in_order(server, asked)
        yield (
            right,
            f"{_QUESTIONS} questions from {_CHATS} chats at once: each answered once, in order, in {took:.1f} s",
        )
        waited = _from_hand_to_call(server, asked)
        bot.stop()
        own = json.loads(times.read_text("utf-8"))
    p50, p99 = percentile(own, 0.5), percentile(own, 0.99)
    yield (
        len(own) >= len(asked) and p50 <= _P50 and p99 <= _P99,
        f"the bot's own time from the update to the call of sendMessage, disk included: p50 {p50:.1f} ms, "
        f"p99 {p99:.1f} ms (at most {_P50:.0f} and {_P99:.0f})",
    )
    yield (
        True,
        "  with waiting for its turn among the others, from the server's handing out to the call's arrival: "
        f"p50 {percentile(waited, 0.5):.0f} ms, p99 {percentile(waited, 0.99):.0f} ms",
    )


def _from_hand_to_call(server: BotApiServer, asked: list[Message]) -> list[float]:
    arrived: dict[tuple[int | None, int], float] = {}
    for call in server.calls("sendMessage"):
        if call.params.text("reply_parameters"):
            reply = call.params.structure("reply_parameters")
            assert isinstance(reply, dict)
            arrived.setdefault((call.chat_id, int(reply["message_id"])), call.at)
    return [1000 * (arrived[q.chat.id, q.id] - q.updates[0].handed_out_at[0]) for q in asked]


def _has_been_called(server: BotApiServer, times: int) -> bool:
    return len(server.calls("sendMessage")) >= times


def killed(tell: Callable[[str], object]) -> Iterator[Verdict]:
    """Kill the bot in the midst of 200 questions, start it again, count; 20 times."""
    chance = random.Random(1)
    lost_in_all, most, disordered = 0, 0, 0
    for run in range(1, _RUNS + 1):
        with _office() as (server, bot):
            bot.start()
            asked = _ask(server, _QUESTIONS_A_RUN, _CHATS_A_RUN)
            moment = chance.randrange(1, _QUESTIONS_A_RUN)
            server.wait_for(partial(_has_been_called, server, moment), _PATIENCE_S)
            time.sleep(chance.uniform(0, _LATER_S))
            bot.kill()
            before = sum(bool(server.replies(question)) for question in asked)
            bot.start()
            answered = _settled(server, asked)
            lost = sum(not count for count in answered.values())
            twice = sum(answered.values()) - len(asked) + lost
            disordered += not _in_order(server, asked)
            tell(f"  kill -9 no. {run}, {before} of {len(asked)} answered before: lost {lost}, answered twice {twice}")
            lost_in_all, most = lost_in_all + lost, max(most, twice)
    yield (
        not lost_in_all and most <= _DUPLICATES and not disordered,
        f"{_RUNS} runs of {_QUESTIONS_A_RUN} questions with a kill -9: lost {lost_in_all}, "
        f"at most {most} answered twice in a run, out of order in {disordered}",
    )
