"""A group with people from outside is let in for the process and the posts: on no path does it see the rest."""

import pytest

from knowledge.models import Facet, Register
from tests.bot.telegram.asking import ask, forge, press, press_and_read
from tests.bot.telegram.conftest import RunningBot
from tests.botapi import BotApiServer, Chat, Message, User

ONLY = "这里只开放流程、重点岗位，其他内容请联系管理员。"
QUESTIONS = [
    "/ask 二手车的风险",
    "/ask 二手车初口的凤险",
    "/ask ershouche fengxian",
    "/risk 二手车",
    "/control 二手车",
    "/power 9",
    "/ask 二手车",
    "/ask 二手车的流程、风险和防控措施",
    "/ask 二手车的风险防控责任人",
    "/ask 二手车有几条风险",
    "/ask 风险最多的是哪项",
    "/ask 机电和非机电的风险有什么不同",
    "/ask 机电和非机电有什么不同",
    "/ask 哪些事项有第三方审核",
    "/ask 哪几项的防控措施写到集体研究",
    "/ask 二手车的风险是不是审核不严",
    "/ask 全部事项的风险",
    "/ask 曹丽君是二手车的责任人吗",
    "/ask 曹丽君负责哪些",
    "/list",
    "/help",
    "/start",
    "/start p9",
    "/me",
]


@pytest.fixture(scope="module")
def limited(server: BotApiServer, bot: RunningBot) -> Chat:
    """A group that an admin has let in for two facets."""
    people = [server.user(number, name) for number, name in ((1001, "admin"), (1002, "li"), (6001, "guest"))]
    chat = server.group("联络群", *people, chat_id=-1300)
    assert ask(server, people[0], "/allow -1300 process posts").text == "已允许群 -1300：可以查流程、重点岗位。"
    return chat


@pytest.fixture(scope="module")
def secrets(waimao: Register) -> list[str]:
    """Pieces of the risks, controls and responsible that the open facets do not hold."""
    shown = "".join(
        f"{p.name}{''.join(s.text for s in p.process)}{''.join(o.role + '/'.join(o.people) for o in p.posts)}"
        for p in waimao.powers
    )
    hidden = [text for p in waimao.powers for text in (*(r.text for r in p.risks), *p.controls)]
    pieces = {text[i : i + 5] for text in hidden for i in range(len(text) - 4)}
    # what replies call the columns
    return [piece for piece in pieces if piece not in shown and piece not in "风险防控责任人廉政风险点防控措施"]


def assert_keeps_to_itself(message: Message, secrets: list[str]) -> None:
    told = "\n".join([message.text, *message.earlier, *(label for row in message.labels for label in row)])
    assert [secret for secret in secrets if secret in told] == []
    assert not {"风险", "防控"} & {label for row in message.labels for label in row}


@pytest.mark.parametrize("user", ["admin", "li"])
def test_whatever_is_asked_in_whatever_way_nobody_sees_the_rest_not_even_an_admin(
    server: BotApiServer, limited: Chat, people: dict[str, User], secrets: list[str], user: str
) -> None:
    for text in QUESTIONS:
        assert_keeps_to_itself(ask(server, people[user], text, limited), secrets)


def test_what_is_open_is_answered_with_buttons_for_what_is_open(
    server: BotApiServer, limited: Chat, people: dict[str, User]
) -> None:
    answer = ask(server, people["li"], "/ask 二手车的流程", limited)
    assert answer.text.startswith("二手车出口备案初审的流程，共 3 步：")
    assert answer.labels == [["岗位", "👎"]]
    assert "经办人" in press_and_read(server, people["li"], answer, "岗位")
    assert answer.labels == [["流程", "👎"]]


def test_what_is_not_open_is_refused_with_what_is(server: BotApiServer, limited: Chat, people: dict[str, User]) -> None:
    refused = ask(server, people["li"], "/ask 二手车的风险", limited)
    assert refused.text == f"二手车出口备案初审：{ONLY}"
    assert refused.labels == [["转给管理员"]]


