"""What follows from an update: messages to send, and what to do besides; made by the rooms, done by ``handling``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from telegram import Message, Update

from bot.channels.telegram.messages import Keyboard, Outgoing
from bot.channels.telegram.rendering import plain_html


@dataclass
class Response:
    """Messages to send, what to do besides.

    ``toast``: what the presser of a button reads for a moment; ``leave``: a chat to leave afterwards; ``relearn``: the
    nicknames or registers changed; ``welcome``: an admin who began the chat, and whose menu is due.
    """

    messages: list[Outgoing] = field(default_factory=list)
    toast: str = ""
    leave: int | None = None
    relearn: bool = False
    welcome: int | None = None


def answer_to(update: Update, html: str, keyboard: Keyboard = ()) -> Outgoing:
    """Return a message with ``html`` that answers the message of ``update`` where it was written."""
    message = update.effective_message
    if message is None:
        user = update.effective_user
        return Outgoing(chat=user.id if user else 0, html=html, keyboard=keyboard)
    return Outgoing(
        chat=message.chat_id,
        html=html,
        keyboard=keyboard,
        question=message.message_id,
        thread=message.message_thread_id if message.is_topic_message else None,
    )


def in_place_of(message: Message, text: str, keyboard: Keyboard = ()) -> Outgoing:
    """Return ``text`` (no markup) to stand where the bot's ``message`` stands."""
    return Outgoing(chat=message.chat_id, html=plain_html(text), keyboard=keyboard, edits=message.message_id)


def to_each(
    chats: Iterable[int], pages: Sequence[str], keyboard: Keyboard = (), handoff: int | None = None
) -> list[Outgoing]:
    """Return ``pages`` (HTML) for each of ``chats``, the buttons under the last one."""
    last = len(pages) - 1
    return [
        Outgoing(chat=chat, html=html, keyboard=keyboard if number == last else (), handoff=handoff)
        for chat in chats
        for number, html in enumerate(pages)
    ]


def beginning_with(told: str, response: Response) -> Response:
    """Return ``response`` with ``told`` (which needs no escaping) before its first message."""
    response.messages[:1] = [m.model_copy(update={"html": told + m.html}) for m in response.messages[:1]]
    return response
