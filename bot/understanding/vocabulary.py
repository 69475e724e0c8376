"""The words of questions (``words.toml``), ready for looking up."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from knowledge.pinyin import blurred, initials, sounds
from knowledge.text import normalise

# What asks: where nothing does, 那 is written for 哪.
_ASKING = re.compile("[谁哪啥咋吗呢吧么?]|什么|怎|如何|多少|(?<!那)几")
# Where a numeral stands: 「第三个」.
_NUMERAL = re.compile("(?<=第)[一-鿿](?=[个项步条])")
_THAT = re.compile("那(?=些|几|两|俩|一?[个项条步](?!\\W*$)|科|家|位|边|里|儿)")


@dataclass(frozen=True)
class Vocabulary:
    """Words and what they are tagged with: ``facet:process``, ``cue:set``, ``chat:thanks``, ``padding``."""

    tags: dict[str, frozenset[str]]
    by_sound: dict[str, str]
    padding_by_sound: dict[str, str]  # words that carry nothing, for who types in pinyin
    beginnings: dict[str, int]  # the first two sounds of all words, in any accent, and how long such words are at most
    by_accent: dict[str, str]  # words for facets by what many don't tell apart: 分险 for 风险
    patterns: tuple[tuple[str, re.Pattern[str]], ...]  # tags of what is found, not of a list of words
    absent: tuple[tuple[str, re.Pattern[str]], ...]
    spellings: tuple[tuple[str, re.Pattern[str]], ...]  # a word, and how it is written in chats
    any_spelling: re.Pattern[str]  # any of them: most questions have none
    numerals: dict[str, str]  # characters that sound like a numeral, and which
    question: re.Pattern[str]  # what makes a clause ask or order something
    of_asker: re.Pattern[str]  # what speaks of the asker
    order: re.Pattern[str]  # what is wanted done
    synonyms: dict[str, tuple[str, ...]]
    opposites: dict[str, str]
    longest: int
    initials: dict[str, str]  # words for facets by their initials: 流程 by ``lc``

    def spelt_out(self, text: str) -> str:
        """Return ``text`` (normalised) with the words of chats written as everybody writes them."""
        for word, pattern in self.spellings if self.any_spelling.search(text) else ():
            text = pattern.sub(word, text)
        return _NUMERAL.sub(lambda met: self.numerals.get(met[0], met[0]), text)

    @staticmethod
    def with_which(text: str) -> str:
        """Return ``text`` with 哪 for 那 where nothing in it asks otherwise: 「要上党组会的是那几项」."""
        return text if _ASKING.search(text) else _THAT.sub("哪", text, count=1)

    def of(self, word: str) -> frozenset[str]:
        """Return the tags of ``word``; empty when it is none of ours."""
        return self.tags.get(word, frozenset())


def asks_facet(tags: Iterable[str]) -> bool:
    """Whether a word with ``tags`` asks for a facet."""
    return any(tag.startswith("facet:") for tag in tags)


def _read(name: str) -> str:
    return resources.files("bot.understanding").joinpath(name).read_text("utf-8")


def _either(forms: list[str]) -> str:
    """Return a regular expression for any of ``forms``."""
    return "|".join(forms)


def _lines(name: str) -> list[str]:
    return [line for line in _read(name).splitlines() if line and not line.startswith("#")]


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary; read once."""
    data = tomllib.loads(_read("words.toml"))
    tags: dict[str, set[str]] = {}
    for section, prefix in (("facets", "facet:"), ("cues", "cue:"), ("chat", "chat:")):
        for name, words in data[section].items():
            for word in words.split():
                for form in {word, word.replace("你", "您")}:
                    tags.setdefault(normalise(form), set()).add(prefix + name)
    for word in data["padding"]["words"].split():
        tags.setdefault(normalise(word), set()).add("padding")
    padding_by_sound = {sounds(word): word for word, given in tags.items() if len(word) > 1 and given <= {"padding"}}
    for word in _lines("function_words.txt"):
        tags.setdefault(normalise(word), {"padding"})
    tags.pop("", None)
    by_sound: dict[str, str] = {}
    for word, given in tags.items():
        # one-syllable words would be heard everywhere
        if len(word) > 1 and not given <= {"padding"}:
            by_sound.setdefault(sounds(word), word)
    # of two one-syllable words the one that does more in a question: 和 rather than 核
    for word in sorted(tags, key=lambda word: (tags[word] <= {"cue:act"}, "cue:also" not in tags[word])):
        by_sound.setdefault(sounds(word), word)
    beginnings: dict[str, int] = {}
    for word in tags:
        said = blurred(word)[:2]
        beginnings[said] = max(len(word), beginnings.get(said, 0))
    synonyms: dict[str, tuple[str, ...]] = {}
    for group in data.get("synonyms", {}).get("groups", []):
        words = tuple(group.split())
        for word in words:
            synonyms[word] = tuple(dict.fromkeys([*synonyms.get(word, ()), word, *(w for w in words if len(w) > 1)]))
    return Vocabulary(
        tags={word: frozenset(given) for word, given in tags.items()},
        by_sound=by_sound,
        padding_by_sound=padding_by_sound,
        beginnings=beginnings,
        by_accent={blurred(word): word for word, given in tags.items() if len(word) > 1 and asks_facet(given)},
        patterns=tuple((tag, re.compile(_either(forms))) for tag, forms in data["patterns"].items()),
        absent=tuple((label, re.compile(_either(forms))) for label, forms in data["absent"].items()),
        spellings=tuple((word, re.compile(_either(forms))) for word, forms in data["spellings"].items()),
        any_spelling=re.compile(_either([form for forms in data["spellings"].values() for form in forms])),
        numerals={char: numeral for numeral, chars in data["numerals"].items() for char in chars},
        question=re.compile(_either(data["clauses"]["question"])),
        of_asker=re.compile(_either(data["clauses"]["of_asker"])),
        order=re.compile(_either(data["clauses"]["order"])),
        synonyms=synonyms,
        opposites={a: b for pair in data["opposites"]["pairs"].split() for a, b in (pair, pair[::-1])},
        longest=max(map(len, tags)),
        initials={initials(word): word for word in data["initials"]["words"].split()},
    )
