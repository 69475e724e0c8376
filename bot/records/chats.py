"""What is set for a chat: the unit that it is of, whether it is told when a register changes; how far it was told."""

from knowledge.database import DatabaseFile


class Chats:
    """The settings of chats; a private chat has the number of its user."""

    def __init__(self, file: DatabaseFile):
        self._file = file

    def unit_of(self, chat: int) -> str:
        """Return the unit that ``chat`` is of, "" where nobody said."""
        with self._file.reading():
            row = self._file.db.execute("select unit from chats where chat = ?", (chat,)).fetchone()
        return str(row[0] or "") if row else ""

    def set_unit(self, chat: int, unit: str) -> None:
        """Say of which unit ``chat`` is; "" takes it back."""
        self._set(chat, "unit", unit)

    def subscribe(self, chat: int, *, wanted: bool) -> None:
        """Say whether ``chat`` wants to be told of changes."""
        self._set(chat, "subscribed", int(wanted))

    def subscribers(self) -> list[int]:
        """Return the chats that want to be told of changes."""
        with self._file.reading():
            return [row[0] for row in self._file.db.execute("select chat from chats where subscribed = 1")]

    def told_of(self) -> int | None:
        """Return the last publication (``Store.version``) that subscribers were told of."""
        with self._file.reading():
            row = self._file.db.execute("select publication from told").fetchone()
        return int(row[0]) if row else None

    def tell_of(self, publication: int) -> None:
        """Note that subscribers were told of everything up to ``publication``."""
        with self._file.writing():
            self._file.table("told").upsert({"only": 1, "publication": publication}, pk="only")

    def _set(self, chat: int, key: str, value: str | int) -> None:
        with self._file.writing():
            self._file.table("chats").upsert({"chat": chat, key: value}, pk="chat")
