"""Closed by default: on no path does a stranger get a word of the register; whom admins let in gets answers at once."""

import json
import re
from functools import partial
from itertools import count

import pytest

from knowledge.models import Register
from tests.bot.telegram.asking import ask
from tests.bot.telegram.conftest import ADMIN, OTHER_ADMIN, STRANGER, RunningBot
from tests.botapi import BotApiServer, Chat, User

# What anybody may read: the names of a register's columns.
EVERYDAY = "廉政风险点 风险防控责任人 防控措施"
REFUSAL = "您的编号是 {}，还没有获准使用；请把编号发给管理员（{}、{}）开通。"
GROUP_REFUSAL = "本群的编号是 {}，还没有获准使用；请把编号发给管理员（{}、{}）开通。"
QUESTIONS = [
    "二手车的流程",
    "/ask 进口贴息谁负责",
    "/start",
    "/start p15",
    "/start i" + "x" * 16,
    "/help",
    "/list",
    "/power 15",
    "/who 二手车",
    "/flow 二手车",
    "/risk 二手车",
    "/control 二手车",
    "/me",
    "/feedback 二手车的经办人换了",
    "/forgetme",
    "/status",
    "/unanswered",
    "/allow 4711",
    "/nonsense",
]


_strangers = count(STRANGER)


@pytest.fixture
def stranger(server: BotApiServer, bot: RunningBot) -> User:
    """Somebody whom the bot has never seen."""
    return server.user(next(_strangers), "路人")


@pytest.fixture
def admin_chat(server: BotApiServer, people: dict[str, User]) -> Chat:
    return server.private(people["admin"], started=True)


def secrets_of(register: Register) -> set[str]:
    """What strangers must not read: names of powers, people, and every longer piece of a passage."""
    texts = [power.title for power in register.powers] + [register.title]
    for power in register.powers:
        texts += [person for post in power.posts for person in (*post.people, post.role)]
        texts += [step.text for step in power.process] + [risk.text for risk in power.risks]
        texts += [*power.controls, *power.responsible]
    pieces = {text[i : i + 4] for text in texts if len(text) > 4 for i in range(len(text) - 3)}
    return {piece for piece in pieces if piece not in EVERYDAY} | {text for text in texts if 2 <= len(text) <= 4}


def told(server: BotApiServer, user: User) -> str:
    """All that the bot has told a person outside of groups that are let in, buttons and their data included."""
    chat = server.private(user)
    written = [text for m in server.sent(chat) for text in (m.text, *m.earlier)]
    buttons = [str(button.value) + button.text for m in server.sent(chat) for row in m.keyboard for button in row]
    return "\n".join(written + buttons)


def is_left(chat: Chat, server: BotApiServer) -> bool:
    return not chat.has(server.bot)


def assert_nothing_of_the_register(text: str, register: Register) -> None:
    assert [secret for secret in secrets_of(register) if secret in text] == []


# ── strangers ────────────────────────────────────────────────────────────────────────────────────────────────


def test_in_private_a_stranger_gets_one_sentence_with_his_number_whatever_he_sends(
    server: BotApiServer, stranger: User, waimao: Register
) -> None:
    chat = server.private(stranger)
    sentence = REFUSAL.format(stranger.id, ADMIN, OTHER_ADMIN)
    for text in QUESTIONS:
        answers = server.wait_for_reply(server.say(chat, stranger, text))
        assert answers.text.endswith(sentence), text
        assert answers.keyboard == ()
    assert len(server.sent(chat)) == len(QUESTIONS)
    assert_nothing_of_the_register(told(server, stranger), waimao)


def test_a_stranger_who_edits_or_sends_a_file_or_answers_the_bot_gets_no_more(
    server: BotApiServer, stranger: User, waimao: Register
) -> None:
    chat = server.private(stranger)
    question = server.say(chat, stranger, "你好")
    answer = server.wait_for_reply(question)
    server.edit(question, "二手车的流程")
    file = server.send_file(chat, stranger, "二手车.txt", b"x", caption="二手车的流程")
    reply = server.say(chat, stranger, "那风险呢", reply_to=answer)
    for message in (file, reply):
        assert server.wait_for_reply(message).text == REFUSAL.format(stranger.id, ADMIN, OTHER_ADMIN)
    assert_nothing_of_the_register(told(server, stranger), waimao)


