"""Buttons under answers: another facet in place, an option chosen, a person asked, 👎."""

from telegram import Message, Update

from bot.access import Gate
from bot.channels.telegram.addressing import asker_of
from bot.channels.telegram.administration import Administration
from bot.channels.telegram.callbacks import Act, Action, Signer
from bot.channels.telegram.handling import Response
from bot.channels.telegram.handoff import HandingOver
from bot.channels.telegram.keyboards import shown
from bot.channels.telegram.publishing import Publishing
from bot.channels.telegram.questions import Questions
from bot.current import Current
from bot.reception import Asker, Reception
from bot.records.audit import Audit

_OLD = "这个按钮已经失效，请重新提问。"
_CHANGED = "清单已经更新，请重新提问。"
_TOO_FAST = "您按得太快了，请过一分钟再试。"
_NOTED = "已记下，谢谢您的反馈。"


class Buttons:
    """Does what a button asks for; every press is answered, a forged or old one politely."""

    def __init__(
        self,
        signer: Signer,
        gate: Gate,
        reception: Reception,
        current: Current,
        audit: Audit,
        questions: Questions,
        handing_over: HandingOver,
        administration: Administration,
        publishing: Publishing,
    ):
        self._signer = signer
        self._gate = gate
        self._reception = reception
        self._current = current
        self._audit = audit
        self._questions = questions
        self._handing_over = handing_over
        self._administration = administration
        self._publishing = publishing

    def pressed(self, update: Update) -> Response:
        """Handle a press."""
        query = update.callback_query
        asker = asker_of(update)
        if query is None or asker is None or not isinstance(query.message, Message):
            return Response(toast=_OLD)  # Telegram no longer gives access to the message
        if not self._reception.admit(asker, "telegram button").is_open:
            return Response(toast=self._questions.refusal(asker))
        action = self._signer.action(query.data or "")
        if action is None:
            return Response(toast=_OLD)
        match action:
            case Action(Act.SHOW):
                return self._show(update, query.message, asker, action)
            case Action(Act.HAND_OVER, (number,)):
                return self._handing_over.hand_over(update, int(number))
            case Action(Act.DISLIKE, (number,)):
                self._audit.dislike(int(number))
                return Response(toast=_NOTED)
            case Action(Act.PUBLISH | Act.DISCARD) if self._gate.is_admin(asker.user):
                return self._publishing.pressed(update, query.message, action, query.from_user.full_name)
            case _ if self._gate.is_admin(asker.user):
                return self._administration.pressed(update, action)
        return Response(toast=_OLD)

    def _show(self, update: Update, message: Message, asker: Asker, action: Action) -> Response:
        """Show facets of a power in the place of the message under which the button is."""
        version, position, facets = shown(action)
        if version != self._current.version:
            return Response(toast=_CHANGED)
        outcome = self._reception.open(asker, position, facets, "telegram button")
        if outcome.reply is None:
            return Response(toast=_TOO_FAST)
        first, *rest = self._questions.messages(update, asker, outcome)
        return Response([first.model_copy(update={"edits": message.message_id, "question": None}), *rest])
