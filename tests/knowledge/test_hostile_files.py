"""Files that mean harm, or are broken: refused in one sentence, within time and memory; nothing of them is followed."""

import io
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import RegisterError
from knowledge.reading import parse_register
from tests.conftest import WAIMAO, assert_one_sentence
from tests.generated import HEADINGS
from tests.office import Sheet, element, excel, saved, word

HEADS = list(HEADINGS.values())
ROW = ["1", "外贸处", "甲事项", "申请——受理", "经办人：赵思聪", "卡要。", "教育。", "曹丽君"]
SHEET = Sheet([HEADS, ROW])
WORD, EXCEL = word(SHEET), excel(SHEET)
LINE = ("\t".join(HEADS) + "\n").encode()

# The promise: one sentence within 10 s and 500 MB.
SECONDS, BYTES = 10, 500 * 1024 * 1024

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The container ``data`` with some parts replaced or added; their names have two underscores for each slash."""
    changed = {name.replace("__", "/").replace("_xml", ".xml"): content for name, content in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed.pop(name) if name in changed else old.read(name))
        for name, content in changed.items():
            new.writestr(name, content)
    return out.getvalue()


def document(body: str) -> bytes:
    return repacked(WORD, word__document_xml=f"<w:document {W}><w:body>{body}</w:body></w:document>".encode())


def worksheet(body: str) -> bytes:
    return repacked(EXCEL, xl__worksheets__sheet1_xml=f"<worksheet {X}>{body}</worksheet>".encode())


def refused(data: bytes, name: str) -> str:
    with pytest.raises(RegisterError) as error:
        parse_register(data, name)
    assert_one_sentence(str(error.value))
    assert name in str(error.value)
    return str(error.value)


# ── broken, or another thing than their name says ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["清单.docx", "清单.xlsx"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused(name: str, share: float) -> None:
    data = WORD if name.endswith("docx") else EXCEL
    assert "损坏" in refused(data[: int(len(data) * share)], name)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (EXCEL, "清单.docx", ["Excel 表格", ".xlsx"]),
        (WORD, "清单.xlsx", ["Word 文档", ".docx"]),
        (WORD, "清单.doc", ["Word 文档", ".docx"]),
        (WORD, "清单.csv", ["不是文本文件", "Word 文档"]),
        (WAIMAO.read_bytes(), "清单.docx", ["文本文件", ".txt"]),
        (b"%PDF-1.7\n" + bytes(99), "清单.docx", ["PDF", ".pdf"]),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "清单.docx", ["图片"]),
        (b"MZ" + bytes(99), "清单.xlsx", ["二进制"]),
        (repacked(WORD, word__document_xml=b"<a/"), "清单.docx", ["损坏"]),
    ],
)
def test_a_name_that_lies_is_told(data: bytes, name: str, words: list[str]) -> None:
    message = refused(data, name)
    for said in words:
        assert said in message


def test_a_container_of_something_else_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("照片.txt", "x")
    assert "压缩包" in refused(out.getvalue(), "清单.docx")


@pytest.mark.parametrize("name", ["清单.docx", "清单.xlsx", "清单.doc"])
def test_a_file_with_a_password_is_told(name: str) -> None:
    data = OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    assert "密码" in refused(data, name)


def test_a_container_with_a_password_is_told() -> None:
    data = bytearray(WORD)
    at = data.index(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    assert "密码" in refused(bytes(data), "清单.docx")


@settings(max_examples=60)
@given(data=st.data(), whole=st.sampled_from([WORD, EXCEL]))
def test_damage_anywhere_is_refused_or_harmless(data: st.DataObject, whole: bytes) -> None:
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    name = "清单.docx" if whole is WORD else "清单.xlsx"
    try:
        assert parse_register(bytes(broken), name).powers
    except RegisterError as error:
        assert_one_sentence(str(error))


@settings(max_examples=60)
@given(body=st.text(st.sampled_from("<>/&;\"'=w:tblrcp甲 ")), rows=st.booleans())
def test_damaged_xml_is_refused(*, body: str, rows: bool) -> None:
    inner = f"<w:tbl><w:tr>{body}</w:tr></w:tbl>" if rows else body
    for data, name in ((document(inner), "清单.docx"), (worksheet(body), "清单.xlsx")):
        refused(data, name)


# ── bombs ────────────────────────────────────────────────────────────────────────────────────────────────────

PER_ROW = "<w:tr><w:tc><w:p/></w:tc></w:tr>"
BOMBS: dict[str, Callable[[], tuple[str, bytes]]] = {
    "unfolds to 300 MB": lambda: ("a.docx", repacked(WORD, word__media__a=bytes(300_000_000))),
    "many elements in a row": lambda: ("a.docx", document(f"<w:tbl><w:tr>{'<w:tc/>' * 900_000}</w:tr></w:tbl>")),
    "many rows": lambda: ("a.docx", document(f"<w:tbl>{PER_ROW * 300_000}</w:tbl>")),
    "many tables": lambda: ("a.docx", document(f"<w:tbl>{PER_ROW}</w:tbl>" * 200_000)),
    "many attributes": lambda: (
        "a.docx",
        document(f"<w:tbl {' '.join(f'a{i}=' + chr(34) * 2 for i in range(900_000))}/>"),
    ),
    "deep": lambda: ("a.docx", document("<w:tbl><w:tr><w:tc>" * 60_000)),
    "one long text": lambda: ("a.docx", document(f"<w:p><w:r><w:t>{'x' * 90_000_000}</w:t></w:r></w:p>")),
    "50 MB of cells": lambda: (
        "a.xlsx",
        worksheet(("<row>" + "<c><v>1</v></c>" * 99 + "</row>") * 33_000),
    ),
    "far columns": lambda: (
        "a.xlsx",
        worksheet('<sheetData><row><c r="XFD1"><v>1</v></c></row></sheetData>'),
    ),
    "far rows": lambda: ("a.xlsx", worksheet('<sheetData><row r="900000000"><c><v>1</v></c></row></sheetData>')),
    "many merges": lambda: ("a.xlsx", worksheet('<sheetData/><mergeCell ref="A1:XFD1048576"/>' * 600_000)),
    "many styles": lambda: ("a.xlsx", repacked(EXCEL, xl__styles_xml=b"<xf/>" * 900_000)),
    "50 MB of text": lambda: ("a.csv", LINE + "甲,乙\n".encode() * 6_000_000),
    "many lines": lambda: ("a.txt", LINE + b"\ta\n" * 7_000_000),
    "many separated cells": lambda: ("a.csv", ",".join(HEADS).encode() + b"\n" + b"," * 20_000_000),
    "bars": lambda: ("a.md", b"|---|---|\n" + b"|" * 20_000_000),
    "deep JSON": lambda: ("a.json", b'{"a":' + b"[" * 20_000_000),
    "wide JSON": lambda: ("a.json", b'{"powers":[' + b"{}," * 9_000_000),
    "brackets": lambda: ("a.txt", LINE + b"1\ta\tb\t" + "（".encode() * 3_000_000),
    "conditions": lambda: ("a.txt", LINE + b"1\ta\tb\t" + "（a）——".encode() * 900_000),
    "blanks": lambda: ("a.txt", LINE + b"1\ta\tb\tc\td:" + b" " * 9_000_000),
    "dashes": lambda: ("a.txt", LINE + b"1\ta\tb\t" + b"--" * 9_000_000),
    "escapes": lambda: ("a.md", b"|---|---|\n|" + b"\\" * 9_000_000),
}

READ = """
import resource, sys
from pathlib import Path
from knowledge.errors import RegisterError
from knowledge.reading import read_register
resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[2]), int(sys.argv[2])))
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[3]), int(sys.argv[3])))
try:
    read_register(Path(sys.argv[1]))
