"""Our search and the plain alternatives, all with the same texts and equally prepared queries.

Everybody gets simplified characters without marks; those that index syllables get pinyin cut into syllables.
"""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

import bm25s
import jieba
from rapidfuzz import fuzz, process

from bench.names import Names
from knowledge.lexicon import Lexicon
from knowledge.likeness import typed
from knowledge.pinyin import sounds
from knowledge.search import PowerIndex
from knowledge.text import plain

_NOTHING = -1


class Competitor(ABC):
    """A way to find the row of a power by its name. ``slow`` ones answer fewer queries of many names."""

    title: ClassVar[str]
    slow: ClassVar[bool] = False

    def prepare(self, names: Names) -> None:
        """Load what is needed besides the index; this is not measured."""
        jieba.initialize()
        self._texts = [(plain(text), row) for row, texts in enumerate(names.texts) for text in texts]

    @abstractmethod
    def build(self) -> None:
        """Build the index."""

    @abstractmethod
    def find(self, text: str) -> int:
        """Return the row that ``text`` means, or -1."""


class Lianzheng(Competitor):
    """Our search."""

    title = "lianzheng"
    _lexicon: Lexicon

    def prepare(self, names: Names) -> None:
        """Make the lexicon of a register with these names."""
        self._lexicon = names.lexicon()

    def build(self) -> None:
        """Build the index, which otherwise happens when it is first needed."""
        self._index = PowerIndex(self._lexicon)
        self._index.find("建")

    def find(self, text: str) -> int:
        """Return the first hit."""
        hits = self._index.find(text, 1)
        return hits[0].position - 1 if hits else _NOTHING


class _Fts(Competitor):
    """SQLite FTS5: any of the words, best rank first."""

    slow = True
    _tokenizer: ClassVar[str]

    def build(self) -> None:
        """Fill a virtual table."""
        self._db = sqlite3.connect(":memory:")
        self._db.execute(f"create virtual table names using fts5(text, power unindexed, tokenize='{self._tokenizer}')")
        rows = ((" ".join(self._indexed(text)), row) for text, row in self._texts)
        self._db.executemany("insert into names values (?, ?)", rows)
        self._db.execute("insert into names(names) values ('optimize')")

    def find(self, text: str) -> int:
        """Return the power of the best ranked text."""
        words = [f'"{word}"' for word in self._asked(plain(text))]
        if not words:
            return _NOTHING
        found = self._db.execute(
            "select power from names where names match ? order by rank limit 1", (" OR ".join(words),)
        ).fetchone()
        return int(found[0]) if found else _NOTHING

    def _indexed(self, text: str) -> Iterable[str]:
        return [text]

    @abstractmethod
    def _asked(self, text: str) -> Iterable[str]:
        """Return the words to look for."""


class FtsTrigram(_Fts):
    """FTS5 over sequences of three characters."""

    title = "FTS5 trigram"
    _tokenizer = "trigram"

    def _asked(self, text: str) -> Iterable[str]:
        return dict.fromkeys(text[i : i + 3] for i in range(len(text) - 2))


class FtsWords(_Fts):
    """FTS5 over jieba's words."""

    title = "FTS5 jieba"
    _tokenizer = "unicode61"

    def _indexed(self, text: str) -> Iterable[str]:
        return _words(text)

    def _asked(self, text: str) -> Iterable[str]:
        return dict.fromkeys(_words(text))


class _Bm25(Competitor):
    """The library bm25s with its defaults; all names of a power are one document."""

    def build(self) -> None:
        """Index one document for each power."""
        documents: dict[int, list[str]] = {}
        for text, row in self._texts:
            documents.setdefault(row, []).extend(self._tokens(text))
        self._index = bm25s.BM25()
        self._index.index(list(documents.values()), show_progress=False)

    def find(self, text: str) -> int:
        """Return the row of the best document."""
        rows, scores = self._index.retrieve([self._tokens(typed(text)[0])], k=1, show_progress=False)
        return int(rows[0, 0]) if scores[0, 0] > 0 else _NOTHING

    @abstractmethod
    def _tokens(self, text: str) -> list[str]:
        """Return what is indexed of a name and looked for of a query."""


class Bm25Words(_Bm25):
    """bm25s over jieba's words."""

    title = "bm25s jieba"

    def _tokens(self, text: str) -> list[str]:
        return _words(text)


class Bm25Ngrams(_Bm25):
    """bm25s over one and two characters, two and three syllables: the best of seven such choices tried."""

    title = "bm25s n-grams"

    def _tokens(self, text: str) -> list[str]:
        said = sounds(text)
        characters = [text[i : i + n] for n in (1, 2) for i in range(len(text) - n + 1)]
        return characters + ["~" + said[i : i + n] for n in (2, 3) for i in range(len(said) - n + 1)]


class Fuzzy(Competitor):
    """rapidfuzz's partial_ratio over all names."""

    title = "rapidfuzz"
    slow = True

    def build(self) -> None:
        """Make a list of the texts: there is no index."""
        self._names = [text for text, _ in self._texts]

    def find(self, text: str) -> int:
        """Compare with every text."""
        found = process.extractOne(plain(text), self._names, scorer=fuzz.partial_ratio)
        return self._texts[found[2]][1] if found else _NOTHING


def _words(text: str) -> list[str]:
    return list(jieba.cut_for_search(text))


ALL: dict[str, type[Competitor]] = {
    kind.title: kind for kind in (Lianzheng, Bm25Ngrams, Bm25Words, FtsTrigram, FtsWords, Fuzzy)
}