def test_the_menus_that_strangers_see_hold_no_word_of_the_register(
    server: BotApiServer, stranger: User, waimao: Register
) -> None:
    ask(server, stranger, "你好")
    assert_nothing_of_the_register(
        json.dumps(server.menu(server.private(stranger), stranger), ensure_ascii=False), waimao
    )


def test_inline_a_stranger_gets_a_button_into_the_private_chat_and_nothing_else(
    server: BotApiServer, stranger: User, waimao: Register
) -> None:
    for text in ("二手车", "", "jktx"):
        query = server.inline(stranger, text)
        server.wait_for_answer(query)
        assert query.answer is not None
        assert query.answer.results == ()
        assert str(stranger.id) in str(query.answer.button)
        assert query.answer.is_personal
        assert_nothing_of_the_register(str(query.answer), waimao)


def test_a_member_of_a_group_that_is_let_in_may_ask_there_only(
    server: BotApiServer, group: Chat, stranger: User
) -> None:
    server.join(group, stranger)
    assert "流程" in server.wait_for_reply(server.say(group, stranger, "/ask 二手车的流程")).text
    assert ask(server, stranger, "二手车的流程").text == REFUSAL.format(stranger.id, ADMIN, OTHER_ADMIN)


def test_buttons_of_others_and_altered_ones_open_nothing_to_a_stranger(
    server: BotApiServer, group: Chat, people: dict[str, User], stranger: User, waimao: Register
) -> None:
    answer = server.wait_for_reply(server.say(group, people["li"], "/ask 二手车的流程"))
    data = [str(button.value) for row in answer.keyboard for button in row]
    own = ask(server, stranger, "你好")
    for forged in [*data, "1:s:1:15:2", "1:g:-4711:aaaaaaaa", "", "x" * 64]:
        press = server.forge_callback(stranger, own, forged)
        server.wait_for_answer(press)
        assert press.answer is not None
        assert press.answer.text == REFUSAL.format(stranger.id, ADMIN, OTHER_ADMIN)
    assert own.earlier == []
    assert_nothing_of_the_register(told(server, stranger), waimao)


def test_a_toast_has_room_for_the_refusal_however_many_admins_there_are() -> None:
    """Telegram takes 200 characters; see the refusals of the server in the other tests, too."""
    assert len(REFUSAL.format("9" * 16, "9" * 16, "9" * 16)) < 150


# ── groups ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_bot_leaves_a_strange_group_and_an_admin_lets_it_in_with_one_press(
    server: BotApiServer, stranger: User, people: dict[str, User], admin_chat: Chat, waimao: Register
) -> None:
    strange = server.group("外面的群", stranger, chat_id=-666, bot=None)
    server.add_bot(strange, stranger)
    server.wait_for(partial(is_left, strange, server))
    assert [m.text for m in server.sent(strange)] == [GROUP_REFUSAL.format(-666, ADMIN, OTHER_ADMIN)]
    note = server.wait_for(lambda: next((m for m in server.sent(admin_chat) if "外面的群" in m.text), None))
    assert str(stranger.id) in note.text
    assert "已退出" in note.text
    press = server.press(people["admin"], note, "允许这个群")
    server.wait_for_answer(press)
    assert "已允许群 -666" in server.wait_for(lambda: note.text if note.earlier else None)
    server.add_bot(strange, stranger)
    assert "流程" in server.wait_for_reply(server.say(strange, stranger, "/ask 二手车的流程")).text
    assert strange.has(server.bot)


