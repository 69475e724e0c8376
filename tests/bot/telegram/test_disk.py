"""A disk that takes nothing more while the bot runs: it says so once, loses nothing and goes on when it can.

The size of the process's files is limited from outside, so that the kernel refuses what SQLite writes.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bot.telegram.conftest import NewBot, RunningBot
from tests.botapi import BotApiServer, Chat, Fault, User
from tests.botapi.fixtures import server

__all__ = ["server"]

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits are set from outside on Linux only")

FLOW, WHO = "/ask 二手车的流程", "/ask 谁负责二手车出口"


@contextmanager
def full_disk(bot: RunningBot) -> Iterator[None]:
    """Let the database of a running bot grow no more."""
    journal = Path(f"{bot.database}-wal")
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (journal.stat().st_size, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def complaints(bot: RunningBot) -> list[str]:
    return [line["message"] for line in bot.said if line["level"] == "error"]


@pytest.fixture
def li(server: BotApiServer) -> User:
    return server.user(1002, "李雷")


@pytest.fixture
def chats(server: BotApiServer, li: User) -> list[Chat]:
    return [server.group("一处", li, chat_id=-1001), server.group("二处", li, chat_id=-1002)]


def test_nothing_is_lost_or_said_twice_where_the_disk_is_full(
    server: BotApiServer, new_bot: NewBot, li: User, chats: list[Chat]
) -> None:
    one, two = chats
    bot = new_bot().start()
    server.wait_for_reply(server.say(one, li, FLOW))
    server.wait_for(lambda: server.waiting_updates() == 0)

    # while an answer is on its way: it is accepted, but can't be crossed out
    server.fail("sendMessage", with_=Fault.delay(0.3), chat=one)
    sent_before = len(server.calls("sendMessage"))
    under_way = server.say(one, li, FLOW)
    server.wait_for(lambda: len(server.calls("sendMessage")) > sent_before)
    with full_disk(bot):
        server.wait_for_reply(under_way)
        # while questions come: they are not acknowledged, so that Telegram keeps them
        arriving = [server.say(chat, li, text) for text in (WHO, FLOW) for chat in (one, two)]
        server.wait_for(lambda: complaints(bot))
        server.wait_for(lambda: all(len(question.updates[0].handed_out_at) > 1 for question in arriving))
        assert not any(question.updates[0].acknowledged for question in arriving)
        assert not any(server.replies(question) for question in arriving)
    for question in arriving:
        server.wait_for_reply(question)
    last = [server.say(chat, li, "/help") for chat in chats]
    for question in last:
        server.wait_for_reply(question)

    assert [len(server.replies(question)) for question in (under_way, *arriving)] == [1] * 5
    assert [m.reply_to for m in server.sent(one)][1:] == [under_way, arriving[0], arriving[2], last[0]]
    assert [m.reply_to for m in server.sent(two)] == [arriving[1], arriving[3], last[1]]
    (complaint,) = complaints(bot)
    assert str(bot.database) in complaint
    assert "请检查磁盘空间和权限" in complaint
    assert "the database can be used again" in [line["message"] for line in bot.said]
