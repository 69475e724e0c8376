"""Looks up what a query asks for: which powers are in a set, which step is pointed at."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.amounts import agrees
from bot.understanding.query import MAX_TOGETHER, Query, SetAsk, Shape, StepAsk, Where
from knowledge.lexicon import Lexicon, people_of
from knowledge.models import Facet, Power
from knowledge.passages import Passages, Place
from knowledge.text import plain

# A step is meant when this many characters of the question's content stand in it.
_MEANT = 2
# Wording of so many characters, if it stands as it is typed, is meant as it is typed.
_VERBATIM = 4
_TWO = 2
# What the items of a facet are counted in; 条 where nothing is said.
_COUNTED = {Facet.PROCESS: "步", Facet.POSTS: "人"}
_RANKS = frozenset("省市区县")
_GUARDS = "风险防控责任人"
_PARTICLES = frozenset("的了着过吗呢吧啊")


@dataclass
class Findings:
    """What was found for a query; ``shape`` may differ from the query's (one power in a set of candidates)."""

    query: Query
    shape: Shape
    powers: tuple[int, ...] = ()
    facets: tuple[Facet, ...] = ()
    steps: dict[int, tuple[int, ...]] = field(default_factory=dict)  # by position: indices of the steps meant
    after_last: bool = False  # the step asked for would come after the last one
    evidence: dict[int, str] = field(default_factory=dict)  # by position: why it is in the set


