"""The clauses of a question: which of them ask, and which are but talk beside the question."""

from functools import lru_cache
from itertools import groupby, pairwise

from bot.understanding.segments import Kind, Segment
from bot.understanding.vocabulary import Vocabulary
from knowledge.models import Facet

# A name of so many characters may be but a word of talk.
_SHORT = 2

# Who asks; in a name it names nothing.
_ANYBODY = frozenset(["企业", "公司", "单位", "材料", "项目", "业务", "电话", "工作", "汇报", "领导", "转给"])
# What a clause handles may be what is asked about.
_HANDLING = frozenset("办开做弄搞报领交批买卖问要查找") | {"申请", "申报", "申领", "注册", "办理"}
# A clause of more characters that nothing explains is no small talk.
_TALKED = 6
# What parts clauses; 「写学习笔记用：…」.
_ENDS = ",;:。!? "
# What is asked for in so many words is no talk.
_WANTING = frozenset({"要", "要个", "个", "给", "给个", "求", "求个", "留个"})
_CONTENT = frozenset({Kind.NAME, Kind.BODY, Kind.PERSON})
ASKING = tuple(f"cue:{cue}" for cue in ("powers", "set", "count", "all", "place", "first", "last", "after", "before"))


def facet_of(s: Segment) -> Facet | None:
    """Return the facet that a word asks for, if any."""
    return _facet_among(s.tags)


@lru_cache(maxsize=1024)
def _facet_among(tags: frozenset[str]) -> Facet | None:
    return next((f for f in Facet if f"facet:{f.value}" in tags), None)


def clauses(segments: list[Segment]) -> list[list[Segment]]:
    """Return the clauses of a question: what stands between commas, blanks and the ends of sentences."""
    found: list[list[Segment]] = [[]]
    for s in segments:
        if s.kind is Kind.MARK and s.text in _ENDS:
            found.append([])
        else:
            found[-1].append(s)
    return found


def asks(clause: list[Segment]) -> bool:
    """Whether a word of the clause asks for something: a facet, a set, a step, a number."""
    return any(_asks_for(s) or facet_of(s) or s.kind is Kind.ORDINAL for s in clause)


def _asks_for(s: Segment) -> bool:
    return s.tagged(*ASKING) and s.word != "先"  # 「想先有个印象」 asks for no step


def without_talk(segments: list[Segment], words: Vocabulary) -> list[Segment]:
    """Return ``segments`` without the clauses that only tell of the asker, or are polite: 「昨天没听清，谁经手」,
    「…，我性格有点闷」; nothing is left out where no other clause asks.

    What is handled in such a clause may be the subject (「我要办跨境电商，谁负责」): then it stays.
    """
    parted = _with_marks(segments)
    if len(parted) == 1:
        return segments
    told = any(_is_question(clause, words) and _has_subject(clause) for clause in parted)
    kept = [clause for clause in parted if not _is_talk(clause, words, told_elsewhere=told)]
    asked = any(asks(c) or _has_subject(c) or _is_question(c, words) or any(map(_tells, c)) for c in kept)
    return [s for clause in kept for s in clause] if asked else segments


def _with_marks(segments: list[Segment]) -> list[list[Segment]]:
    """Return the clauses, each with the mark that ends it."""
    found: list[list[Segment]] = [[]]
    for s in segments:
        found[-1].append(s)
        if s.kind is Kind.MARK and s.text in _ENDS:
            found.append([])
    return [clause for clause in found if clause]


def _is_question(clause: list[Segment], words: Vocabulary) -> bool:
    text = "".join(s.text for s in clause)
    return bool(words.question.search(text)) or any(s.tagged("cue:yesno") for s in clause)


def _has_subject(clause: list[Segment]) -> bool:
    return any(
        s.kind in (Kind.NAME, Kind.PERSON, Kind.ORDINAL) or s.tagged("cue:powers", "cue:set", "cue:all") for s in clause
    )


def _is_talk(clause: list[Segment], words: Vocabulary, *, told_elsewhere: bool) -> bool:
    """Whether a clause asks nothing and speaks of the asker; ``told_elsewhere``: another one says what it is about."""
    text = "".join(s.text for s in clause)
    if _is_question(clause, words) or not words.of_asker.search(text) or words.order.search(text):
        return False
    if any(_tells(s) for s in clause):
        return False
    if told_elsewhere:
        return True
    loose = "".join(s.text for s in clause if s.is_loose)
    handled = any(one.text in _HANDLING and other.is_loose for one, other in pairwise(clause))
    absent_too = any(s.kind is Kind.ABSENT for s in clause)
    return not (asks(clause) or handled or absent_too) and len(loose) <= _TALKED


