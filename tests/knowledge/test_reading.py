"""Reading a file: the built-in register, another one, made-up ones, other shapes of file, and what is refused."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import RegisterError
from knowledge.models import Post, Power, Register
from knowledge.reading import read_register
from tests.conftest import WAIMAO, WENLV, assert_one_sentence
from tests.generated import HEADINGS, printed, printed_posts, printed_steps, registers

FIRST = ["1", "外贸处", "甲事项", "申请——受理", "经办人：赵思聪", "1.吃拿。\n\n2.卡要。", "1.教育。", "曹丽君"]
SECOND = ["2", "", "乙事项", "申请——初审——办结", "经办人：常宇", "推诿。\n\n2.拖延。", "1.公示。", "曹丽君"]
HEADS = list(HEADINGS.values())
SOURCES = [WAIMAO, *(WENLV.with_stem(name) for name in ("wenlv", "shichang", "weijian"))]


def flattened(rows: Sequence[Sequence[str]], heads: Sequence[str] = tuple(HEADS)) -> str:
    """A Word table as Word saves it as text."""
    top = "附件2\n权责清单及廉政风险防控表（外贸处）\n" + "".join(f"\t{head}\n" for head in heads)
    return top + "\n" + "\n".join("".join(f"\t{cell}\n" for cell in row) for row in rows)


@pytest.fixture
def reads(tmp_path: Path) -> "Reader":
    return Reader(tmp_path)


class Reader:
    """Reads what it is given from a file."""

    def __init__(self, folder: Path):
        self.file = folder / "清单.txt"

    def __call__(self, content: str | bytes) -> Register:
        self.file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_register(self.file)

    def refuses(self, content: str | bytes, *words: str) -> None:
        """The file is refused in one sentence that has its name and ``words`` in it."""
        with pytest.raises(RegisterError) as refused:
            self(content)
        message = str(refused.value)
        assert_one_sentence(message)
        for word in ("清单.txt", *words):
            assert word in message


# ── the built-in register ────────────────────────────────────────────────────────────────────────────────────


def test_the_builtin_register_has_seventeen_powers_in_their_order(waimao: Register) -> None:
    assert [power.position for power in waimao.powers] == list(range(1, 18))
    assert [power.serial for power in waimao.powers] == [*range(1, 16), None, None]
    assert [power.title for power in waimao.powers] == [
        "两用物项和技术进出口审批",
        "机电产品货物自动进口许可申请并实施自动进口许可",
        "非机电产品进口自动许可管理",
        "进出口国营贸易经营资格认定",
        "化肥、农产品进口关税配额审批初审",
        "商务部委托省级、副省级城市商务部门实施的限制出口货物许可",
        "商务部委托省级、副省级城市商务部门实施的限制出口货物的配额审批",
        "部分易制毒化学品进出口审批",
        "二手车出口备案初审",
        "北京外经贸发展引导基金项目退出",
        "北京外经贸担保服务平台",
        "支持外贸企业提升国际化经营能力项目",
        "外贸企业资金支持项目",
        "提升企业防范风险能力项目",
        "进口贴息项目",
        "行政检查",
        "外贸运行数据分析",
    ]


def test_the_builtin_register_keeps_its_title_what_stands_above_it_and_its_headings(waimao: Register) -> None:
    assert waimao.title == "权责清单及廉政风险防控表（外贸运行处）"
    assert waimao.preface == ("附件2",)
    assert waimao.headings == HEADINGS


def test_a_unit_merged_down_the_column_holds_for_every_row_below(waimao: Register) -> None:
    assert {power.unit for power in waimao.powers} == {"外贸运行处"}


def test_remarks_and_stray_marks_stay_in_the_name_and_are_known(waimao: Register) -> None:
    fund = waimao.power(10)
    assert fund.name == "北京外经贸发展引导基金项目退出（目前基金已进入退出期，不再新增投资）"
    assert fund.remark == "目前基金已进入退出期，不再新增投资"
    assert waimao.power(3).remark == "商务部实施自动进口许可的货物"
    assert waimao.power(2).name == "机电产品货物自动进口许可申请并实施自动进口许可。"
    assert {p.position for p in waimao.powers if p.remark} == {3, 10}


def test_the_longest_process_has_thirteen_steps(waimao: Register) -> None:
    process = waimao.power(15).process
    assert len(process) == 13
    assert process[0].text == "接商务部年度政策文件"
    assert process[12].text == "审核结果报商务部"


def test_a_misprinted_dash_does_not_break_a_step_of_the_builtin_register(waimao: Register) -> None:
    assert [step.text for step in waimao.power(16).process] == [
        "商务部双随机——公开检查企业",
        "机电产品国际招标检查",
        "录入检查系统",
    ]


def test_conditions_of_the_builtin_register_belong_to_their_steps(waimao: Register) -> None:
    conditions = {(power.position, step.number): step.condition for power in waimao.powers for step in power.process}
    assert {place: condition for place, condition in conditions.items() if condition} == {
        (2, 4): "商务部事权商品品类",
        (3, 4): "商务部事权商品品类",
        (8, 4): "商务部权限部分",
        (10, 3): "投资金额0.5-1亿元，投资期小于6年，不按既定方案退出",
        (10, 4): "投资期大于六年",
        (11, 4): "重大项目",
    }
    assert waimao.power(10).process[3].text == "将审议意见报局党组会集体讨论通过后局主要领导签发"


def test_posts_of_the_builtin_register_have_their_people(waimao: Register) -> None:
    assert waimao.power(1).posts == (
        Post(role="外贸运行处负责人", people=("曹丽君",)),
        Post(role="外贸运行处经办人", people=("路海轩",)),
    )
    assert waimao.power(16).posts == (
        Post(role="外贸运行处副处长", people=("郑苑",)),
        Post(role="外贸运行处检查人员", people=("赵思聪", "常宇", "刘博", "杜雨潇")),
    )
    assert {power.responsible for power in waimao.powers} == {("曹丽君",)}


def test_lists_of_the_builtin_register_have_their_items(waimao: Register) -> None:
    assert [len(power.risks) for power in waimao.powers] == [4] * 9 + [3] * 2 + [5] * 4 + [4, 2]
    assert [len(power.controls) for power in waimao.powers] == [4] * 8 + [3, 4, 4, 6, 7, 6, 6, 3, 4]
    assert [risk.text for risk in waimao.power(9).risks] == [
        "受理申请、接受企业咨询服务态度生硬",
        "不按流程、审批依据、审核要点办理，行政干预审批。",
        "违反办理时限、法定权限办理，超时、越权审批。",
        "办理事项时出现以权谋私、中介寻租等廉政问题。",
    ]


def test_faults_of_the_builtin_register_are_listed(waimao: Register) -> None:
    numbers_lost = [(position, "risks", "list-number-missing") for position in (1, 3, 4, 5, 6, 7, 8, 9, 10, 16)]
    assert sorted((fault.position or 0, fault.facet or "", fault.kind) for fault in waimao.faults) == sorted(
        [
            *numbers_lost,
            (2, "risks", "list-number-missing"),
            (2, "", "stray-full-stop"),
            (14, "process", "stray-full-stop"),
            (15, "process", "stray-full-stop"),
            (16, "", "serial-missing"),
            (16, "process", "separator-typo"),
            (17, "", "serial-missing"),
            (17, "process", "stray-full-stop"),
            (17, "controls", "halfwidth-mark"),
        ]
    )
    for fault in waimao.faults:
        assert_one_sentence(fault.message)
    typo = next(fault for fault in waimao.faults if fault.kind == "separator-typo")
    assert "双随机——公开" in typo.message
    assert "双随机一公开" in typo.message


# ── nothing is lost ──────────────────────────────────────────────────────────────────────────────────────────


def source_rows(file: Path) -> Iterator[dict[str, str]]:
    """The cells of the printed table by field: a splitter of the test's own, for the two shapes of rows there are."""
    top, body = re.split(r"风险防控责任人\n+", file.read_text("utf-8"), maxsplit=1)
    assert top.count("\t") == len(HEADINGS)
    for row in re.split(r"\n+(?=\t\d+\n)|\n+(?= \t)", "\n" + body.rstrip()):
        if row:
            before, *cells = row.split("\t")
            cells = ["", "", *cells] if before == " " else cells
            yield dict(zip(HEADINGS, cells, strict=True))


