"""The words of a register: a jieba tokenizer that knows them, the people, the units and the aliases."""

import logging
import os
import re
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from knowledge.library import Volume
from knowledge.models import Facet, Power, Register
from knowledge.text import plain

if TYPE_CHECKING:
    import jieba

# What is left out of jieba's dictionary (349,046 entries): names of persons and places, words of more than four
# characters and rare ones. None of them tells a question about a register from another, and the 100,000 entries
# that remain load in 0.1 s instead of 0.5 s.
_MIN_FREQUENCY = 5
_MAX_LENGTH = 4
_NAME_TAGS = ("nr", "ns")
# Frequent words of two characters that jieba takes for persons are mostly none: 许可, 养老, 廉政.
_PERSON_TAG, _NO_PERSON, _OFTEN = "nr", 2, 50

# Which cut of the dictionary this is: another one has files of its own.
_CUT = 2

# How names of offices end, and how many characters their short names have.
_OFFICES = frozenset("局厅委处科所部办")
_SHORTEST_SHORT, _LONGEST_SHORT = 3, 5

_BRACKETS = re.compile(r"[（(].*?[)）]")


def tokenizer(words: Iterable[str], cache_folder: Path | None = None) -> "jieba.Tokenizer":
    """Return a jieba tokenizer of our own that also knows ``words``.

    Its dictionary and cache lie in the application's own cache folder (or ``cache_folder``): jieba unmarshals
    the cache, so it must not lie where others may write.
    """
    import jieba  # 0.1 s: paid by those who segment

    common = _common_tokenizer(cache_folder)
    made = jieba.Tokenizer()
    made.FREQ, made.total, made.initialized = dict(common.FREQ), common.total, True
    for word in words:
        if len(word) > 1 and not made.FREQ.get(word):
            made.add_word(word)
    return made


@cache
def _common_tokenizer(cache_folder: Path | None) -> "jieba.Tokenizer":
    """Return the tokenizer that knows only the dictionary; loading it stops everything else for 0.1 s, so once."""
    import jieba

    folder = cache_folder or _cache_folder()
    jieba.setLogLevel(logging.CRITICAL)
    made = jieba.Tokenizer(str(_dictionary(folder)))
    made.tmp_dir = str(folder)
    made.cache_file = f"jieba-{_CUT}.cache"
    made.initialize()
    return made


def _cache_folder() -> Path:
    """Return the application's own cache folder; a private temporary one where that can't be written."""
    try:
        folder = user_cache_path("lianzheng", appauthor=False)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        writable = False
    else:
        writable = os.access(folder, os.W_OK)
    return folder if writable else Path(tempfile.mkdtemp(prefix="lianzheng-"))


def _dictionary(folder: Path) -> Path:
    """Return our cut of jieba's dictionary, made in ``folder`` on first use."""
    import jieba

    path = folder / f"words-{jieba.__version__}-{_CUT}.txt"
    if not path.exists():
        source = Path(jieba.__file__).with_name("dict.txt")
        part = path.with_suffix(f".{os.getpid()}.part")  # two processes may be the first at once
        with source.open(encoding="utf-8") as entries, part.open("w", encoding="utf-8") as kept:
            for entry in entries:
                word, frequency, tag = entry.split()
                common = int(frequency) >= _MIN_FREQUENCY and len(word) <= _MAX_LENGTH
                mistaken = tag.startswith(_PERSON_TAG) and len(word) == _NO_PERSON and int(frequency) >= _OFTEN
                if len(word) == 1 or (common and (mistaken or not tag.startswith(_NAME_TAGS))):
                    kept.write(entry)
        part.replace(path)
    return path


def builtin_aliases() -> dict[str, str]:
    """Return the aliases that ship with the program: alias → pieces of names, separated by ``|``."""
    text = resources.files("knowledge").joinpath("aliases.toml").read_text("utf-8")
    return dict(tomllib.loads(text)["aliases"])


