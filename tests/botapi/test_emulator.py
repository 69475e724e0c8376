"""The Bot API server of the tests does as Telegram does: driven over HTTP with python-telegram-bot's own ``Bot``."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import Updater
from telegram.request import HTTPXRequest

from tests.botapi import BotApiServer, Chat, Fault, User

HTML = "HTML"


@asynccontextmanager
async def bot_of(server: BotApiServer, token: str | None = None, read_timeout: float = 20) -> AsyncIterator[Bot]:
    bot = Bot(
        token or server.token,
        base_url=server.base_url,
        base_file_url=server.base_file_url,
        request=HTTPXRequest(read_timeout=read_timeout),
        get_updates_request=HTTPXRequest(read_timeout=read_timeout),
    )
    async with bot:
        yield bot


def drive(server: BotApiServer, script: Callable[[Bot], Coroutine[Any, Any, Any]], read_timeout: float = 20) -> Any:
    """Run a bot's script to its end; what it returns."""

    async def run() -> Any:
        async with bot_of(server, read_timeout=read_timeout) as bot:
            return await script(bot)

    return asyncio.run(run())


def refusal(server: BotApiServer, script: Callable[[Bot], Coroutine[Any, Any, Any]]) -> str:
    with pytest.raises(TelegramError) as caught:
        drive(server, script)
    return caught.value.message


@pytest.fixture
def li(server: BotApiServer) -> User:
    return server.user(1001, "李雷")


@pytest.fixture
def chat(server: BotApiServer, li: User) -> Chat:
    return server.private(li, started=True)


def test_updates_come_again_until_they_are_acknowledged(server: BotApiServer, li: User, chat: Chat) -> None:
    said = [server.say(chat, li, text) for text in ("一", "二")]

    async def script(bot: Bot) -> None:
        first = await bot.get_updates()
        again = await bot.get_updates(offset=first[1].update_id)
        assert [update.message.text for update in first if update.message] == ["一", "二"]
        assert [update.update_id for update in again] == [first[1].update_id]
        assert await bot.get_updates(offset=first[1].update_id + 1, timeout=0) == ()

    drive(server, script)
    assert [len(message.updates[0].handed_out_at) for message in said] == [1, 2]
    assert server.waiting_updates() == 0


def test_a_long_poll_waits_for_what_is_said_later(server: BotApiServer, li: User, chat: Chat) -> None:
    async def script(bot: Bot) -> tuple[Update, ...]:
        poll = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.to_thread(server.wait_for, lambda: server.calls("getUpdates"))
        server.say(chat, li, "在吗")
        return await poll

    (update,) = drive(server, script)
    assert update.message.text == "在吗"


def test_the_poller_that_was_first_gets_the_conflict(server: BotApiServer, li: User, chat: Chat) -> None:
    async def script(bot: Bot) -> None:
        first = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.to_thread(server.wait_for, lambda: server.calls("getUpdates"))
        async with bot_of(server) as second:
            later = asyncio.create_task(second.get_updates(timeout=30))
            with pytest.raises(Conflict, match="terminated by other getUpdates"):
                await first
            server.say(chat, li, "在吗")
            assert len(await later) == 1

    drive(server, script)


def test_messages_are_sent_edited_and_deleted(server: BotApiServer, li: User, chat: Chat) -> None:
    question = server.say(chat, li, "流程？")

    async def script(bot: Bot) -> None:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("岗位", callback_data="v1:15:posts")]])
        markup = "<b>A &lt; B</b><blockquote expandable>长</blockquote>"
        sent = await bot.send_message(
            chat.id, markup, HTML, reply_markup=keyboard, reply_parameters=ReplyParameters(question.id)
        )
        assert sent.text == "A < B长"
        assert [entity.type for entity in sent.entities] == ["bold", "expandable_blockquote"]
        with pytest.raises(BadRequest, match="Message is not modified"):
            await sent.edit_text(markup, HTML, reply_markup=keyboard)
        await sent.edit_text("岗位：…")
        other = await bot.send_message(chat.id, "多余")
        await other.delete()
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await other.edit_text("x")

    drive(server, script)
    (message,) = server.sent(chat)
    assert (message.text, message.earlier, message.labels) == ("岗位：…", ["A < B长"], [])
    assert server.replies(question) == [message]


