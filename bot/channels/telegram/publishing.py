"""New editions that an admin sends as a file: read apart, compared, published or discarded."""

import asyncio
import tempfile
from pathlib import Path, PurePath

from telegram import Bot, Chat, Document, Message, Update
from telegram.constants import FileSizeLimit

from bot.access import Gate
from bot.channels.tables import changes_text
from bot.channels.telegram.addressing import asker_of, command_of
from bot.channels.telegram.buttons import Handler, Handlers, Press
from bot.channels.telegram.callbacks import Act
from bot.channels.telegram.courier import Courier
from bot.channels.telegram.handling import Decide
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.messages import Attachment
from bot.channels.telegram.rendering import plain_html
from bot.channels.telegram.responses import Response, answer_to, in_place_of
from bot.current import Current
from bot.records.chats import Chats
from knowledge.apart import read_apart
from knowledge.difference import Difference, difference
from knowledge.divisions import division_of
from knowledge.errors import RegisterError, StoreError
from knowledge.models import Register
from knowledge.store import Edition, Store

COMMANDS = ("subscribe", "unsubscribe", "unit")

# Telegram hands no larger file to a bot.
_MOST_BYTES = int(FileSizeLimit.FILESIZE_DOWNLOAD)
# So many lines of a difference, and faults, are read on a phone; the whole comes as a file.
_LINES, _FAULTS = 12, 5

_TOO_LARGE = f"文件超过 {_MOST_BYTES // 1_000_000} MB，机器人收不了；请拆小，或在服务器上用 lianzheng import 导入。"
_NOT_FETCHED = "文件没有取下来，请再发一次。"
_DISCARDED = "已放弃，仍用原来的清单。"
_ADMINS_ONLY = "这个命令只有管理员能用。"
_SUBSCRIBED = "清单有变化时会在这里通知；/unsubscribe 可以取消。"
_EVERY_UNIT = "全部"
_UNSUBSCRIBED = "清单有变化时不再通知这里。"