class Lexicon:
    """What the words of one register mean: people, roles, units, aliases; built once, read only.

    ``words`` are further words that segmentation must know (those of questions); ``volumes`` are the registers that
    ``register`` is made of, where it is made of several.
    """

    def __init__(
        self,
        register: Register,
        aliases: Mapping[str, str],
        words: Iterable[str] = (),
        cache_folder: Path | None = None,
        volumes: Sequence[Volume] = (),
    ):
        self.register = register
        self.volumes = tuple(volume.positions for volume in volumes) or (range(1, len(register.powers) + 1),)
        self._words = words
        self._cache_folder = cache_folder
        self.names = names = {power.position: plain(power.name) for power in register.powers}
        self.aliases: dict[str, frozenset[int]] = {}
        for alias, pieces in aliases.items():
            held = [plain(piece) for piece in pieces.split("|")]
            positions = frozenset(at for at, name in names.items() if any(_holds(name, piece) for piece in held))
            if positions:
                self.aliases[plain(alias)] = positions
        self.aliases_of: dict[int, list[str]] = defaultdict(list)
        for alias, positions in self.aliases.items():
            for position in positions:
                self.aliases_of[position].append(alias)
        self.people: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for power in register.powers:
            for person, role in people_of(power):
                self.people[person].append((power.position, role))
        self.units = _units(register, volumes if len(volumes) > 1 else ())

    @cached_property
    def segmenter(self) -> "jieba.Tokenizer":
        """The tokenizer; built when first needed."""
        return tokenizer([*self.aliases, *self.people, *self.units, *self._words], self._cache_folder)

    @cached_property
    def roles(self) -> frozenset[str]:
        """What the posts are called, the office aside: 经办人, 数据统计人员."""
        units = sorted(self.units, key=len, reverse=True)
        printed = {plain(post.role) for power in self.register.powers for post in power.posts}
        return frozenset(role.removeprefix(next((u for u in units if role.startswith(u)), "")) for role in printed)

    def cut(self, text: str) -> list[str]:
        """Return the words of normalised ``text`` (without guessing new words: HMM glues 哪办, 我查)."""
        return list(self.segmenter.cut(text, HMM=False))

    def likelihood(self, text: str) -> float:
        """Return how likely the words of ``text`` are, as a natural logarithm: those of jieba's best cut, each by its
        frequency.
        """
        route: dict[int, tuple[float, int]] = {}
        self.segmenter.calc(text, self.segmenter.get_DAG(text), route)
        return float(route[0][0])

    def find_units(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where ``text`` (normalised) names a unit, and which; where there are several registers and their units
        have to be told apart, by its short name too (文旅局 for 市文化和旅游局).
        """
        for unit in self.units:
            at = text.find(unit)
            if at >= 0:
                yield at, at + len(unit), unit
        if len(self.volumes) == 1:
            return
        for end in (i + 1 for i, char in enumerate(text) if char in _OFFICES):
            for start in range(max(0, end - _LONGEST_SHORT), end - _SHORTEST_SHORT + 1):
                meant = [unit for unit in self.units if _abbreviates(text[start:end], unit)]
                if len(meant) == 1:
                    yield start, end, meant[0]

    def is_word(self, text: str) -> bool:
        """Whether ``text`` is a word of the dictionary."""
        return bool(self.segmenter.FREQ.get(text))


def _units(register: Register, volumes: Iterable[Volume]) -> dict[str, frozenset[int]]:
    """Return the positions of the powers of each unit, and of each division that has several, by its plain name."""
    positions: dict[str, set[int]] = defaultdict(set)
    for power in register.powers:
        if power.unit:
            positions[plain(power.unit)].add(power.position)
    for volume in volumes:
        positions[plain(volume.division)].update(volume.positions)
    return {unit: frozenset(held) for unit, held in positions.items() if unit}


def _abbreviates(short: str, unit: str) -> bool:
    """Whether the characters of ``short`` stand in ``unit`` in their order, the last one at its end."""
    rest = iter(unit)
    return short[-1] == unit[-1] and all(char in rest for char in short)


def _holds(name: str, piece: str) -> bool:
    """Whether ``piece`` stands in ``name`` somewhere and is not negated there: 机电 does not stand in 非机电."""
    return re.search(f"(?<!非){re.escape(piece)}", name) is not None


def people_of(power: Power) -> list[tuple[str, str]]:
    """Return (person, role) for everybody the power names; the role of the responsible is ``responsible``."""
    held = [(bare_name(person), post.role) for post in power.posts for person in post.people]
    return held + [(bare_name(person), Facet.RESPONSIBLE.value) for person in power.responsible]


def bare_name(printed: str) -> str:
    """Return a person's name without a role before it and a remark behind it: 「处长：张三（挂职）」 → 张三."""
    return _BRACKETS.sub("", printed).rpartition("：")[2].strip()
