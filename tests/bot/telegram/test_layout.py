"""How answers look: what Telegram accepts, what a person sees first, what is folded, where a long one is cut."""

import itertools
import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.access import Pass
from bot.assistant import Assistant
from bot.channels.telegram.callbacks import Signer
from bot.channels.telegram.keyboards import Keyboards
from bot.channels.telegram.messages import Keyboard, markup
from bot.channels.telegram.rendering import pages
from bot.messages import Block, Option, Question, Reply
from bot.reception import Outcome
from bot.visibility import ALL_FACETS
from knowledge.lexicon import builtin_aliases
from knowledge.models import Facet, Register
from tests.botapi import BotApiServer, User
from tests.botapi.checks import MAX_TEXT, formatted, inline_keyboard
from tests.botapi.text import FormattedText, utf16_length
from tests.botapi.world import Keyboard as AcceptedKeyboard

_KEYBOARDS = Keyboards(Signer(b"a key of the tests"), offers_people=True)
# The largest numbers that an office may ever come to.
_HUGE = 2**31


def _accepted(html: str) -> FormattedText:
    """The text as the strict server keeps it; a test fails with the server's refusal."""
    text = formatted(html, "HTML")
    assert text.text
    return text


def _accepted_keyboard(keyboard: Keyboard) -> AcceptedKeyboard:
    shown = markup(keyboard)
    return inline_keyboard(shown.to_dict()) if shown else ()


def _sent(reply: Reply, facets: frozenset[Facet] = ALL_FACETS) -> list[FormattedText]:
    """The messages that show ``reply``, accepted with their buttons."""
    outcome = Outcome("answered", Pass(facets), number=_HUGE, version=_HUGE, reply=reply)
    _accepted_keyboard(_KEYBOARDS.under(outcome))
    return [_accepted(html) for html in pages(reply)]


def _covered(text: FormattedText, kind: str) -> list[str]:
    """What of ``text`` is formatted as ``kind``."""
    return [entity.of(text.text) for entity in text.entities if entity.type == kind]


def _words(reply: Reply) -> Iterator[str]:
    """Everything that a reader must find, in order."""
    yield reply.first
    for block in reply.blocks:
        yield block.heading
        yield from block.lines
    yield reply.source


# ── nothing is refused ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["waimao", "wenlv"])
def test_all_facets_of_all_powers_are_accepted(name: str, request: pytest.FixtureRequest) -> None:
    register: Register = request.getfixturevalue(name)
    assistant = Assistant(register, builtin_aliases(), edition="2026 版")
    wanted = [
        (Facet.OVERVIEW,),
        *((facet,) for facet in ALL_FACETS),
        *itertools.combinations(sorted(ALL_FACETS), 2),
        tuple(sorted(ALL_FACETS)),
    ]
    for power, facets in itertools.product(register.powers, wanted):
        reply = assistant.show(power.position, facets)
        said = "".join(text.text for text in _sent(reply))
        for words in _words(reply):
            assert words in said


_MARKUP = [
    *(
        "<b>",
        "</b>",
        "<i",
        "<a href='https://example.org'>",
        "</blockquote>",
        "<script>alert(1)</script>",
        "<!--",
        "]]>",
    ),
    *("&", "&amp;", "&lt;", "&#60;", "&#x3c;", "&nbsp;", "*", "_", "`", "```", "[x](tg://user?id=1)", "||", "~~", "\\"),
    *(
        "@lianzheng_bot",
        "/ask",
        "#标签",
        "{}",
        "%s",
        "'",
        '"',
        "\u202e",
        "\u200b",
        "👩‍👩‍👧",
        "𠀀",
        "ｅｒ",
        "\t",
        "\n",
        "　",
    ),
]


@pytest.fixture(scope="module")
def asked(waimao: Register) -> Assistant:
    return Assistant(waimao, builtin_aliases(), edition="2026 版")


def _questions(register: Register, count: int) -> Iterator[str]:
    """Questions as people may put them, with markup in every crack; the same ones each time."""
    dice = random.Random(4)
    people = [person for power in register.powers for post in power.posts for person in post.people]
    asked = [
        "的流程",
        "谁负责",
        "风险",
        "怎么防",
        "是不是张三负责",
        "有哪些",
        "第3条",
        "第三步",
        "第99项",
        "审批",
        "多久",
    ]
    for _ in range(count):
        known = [dice.choice(register.powers).title, dice.choice(people), dice.choice(asked), dice.choice(asked)]
        pieces = [*dice.sample(known, dice.randint(1, 3)), *dice.choices(_MARKUP, k=dice.randint(1, 4))]
        dice.shuffle(pieces)
        yield "".join(pieces)


def test_the_answers_to_questions_full_of_markup_are_accepted(asked: Assistant, waimao: Register) -> None:
    kinds = set()
    for text in _questions(waimao, 1000):
        reply = asked.answer(Question(text=text)).reply
        kinds.add(reply.kind)
        assert _sent(reply)
    assert kinds >= {"answer", "list", "choose", "unknown"}


def test_a_running_bot_is_refused_nothing(server: BotApiServer, people: dict[str, User]) -> None:
    person = server.user(1004, "<b>张&三</b>")
    private = server.private(person, started=True)
    asked = [
        server.say(private, person, f"{piece}{question}{piece}")
        for piece, question in zip(
            _MARKUP, itertools.cycle(["二手车的流程", "谁负责配额", "都有哪些事项", ""]), strict=False
        )
        if (piece + question).strip()
    ]
    for question in asked:
        server.wait_for_reply(question)
    assert server.refused() == []
    assert len(server.sent(private)) == len(asked)


