"""One ``normalise`` for register and question alike, so that both sides compare equal."""

import re
import unicodedata
from functools import cache, lru_cache

import opencc

# Longest message that is looked at, and longest text left of it without markup: no question is longer, and hostile
# ones cost nothing more. The texts of a register may be longer than a question: ``plain`` leaves them whole.
MAX_MESSAGE = 20_000
_MAX_QUESTION = 1_000

_INVISIBLE = re.compile(
    # lone surrogates, joiners, marks of direction, variation selectors, tags
    r"[\ud800-\udfff\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_SCRIPT = re.compile(r"<(script|style)\b[^>]{0,200}>.*?(?:</\1\s*>|$)", re.S)
_TAG = re.compile(r"</?[a-z][^<>]{0,200}>")
_TORN_TAG = re.compile(r"(?<!<)<++(?=[/a-z])")  # what is left of tags inside tags; read again it would be a tag
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s一-鿿]+|@[A-Za-z0-9_]{3,32}")
_FOREIGN = re.compile(r"[^0-9a-z㐀-鿿〇\U00020000-\U0003ffff.,;:!?、。()%+\-/~\"'…—<>=《》「」“”‘’\[\]{}#&|·]")
# 「担 保 平 台」: characters set apart one by one are words.
_SET_APART = re.compile(r"(?<!\S)[㐀-鿿](?: [㐀-鿿]){3,}(?!\S)")
_REPEATED = re.compile(r"([^\w\s])\1+|([㐀-鿿])\2{2,}")


# Taiwan's and Hong Kong's 著 where the mainland writes 着: 「盯著」; opencc leaves it.
_ZHE = re.compile("(?<![显编专土原名论译])著(?![名作者述称])")


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def normalise(text: str, longest: int = _MAX_QUESTION) -> str:
    """Return ``text`` as it is compared: NFKC, lower case, simplified, without invisible characters, markup,
    addresses, mentions, emoji and repeated marks; white space is one blank. ``normalise`` twice is once.

    No more than ``longest`` characters are kept.
    """
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text[:MAX_MESSAGE]))[:MAX_MESSAGE].casefold()
    if "<" in text:
        text = _TORN_TAG.sub("", _TAG.sub("", _SCRIPT.sub(" ", text)))
    text = _ZHE.sub("着", _to_simplified().convert(_ADDRESS.sub(" ", text[:longest])))
    # casefold and NFKC can each undo the other for a few foreign letters, all of which this drops
    text = _REPEATED.sub(r"\1\2", _FOREIGN.sub(" ", text))
    text = " ".join(text.split())
    return _SET_APART.sub(lambda met: met[0].replace(" ", ""), text)


def is_common(char: str) -> bool:
    """Whether ``char`` is a character that people mean to type: of level 1 of GB 2312, or a letter or digit.

    担俣 is a slip, whatever it looks like.
    """
    return char.isalnum() and (char.isascii() or b"\xb0" <= char.encode("gb2312", "ignore")[:1] < b"\xd8")


def plain(text: str) -> str:
    """Return ``text`` normalised, whole, without white space and marks: what two wordings of one thing share."""
    return _plain(text) if len(text) <= _MAX_QUESTION else _plain.__wrapped__(text)


@lru_cache(maxsize=4096)  # the same passages are compared again and again
def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", normalise(text, MAX_MESSAGE))
