"""The register as data: frozen, validated, with the fields of the JSON contract (``docs/design.md``)."""

import re
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_REMARK = re.compile(r"[（(]([^（()）]*)[）)][。；;\s]*$")
_STOPS = "。；; "

Text = Annotated[str, StringConstraints(min_length=1)]


class Facet(StrEnum):
    """One element of a power (要素). ``OVERVIEW`` means all of them."""

    PROCESS = "process"
    POSTS = "posts"
    RISKS = "risks"
    CONTROLS = "controls"
    RESPONSIBLE = "responsible"
    OVERVIEW = "overview"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Model):
    """One step of a process; ``number`` counts from 1.

    ``text`` is verbatim without the brackets of its condition; ``condition`` is what stood in them when it
    governs the step (「（重大项目）报局主要领导审定」).
    """

    number: int = Field(ge=1)
    text: Text
    condition: str | None = None


class Post(_Model):
    """A key post (重点岗位): the printed role and the people who hold it. A role may be unnamed ("")."""

    role: str
    people: tuple[Text, ...] = ()


class Risk(_Model):
    """An integrity risk; ``level`` and its own ``controls`` where a register grades or counters each risk."""

    text: Text
    level: str | None = None
    controls: tuple[Text, ...] = ()


class Power(_Model):
    """One entry of the register (事项).

    ``position`` counts from 1 in file order; ``serial`` is the printed 序号 where there is one; ``extra``
    keeps, by printed heading, the columns that have no field.
    """

    position: int = Field(ge=1)
    serial: int | None = None
    unit: str = ""
    name: Text
    process: tuple[Step, ...] = ()
    posts: tuple[Post, ...] = ()
    risks: tuple[Risk, ...] = ()
    controls: tuple[Text, ...] = ()
    responsible: tuple[Text, ...] = ()
    extra: Mapping[str, str] = Field(default_factory=dict)

    @property
    def remark(self) -> str | None:
        """What stands in brackets at the end of the name (「目前基金已进入退出期，不再新增投资」), if anything."""
        found = _REMARK.search(self.name)
        return found[1] if found else None

    @property
    def full_name(self) -> str:
        """The name as it is printed, without its full stop."""
        return self.name.rstrip(_STOPS)

    @property
    def title(self) -> str:
        """The name as people say it: without its closing remark and full stop."""
        return _REMARK.sub("", self.name).rstrip(_STOPS) or self.name


class Fault(_Model):
    """A fault of the source, kept verbatim in the data.

    ``kind`` is a stable slug, ``message`` one Chinese sentence that says what is printed and what a careful
    person would read.
    """

    kind: str
    position: int | None = None
    facet: Facet | None = None
    message: str


class Register(_Model):
    """One file of powers.

    ``preface`` holds the lines above the table, ``postscript`` those below it, ``headings`` the printed column heads.
    """

    title: str
    powers: tuple[Power, ...] = Field(min_length=1)
    faults: tuple[Fault, ...] = ()
    preface: tuple[str, ...] = ()
    postscript: tuple[str, ...] = ()
    headings: Mapping[str, str] = Field(default_factory=dict)

    def contract(self) -> dict[str, Any]:
        """Return the register in the form that other programs read (``title``, ``powers``, ``faults``)."""
        return self.model_dump(mode="json", include={"title", "powers", "faults"})

    @cached_property
    def _shared_titles(self) -> frozenset[str]:
        count = Counter(power.title for power in self.powers)
        return frozenset(title for title, times in count.items() if times > 1)

    def called(self, power: Power) -> str:
        """Return the name that tells ``power`` from all others: its title, with the remark behind it where another
        power has that title too (「道路运输证发放（换发）」 and 「（补办）」).
        """
        return power.full_name if power.title in self._shared_titles else power.title

    def power(self, position: int) -> Power:
        """Return the power at ``position`` (1-based).

        Raises:
            IndexError: there is no such position.
        """
        if not 1 <= position <= len(self.powers):
            raise IndexError(position)
        return self.powers[position - 1]
