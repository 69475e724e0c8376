"""What goes wrong between the bot and Telegram is tried again; it harms neither order nor other chats."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.bot.telegram.conftest import RunningBot
from tests.botapi import BotApiServer, Chat, Fault, Message, User

SENDING, EDITING, FETCHING = "sendMessage", "editMessageText", "getUpdates"
FLOW = "/ask 二手车的流程"

NOT_ACCEPTED = [
    Fault.too_many_requests(1),
    Fault.server_error,
    Fault.bad_gateway,
    Fault.malformed,
    Fault.reset_before,
]
ACCEPTED = [Fault.malformed_after, Fault.reset_after]

_numbers = iter(range(-1099, -1050))


@pytest.fixture
def li(people: dict[str, User]) -> User:
    return people["li"]


@pytest.fixture
def chats(server: BotApiServer, li: User) -> Iterator[Chat]:
    """As many new groups as are wanted."""
    return (server.group(f"群{n}", li, chat_id=next(_numbers)) for n in count())


def settle(server: BotApiServer, chat: Chat, user: User) -> None:
    """Return when everything is said in ``chat`` that was to be said."""
    server.wait_for_reply(server.say(chat, user, "/help"))


def test_messages_that_fail_are_sent_again(server: BotApiServer, chats: Iterator[Chat], li: User) -> None:
    asked: dict[Message, Fault] = {}
    for fault in (*NOT_ACCEPTED, *ACCEPTED):
        chat = next(chats)
        server.fail(SENDING, with_=fault, chat=chat)
        asked[server.say(chat, li, FLOW)] = fault
    for question, fault in asked.items():
        settle(server, question.chat, li)
        # what was accepted although the answer said otherwise stands there twice: nobody can know
        assert len(server.replies(question)) == (2 if fault.accepted else 1)
    assert server.refused() == []


def test_edits_that_fail_are_made_again(server: BotApiServer, chats: Iterator[Chat], li: User) -> None:
    answers = [server.wait_for_reply(server.say(next(chats), li, FLOW)) for _ in (*NOT_ACCEPTED, *ACCEPTED)]
    for answer, fault in zip(answers, (*NOT_ACCEPTED, *ACCEPTED), strict=True):
        server.fail(EDITING, with_=fault, chat=answer.chat)
        press = server.press(li, answer, "岗位")
        server.wait_for_answer(press)
    for answer in answers:
        settle(server, answer.chat, li)
        assert answer.text.startswith("二手车出口备案初审：赵思聪")
        assert len(server.sent(answer.chat)) == 2


@pytest.mark.parametrize(
    "fault",
    [Fault.too_many_requests(1), Fault.bad_gateway, Fault.malformed, Fault.reset_after],
    ids=lambda fault: fault.kind,
)
def test_updates_that_could_not_be_fetched_are_fetched_again(
    server: BotApiServer, chats: Iterator[Chat], li: User, fault: Fault
) -> None:
    chat = next(chats)
    settle(server, chat, li)
    server.wait_for(lambda: server.waiting_updates() == 0)
    server.fail(FETCHING, with_=fault)  # the next poll; the one that waits brings the first question
    asked = [server.say(chat, li, FLOW), server.say(chat, li, "/ask 谁负责二手车出口")]
    for question in asked:
        server.wait_for_reply(question)
    settle(server, chat, li)
    assert [len(server.replies(question)) for question in asked] == [1, 1]


def test_the_trouble_of_one_chat_is_its_own_and_its_order_is_kept(
    server: BotApiServer, chats: Iterator[Chat], li: User
) -> None:
    troubled, quick = next(chats), next(chats)
    server.fail(SENDING, with_=Fault.too_many_requests(2), chat=troubled)
    waiting = [server.say(troubled, li, f"/power {number}") for number in range(1, 13)]
    server.wait_for(lambda: any(call.chat_id == troubled.id for call in server.calls(SENDING)))
    answered = [server.say(quick, li, f"/power {number}") for number in range(1, 13)]
    for question in answered:
        server.wait_for_reply(question)
    assert server.sent(troubled) == []
    server.wait_for_reply(waiting[-1])
    refused, accepted = [call for call in server.calls(SENDING) if call.chat_id == troubled.id][:2]
    assert accepted.at - refused.at >= 2  # as Telegram asked
    assert [message.reply_to for message in server.sent(troubled)] == waiting
    assert [message.reply_to for message in server.sent(quick)] == answered


def test_who_blocked_the_bot_holds_up_nobody(
    server: BotApiServer, chats: Iterator[Chat], people: dict[str, User]
) -> None:
    han, li = people["han"], people["li"]
    private, group = server.private(han, started=True), next(chats)
    server.fail(SENDING, with_=Fault.server_error, chat=private)
    lost = server.say(private, han, "二手车的流程")
    server.wait_for(lambda: any(call.chat_id == private.id for call in server.calls(SENDING)))
    server.change_bot(private, han, "kicked")
    settle(server, group, li)
    server.wait_for(lambda: any(call.chat_id == private.id and call.status == 403 for call in server.calls(SENDING)))
    again = server.say(private, han, "二手车的流程")  # which unblocks it
    server.wait_for_reply(again)
    assert server.replies(lost) == []
    assert [message.reply_to for message in server.sent(private)] == [again]


def test_an_answer_whose_topic_was_deleted_goes_to_the_group(server: BotApiServer, people: dict[str, User]) -> None:
    li = people["li"]
    forum = server.group("论坛", li, chat_id=next(_numbers), kind="forum")
    topic = server.topic(forum, "二手车", li)
    server.fail(SENDING, with_=Fault.server_error, chat=forum)
    question = server.say(forum, li, FLOW, topic=topic)
    server.wait_for(lambda: any(call.chat_id == forum.id for call in server.calls(SENDING)))
    server.delete_topic(forum, topic)
    answer = server.wait_for(forum)
    assert answer.text.startswith("二手车出口备案初审的流程")
    assert answer.topic is None
    assert question.deleted


def test_a_server_that_is_away_is_waited_for(server: BotApiServer, chats: Iterator[Chat], li: User) -> None:
    chat = next(chats)
    settle(server, chat, li)
    server.stop()
    question = server.say(chat, li, FLOW)
    server.start()
    server.wait_for_reply(question)
    settle(server, chat, li)
    assert len(server.replies(question)) == 1


def test_none_of_all_this_gives_away_the_token(server: BotApiServer, bot: RunningBot) -> None:
    told = bot.log.read_text("utf-8")
    assert "could not be fetched" in told
    assert server.token not in told
    assert server.token.partition(":")[2] not in told
    assert [line for line in bot.said if line["level"] == "error"] == []
