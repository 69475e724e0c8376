"""`lianzheng doctor`: is everything there that the bot needs, and what is to be done? Reads only, changes nothing."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from telegram import Bot, ChatMember, User, WebhookInfo
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import HTTPXRequest

from bot.access import Gate
from bot.checkup import Finding, database_finding, register_findings, snapshot
from bot.config import Settings, Telegram, load_settings, settings_file, telegram_token
from bot.records.schema import migrations
from knowledge.database import DatabaseFile
from knowledge.errors import ConfigError, StoreError

# Somebody sits before the screen and waits.
_CONNECT_S, _ANSWER_S = 5.0, 10.0
# Telegram keeps the last failure of a webhook for ever; one older than this says nothing about today.
_RECENT = timedelta(hours=1)
_THERE = (ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER, ChatMember.RESTRICTED)


def examine(config: Path | None, database: Path | None, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what each check finds, as soon as it is known; ``config`` and ``database`` as on the command line."""
    try:
        settings = load_settings(config)
    except ConfigError as error:
        yield Finding("✗", "配置", str(error))
        return
    file = settings_file(config)
    used = (
        f"用的是 {file.absolute()}" if file else "没有找到 config.toml，全部用默认值；请照 config.example.toml 写一个"
    )
    yield Finding("✓" if file else "!", "配置", f"{used}。")
    path = database or settings.storage.database
    on_disk = database_finding(path)
    try:
        with snapshot(path) as copy:
            yield on_disk
            yield from register_findings(copy, path)
            with closing(DatabaseFile(copy, migrations)) as kept:
                yield from _examine_bot(settings, Gate(settings.access, kept), environment)
    except StoreError as error:
        yield Finding("✗", "数据库", str(error))


def _examine_bot(settings: Settings, gate: Gate, environment: Mapping[str, str]) -> Iterator[Finding]:
    yield _admins_finding(gate)
    if settings.telegram.webhook.certificate is not None:
        yield _certificate_finding(settings.telegram)
    try:
        token = telegram_token(settings.telegram, environment)
    except ConfigError as error:
        yield Finding("✗", "token", str(error))
        return
    yield from _token_file_findings(settings.telegram.token_file)
    for finding in asyncio.run(_all(_asked(settings, token, gate))):
        # an address or a message of Telegram's may hold what nobody should read over somebody's shoulder
        told = finding.told
        for secret in filter(None, (token, settings.telegram.webhook.secret_token)):
            told = told.replace(secret, "[…]")
        yield Finding(finding.mark, finding.what, told)


# ── on this machine ──────────────────────────────────────────────────────────────────────────────────────────


def _admins_finding(gate: Gate) -> Finding:
    if gate.admins:
        return Finding("✓", "管理员", "、".join(map(str, gate.admins)) + "。")
    how = "先启动机器人，给它发一句话，把它回告的编号写进 access.admins，再重新启动"
    if gate.let_in("user") or gate.let_in("chat"):
        return Finding("!", "管理员", f"没有设，问题没法转给人，也没人能批准新用户；{how}。")
    return Finding("✗", "管理员", f"没有设，也没有让任何人进来，谁都用不了；{how}。")


def _certificate_finding(telegram: Telegram) -> Finding:
    webhook = telegram.webhook
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(str(webhook.certificate), str(webhook.key))
    except OSError:  # ssl.SSLError is one
        told = f"{webhook.certificate} 和 {webhook.key} 读不了或不相配；请检查路径、权限，并确认是 PEM 格式的一对。"
        return Finding("✗", "证书", told)
    return Finding("✓", "证书", f"{webhook.certificate} 和私钥相配。")


def _token_file_findings(file: Path | None) -> Iterator[Finding]:
    try:
        is_private = file is None or file.stat().st_mode & 0o077 == 0
    except OSError:
        return  # the token is in the environment, and the file is not used
    if not is_private:
        yield Finding("!", "token 文件", f"{file} 别人也能读；请执行 chmod 600 {file}。")


# ── at Telegram ──────────────────────────────────────────────────────────────────────────────────────────────


async def _asked(settings: Settings, token: str, gate: Gate) -> AsyncIterator[Finding]:
    """Yield what is found by asking Telegram, as far as it can be asked."""
    telegram = settings.telegram
    request = HTTPXRequest(
        connect_timeout=_CONNECT_S, read_timeout=_ANSWER_S, write_timeout=_ANSWER_S, proxy=telegram.proxy or None
    )
    try:
        async with Bot(token, telegram.base_url, telegram.base_file_url, request=request) as bot:
            async for finding in _findings(bot, settings, gate):
                yield finding
    except InvalidToken:
        told = "Telegram 不认；请从 @BotFather 那里重新复制（发 /token 可以查），并检查 telegram.base_url。"
        yield Finding("✗", "token", told)
    except TelegramError as error:
        yield Finding("✗", "Telegram", f"{_unreachable(telegram, error)}；后面的项目没能检查。")


