"""Powers by their numbers: 「第9项」, 「序号3和序号8」, 「下一项」."""

import re

from bot.understanding.aspects import Aspects
from bot.understanding.inheritance import inherited, with_last
from bot.understanding.memory import Memory
from bot.understanding.mentions import MAX_NEAR, Mention
from bot.understanding.parts import Parts
from bot.understanding.query import Query, Reason, Shape
from knowledge.lexicon import Lexicon
from knowledge.models import Facet

_NEXT = re.compile("([下后上前])一项")


class Numbers:
    """Understands which powers numbers mean."""

    def __init__(self, lexicon: Lexicon, aspects: Aspects):
        self._register = lexicon.register
        self._volumes = lexicon.volumes
        self._aspects = aspects

    def by_number(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「第9项」, 「序号3和序号8」: by printed serial, else by position."""
        met = _NEXT.search(parts.cut.text)
        if met and len(memory.powers) == 1 and not mentions:
            wanted = memory.powers[0] + (1 if met[1] in "下后" else -1)
            if not any(wanted in volume and memory.powers[0] in volume for volume in self._volumes):
                return Query(Shape.UNKNOWN, reason=Reason.NO_SUCH_NUMBER, label=met[0])
            return self._aspects.ask(
                parts, (wanted,), self._aspects.facets(parts, (wanted,)) or memory.facets or (Facet.OVERVIEW,)
            )
        numbers = [s for s in parts.ordinals if s.counter in ("项", "号", "个", "个事项", "个项目", "类", "条", "")]
        if not numbers or any(m.strong and len(m.powers) == 1 for m in mentions):
            return None
        ofpowers = [s for s in numbers if s.counter in ("项", "号", "个事项", "个项目")]
        numbers = ofpowers or numbers  # 「第十一项措施第二条」: one power
        if mentions and not all(s.counter in ("项", "号", "个事项", "个项目") for s in numbers):
            return None
        items = {Facet.PROCESS, Facet.RISKS, Facet.CONTROLS} & set(memory.facets) or parts.facets
        if memory.powers and items and all(s.counter in ("条", "") for s in numbers):
            return None
        if all(s.counter in ("条", "个", "") for s in numbers) and parts.facets and memory.powers:
            return None
        positions: list[int] = []
        several = False
        for s in numbers:
            if s.text.startswith("前") and memory.listed:
                positions += memory.listed[: len(s.numbers)]
                continue
            for number in s.numbers or (s.number or 0,):
                found = self.positions(number, parts.preferred)
                if not found:
                    return Query(Shape.UNKNOWN, reason=Reason.NO_SUCH_NUMBER, label=s.text)
                several |= len(found) > 1
                positions += found
        powers = tuple(dict.fromkeys(positions))
        facets = self._aspects.facets(parts, powers)
        loosely = any(s.counter == "类" for s in numbers)  # 「第一类精神药品」
        if parts.unexplained and (loosely or not parts.facets):
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=powers[:MAX_NEAR])  # 「请删除第5项」
        if several:
            return Query(Shape.CHOOSE, powers=powers, facets=facets or inherited(parts, memory, self._register))
        powers, facets = with_last(parts, powers, facets, memory)
        facets = facets or inherited(parts, memory, self._register) or (Facet.OVERVIEW,)
        if len(facets) > 1 and Facet.OVERVIEW in facets:
            facets = tuple(f for f in facets if f is not Facet.OVERVIEW)
        return self._aspects.ask(parts, powers, facets)

    def positions(self, number: int, preferred: frozenset[int]) -> list[int]:
        """Return the powers of that number: one of each register, several where its units each count from 1; only the
        preferred, if there are any.
        """
        held = [position for volume in self._volumes for position in self._numbered(number, volume)]
        return [position for position in held if position in preferred] or held

    def _numbered(self, number: int, volume: range) -> list[int]:
        """Return the positions of the powers of that number in one register."""
        if number < 0:
            return [volume[number]] if -number <= len(volume) else []
        powers = self._register.powers[volume.start - 1 : volume.stop - 1]
        printed = [power.position for power in powers if power.serial == number]
        unnumbered = 1 <= number <= len(volume) and powers[number - 1].serial is None
        return printed or ([volume[number - 1]] if unnumbered else [])
