"""Opens a register file: bytes → text → raw table → ``Register``."""

from pathlib import Path

from knowledge.errors import RegisterError
from knowledge.models import Register
from knowledge.reading.flattened import raw_table
from knowledge.reading.table import register_from

# A register of a few hundred powers takes well under 1 MB as text; more than this is no register.
MAX_BYTES = 64 * 1024 * 1024


def read_register(path: Path) -> Register:
    """Read the flattened-text register at ``path``.

    Raises:
        RegisterError: the file is missing, empty, not text, or not a register; the message says what to do.
    """
    return parse_register(read_source(path), path.name)


def read_source(path: Path) -> bytes:
    """Return what the file at ``path`` holds, for ``parse_register``.

    Raises:
        RegisterError: the file can't be read or is far too large.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RegisterError(
                f"{path.name} 超过 {MAX_BYTES // 1024 // 1024} MB，不像一张权责清单，请检查是否选错了文件。"
            )
        return path.read_bytes()
    except OSError as error:
        raise RegisterError(f"打不开文件 {path}（{error.strerror}），请检查路径和读取权限。") from error


def parse_register(data: bytes, name: str) -> Register:
    """Return the register that ``data``, the content of the file ``name``, holds.

    Raises:
        RegisterError: it is empty, not text, or not a register.
    """
    return register_from(raw_table(_decode(data, name), name), name)


def _decode(data: bytes, name: str) -> str:
    """Return the text of ``data``: UTF-8 with or without BOM, else GB18030."""
    if not data.strip():
        raise RegisterError(f"{name} 是空文件，请换一份有内容的权责清单。")
    if b"\0" not in data:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if not any(ord(c) < 32 and c not in "\t\n\r\f\v" for c in text):
                return text
    raise RegisterError(f"{name} 不是文本文件，请把 Word 表格另存为“纯文本”（.txt，UTF-8）再读。")
