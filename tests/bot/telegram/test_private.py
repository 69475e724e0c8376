"""In private: every message is a question; commands, links, what is no text, and the menus behind the slash."""

import pytest

from tests.botapi import BotApiServer, Chat, User

People = dict[str, User]


@pytest.fixture
def private(server: BotApiServer, people: People) -> Chat:
    return server.private(people["li"], started=True)


def _first(server: BotApiServer, chat: Chat, user: User, text: str) -> str:
    return server.wait_for_reply(server.say(chat, user, text)).text.splitlines()[0]


def test_start_greets_in_three_lines_with_examples_as_buttons(
    server: BotApiServer, private: Chat, people: People
) -> None:
    greeting = server.wait_for_reply(server.say(private, people["li"], "/start"))
    assert len(greeting.text.splitlines()) == 3
    assert "《权责清单及廉政风险防控表（外贸运行处）》" in greeting.text
    assert len(greeting.labels) == 3
    press = server.press(people["li"], greeting, greeting.labels[1][0])
    server.wait_for_answer(press)
    server.wait_for(lambda: greeting.earlier)
    assert greeting.text.startswith("二手车出口备案初审：赵思聪")


def test_a_question_needs_no_mention_and_may_have_one(server: BotApiServer, private: Chat, people: People) -> None:
    for text in ("二手车的流程", "@lianzheng_bot 二手车的流程", "@lianzheng_bot二手车的流程", "/ask二手车的流程"):
        assert _first(server, private, people["li"], text) == "二手车出口备案初审的流程，共 3 步："


def test_a_conversation_goes_on(server: BotApiServer, private: Chat, people: People) -> None:
    li = people["li"]
    assert _first(server, private, li, "许可证的流程").startswith("有 4 项都对得上，您要哪一项的流程？")
    assert _first(server, private, li, "2").startswith("机电产品货物自动进口许可申请并实施自动进口许可的流程")
    assert _first(server, private, li, "谁负责") == (
        "机电产品货物自动进口许可申请并实施自动进口许可：路海轩（外贸运行处经办人）"
    )


@pytest.mark.parametrize(
    ("command", "first"),
    [
        ("/flow 二手车", "二手车出口备案初审的流程，共 3 步："),
        ("/who 二手车", "二手车出口备案初审：赵思聪（外贸运行处经办人）"),
        ("/risk 二手车", "二手车出口备案初审的廉政风险点，共 4 条："),
        ("/control 二手车", "二手车出口备案初审的防控措施，共 3 条："),
        ("/power 二手车", "二手车出口备案初审（第9项）"),
        ("/power 15", "进口贴息项目（第15项）"),
        ("/flow 15", "进口贴息项目的流程，共 13 步："),
        ("/who 第15项", "进口贴息项目：孙钰程（外贸运行处经办人）"),
        ("/FLOW er shou che", "二手车出口备案初审的流程，共 3 步："),
        ("/list", "《权责清单及廉政风险防控表（外贸运行处）》共 17 项："),
        ("/list 杜雨潇", "杜雨潇名下的有 6 项："),
        ("/power 99", "清单里没有“第99项”，一共 17 项。"),
        ("/weather", "没有这个命令，/help 看怎么用。"),
    ],
)
def test_commands(command: str, first: str, server: BotApiServer, private: Chat, people: People) -> None:
    assert _first(server, private, people["li"], command) == first


def test_a_command_without_a_name_is_about_what_was_talked_about(
    server: BotApiServer, private: Chat, people: People
) -> None:
    li = people["li"]
    _first(server, private, li, "二手车的流程")
    assert _first(server, private, li, "/who") == "二手车出口备案初审：赵思聪（外贸运行处经办人）"
    assert _first(server, private, li, "/risk") == "二手车出口备案初审的廉政风险点，共 4 条："
    assert _first(server, private, li, "/control") == "二手车出口备案初审的防控措施，共 3 条："
    assert _first(server, private, li, "/power") == "二手车出口备案初审（第9项）"


def test_help_shows_questions_that_are_answered(server: BotApiServer, private: Chat, people: People) -> None:
    answer = server.wait_for_reply(server.say(private, people["li"], "/help"))
    examples = answer.text.partition("可以这样问：\n")[2].splitlines()
    assert len(examples) >= 3
    for example in examples:
        assert "没有找到" not in _first(server, private, people["li"], example)


@pytest.mark.parametrize(
    ("parameter", "first"),
    [
        ("p15", "进口贴息项目（第15项）"),
        ("p17", "外贸运行数据分析（未编序号）"),
        ("p0", "您好，我是廉政清单助手"),
        ("p18", "您好，我是廉政清单助手"),
        ("p-1", "您好，我是廉政清单助手"),
        ("p" + "9" * 60, "您好，我是廉政清单助手"),
        ("inline", "您好，我是廉政清单助手"),
        ("whatever", "您好，我是廉政清单助手"),
    ],
)
def test_a_link_opens_a_power_and_any_other_greets(
    parameter: str, first: str, server: BotApiServer, people: People
) -> None:
    answer = server.wait_for_reply(server.open_link(people["li"], parameter))
    assert answer.text.startswith(first)


def test_what_a_link_opened_can_be_asked_about(server: BotApiServer, private: Chat, people: People) -> None:
    server.wait_for_reply(server.open_link(people["li"], "p15"))
    assert _first(server, private, people["li"], "那风险呢") == "进口贴息项目的廉政风险点，共 5 条："


def test_what_is_no_text_is_answered_with_one_line(server: BotApiServer, private: Chat, people: People) -> None:
    file = server.send_file(private, people["li"], "材料.pdf", b"%PDF")
    assert server.wait_for_reply(file).text == "请用文字提问，比如“都有哪些事项”。"
    server.send_file(private, people["li"], "材料二.pdf", b"%PDF")  # an album has ten of them, one line is enough
    captioned = server.send_file(private, people["li"], "材料.pdf", b"%PDF", caption="二手车的流程")
    answer = server.wait_for_reply(captioned)
    assert answer.text.startswith("二手车出口备案初审的流程")
    assert [message.text[:5] for message in server.sent(private)].count("请用文字提") == 1


def test_the_menus_are_chinese_and_fit_their_place(server: BotApiServer, group: Chat, people: People) -> None:
    asking = {"ask", "power", "who", "flow", "risk", "control", "list", "help"}
    admin = server.private(people["admin"])
    server.wait_for_reply(server.say(admin, people["admin"], "/start"))
    server.wait_for(lambda: "status" in server.menu(admin, people["admin"]))
    in_private = server.menu(server.private(people["li"]), people["li"])
    in_groups = server.menu(group, people["admin"])
    for_admins = server.menu(admin, people["admin"])
    assert set(in_groups) == asking
    assert set(in_private) == asking | {"start", "me", "feedback", "forgetme", "subscribe"}
    assert set(for_admins) == {*in_private, "allow", "deny", "invite", "status", "unanswered", "unit", "reload"}
    for told in {**in_private, **in_groups, **for_admins}.values():
        assert any("一" <= char <= "鿿" for char in told)
        assert len(told) <= 30


def test_every_command_of_the_menu_exists(server: BotApiServer, private: Chat, people: People) -> None:
    for command in server.menu(private, people["li"]):
        assert "没有这个命令" not in _first(server, private, people["li"], f"/{command}")
    assert server.refused() == []
