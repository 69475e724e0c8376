"""Methods about the bot itself: its name, its descriptions, its lists of commands."""

import re

from tests.botapi.errors import bad_request
from tests.botapi.params import Params
from tests.botapi.wire import JsonObject, bot_json
from tests.botapi.world import CommandScope, World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MAX_COMMANDS = 100
_MAX_DESCRIPTION = 256
_WIDE = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}


def get_me(world: World, params: Params) -> JsonObject:
    return bot_json(world)


def set_my_commands(world: World, params: Params) -> bool:
    written = params.structure("commands")
    if not isinstance(written, list):
        raise bad_request("can't parse commands: expected an Array")
    if len(written) > _MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = dict(_command(command) for command in written)
    world.commands[_scope(world, params)] = commands
    return True


def get_my_commands(world: World, params: Params) -> list[JsonObject]:
    commands = world.commands.get(_scope(world, params), {})
    return [{"command": name, "description": description} for name, description in commands.items()]


def delete_my_commands(world: World, params: Params) -> bool:
    world.commands.pop(_scope(world, params), None)
    return True


def set_my_name(world: World, params: Params) -> bool:
    return _describe(world, params, "name", 64)


def set_my_description(world: World, params: Params) -> bool:
    return _describe(world, params, "description", 512)


def set_my_short_description(world: World, params: Params) -> bool:
    return _describe(world, params, "short_description", 120)


def accept(world: World, params: Params) -> bool:
    """A method that changes nothing the tests look at."""
    return True


def _describe(world: World, params: Params, name: str, limit: int) -> bool:
    if len(params.text(name)) > limit:
        raise bad_request(f"bot {name.replace('_', ' ')} is too long")
    world.profile[name] = params.text(name)
    return True


def _command(written: object) -> tuple[str, str]:
    match written:
        case {"command": str(name), "description": str(description)}:
            name = name.removeprefix("/")
        case _:
            raise bad_request("can't parse commands: command and description expected")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description.strip()) <= _MAX_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return name, description


def _scope(world: World, params: Params) -> CommandScope:
    written = params.mapping("scope") or {"type": "default"}
    language = params.text("language_code")
    match written:
        case {"type": str(kind)} if kind in _WIDE:
            return CommandScope(kind, language=language)
        case {"type": "chat_member", "chat_id": int(chat_id), "user_id": int(user_id)}:
            return CommandScope("chat_member", world.reachable(chat_id).id, user_id, language)
        case {"type": "chat" | "chat_administrators" as kind, "chat_id": int(chat_id)}:
            return CommandScope(kind, world.reachable(chat_id).id, language=language)
    raise bad_request("can't parse BotCommandScope: unsupported type specified")
