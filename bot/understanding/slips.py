"""A character typed for another that sounds alike: which one was meant, told from the words around it."""

from collections import defaultdict
from collections.abc import Iterable

from bot.understanding.people import SURNAMES
from bot.understanding.segments import Cut, Kind
from knowledge.lexicon import Lexicon
from knowledge.passages import Passages
from knowledge.pinyin import readings, sounds

# Characters on either side that a word reaches over.
_AROUND = 4
# How much likelier the mended text must be, as a difference of natural logarithms (e⁵ ≈ 150 times): measured on the
# project's own questions with a random character replaced. Below it one in five was mended wrongly.
_LIKELIER = 5.0
# A whole word typed for another: 检察 for the register's 检查.
_WORD = 2


class Slips:
    """Mends slips of the input method in questions about one register.

    Only what nothing explains is looked at, and only characters that the register or the words of questions hold are
    thought of: another of the same sound is meant where it makes words of its neighbours, a whole word where it
    keeps a character of one that the register says, beside a name.
    """

    def __init__(self, lexicon: Lexicon, passages: Passages, words: Iterable[str]):
        self._lexicon = lexicon
        self._passages = passages
        register = lexicon.register.model_dump_json()
        known = {char for text in (register, *words) for char in text if "一" <= char <= "鿿"}
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for char in sorted(known):
            self._by_sound[sounds(char)].append(char)

    def mended(self, cut: Cut) -> str:
        """Return the text of ``cut`` with its likeliest slip mended, "" where no slip is likely."""
        best, mended = _LIKELIER, ""
        named = any(s.kind is Kind.NAME for s in cut.segments)
        for s in cut.segments:
            if s.is_loose and len(s.text) == _WORD and named and not mended:
                heard = self._passages.sounding(sounds(s.text), 0)
                alike = len(heard) == _WORD and not set(heard).isdisjoint(s.text)
                mended = f"{cut.text[: s.start]}{heard}{cut.text[s.end :]}" if alike else ""
            if not s.is_loose or len(s.text) != 1:
                continue
            start, end = max(0, s.start - _AROUND), min(len(cut.text), s.end + _AROUND)
            if s.start and cut.text[s.start - 1] in SURNAMES:
                continue  # 张伟 is somebody
            before, behind = cut.text[start : s.start], cut.text[s.end : end]
            typed = self._lexicon.likelihood(f"{before}{s.text}{behind}")
            for char in {c for said in readings(s.text) for c in self._by_sound.get(said, ())} - {s.text}:
                gain = self._lexicon.likelihood(f"{before}{char}{behind}") - typed
                if gain > best:
                    best, mended = gain, f"{cut.text[: s.start]}{char}{cut.text[s.end :]}"
        return mended
