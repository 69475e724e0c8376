"""From a question to a ``Query``: decides on what is asked and on what is left unexplained, never on a score alone."""

import re
from dataclasses import replace
from itertools import pairwise

from bot.understanding.aspects import Aspects
from bot.understanding.choices import Choices
from bot.understanding.clauses import is_all_talk
from bot.understanding.follow_ups import FollowUps
from bot.understanding.inheritance import with_person
from bot.understanding.memory import Memory
from bot.understanding.mentions import Mention, Resolver, near_of
from bot.understanding.names import Names
from bot.understanding.numbers import Numbers
from bot.understanding.parts import Parts, sort
from bot.understanding.query import MAX_OPTIONS, Query, Reason, Shape
from bot.understanding.segmentation import Segmenter
from bot.understanding.segments import Cut, Kind
from bot.understanding.sets import Sets
from bot.understanding.sets_of_people import SetsOfPeople
from bot.understanding.slips import Slips
from bot.understanding.vocabulary import Vocabulary
from knowledge.lexicon import Lexicon
from knowledge.models import Facet, Register
from knowledge.passages import Passages
from knowledge.pinyin import spelt
from knowledge.search import PowerIndex
from knowledge.text import normalise, plain

# Longer than any question; what is longer was pasted by mistake.
MAX_QUESTION = 300

_SENTENCE = re.compile("[。!?;]+")
_SAYS_SOMETHING = re.compile(r"[^\W_]")
_OR_NOT = re.compile(r"([一-鿿])不\1")
# Of more powers than this, no kind has but a few.
_FEW = 100
# What is less like a name (0 to 1) is not offered for it.
_LIKE = 0.6