def squeezed(text: str) -> str:
    return "".join(text.split())


def without_list_numbers(cell: str) -> str:
    return squeezed(re.sub(r"(?m)^\s*\d+\.", "", cell))


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.stem))
def test_every_character_of_the_source_stands_in_its_field_in_order(file: Path) -> None:
    register = read_register(file)
    rows = list(source_rows(file))
    assert len(rows) == len(register.powers)
    unit = ""
    for row, power in zip(rows, register.powers, strict=True):
        unit = squeezed(row["unit"]) or unit
        assert squeezed(row["serial"]) == ("" if power.serial is None else str(power.serial))
        assert unit == power.unit
        assert squeezed(row["name"]) == power.name
        assert squeezed(row["process"]).removesuffix("。") == printed_steps(power.process)
        assert squeezed(row["posts"]) == printed_posts(power.posts)
        assert without_list_numbers(row["risks"]) == "".join(risk.text for risk in power.risks)
        assert without_list_numbers(row["controls"]) == "".join(power.controls)
        assert squeezed(row["responsible"]) == "、".join(power.responsible)
        assert not power.extra


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.stem))
def test_every_line_above_the_table_is_kept(file: Path) -> None:
    register = read_register(file)
    above = file.read_text("utf-8").split("\t", maxsplit=1)[0].split()
    assert [*register.preface, register.title] == above


