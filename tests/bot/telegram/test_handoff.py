"""A question without an answer goes to the admins; who replies first answers, in the place where it was asked."""

from itertools import count

import pytest

from tests.bot.telegram.asking import ask, forge, press, press_and_read
from tests.bot.telegram.conftest import RunningBot
from tests.botapi import BotApiServer, Chat, Message, User

USED_CAR = "二手车出口备案初审"
BUTTON = "转给管理员"
_users = count(8001)


@pytest.fixture
def other_admin(server: BotApiServer, people: dict[str, User]) -> User:
    other = server.user(1009, "另一位管理员")
    server.private(other, started=True)
    return other


@pytest.fixture
def user(server: BotApiServer, admin: User, other_admin: User) -> User:
    number = next(_users)
    ask(server, admin, f"/allow {number}")
    return server.user(number, f"同事{number}")


def carried(server: BotApiServer, admin: User, words: str) -> Message:
    """The message that brings a question with ``words`` to an admin."""
    chat = server.private(admin)
    return server.wait_for(lambda: next((m for m in server.sent(chat) if words in m.text), None))


def reply_of(server: BotApiServer, question: Message, words: str) -> Message:
    """The answer to ``question`` that has ``words`` in it."""
    return server.wait_for(lambda: next((m for m in server.replies(question) if words in m.text), None))


def test_all_admins_get_it_and_the_first_reply_goes_to_who_asked(
    server: BotApiServer, admin: User, other_admin: User, user: User
) -> None:
    question = server.say(server.private(user), user, "孔雀蓝怎么办")
    unknown = server.wait_for_reply(question)
    assert unknown.labels == [[BUTTON]]
    assert press(server, user, unknown, BUTTON) == "已转给管理员，答复会发到这里。"
    assert press(server, user, unknown, BUTTON) == "这个问题已经转给管理员了，请稍候。"
    one, two = carried(server, admin, "孔雀蓝"), carried(server, other_admin, "孔雀蓝")
    assert one.text == (
        f"有人问：孔雀蓝怎么办\n用户 {user.id}（{user.first_name}），私聊。直接回复这条消息，答复会转给对方。"
    )
    answered = server.say(server.private(other_admin), other_admin, "找<b>综合</b>处&办", reply_to=two)
    assert reply_of(server, question, "综合").text == "管理员答复：\n找<b>综合</b>处&办\n\n—— 问：孔雀蓝怎么办"
    assert server.wait_for_reply(answered).text == "已转给对方。"
    late = server.say(server.private(admin), admin, "找我", reply_to=one)
    assert server.wait_for_reply(late).text == "这个问题已经由其他管理员答复了。"
    assert len(server.replies(question)) == 2


def test_who_answered_first_may_add_and_correct(server: BotApiServer, admin: User, user: User) -> None:
    question = server.say(server.private(user), user, "琥珀光怎么办")
    press(server, user, server.wait_for_reply(question), BUTTON)
    brought = carried(server, admin, "琥珀光")
    first = server.say(server.private(admin), admin, "周一办", reply_to=brought)
    reply_of(server, question, "周一办")
    server.edit(first, "周二办")
    assert reply_of(server, question, "周二办").text.startswith("管理员更正：")
    server.say(server.private(admin), admin, "带上证件", reply_to=brought)
    reply_of(server, question, "带上证件")


def test_in_a_forum_the_answer_comes_into_the_topic_as_a_reply(
    server: BotApiServer, people: dict[str, User], admin: User, user: User
) -> None:
    forum = server.group("论坛", user, people["li"], chat_id=-1401, kind="forum")
    ask(server, admin, "/allow -1401")
    topic = server.topic(forum, "答疑", user)
    question = server.say(forum, user, "/ask 云母片怎么办", topic=topic)
    press(server, user, server.wait_for_reply(question), BUTTON)
    brought = carried(server, admin, "云母片")
    assert "群“论坛”" in brought.text
    server.say(server.private(admin), admin, "请找财务处", reply_to=brought)
    answer = reply_of(server, question, "请找财务处")
    assert answer.topic is topic
    assert answer.reply_to is question


