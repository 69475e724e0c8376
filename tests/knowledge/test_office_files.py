"""Registers in the files that offices have: Word, Excel, comma-separated, with what people do to tables."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import RegisterError
from knowledge.models import Post, Register, Risk
from knowledge.reading import given_columns, parse_register, read_register
from knowledge.writing import SUFFIXES, export_register
from tests.conftest import WAIMAO, WENLV, assert_one_sentence
from tests.generated import HEADINGS
from tests.knowledge.test_reading import source_rows
from tests.office import (
    Merge,
    Sheet,
    comma_separated,
    element,
    excel,
    numbered,
    numbering_definition,
    paragraphs,
    saved,
    tracked,
    word,
)

HEADS = list(HEADINGS.values())
FIRST = ["1", "外贸处", "甲事项", "申请——受理", "经办人：赵思聪", "1.吃拿。\n2.卡要。", "1.教育。", "曹丽君"]
SECOND = ["2", "", "乙事项", "申请——初审——办结", "经办人：常宇", "1.推诿。\n2.拖延。", "1.公示。", "曹丽君"]

# The writers of each kind of file; what a comma-separated file can't hold (merged cells), it leaves blank.
WRITERS: dict[str, Callable[[Sheet], bytes]] = {"docx": word, "xlsx": excel, "csv": comma_separated}
kinds = pytest.mark.parametrize("kind", WRITERS)


def read(kind: str, sheet: Sheet, columns: Sequence[str] = ()) -> Register:
    return parse_register(WRITERS[kind](sheet), f"清单.{kind}", given_columns(columns))


def sheet_of(file: Path) -> Sheet:
    """The table of a flattened file as it stands in its Word document: units merged, and blank serials with them."""
    register = read_register(file)
    body = [[cell.strip() for cell in row.values()] for row in source_rows(file)]
    merges = [Merge(at, 0, at, 1) for at, row in enumerate(body, start=1) if not row[0]]
    begins = [at for at, row in enumerate(body, start=1) if row[1]]
    lasts = [at - 1 for at in begins[1:]] + [max(at for at, row in enumerate(body, start=1) if row[0])]
    merges += [Merge(begin, 1, last, 1) for begin, last in zip(begins, lasts, strict=True)]
    heads = [*HEADS[:4], "重点\n\n岗位", *HEADS[5:]]
    return Sheet([heads, *body], merges, above=(*register.preface, register.title))


# ── the same register, whatever the file ─────────────────────────────────────────────────────────────────────


@kinds
@pytest.mark.parametrize("file", [WAIMAO, WENLV], ids=lambda file: str(file.stem))
def test_a_register_reads_the_same_from_word_excel_and_text(tmp_path: Path, kind: str, file: Path) -> None:
    carried = saved(tmp_path, f"{file.stem}.{kind}", WRITERS[kind](sheet_of(file)))
    assert read_register(carried) == read_register(file)


def test_items_that_word_numbers_by_itself_are_items_without_numbers(waimao: Register) -> None:
    sheet = sheet_of(WAIMAO)

    def number_all(document: Any) -> None:
        definition = 0
        for paragraph in list(paragraphs(document)):
            printed = paragraph.text.partition(".")
            if printed[0].isdecimal() and printed[2]:
                definition = numbering_definition(document) if printed[0] == "1" or not definition else definition
                paragraph.text = printed[2]
                numbered(paragraph, definition)

    register = parse_register(word(sheet, change=number_all), "清单.docx")
    assert register.powers == waimao.powers


def test_serials_that_word_counts_by_itself_are_read() -> None:
    def count(document: Any) -> None:
        definition = numbering_definition(document, start=3)
        for row in document.tables[0].rows[1:]:
            numbered(row.cells[0].paragraphs[0], definition)

    rows = [["", *row[1:]] for row in (FIRST, SECOND)]
    register = parse_register(word(Sheet([HEADS, *rows]), change=count), "清单.docx")
    assert [power.serial for power in register.powers] == [3, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_separated_text_may_be_marked_and_encoded_in_several_ways(waimao: Register, encoding: str, mark: str) -> None:
    assert parse_register(comma_separated(sheet_of(WAIMAO), mark, encoding), "清单.csv") == waimao
    assert mark == "\t" or parse_register(comma_separated(sheet_of(WAIMAO), mark, encoding), "清单.txt") == waimao


# ── headings ─────────────────────────────────────────────────────────────────────────────────────────────────

TWO_ROWS = [
    ["序号", "单位", "权力事项", "业务流程", "责任岗位", "廉政风险防控", "", "", "备注"],
    ["", "", "", "", "", "风险点", "防控措施", "责任人", ""],
]
GROUPED = [*(Merge(0, column, 1, column) for column in (0, 1, 2, 3, 4, 8)), Merge(0, 5, 0, 7)]


@kinds
def test_headings_may_stand_in_two_rows(kind: str) -> None:
    plain = read(kind, Sheet([HEADS, FIRST, SECOND]))
    register = read(kind, Sheet([*TWO_ROWS, [*FIRST, "试行"], [*SECOND, ""]], GROUPED, above=("附件2", "权责清单")))
    assert register.title == "权责清单"
    assert register.preface == ("附件2",)
    assert register.power(1).extra == {"备注": "试行"}
    assert [power.model_copy(update={"extra": {}}) for power in register.powers] == list(plain.powers)
    assert register.headings["risks"] == "风险点"


@kinds
def test_a_heading_may_say_what_it_is_only_with_the_one_over_it(kind: str) -> None:
    heads = [
        ["序号", "权力事项", "业务流程", "责任岗位", "廉政风险点", "", "廉政风险防控", ""],
        ["", "", "", "", "描述", "等级", "措施", "责任人"],
    ]
    merges = [*(Merge(0, c, 1, c) for c in range(4)), Merge(0, 4, 0, 5), Merge(0, 6, 0, 7)]
    row = ["1", "甲事项", "申请——受理", "经办人：赵思聪", "卡要。", "高", "教育。", "曹丽君"]
    power = read(kind, Sheet([*heads, row], merges)).power(1)
    assert power.risks == (Risk(text="卡要。", level="高", controls=("教育。",)),)
    assert (power.controls, power.responsible) == (("教育。",), ("曹丽君",))


@kinds
def test_headings_that_are_printed_again_on_every_page_are_no_entries(kind: str) -> None:
    plain = read(kind, Sheet([HEADS, FIRST, SECOND]))
    assert read(kind, Sheet([HEADS, FIRST, HEADS, SECOND])).powers == plain.powers
    two = [[*row, ""] for row in (FIRST, SECOND)]
    again = [Merge(m.top + 3, m.left, m.bottom + 3, m.right) for m in GROUPED]
    register = read(kind, Sheet([*TWO_ROWS, two[0], *TWO_ROWS, two[1]], [*GROUPED, *again]))
    assert register.powers == plain.powers


@kinds
def test_two_columns_of_one_heading_are_both_kept(kind: str) -> None:
    heads = [*HEADS, "备注", "备注", "责任人"]
    power = read(kind, Sheet([heads, [*FIRST, "甲说", "乙说", "丙"]])).power(1)
    assert power.extra == {"备注": "甲说", "备注（2）": "乙说", "责任人": "丙"}
    assert power.responsible == ("曹丽君",)


@pytest.mark.parametrize("heading", ["责任领导", "分管领导"])
@kinds
def test_a_leader_is_responsible_where_nobody_else_is(kind: str, heading: str) -> None:
    assert read(kind, Sheet([[*HEADS[:7], heading], FIRST])).power(1).responsible == ("曹丽君",)
    power = read(kind, Sheet([[heading, *HEADS], ["郑苑", *FIRST]])).power(1)
    assert (power.responsible, power.extra) == (("曹丽君",), {heading: "郑苑"})


@kinds
def test_a_column_may_be_named_by_hand(kind: str) -> None:
    sheet = Sheet([[*HEADS[:7], "兜底人"], FIRST])
    with pytest.raises(RegisterError) as refused:
        read(kind, sheet)
    assert_one_sentence(str(refused.value))
    assert "权力行使流程" in str(refused.value)
    assert "--column 兜底人=responsible" in str(refused.value)
    assert read(kind, sheet, ["兜底人=responsible"]).power(1).responsible == ("曹丽君",)
    assert read(kind, sheet, ["兜底人=责任人"]).power(1).responsible == ("曹丽君",)
    with pytest.raises(RegisterError, match="没有“不在的”这一列"):
        read(kind, sheet, ["不在的=responsible"])


@pytest.mark.parametrize("pair", ["兜底人", "=responsible", "兜底人=天气", "兜底人="])
def test_a_column_that_is_named_wrongly_is_refused(pair: str) -> None:
    with pytest.raises(RegisterError) as refused:
        given_columns([pair])
    assert_one_sentence(str(refused.value))
    assert "responsible（风险防控责任人）" in str(refused.value)


@kinds
def test_a_table_without_known_headings_is_refused_with_what_was_seen(kind: str) -> None:
    with pytest.raises(RegisterError) as refused:
        read(kind, Sheet([["姓名", "电话", "地址"], ["赵思聪", "123", "北京"]]))
    assert_one_sentence(str(refused.value))
    assert "姓名" in str(refused.value)


# ── entries over several rows ────────────────────────────────────────────────────────────────────────────────

GRADED = [*HEADS[:6], "风险等级", *HEADS[6:]]
PER_RISK = [
    ["1", "外贸处", "甲事项", "申请——受理", "经办人：赵思聪", "吃拿。", "高", "教育。\n公示。", "曹丽君"],
    ["", "", "", "", "", "卡要。", "低", "教育。", ""],
    ["2", "", "乙事项", "申请——办结", "经办人：常宇", "推诿。", "中", "回访。", "曹丽君"],
]
OVER_TWO = [Merge(1, column, 2, column) for column in (0, 1, 2, 3, 4, 8)]


@kinds
def test_an_entry_may_have_a_row_for_each_risk_with_its_level_and_control(kind: str) -> None:
    register = read(kind, Sheet([GRADED, *PER_RISK], OVER_TWO))
    first, second = register.powers
    assert first.risks == (
        Risk(text="吃拿。", level="高", controls=("教育。", "公示。")),
        Risk(text="卡要。", level="低", controls=("教育。",)),
    )
    assert first.controls == ("教育。", "公示。")
    assert first.responsible == ("曹丽君",)
    assert second.risks == (Risk(text="推诿。", level="中", controls=("回访。",)),)
    assert not register.faults
    assert not first.extra


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_cells_left_blank_or_repeated_stand_for_merged_ones(kind: str) -> None:
    merged = read(kind, Sheet([GRADED, *PER_RISK], OVER_TWO))
    assert read(kind, Sheet([GRADED, *PER_RISK])).powers == merged.powers
    repeated = [PER_RISK[0], [*PER_RISK[0][:5], *PER_RISK[1][5:8], "曹丽君"], PER_RISK[2]]
    assert read(kind, Sheet([GRADED, *repeated])).powers == merged.powers


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_a_control_that_is_merged_over_all_risks_is_the_power_s(kind: str) -> None:
    rows = [PER_RISK[0], [*PER_RISK[1][:7], "", ""]]
    power = read(kind, Sheet([GRADED, *rows], [*OVER_TWO, Merge(1, 7, 2, 7)])).power(1)
    assert [risk.controls for risk in power.risks] == [(), ()]
    assert power.controls == ("教育。", "公示。")


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_a_cell_merged_over_several_entries_is_each_one_s(kind: str) -> None:
    rows = [FIRST, [*SECOND[:7], ""], ["3", "", "丙事项", *SECOND[3:7], ""]]
    register = read(kind, Sheet([HEADS, *rows], [Merge(1, 7, 3, 7), Merge(1, 1, 3, 1)]))
    assert [power.responsible for power in register.powers] == [("曹丽君",)] * 3
    assert [power.unit for power in register.powers] == ["外贸处"] * 3


@kinds
def test_steps_posts_and_other_columns_of_an_entry_may_stand_in_its_rows(kind: str) -> None:
    rows = [
        [*FIRST[:3], "申请", "经办人：赵思聪", "卡要。", "教育。", "曹丽君", "一"],
        ["", "", "", "受理", "负责人：郑苑", "拖延。", "公示。", "曹丽君", "二"],
    ]
    merges = [Merge(1, column, 2, column) for column in (0, 1, 2)]
    power = read(kind, Sheet([[*HEADS, "备注"], *rows], merges)).power(1)
    assert [(step.number, step.text) for step in power.process] == [(1, "申请"), (2, "受理")]
    assert power.posts == (Post(role="经办人", people=("赵思聪",)), Post(role="负责人", people=("郑苑",)))
    assert power.responsible == ("曹丽君",)
    assert power.extra == {"备注": "一\n二"}


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_a_line_across_the_table_heads_the_entries_below_it(kind: str) -> None:
    lines = [["一、行政许可", *[""] * 7], ["二、行政检查", *[""] * 7], ["填表人：赵六", *[""] * 7]]
    rows = [HEADS, lines[0], FIRST, lines[1], SECOND, lines[2]]
    register = read(kind, Sheet(rows, [Merge(at, 0, at, 7) for at in (1, 3, 5)]))
    assert [power.extra for power in register.powers] == [{"分类": "一、行政许可"}, {"分类": "二、行政检查"}]
    assert register.postscript == ("填表人：赵六",)
    without_unit = [[row[0], *row[2:]] for row in rows]
    without_unit[1][0] = "外贸处"
    register = read(kind, Sheet(without_unit[:3], [Merge(1, 0, 1, 6)]))
    assert [power.unit for power in register.powers] == ["外贸处"]


# ── several tables ───────────────────────────────────────────────────────────────────────────────────────────

CONTACTS = Sheet([["姓名", "电话"], ["赵思聪", "123"]], above=("通讯录",))
LARGE = Sheet([HEADS, FIRST], above=("附件2", "权责清单"))
REST = Sheet([SECOND, ["3", "", "丙事项", *SECOND[3:]]])


def test_the_register_is_found_among_the_tables_of_a_document() -> None:
    register = parse_register(word(CONTACTS, LARGE, CONTACTS), "清单.docx")
    assert register.powers == read("docx", LARGE).powers
    assert register.title == "权责清单"


def test_a_table_that_goes_on_in_another_is_one() -> None:
    whole = read("docx", Sheet([HEADS, FIRST, *REST.rows]))
    for rest in (REST, Sheet([HEADS, *REST.rows])):
        register = parse_register(word(LARGE, rest, CONTACTS), "清单.docx")
        assert register.powers == whole.powers


def test_the_columns_of_a_second_table_may_stand_in_another_order() -> None:
    turned = Sheet([row[::-1] for row in ([*HEADS[:2], "职权名称", *HEADS[3:]], SECOND)])
    register = parse_register(word(LARGE, turned), "清单.docx")
    assert register.powers == read("docx", Sheet([HEADS, FIRST, SECOND])).powers


def test_the_register_is_found_among_the_sheets_of_a_workbook() -> None:
    register = parse_register(excel(CONTACTS, LARGE, titles=["说明", "清单"]), "清单.xlsx")
    assert register.powers == read("xlsx", LARGE).powers

    def hide(workbook: Any) -> None:
        workbook["旧"].sheet_state = "hidden"

    register = parse_register(excel(LARGE, LARGE, titles=["清单", "旧"], change=hide), "清单.xlsx")
    assert register.powers == read("xlsx", LARGE).powers
    register = parse_register(excel(LARGE, Sheet([HEADS, SECOND]), titles=["一", "二"]), "清单.xlsx")
    assert [power.name for power in register.powers] == ["甲事项", "乙事项"]


@pytest.mark.parametrize(
    ("posts", "people", "responsible"),
    [
        ("责任岗位", "姓名", "责任人"),
        ("岗位", "岗位人员姓名", "责任领导"),
        ("岗位及职责", "在岗人员", "防控责任人"),
        ("责任岗位", "责任人姓名", "责任领导"),
    ],
)
@kinds
def test_the_people_of_the_posts_may_stand_in_a_column_beside_them(
    kind: str, posts: str, people: str, responsible: str
) -> None:
    heads = [*HEADS[:4], posts, people, *HEADS[5:7], responsible]
    rows = [
        [*FIRST[:4], "经办人\n复核人", "赵思聪、林一鸣\n常宇", *FIRST[5:]],
        [*SECOND[:4], "经办人", "常宇、路海轩", *SECOND[5:]],
    ]
    register = read(kind, Sheet([heads, *rows]))
    assert [power.posts for power in register.powers] == [
        (Post(role="经办人", people=("赵思聪", "林一鸣")), Post(role="复核人", people=("常宇",))),
        (Post(role="经办人", people=("常宇", "路海轩")),),
    ]
    assert all(power.responsible == ("曹丽君",) for power in register.powers)
    assert not any(power.extra for power in register.powers)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_people_beside_posts_come_back_from_an_export(tmp_path: Path, suffix: str) -> None:
    heads = [*HEADS[:5], "姓名", *HEADS[5:]]
    register = read("docx", Sheet([heads, [*FIRST[:4], "经办人", "赵思聪、常宇", *FIRST[5:]]]))
    export_register(register, tmp_path / f"out{suffix}")
    assert read_register(tmp_path / f"out{suffix}").powers == register.powers


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_headings_may_stand_in_three_rows(kind: str) -> None:
    heads = [
        ["序号", "权力事项", "业务流程", "廉政风险防控", "", "", "", "", ""],
        ["", "", "", "风险岗位", "", "风险", "", "防控措施", "责任人"],
        ["", "", "", "岗位", "姓名", "风险点", "等级", "", ""],
    ]
    down = [Merge(0, column, 2, column) for column in range(3)] + [Merge(1, column, 2, column) for column in (7, 8)]
    merges = [*down, Merge(0, 3, 0, 8), Merge(1, 3, 1, 4), Merge(1, 5, 1, 6)]
    merges += [Merge(merge.top + 4, merge.left, merge.bottom + 4, merge.right) for merge in merges]  # on page two
    body = ["1", "甲事项", "申请——受理", "经办人", "赵思聪", "吃拿。", "高", "教育。", "曹丽君"]
    register = read(kind, Sheet([*heads, body, *heads, ["2", "乙事项", *body[2:]]], merges, above=["权责清单"]))
    assert [power.name for power in register.powers] == ["甲事项", "乙事项"]
    assert register.title == "权责清单"
    power = register.powers[0]
    assert power.posts == (Post(role="经办人", people=("赵思聪",)),)
    assert power.risks == (Risk(text="吃拿。", level="高", controls=("教育。",)),)
    assert not power.extra


def by_office() -> list[Sheet]:
    """A table for each of two offices, without a column for them; each counts its powers from 1."""
    heads = [HEADS[0], *HEADS[2:]]
    return [
        Sheet(
            [heads, *([str(n), f"{office[2:]}{name}", *FIRST[3:]] for n, name in ((1, "审批"), (2, "检查")))],
            above=[office],
        )
        for office in ("一、办公室", "二、财务处")
    ]


def restarting_word() -> bytes:
    first, second = by_office()
    first.above = ["权责清单（某局）", *first.above]
    return word(first, second)


def restarting_excel() -> bytes:
    return excel(*(Sheet(sheet.rows) for sheet in by_office()), titles=["办公室", "财务处"])


@pytest.mark.parametrize(("data", "kind"), [(restarting_word(), "docx"), (restarting_excel(), "xlsx")])
def test_each_office_may_count_from_one_and_be_named_over_its_table(tmp_path: Path, data: bytes, kind: str) -> None:
    register = parse_register(data, f"权责清单.{kind}")
    assert [(power.unit, power.serial, power.name) for power in register.powers] == [
        ("办公室", 1, "办公室审批"),
        ("办公室", 2, "办公室检查"),
        ("财务处", 1, "财务处审批"),
        ("财务处", 2, "财务处检查"),
    ]
    assert "办公室" not in register.preface
    for suffix in SUFFIXES:
        export_register(register, tmp_path / f"out{suffix}")
        assert read_register(tmp_path / f"out{suffix}").powers == register.powers


@kinds
def test_one_number_twice_in_one_unit_is_refused(kind: str) -> None:
    with pytest.raises(RegisterError, match="序号 1 出现了两次") as caught:
        read(kind, Sheet([HEADS, FIRST, ["1", *SECOND[1:]]]))
    assert_one_sentence(str(caught.value))


# ── what Word does to text ───────────────────────────────────────────────────────────────────────────────────


def changed(change: Callable[[Any], None]) -> Register:
    """A document of two powers after ``change`` to its table."""
    return parse_register(
        word(Sheet([HEADS, FIRST, SECOND]), change=lambda document: change(document.tables[0])), "清单.docx"
    )


def test_tracked_changes_read_as_accepted() -> None:
    def change(table: Any) -> None:
        name = table.cell(1, 2).paragraphs[0]
        name.text = "二手车"
        tracked(name, "del", "进口")
        tracked(name, "ins", "出口")
        tracked(name, "moveFrom", "备案")
        tracked(name, "moveTo", "初审")
        table.rows[2]._tr.get_or_add_trPr().append(element("w:del", id="2", author="某人"))

    register = changed(change)
    assert [power.name for power in register.powers] == ["二手车出口初审"]


def test_a_paragraph_whose_end_is_deleted_goes_on_in_the_next() -> None:
    def change(table: Any) -> None:
        first, second = table.cell(1, 5).paragraphs
        first.text, second.text = "吃拿", "卡要。"
        mark = element("w:rPr")
        mark.append(element("w:del", id="3", author="某人"))
        first._p.get_or_add_pPr().append(mark)

    assert [risk.text for risk in changed(change).power(1).risks] == ["吃拿卡要。"]


def test_hidden_text_is_not_read() -> None:
    def change(table: Any) -> None:
        table.cell(1, 2).paragraphs[0].add_run("（内部）").font.hidden = True
        table.cell(1, 7).paragraphs[0].add_run("、郑苑").font.hidden = False
        style = table.part.document.styles.add_style("Secret", 2)
        style.font.hidden = True
        table.cell(2, 2).paragraphs[0].add_run("（秘密）", style=style)

    register = changed(change)
    assert [power.name for power in register.powers] == ["甲事项", "乙事项"]
    assert register.power(1).responsible == ("曹丽君", "郑苑")


def test_a_nested_table_is_read_and_reported() -> None:
    def change(table: Any) -> None:
        nested = table.cell(1, 6).add_table(1, 2)
        nested.cell(0, 0).text, nested.cell(0, 1).text = "2.公示。", "3.回访。"

    register = changed(change)
    assert register.power(1).controls == ("教育。", "公示。", "回访。")
    assert [(fault.kind, fault.position, fault.facet) for fault in register.faults] == [("nested-table", 1, "controls")]


def test_a_nested_table_is_reported_in_a_column_without_a_field_too() -> None:
    def change(document: Any) -> None:
        document.tables[0].cell(1, len(HEADS)).add_table(1, 1).cell(0, 0).text = "依据"

    sheet = Sheet([[*HEADS, "备注"], [*FIRST, ""]])
    register = parse_register(word(sheet, change=change), "清单.docx")
    assert register.power(1).extra == {"备注": "依据"}
    (fault,) = register.faults
    assert (fault.kind, fault.position) == ("nested-table", 1)
    assert "备注" in fault.message


def test_a_picture_in_a_cell_is_reported() -> None:
    def change(table: Any) -> None:
        table.cell(1, 3).paragraphs[0].add_run()._r.append(element("w:pict"))

    assert [(fault.kind, fault.facet) for fault in changed(change).faults] == [("picture", "process")]


def test_links_fields_breaks_and_controls_are_text() -> None:
    def change(table: Any) -> None:
        paragraph = table.cell(1, 5).paragraphs[0]
        paragraph.text = "1.吃拿。"
        paragraph.runs[0].add_break()
        run = paragraph.add_run("2.卡要。")._r
        control, content, link = element("w:sdt"), element("w:sdtContent"), element("w:hyperlink")
        paragraph._p.append(control)
        control.append(content)
        content.append(link)
        link.append(run)
        for after in table.cell(1, 5).paragraphs[1:]:
            after._p.getparent().remove(after._p)

    assert [risk.text for risk in changed(change).power(1).risks] == ["吃拿。", "卡要。"]


def test_columns_whose_edges_are_not_in_line_are_told_by_their_order() -> None:
    def change(table: Any) -> None:
        for at, cell in ((0, 3), (1, 2), (2, 5)):  # one cell of each row is a bit wider
            properties = table.rows[at]._tr.tc_lst[cell].get_or_add_tcPr()
            properties.append(element("w:gridSpan", val="2"))

    register = changed(change)
    assert register.powers == read("docx", Sheet([HEADS, FIRST, SECOND])).powers


def test_rows_may_begin_further_right() -> None:
    def change(table: Any) -> None:
        row = table.rows[2]._tr
        for cell in row.tc_lst[:2]:
            row.remove(cell)
        row.get_or_add_trPr().append(element("w:gridBefore", val="2"))

    register = changed(change)
    assert [(power.serial, power.unit, power.name) for power in register.powers] == [
        (1, "外贸处", "甲事项"),
        (None, "外贸处", "乙事项"),
    ]


def test_a_document_with_macros_is_read_and_nothing_of_it_run() -> None:
    def change(document: Any) -> None:
        kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
        document.part._content_type = kind

    data = word(Sheet([HEADS, FIRST]), change=change)
    assert parse_register(data, "清单.docm").power(1).name == "甲事项"


# ── what Excel does to values ────────────────────────────────────────────────────────────────────────────────


def test_formulas_are_read_as_the_values_that_were_kept() -> None:
    def change(workbook: Any) -> None:
        workbook.active["H2"] = '="曹"&"丽君"'

    register = parse_register(excel(Sheet([HEADS, FIRST]), change=change), "清单.xlsx")
    assert register.power(1).responsible == ()
    assert {fault.kind for fault in register.faults} == {"formula-without-value", "empty-cell"}
    for fault in register.faults:
        assert_one_sentence(fault.message)


def test_figures_and_dates_are_read_as_they_are_written() -> None:
    from datetime import datetime

    def change(workbook: Any) -> None:
        workbook.active["A2"] = 1.0
        workbook.active["I2"] = datetime(2026, 11, 24)
        workbook.active["J2"] = 0.5

    sheet = Sheet([[*HEADS, "启用", "权重"], FIRST])
    power = parse_register(excel(sheet, change=change), "清单.xlsx").power(1)
    assert power.serial == 1
    assert power.extra == {"启用": "2026-11-24", "权重": "0.5"}


@pytest.mark.parametrize("serial", ["1.", "1、", "（一）", "①", "一", "(1)"])
@kinds
def test_serials_may_be_printed_in_several_ways(kind: str, serial: str) -> None:
    assert read(kind, Sheet([HEADS, [serial, *FIRST[1:]]])).power(1).serial == 1
