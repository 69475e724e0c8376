"""The command as people and other programs run it: every test is a process of its own."""

import json
import os
import pty
import select
import sqlite3
import subprocess
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from knowledge.models import Power, Register, Step
from tests.conftest import PATIENCE_S, WENLV, Cli, assert_one_sentence
from tests.generated import printed

POWER_KEYS = {
    "position",
    "serial",
    "unit",
    "name",
    "process",
    "posts",
    "risks",
    "controls",
    "responsible",
    "extra",
}
REPLY_KEYS = {"id", "kind", "powers", "facets", "text", "options", "milliseconds"}


def assert_register_contract(data: Any) -> None:
    """``data`` has the form that ``docs/design.md`` promises other programs, key for key."""
    assert set(data) == {"title", "powers", "faults"}
    assert isinstance(data["title"], str)
    for position, power in enumerate(data["powers"], start=1):
        assert set(power) == POWER_KEYS
        assert power["position"] == position
        assert power["serial"] is None or isinstance(power["serial"], int)
        for number, step in enumerate(power["process"], start=1):
            assert set(step) == {"number", "text", "condition"}
            assert step["number"] == number
        for post in power["posts"]:
            assert set(post) == {"role", "people"}
        for risk in power["risks"]:
            assert set(risk) == {"text", "level", "controls"}
        assert all(isinstance(text, str) for text in power["controls"] + power["responsible"])
        assert isinstance(power["extra"], dict)
    for fault in data["faults"]:
        assert set(fault) == {"kind", "position", "facet", "message"}


# ── ask ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_version_is_shown(cli: Cli) -> None:
    ran = cli("--version")
    assert ran.code == 0
    name, version = ran.out.split()
    assert name == "lianzheng"
    assert version[0].isdigit()


def test_the_process_of_the_import_subsidy_is_answered_step_by_step(cli: Cli, waimao: Register) -> None:
    ran = cli("ask", "进口贴息的流程")
    assert (ran.code, ran.err) == (0, "")
    assert "进口贴息项目" in ran.first
    assert "13" in ran.first
    steps = [f"{step.number}. {step.text}" for step in waimao.power(15).process]
    assert [line for line in ran.lines if line in steps] == steps
    assert steps[0] == "1. 接商务部年度政策文件"
    assert steps[12] == "13. 审核结果报商务部"
    source = ran.lines[-1]
    assert waimao.title in source
    assert "第15项" in source


def test_who_is_responsible_for_used_cars_is_answered_in_the_first_line(cli: Cli) -> None:
    ran = cli("ask", "谁负责二手车出口")
    assert (ran.code, ran.err) == (0, "")
    assert "赵思聪" in ran.first
    assert "曹丽君" in ran.out
    assert "第9项" in ran.lines[-1]


