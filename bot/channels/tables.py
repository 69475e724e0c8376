"""Tables and lists for the terminal."""

from rich.table import Table
from rich.text import Text

from knowledge.models import Facet, Register

_PLACES = {
    Facet.PROCESS: "流程",
    Facet.POSTS: "岗位",
    Facet.RISKS: "风险",
    Facet.CONTROLS: "措施",
    Facet.RESPONSIBLE: "责任人",
    None: "",
}


def powers_table(register: Register, edition: str) -> Table:
    """Return all powers as a table: number, name, who holds the posts, how much there is of each."""
    table = Table(title=f"{register.title}（{edition}，共 {len(register.powers)} 项）", title_justify="left")
    table.add_column("位", justify="right")
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
            str(power.serial or "—"),
            power.title,
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
            text.append(f"\n第 {fault.position} 项 {register.power(fault.position).title}", style="not bold cyan")
        last = fault.position
        place = _PLACES.get(fault.facet, "")
        text.append(f"\n  {place + '：' if place else ''}{fault.message} ", style="not bold")
        text.append(f"[{fault.kind}]", style="not bold dim")
    return text
