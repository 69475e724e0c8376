"""What is asked, as data: the outcome of understanding."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from knowledge.models import Facet

# Who holds a post can be told of so many powers in one reply.
MAX_TOGETHER = 6
# More options than this are no help on a phone.
MAX_OPTIONS = 6


class Shape(Enum):
    """The shapes of questions."""

    ASK = auto()  # facets of one or several powers
    LIST = auto()  # which powers …
    CHOOSE = auto()  # several powers fit: ask back
    UNKNOWN = auto()
    CHAT = auto()


class Reason(Enum):
    """Why a question has no answer."""

    NOT_HELD = auto()  # a register never holds it (deadlines, fees, telephone numbers)
    NOT_FOUND = auto()  # no power, person or wording fits
    NO_SUCH_PERSON = auto()
    NO_SUCH_NUMBER = auto()
    NO_SUBJECT = auto()  # which power is meant was not said
    TOO_LONG = auto()
    EMPTY = auto()


class Where(Enum):
    """Which step is asked for, seen from the step that the words describe."""

    AT = auto()
    FIRST = auto()
    LAST = auto()
    AFTER = auto()
    BEFORE = auto()


@dataclass(frozen=True)
class StepAsk:
    """A question about one step: by its words, its number (negative: from the end), or relative to another."""

    where: Where
    words: tuple[str, ...] = ()
    number: int | None = None
    amounts: tuple[tuple[float, str], ...] = ()  # 「投了七年」: which condition holds


@dataclass(frozen=True)
class SetAsk:
    """Which powers: all conditions hold together.

    ``people``: each with all their posts (``roles`` narrows to roles with one of these pieces in them);
    ``phrases``: wording that one passage must hold, as alternatives of words; ``without``: the complement.
    """

    people: tuple[str, ...] = ()
    not_people: tuple[str, ...] = ()  # who must not be among the power's people
    together: bool = False
    roles: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    not_phrases: tuple[str, ...] = ()  # wording that must not stand anywhere
    exact: bool = False  # the wording was quoted: no synonyms
    resembling: str = ""  # wording that a passage says nearly as it stands here
    either: tuple[str, ...] = ()  # further wording, of which one suffices
    facets: frozenset[Facet] = frozenset()
    in_names: bool = False
    at_end: bool = False  # of the names
    without: bool = False
    last_step: bool = False
    everything: bool = False
    units: tuple[str, ...] = ()  # only powers of these units
    home: str = ""  # the chat's own unit, as printed: only its powers, where any fit
    within: tuple[int, ...] = ()  # only among these (the last list)
    no_serial: bool = False
    named: tuple[str, ...] = ()  # one of which the name must hold: 「许可类」
    times: int = 0  # in so many steps
    at_least: int = 0  # so many items of ``facets`` …
    at_most: int = 0  # … and no more than so many (0: any number)
    extreme: str = ""  # 最多 / 最少, of the items of ``facets``


@dataclass(frozen=True)
class Query:
    """What is asked. ``powers`` are positions: those asked about, or those to choose from."""

    shape: Shape
    powers: tuple[int, ...] = ()
    facets: tuple[Facet, ...] = ()
    step: StepAsk | None = None
    set_ask: SetAsk | None = None
    item: int | None = None  # 「第三条措施」
    compare: bool = False
    people: tuple[str, ...] = ()  # named in the question: a premise to confirm or correct
    misspelt: str = ""  # how a person was spelt, where it was not as in the register
    reason: Reason | None = None
    label: str = ""  # what the register does not hold; which chat topic
    near: tuple[int, ...] = ()  # powers that may be offered with an UNKNOWN
    counting: bool = False
    single: bool = False  # one power is described (「出证的那个」): where several fit, which one is asked back
    each: bool = False  # of a set, all are asked about: 「路海轩那两项的流程」
    with_responsible: bool = False  # 「谁负责」 also wants the person responsible for the controls
    said: str = ""  # the words the reply may quote
    # how it was understood, for a person who asks: written only then
    explain: Callable[[], tuple[str, ...]] = field(default=tuple, compare=False, repr=False)
