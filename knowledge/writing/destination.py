"""Where an export goes: the form by the file's suffix, nothing overwritten unasked, nothing written by halves."""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from knowledge.errors import RegisterError
from knowledge.models import Register
from knowledge.reading import parse_register
from knowledge.writing import excel, markdown, word
from knowledge.writing.layout import layout


def _json(register: Register) -> bytes:
    return (json.dumps(register.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n").encode()


_WRITERS: dict[str, Callable[[Register], bytes]] = {
    ".xlsx": lambda register: excel.workbook(layout(register)),
    ".docx": lambda register: word.document(layout(register)),
    ".md": lambda register: markdown.text(layout(register)).encode(),
    ".json": _json,
}
SUFFIXES = tuple(_WRITERS)


def export_register(register: Register, path: Path, *, force: bool = False) -> None:
    """Write ``register`` to ``path``, in the form that its suffix names; the file reads back to the same powers.

    Raises:
        RegisterError: the suffix names no form, the file is there already (unless ``force``), it can't be written,
            or the form can't hold all that is in the register.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise RegisterError(f"不知道怎样导出成 {path.name}，后缀请用 {'、'.join(SUFFIXES)} 之一。")
    if path.exists() and not force:
        raise RegisterError(f"{path} 已经在那里了，请换个文件名，或加 --force 覆盖它。")
    try:
        content = write(register)
        is_whole = parse_register(content, path.name).powers == register.powers
    except (RegisterError, ValueError):  # a register that was not read from a file may hold what no file can
        is_whole = False
    if not is_whole:
        raise RegisterError(f"这份清单里有 {path.suffix} 表达不了的内容，导出会走样，请改用 .json。")
    _write_whole(path, content)


def _write_whole(path: Path, content: bytes) -> None:
    """Write the file whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RegisterError(f"写不了文件 {path}（{error.strerror}），请检查路径、权限和磁盘空间。") from error
