"""The command menus, in Chinese: what private chats, groups and admins see behind the slash."""

from functools import partial

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)

from bot.channels.telegram.courier import Courier

_ASKING = {
    # strangers see this menu, too: no word of the register
    "ask": "提问，如 /ask 某某事项的流程",
    "power": "看一项的全部内容，如 /power 3",
    "who": "谁负责，如 /who 某某事项",
    "flow": "流程",
    "risk": "廉政风险点",
    "control": "防控措施",
    "list": "全部事项",
    "help": "怎么用",
}
_PRIVATE = {
    "start": "开始",
    **_ASKING,
    "me": "我的编号和权限",
    "feedback": "给管理员提意见",
    "subscribe": "清单有变化时告诉我",
    "forgetme": "删除我的提问记录",
}
_ADMINS = {
    **_PRIVATE,
    "unanswered": "没答上的问题",
    "allow": "允许用户或群",
    "deny": "停用用户或群",
    "invite": "生成邀请链接",
    "status": "运行情况",
    "unit": "这里默认问哪个单位",
    "reload": "重新读取清单和别名",
}


async def register_menus(bot: Bot, courier: Courier) -> None:
    """Tell Telegram which commands to offer in private chats and in groups."""
    await _register(bot, courier, _PRIVATE, BotCommandScopeAllPrivateChats())
    await _register(bot, courier, _ASKING, BotCommandScopeAllGroupChats())


async def register_admin_menu(bot: Bot, courier: Courier, admin: int) -> None:
    """Tell Telegram which commands to offer to an admin, who must have begun the chat."""
    await _register(bot, courier, _ADMINS, BotCommandScopeChat(admin))


async def _register(bot: Bot, courier: Courier, menu: dict[str, str], scope: BotCommandScope) -> None:
    commands = [BotCommand(name, told) for name, told in menu.items()]
    await courier.call(partial(bot.set_my_commands, commands, scope=scope))
