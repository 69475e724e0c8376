"""A strict Telegram Bot API server for the tests, on a real socket of 127.0.0.1.

It stands in for api.telegram.org: long polling and webhooks, forum topics, privacy mode, inline mode, Telegram's own
refusals in Telegram's own words, and faults on request. A bot in this process or in another one is pointed at it by
``base_url`` and ``base_file_url``; the test plays the people and reads what the bot did. A conftest.py gets the fixture
by ``from tests.botapi.fixtures import server``.

    li, han = server.user(1001, "李雷"), server.user(1002, "韩梅梅")
    group = server.group("外贸处", li, han, chat_id=-1004)
    question = server.say(group, li, "/ask 二手车的流程")
    answer = server.wait_for_reply(question)
    press = server.press(han, answer, "岗位")
    server.wait_for_answer(press)
    assert "重点岗位" in answer.text                        # as it is now, after the edit
    assert server.refused() == []

**Setting up.** ``token`` (``tokens``: the set of valid ones, to be changed at will), ``bot`` (a User), ``base_url``,
``base_file_url``, ``start()``, ``stop()`` (refuses connections until ``start()``, same port, nothing lost),
``configure(privacy=, inline=, can_join_groups=)``, ``user(user_id, name, username, is_bot=)``,
``private(user, started=)``, ``group(title, *people, chat_id=, kind="group"|"supergroup"|"forum", bot=standing or None,
admins=)``, ``topic(forum, name, by)``, ``delete_topic(chat, topic)``. The bot can write to a person only once the
chat is started, as in life: ``started=True``, or the person's first ``say``.

**What people do.** ``say(chat, user, text, reply_to=, topic=, age=seconds)``, ``open_link(user, start_parameter)``,
``send_file(chat, user, name, bytes, caption=)``, ``edit(message, text)``, ``delete(message)`` → Message;
``press(user, message, label_or_data)``, ``forge_callback(user, message, data)`` → Press;
``inline(user, text)`` → InlineQuery, ``choose(query, result_id, chat)`` → Message; ``expire(press_or_query)``;
``join(chat, user)``, ``leave(chat, user)``, ``add_bot(chat, by, standing)``, ``change_bot(chat, by, standing)``
("kicked" in a private chat: blocked).

**What the bot did.** ``sent(chat)``, ``replies(message)``: messages as they are now. ``wait_for(chat)``: the bot's next
message there, each given out once; ``wait_for(question)``: calls ``question()`` anew after everything that happens and
returns what is true; ``wait_for_reply(message)``, ``wait_for_answer(press_or_query)``. All of them wait at most
``timeout`` seconds and then fail with the stories of all chats. ``calls(method)``, ``refused()`` (wrong by Telegram's
rules), ``unanswered()`` (presses), ``waiting_updates()``, ``menu(chat, user)`` (commands), ``profile("description")``,
``transcript(chat)``. To show that the bot keeps silent, say something that it answers afterwards, and see that this
was its first message: within a chat order is kept.

**Handles.** Message: ``id, chat, sender, text, entities, keyboard, labels, button(label), reply_to, topic, document,
earlier`` (texts before edits)``, deleted, sent_at, updates``; an update has ``handed_out_at``, a list with a monotonic
time for each time that it was handed out, and ``acknowledged``; a message that privacy mode or ``allowed_updates`` kept
from the bot has no updates. Press: ``answer`` (``text``, ``alert``) or None. InlineQuery: ``answer`` (``results``,
``cache_time``, ``is_personal``, ``button``) or None; what the server has cached is answered without asking the bot.
Call: ``method, params`` (``.text(name)``, ``.structure(name)``)``, chat_id, at, status, description, fault``.

**What goes wrong.** ``fail(method, with_=fault, chat=, times=1 or None for ever)``, ``heal()``. Faults:
``Fault.too_many_requests(retry_after)``, ``Fault.server_error``, ``bad_gateway``, ``malformed``, ``reset_before``,
``silence`` (never answers): not accepted; ``malformed_after``, ``reset_after``, ``silence_after``: accepted, the answer
is lost; ``Fault.delay(seconds)``.

Of what Telegram knows it leaves out: Markdown, media other than documents, polls, payments, channels, rate limits of
its own (a test plans them), the move of a group to a supergroup. An unknown method is answered with 404.
"""

from tests.botapi.dispatch import Call
from tests.botapi.faults import Fault
from tests.botapi.server import BotApiServer
from tests.botapi.world import Chat, InlineQuery, Message, Press, Topic, User

__all__ = ["BotApiServer", "Call", "Chat", "Fault", "InlineQuery", "Message", "Press", "Topic", "User"]