def test_the_words_of_a_question_may_be_given_one_by_one_and_the_answer_as_data(cli: Cli, waimao: Register) -> None:
    ran = cli("ask", "--json", "谁负责", "二手车出口")
    reply = json.loads(ran.out)
    assert set(reply) == REPLY_KEYS
    assert (reply["id"], reply["kind"], reply["powers"]) == (None, "answer", [9])
    assert "posts" in reply["facets"]
    assert reply["options"] == []
    assert "赵思聪" in reply["text"].splitlines()[0]
    assert waimao.title in reply["text"].splitlines()[-1]


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
@pytest.mark.parametrize(
    "command", [("ask", "贴息"), ("ask", "--json", "贴息"), ("ask", "--jsonl"), ("list",), ("chat",)], ids=" ".join
)
def test_the_output_is_utf_8_whatever_the_locale(cli: Cli, command: tuple[str, ...], encoding: str) -> None:
    stdin = '{"text": "贴息"}' if "--jsonl" in command else "贴息"
    cli.environment |= {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    ran = cli(*command, stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    assert "进口贴息项目" in ran.out
    cli("--config", "没有.toml", "list").assert_refused("没有.toml")


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (["show"], "事项"),
        (["--nonsense"], "--nonsense"),
        (["frobnicate"], "frobnicate"),
        (["evaluate", "x.jsonl", "--minimum", "2"], "--minimum"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_a_command_that_is_written_wrongly_is_an_error(cli: Cli, command: list[str], word: str) -> None:
    ran = cli(*command)
    assert (ran.code, ran.out) == (2, "")
    assert_one_sentence(ran.err.removesuffix("\n"))
    assert word in ran.err


def test_asking_without_a_question_is_an_error(cli: Cli) -> None:
    cli("ask").assert_refused("ask")


# ── JSON Lines ───────────────────────────────────────────────────────────────────────────────────────────────

JSON_LINES: list[tuple[str, bytes]] = [
    ("first", '{"id": "q1", "chat": "c1", "user": "u1", "text": "进口贴息的流程"}'.encode()),
    ("same user", '{"id": "q2", "chat": "c1", "user": "u1", "text": "谁负责"}'.encode()),
    ("other user", '{"id": "q3", "chat": "c1", "user": "u2", "text": "谁负责"}'.encode()),
    ("other chat", '{"id": "q4", "chat": "c2", "user": "u1", "text": "谁负责"}'.encode()),
    ("blank", b"   "),
    ("not JSON", b"hello"),
    ("invalid UTF-8", b'{"id": "q5", "text": "\xff\xfe"}'),
    ("no text", b'{"id": "q6"}'),
    ("wrong text", b'{"id": "q7", "text": 5}'),
    ("a list", b"[1, 2]"),
    ("a word", b'"q8"'),
    ("unknown key", '{"id": "q9", "text": "今天天气怎么样", "language": "zh"}'.encode()),
    ("number as id", '{"id": 10, "text": "你好"}'.encode()),
    ("no id", '{"text": "二手车的风险"}'.encode()),
    ("numbers as names", '{"id": "q12", "chat": 5, "user": 6, "text": "二手车的风险"}'.encode()),
    ("a lone surrogate", b'{"id": "q13", "text": "\\ud83d"}'),
    ("a lone surrogate as id", '{"id": "q\\ud800", "text": "贴息"}'.encode()),
    ("too deep", b"[" * 100_000),
    ("too large", b'{"id": ' + b"9" * 5000 + b', "text": "x"}'),
    ("a list as id", '{"id": [1], "text": "贴息"}'.encode()),
    ("a truth as id", '{"id": true, "text": "贴息"}'.encode()),
    ("a fraction as chat", '{"id": "q18", "chat": 1.0, "text": "贴息"}'.encode()),
    ("line end of Windows", '{"id": "q14", "text": "都有哪些事项"}\r'.encode()),
    ("ambiguous", '{"id": "q15", "text": "自动许可怎么办"}'.encode()),
    ("same user again", '{"id": "q16", "chat": "c1", "user": "u1", "text": "风险呢"}'.encode()),
]  # fmt: skip
MALFORMED = {
    "not JSON",
    "invalid UTF-8",
    "no text",
    "wrong text",
    "a list",
    "a word",
    "too deep",
    "too large",
    "a list as id",
    "a truth as id",
    "a fraction as chat",
}


@pytest.fixture(scope="module")
def replies(tmp_path_factory: pytest.TempPathFactory, cache_home: Path) -> dict[str, dict[str, Any]]:
    """One run over all of ``JSON_LINES``: the replies by the lines' names."""
    cli = Cli(tmp_path_factory.mktemp("jsonl"), cache_home)
    ran = cli("ask", "--jsonl", stdin=b"\n".join(line for _name, line in JSON_LINES))
    assert (ran.code, ran.err) == (0, "")
    names = [name for name, line in JSON_LINES if line.strip()]
    return dict(zip(names, map(json.loads, ran.lines), strict=True))


def test_every_line_is_answered_in_order(replies: dict[str, dict[str, Any]]) -> None:
    expected = [
        "q1",
        "q2",
        "q3",
        "q4",
        None,
        None,
        "q6",
        "q7",
        None,
        None,
        "q9",
        10,
        None,
        "q12",
        "q13",
        "q\ud800",
        None,
        None,
        None,
        None,
        "q18",
        "q14",
        "q15",
        "q16",
    ]
    assert [reply["id"] for reply in replies.values()] == expected


def test_a_good_line_gets_all_keys_of_the_contract_and_no_other(replies: dict[str, dict[str, Any]]) -> None:
    kinds = {"answer", "list", "choose", "unknown", "chat"}
    facets = {"process", "posts", "risks", "controls", "responsible", "overview"}
    for name, reply in replies.items():
        if name not in MALFORMED:
            assert set(reply) == REPLY_KEYS
            assert reply["kind"] in kinds
            assert set(reply["facets"]) <= facets
            assert all(isinstance(position, int) for position in reply["powers"])
            assert all(set(option) == {"label", "power"} for option in reply["options"])
            assert reply["text"]
            assert reply["milliseconds"] >= 0


def test_a_malformed_line_gets_an_error_and_the_run_goes_on(replies: dict[str, dict[str, Any]]) -> None:
    for number, (name, _line) in enumerate(JSON_LINES, start=1):
        if name in MALFORMED:
            assert set(replies[name]) == {"id", "error"}
            assert_one_sentence(replies[name]["error"])
            assert f"第 {number} 行" in replies[name]["error"]
    assert replies["same user again"]["kind"] == "answer"


@pytest.mark.parametrize(
    ("name", "key"),
    [("no text", "text"), ("wrong text", "text"), ("a list as id", "id"), ("a fraction as chat", "chat")],
)
def test_an_error_names_the_key_as_it_is_written(replies: dict[str, dict[str, Any]], name: str, key: str) -> None:
    assert f"的 {key} 不对" in replies[name]["error"]


def test_the_steps_are_data_for_other_programs_too(replies: dict[str, dict[str, Any]], waimao: Register) -> None:
    reply = replies["first"]
    assert (reply["kind"], reply["powers"], reply["facets"]) == ("answer", [15], ["process"])
    lines = reply["text"].splitlines()
    assert [line for line in lines if line[0:1].isdigit()] == [
        f"{step.number}. {step.text}" for step in waimao.power(15).process
    ]


def test_lines_of_one_chat_and_user_are_one_conversation(replies: dict[str, dict[str, Any]]) -> None:
    assert (replies["same user"]["kind"], replies["same user"]["powers"]) == ("answer", [15])
    assert (replies["same user again"]["powers"], replies["same user again"]["facets"]) == ([15], ["risks"])


def test_lines_of_another_user_or_chat_are_another_conversation(replies: dict[str, dict[str, Any]]) -> None:
    assert replies["other user"]["powers"] != [15]
    assert replies["other chat"]["powers"] != [15]


def test_kinds_of_replies_have_their_powers(replies: dict[str, dict[str, Any]]) -> None:
    assert (replies["no id"]["kind"], replies["no id"]["powers"]) == ("answer", [9])
    assert (replies["numbers as names"]["powers"], replies["numbers as names"]["facets"]) == ([9], ["risks"])
    everything = replies["line end of Windows"]
    assert (everything["kind"], everything["powers"]) == ("list", list(range(1, 18)))
    ambiguous = replies["ambiguous"]
    assert (ambiguous["kind"], set(ambiguous["powers"])) == ("choose", {2, 3})
    assert {option["power"] for option in ambiguous["options"]} == {2, 3}
    assert (replies["unknown key"]["kind"], replies["unknown key"]["powers"]) == ("unknown", [])
    assert replies["number as id"]["kind"] == "chat"


def test_a_line_is_answered_before_the_next_one_is_written(cli: Cli) -> None:
    with subprocess.Popen(
        [cli.command, "ask", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=cli.folder,
        env=cli.environment,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for question, power in (("二手车的风险", 9), ("贴息的流程", 15)):
            process.stdin.write(json.dumps({"text": question}).encode() + b"\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], PATIENCE_S)
            assert ready, "no answer while the input stays open"
            assert json.loads(process.stdout.readline())["powers"] == [power]
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0


# ── list, show, read, check ──────────────────────────────────────────────────────────────────────────────────


def test_the_list_shows_every_power(cli: Cli, waimao: Register) -> None:
    ran = cli("list")
    assert (ran.code, ran.err) == (0, "")
    assert waimao.title in ran.first
    assert "17" in ran.first
    for power in waimao.powers:
        assert any(power.title in line and power.posts[-1].people[0] in line for line in ran.lines)


def test_the_list_as_data_is_the_contract_exactly(cli: Cli, waimao: Register) -> None:
    data = json.loads(cli("list", "--json").out)
    assert (cli.folder / "data" / "lianzheng" / "lianzheng.db").is_file()
    assert_register_contract(data)
    assert data == waimao.contract()
    power = data["powers"][10]
    assert (power["position"], power["serial"], power["unit"]) == (11, 11, "外贸运行处")
    assert power["process"][3] == {"number": 4, "text": "报局主要领导审定", "condition": "重大项目"}
    assert power["posts"] == [{"role": "外贸运行处经办人", "people": ["常宇"]}]
    assert power["risks"][0] == {"text": "不按规则办事，越权插手基金管理；", "level": None, "controls": []}
    assert power["responsible"] == ["曹丽君"]
    assert power["extra"] == {}


def test_reading_a_file_prints_it_in_the_same_form_and_keeps_nothing(cli: Cli, wenlv: Register) -> None:
    ran = cli("read", WENLV, "--json")
    data = json.loads(ran.out)
    assert_register_contract(data)
    assert data == wenlv.contract()
    assert not (cli.folder / "data").exists()


def test_reading_a_file_shows_its_powers_and_faults(cli: Cli, wenlv: Register) -> None:
    ran = cli("read", WENLV)
    assert ran.code == 0
    assert wenlv.title in ran.first
    for power in wenlv.powers:
        assert power.title in ran.out
    for fault in wenlv.faults:
        assert fault.message in ran.out


@pytest.mark.parametrize(("wanted", "position"), [("15", 15), ("第 2 项", 2), ("二手车", 9)])
def test_a_power_is_shown_whole(cli: Cli, waimao: Register, wanted: str, position: int) -> None:
    ran = cli("show", *wanted.split())
    power = waimao.power(position)
    assert (ran.code, ran.err) == (0, "")
    assert power.title in ran.first
    said = [*(step.text for step in power.process), *(risk.text for risk in power.risks), *power.controls]
    said += [name for post in power.posts for name in (post.role, *post.people)] + [*power.responsible]
    for text in said:
        assert text in ran.out
    assert waimao.title in ran.lines[-1]


def test_showing_what_is_not_there_fails_and_says_so(cli: Cli) -> None:
    ran = cli("show", "今天天气怎么样")
    assert (ran.code, ran.err) == (1, "")
    assert "清单里没有" in ran.first


def test_faults_of_the_source_are_listed_power_by_power(cli: Cli, waimao: Register) -> None:
    ran = cli("check")
    assert (ran.code, ran.err) == (0, "")
    assert str(len(waimao.faults)) in ran.first
    at = 0
    for fault in waimao.faults:
        at = ran.out.index(fault.message, at)
        assert fault.kind in ran.out
    assert any("行政检查" in line and "16" in line for line in ran.lines)


def test_faults_of_the_source_are_data_too(cli: Cli, waimao: Register) -> None:
    assert json.loads(cli("check", "--json").out) == waimao.contract()["faults"]


def test_a_file_is_checked_and_the_exit_code_is_for_scripts(cli: Cli, wenlv: Register) -> None:
    ran = cli("check", "--json", WENLV)
    assert (ran.code, json.loads(ran.out)) == (0, wenlv.contract()["faults"])
    ran = cli("check", "--strict", WENLV)
    assert (ran.code, ran.err) == (1, "")
    assert wenlv.faults[0].message in ran.out
    clean = cli.folder / "clean.txt"
    clean.write_text(
        "序号\t事项\t流程\t岗位\t风险点\t措施\t责任人\n1\t甲\t申请——受理\t经办人：赵思聪\t卡要。\t教育。\t曹丽君\n",
        "utf-8",
    )
    assert cli("check", "--strict", clean).code == 0


def test_a_column_that_is_not_known_is_named_by_hand(cli: Cli) -> None:
    file = cli.folder / "odd.csv"
    file.write_text("事项,流程,岗位,风险点,措施,兜底人\n甲,申请——受理,经办人：赵思聪,卡要。,教育。,曹丽君\n", "utf-8")
    cli("read", file).assert_refused("兜底人", "--column 兜底人=responsible")
    ran = cli("read", file, "--json", "--column", "兜底人=responsible")
    assert json.loads(ran.out)["powers"][0]["responsible"] == ["曹丽君"]
    cli("read", file, "--column", "兜底人=天气").assert_refused("天气")


def test_the_register_is_exported_and_reads_back_the_same(cli: Cli, waimao: Register) -> None:
    file = cli.folder / "清单.xlsx"
    ran = cli("export", file)
    assert (ran.code, ran.err) == (0, "")
    assert "17 项" in ran.first
    assert json.loads(cli("read", file, "--json").out)["powers"] == waimao.contract()["powers"]
    cli("export", file).assert_refused("--force")
    assert cli("export", file, "--force").code == 0
    cli("export", cli.folder / "清单.pdf").assert_refused(".xlsx")


# ── chat ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_piped_into_the_chat_are_one_conversation(cli: Cli, waimao: Register) -> None:
    lines = ["谁负责二手车出口".encode(), b"", b"\xff\xfe", "风险呢".encode(), b"q", "进口贴息的流程".encode()]
    ran = cli(stdin=b"\n".join(lines))
    assert (ran.code, ran.err) == (0, "")
    assert "赵思聪" in ran.first
    for risk in waimao.power(9).risks:
        assert risk.text in ran.out
    assert "接商务部年度政策文件" not in ran.out


@pytest.mark.parametrize("leave", ["\x04", "\x03"], ids=["Ctrl-D", "Ctrl-C"])
def test_a_person_at_the_terminal_is_answered_and_may_leave(cli: Cli, leave: str) -> None:
    terminal, ours = pty.openpty()
    environment = cli.environment | {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    with subprocess.Popen(
        [cli.command], stdin=ours, stdout=ours, stderr=ours, cwd=cli.folder, env=environment, start_new_session=True
    ) as process:
        os.close(ours)
        screen = Screen(terminal)
        try:
            screen.until("问：")
            os.write(terminal, "谁负责二手车出口\r".encode())
            assert "赵思聪" in screen.until("——")
            screen.until("问：")
            os.write(terminal, leave.encode())
            assert "Traceback" not in screen.until("再见")
            assert process.wait(PATIENCE_S) == 0
        finally:
            os.close(terminal)
            process.kill()
    history = cli.folder / "state" / "lianzheng" / "history"
    assert "谁负责二手车出口" in history.read_text("utf-8")


class Screen:
    """What a terminal shows, read bit by bit; what came behind the words waited for is kept for the next look."""

    def __init__(self, terminal: int):
        self._terminal = terminal
        self._unread = b""

    def until(self, words: str) -> str:
        """What is shown up to ``words``, with them."""
        wanted = words.encode()
        while wanted not in self._unread:
            ready, _, _ = select.select([self._terminal], [], [], PATIENCE_S)
            assert ready, f"no {words!r} after {self._unread.decode(errors='replace')}"
            self._unread += os.read(self._terminal, 65536)
        shown, _, self._unread = self._unread.partition(wanted)
        return shown.decode(errors="replace") + words


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('[storage]\ndatabse = "x.db"\n', ["storage.databse", "database"]),
        ("[conversation]\nmemory_minutes = 0\n", ["conversation.memory_minutes", "大于 0"]),
        ("[conversation\n", ["line 1"]),
    ],
    ids=["unknown key", "wrong value", "no TOML"],
)
def test_a_wrong_setting_is_refused_by_name(cli: Cli, settings: str, words: list[str]) -> None:
    file = cli.folder / "mine.toml"
    file.write_text(settings, "utf-8")
    cli("--config", file, "list").assert_refused(str(file), *words)


def test_a_settings_file_that_is_named_must_be_there(cli: Cli) -> None:
    cli("--config", "gone.toml", "list").assert_refused("gone.toml")


def test_the_settings_in_the_working_folder_are_used(cli: Cli) -> None:
    (cli.folder / "config.toml").write_text('[storage]\ndatabase = "here.db"\n', "utf-8")
    assert cli("check").code == 0
    assert (cli.folder / "here.db").is_file()
    assert not (cli.folder / "data").exists()


def test_a_database_that_can_not_be_written_is_an_error(cli: Cli) -> None:
    (cli.folder / "file").touch()
    cli("--database", "file/lianzheng.db", "list").assert_refused("file/lianzheng.db", "--database")


def test_several_may_be_the_first_to_use_a_database(cli: Cli) -> None:
    command = [str(cli.command), "--database", "new.db", "check"]
    runs = [
        subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=cli.folder, env=cli.environment
        )
        for _ in range(6)
    ]
    told = [run.communicate(timeout=PATIENCE_S)[1].decode() for run in runs]
    assert [(run.returncode, text) for run, text in zip(runs, told, strict=True)] == [(0, "")] * 6
    with closing(sqlite3.connect(cli.folder / "new.db")) as db:
        assert db.execute("select count(*) from editions").fetchone() == (1,)


def test_a_file_that_is_no_database_is_an_error(cli: Cli) -> None:
    (cli.folder / "letter.db").write_text("各处室：请于周五前报送清单。" * 100, "utf-8")
    cli("--database", "letter.db", "ask", "贴息").assert_refused("letter.db")


def test_a_bad_register_file_is_refused_and_the_loaded_register_stays(cli: Cli, waimao: Register) -> None:
    (cli.folder / "bad.txt").write_text("姓名\t电话\n赵思聪\t123\n", "utf-8")
    cli("read", "bad.txt").assert_refused("bad.txt")
    assert json.loads(cli("list", "--json").out) == waimao.contract()


def test_a_register_file_that_is_not_there_is_an_error(cli: Cli) -> None:
    cli("read", "gone.txt", "--json").assert_refused("gone.txt")


def test_a_reader_that_goes_away_is_no_error_to_speak_of(cli: Cli) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    assert writes_to(cli, writing) == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_an_error(cli: Cli) -> None:
    assert_one_sentence(writes_to(cli, os.open("/dev/full", os.O_WRONLY)).removesuffix("\n"))


def writes_to(cli: Cli, output: int) -> str:
    """What the command says on standard error when its output can't be written."""
    with subprocess.Popen(
        [cli.command, "list", "--json"], stdout=output, stderr=subprocess.PIPE, cwd=cli.folder, env=cli.environment
    ) as process:
        os.close(output)
        _, errors = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 1
    return errors.decode()


# ── evaluate ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_evaluation_shows_what_went_wrong_and_fails_below_its_minimum(cli: Cli) -> None:
    cases = [
        {"id": "1", "chat": "a", "text": "二手车的风险", "kind": ["answer"], "powers": [9], "facets": ["risks"]},
        {"id": "2", "chat": "a", "text": "今天天气怎么样", "kind": ["answer"], "powers": [1]},
    ]
    file = cli.folder / "cases.jsonl"
    file.write_text("".join(json.dumps(case) + "\n" for case in cases), "utf-8")
    ran = cli("evaluate", file, "--minimum", "0.95")
    assert "今天天气怎么样" in ran.out
    assert "二手车的风险" not in ran.out
    assert ran.code == 1
    assert_one_sentence(ran.err.splitlines()[-1])
    assert "50.0%" in ran.err
    assert "95.0%" in ran.err


def test_a_register_of_many_powers_is_answered_from(cli: Cli) -> None:
    places = ["东城", "西城", "海淀", "朝阳", "丰台", "通州", "昌平", "怀柔", "密云", "延庆"]
    kinds = ["餐饮服务许可", "道路运输许可", "种子经营许可", "医疗机构登记", "娱乐场所审批"]
    kinds += ["民办学校设立", "河道采砂许可", "林木采伐许可", "爆破作业许可", "职业中介登记"]
    powers = tuple(
        Power(position=position, serial=position, name=f"{place}区{kind}", process=(Step(number=1, text="申请"),))
        for position, (place, kind) in enumerate(product(places, kinds), start=1)
    )
    (cli.folder / "big.txt").write_text(printed(Register(title="权责清单", powers=powers)), "utf-8")
    case = {"id": "1", "chat": "c", "text": f"{powers[70].name}的流程", "kind": ["answer"], "powers": [71]}
    (cli.folder / "q.jsonl").write_text(json.dumps(case), "utf-8")
    assert cli("evaluate", "q.jsonl", "--register", "big.txt", "--minimum", "1").code == 0
