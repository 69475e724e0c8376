"""What goes in and out of the assistant: the same for every channel, and never markup."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from knowledge.models import Facet

Kind = Literal["answer", "list", "choose", "unknown", "chat"]


class Shown(BaseModel):
    """What an earlier answer was about, whoever asked for it."""

    model_config = ConfigDict(frozen=True)

    powers: tuple[int, ...]
    facets: tuple[Facet, ...]


class Question(BaseModel):
    """What a person typed, where: questions of one chat and user are one conversation.

    ``unit`` is the unit or division that the chat is of: its powers are meant where several fit equally well.
    ``about``: the answer that it replies to, where the channel knows it.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    chat: str = ""
    user: str = ""
    unit: str = ""
    about: Shown | None = None


class Option(BaseModel):
    """A power offered for choosing; ``label`` is short enough for a button."""

    model_config = ConfigDict(frozen=True)

    label: str
    power: int


class Block(BaseModel):
    """A part of a reply: a heading and its lines; numbered when the register's own list has an order."""

    model_config = ConfigDict(frozen=True)

    heading: str = ""
    lines: tuple[str, ...] = ()
    numbered: bool = False
    marked: tuple[int, ...] = ()  # indices of the lines that the question points at


class Reply(BaseModel):
    """The answer as data. ``first`` is the direct answer in one line; ``source`` says where it stands."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    first: str
    powers: tuple[int, ...] = ()
    facets: tuple[Facet, ...] = ()
    blocks: tuple[Block, ...] = ()
    options: tuple[Option, ...] = ()
    pending: tuple[Facet, ...] = ()  # what was asked of the power that is to be chosen
    source: str = ""

    @property
    def text(self) -> str:
        """The whole reply as plain text."""
        parts = [self.first]
        for block in self.blocks:
            lines = [block.heading] if block.heading else []
            for index, line in enumerate(block.lines):
                mark = "▶ " if index in block.marked else ""
                lines.append(f"{mark}{index + 1}. {line}" if block.numbered else f"{mark}{line}")
            parts.append("\n".join(lines))
        if self.options:
            parts.append("\n".join(f"{n}. {option.label}" for n, option in enumerate(self.options, start=1)))
        if self.source:
            parts.append(f"—— {self.source}")
        return "\n\n".join(parts) if len(parts) > 2 else "\n".join(parts)

    def contract(self) -> dict[str, Any]:
        """Return the reply in the form that other programs read."""
        return {
            "kind": self.kind,
            "powers": list(self.powers),
            "facets": [facet.value for facet in self.facets],
            "text": self.text,
            "options": [option.model_dump() for option in self.options],
        }
