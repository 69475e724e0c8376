"""Telegram's HTML: what the server makes of ``parse_mode=HTML``, and how it refuses what it can't read.

The rules and the words of the refusals are those of TDLib's ``parse_html`` (td/telegram/MessageEntity.cpp).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.botapi.text import Entity, FormattedText

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACE = " \t\r\n\v\0"
_END = "\0"


class UnreadableHtmlError(Exception):
    """The markup can't be read; the message is Telegram's."""


@dataclass(frozen=True)
class _Open:
    """A start tag whose end has not come yet; ``argument`` is what its attributes give to the entity."""

    tag: str
    argument: str
    offset: int
    length: int


def parse_html(markup: str) -> FormattedText:
    """The text without its tags and the entities that they become, outer ones first.

    Raises:
        UnreadableHtmlError: a tag is unknown, not closed, closed wrongly, or written wrongly.
    """
    return _Parser(markup).parse()


class _Parser:
    def __init__(self, markup: str):
        self.markup = markup + _END
        self.at = 0
        self.text: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def parse(self) -> FormattedText:
        while self.at < len(self.markup) - 1:
            if self._here == "<":
                self._tag()
            else:
                char = self._character()
                self.text.append(char)
                self.offset += 2 if ord(char) > 0xFFFF else 1
        if self.open:
            raise UnreadableHtmlError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        text = "".join(self.text)
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise UnreadableHtmlError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return FormattedText(text, tuple(sorted(self.entities, key=lambda entity: (entity.offset, -entity.length))))

    @property
    def _here(self) -> str:
        return self.markup[self.at]

    def _byte(self, position: int) -> int:
        return len(self.markup[:position].encode())

    def _take_while(self, chars: str, *, found: bool) -> str:
        """What stands up to the first character that is (not) one of ``chars``, or up to the end."""
        start = self.at
        while self._here != _END and (self._here in chars) is found:
            self.at += 1
        return self.markup[start : self.at]

    def _character(self) -> str:
        """The character here, read through an escape (&lt; &#60; &#x3c;) if it is one."""
        char = self._here
        self.at += 1
        if char != "&":
            return char
        start = self.at
        if self._here == "#":
            self.at += 1
            base, digits = (16, "0123456789abcdefABCDEF") if self._here == "x" else (10, "0123456789")
            self.at += base == 16
            number = self._take_while(digits, found=True)
            code = int(number or "0", base)
            decoded = chr(code) if 0 < code < 0x10FFFF and self.at - start < 9 else ""
        else:
            while self._here.isascii() and self._here.isalpha():
                self.at += 1
            decoded = _NAMED.get(self.markup[start : self.at], "")
        if not decoded:
            self.at = start
            return char
        self.at += self._here == ";"
        return decoded

    def _tag(self) -> None:
        begin = self.at
        self.at += 1
        if self._here == "/":
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _start_tag(self, begin: int) -> None:
        tag = self._take_while(_SPACE + ">", found=False).lower()
        if self._here == _END:
            raise UnreadableHtmlError(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if tag not in _TYPES:
            raise UnreadableHtmlError(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        argument = ""
        for name, value in self._attributes(tag, begin):
            argument = _argument(tag, name, value) or argument
        if tag == "span" and argument != "spoiler":
            raise UnreadableHtmlError(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}',
            )
        self.at += 1
        self.open.append(_Open(tag, argument, self.offset, len(self.text)))

    def _attributes(self, tag: str, begin: int) -> Iterator[tuple[str, str]]:
        while True:
            self._take_while(_SPACE, found=True)
            if self._here == ">":
                return
            name = self._take_while(_SPACE + "=>", found=False)
            if not name:
                if self._here == _END:
                    raise UnreadableHtmlError(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
                raise UnreadableHtmlError(
                    f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}',
                )
            self._take_while(_SPACE, found=True)
            value = ""
            if self._here == "=":
                self.at += 1
                self._take_while(_SPACE, found=True)
                value = self._attribute_value(tag, begin)
            if self._here == _END:
                raise UnreadableHtmlError(f"Unclosed start tag at byte offset {self._byte(begin)}")
            yield name, value

    def _attribute_value(self, tag: str, begin: int) -> str:
        if self._here == _END:
            raise UnreadableHtmlError(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
        if self._here not in "'\"":
            start = self.at
            while self._here.isascii() and (self._here.isalnum() or self._here in ".-"):
                self.at += 1
            if self._here not in _SPACE + ">":
                raise UnreadableHtmlError(f"Unexpected end of name token at byte offset {self._byte(start)}")
            return self.markup[start : self.at].lower()
        quote = self._here
        self.at += 1
        value = []
        while self._here not in (quote, _END):
            value.append(self._character())
        self.at += self._here == quote
        return "".join(value)

    def _end_tag(self, begin: int) -> None:
        if not self.open:
            raise UnreadableHtmlError(f"Unexpected end tag at byte offset {self._byte(begin)}")
        self.at += 1
        tag = self._take_while(_SPACE + ">", found=False).lower()
        self._take_while(_SPACE, found=True)
        if self._here != ">":
            raise UnreadableHtmlError(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self.at += 1
        opened = self.open.pop()
        if tag not in ("", opened.tag):
            raise UnreadableHtmlError(
                f'Unmatched end tag at byte offset {self._byte(begin)}, expected "</{opened.tag}>", found "</{tag}>"'
            )
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self.offset - opened.offset
        kind, extra = _TYPES[opened.tag], {}
        if opened.tag == "tg-emoji":
            if not opened.argument.isdecimal() or not int(opened.argument):
                raise UnreadableHtmlError("Invalid custom emoji identifier specified")
            extra["custom_emoji_id"] = opened.argument
        elif opened.tag == "a":
            url = opened.argument or "".join(self.text[opened.length :])
            if "." not in url and "://" not in url:
                return
            extra["url"] = url
        elif opened.argument == "expandable":
            kind = "expandable_blockquote"
        elif opened.tag == "pre" and self.entities:
            inner = self.entities[-1]
            if inner.type == "code" and (inner.offset, inner.length) == (opened.offset, length) and inner.extra:
                self.entities.pop()
                extra = dict(inner.extra)
        elif opened.tag == "code" and opened.argument:
            extra["language"] = opened.argument
        self.entities.append(Entity(kind, opened.offset, length, extra))


def _argument(tag: str, name: str, value: str) -> str:
    """What an attribute gives to its tag's entity; nothing for attributes that the server ignores."""
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case "code", "class":
            return value.removeprefix("language-") if value.startswith("language-") else ""
        case "span", "class":
            return value.removeprefix("tg-") if value.startswith("tg-") else ""
        case "blockquote", "expandable":
            return "expandable"
    return ""
