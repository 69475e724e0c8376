"""What admins do in the chat: let in and keep out, invite, look at the state, tie misses to powers."""

import re
import time
from datetime import timedelta
from importlib.metadata import version

from telegram import Chat, Message, Update, User
from telegram.helpers import create_deep_linked_url

from bot.access import Gate, Kind
from bot.channels.telegram.addressing import command_of
from bot.channels.telegram.callbacks import Act, Action
from bot.channels.telegram.handling import Response, answer_to
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.membership import INVITATION
from bot.channels.telegram.messages import Keyboard
from bot.channels.telegram.questions import Questions
from bot.channels.telegram.rendering import excerpt, plain_html
from bot.compose import FACET_LABELS
from bot.current import Current
from bot.records.audit import ORDERED, Audit, Entry
from bot.records.journal import Journal
from bot.records.nicknames import Nicknames, digest_of
from bot.visibility import ALL_FACETS
from knowledge.models import Facet

COMMANDS = ("allow", "deny", "invite", "status", "unanswered", "reload")

_ADMINS_ONLY = "这个命令只有管理员能用。"
_ALLOW_USAGE = (
    "写法：/allow 编号 [要素…]，例如 /allow 1003，或 /allow -1004 流程 岗位。"
    "要素可以是流程、岗位、风险、防控、责任人；不写表示全部。"
)
_DENY_USAGE = "写法：/deny 编号，例如 /deny 1003 或 /deny -1004。"
_INVITE_USAGE = "写法：/invite [人数] [天数] [要素…]，例如 /invite 5 7 流程 岗位；不写表示 1 人、7 天、全部内容。"
_IN_PRIVATE = "请在和我的私聊里用这个命令，群里大家都看得到。"
_IN_SETTINGS = "管理员写在配置文件里，请在那里改。"
_NO_NICKNAME = "这个问题里没有能单独作别名的叫法。"
_OLD = "这个按钮已经失效。"
_DECISIONS = ("allow", "deny", "invite")
# What shows questions of others, or lets anybody in who reads it.
_PRIVATE = ("invite", "status", "unanswered")
_SHOWN_MISSES = 8
_EXCERPT = 300
# A thumb scrolls over so many buttons.
_OFFERED = 20
# Numbers of users and chats have 52 bits.
_LONGEST_NUMBER = 17

_FACET_WORDS = {
    **{facet.value: facet for facet in ALL_FACETS},
    **{FACET_LABELS[facet]: facet for facet in ALL_FACETS},
    "流程": Facet.PROCESS,
    "岗位": Facet.POSTS,
    "风险": Facet.RISKS,
    "防控": Facet.CONTROLS,
    "措施": Facet.CONTROLS,
    "责任人": Facet.RESPONSIBLE,
}