@settings(max_examples=60)
@given(registers())
def test_a_register_printed_and_read_back_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, register: Register
) -> None:
    file = tmp_path_factory.getbasetemp() / "printed.txt"
    file.write_text(printed(register), "utf-8")
    assert read_register(file).model_copy(update={"faults": (), "headings": HEADINGS}) == register


PIECES = [*HEADS, "备注", "1", "2", "1.", "一二、", "²", "甲", "——", "：", "。", "\t", "\n", "\n\n", " ", "\r\n"]


@settings(max_examples=200)
@given(st.sampled_from(["", "\t".join(HEADS) + "\n"]), st.lists(st.sampled_from(PIECES) | st.text(), max_size=60))
def test_any_text_is_read_or_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, top: str, pieces: list[str]
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.txt"
    file.write_text(top + "".join(pieces), "utf-8")
    try:
        register = read_register(file)
    except RegisterError as refused:
        assert_one_sentence(str(refused))
    else:
        assert register.powers


@given(st.binary())
def test_bytes_at_random_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.bin"
    file.write_bytes(data)
    with pytest.raises(RegisterError):
        read_register(file)


# ── another register ─────────────────────────────────────────────────────────────────────────────────────────


def test_another_division_s_register_is_read_by_its_structure(wenlv: Register) -> None:
    assert wenlv.title == "权责清单及廉政风险防控表（市文化和旅游局）"
    assert wenlv.preface == ("附件3",)
    assert [power.serial for power in wenlv.powers] == [*range(1, 15), None, None]
    assert [power.unit for power in wenlv.powers] == ["市场管理处"] * 9 + ["公共服务处"] * 7
    assert wenlv.power(4).posts[1] == Post(role="市场管理处经办人", people=("万青", "罗一鸣"))
    assert [power.responsible for power in wenlv.powers] == [("沈若兰",)] * 9 + [("贺建川",)] * 5 + [
        ("沈若兰",),
        ("贺建川",),
    ]


def test_steps_of_another_register_have_their_conditions(wenlv: Register) -> None:
    assert [(step.condition, step.text) for step in wenlv.power(15).process] == [
        (None, "制定年度检查计划"),
        (None, "双随机——公开抽取检查对象"),
        ("投诉举报线索", "直接开展专项检查"),
        (None, "两人一组现场检查"),
        (None, "录入检查系统"),
    ]


def test_items_of_another_register_are_read_though_numbers_are_wrong_or_lines_wrapped(wenlv: Register) -> None:
    assert len(wenlv.power(7).risks) == 4
    assert wenlv.power(7).risks[3].text == "在审批中以权谋私，为中介谋取利益。"
    assert wenlv.power(8).risks[2].text == "接受请托，插队办理、优亲厚友。"


def test_faults_of_another_register_are_its_own(wenlv: Register) -> None:
    kinds = {(fault.position, fault.kind) for fault in wenlv.faults}
    assert {
        (1, "list-number-missing"),
        (6, "stray-full-stop"),
        (7, "list-number-wrong"),
        (15, "separator-typo"),
        (15, "serial-missing"),
        (16, "halfwidth-mark"),
    } <= kinds
    assert not {2, 3, 8, 9, 11, 12} & {position for position, _kind in kinds}


