"""docs/transcript.md is what the server saw of a talk in a group; ``python -m tests.bot.telegram.test_transcript``
writes it anew.
"""

import re
import tempfile
from pathlib import Path

from tests.bot.telegram.conftest import ADMIN, OTHER_ADMIN, NewBot, RunningBot
from tests.botapi import BotApiServer, Chat, Message, User
from tests.botapi.fixtures import server
from tests.conftest import ROOT, Cli

__all__ = ["server"]

DOCUMENT = ROOT / "docs" / "transcript.md"
INTRODUCTION = """\
# 群聊实录

四位同事在一个群里同时用廉政清单助手：提问、追问、从几项里点选一项、问到清单里没有的内容。各人的话题互不相干，同事之间的闲谈它不接话。
下面是测试用的 Bot API 服务器看到的全部内容（`tests/bot/telegram/test_transcript.py` 每次都重演一遍并对照），
方括号是按钮，“（改）”是原地改过的消息，版本日期记作 0000-00-00。
"""


def talk(server: BotApiServer) -> Chat:
    """Four people in a group; what is said waits for what was asked before, so that the story is the same each time."""
    li, han, wang, zhao = (server.user(1002 + n, name) for n, name in enumerate(("李雷", "韩梅梅", "王芳", "赵强")))
    for admin in (ADMIN, OTHER_ADMIN):
        server.private(server.user(admin, "管理员"), started=True)
    server.configure(privacy=False)
    chat = server.group("外贸运行处", li, han, wang, zhao, chat_id=-1004)

    def ask(user: User, text: str, reply_to: Message | None = None) -> Message:
        return server.wait_for_reply(server.say(chat, user, text, reply_to=reply_to))

    def press(user: User, message: Message, label: str) -> None:
        edits = len(message.earlier)
        pressed = server.press(user, message, label)
        server.wait_for_answer(pressed)
        if label != "转给管理员":
            server.wait_for(lambda: len(message.earlier) > edits)

    server.say(chat, li, "有家企业在电话上，等我查一下")
    about_cars = ask(li, "@lianzheng_bot 二手车的流程")
    subsidy = ask(han, "/ask 进口贴息谁负责")
    ask(li, "最后一步是什么", reply_to=about_cars)
    server.say(chat, wang, "李雷，回头把号码给我")
    ask(han, "那他还管啥", reply_to=subsidy)
    choice = ask(zhao, "@lianzheng_bot 许可证的流程")
    press(zhao, choice, choice.labels[1][0])
    press(zhao, choice, "风险")
    ask(wang, "/ask er shou che de fengxian")
    missing = ask(wang, "/ask 食堂几点开饭")
    press(wang, missing, "转给管理员")
    ask(li, "@lianzheng_bot 谢谢")
    return chat


def document(server: BotApiServer) -> str:
    story = re.sub(r"\d{4}-\d\d-\d\d 版", "0000-00-00 版", server.transcript(talk(server)))
    story = re.sub(r"[ \t　]+$", "", story, flags=re.MULTILINE)
    return f"{INTRODUCTION}\n```text\n{story}\n```\n"


def test_the_transcript_in_the_documentation_is_true(server: BotApiServer, new_bot: NewBot) -> None:
    new_bot().start()
    assert document(server) == DOCUMENT.read_text("utf-8")
    assert server.refused() == []


def _write() -> None:
    with tempfile.TemporaryDirectory() as name, BotApiServer() as running:
        bot = RunningBot(Cli(Path(name), Path(name)), running, Path(name)).start()
        try:
            DOCUMENT.write_text(document(running), "utf-8")
        finally:
            bot.kill()


if __name__ == "__main__":
    _write()
