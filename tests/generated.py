"""Registers made up by Hypothesis, and how Word prints them once its table is flattened to text."""

from collections.abc import Iterator, Sequence

from hypothesis import strategies as st

from knowledge.models import Post, Power, Register, Risk, Step

HEADINGS = {
    "serial": "序号",
    "unit": "单位",
    "name": "权力责任",
    "process": "权力行使流程",
    "posts": "重点岗位",
    "risks": "廉政风险点",
    "controls": "廉政风险防控措施",
    "responsible": "风险防控责任人",
}

HEADINGS_WITH_LEVEL = {
    key: heading
    for field in HEADINGS
    for key, heading in ((field, HEADINGS[field]), ("level", "风险等级"))
    if key == field or field == "risks"
}

# Ordinary words: no marks, and no 一二三, which number lists and hide under misprinted dashes.
_WORDS = "申请人提交材料进口出贴息审核初复转报商务部政服中心窗经办处室局党组会议定项目企业资金检查"
_NAMES = "赵钱孙李周吴郑王冯陈思聪丽君海轩雨潇博宇钰程若兰"

phrases = st.text(_WORDS, min_size=2, max_size=12)
people = st.lists(st.text(_NAMES, min_size=2, max_size=3), min_size=1, max_size=4).map(tuple)
posts = st.builds(Post, role=phrases, people=people)
# A clause may hold marks, figures and a bracket, as the sentences of a register do; no list number begins it.
clauses = st.builds(
    "{}{}{}".format, phrases, st.sampled_from(["", "，", "、", "0.5-1亿元，", "2人以上", "（含）", "“四风”"]), phrases
)
sentences = clauses.map("{}。".format)


@st.composite
def steps(draw: st.DrawFn) -> tuple[Step, ...]:
    """A process, some of its steps on a condition."""
    parts = draw(st.lists(st.tuples(st.none() | phrases, clauses), min_size=1, max_size=13))
    return tuple(Step(number=n, condition=condition, text=text) for n, (condition, text) in enumerate(parts, start=1))


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """A register whose last powers may be without a serial, over one unit or several, with columns of its own."""
    count = draw(st.integers(1, 5))
    numbered = draw(st.integers(1, count))
    remarks = st.none() | phrases
    columns = draw(st.lists(st.sampled_from(["责任领导", "备注", "法律依据"]), unique=True, max_size=2))
    unit = ""
    powers = []
    for position in range(1, count + 1):
        serial = position if position <= numbered else None
        if not unit or (serial is not None and draw(st.booleans())):
            unit = draw(phrases) + "处"
        remark = draw(remarks)
        power = Power(
            position=position,
            serial=serial,
            unit=unit,
            name=draw(phrases) + "项目" + (f"（{remark}）" if remark else ""),
            process=draw(steps()),
            posts=draw(st.lists(posts, min_size=1, max_size=3).map(tuple)),
            risks=tuple(Risk(text=text) for text in draw(st.lists(sentences, min_size=1, max_size=6))),
            controls=draw(st.lists(sentences, min_size=1, max_size=6).map(tuple)),
            responsible=draw(people),
            extra={column: draw(phrases) for column in columns},
        )
        powers.append(power)
    unit_title = draw(phrases)
    return Register(
        title=f"权责清单及廉政风险防控表（{unit_title}）",
        powers=tuple(powers),
        preface=("附件2",),
        headings=HEADINGS,
    )


@st.composite
def graded(draw: st.DrawFn) -> Register:
    """A register with a row for each risk: its level and its own controls."""
    register = draw(registers())
    powers = []
    for power in register.powers:
        risks = []
        for risk in power.risks:
            level = draw(st.sampled_from(["高", "中", "低"]))
            controls = draw(st.lists(sentences, min_size=1, max_size=3, unique=True).map(tuple))
            risks.append(risk.model_copy(update={"level": level, "controls": controls}))
        controls = tuple(dict.fromkeys(text for risk in risks for text in risk.controls))
        powers.append(power.model_copy(update={"risks": tuple(risks), "controls": controls}))
    # of a table whose entries all have one row nothing says that rows stand for risks
    first = powers[0]
    if len(first.risks) < 2:
        more = (
            Risk(text="推诿。", level="高", controls=("公示。",)),
            Risk(text="拖延。", level="低", controls=("公示。",)),
        )
        powers[0] = first.model_copy(update={"risks": more, "controls": ("公示。",)})
    return register.model_copy(update={"powers": tuple(powers), "headings": HEADINGS_WITH_LEVEL})


def printed_steps(process: Sequence[Step]) -> str:
    return "——".join(f"（{step.condition}）{step.text}" if step.condition else step.text for step in process)


def printed_posts(held: Sequence[Post]) -> str:
    return "，".join(f"{post.role}：{'、'.join(post.people)}" for post in held)


def printed_items(items: Sequence[str]) -> str:
    return "\n\n".join(f"{number}.{text}" for number, text in enumerate(items, start=1))


def printed_cells(power: Power) -> dict[str, str]:
    """The cells of a power as they are printed, by field and, for columns without one, by heading."""
    return {
        "serial": "" if power.serial is None else str(power.serial),
        "unit": power.unit,
        "name": power.name,
        "process": printed_steps(power.process),
        "posts": printed_posts(power.posts),
        "risks": printed_items([risk.text for risk in power.risks]),
        "controls": printed_items(power.controls),
        "responsible": "、".join(power.responsible),
        **power.extra,
    }


def printed(register: Register, columns: Sequence[str] = ()) -> str:
    """The register as flattened text: every cell on lines of its own behind a tab, a unit only where it changes.

    ``columns`` are fields (and headings without one) in the order of their printing; the usual order by default.
    """
    columns = columns or [*HEADINGS, *register.powers[0].extra]
    lines = [*register.preface, register.title, *("\t" + HEADINGS.get(column, column) for column in columns), ""]
    return "\n".join([*lines, *_printed_rows(register, columns)])


def _printed_rows(register: Register, columns: Sequence[str]) -> Iterator[str]:
    unit = ""
    for power in register.powers:
        cells = printed_cells(power) | {"unit": "" if power.unit == unit else power.unit}
        unit = power.unit
        if power.serial is None and columns[:2] == ["serial", "unit"]:
            yield " \t" + "\n\t".join(cells[column] for column in columns[2:])  # one blank cell over both columns
        else:
            yield "\t" + "\n\t".join(cells[column] for column in columns) + "\n"
