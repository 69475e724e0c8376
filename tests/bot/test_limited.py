"""Who may see a part of the register learns nothing of the rest, neither its words nor what they imply."""

from functools import cache
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assistant import Assistant
from bot.messages import Question, Reply
from bot.understanding.memory import Conversations
from bot.visibility import ALL_FACETS
from knowledge.lexicon import builtin_aliases
from knowledge.models import Facet, Post, Power, Register, Risk, Step
from knowledge.reading import read_register
from tests.conftest import WAIMAO

PROCESS, POSTS, RISKS, CONTROLS, RESPONSIBLE = (facet for facet in Facet if facet is not Facet.OVERVIEW)
PARTS = [
    *map(
        frozenset[Facet],
        ({PROCESS, POSTS}, {PROCESS}, {POSTS}, {RISKS}, {CONTROLS, RESPONSIBLE}, {RESPONSIBLE}, {PROCESS, RISKS}),
    )
]
# As long a piece of a hidden passage is no coincidence.
PIECE = 5

WORDS = """
流程 步骤 岗位 经办人 谁负责 谁管 风险 廉政风险点 隐患 防控措施 怎么防 管控 责任人 风险防控责任人 全部内容 都有啥
第三步 第2条风险 最后一步 初审之后 备注 责任领导 风险等级
"""
FRAMES = """
{} {}{} {}的{} 谁负责{} {}和{}有什么不同 哪些事项有{} 哪几项写到{} 没有{}的有几项 {}有几条 {}最多的是哪项 {}是不是{}
{}不是{}吗 那{}呢 这几项的{} 第二个 为什么{}要{} {}、{} 名下有{}的 全部事项的{} 多少项{} {}名下哪些{}
"""


@cache
def register() -> Register:
    """The built-in register with what others have besides: levels, a risk's own controls, columns of their own."""
    built_in = read_register(WAIMAO)
    return built_in.model_copy(
        update={
            "powers": tuple(_richer(power) for power in built_in.powers),
            "preface": ("内部资料不得外传",),
            "postscript": ("抄送驻厅纪检监察组",),
        }
    )


def _richer(power: Power) -> Power:
    risks = tuple(Risk(text=r.text, level="重大等级", controls=("逐条双人复核留痕",)) for r in power.risks)
    extra = {"责任领导": f"欧阳震华分管第{power.position}块", "密级": "仅限处务会传阅"}
    return power.model_copy(update={"risks": risks, "extra": extra})


@cache
def other_register(facets: frozenset[Facet]) -> Register:
    """The same, as far as ``facets`` show, and something else in all that they hide."""
    others = {
        PROCESS: (Step(number=1, text="另一套步骤审核"),),
        POSTS: (Post(role="另一处负责人", people=("慕容复",)),),
        RISKS: (),
        CONTROLS: ("另一条审核措施",) * 3,
        RESPONSIBLE: ("慕容复", "曹丽君"),
    }
    hidden = {facet.value: other for facet, other in others.items() if facet not in facets}
    return register().model_copy(
        update={"powers": tuple(p.model_copy(update={**hidden, "extra": {}}) for p in register().powers)}
    )


CONVERSATIONS = Conversations()
_chats = count()


def new_chat() -> str:
    return str(next(_chats))


@cache
def assistant(facets: frozenset[Facet], *, other: bool = False) -> Assistant:
    made_of = other_register(facets) if other else register()
    return Assistant(made_of, builtin_aliases(), "第1版", CONVERSATIONS, facets)


def passages(power: Power, facet: Facet) -> list[str]:
    match facet:
        case Facet.PROCESS:
            return [f"{step.condition or ''}{step.text}" for step in power.process]
        case Facet.POSTS:
            return [text for post in power.posts for text in (post.role, *post.people)]
        case Facet.RISKS:
            return [text for risk in power.risks for text in (risk.text, risk.level or "", *risk.controls)]
        case Facet.CONTROLS:
            return list(power.controls)
        case _:
            return list(power.responsible)


def pieces(text: str) -> set[str]:
    """What would give a passage away: names whole, of longer texts every piece."""
    return {text[i : i + PIECE] for i in range(max(1, len(text) - PIECE + 1))} if len(text) > 1 else set()


@cache
def secrets(facets: frozenset[Facet]) -> frozenset[str]:
    """The pieces of what is hidden that do not stand in what may be seen, too."""
    powers = register().powers
    seen = [t for power in powers for f in facets for t in passages(power, f)]
    seen += [register().title, *(f"{p.name}{p.unit}" for p in powers), *REPLIES]
    hidden = [t for power in powers for f in ALL_FACETS - facets for t in passages(power, f)]
    hidden += [t for power in powers for column in power.extra.items() for t in column]
    hidden += [*register().preface, *register().postscript]
    shown = "\n".join(seen)
    return frozenset(piece for text in hidden for piece in pieces(text) if piece not in shown)


# Wording of replies that a register may use, too.
REPLIES = ("风险防控责任人", "廉政风险点", "防控措施", "重点岗位")