def test_the_button_that_lets_a_group_in_works_for_admins_only(
    server: BotApiServer, stranger: User, people: dict[str, User], admin_chat: Chat
) -> None:
    strange = server.group("又一个群", stranger, people["li"], chat_id=-667, bot=None)
    server.add_bot(strange, stranger)
    note = server.wait_for(lambda: next((m for m in server.sent(admin_chat) if "又一个群" in m.text), None))
    data = str(note.keyboard[0][0].value)
    mine = ask(server, people["li"], "你好")
    press = server.forge_callback(people["li"], mine, data)
    server.wait_for_answer(press)
    assert press.answer is not None
    assert press.answer.text == "这个按钮已经失效，请重新提问。"
    server.add_bot(strange, stranger)
    server.wait_for(partial(is_left, strange, server))


@pytest.mark.parametrize("text", ["/ask 二手车的流程", "/start p15", "/me", "/feedback 二手车", "/status", "/list"])
def test_a_group_that_is_no_longer_let_in_gets_a_sentence_and_is_left(
    server: BotApiServer, people: dict[str, User], text: str, waimao: Register
) -> None:
    strange = server.group("旧群", people["han"], chat_id=-700 - len(text))
    server.say(strange, people["han"], text)
    server.wait_for(partial(is_left, strange, server))
    [sentence] = server.sent(strange)
    assert sentence.text == GROUP_REFUSAL.format(strange.id, ADMIN, OTHER_ADMIN)


def test_who_brings_the_bot_into_group_after_group_is_soon_no_news_to_the_admins(
    server: BotApiServer, bot: RunningBot, admin_chat: Chat
) -> None:
    pest = server.user(4720, "捣乱的")
    before = len(server.sent(admin_chat))
    groups = [server.group(f"垃圾群{n}", pest, chat_id=-800 - n, bot=None) for n in range(9)]
    for strange in groups:
        server.add_bot(strange, pest)
        server.wait_for(partial(is_left, strange, server))
    assert len(server.sent(admin_chat)) == before + 5


# ── /allow, /deny, invitations ───────────────────────────────────────────────────────────────────────────────


def test_an_admin_lets_a_user_in_and_out(server: BotApiServer, people: dict[str, User], bot: RunningBot) -> None:
    user = server.user(5001, "新同事")
    assert ask(server, people["admin"], "/allow 5001").text == "已允许用户 5001：可以查全部内容。"
    assert "流程" in ask(server, user, "二手车的流程").text
    assert ask(server, people["admin"], "/deny 5001").text == "已停用用户 5001。"
    assert ask(server, user, "那风险呢").text == REFUSAL.format(5001, ADMIN, OTHER_ADMIN)


def test_who_is_denied_is_refused_in_a_group_that_is_let_in_and_the_group_stays(
    server: BotApiServer, people: dict[str, User], group: Chat
) -> None:
    user = server.user(5002, "停用的")
    server.join(group, user)
    ask(server, people["admin"], "/deny 5002")
    refused = server.wait_for_reply(server.say(group, user, "/ask 二手车的流程"))
    assert refused.text == REFUSAL.format(5002, ADMIN, OTHER_ADMIN)
    assert group.has(server.bot)
    answer = server.wait_for_reply(server.say(group, people["li"], "/ask 二手车的流程"))
    press = server.press(user, answer, "风险")
    server.wait_for_answer(press)
    assert press.answer is not None
    assert press.answer.text == refused.text
    assert answer.earlier == []


def test_a_group_that_is_denied_is_left(server: BotApiServer, people: dict[str, User], group: Chat) -> None:
    ask(server, people["admin"], f"/deny {group.id}")
    server.wait_for(partial(is_left, group, server))


@pytest.mark.parametrize(
    ("written", "open_"),
    [
        ("process posts", "流程、重点岗位"),
        ("流程 岗位", "流程、重点岗位"),
        ("流程、重点岗位", "流程、重点岗位"),
        ("防控 责任人", "防控措施、风险防控责任人"),
        ("廉政风险点，防控措施", "廉政风险点、防控措施"),
        ("", "全部内容"),
    ],
)
def test_facets_are_written_in_english_or_chinese(
    server: BotApiServer, people: dict[str, User], written: str, open_: str
) -> None:
    assert ask(server, people["admin"], f"/allow -1250 {written}").text == f"已允许群 -1250：可以查{open_}。"


