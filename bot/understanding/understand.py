"""From a question to a ``Query``: decides on what is asked and on what is left unexplained, never on a score alone."""

import re
from dataclasses import replace
from itertools import pairwise

from rapidfuzz import fuzz

from bot.understanding.aspects import Aspects
from bot.understanding.memory import Memory
from bot.understanding.mentions import Mention, Resolver
from bot.understanding.parts import Parts, sort
from bot.understanding.query import Query, Reason, SetAsk, Shape
from bot.understanding.segmentation import Kind, Segmenter
from bot.understanding.sets import DIFFER, Sets
from bot.understanding.vocabulary import Vocabulary
from knowledge.lexicon import Lexicon
from knowledge.models import Facet, Register
from knowledge.passages import Passages
from knowledge.pinyin import spelt
from knowledge.search import PowerIndex
from knowledge.text import normalise, plain

# Longer than any question; what is longer was pasted by mistake.
MAX_QUESTION = 300
# More options than this are no help on a phone.
MAX_OPTIONS = 6

_EITHER = re.compile("(前|后|另)(?:面|边|外|头)?(?:那|一)?(?:一)?个.*")
_PIECE_OF_OPTION = re.compile("[的那个这项呢吧是]+$|^[是要那就]+")
# A piece of the name of what was offered may be so short.
_SHORT_PIECE = 3
_SENTENCE = re.compile("[。!?;]+")
_OR_NOT = re.compile(r"([一-鿿])不\1")
_MAX_NEAR = 3
# What is less like a name (0 to 1) is not offered for it.
_LIKE = 0.6
# 「一般的呢」, 「那普通项目呢」
_USUAL = re.compile(
    "(?:那|要是|如果)?是?(?:一般|普通|平常|正常|常规|寻常|其他|其它|别的|非重大|不重大|不是重大)的?"
    "(?:项目|事项|情况|业务|货物|商品|品类)?的?(?:呢|怎么走|谁定|谁审|谁审定)*"
)
# So alike (0 to 100) are the steps for the usual and for a special case.
_SAME_STEP = 60
_NEXT = re.compile("([下后上前])一项")


