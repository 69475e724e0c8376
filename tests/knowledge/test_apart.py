"""Reading a file in a process of its own: the same register, or one sentence, in time and within memory."""

import errno
import os
from pathlib import Path

import pytest

from knowledge.apart import read_apart
from knowledge.errors import RegisterError
from knowledge.models import Register
from knowledge.reading import read_register
from tests.conftest import WENLV, assert_one_sentence
from tests.generated import printed


def test_the_register_is_the_same_as_read_here(wenlv: Register) -> None:
    assert read_apart(WENLV) == wenlv


def test_what_is_no_register_is_refused_with_the_reader_s_own_sentence(tmp_path: Path) -> None:
    letter = tmp_path / "信.txt"
    letter.write_text("请于周五前报送清单。", "utf-8")
    for file in (letter, tmp_path / "没有.txt"):
        with pytest.raises(RegisterError) as here:
            read_register(file)
        with pytest.raises(RegisterError) as apart:
            read_apart(file)
        assert str(apart.value) == str(here.value)


def test_what_needs_an_office_program_is_refused_with_how_to_convert_it(tmp_path: Path) -> None:
    old = tmp_path / "清单.doc"
    old.write_bytes(b"{\\rtf1 " + "清单".encode() + b"}")
    with pytest.raises(RegisterError, match=r"另存为 \.docx") as refused:
        read_apart(old)
    assert_one_sentence(str(refused.value))


def test_what_takes_too_long_is_refused_and_its_process_is_gone(tmp_path: Path) -> None:
    endless = tmp_path / "没完.txt"
    os.mkfifo(endless)  # opening it waits for somebody who writes
    with pytest.raises(RegisterError) as refused:
        read_apart(endless, seconds=1)
    assert_one_sentence(str(refused.value))
    assert "没完.txt" in str(refused.value)
    with pytest.raises(OSError) as nobody:
        os.open(endless, os.O_WRONLY | os.O_NONBLOCK)
    assert nobody.value.errno == errno.ENXIO  # nobody reads it any more


def test_what_takes_too_much_memory_is_refused(tmp_path: Path, wenlv: Register) -> None:
    large = tmp_path / "很大.txt"
    first = wenlv.powers[0].model_copy(update={"controls": ("严格审核。" * 1_500_000,)})
    large.write_text(printed(wenlv.model_copy(update={"powers": (first,)})), "utf-8")
    with pytest.raises(RegisterError) as refused:
        read_apart(large, seconds=60, megabytes=96)
    assert_one_sentence(str(refused.value))
    assert "很大.txt" in str(refused.value)
    assert "内存" in str(refused.value)
