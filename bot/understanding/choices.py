"""One of what was listed or offered before: by number, by place, by wording, or both of two."""

import re

from bot.understanding.aspects import Aspects
from bot.understanding.inheritance import inherited
from bot.understanding.memory import Memory
from bot.understanding.mentions import Mention, Resolver
from bot.understanding.numbers import Numbers
from bot.understanding.parts import Parts
from bot.understanding.query import Query, Reason, SetAsk, Shape
from bot.understanding.segments import Kind, Segment
from bot.understanding.set_forms import columns
from bot.understanding.sets import Sets
from knowledge.models import Facet, Register
from knowledge.text import plain

_EITHER = re.compile("(前|后|另)(?:面|边|外|头)?(?:那|一)?(?:一)?[个项件].*")
_PIECE_OF_OPTION = re.compile("[的那个这项呢吧是]+$|^[是要那就]+")
# A piece of the name of what was offered may be so short.
_SHORT_PIECE = 3
_PAIR = 2


class Choices:
    """Understands which of what was listed or offered is meant."""

    def __init__(self, register: Register, resolver: Resolver, aspects: Aspects, sets: Sets, numbers: Numbers):
        self._register = register
        self._resolver = resolver
        self._bodies = resolver.bodies
        self._aspects = aspects
        self._sets = sets
        self._numbers = numbers

    def by_choice(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「第二个」, 「2」, 「后一个」, 「不是机电的那个」: one of what was listed or offered before."""
        listed = memory.options or (memory.powers if len(memory.powers) > 1 else memory.listed)
        if not listed or mentions:
            return None
        number = self._by_place(parts, listed, memory) or self._among_options(parts, memory)
        ordinal = next((s for s in parts.ordinals if s.counter in ("个", "", "位", "条", "项", "件")), None)
        if ordinal is not None and not self._counts_listed(parts, ordinal, memory):
            return None
        if number is None and ordinal is not None:
            number = ordinal.number
        if number is None:
            return None
        index = number - 1 if number > 0 else len(listed) + number
        if not 0 <= index < len(listed):
            return Query(Shape.UNKNOWN, reason=Reason.NO_SUCH_NUMBER, label=str(number), near=())
        inherits = memory.pending or inherited(parts, memory, self._register)
        facets = self._aspects.facets(parts, (listed[index],)) or inherits or (Facet.OVERVIEW,)
        return self._aspects.ask(parts, (listed[index],), facets)

    def _counts_listed(self, parts: Parts, ordinal: Segment, memory: Memory) -> bool:
        """Whether an ordinal counts what was listed, not the items of a column, the steps or the register's powers."""
        items = {Facet.RISKS, Facet.CONTROLS} & set(memory.facets) and memory.powers and not memory.options
        if ordinal.counter == "条" and items:
            return False  # 「第二条是啥」, of the risks just told
        pointed = bool(memory.options) or parts.cue("within") or not {"那", "这"}.isdisjoint(ordinal.text)
        if ordinal.counter == "项" and not (pointed or self._is_first_of_list(parts, ordinal, memory)):
            return False
        return not (parts.cue("first", "last", "after", "before") and memory.powers)

    def _is_first_of_list(self, parts: Parts, ordinal: Segment, memory: Memory) -> bool:
        """Whether 第一项 counts the list just told, which does not hold the register's own power of that number."""
        number = ordinal.number or 0
        counts = "第" in ordinal.text and not any(map(str.isdigit, ordinal.text)) and not ordinal.numbers
        listed = memory.listed if set(memory.powers) <= set(memory.listed) else ()
        numbered = self._numbers.positions(number, parts.preferred)
        return counts and 0 < number <= len(listed) and not set(numbered) & set(listed)

    @staticmethod
    def _by_place(parts: Parts, listed: tuple[int, ...], memory: Memory) -> int | None:
        """Return the number of what is meant by its place alone: 「2」, 「前一个」, 「另一个」, 「中间那个」."""
        met = _EITHER.fullmatch(plain(parts.said)) if len(listed) == _PAIR else None
        if met and met[1] == "另":
            other = [p for p in listed if p not in memory.powers]
            return listed.index(other[0]) + 1 if len(other) == 1 else None
        if met:
            return 1 if met[1] == "前" else 2
        if len(listed) % 2 and len(listed) > 1 and any(s.word == "中间" for s in parts.segments):
            return len(listed) // 2 + 1
        return _bare_number(parts)

    def _among_options(self, parts: Parts, memory: Memory) -> int | None:
        """Return the number of the one option that has a piece of a name (「车的」) or is not left out."""
        options = memory.options
        piece = _PIECE_OF_OPTION.sub("", plain(parts.said))
        fitting = [p for p in options if piece and piece in plain(self._register.power(p).title)]
        if len(piece) <= _SHORT_PIECE and len(fitting) == 1:
            return options.index(fitting[0]) + 1
        left = [p for p in options if p not in self._resolver.excluded(parts)]
        return options.index(left[0]) + 1 if len(left) == 1 < len(options) else None

    def among_listed(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「哪个要跟财政局会签」, of what was listed; 「出电子证的那个」, of what was offered."""
        told = memory.powers if len(memory.powers) > 1 else ()
        listed = memory.options or told or (() if memory.powers else memory.listed)
        if len(listed) < 2 or parts.unexplained or any(m.strong for m in mentions):
            return None
        phrases = self._sets.phrases(parts)
        if not phrases:
            return None
        fitting = [p for p in listed if all(self._aspects.says_anywhere(p, phrase) for phrase in phrases)]
        if memory.options:
            if len(fitting) != 1 or mentions or parts.facets or parts.asks:
                return None
            return self._aspects.ask(parts, (fitting[0],), memory.pending or (Facet.OVERVIEW,))
        if not fitting or not _asks_which(parts):
            return None
        last = parts.cue("last")
        ask = SetAsk(phrases=phrases, facets=columns(parts), within=listed, last_step=last)
        return Query(Shape.LIST, set_ask=ask, said="、".join(phrases))

    def of_both(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「这两个都要报商务部不」, of two that were listed or told."""
        both = next((few for few in (memory.powers, memory.listed) if len(few) == _PAIR), ())
        pointed = any(s.tagged("cue:both") and s.text[0] in "这那它两" and len(s.text) > 1 for s in parts.segments)
        stepwise = parts.cue("after", "before", "first", "last")
        weak = not any(m.strong for m in mentions) and bool(mentions or stepwise or parts.cue("compare"))
        if parts.cue("set", "powers") and not (parts.yes_or_no or stepwise):
            return None
        if not (both and pointed and weak) or parts.unexplained or parts.absent or parts.people:
            return None
        facets = self._aspects.facets(parts, both) or memory.facets or (Facet.PROCESS,)
        return self._aspects.ask(parts, both, facets)


def _bare_number(parts: Parts) -> int | None:
    said = "".join(s.text for s in parts.segments if s.kind is not Kind.MARK)
    if re.fullmatch(r"(?:选|要)?\d{1,2}", said):
        return int(re.sub(r"\D", "", said))
    return None


def _asks_which(parts: Parts) -> bool:
    """Whether one of several is asked for: 「…的是哪个」."""
    which = any(s.text in ("是哪个", "是哪一个", "哪个", "哪一个") for s in parts.segments)
    inside = any(s.text in ("里", "里面", "里头", "中") for s in parts.segments)  # 「措施里带保密的是哪个」
    role = any(s.is_facet for s in parts.body)  # 「只当检查人员的是哪个」
    return which and (inside or role or set(parts.facets) <= {Facet.OVERVIEW})
