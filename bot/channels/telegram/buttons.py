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
from bot.reception import Asker, Outcome, Reception
from bot.records.audit import Audit

_CHANNEL = "telegram button"
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
        action = self._signer.action(query.data or "")
        if action is not None and action.act is Act.SHOW and shown(action)[0] == self._current.version:
            return self._show(update, query.message, asker, action)
        outcome = self._reception.admit(asker, _CHANNEL)
        if outcome.decision != "admitted":
            return self._turned_away(asker, outcome)
        match action:
            case Action(Act.SHOW):
                return Response(toast=_CHANGED)
            case Action(Act.HAND_OVER, (number,)) if self._is_from_here(asker, int(number)):
                return self._handing_over.hand_over(update, int(number))
            case Action(Act.DISLIKE, (number,)) if self._is_from_here(asker, int(number)):
                self._audit.dislike(int(number))
                return Response(toast=_NOTED)
            case Action(Act.PUBLISH | Act.DISCARD) if self._gate.is_admin(asker.user) and asker.chat is None:
                return self._publishing.pressed(update, query.message, action, query.from_user.full_name)
            case Action() if self._gate.is_admin(asker.user) and asker.chat is None:
                return self._administration.pressed(update, action)
        return Response(toast=_OLD)

    def _show(self, update: Update, message: Message, asker: Asker, action: Action) -> Response:
        """Show facets of a power in the place of the message under which the button is."""
        _, position, facets = shown(action)
        outcome = self._reception.open(asker, position, facets, _CHANNEL)
        if outcome.reply is None:
            return self._turned_away(asker, outcome)
        first, *rest = self._questions.response(update, asker, outcome).messages
        return Response([first.model_copy(update={"edits": message.message_id, "question": None}), *rest])

    def _turned_away(self, asker: Asker, outcome: Outcome) -> Response:
        refused = outcome.decision == "refused"
        return Response(toast=self._questions.refusal(asker) if refused else _TOO_FAST)

    def _is_from_here(self, asker: Asker, number: int) -> bool:
        """Whether the question ``number`` was asked here: an altered client may bring a button's data anywhere."""
        entry = self._audit.entry(number)
        return entry is not None and entry.chat == asker.place