@given(
    st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=8), st.integers(1, _HUGE), st.sampled_from(Facet)
)
def test_buttons_are_accepted_whatever_powers_are_called(labels: list[str], position: int, facet: Facet) -> None:
    options = tuple(Option(label=label, power=position + n) for n, label in enumerate(labels))
    reply = Reply(kind="choose", first="哪一项？", options=options, pending=(facet,))
    outcome = Outcome("answered", Pass(ALL_FACETS), number=_HUGE, version=_HUGE, reply=reply)
    keyboard = _accepted_keyboard(_KEYBOARDS.under(outcome))
    assert len(keyboard) == len(labels)
    assert len({button.data for row in keyboard for button in row}) == len(labels)


# ── what is seen ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_answer_stands_first_and_bold_its_source_last() -> None:
    reply = Reply(kind="answer", first="甲 <& 乙：丙", blocks=(Block(lines=("丁",)),), source="清单，第1项")
    (text,) = _sent(reply)
    assert text.text == "甲 <& 乙：丙\n丁\n\n—— 清单，第1项"
    assert _covered(text, "bold") == ["甲 <& 乙：丙"]
    assert _covered(text, "italic") == ["—— 清单，第1项"]


def test_what_would_fill_a_screen_is_folded_and_what_is_short_is_not(asked: Assistant) -> None:
    (text,) = _sent(asked.show(15, (Facet.OVERVIEW,)))
    process, controls = _covered(text, "expandable_blockquote")
    assert process.startswith("1. 接商务部年度政策文件\n")
    assert process.endswith("\n13. 审核结果报商务部")
    assert controls.startswith("1. 加强干部廉政教育")
    assert "孙钰程" not in process + controls
    (short,) = _sent(asked.show(9, (Facet.PROCESS,)))
    assert _covered(short, "expandable_blockquote") == []


def test_a_marked_step_is_bold_also_where_it_is_folded(asked: Assistant) -> None:
    reply = asked.answer(Question(text="进口贴息第三步是什么")).reply
    (text,) = _sent(reply)
    assert "▶ 3. 项目征集上会请示" in _covered(text, "bold")
    assert len(_covered(text, "expandable_blockquote")) == 1


# ── where it is cut ──────────────────────────────────────────────────────────────────────────────────────────────

# What is markup to Telegram or counts as two, and everything else.
_TEXT = st.text("<>&长𠀀", min_size=1, max_size=12) | st.text(
    st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12
)
_LINE = st.builds(
    lambda text, times: text * times,
    _TEXT,
    st.integers(1, 80),
)
_BLOCKS = st.builds(
    Block,
    heading=st.just("") | _LINE,
    lines=st.lists(_LINE, min_size=1, max_size=6).map(tuple),
    numbered=st.booleans(),
    marked=st.just(()) | st.just((0,)),
)
_REPLIES = st.builds(
    Reply,
    kind=st.just("answer"),
    first=_LINE,
    blocks=st.lists(_BLOCKS, max_size=4).map(tuple),
    source=st.just("") | _LINE,
)


@given(_REPLIES)
@settings(max_examples=60)
def test_pages_hold_everything_in_order_and_are_cut_between_lines(reply: Reply) -> None:
    sent = _sent(reply)
    lines = [line for text in sent for line in text.text.split("\n") if line]
    for words in filter(None, _words(reply)):
        assert any(line.endswith(words) for line in lines)
    shown = "".join(lines)
    at = 0
    for words in _words(reply):
        at = shown.index(words, at) + len(words)
    # a page is full: the first line of the next one would not have fitted
    for page, following in itertools.pairwise(sent):
        assert utf16_length(page.text) + 1 + utf16_length(following.text.split("\n")[0]) > MAX_TEXT - 2


@pytest.mark.parametrize("char", ["长", "𠀀", "&", "<"])
def test_a_line_that_no_message_can_hold_is_cut_and_nothing_of_it_is_lost(char: str) -> None:
    line = char * 10_000
    sent = _sent(Reply(kind="answer", first="答：", blocks=(Block(lines=(line,)),)))
    assert "".join(text.text for text in sent).count(char) == len(line)
    assert len(sent) > 2


def test_an_answer_of_two_messages_has_its_buttons_under_the_last_and_shrinks_with_its_question(
    server: BotApiServer, people: dict[str, User]
) -> None:
    private = server.private(people["han"], started=True)
    long = "".join(f"第{n}项" for n in range(1, 10)) + "的全部内容"
    question = server.say(private, people["han"], long)
    first, second = server.wait_for(lambda: server.replies(question)[1:] and server.replies(question))
    whole = second.text
    assert (first.labels, second.labels) == ([], [["👎"]])
    server.edit(question, "二手车的流程")
    server.wait_for(lambda: second.earlier)
    assert first.text.startswith("二手车出口备案初审的流程")
    assert first.labels == [["岗位", "风险", "防控", "👎"]]
    assert (second.text, second.labels) == ("（问题改过了，回答在上一条。）", [])
    server.edit(question, long)
    server.wait_for(lambda: len(second.earlier) > 1)
    assert second.text == whole
    assert server.sent(private) == [first, second]
    assert server.refused() == []
