"""What a careful person notices only with the whole register before them: names and people that occur twice or in two
spellings, handlers who are to watch themselves, controls that are the same everywhere.

Every check takes time in proportion to the register: names are compared through what they share, not pair by pair.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from knowledge.models import Facet, Fault, Power
from knowledge.pinyin import sounds
from knowledge.text import normalise, plain

# A role like these works on a case; one like those leads or looks over.
_HANDLER = re.compile("经办|承办|办理|受理|初审|检查|核查|勘验|录入")
_LEADER = re.compile("负责|处长|科长|局长|主任|领导|组长|书记|复核|审核|审批|审定")

# A name written with a sign or bracket is more than a name; longer ones are organisations.
_PERSON = re.compile(r"[一-鿿]{2,4}")
# A spelling that occurs once beside one that occurs so often is suspected to be a slip.
_OFTEN = 3
# More names than this that share all but one character are a family, not slips.
_FAMILY = 6
# Fewer powers may well have the same controls.
_FEW = 3


def faults_of_all(powers: Sequence[Power]) -> list[Fault]:
    """Return the faults that show only between powers, and those of who does what, in the order of positions."""
    faults = [
        *_duplicate_names(powers),
        *_handlers_responsible(powers),
        *_spelt_twice(powers),
        *_controls_identical(powers),
    ]
    return sorted(faults, key=lambda fault: (fault.position is None, fault.position or 0))


def _duplicate_names(powers: Sequence[Power]) -> Iterator[Fault]:
    first: dict[tuple[str, str], Power] = {}
    for power in powers:
        other = first.setdefault((power.unit, plain(power.name)), power)
        if other is not power:
            yield Fault(
                kind="name-duplicate",
                position=power.position,
                message=f"名称和第 {other.position} 项相同，请核对是否重复，或改得能区分。",
            )


def _handlers_responsible(powers: Sequence[Power]) -> Iterator[Fault]:
    for power in powers:
        handlers = {
            person: post.role
            for post in power.posts
            if _HANDLER.search(post.role) and not _LEADER.search(post.role)
            for person in post.people
        }
        both = [person for person in power.responsible if person in handlers]
        if both:
            yield Fault(
                kind="handler-is-responsible",
                position=power.position,
                facet=Facet.RESPONSIBLE,
                message=f"{'、'.join(both)}既是“{handlers[both[0]]}”又是风险防控责任人，自己防控自己，建议另定责任人。",
            )


def _controls_identical(powers: Sequence[Power]) -> Iterator[Fault]:
    if len(powers) >= _FEW and powers[0].controls and len({power.controls for power in powers}) == 1:
        yield Fault(
            kind="controls-identical",
            facet=Facet.CONTROLS,
            message=f"全部 {len(powers)} 项的防控措施一字不差，建议按各项的风险点分别制定。",
        )


def _spelt_twice(powers: Sequence[Power]) -> Iterator[Fault]:
    """Yield the names that look like a second spelling of another, at the place of the rarer."""
    places: dict[str, list[tuple[int, Facet]]] = defaultdict(list)
    for power in powers:
        named = [(person, Facet.POSTS) for post in power.posts for person in post.people]
        for person, facet in dict.fromkeys([*named, *((person, Facet.RESPONSIBLE) for person in power.responsible)]):
            places["".join(person.split())].append((power.position, facet))
    people = [person for person in places if _PERSON.fullmatch(person)]
    told = set()
    for one, other in _alike(people, {person: len(places[person]) for person in people}):
        rare, usual = sorted((one, other), key=lambda person: (len(places[person]), -places[person][0][0]))
        if rare not in told:
            told.add(rare)
            position, facet = places[rare][0]
            yield Fault(
                kind="person-spelt-twice",
                position=position,
                facet=facet,
                message=f"“{rare}”和第 {places[usual][0][0]} 项的“{usual}”像是同一个人，若是，建议都写“{usual}”。",
            )


def _alike(people: Sequence[str], counts: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Yield pairs of names that sound the same, or of which one, written once, is a slip away from a frequent one."""
    by_sound: dict[str, list[str]] = defaultdict(list)
    for person in people:
        by_sound[sounds(normalise(person))].append(person)
    for group in by_sound.values():
        if len(group) <= _FAMILY:
            yield from combinations(group, 2)
    by_rest: dict[object, list[str]] = defaultdict(list)
    for person in people:
        for rest in _rests(person):
            by_rest[rest].append(person)
    for group in by_rest.values():
        if 1 < len(group) <= _FAMILY:
            for one, other in combinations(dict.fromkeys(group), 2):
                if min(counts[one], counts[other]) == 1 and max(counts[one], counts[other]) >= _OFTEN:
                    yield one, other


def _rests(person: str) -> Iterable[object]:
    """Return what two names share that differ by one character, by the order of two, or by one left out.

    Names of two characters differ by one from too many others.
    """
    if len(person) > 2:
        yield "".join(sorted(person))
        for at in range(len(person)):
            rest = person[:at] + person[at + 1 :]
            yield at, len(person), rest
            yield rest
    yield person
