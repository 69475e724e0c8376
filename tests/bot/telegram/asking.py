"""Short ways to ask the running bot and to press its buttons."""

from tests.botapi import BotApiServer, Chat, Message, Topic, User


def ask(server: BotApiServer, user: User, text: str, chat: Chat | None = None, topic: Topic | None = None) -> Message:
    """Say something, in private if no chat is given, and return the bot's reply to it."""
    return server.wait_for_reply(server.say(chat or server.private(user), user, text, topic=topic))


def press(server: BotApiServer, user: User, message: Message, button: str) -> str:
    """Press a button and return the toast."""
    pressed = server.press(user, message, button)
    server.wait_for_answer(pressed)
    assert pressed.answer is not None
    return pressed.answer.text


def press_and_read(server: BotApiServer, user: User, message: Message, button: str) -> str:
    """Press a button that changes its message, and return what the message says then."""
    edits = len(message.earlier)
    press(server, user, message, button)
    return server.wait_for(lambda: message.text if len(message.earlier) > edits else None)


def forge(server: BotApiServer, user: User, message: Message, data: str) -> str:
    """Send the data of a button as an altered client can, and return the toast."""
    pressed = server.forge_callback(user, message, data)
    server.wait_for_answer(pressed)
    assert pressed.answer is not None
    return pressed.answer.text
