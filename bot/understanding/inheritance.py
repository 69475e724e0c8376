"""What a question takes over from the one before it."""

from dataclasses import replace

from bot.understanding.memory import Memory
from bot.understanding.parts import DONE_BY, Parts
from bot.understanding.segments import Cut, Kind
from knowledge.models import Facet, Register
from knowledge.text import plain

# Between the two may stand: 「他当经办人的那个项目」.
_BETWEEN = ("的", "当", "做", "是", "任")
THE_ONE = ("那个", "这个", "那项", "这项", "那个项目", "那一项")


def with_person(cut: Cut, memory: Memory) -> Cut:
    """Return ``cut`` with who was talked about for the pronoun of 「他经办的那个项目，下一步是什么」."""
    if len(memory.people) != 1:
        return cut
    segments = list(cut.segments)
    for i, s in enumerate(segments):
        done, *behind = [*(other.text for other in segments[i + 1 : i + 7] if other.text not in _BETWEEN), ""]
        if s.tagged("cue:he") and done in DONE_BY and behind and (behind[0] in THE_ONE or behind[0][:1] == "哪"):
            segments[i] = replace(s, kind=Kind.PERSON, tags=frozenset(), people=memory.people, word="")
    return replace(cut, segments=segments)


def inherited(parts: Parts, memory: Memory, register: Register) -> tuple[Facet, ...]:
    """Return the facets of the question before, for 「二手车的呢」 and for the choice that was asked back."""
    if memory.options and memory.pending:
        return memory.pending
    if not memory.facets or memory.facets == (Facet.OVERVIEW,):
        return ()
    follows = parts.cue("followup", "wrong", "yesno") or parts.excluded
    # a name in full begins anew: 「二手车出口备案初审」
    whole = any(plain(power.title) == plain(parts.said) for power in register.powers)
    bare = not whole and all(s.kind is Kind.NAME for s in parts.segments)
    return memory.facets if follows or bare or parts.segments[-1].text == "的" else ()


def with_last(
    parts: Parts, powers: tuple[int, ...], facets: tuple[Facet, ...], memory: Memory
) -> tuple[tuple[int, ...], tuple[Facet, ...]]:
    """Add what was talked about before, where one power is compared with it (「跟国际化比有什么不同」)."""
    if parts.cue("compare") and len(powers) == 1 and memory.powers and powers[0] not in memory.powers:
        return (*memory.powers, *powers), facets or memory.facets
    return powers, facets