class Administration:
    """Does what admins say; anybody else is told that it is for admins. ``me`` is the bot's own user."""

    def __init__(
        self,
        gate: Gate,
        current: Current,
        audit: Audit,
        journal: Journal,
        nicknames: Nicknames,
        questions: Questions,
        keyboards: Keyboards,
        me: User,
    ):
        self._gate = gate
        self._current = current
        self._audit = audit
        self._journal = journal
        self._nicknames = nicknames
        self._questions = questions
        self._keyboards = keyboards
        self._me = me
        self._since = time.monotonic()

    def commanded(self, update: Update) -> Response:
        """Do an admin's command."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None:
            return Response()
        if not self._gate.is_admin(user.id):
            return self._questions.say(update, _ADMINS_ONLY)
        command, rest = command_of(message)
        if command in _PRIVATE and message.chat.type != Chat.PRIVATE:
            return Response([answer_to(update, _IN_PRIVATE)])  # a group reads along
        if command in _DECISIONS:
            self._note(user.id, f"/{command} {rest}")
        words = re.split(r"[\s、，,]+", rest) if rest else []
        match command:
            case "allow":
                return self._say(update, self._allow(words, user.id))
            case "deny":
                return self._deny(update, words, user.id)
            case "invite":
                return self._say(update, self._invite(words, user.id))
            case "status":
                return self._say(update, self._status())
            case "unanswered":
                return self._unanswered(update)
            case _:
                return Response([answer_to(update, "已重新读取清单和别名。")], relearn=True)

    # ── who may ask ──────────────────────────────────────────────────────────────────────────────────────────

    def _allow(self, words: list[str], by: int) -> str:
        number = _number(words[:1])
        facets = _facets(words[1:])
        if number is None or facets is None:
            return _ALLOW_USAGE
        if self._gate.is_admin(number):
            return _IN_SETTINGS
        self._gate.allow(_kind(number), number, facets, by)
        return f"已允许{_named(number)}：可以查{_told(facets)}。"

    def _deny(self, update: Update, words: list[str], by: int) -> Response:
        number = _number(words)
        if number is None:
            return self._say(update, _DENY_USAGE)
        if self._gate.is_admin(number):
            return self._say(update, _IN_SETTINGS)
        self._gate.deny(_kind(number), number, by)
        response = self._say(update, f"已停用{_named(number)}。")
        response.leave = number if number < 0 else None
        return response

    def _invite(self, words: list[str], by: int) -> str:
        numbers = [int(word) for word in words if word.isdecimal()]
        facets = _facets([word for word in words if not word.isdecimal()])
        uses, days = [*numbers, *(1, 7)[len(numbers) :]][:2]
        if facets is None or len(numbers) > 2 or not (1 <= uses <= 1000 and 1 <= days <= 365):
            return _INVITE_USAGE
        secret = self._gate.invite(facets, uses, days, by)
        link = create_deep_linked_url(self._me.username or "", INVITATION + secret)
        return f"邀请链接（{uses} 人，{days} 天内有效，可查{_told(facets)}）：\n{link}"

    # ── the state ────────────────────────────────────────────────────────────────────────────────────────────

    def _status(self) -> str:
        figures, library = self._audit.today(), self._current.library
        up = timedelta(seconds=int(time.monotonic() - self._since))
        return "\n".join(
            [
                f"运行正常，已运行 {up}，版本 {version('lianzheng-bot')}。",
                f"清单：{library.register.title}，{library.label}，{len(library.register.powers)} 项",
                f"今天：{figures.questions} 个问题，{figures.askers} 人，没答上 {figures.unanswered} 个",
                f"用时：中位 {figures.median_ms:.1f} 毫秒，最慢 {figures.slowest_ms:.1f} 毫秒",
                f"排队：{self._journal.queue_length() - 1} 个",  # this command itself is in hand
            ]
        )

    # ── misses ───────────────────────────────────────────────────────────────────────────────────────────────

    def _unanswered(self, update: Update) -> Response:
        misses = self._audit.misses(_SHOWN_MISSES)
        if not misses:
            return self._say(update, "没有未答上的问题。")
        button = self._keyboards.button
        rows = tuple(
            (button(f"{_often(miss.count, miss.disliked)}{miss.text}", Act.OFFER, str(miss.number), "0"),)
            for miss in misses
        )
        return self._say(update, "没答上的问题，点一个来归到某一项：", rows)

    def pressed(self, update: Update, action: Action) -> Response:
        """Do what an admin's button asks for."""
        message, user = update.effective_message, update.effective_user
        if not isinstance(message, Message) or user is None:
            return Response(toast=_OLD)
        match action:
            case Action(Act.OFFER, (number, page)):
                return self._offer(update, message, int(number), int(page))
            case Action(Act.TIE, (number, version_, position)) if int(version_) == self._current.version:
                return self._tie(update, message, int(number), int(position), user.id)
            case Action(Act.SETTLE, (number,)):
                self._audit.settle(int(number))
                return self._edit(update, message, "已从列表里去掉。")
            case Action(Act.REVOKE, (digest,)):
                alias = self._nicknames.called(digest)
                if alias is None:
                    return self._edit(update, message, "这个别名已经不在了。")
                self._note(user.id, f"revoke {alias}")
                self._nicknames.revoke(alias)
                response = self._edit(update, message, f"已撤销别名“{alias}”。")
                response.relearn = True
                return response
            case Action(Act.LET_IN, (chat,)):
                self._note(user.id, f"/allow {chat}")
                self._gate.allow("chat", int(chat), ALL_FACETS, user.id)
                return self._edit(update, message, f"已允许群 {chat}，请再把我拉进去。")
        return Response(toast=_OLD)

    def _offer(self, update: Update, message: Message, number: int, page: int) -> Response:
        """Offer the powers that a miss may be about, the likeliest first; the second tap ties it."""
        entry = self._audit.entry(number)
        if entry is None:
            return Response(toast=_OLD)
        assistant, version_ = self._current.assistant()
        subject, button = assistant.subject(entry.text), self._keyboards.button
        begin, end = page * _OFFERED, (page + 1) * _OFFERED
        likely = assistant.likely(entry.text, end + 1) if subject else ()
        rows = [
            (button(assistant.register.power(p).title, Act.TIE, str(number), str(version_), str(p)),)
            for p in likely[begin:end]
        ]
        if len(likely) > end:
            rows.append((button("都不是，看更多", Act.OFFER, str(number), str(page + 1)),))
        rows.append((button("不用处理", Act.SETTLE, str(number)),))
        told = f"“{subject}”指哪一项？选了就记作它的别名。" if subject else _NO_NICKNAME
        return self._edit(update, message, f"问：{excerpt(entry.text, _EXCERPT)}\n{told}", tuple(rows))

    def _tie(self, update: Update, message: Message, number: int, position: int, by: int) -> Response:
        entry = self._audit.entry(number)
        if entry is None:
            return Response(toast=_OLD)
        power, alias = self._current.register.power(position), self._subject(entry)
        self._note(by, f"{alias} = {power.title}")
        self._nicknames.learn(alias, power.name, by)
        self._audit.settle(number)
        undo = ((self._keyboards.button("撤销", Act.REVOKE, digest_of(alias)),),)
        response = self._edit(update, message, f"已记住：“{alias}”就是{power.title}。", undo)
        response.relearn = True
        return response

    def _subject(self, entry: Entry) -> str:
        """Return what a question is about, in its own words: what may become a nickname."""
        return self._current.assistant()[0].subject(entry.text)

    def _note(self, admin: int, order: str) -> None:
        """Write down what an admin decided."""
        self._audit.record("admin", admin, admin, order, ORDERED)

    # ── saying it ────────────────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _say(update: Update, text: str, keyboard: Keyboard = ()) -> Response:
        return Response([answer_to(update, plain_html(text)).model_copy(update={"keyboard": keyboard})])

    def _edit(self, update: Update, message: Message, text: str, keyboard: Keyboard = ()) -> Response:
        response = self._say(update, text, keyboard)
        new = {"edits": message.message_id, "question": None}
        response.messages = [m.model_copy(update=new) for m in response.messages]
        return response


def _number(words: list[str]) -> int | None:
    """Return the id that an admin wrote, ``None`` where there is none."""
    word = words[0] if len(words) == 1 else ""
    return int(word) if word.removeprefix("-").isdecimal() and len(word) <= _LONGEST_NUMBER else None


def _kind(number: int) -> Kind:
    """Groups have negative numbers in Telegram."""
    return "chat" if number < 0 else "user"


def _named(number: int) -> str:
    return f"群 {number}" if number < 0 else f"用户 {number}"


def _facets(words: list[str]) -> frozenset[Facet] | None:
    """Return the facets that an admin named (all, where none is named); ``None`` for a word that is none."""
    known = [_FACET_WORDS.get(word.lower()) for word in words]
    return None if None in known else frozenset(facet for facet in known if facet) or ALL_FACETS


def _told(facets: frozenset[Facet]) -> str:
    return "全部内容" if facets == ALL_FACETS else "、".join(FACET_LABELS[f] for f in Facet if f in facets)


def _often(count: int, disliked: int) -> str:
    return f"{count} 次 " + ("👎 " if disliked else "")
