"""Questions in words: in private, in groups by mention, reply or command; an edited one gets its answer edited."""

from telegram import Chat, Message, MessageEntity, Update, User

from bot.access import Gate
from bot.channels.telegram.handling import Response, answer_to
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.messages import Outgoing
from bot.channels.telegram.rendering import pages, plain_html
from bot.reception import Asker, Outcome, Reception
from bot.records.journal import Journal

# What a command asks of the power that is named behind it.
ASKED_BY = {
    "ask": "{}",
    "power": "{}",
    "who": "{}谁负责",
    "flow": "{}的流程",
    "risk": "{}的风险",
    "control": "{}的防控措施",
    "list": "都有哪些事项",
    "help": "帮助",
}
# A toast has room for so many admins.
_NAMED = 3
_LIMITED = "您问得太快了，请过一分钟再问。"
_WORDS_ONLY = "请用文字提问，比如“都有哪些事项”。"
_NO_COMMAND = "没有这个命令，/help 看怎么用。"
_EMPTY = "请在命令后面写上问题，比如：/{} 都有哪些事项"


class Questions:
    """Answers questions; ``me`` is the bot's own user."""

    def __init__(self, reception: Reception, gate: Gate, journal: Journal, keyboards: Keyboards, me: User):
        self._reception = reception
        self._gate = gate
        self._journal = journal
        self._keyboards = keyboards
        self._me = me

    def asked(self, update: Update) -> Response:
        """Answer a message that is meant for the bot."""
        return self._answer(update, self._without_mention(update.effective_message))

    def commanded(self, update: Update) -> Response:
        """Answer a command that asks: /ask, /power, /who and so on."""
        message = update.effective_message
        name, rest = command_of(message)
        if name == "ask" and not rest and message is not None and message.reply_to_message is not None:
            rest = self._without_mention(message.reply_to_message)  # 「/ask」 as a reply to what somebody else asked
        if name in ("ask", "power") and not rest:
            return self.say(update, _EMPTY.format(name))
        if name == "power" and rest.isdecimal():
            rest = f"第{rest}项"
        return self._answer(update, ASKED_BY[name].format(rest))

    def unknown_command(self, update: Update) -> Response:
        """Answer a command that does not exist, in private."""
        return self.say(update, _NO_COMMAND)

    def wordless(self, update: Update) -> Response:
        """Answer what is no text (a picture, a voice message) in private."""
        return self.say(update, _WORDS_ONLY)

    def is_meant(self, message: Message) -> bool:
        """Whether a message is meant for the bot: in private, by mention, or as a reply to it."""
        if message.chat.type == Chat.PRIVATE:
            return True
        replied = message.reply_to_message
        if replied is not None and replied.from_user is not None and replied.from_user.id == self._me.id:
            return True
        if f"@{self._me.username}".lower() in (message.text or "").lower():
            return True  # Telegram sees no mention in 「@bot二手车」, people do
        mentions = message.parse_entities().items() if message.text else ()
        return any(self._is_mention(entity, text) for entity, text in mentions)

    # ── from outcome to messages ─────────────────────────────────────────────────────────────────────────────

    def refusal(self, asker: Asker) -> str:
        """Return the one sentence for who is not let in: their number and whom to ask. It needs no escaping."""
        admins = "、".join(map(str, self._gate.admins[:_NAMED]))
        by_user = self._gate.is_let_in(asker.chat)  # in private, or in a group that is let in
        number = f"您的编号是 {asker.user}" if by_user else f"本群的编号是 {asker.chat}"
        return f"{number}，还没有获准使用；请把编号发给管理员{f'（{admins}）' if admins else ''}开通。"

    def turned_away(self, update: Update, asker: Asker, outcome: Outcome) -> Response:
        """Return what follows for who is not let in or asks too much: a sentence; a strange group is left."""
        refused = outcome.decision == "refused"
        leave = asker.chat if refused and not self._gate.is_let_in(asker.chat) else None
        html = self.refusal(asker) if refused else _LIMITED
        return Response([answer_to(update, html)] if outcome.told else [], leave=leave)

    def response(self, update: Update, asker: Asker, outcome: Outcome) -> Response:
        """Return what follows from ``outcome``: its reply as messages, else what turns the asker away."""
        if outcome.reply is None:
            return self.turned_away(update, asker, outcome)
        made = [answer_to(update, html) for html in pages(outcome.reply)]
        made[-1] = made[-1].model_copy(update={"keyboard": self._keyboards.under(outcome)})
        return Response(made)

    def _answer(self, update: Update, text: str) -> Response:
        asker = asker_of(update)
        if asker is None:
            return Response()
        outcome = self._reception.ask(asker, text, "telegram")
        response = self.response(update, asker, outcome)
        if outcome.decision != "limited":  # an answer that is there is not lost for having asked too much
            response.messages = self._instead(update, response.messages)
        return response

    def _instead(self, update: Update, made: list[Outgoing]) -> list[Outgoing]:
        """Let the answer to an edited question take the place of the one before."""
        edited = update.edited_message
        if edited is None or not made:
            return made
        before = self._journal.answers_to(edited.chat_id, edited.message_id)
        return [
            message.model_copy(update={"edits": before[index]}) if index < len(before) else message
            for index, message in enumerate(made)
        ]

    def say(self, update: Update, text: str) -> Response:
        """Say a sentence to who is let in."""
        asker = asker_of(update)
        if asker is None:
            return Response()
        outcome = self._reception.admit(asker, "telegram")
        if outcome.decision != "admitted":
            return self.turned_away(update, asker, outcome)
        return Response([answer_to(update, plain_html(text))])

    def _without_mention(self, message: Message | None) -> str:
        """Return the text of a message without the mentions of the bot."""
        if message is None or not message.text:
            return ""
        text = message.text
        for entity, mention in message.parse_entities().items():
            if self._is_mention(entity, mention):
                text = text.replace(mention, " ")
        return text.strip()

    def _is_mention(self, entity: MessageEntity, text: str) -> bool:
        if entity.type == MessageEntity.TEXT_MENTION:
            return entity.user is not None and entity.user.id == self._me.id
        return entity.type == MessageEntity.MENTION and text.lower() == f"@{self._me.username}".lower()


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
