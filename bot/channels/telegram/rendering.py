"""How a reply looks in Telegram: HTML with everything escaped, the answer first, long parts folded, pages of 4,096."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from math import ceil

from telegram.constants import MessageLimit

from bot.messages import Block, Reply

# Telegram counts UTF-16 code units of the text without its tags.
_PAGE = int(MessageLimit.MAX_TEXT_LENGTH)
# A line of a phone's screen holds so many characters; a block of more such lines is folded.
_PHONE_LINE, _LONG = 20, 8
# A phone shows so many characters of a button; a longer option is written out above.
_BUTTON = 16


@dataclass(frozen=True)
class _Line:
    """One line: its text, the tag around it, and the folded block that it is in (0: none)."""

    text: str = ""
    tag: str = ""
    fold: int = 0

    @property
    def html(self) -> str:
        """The line as HTML."""
        html = plain_html(self.text)
        return f"<{self.tag}>{html}</{self.tag}>" if self.tag and html else html

    @property
    def length(self) -> int:
        """How much of a page it takes, with its end."""
        return len(self.text.encode("utf-16-le")) // 2 + 1


def pages(reply: Reply) -> list[str]:
    """Return the messages (HTML) that show ``reply``: one, or several cut between lines where one can't hold it."""
    made: list[str] = []
    page: list[_Line] = []
    room = _PAGE
    for line in _fitting(_lines(reply)):
        if line.length > room and page:
            made.append(_html(page))
            page, room = [], _PAGE
        page.append(line)
        room -= line.length
    return [*made, _html(page)]


def plain_html(text: str) -> str:
    """Return ``text`` as HTML that shows it as it is."""
    return escape(text, quote=False)


def excerpt(text: str, most: int) -> str:
    """Return the first ``most`` characters of ``text`` in one line, with a sign where it was cut."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _lines(reply: Reply) -> Iterator[_Line]:
    yield _Line(reply.first, "b")
    for fold, block in enumerate(reply.blocks, start=1):
        if block.heading or len(block.lines) > 1:
            yield _Line()
        if block.heading:
            yield _Line(block.heading, "b")
        for index, text in enumerate(block.lines):
            number = f"{index + 1}. " if block.numbered else ""
            marked = index in block.marked
            inside = fold if _is_long(block) else 0
            yield _Line(f"{'▶ ' if marked else ''}{number}{text}", "b" if marked else "", inside)
    if any(len(option.label) > _BUTTON for option in reply.options):
        yield _Line()
        yield from (_Line(f"{number}. {option.label}") for number, option in enumerate(reply.options, start=1))
    if reply.source:
        yield _Line()
        yield _Line(f"—— {reply.source}", "i")


def _is_long(block: Block) -> bool:
    return sum(ceil(len(line) / _PHONE_LINE) for line in block.lines) > _LONG


def _fitting(lines: Iterator[_Line]) -> Iterator[_Line]:
    """Cut lines that no page can hold."""
    at_once = _PAGE // 2 - 1  # a character takes one or two units
    for line in lines:
        for start in range(0, len(line.text) or 1, at_once) if line.length > _PAGE else (0,):
            stop = start + at_once if line.length > _PAGE else None
            yield replace(line, text=line.text[start:stop])


def _html(page: list[_Line]) -> str:
    """Return one page: its lines, those of a folded block in a block quote."""
    parts = []
    for fold, lines in groupby(page, key=lambda line: line.fold):
        html = "\n".join(line.html for line in lines)
        parts.append(f"<blockquote expandable>{html}</blockquote>" if fold else html)
    return "\n".join(parts).strip("\n")
