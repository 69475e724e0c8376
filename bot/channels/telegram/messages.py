"""Messages as they leave: data that can wait in the journal and mean the same after a restart."""

from pydantic import BaseModel, ConfigDict
from telegram import InlineKeyboardButton, InlineKeyboardMarkup


class Button(BaseModel):
    """A button under a message: ``data`` comes back when it is pressed; or it opens ``url``."""

    model_config = ConfigDict(frozen=True)

    label: str
    data: str = ""
    url: str = ""


Keyboard = tuple[tuple[Button, ...], ...]


class Attachment(BaseModel):
    """A text file."""

    model_config = ConfigDict(frozen=True)

    name: str
    text: str


class Outgoing(BaseModel):
    """One message: ``html`` for ``chat``, answering the message ``question`` in the topic ``thread``.

    ``edits``: the message that it replaces, ``None`` for a new one; ``handoff``: the question to a person that it
    carries; ``attachment``: a file, under which ``html`` stands.
    """

    model_config = ConfigDict(frozen=True)

    chat: int
    html: str
    keyboard: Keyboard = ()
    question: int | None = None
    thread: int | None = None
    edits: int | None = None
    handoff: int | None = None
    attachment: Attachment | None = None

    @property
    def markup(self) -> InlineKeyboardMarkup | None:
        """The buttons as Telegram takes them."""
        return markup(self.keyboard)


def markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """Return buttons as Telegram takes them; ``None`` for none."""
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(b.label, url=b.url)
                if b.url
                else InlineKeyboardButton(b.label, callback_data=b.data)
                for b in row
            ]
            for row in keyboard
        ]
    )
