"""Short forms of names, as people make them: characters of the name in their order, taken from the edges of its words
(商转公 for 商业性个人住房贷款转住房公积金贷款).
"""

from collections.abc import Sequence
from itertools import accumulate

# Two characters abbreviate nearly anything; what is longer is typed by nobody as a short form.
SHORTEST, LONGEST = 3, 10


def abbreviates(short: str, words: Sequence[str]) -> bool:
    """Whether ``short`` is a short form of the name that is made of ``words``: each of its characters stands behind the
    one before it, directly or at the beginning or the end of a word.
    """
    name = "".join(words)
    ends = list(accumulate(map(len, words)))
    edges = {end - 1 for end in ends} | {0, *ends[:-1]}
    reached = {i for i in edges if name[i : i + 1] == short[:1] != ""}
    for char in short[1:]:
        first = min(reached, default=len(name))
        reached = {i for i in range(first + 1, len(name)) if name[i] == char and (i in edges or i - 1 in reached)}
    return bool(reached)
