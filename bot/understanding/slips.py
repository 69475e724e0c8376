"""A character typed for another that sounds alike: which one was meant, told from the words around it."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import groupby

from bot.understanding.people import SURNAMES
from bot.understanding.segments import Cut, Kind
from bot.understanding.vocabulary import Vocabulary, asks_facet
from knowledge.lexicon import Lexicon
from knowledge.passages import Passages
from knowledge.pinyin import readings, sounds

# Characters on either side that a word reaches over.
_AROUND = 4
# How much likelier the mended text must be, as a difference of natural logarithms (e⁵ ≈ 150 times): measured on the
# project's own questions with a random character replaced. Below it one in five was mended wrongly.
_LIKELIER = 5.0
# Words of one character that questions are full of.
_ANYWHERE = frozenset("的一个项是谁有了吗呢在和哪几")


class Slips:
    """Mends slips of the input method in questions about one register.

    Only a character that nothing explains is looked at, and only characters that the register or the words of questions
    hold are thought of: another of the same sound is meant where it makes words of its neighbours.
    """

    def __init__(self, lexicon: Lexicon, passages: Passages, words: Vocabulary):
        self._lexicon = lexicon
        self._passages = passages
        self._words = words

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        """The characters that may be meant, by their sound."""
        texts = (*self._lexicon.names.values(), *self._lexicon.people, *self._words.tags, self._passages.characters)
        by_sound: dict[str, list[str]] = defaultdict(list)
        for char in sorted({char for text in texts for char in text if "一" <= char <= "鿿"}):
            by_sound[sounds(char)].append(char)
        return dict(by_sound)

    def as_talked_of(self, cut: Cut, positions: Iterable[int]) -> str:
        """Return the text of ``cut`` with the first thing that nothing explains as the powers at ``positions``, which
        were talked of, say it, where it sounds like it (「复合呢」 for 复核); "" where nothing does.
        """
        for loose, run in groupby(cut.segments, key=lambda s: s.kind is Kind.OTHER):
            said = list(run)
            start, end = said[0].start, said[-1].end
            if loose and end - start > 1:
                heard = (self._passages.heard_in(position, sounds(cut.text[start:end])) for position in positions)
                meant = next(filter(None, heard), "")
                return f"{cut.text[:start]}{meant}{cut.text[end:]}" if meant else ""
        return ""

    def as_asked(self, cut: Cut) -> str:
        """Return the text of ``cut`` with the first word that nothing explains as the word for a facet that it sounds
        like (经受 for 经手); "" where there is none.
        """
        for s in cut.segments:
            word = self._words.by_sound.get(sounds(s.text)) if s.kind is Kind.OTHER and len(s.text) > 1 else None
            if word and asks_facet(self._words.of(word)):
                return f"{cut.text[: s.start]}{word}{cut.text[s.end :]}"
        return ""

    def mended(self, cut: Cut) -> str:
        """Return the text of ``cut`` with its likeliest slip mended, "" where no slip is likely."""
        likeliest = (_LIKELIER, "")
        for s in cut.segments:
            if s.is_loose and len(s.text) == 1:
                likeliest = max(likeliest, self._character_for(cut.text, s.start))
        return likeliest[1]

    def _character_for(self, text: str, at: int) -> tuple[float, str]:
        """Return how much likelier ``text`` is with the best character of that sound at ``at``, and that text."""
        if at and text[at - 1] in SURNAMES:
            return 0.0, ""  # 张伟 is somebody
        start, typed = max(0, at - _AROUND), text[at]
        before, behind = text[start:at], text[at + 1 : at + 1 + _AROUND]
        alike = {char for said in readings(typed) for char in self._by_sound.get(said, ())} - {typed}
        meant = [char for char in sorted(alike) if self._joins(before[-1:], char, behind[:1])]
        if not meant:
            return 0.0, ""
        likely = {char: self._lexicon.likelihood(f"{before}{char}{behind}") for char in meant}
        best = max(meant, key=lambda char: likely[char])
        gain = likely[best] - self._lexicon.likelihood(f"{before}{typed}{behind}")
        return gain, f"{text[:at]}{best}{text[at + 1 :]}"

    def _joins(self, before: str, char: str, behind: str) -> bool:
        """Whether ``char`` is a word together with a neighbour, or one that stands anywhere."""
        return char in _ANYWHERE or self._lexicon.is_word(before + char) or self._lexicon.is_word(char + behind)
