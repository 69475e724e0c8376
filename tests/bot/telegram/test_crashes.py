"""The process is killed, in the midst of anything: no question is lost, none is answered twice."""

import random
from collections import Counter

import pytest

from tests.bot.telegram.conftest import GROUPS, STRANGER, NewBot
from tests.botapi import BotApiServer, Chat, Fault, Message, User
from tests.botapi.fixtures import server

__all__ = ["server"]

SENDING = "sendMessage"
SORRY = "抱歉，我刚才停机了，这个问题没能及时回答；如果还需要，请再问一遍。"
FLOW = "/ask 二手车的流程"


def people(server: BotApiServer, count: int) -> list[User]:
    return [server.user(number, f"同事{number}") for number in range(1002, 1002 + count)]


def group(server: BotApiServer, *members: User, number: int = GROUPS[0]) -> Chat:
    return server.group(f"群{number}", *members, chat_id=number)


def answers(server: BotApiServer, questions: list[Message]) -> Counter[Message]:
    """How often each question is answered, once everything that was to be said in their chats is said."""
    chats = {question.chat: question.sender for question in questions}
    last = [server.say(chat, user, "/ask 都有哪些事项") for chat, user in chats.items()]
    for question in last:
        server.wait_for_reply(question)
    return Counter({question: len(server.replies(question)) for question in questions})


def assert_in_order(server: BotApiServer, questions: list[Message]) -> None:
    for chat in {question.chat for question in questions}:
        first = [server.replies(question)[0].id for question in questions if question.chat is chat]
        assert first == sorted(first)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_burst_survives_a_kill_at_any_moment(server: BotApiServer, new_bot: NewBot, seed: int) -> None:
    users = people(server, 5)
    groups = [group(server, *users, number=number) for number in GROUPS[:3]]
    chats = [*groups, *(server.private(user, started=True) for user in users)]
    bot = new_bot().start()
    asked = []
    for number in range(40):
        chat = chats[number % len(chats)]
        user = users[number % len(users)] if chat in groups else users[chats.index(chat) - len(groups)]
        asked.append(server.say(chat, user, f"/power {number % 17 + 1}"))
    moment = random.Random(seed).randrange(1, 39)
    server.wait_for(lambda: len(server.calls(SENDING)) >= moment)
    bot.kill()
    bot.start()
    counted = answers(server, asked)
    assert min(counted.values()) == 1
    assert counted.total() <= len(asked) + 1
    assert_in_order(server, asked)
    assert server.refused() == []


def test_what_telegram_was_told_is_received_is_answered_after_a_kill(server: BotApiServer, new_bot: NewBot) -> None:
    li, han = people(server, 2)
    chat = group(server, li)
    server.fail(SENDING, with_=Fault.silence, times=None)
    bot = new_bot().start()
    asked = [server.say(chat, li, FLOW) for _ in range(3)]
    old = server.say(server.private(han), han, FLOW, age=40 * 60)
    server.wait_for(lambda: not server.waiting_updates() and len(server.calls(SENDING)) >= 2)
    bot.kill()
    server.heal()
    new_bot(telegram={"stale_minutes": 30}).start()
    assert set(answers(server, [*asked, old]).values()) == {1}
    assert_in_order(server, asked)
    # its answer was written down already, but is too old by now
    assert server.replies(old)[0].text == SORRY


def test_only_what_was_accepted_in_the_instant_of_the_kill_is_said_twice(server: BotApiServer, new_bot: NewBot) -> None:
    users = people(server, 4)
    chats = [server.private(user, started=True) for user in users]
    bot = new_bot().start()
    server.fail(SENDING, with_=Fault.silence_after)
    asked = [server.say(chat, user, FLOW) for chat, user in zip(chats, users, strict=True)]
    accepted = server.wait_for(lambda: next((q for q in asked if server.replies(q)), None))
    bot.kill()
    bot.start()
    counted = answers(server, asked)
    assert counted.pop(accepted) == 2
    assert set(counted.values()) == {1}


def test_a_restart_repeats_nothing_and_interrupts_no_talk(server: BotApiServer, new_bot: NewBot) -> None:
    li, han = people(server, 2)
    chat = group(server, li, han)
    bot = new_bot().start()
    server.wait_for_reply(server.say(chat, han, "/ask 进口贴息的流程"))
    server.wait_for(lambda: server.waiting_updates() == 0)
    server.fail("getUpdates", with_=Fault.server_error, times=None)  # the poll that waits is not touched
    question = server.say(chat, li, FLOW)
    server.wait_for_reply(question)
    assert bot.stop() == 0
    server.heal()
    follow_up = server.say(chat, li, "/ask 那风险呢")
    bot.start()
    assert "二手车" in server.wait_for_reply(follow_up).text.splitlines()[0]
    assert answers(server, [question, follow_up]) == {question: 1, follow_up: 1}
    assert len(question.updates[0].handed_out_at) == 2


def test_after_a_long_standstill_old_questions_get_an_apology(server: BotApiServer, new_bot: NewBot) -> None:
    (li,) = people(server, 1)
    chat, private = group(server, li), server.private(li, started=True)
    stranger = server.user(STRANGER, "路人")
    old = server.say(chat, li, FLOW, age=61 * 60)
    strange = server.say(server.private(stranger), stranger, "二手车的流程", age=61 * 60)
    fresh = server.say(private, li, "二手车的流程", age=59 * 60)
    new_bot().start()
    assert server.wait_for_reply(old).text == SORRY
    assert server.wait_for_reply(fresh).text.startswith("二手车出口备案初审的流程")
    assert str(STRANGER) in server.wait_for_reply(strange).text
    assert set(answers(server, [old, fresh]).values()) == {1}
