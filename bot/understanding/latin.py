"""Questions typed in Latin letters: pinyin, initials of powers and people (``jktxlc``, ``dyx``)."""

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.understanding.segments import Kind, Segment
from bot.understanding.vocabulary import Vocabulary
from knowledge.pinyin import code_of, initials, is_code, sounds, split_syllables
from knowledge.search import PowerIndex

# 谁 is typed as ``shei`` and read before: 「谁 fuze」 is one word.
_TYPED_WITH = frozenset("谁")
# Initials of fewer letters name nothing.
_SHORTEST = 3


class LatinReader:
    """Reads what is typed in Latin letters, of one register."""

    def __init__(self, people: Iterable[str], index: PowerIndex, words: Vocabulary):
        self._index = index
        self._words = words
        self._people = _unique_initials(people)

    def read(self, text: str) -> tuple[str, list[Segment]]:
        """Return ``text`` (normalised) with syllable codes for pinyin, and the powers and people that it names by
        initials, as segments of the new text; English is left as it is.
        """
        if not re.search("[a-z]", text):
            return text, []
        text = re.sub("[a-z]{2,}", self._completed, text)
        runs = re.findall("[a-z]+", text)
        ours = [run for run in runs if self._words.of(run) or run in self._people]
        english = [run for run in runs if run not in ours and _syllables(run) is None and not self._short(run)]
        if english:
            return text, []
        out, found, last = "", [], 0
        for met in re.finditer("[a-z]+", text):
            out += text[last : met.start()]
            last = met.end()
            run = met[0]
            glued = met.start() > 0 and text[met.start() - 1].isdigit()  # 「3a景区」
            syllables = None if run in ours or glued else _syllables(run)
            short = self._short(run) if run not in ours and (syllables is None or len(run) < _SHORTEST) else None
            if run in self._people:
                person = (self._people[run],)
                found.append(Segment(len(out), len(out) + len(run), run, Kind.PERSON, people=person))
                out += run
            elif short:
                positions, facet_word = short
                name = run[: len(run) - len(initials(facet_word))] if facet_word else run
                if name:
                    found.append(
                        Segment(len(out), len(out) + len(name), name, Kind.NAME, positions=frozenset(positions))
                    )
                out += name + "".join(sounds(c) for c in facet_word)
            elif syllables:
                out += "".join(code_of(s) for s in syllables)
            else:
                out += run
        out += text[last:]
        # blanks between syllables are how pinyin is typed, not marks
        return self._close_blanks(out, found)

    def _completed(self, met: re.Match[str]) -> str:
        """Return what initials glued to a piece of a name stand for: the 进口 of 「jk贴息」."""
        letters, text = met[0], met.string
        if self._words.of(letters) or letters in self._people or _syllables(letters):
            return letters
        before, behind = text[max(0, met.start() - 2) : met.start()], text[met.end() : met.end() + 2]
        return self._index.completing(letters, before, behind) or letters

    @staticmethod
    def _close_blanks(text: str, found: list[Segment]) -> tuple[str, list[Segment]]:
        closed, moved = "", {}
        for i, char in enumerate(text):
            moved[i] = len(closed)
            between = closed and i + 1 < len(text) and (is_code(closed[-1]) or closed[-1] in _TYPED_WITH)
            if char in " '" and between and is_code(text[i + 1]):
                continue
            closed += char
        moved[len(text)] = len(closed)
        shifted = [replace(s, start=moved[s.start], end=moved[s.end]) for s in found]
        return closed, shifted

    def _short(self, run: str) -> tuple[list[int], str] | None:
        """Read ``jktx`` or ``jktxlc``: initials of a name, perhaps with those of a facet word behind them."""
        if run in self._words.initials:
            return [], self._words.initials[run]
        if len(run) < _SHORTEST:
            return None
        positions = self._index.by_initials(run)
        if positions:
            return positions, ""
        for cut in range(len(run) - 2, 2, -1):
            word = self._words.initials.get(run[cut:])
            positions = self._index.by_initials(run[:cut]) if word else []
            if word and positions:
                return positions, word
        return None


def _unique_initials(people: Iterable[str]) -> dict[str, str]:
    """Return dyx → 杜雨潇 for people of three characters or more whose initials nobody shares."""
    by_initials: dict[str, list[str]] = {}
    for person in people:
        if len(person) > 2:
            by_initials.setdefault(initials(person), []).append(person)
    return {letters: who[0] for letters, who in by_initials.items() if len(who) == 1}


def _syllables(letters: str) -> tuple[str, ...] | None:
    """Cut letters into syllables, without the -r of the north behind them: ``huor`` for 活儿."""
    return split_syllables(letters) or split_syllables(letters.removesuffix("r"))