def words() -> st.SearchStrategy[str]:
    """What people may put into a question: names of powers and people, facets, pieces of any passage."""
    powers = register().powers
    names = [p.title for p in powers] + [*builtin_aliases()]
    people = sorted({name for p in powers for post in p.posts for name in post.people} | {"欧阳震华", "慕容复"})
    texts = sorted({t for p in powers for f in ALL_FACETS for t in passages(p, f) if t} | set(powers[0].extra.values()))
    piece = st.builds(
        lambda text, at, size: text[at % len(text) :][:size],
        st.sampled_from(texts),
        st.integers(0, 60),
        st.integers(2, 6),
    )
    return st.one_of(st.sampled_from(names), st.sampled_from(people), st.sampled_from(WORDS.split()), piece)


QUESTIONS = st.builds(lambda frame, one, two: frame.format(one, two), st.sampled_from(FRAMES.split()), words(), words())
TALKS = st.lists(QUESTIONS, min_size=1, max_size=3)


def assert_nothing_given_away(reply: Reply, facets: frozenset[Facet], asked: str) -> None:
    told = "\n".join([reply.text, reply.model_dump_json()])
    assert [piece for piece in secrets(facets) if piece in told and piece not in asked] == []
    assert set(reply.facets) <= facets | {Facet.OVERVIEW}


def test_there_is_something_to_give_away() -> None:
    for facets in PARTS:
        assert len(secrets(facets)) > 50
    whole = assistant(ALL_FACETS).answer(Question(text="二手车")).reply
    with pytest.raises(AssertionError):
        assert_nothing_given_away(whole, PARTS[0], "二手车")


@settings(max_examples=60)
@given(facets=st.sampled_from(PARTS), talk=TALKS)
def test_no_word_of_what_is_hidden_is_said(facets: frozenset[Facet], talk: list[str]) -> None:
    chat = new_chat()
    for number, text in enumerate(talk, start=1):
        reply = assistant(facets).answer(Question(text=text, chat=chat)).reply
        assert_nothing_given_away(reply, facets, "\n".join(talk[:number]))


@settings(max_examples=60)
@given(facets=st.sampled_from(PARTS), talk=TALKS)
def test_what_is_hidden_has_no_effect(facets: frozenset[Facet], talk: list[str]) -> None:
    """No count, no yes or no, no choice depends on it: with something else hidden, the replies are the same."""
    chat = new_chat()
    for text in talk:
        reply = assistant(facets).answer(Question(text=text, chat=chat)).reply
        assert reply == assistant(facets, other=True).answer(Question(text=text, chat=f"other {chat}")).reply


@settings(max_examples=60)
@given(facets=st.sampled_from(PARTS), first=QUESTIONS, then=TALKS)
def test_who_saw_everything_and_may_no_longer_gets_no_more_by_following_up(
    facets: frozenset[Facet], first: str, then: list[str]
) -> None:
    chat = new_chat()
    assistant(ALL_FACETS).answer(Question(text=first, chat=chat))
    for text in then:
        reply = assistant(facets).answer(Question(text=text, chat=chat)).reply
        assert_nothing_given_away(reply, facets, "\n".join([first, *then]))


@pytest.mark.parametrize("facets", PARTS, ids=lambda facets: "+".join(sorted(facets)))
def test_no_button_link_or_ready_article_shows_what_is_hidden(facets: frozenset[Facet]) -> None:
    limited = assistant(facets)
    for power in register().powers:
        wanted = [(facet,) for facet in Facet] + [(PROCESS, RISKS), (POSTS, RESPONSIBLE, CONTROLS), tuple(Facet)]
        for asked in wanted:
            assert_nothing_given_away(limited.open(power.position, asked, new_chat()).reply, facets, "")
            assert_nothing_given_away(limited.show(power.position, asked), facets, "")


@pytest.mark.parametrize("asked", ["风险", "防控措施", "风险和防控措施", "风险防控责任人"])
def test_what_is_not_open_is_refused_politely_and_says_what_is(asked: str) -> None:
    reply = assistant(frozenset({PROCESS, POSTS})).answer(Question(text=f"二手车的{asked}", chat=new_chat())).reply
    assert reply.kind == "unknown"
    assert "这里只开放流程、重点岗位，其他内容请联系管理员。" in reply.text


def test_what_is_open_is_answered_as_ever_and_the_rest_is_named_as_not_open() -> None:
    limited, chat = assistant(frozenset({PROCESS, POSTS})), new_chat()
    whole = assistant(ALL_FACETS).answer(Question(text="二手车的流程", chat=new_chat())).reply
    assert limited.answer(Question(text="二手车的流程", chat=chat)).reply == whole
    both = limited.answer(Question(text="二手车的流程和风险", chat=chat)).reply
    assert both.facets == (PROCESS,)
    assert "这里只开放流程、重点岗位" in both.text


def test_a_list_by_wording_says_that_only_a_part_was_searched() -> None:
    limited = assistant(frozenset({PROCESS}))
    assert "这里只开放流程" in limited.answer(Question(text="哪些事项写到审核", chat=new_chat())).reply.text
    assert "只开放" not in limited.answer(Question(text="都有哪些事项", chat=new_chat())).reply.text


def test_help_offers_only_what_is_open() -> None:
    told = assistant(frozenset({PROCESS})).answer(Question(text="帮助", chat=new_chat())).reply.first
    assert told == "这里只开放流程，其他内容请联系管理员。"
