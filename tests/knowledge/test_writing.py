"""Exports: whatever is written reads back to the same, stays text, and overwrites nothing unasked."""

import json
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import RegisterError
from knowledge.models import Post, Power, Register, Risk, Step
from knowledge.reading import read_register
from knowledge.writing import SUFFIXES, export_register
from tests.conftest import WAIMAO, WENLV, assert_one_sentence
from tests.generated import graded, registers

suffixes = pytest.mark.parametrize("suffix", SUFFIXES)


def exported(register: Register, folder: Path, suffix: str) -> Path:
    file = folder / f"导出{suffix}"
    export_register(register, file, force=True)
    return file


def without_faults(register: Register) -> Register:
    """Faults are of a source; what is exported is another one."""
    return register.model_copy(update={"faults": ()})


@suffixes
@pytest.mark.parametrize("source", [WAIMAO, WENLV], ids=lambda file: str(file.stem))
def test_a_register_exported_and_read_is_the_same(tmp_path: Path, suffix: str, source: Path) -> None:
    register = read_register(source)
    assert without_faults(read_register(exported(register, tmp_path, suffix))) == without_faults(register)


def test_json_keeps_the_faults_too(tmp_path: Path, waimao: Register) -> None:
    assert read_register(exported(waimao, tmp_path, ".json")) == waimao
    contract = tmp_path / "contract.json"
    contract.write_text(json.dumps(waimao.contract(), ensure_ascii=False), "utf-8")
    assert read_register(contract).contract() == waimao.contract()


@suffixes
@settings(max_examples=25)
@given(register=registers() | graded())
def test_any_register_exported_and_read_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, register: Register
) -> None:
    file = exported(register, tmp_path_factory.getbasetemp(), suffix)
    assert without_faults(read_register(file)) == register


# Texts as people type them, with the marks of every form: bars, tags, numbers, formulas, escapes.
ODD = st.text(st.sampled_from("甲乙丙|\\<>*_`#=+-@&;.1（）\"'~[]!"), min_size=1, max_size=8).map("文{}字".format)


@suffixes
@settings(max_examples=25)
@given(name=ODD, item=ODD, said=ODD)
def test_marks_of_a_form_are_text(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, name: str, item: str, said: str
) -> None:
    power = Power(
        position=1,
        serial=1,
        name=name,
        process=(Step(number=1, text="申请"), Step(number=2, text="办结")),
        posts=(Post(role="经办人", people=("赵思聪",)),),
        risks=(Risk(text=f"{item}。"), Risk(text="推诿。")),
        controls=("教育。",),
        responsible=("曹丽君",),
        extra={"备注": said},
    )
    register = Register(title="权责清单", powers=(power,))
    file = exported(register, tmp_path_factory.getbasetemp(), suffix)
    assert read_register(file).powers == register.powers


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0", "#N/A"])
def test_no_text_becomes_a_formula(tmp_path: Path, waimao: Register, text: str) -> None:
    power = waimao.power(1).model_copy(update={"name": text, "extra": {"备注": text}})
    file = exported(Register(title=text, powers=(power,)), tmp_path, ".xlsx")
    cells = [cell for row in openpyxl.load_workbook(file).active.iter_rows() for cell in row]
    held = [cell for cell in cells if cell.value == text]
    assert len(held) == 3
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.data_type == "s" for cell in held)
    assert read_register(file).power(1).name == text


def test_the_word_file_repeats_its_headings_and_merges_the_unit(tmp_path: Path, waimao: Register) -> None:
    table = docx.Document(str(exported(waimao, tmp_path, ".docx"))).tables[0]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert table.cell(1, 1)._tc is table.cell(17, 1)._tc
    assert table.cell(1, 1).text == "外贸运行处"


@suffixes
def test_nothing_is_overwritten_unasked(tmp_path: Path, waimao: Register, suffix: str) -> None:
    file = tmp_path / f"清单{suffix}"
    file.write_text("原来的", "utf-8")
    with pytest.raises(RegisterError) as refused:
        export_register(waimao, file)
    assert_one_sentence(str(refused.value))
    assert "--force" in str(refused.value)
    assert file.read_text("utf-8") == "原来的"
    export_register(waimao, file, force=True)
    assert read_register(file).powers == waimao.powers
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", ["清单.pdf", "清单", "没有的文件夹/清单.json"])
def test_a_place_that_can_not_be_written_is_refused(tmp_path: Path, waimao: Register, name: str) -> None:
    with pytest.raises(RegisterError) as refused:
        export_register(waimao, tmp_path / name)
    assert_one_sentence(str(refused.value))
    assert not list(tmp_path.iterdir())


def test_what_a_form_can_not_hold_is_refused_and_not_changed(tmp_path: Path, waimao: Register) -> None:
    odd = waimao.power(1).model_copy(update={"process": (Step(number=1, text="甲——乙"),)})
    register = Register(title="清单", powers=(odd,))
    for suffix in (".xlsx", ".docx", ".md"):
        with pytest.raises(RegisterError) as refused:
            exported(register, tmp_path, suffix)
        assert_one_sentence(str(refused.value))
        assert ".json" in str(refused.value)
    assert read_register(exported(register, tmp_path, ".json")).powers == register.powers
