"""A register's life on the command line: a new file in, what it changes, yes or no, and back again."""

import json
import os
import pty
import subprocess
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.editions import Desk, import_file, roll_back, withdraw
from knowledge.errors import LianzhengError
from knowledge.models import Register
from knowledge.store import Store
from tests.bot.test_cli import Screen
from tests.conftest import PATIENCE_S, WAIMAO, WENLV, Cli, assert_one_sentence


def written(folder: Path, name: str = "新.txt", **replaced: str) -> Path:
    """A file like that of the built-in register with some words ``replaced``."""
    text = WAIMAO.read_text("utf-8")
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    file = folder / name
    file.write_text(text, "utf-8")
    return file


class Office:
    """Somebody who takes in files, agrees to everything, and reads what is said."""

    def __init__(self, folder: Path, *, agrees: bool = True):
        self.store = Store(folder / "lianzheng.db")
        self.said = StringIO()
        console = Console(file=self.said, width=200)
        self.desk = Desk(self.store, "张三", agrees, console, Console(file=StringIO()))

    def heard(self) -> str:
        said = self.said.getvalue()
        self.said.seek(0)
        self.said.truncate()
        return said


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


# ── import ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_file_of_the_division_is_shown_and_put_in_force(office: Office, tmp_path: Path) -> None:
    file = written(tmp_path, 赵思聪="林一鸣", 外贸运行数据分析="外贸运行数据统计")
    assert import_file(office.desk, file, note="轮岗")
    said = office.heard()
    assert "原文有 19 处毛病" in said
    assert "改名 1 项，内容有变 3 项" in said
    assert "行政检查：检查人员 赵思聪 → 林一鸣" in said
    assert "改名：外贸运行数据分析 → 外贸运行数据统计" in said
    assert "已发布第 2 版" in said
    (edition,) = office.store.in_force()
    assert (edition.number, edition.source, edition.imported_by, edition.note) == (2, "新.txt", "张三", "轮岗")
    assert "林一鸣" in {name for post in edition.register_.power(9).posts for name in post.people}
    assert office.store.publications()[-1].by == "张三"


def test_the_file_that_is_in_force_changes_nothing(office: Office) -> None:
    before = office.store.editions(), office.store.version()
    assert import_file(office.desk, WAIMAO)
    assert "没有变化" in office.heard()
    assert (office.store.editions(), office.store.version()) == before


def test_a_file_of_another_division_is_another_register(office: Office, waimao: Register, wenlv: Register) -> None:
    assert import_file(office.desk, WENLV)
    assert "还没有“市文化和旅游局”的清单，将作为另一张加入（现有：外贸运行处）。" in office.heard()
    assert [edition.register_ for edition in office.store.in_force()] == [waimao, wenlv]


def test_a_file_that_names_another_division_but_has_the_powers_of_one_is_pointed_out(
    office: Office, tmp_path: Path
) -> None:
    file = written(tmp_path, 外贸运行处="外贸管理处")
    import_file(office.desk, file)
    assert "如果是那一张的新版，请加 --register 外贸运行处" in office.heard()
    withdraw(office.desk, "外贸管理处")
    assert import_file(office.desk, file, division="外贸运行处")
    assert [(edition.number, edition.division) for edition in office.store.in_force()] == [(3, "外贸运行处")]


def test_a_file_that_is_no_register_changes_nothing(office: Office, tmp_path: Path) -> None:
    bad = tmp_path / "坏.txt"
    bad.write_text("不是清单", "utf-8")
    before = office.store.editions(), office.store.version()
    with pytest.raises(LianzhengError) as refused:
        import_file(office.desk, bad)
    assert_one_sentence(str(refused.value))
    assert (office.store.editions(), office.store.version()) == before


# ── back again ───────────────────────────────────────────────────────────────────────────────────────────────


