"""How an outcome of the reception is told: the reply with its buttons, or the one sentence for who gets none."""

from telegram import Update

from bot.access import Gate
from bot.channels.telegram.addressing import asker_of
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.rendering import pages, plain_html
from bot.channels.telegram.responses import Response, answer_to
from bot.reception import Asker, Outcome, Reception

# A toast has room for so many admins.
_NAMED = 3
_LIMITED = "您问得太快了，请过一分钟再问。"


class Outcomes:
    """Words outcomes."""

    def __init__(self, gate: Gate, reception: Reception, keyboards: Keyboards):
        self._gate = gate
        self._reception = reception
        self._keyboards = keyboards

    def response(self, update: Update, asker: Asker, outcome: Outcome) -> Response:
        """Return what follows from ``outcome``: its reply as messages, else what turns the asker away."""
        if outcome.reply is None:
            return self.turned_away(update, asker, outcome)
        *before, last = pages(outcome.reply)
        keyboard = self._keyboards.under(outcome)
        return Response([*(answer_to(update, html) for html in before), answer_to(update, last, keyboard)])

    def say(self, update: Update, text: str) -> Response:
        """Say a sentence to who is let in."""
        asker = asker_of(update)
        if asker is None:
            return Response()
        outcome = self._reception.admit(asker, "telegram")
        if outcome.decision != "admitted":
            return self.turned_away(update, asker, outcome)
        return Response([answer_to(update, plain_html(text))])

    def turned_away(self, update: Update, asker: Asker, outcome: Outcome) -> Response:
        """Return what follows for who is not let in or asks too much: a sentence; a strange group is left."""
        refused = outcome.decision == "refused"
        leave = asker.chat if refused and not self._gate.is_let_in(asker.chat) else None
        html = self.refusal(asker) if refused else _LIMITED
        return Response([answer_to(update, html)] if outcome.told else [], leave=leave)

    def refusal(self, asker: Asker) -> str:
        """Return the one sentence for who is not let in: their number and whom to ask. It needs no escaping."""
        admins = "、".join(map(str, self._gate.admins[:_NAMED]))
        by_user = self._gate.is_let_in(asker.chat)  # in private, or in a group that is let in
        number = f"您的编号是 {asker.user}" if by_user else f"本群的编号是 {asker.chat}"
        return f"{number}，还没有获准使用；请把编号发给管理员{f'（{admins}）' if admins else ''}开通。"