async def _all(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [finding async for finding in findings]


def _unreachable(telegram: Telegram, error: TelegramError) -> str:
    """Say that, and why, Telegram can't be asked; an error of the network says nothing that a person understands."""
    way = _way(telegram)
    if isinstance(error, TimedOut):
        return f"{way} 没有回音；请检查网络、telegram.base_url 和 telegram.proxy"
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        return f"{way} 连不上；请检查网络、telegram.base_url 和 telegram.proxy"
    return f"{way} 的答复不对（{' '.join(error.message.split())}）；请稍后再试，并检查 telegram.base_url"


def _way(telegram: Telegram) -> str:
    """Name the server, and the proxy without its password."""
    if not telegram.proxy:
        return telegram.base_url
    proxy = urlsplit(telegram.proxy)
    return f"{telegram.base_url}（经代理 {proxy.hostname}:{proxy.port}）"


async def _findings(bot: Bot, settings: Settings, gate: Gate) -> AsyncIterator[Finding]:
    me = bot.bot
    yield Finding("✓", "token", f"是 @{me.username}（{me.full_name}）的。")
    yield Finding("✓", "Telegram", f"{_way(settings.telegram)} 连得上。")
    yield _receiving(await bot.get_webhook_info(), settings.telegram)
    if silent := await _refused(bot, gate.admins):
        who = "、".join(map(str, silent))
        told = f"{who} 还没有和机器人说过话，收不到转来的问题；请他们打开 @{me.username} 发 /start。"
        yield Finding("!", "管理员", told)
    chats = gate.let_in("chat")
    yield _joining(me)
    yield _privacy(me)
    if chats:
        yield await _membership(bot, chats)
    yield _inline(me)


def _receiving(info: WebhookInfo, telegram: Telegram) -> Finding:
    """Return whether Telegram delivers as the settings say."""
    there, wanted = urlsplit(info.url).netloc, telegram.webhook.url
    waiting = f"有 {info.pending_update_count} 条消息在等着收取" if info.pending_update_count else "没有积压的消息"
    what = "收消息"
    if telegram.mode == "polling":
        if not info.url:
            return Finding("✓", what, f"长轮询；{waiting}。")
        told = (
            f"配置是长轮询（polling），Telegram 上却设着 webhook（{there}），现在收不到消息；"
            "启动 lianzheng telegram 时会取消它；若又被设上，就是别的程序在用这个 token，请停掉那个程序。"
        )
        return Finding("!", what, told)
    if not info.url:
        return Finding("!", what, f"配置是 webhook，Telegram 上还没有设；启动 lianzheng telegram 时会设好；{waiting}。")
    if info.url != wanted:
        told = (
            f"Telegram 上设的 webhook（{there}）和 telegram.webhook.url 不同；重新启动 lianzheng telegram 就会改过来。"
        )
        return Finding("!", what, told)
    if info.last_error_date is None or datetime.now(UTC) - info.last_error_date > _RECENT:
        return Finding("✓", what, f"webhook {wanted}；{waiting}。")
    at = f"{info.last_error_date.astimezone():%m-%d %H:%M}"
    told = f"Telegram {at} 送消息到 {there} 失败（{info.last_error_message}）；{waiting}"
    if info.pending_update_count:
        return Finding("✗", what, f"{told}；请检查机器人是否在运行、反向代理、证书和防火墙。")
    return Finding("!", what, f"{told}，现在已经恢复。")


def _joining(me: User) -> Finding:
    if me.can_join_groups:
        return Finding("✓", "进群", "可以被拉进群。")
    told = "不能被拉进群；要在群里用，请在 @BotFather 里发 /setjoingroups 选 Enable。"
    return Finding("!", "进群", told)


def _privacy(me: User) -> Finding:
    if me.can_read_all_group_messages:
        told = (
            "关着：群里的每条消息 Telegram 都会送来，所以 @机器人、/ask 和回复它的消息都能提问；"
            "不是问它的，它不作声，处理完就清掉内容。"
        )
        return Finding("✓", "隐私模式", told)
    told = (
        "开着：群里只收得到命令和对它的回复，请用 /ask 提问，@机器人 可能收不到；"
        "要用 @，请在 @BotFather 里发 /setprivacy 选 Disable，再把它移出群后重新拉进来。"
    )
    return Finding("!", "隐私模式", told)


async def _membership(bot: Bot, chats: tuple[int, ...]) -> Finding:
    out = []
    for number in chats:
        try:
            member = await bot.get_chat_member(number, bot.id)
        except ChatMigrated as error:
            out.append(f"{number}（现在的编号是 {error.new_chat_id}）")
        except (BadRequest, Forbidden):
            out.append(str(number))
        else:
            if member.status not in _THERE:
                out.append(str(number))
    if not out:
        return Finding("✓", "群", f"获准的 {len(chats)} 个群，机器人都在里面。")
    told = f"机器人不在获准的群 {'、'.join(out)} 里；请把它拉进去，不再用的群由管理员发 /deny 加编号停掉。"
    return Finding("!", "群", told)


async def _refused(bot: Bot, users: Iterable[int]) -> list[int]:
    """Return those of ``users`` that the bot can't write to: they never began a chat with it."""
    refused = []
    for user in users:
        try:
            await bot.get_chat(user)
        except (BadRequest, Forbidden):
            refused.append(user)
    return refused


def _inline(me: User) -> Finding:
    if me.supports_inline_queries:
        return Finding("✓", "内联模式", f"开着：在任何聊天里打 @{me.username} 加关键字就能查。")
    told = f"关着；要在任何聊天里打 @{me.username} 加关键字来查，请在 @BotFather 里发 /setinline。"
    return Finding("!", "内联模式", told)