# ── other shapes of file ─────────────────────────────────────────────────────────────────────────────────────


def test_columns_may_stand_in_any_order(reads: Reader) -> None:
    usual = reads(flattened([FIRST, SECOND]))
    for order in ([7, 6, 5, 4, 3, 2, 1, 0], [2, 0, 3, 1, 7, 5, 6, 4], [3, 2, 1, 0, 4, 5, 6, 7]):
        rows = [[row[column] for column in order] for row in (FIRST, SECOND)]
        assert reads(flattened(rows, [HEADS[column] for column in order])).powers == usual.powers


@settings(max_examples=60)
@given(register=registers(), data=st.data())
def test_columns_of_any_register_may_stand_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, register: Register, data: st.DataObject
) -> None:
    first, *rest = data.draw(st.permutations(list(HEADINGS)))
    columns = [first, *data.draw(st.permutations([*rest, *register.powers[0].extra]))]
    file = tmp_path_factory.getbasetemp() / "ordered.txt"
    file.write_text(printed(register, columns), "utf-8")
    assert read_register(file).powers == register.powers


@pytest.mark.parametrize(
    "heads",
    [
        ["编号", "部门", "权力事项", "业务流程", "责任岗位", "廉政风险", "防控措施", "责任人"],
        ["序号", "责任单位", "职权名称", "运行流程", "风险岗位", "风险点", "防范措施", "防控责任人"],
        ["序号", "处室", "事项名称", "办理流程", "岗位", "廉政风险点描述", "具体防控措施", "风险防控责任人"],
        [
            "序　号",
            "单 位",
            "权力\n责任",
            "权力行使\n\n流程",
            "重点\n\n岗位",
            "廉政风险点",
            "防控措施",
            "责任人（签字）",
        ],
    ],
)
def test_headings_may_be_worded_otherwise(reads: Reader, heads: list[str]) -> None:
    usual = reads(flattened([FIRST, SECOND]))
    register = reads(flattened([FIRST, SECOND], heads))
    assert register.powers == usual.powers
    assert list(register.headings.values()) == ["".join(head.split()) for head in heads]


def test_columns_that_have_no_field_are_kept_by_their_headings(reads: Reader) -> None:
    heads = [*HEADS[:5], "风险等级", *HEADS[5:], "责任领导"]
    rows = [[*FIRST[:5], "高", *FIRST[5:], "郑苑"], [*SECOND[:5], "低", *SECOND[5:], ""]]
    register = reads(flattened(rows, heads))
    assert register.power(1).extra == {"风险等级": "高", "责任领导": "郑苑"}
    assert register.power(2).extra == {"风险等级": "低"}
    plain = reads(flattened([FIRST, SECOND]))
    assert [power.model_copy(update={"extra": {}}) for power in register.powers] == list(plain.powers)


def test_serial_and_unit_columns_may_be_missing(reads: Reader) -> None:
    register = reads(flattened([FIRST[2:], SECOND[2:]], HEADS[2:]))
    assert [(power.position, power.serial, power.unit) for power in register.powers] == [(1, None, ""), (2, None, "")]
    assert [power.name for power in register.powers] == ["甲事项", "乙事项"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("gb18030"),
        lambda text: text.replace("\n", "\r\n").encode("gb18030"),
    ],
    ids=["CRLF", "CR", "BOM", "GB18030", "GB18030 with CRLF"],
)
def test_line_ends_and_encodings_make_no_difference(
    reads: Reader, change: Callable[[str], bytes], waimao: Register
) -> None:
    assert reads(change(WAIMAO.read_text("utf-8"))) == waimao


def test_a_table_with_one_line_for_each_row_reads_the_same(reads: Reader) -> None:
    rows = [FIRST, [*SECOND[:5], "1.推诿。\n\n2.拖延。", *SECOND[6:]]]
    usual = reads(flattened(rows))
    lines = ["\t".join(squeezed(cell) for cell in row) for row in (HEADS, *rows)]
    for lead in ("", "\t"):
        register = reads("权责清单（外贸处）\n" + "\n".join(lead + line for line in lines))
        assert register.title == "权责清单（外贸处）"
        assert register.powers == usual.powers


