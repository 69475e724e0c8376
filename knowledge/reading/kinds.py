"""What a file is, by its content; and whether its name says so."""

import zipfile
from enum import StrEnum
from pathlib import PurePath

from knowledge.errors import RegisterError


class Kind(StrEnum):
    """A kind of file; its value is how people call it."""

    WORD = "Word 文档"
    EXCEL = "Excel 表格"
    TEXT = "文本文件"
    OLD_WORD = "旧版 Word 或 WPS 文档"
    OLD_EXCEL = "旧版 Excel 表格"
    PDF = "PDF 文件"
    RTF = "RTF 文档"
    OPEN_TEXT = "OpenDocument 文档"
    OPEN_SHEET = "OpenDocument 表格"
    LOCKED = "设了密码的文件"
    ARCHIVE = "压缩包"
    PICTURE = "图片"
    UNKNOWN = "认不出的二进制文件"


_TEXTS = (".txt", ".csv", ".tsv", ".md", ".json")
# The names under which each kind is at home.
_SUFFIXES = {
    Kind.WORD: (".docx", ".docm", ".dotx", ".wps"),
    Kind.EXCEL: (".xlsx", ".xlsm", ".xltx", ".et"),
    Kind.TEXT: _TEXTS,
    Kind.OLD_WORD: (".doc", ".dot", ".wps", ".wpt"),
    Kind.OLD_EXCEL: (".xls", ".xlt", ".et", ".ett"),
    Kind.PDF: (".pdf",),
    Kind.RTF: (".rtf", ".doc", ".wps"),
    Kind.OPEN_TEXT: (".odt",),
    Kind.OPEN_SHEET: (".ods",),
}
_KNOWN = frozenset(suffix for suffixes in _SUFFIXES.values() for suffix in suffixes)

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


def kind_of(data: bytes) -> Kind:
    """Return what ``data`` is by the marks that its kind begins with; without any, text if it may be text."""
    if data.startswith(_OLE):
        return _ole(data)
    if data.lstrip()[:5] == b"%PDF-":
        return Kind.PDF
    if data.startswith(rb"{\rtf"):
        return Kind.RTF
    if data.startswith(_PICTURES):
        return Kind.PICTURE
    if data.startswith(_ARCHIVES):
        return Kind.ARCHIVE
    if data.startswith(_ZIP):
        return Kind.ARCHIVE
    return Kind.UNKNOWN if b"\0" in data else Kind.TEXT


def kind_of_archive(archive: zipfile.ZipFile) -> Kind:
    """Return what a ZIP container holds."""
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return Kind.WORD
        if any(name.startswith("xl/") for name in names):
            return Kind.EXCEL
    if "mimetype" in names:
        kind = archive.read("mimetype")[:100]
        if b"opendocument.text" in kind:
            return Kind.OPEN_TEXT
        if b"opendocument.spreadsheet" in kind:
            return Kind.OPEN_SHEET
    return Kind.ARCHIVE


def is_container(data: bytes) -> bool:
    """Whether ``data`` is a ZIP container, which .docx and .xlsx files are."""
    return data.startswith(_ZIP)


def check_name(kind: Kind, name: str, *, damaged: bool = False) -> None:
    """Refuse a file whose name says that it is of another kind than it is.

    Of a ``damaged`` container nothing is known but that it is no text.

    Raises:
        RegisterError: the name lies, or nothing reads such a file.
    """
    suffix = PurePath(name).suffix.lower()
    if kind is Kind.LOCKED:
        raise RegisterError(f"{name} 设了密码，读不了，请去掉密码另存一份再读。")
    if suffix in _SUFFIXES.get(kind, ()) or (kind in _SUFFIXES and suffix not in _KNOWN):
        return
    if suffix in _TEXTS:
        raise RegisterError(
            f"{name} 不是文本文件，内容是{kind}，请按内容改后缀，或把 Word 表格另存为“纯文本”（.txt，UTF-8）再读。"
        )
    if damaged:
        return
    if kind not in _SUFFIXES:
        raise RegisterError(f"{name} 的内容是{kind}，不是权责清单，请换成 .docx、.xlsx、.csv 或 .txt 文件再读。")
    raise RegisterError(f"{name} 的后缀是 {suffix}，内容却是{kind}，请把后缀改成 {_SUFFIXES[kind][0]} 再读。")


def _ole(data: bytes) -> Kind:
    """Return what an OLE container holds, by the names of its streams."""
    if "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data:
        return Kind.LOCKED
    if any(stream.encode("utf-16-le") in data for stream in ("WordDocument", "WpsContent", "WPS")):
        return Kind.OLD_WORD
    if any(stream.encode("utf-16-le") in data for stream in ("Workbook", "Book")):
        return Kind.OLD_EXCEL
    return Kind.UNKNOWN
