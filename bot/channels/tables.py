"""Tables and lists for the terminal."""

from collections.abc import Container, Iterable
from datetime import datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text

from bot.evaluation import Verdict, percentile_ms, share_right, shares_by
from knowledge.difference import Difference
from knowledge.models import Facet, Register
from knowledge.store import EditionRecord, Publication

_PLACES = {
    Facet.PROCESS: "流程",
    Facet.POSTS: "岗位",
    Facet.RISKS: "风险",
    Facet.CONTROLS: "措施",
    Facet.RESPONSIBLE: "责任人",
    None: "",
}


def powers_table(register: Register, edition: str, *, by_unit: bool = False) -> Table:
    """Return all powers as a table: number, name, who holds the posts, how much there is of each.

    ``by_unit``: whose power it is too.
    """
    table = Table(title=f"{register.title}（{edition}，共 {len(register.powers)} 项）", title_justify="left")
    table.add_column("位", justify="right")
    if by_unit:
        table.add_column("单位", overflow="fold")
    table.add_column("序号", justify="right")
    table.add_column("事项", overflow="fold")
    table.add_column("岗位人员", overflow="fold")
    table.add_column("步", justify="right")
    table.add_column("险", justify="right")
    table.add_column("措", justify="right")
    for power in register.powers:
        people = "、".join(dict.fromkeys(person for post in power.posts for person in post.people))
        table.add_row(
            str(power.position),
            *([power.unit] if by_unit else []),
            str(power.serial or "—"),
            register.called(power),
            people,
            str(len(power.process)),
            str(len(power.risks)),
            str(len(power.controls)),
        )
    return table


def faults_text(register: Register) -> Text:
    """Return the faults of the source, power by power."""
    if not register.faults:
        return Text("没有发现原文的毛病。")
    text = Text(f"原文有 {len(register.faults)} 处毛病（照录未改）：", style="bold")
    last = None
    for fault in register.faults:
        if fault.position != last and fault.position is not None:
            text.append(
                f"\n第 {fault.position} 项 {register.called(register.power(fault.position))}", style="not bold cyan"
            )
        elif fault.position is None:
            text.append("\n整张清单", style="not bold cyan")
        last = fault.position
        place = _PLACES.get(fault.facet, "")
        text.append(f"\n  {place + '：' if place else ''}{fault.message} ", style="not bold")
        text.append(f"[{fault.kind}]", style="not bold dim")
    return text


def editions_table(records: Iterable[EditionRecord], in_force: Container[int], published: Container[int]) -> Table:
    """Return all editions as a table; ``in_force`` and ``published`` are numbers of editions."""
    table = Table(title="清单的各版（● 现行）", title_justify="left")
    for column in ("版", "", "清单", "项", "文件", "导入时间", "导入人", "备注"):
        table.add_column(column, justify="right" if column in ("版", "项") else "left", overflow="fold")
    for record in records:
        state = "●" if record.number in in_force else "" if record.number in published else "未发布"
        table.add_row(
            str(record.number),
            state,
            record.division,
            str(record.size),
            record.source,
            _when(record.imported_at),
            record.imported_by,
            record.note,
        )
    return table


def publications_table(publications: Iterable[Publication]) -> Table:
    """Return what was published and withdrawn when and by whom, as a table."""
    table = Table(title="发布记录", title_justify="left")
    for column in ("时间", "清单", "发布的版", "发布人"):
        table.add_column(column, overflow="fold")
    for one in publications:
        table.add_row(_when(one.at), one.division, f"第 {one.edition} 版" if one.edition else "停用", one.by)
    return table


def difference_text(found: Difference, most: int) -> Text:
    """Return the difference in lines, at most ``most``, the most important first."""
    return Text("\n".join(f"  {line}" for line in found.brief(most)) or "  内容没有变化。")


def changes_text(found: Difference) -> Text:
    """Return every change of a difference, power by power, with what left and what came as it stands."""
    text = Text()
    for powers, label in ((found.added, "新增"), (found.removed, "删去")):
        for power in powers:
            text.append(f"\n{label} {power.name}\n", style="bold cyan")
    powers_of = {power.new.position: power for power in (*found.renamed, *found.changed)}
    for _position, kept in sorted(powers_of.items()):
        name = f"{kept.old.name} → {kept.new.name}" if kept.renamed else kept.new.name
        text.append(f"\n第 {kept.new.position} 项 {name}\n", style="bold cyan")
        for change in kept.changes:
            text.append(f"  {change.label}\n", style="not bold")
            for mark, style, lines in (("-", "red", change.left), ("+", "green", change.came)):
                for line in lines:
                    text.append(f"    {mark} {line}\n", style=f"not bold {style}")
    return text


def _when(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def verdicts_report(verdicts: list[Verdict]) -> Group:
    """Return what an evaluation found: failures with how they were understood, shares by kind and tag, totals."""
    failures = Text()
    for verdict in verdicts:
        if verdict.wrong:
            sure = "！" if verdict.confident_error else "　"
            failures.append(f"{sure}{verdict.case.id} {verdict.case.text}\n", style="bold")
            failures.append(f"　　{'；'.join(verdict.wrong)}\n", style="red")
            failures.append(
                "　　" + " ".join(line.replace("\t", "/") for line in verdict.explanation) + "\n", style="dim"
            )
    table = Table(title="答对的比例", title_justify="left")
    table.add_column("类别")
    table.add_column("答对", justify="right")
    table.add_column("比例", justify="right")
    for prefix, shares in (
        ("", shares_by(verdicts, lambda case: [case.kind[0]])),
        ("#", shares_by(verdicts, lambda case: case.tags)),
    ):
        for label, (right, count) in shares.items():
            table.add_row(prefix + label, f"{right}/{count}", f"{right / count:.1%}")
    confident = sum(v.confident_error for v in verdicts)
    refused = sum(v.reply.kind in ("unknown", "choose") for v in verdicts)
    total = Text(
        f"答对 {share_right(verdicts):.1%}（{sum(not v.wrong for v in verdicts)}/{len(verdicts)}），", style="bold"
    )
    total.append(f"答错却很肯定 {confident}，回绝或反问 {refused}，")
    total.append(f"每题 {percentile_ms(verdicts, 50):.2f} 毫秒（中位），{percentile_ms(verdicts, 99):.2f} 毫秒（99%）")
    return Group(failures, table, total)