class Lookup:
    """Answers queries from one register."""

    def __init__(self, lexicon: Lexicon, passages: Passages, synonyms: Mapping[str, tuple[str, ...]]):
        self._register = lexicon.register
        self._lexicon = lexicon
        self._passages = passages
        self._synonyms = synonyms

    def find(self, query: Query, step_before: tuple[int, int] | None = None) -> Findings:
        """Return what ``query`` asks for; ``step_before`` is the step last pointed at (position, index)."""
        if query.set_ask is not None:
            found = self._find_set(query)
            if query.set_ask.everything and query.facets == (Facet.POSTS,):
                found.evidence = {p: "、".join(self._everybody(p)) for p in found.powers}
            if found.shape is Shape.ASK:
                found = self._with_steps(found, step_before)
            if found.shape is Shape.UNKNOWN and query.set_ask.home:  # another division has it, if anybody
                found = self._find_set(replace(query, set_ask=replace(query.set_ask, home="")))
            return found
        return self._with_steps(Findings(query, query.shape, query.powers, query.facets), step_before)

    def _with_steps(self, found: Findings, step_before: tuple[int, int] | None) -> Findings:
        """Point at the steps that the query asks for."""
        if found.shape is Shape.ASK and found.query.step is not None:
            for position in found.powers:
                steps, beyond = self._steps(self._register.power(position), found.query.step, step_before)
                found.steps[position] = steps
                found.after_last |= beyond
        return found

    # ── sets ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _find_set(self, query: Query) -> Findings:
        ask = query.set_ask
        assert ask is not None  # noqa: S101 - the caller's condition, told to the type checker
        evidence: dict[int, str] = {}
        positions = [p.position for p in self._register.powers if not ask.within or p.position in ask.within]
        if units := (*ask.units, *([plain(ask.home)] if ask.home else [])):
            asked = frozenset[int]().union(*(self._lexicon.units[unit] for unit in units))
            positions = [p for p in positions if p in asked]
        if ask.named:
            positions = self._of_kind(positions, ask.named)
        if ask.at_least or ask.at_most:
            positions, evidence = self._of_size(positions, ask)
        if ask.extreme:
            positions, evidence = self._extreme(positions, ask)
        if ask.no_serial:
            positions = [p for p in positions if self._register.power(p).serial is None]
        if ask.people:
            # who 经办 nothing in that word has what they do told
            roles = self._of_people(ask.people, ask) or self._of_people(ask.people, replace(ask, roles=()))
            positions = [p for p in positions if p in roles]
            evidence |= roles
        if ask.not_people:
            unwanted = self._of_people(ask.not_people, ask)
            if ask.facets == {Facet.RESPONSIBLE} and unwanted.keys() >= set(positions):
                # 「责任人有没有不是曹丽君的」: no; they are told
                whole = replace(query, set_ask=SetAsk(everything=True), facets=(Facet.RESPONSIBLE,))
                return Findings(whole, Shape.LIST, tuple(positions))
            positions = [p for p in positions if p not in unwanted]
        if ask.phrases or ask.either or ask.resembling:
            places = self._with_any_wording(ask)
            positions = [p for p in positions if (p in places) != ask.without]
            if not ask.without:
                evidence |= {p: text for p, text in places.items() if p not in evidence}
            elif not places:
                positions = []  # nobody says it at all: more likely misread than wanted everywhere
        positions = self._as_often(positions, ask)
        positions = [p for p in positions if p not in query.near] if query.near else positions
        powers = tuple(positions)
        if query.shape is Shape.ASK or query.label == "wording":
            return self._one_or_more(query, powers)
        if not powers:
            return Findings(query, Shape.UNKNOWN)
        return Findings(query, Shape.LIST, powers, evidence=evidence)

    def _everybody(self, position: int) -> list[str]:
        """Return who holds a post there."""
        return list(dict.fromkeys(person for post in self._register.power(position).posts for person in post.people))

    def _of_kind(self, positions: list[int], kinds: tuple[str, ...]) -> list[int]:
        """Return the powers whose names hold one of ``kinds``; of one alone, also those that say it of themselves
        (「同一资金项目」).
        """
        named = [p for p in positions if any(kind in self._lexicon.names[p] for kind in kinds)]
        if len(named) != 1:
            return named
        saying = {place.position for kind in kinds for place in self._passages.containing([[f"{kind}项目"]])}
        return [p for p in positions if p in saying or p in named]

    def _extreme(self, positions: list[int], ask: SetAsk) -> tuple[list[int], dict[int, str]]:
        """Return the powers with the most or the fewest items of the facet asked for."""
        facet = next(iter(ask.facets))
        sizes = {p: self._size(self._register.power(p), facet) for p in positions}
        wanted = (max if ask.extreme in ("最多", "最长") else min)(sizes.values())
        told = {p: f"{size} {_COUNTED.get(facet, '条')}" for p, size in sizes.items() if size == wanted}
        return list(told), told

    def _of_size(self, positions: list[int], ask: SetAsk) -> tuple[list[int], dict[int, str]]:
        """Return the powers that have as many items of the facet as asked for."""
        facet = next(iter(ask.facets))
        sizes = {p: self._size(self._register.power(p), facet, ask.roles) for p in positions}
        most = ask.at_most or max(sizes.values(), default=0)
        told = {p: f"{size} {_COUNTED.get(facet, '条')}" for p, size in sizes.items() if ask.at_least <= size <= most}
        return list(told), told

    @staticmethod
    def _size(power: Power, facet: Facet, roles: tuple[str, ...] = ()) -> int:
        if facet is Facet.PROCESS:
            return len(power.process)
        if facet is Facet.POSTS:
            posts = [post for post in power.posts if not roles or any(role in post.role for role in roles)]
            return sum(len(post.people) for post in posts)
        return len(power.risks) if facet is Facet.RISKS else len(power.controls)

    def _one_or_more(self, query: Query, powers: tuple[int, ...]) -> Findings:
        """A description that fits one power names it; one that fits several lists or offers them."""
        if not powers:
            return Findings(query, Shape.UNKNOWN)
        if len(powers) == 1:
            return Findings(query, Shape.ASK, powers, query.facets or (Facet.OVERVIEW,))
        if (query.each or query.facets == (Facet.POSTS,)) and not query.single and len(powers) <= MAX_TOGETHER:
            return Findings(query, Shape.ASK, powers, query.facets)
        if query.facets:
            return Findings(query, Shape.CHOOSE, powers, query.facets)
        return Findings(query, Shape.LIST, powers)

    def _of_people(self, people: tuple[str, ...], ask: SetAsk) -> dict[int, str]:
        """Return, by position, the roles that ``people`` have there; only those that ``ask`` means."""
        by_person: list[dict[int, list[str]]] = []
        for person in people:
            held: dict[int, list[str]] = {}
            for position, role in self._lexicon.people.get(person, ()):
                responsible = role == Facet.RESPONSIBLE.value
                if ask.facets == {Facet.RESPONSIBLE} and not responsible:
                    continue
                if (ask.facets == {Facet.POSTS} or ask.roles) and responsible:
                    continue
                if ask.roles and not any(piece in role for piece in ask.roles):
                    continue
                held.setdefault(position, []).append(_GUARDS if responsible else role)
            by_person.append(held)
        if ask.facets == {Facet.POSTS, Facet.RESPONSIBLE}:  # 「既在岗位上、又是责任人的」
            both = [{p for p, roles in held.items() if _GUARDS in roles and len(roles) > 1} for held in by_person]
            by_person = [{p: held[p] for p in kept} for held, kept in zip(by_person, both, strict=True)]
        positions = set(by_person[0])
        for held in by_person[1:]:
            positions = positions & set(held) if ask.together else positions | set(held)
        told: dict[int, str] = {}
        for position in sorted(positions):
            parts = []
            for person, held in zip(people, by_person, strict=True):
                roles = "、".join(dict.fromkeys(held.get(position, ())))
                if roles:
                    parts.append(f"{person}：{roles}" if len(people) > 1 else roles)
            told[position] = "；".join(parts)
        return told

    def _with_any_wording(self, ask: SetAsk) -> dict[int, str]:
        """Return, by position, the passage that holds the wording, with one of its alternatives if there are any."""
        if ask.resembling:
            facets = frozenset(ask.facets) or None
            return self._texts(self._passages.resembling(ask.resembling, facets), ask)
        if not ask.either:
            found = self._with_wording(ask)
            if ask.exact and not found:  # quoted with a slip
                return self._with_any_wording(replace(ask, resembling=plain("".join(ask.phrases)), exact=False))
            return found
        each = [replace(ask, phrases=(*ask.phrases, wording), either=()) for wording in ask.either]
        return {p: text for one in reversed(each) for p, text in self._with_wording(one).items()}

    def _with_wording(self, ask: SetAsk) -> dict[int, str]:
        """Return, by position, the passage (or name) that holds the wording of ``ask``."""
        if ask.in_names:
            pieces = [plain(phrase) for phrase in ask.phrases]
            return {
                p: ""
                for p, name in self._lexicon.names.items()
                if all(name.endswith(piece) if ask.at_end else piece in name for piece in pieces)
            }
        phrases = ask.phrases
        found = self._together(phrases, ask)
        if not found and ask.facets == {Facet.POSTS}:
            ask = replace(ask, facets=frozenset())  # 「哪些岗位要定期轮岗」 counts posts, but the controls say it
            found = self._together(phrases, ask)
        if not found and len(phrases) > 1:
            # 「给企业打钱」: what most powers say anyway may stand elsewhere than the rest
            phrases = tuple(p for p in phrases if not self._common(p)) or phrases
            found = self._together(phrases, ask)
        if not found and len(phrases) > 1:
            each = [self._together((phrase,), ask) for phrase in phrases]
            if not all(each):
                return {}
            common = set(each[0]).intersection(*each[1:])
            if common:
                return {p: text for p, text in each[0].items() if p in common}
            return {p: text for one in reversed(each) for p, text in one.items()}
        if len(phrases) == _TWO and len(phrases[0]) >= _VERBATIM and not (ask.facets - {Facet.PROCESS}):
            found = self._one_after_the_other(phrases, ask) | found
        return dict(sorted(found.items()))

    def _one_after_the_other(self, phrases: tuple[str, ...], ask: SetAsk) -> dict[int, str]:
        """Return the powers where a step says the first phrase and the same or a later one the second: the
        「审核结果要专题审议」 of 「审核结果处室合议——局主管领导专题审议」.
        """
        process = frozenset({Facet.PROCESS})
        first: dict[int, int] = {}
        for place in self._passages.containing([[phrases[0]]], process):
            first.setdefault(place.position, place.index)
        later = [
            place
            for place in self._passages.containing([[phrases[1]]], process)
            if place.index >= first.get(place.position, len(self._register.power(place.position).process))
        ]
        return self._texts(later, ask)

    def _as_often(self, positions: list[int], ask: SetAsk) -> list[int]:
        """Return the powers that say the wording of ``ask`` in as many steps as asked, and not what is unwanted."""
        places = self._passages.containing([[p] for p in ask.phrases], frozenset({Facet.PROCESS})) if ask.times else []
        often = Counter(place.position for place in places)
        spoken_of = {p for wording in ask.not_phrases for p in self._with_wording(SetAsk(phrases=(wording,)))}
        return [p for p in positions if often[p] >= ask.times and p not in spoken_of]

    def _common(self, phrase: str) -> bool:
        """Whether at least half of the powers say ``phrase``, or it is a single character."""
        having = {place.position for place in self._passages.containing([[phrase]])}
        return len(phrase) == 1 or 2 * len(having) >= len(self._register.powers)

    def _together(self, phrases: tuple[str, ...], ask: SetAsk) -> dict[int, str]:
        """Return the powers one passage of which holds all ``phrases``: as they stand, else word by word."""
        facets = frozenset(ask.facets) or None
        places = self._passages.containing([[p] for p in phrases], facets)
        # 「初审」 is no 「审核」 where the register has what was typed
        parted = [[self._wordings(w, as_typed=bool(places)) for w in self._words(phrase)] for phrase in phrases]
        words = [wordings for phrase in parted for wordings in phrase]
        words = [] if ask.exact and self._passages.containing([[p] for p in phrases], facets) else words
        for place in self._passages.containing(words, facets) if words else ():
            text = plain(passage(self._register.power(place.position), place))
            if all(_in_order(phrase, text) for phrase in parted):
                places.append(place)
        found = self._texts(sorted(places, key=lambda place: place.position), ask)
        if not ask.facets and not ask.last_step:
            for position, name in self._lexicon.names.items():
                if all(phrase in name for phrase in phrases):
                    found.setdefault(position, "")
        return found

    def _words(self, phrase: str) -> list[str]:
        """Return the words of a phrase; particles say nothing."""
        if phrase in self._synonyms:
            return [phrase]
        words: list[str] = []
        for word in self._lexicon.cut(phrase):
            if words and words[-1] in _RANKS:
                words[-1] += word  # 「区商务局」, also where 「各区」 is a word
            elif word not in _PARTICLES:
                words.append(word)
        return words

    def _wordings(self, word: str, *, as_typed: bool) -> tuple[str, ...]:
        return (word,) if as_typed and len(word) > 1 else self._synonyms.get(word, (word,))

    def _texts(self, places: list[Place], ask: SetAsk) -> dict[int, str]:
        told: dict[int, str] = {}
        for place in places:
            power = self._register.power(place.position)
            if ask.last_step and not (place.facet is Facet.PROCESS and place.index == len(power.process) - 1):
                continue
            told.setdefault(place.position, passage(power, place))
        return told

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────

    def _steps(self, power: Power, ask: StepAsk, before: tuple[int, int] | None) -> tuple[tuple[int, ...], bool]:
        """Return the indices of the steps that ``ask`` points at, and whether it points beyond the last."""
        count = len(power.process)
        if not count:
            return (), False
        if ask.number is not None:
            index = ask.number - 1 if ask.number > 0 else count + ask.number
            return ((index,), False) if 0 <= index < count else ((), True)
        weighed = {i: agrees(step.condition or "", ask.amounts) for i, step in enumerate(power.process)}
        if ask.where in (Where.AT, Where.LAST) and any(verdict is not None for verdict in weighed.values()):
            return tuple(i for i, verdict in weighed.items() if verdict), False
        base = self._described(power, ask.words)
        if ask.where in (Where.AFTER, Where.BEFORE):
            if not base and before and before[0] == power.position:
                base = (before[1],)
            if not base:
                return (), False
            # 「审核完了」: the step that ends with it is meant, not 「审核结果报商务部」
            done = [i for i in base if plain(power.process[i].text).endswith(ask.words)]
            base = tuple(done) or base
            index = base[-1] + 1 if ask.where is Where.AFTER else base[0] - 1
            return ((index,), False) if 0 <= index < count else ((), True)
        acts = {w for word in ask.words if len(word) == 1 for w in self._synonyms.get(word, (word,))}  # 「哪个科先核」
        acted = [i for i, step in enumerate(power.process) if any(act in step.text for act in acts)]
        if ask.where is Where.AT:
            # what is but done tells a step where one alone says so: 「谁点的」
            return base or (tuple(acted) if len(acted) == 1 else ()), False
        if ask.where is Where.LAST:
            return base or (count - 1,), False
        if ask.where is Where.FIRST:
            return tuple(base[:1] or acted[:1] or (0,)), False
        return (), False

    def _described(self, power: Power, words: tuple[str, ...]) -> tuple[int, ...]:
        """Return the steps that hold most of ``words``; none when too little of them."""
        name = plain(power.name)
        scores = []
        for step in power.process:
            text = plain(f"{step.condition or ''}{step.text}")
            score = 0.0
            for word in words:
                if word in name and word not in text:
                    continue
                word = word
                wordings = self._synonyms.get(word, (word,))
                if any(w in text for w in wordings):
                    score += len(word) if word not in name else 0.5
                elif len(word) > 2:
                    score += 0.7 * sum(word[i : i + 2] in text for i in range(len(word) - 1))
            scores.append(score)
        best = max(scores)
        return tuple(i for i, score in enumerate(scores) if score == best) if best >= _MEANT else ()


def _in_order(words: Sequence[Sequence[str]], text: str) -> bool:
    """Whether ``text`` has the words (each as its acceptable wordings) one after the other."""
    at = 0
    for wordings in words:
        ends = [start + len(w) for w in wordings if (start := text.find(w, at)) >= 0]
        if not ends:
            return False
        at = min(ends)
    return True


def passage(power: Power, place: Place) -> str:
    """Return the passage at ``place``, verbatim."""
    if place.facet is Facet.PROCESS:
        return step_text(power, place.index)
    if place.facet is Facet.POSTS:
        return power.posts[place.index].role
    if place.facet is Facet.RISKS:
        return power.risks[place.index].text
    if place.facet is Facet.OVERVIEW:
        return power.name
    return power.controls[place.index]


def step_text(power: Power, index: int) -> str:
    """Return a step as printed: its condition in brackets before it."""
    step = power.process[index]
    return f"（{step.condition}）{step.text}" if step.condition else step.text


def roles_of(power: Power, person: str) -> list[str]:
    """Return the roles that ``person`` has in ``power``."""
    return [role for name, role in people_of(power) if name == person]
