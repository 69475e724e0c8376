"""Methods that send, change and remove messages and files."""

from tests.botapi.checks import (
    MAX_CAPTION,
    any_keyboard,
    formatted,
    inline_keyboard,
    message_text,
    place,
)
from tests.botapi.errors import bad_request
from tests.botapi.params import Params
from tests.botapi.text import FormattedText
from tests.botapi.wire import JsonObject, file_json, message_json
from tests.botapi.world import File, Keyboard, Message, World

_MOST_BYTES = 20 * 1024 * 1024


def send_message(world: World, params: Params) -> JsonObject:
    chat, topic, reply_to = place(world, params)
    content, keyboard = message_text(params), any_keyboard(params)
    message = world.post(chat, world.bot, content, keyboard=keyboard, reply_to=reply_to, topic=topic)
    return message_json(world, message)


def send_document(world: World, params: Params) -> JsonObject:
    chat, topic, reply_to = place(world, params)
    caption = formatted(
        params.text("caption"), params.text("parse_mode"), params.structure("caption_entities"), limit=MAX_CAPTION
    )
    keyboard = any_keyboard(params)
    file = params.file("document", world.files)
    if not isinstance(file, File):
        name, content = file
        if not content:
            raise bad_request("file must be non-empty")
        file = world.add_file(name, content)
    message = world.post(chat, world.bot, caption, keyboard=keyboard, reply_to=reply_to, topic=topic, document=file)
    return message_json(world, message)


def get_file(world: World, params: Params) -> JsonObject:
    file = world.files.get(params.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.content) > _MOST_BYTES:
        raise bad_request("file is too big")
    return {**file_json(file), "file_path": file.path}


def send_chat_action(world: World, params: Params) -> bool:
    place(world, params)
    if not params.text("action"):
        raise bad_request("wrong parameter action in request")
    return True


def edit_message_text(world: World, params: Params) -> JsonObject | bool:
    message = _own_message(world, params)
    content, keyboard = message_text(params), inline_keyboard(params.mapping("reply_markup"))
    if message.document:
        raise bad_request("there is no text in the message to edit")
    return _edit(world, message, content, keyboard)


def edit_message_reply_markup(world: World, params: Params) -> JsonObject | bool:
    message = _own_message(world, params)
    keyboard = inline_keyboard(params.mapping("reply_markup"))
    return _edit(world, message, FormattedText(message.text, message.entities), keyboard)


def delete_message(world: World, params: Params) -> bool:
    chat = world.reachable(params.chat_id)
    message = chat.messages.get(params.integer("message_id"))
    if message is None or message.deleted:
        raise bad_request("message to delete not found")
    own = message.sender is world.bot or chat.type == "private" or chat.standing(world.bot) == "administrator"
    if not own:
        raise bad_request("message can't be deleted")
    world.delete(message)
    return True


def set_message_reaction(world: World, params: Params) -> bool:
    chat = world.reachable(params.chat_id)
    message = chat.messages.get(params.integer("message_id"))
    if message is None or message.deleted:
        raise bad_request("message to react not found")
    return True


def _own_message(world: World, params: Params) -> Message:
    if inline_id := params.text("inline_message_id"):
        if inline_id not in world.inline_messages:
            raise bad_request("MESSAGE_ID_INVALID")
        return world.inline_messages[inline_id]
    chat = world.reachable(params.chat_id)
    message = chat.messages.get(params.integer("message_id"))
    if message is None or message.deleted:
        raise bad_request("message to edit not found")
    if message.sender is not world.bot or message.service:
        raise bad_request("message can't be edited")
    return message


def _edit(world: World, message: Message, content: FormattedText, keyboard: Keyboard) -> JsonObject | bool:
    if (message.text, message.entities, message.keyboard) == (content.text, content.entities, keyboard):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    world.edit(message, content, keyboard)
    return True if message.inline_id else message_json(world, message)
