"""The methods of the Bot API that answer at once, by their names. What waits for updates is in ``intake``."""

from collections.abc import Callable, Mapping

from tests.botapi.methods import account, chats, messages, queries
from tests.botapi.params import Params
from tests.botapi.world import World

METHODS: Mapping[str, Callable[[World, Params], object]] = {
    "getMe": account.get_me,
    "logOut": account.accept,
    "close": account.accept,
    "setMyCommands": account.set_my_commands,
    "getMyCommands": account.get_my_commands,
    "deleteMyCommands": account.delete_my_commands,
    "setMyName": account.set_my_name,
    "setMyDescription": account.set_my_description,
    "setMyShortDescription": account.set_my_short_description,
    "setMyDefaultAdministratorRights": account.accept,
    "setChatMenuButton": account.accept,
    "sendMessage": messages.send_message,
    "editMessageText": messages.edit_message_text,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "deleteMessage": messages.delete_message,
    "setMessageReaction": messages.set_message_reaction,
    "sendDocument": messages.send_document,
    "sendChatAction": messages.send_chat_action,
    "getFile": messages.get_file,
    "answerCallbackQuery": queries.answer_callback_query,
    "answerInlineQuery": queries.answer_inline_query,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatAdministrators": chats.get_chat_administrators,
    "getChatMemberCount": chats.get_chat_member_count,
    "leaveChat": chats.leave_chat,
}
