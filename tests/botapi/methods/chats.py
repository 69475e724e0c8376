"""Methods about chats and who is in them."""

from tests.botapi.errors import bad_request
from tests.botapi.notices import change_bot_standing
from tests.botapi.params import Params
from tests.botapi.wire import JsonObject, full_chat_json, member_json
from tests.botapi.world import World


def get_chat(world: World, params: Params) -> JsonObject:
    return full_chat_json(world, world.reachable(params.chat_id))


def get_chat_member(world: World, params: Params) -> JsonObject:
    chat = world.reachable(params.chat_id)
    user = world.users.get(params.integer("user_id"))
    if user is None:
        raise bad_request("user not found")
    return member_json(user, chat.standing(user))


def get_chat_administrators(world: World, params: Params) -> list[JsonObject]:
    chat = world.reachable(params.chat_id)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    standings = [(world.users[number], standing) for number, standing in chat.members.items()]
    return [member_json(user, standing) for user, standing in standings if standing in ("creator", "administrator")]


def get_chat_member_count(world: World, params: Params) -> int:
    chat = world.reachable(params.chat_id)
    return sum(chat.has(world.users[number]) for number in chat.members)


def leave_chat(world: World, params: Params) -> bool:
    chat = world.reachable(params.chat_id)
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    change_bot_standing(world, chat, world.bot, "left")
    return True
