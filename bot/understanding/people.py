"""Recognising the people of a register in a question: full names, homophones, given names, 小杜, 曹处."""

import re
from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass

from knowledge.lexicon import Lexicon
from knowledge.look_alikes import meant_for
from knowledge.pinyin import blurred, readings, sounds

_TITLES = "处长|处座|处|科长|科|主任|局长|局|工|姐|哥|老师|总|书记|经理|同志|副处长|副处|科员"


# The commonest surnames: before a given name they make another person of it (张丽君 is not 曹丽君).
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)


_TITLED = re.compile(r"(?:副?处长|副?科长|副?主任|副?局长|书记|经理|老师|同志)")
# A name of so many characters is heard in any accent; a shorter one with a title behind it.
_LONG_NAME, _SHORT_NAME = 3, 2

# Who is said to do something (「张敏还管二手车吗」), and what is in no given name (「钱谁管」).
_NO_NAME = "的了着过和与跟把被让给谁哪啥何几都也还不由归在"
_NAMED = re.compile(
    rf"(?:^|(?<=[,。? ])|(?<=是))([{''.join(sorted(SURNAMES))}](?:(?![{_NO_NAME}])[一-鿿]){{1,2}}?)"
    r"(?=(?:现在|如今|目前|到底|主要|还|也|在|一直|不|是|都)*(?:管(?![理控辖制])|负责|经办|主办|名下|手里|手上|手头))"
)
_STRANGER = re.compile(rf"([{''.join(sorted(SURNAMES))}])(?:处长|科长|主任|局长|书记|经理)")


def is_office(text: str) -> bool:
    """Whether ``text`` is an office that somebody holds: 处长."""
    return _TITLED.fullmatch(text) is not None


@dataclass(frozen=True)
class Named:
    """A stretch of the question that names people; several when a surname fits several."""

    start: int
    end: int
    people: tuple[str, ...]
    exact: bool
    title: str = ""  # the office by which the person is named


def _titles_of(lexicon: Lexicon, words: Container[str]) -> dict[str, str]:
    """Return the offices that one person alone holds (副处长 → 郑苑); 经办人 and the like are ``words``, no offices."""
    holders: dict[str, set[str]] = defaultdict(set)
    for person, posts in lexicon.people.items():
        for _position, role in posts:
            unit = next((u for u in lexicon.units if role.startswith(u)), "")
            title = role.removeprefix(unit)
            if title.endswith(("长", "主任", "书记", "经理")) and title not in words:
                holders[title].add(person)
    return {title: next(iter(who)) for title, who in holders.items() if len(who) == 1}


