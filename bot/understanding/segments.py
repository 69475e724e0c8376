"""What a cut question is made of: its segments, and what explains each."""

from dataclasses import dataclass
from enum import Enum, auto

from bot.understanding.vocabulary import asks_facet
from knowledge.pinyin import is_code
from knowledge.search import Match


class Kind(Enum):
    """What explains a segment."""

    NAME = auto()
    WORD = auto()
    PERSON = auto()
    UNIT = auto()
    ORDINAL = auto()
    ABSENT = auto()
    BODY = auto()
    MARK = auto()
    OTHER = auto()


@dataclass(slots=True, eq=False)  # some 150 are tried for a question: freezing and comparing them costs a fifth of it
class Segment:
    """A stretch of the question and what explains it; never changed."""

    start: int
    end: int
    text: str
    kind: Kind
    tags: frozenset[str] = frozenset()
    people: tuple[str, ...] = ()
    number: int | None = None
    numbers: tuple[int, ...] = ()  # 「第2、3、6项」
    counter: str = ""
    word: str = ""  # the word that was meant, where the text only sounds like it
    positions: frozenset[int] = frozenset()  # powers named by initials

    @property
    def meant(self) -> str:
        """The wording that was meant: what the register says where the text only sounds like it."""
        return self.word if self.kind in (Kind.BODY, Kind.UNIT) and self.word else self.text

    @property
    def is_loose(self) -> bool:
        """Whether nothing explains the segment, or it is but a single acting character (定, 投)."""
        return self.kind is Kind.OTHER or (len(self.text) == 1 and "cue:act" in self.tags)

    @property
    def is_facet(self) -> bool:
        """Whether the segment is a word that asks for a facet."""
        return asks_facet(self.tags)

    def tagged(self, *tags: str) -> bool:
        """Whether the segment has one of ``tags``."""
        return not self.tags.isdisjoint(tags)


def is_letter(char: str) -> bool:
    """Whether ``char`` is a letter, a digit or a syllable, not a mark."""
    return char.isalnum() or is_code(char)


# Stands before and behind all segments, for those who look at two.
END = Segment(0, 0, " ", Kind.MARK)


@dataclass
class Cut:
    """A question's text (pinyin as codes), its segments, and how it meets the powers' names."""

    text: str
    segments: list[Segment]
    match: Match
    words: list[tuple[int, int]]  # where words of the language stand, of two characters or more
