"""How characters sound: toneless syllables, latin input cut into syllables, initials.

A syllable is compared through its *code*, one character, so that texts of sounds are plain strings of the same
length as the characters they stand for, and string libraries work on them.
"""

import os
from functools import cache, lru_cache
from importlib import resources
from itertools import product

# Phrase tables cost 44 MB and 0.1 s; the few words of registers that need them stand in ``heteronyms.txt``.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin.constants import PINYIN_DICT

# First code point of the codes: Unicode's private use area, which holds no character of any text.
_FIRST_CODE = 0xE000
_LAST_CODE = 0xF900


@cache
def _syllables() -> frozenset[str]:
    """Return the syllables of standard Mandarin."""
    lines = resources.files("knowledge").joinpath("syllables.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


# The longest: zhuang, shuang, chuang.
_LONGEST = 6

_TONES = str.maketrans("āáǎàēéěèêếềḿńňǹīíǐìōóǒòūúǔùüǖǘǚǜ", "aaaaeeeeeeemnnniiiioooouuuuvvvvv")

# Rarer readings of a character (朴 has five) are nobody's.
_READINGS = 3

# One character, said and typed in two ways.
_SAME = {"shei": "shui"}

_codes: dict[str, str] = {}


def code_of(syllable: str) -> str:
    """Return the one-character code of a syllable; a stable one within this process."""
    syllable = _SAME.get(syllable, syllable)
    return _codes.setdefault(syllable, chr(_FIRST_CODE + len(_codes)))


def is_code(char: str) -> bool:
    """Whether ``char`` is the code of a syllable."""
    return _FIRST_CODE <= ord(char) < _LAST_CODE


def _toneless(said: str) -> str:
    """Return a syllable without its tone, ü as v: what ``pypinyin`` calls its normal style, at a tenth of the time."""
    return said.translate(_TONES)


@lru_cache(maxsize=65536)
def syllable(char: str) -> str:
    """Return the toneless syllable of a Chinese character (its most frequent reading), else ``char`` itself."""
    said = PINYIN_DICT.get(ord(char))
    return _toneless(said.partition(",")[0]) if said else char


@lru_cache(maxsize=65536)
def _sound(char: str) -> str:
    said = syllable(char)
    return said if said == char else code_of(said)


@lru_cache(maxsize=16384)
def sounds(text: str) -> str:
    """Return ``text`` with every Chinese character replaced by the code of its syllable; same length."""
    return "".join(map(_sound, text))


@cache
def _heteronyms() -> dict[str, str]:
    """Return the words with a character that is read otherwise in them, and their sounds."""
    lines = resources.files("knowledge").joinpath("heteronyms.txt").read_text("utf-8").splitlines()
    words = (line.split() for line in lines if not line.startswith("#"))
    return {word: "".join(map(code_of, said)) for word, *said in words}


def read_in_words(text: str) -> str:
    """Return ``text`` with the words of which a character is read otherwise than alone (银行) as their sounds."""
    for word, said in _heteronyms().items():
        text = text.replace(word, said)
    return text


@lru_cache(maxsize=65536)
def _readings(char: str) -> tuple[str, ...]:
    """Return the codes of a character's syllables, the most frequent first, at most ``_READINGS``."""
    said = dict.fromkeys(map(_toneless, PINYIN_DICT.get(ord(char), "").split(",")))
    others = [code_of(one) for one in list(said)[:_READINGS] if one]
    return tuple(dict.fromkeys([_sound(char), *others]))


@lru_cache(maxsize=16384)
def readings(text: str) -> tuple[str, ...]:
    """Return the ways in which ``text`` may be said, as ``sounds`` does, the likeliest first: 长 is zhang or chang."""
    return tuple(map("".join, product(*map(_readings, text))))


@lru_cache(maxsize=65536)
def _blur(char: str) -> str:
    said = _syllable_of_code(char) or syllable(char)
    if said == char:
        return char
    said = said[0] + said[2:] if said[:2] in ("zh", "ch", "sh") else said
    said = "l" + said[1:] if said[0] == "n" else said
    return code_of("~" + said.removesuffix("g"))


def _syllable_of_code(char: str) -> str | None:
    at = ord(char) - _FIRST_CODE
    return list(_codes)[at] if 0 <= at < len(_codes) else None


@lru_cache(maxsize=16384)
def blurred(text: str) -> str:
    """Return ``text`` as ``sounds`` does, with the sounds that many speakers don't tell apart made one: zh/z, ch/c,
    sh/s, n/l at the beginning, ng/n at the end.
    """
    return "".join(map(_blur, text))


def spelt(text: str) -> str:
    """Return ``text`` with every code written out as its syllable again, for people to read."""
    return "".join(_syllable_of_code(char) or char for char in text)


@lru_cache(maxsize=16384)
def initials(text: str) -> str:
    """Return the first letters of the syllables of ``text``: 进口贴息 → ``jktx``."""
    return "".join(syllable(char)[0] for char in text)


@lru_cache(maxsize=4096)
def split_syllables(letters: str) -> tuple[str, ...] | None:
    """Cut latin ``letters`` into syllables (``jinkou`` → jin, kou): as few as possible, or ``None``."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before, last = best[start], letters[start:end]
            if before is not None and last in _syllables():
                here = best[end]
                if here is None or len(before) + 1 < len(here):
                    best[end] = (*before, last)
    return best[len(letters)]
