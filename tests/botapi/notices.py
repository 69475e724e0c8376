"""What the bot is told of what happens: the updates, and privacy mode, which keeps most of a group's talk from it.

With privacy mode on, a bot that is no administrator gets of a group's talk only commands for it, answers to its own
messages and to messages that were meant for it, and what was sent through it (core.telegram.org/bots/features,
Privacy mode). A plain mention does not reach it.
"""

import time
from collections.abc import Mapping

from tests.botapi.wire import chat_json, member_json, message_json, press_json, user_json
from tests.botapi.world import Chat, Event, InlineQuery, Message, Press, Standing, User, World

_STORIES: Mapping[Standing, str] = {
    "left": "{bot} 退群",
    "kicked": "{by} 移出 {bot}",
    "administrator": "{by} 让 {bot} 当管理员",
}


def message_sent(world: World, message: Message) -> None:
    _tell_of_message(world, "message", message)


def message_edited(world: World, message: Message) -> None:
    _tell_of_message(world, "edited_message", message)


def button_pressed(world: World, press: Press) -> None:
    press.update = world.updates.put("callback_query", press_json(world, press), press.message.chat.id)


def inline_query_typed(world: World, query: InlineQuery, chat_type: str) -> None:
    payload: dict[str, object] = {
        "id": query.id,
        "from": user_json(query.user),
        "query": query.text,
        "offset": query.offset,
        "chat_type": chat_type,
    }
    query.update = world.updates.put("inline_query", payload, query.user.id)


def inline_result_chosen(world: World, query: InlineQuery, result_id: str, inline_id: str | None) -> None:
    payload: dict[str, object] = {"result_id": result_id, "from": user_json(query.user), "query": query.text}
    if inline_id:
        payload["inline_message_id"] = inline_id
    world.updates.put("chosen_inline_result", payload, query.user.id)


def change_bot_standing(world: World, chat: Chat, by: User, standing: Standing) -> None:
    """Make the bot something else in a chat, and tell it so."""
    old = chat.standing(world.bot)
    chat.members[world.bot.id] = standing
    if standing in _STORIES:
        story = _STORIES[standing].format(by=by.first_name, bot=world.bot.first_name)
        chat.story.append(Event("service", by, story))
    payload: dict[str, object] = {
        "chat": chat_json(world, chat),
        "from": user_json(by),
        "date": int(time.time()),
        "old_chat_member": member_json(world.bot, old),
        "new_chat_member": member_json(world.bot, standing),
    }
    world.updates.put("my_chat_member", payload, chat.id)


def _tell_of_message(world: World, kind: str, message: Message) -> None:
    # Bots never see what other bots write.
    if not message.chat.has(world.bot) or message.sender.is_bot or not _reaches(world, message):
        return
    update = world.updates.put(kind, message_json(world, message), message.chat.id)
    if update:
        message.updates.append(update)


def _reaches(world: World, message: Message) -> bool:
    chat = message.chat
    open_to_bot = chat.type == "private" or not world.privacy or chat.standing(world.bot) == "administrator"
    return open_to_bot or bool(message.service) or _is_meant_for_bot(world, message)


def _is_meant_for_bot(world: World, message: Message) -> bool:
    if message.sender is world.bot or message.via_bot is world.bot:
        return True
    if message.reply_to and _is_meant_for_bot(world, message.reply_to):
        return True
    for entity in message.entities:
        if entity.type == "bot_command":
            _, _, name = entity.of(message.text).partition("@")
            if name:
                return name.lower() == (world.bot.username or "").lower()
            # A command for nobody in particular goes to the bot that spoke last, when another one did.
            return message.chat.last_bot in (None, world.bot)
    return False
