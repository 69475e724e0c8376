"""What was talked about, per chat and user, with an age limit; two people in one group never mix."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.understanding.query import SetAsk
from knowledge.models import Facet


@dataclass(frozen=True)
class Memory:
    """The last turn of one conversation, as far as a follow-up needs it."""

    powers: tuple[int, ...] = ()  # what the last answer was about
    facets: tuple[Facet, ...] = ()
    listed: tuple[int, ...] = ()  # the last list, in its order
    options: tuple[int, ...] = ()  # what was offered for choosing
    pending: tuple[Facet, ...] = ()  # the facets asked for, waiting for the choice
    set_ask: SetAsk | None = None
    people: tuple[str, ...] = ()  # who was asked about, or the only person of the last answer: 「他还管啥」
    people_before: tuple[str, ...] = ()  # people asked about, the last first: 「他俩」
    recent: tuple[int, ...] = ()  # single powers talked about, the last first
    step: tuple[int, int] | None = None  # (position, index of the step last pointed at)


class Conversations:
    """The memories of all conversations.

    Args:
        minutes: after so many minutes of silence a conversation is forgotten (a follow-up refers to nothing).
        most: how many conversations are kept; the longest silent one goes first.
        clock: seconds, monotonic.
    """

    def __init__(self, minutes: float = 30, most: int = 10_000, clock: Callable[[], float] = time.monotonic):
        self._age_s = minutes * 60
        self._most = most
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, Memory]] = OrderedDict()

    def recall(self, chat: str, user: str) -> Memory:
        """Return the memory of ``user`` in ``chat``; an empty one when there is none or it is too old."""
        at, memory = self._kept.get((chat, user), (float("-inf"), Memory()))
        return memory if self._clock() - at <= self._age_s else Memory()

    def keep(self, chat: str, user: str, memory: Memory) -> None:
        """Remember ``memory`` as the last turn of ``user`` in ``chat``."""
        self._kept[chat, user] = (self._clock(), memory)
        self._kept.move_to_end((chat, user))
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self, user: str) -> None:
        """Forget what ``user`` said, in all chats."""
        for chat, who in [key for key in self._kept if key[1] == user]:
            del self._kept[chat, who]
