"""What stands in one cell: steps, posts, list items. Pure functions from text to models.

Source of the rules: the printed register (``knowledge/registers``) and how a careful person reads it.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from knowledge.models import Post, Step

_DASHES = re.compile(r"[—―─－]{2,}|-{2,}>?|→+|➔|⇒")
_SINGLE_DASH = re.compile(r"[—―─]")
_LINE_MARK = re.compile(r"[；;\n]")
_OPEN, _CLOSE = "（([【", "）)]】"
_BRACKET = re.compile(r"[（(\[【）)\]】]")
_TERMINAL = "。；;！!？?"
_POST_MARK = re.compile(r"[，,；;。\n]")
_PEOPLE_MARK = re.compile(r"[、，,；;/／。\n]")
_COLON = re.compile("[：:]")
_BLANKS = re.compile(r"(?<!\s)\s++(?![（(\[【])")  # a bracket belongs to the word before it
_REMARK = re.compile(r"\s*[（(\[【].*", re.S)

_HANZI_NUMBER = "[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_ITEM_NUMBER = re.compile(
    r"\s*(?:(?P<digits>\d{1,2})\s*(?:[.．](?!\d)|[、)）])"
    rf"|[（(](?P<bracketed>\d{{1,2}}|{_HANZI_NUMBER})[)）]|(?P<hanzi>{_HANZI_NUMBER})、|(?P<circled>[①-⑳]))\s*"
)
_INLINE_NUMBER = re.compile(rf"(?<=[{_TERMINAL}]){_ITEM_NUMBER.pattern}(?=\S)")
_HANZI_DIGITS = {c: n for n, c in enumerate("一二三四五六七八九", start=1)}

# At most nine figures: no register counts further, and SQLite could not keep a number of any length.
_SERIAL = re.compile(r"(\d{1,9})\s*[.．、]?")


def parse_serial(cell: str) -> int | None:
    """Return the number in a serial cell (「3」, 「3.」, 「（三）」), or ``None`` if something else stands there."""
    printed = cell.strip()
    found = _SERIAL.fullmatch(printed)
    if found:
        return int(found[1])
    found = _ITEM_NUMBER.fullmatch(printed) or _ITEM_NUMBER.fullmatch(f"{printed}、")
    return _value(found) if found else None


def is_item_number(text: str) -> bool:
    """Whether ``text`` is a list number and nothing more."""
    return _ITEM_NUMBER.fullmatch(text) is not None


def on_one_line(text: str) -> str:
    """Return a phrase whose lines were wrapped, on one line."""
    return "".join(line.strip() for line in text.splitlines())


def has_dashes(cell: str) -> bool:
    """Whether steps are marked off in ``cell`` as in a process."""
    return _DASHES.search(cell) is not None


def _never(_before: str, _after: str) -> bool:
    return False


def parse_process(cell: str, is_misprint: Callable[[str, str], bool] = _never) -> tuple[Step, ...]:
    """Return the steps of a process cell.

    Args:
        cell: the text between whose 「——」 or arrows the steps stand; failing these, numbers, line breaks, semicolons.
        is_misprint: given the text before and after a dash, whether the dash is a misprinted 「一」 and no boundary.
    """
    flat = on_one_line(cell)
    parts = _split_outside_brackets(flat, _DASHES, is_misprint)
    if len(parts) == 1:
        parts = _split_outside_brackets(flat, _SINGLE_DASH, is_misprint)
    if len(parts) == 1:
        parts = _counted(cell) or _split_outside_brackets(cell, _LINE_MARK)
    parts = _without_numbers([on_one_line(part) for part in parts])
    parts[-1] = parts[-1].rstrip().removesuffix("。")
    steps: list[Step] = []
    waiting: str | None = None  # a bracket that stands alone between two dashes governs the step after it
    for part in (p.strip() for p in parts):
        if not part:
            continue
        condition, text = _leading_condition(part)
        if condition and not text:
            waiting = part if waiting is None else waiting + part
            continue
        if waiting is not None:
            condition = waiting[1:-1] if condition is None else f"{waiting[1:-1]}）（{condition}"
            waiting = None
        steps.append(Step(number=len(steps) + 1, text=text, condition=condition))
    if waiting is not None:
        steps.append(Step(number=len(steps) + 1, text=waiting))
    return tuple(steps)


def _counted(cell: str) -> list[str]:
    """Return the steps of a cell that numbers them from 1 on, or nothing."""
    items = numbered_items(cell)
    counted = len(items) > 1 and [number for number, _text in items] == list(range(1, len(items) + 1))
    return [text.rstrip("；;") for _number, text in items] if counted else []


def _without_numbers(parts: list[str]) -> list[str]:
    """Take the numbers off steps that are numbered from 1 on (「①申请→②受理」)."""
    found = [_ITEM_NUMBER.match(part) for part in parts]
    numbers = [_value(number) for number in found if number and number.end() < len(number.string)]
    if len(parts) < 2 or numbers != list(range(1, len(parts) + 1)):
        return parts
    return [part[number.end() :] if number else part for part, number in zip(parts, found, strict=True)]


def dashes_in(cell: str) -> Iterable[tuple[str, str]]:
    """Yield what stands before and after each dash of a process cell, boundary or not."""
    flat = on_one_line(cell)
    for found in _DASHES.finditer(flat):
        yield flat[: found.start()], flat[found.end() :]


def _split_outside_brackets(
    text: str, mark: re.Pattern[str], is_misprint: Callable[[str, str], bool] = _never
) -> list[str]:
    marks = list(mark.finditer(text))
    depths = _depths(text) if marks else []
    parts, start = [], 0
    for found in marks:
        if depths[found.start()] == 0 and not is_misprint(text[: found.start()], text[found.end() :]):
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


def brackets_balance(text: str) -> bool:
    """Whether every bracket of ``text`` has its partner."""
    depth = 0
    for char in _BRACKET.findall(text):
        depth += 1 if char in _OPEN else -1
        if depth < 0:
            return False
    return depth == 0


def _depths(text: str) -> list[int]:
    """Return how deep in brackets each character stands; all 0 where the brackets don't balance."""
    if not _BRACKET.search(text) or not brackets_balance(text):
        return [0] * len(text)
    depths, depth = [], 0
    for char in text:
        depth += (char in _OPEN) - (char in _CLOSE)
        depths.append(depth)
    return depths


