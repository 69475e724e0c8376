"""JSON Lines in, JSON Lines out: for other programs. The contract is in ``docs/design.md``."""

import json
from collections.abc import Iterable
from typing import IO, Any

from pydantic import BaseModel, StrictInt, StrictStr, ValidationError

from bot.assistant import Answers
from bot.messages import Question

_Name = StrictStr | StrictInt


class _Line(BaseModel):
    id: _Name | None = None
    chat: _Name = ""
    user: _Name = ""
    unit: StrictStr = ""
    text: str


def serve(assistant: Answers, lines: Iterable[bytes], out: IO[bytes]) -> None:
    """Answer each line of ``lines`` with one line on ``out``, in order, flushed; a malformed one with an error.

    Both are UTF-8. Half a character (a lone surrogate in an ``id``) goes out as it came in, as a JSON escape.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            reply = json.dumps(_reply(assistant, line, number), ensure_ascii=False)
            out.write(reply.encode("utf-8", "backslashreplace") + b"\n")
            out.flush()


def _reply(assistant: Answers, line: bytes, number: int) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": f"第 {number} 行不是有效的 JSON。"}
    try:
        asked = _Line.model_validate(data)
    except ValidationError as error:
        key = next(iter(error.errors()[0]["loc"]), "整行")
        return {"id": _id_of(data), "error": f'第 {number} 行的 {key} 不对，应是 {{"id": …, "text": "问题"}}。'}
    answered = assistant.answer(Question(text=asked.text, chat=str(asked.chat), user=str(asked.user), unit=asked.unit))
    return {"id": asked.id, **answered.reply.contract(), "milliseconds": round(answered.milliseconds, 3)}


def _id_of(data: Any) -> str | int | None:
    """Return the ``id`` of a line that is no question, where it has one."""
    found = data.get("id") if isinstance(data, dict) else None
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None