@pytest.mark.parametrize(
    ("markup", "refused"),
    [
        ("", "Message text is empty"),
        ("<b> </b>", "Text must be non-empty"),
        ("<b>x", "Can't parse entities: can't find end tag corresponding to start tag \"b\""),
        ("二 < 三", 'Can\'t parse entities: unsupported start tag "" at byte offset 4'),
        ("<p>x</p>", 'Can\'t parse entities: unsupported start tag "p" at byte offset 0'),
        ("<b>x</i>", 'Can\'t parse entities: unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<span>x</span>", 'Can\'t parse entities: tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b>" + "二" * 4095 + "😀</b>", "Message is too long"),
    ],
)
def test_texts_that_telegram_refuses(server: BotApiServer, chat: Chat, markup: str, refused: str) -> None:
    assert refusal(server, lambda bot: bot.send_message(chat.id, markup, HTML)) == refused
    assert server.sent(chat) == []
    assert [call.method for call in server.refused()] == ["sendMessage"]


def test_a_text_is_measured_without_its_tags(server: BotApiServer, chat: Chat) -> None:
    drive(server, lambda bot: bot.send_message(chat.id, "<b>" + "二" * 4094 + "😀</b>", HTML))
    assert len(server.sent(chat)) == 1


def test_a_topic_must_be_there(server: BotApiServer, li: User) -> None:
    forum = server.group("外贸处", li, kind="forum")
    topic = server.topic(forum, "二手车", li)
    question = server.say(forum, li, "/ask 流程", topic=topic)

    async def script(bot: Bot) -> None:
        update = (await bot.get_updates())[-1]
        assert update.message
        assert update.message.is_topic_message
        assert update.message.reply_to_message
        assert update.message.reply_to_message.forum_topic_created
        await bot.send_message(forum.id, "在这里", message_thread_id=topic.id)
        await bot.send_message(forum.id, "也在这里", reply_parameters=ReplyParameters(question.id))
        with pytest.raises(BadRequest, match="thread not found"):
            await bot.send_message(forum.id, "不在", message_thread_id=topic.id + 100)

    drive(server, script)
    assert [message.topic for message in server.sent(forum)] == [topic, topic]


def test_the_thread_of_an_answer_is_no_topic(server: BotApiServer, li: User) -> None:
    group = server.group("外贸处", li)
    server.say(group, li, "/ask 为什么", reply_to=server.say(group, li, "流程？"))

    async def script(bot: Bot) -> None:
        (update,) = await bot.get_updates()
        assert update.message
        assert not update.message.is_topic_message
        with pytest.raises(BadRequest, match="thread not found"):
            await bot.send_message(group.id, "在这里", message_thread_id=update.message.message_thread_id)

    drive(server, script)


def test_privacy_mode_keeps_talk_from_the_bot(server: BotApiServer, li: User) -> None:
    group = server.group("外贸处", li)
    drive(server, lambda bot: bot.send_message(group.id, "大家好"))
    hello = server.wait_for(group)
    for text in ("吃了吗", "@lianzheng_bot 流程", "/ask@other_bot 流程", "/ask流程"):
        assert server.say(group, li, text).updates == []
    heard = [
        server.say(group, li, "/ask 流程"),
        server.say(group, li, "/ask@lianzheng_bot 流程"),
        server.say(group, li, "谢谢", reply_to=hello),
    ]
    assert all(message.updates for message in heard)
    server.configure(privacy=False)
    assert server.say(group, li, "吃了吗").updates


def test_buttons_are_pressed_and_answered_once(server: BotApiServer, li: User, chat: Chat) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("岗位", callback_data="v1:15:posts")]])
    drive(server, lambda bot: bot.send_message(chat.id, "流程：…", reply_markup=keyboard))
    message = server.wait_for(chat)
    presses = [server.press(li, message, "岗位"), server.forge_callback(li, message, "x")]
    server.expire(server.press(li, message, "v1:15:posts"))

    async def script(bot: Bot) -> None:
        queries = [update.callback_query for update in await bot.get_updates()]
        assert [query.data for query in queries if query] == ["v1:15:posts", "x", "v1:15:posts"]
        first, forged, late = [query for query in queries if query]
        await first.answer()
        await forged.answer("请重新提问", show_alert=True)
        for query in (first, late):
            with pytest.raises(BadRequest, match="too old"):
                await query.answer()

    drive(server, script)
    assert [(press.answer.text, press.answer.alert) for press in presses if press.answer] == [
        ("", False),
        ("请重新提问", True),
    ]
    assert server.unanswered() == []


@pytest.mark.parametrize(("label", "data"), [("", "x"), ("x", "字" * 22)])
def test_buttons_that_telegram_refuses(server: BotApiServer, chat: Chat, label: str, data: str) -> None:
    keyboard = {"inline_keyboard": [[{"text": label, "callback_data": data}]]}
    refusal(server, lambda bot: bot.send_message(chat.id, "流程", api_kwargs={"reply_markup": keyboard}))
    assert server.sent(chat) == []


