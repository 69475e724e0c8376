"""People: /start with or without a link, invitations, /me and /forgetme."""

from telegram import Update

from bot.access import Gate, Pass
from bot.channels.telegram.addressing import asker_of, command_of
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.messages import Outgoing
from bot.channels.telegram.outcomes import Outcomes
from bot.channels.telegram.rendering import plain_html
from bot.channels.telegram.responses import Response, answer_to, beginning_with
from bot.compose import facets_told
from bot.current import Current
from bot.reception import Asker, Reception
from bot.records.audit import JOINED, Audit
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


class People:
    """Greets, lets in who is invited, forgets."""

    def __init__(
        self,
        gate: Gate,
        current: Current,
        reception: Reception,
        audit: Audit,
        outcomes: Outcomes,
        keyboards: Keyboards,
    ):
        self._gate = gate
        self._current = current
        self._reception = reception
        self._audit = audit
        self._outcomes = outcomes
        self._keyboards = keyboards

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
            return self._outcomes.response(update, asker, outcome)
        outcome = self._reception.admit(asker, "telegram")
        if outcome.decision != "admitted":
            return beginning_with(told, self._outcomes.turned_away(update, asker, outcome))
        passed = outcome.passed
        admin = asker.user if passed.admin and asker.chat is None else None
        return beginning_with(told, Response([self._greeting(update, passed)], welcome=admin))

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
            (self._keyboards.example(self._current.version, register, power, facet),)
            for power, facet in zip(powers, facets, strict=False)
        )
        html = plain_html(_GREETING.format(title=register.title))
        return answer_to(update, html, examples)

    def about_me(self, update: Update) -> Response:
        """Answer /me: who the asker is to the bot."""
        asker = asker_of(update)
        if asker is None:
            return Response()
        outcome = self._reception.admit(asker, "telegram")
        if outcome.decision != "admitted":
            return self._outcomes.turned_away(update, asker, outcome)
        return Response([answer_to(update, plain_html(self._about(asker, outcome.passed)))])

    def _about(self, asker: Asker, passed: Pass) -> str:
        role = "（管理员）" if self._gate.is_admin(asker.user) else ""
        where = "这里" if asker.chat is None else "本群"
        told = facets_told(passed.facets)
        kept = self._audit.asked_by(asker.user)
        return f"您的编号是 {asker.user}{role}，{where}可以查{told}。\n记着您的 {kept} 次提问；/forgetme 可以删除。"

    def forgotten(self, update: Update) -> Response:
        """Answer /forgetme: delete what the asker asked. Also for those who are no longer let in."""
        asker = asker_of(update)
        if asker is None:
            return Response()
        self._current.forget(str(asker.user))
        told = _FORGOTTEN.format(count=self._audit.forget(asker.user))
        outcome = self._reception.admit(asker, "telegram")
        if outcome.decision != "admitted":
            return beginning_with(told, self._outcomes.turned_away(update, asker, outcome))
        return Response([answer_to(update, told)])
