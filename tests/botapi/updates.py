"""The updates that wait for the bot, and when each was handed to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from tests.botapi.errors import bad_request

# What a bot that has not said which updates it wants does not get.
_ONLY_ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}

_MOST_AT_ONCE = 100


@dataclass(eq=False)
class Update:
    """One thing that happened; ``lane`` is the chat (or, for inline queries, the person) within which order counts.

    ``handed_out_at`` has a monotonic time, in seconds, for each time that it was handed to the bot; ``acknowledged``
    says that it will not be handed out again.
    """

    id: int
    kind: str
    payload: dict[str, object]
    lane: int
    handed_out_at: list[float] = field(default_factory=list)
    acknowledged: bool = False

    def as_json(self) -> dict[str, object]:
        return {"update_id": self.id, self.kind: self.payload}

    def hand_out(self) -> dict[str, object]:
        self.handed_out_at.append(monotonic())
        return self.as_json()


class UpdateQueue:
    """Keeps updates in order until the bot has acknowledged them."""

    def __init__(self) -> None:
        self.allowed: tuple[str, ...] = ()
        self.all: list[Update] = []
        self.on_put: Callable[[], None] = lambda: None
        self._waiting: list[Update] = []
        self._next_id = 70_000_001

    @property
    def waiting(self) -> Sequence[Update]:
        return self._waiting

    def put(self, kind: str, payload: dict[str, object], lane: int) -> Update | None:
        """Queue an update, unless the bot has not asked for its kind."""
        if kind not in self.allowed if self.allowed else kind in _ONLY_ON_REQUEST:
            return None
        update = Update(self._next_id, kind, payload, lane)
        self._next_id += 1
        self.all.append(update)
        self._waiting.append(update)
        self.on_put()
        return update

    def take(self, offset: int, limit: int) -> list[dict[str, object]]:
        """The updates from ``offset`` on (from the end, if negative), as JSON; what stands before is acknowledged."""
        if not 1 <= limit <= _MOST_AT_ONCE:
            limit = _MOST_AT_ONCE
        if offset < 0:
            offset = self._waiting[max(offset, -len(self._waiting))].id if self._waiting else 0
        for update in [update for update in self._waiting if update.id < offset]:
            self.acknowledge(update)
        return [update.hand_out() for update in self._waiting[:limit]]

    def acknowledge(self, update: Update) -> None:
        update.acknowledged = True
        self._waiting.remove(update)

    def drop_all(self) -> None:
        for update in list(self._waiting):
            self.acknowledge(update)

    def allow(self, kinds: object) -> None:
        """Hand out only these kinds from now on: a list of names; an empty one means the usual kinds."""
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise bad_request("can't parse allowed_updates: expected an Array of String")
        self.allowed = tuple(kinds)
