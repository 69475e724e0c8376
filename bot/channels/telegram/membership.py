"""Coming and going: /start with or without a link, /me and /forgetme, groups that add the bot, groups that move."""

from telegram import Chat, ChatMember, Update, User

from bot.access import Gate, Pass
from bot.channels.telegram.addressing import asker_of, command_of
from bot.channels.telegram.callbacks import Act
from bot.channels.telegram.handling import Response, answer_to
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.messages import Button, Outgoing
from bot.channels.telegram.questions import Questions
from bot.channels.telegram.rendering import plain_html
from bot.compose import FACET_LABELS
from bot.current import Current
from bot.reception import Asker, Reception
from bot.records.audit import JOINED, REFUSED, Audit
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
        current: Current,
        reception: Reception,
        audit: Audit,
        questions: Questions,
        keyboards: Keyboards,
        me: User,
    ):
        self._gate = gate
        self._current = current
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
        told = self._joined(asker, link.removeprefix(INVITATION)) if link.startswith(INVITATION) else ""
        position = link.removeprefix(POWER)
        powers = len(self._current.register.powers)
        if link.startswith(POWER) and position.isdecimal() and 1 <= int(position) <= powers:
            outcome = self._reception.open(asker, int(position), (Facet.OVERVIEW,), "telegram")
            return self._questions.response(update, asker, outcome)
        outcome = self._reception.admit(asker, "telegram")
        if outcome.decision != "admitted":
            return _beginning_with(told, self._questions.turned_away(update, asker, outcome))
        passed = outcome.passed
        admin = asker.user if passed.admin and asker.chat is None else None
        return _beginning_with(told, Response([self._greeting(update, passed)], welcome=admin))

    def _joined(self, asker: Asker, secret: str) -> str:
        """Let the asker in by an invitation, in private; return what is said about it."""
        if asker.chat is not None or self._gate.admit(asker.user).is_whole:
            return ""
        if not self._gate.redeem(secret, asker.user):
            return _INVALID
        self._audit.record("telegram", asker.place, asker.user, "", JOINED)
        return f"{_WELCOME}\n"

    def _greeting(self, update: Update, passed: Pass) -> Outgoing:
        register = self._current.register
        facets = [facet for facet in (Facet.PROCESS, Facet.POSTS, Facet.RISKS) if facet in passed.facets]
        powers = [register.powers[0], register.powers[len(register.powers) // 2], register.powers[-1]]
        examples = tuple(
            (self._keyboards.example(self._current.version, power, facet),)
            for power, facet in zip(powers, facets, strict=False)
        )
        html = plain_html(_GREETING.format(title=register.title))
        return answer_to(update, html).model_copy(update={"keyboard": examples})

    def about_me(self, update: Update) -> Response:
        """Answer /me: who the asker is to the bot."""
        asker = asker_of(update)
        if asker is None:
            return Response()
        outcome = self._reception.admit(asker, "telegram")
        if outcome.decision != "admitted":
            return self._questions.turned_away(update, asker, outcome)
        return Response([answer_to(update, plain_html(self._about(asker, outcome.passed)))])

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
        self._current.forget(str(asker.user))
        told = _FORGOTTEN.format(count=self._audit.forget(asker.user))
        outcome = self._reception.admit(asker, "telegram")
        if outcome.decision != "admitted":
            return _beginning_with(told, self._questions.turned_away(update, asker, outcome))
        return Response([answer_to(update, told)])

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
        # numbers first: names can be made to look like anything
        told = f"用户 {by.id}（{by.full_name}）把我拉进了群 {chat.id}（“{chat.title}”）"
        if self._gate.is_let_in(chat.id):
            note = _PRIVACY_OFF if self._me.can_read_all_group_messages else _PRIVACY_ON
            return Response(self._to_admins(f"{told}。\n{note}"))
        button = self._keyboards.button("允许这个群", Act.LET_IN, str(chat.id))
        note = f"{told}，这个群没有获准，我已退出。\n要开通：按下面的按钮或发 /allow {chat.id}，然后再拉我进群。"
        self._audit.record("telegram", chat.id, by.id, "", REFUSED)
        sentence = Outgoing(chat=chat.id, html=self._questions.refusal(Asker(by.id, chat.id)))
        knock = self._to_admins(note, button) if self._reception.may_knock(by.id) else []
        return Response([sentence, *knock], leave=chat.id)

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


def _beginning_with(told: str, response: Response) -> Response:
    """Put ``told`` (which needs no escaping) before the first message."""
    response.messages[:1] = [m.model_copy(update={"html": told + m.html}) for m in response.messages[:1]]
    return response
