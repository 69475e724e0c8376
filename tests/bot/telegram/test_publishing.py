"""New editions sent to the bot: read, shown, published or discarded; who subscribed is told what it may see."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.reading import read_register
from knowledge.store import Store
from tests.bot.telegram.conftest import GROUPS, RunningBot
from tests.botapi import BotApiServer, Chat, Message, User
from tests.conftest import WAIMAO, WENLV


@pytest.fixture
def office(server: BotApiServer, people: dict[str, User]) -> Chat:
    """The admin's private chat."""
    return server.private(people["admin"], started=True)


@pytest.fixture
def send(server: BotApiServer, office: Chat, people: dict[str, User]) -> Callable[[str, bytes], Message]:
    """Sends a file as the admin and returns the bot's answer."""

    def sent(name: str, data: bytes) -> Message:
        return server.wait_for_reply(server.send_file(office, people["admin"], name, data))

    return sent


def changed(**replaced: str) -> bytes:
    text = WAIMAO.read_text("utf-8")
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def said(server: BotApiServer, chat: Chat, who: User, text: str) -> str:
    return server.wait_for_reply(server.say(chat, who, text)).text


def test_a_new_edition_is_shown_published_and_told(
    server: BotApiServer, bot: RunningBot, people: dict[str, User], send: Callable[[str, bytes], Message]
) -> None:
    li, admin = people["li"], people["admin"]
    group = server.group("外贸处", li, admin, chat_id=GROUPS[-1], kind="supergroup")
    limited = server.group("企业群", li, admin, chat_id=GROUPS[-2], kind="supergroup")
    private = server.private(admin, started=True)
    assert "已允许" in said(server, private, admin, f"/allow {limited.id} 流程")
    for chat in (group, limited):
        assert "会在这里通知" in said(server, chat, admin, "/subscribe")
    answer = send("清单.txt", changed(赵思聪="林一鸣"))
    assert "赵思聪 → 林一鸣" in answer.text
    assert answer.labels == [["发布", "放弃"]]
    assert "赵思聪" in said(server, private, admin, "谁负责二手车出口")
    server.wait_for_answer(server.press(admin, answer, "发布"))
    news = server.wait_for(lambda: next((m for m in server.sent(group) if "已更新" in m.text), None))
    assert "赵思聪 → 林一鸣" in news.text
    assert len(news.text.splitlines()) <= 4
    assert "林一鸣" in said(server, group, li, "/ask 谁负责二手车出口")
    assert not any("林一鸣" in message.text for message in server.sent(limited))


def test_what_is_published_on_the_command_line_is_told_also_when_no_bot_ran_meanwhile(
    server: BotApiServer, bot: RunningBot, people: dict[str, User], tmp_path: Path
) -> None:
    group = server.group("外贸处", people["li"], people["admin"], chat_id=GROUPS[-1], kind="supergroup")
    assert "在这里通知" in said(server, group, people["admin"], "/subscribe")

    def publish(**replaced: str) -> None:
        (tmp_path / "清单.txt").write_bytes(changed(**replaced))
        with closing(Store(bot.database)) as store:
            store.add_edition(read_register(tmp_path / "清单.txt"), "清单.txt", str(replaced).encode())

    def news() -> list[str]:
        return [message.text for message in server.sent(group) if "已更新" in message.text]

    publish(常宇="郝一")
    server.wait_for(news)
    bot.stop()
    publish(常宇="郝二")
    publish(常宇="郝三")
    bot.start()
    server.wait_for(lambda: len(news()) > 1)
    assert "常宇 → 郝一" in news()[0]
    assert "郝一 → 郝三" in news()[1]
    assert "郝三" in said(server, group, people["li"], "/ask 郝三负责哪些")
    assert len(news()) == 2


def test_a_discarded_edition_changes_nothing(
    server: BotApiServer, people: dict[str, User], office: Chat, send: Callable[[str, bytes], Message]
) -> None:
    answer = send("清单.txt", changed(孙钰程="王小明"))
    server.wait_for_answer(server.press(people["admin"], answer, "放弃"))
    assert "孙钰程" in said(server, office, people["admin"], "谁负责进口贴息")
    server.wait_for(lambda: "已放弃" in answer.text)


def test_an_edition_compared_with_another_one_is_not_published(
    server: BotApiServer, people: dict[str, User], send: Callable[[str, bytes], Message]
) -> None:
    first, second = send("一.txt", changed(刘博="刘一")), send("二.txt", changed(刘博="刘二"))
    server.wait_for_answer(server.press(people["admin"], first, "发布"))
    press = server.press(people["admin"], second, "发布")
    server.wait_for_answer(press)
    assert press.answer is not None
    assert "重新查看差异" in str(press.answer.text)


@pytest.mark.parametrize(
    ("name", "data"),
    [("乱.docx", b"\x00\x01\x02"), ("空.txt", b""), ("信.txt", "这不是清单".encode()), ("假.xlsx", b"PK\x03\x04")],
)
def test_what_is_no_register_is_refused_in_one_sentence(
    send: Callable[[str, bytes], Message], name: str, data: bytes
) -> None:
    answer = send(name, data)
    assert "\n" not in answer.text
    assert answer.text.endswith("。")
    assert answer.labels == []


def test_only_admins_send_editions(server: BotApiServer, people: dict[str, User]) -> None:
    li = people["li"]
    question = server.send_file(server.private(li, started=True), li, "清单.txt", changed(刘博="李四"))
    answer = server.wait_for_reply(question)
    assert "请用文字提问" in answer.text
    assert answer.labels == []


def test_a_register_of_another_division_stands_beside_the_first(
    server: BotApiServer, people: dict[str, User], office: Chat, send: Callable[[str, bytes], Message]
) -> None:
    admin = people["admin"]
    answer = send("wenlv.txt", Path(WENLV).read_bytes())
    assert "另一张" in answer.text
    server.wait_for_answer(server.press(admin, answer, "发布"))
    assert "外贸运行处" in said(server, office, admin, "/unit")
    assert "外贸运行处" in said(server, office, admin, "/unit 外贸运行处")
    assert "二手车出口备案初审" in said(server, office, admin, "第9项的流程")
    assert "外贸运行处有 17 项" in said(server, office, admin, "都有哪些事项")
    assert "不再设" in said(server, office, admin, "/unit 全部")
    assert "共 17 项" not in said(server, office, admin, "都有哪些事项")
    assert "哪一项" in said(server, office, admin, "第9项的流程")
