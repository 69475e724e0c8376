"""In groups: who is spoken to answers, once, in the same place; everything else passes in silence."""

from collections.abc import Iterator

import pytest

from tests.bot.telegram.conftest import GROUPS
from tests.botapi import BotApiServer, Chat, Fault, Message, User

People = dict[str, User]

# Let in, and not among the groups of other tests.
FORUM = GROUPS[-1]


@pytest.fixture
def privacy_off(server: BotApiServer) -> Iterator[None]:
    """The bot hears everything that is said in its groups."""
    server.configure(privacy=False)
    yield
    server.configure(privacy=True)


def _first(message: Message) -> str:
    return message.text.splitlines()[0]


def _ask(server: BotApiServer, chat: Chat, user: User, text: str, reply_to: Message | None = None) -> str:
    """The first line of the answer to ``text``."""
    return _first(server.wait_for_reply(server.say(chat, user, text, reply_to=reply_to)))


# ── spoken to ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_command_is_answered_as_a_reply(server: BotApiServer, group: Chat, people: People) -> None:
    question = server.say(group, people["li"], "/ask 二手车的流程")
    answer = server.wait_for_reply(question)
    assert _first(answer) == "二手车出口备案初审的流程，共 3 步："
    assert answer.labels == [["岗位", "风险", "防控", "👎"]]
    assert server.refused() == []


@pytest.mark.usefixtures("privacy_off")
@pytest.mark.parametrize(
    "text",
    [
        "@lianzheng_bot 二手车谁负责",
        "@Lianzheng_Bot，二手车谁负责",
        "二手车谁负责 @lianzheng_bot",
        "@lianzheng_bot二手车谁负责",
        "请问@lianzheng_bot二手车谁负责",
        "/ask@lianzheng_bot 二手车谁负责",
        "/ask二手车谁负责",
        "@lianzheng_bot /who 二手车",
        "/who@LIANZHENG_BOT 二手车",
    ],
)
def test_a_mention_is_answered(text: str, server: BotApiServer, group: Chat, people: People) -> None:
    assert _ask(server, group, people["li"], text) == "二手车出口备案初审：赵思聪（外贸运行处经办人）"


@pytest.mark.usefixtures("privacy_off")
def test_a_mention_under_a_picture_is_answered(server: BotApiServer, group: Chat, people: People) -> None:
    picture = server.send_file(group, people["li"], "照片.jpg", b"x", caption="@lianzheng_bot 二手车的流程")
    assert _first(server.wait_for_reply(picture)) == "二手车出口备案初审的流程，共 3 步："


def test_a_reply_to_the_bot_is_answered(server: BotApiServer, group: Chat, people: People) -> None:
    answer = server.wait_for_reply(server.say(group, people["li"], "/ask 二手车的流程"))
    assert _ask(server, group, people["li"], "那风险呢", reply_to=answer) == "二手车出口备案初审的廉政风险点，共 4 条："


@pytest.mark.usefixtures("privacy_off")
@pytest.mark.parametrize("call", ["@lianzheng_bot", "/ask", "/ask@lianzheng_bot"])
def test_a_call_under_a_colleagues_question_asks_that(
    call: str, server: BotApiServer, group: Chat, people: People
) -> None:
    question = server.say(group, people["li"], "二手车谁负责来着")
    assert _ask(server, group, people["han"], call, reply_to=question).startswith("二手车出口备案初审：赵思聪")


def test_a_call_without_a_question_gets_one_line(server: BotApiServer, group: Chat, people: People) -> None:
    answer = server.wait_for_reply(server.say(group, people["li"], "/ask"))
    assert answer.text == "请把问题一起写上，比如：/ask 都有哪些事项"
    assert answer.labels == []
    # under the bot's own message there is no question to take up
    assert _ask(server, group, people["li"], "/ask", reply_to=answer) == answer.text


def test_what_the_register_does_not_hold_gets_one_line(server: BotApiServer, group: Chat, people: People) -> None:
    answer = server.wait_for_reply(server.say(group, people["li"], "/ask 今天食堂吃什么"))
    assert answer.text == "清单里没有找到这个内容。"
    assert answer.labels == [["转给管理员"]]


# ── not spoken to ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("privacy_off")
@pytest.mark.parametrize(
    "text",
    [
        "二手车的流程是什么来着",
        "@lianzheng_bot2 二手车的流程",
        "@other_bot 二手车的流程",
        "/ask@other_bot 二手车的流程",
        "/flow@lianzheng_bot2 二手车",
        "/weather 北京",
        "/asking 二手车",
    ],
)
def test_what_is_not_for_the_bot_is_passed_over(text: str, server: BotApiServer, group: Chat, people: People) -> None:
    server.say(group, people["li"], text)
    question = server.say(group, people["han"], "/ask 谁负责二手车出口")
    assert server.wait_for_reply(question) is server.sent(group)[0]


@pytest.mark.usefixtures("privacy_off")
def test_another_bots_command_under_an_answer_is_passed_over(server: BotApiServer, group: Chat, people: People) -> None:
    answer = server.wait_for_reply(server.say(group, people["li"], "/ask 二手车的流程"))
    server.say(group, people["han"], "/translate@other_bot en", reply_to=answer)
    last = server.wait_for_reply(server.say(group, people["li"], "/ask 二手车的风险"))
    assert server.sent(group) == [answer, last]


