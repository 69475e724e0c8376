"""Which division a register is of: the name that tells it from the registers of others."""

import re
import unicodedata
from collections.abc import Iterable

from knowledge.text import plain

# What titles of registers have in common, and what changes with the year of the edition.
_BRACKETED = re.compile(r"[（(]([^（()）]+)[）)]\s*$")
_YEAR = re.compile(r"(?:19|20)\d\d\s*年?度?(?:修订)?[版稿]?|修订[版稿]?|试行|征求意见稿|送审稿|[初定]稿")
_KIND = re.compile(r"(?:岗位)?(?:权责|权力|职权|责任清单|廉[政洁]风险).*(?:清单|目录|表)|责任清单")
_EDGE = re.compile(r"^(?:关于|附件\d*)|[及和与暨的]+$|^[及和与暨的]+")
_MARKS = "（）()《》〈〉“”：:，,。-—_ "
# The name of a register whose file tells none.
UNNAMED = "清单"


def division_of(title: str, units: Iterable[str]) -> str:
    """Return the name of the division whose register has ``title`` and these units: never "", the same for each
    edition of a register.

    One unit over all powers is the division; else the title names it: in brackets at its end
    (「权责清单及廉政风险防控表（外贸运行处）」), or beside the words that all registers have.
    """
    printed = dict.fromkeys(unit for unit in map(_on_one_line, units) if plain(unit))
    if len(printed) == 1:
        return next(iter(printed))
    title = _YEAR.sub("", _on_one_line(title))
    bracketed = _BRACKETED.search(title)
    if bracketed and plain(bracketed[1]) and not _KIND.search(bracketed[1]):
        return bracketed[1].strip()
    rest = re.sub(r"[（(]\s*[）)]", "", _KIND.sub("", title)).strip()
    rest = _EDGE.sub("", rest).strip(_MARKS)
    return rest if plain(rest) else title if plain(title) else UNNAMED


def same_division(one: str, other: str) -> bool:
    """Whether two names are of one division: marks, blanks and width make no difference."""
    return plain(one) == plain(other)


def _on_one_line(text: str) -> str:
    """Return ``text`` in compatible characters, white space as single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("(", "（").replace(")", "）").split())
