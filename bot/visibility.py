"""What of a register may be seen: an assistant over the visible part can't give away what it never had."""

from knowledge.models import Facet, Power, Register

ALL_FACETS = frozenset(Facet) - {Facet.OVERVIEW}


def visible(register: Register, facets: frozenset[Facet]) -> Register:
    """Return ``register`` with nothing but ``facets`` (and what names the powers) in it.

    Columns that have no field are kept only where everything may be seen: they may hold anything.
    """
    if facets >= ALL_FACETS:
        return register
    powers = tuple(_visible(power, facets) for power in register.powers)
    return register.model_copy(update={"powers": powers, "faults": (), "preface": (), "postscript": (), "headings": {}})


def _visible(power: Power, facets: frozenset[Facet]) -> Power:
    hidden = {facet.value: () for facet in ALL_FACETS - facets}
    kept = power.model_copy(update={**hidden, "extra": {}})
    if Facet.CONTROLS not in facets:
        # a register may set a control against each risk
        return kept.model_copy(update={"risks": tuple(r.model_copy(update={"controls": ()}) for r in kept.risks)})
    return kept
