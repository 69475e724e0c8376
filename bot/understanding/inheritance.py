"""What a question takes over from the one before it."""

from bot.understanding.memory import Memory
from bot.understanding.parts import Parts
from bot.understanding.segmentation import Kind
from knowledge.models import Facet, Register
from knowledge.text import plain


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