def test_going_back_goes_back_one_by_one(office: Office, tmp_path: Path, waimao: Register) -> None:
    for name in ("林一鸣", "钱二虎"):
        import_file(office.desk, written(tmp_path, 赵思聪=name))
    office.heard()
    assert roll_back(office.desk, None)
    said = office.heard()
    assert "“外贸运行处”从第 3 版退回第 2 版" in said
    assert "行政检查：检查人员 钱二虎 → 林一鸣" in said
    assert roll_back(office.desk, None)
    assert [edition.register_ for edition in office.store.in_force()] == [waimao]
    with pytest.raises(LianzhengError) as refused:
        roll_back(office.desk, None)
    assert_one_sentence(str(refused.value))
    assert roll_back(office.desk, 3)
    with pytest.raises(LianzhengError) as refused:
        roll_back(office.desk, 3)
    assert_one_sentence(str(refused.value))


def test_going_back_is_of_the_register_that_is_named_else_of_the_one_changed_last(
    office: Office, tmp_path: Path
) -> None:
    import_file(office.desk, written(tmp_path, 赵思聪="林一鸣"))
    import_file(office.desk, WENLV)
    with pytest.raises(LianzhengError) as refused:
        roll_back(office.desk, None)
    assert "市文化和旅游局" in str(refused.value)
    assert roll_back(office.desk, None, division="外贸运行处")
    assert office.store.numbers_in_force() == {1, 3}


def test_a_register_is_withdrawn_and_comes_back(office: Office) -> None:
    import_file(office.desk, WENLV)
    assert withdraw(office.desk, "外贸运行处")
    assert office.store.divisions() == ("市文化和旅游局",)
    assert roll_back(office.desk, 1)
    assert office.store.divisions() == ("外贸运行处", "市文化和旅游局")


def test_without_a_terminal_nothing_is_changed_that_was_not_agreed_to(tmp_path: Path) -> None:
    office = Office(tmp_path)
    import_file(office.desk, WENLV)
    earlier = office.store.keep(office.store.edition(1).register_, "同.txt", b"")
    office = Office(tmp_path, agrees=False)
    before = office.store.editions(), office.store.version()
    changes: list[Callable[[], bool]] = [
        lambda: import_file(office.desk, written(tmp_path, 赵思聪="林一鸣")),
        lambda: roll_back(office.desk, earlier),
        lambda: withdraw(office.desk, "外贸运行处"),
    ]
    for change in changes:
        with pytest.raises(LianzhengError) as refused:
            change()
        assert_one_sentence(str(refused.value))
    assert office.heard() == ""
    assert (office.store.editions(), office.store.version()) == before


# ── as people run it ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_commands_in_turn(cli: Cli) -> None:
    file = written(cli.folder, 赵思聪="林一鸣")
    cli("import", file).assert_refused("--yes")
    ran = cli("import", file, "--yes", "--by", "李四", "--note", "轮岗")
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(cli("diff", "1", "2", "--json").out)
    assert {change["came"][0] for power in found["changed"] for change in power["changes"]} == {"林一鸣"}
    assert "二手车出口备案初审" in cli("diff", "1").out
    ran = cli("rollback", "--yes", "--by", "王五")
    assert (ran.code, ran.err) == (0, "")
    assert "赵思聪" in cli("ask", "谁负责二手车出口").first
    table = cli("editions", "--history")
    assert all(word in table.out for word in ("新.txt", "轮岗", "李四", "王五"))
    told = json.loads(cli("editions", "--json").out)
    assert [(edition["number"], edition["in_force"]) for edition in told] == [(1, True), (2, False)]


@pytest.mark.parametrize(("answer", "code", "said"), [("y", 0, "已发布第 2 版"), ("", 1, "没有发布")])
def test_a_person_at_the_terminal_is_asked(cli: Cli, answer: str, code: int, said: str) -> None:
    file = written(cli.folder, 赵思聪="林一鸣")
    terminal, ours = pty.openpty()
    with subprocess.Popen(
        [cli.command, "import", file], stdin=ours, stdout=ours, stderr=ours, cwd=cli.folder, env=cli.environment
    ) as process:
        os.close(ours)
        screen = Screen(terminal)
        try:
            assert "赵思聪 → 林一鸣" in screen.until("y/n")
            os.write(terminal, answer.encode() + b"\r")
            screen.until(said)
            assert process.wait(PATIENCE_S) == code
        finally:
            os.close(terminal)
            process.kill()
    with closing(Store(cli.folder / "data" / "lianzheng" / "lianzheng.db")) as store:
        assert store.numbers_in_force() == {2 if code == 0 else 1}