class PeopleFinder:
    """Finds people of one register; ``words`` are words of questions, which are no titles."""

    def __init__(self, lexicon: Lexicon, words: Container[str]):
        self._is_word = lexicon.is_word
        self._people = tuple(lexicon.people)
        # 仇 and 单 are said otherwise in names, 长宇 is typed for 常宇
        self._by_sound = {said: person for person in self._people if len(person) > 1 for said in readings(person)}
        self._by_sound |= {sounds(person): person for person in self._people if len(person) > 1}
        # 何文兵 is typed for 何文斌; a name of two characters is heard so only with a title behind it
        blur: dict[str, set[str]] = defaultdict(set)
        for person in self._people:
            if len(person) >= _SHORT_NAME:
                blur[blurred(person)].add(person)
        self._by_blur = {said: next(iter(who)) for said, who in blur.items() if len(who) == 1}
        self._first_sounds = frozenset(said[0] for said in self._by_sound)
        self._lengths = sorted({len(person) for person in self._people if len(person) > 1}, reverse=True)
        given: dict[str, set[str]] = defaultdict(set)
        self._by_surname: dict[str, list[str]] = defaultdict(list)
        for person in self._people:
            self._by_surname[person[0]].append(person)
            if len(person) > 2:
                given[person[1:]].add(person)
        self._given = {name: next(iter(who)) for name, who in given.items() if len(who) == 1}
        self._titles = _titles_of(lexicon, words)
        surnames = "".join(self._by_surname)
        self._familiar = (
            re.compile(rf"(?:[小老]|姓)([{surnames}])(?![一-鿿]?[{surnames}])|([{surnames}])(?:{_TITLES})")
            if surnames
            else None
        )

    def _heard(self, piece: str) -> str | None:
        """Return the person whose name ``piece`` may sound like, however it is read, or whose name is said alike by
        many (bin for bing).
        """
        heard = next((self._by_sound[said] for said in readings(piece) if said in self._by_sound), None)
        return heard or (self._by_blur.get(blurred(piece)) if len(piece) >= _LONG_NAME else None)

    def _seen(self, piece: str) -> str | None:
        """Return the person whose name differs from ``piece`` in one character that looks like the right one."""
        if piece[0] not in self._by_surname:
            return None
        near = (piece[:i] + other + piece[i + 1 :] for i in range(1, len(piece)) for other in meant_for(piece[i]))
        return next((name for name in near if name in self._people), None)

    def find(self, text: str) -> list[Named]:
        """Return who is named in ``text`` (normalised; pinyin as codes), longest and exact readings first.

        「张科长」 where no 张 is in the register is named too, with no people, and so is 张敏 of 「张敏还管二手车吗」.
        """
        found = self._by_name(text)
        for named in self._by_part(text):
            if not any(n.start < named.end and named.start < n.end for n in found):
                found.append(named)
        for named in self._strangers(text):
            if not any(n.start < named.end and named.start < n.end for n in found if n.people):
                found.append(named)
        return found

    def _by_name(self, text: str) -> list[Named]:
        """Return who is named in full, as it is written or as it sounds or looks."""
        said = sounds(text)
        found: list[Named] = []
        starts = [i for i, char in enumerate(text) if not self._first_sounds.isdisjoint(readings(char))]
        for length in self._lengths:
            for start in starts:
                piece = text[start : start + length]
                if len(piece) < length:
                    continue
                if piece in self._people:
                    titled = _TITLED.match(text, start + length)
                    found.append(Named(start, titled.end() if titled else start + length, (piece,), exact=True))
                else:
                    person = self._by_sound.get(said[start : start + length]) or self._heard(piece) or self._seen(piece)
                    if person is None and length == _SHORT_NAME and _TITLED.match(text, start + length):
                        person = self._by_blur.get(blurred(piece))  # 「梁成同志」
                    if person and (length > 2 or not self._is_word(piece)):
                        found.append(Named(start, start + length, (person,), exact=False))
        return found

    def _by_part(self, text: str) -> Iterator[Named]:
        """Yield who is named by a given name, an office that nobody else holds, or as 小杜 or 曹处."""
        for name, person in self._given.items():
            at = text.find(name)
            other = at > 0 and text[at - 1] in SURNAMES and text[at - 1] != person[0]
            if at >= 0 and not other:
                yield Named(at, at + len(name), (person,), exact=False)
        for title, person in self._titles.items():
            at = text.find(title)
            if at >= 0:
                yield Named(at, at + len(title), (person,), exact=True, title=title)
        for met in self._familiar.finditer(text) if self._familiar else ():
            yield Named(met.start(), met.end(), tuple(self._by_surname[met[1] or met[2]]), exact=False)

    def _strangers(self, text: str) -> Iterator[Named]:
        """Yield who is named by an office or by what they do, and may be in no register."""
        for met in _NAMED.finditer(text):
            if not any(self._is_word(met[1][i : i + 2]) for i in range(len(met[1]) - 1)):
                yield Named(met.start(1), met.end(1), (), exact=False)
        for met in _STRANGER.finditer(text):
            yield Named(met.start(), met.end(), tuple(self._by_surname.get(met[1], ())), exact=False)
