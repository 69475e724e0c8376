"""Whether a message is meant for the bot, who asks, and what they say without mention and command."""

import re
from collections.abc import Iterable

from telegram import Chat, Message, Update, User

from bot.reception import Asker


class Addressing:
    """Reads messages for the bot whose own user is ``me``; ``commands`` are those by which something is asked.

    Telegram finds no mention in 「@bot二手车」 and no command in 「/ask二手车」. People mean them, so that the text is
    looked at.
    """

    def __init__(self, me: User, commands: Iterable[str]):
        self._me = me
        self._mention = re.compile(rf"@{re.escape(me.username or '')}(?![A-Za-z0-9_])", re.IGNORECASE)
        self._command = re.compile(rf"/({'|'.join(commands)})(?![A-Za-z0-9_@])", re.IGNORECASE)

    def is_meant(self, message: Message) -> bool:
        """Whether a message is meant for the bot: in private, by mention, by command, or as a reply to it."""
        if message.via_bot is not None and message.via_bot.id == self._me.id:
            return False  # an answer of its own, which somebody put there by inline mode
        return self.is_named(message) or self._is_own(message.reply_to_message) or self._is_command(message)

    def is_named(self, message: Message) -> bool:
        """Whether a message names the bot; in private there is nobody else."""
        return message.chat.type == Chat.PRIVATE or self._mention.search(_text(message)) is not None

    def asked(self, message: Message) -> tuple[str, str]:
        """Return the command (``ask`` where there is none) and the words of a message; the words may be none.

        Who says nothing but 「@bot」 or 「/ask」 under another's message means what is said there.
        """
        command, words = self._read(message)
        replied = message.reply_to_message
        if command == "ask" and not words and replied is not None and not self._is_own(replied):
            return self._read(replied)
        return command, words

    def _read(self, message: Message) -> tuple[str, str]:
        text = self._mention.sub(" ", _text(message)).strip()
        found = self._command.match(text)
        return (found[1].lower(), text[found.end() :].strip()) if found else ("ask", text)

    def _is_command(self, message: Message) -> bool:
        return self._command.match(_text(message)) is not None

    def _is_own(self, message: Message | None) -> bool:
        return message is not None and message.from_user is not None and message.from_user.id == self._me.id


def asker_of(update: Update) -> Asker | None:
    """Return who asks where; ``None`` for what nobody sent."""
    user, chat = update.effective_user, update.effective_chat
    if user is None:
        return None
    return Asker(user.id, None if chat is None or chat.type == Chat.PRIVATE else chat.id)


def command_of(message: Message | None) -> tuple[str, str]:
    """Return the command of a message, without its slash and the bot's name, and what stands behind it."""
    command, *rest = (message.text if message and message.text else "/").split(maxsplit=1)
    return command.removeprefix("/").partition("@")[0].lower(), rest[0].strip() if rest else ""


def _text(message: Message) -> str:
    """What is written in a message, or under its picture."""
    return message.text or message.caption or ""
