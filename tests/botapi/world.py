"""What the server knows: people, chats, messages, files, and what the bot has told it about itself."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.botapi.errors import bad_request, forbidden
from tests.botapi.text import Entity, FormattedText
from tests.botapi.updates import Update, UpdateQueue

ChatType = Literal["private", "group", "supergroup"]
Standing = Literal["creator", "administrator", "member", "left", "kicked"]
PRESENT: tuple[Standing, ...] = ("creator", "administrator", "member")


@dataclass(eq=False)
class User:
    id: int
    first_name: str
    username: str | None = None
    is_bot: bool = False


@dataclass(frozen=True)
class Button:
    """A button of an inline keyboard; ``action`` is the name of the field beside the text, ``value`` what it holds."""

    text: str
    action: str
    value: object

    def as_json(self) -> dict[str, object]:
        return {"text": self.text, self.action: self.value}

    @property
    def data(self) -> str | None:
        """The callback data, for a button that has some."""
        return self.value if self.action == "callback_data" and isinstance(self.value, str) else None


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class File:
    id: str
    name: str
    content: bytes

    @property
    def path(self) -> str:
        return f"documents/{self.id}/{self.name}"


@dataclass(eq=False)
class Topic:
    """A topic of a forum; ``id`` is its ``message_thread_id``, the number of the message that opened it."""

    id: int
    name: str


@dataclass(frozen=True)
class Event:
    """One line of a chat's story; ``about`` is the message that it is about or answers."""

    kind: Literal["message", "edit", "delete", "press", "toast", "service"]
    who: User
    text: str
    message: "Message | None" = None
    about: "Message | None" = None
    keyboard: Keyboard = ()


@dataclass(eq=False)
class Chat:
    id: int
    type: ChatType
    title: str
    forum: bool = False
    members: dict[int, Standing] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, "Message"] = field(default_factory=dict)
    story: list[Event] = field(default_factory=list)
    last_bot: User | None = None

    def standing(self, user: User) -> Standing:
        return self.members.get(user.id, "left")

    def has(self, user: User) -> bool:
        return self.standing(user) in PRESENT


@dataclass(eq=False)
class Message:
    """A message as it is now; ``earlier`` holds its texts before each edit, ``updates`` what the bot was told of it.

    ``text`` is the caption of a message with a document. ``sent_at`` is a monotonic time in seconds.
    """

    id: int
    chat: Chat
    sender: User
    date: int
    text: str = ""
    entities: tuple[Entity, ...] = ()
    keyboard: Keyboard = ()
    reply_to: "Message | None" = None
    topic: Topic | None = None
    document: File | None = None
    service: Mapping[str, object] = field(default_factory=dict)
    via_bot: User | None = None
    inline_id: str | None = None
    edit_date: int | None = None
    deleted: bool = False
    earlier: list[str] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    sent_at: float = field(default_factory=time.monotonic)

    @property
    def labels(self) -> list[list[str]]:
        """The texts of its buttons, row by row."""
        return [[button.text for button in row] for row in self.keyboard]

    def button(self, label_or_data: str) -> Button:
        """Its button with this text or callback data.

        Raises:
            LookupError: there is none.
        """
        for row in self.keyboard:
            for button in row:
                if label_or_data in (button.text, button.data):
                    return button
        raise LookupError(f"no button {label_or_data!r} among {self.labels}")


@dataclass(frozen=True)
class CallbackAnswer:
    """What the person who pressed sees: a toast, or with ``alert`` a box; an empty text only stops the spinner."""

    text: str
    alert: bool


@dataclass(eq=False)
class Press:
    """A button that was pressed; ``answer`` is None until the bot has answered."""

    id: str
    user: User
    message: Message
    data: str
    update: Update | None = None
    answer: CallbackAnswer | None = None
    expired: bool = False


@dataclass(frozen=True)
class InlineResult:
    id: str
    title: str
    description: str
    content: FormattedText
    keyboard: Keyboard


@dataclass(frozen=True)
class InlineAnswer:
    """What the person who types sees; ``button`` is the text and start parameter of the button above the results.

    It is kept for ``cache_time`` seconds from ``at`` on, a monotonic time, for all who type the same, or, if it is
    personal, for the same person.
    """

    results: tuple[InlineResult, ...]
    cache_time: int
    is_personal: bool
    next_offset: str
    button: tuple[str, str] | None
    at: float = field(default_factory=time.monotonic)


@dataclass(eq=False)
class InlineQuery:
    id: str
    user: User
    text: str
    offset: str = ""
    update: Update | None = None
    answer: InlineAnswer | None = None
    expired: bool = False

    def is_answered_for(self, other: "InlineQuery") -> bool:
        """Whether the server has its answer in store for another query."""
        answer = self.answer
        return (
            answer is not None
            and (self.text, self.offset) == (other.text, other.offset)
            and (self.user is other.user or not answer.is_personal)
            and time.monotonic() < answer.at + answer.cache_time
        )


