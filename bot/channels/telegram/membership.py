"""Coming and going: /start with or without a link, /me and /forgetme, groups that add the bot, groups that move."""

from collections.abc import Callable

from telegram import Chat, ChatMember, Update, User

from bot.access import Gate, Pass
from bot.channels.telegram.callbacks import Act
from bot.channels.telegram.handling import Response, answer_to
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.messages import Button, Outgoing
from bot.channels.telegram.questions import Questions, asker_of, command_of
from bot.channels.telegram.rendering import plain_html
from bot.compose import FACET_LABELS
from bot.desk import Desk
from bot.reception import Asker, Reception
from bot.records.audit import Audit
from knowledge.models import Facet

# What a link carries: `?start=i<invitation>`, `?start=p<position>`.
INVITATION, POWER = "i", "p"

_GREETING = (
    "您好，我是廉政清单助手，按《{title}》回答问题。\n"
    "直接打字问就行，错别字、拼音、简称都可以；也能接着问“那风险呢”。\n"
    "清单里没有写的，我不会编。"
)
_WELCOME = "欢迎，已为您开通。"
_INVALID = "这个邀请链接已经失效，请向管理员再要一个。"
_FORGOTTEN = "已删除您的 {count} 条提问记录。"
_PRIVACY_ON = (
    "这个群里我只收到命令和对我的回复，收不到“@我”的消息（机器人的隐私模式开着）。"
    "请用 /ask 提问，或直接回复我的消息；想用 @，请在 @BotFather 里 /setprivacy 选 Disable，再把我移出后重新拉进群。"
)
_PRIVACY_OFF = "这个群里可以用 /ask、@我 或回复我的消息来提问，其他消息我不作声。"


class Membership:
    """Greets, invites, forgets; stays only in groups that are let in. ``me`` is the bot's own user."""

    def __init__(
        self,
        gate: Gate,
        desk: Desk,
        reception: Reception,
        audit: Audit,
        questions: Questions,
        keyboards: Keyboards,
        me: User,
    ):
        self._gate = gate
        self._desk = desk
        self._reception = reception
        self._audit = audit
        self._questions = questions
        self._keyboards = keyboards
        self._me = me

    # ── people ───────────────────────────────────────────────────────────────────────────────────────────────

    def started(self, update: Update) -> Response:
        """Answer /start: greet, let in by an invitation, open a power."""
        message, asker = update.effective_message, asker_of(update)
        if message is None or asker is None:
            return Response()
        link = command_of(message)[1]
        welcome = ""
        if link.startswith(INVITATION) and asker.chat is None and not self._gate.admit(asker.user).is_open:
            if not self._gate.redeem(link.removeprefix(INVITATION), asker.user):
                return Response([answer_to(update, f"{_INVALID}{self._questions.refusal(asker)}")])
            welcome = f"{_WELCOME}\n"
        passed = self._reception.admit(asker, "telegram")
        if not passed.is_open:
            return Response([answer_to(update, self._questions.refusal(asker))])
        number = link.removeprefix(POWER)
        if link.startswith(POWER) and number.isdecimal() and int(number) <= len(self._desk.edition.register_.powers):
            outcome = self._reception.open(asker, max(1, int(number)), (Facet.OVERVIEW,), "telegram")
            return Response(self._questions.messages(update, asker, outcome))
        admin = asker.user if passed.admin and asker.chat is None else None
        return Response([self._greeting(update, passed, welcome)], welcome=admin)

    def _greeting(self, update: Update, passed: Pass, welcome: str) -> Outgoing:
        register = self._desk.edition.register_
        facets = [facet for facet in (Facet.PROCESS, Facet.POSTS, Facet.RISKS) if facet in passed.facets]
        powers = [register.powers[0], register.powers[len(register.powers) // 2], register.powers[-1]]
        examples = tuple(
            (self._keyboards.example(self._desk.edition.number, power, facet),)
            for power, facet in zip(powers, facets, strict=False)
        )
        html = plain_html(welcome + _GREETING.format(title=register.title))
        return answer_to(update, html).model_copy(update={"keyboard": examples})

    def about_me(self, update: Update) -> Response:
        """Answer /me: who the asker is to the bot."""
        return self._to_asker(update, self._about)

    def _about(self, asker: Asker, passed: Pass) -> str:
        what = "全部内容" if passed.is_whole else "、".join(FACET_LABELS[f] for f in Facet if f in passed.facets)
        role = "（管理员）" if self._gate.is_admin(asker.user) else ""
        where = "这里" if asker.chat is None else "本群"
        kept = self._audit.asked_by(asker.user)
        return f"您的编号是 {asker.user}{role}，{where}可以查{what}。\n记着您的 {kept} 次提问；/forgetme 可以删除。"

    def forgotten(self, update: Update) -> Response:
        """Answer /forgetme: delete what the asker asked. Also for those who are no longer let in."""
        asker = asker_of(update)
        if asker is None:
            return Response()
        self._desk.forget(asker.user)
        return Response([answer_to(update, _FORGOTTEN.format(count=self._audit.forget(asker.user)))])

    def _to_asker(self, update: Update, told: Callable[[Asker, Pass], str]) -> Response:
        asker = asker_of(update)
        if asker is None:
            return Response()
        passed = self._reception.admit(asker, "telegram")
        text = told(asker, passed) if passed.is_open else self._questions.refusal(asker)
        return Response([answer_to(update, plain_html(text))])

    # ── groups ───────────────────────────────────────────────────────────────────────────────────────────────

    def added(self, update: Update) -> Response:
        """The bot was added to a group, or removed: tell the admins, and leave where it is not let in."""
        change = update.my_chat_member
        if change is None or change.chat.type == Chat.PRIVATE:
            return Response()
        there = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED)
        if change.new_chat_member.status not in there or change.old_chat_member.status in there:
            return Response()
        chat, by = change.chat, change.from_user
        told = f"{by.full_name}（{by.id}）把我拉进了群“{chat.title}”（{chat.id}）"
        if self._gate.is_let_in(chat.id):
            note = _PRIVACY_OFF if self._me.can_read_all_group_messages else _PRIVACY_ON
            return Response(self._to_admins(f"{told}。\n{note}"))
        button = self._keyboards.button("允许这个群", Act.LET_IN, str(chat.id))
        note = f"{told}，这个群没有获准，我已退出。\n要开通：按下面的按钮或发 /allow {chat.id}，然后再拉我进群。"
        sentence = Outgoing(chat=chat.id, html=self._questions.refusal(Asker(by.id, chat.id)))
        return Response([sentence, *self._to_admins(note, button)], leave=chat.id)

    def moved(self, update: Update) -> Response:
        """A group became a supergroup and has another number now; it is told in the old one and in the new one."""
        message = update.effective_message
        if message is not None and message.migrate_to_chat_id is not None:
            self._gate.move_chat(message.chat_id, message.migrate_to_chat_id)
        if message is not None and message.migrate_from_chat_id is not None:
            self._gate.move_chat(message.migrate_from_chat_id, message.chat_id)
        return Response()

    def _to_admins(self, text: str, *buttons: Button) -> list[Outgoing]:
        keyboard = (buttons,) if buttons else ()
        return [Outgoing(chat=admin, html=plain_html(text), keyboard=keyboard) for admin in self._gate.admins]