def test_a_serial_with_a_full_stop_may_begin_a_line_of_a_table(reads: Reader) -> None:
    rows = [["1.", *FIRST[1:]], ["2.", *SECOND[1:]]]
    lines = ["\t".join(squeezed(cell) for cell in row) for row in (HEADS, *rows)]
    for lead in ("", "\t"):
        register = reads("\n".join(lead + line for line in lines))
        assert [(power.serial, power.name) for power in register.powers] == [(1, "甲事项"), (2, "乙事项")]


def test_a_list_number_may_be_set_off_by_a_tab(reads: Reader) -> None:
    usual = flattened([FIRST, SECOND])
    tabbed = re.sub(r"(?m)(\d\.)(?=\S)", r"\1\t", usual)
    assert tabbed.count("\t") > usual.count("\t")
    assert reads(tabbed).powers == reads(usual).powers


@pytest.mark.parametrize("columns", [["备注"], ["类别", "备注"]])
def test_columns_of_no_field_may_stand_first(reads: Reader, columns: list[str]) -> None:
    second = [*SECOND[:5], "1.推诿。\n\n2.拖延。", *SECOND[6:]]
    plain = reads(flattened([FIRST, second])).powers
    table = [[*columns, *HEADS], [*(["备甲"] * len(columns)), *FIRST], [*(["备乙"] * len(columns)), *second]]
    as_lines = "\n".join("\t".join(squeezed(cell) for cell in row) for row in table)
    for text in (flattened(table[1:], table[0]), as_lines):
        register = reads(text)
        assert [power.extra for power in register.powers] == [dict.fromkeys(columns, said) for said in ("备甲", "备乙")]
        assert [power.model_copy(update={"extra": {}}) for power in register.powers] == list(plain)


def test_a_title_behind_a_tab_is_no_column(reads: Reader) -> None:
    text = flattened([FIRST, SECOND])
    register = reads(text.replace("权责清单及廉政风险防控表（外贸处）", "\t权责清单（外贸处）"))
    assert register.title == "权责清单（外贸处）"
    assert register.powers == reads(text).powers


@pytest.mark.parametrize("place", [5, 6, 8])
def test_of_two_columns_the_one_that_is_named_best_is_the_risks(reads: Reader, place: int) -> None:
    rows = ((HEADS, "廉政风险等级"), (FIRST, "高"), (SECOND, "低"))
    heads, first, second = ([*row[:place], cell, *row[place:]] for row, cell in rows)
    register = reads(flattened([first, second], heads))
    assert [risk.text for risk in register.power(1).risks] == ["吃拿。", "卡要。"]
    assert [power.extra for power in register.powers] == [{"廉政风险等级": "高"}, {"廉政风险等级": "低"}]


def test_lines_below_the_table_are_kept_apart(reads: Reader) -> None:
    table = flattened([FIRST, SECOND])
    register = reads(table + "\n填表人：赵六　2026年11月\n\n注：1.本表一式两份。\n")
    assert register.power(2).responsible == ("曹丽君",)
    assert register.postscript == ("填表人：赵六　2026年11月", "注：1.本表一式两份。")
    plain = reads(table)
    assert plain.postscript == ()
    assert register.powers == plain.powers
    assert register.contract() == plain.contract()


def test_lines_below_a_table_whose_last_cell_is_empty_are_kept_apart(reads: Reader) -> None:
    register = reads(flattened([FIRST, [*SECOND[:7], ""]]) + "\n填表人：赵六\n")
    assert register.power(2).responsible == ()
    assert register.postscript == ("填表人：赵六",)


def test_blank_lines_inside_the_cells_of_the_last_column_are_not_the_end_of_the_table(reads: Reader) -> None:
    order = [0, 1, 2, 3, 4, 6, 7, 5]
    rows = [[row[column] for column in order] for row in (FIRST, SECOND)]
    register = reads(flattened(rows, [HEADS[column] for column in order]))
    assert [risk.text for risk in register.power(2).risks] == ["推诿。", "拖延。"]
    register = reads(flattened([[*FIRST, "甲\n\n乙"], [*SECOND, "丙\n\n丁"]], [*HEADS, "依据"]))
    assert [power.extra["依据"].split() for power in register.powers] == [["甲", "乙"], ["丙", "丁"]]
    assert register.postscript == ()