def test_a_follow_up_and_an_edited_question_get_no_more(
    server: BotApiServer, limited: Chat, people: dict[str, User], secrets: list[str]
) -> None:
    question = server.say(limited, people["li"], "/ask 二手车的流程")
    answer = server.wait_for_reply(question)
    follow_up = server.wait_for_reply(server.say(limited, people["li"], "那风险呢", reply_to=answer))
    assert ONLY in follow_up.text
    server.edit(question, "/ask 二手车的防控措施")
    assert ONLY in server.wait_for(lambda: answer.text if answer.earlier else None)
    assert_keeps_to_itself(follow_up, secrets)
    assert_keeps_to_itself(answer, secrets)


def test_buttons_brought_from_elsewhere_open_no_more(
    server: BotApiServer, limited: Chat, people: dict[str, User], secrets: list[str]
) -> None:
    whole = ask(server, people["li"], "二手车")
    here = ask(server, people["li"], "/ask 二手车的流程", limited)
    for row in whole.keyboard:
        for button in row:
            forge(server, people["li"], here, str(button.value))
            last = ask(server, people["li"], "/ask 进口贴息的流程", limited)
            assert_keeps_to_itself(here, secrets)
            assert_keeps_to_itself(last, secrets)


def test_old_buttons_of_a_group_that_was_let_in_for_all_open_no_more(
    server: BotApiServer, people: dict[str, User], secrets: list[str]
) -> None:
    chat = server.group("原来全开", people["admin"], people["li"], chat_id=-1301)
    ask(server, people["admin"], "/allow -1301")
    answer = ask(server, people["li"], "/ask 二手车的流程", chat)
    ask(server, people["admin"], "/allow -1301 process")
    assert "这里只开放流程" in press_and_read(server, people["li"], answer, "风险")
    assert_keeps_to_itself(answer, secrets)


def test_a_user_who_is_let_in_for_a_part_sees_that_part_in_private_inline_and_in_groups(
    server: BotApiServer, people: dict[str, User], group: Chat, secrets: list[str]
) -> None:
    user = server.user(6002, "借调的")
    ask(server, people["admin"], "/allow 6002 流程 岗位")
    server.join(group, user)
    assert ask(server, user, "二手车的风险").text == f"二手车出口备案初审：{ONLY}"
    assert ONLY in ask(server, user, "/ask 二手车的风险", group).text
    assert ask(server, user, "二手车的流程").labels == [["岗位", "👎"]]
    assert_keeps_to_itself(ask(server, user, "二手车"), secrets)
    for text in ("二手车", "二手车风险", "er shou che fangkong"):
        query = server.inline(user, text)
        server.wait_for_answer(query)
        assert query.answer is not None
        assert query.answer.results
        shown = str([(r.title, r.description, r.content.text) for r in query.answer.results])
        assert [secret for secret in secrets if secret in shown] == []
        assert {r.id.partition(".")[2] for r in query.answer.results} <= {Facet.PROCESS, Facet.POSTS}


def test_two_limits_leave_what_is_open_in_both(server: BotApiServer, limited: Chat, people: dict[str, User]) -> None:
    user = server.user(6003, "两头受限")
    server.join(limited, user)
    ask(server, people["admin"], "/allow 6003 岗位 风险")
    answer = ask(server, user, "/ask 二手车的流程和岗位", limited)
    assert "这里只开放重点岗位" in answer.text
    ask(server, people["admin"], "/allow 6003 风险")
    assert "您的编号是 6003，还没有获准使用" in ask(server, user, "/ask 二手车的流程", limited).text


def test_what_is_not_open_is_no_miss_for_the_admins(
    server: BotApiServer, limited: Chat, people: dict[str, User]
) -> None:
    ask(server, people["li"], "/ask 拍卖师的风险", limited)
    ask(server, people["li"], "/ask 易制毒的防控措施", limited)
    labels = str(ask(server, people["admin"], "/unanswered").labels)
    assert "拍卖师" in labels
    assert "易制毒" not in labels


def test_a_question_that_is_not_open_can_be_handed_to_the_admins(
    server: BotApiServer, limited: Chat, people: dict[str, User]
) -> None:
    server.private(people["admin"], started=True)
    refused = ask(server, people["li"], "/ask 二手车的防控措施", limited)
    assert press(server, people["li"], refused, "转给管理员") == "已转给管理员，答复会发到这里。"
