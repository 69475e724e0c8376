"""What admins command: let in and keep out, invite, look at the state and at misses, read anew."""

import re
import time
from importlib.metadata import version

from telegram import Chat, Update, User
from telegram.helpers import create_deep_linked_url

from bot.access import Gate, Kind
from bot.channels.telegram.addressing import command_of
from bot.channels.telegram.misses import Misses
from bot.channels.telegram.outcomes import Outcomes
from bot.channels.telegram.people import INVITATION
from bot.channels.telegram.rendering import plain_html
from bot.channels.telegram.responses import Response, answer_to
from bot.compose import FACET_LABELS, facets_told
from bot.current import Current
from bot.records.audit import Audit
from bot.records.journal import Journal
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
_DECISIONS = ("allow", "deny", "invite")
# What shows questions of others, or lets anybody in who reads it.
_PRIVATE = ("invite", "status", "unanswered")
# Numbers of users and chats have 52 bits.
_LONGEST_NUMBER = 17

_FACET_WORDS = {
    **{facet.value: facet for facet in ALL_FACETS},
    **{FACET_LABELS[facet]: facet for facet in ALL_FACETS},
    "流程": Facet.PROCESS,
    "岗位": Facet.POSTS,
    "风险": Facet.RISKS,
    "风险点": Facet.RISKS,
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
        outcomes: Outcomes,
        misses: Misses,
        me: User,
    ):
        self._gate = gate
        self._current = current
        self._audit = audit
        self._journal = journal
        self._outcomes = outcomes
        self._misses = misses
        self._me = me
        self._since = time.monotonic()

    def commanded(self, update: Update) -> Response:
        """Do an admin's command."""
        message, user = update.effective_message, update.effective_user
        if message is None or user is None:
            return Response()
        if not self._gate.is_admin(user.id):
            return self._outcomes.say(update, _ADMINS_ONLY)
        command, rest = command_of(message)
        if command in _PRIVATE and message.chat.type != Chat.PRIVATE:
            return Response([answer_to(update, _IN_PRIVATE)])  # a group reads along
        if command in _DECISIONS:
            self._audit.order(user.id, f"/{command} {rest}")
        words = re.split(r"[\s、，,]+", rest) if rest else []
        match command:
            case "allow":
                return _say(update, self._allow(words, user.id))
            case "deny":
                return self._deny(update, words, user.id)
            case "invite":
                return _say(update, self._invite(words, user.id))
            case "status":
                return _say(update, self._status())
            case "unanswered":
                return self._misses.listed(update)
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
        return f"已允许{_named(number)}：可以查{facets_told(facets)}。"

    def _deny(self, update: Update, words: list[str], by: int) -> Response:
        number = _number(words)
        if number is None:
            return _say(update, _DENY_USAGE)
        if self._gate.is_admin(number):
            return _say(update, _IN_SETTINGS)
        self._gate.deny(_kind(number), number, by)
        response = _say(update, f"已停用{_named(number)}{'，我这就退出' if number < 0 else ''}。")
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
        return f"邀请链接（{uses} 人，{days} 天内有效，可查{facets_told(facets)}）：\n{link}"

    # ── the state ────────────────────────────────────────────────────────────────────────────────────────────

    def _status(self) -> str:
        figures, library = self._audit.today(), self._current.library
        up = _duration(time.monotonic() - self._since)
        return "\n".join(
            [
                f"运行正常，已运行{up}，版本 {version('lianzheng-bot')}。",
                f"清单：{library.register.title}，{library.label}，{len(library.register.powers)} 项",
                f"今天：{figures.questions} 个问题，{figures.askers} 人，没答上 {figures.unanswered} 个",
                f"用时：中位 {figures.median_ms:.1f} 毫秒，最慢 {figures.slowest_ms:.1f} 毫秒",
                f"排队：{self._journal.queue_length() - 1} 个",  # this command itself is in hand
            ]
        )


def _say(update: Update, text: str) -> Response:
    return Response([answer_to(update, plain_html(text))])


def _duration(seconds: float) -> str:
    """Return a length of time as it is said, to the minute."""
    minutes = int(seconds // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = ((days, "天"), (hours, "小时"), (minutes, "分钟"))
    return "".join(f" {number} {unit}" for number, unit in parts if number) or "不到 1 分钟"


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