@pytest.mark.parametrize("serial", ["²", "9" * 30, "9" * 5000], ids=["superscript", "30 figures", "5000 figures"])
def test_an_odd_serial_is_kept_as_it_is_printed(reads: Reader, serial: str) -> None:
    power = reads(flattened([FIRST, [serial, *SECOND[1:]]])).power(2)
    assert (power.serial, power.name) == (None, "乙事项")
    assert power.extra == {"序号": serial}
    reads.refuses(flattened([FIRST[:7], [serial, *SECOND[1:]]]), "第 2 行", "7 格", "8 格")


def test_rows_need_no_blank_line_between_them(reads: Reader) -> None:
    usual = flattened([FIRST, SECOND])
    assert reads(usual.replace("\n\n\t2\n", "\n\t2\n")).powers == reads(usual).powers


def test_a_row_without_a_serial_may_stand_between_numbered_ones(reads: Reader) -> None:
    text = flattened([FIRST, ["unnumbered", *FIRST[2:]], SECOND])
    table = reads(text.replace("\tunnumbered\n", " ", 1).replace("甲事项", "丙事项").replace("丙事项", "甲事项", 1))
    assert [(power.serial, power.title) for power in table.powers] == [(1, "甲事项"), (None, "丙事项"), (2, "乙事项")]


def test_a_file_without_a_title_is_called_by_its_name(reads: Reader) -> None:
    text = flattened([FIRST])
    assert reads(text[text.index("\t") :]).title == "清单"


def test_an_empty_cell_is_a_fault_and_no_failure(reads: Reader) -> None:
    register = reads(flattened([[*FIRST[:3], "", "", "", "", ""]]))
    power = register.power(1)
    assert (power.process, power.posts, power.risks, power.controls, power.responsible) == ((), (), (), (), ())
    empty = {fault.facet for fault in register.faults if fault.kind == "empty-cell"}
    assert empty == {"process", "posts", "risks", "controls", "responsible"}


@pytest.mark.parametrize(
    ("column", "cell", "kind"),
    [
        (3, "申请——（重大项目报审——办结", "bracket-unbalanced"),
        (3, "申请——受理。", "stray-full-stop"),
        (4, "经办人：", "post-without-person"),
        (4, "赵思聪", "person-without-post"),
        (5, "1.吃拿。\n2.卡要。\n4.推诿。", "list-number-wrong"),
        (5, "吃拿。\n2.卡要。", "list-number-missing"),
        (6, "1.制定流程,严格执行。", "halfwidth-mark"),
        (0, "甲", "serial-missing"),
    ],
)
def test_a_fault_is_noted_where_it_stands(reads: Reader, column: int, cell: str, kind: str) -> None:
    assert not reads(flattened([FIRST])).faults
    register = reads(flattened([[*FIRST[:column], cell, *FIRST[column + 1 :]]]))
    assert [(fault.position, fault.kind) for fault in register.faults] == [(1, kind)]
    assert_one_sentence(register.faults[0].message)


def test_a_misprint_is_known_by_the_same_words_elsewhere_in_the_register(reads: Reader) -> None:
    dashed = "实行一岗——双责制度——上报"
    assert len(reads(flattened([[*FIRST[:3], dashed, *FIRST[4:]]])).power(1).process) == 3
    spoilt = "落实专人——专岗制度——上报"
    risk = "1.未落实专人一专岗制度。"
    process = reads(flattened([[*FIRST[:3], spoilt, FIRST[4], risk, *FIRST[6:]]])).power(1).process
    assert [step.text for step in process] == ["落实专人——专岗制度", "上报"]


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", b"\xef\xbb\xbf"], ids=["nothing", "blanks", "BOM only"])
def test_an_empty_file_is_refused(reads: Reader, content: bytes) -> None:
    reads.refuses(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04" + bytes(range(256)),
        flattened([FIRST]).encode("utf-16"),
        b"\xff\xff\xff",
    ],
    ids=["a picture", "a Word file", "UTF-16", "no encoding"],
)
def test_a_binary_file_is_refused(reads: Reader, content: bytes) -> None:
    reads.refuses(content, "不是文本文件")


def test_a_text_without_a_table_is_refused(reads: Reader) -> None:
    reads.refuses("各处室：\n请于周五前报送清单。\n", "表头")
    reads.refuses("姓名\t电话\n赵思聪\t123\n", "表头", "姓名")


