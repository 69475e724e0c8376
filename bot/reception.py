"""The one path of a question, whatever the channel: who may, how often, what is the answer, what is noted."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.access import Gate, Pass
from bot.assistant import Answered, Assistant
from bot.config import Limits
from bot.current import Current
from bot.messages import Question, Reply
from bot.records.audit import ANSWERED, LIMITED, NOT_OPEN, REFUSED, Audit
from bot.records.chats import Chats
from knowledge.models import Facet

# Who is not let in is told so only so often a minute, who asks too much only once.
_REFUSALS = RateLimitItemPerMinute(20)
_NOTICES = RateLimitItemPerMinute(1)
# So often a minute it is noted that one and the same stranger was refused.
_NOTED = RateLimitItemPerMinute(1)
# How often an hour the admins hear from one user who brings the bot into strange groups.
_KNOCKS = RateLimitItemPerHour(5)
# Inline, each letter typed is a question.
_LETTERS = 5


@dataclass(frozen=True)
class Asker:
    """Who asks where: ``chat`` is ``None`` where only the asker reads the answer (in private, inline)."""

    user: int
    chat: int | None = None

    @property
    def place(self) -> int:
        """The chat that is noted and that the conversation belongs to."""
        return self.user if self.chat is None else self.chat


@dataclass(frozen=True)
class Outcome:
    """What became of a question: a ``reply``, or why there is none; ``number`` is its place in the audit log.

    ``admitted``: it was no question, and may go on. ``told``: who is refused or limited is told so now (and not again
    and again).
    """

    decision: Literal["answered", "admitted", "refused", "limited"]
    passed: Pass
    number: int = 0
    version: int = 0
    reply: Reply | None = None
    told: bool = True


@dataclass(frozen=True)
class Suggestion:
    """A ready answer for what is being typed: one facet of a power; ``title`` is the power's name."""

    position: int
    title: str
    facet: Facet
    reply: Reply


@dataclass(frozen=True)
class Suggestions:
    """What became of what is being typed: what was ``found`` (maybe nothing), or why nothing was looked for."""

    decision: Literal["answered", "refused", "limited"]
    found: tuple[Suggestion, ...] = ()


