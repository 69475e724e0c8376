"""Groups that add the bot, groups that an admin lets in by a button, groups that move."""

from telegram import Chat, ChatMember, Update, User

from bot.access import Gate
from bot.channels.telegram.buttons import Handler, Handlers, Press
from bot.channels.telegram.callbacks import Act
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.messages import Outgoing
from bot.channels.telegram.outcomes import Outcomes
from bot.channels.telegram.rendering import plain_html
from bot.channels.telegram.responses import Response, in_place_of, to_each
from bot.reception import Asker, Reception
from bot.records.audit import REFUSED, Audit
from bot.visibility import ALL_FACETS

_PRIVACY_ON = (
    "这个群里我只收到命令和对我的回复，收不到“@我”的消息（机器人的隐私模式开着）。"
    "请用 /ask 提问，或直接回复我的消息；想用 @，请在 @BotFather 里 /setprivacy 选 Disable，再把我移出后重新拉进群。"
)
_PRIVACY_OFF = "这个群里可以用 /ask、@我 或回复我的消息来提问，其他消息我不作声。"


class Groups:
    """Stays only in groups that are let in, and tells the admins. ``me`` is the bot's own user."""

    def __init__(
        self, gate: Gate, reception: Reception, audit: Audit, outcomes: Outcomes, keyboards: Keyboards, me: User
    ):
        self._gate = gate
        self._reception = reception
        self._audit = audit
        self._outcomes = outcomes
        self._keyboards = keyboards
        self._me = me

    @property
    def buttons(self) -> Handlers:
        """What its buttons do."""
        return {Act.LET_IN: Handler(self._let_in)}

    def added(self, update: Update) -> Response:
        """The bot was added to a group, or removed: tell the admins, and leave where it is not let in."""
        change = update.my_chat_member
        if change is None or change.chat.type == Chat.PRIVATE:
            return Response()
        there = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED)
        if change.new_chat_member.status not in there or change.old_chat_member.status in there:
            return Response()
        chat, by = change.chat, change.from_user
        # numbers first: names can be made to look like anything
        told = f"用户 {by.id}（{by.full_name}）把我拉进了群 {chat.id}（“{chat.title}”）"
        if self._gate.is_let_in(chat.id):
            note = _PRIVACY_OFF if self._me.can_read_all_group_messages else _PRIVACY_ON
            return Response(to_each(self._gate.admins, [plain_html(f"{told}。\n{note}")]))
        self._audit.record("telegram", chat.id, by.id, "", REFUSED)
        messages = [Outgoing(chat=chat.id, html=self._outcomes.refusal(Asker(by.id, chat.id)))]
        if self._reception.may_knock(by.id):
            note = f"{told}，这个群没有获准，我已退出。\n要开通：按下面的按钮或发 /allow {chat.id}，然后再拉我进群。"
            button = self._keyboards.button("允许这个群", Act.LET_IN, str(chat.id))
            messages += to_each(self._gate.admins, [plain_html(note)], ((button,),))
        return Response(messages, leave=chat.id)

    def _let_in(self, press: Press) -> Response:
        chat = int(press.arguments[0])
        self._audit.order(press.user.id, f"/allow {chat}")
        self._gate.allow("chat", chat, ALL_FACETS, press.user.id)
        return Response([in_place_of(press.message, f"已允许群 {chat}，请再把我拉进去。")])

    def moved(self, update: Update) -> Response:
        """A group became a supergroup and has another number now; it is told in the old one and in the new one."""
        message = update.effective_message
        if message is not None and message.migrate_to_chat_id is not None:
            self._gate.move_chat(message.chat_id, message.migrate_to_chat_id)
        if message is not None and message.migrate_from_chat_id is not None:
            self._gate.move_chat(message.migrate_from_chat_id, message.chat_id)
        return Response()
