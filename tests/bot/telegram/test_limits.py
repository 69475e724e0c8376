"""A bot with small limits: one notice, others are not held up; and what admins taught outlives the process."""

from collections.abc import Iterator

import pytest

from tests.bot.telegram.asking import ask, forge, press_and_read
from tests.bot.telegram.conftest import RunningBot
from tests.botapi import BotApiServer, Chat, Message, User
from tests.conftest import Cli

NOTICE = "您问得太快了，请过一分钟再问。"


@pytest.fixture(scope="module")
def bot(module_cli: Cli, server: BotApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    limits = {"user_per_minute": 12, "chat_per_minute": 14}
    running = RunningBot(module_cli, server, tmp_path_factory.mktemp("bot"), limits=limits).start()
    yield running
    running.stop()


def say_often(server: BotApiServer, chat: Chat, user: User, times: int) -> list[Message]:
    return [server.say(chat, user, "/ask 二手车的流程") for _ in range(times)]


def test_who_asks_too_much_gets_one_notice_and_the_others_their_answers(
    server: BotApiServer, group: Chat, people: dict[str, User]
) -> None:
    pest = server.user(9001, "急性子")
    server.join(group, pest)
    questions = say_often(server, group, pest, 16)
    last = ask(server, people["li"], "/ask 二手车的流程", group)
    answers = [reply.text for question in questions for reply in server.replies(question)]
    assert len(answers) == 13
    assert answers[12] == NOTICE
    assert NOTICE not in answers[:12]
    assert "流程" in last.text


def test_a_group_that_asks_too_much_gets_one_notice_for_each_who_asks(
    server: BotApiServer, group: Chat, people: dict[str, User]
) -> None:
    many = [server.user(9100 + n, f"组员{n}") for n in range(8)]
    for member in many:
        server.join(group, member)
        say_often(server, group, member, 2)
    assert ask(server, people["han"], "/ask 二手车的流程", group).text == NOTICE
    assert [m.text for m in server.sent(group)].count(NOTICE) == 2
    assert "流程" in ask(server, many[0], "/ask 二手车的流程", server.group("另一个群", many[0], chat_id=-1003)).text


def test_buttons_and_everything_else_count_too(server: BotApiServer, people: dict[str, User]) -> None:
    chat = server.private(people["han"])
    answer = ask(server, people["han"], "二手车的流程")
    data = str(answer.button("岗位").value)
    toasts = [forge(server, people["han"], answer, data) for _ in range(14)]
    assert toasts[0] == ""
    assert toasts[-1] == "您按得太快了，请过一分钟再试。"
    for text in ("/me", "/feedback 还有", "/start", "谁负责二手车"):
        server.say(chat, people["han"], text)
    server.edit(server.say(chat, people["han"], "二手车"), "二手车的风险")
    forge(server, people["han"], answer, data)  # what came before in the chat is handled by now
    assert server.sent(chat) == [answer]  # the toast was the notice


def test_nicknames_grants_and_buttons_outlive_the_process(
    server: BotApiServer, bot: RunningBot, people: dict[str, User]
) -> None:
    admin, user = people["admin"], server.user(9002, "同事")
    ask(server, admin, "/allow 9002 流程")
    ask(server, user, "蜂窝煤的流程")
    listed = ask(server, admin, "/unanswered")
    press_and_read(server, admin, listed, listed.labels[0][0])
    press_and_read(server, admin, listed, "二手车出口备案初审")
    bot.kill()
    bot.start()
    assert ask(server, user, "蜂窝煤的流程").text.startswith("二手车出口备案初审的流程")
    assert "这里只开放流程" in ask(server, user, "二手车的风险").text
    assert press_and_read(server, admin, listed, "撤销") == "已撤销别名“蜂窝煤”。"
    assert "没有找到" in ask(server, user, "蜂窝煤的流程").text
