"""What the server demands of formatted texts, keyboards and the place of a message."""

import re
from collections.abc import Mapping

from tests.botapi.errors import bad_request
from tests.botapi.markup import UnreadableHtmlError, parse_html
from tests.botapi.params import Params
from tests.botapi.text import Entity, FormattedText, utf16_length
from tests.botapi.world import Button, Chat, Keyboard, Message, Topic, World

MAX_TEXT = 4096
MAX_CAPTION = 1024
_MAX_ENTITIES = 100
_MAX_BUTTONS = 100
_ACTIONS = frozenset(
    [
        "callback_data",
        "url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "login_url",
        "web_app",
        "copy_text",
        "callback_game",
        "pay",
    ]
)
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def formatted(markup: str, parse_mode: str, entities: object = None, *, limit: int = MAX_TEXT) -> FormattedText:
    """A text as the server keeps it; empty when nothing but white space is in it.

    Raises:
        ApiError: the markup can't be read, or the text is longer than ``limit`` UTF-16 units without it.
    """
    if parse_mode.lower() == "html":
        try:
            content = parse_html(markup)
        except UnreadableHtmlError as error:
            raise bad_request(f"can't parse entities: {error}") from None
    elif parse_mode:
        raise bad_request("unsupported parse_mode")
    else:
        content = FormattedText(markup, _entities(entities))
    content = content.trimmed()
    if utf16_length(content.text) > limit:
        raise bad_request("message is too long" if limit == MAX_TEXT else "message caption is too long")
    return FormattedText(content.text, content.entities[:_MAX_ENTITIES])


def message_text(params: Params) -> FormattedText:
    """The ``text`` of a call, which may not be empty."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    content = formatted(params.text("text"), params.text("parse_mode"), params.structure("entities"))
    if not content.text:
        raise bad_request("text must be non-empty")
    return content


def _entities(written: object) -> tuple[Entity, ...]:
    if not isinstance(written, list):
        return ()
    entities = []
    for entity in written:
        match entity:
            case {"type": str(kind), "offset": int(offset), "length": int(length)}:
                extra = {str(name): str(value) for name, value in entity.items()}
                for name in ("type", "offset", "length"):
                    del extra[name]
                entities.append(Entity(kind, offset, length, extra))
            case _:
                raise bad_request("can't parse entities: can't parse MessageEntity")
    return tuple(entities)


def any_keyboard(params: Params) -> Keyboard:
    """The inline keyboard of a new message; other keyboards are the person's own affair and leave none."""
    markup = params.mapping("reply_markup")
    if any(name in markup for name in ("keyboard", "remove_keyboard", "force_reply")):
        return ()
    return inline_keyboard(markup)


def inline_keyboard(markup: Mapping[str, object]) -> Keyboard:
    """The rows of buttons of an ``InlineKeyboardMarkup``.

    Raises:
        ApiError: it has another shape, too many buttons, or a button that Telegram refuses.
    """
    if not markup:
        return ()
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list):
        raise bad_request("inline keyboard expected")
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(
            "can't parse inline keyboard markup JSON object: field inline_keyboard must be an array of arrays"
        )
    keyboard = tuple(tuple(_button(button) for button in row) for row in rows if row)
    if sum(map(len, keyboard)) > _MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return keyboard


def _button(written: object) -> Button:
    if not isinstance(written, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    text = written.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("can't parse inline keyboard button: button text must be non-empty")
    actions = [name for name in written if name in _ACTIONS]
    if not actions:
        raise bad_request("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: too many actions in one button")
    action, value = actions[0], written[actions[0]]
    if action == "callback_data" and not (isinstance(value, str) and 1 <= len(value.encode()) <= 64):
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url" and not (isinstance(value, str) and re.match(r"(https?|tg|tonsite|mailto|tel)://?\S+$", value)):
        raise bad_request("inline keyboard button URL is invalid: Wrong HTTP URL")
    return Button(text, action, value)


def place(world: World, params: Params) -> tuple[Chat, Topic | None, Message | None]:
    """Where a message goes: its chat, its topic in a forum, the message that it answers.

    Raises:
        ApiError: the bot may not write there, or the topic or the message is not there.
    """
    chat = world.reachable(params.chat_id)
    topic = None
    if thread := params.integer("message_thread_id"):
        topic = chat.topics.get(thread)
        if topic is None:
            raise bad_request("message thread not found")
    reply_to = _answered(chat, params.mapping("reply_parameters"))
    if reply_to and not topic:
        topic = reply_to.topic
    return chat, topic, reply_to


def _answered(chat: Chat, reply: Mapping[str, object]) -> Message | None:
    if not reply:
        return None
    number = reply.get("message_id")
    found = chat.messages.get(number) if isinstance(number, int) and reply.get("chat_id", chat.id) == chat.id else None
    if found and not found.deleted:
        return found
    if reply.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def is_start_parameter(value: str) -> bool:
    """Whether a link may carry it: 1 to 64 of A–Z, a–z, 0–9, _ and -."""
    return _START_PARAMETER.fullmatch(value) is not None
