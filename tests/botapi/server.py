"""The server as a test drives it: makes the world, plays the people, reads what the bot did."""

import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Literal, Self, TypeVar, overload

from tests.botapi import notices
from tests.botapi.checks import is_start_parameter
from tests.botapi.dispatch import Call, Dispatch
from tests.botapi.faults import Fault
from tests.botapi.intake import Intake
from tests.botapi.serving import HttpThread
from tests.botapi.text import FormattedText, detected
from tests.botapi.transcript import transcript
from tests.botapi.world import (
    Button,
    Chat,
    Event,
    InlineQuery,
    Message,
    Press,
    Standing,
    Topic,
    User,
    World,
)

TOKEN = "7000001:AAF-emulated-token-of-the-tests-0000"
PATIENCE_S = 20.0

T = TypeVar("T")


class BotApiServer:
    """A Bot API server with one bot; see the package's docstring for how to use it.

    All methods may be called from any thread.
    """

    def __init__(self, *, username: str = "lianzheng_bot", name: str = "廉政清单助手", token: str = TOKEN):
        self.token = token
        self.bot = User(int(token.partition(":")[0]), name, username, is_bot=True)
        self._changed = threading.Condition()
        self._world = World(self.bot, users={self.bot.id: self.bot})
        self._read: dict[int, int] = {}
        self._intake = Intake(self._world, self._changed)
        self._dispatch = Dispatch(self._world, self._changed, self._intake, token)
        self._http = HttpThread(self._dispatch.answer, self._dispatch.download)
        self._world.updates.on_put = self._wake

    # Running

    def start(self) -> None:
        """Serve; after a ``stop`` on the same port, with everything as it was left."""
        self._http.start(self._intake.restart, self._intake.stop)

    def stop(self) -> None:
        """Serve no more: connections are refused until the next ``start``."""
        self._http.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def tokens(self) -> set[str]:
        """The valid tokens, to be changed at will."""
        return self._dispatch.tokens

    @property
    def base_url(self) -> str:
        """What the bot's ``base_url`` setting must be."""
        return f"http://127.0.0.1:{self._http.port}/bot"

    @property
    def base_file_url(self) -> str:
        return f"http://127.0.0.1:{self._http.port}/file/bot"

    # The world

    def configure(
        self, *, privacy: bool | None = None, inline: bool | None = None, can_join_groups: bool | None = None
    ) -> None:
        """What BotFather sets: privacy mode (on at first), inline mode (on), whether it may join groups (yes)."""
        with self._changed:
            world = self._world
            world.privacy = world.privacy if privacy is None else privacy
            world.inline = world.inline if inline is None else inline
            world.can_join_groups = world.can_join_groups if can_join_groups is None else can_join_groups

    def user(self, user_id: int, first_name: str, username: str | None = None, *, is_bot: bool = False) -> User:
        """A person, or with ``is_bot`` another bot."""
        with self._changed:
            return self._world.users.setdefault(user_id, User(user_id, first_name, username, is_bot))

    def private(self, user: User, *, started: bool = False) -> Chat:
        """The person's chat with the bot, who can write there once it is ``started``; ``say`` starts it."""
        with self._changed:
            chat = self._world.chats.get(user.id)
            if chat is None:
                chat = Chat(user.id, "private", user.first_name, members={user.id: "member"})
                self._world.chats[user.id] = chat
            if started:
                chat.members.setdefault(self.bot.id, "member")
            return chat

    def group(
        self,
        title: str,
        *people: User,
        chat_id: int | None = None,
        kind: Literal["group", "supergroup", "forum"] = "supergroup",
        bot: Standing | None = "member",
        admins: Sequence[User] = (),
    ) -> Chat:
        """A group with these people, in which the bot is already, unless ``bot`` is None."""
        with self._changed:
            made_up = -self._world.number() - (0 if kind == "group" else 1_000_000_000_000)
            number = made_up if chat_id is None else chat_id
            members: dict[int, Standing] = {user.id: "member" for user in people}
            members |= {user.id: "administrator" for user in admins}
            if bot:
                members[self.bot.id] = bot
            chat = Chat(number, "group" if kind == "group" else "supergroup", title, kind == "forum", members)
            self._world.chats[number] = chat
            return chat

    def topic(self, chat: Chat, name: str, by: User) -> Topic:
        """Open a topic in a forum."""
        assert chat.forum
        with self._changed:
            created = {"name": name, "icon_color": 0x6FB9F0}
            message = self._service(chat, by, f"{by.first_name} 开了话题 {name}", forum_topic_created=created)
            topic = message.topic = Topic(message.id, name)
            chat.topics[topic.id] = topic
            self._tell(message)
            return topic

    def delete_topic(self, chat: Chat, topic: Topic) -> None:
        """Delete a topic with its messages."""
        with self._changed:
            del chat.topics[topic.id]
            for message in [message for message in chat.messages.values() if message.topic is topic]:
                self._world.delete(message)

    # What people do

    def say(
        self,
        chat: Chat,
        user: User,
        text: str,
        *,
        reply_to: Message | None = None,
        topic: Topic | None = None,
        age: float = 0,
    ) -> Message:
        """Write a message (``age`` seconds ago); /commands and @mentions in it become entities as on the server."""
        with self._changed:
            return self._say(chat, user, detected(text), reply_to=reply_to, topic=topic, age=age)

    def open_link(self, user: User, parameter: str) -> Message:
        """Follow https://t.me/bot?start=…: what comes in is 「/start parameter」."""
        assert is_start_parameter(parameter), parameter
        return self.say(self.private(user), user, f"/start {parameter}")

    def send_file(
        self, chat: Chat, user: User, name: str, content: bytes, *, caption: str = "", topic: Topic | None = None
    ) -> Message:
        with self._changed:
            file = self._world.add_file(name, content)
            return self._say(chat, user, detected(caption), topic=topic, document=(file.id))

    def edit(self, message: Message, text: str) -> Message:
        """Change one's message; what the bot is told stands in ``message.updates``."""
        with self._changed:
            self._world.edit(message, detected(text), ())
            notices.message_edited(self._world, message)
            self._changed.notify_all()
            return message

    def delete(self, message: Message) -> None:
        """Delete a message; bots are not told."""
        with self._changed:
            self._world.delete(message)

    def press(self, user: User, message: Message, button: str) -> Press:
        """Press the button with this label or callback data.

        Raises:
            LookupError: the message has no such button now.
        """
        with self._changed:
            found = message.button(button)
            assert found.data is not None, f"{found} opens something, the bot does not hear of it"
            return self._press(user, message, found, found.data)

    def forge_callback(self, user: User, message: Message, data: str) -> Press:
        """Send callback data as an altered client can: data that no button of the message has."""
        with self._changed:
            return self._press(user, message, Button(data, "callback_data", data), data)

    def inline(self, user: User, text: str, *, chat_type: str = "supergroup", offset: str = "") -> InlineQuery:
        """Type 「@bot text」 in some chat, at most 256 characters.

        What the server has in store from an earlier query is the answer at once, and the bot is not asked: for
        ``cache_time`` seconds, for whoever types the same, or, if the answer was personal, for the same person.
        """
        assert self._world.inline
        assert len(text) <= 256
        with self._changed:
            query = InlineQuery(str(self._world.number()), user, text, offset)
            earlier = [kept for kept in self._world.inline_queries.values() if kept.is_answered_for(query)]
            self._world.inline_queries[query.id] = query
            if earlier:
                query.answer = earlier[-1].answer
            else:
                notices.inline_query_typed(self._world, query, chat_type)
            self._changed.notify_all()
            return query

    def choose(self, query: InlineQuery, result_id: str, chat: Chat) -> Message:
        """Send a result of an answered inline query into a chat, where it stands as the person's own message."""
        assert query.answer
        with self._changed:
            result = next(result for result in query.answer.results if result.id == result_id)
            message = self._world.post(chat, query.user, result.content, keyboard=result.keyboard, via_bot=self.bot)
            if message.keyboard:
                message.inline_id = f"inline-{self._world.number()}"
                self._world.inline_messages[message.inline_id] = message
            notices.inline_result_chosen(self._world, query, result_id, message.inline_id)
            self._tell(message)
            return message

    def expire(self, query: Press | InlineQuery) -> None:
        """From now on it is too late to answer."""
        with self._changed:
            query.expired = True

    def join(self, chat: Chat, user: User) -> Message:
        with self._changed:
            chat.members[user.id] = "member"
            person = {"id": user.id, "is_bot": user.is_bot, "first_name": user.first_name}
            message = self._service(chat, user, f"{user.first_name} 进群", new_chat_members=[person])
            self._tell(message)
            return message

    def leave(self, chat: Chat, user: User) -> Message:
        with self._changed:
            chat.members[user.id] = "left"
            person = {"id": user.id, "is_bot": user.is_bot, "first_name": user.first_name}
            message = self._service(chat, user, f"{user.first_name} 退群", left_chat_member=person)
            self._tell(message)
            return message

    def add_bot(self, chat: Chat, by: User, standing: Standing = "member") -> Message:
        """Take the bot into a group: a ``my_chat_member`` update, then the service message that all see."""
        assert self._world.can_join_groups
        with self._changed:
            notices.change_bot_standing(self._world, chat, by, standing)
            person = {"id": self.bot.id, "is_bot": True, "first_name": self.bot.first_name}
            text = f"{by.first_name} 把 {self.bot.first_name} 拉进群"
            message = self._service(chat, by, text, new_chat_members=[person])
            self._tell(message)
            return message

    def change_bot(self, chat: Chat, by: User, standing: Standing) -> None:
        """Make the bot "administrator", "member" again, or throw it out ("kicked"), which in private is to block it."""
        with self._changed:
            notices.change_bot_standing(self._world, chat, by, standing)
            self._changed.notify_all()

    # What the bot did

    def sent(self, chat: Chat) -> list[Message]:
        """The bot's messages in a chat, oldest first, as they are now; deleted ones left out."""
        with self._changed:
            return [message for message in chat.messages.values() if self._is_bots(message)]

    def replies(self, message: Message) -> list[Message]:
        """The bot's messages that answer this one."""
        return [sent for sent in self.sent(message.chat) if sent.reply_to is message]

    def calls(self, method: str | None = None) -> list[Call]:
        """The calls that arrived, of one method or all, in order."""
        with self._changed:
            return [call for call in self._dispatch.calls if method in (None, call.method)]

    def refused(self) -> list[Call]:
        """The calls that were wrong themselves (400, 403, 404), not those that a planned fault kept from working."""
        return [call for call in self.calls() if call.refused]

    def unanswered(self) -> list[Press]:
        """The presses that the bot has not answered."""
        with self._changed:
            return [press for press in self._world.presses.values() if not press.answer and not press.expired]

    def waiting_updates(self) -> int:
        """How many updates the bot has not acknowledged."""
        with self._changed:
            return len(self._world.updates.waiting)

    def menu(self, chat: Chat, user: User) -> dict[str, str]:
        """The commands that the person sees in the chat: name → description."""
        with self._changed:
            return self._world.commands_for(chat, user)

    def profile(self, name: Literal["name", "description", "short_description"]) -> str:
        with self._changed:
            return self._world.profile.get(name, "")

    def transcript(self, chat: Chat) -> str:
        """The chat's story as text, without times and numbers."""
        with self._changed:
            return transcript(chat)

    @overload
    def wait_for(self, what: Chat, timeout: float = PATIENCE_S) -> Message: ...
    @overload
    def wait_for(self, what: Callable[[], T | None], timeout: float = PATIENCE_S) -> T: ...
    def wait_for(self, what: Chat | Callable[[], T | None], timeout: float = PATIENCE_S) -> Message | T:
        """The bot's next message in a chat (each is given out once), or what a question about the server comes to.

        A question is asked again after everything that happens, until it comes to something true.

        Raises:
            AssertionError: nothing within ``timeout`` seconds; it says what happened instead.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = self._next_in(what) if isinstance(what, Chat) else what()
                if found:
                    return found
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"waited {timeout:g} s in vain\n{self._story()}")
                self._changed.wait(left)

    def wait_for_reply(self, message: Message, timeout: float = PATIENCE_S) -> Message:
        """The bot's first message that answers this one."""
        return self.wait_for(lambda: next(iter(self.replies(message)), None), timeout)

    def wait_for_answer(self, query: Press | InlineQuery, timeout: float = PATIENCE_S) -> None:
        """Until the bot has answered a press or an inline query; the answer stands in ``query.answer``."""
        self.wait_for(lambda: query.answer, timeout)

    # What goes wrong

    def fail(self, method: str, *, with_: Fault, chat: Chat | None = None, times: int | None = 1) -> None:
        """Let the next ``times`` calls of a method (in a chat) fail; None: all until ``heal``."""
        with self._changed:
            self._dispatch.faults.add(method, with_, chat_id=chat.id if chat else None, times=times)

    def heal(self) -> None:
        """No more planned faults."""
        with self._changed:
            self._dispatch.faults.clear()

    # Inside

    def _say(
        self,
        chat: Chat,
        user: User,
        content: FormattedText,
        *,
        reply_to: Message | None = None,
        topic: Topic | None = None,
        document: str | None = None,
        age: float = 0,
    ) -> Message:
        assert chat.has(user), f"{user.first_name} is not in {chat.title}"
        if chat.type == "private" and not chat.has(self.bot):
            if chat.standing(self.bot) == "kicked":
                notices.change_bot_standing(self._world, chat, user, "member")
            chat.members[self.bot.id] = "member"
        file = self._world.files[document] if document else None
        if reply_to and not topic:
            topic = reply_to.topic
        message = self._world.post(chat, user, content, reply_to=reply_to, topic=topic, document=file, age=age)
        self._tell(message)
        return message

    def _service(self, chat: Chat, by: User, text: str, **fields: object) -> Message:
        return self._world.post(chat, by, FormattedText(""), service=fields, note=text)

    def _tell(self, message: Message) -> None:
        notices.message_sent(self._world, message)
        self._changed.notify_all()

    def _press(self, user: User, message: Message, button: Button, data: str) -> Press:
        press = Press(str(self._world.number()), user, message, data)
        self._world.presses[press.id] = press
        message.chat.story.append(Event("press", user, button.text, message))
        notices.button_pressed(self._world, press)
        self._changed.notify_all()
        return press

    def _is_bots(self, message: Message) -> bool:
        return message.sender is self.bot and not message.deleted

    def _next_in(self, chat: Chat) -> Message | None:
        read = self._read.get(chat.id, 0)
        fresh = [message for message in chat.messages.values() if message.id > read and self._is_bots(message)]
        if not fresh:
            return None
        self._read[chat.id] = fresh[0].id
        return fresh[0]

    def _story(self) -> str:
        stories = [f"── {chat.title}\n{transcript(chat)}" for chat in self._world.chats.values()]
        wrong = [call for call in self._dispatch.calls if call.status != 200 or call.fault]
        calls = [f"{call.method} {call.status} {call.description} {call.fault or ''}" for call in wrong]
        return "\n".join([*stories, "── calls that went wrong", *calls])

    def _wake(self) -> None:
        loop = self._http.loop
        if loop:
            loop.call_soon_threadsafe(self._intake.wake)