@pytest.mark.usefixtures("privacy_off")
def test_its_own_answer_sent_by_inline_mode_is_no_question(server: BotApiServer, group: Chat, people: People) -> None:
    query = server.inline(people["li"], "二手车")
    server.wait_for_answer(query)
    assert query.answer
    server.choose(query, query.answer.results[0].id, group)
    server.choose(query, query.answer.results[0].id, server.private(people["li"], started=True))
    question = server.say(group, people["han"], "/ask 谁负责二手车出口")
    assert server.wait_for_reply(question) is server.sent(group)[0]
    private = server.private(people["li"])
    assert server.wait_for_reply(server.say(private, people["li"], "二手车")) is server.sent(private)[0]


def test_a_command_that_does_not_exist_is_answered_only_to_who_names_the_bot(
    server: BotApiServer, group: Chat, people: People
) -> None:
    server.say(group, people["li"], "/weather")
    assert _ask(server, group, people["li"], "/weather@lianzheng_bot") == "没有这个命令，/help 看怎么用。"
    assert len(server.sent(group)) == 1


# ── in the same place ────────────────────────────────────────────────────────────────────────────────────────────


def test_in_a_forum_the_answer_stays_in_the_topic(server: BotApiServer, people: People) -> None:
    forum = server.group("全处", people["li"], people["han"], chat_id=FORUM, kind="forum")
    topics = [server.topic(forum, name, people["li"]) for name in ("业务", "闲聊")]
    for topic in topics:
        answer = server.wait_for_reply(server.say(forum, people["han"], "/ask 二手车的流程", topic=topic))
        assert answer.topic is topic
    general = server.wait_for_reply(server.say(forum, people["han"], "/ask 二手车的流程"))
    assert general.topic is None


def test_where_the_topic_was_deleted_meanwhile_the_question_is_answered_all_the_same(
    server: BotApiServer, people: People
) -> None:
    forum = server.group("全处", people["li"], chat_id=FORUM - 1, kind="forum")
    topic = server.topic(forum, "业务", people["li"])
    server.fail("sendMessage", with_=Fault.too_many_requests(1), chat=forum)
    server.say(forum, people["li"], "/ask 二手车的流程", topic=topic)
    server.wait_for(lambda: [call for call in server.calls("sendMessage") if call.chat_id == forum.id])
    server.delete_topic(forum, topic)  # with the question in it
    assert _first(server.wait_for(forum)) == "二手车出口备案初审的流程，共 3 步："


def test_one_message_for_one_question_without_previews(server: BotApiServer, group: Chat, people: People) -> None:
    for text in ("/list", "/power 15", "/help"):
        server.wait_for_reply(server.say(group, people["li"], text))
    assert len(server.sent(group)) == 3
    sent = [call for call in server.calls("sendMessage") if call.chat_id == group.id]
    assert [call.structure("link_preview_options") for call in (c.params for c in sent)] == [{"is_disabled": True}] * 3


# ── edited ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_edited_question_gets_its_answer_edited(server: BotApiServer, group: Chat, people: People) -> None:
    question = server.say(group, people["li"], "/ask 二手车的流程")
    answer = server.wait_for_reply(question)
    server.edit(question, "/ask 二手车的风险")
    server.wait_for(lambda: answer.earlier)
    assert _first(answer) == "二手车出口备案初审的廉政风险点，共 4 条："
    assert answer.labels == [["流程", "岗位", "防控", "👎"]]
    assert server.sent(group) == [answer]


def test_what_becomes_a_question_by_editing_is_answered(server: BotApiServer, group: Chat, people: People) -> None:
    question = server.say(group, people["li"], "二手车的流程")
    server.edit(question, "/ask 二手车的流程")
    assert _first(server.wait_for_reply(question)) == "二手车出口备案初审的流程，共 3 步："


# ── several people ───────────────────────────────────────────────────────────────────────────────────────────────


def test_everybody_has_a_thread_of_thought_of_their_own(server: BotApiServer, group: Chat, people: People) -> None:
    li, han = people["li"], people["han"]
    _ask(server, group, li, "/ask 二手车的流程")
    _ask(server, group, han, "/ask 进口贴息的流程")
    assert _ask(server, group, li, "/ask 那风险呢") == "二手车出口备案初审的廉政风险点，共 4 条："
    assert _ask(server, group, han, "/ask 那风险呢") == "进口贴息项目的廉政风险点，共 5 条："
    # and what is said in private is another talk again
    assert _ask(server, server.private(han), han, "那风险呢").startswith("您问的是哪一项？")


def test_a_reply_to_anothers_answer_is_about_that_answer(server: BotApiServer, group: Chat, people: People) -> None:
    li, han = people["li"], people["han"]
    answer = server.wait_for_reply(server.say(group, li, "/ask 二手车的流程"))
    _ask(server, group, han, "/ask 进口贴息的流程")
    assert _ask(server, group, han, "那风险呢", reply_to=answer) == "二手车出口备案初审的廉政风险点，共 4 条："
    assert _ask(server, group, han, "/who") == "二手车出口备案初审：赵思聪（外贸运行处经办人）"
    assert _ask(server, group, li, "/control") == "二手车出口备案初审的防控措施，共 3 条："


def test_many_at_once_are_each_answered_once_and_in_order(server: BotApiServer, group: Chat, people: People) -> None:
    asked = [
        server.say(group, who, f"/{command} {name}")
        for name in ("二手车", "进口贴息", "易制毒")
        for command in ("flow", "risk", "control")
        for who in (people["li"], people["han"])
    ]
    for question in asked:
        server.wait_for_reply(question)
    assert [answer.reply_to for answer in server.sent(group)] == asked
