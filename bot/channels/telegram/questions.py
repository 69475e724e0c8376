"""Questions in words: in private, in groups by mention, reply or command; an edited one gets its answer edited."""

from telegram import Update

from bot.channels.telegram.addressing import Addressing, asker_of
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.messages import Outgoing
from bot.channels.telegram.outcomes import Outcomes
from bot.channels.telegram.responses import Response, answer_to
from bot.reception import Reception
from bot.records.journal import Journal

# What a command asks of what is named behind it; without a name, of what was talked about.
_IN_WORDS = {
    "ask": "{}",
    "power": "{}的全部内容",
    "who": "{}谁负责",
    "flow": "{}的流程",
    "risk": "{}的风险",
    "control": "{}的防控措施",
    "list": "{}都有哪些事项",
    "help": "帮助",
}
COMMANDS = tuple(_IN_WORDS)
# What becomes of the second page when the question is edited and one page is enough.
_MOVED = "（问题改过了，回答在上一条。）"
_WORDS_ONLY = "请用文字提问，比如“都有哪些事项”。"
_NO_COMMAND = "没有这个命令，/help 看怎么用。"
_EMPTY = "请把问题一起写上，比如：/ask 都有哪些事项"


class Questions:
    """Answers questions."""

    def __init__(
        self,
        reception: Reception,
        journal: Journal,
        outcomes: Outcomes,
        keyboards: Keyboards,
        addressing: Addressing,
    ):
        self._reception = reception
        self._journal = journal
        self._outcomes = outcomes
        self._keyboards = keyboards
        self._addressing = addressing

    def asked(self, update: Update) -> Response:
        """Answer a message that asks, in words or by a command."""
        message = update.effective_message
        if message is None:
            return Response()
        command, words = self._addressing.asked(message)
        if command == "ask" and not words:
            return self._outcomes.say(update, _EMPTY)
        if command != "ask" and words.isdecimal():
            words = f"第{words}项"  # 「/flow 15」; what is said without a command may choose from what was offered
        return self._answer(update, _IN_WORDS[command].format(words))

    def unknown_command(self, update: Update) -> Response:
        """Answer a command that does not exist."""
        return self._outcomes.say(update, _NO_COMMAND)

    def wordless(self, update: Update) -> Response:
        """Answer what is no text (a picture, a voice message) in private; an album is many of them."""
        asker = asker_of(update)
        if asker is None or not self._reception.may_remind(asker):
            return Response()
        return self._outcomes.say(update, _WORDS_ONLY)

    def _answer(self, update: Update, text: str) -> Response:
        asker = asker_of(update)
        if asker is None:
            return Response()
        replied = update.effective_message.reply_to_message if update.effective_message else None
        above = self._keyboards.answered_above(replied.reply_markup) if replied else None
        outcome = self._reception.ask(asker, text, "telegram", above)
        response = self._outcomes.response(update, asker, outcome)
        if outcome.decision != "limited":  # an answer that is there is not lost for having asked too much
            response.messages = self._instead(update, response.messages)
        return response

    def _instead(self, update: Update, made: list[Outgoing]) -> list[Outgoing]:
        """Let the answer to an edited question take the place of the one before."""
        edited = update.edited_message
        if edited is None or not made:
            return made
        before = self._journal.answers_to(edited.chat_id, edited.message_id)
        left_over = [answer_to(update, _MOVED)] * (len(before) - len(made))
        return [
            message.model_copy(update={"edits": before[index]}) if index < len(before) else message
            for index, message in enumerate([*made, *left_over])
        ]