class Publishing:
    """Takes new editions of registers from admins, and notes what chats want."""

    def __init__(
        self, store: Store, gate: Gate, current: Current, chats: Chats, keyboards: Keyboards, courier: Courier
    ):
        self._store = store
        self._gate = gate
        self._current = current
        self._chats = chats
        self._keyboards = keyboards
        self._courier = courier

    def is_sent_by_admin(self, message: Message) -> bool:
        """Whether a message is a file that an admin sends in private."""
        sender = message.from_user
        return (
            message.document is not None
            and message.chat.type == Chat.PRIVATE
            and sender is not None
            and self._gate.is_admin(sender.id)
        )

    # ── a file arrives ───────────────────────────────────────────────────────────────────────────────────────

    async def received(self, update: Update, bot: Bot) -> Decide:
        """Fetch and read a file, in a process with limits of time and memory; then show what it would change."""
        message = update.effective_message
        document = message.document if message else None
        if document is None or (document.file_size or 0) > _MOST_BYTES:
            return lambda update: Response([answer_to(update, _TOO_LARGE)])
        name = PurePath(document.file_name or "清单").name
        with tempfile.TemporaryDirectory(prefix="lianzheng-") as folder:
            path = Path(folder) / name
            if not await self._fetch(document, path, bot):
                return lambda update: Response([answer_to(update, _NOT_FETCHED)])
            try:
                register = await asyncio.to_thread(read_apart, path)
            except RegisterError as error:
                told = plain_html(str(error))
                return lambda update: Response([answer_to(update, told)])
            data = path.read_bytes()
        division = division_of(register.title, (power.unit for power in register.powers))
        now = self._store.in_force_of(division)
        found = await asyncio.to_thread(difference, now.register_, register) if now else None
        return lambda update: self._offer(update, register, name, data, now, found)

    async def _fetch(self, document: Document, path: Path, bot: Bot) -> bool:
        file = await self._courier.call(lambda: bot.get_file(document))
        if file is None:
            return False
        return await self._courier.call(lambda: file.download_to_drive(path)) is not None

    def _offer(
        self, update: Update, register: Register, name: str, data: bytes, now: Edition | None, found: Difference | None
    ) -> Response:
        """Keep what was read, not yet in force, and show it with the buttons 发布 and 放弃."""
        user = update.effective_user
        title = f"《{register.title}》，{len(register.powers)} 项"
        if now is not None and found is not None and not found:
            return Response([answer_to(update, plain_html(f"{title}：与现行的一版没有差别，不用发布。"))])
        number = self._store.keep(register, name, data, by=user.full_name if user else "", note="Telegram")
        if now is None or found is None:
            division = self._store.edition(number).division
            lines = [f"{title}：还没有“{division}”的清单，发布后将作为另一张加入。"]
        else:
            lines = [f"{title}：与现行的一版相比，{found.counts}。", *found.brief(_LINES)]
        if register.faults:
            lines += [f"原文有 {len(register.faults)} 处毛病（照录未改）：", *_some_faults(register)]
        html = plain_html("\n".join(lines))
        buttons = (
            self._keyboards.button("发布", Act.PUBLISH, str(number), str(now.number if now else 0)),
            self._keyboards.button("放弃", Act.DISCARD, str(number)),
        )
        messages = [answer_to(update, html, (buttons,))]
        if found is not None and (len(found.lines()) > _LINES or len(register.faults) > _FAULTS):
            text = changes_text(found).plain + "\n".join(["", *(fault.message for fault in register.faults)])
            whole = answer_to(update, "全部差异和毛病").model_copy(
                update={"attachment": Attachment(name="差异和毛病.txt", text=text)}
            )
            messages.append(whole)
        return Response(messages)

    # ── a button is pressed ──────────────────────────────────────────────────────────────────────────────────

    @property
    def buttons(self) -> Handlers:
        """What its buttons do."""
        return {Act.PUBLISH: Handler(self._publish), Act.DISCARD: Handler(self._discard)}

    def _discard(self, press: Press) -> Response:
        return Response([in_place_of(press.message, _DISCARDED)])

    def _publish(self, press: Press) -> Response:
        number, before = map(int, press.arguments)
        try:
            edition = self._store.edition(number)
            self._store.publish(number, press.user.full_name, instead_of=before)
        except StoreError as error:
            return Response(toast=str(error)[:200])
        told = f"已发布“{edition.division}”的第 {number} 版，从现在起按它回答。"
        return Response([in_place_of(press.message, told)], relearn=True)

    # ── what chats want ──────────────────────────────────────────────────────────────────────────────────────

    def commanded(self, update: Update) -> Response:
        """Do /subscribe, /unsubscribe and /unit: in groups for admins, in private for everybody who is let in."""
        asker = asker_of(update)
        if asker is None or not (passed := self._gate.admit(asker.user, asker.chat)).is_open:
            return Response()
        if asker.chat is not None and not passed.admin:
            return Response([answer_to(update, _ADMINS_ONLY)])
        command, rest = command_of(update.effective_message)
        if command == "unit":
            return Response([answer_to(update, plain_html(self._unit(asker.place, rest)))])
        wanted = command == "subscribe"
        self._chats.subscribe(asker.place, wanted=wanted)
        return Response([answer_to(update, _SUBSCRIBED if wanted else _UNSUBSCRIBED)])

    def _unit(self, chat: int, wanted: str) -> str:
        """Set the unit of a chat; say which it is where none is named."""
        known = self._current.units()
        if not wanted:
            unit = self._chats.unit_of(chat)
            set_ = f"这里默认问的是{unit}。" if unit else "这里没有设默认单位。"
            unset = "；不再设：/unit 全部" if unit else ""
            return f"{set_}写法：/unit 单位{unset}。可写的有：{'、'.join(known)}。"
        if wanted == _EVERY_UNIT:
            self._chats.set_unit(chat, "")
            return "好的，这里不再设默认单位。"
        unit = next((unit for unit in known if unit == wanted), "")
        if not unit:
            return f"没有“{wanted}”这个单位，可写的有：{'、'.join(known)}。"
        self._chats.set_unit(chat, unit)
        return f"好的，这里默认问的是{unit}。"


def _some_faults(register: Register) -> list[str]:
    lines = []
    for fault in register.faults[:_FAULTS]:
        where = f"第 {fault.position} 项：" if fault.position is not None else ""
        lines.append(f"· {where}{fault.message}")
    left = len(register.faults) - _FAULTS
    return [*lines, f"另有 {left} 处。"] if left > 0 else lines
