"""Text as Telegram keeps it: plain characters, and entities counted in UTF-16 units."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

# A letter of any script before or behind spoils both: 「/ask二手车」 is no command, 「请问@bot」 no mention.
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")
_MENTION = re.compile(r"(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w)")


@dataclass(frozen=True)
class Entity:
    """A stretch of text with a meaning; ``extra`` holds the fields that only some types have (url, language …)."""

    type: str
    offset: int
    length: int
    extra: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return {"type": self.type, "offset": self.offset, "length": self.length, **self.extra}

    def of(self, text: str) -> str:
        """The characters of ``text`` that it covers."""
        units = text.encode("utf-16-le")
        return units[2 * self.offset : 2 * (self.offset + self.length)].decode("utf-16-le")


@dataclass(frozen=True)
class FormattedText:
    text: str
    entities: tuple[Entity, ...] = ()

    def trimmed(self) -> "FormattedText":
        """Without white space at both ends, as the server keeps it."""
        kept = self.text.strip()
        left = utf16_length(self.text) - utf16_length(self.text.lstrip())
        end = utf16_length(kept)
        entities = []
        for entity in self.entities:
            start = max(entity.offset - left, 0)
            stop = min(entity.offset - left + entity.length, end)
            if stop > start:
                entities.append(Entity(entity.type, start, stop - start, entity.extra))
        return FormattedText(kept, tuple(entities))


def utf16_length(text: str) -> int:
    """How long Telegram finds ``text``: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def detected(text: str) -> FormattedText:
    """What a person typed, with the /commands and @mentions that the server finds in it."""

    def found() -> Iterator[Entity]:
        for kind, pattern in (("bot_command", _COMMAND), ("mention", _MENTION)):
            for match in pattern.finditer(text):
                yield Entity(kind, utf16_length(text[: match.start()]), utf16_length(match.group()))

    return FormattedText(text, tuple(sorted(found(), key=lambda entity: entity.offset)))
