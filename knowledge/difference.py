"""What changed from one edition of a register to another: which powers came and left, who and what in those that stay.

Powers are matched one to one: by their name as it stands, else by what is like it, in name and content, so that a
renamed one is a rename and not one less and one more.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from knowledge.models import Facet, Power, Register
from knowledge.text import plain

# Two powers of different names are one when name and content are, at the mean, so alike (0 to 1) …
_ALIKE = 0.6
# … or when the content alone is: a new name altogether.
_SAME_CONTENT = 0.85
# Names less alike than this (0 to 100) are not compared further, unless they share wording that few powers have.
_NAMES_ALIKE = 50
_FEW = 20
# So many names are compared at once: a hundred million likenesses would be 100 MB.
_AT_ONCE = 256
# A step or an item is quoted up to so many characters.
_QUOTED = 24

_LABELS = {
    Facet.PROCESS: "流程",
    Facet.RISKS: "廉政风险点",
    Facet.CONTROLS: "防控措施",
    Facet.RESPONSIBLE: "风险防控责任人",
}
_COUNTERS = {Facet.PROCESS: "步"}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class Named(_Model):
    """A power of one edition: where it stands and what it is called."""

    position: int
    serial: int | None
    unit: str
    name: str


class Change(_Model):
    """What left and what came in one facet of a power, in printed order.

    ``facet`` is ``None`` for what is no facet. ``label`` says what changed: the role of a post, 流程, 单位, 序号, the
    heading of a column. What only stands in another place is both in ``left`` and in ``came``.
    """

    facet: Facet | None
    label: str
    left: tuple[str, ...] = ()
    came: tuple[str, ...] = ()

    @property
    def is_order(self) -> bool:
        """Whether the same things stand in another order, and nothing else."""
        return sorted(self.left) == sorted(self.came)


class Changed(_Model):
    """A power that stays, and what changed in it; ``old`` and ``new`` differ in name when it is renamed."""

    old: Named
    new: Named
    changes: tuple[Change, ...] = ()

    @property
    def renamed(self) -> bool:
        """Whether it has another name."""
        return self.old.name != self.new.name


class Difference(_Model):
    """What changed from ``old`` to ``new``: powers added and removed, those renamed, those with other contents.

    A power that is renamed and changed is in both ``renamed`` and ``changed``; ``kept`` counts those that stay, in
    whatever form.
    """

    added: tuple[Named, ...] = ()
    removed: tuple[Named, ...] = ()
    renamed: tuple[Changed, ...] = ()
    changed: tuple[Changed, ...] = ()
    kept: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.changed)

    @property
    def counts(self) -> str:
        """The difference in one line: 「新增 1 项，删去 2 项，改名 1 项，内容有变 3 项」."""
        told = [
            f"{label} {len(powers)} 项"
            for label, powers in (
                ("新增", self.added),
                ("删去", self.removed),
                ("改名", self.renamed),
                ("内容有变", self.changed),
            )
            if powers
        ]
        return "，".join(told) or "内容没有变化"

    def lines(self) -> tuple[str, ...]:
        """Return the difference in lines, the most important first: people, powers, processes, risks, controls, rest.

        One change of many powers (somebody is succeeded everywhere) is one line.
        """
        said: dict[tuple[int, str], list[str]] = defaultdict(list)
        for power in self.changed:
            for change in power.changes:
                said[_rank(change), _told(change, power.new.unit)].append(_title(power.new))
        whole = [(rank, f"{_powers(titles)}：{told}") for (rank, told), titles in said.items()]
        whole += [(_POWERS, f"改名：{_title(power.old)} → {_title(power.new)}") for power in self.renamed]
        whole += [(_POWERS, f"新增：{_title(power)}") for power in self.added]
        whole += [(_POWERS, f"删去：{_title(power)}") for power in self.removed]
        return tuple(line for _rank, line in sorted(whole, key=lambda pair: pair[0]))

    def brief(self, most: int) -> tuple[str, ...]:
        """Return the first lines, no more than ``most`` with the one that says how many are left out."""
        lines = self.lines()
        if len(lines) <= most:
            return lines
        return (*lines[: most - 1], f"另有 {len(lines) - most + 1} 处变化。")


def difference(old: Register, new: Register) -> Difference:
    """Return what changed from ``old`` to ``new``."""
    pairs = _matched(old.powers, new.powers)
    kept = [_compared(old.powers[i], new.powers[j]) for i, j in sorted(pairs.items(), key=lambda pair: pair[1])]
    stayed = set(pairs.values())
    return Difference(
        added=tuple(_named(power) for j, power in enumerate(new.powers) if j not in stayed),
        removed=tuple(_named(power) for i, power in enumerate(old.powers) if i not in pairs),
        renamed=tuple(power for power in kept if power.renamed),
        changed=tuple(power for power in kept if power.changes),
        kept=len(kept),
    )


# ── which power is which ─────────────────────────────────────────────────────────────────────────────────────


def _matched(old: Sequence[Power], new: Sequence[Power]) -> dict[int, int]:
    """Return which of ``old`` is which of ``new``, by their indices."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    contents = _Contents(old, new)

    def take(scored: list[tuple[float, int, int]]) -> None:
        for _score, i, j in sorted(scored, key=lambda pair: (-pair[0], abs(pair[1] - pair[2]), pair[1])):
            if i not in pairs and j not in taken:
                pairs[i] = j
                taken.add(j)

    keys: tuple[Callable[[Power], tuple[str, ...]], ...] = (
        lambda power: (power.name, power.unit),
        lambda power: (plain(power.name), plain(power.unit)),
        lambda power: (plain(power.name),),
        lambda power: (plain(power.title),),
    )
    for key in keys:
        same: dict[tuple[str, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for i, power in enumerate(old):
            if i not in pairs:
                same[key(power)][0].append(i)
        for j, power in enumerate(new):
            if j not in taken:
                same[key(power)][1].append(j)
        for ours, theirs in same.values():  # mostly one of each; of several the like ones belong together
            alone = len(ours) == len(theirs) == 1
            take([(1.0 if alone else contents.alike(i, j), i, j) for i in ours for j in theirs])
    left = [i for i in range(len(old)) if i not in pairs]
    came = [j for j in range(len(new)) if j not in taken]
    take([scored for scored in _renames(old, new, left, came, contents) if scored[0] >= _ALIKE])
    return pairs


def _renames(
    old: Sequence[Power], new: Sequence[Power], left: list[int], came: list[int], contents: "_Contents"
) -> Iterator[tuple[float, int, int]]:
    """Yield (how alike, from 0 to 1, old index, new index) of those that may be one power under two names."""
    if not left or not came:
        return
    likely: set[tuple[int, int]] = set()
    names = [plain(new[j].title) for j in came]
    for start in range(0, len(left), _AT_ONCE):
        some = left[start : start + _AT_ONCE]
        alike = process.cdist([plain(old[i].title) for i in some], names, score_cutoff=_NAMES_ALIKE)
        likely.update((some[a], came[b]) for a, b in zip(*map(list, alike.nonzero()), strict=True))
    likely.update(contents.sharing(left, came))
    for i, j in likely:
        name = fuzz.ratio(plain(old[i].title), plain(new[j].title)) / 100
        content = contents.alike(i, j)
        yield (1.0 if content >= _SAME_CONTENT and contents.tells(i, j) else (name + content) / 2), i, j


class _Contents:
    """What the powers of two editions say, passage by passage; what many powers say counts little."""

    def __init__(self, old: Sequence[Power], new: Sequence[Power]):
        self._old = [_passages(power) for power in old]
        self._new = [_passages(power) for power in new]
        spread = Counter(passage for passages in self._new for passage in passages)
        before = Counter(passage for passages in self._old for passage in passages)
        self._spread = spread | before  # the larger of both

    def alike(self, i: int, j: int) -> float:
        """Return the share, from 0 to 1, of what the larger of two powers says that both say."""
        ours, theirs = self._old[i], self._new[j]
        whole = max(self._weight(ours), self._weight(theirs))
        return self._weight(ours & theirs) / whole if whole else 0.0

    def tells(self, i: int, j: int) -> bool:
        """Whether what two powers share tells them from others."""
        return self._weight(self._old[i] & self._new[j]) >= 1.0

    def sharing(self, left: Sequence[int], came: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the pairs that share a passage which few powers have."""
        having: dict[str, list[int]] = defaultdict(list)
        for j in came:
            for passage in self._new[j]:
                if self._spread[passage] <= _FEW:
                    having[passage].append(j)
        for i in left:
            for passage in self._old[i]:
                for j in having.get(passage, ()):
                    yield i, j

    def _weight(self, passages: frozenset[str]) -> float:
        return sum(1 / self._spread[passage] for passage in passages)


def _passages(power: Power) -> frozenset[str]:
    return frozenset(
        [
            *_process(power),
            *(risk.text for risk in power.risks),
            *power.controls,
            *(f"{post.role}：{'、'.join(post.people)}" for post in power.posts),
        ]
    )


# ── what changed in one power ────────────────────────────────────────────────────────────────────────────────


def _named(power: Power) -> Named:
    return Named(position=power.position, serial=power.serial, unit=power.unit, name=power.name)


def _compared(old: Power, new: Power) -> Changed:
    return Changed(old=_named(old), new=_named(new), changes=tuple(_changes(old, new)))


def _changes(old: Power, new: Power) -> Iterator[Change]:
    if old.posts != new.posts:
        yield from _changed_posts(old, new)
    for facet, read in _READ:
        yield from _exchange(facet, _LABELS[facet], read(old), read(new))
    for heading in dict.fromkeys([*old.extra, *new.extra]):
        values = ((power.extra[heading],) if heading in power.extra else () for power in (old, new))
        yield from _exchange(None, heading, *values)
    yield from _exchange(None, "单位", *((power.unit,) if power.unit else () for power in (old, new)))
    yield from _exchange(None, "序号", *((str(p.serial),) if p.serial is not None else () for p in (old, new)))


def _changed_posts(old: Power, new: Power) -> Iterator[Change]:
    """Yield who left and who came, role by role; a role with another name and the same people is the same."""
    before, after = _roles(old), _roles(new)
    for role in list(before):
        if role not in after:
            successor = next((r for r in after if r not in before and after[r] == before[role]), None)
            if successor is not None:
                yield Change(facet=Facet.POSTS, label="岗位名称", left=(role,), came=(successor,))
                del before[role], after[successor]
    for role in dict.fromkeys([*before, *after]):
        left, came = before.get(role, ()), after.get(role, ())
        if role not in after and not left:
            yield Change(facet=Facet.POSTS, label="岗位", left=(role,))
        elif role not in before and not came:
            yield Change(facet=Facet.POSTS, label="岗位", came=(role,))
        else:
            yield from _exchange(Facet.POSTS, role or "岗位", left, came)


def _roles(power: Power) -> dict[str, tuple[str, ...]]:
    """Return the people of each role; a role may be printed twice."""
    roles: dict[str, tuple[str, ...]] = {}
    for post in power.posts:
        roles[post.role] = roles.get(post.role, ()) + post.people
    return roles


def _exchange(facet: Facet | None, label: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Yield what left and what came, if anything did."""
    left: list[str] = []
    came: list[str] = []
    if tuple(old) == tuple(new):
        return
    for part in Indel.opcodes(list(old), list(new)):
        if part.tag != "equal":
            left += old[part.src_start : part.src_end]
            came += new[part.dest_start : part.dest_end]
    yield Change(facet=facet, label=label, left=tuple(left), came=tuple(came))


def _process(power: Power) -> tuple[str, ...]:
    return tuple(f"（{step.condition}）{step.text}" if step.condition else step.text for step in power.process)


def _risks(power: Power) -> tuple[str, ...]:
    """Return the risks, each with its level and its own controls."""
    return tuple(
        (f"【{risk.level}】" if risk.level else "") + risk.text + "".join(f"（{control}）" for control in risk.controls)
        for risk in power.risks
    )


_READ: tuple[tuple[Facet, Callable[[Power], tuple[str, ...]]], ...] = (
    (Facet.RESPONSIBLE, lambda power: power.responsible),
    (Facet.PROCESS, _process),
    (Facet.RISKS, _risks),
    (Facet.CONTROLS, lambda power: power.controls),
)

# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────

_ORDER = (Facet.POSTS, Facet.RESPONSIBLE, "powers", Facet.PROCESS, Facet.RISKS, Facet.CONTROLS, None)
_POWERS = _ORDER.index("powers")


def _rank(change: Change) -> int:
    return _ORDER.index(change.facet) + (change.label == "序号")


def _title(power: Named) -> str:
    return Power(position=power.position, name=power.name).title


def _powers(titles: Sequence[str]) -> str:
    """Name one or two powers; of more the first and how many they are."""
    return "、".join(titles) if len(titles) <= 2 else f"{titles[0]}等 {len(titles)} 项"


def _told(change: Change, unit: str) -> str:
    """Say a change in words: 「经办人 赵思聪 → 林一鸣」, 「流程新增“公示”」."""
    label = change.label.removeprefix(unit) or change.label
    if change.is_order:
        return f"{label}次序有变"
    if change.facet in _COUNTED:
        return label + _counted(change, _COUNTERS.get(change.facet, "条"))
    left, came = ("、".join(map(_quoted, side)) for side in (change.left, change.came))
    if left and came:
        return f"{label} {left} → {came}"
    return f"{label}新增 {came}" if came else f"{label}不再有 {left}"


_COUNTED = frozenset({Facet.PROCESS, Facet.RISKS, Facet.CONTROLS})


def _counted(change: Change, counter: str) -> str:
    """Say which steps or items came and left: quoted when it is one of each, else counted."""
    if len(change.left) <= 1 and len(change.came) <= 1:
        left, came = (f"“{_quoted(side[0])}”" if side else "" for side in (change.left, change.came))
        if left and came:
            return f" {left} → {came}"
        return f"新增{came}" if came else f"删去{left}"
    told = []
    if change.came:
        told.append(f"新增 {len(change.came)} {counter}")
    if change.left:
        told.append(f"删去 {len(change.left)} {counter}")
    return "、".join(told)


def _quoted(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
