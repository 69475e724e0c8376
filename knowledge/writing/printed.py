"""How steps, posts, people and items are printed in one cell, so that they read back to the same.

Each kind has its usual form and others for texts that the usual one would break; the first that the readers of
``knowledge.reading.cells`` turn into the same again is taken, else the usual one.
"""

from collections.abc import Callable, Iterable, Sequence

from knowledge.models import Post, Step
from knowledge.reading.cells import parse_items, parse_people, parse_posts, parse_process

_NUMBERS: tuple[Callable[[int], str], ...] = ("{}.".format, "{}、".format, "（{}）".format, "{})".format)


def printed_process(process: Sequence[Step], is_misprint: Callable[[str, str], bool]) -> str:
    """Return the steps with 「——」 between; ``is_misprint`` as in ``parse_process``."""
    steps = [f"（{step.condition}）{step.text}" if step.condition else step.text for step in process]
    forms = ["——".join(steps), "——".join([*steps, ""]), "\n".join(steps), "；".join(steps)]
    return _first_that(forms, lambda form: parse_process(form, is_misprint) == tuple(process))


def printed_posts(posts: Sequence[Post]) -> str:
    """Return 「role：people，role：people」."""
    parts = [f"{post.role}：{'、'.join(post.people)}" if post.role else "、".join(post.people) for post in posts]
    forms = [mark.join(parts) for mark in ("，", "\n", "；")]
    return _first_that(forms, lambda form: parse_posts(form) == tuple(posts))


def printed_people(people: Sequence[str]) -> str:
    """Return the names with 「、」 between."""
    return _first_that(["、".join(people), "\n".join(people)], lambda form: parse_people(form) == tuple(people))


def printed_items(items: Sequence[str]) -> str:
    """Return the items on numbered lines, a single one without a number."""
    numbered = ["\n".join(number(at) + item for at, item in enumerate(items, start=1)) for number in _NUMBERS]
    forms = [*items, *numbered] if len(items) == 1 else [*numbered, "\n\n".join(items)]
    return _first_that(forms, lambda form: parse_items(form) == tuple(items))


def _first_that(forms: Iterable[str], is_read_back: Callable[[str], bool]) -> str:
    forms = list(forms)
    return next((form for form in forms if is_read_back(form)), forms[0])
