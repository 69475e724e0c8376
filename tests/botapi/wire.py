"""How the Bot API writes users, chats and messages as JSON."""

from tests.botapi.text import Entity
from tests.botapi.world import Chat, File, Keyboard, Message, Press, Standing, User, World

JsonObject = dict[str, object]

_RIGHTS = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
]


def user_json(user: User) -> JsonObject:
    name = {"username": user.username} if user.username else {}
    return {"id": user.id, "is_bot": user.is_bot, "first_name": user.first_name, **name}


def bot_json(world: World) -> JsonObject:
    return {
        **user_json(world.bot),
        "can_join_groups": world.can_join_groups,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": world.inline,
    }


def chat_json(world: World, chat: Chat) -> JsonObject:
    if chat.type == "private":
        person = user_json(world.users[chat.id])
        del person["is_bot"]
        return {**person, "type": "private"}
    forum: JsonObject = {"is_forum": True} if chat.forum else {}
    return {"id": chat.id, "type": chat.type, "title": chat.title, **forum}


def full_chat_json(world: World, chat: Chat) -> JsonObject:
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return {
        **chat_json(world, chat),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def member_json(user: User, standing: Standing) -> JsonObject:
    member: JsonObject = {"user": user_json(user), "status": standing}
    match standing:
        case "creator":
            member |= {"is_anonymous": False}
        case "administrator":
            member |= {"is_anonymous": False, "can_be_edited": False} | dict.fromkeys(_RIGHTS, False)
            member |= {"can_manage_chat": True}
        case "kicked":
            member |= {"until_date": 0}
    return member


def keyboard_json(keyboard: Keyboard) -> JsonObject:
    return {"inline_keyboard": [[button.as_json() for button in row] for row in keyboard]}


def entities_json(entities: tuple[Entity, ...]) -> list[JsonObject]:
    return [entity.as_json() for entity in entities]


def file_json(file: File) -> JsonObject:
    return {"file_id": file.id, "file_unique_id": f"u{file.id}", "file_size": len(file.content)}


def message_json(world: World, message: Message, *, nested: bool = False) -> JsonObject:
    """A message; one that stands in another as ``reply_to_message`` does not name what it answers itself."""
    chat = message.chat
    json: JsonObject = {
        "message_id": message.id,
        "from": user_json(message.sender),
        "chat": chat_json(world, chat),
        "date": message.date,
        **message.service,
    }
    if message.document:
        json["document"] = {**file_json(message.document), "file_name": message.document.name}
    words = ("caption", "caption_entities") if message.document else ("text", "entities")
    if message.text:
        json[words[0]] = message.text
    if message.entities:
        json[words[1]] = entities_json(message.entities)
    if message.edit_date:
        json["edit_date"] = message.edit_date
    if message.keyboard:
        json["reply_markup"] = keyboard_json(message.keyboard)
    if message.via_bot:
        json["via_bot"] = user_json(message.via_bot)
    return json | _thread(message) | ({} if nested else _answered(world, message))


def _thread(message: Message) -> JsonObject:
    if message.topic:
        return {"message_thread_id": message.topic.id, "is_topic_message": True}
    if message.chat.type == "supergroup" and message.reply_to:
        # Outside of forums a thread is what hangs on one message; it can't be sent to by its number.
        root = message.reply_to
        while root.reply_to:
            root = root.reply_to
        return {"message_thread_id": root.id}
    return {}


def _answered(world: World, message: Message) -> JsonObject:
    answered = message.reply_to
    if answered is None and message.topic:
        # What stands in a topic without answering anybody seems to answer the message that opened the topic.
        answered = message.chat.messages.get(message.topic.id)
        answered = None if answered is message else answered
    if answered is None or answered.deleted:
        return {}
    return {"reply_to_message": message_json(world, answered, nested=True)}


def press_json(world: World, press: Press) -> JsonObject:
    message = press.message
    json: JsonObject = {
        "id": press.id,
        "from": user_json(press.user),
        "chat_instance": str(-7_000_000 - abs(message.chat.id)),
        "data": press.data,
    }
    if message.inline_id:
        return {**json, "inline_message_id": message.inline_id}
    if message.deleted:
        gone = {"chat": chat_json(world, message.chat), "message_id": message.id, "date": 0}
        return {**json, "message": gone}
    return {**json, "message": message_json(world, message)}