@pytest.mark.parametrize(
    "text",
    ["/allow", "/allow 张三", "/allow 12 预算", "/allow 1 2", "/allow " + "9" * 25, "/deny", "/deny x", "/invite 0"],
)
def test_what_is_written_wrongly_is_explained_and_lets_nobody_in(
    server: BotApiServer, people: dict[str, User], text: str
) -> None:
    assert ask(server, people["admin"], text).text.startswith("写法：")


@pytest.mark.parametrize("text", [f"/deny {ADMIN}", f"/allow {OTHER_ADMIN} process"])
def test_admins_are_made_and_unmade_in_the_settings_only(
    server: BotApiServer, people: dict[str, User], text: str
) -> None:
    assert ask(server, people["admin"], text).text == "管理员写在配置文件里，请在那里改。"


def test_who_is_no_admin_can_not_let_in(server: BotApiServer, people: dict[str, User], bot: RunningBot) -> None:
    outsider = server.user(5003, "外人")
    assert ask(server, people["li"], "/allow 5003").text == "这个命令只有管理员能用。"
    assert ask(server, outsider, "二手车的流程").text == REFUSAL.format(5003, ADMIN, OTHER_ADMIN)


def invitation(server: BotApiServer, admin: User, command: str) -> str:
    """The start parameter of a new invitation's link."""
    link = re.search(r"https://t\.me/\w+\?start=([\w-]+)", ask(server, admin, command).text)
    assert link is not None
    return link[1]


def test_an_invitation_lets_in_as_many_as_it_says(server: BotApiServer, people: dict[str, User]) -> None:
    parameter = invitation(server, people["admin"], "/invite 1 7 流程")
    first, second = server.user(5010, "甲"), server.user(5011, "乙")
    welcome = server.wait_for_reply(server.open_link(first, parameter))
    assert welcome.text.startswith("欢迎，已为您开通。")
    assert "流程" in ask(server, first, "二手车的流程").text
    assert "这里只开放流程" in ask(server, first, "二手车的风险").text
    late = server.wait_for_reply(server.open_link(second, parameter))
    assert late.text == "这个邀请链接已经失效，请向管理员再要一个。" + REFUSAL.format(5011, ADMIN, OTHER_ADMIN)
    assert not server.wait_for_reply(server.open_link(first, parameter)).text.startswith("欢迎")


def test_an_invitation_lets_in_nobody_who_was_denied(server: BotApiServer, people: dict[str, User]) -> None:
    parameter = invitation(server, people["admin"], "/invite 5")
    denied = server.user(5012, "丙")
    ask(server, people["admin"], "/deny 5012")
    assert "已经失效" in server.wait_for_reply(server.open_link(denied, parameter)).text
    assert ask(server, denied, "二手车的流程").text == REFUSAL.format(5012, ADMIN, OTHER_ADMIN)


def test_an_invitation_does_not_open_a_group(server: BotApiServer, people: dict[str, User]) -> None:
    parameter = invitation(server, people["admin"], "/invite 5")
    outsider = server.user(5013, "丁")
    strange = server.group("邀请群", outsider, chat_id=-690)
    server.say(strange, outsider, f"/start {parameter}")
    server.wait_for(partial(is_left, strange, server))
    assert ask(server, outsider, "二手车的流程").text == REFUSAL.format(5013, ADMIN, OTHER_ADMIN)


def test_nothing_that_was_sent_here_was_refused_by_telegram(server: BotApiServer, bot: RunningBot) -> None:
    """Besides messages to an admin who never began a chat, and an edit that changes nothing."""
    wrong = [call for call in server.refused() if call.chat_id != OTHER_ADMIN]
    assert [call for call in wrong if "message is not modified" not in call.description] == []
    assert server.unanswered() == []
