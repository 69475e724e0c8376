"""The courier: what only shows with a connection that hangs, or a group that moves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot, Message
from telegram.error import ChatMigrated
from telegram.request import HTTPXRequest

from bot.channels.telegram.courier import Courier
from bot.channels.telegram.messages import Outgoing
from bot.records.journal import Journal
from bot.records.patience import Patience
from bot.records.schema import migrations
from knowledge.database import DatabaseFile
from tests.botapi import BotApiServer, Chat, Fault
from tests.botapi.fixtures import server

__all__ = ["server"]

# Long enough for a machine that is busy, short beside the seconds that a test may take.
ANSWER_S = 0.6


class Office:
    """A courier with its journal, over a connection that is given up after ``ANSWER_S``."""

    def __init__(self, bot: Bot, database: Path):
        self.bot = bot
        self.journal = Journal(DatabaseFile(database, migrations))
        self.courier = Courier(bot, self.journal, Patience(), per_second=1000)
        self._update = 0

    async def deliver(self, *messages: Outgoing) -> None:
        self._update += 1
        number = self._update
        self.courier.write_down(number, messages)
        await self.courier.deliver(number, messages[0].chat)
        await self.courier.delivered(number)
        assert self.journal.departures(number) == []


@asynccontextmanager
async def office_of(server: BotApiServer, database: Path, kind: type[Bot] = Bot) -> AsyncIterator[Office]:
    request = HTTPXRequest(connection_pool_size=16, read_timeout=ANSWER_S)
    async with kind(server.token, base_url=server.base_url, request=request) as bot:
        yield Office(bot, database)


def drive(
    server: BotApiServer, folder: Path, script: Callable[[Office], Coroutine[Any, Any, None]], kind: type[Bot] = Bot
) -> None:
    async def run() -> None:
        async with office_of(server, folder / "lianzheng.db", kind) as office:
            await script(office)

    asyncio.run(run())


@pytest.fixture
def chats(server: BotApiServer) -> list[Chat]:
    return [server.private(server.user(number, "同事"), started=True) for number in range(1001, 1005)]


@pytest.mark.parametrize(("fault", "copies"), [(Fault.silence, 1), (Fault.silence_after, 2)])
def test_a_message_without_an_answer_is_sent_again_and_holds_up_no_other_chat(
    server: BotApiServer, chats: list[Chat], tmp_path: Path, fault: Fault, copies: int
) -> None:
    hanging, *others = chats
    server.fail("sendMessage", with_=fault, chat=hanging)

    async def script(office: Office) -> None:
        async with asyncio.TaskGroup() as group:
            first = group.create_task(office.deliver(*(Outgoing(chat=hanging.id, html=text) for text in ("1", "2"))))
            for chat in others:
                group.create_task(office.deliver(Outgoing(chat=chat.id, html="x")))
            await asyncio.to_thread(server.wait_for, lambda: all(server.sent(chat) for chat in others))
            assert not first.done()

    drive(server, tmp_path, script)
    assert [message.text for message in server.sent(hanging)] == ["1"] * copies + ["2"]
    assert [len(server.sent(chat)) for chat in others] == [1, 1, 1]


def test_an_edit_without_an_answer_is_made_again(server: BotApiServer, chats: list[Chat], tmp_path: Path) -> None:
    chat = chats[0]

    async def script(office: Office) -> None:
        await office.deliver(Outgoing(chat=chat.id, html="before", question=7))
        (message,) = office.journal.answers_to(chat.id, 7)
        server.fail("editMessageText", with_=Fault.silence_after)
        await office.deliver(Outgoing(chat=chat.id, html="after", edits=message))

    drive(server, tmp_path, script)
    assert [message.text for message in server.sent(chat)] == ["after"]


def test_an_update_is_done_in_its_own_chat_before_it_is_in_another_in_trouble(
    server: BotApiServer, chats: list[Chat], tmp_path: Path
) -> None:
    own, other, *_ = chats
    server.fail("sendMessage", with_=Fault.too_many_requests(600), chat=other)

    async def script(office: Office) -> None:
        office.journal.receive([(1, "{}")])
        office.courier.write_down(1, [Outgoing(chat=other.id, html="to the admin"), Outgoing(chat=own.id, html="x")])
        await office.courier.deliver(1, own.id)
        assert [message.text for message in server.sent(own)] == ["x"]
        office.journal.finish(1)
        assert office.journal.queue_length() == 1
        # told to stop, it leaves to the next run what waits for Telegram, and what comes after it there
        await asyncio.to_thread(server.wait_for, lambda: server.calls("sendMessage"))
        office.courier.put_off()
        await office.courier.delivered(1)
        office.courier.write_down(2, [Outgoing(chat=other.id, html="later")])
        await office.courier.deliver(2, other.id)
        assert len(office.journal.departures(1)) == len(office.journal.departures(2)) == 1
        office.journal.finish(1)
        assert office.journal.queue_length() == 1

    drive(server, tmp_path, script)
    assert server.sent(other) == []


OLD, NEW = -4, 1001


class BotOfAMovedGroup(Bot):
    """Telegram's answer where a group has become a supergroup, which the server of the tests does not know."""

    async def send_message(self, chat_id: int | str, *arguments: Any, **named: Any) -> Message:
        if chat_id == OLD:
            raise ChatMigrated(NEW)
        return await super().send_message(chat_id, *arguments, **named)


def test_a_message_follows_a_group_that_moved(server: BotApiServer, chats: list[Chat], tmp_path: Path) -> None:
    async def script(office: Office) -> None:
        await office.deliver(Outgoing(chat=OLD, html="1"), Outgoing(chat=OLD, html="2"))

    drive(server, tmp_path, script, BotOfAMovedGroup)
    assert [message.text for message in server.sent(chats[0])] == ["1", "2"]


def test_what_is_no_message_is_given_up_rather_than_waited_for(
    server: BotApiServer, chats: list[Chat], tmp_path: Path
) -> None:
    server.fail("getMyCommands", with_=Fault.too_many_requests(600), times=None)

    async def script(office: Office) -> None:
        assert await office.courier.call(office.bot.get_my_commands) is None
        server.heal()
        server.fail("getMyCommands", with_=Fault.malformed)
        assert await office.courier.call(office.bot.get_my_commands) == ()

    drive(server, tmp_path, script)
