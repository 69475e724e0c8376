"""Questions that found no good answer: listed for admins, tied to a power with two taps, a nickname taken back."""

from telegram import Update

from bot.channels.telegram.buttons import Handler, Handlers, Press
from bot.channels.telegram.callbacks import Act
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.messages import Button, Keyboard
from bot.channels.telegram.rendering import excerpt
from bot.channels.telegram.responses import Response, answer_to, in_place_of
from bot.current import Current
from bot.records.audit import Audit
from bot.records.nicknames import Nicknames, digest_of

_OLD = "这个按钮已经失效，请重新发 /unanswered。"
_NONE = "没有未答上的问题。"
_LISTED = "没答上的问题，点一个来归到某一项："
_NO_NICKNAME = "这个问题里没有能单独作别名的叫法。"
_SETTLED = "已从列表里去掉。"
_NO_ALIAS = "这个别名已经不在了。"
_SHOWN = 8
_EXCERPT = 300
# A thumb scrolls over so many buttons.
_OFFERED = 20


class Misses:
    """Lists misses and ties them to powers."""

    def __init__(self, current: Current, audit: Audit, nicknames: Nicknames, keyboards: Keyboards):
        self._current = current
        self._audit = audit
        self._nicknames = nicknames
        self._keyboards = keyboards

    @property
    def buttons(self) -> Handlers:
        """What its buttons do."""
        return {
            Act.OFFER: Handler(self._offered),
            Act.TIE: Handler(self._tied),
            Act.SETTLE: Handler(self._settled),
            Act.REVOKE: Handler(self._revoked),
        }

    def listed(self, update: Update) -> Response:
        """Answer /unanswered."""
        misses = self._audit.misses(_SHOWN)
        if not misses:
            return Response([answer_to(update, _NONE)])
        rows = tuple(
            (self._button(f"{_often(miss.count, miss.disliked)}{miss.text}", Act.OFFER, miss.number, 0),)
            for miss in misses
        )
        return Response([answer_to(update, _LISTED, rows)])

    def _offered(self, press: Press) -> Response:
        """Offer the powers that a miss may be about, the likeliest first; the second tap ties it."""
        number, page = map(int, press.arguments)
        entry = self._audit.entry(number)
        if entry is None:
            return Response(toast=_OLD)
        assistant, version = self._current.assistant()
        subject = assistant.subject(entry.text)
        begin, end = page * _OFFERED, (page + 1) * _OFFERED
        likely = assistant.likely(entry.text, end + 1) if subject else ()
        register = assistant.register
        rows = [
            (self._button(register.called(register.power(position)), Act.TIE, number, version, position),)
            for position in likely[begin:end]
        ]
        if len(likely) > end:
            rows.append((self._button("都不是，看更多", Act.OFFER, number, page + 1),))
        rows.append((self._button("不用处理", Act.SETTLE, number),))
        told = f"“{subject}”指哪一项？选了就记作它的别名。" if subject else _NO_NICKNAME
        return _instead(press, f"问：{excerpt(entry.text, _EXCERPT)}\n{told}", tuple(rows))

    def _tied(self, press: Press) -> Response:
        number, version, position = map(int, press.arguments)
        entry = self._audit.entry(number)
        if entry is None or version != self._current.version:
            return Response(toast=_OLD)
        register, alias = self._current.register, self._current.assistant()[0].subject(entry.text)
        power = register.power(position)
        called = register.called(power)
        self._audit.order(press.user.id, f"{alias} = {called}")
        self._nicknames.learn(alias, power.name, press.user.id)
        self._audit.settle(number)
        undo = ((self._button("撤销", Act.REVOKE, digest_of(alias)),),)
        return _instead(press, f"已记住：“{alias}”就是{called}。", undo, relearn=True)

    def _settled(self, press: Press) -> Response:
        self._audit.settle(int(press.arguments[0]))
        return _instead(press, _SETTLED)

    def _revoked(self, press: Press) -> Response:
        alias = self._nicknames.called(press.arguments[0])
        if alias is None:
            return _instead(press, _NO_ALIAS)
        self._audit.order(press.user.id, f"revoke {alias}")
        self._nicknames.revoke(alias)
        return _instead(press, f"已撤销别名“{alias}”。", relearn=True)

    def _button(self, label: str, act: Act, *arguments: object) -> Button:
        return self._keyboards.button(label, act, *map(str, arguments))


def _instead(press: Press, text: str, keyboard: Keyboard = (), *, relearn: bool = False) -> Response:
    return Response([in_place_of(press.message, text, keyboard)], relearn=relearn)


def _often(count: int, disliked: int) -> str:
    return f"{count} 次 " + ("👎 " if disliked else "")