class Understanding:
    """Understands questions about one register."""

    def __init__(self, lexicon: Lexicon, passages: Passages, words: Vocabulary):
        self._register: Register = lexicon.register
        self._volumes = lexicon.volumes
        self._units = lexicon.units
        self._passages = passages
        self._words = words
        self._resolver = Resolver(self._register, PowerIndex(lexicon), words)
        self._segmenter = Segmenter(lexicon, self._resolver.index, passages, words)
        self._aspects = Aspects(lexicon, passages, words)
        self._sets = Sets(self._register, passages, self._resolver, self._aspects, words)

    # ── the way through ──────────────────────────────────────────────────────────────────────────────────────

    def understand(self, text: str, memory: Memory, unit: str = "") -> Query:
        """Return what ``text`` asks, given what was said before, in a chat of ``unit``."""
        normalised = normalise(text)
        if not plain(normalised):
            return Query(Shape.UNKNOWN, reason=Reason.EMPTY)
        if len(normalised) > MAX_QUESTION:
            return Query(Shape.UNKNOWN, reason=Reason.TOO_LONG)
        query = self._understood(normalised, memory, unit)
        if query.reason is Reason.NOT_FOUND:
            query = self._of_one_sentence(normalised, unit) or query
        return query

    def _of_one_sentence(self, text: str, unit: str) -> Query | None:
        """Return what the only sentence that asks anything asks, of a power it names beyond doubt, where the others
        are talk: 「这是新规，都得背。关税配额谁经办」.
        """
        sentences = [s for s in _SENTENCE.split(text) if plain(s)]
        if len(sentences) < 2:
            return None
        parts = [sort(self._segmenter.cut(sentence)) for sentence in sentences]
        asking = [
            i
            for i, p in enumerate(parts)
            if (p.asks or p.absent or p.cue("how", "definition", "why")) and not p.cue("order")
        ]
        if len(asking) != 1:
            return None
        asked = parts[asking[0]]
        mentions = self._resolver.mentions(asked, Memory())
        if not mentions or not all(m.strong for m in mentions):
            return None
        query = self._understood(sentences[asking[0]], Memory(), unit)
        return query if query.shape in (Shape.ASK, Shape.CHOOSE) else None

    def _understood(self, normalised: str, memory: Memory, unit: str) -> Query:
        parts = sort(self._segmenter.cut(self._unfolded(normalised)))
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
        return replace(query, explanation=_explained(parts, mentions))

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
            self._by_choice,
            self._by_number,
            self._by_definition,
            self._by_usual_case,
            self._sets.by_person,
            self._sets.by_set,
            self._among_listed,
            self._by_name,
            self._by_memory,
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
        if topic == "thanks_ok" and (parts.unexplained or memory.options):
            return None
        if len("".join(parts.unexplained)) > (4 if topic == "thanks" else 3):
            return None
        if parts.cue("powers", "set", "all", "count", "definition") or (parts.cue("does") and parts.cue("we")):
            return None
        return Query(Shape.CHAT, label="thanks" if topic == "thanks_ok" else topic)

    # ── choices and numbers ──────────────────────────────────────────────────────────────────────────────────

    def _by_choice(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「第二个」, 「2」: one of what was listed or offered before."""
        listed = memory.options or (memory.powers if len(memory.powers) > 1 else memory.listed)
        number = _bare_number(parts)
        met = _EITHER.fullmatch(plain(parts.cut.text)) if len(listed) == 2 and not mentions else None
        if len(listed) % 2 and len(listed) > 1 and not mentions and any(s.word == "中间" for s in parts.segments):
            number = len(listed) // 2 + 1
        if met and met[1] == "另":
            other = [p for p in listed if p not in memory.powers]
            if len(other) == 1:
                facets = self._aspects.facets(parts, tuple(other)) or memory.facets or (Facet.OVERVIEW,)
                return self._aspects.ask(parts, tuple(other), facets)
        elif met:
            number = 1 if met[1] == "前" else 2
        if memory.options and number is None and not mentions:
            piece = _PIECE_OF_OPTION.sub("", plain(parts.cut.text))
            fitting = [
                n for n, p in enumerate(listed, start=1) if piece and piece in plain(self._register.power(p).title)
            ]
            if len(piece) <= _SHORT_PIECE and len(fitting) == 1:
                number = fitting[0]  # 「车的」
        ordinal = next((s for s in parts.ordinals if s.counter in ("个", "", "位", "条", "项", "件")), None)
        items = {Facet.RISKS, Facet.CONTROLS} & set(memory.facets) and memory.powers and not memory.options
        if ordinal is not None and ordinal.counter == "条" and items:
            return None  # 「第二条是啥」, of the risks just told
        if number is None and ordinal is not None and ordinal.number is not None and listed and not mentions:
            if ordinal.counter == "项" and (ordinal.text.startswith("第") and not memory.options and not memory.listed):
                return None
            if not parts.cue("first", "last", "after", "before") or not memory.powers:
                number = ordinal.number
        if number is None or not listed or mentions:
            return None
        if ordinal is not None and ordinal.counter == "项" and not memory.options:
            return None
        index = number - 1 if number > 0 else len(listed) + number
        if not 0 <= index < len(listed):
            return Query(Shape.UNKNOWN, reason=Reason.NO_SUCH_NUMBER, label=str(number), near=())
        facets = self._aspects.facets(parts, (listed[index],)) or memory.pending or self._inherited(parts, memory)
        return self._aspects.ask(parts, (listed[index],), facets or (Facet.OVERVIEW,))

    def _by_number(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「第9项」, 「序号3和序号8」: by printed serial, else by position."""
        met = _NEXT.search(parts.cut.text)
        if met and len(memory.powers) == 1 and not mentions:
            wanted = memory.powers[0] + (1 if met[1] in "下后" else -1)
            if not any(wanted in volume and memory.powers[0] in volume for volume in self._volumes):
                return Query(Shape.UNKNOWN, reason=Reason.NO_SUCH_NUMBER, label=met[0])
            return self._aspects.ask(
                parts, (wanted,), self._aspects.facets(parts, (wanted,)) or memory.facets or (Facet.OVERVIEW,)
            )
        numbers = [s for s in parts.ordinals if s.counter in ("项", "号", "个", "个事项", "个项目", "类", "条", "")]
        if not numbers or any(m.strong and len(m.powers) == 1 for m in mentions):
            return None
        ofpowers = [s for s in numbers if s.counter in ("项", "号", "个事项", "个项目")]
        numbers = ofpowers or numbers  # 「第十一项措施第二条」: one power
        if mentions and not all(s.counter in ("项", "号", "个事项", "个项目") for s in numbers):
            return None
        if memory.powers and all(s.counter in ("条", "") for s in numbers):
            return None
        if all(s.counter in ("条", "个", "") for s in numbers) and parts.facets and memory.powers:
            return None
        positions: list[int] = []
        several = False
        for s in numbers:
            if s.text.startswith("前") and memory.listed:
                positions += memory.listed[: len(s.numbers)]
                continue
            for number in s.numbers or (s.number or 0,):
                found = self._positions(number, parts.preferred)
                if not found:
                    return Query(Shape.UNKNOWN, reason=Reason.NO_SUCH_NUMBER, label=s.text)
                several |= len(found) > 1
                positions += found
        powers = tuple(dict.fromkeys(positions))
        facets = self._aspects.facets(parts, powers)
        if parts.unexplained and not parts.facets:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=powers[:_MAX_NEAR])  # 「请删除第5项」
        if several:
            return Query(Shape.CHOOSE, powers=powers, facets=facets or self._inherited(parts, memory))
        powers, facets = self._with_last(parts, powers, facets, memory)
        facets = facets or self._inherited(parts, memory) or (Facet.OVERVIEW,)
        if len(facets) > 1 and Facet.OVERVIEW in facets:
            facets = tuple(f for f in facets if f is not Facet.OVERVIEW)
        return self._aspects.ask(parts, powers, facets)

    def _positions(self, number: int, preferred: frozenset[int]) -> list[int]:
        """Return the powers of that number: one of each register, several where its units each count from 1; only the
        preferred, if there are any.
        """
        held = [position for volume in self._volumes for position in self._numbered(number, volume)]
        return [position for position in held if position in preferred] or held

    def _numbered(self, number: int, volume: range) -> list[int]:
        """Return the positions of the powers of that number in one register."""
        if number < 0:
            return [volume[number]] if -number <= len(volume) else []
        powers = self._register.powers[volume.start - 1 : volume.stop - 1]
        printed = [power.position for power in powers if power.serial == number]
        unnumbered = 1 <= number <= len(volume) and powers[number - 1].serial is None
        return printed or ([volume[number - 1]] if unnumbered else [])

    def _by_definition(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「廉政教育是什么意思」, 「为啥要搞风险防控」: a register explains no words and gives no reasons."""
        asks_which = parts.cue("powers", "set", "count") or parts.ordinals or parts.people
        if mentions or asks_which or not parts.cue("definition", "why"):
            return None
        wording = [s for s in parts.body if not self._aspects.is_talk(s)]
        telling = any(not self._resolver.common(s.meant) for s in wording)
        if parts.cue("definition") and wording and not parts.facets:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label="词语解释")
        if parts.cue("why") and not telling and not memory.powers and not memory.listed:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label="缘由")
        return None

    def _among_listed(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        """「哪个要跟财政局会签」, of what was listed; 「出电子证的那个」, of what was offered."""
        phrases = self._sets.phrases(parts)
        listed = memory.options or (() if memory.powers else memory.listed)
        if len(listed) < 2 or not phrases or parts.unexplained or any(m.strong for m in mentions):
            return None
        fitting = [p for p in listed if all(self._resolver.body_says(p, phrase) for phrase in phrases)]
        if memory.options:
            if len(fitting) != 1 or mentions or parts.facets or parts.asks:
                return None
            return self._aspects.ask(parts, (fitting[0],), memory.pending or (Facet.OVERVIEW,))
        if not fitting or not _asks_which(parts):
            return None
        last = parts.cue("last")
        return Query(
            Shape.LIST, set_ask=SetAsk(phrases=phrases, within=listed, last_step=last), said="、".join(phrases)
        )

    # ── by name ──────────────────────────────────────────────────────────────────────────────────────────────

    def _by_name(self, parts: Parts, mentions: list[Mention], memory: Memory) -> Query | None:
        if not mentions or self._is_said_of_memory(parts, mentions, memory):
            return None
        excluded = self._resolver.excluded(parts)
        for m in mentions:
            if len(m.powers) > 1:
                m.powers = [p for p in m.powers if p not in excluded] or m.powers
        for m in mentions:
            # 「限制出口那俩有啥不一样」: both are meant
            m.each = m.each or (len(m.powers) == 2 and parts.of_each and len(mentions) == 1)
        powers = tuple(dict.fromkeys(p for m in mentions if len(m.powers) == 1 or m.each for p in m.powers))
        open_ = [m for m in mentions if len(m.powers) > 1 and not m.each]
        blocked = self._resolver.blocked(parts, mentions)
        conflict = [c for m in mentions for c in m.conflict]
        near = _near(mentions)
        silent = self._silent_about(parts, powers)
        if silent:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label=silent, near=near)
        if blocked or conflict:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=near, said="、".join([*blocked, *conflict]))
        facets = self._aspects.facets(parts, powers or tuple(p for m in mentions for p in m.powers)[:MAX_OPTIONS])
        if open_ and not powers and self._is_elsewhere(parts, open_):
            return None
        if open_ and not powers:
            options = dict.fromkeys(p for m in open_ for p in m.powers)
            return Query(Shape.CHOOSE, powers=tuple(options), facets=facets or self._inherited(parts, memory))
        if open_:
            powers = tuple(dict.fromkeys([*powers, *(p for m in open_ for p in m.powers)]))
        powers, facets = self._with_last(parts, powers, facets, memory)
        facets = facets or self._inherited(parts, memory)
        if not facets and any(s.text == "多少" for s in parts.segments):
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label="金额和数量", near=near)  # 「进口关税多少」
        if len(powers) == 1 and not facets and any(s.word in DIFFER for s in parts.segments):
            # 「双随机和单随机有什么区别」: what it is compared with is not known
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=near, said="、".join(parts.unexplained))
        asks = parts.asks or parts.cut.text.endswith("?")
        if parts.unexplained and not (facets and asks):
            # 「二手车出口企业要多少注册资本」: nothing known is asked, so something unknown is
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=near, said="、".join(parts.unexplained))
        facets = facets or (Facet.OVERVIEW,)
        query = self._aspects.ask(parts, powers, facets)
        if parts.cue("he") and parts.yes_or_no and Facet.POSTS in facets:
            return replace(query, people=memory.people)  # 「那二手车也是他吗」
        return query

    def _is_said_of_memory(self, parts: Parts, mentions: list[Mention], memory: Memory) -> bool:
        """Whether a piece of another power's name is but wording of the power talked of, which says all of the
        question, as the other does not: 「填报平台叫啥」, of the 二手车 that is filed on a 平台.
        """
        if len(memory.powers) != 1 or any(m.strong for m in mentions):
            return False
        told = [s.meant for s in parts.body if not self._aspects.is_talk(s)]
        said = [*told, *(s.text for m in mentions for s in m.segments)]
        others = {p for m in mentions for p in m.powers} - set(memory.powers)
        return (
            bool(told and others)
            and all(self._resolver.body_says(memory.powers[0], text) for text in said)
            and not any(self._resolver.body_says(p, text) for p in others for text in told)
        )

    def _silent_about(self, parts: Parts, powers: tuple[int, ...]) -> str:
        """Return what is asked of a named power although no register says it, "" if there is no such thing."""
        if parts.absent and not self._aspects.holds_it(parts, powers):
            return parts.absent[0].word
        # 「为什么二手车要初审」: what is done stands in the register, the reason does not
        why = parts.cue("why") and self._aspects.facets(parts, powers) != (Facet.CONTROLS,)
        return "缘由" if why and not parts.facets else ""

    def _is_elsewhere(self, parts: Parts, open_: list[Mention]) -> bool:
        """Whether a piece of several names is told more of by wording that none of them has, but others together with
        the piece (「区里初审的那个项目」).
        """
        words = [s.meant for s in parts.body if not self._aspects.is_talk(s)]
        said = any(self._resolver.body_says(p, word) for m in open_ for p in m.powers for word in words)
        pieces = [[m.text] for m in open_ if not m.strong]
        return bool(words and pieces and not said and self._passages.containing([*pieces, *([w] for w in words)]))

    @staticmethod
    def _with_last(
        parts: Parts, powers: tuple[int, ...], facets: tuple[Facet, ...], memory: Memory
    ) -> tuple[tuple[int, ...], tuple[Facet, ...]]:
        """Add what was talked about before, where one power is compared with it (「跟国际化比有什么不同」)."""
        if parts.cue("compare") and len(powers) == 1 and memory.powers and powers[0] not in memory.powers:
            return (*memory.powers, *powers), facets or memory.facets
        return powers, facets

    def _inherited(self, parts: Parts, memory: Memory) -> tuple[Facet, ...]:
        """Return the facets of the question before, for 「二手车的呢」 and for the choice that was asked back."""
        if memory.options and memory.pending:
            return memory.pending
        if not memory.facets or memory.facets == (Facet.OVERVIEW,):
            return ()
        follows = parts.cue("followup", "wrong", "yesno") or parts.excluded
        # a name in full begins anew: 「二手车出口备案初审」
        whole = any(plain(power.title) == plain(parts.cut.text) for power in self._register.powers)
        bare = not whole and all(s.kind is Kind.NAME for s in parts.segments)
        return memory.facets if follows or bare or parts.segments[-1].text == "的" else ()

    # ── by memory ────────────────────────────────────────────────────────────────────────────────────────────

    def _by_memory(self, parts: Parts, _mentions: list[Mention], memory: Memory) -> Query | None:
        powers = memory.powers
        if not powers and memory.listed and len(memory.listed) <= MAX_OPTIONS:
            powers = memory.listed
        if not powers:
            return None
        if parts.absent and not self._aspects.holds_it(parts, powers):
            return Query(
                Shape.UNKNOWN, reason=Reason.NOT_HELD, label=parts.absent[0].word, near=self._told_of(parts, powers)[:3]
            )
        again = memory.set_ask
        phrases = self._sets.phrases(parts)
        said = any(self._aspects.says(p, phrase, Facet.PROCESS) for p in powers for phrase in phrases)
        if parts.unexplained and not (said and len("".join(parts.unexplained)) <= 2):
            return None
        if parts.cue("both") and len(powers) == 1 and len(memory.recent) > 1:
            powers = tuple(sorted(memory.recent[:2]))
        if (
            again
            and again.phrases
            and not parts.facets
            and parts.cue("without")
            and (not phrases or self._passages.containing([[phrases[0]]]))
        ):
            return Query(Shape.LIST, set_ask=replace(again, phrases=phrases or again.phrases, without=True))
        if (
            again
            and again.phrases
            and phrases
            and not parts.facets
            and not parts.cue("after", "before", "first", "last")
            and not any(self._resolver.body_says(p, phrases[0]) for p in memory.powers)
            and self._passages.containing([[phrases[0]]])
        ):
            return Query(Shape.LIST, set_ask=replace(again, phrases=phrases), said="、".join(phrases))
        facets = self._aspects.facets(parts, powers)
        step = self._aspects.step(parts)
        if not (parts.facets or step or phrases or parts.people or _says_something(parts)):
            return None  # 「能加急不」
        other = self._pointed_at(parts, powers)
        if other:
            return self._aspects.ask(parts, other, tuple(parts.facets) or memory.facets or (Facet.OVERVIEW,))
        if facets in ((), (Facet.OVERVIEW,)) and any(s.counter in ("条", "点") for s in parts.ordinals):
            facets = memory.facets  # 「第四条呢」
        if not facets and len(powers) == 1 and self._aspects.weighs(parts, powers[0]):
            facets = (Facet.PROCESS,)  # 「要是投了七年呢」
        if not facets and not step and not phrases:
            words = any(s.kind is Kind.WORD and not s.tagged("padding") for s in parts.segments)
            if not (parts.cue("compare") or (words and parts.cue("this"))):
                return None
            facets = memory.facets
        return self._aspects.ask(parts, powers, facets or (Facet.PROCESS,))

    def _by_usual_case(self, parts: Parts, _mentions: list[Mention], memory: Memory) -> Query | None:
        """「一般的呢」, after a step for a special case was told: its neighbour without a condition that says most of
        the same.
        """
        if memory.step is None or not _USUAL.fullmatch(plain(parts.cut.text)):
            return None
        position, index = memory.step
        steps = self._register.power(position).process
        beside = [i for i in (index - 1, index + 1) if 0 <= i < len(steps) and not steps[i].condition]
        alike = {i: fuzz.ratio(steps[i].text, steps[index].text) for i in beside if steps[index].condition}
        best = max(alike, key=lambda i: alike[i], default=None)
        if best is None or alike[best] < _SAME_STEP:
            return None
        return self._aspects.ask(parts, (position,), (Facet.PROCESS,), best + 1)

    def _told_of(self, parts: Parts, powers: tuple[int, ...]) -> tuple[int, ...]:
        """Return ``powers`` unless the question has a subject of its own that none of them speaks of
        (「展会补贴多少钱」).
        """
        own = [s.meant for s in parts.segments if s.kind in (Kind.NAME, Kind.BODY)] + parts.unexplained
        said = any(self._resolver.body_says(p, text) for p in powers for text in own)
        return powers if said or not own else ()

    def _pointed_at(self, parts: Parts, powers: tuple[int, ...]) -> tuple[int, ...]:
        """Return the one other power that 「驾培那个也来一份」 points at by wording that only it says."""
        for one, other in pairwise(parts.segments):
            if one.kind is Kind.BODY and other.text in ("那个", "那项", "那一个", "那一项"):
                saying = {place.position for place in self._passages.containing([[one.meant]])}
                if len(saying) == 1 and not saying & set(powers):
                    return tuple(saying)
        return ()

    # ── refusing ─────────────────────────────────────────────────────────────────────────────────────────────

    def _unknown(self, parts: Parts, mentions: list[Mention]) -> Query:
        near = _near(mentions)
        if parts.absent:
            return Query(Shape.UNKNOWN, reason=Reason.NOT_HELD, label=parts.absent[0].word, near=near)
        if near or any(s.kind is Kind.OTHER for s in parts.segments):
            return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND, near=near, said="、".join(parts.unexplained))
        if parts.cue("definition"):
            return Query(Shape.CHAT, label="help")
        if parts.facets or parts.cue("this", "place", "first", "last", "after", "before"):
            return Query(Shape.UNKNOWN, reason=Reason.NO_SUBJECT)
        return Query(Shape.UNKNOWN, reason=Reason.NOT_FOUND)


def _asks_which(parts: Parts) -> bool:
    """Whether one of several is asked for: 「…的是哪个」."""
    which = any(s.text in ("是哪个", "是哪一个", "哪个", "哪一个") for s in parts.segments)
    return which and set(parts.facets) <= {Facet.OVERVIEW}


def _says_something(parts: Parts) -> bool:
    """Whether there is more than padding and the form of a question."""
    form = {"padding", "cue:yesno", "cue:followup"}
    return not parts.yes_or_no or any(s.kind is not Kind.MARK and not s.tags <= form for s in parts.segments)


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


def _near(mentions: list[Mention]) -> tuple[int, ...]:
    """Return the powers worth offering with a refusal; where too many share a word, none is."""
    near = tuple(dict.fromkeys(p for m in mentions for p in m.powers))
    return near if len(near) <= _MAX_NEAR else ()


def _bare_number(parts: Parts) -> int | None:
    said = "".join(s.text for s in parts.segments if s.kind is not Kind.MARK)
    if re.fullmatch(r"(?:选|要)?\d{1,2}", said):
        return int(re.sub(r"\D", "", said))
    return None
