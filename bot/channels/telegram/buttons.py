"""Buttons: every press is answered, a forged or old one politely; each room does what its own buttons ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from telegram import Message, Update, User

from bot.access import Gate
from bot.channels.telegram.addressing import asker_of
from bot.channels.telegram.callbacks import Act, Action, Signer
from bot.channels.telegram.keyboards import shown
from bot.channels.telegram.outcomes import Outcomes
from bot.channels.telegram.responses import Response
from bot.current import Current
from bot.reception import Asker, Outcome, Reception

_CHANNEL = "telegram button"
OLD = "这个按钮已经失效，请重新提问。"
_CHANGED = "清单已经更新，请重新提问。"
_TOO_FAST = "您按得太快了，请过一分钟再试。"


@dataclass(frozen=True)
class Press:
    """A press of a button under ``message``: who pressed where, and what the button carries."""

    message: Message
    user: User
    asker: Asker
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Handler:
    """What a press leads to; ``for_admins``: it is theirs alone, in their private chats."""

    handle: Callable[[Press], Response]
    for_admins: bool = True


Handlers = Mapping[Act, Handler]


class Buttons:
    """Leads a press to the room that knows its act; shows facets and options itself.

    An altered client may bring a button's data anywhere: what is asked of a question is for who reads it there.
    """

    def __init__(
        self,
        signer: Signer,
        gate: Gate,
        reception: Reception,
        current: Current,
        outcomes: Outcomes,
        handlers: Handlers,
    ):
        self._signer = signer
        self._gate = gate
        self._reception = reception
        self._current = current
        self._outcomes = outcomes
        self._handlers = handlers

    def pressed(self, update: Update) -> Response:
        """Handle a press."""
        query = update.callback_query
        asker = asker_of(update)
        if query is None or asker is None or not isinstance(query.message, Message):
            return Response(toast=OLD)  # Telegram no longer gives access to the message
        action = self._signer.action(query.data or "")
        outcome = self._outcome(asker, action)
        if outcome.decision == "refused":
            return Response(toast=self._outcomes.refusal(asker))
        if outcome.decision == "limited":
            return Response(toast=_TOO_FAST)
        if outcome.reply is not None:
            first, *rest = self._outcomes.response(update, asker, outcome).messages
            return Response([first.model_copy(update={"edits": query.message.message_id, "question": None}), *rest])
        if action is None:
            return Response(toast=OLD)
        if action.act is Act.SHOW:
            return Response(toast=_CHANGED)
        handler = self._handlers[action.act]
        if handler.for_admins and not (self._gate.is_admin(asker.user) and asker.chat is None):
            return Response(toast=OLD)
        return handler.handle(Press(query.message, query.from_user, asker, action.arguments))

    def _outcome(self, asker: Asker, action: Action | None) -> Outcome:
        """Return what is to be shown in place of what stands there, else whether the press may go on."""
        if action is not None and action.act is Act.SHOW:
            version, position, facets = shown(action)
            if version == self._current.version:
                return self._reception.open(asker, position, facets, _CHANNEL)
        return self._reception.admit(asker, _CHANNEL)
