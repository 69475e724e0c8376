"""Names as people type them: eight kinds of noise, seeded, the same queries for every competitor.

A query that another name holds, or could have become in the same way, has no single right answer and is left out.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import opencc
from pypinyin import Style, lazy_pinyin, load_phrases_dict
from pypinyin.phrases_dict import phrases_dict
from rapidfuzz.distance import OSA, Indel

from bench.names import Names
from knowledge.pinyin import sounds
from knowledge.text import plain

_SEED = 42
# A name that loses its negation is another name: no noise takes it away.
_NEGATION = "非"
# One slip in a name, two in one from this length on.
_TWO_SLIPS = 16
_SHORTEST = 4
# So many names are tried for each query wanted: some become nothing new, or nothing clear.
_TRIES = 5

_PADDINGS = (
    "请问{}怎么办理", "{}怎么办", "麻烦问一下{}的流程是什么", "我想咨询一下{}找谁", "您好，{}由谁负责？谢谢",
    "帮我查查{}有哪些风险点", "{}的防控措施有哪些呀", "老师，{}这个事项需要怎么走", "关于{}，想了解一下",
)  # fmt: skip


@dataclass(frozen=True)
class Query:
    """A noisy name: what is typed, how it came about, and the row that it means."""

    kind: str
    text: str
    row: int


def _slips(name: str) -> int:
    return 2 if len(name) >= _TWO_SLIPS else 1


def _cut(name: str, at: int) -> int:
    """Return ``at``, or the place before it where the name would be cut behind its negation."""
    return at - 1 if at and name[at - 1] == _NEGATION else at


def _dropped(name: str, rng: random.Random) -> str:
    held = [i for i, char in enumerate(name) if char != _NEGATION]
    left_out = set(rng.sample(held, min(len(held), _slips(name))))
    return "".join(char for i, char in enumerate(name) if i not in left_out)


def _swapped(name: str, rng: random.Random) -> str:
    chars = list(name)
    places = [i for i in range(len(chars) - 1) if chars[i] != chars[i + 1]]
    for i in rng.sample(places, min(len(places), _slips(name))):
        chars[i], chars[i + 1] = chars[i + 1], chars[i]
    return "".join(chars)


def _syllables(text: str) -> list[str]:
    """Return the syllables of ``text`` as a person reads it: 银行 is yin hang, 进行 is jin xing."""
    _load_phrases()
    return lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)


@cache
def _load_phrases() -> None:
    load_phrases_dict(phrases_dict)  # the search does without them and has switched them off


@cache
def _homophones() -> dict[str, list[str]]:
    """Return the common characters (level 1 of GB 2312) by syllable."""
    found: dict[str, list[str]] = defaultdict(list)
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            char = bytes((high, low)).decode("gb2312", "ignore")
            if char:
                found[_syllables(char)[0]].append(char)
    return found


def _homophone(name: str, rng: random.Random) -> str:
    chars = list(name)
    said = _syllables(name)
    if len(said) != len(chars):  # digits and letters stay together
        said = [_syllables(char)[0] for char in chars]
    places = [i for i, syllable in enumerate(said) if len(_homophones().get(syllable, ())) > 1]
    for i in rng.sample(places, min(len(places), _slips(name))):
        chars[i] = rng.choice([char for char in _homophones()[said[i]] if char != chars[i]])
    return "".join(chars)


def _partial(name: str, rng: random.Random) -> str:
    length = max(_SHORTEST, round(len(name) * rng.uniform(0.5, 0.75)))
    start = rng.randint(0, max(0, len(name) - length))
    return name[_cut(name, start) : start + length]


def _pinyin(name: str, rng: random.Random) -> str:
    said = _syllables(name)
    style = rng.randrange(3)
    if style < 2:
        return ("", " ")[style].join(said)
    words = []
    while said:
        count = rng.choice((2, 2, 3))
        words.append("".join(said[:count]))
        said = said[count:]
    return " ".join(words)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def _traditional(name: str, _rng: random.Random) -> str:
    return str(_converter().convert(name))


def _padding(name: str, rng: random.Random) -> str:
    return rng.choice(_PADDINGS).format(name)


def _inverted(name: str, rng: random.Random) -> str:
    cut = _cut(name, rng.randint(max(2, len(name) // 3), max(2, len(name) * 2 // 3)))
    return name[cut:] + rng.choice(("", " ")) + name[:cut]


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "dropped": _dropped,
    "swapped": _swapped,
    "homophone": _homophone,
    "partial": _partial,
    "pinyin": _pinyin,
    "traditional": _traditional,
    "padding": _padding,
    "inverted": _inverted,
}


class _Twins:
    """Says whether a query has no single right answer."""

    def __init__(self, names: Names):
        self._rows: dict[str, set[int]] = defaultdict(set)
        self._by_length: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self._by_characters: dict[str, list[tuple[str, int]]] = defaultdict(list)
        lines = []
        for row, texts in enumerate(names.texts):
            for text in map(plain, texts):
                self._rows[sounds(text)].add(row)
                self._by_length[len(text)].append((text, row))
                self._by_characters["".join(sorted(text))].append((text, row))
                lines += [f"{row}\t{text}", f"{row}\t{sounds(text)}"]
        self._lines = "\n".join(lines) + "\n"

    def has(self, query: Query, name: str) -> bool:
        """Whether another name than ``name`` is, holds or could have become the text of ``query`` as well."""
        text = plain(query.text)
        if (self._rows[sounds(name)] | self._rows.get(sounds(text), set())) - {query.row}:
            return True
        slips = _slips(name)
        match query.kind:
            case "partial":
                return self._held(sounds(text), query.row)
            case "dropped":
                longer = (other for other, row in self._by_length[len(text) + slips] if row != query.row)
                became = any(Indel.distance(text, other, score_cutoff=slips) <= slips for other in longer)
                return became or self._held(text, query.row)
            case "swapped":
                same = self._by_characters["".join(sorted(text))]
                became = any(OSA.distance(text, other) <= slips for other, row in same if row != query.row)
                return became or self._held(text, query.row)
            case "inverted":
                return self._held(text, query.row)
        return False

    def _held(self, piece: str, row: int) -> bool:
        """Whether a name of another power than ``row`` holds ``piece``."""
        at = self._lines.find(piece)
        while at >= 0:
            start = self._lines.rfind("\n", 0, at) + 1
            if int(self._lines[start : self._lines.index("\t", start)]) != row:
                return True
            at = self._lines.find(piece, self._lines.index("\n", at))
        return False


def queries(names: Names, each: int) -> list[Query]:
    """Return up to ``each`` queries of every kind, one of each kind in turn: any beginning is a fair sample."""
    rng = random.Random(_SEED)
    sources = [(plain(text), row) for row, texts in enumerate(names.texts) for text in texts]
    sources = [(text, row) for text, row in sources if len(text) >= _SHORTEST]
    twins = _Twins(names)
    found: dict[str, list[Query]] = {kind: [] for kind in KINDS}
    for kind, alter in KINDS.items():
        seen: set[str] = set()
        for _ in range(_TRIES * each):
            name, row = rng.choice(sources)
            query = Query(kind, alter(name, rng), row)
            if query.text not in seen and query.text != name and not twins.has(query, name):
                seen.add(query.text)
                found[kind].append(query)
            if len(found[kind]) == each:
                break
    longest = max(map(len, found.values()))
    return [held[i] for i in range(longest) for held in found.values() if i < len(held)]