class Reception:
    """Lets questions through the gate to the assistant that knows what the asker may see, and notes all decisions."""

    def __init__(self, gate: Gate, current: Current, audit: Audit, chats: Chats, limits: Limits):
        self._gate = gate
        self._chats = chats
        self._current = current
        self._audit = audit
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._user_limit = RateLimitItemPerMinute(limits.user_per_minute)
        self._chat_limit = RateLimitItemPerMinute(limits.chat_per_minute)
        self._typing_limit = RateLimitItemPerMinute(limits.user_per_minute * _LETTERS)

    def admit(self, asker: Asker, channel: str, text: str = "") -> Outcome:
        """Let ``asker`` go on, as far as gate and limits allow; ``text`` is noted of who asks too much."""
        passed = self._passed(asker, channel)
        if not passed.is_open:
            return Outcome("refused", passed, told=self._window.hit(_REFUSALS, "refused", str(asker.user)))
        if not self._is_within_limits(asker):
            self._audit.record(channel, asker.place, asker.user, text, LIMITED)
            told = self._window.hit(_NOTICES, "limited", str(asker.user), str(asker.place))
            return Outcome("limited", passed, told=told)
        return Outcome("admitted", passed)

    def may_remind(self, asker: Asker) -> bool:
        """Count that ``asker`` is to be told how to ask; ``False`` where they were told within the minute."""
        return self._window.hit(_NOTICES, "reminded", str(asker.user), str(asker.place))

    def may_knock(self, user: int) -> bool:
        """Count that ``user`` brought the bot into a strange group; return whether the admins are to hear of it."""
        return self._window.hit(_KNOCKS, "knocked", str(user))

    def ask(self, asker: Asker, text: str, channel: str, replying_to: int | None = None) -> Outcome:
        """Answer ``text`` in the light of what ``asker`` asked before, and of the answer that it replies to:
        ``replying_to`` is that one's place in the audit log.
        """
        about = None if replying_to is None else self._audit.shown(replying_to, self._current.version)
        unit = self._chats.unit_of(asker.place)
        question = Question(text=text, chat=str(asker.place), user=str(asker.user), unit=unit, about=about)
        return self._handle(asker, text, channel, lambda assistant: assistant.answer(question))

    def open(self, asker: Asker, position: int, facets: tuple[Facet, ...], channel: str) -> Outcome:
        """Show ``facets`` of the power at ``position``, as a button or a link asks for them.

        Raises:
            IndexError: there is no such position.
        """
        register = self._current.register
        text = f"{register.called(register.power(position))} {' '.join(facets)}"
        place, user = str(asker.place), str(asker.user)
        return self._handle(asker, text, channel, lambda assistant: assistant.open(position, facets, place, user))

    def suggest(self, asker: Asker, text: str, powers: int, facets: tuple[Facet, ...]) -> Suggestions:
        """Return ready answers for ``text``, as far as it is typed: for the likeliest ``powers`` (so many at most),
        each in those of ``facets`` that may be seen, the facets asked for first.
        """
        passed = self._passed(asker, "inline")
        if not passed.is_open:
            return Suggestions("refused")
        if not self._window.hit(self._typing_limit, "typing", str(asker.user)):
            self._audit.record("inline", asker.place, asker.user, text, LIMITED)
            return Suggestions("limited")
        assistant, version = self._current.assistant(passed.facets)
        positions, asked = assistant.suggest(text, powers)
        self._audit.record("inline", asker.place, asker.user, text, ANSWERED, version=version)
        order = [f for f in dict.fromkeys((*asked, *facets)) if f in passed.facets]
        register = assistant.register
        return Suggestions(
            "answered",
            tuple(
                Suggestion(p, register.called(register.power(p)), facet, assistant.show(p, (facet,)))
                for p in positions
                for facet in order
            ),
        )

    def _handle(self, asker: Asker, text: str, channel: str, answer: Callable[[Assistant], Answered]) -> Outcome:
        outcome = self.admit(asker, channel, text)
        if outcome.decision != "admitted":
            return outcome
        passed = outcome.passed
        assistant, version = self._current.assistant(passed.facets)
        answered = answer(assistant)
        number = self._audit.record(
            channel,
            asker.place,
            asker.user,
            text,
            ANSWERED,
            reply=answered.reply,
            reason=self._reason(answered, passed),
            version=version,
            milliseconds=answered.milliseconds,
        )
        return Outcome("answered", passed, number, version, answered.reply)

    @staticmethod
    def _reason(answered: Answered, passed: Pass) -> str:
        """Return why there is no answer, as the log has it."""
        if answered.query.reason is not None:
            return answered.query.reason.name
        # where only a part is open, what was not found may well be in the register: no miss of the assistant's
        return NOT_OPEN if answered.reply.kind == "unknown" and not passed.is_whole else ""

    def lets_in(self, asker: Asker) -> bool:
        """Whether ``asker`` may see anything; nothing is noted."""
        return self._gate.admit(asker.user, asker.chat).is_open

    def preparation(self, asker: Asker) -> Callable[[], object] | None:
        """Return what is to be done before ``asker`` can be answered at once, if anything.

        Any thread may do it; it takes as long as ``Current.refresh``.
        """
        facets = self._gate.admit(asker.user, asker.chat).facets
        return partial(self._current.assistant, facets) if facets and not self._current.knows(facets) else None

    def _passed(self, asker: Asker, channel: str) -> Pass:
        """Return what ``asker`` may see; who is not let in is noted, but not what they write."""
        passed = self._gate.admit(asker.user, asker.chat)
        if not passed.is_open and self._window.hit(_NOTED, "noted", str(asker.user), str(asker.place)):
            self._audit.record(channel, asker.place, asker.user, "", REFUSED)
        return passed

    def _is_within_limits(self, asker: Asker) -> bool:
        """Count a question; return whether user and chat are within what a minute allows.

        What one user asks too much is not at the expense of the others in the chat.
        """
        within = self._window.hit(self._user_limit, "user", str(asker.user))
        return within and (asker.chat is None or self._window.hit(self._chat_limit, "chat", str(asker.chat)))
