"""Inline: 「@bot 二手车」 in any chat, while somebody is on the phone."""

import pytest

from tests.botapi import BotApiServer, Fault, InlineQuery, User

People = dict[str, User]


def _typed(server: BotApiServer, user: User, text: str) -> InlineQuery:
    query = server.inline(user, text)
    server.wait_for_answer(query)
    assert server.refused() == []
    return query


def _titles(query: InlineQuery) -> list[str]:
    assert query.answer
    return [result.title for result in query.answer.results]


@pytest.mark.parametrize("text", ["二手", "二手车", "er shou che", "ershouche", "esc", "二手车初口", "贰手车"])
def test_results_come_as_it_is_typed(text: str, server: BotApiServer, people: People) -> None:
    query = _typed(server, people["li"], text)
    assert _titles(query) == [
        f"二手车出口备案初审 · {label}" for label in ("重点岗位", "流程", "廉政风险点", "防控措施")
    ]
    assert query.answer
    assert query.answer.results[0].description.startswith("赵思聪（外贸运行处经办人）")
    assert query.answer.button is None


def test_the_likeliest_powers_come_together_facet_by_facet(server: BotApiServer, people: People) -> None:
    titles = _titles(_typed(server, people["li"], "进口"))
    powers = list(dict.fromkeys(title.partition(" · ")[0] for title in titles))
    assert 2 <= len(powers) <= 6
    assert "进口贴息项目" in powers
    labels = ("重点岗位", "流程", "廉政风险点", "防控措施")
    assert titles == [f"{power} · {label}" for power in powers for label in labels]


@pytest.mark.parametrize(
    ("text", "label"), [("二手车 风险", "廉政风险点"), ("二手车咋办", "流程"), ("二手车防控", "防控措施")]
)
def test_what_is_asked_comes_first(text: str, label: str, server: BotApiServer, people: People) -> None:
    titles = _titles(_typed(server, people["li"], text))
    assert titles[0] == f"二手车出口备案初审 · {label}"
    assert len(titles) == len(set(titles)) == 4


def test_it_is_personal_and_not_kept_for_long(server: BotApiServer, people: People) -> None:
    query = _typed(server, people["li"], "二手车")
    assert query.answer
    assert query.answer.is_personal
    assert query.answer.cache_time <= 10


def test_a_result_is_a_ready_answer_with_its_source(server: BotApiServer, people: People) -> None:
    query = _typed(server, people["li"], "二手车 流程")
    assert query.answer
    private = server.private(people["han"], started=True)
    private.members[people["li"].id] = "member"
    sent = server.choose(query, query.answer.results[0].id, private)
    lines = sent.text.splitlines()
    assert lines[0] == "二手车出口备案初审的流程，共 3 步："
    assert lines[-1].startswith("—— 权责清单及廉政风险防控表（外贸运行处），第9项")


@pytest.mark.parametrize("text", ["", " ", "二", "e"])
def test_less_than_two_characters_ask_for_more(text: str, server: BotApiServer, people: People) -> None:
    query = _typed(server, people["li"], text)
    assert query.answer
    assert query.answer.results == ()
    assert query.answer.button == ("请输入事项名称，至少两个字", "inline")


@pytest.mark.parametrize("text", ["火星移民", "<b>&amp;", "？" * 256, "x" * 256, "😀" * 128])
def test_nothing_found_offers_the_private_chat(text: str, server: BotApiServer, people: People) -> None:
    query = _typed(server, people["han"], text)
    assert query.answer
    assert query.answer.results == ()
    assert query.answer.button
    label, parameter = query.answer.button
    assert label == "没有找到，点这里到私聊里问"
    greeting = server.wait_for_reply(server.open_link(people["han"], parameter))
    assert greeting.text.startswith("您好")


def test_a_long_query_is_read_to_its_end(server: BotApiServer, people: People) -> None:
    text = "您好请问一下" + "，" * 243 + "二手车的流程"
    assert len(text) == 255
    assert "二手车出口备案初审 · 流程" in _titles(_typed(server, people["li"], text))


def test_a_private_chat_in_trouble_does_not_hold_up_what_is_typed(server: BotApiServer, people: People) -> None:
    wang = server.user(1008, "王芳")
    private = server.private(wang, started=True)
    server.fail("sendMessage", with_=Fault.too_many_requests(600), chat=private)
    server.say(private, wang, "二手车的流程")
    server.wait_for(lambda: any(call.chat_id == private.id for call in server.calls("sendMessage")))
    assert _titles(_typed(server, wang, "二手车"))


def test_what_is_typed_does_not_disturb_a_conversation(server: BotApiServer, people: People) -> None:
    private = server.private(people["li"], started=True)
    server.wait_for_reply(server.say(private, people["li"], "二手车的流程"))
    _typed(server, people["li"], "进口贴息")
    answer = server.wait_for_reply(server.say(private, people["li"], "那风险呢"))
    assert answer.text.startswith("二手车出口备案初审的廉政风险点")
