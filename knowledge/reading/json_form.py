"""A register as JSON (the form of ``lianzheng export`` and ``lianzheng read --json``) → ``Register``."""

import json

from pydantic import ValidationError

from knowledge.checks import faults_of_all
from knowledge.errors import RegisterError
from knowledge.models import Register

# The lists, keys and values of 10,000 powers number a million; each costs some 100 bytes.
MAX_PARTS = 3_000_000


def is_json(text: str) -> bool:
    """Whether ``text`` is a JSON object, to all appearance."""
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def register_of(text: str, name: str) -> Register:
    """Return the register that the JSON ``text``, the content of the file ``name``, describes.

    Raises:
        RegisterError: it is no JSON, or not in the form of a register; the message names the place.
    """
    if sum(map(text.count, "{[,")) > MAX_PARTS:
        raise RegisterError(f"{name} 的内容太多，不像一张权责清单，请检查是否选错了文件。")
    try:
        data = json.loads(text.lstrip("\ufeff"))
        register = Register.model_validate(data)
        register.model_dump_json().encode()  # half characters are no text
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "最外层"
        raise RegisterError(f"{name} 的 JSON 不合清单的格式（{place}），请对照导出的 .json 改正。") from error
    except (ValueError, RecursionError) as error:
        raise RegisterError(f"{name} 不是完整的 JSON，请重新导出一份再读。") from error
    positions = [power.position for power in register.powers]
    if positions != list(range(1, len(positions) + 1)):
        raise RegisterError(f"{name} 里事项的 position 不是从 1 起连续的，请改正再读。")
    if any(ord(char) < 32 and char not in "\n\t" for char in _texts(register)):
        raise RegisterError(f"{name} 里有不可见的控制字符，请去掉再读。")
    if "faults" in data:
        return register
    return register.model_copy(update={"faults": tuple(faults_of_all(register.powers))})


def _texts(register: Register) -> set[str]:
    """Return the characters of all texts."""
    characters: set[str] = set()
    pending: list[object] = [register.model_dump(mode="json")]
    while pending:
        held = pending.pop()
        if isinstance(held, str):
            characters.update(held)
        elif isinstance(held, dict):
            pending += [*held.keys(), *held.values()]
        elif isinstance(held, list):
            pending += held
    return characters
