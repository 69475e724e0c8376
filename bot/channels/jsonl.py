"""JSON Lines in, JSON Lines out: for other programs. The contract is in ``docs/design.md``."""

import json
from collections.abc import Iterable
from typing import IO, Any

from pydantic import BaseModel, ValidationError

from bot.assistant import Assistant
from bot.messages import Question


class _Line(BaseModel):
    id: str | int | None = None
    chat: str | int = ""
    user: str | int = ""
    text: str


def serve(assistant: Assistant, lines: Iterable[bytes], out: IO[str]) -> None:
    """Answer each line of ``lines`` with one line on ``out``, in order, flushed; a malformed one with an error."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            out.write(json.dumps(_reply(assistant, line, number), ensure_ascii=False) + "\n")
            out.flush()


def _reply(assistant: Assistant, line: bytes, number: int) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except ValueError:
        return {"id": None, "error": f"第 {number} 行不是有效的 JSON。"}
    known = data.get("id") if isinstance(data, dict) else None
    known = known if isinstance(known, str | int) else None
    try:
        asked = _Line.model_validate(data)
    except ValidationError as error:
        wrong = error.errors()[0]
        key = ".".join(map(str, wrong["loc"])) or "整行"
        return {"id": known, "error": f'第 {number} 行的 {key} 不对，应是 {{"id": …, "text": "问题"}}。'}
    answered = assistant.answer(Question(text=asked.text, chat=str(asked.chat), user=str(asked.user)))
    return {"id": asked.id, **answered.reply.contract(), "milliseconds": round(answered.milliseconds, 3)}
