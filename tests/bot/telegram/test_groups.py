"""In groups: who is spoken to answers, once, in the same place; everything else passes in silence."""

from tests.botapi import BotApiServer, Chat, User


def test_a_command_is_answered_as_a_reply(server: BotApiServer, group: Chat, people: dict[str, User]) -> None:
    question = server.say(group, people["li"], "/ask 二手车的流程")
    answer = server.wait_for_reply(question)
    assert answer.text.splitlines()[0] == "二手车出口备案初审的流程，共 3 步："
    assert answer.labels == [["岗位", "风险", "防控", "👎"]]
    assert server.refused() == []


def test_talk_among_people_is_passed_over(server: BotApiServer, group: Chat, people: dict[str, User]) -> None:
    server.say(group, people["li"], "二手车的流程是什么来着")
    question = server.say(group, people["han"], "/ask 谁负责二手车出口")
    assert server.wait_for_reply(question) is server.sent(group)[0]
