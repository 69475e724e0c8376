"""What changed in the registers, told to the chats that subscribed: wherever it was published, in the chat or not."""

import asyncio

from bot.access import Gate, Pass
from bot.channels.telegram.courier import Courier
from bot.channels.telegram.messages import Outgoing
from bot.channels.telegram.rendering import plain_html
from bot.records.chats import Chats
from bot.records.journal import Journal
from bot.visibility import visible
from knowledge.database import DatabaseFile
from knowledge.difference import difference
from knowledge.models import Facet
from knowledge.store import Edition, Store

_LINES = 3


class News:
    """Tells subscribers of what was published since they were last told: each only what it may see.

    What was published while no bot ran is told by the next one, several editions in a row as one change.
    """

    def __init__(self, file: DatabaseFile, store: Store, gate: Gate, chats: Chats, journal: Journal, courier: Courier):
        self._file = file
        self._store = store
        self._gate = gate
        self._chats = chats
        self._courier = courier
        self._sending = {asyncio.create_task(courier.spread(number)) for number in journal.unasked()}
        if chats.told_of() is None:  # nobody has subscribed yet: what is in force is no news
            chats.tell_of(store.version())

    async def tell(self) -> None:
        """Write down what is new, and send it; one chat's trouble holds up nothing else.

        Raises:
            StoreError: the database can't be read or written; nothing is lost, the next call tries again.
        """
        told, version = self._chats.told_of() or 0, self._store.version()
        if told >= version:
            return
        subscribers = {
            chat: passed.facets for chat in self._chats.subscribers() if (passed := self._passed(chat)).is_open
        }
        messages: list[Outgoing] = []
        for division, before, now in self._changes(told, version) if subscribers else ():
            held = [self._store.edition(number) if number else None for number in (before, now)]
            texts = await asyncio.to_thread(_texts, division, held[0], held[1], set(subscribers.values()))
            messages += [
                Outgoing(chat=chat, html=texts[facets]) for chat, facets in subscribers.items() if texts[facets]
            ]
        with self._file.writing():
            self._courier.write_down(-version, messages)  # no update is answered by it, and they have positive numbers
            self._chats.tell_of(version)
        self._sending = {task for task in self._sending if not task.done()}
        self._sending.add(asyncio.create_task(self._courier.spread(-version)))

    def _changes(self, told: int, version: int) -> list[tuple[str, int | None, int | None]]:
        """Return the divisions whose register changed from the publication ``told`` to ``version``, with the numbers
        of both editions.
        """
        publications = [one for one in self._store.publications() if one.number <= version]
        before = {one.division: one.edition for one in publications if one.number <= told}
        now = {one.division: one.edition for one in publications}
        changed = [(division, before.get(division), edition) for division, edition in now.items()]
        return [change for change in changed if change[1] != change[2]]

    def _passed(self, chat: int) -> Pass:
        """Return what may be seen in a chat, by whoever reads there. Private chats have positive numbers."""
        return self._gate.admit(chat) if chat > 0 else self._gate.admit(0, chat)


def _texts(
    division: str, before: Edition | None, now: Edition | None, wanted: set[frozenset[Facet]]
) -> dict[frozenset[Facet], str]:
    """Return what who may see some facets is told of a change; "" where nothing of it may be seen."""
    if now is None:
        return dict.fromkeys(wanted, plain_html(f"“{division}”的清单已停用。"))
    if before is None:
        return dict.fromkeys(wanted, plain_html(f"新加入“{division}”的清单，{len(now.register_.powers)} 项。"))
    texts = {}
    for facets in wanted:
        lines = difference(visible(before.register_, facets), visible(now.register_, facets)).brief(_LINES)
        texts[facets] = plain_html("\n".join([f"《{now.title}》已更新：", *lines])) if lines else ""
    return texts