def _leading_condition(step: str) -> tuple[str | None, str]:
    """Split 「（重大项目）报局主要领导审定」 into its condition and its text."""
    if step[0] not in _OPEN or not brackets_balance(step):
        return None, step
    end = _depths(step).index(0)
    condition = step[1:end].strip()
    return (condition, step[end + 1 :].strip()) if condition else (None, step)


def parse_posts(cell: str) -> tuple[Post, ...]:
    """Return the posts of a cell like 「外贸运行处负责人：曹丽君，外贸运行处经办人：路海轩」.

    A part with a colon opens a post, a part without one names further people of the post before it.
    """
    posts: list[Post] = []
    for part in _split_outside_brackets(cell, _POST_MARK):
        *roles, names = _split_outside_brackets(part, _COLON)
        people = parse_people(names)
        if roles:
            posts.append(Post(role=on_one_line("：".join(roles)).strip(), people=people))
        elif posts and people:
            posts[-1] = Post(role=posts[-1].role, people=(*posts[-1].people, *people))
        elif people:
            posts.append(Post(role="", people=people))
    return tuple(posts)


def paired_posts(roles: str, names: str) -> tuple[Post, ...]:
    """Return the posts of a cell of roles and the cell of names beside it: line by line, or one by one.

    Where they can't be paired (three people for two roles), the roles as they stand are one post of all. People who
    stand behind the roles themselves keep their posts; others are without one.
    """
    people, posts = parse_people(names), parse_posts(roles)
    if any(post.role and post.people for post in posts):
        known = {person for post in posts for person in post.people}
        others = tuple(person for person in people if person not in known)
        return (*posts, Post(role="", people=others)) if others else posts
    each = [role for post in posts for role in ([post.role] if post.role else post.people)]
    lines = [parse_people(line) for line in names.splitlines() if line.strip()]
    if len(each) > 1 and len(each) == len(lines):
        return tuple(Post(role=role, people=line) for role, line in zip(each, lines, strict=True))
    if len(each) > 1 and len(each) == len(people):
        return tuple(Post(role=role, people=(person,)) for role, person in zip(each, people, strict=True))
    return (Post(role="、".join(each), people=people),) if each or people else ()


def parse_people(cell: str) -> tuple[str, ...]:
    """Return the names in 「赵思聪、常宇」; 「张 三」 (a name spread by a space) is one name.

    What stands in brackets belongs to the name before it: 「张三（挂职，副处长）」 is one person.
    """
    people: list[str] = []
    for part in _split_outside_brackets(cell, _PEOPLE_MARK):
        words = [word for word in _split_outside_brackets(part, _BLANKS) if word.strip()]
        if all(len(_REMARK.sub("", word)) <= 1 for word in words):
            words = ["".join(words)] if words else []
        people += [on_one_line(word) for word in words]
    return tuple(people)


