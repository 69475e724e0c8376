"""How jieba cuts a question: where its tokens begin and end, and which of them are words of the language."""

from dataclasses import dataclass
from functools import cached_property

from knowledge.lexicon import Lexicon

Span = tuple[int, int]


@dataclass
class Tokens:
    """A text (pinyin as codes) and jieba's tokens of it, as (start, end); never changed."""

    text: str
    spans: list[Span]
    words: list[Span]  # those of two characters or more that are in the dictionary

    @cached_property
    def edges(self) -> frozenset[int]:
        """Where a token begins or ends."""
        return frozenset(edge for span in self.spans for edge in span)

    @cached_property
    def inside(self) -> frozenset[int]:
        """Where a cut would cut a word of the language."""
        return frozenset(i for start, end in self.words for i in range(start + 1, end))

    @cached_property
    def word_starts(self) -> frozenset[int]:
        """Where a word of the language begins."""
        return frozenset(start for start, _end in self.words)

    @cached_property
    def word_ends(self) -> frozenset[int]:
        """Where a word of the language ends."""
        return frozenset(end for _start, end in self.words)


def tokenised(text: str, lexicon: Lexicon) -> Tokens:
    """Return how jieba cuts ``text`` with the dictionary of ``lexicon``."""
    spans, at = [], 0
    for token in lexicon.cut(text):
        spans.append((at, at + len(token)))
        at += len(token)
    words = [(start, end) for start, end in spans if end - start > 1 and lexicon.is_word(text[start:end])]
    return Tokens(text, spans, words)
