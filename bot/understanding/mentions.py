"""From the segments that name powers to the powers that are meant."""

from dataclasses import dataclass, field

from bot.understanding.segmentation import Cut, Kind, Segment
from knowledge.passages import passages_of
from knowledge.pinyin import sounds
from knowledge.search import PowerIndex
from knowledge.text import plain

# A power whose telling pairs weigh less than this share of the best one's is not meant.
_WEAK = 0.5
# A pair that more than about half of the names have tells nothing.
_TELLING = 0.35
# How much better (0 to 1) the pairs of one power must match for it to win over another that covers the same.
_CLEARER = 0.15
# Share of a name or alias that must be there for the power to be named beyond doubt.
_STRONG = 0.6


@dataclass
class Mention:
    """Names that belong together, and the powers that fit them equally well (one: that one is meant)."""

    segments: list[Segment]
    coordinated: bool = False  # parted from its neighbour by 、 or 和, not by a comma
    powers: list[int] = field(default_factory=list)
    each: bool = False  # all of the powers are meant, each by words of its own
    strong: bool = False
    conflict: list[str] = field(default_factory=list)
    value: float = 0.0

    @property
    def text(self) -> str:
        """The words of the mention."""
        return "".join(s.text for s in self.segments)


class Resolver:
    """Resolves mentions against one register."""

    def __init__(self, index: PowerIndex, bodies: dict[int, str]):
        self._index = index
        self._bodies = bodies
        self._common: dict[str, bool] = {}

    def common(self, text: str) -> bool:
        """Whether at least half of the powers say ``text`` somewhere: it tells none of them from the others."""
        if text not in self._common:
            having = sum(text in body for body in self._bodies.values())
            self._common[text] = 2 * having >= len(self._bodies)
        return self._common[text]

    def body_says(self, position: int, text: str) -> bool:
        """Whether the power says ``text`` in its cells."""
        return text in self._bodies[position]

    def resolve(self, cut: Cut, segments: list[Segment]) -> Mention:
        """Return the powers that ``segments`` name."""
        mention = Mention(segments)
        match = cut.match
        telling = [s for s in segments if s.positions or not self.common(s.text)]
        segments = telling or segments
        covers: dict[int, set[int]] = {}
        values: dict[int, float] = {}
        exactness: dict[int, float] = {}
        strength: dict[int, float] = {}
        for k, known in enumerate(match.known):
            covered: set[int] = set()
            value = quality = 0.0
            linked = 0
            links = match.links[k]
            for s in segments:
                if s.positions:
                    if known.position in s.positions:
                        covered.update(range(s.start, s.end))
                        value += s.end - s.start
                        quality += s.end - s.start
                        linked += s.end - s.start
                    continue
                for i in range(s.start, s.end - 1):
                    if i in links:
                        covered.update((i, i + 1))
                        value += links[i] * self._index.telling(cut.text[i : i + 2])
                        quality += links[i]
                        linked += 1
            if covered:
                position = known.position
                covers[position], values[position], exactness[position] = covered, value, quality / linked
                strength[position] = self._strength(cut, known.texts, covered)
        if not covers:
            return mention
        best = max(values.values())
        fitting = [p for p in covers if values[p] >= _WEAK * best]
        fitting = [p for p in fitting if not any(covers[p] < covers[q] for q in fitting)]
        fitting = [
            p
            for p in fitting
            if not any(covers[q] == covers[p] and exactness[q] > exactness[p] + _CLEARER for q in fitting)
        ]
        if len(fitting) > 1:
            words = sounds(plain("".join(s.text for s in segments)))
            whole = [
                p
                for p in fitting
                if any(len(t) >= 4 and sounds(t) == words for t in self._texts(cut, p))
            ]
            if len(whole) == 1:
                fitting = whole
        sure = [p for p in fitting if strength[p] >= _STRONG]
        if len(fitting) > 1 and len(sure) == 1:
            # 「二手车出口最后是商务部批的吧」: what the others have of the question, this one says in its cells
            rest = [s.text for s in segments if not any(i in covers[sure[0]] for i in range(s.start, s.end))]
            if rest and all(self.body_says(sure[0], text) or self.body_says(sure[0], text[1:]) for text in rest):
                fitting = sure
        self._part(cut, mention, {p: covers[p] for p in fitting}, strength)
        fitting.sort(key=lambda p: (-round(values[p], 3), p))
        mention.powers = fitting
        mention.value = best
        mention.strong = all(strength[p] >= _STRONG for p in fitting)
        if len(fitting) == 1:
            mention.conflict = self._conflict(cut, segments, fitting[0], covers[fitting[0]])
        return mention

    @staticmethod
    def _part(cut: Cut, mention: Mention, covers: dict[int, set[int]], strength: dict[int, float]) -> None:
        """Powers that fit different pieces of a mention are either each named in full, or none is meant."""
        apart = any(not covers[p] & covers[q] for p in covers for q in covers if p < q)
        if not apart:
            return
        if all(strength[p] >= _STRONG for p in covers):
            mention.each = True
        else:
            mention.conflict = sorted({"".join(cut.text[i] for i in sorted(cover)) for cover in covers.values()})

    @staticmethod
    def _texts(cut: Cut, position: int) -> tuple[str, ...]:
        return next(known.texts for known in cut.match.known if known.position == position)

    @staticmethod
    def _strength(cut: Cut, texts: tuple[str, ...], covered: set[int]) -> float:
        """Return the largest share of a name or alias whose sounds the covered characters hold."""
        said = sounds(cut.text)
        have = {said[i : i + 2] for i in covered if i + 1 in covered}
        have |= {said[i] for i in covered}
        best = 0.0
        for text in texts:
            heard = sounds(text)
            held = sum(c in have for c in heard)
            best = max(best, held / max(1, len(heard)))
        return best

    def _conflict(self, cut: Cut, segments: list[Segment], position: int, covered: set[int]) -> list[str]:
        """Return telling words of the mention that this power does not have: they speak for another one."""
        found = []
        for s in segments:
            if s.positions:
                continue
            run = ""
            for i in range(s.start, s.end + 1):
                if i < s.end and i not in covered:
                    run += cut.text[i]
                    continue
                if len(run) > 1 and not self.body_says(position, run) and self._index.telling(run[:2]) >= _TELLING:
                    found.append(run)
                run = ""
        return found


def bodies_of(index_powers: object) -> dict[int, str]:
    """Return everything each power says, by position, as plain text."""
    return {
        power.position: "\n".join(plain(text) for _f, _i, text in passages_of(power)) + "\n" + plain(power.name)
        for power in index_powers  # type: ignore[attr-defined]
    }


def group_names(segments: list[Segment]) -> list[Mention]:
    """Group the names of a question: 、 和 / and the like part them, all else leaves them together."""
    groups: list[Mention] = []
    parted = coordinated = False
    for s in segments:
        if s.kind is Kind.NAME:
            if parted or not groups:
                groups.append(Mention([], coordinated and bool(groups)))
            groups[-1].segments.append(s)
            parted = coordinated = False
        elif (s.kind is Kind.MARK and s.text in "、/+&|") or s.tagged("cue:also") or s.text in ("比", "比较"):
            parted = coordinated = True
        elif s.kind is Kind.MARK and s.text in ",;":
            parted = True
    return groups
