"""A strict Telegram Bot API server of the tests' own."""

from tests.botapi.faults import Fault
from tests.botapi.server import BotApiServer, Call
from tests.botapi.world import Chat, InlineQuery, Message, Press, Topic, User

__all__ = ["BotApiServer", "Call", "Chat", "Fault", "InlineQuery", "Message", "Press", "Topic", "User"]
