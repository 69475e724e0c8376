"""A question without an answer goes to the admins; the first who replies answers it, where it was asked. So does
/feedback; 👎 is noted.
"""

from telegram import Chat, Message, Update, User

from bot.access import Gate
from bot.channels.telegram.addressing import asker_of, command_of
from bot.channels.telegram.buttons import OLD, Handler, Handlers, Press
from bot.channels.telegram.callbacks import Act
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.messages import Keyboard, Outgoing
from bot.channels.telegram.outcomes import Outcomes
from bot.channels.telegram.rendering import excerpt, pages
from bot.channels.telegram.responses import Response, answer_to, to_each
from bot.messages import Block, Reply
from bot.reception import Reception
from bot.records.audit import ANSWERED, Audit, Entry
from bot.records.handoffs import Handoffs
from bot.records.journal import Journal

_SENT = "已转给管理员，答复会发到这里。"
_SENT_BEFORE = "这个问题已经转给管理员了，请稍候。"
_DELETED = "这个问题的记录已经删除，答复没有转出。"
_PASSED_ON = "已转给对方。"
_TAKEN = "这个问题已经由其他管理员答复了。"
_NOTED = "已记下，谢谢您的反馈。"
_FEEDBACK_USAGE = "请在命令后面写上意见，例如：/feedback 第3项的经办人换了。"
_FEEDBACK_SENT = "已转给管理员，谢谢您的反馈。"
_WORDS_ONLY = "请用文字答复。"
# So much of a question reminds of it.
_EXCERPT = 200


class HandingOver:
    """Carries questions to the admins and their answers back."""

    def __init__(
        self,
        gate: Gate,
        reception: Reception,
        outcomes: Outcomes,
        audit: Audit,
        handoffs: Handoffs,
        journal: Journal,
        keyboards: Keyboards,
    ):
        self._gate = gate
        self._reception = reception
        self._outcomes = outcomes
        self._audit = audit
        self._handoffs = handoffs
        self._journal = journal
        self._keyboards = keyboards

    @property
    def buttons(self) -> Handlers:
        """What its buttons do."""
        return {
            Act.HAND_OVER: Handler(self._hand_over, for_admins=False),
            Act.DISLIKE: Handler(self._disliked, for_admins=False),
        }

    def _asked_here(self, press: Press) -> Entry | None:
        """Return the question that a button belongs to, if it was asked where the button was pressed."""
        entry = self._audit.entry(int(press.arguments[0]))
        return entry if entry is not None and entry.chat == press.asker.place else None

    def _disliked(self, press: Press) -> Response:
        entry = self._asked_here(press)
        if entry is None:
            return Response(toast=OLD)
        self._audit.dislike(entry.number)
        return Response(toast=_NOTED)

    def _hand_over(self, press: Press) -> Response:
        """Send a question to the admins."""
        entry, message = self._asked_here(press), press.message
        if entry is None:
            return Response(toast=OLD)
        replied = message.reply_to_message
        number = self._handoffs.open(
            entry.number,
            chat=message.chat_id,
            thread=message.message_thread_id if message.is_topic_message else None,
            message=replied.message_id if replied else None,
            user=entry.user,
            text=entry.text,
        )
        if number is None:
            return Response(toast=_SENT_BEFORE)
        tie = self._keyboards.button("归到某一项", Act.OFFER, str(entry.number), "0")
        return Response(self._to_admins(number, "有人问", entry.text, press.user, message.chat, ((tie,),)), toast=_SENT)

    def feedback(self, update: Update) -> Response:
        """Send what stands behind /feedback to the admins; they can answer it like a question."""
        message, user, asker = update.effective_message, update.effective_user, asker_of(update)
        if message is None or user is None or asker is None:
            return Response()
        text = command_of(message)[1]
        outcome = self._reception.admit(asker, "telegram", text)
        if outcome.decision != "admitted":
            return self._outcomes.turned_away(update, asker, outcome)
        if not text:
            return Response([answer_to(update, _FEEDBACK_USAGE)])
        question = self._audit.record("feedback", asker.place, asker.user, text, ANSWERED)
        number = self._handoffs.open(
            question,
            chat=message.chat_id,
            thread=message.message_thread_id if message.is_topic_message else None,
            message=message.message_id,
            user=asker.user,
            text=text,
        )
        told = self._to_admins(number or 0, "有人反馈", text, user, message.chat, ())
        return Response([answer_to(update, _FEEDBACK_SENT), *told])

    def _to_admins(
        self, number: int, what: str, text: str, user: User, chat: Chat, keyboard: Keyboard
    ) -> list[Outgoing]:
        where = f"群“{chat.title}”" if chat.title else "私聊"
        who = f"用户 {user.id}（{user.full_name}），{where}。直接回复这条消息，答复会转给对方。"
        shown = pages(Reply(kind="chat", first=f"{what}：{text}", blocks=(Block(lines=(who,)),)))
        return to_each(self._gate.admins, shown, keyboard, handoff=number)

    def carried_by(self, message: Message) -> int | None:
        """Return the number of the question that the message, an admin's reply, answers, if any."""
        replied = message.reply_to_message
        if replied is None or message.from_user is None or not self._gate.is_admin(message.from_user.id):
            return None
        return self._journal.handoff_of(message.chat_id, replied.message_id)

    def answered(self, update: Update) -> Response:
        """Bring an admin's answer to who asked, unless another admin was quicker."""
        message = update.effective_message
        number = self.carried_by(message) if message else None
        if message is None or number is None or message.from_user is None:
            return Response()
        back = Outgoing(chat=message.chat_id, html=_TAKEN, question=message.message_id)
        handoff = self._handoffs.get(number)
        if handoff is None:
            return Response([back.model_copy(update={"html": _DELETED})])
        if not message.text:
            return Response([back.model_copy(update={"html": _WORDS_ONLY})])
        if not self._handoffs.claim(number, message.from_user.id):
            return Response([back])
        self._audit.settle(handoff.question)
        first = "管理员更正：" if update.edited_message else "管理员答复："
        asked = f"问：{excerpt(handoff.text, _EXCERPT)}"
        answer = Reply(kind="chat", first=first, blocks=(Block(lines=(message.text,)),), source=asked)
        return Response(
            [
                *(
                    Outgoing(chat=handoff.chat, html=html, question=handoff.message, thread=handoff.thread)
                    for html in pages(answer)
                ),
                back.model_copy(update={"html": _PASSED_ON}),
            ]
        )