def test_the_question_can_be_tied_to_a_power_from_there(server: BotApiServer, admin: User, user: User) -> None:
    press(server, user, ask(server, user, "翠微亭的流程"), BUTTON)
    brought = carried(server, admin, "翠微亭")
    assert "“翠微亭”指哪一项" in press_and_read(server, admin, brought, "归到某一项")
    assert "已记住" in press_and_read(server, admin, brought, USED_CAR)
    assert ask(server, user, "翠微亭的流程").text.startswith(USED_CAR)


def test_what_was_answered_by_a_person_is_off_the_list_of_misses(server: BotApiServer, admin: User, user: User) -> None:
    question = server.say(server.private(user), user, "珊瑚礁怎么办")
    press(server, user, server.wait_for_reply(question), BUTTON)
    server.say(server.private(admin), admin, "不用办", reply_to=carried(server, admin, "珊瑚礁"))
    reply_of(server, question, "不用办")
    assert "珊瑚礁" not in str(ask(server, admin, "/unanswered").labels)


def test_a_very_long_question_and_a_very_long_answer_arrive(server: BotApiServer, admin: User, user: User) -> None:
    long = "夜明珠<&" + "怎么办理呢" * 800
    question = server.say(server.private(user), user, long[:4090])
    press(server, user, server.wait_for_reply(question), BUTTON)
    brought = carried(server, admin, "夜明珠")
    server.say(server.private(admin), admin, ("很长的答复" * 900)[:4096], reply_to=brought)
    assert "问：夜明珠<&怎么办理呢" in reply_of(server, question, "—— 问：").text
    assert "".join(m.text for m in server.replies(question)).count("很") == 820
    assert [call for call in server.refused() if "too long" in call.description.lower()] == []


def test_an_answer_without_words_and_one_to_a_forgotten_question_are_not_passed_on(
    server: BotApiServer, admin: User, user: User
) -> None:
    question = server.say(server.private(user), user, "鹅卵石怎么办")
    press(server, user, server.wait_for_reply(question), BUTTON)
    brought = carried(server, admin, "鹅卵石")
    ask(server, user, "/forgetme")
    late = server.say(server.private(admin), admin, "来找我", reply_to=brought)
    assert server.wait_for_reply(late).text == "这个问题的记录已经删除，答复没有转出。"
    assert len(server.replies(question)) == 1


def test_a_button_brought_from_another_chat_hands_nothing_over(
    server: BotApiServer, bot: RunningBot, people: dict[str, User], admin: User, user: User, group: Chat
) -> None:
    server.join(group, user)
    private = ask(server, user, "砚台水怎么办")
    here = ask(server, user, "/ask 二手车的流程", group)
    toast = forge(server, user, here, str(private.keyboard[0][0].value))
    assert toast == "这个按钮已经失效，请重新提问。"


def test_nobody_but_an_admin_answers(server: BotApiServer, admin: User, user: User) -> None:
    question = server.say(server.private(user), user, "桃花扇怎么办")
    unknown = server.wait_for_reply(question)
    press(server, user, unknown, BUTTON)
    server.wait_for_reply(server.say(server.private(user), user, "我自己答", reply_to=unknown))
    assert [m for m in server.replies(question) if "答复" in m.text] == []


def test_feedback_reaches_the_admins_who_can_answer_it(server: BotApiServer, admin: User, user: User) -> None:
    assert "请在命令后面写上意见" in ask(server, user, "/feedback").text
    said = server.say(server.private(user), user, "/feedback 第9项的经办人换了")
    assert server.wait_for_reply(said).text == "已转给管理员，谢谢您的反馈。"
    brought = carried(server, admin, "经办人换了")
    assert brought.text.startswith("有人反馈：第9项的经办人换了")
    server.say(server.private(admin), admin, "收到，已改", reply_to=brought)
    assert reply_of(server, said, "收到，已改").text.startswith("管理员答复：")


def test_nothing_that_was_sent_here_was_refused_by_telegram(server: BotApiServer, bot: RunningBot) -> None:
    assert server.refused() == []
    assert server.unanswered() == []