@dataclass(frozen=True)
class CommandScope:
    """Where a list of commands is shown: Telegram's ``BotCommandScope`` and a language."""

    type: str = "default"
    chat_id: int | None = None
    user_id: int | None = None
    language: str = ""


@dataclass(eq=False)
class World:
    """Everything the server knows. Whoever reads or changes it holds the server's lock."""

    bot: User
    privacy: bool = True
    inline: bool = True
    can_join_groups: bool = True
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    inline_queries: dict[str, InlineQuery] = field(default_factory=dict)
    inline_messages: dict[str, Message] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    commands: dict[CommandScope, dict[str, str]] = field(default_factory=dict)
    profile: dict[str, str] = field(default_factory=dict)
    updates: UpdateQueue = field(default_factory=UpdateQueue)
    _counter: int = 100

    def number(self) -> int:
        """The next of the numbers that private chats and basic groups share, and of all ids."""
        self._counter += 1
        return self._counter

    def add_file(self, name: str, content: bytes) -> File:
        file = File(f"BQACAgUAAx{self.number()}", name, content)
        self.files[file.id] = file
        return file

    def post(
        self,
        chat: Chat,
        sender: User,
        content: FormattedText,
        *,
        keyboard: Keyboard = (),
        reply_to: Message | None = None,
        topic: Topic | None = None,
        document: File | None = None,
        via_bot: User | None = None,
        service: Mapping[str, object] | None = None,
        note: str = "",
        age: float = 0,
    ) -> Message:
        """Put a message into a chat, written ``age`` seconds ago; a service message shows as ``note`` in its story."""
        # A supergroup counts its own messages, so that ids are unique only within a chat.
        number = len(chat.messages) + 1 if chat.type == "supergroup" else self.number()
        message = Message(
            number,
            chat,
            sender,
            int(time.time() - age),
            content.text,
            content.entities,
            keyboard=keyboard,
            reply_to=reply_to,
            topic=topic,
            document=document,
            service=service or {},
            via_bot=via_bot,
        )
        chat.messages[number] = message
        if sender.is_bot and not service:
            chat.last_bot = sender
        kind: Literal["service", "message"] = "service" if service else "message"
        chat.story.append(Event(kind, sender, note or content.text, message, reply_to, keyboard))
        return message

    def edit(self, message: Message, content: FormattedText, keyboard: Keyboard) -> None:
        message.earlier.append(message.text)
        message.text, message.entities, message.keyboard = content.text, content.entities, keyboard
        message.edit_date = int(time.time())
        message.chat.story.append(Event("edit", message.sender, content.text, message, message.reply_to, keyboard))

    def delete(self, message: Message) -> None:
        message.deleted = True
        message.chat.story.append(Event("delete", message.sender, message.text, message))

    def known_to_bot(self, user: User) -> bool:
        return any(chat.has(user) and chat.has(self.bot) for chat in self.chats.values())

    def reachable(self, chat_id: int | None) -> Chat:
        """The chat that the bot may act in.

        Raises:
            ApiError: 400 when the bot does not know it, 403 when it is shut out.
        """
        chat = self.chats.get(chat_id) if chat_id is not None else None
        if chat is None or self.bot.id not in chat.members:
            if chat and chat.type == "private" and self.known_to_bot(self.users[chat.id]):
                raise forbidden("bot can't initiate conversation with a user")
            raise bad_request("chat not found")
        standing = chat.standing(self.bot)
        if standing == "kicked" and chat.type == "private":
            raise forbidden("bot was blocked by the user")
        if standing == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if standing == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        return chat

    def commands_for(self, chat: Chat, user: User, language: str = "") -> dict[str, str]:
        """The menu that ``user`` sees in ``chat``: the list with the narrowest scope, as Telegram chooses it."""
        admin = chat.standing(user) in ("creator", "administrator")
        group = chat.type != "private"
        scopes: Sequence[tuple[bool, CommandScope]] = (
            (group, CommandScope("chat_member", chat.id, user.id)),
            (group and admin, CommandScope("chat_administrators", chat.id)),
            (True, CommandScope("chat", chat.id)),
            (group and admin, CommandScope("all_chat_administrators")),
            (group, CommandScope("all_group_chats")),
            (not group, CommandScope("all_private_chats")),
            (True, CommandScope()),
        )
        for fits, scope in scopes:
            for spoken in dict.fromkeys((language, "")):
                found = self.commands.get(CommandScope(scope.type, scope.chat_id, scope.user_id, spoken))
                if fits and found is not None:
                    return found
        return {}