except RegisterError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of other systems count other things")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_within_time_and_memory(tmp_path: Path, bomb: str) -> None:
    name, data = BOMBS[bomb]()
    file = saved(tmp_path, name, data)
    ran = subprocess.run(
        [sys.executable, "-c", READ, file, str(BYTES), str(SECONDS)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert_one_sentence(ran.stdout.removesuffix("\n"))


ENTITIES = """<!DOCTYPE x [
<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
def test_entities_are_refused(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>{ENTITIES}'
    for data, part, name in (
        (WORD, "word/document.xml", "清单.docx"),
        (EXCEL, "xl/worksheets/sheet1.xml", "清单.xlsx"),
        (EXCEL, "xl/workbook.xml", "清单.xlsx"),
    ):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            old = archive.read(part).decode().partition("?>")[2]
        assert "为安全起见" in refused(repacked(data, **{part: (declared + old).encode(encoding)}), name)


# ── nothing is followed ──────────────────────────────────────────────────────────────────────────────────────


def test_links_out_of_a_document_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def no_network(*_arguments: object) -> None:
        raise AssertionError("somebody called")

    monkeypatch.setattr(socket.socket, "connect", no_network)

    def link(made: Any) -> None:
        for kind in ("attachedTemplate", "image", "numbering"):
            made.part.relate_to(
                "http://192.0.2.1/x",
                f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}",
                True,
            )
        made.tables[0].cell(1, 2).paragraphs[0]._p.append(element("w:altChunk"))

    assert parse_register(word(SHEET, change=link), "清单.docx").power(1).name == "甲事项"

    def formula(workbook: Any) -> None:
        workbook.active["I1"], workbook.active["I2"] = "网页", '=WEBSERVICE("http://192.0.2.1/x")'
        workbook.active["J1"], workbook.active["J2"] = "命令", "=cmd|'/c calc'!A0"

    power = parse_register(excel(SHEET, change=formula), "清单.xlsx").power(1)
    assert (power.name, power.extra) == ("甲事项", {})


# ── through LibreOffice ──────────────────────────────────────────────────────────────────────────────────────

FOREIGN = [
    ("清单.doc", OLE + "WordDocument".encode("utf-16-le") + bytes(64), ".docx"),
    ("清单.wps", OLE + "WordDocument".encode("utf-16-le") + bytes(64), ".docx"),
    ("清单.xls", OLE + "Workbook".encode("utf-16-le") + bytes(64), ".xlsx"),
    ("清单.pdf", b"%PDF-1.7\n", ".docx"),
    ("清单.rtf", rb"{\rtf1 }", ".docx"),
]


@pytest.mark.parametrize(("name", "data", "target"), FOREIGN, ids=[name for name, _data, _target in FOREIGN])
def test_without_libreoffice_a_sentence_says_how_to_convert(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, data: bytes, target: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    message = refused(data, name)
    assert "LibreOffice" in message
    assert f"另存为 {target}" in message


@pytest.fixture
def soffice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Puts a program in LibreOffice's place that does what it is given, in Python."""

    def install(does: str) -> None:
        program = tmp_path / "soffice"
        program.write_text(f"#!{sys.executable}\nimport sys, pathlib, time\n{does}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return install


def converts(ready: Path) -> str:
    return f"""
arguments = sys.argv[1:]
assert "--headless" in arguments and any(each.startswith("-env:UserInstallation=file://") for each in arguments)
out = pathlib.Path(arguments[arguments.index("--outdir") + 1])
kind = arguments[arguments.index("--convert-to") + 1]
out.mkdir()
(out / f"register.{{kind}}").write_bytes(pathlib.Path({str(ready)!r}).with_suffix("." + kind).read_bytes())
"""


@pytest.mark.parametrize(("name", "data", "target"), FOREIGN, ids=[name for name, _data, _target in FOREIGN])
def test_libreoffice_converts_what_it_knows(
    soffice: Callable[[str], None], tmp_path: Path, name: str, data: bytes, target: str
) -> None:
    saved(tmp_path, "ready.docx", WORD)
    saved(tmp_path, "ready.xlsx", EXCEL)
    soffice(converts(tmp_path / "ready"))
    assert parse_register(data, name).power(1).name == "甲事项"


def test_a_conversion_that_fails_is_told(soffice: Callable[[str], None]) -> None:
    soffice("sys.exit(1)")
    assert "转换不了" in refused(FOREIGN[0][1], "清单.doc")


def test_a_conversion_that_never_ends_is_ended(soffice: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.reading.converted.PATIENCE_S", 0.5)
    soffice("time.sleep(600)")
    assert "还没转完" in refused(FOREIGN[0][1], "清单.doc")


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"title": 1}',
        '{"title": "清单", "powers": []}',
        '{"title": "清单", "powers": [{"position": 2, "name": "甲"}]}',
        '{"title": "清单", "powers": [{"position": 1, "name": "甲", "tag": 1}]}',
        '{"title": "清单", "powers": [{"position": 1, "name": "\\ud800"}]}',
        '{"title": "清单", "powers": [{"position": 1, "name": "\\u0000"}]}',
        '{"title": "清单", "powers": [{"position": ' + "9" * 5000 + ', "name": "甲"}]}',
    ],
)
def test_json_that_is_no_register_is_refused(text: str) -> None:
    refused(text.encode(), "清单.json")
