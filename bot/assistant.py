"""One question's way through the house: understand → look up → compose; what was said is remembered."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.compose import Composer
from bot.lookup import Findings, Lookup
from bot.messages import Question, Reply
from bot.understanding.memory import Conversations, Memory
from bot.understanding.query import Query, Reason, Shape
from bot.understanding.understand import Understanding
from bot.understanding.vocabulary import vocabulary
from bot.visibility import ALL_FACETS, visible
from knowledge.lexicon import Lexicon
from knowledge.library import Volume
from knowledge.models import Facet, Register
from knowledge.passages import Passages
from knowledge.text import plain

# How many powers back 「这俩」 may reach.
_RECENT = 4


@dataclass(frozen=True)
class Answered:
    """A reply with what led to it; ``milliseconds`` is the time from text to reply."""

    reply: Reply
    query: Query
    milliseconds: float


class Answers(Protocol):
    """Who answers questions."""

    def answer(self, question: Question) -> Answered:
        """Return the reply to ``question``."""


class Assistant:
    """Answers questions from one register. Deterministic; keeps nothing but conversations.

    ``aliases``: how people call the powers (alias → pieces of names); ``edition``: how replies name the edition;
    ``conversations``: what was said before; ``facets``: what may be seen of the register (nothing else is kept here);
    ``volumes``: the registers that ``register`` is made of, each with its own edition, where it is made of several.
    """

    def __init__(
        self,
        register: Register,
        aliases: Mapping[str, str],
        edition: str = "",
        conversations: Conversations | None = None,
        facets: frozenset[Facet] = ALL_FACETS,
        volumes: Sequence[Volume] = (),
    ):
        self.register = register = visible(register, facets)
        words = vocabulary()
        lexicon = Lexicon(register, aliases, words.tags, volumes=volumes)
        passages = Passages(register, lexicon.cut)
        self._understanding = Understanding(lexicon, passages, words)
        self._lookup = Lookup(lexicon, passages, words.synonyms)
        for text in (register.powers[0].title, "哪些要审"):  # so that no question pays for the first use
            self._lookup.find(self._understanding.understand(text, Memory()))
        self._composer = Composer(register, edition, facets, volumes)
        self._conversations = conversations or Conversations()

    def answer(self, question: Question) -> Answered:
        """Return the reply to ``question``, understood in the light of what the same user asked before."""
        began = time.perf_counter()
        memory = self._conversations.recall(question.chat, question.user)
        if question.about is not None and not set(question.about.powers) & {*memory.powers, *memory.options}:
            # a reply to another's answer, or to an older one: 「那风险呢」 is about that
            memory = Memory(powers=question.about.powers, facets=question.about.facets, recent=memory.recent)
        query = self._understanding.understand(question.text, memory, question.unit)
        return self._reply(query, memory, question.chat, question.user, began)

    def open(self, position: int, facets: tuple[Facet, ...], chat: str = "", user: str = "") -> Answered:
        """Return ``facets`` of the power at ``position``, as if ``user`` had asked for them in words.

        Raises:
            IndexError: there is no such position.
        """
        began = time.perf_counter()
        self.register.power(position)
        query = Query(Shape.ASK, powers=(position,), facets=facets)
        return self._reply(query, self._conversations.recall(chat, user), chat, user, began)

    def show(self, position: int, facets: tuple[Facet, ...]) -> Reply:
        """Return ``facets`` of the power at ``position``; nobody's conversation is touched.

        Raises:
            IndexError: there is no such position.
        """
        self.register.power(position)
        return self._composer.compose(self._lookup.find(Query(Shape.ASK, powers=(position,), facets=facets)))

    def suggest(self, text: str, limit: int) -> tuple[tuple[int, ...], tuple[Facet, ...]]:
        """Return the powers (at most ``limit``) that ``text``, half typed, may mean, likeliest first, and the facets
        that it asks for.
        """
        query = self._understanding.understand(text, Memory())
        found = self._lookup.find(query)
        powers = found.powers or query.near or self._understanding.like(text, limit)
        return powers[:limit], tuple(facet for facet in found.facets if facet is not Facet.OVERVIEW)

    def subject(self, text: str) -> str:
        """Return what ``text`` is about, in its own words: the question without what is asked and without padding.

        "" where nothing is left that could be a name.
        """
        return self._understanding.subject(text)

    def likely(self, text: str, limit: int) -> tuple[int, ...]:
        """Return the powers (at most ``limit``) whose names are likest to what ``text`` is about; never none."""
        like = self._understanding.like(self.subject(text) or plain(text), limit, at_least=0.0)
        return tuple(dict.fromkeys([*like, *(power.position for power in self.register.powers)]))[:limit]

    def forget(self, user: str) -> None:
        """Forget what ``user`` said."""
        self._conversations.forget(user)

    def _reply(self, query: Query, memory: Memory, chat: str, user: str, began: float) -> Answered:
        found = self._lookup.find(query, memory.step)
        reply = self._composer.compose(found)
        self._conversations.keep(chat, user, self._next(memory, found, reply))
        return Answered(reply, query, 1000 * (time.perf_counter() - began))

    def _people(self, found: Findings) -> tuple[str, ...]:
        """Return who was talked about: the people of the question, else the one person whom the answer names."""
        if found.query.set_ask is not None and found.query.set_ask.people:
            return found.query.set_ask.people
        if Facet.POSTS in found.facets and len(found.powers) == 1:
            posts = self.register.power(found.powers[0]).posts
            people = {person for post in posts for person in post.people}
            if len(people) == 1:
                return tuple(people)
        return found.query.people

    def _next(self, memory: Memory, found: Findings, reply: Reply) -> Memory:
        """Return what to remember after ``reply``."""
        query = found.query
        people = self._people(found) or memory.people
        before = tuple(dict.fromkeys([*people, *memory.people_before]))[:_RECENT]
        if reply.kind == "answer":
            step = next(((p, found.steps[p][-1]) for p in found.powers if found.steps.get(p)), None)
            among = set(found.powers) <= set(memory.listed)
            return Memory(
                powers=found.powers,
                facets=found.facets,
                listed=memory.options or memory.listed,
                set_ask=memory.set_ask if among else None,
                people=people,
                people_before=before,
                recent=tuple(dict.fromkeys([*found.powers, *memory.recent]))[:_RECENT],
                step=step,
            )
        if reply.kind == "list":
            one = found.powers if len(found.powers) == 1 else ()
            return Memory(
                powers=one,
                recent=memory.recent,
                people=people,
                people_before=before,
                listed=found.powers,
                set_ask=query.set_ask,
            )
        if reply.kind == "choose":
            if query.reason is Reason.NO_SUBJECT:
                everything = tuple(power.position for power in self.register.powers)
                return Memory(options=everything, pending=found.facets)
            return Memory(options=reply.powers, pending=found.facets, recent=memory.recent)
        if query.shape is Shape.UNKNOWN and query.reason is Reason.NOT_HELD and len(query.near) == 1:
            return Memory(powers=query.near, facets=memory.facets, listed=memory.listed)
        offered = tuple(option.power for option in reply.options)
        if reply.kind == "unknown" and offered and not set(offered) & set(memory.powers):
            # another subject was named: what follows is not about the one before
            return Memory(options=offered, recent=memory.recent, facets=query.facets)
        return replace(memory, facets=query.facets) if query.facets else memory