def test_inline_queries(server: BotApiServer, li: User) -> None:
    group = server.group("别处", li, bot=None)
    query = server.inline(li, "二手车")

    def article(number: int, markup: str = "<b>流程</b>") -> InlineQueryResultArticle:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("岗位", callback_data="p")]])
        content = InputTextMessageContent(markup, HTML)
        return InlineQueryResultArticle(str(number), f"流程 {number}", content, keyboard, description="…")

    async def script(bot: Bot) -> None:
        (update,) = await bot.get_updates()
        assert update.inline_query
        refused = [
            ([article(1), article(1)], "Result_id_duplicate"),
            ([article(1, "<b>")], "Can't parse entities"),
            ([article(number) for number in range(51)], "Results_too_much"),
        ]
        for results, words in refused:
            with pytest.raises(BadRequest, match=words):
                await bot.answer_inline_query(update.inline_query.id, results)
        button = InlineQueryResultsButton("没有找到，去私聊", start_parameter="q")
        await update.inline_query.answer([article(1)], cache_time=5, is_personal=True, button=button)

    drive(server, script)
    server.wait_for_answer(query)
    assert query.answer
    assert (query.answer.cache_time, query.answer.is_personal) == (5, True)
    assert query.answer.button == ("没有找到，去私聊", "q")
    assert server.inline(li, "二手车").answer is query.answer
    assert server.inline(server.user(1002, "韩梅梅"), "二手车").answer is None
    message = server.choose(query, "1", group)
    server.press(li, message, "岗位")

    async def edit(bot: Bot) -> None:
        pressed = (await bot.get_updates())[-1].callback_query
        assert pressed
        await pressed.edit_message_text("岗位：…")

    drive(server, edit)
    assert message.text == "岗位：…"


def test_files_go_both_ways(server: BotApiServer, li: User, chat: Chat) -> None:
    server.send_file(chat, li, "清单.docx", b"PK..")

    async def script(bot: Bot) -> bytes:
        (update,) = await bot.get_updates()
        assert update.message
        assert update.message.document
        assert update.message.document.file_name == "清单.docx"
        await bot.send_document(chat.id, b"x = 1", filename="aliases.toml", caption="<b>别名</b>", parse_mode=HTML)
        return bytes(await (await update.message.document.get_file()).download_as_bytearray())

    assert drive(server, script) == b"PK.."
    sent = server.wait_for(chat)
    assert sent.document
    assert (sent.document.name, sent.document.content, sent.text) == ("aliases.toml", b"x = 1", "别名")


def test_where_the_bot_may_not_write(server: BotApiServer, li: User) -> None:
    han = server.user(1002, "韩梅梅")
    group = server.group("外贸处", li, han)
    private = server.private(li, started=True)

    async def script(bot: Bot) -> None:
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.send_message(server.private(han).id, "你好")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(4711, "你好")
        with pytest.raises(BadRequest, match="to be replied not found"):
            await bot.send_message(group.id, "你好", reply_parameters=ReplyParameters(99))
        await bot.send_message(group.id, "你好", reply_parameters=ReplyParameters(99, allow_sending_without_reply=True))
        server.change_bot(private, li, "kicked")
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(private.id, "你好")
        await bot.leave_chat(group.id)
        with pytest.raises(Forbidden, match="not a member of the supergroup"):
            await bot.send_message(group.id, "你好")
        server.add_bot(group, by=li)
        server.change_bot(group, li, "kicked")
        with pytest.raises(Forbidden, match="kicked from the supergroup"):
            await bot.get_chat(group.id)
        standings = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
        assert [change.new_chat_member.status for change in standings] == ["kicked", "left", "member", "kicked"]

    drive(server, script)


def test_chats_and_members(server: BotApiServer, li: User) -> None:
    group = server.group("外贸处", admins=[li], bot="administrator")

    async def script(bot: Bot) -> None:
        me = await bot.get_me()
        assert (me.can_join_groups, me.can_read_all_group_messages, me.supports_inline_queries) == (True, False, True)
        assert (await bot.get_chat(group.id)).title == "外贸处"
        assert (await bot.get_chat_member(group.id, bot.id)).status == "administrator"
        assert await bot.get_chat_member_count(group.id) == 2
        assert {member.user.id for member in await bot.get_chat_administrators(group.id)} == {li.id, bot.id}

    drive(server, script)


def test_menus_have_scopes(server: BotApiServer, li: User, chat: Chat) -> None:
    group = server.group("外贸处", li)

    async def script(bot: Bot) -> None:
        await bot.set_my_commands([BotCommand("ask", "提问"), BotCommand("me", "我的事项")])
        await bot.set_my_commands([BotCommand("ask", "提问")], BotCommandScopeAllGroupChats())
        await bot.set_my_commands([BotCommand("status", "状态")], BotCommandScopeChat(chat.id))
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.set_my_commands([], BotCommandScopeChat(4711))
        with pytest.raises(BadRequest, match="Bot_command_invalid"):
            await bot.set_my_commands([("提问", "提问")])
        assert [command.command for command in await bot.get_my_commands()] == ["ask", "me"]

    drive(server, script)
    assert list(server.menu(group, li)) == ["ask"]
    assert list(server.menu(chat, li)) == ["status"]


