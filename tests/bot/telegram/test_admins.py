"""What admins do in the chat: the state, misses tied to powers with two taps, /reload; and what people may do: /me."""

import re
import sqlite3
from contextlib import closing
from itertools import count

import pytest

from tests.bot.telegram.asking import ask, press, press_and_read
from tests.bot.telegram.conftest import RunningBot
from tests.botapi import BotApiServer, Chat, Message, User
from tests.conftest import Cli

USED_CAR = "二手车出口备案初审"
_users = count(7001)


@pytest.fixture
def user(server: BotApiServer, admin: User) -> User:
    """A colleague who has asked nothing before."""
    number = next(_users)
    ask(server, admin, f"/allow {number}")
    return server.user(number, f"同事{number}")


def miss_of(message: Message, text: str) -> str:
    """The label of the button for the miss with ``text``."""
    return next(label for row in message.labels for label in row if text in label)


# ── /status, /reload ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_state_counts_questions_people_and_misses(server: BotApiServer, admin: User, user: User) -> None:
    def figures() -> list[int]:
        line = next(line for line in ask(server, admin, "/status").text.splitlines() if line.startswith("今天"))
        return [int(number) for number in re.findall(r"\d+", line)]

    questions, askers, missed = figures()
    ask(server, user, "二手车的流程")
    ask(server, user, "紫水晶怎么办")
    query = server.inline(user, "二手车")
    server.wait_for_answer(query)
    assert figures() == [questions + 2, askers + 1, missed + 1]


def test_the_state_names_version_edition_and_queue(server: BotApiServer, admin: User) -> None:
    lines = ask(server, admin, "/status").text.splitlines()
    assert [line[:2] for line in lines] == ["运行", "清单", "今天", "用时", "排队"]
    assert "17 项" in lines[1]
    assert lines[-1] == "排队：0 个"


@pytest.mark.parametrize("command", ["/status", "/unanswered", "/invite 5"])
def test_what_a_group_should_not_read_is_said_in_private_only(
    server: BotApiServer, admin: User, group: Chat, command: str
) -> None:
    server.join(group, admin)
    assert ask(server, admin, command, group).text == "请在和我的私聊里用这个命令，群里大家都看得到。"


def test_an_admin_may_let_a_group_be_limited_from_inside(server: BotApiServer, admin: User, group: Chat) -> None:
    server.join(group, admin)
    assert "流程" in ask(server, admin, f"/allow {group.id} 流程", group).text
    assert "这里只开放流程" in ask(server, admin, "/ask 二手车的风险", group).text


@pytest.mark.parametrize("command", ["/status", "/unanswered", "/reload", "/invite", "/allow 1", "/deny 1"])
def test_commands_of_admins_are_theirs(server: BotApiServer, user: User, command: str) -> None:
    assert ask(server, user, command).text == "这个命令只有管理员能用。"


# ── misses ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_misses_that_read_alike_are_one_with_a_count_and_a_thumb_down_is_one_too(
    server: BotApiServer, admin: User, user: User, people: dict[str, User]
) -> None:
    for asker, text in ((user, "蓝宝石怎么办"), (user, "蓝宝石怎么办？"), (people["li"], "蓝宝石怎么办！")):
        ask(server, asker, text)
    disliked = ask(server, user, "易制毒的流程")
    assert press(server, user, disliked, "👎") == "已记下，谢谢您的反馈。"
    listed = ask(server, admin, "/unanswered")
    assert miss_of(listed, "蓝宝石").startswith("3 次")
    assert miss_of(listed, "易制毒的流程").startswith("1 次 👎")
    assert listed.labels.index([miss_of(listed, "蓝宝石")]) < listed.labels.index([miss_of(listed, "易制毒")])


def test_what_a_register_never_holds_is_no_miss(server: BotApiServer, admin: User, user: User) -> None:
    ask(server, user, "二手车备案几天能办好")
    assert "几天能办好" not in str(ask(server, admin, "/unanswered").labels)


def test_two_taps_make_a_miss_a_nickname_at_once_for_all_and_a_third_takes_it_back(
    server: BotApiServer, admin: User, user: User, people: dict[str, User]
) -> None:
    assert "没有找到" in ask(server, user, "蜂窝煤的流程").text
    listed = ask(server, admin, "/unanswered")
    offer = press_and_read(server, admin, listed, miss_of(listed, "蜂窝煤"))
    assert offer == "问：蜂窝煤的流程\n“蜂窝煤”指哪一项？选了就记作它的别名。"
    assert press_and_read(server, admin, listed, USED_CAR) == f"已记住：“蜂窝煤”就是{USED_CAR}。"
    assert ask(server, user, "蜂窝煤的流程").text.startswith(f"{USED_CAR}的流程")
    assert USED_CAR in ask(server, people["li"], "谁管蜂窝煤").text
    assert "蜂窝煤" not in str(ask(server, admin, "/unanswered").labels)
    assert press_and_read(server, admin, listed, "撤销") == "已撤销别名“蜂窝煤”。"
    assert "没有找到" in ask(server, people["li"], "蜂窝煤的流程").text


def test_a_miss_can_be_taken_off_the_list(server: BotApiServer, admin: User, user: User) -> None:
    ask(server, user, "红玛瑙怎么办")
    listed = ask(server, admin, "/unanswered")
    press_and_read(server, admin, listed, miss_of(listed, "红玛瑙"))
    assert press_and_read(server, admin, listed, "不用处理") == "已从列表里去掉。"
    assert "红玛瑙" not in str(ask(server, admin, "/unanswered").labels)


