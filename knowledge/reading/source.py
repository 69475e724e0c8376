"""Opens a register file: its bytes → what kind it is → the reader of that kind → one raw table → ``Register``."""

import re
from collections.abc import Mapping
from pathlib import Path

from knowledge.errors import RegisterError
from knowledge.models import Register
from knowledge.reading import converted, delimited, markdown
from knowledge.reading.archive import checked_archive, damaged
from knowledge.reading.flattened import raw_table
from knowledge.reading.grids import register_table
from knowledge.reading.json_form import is_json, register_of
from knowledge.reading.kinds import Kind, check_name, is_container, kind_of, kind_of_archive
from knowledge.reading.raw import Drawn, RawTable
from knowledge.reading.table import register_from

# A register of 10,000 powers takes 12 MB as text; what is larger is none, and would take long to refuse otherwise.
MAX_BYTES = 32 * 1024 * 1024
# The lines and cells of such a register many times over; each costs some 100 bytes.
MAX_LINES = 1_000_000
MAX_CELLS = 300_000
# No cell of a register comes near to it, nor does a row on one line.
MAX_LINE = 1_000_000

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read_register(path: Path, columns: Mapping[str, str] | None = None, *, converts: bool = True) -> Register:
    """Read the register at ``path``; see ``parse_register``.

    Raises:
        RegisterError: the file is missing, empty, damaged, too large or not a register; the message says what to do.
    """
    return parse_register(read_source(path), path.name, columns, converts=converts)


def read_source(path: Path) -> bytes:
    """Return what the file at ``path`` holds, for ``parse_register``.

    Raises:
        RegisterError: the file can't be read or is far too large.
    """
    try:
        _check_size(path.stat().st_size, path.name)
        return path.read_bytes()
    except OSError as error:
        raise RegisterError(f"打不开文件 {path}（{error.strerror}），请检查路径和读取权限。") from error


def parse_register(
    data: bytes, name: str, columns: Mapping[str, str] | None = None, *, converts: bool = True
) -> Register:
    """Return the register that ``data``, the content of the file ``name``, holds.

    ``columns`` are fields by heading, as the user names them; ``converts``: whether LibreOffice may be asked.

    Raises:
        RegisterError: it is empty, damaged, of a kind that nothing reads, or not a register.
    """
    _check_size(len(data), name)
    if not data.strip():
        raise RegisterError(f"{name} 是空文件，请换一份有内容的权责清单。")
    kind = _kind(data, name)
    check_name(kind, name)
    given = columns or {}
    if kind is Kind.TEXT:
        return _register_of_text(_decode(data, name), name, given)
    if converted.is_foreign(kind):
        if not converts:
            raise converted.not_converted(kind, name)
        made = converted.converted(data, kind, name)
        drawn = _drawn(_kind(made, name), made, name)
        if not drawn.grids:  # of a PDF, LibreOffice keeps the lines of a table and not the table
            raise converted.not_converted(kind, name)
        return register_from(register_table(drawn, name, given), name)
    return register_from(register_table(_drawn(kind, data, name), name, given), name)


def _check_size(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise RegisterError(f"{name} 超过 {MAX_BYTES // 1024 // 1024} MB，不像一张权责清单，请检查是否选错了文件。")


def _kind(data: bytes, name: str) -> Kind:
    kind = kind_of(data)
    if not is_container(data):
        return kind
    try:
        with checked_archive(data, name) as archive:
            return kind_of_archive(archive)
    except RegisterError:
        check_name(kind, name, damaged=True)  # of a damaged container under the name of a text, that it is no text
        raise


def _drawn(kind: Kind, data: bytes, name: str) -> Drawn:
    """Return the tables of an office document; what its parser stumbles over is damage."""
    with checked_archive(data, name) as archive:
        try:
            if kind is Kind.EXCEL:
                from knowledge.reading import excel

                return excel.drawn(data, archive, name)
            from knowledge.reading import word

            return word.drawn(archive, name)
        except (RegisterError, MemoryError):
            raise
        except Exception as error:  # the parsers raise whatever they stumble over
            raise damaged(name) from error


def _too_much(name: str) -> RegisterError:
    return RegisterError(f"{name} 的行数或格数太多，不像一张权责清单，请检查是否选错了文件。")


def _register_of_text(text: str, name: str, given: Mapping[str, str]) -> Register:
    if is_json(text):
        return register_of(text, name)
    return register_from(_text_table(text, name, given), name)


def _text_table(text: str, name: str, given: Mapping[str, str]) -> RawTable:
    if (
        text.count("\n") > MAX_LINES
        or text.count("\t") > MAX_CELLS
        or max(map(len, text.splitlines()), default=0) > MAX_LINE
    ):
        raise _too_much(name)
    if markdown.is_markdown(text):
        if text.count("|") > MAX_CELLS:
            raise _too_much(name)
        return register_table(markdown.drawn(text), name, given)
    is_delimited = Path(name).suffix.lower() in (".csv", ".tsv")
    if is_delimited or "\t" not in text:
        mark = delimited.mark_of(text, given) or ("," if is_delimited else None)
        if mark is not None:
            if text.count(mark) > MAX_CELLS:
                raise _too_much(name)
            return register_table(delimited.drawn(text, mark, name), name, given)
    return raw_table(text, name, given)


def _decode(data: bytes, name: str) -> str:
    """Return the text of ``data``: UTF-8 with or without BOM, else GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            return text
    raise RegisterError(f"{name} 不是文本文件，请把 Word 表格另存为“纯文本”（.txt，UTF-8）再读。")