@pytest.mark.parametrize("field", ["name", "process", "posts", "risks", "controls", "responsible"])
def test_a_table_without_a_needed_column_is_refused_by_its_name(reads: Reader, field: str) -> None:
    at = list(HEADINGS).index(field)
    rows = [[*row[:at], *row[at + 1 :]] for row in (FIRST, SECOND)]
    reads.refuses(flattened(rows, [*HEADS[:at], *HEADS[at + 1 :]]), "缺少", HEADINGS[field])


def test_a_power_without_a_name_is_refused(reads: Reader) -> None:
    reads.refuses(flattened([FIRST, ["2", "", "", *SECOND[3:]]]), "第 2 行", "权力责任")


def test_two_powers_with_one_serial_are_refused(reads: Reader) -> None:
    reads.refuses(flattened([FIRST, ["1", *SECOND[1:]]]), "序号 1", "甲事项", "乙事项")


def test_a_row_short_of_cells_is_refused(reads: Reader) -> None:
    reads.refuses(flattened([FIRST, SECOND[:5]]), "第 2 行", "5 格", "8 格")
    reads.refuses(flattened([FIRST, ["2", "三处", "乙事项"]]), "第 2 行", "3 格")


@pytest.mark.parametrize("missing", range(2, 8))
def test_a_row_short_of_one_cell_is_refused_and_not_shifted(reads: Reader, missing: int) -> None:
    row = [cell for column, cell in enumerate(FIRST) if column != missing]
    reads.refuses(flattened([row, SECOND]), "第 1 行", "7 格", "8 格")
    reads.refuses(flattened([["2", *FIRST[1:]], row]), "第 2 行", "7 格", "8 格")
    without_serial = " " + "".join(f"\t{cell}\n" for cell in row[1:])
    reads.refuses(flattened([FIRST]) + without_serial, "第 2 行", "7 格", "8 格")


@pytest.mark.parametrize("missing", range(2, 8))
def test_a_row_with_an_empty_unit_that_is_short_of_a_cell_is_refused(reads: Reader, missing: int) -> None:
    row = [cell for column, cell in enumerate(SECOND) if column != missing]
    reads.refuses(flattened([FIRST, row]), "第 2 行", "7 格", "8 格")


def test_a_row_may_lack_the_unit_that_is_merged_from_above(reads: Reader) -> None:
    usual = reads(flattened([FIRST, SECOND, ["3", "", "丙事项", *FIRST[3:]]]))
    short = [[row[0], *row[2:]] for row in (SECOND, ["3", "", "丙事项", *FIRST[3:]])]
    assert reads(flattened([FIRST, *short])).powers == usual.powers
    assert reads(flattened([[FIRST[0], *FIRST[2:]], SECOND])).power(1).name == "甲事项"
    assert reads(flattened([FIRST, *short]).replace("\n\n\t3\n", "\n\t3\n")).powers == usual.powers


@pytest.mark.parametrize(
    "content", ["\t姓\n名\t电\n话\t甲\n", flattened([["一\n二"], SECOND])], ids=["no headings", "short row"]
)
def test_what_is_quoted_in_an_error_stands_on_one_line(reads: Reader, content: str) -> None:
    reads.refuses(content)


def test_a_table_of_headings_only_is_refused(reads: Reader) -> None:
    reads.refuses(flattened([]), "只有表头")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "没有.txt", tmp_path):
        with pytest.raises(RegisterError) as refused:
            read_register(path)
        assert_one_sentence(str(refused.value))
        assert str(path) in str(refused.value)


# ── the models ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_position_outside_the_register_is_an_index_error(waimao: Register) -> None:
    for position in (0, -1, 18):
        with pytest.raises(IndexError):
            waimao.power(position)


@pytest.mark.parametrize(
    ("name", "title", "remark"),
    [
        ("进口贴息项目", "进口贴息项目", None),
        ("进口贴息项目。", "进口贴息项目", None),
        ("基金退出（不再新增投资）", "基金退出", "不再新增投资"),
        ("基金退出(不再新增投资)。", "基金退出", "不再新增投资"),
        ("（试点）基金退出", "（试点）基金退出", None),
        ("（仅有备注）", "（仅有备注）", "仅有备注"),
    ],
)
def test_a_power_is_called_by_its_name_without_remark_and_full_stop(name: str, title: str, remark: str | None) -> None:
    power = Power(position=1, name=name)
    assert (power.title, power.remark) == (title, remark)