def test_a_question_that_names_nothing_is_offered_as_no_nickname(server: BotApiServer, admin: User, user: User) -> None:
    answer = ask(server, user, "二手车的流程")
    follow_up = ask(server, user, "那风险呢")
    press(server, user, follow_up, "👎")
    listed = ask(server, admin, "/unanswered")
    assert "没有能单独作别名的叫法" in press_and_read(server, admin, listed, miss_of(listed, "那风险呢"))
    assert listed.labels == [["不用处理"]]
    assert answer.earlier == []


def test_a_nickname_can_be_revoked_after_its_question_is_forgotten(
    server: BotApiServer, admin: User, user: User
) -> None:
    ask(server, user, "琉璃瓦的流程")
    listed = ask(server, admin, "/unanswered")
    press_and_read(server, admin, listed, miss_of(listed, "琉璃瓦"))
    press_and_read(server, admin, listed, USED_CAR)
    ask(server, user, "/forgetme")
    assert press_and_read(server, admin, listed, "撤销") == "已撤销别名“琉璃瓦”。"
    assert "没有找到" in ask(server, user, "琉璃瓦的流程").text


def test_a_nickname_that_the_command_revokes_is_forgotten_by_the_running_bot(
    server: BotApiServer, bot: RunningBot, admin: User, user: User, module_cli: Cli
) -> None:
    ask(server, user, "玳瑁梳的流程")
    listed = ask(server, admin, "/unanswered")
    press_and_read(server, admin, listed, miss_of(listed, "玳瑁梳"))
    press_and_read(server, admin, listed, USED_CAR)
    assert module_cli("--config", bot.config, "aliases", "--revoke", "玳瑁梳").code == 0
    assert "重新读取" in ask(server, admin, "/reload").text
    assert "没有找到" in ask(server, user, "玳瑁梳的流程").text


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_me_says_number_rights_and_how_much_is_kept(server: BotApiServer, admin: User, user: User, group: Chat) -> None:
    ask(server, user, "二手车的流程")
    me = ask(server, user, "/me").text
    assert me == f"您的编号是 {user.id}，这里可以查全部内容。\n记着您的 1 次提问；/forgetme 可以删除。"
    ask(server, admin, f"/allow {user.id} 流程 岗位")
    assert "这里可以查流程、重点岗位" in ask(server, user, "/me").text
    server.join(group, user)
    assert "本群可以查流程、重点岗位" in ask(server, user, "/me", group).text
    assert ask(server, admin, "/me").text.startswith("您的编号是 1001（管理员）")


def tables_with(bot: RunningBot, word: str) -> set[str]:
    """The tables of the database in which ``word`` stands somewhere."""
    with closing(sqlite3.connect(bot.database)) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        return {name for name in tables if word in str(database.execute(f"select * from {name}").fetchall())}


def rows_of(bot: RunningBot, user: User) -> dict[str, int]:
    """How many rows there are about a user."""
    with closing(sqlite3.connect(bot.database)) as database:
        return {
            name: database.execute(f"select count(*) from {name} where user = ?", (str(user.id),)).fetchone()[0]
            for name in ("questions", "handoffs", "talks")
        }


def test_forgetme_leaves_nothing_of_what_a_person_asked(
    server: BotApiServer, bot: RunningBot, admin: User, user: User, group: Chat
) -> None:
    server.join(group, user)
    ask(server, user, "二手车的流程")
    ask(server, user, "/ask 易制毒的流程", group)
    missed = ask(server, user, "黑曜石怎么办")
    press(server, user, missed, "转给管理员")
    ask(server, user, "/feedback 黑曜石没有")
    assert {"questions", "handoffs"} <= tables_with(bot, "黑曜石")
    assert rows_of(bot, user) == {"questions": 4, "handoffs": 2, "talks": 2}
    assert ask(server, user, "/forgetme").text == "已删除您的 4 条提问记录。"
    assert tables_with(bot, "黑曜石") == set()
    assert rows_of(bot, user) == {"questions": 0, "handoffs": 0, "talks": 0}
    assert "您问的是哪一项" in ask(server, user, "那风险呢").text
    assert "您问的是哪一项" in ask(server, user, "/ask 那风险呢", group).text
    assert "黑曜石" not in str(ask(server, admin, "/unanswered").labels)


def test_the_journal_keeps_no_text_of_what_is_answered(server: BotApiServer, bot: RunningBot, user: User) -> None:
    ask(server, user, "孔雀石的流程")
    ask(server, user, "/forgetme")  # what came before in a chat is crossed out by now
    assert tables_with(bot, "孔雀石") == set()


def test_the_log_knows_who_asked_what_when_and_what_became_of_it(
    server: BotApiServer, bot: RunningBot, admin: User, user: User
) -> None:
    ask(server, user, "二手车的流程")
    ask(server, server.user(4790, "路人"), "二手车的风险")
    ask(server, admin, "/allow -1399 流程")
    with closing(sqlite3.connect(bot.database)) as database:
        database.row_factory = sqlite3.Row
        asked, refused, ordered = (
            database.execute("select * from questions where user = ? order by number desc", (number,)).fetchone()
            for number in (user.id, 4790, admin.id)
        )
    assert (asked["channel"], asked["chat"], asked["text"]) == ("telegram", user.id, "二手车的流程")
    assert (asked["decision"], asked["kind"], asked["powers"]) == ("answered", "answer", "[9]")
    assert asked["at"] > 1_700_000_000
    assert asked["milliseconds"] > 0
    assert (refused["decision"], refused["text"]) == ("refused", "")
    assert (ordered["decision"], ordered["text"]) == ("ordered", "/allow -1399 流程")
