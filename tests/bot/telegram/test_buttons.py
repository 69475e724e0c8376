"""Buttons under answers: the next facet in place, an option chosen, and whatever an altered client may send."""

import base64
import hashlib
import hmac
import sqlite3

import pytest

from tests.bot.telegram.conftest import RunningBot
from tests.botapi import BotApiServer, Chat, Message, Press, User

People = dict[str, User]
_OLD = "这个按钮已经失效，请重新提问。"


def _press(server: BotApiServer, user: User, message: Message, label: str) -> Press:
    """Press a button that edits the message, and wait until it is edited and the press answered."""
    before = len(message.earlier)
    press = server.press(user, message, label)
    server.wait_for_answer(press)
    server.wait_for(lambda: len(message.earlier) > before)
    return press


def _signed(bot: RunningBot, payload: str) -> str:
    """Data that this bot itself may have put on a button, of another version or edition, say."""
    with sqlite3.connect(bot.database) as db:
        ((key,),) = db.execute("select value from secrets where name = 'buttons'")
    digest = hmac.digest(bytes.fromhex(key), payload.encode(), hashlib.sha256)
    return f"{payload}:{base64.urlsafe_b64encode(digest).decode()[:8]}"


@pytest.fixture
def answer(server: BotApiServer, group: Chat, people: People) -> Message:
    return server.wait_for_reply(server.say(group, people["li"], "/flow 二手车"))


def test_facets_are_shown_in_place_one_after_the_other(
    server: BotApiServer, group: Chat, people: People, answer: Message
) -> None:
    steps = [
        ("岗位", "二手车出口备案初审：赵思聪（外贸运行处经办人）", ["流程", "风险", "防控", "👎"]),
        ("风险", "二手车出口备案初审的廉政风险点，共 4 条：", ["流程", "岗位", "防控", "👎"]),
        ("防控", "二手车出口备案初审的防控措施，共 3 条：", ["流程", "岗位", "风险", "👎"]),
        ("流程", "二手车出口备案初审的流程，共 3 步：", ["岗位", "风险", "防控", "👎"]),
    ]
    for label, first, labels in steps:
        press = _press(server, people["han"], answer, label)
        assert answer.text.splitlines()[0] == first
        assert answer.labels == [labels]
        assert press.answer
        assert press.answer.text == ""
    assert server.sent(group) == [answer]
    assert server.refused() == []


def test_an_overview_leads_to_each_facet_and_who_answers_not_to_itself(
    server: BotApiServer, group: Chat, people: People
) -> None:
    overview = server.wait_for_reply(server.say(group, people["li"], "/power 二手车"))
    assert overview.labels == [["流程", "岗位", "风险", "防控", "👎"]]
    who = server.wait_for_reply(server.say(group, people["li"], "/who 二手车"))
    assert who.labels == [["流程", "风险", "防控", "👎"]]


def test_an_option_keeps_the_facet_that_was_asked(server: BotApiServer, group: Chat, people: People) -> None:
    choice = server.wait_for_reply(server.say(group, people["li"], "/ask 许可证的风险"))
    labels = [label for (label,) in choice.labels]
    assert [label.partition(". ")[0] for label in labels] == [str(n) for n in range(1, len(labels) + 1)]
    assert len(labels) > 2
    _press(server, people["li"], choice, labels[1])
    assert choice.text.splitlines()[0] == "机电产品货物自动进口许可申请并实施自动进口许可的廉政风险点，共 4 条："
    # what was chosen is what is talked about
    after = server.wait_for_reply(server.say(group, people["li"], "/who"))
    assert after.text.startswith("机电产品货物自动进口许可申请并实施自动进口许可：路海轩")


def test_options_that_a_phone_would_cut_stand_in_the_text(server: BotApiServer, group: Chat, people: People) -> None:
    choice = server.wait_for_reply(server.say(group, people["li"], "/ask 配额"))
    for (label,) in choice.labels:
        assert label in choice.text.splitlines()


def test_a_dislike_is_noted(server: BotApiServer, group: Chat, people: People, answer: Message) -> None:
    press = server.press(people["li"], answer, "👎")
    server.wait_for_answer(press)
    assert press.answer
    assert press.answer.text == "已记下，谢谢您的反馈。"
    assert server.sent(group) == [answer]


@pytest.mark.parametrize(
    "data",
    ["", "x", ":", ":::::::", "1:s:1:9:0", "1:s:1:9:0:AAAAAAAA", "0", "s", "😀:::", "\x00", "1:s:1:9:0:", "a" * 64],
)
def test_forged_data_gets_a_polite_toast(data: str, server: BotApiServer, people: People, answer: Message) -> None:
    press = server.forge_callback(people["han"], answer, data)
    server.wait_for_answer(press)
    assert press.answer
    assert press.answer.text == _OLD
    assert answer.earlier == []


@pytest.mark.parametrize(
    ("payload", "toast"),
    [
        ("0:s:1:9:0", _OLD),  # of an older version
        ("9:q:whatever", _OLD),  # of a newer one, with an action that is not known here
        ("1:s:999:9:0", "清单已经更新，请重新提问。"),  # of another edition
        ("1:h:999999", "这个按钮已经失效，请重新提问。"),
        ("1:d:999999", "这个按钮已经失效，请重新提问。"),
        ("1:t:1", _OLD),  # an admin's button, pressed by somebody else
        ("1:g:-1234", _OLD),
    ],
)
def test_data_of_another_time_gets_a_polite_toast(
    payload: str, toast: str, bot: RunningBot, server: BotApiServer, people: People, answer: Message
) -> None:
    press = server.forge_callback(people["han"], answer, _signed(bot, payload))
    server.wait_for_answer(press)
    assert press.answer
    assert press.answer.text == toast
    assert answer.earlier == []


def test_data_of_another_buttons_place_is_verified_as_a_whole(
    server: BotApiServer, people: People, answer: Message
) -> None:
    data = answer.button("岗位").data
    assert data
    version, act, edition, position, facets, tag = data.split(":")
    forged = ":".join([version, act, edition, str(int(position) + 1), facets, tag])
    press = server.forge_callback(people["han"], answer, forged)
    server.wait_for_answer(press)
    assert press.answer
    assert press.answer.text == _OLD


def test_a_double_tap_is_answered_twice_and_edits_once(
    server: BotApiServer, group: Chat, people: People, answer: Message
) -> None:
    data = answer.button("岗位").data
    assert data
    presses = [server.press(people["li"], answer, "岗位"), server.forge_callback(people["han"], answer, data)]
    for press in presses:
        server.wait_for_answer(press)
    last = server.wait_for_reply(server.say(group, people["li"], "/ask 进口贴息的流程"))
    assert server.sent(group) == [answer, last]
    assert answer.text.startswith("二手车出口备案初审：赵思聪")
    assert server.unanswered() == []
    assert {call.description.partition(":")[2].strip()[:23] for call in server.refused()} <= {"message is not modified"}