def test_strangers_tokens_and_methods(server: BotApiServer) -> None:
    async def script(bot: Bot) -> None:
        with pytest.raises(InvalidToken):
            async with bot_of(server, token="7:other"):
                pass
        with pytest.raises(TelegramError, match="not found"):
            await bot.do_api_request("sendNothing")

    drive(server, script)


def test_planned_faults(server: BotApiServer, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    # python-telegram-bot warns of the type that retry_after will have, unless it may have it already
    monkeypatch.setenv("PTB_TIMEDELTA", "true")

    async def script(bot: Bot) -> None:
        async def send(fault: Fault, error: type[TelegramError]) -> None:
            server.fail("sendMessage", chat=chat, with_=fault)
            with pytest.raises(error):
                await bot.send_message(chat.id, fault.kind)

        await send(Fault.too_many_requests(3), RetryAfter)
        await send(Fault.server_error, NetworkError)
        await send(Fault.bad_gateway, NetworkError)
        await send(Fault.malformed, TelegramError)
        await send(Fault.reset_before, NetworkError)
        await send(Fault.silence, TimedOut)
        assert server.sent(chat) == []
        await send(Fault.reset_after, NetworkError)
        await send(Fault.silence_after, TimedOut)
        server.fail("sendMessage", times=None, with_=Fault.delay(0.01))
        await bot.send_message(chat.id, "late")
        server.heal()

    drive(server, script, read_timeout=0.3)
    assert [message.text for message in server.sent(chat)] == ["reset", "silence", "late"]
    assert server.refused() == []


def test_a_webhook_gets_in_order_what_it_missed(server: BotApiServer, li: User, chat: Chat) -> None:
    server.say(chat, li, "前")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    async def script(bot: Bot) -> list[str | None]:
        url = f"http://127.0.0.1:{port}/hook"
        with pytest.raises(BadRequest, match="https url must be provided"):
            await bot.set_webhook("http://example.org")
        await bot.set_webhook(url, secret_token="s3cret", drop_pending_updates=True)
        with pytest.raises(Conflict, match="while webhook is active"):
            await bot.get_updates()
        first, second = (server.say(chat, li, text) for text in ("一", "二"))
        await asyncio.to_thread(server.wait_for, lambda: len(first.updates[0].handed_out_at) > 1)
        assert second.updates[0].handed_out_at == []
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count, bool(info.last_error_message)) == (url, 2, True)

        updates: asyncio.Queue[object] = asyncio.Queue()
        updater = Updater(bot, updates)
        async with updater:
            await updater.start_webhook("127.0.0.1", port, "hook", webhook_url=url, secret_token="s3cret")
            got = [await updates.get(), await updates.get()]
            await asyncio.to_thread(server.wait_for, lambda: server.waiting_updates() == 0)
            await updater.stop()
        return [update.message.text for update in got if isinstance(update, Update) and update.message]

    assert drive(server, script) == ["一", "二"]


def test_a_server_that_was_away_comes_back_as_it_was(server: BotApiServer, li: User, chat: Chat) -> None:
    server.say(chat, li, "在吗")
    server.stop()
    with pytest.raises(NetworkError):
        drive(server, lambda bot: bot.get_me())
    server.start()
    assert len(drive(server, lambda bot: bot.get_updates())) == 1


def test_the_story_of_a_chat(server: BotApiServer, li: User) -> None:
    group = server.group("外贸处", li)
    question = server.say(group, li, "/ask 二手车")

    async def script(bot: Bot) -> None:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("流程", callback_data="f")]])
        sent = await bot.send_message(
            group.id, "二手车出口\n第 5 项", reply_markup=keyboard, reply_parameters=ReplyParameters(question.id)
        )
        server.press(li, server.wait_for(group), "流程")
        (pressed,) = (await bot.get_updates(offset=-1))[-1:]
        assert pressed.callback_query
        await pressed.callback_query.answer("好的")
        await sent.edit_text("流程：…")

    drive(server, script)
    assert server.transcript(group).splitlines() == [
        "李雷：/ask 二手车",
        "廉政清单助手 ↩ 李雷：二手车出口",
        "　第 5 项",
        "　[流程]",
        "李雷 点了 [流程]",
        "　（李雷 看到提示：好的）",
        "廉政清单助手（改） ↩ 李雷：流程：…",
    ]