def is_all_talk(segments: list[Segment], words: Vocabulary) -> bool:
    """Whether what nothing explains stands in clauses that but speak of the asker: 「…，我先消化消化」."""
    loose = [clause for clause in clauses(segments) if any(s.is_loose for s in clause)]
    return all(_is_talk(clause, words, told_elsewhere=False) for clause in loose)


def _tells(s: Segment) -> bool:
    """Whether a segment says what is asked about."""
    name = s.kind is Kind.NAME and s.text not in _ANYBODY
    described = s.tagged("cue:serial", "cue:names_with", "cue:extreme")  # 「我看有没印序号的，是哪几项」
    return (
        name or described or s.kind in (Kind.PERSON, Kind.ORDINAL) or (s.kind is Kind.BODY and s.text not in _ANYBODY)
    )


def names_in_talk(segments: list[Segment]) -> list[Segment]:
    """Return the names in clauses that only tell why somebody asks: words that nothing explains, or what a register
    never holds, stand there beside a short name, and another clause asks about something.
    """
    parted = clauses(segments)
    talk: list[Segment] = []
    if len(parted) == 1:
        return talk
    for clause in parted:
        told = any(s.kind is Kind.ABSENT for s in clause) or len("".join(s.text for s in clause if s.is_loose)) > 1
        short = all(s.end - s.start <= _SHORT for s in clause if s.kind is Kind.NAME)
        others = [other for other in parted if other is not clause and any(s.kind in _CONTENT for s in other)]
        if told and short and not asks(clause) and any(asks(other) for other in others):
            talk += [s for s in clause if s.kind is Kind.NAME]
    return talk


def absent(segments: list[Segment], words: Vocabulary) -> list[Segment]:
    """Return what a register never holds, unless a later clause asks for something else of a power by name
    (「来问进度的，贴息第三方之后是什么」).
    """
    if not any(s.kind is Kind.ABSENT for s in segments):
        return []
    found: list[Segment] = []
    before = {other: one.text for one, other in pairwise(segments)}
    named = asked = False  # whether the clauses since name a power and ask for something
    wanted = False  # 「企业要个电话 二手车经办的」, 「电话多少 …」
    parted = clauses(segments)
    questions = [clause for clause in parted if _is_question(clause, words) and asks(clause)]
    for clause in parted:
        own = [s for s in clause if s.kind is Kind.ABSENT]
        beside = words.of_asker.search("".join(s.text for s in clause)) or any(s.kind is Kind.PERSON for s in clause)
        if own and beside and not _is_question(clause, words) and questions:
            named |= any(s.kind in (Kind.NAME, Kind.PERSON) for s in clause)
            continue  # 「孙钰程下月休假，说有几项交接给我，是哪几项」
        if own:
            found, named, asked = found + own, False, False
            wanted |= _is_question(clause, words) or any(before.get(s) in _WANTING for s in own)
            continue
        named |= any((_tells(s) and s.kind in (Kind.NAME, Kind.PERSON)) or s.tagged("cue:he") for s in clause)
        asked |= any(facet_of(s) or s.tagged(*ASKING, "cue:own", "cue:does") for s in clause)
    return [] if named and asked and not wanted else found


def unexplained(segments: list[Segment], passed_over: list[Segment] | None = None) -> list[str]:
    """Return the stretches of two characters or more that nothing explains.

    Where talk is ``passed_over`` (the names that stand in it), a clause of nothing but talk (「我想整理一下思路」)
    beside one that names something tells nothing.
    """
    if not any(s.is_loose for s in segments):
        return []
    named = any(s.kind in _CONTENT for s in segments) or any(s.tagged("cue:all") for s in segments)
    runs: list[str] = []
    for clause in clauses(segments):
        asked = any(
            (s.kind in _CONTENT and s not in (passed_over or ()))
            or s.kind in (Kind.ABSENT, Kind.ORDINAL)
            or _asks_for(s)
            or facet_of(s)
            for s in clause
        )
        if passed_over is not None and named and not asked:
            continue
        for loose, run in groupby(clause, key=lambda s: s.is_loose):
            words = "".join(s.text for s in run)
            counted = words.isdecimal() and any(s.tagged("cue:count") for s in segments)  # 「一共多少项，我记得是15」
            if loose and len(words) > 1 and not counted:
                runs.append(words)
    return runs