class Understanding:
    """Understands questions about one register."""

    def __init__(self, lexicon: Lexicon, passages: Passages, words: Vocabulary):
        self._register: Register = lexicon.register
        self._units = lexicon.units
        self._words = words
        self._resolver = Resolver(self._register, PowerIndex(lexicon), words)
        self._segmenter = Segmenter(lexicon, self._resolver.index, passages, words)
        self._slips = Slips(lexicon, passages, words)
        self._aspects = Aspects(lexicon, passages, self._resolver.bodies, words)
        self._sets = Sets(self._register, passages, self._resolver, self._aspects, words)
        self._sets_of_people = SetsOfPeople(self._register, passages, self._resolver, self._aspects, self._sets)
        self._numbers = Numbers(lexicon, self._aspects)
        self._choices = Choices(self._register, self._resolver, self._aspects, self._sets, self._numbers)
        self._names = Names(self._register, passages, self._resolver, self._aspects, words)
        self._follow_ups = FollowUps(self._register, passages, self._resolver.bodies, self._aspects, self._sets)

    # ── the way through ──────────────────────────────────────────────────────────────────────────────────────

    def understand(self, text: str, memory: Memory, unit: str = "") -> Query:
        """Return what ``text`` asks, given what was said before, in a chat of ``unit``."""
        normalised = self._words.spelt_out(normalise(text))
        if not _SAYS_SOMETHING.search(normalised):
            return Query(Shape.UNKNOWN, reason=Reason.EMPTY)
        if len(normalised) > MAX_QUESTION:
            return Query(Shape.UNKNOWN, reason=Reason.TOO_LONG)
        cut = self._cut(normalised)
        query = self._mended(cut, memory, unit) or self._understood(cut, memory, unit)
        asked = self._words.with_which(normalised)
        unsure = query.reason in (Reason.NOT_FOUND, Reason.NO_SUBJECT) or query.label == "wording"
        if unsure and asked != normalised:
            which = self._understood(self._cut(asked), memory, unit)
            query = which if which.shape in (Shape.ASK, Shape.LIST) else query
        if query.reason is Reason.NOT_FOUND:
            query = self._of_one_sentence(normalised, unit) or query
        return query

    def _cut(self, normalised: str) -> Cut:
        return self._segmenter.cut(self._unfolded(normalised))

    def _mended(self, cut: Cut, memory: Memory, unit: str) -> Query | None:
        """Return what is asked with a slip of the input method mended, where then all is explained and something is
        asked.
        """
        text = self._slips.as_talked_of(cut, memory.powers) or self._slips.mended(cut) or self._slips.as_asked(cut)
        mended = self._cut(text) if text else None
        if mended is None or any(s.is_loose for s in mended.segments):
            return None
        query = self._understood(mended, memory, unit)
        return query if query.shape is not Shape.UNKNOWN else None

    def _of_one_sentence(self, text: str, unit: str) -> Query | None:
        """Return what the only sentence that asks anything asks, of a power it names beyond doubt or of all, where the
        others are talk: 「这是新规，都得背。关税配额谁经办」.
        """
        sentences = [s for s in _SENTENCE.split(text) if plain(s)]
        if len(sentences) < 2:
            return None
        parts = [sort(self._segmenter.cut(sentence), self._words) for sentence in sentences]
        asking = [
            i
            for i, p in enumerate(parts)
            if (p.asks or p.absent or p.cue("how", "definition", "why")) and not self._orders(sentences[i], p)
        ]
        if len(asking) != 1:
            return None
        asked = parts[asking[0]]
        mentions = self._resolver.mentions(asked, Memory())
        if not all(m.strong for m in mentions):
            return None
        query = self._understood(self._cut(sentences[asking[0]]), Memory(), unit)
        whole = query.shape is Shape.LIST and query.set_ask is not None and query.set_ask.everything
        return query if whole or (mentions and query.shape in (Shape.ASK, Shape.CHOOSE)) else None

    def _orders(self, sentence: str, parts: Parts) -> bool:
        """Whether a sentence but wants something done: 「删除二手车备案的经办人」."""
        told = self._words.order.search(sentence) and not self._words.question.search(sentence)
        return parts.cue("order") or bool(told)

    def _understood(self, cut: Cut, memory: Memory, unit: str) -> Query:
        parts = sort(with_person(cut, memory), self._words)
        units = parts.units or ((plain(unit),) if unit else ())
        parts.preferred = parts.preferred.union(*(self._units.get(name, ()) for name in units))
        chat = self._chat(parts, memory)
        if chat:
            return chat
        mentions = self._resolver.mentions(parts, memory)
        query = self._decide(parts, mentions, memory)
        if not parts.units:
            query = self._at_home(query, unit)
        if query.shape is Shape.UNKNOWN:
            # what follows may ask the same of another power: 「加工贸易归谁管」 … 「那二手车呢」
            query = replace(query, facets=tuple(f for f in parts.facets if f is not Facet.OVERVIEW))
        return replace(query, explain=lambda: _explained(parts, mentions))

    def _at_home(self, query: Query, unit: str) -> Query:
        """Narrow a list to the powers of the chat's ``unit``, unless it is of people or of what was listed before."""
        ask = query.set_ask
        own = self._units.get(plain(unit), frozenset()) if unit else frozenset()
        if query.shape is not Shape.LIST or query.facets or ask is None or not own:
            return query
        if ask.people or ask.not_people or ask.units or ask.within or len(own) == len(self._register.powers):
            return query
        return replace(query, set_ask=replace(ask, home=unit))

    def _unfolded(self, text: str) -> str:
        """Return a question of the form 「公不公示」 as 「公示吗」; 要不要 and the like are words of their own."""
        for met in _OR_NOT.finditer(text):
            known = any(met[0] in word for start in range(met.start() + 1) for word in self._words_from(text, start))
            if not known:
                return f"{text[: met.start()]}{text[met.start() + 2 :]}".rstrip("?。!") + "吗"
        return text

    def _words_from(self, text: str, start: int) -> list[str]:
        """Return the words of questions that stand in ``text`` from ``start`` on."""
        ends = range(start + 1, min(len(text), start + self._words.longest) + 1)
        return [text[start:end] for end in ends if self._words.of(text[start:end])]

    def like(self, text: str, limit: int, at_least: float = _LIKE) -> tuple[int, ...]:
        """Return the powers (at most ``limit``) whose names are like ``text``, likest first: offers, no answer."""
        hits = self._resolver.index.find(text, limit)
        return tuple(hit.position for hit in hits if hit.score >= at_least)

    def subject(self, text: str) -> str:
        """Return the part of ``text`` from the first to the last piece that is no word of questions; "" where there is
        none that could be a name: a single character, or syllables in Latin letters.
        """
        segments = self._segmenter.cut(normalise(text)).segments
        told = [s for s in segments if s.is_loose or s.kind in (Kind.NAME, Kind.BODY)]
        subject = "".join(s.text for s in segments if told and told[0].start <= s.start <= told[-1].start)
        return subject if len(subject) > 1 and subject.isprintable() else ""

    def _decide(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query:
        for decide in (
            self._choices.by_choice,
            self._numbers.by_number,
            self._by_definition,
            self._follow_ups.by_usual_case,
            self._sets_of_people.by_person,
            self._choices.of_both,
            self._sets.by_set,
            self._choices.among_listed,
            self._names.by_name,
            self._follow_ups.by_memory,
            self._sets.by_wording,
        ):
            query = decide(parts, mentions, memory)
            if query is not None:
                return query
        return self._unknown(parts, mentions)

    # ── chat ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _chat(self, parts: Parts, memory: Memory) -> Query | None:
        topic = parts.chat()
        known = [s for s in parts.people if s.people]  # 「我是新来的小周」 names nobody of the register
        content = parts.names or known or parts.ordinals or parts.absent or parts.body
        if topic in ("who", "help") and not content:
            return Query(Shape.CHAT, label=topic)
        if not topic or content or parts.facets:
            return None
        if topic == "thanks_ok" and (parts.unexplained or memory.options or self._words.question.search(parts.said)):
            return None
        talk = topic in ("thanks", "greeting") and is_all_talk(parts.segments, self._words)
        if len("".join(parts.unexplained)) > (4 if topic == "thanks" else 3) and not talk:
            return None
        if parts.cue("powers", "set", "all", "count", "definition") or (parts.cue("does") and parts.cue("we")):
            return None
        return Query(Shape.CHAT, label="thanks" if topic == "thanks_ok" else topic)

    def _by_definition(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「廉政教育是什么意思」, 「为啥要搞风险防控」: a register explains no words and gives no reasons."""
        asks_which = parts.cue("powers", "set", "count") or parts.ordinals or parts.people
        if parts.segments[0].tagged("cue:definition") and mentions and all(len(m.powers) > 1 for m in mentions):
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label="词语解释")  # a word in several names
        goes_on = bool(memory.powers) and parts.cue("after", "before")  # 「接到以后要起草个什么东西」
        if mentions or asks_which or goes_on or not parts.cue("definition", "why"):
            return None
        wording = [s for s in parts.body if not self._aspects.is_talk(s)]
        telling = any(not self._resolver.bodies.common(s.meant) for s in wording)
        if parts.cue("definition") and wording and not parts.facets:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label="词语解释")
        if parts.cue("why") and not telling and not memory.powers and not memory.listed:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label="缘由")
        return None

    # ── refusing ─────────────────────────────────────────────────────────────────────────────────────────────

    def _of_kind(self, parts: Parts) -> tuple[int, ...]:
        """Return the few powers whose names end with the kind spoken of (「项目的经办人」), else those that have it."""
        if len(self._register.powers) > _FEW:
            return ()
        for before, s in pairwise([None, *parts.segments]):
            pointed = before is not None and before.tagged("cue:this")
            if s and len(s.text) > 1 and s.tags == {"padding"} and not pointed and parts.facets:
                titles = {p.position: plain(p.title) for p in self._register.powers}
                ending = [p for p, title in titles.items() if title.endswith(s.text)]
                ending = ending or [p for p, title in titles.items() if s.text in title]  # 「手册怎么办」
                if 1 < len(ending) <= min(MAX_OPTIONS, len(self._register.powers) // 2):
                    return tuple(ending)
        return ()

    def _unknown(self, parts: Parts, mentions: list[Mention]) -> Query:
        near = near_of(mentions)
        if parts.absent:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label=parts.absent[0].word, near=near)
        if near or any(s.kind is Kind.OTHER for s in parts.segments):
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=near, said="、".join(parts.unexplained))
        if parts.cue("definition"):
            return Query(Shape.CHAT, label="help")
        kind = self._of_kind(parts)
        if kind:
            return Query(Shape.CHOOSE, powers=kind, facets=tuple(parts.facets))
        if parts.facets or parts.cue("this", "place", "first", "last", "after", "before"):
            return Query(Shape.UNKNOWN, reason=Reason.NO_SUBJECT)
        return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND)


_KINDS = {
    Kind.NAME: "名称",
    Kind.WORD: "问法",
    Kind.PERSON: "人名",
    Kind.UNIT: "单位",
    Kind.ORDINAL: "次序",
    Kind.ABSENT: "清单没有的内容",
    Kind.BODY: "原文用语",
    Kind.MARK: "标点",
    Kind.OTHER: "没有认出",
}


def _explained(parts: Parts, mentions: list[Mention]) -> tuple[str, ...]:
    """Say how the question was cut and which powers its names mean, a line each."""
    lines = []
    for s in parts.cut.segments:
        told = " ".join(sorted(s.tags)) or "、".join(s.people) or s.word
        left_out = "（排除）" if s in parts.excluded else ""
        lines.append(f"{spelt(s.text)}\t{_KINDS[s.kind]}{left_out}\t{told}")
    for m in mentions:
        lines += [f"“{spelt(m.text)}” → {fit}" for fit in m.explanation]
        lines += [f"“{word}” 说的是别的事项" for word in m.conflict]
    lines += [f"“{word}” 没有解释" for word in parts.unexplained]
    return tuple(lines)
