"""Opens the ZIP container of .docx and .xlsx files, once it is known to be harmless.

A small file can unfold to gigabytes, name parts twice or declare entities that grow without end. All of it is told
from the directory and from the bytes of the parts, before any parser sees them.
"""

import io
import re
import zipfile
import zlib

from knowledge.errors import RegisterError

# A register of 10,000 powers unfolds to about 40 MB; pictures come on top. Parsers hold a part several times over.
MAX_EXPANDED_BYTES = 128 * 1024 * 1024
# Word and Excel write some dozens of parts, and one for each picture.
MAX_PARTS = 5_000
# Elements and attributes are what parsing costs, some 2 µs and, while they are held, some 200 bytes for each mark of
# one ("<" and "="). A Word table of 10,000 powers has 2 to 4 million.
MAX_MARKS = 4_000_000
# So many may be held at once: a part that is no text of its own (styles, relations), or a row of a Word table.
MAX_MARKS_AT_ONCE = 250_000

_CHUNK = 1024 * 1024
_XML = (".xml", ".rels", ".vml")
# Parts that are read piece by piece.
_STREAMED = re.compile(r"word/document.*|xl/worksheets/[^/]*|xl/sharedStrings.*")
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_LONGEST_FORBIDDEN = 9
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']*)""")
_PLAIN_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")


def checked_archive(data: bytes, name: str) -> zipfile.ZipFile:
    """Return the container that ``data``, the content of the file ``name``, is.

    Raises:
        RegisterError: it is damaged, encrypted, unfolds to far too much, or holds XML that is no office program's.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        _check_directory(archive, name)
        _check_parts(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        raise damaged(name) from error
    return archive


def damaged(name: str) -> RegisterError:
    """Return the error for a file that is broken inside."""
    return RegisterError(f"{name} 已损坏或不完整，打不开，请重新取得一份，或用 Word、WPS 打开另存一次再读。")


def _check_directory(archive: zipfile.ZipFile, name: str) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 0x1 for part in parts):
        raise RegisterError(f"{name} 设了密码，读不了，请去掉密码另存一份再读。")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_EXPANDED_BYTES:
        raise too_much(name)
    if len({part.filename for part in parts}) < len(parts):
        raise damaged(name)


def _check_parts(archive: zipfile.ZipFile, name: str) -> None:
    """Unfold every part once, piece by piece: their real sizes count, not the declared ones."""
    total = marks = 0
    for part in archive.infolist():
        is_xml = part.filename.lower().endswith(_XML)
        most = MAX_MARKS if _STREAMED.fullmatch(part.filename) else MAX_MARKS_AT_ONCE
        tail, own = b"", 0
        with archive.open(part) as opened:
            while chunk := opened.read(_CHUNK):
                total += len(chunk)
                if is_xml:
                    own += marks_in(chunk)
                    seen = tail + chunk
                    if not tail:
                        _check_encoding(seen[:1024], name)
                    if b"\0" in chunk or _FORBIDDEN.search(seen):
                        raise _unusual(name)
                    tail = seen[-_LONGEST_FORBIDDEN:]
                if total > MAX_EXPANDED_BYTES or own > most or marks + own > MAX_MARKS:
                    raise too_much(name)
        marks += own


def _check_encoding(head: bytes, name: str) -> None:
    """Other encodings than these can hide from a look at the bytes what they declare; no office program uses them."""
    found = _ENCODING.search(head)
    if found and found[1].lower() not in _PLAIN_ENCODINGS:
        raise _unusual(name)


def marks_in(xml: bytes) -> int:
    """Return how many marks of elements and attributes are in a piece of XML."""
    return xml.count(b"<") + xml.count(b"=")


def too_much(name: str) -> RegisterError:
    """Return the error for a file that unfolds to more than any register."""
    return RegisterError(f"{name} 展开后太大，不像一张权责清单，请检查是否选错了文件，或删去图片、拆成几份再读。")


def _unusual(name: str) -> RegisterError:
    return RegisterError(f"{name} 里有办公软件不会写的内容（XML 声明），为安全起见不读，请用 Word 或 WPS 另存再读。")