def parse_items(cell: str) -> tuple[str, ...]:
    """Return the items of a risks or controls cell without their list numbers (see ``numbered_items``)."""
    return tuple(text for _number, text in numbered_items(cell))


def numbered_items(cell: str) -> list[tuple[int | None, str]]:
    """Return the items of a list cell, each with its printed number (``None`` where none is printed).

    A line that begins with a number begins an item. A line without one is an item that lost its number when the
    numbers around it leave room for one (「甲 / 乙 / 3.丙」: two items before 3), else the rest of the item
    before it. Where no number decides, a line is the rest of the item before it if that one does not end its
    sentence and no blank line stands between.
    """
    lines = _numbered_lines(cell)
    numbers = [number for number, _text, _after_blank in lines]
    ends_sentences = any(text[-1] in _TERMINAL for _number, text, _after_blank in lines)
    items: list[tuple[int | None, str]] = []
    index = 0
    while index < len(lines):
        number, text, _ = lines[index]
        if number is not None:
            items.append((number, text))
            index += 1
            continue
        end = next((i for i in range(index, len(lines)) if numbers[i] is not None), len(lines))
        room: int | None = None  # how many items without a number the printed numbers leave room for
        if end < len(lines):
            room = (numbers[end] or 0) - (_last_number(items) or 0) - 1
        gap = lines[index:end]
        if room is not None and room <= 0 and items:
            items[-1] = (items[-1][0], items[-1][1] + "".join(line for _n, line, _b in gap))
        elif room == len(gap):
            items += [(None, line) for _n, line, _b in gap]
        else:
            for _n, line, after_blank in gap:
                if items and _continues(items[-1][1], after_blank, ends_sentences):
                    items[-1] = (items[-1][0], items[-1][1] + line)
                else:
                    items.append((None, line))
        index = end
    return items


def _last_number(items: list[tuple[int | None, str]]) -> int | None:
    """Return the number the last item has or, where lost, would have."""
    for back, (number, _text) in enumerate(reversed(items)):
        if number is not None:
            return number + back
    return None


def _continues(before: str, after_blank: bool, ends_sentences: bool) -> bool:
    if before[-1] in "，、,：:（(":
        return True
    return ends_sentences and not after_blank and before[-1] not in _TERMINAL


def _numbered_lines(cell: str) -> list[tuple[int | None, str, bool]]:
    """Return each line's list number, its text and whether a blank line stands before it.

    「1.甲。2.乙。」 on one line is two: a number next in order after the end of a sentence begins an item.
    """
    lines: list[tuple[int | None, str, bool]] = []
    after_blank = False
    pending: re.Match[str] | None = None  # a number printed on a line of its own belongs to the line after it
    for raw in cell.splitlines():
        line = raw.strip()
        if not line:
            after_blank = True
            continue
        found = _line_number(line, lines)
        text = line[found.end() :] if found else line
        if not text:
            pending = found
            continue
        for item in _parted(found or pending, text):
            lines.append((*item, after_blank))
            after_blank = False
        pending = None
    return lines


def _line_number(line: str, before: list[tuple[int | None, str, bool]]) -> re.Match[str] | None:
    """Return the list number at the beginning of ``line``, if one stands there.

    A figure behind it (「1、2人以上」, 「10、20个工作日」) leaves doubt: then only the number that is next counts.
    """
    found = _ITEM_NUMBER.match(line)
    if found and found["digits"] and line[found.end() : found.end() + 1].isdecimal():
        last = before[-1][0] if before else None
        return found if _value(found) in (1, len(before) + 1, (last or 0) + 1) else None
    return found


def _parted(found: re.Match[str] | None, text: str) -> Iterator[tuple[int | None, str]]:
    """Yield the items on one line that begins with the list number ``found``: those after it are numbered alike."""
    if found is None:
        yield None, text
        return
    number, start = _value(found), 0
    for cut in _INLINE_NUMBER.finditer(text):
        if cut.lastgroup == found.lastgroup and _value(cut) == number + 1:
            yield number, text[start : cut.start()].strip()
            number, start = number + 1, cut.end()
    yield number, text[start:].strip()


def _value(found: re.Match[str]) -> int:
    """Return the number of a match of ``_ITEM_NUMBER``."""
    if found["circled"]:
        return ord(found["circled"]) - ord("①") + 1
    printed = found["digits"] or found["bracketed"] or found["hanzi"]
    if printed.isdecimal():
        return int(printed)
    tens, ten, ones = printed.rpartition("十")
    return (10 * _HANZI_DIGITS.get(tens, 1) if ten else 0) + _HANZI_DIGITS.get(ones, 0)
