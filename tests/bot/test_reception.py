"""The reception: gate, limits and log on the way of every question, whatever the channel."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from bot.access import Gate
from bot.config import Access, Limits
from bot.current import Current
from bot.reception import Asker, Reception, Suggestions
from bot.records.audit import Audit
from bot.records.chats import Chats
from bot.records.handoffs import Handoffs
from bot.records.schema import migrations
from bot.records.talks import KeptConversations
from knowledge.database import DatabaseFile
from knowledge.errors import StoreError
from knowledge.models import Facet

ADMIN, USER, OTHER, STRANGER, GROUP = 1001, 1002, 1003, 4711, -1004
FACETS = (Facet.PROCESS, Facet.RISKS)
DAY_S = 24 * 3600


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class House:
    """What the reception stands on, over one database."""

    def __init__(self, path: Path, limits: Limits):
        self.file = DatabaseFile(path, migrations)
        self.clock = Clock()
        self.gate = Gate(Access(admins=(ADMIN,), users=(USER, OTHER), chats=(GROUP,)), self.file)
        self.current = Current(path, lambda version: KeptConversations(self.file, version, 30))
        self.audit = Audit(self.file, retention_days=1, clock=self.clock)
        self.handoffs = Handoffs(self.file, clock=self.clock)
        self.reception = Reception(self.gate, self.current, self.audit, Chats(self.file), limits)

    def decisions(self) -> list[tuple[str, str, str]]:
        """Channel, text and decision of everything in the log."""
        return self.file.db.execute("select channel, text, decision from questions order by number").fetchall()

    def ask(self, asker: Asker, text: str = "二手车的流程") -> str:
        return self.reception.ask(asker, text, "test").decision


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "lianzheng.db", Limits(user_per_minute=3, chat_per_minute=5))
    yield made
    made.file.close()


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_asks_too_much_is_told_once(house: House) -> None:
    outcomes = [house.reception.ask(Asker(USER), "二手车的流程", "test") for _ in range(6)]
    assert [o.decision for o in outcomes] == ["answered"] * 3 + ["limited"] * 3
    assert [o.told for o in outcomes[3:]] == [True, False, False]
    assert house.ask(Asker(OTHER)) == "answered"


def test_one_user_does_not_use_up_what_the_group_may_ask(house: House) -> None:
    asked = [house.ask(Asker(USER, GROUP)) for _ in range(20)]
    assert asked.count("answered") == 3
    assert [house.ask(Asker(OTHER, GROUP)) for _ in range(3)] == ["answered", "answered", "limited"]


def test_what_is_no_question_counts_too(house: House) -> None:
    admitted = [house.reception.admit(Asker(USER), "test").decision for _ in range(4)]
    assert admitted == ["admitted"] * 3 + ["limited"]
    assert house.ask(Asker(USER)) == "limited"
    assert house.reception.open(Asker(USER), 9, FACETS, "test").decision == "limited"


def test_a_stranger_is_told_so_only_so_often(house: House) -> None:
    told = [house.reception.ask(Asker(STRANGER), "你好", "test").told for _ in range(100)]
    assert told[0]
    assert not told[-1]


def test_typing_has_a_limit_of_its_own(house: House) -> None:
    answers = [house.reception.suggest(Asker(USER), "二手车", 3, FACETS) for _ in range(16)]
    assert [answer.decision for answer in answers] == [*["answered"] * 15, "limited"]
    assert all(answer.found for answer in answers[:15])
    assert house.ask(Asker(USER)) == "answered"


# ── the gate on every way in ─────────────────────────────────────────────────────────────────────────────────


def test_no_way_in_for_strangers(house: House) -> None:
    for asker in (Asker(STRANGER), Asker(STRANGER, -666), Asker(USER, -666), Asker(ADMIN, -666)):
        assert house.ask(asker) == "refused"
        assert house.reception.open(asker, 9, FACETS, "test").reply is None
    assert house.reception.suggest(Asker(STRANGER), "二手车", 3, FACETS) == Suggestions("refused")


def test_what_strangers_write_is_not_kept_but_that_they_came_is(house: House) -> None:
    house.ask(Asker(STRANGER), "我的手机号是 13800000000")
    assert house.decisions() == [("test", "", "refused")]
    for _ in range(5):  # once a minute is enough
        house.ask(Asker(STRANGER), "在吗")
    assert len(house.decisions()) == 1


def test_nobody_gets_anything_when_the_grants_are_gone(house: House) -> None:
    with closing(sqlite3.connect(house.file.path)) as other:
        other.execute("drop table grants")
    for asker in (Asker(ADMIN, GROUP), Asker(USER), Asker(OTHER, GROUP)):
        assert house.reception.ask(asker, "二手车的流程", "test").reply is None
    assert house.reception.suggest(Asker(USER), "二手车", 3, FACETS) == Suggestions("refused")


def test_what_answers_a_new_kind_of_grant_can_be_made_before_it_is_asked(house: House) -> None:
    assert house.reception.preparation(Asker(USER)) is None
    assert house.reception.preparation(Asker(STRANGER)) is None
    house.gate.allow("user", STRANGER, frozenset({Facet.POSTS}), ADMIN)
    prepare = house.reception.preparation(Asker(STRANGER))
    assert prepare is not None
    thread = Thread(target=prepare)
    thread.start()
    thread.join()
    assert house.reception.preparation(Asker(STRANGER)) is None


def test_what_is_forgotten_is_in_none_of_the_files(house: House) -> None:
    def stands_somewhere(text: str) -> bool:
        return any(text.encode() in file.read_bytes() for file in house.file.path.parent.glob("lianzheng.db*"))

    house.ask(Asker(USER), "黑曜石的流程")
    assert stands_somewhere("黑曜石")
    assert house.audit.forget(USER) == 1
    assert not stands_somewhere("黑曜石")


def test_invitations_that_let_nobody_in_are_not_kept(house: House) -> None:
    used, old, good = (house.gate.invite(frozenset(FACETS), 1, days, ADMIN) for days in (1, -1, 1))
    assert house.gate.redeem(used, STRANGER)
    house.gate.tidy()
    assert house.file.table("invitations").count == 1
    assert not house.gate.redeem(old, STRANGER + 1)
    assert house.gate.redeem(good, STRANGER + 1)


def test_no_answer_without_a_trace_in_the_log(house: House) -> None:
    house.file.db.execute("pragma query_only=on")
    with pytest.raises(StoreError):
        house.ask(Asker(USER))
    with pytest.raises(StoreError):
        house.reception.suggest(Asker(USER), "二手车", 3, FACETS)


def test_suggestions_keep_to_what_is_open(house: House) -> None:
    house.gate.allow("user", USER, frozenset({Facet.POSTS}), ADMIN)
    made = house.reception.suggest(Asker(USER), "二手车风险", 3, (*FACETS, Facet.POSTS))
    assert made.found
    assert {suggestion.facet for suggestion in made.found} == {Facet.POSTS}


# ── the log ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_decision_is_in_the_log(house: House) -> None:
    for _ in range(4):
        house.ask(Asker(USER))
    house.reception.suggest(Asker(OTHER), "贴息", 3, FACETS)
    assert house.decisions() == [
        *[("test", "二手车的流程", "answered")] * 3,
        ("test", "二手车的流程", "limited"),
        ("inline", "贴息", "answered"),
    ]


def test_records_are_deleted_after_the_retention_time(house: House) -> None:
    first = house.reception.ask(Asker(USER), "紫水晶怎么办", "test")
    house.handoffs.open(first.number, chat=USER, thread=None, message=1, user=USER, text="紫水晶怎么办")
    house.clock.now += DAY_S - 1
    second = house.reception.ask(Asker(OTHER), "月光石怎么办", "test")
    house.audit.tidy()
    assert house.audit.entry(first.number) is not None
    house.clock.now += 2
    house.audit.tidy()
    assert house.audit.entry(first.number) is None
    assert house.audit.entry(second.number) is not None
    assert house.handoffs.get(1) is None
    assert [miss.text for miss in house.audit.misses(9)] == ["月光石怎么办"]


def test_what_is_not_open_is_no_miss(house: House) -> None:
    house.gate.allow("user", USER, frozenset({Facet.PROCESS}), ADMIN)
    house.ask(Asker(USER), "二手车的风险")
    assert house.audit.misses(9) == []
    house.ask(Asker(OTHER), "紫水晶怎么办")
    assert [(miss.text, miss.count) for miss in house.audit.misses(9)] == [("紫水晶怎么办", 1)]


def test_the_figures_count_questions_not_letters(house: House) -> None:
    house.clock.now = 1_700_000_000.0
    house.ask(Asker(USER))
    house.ask(Asker(OTHER), "紫水晶怎么办")
    for text in ("二", "二手", "二手车"):
        house.reception.suggest(Asker(OTHER), text, 3, FACETS)
    figures = house.audit.today()
    assert (figures.questions, figures.askers, figures.unanswered) == (2, 2, 1)
    assert 0 < figures.median_ms <= figures.slowest_ms


def test_who_answers_first_answers_and_nobody_else(house: House) -> None:
    number = house.handoffs.open(1, chat=USER, thread=7, message=8, user=USER, text="紫水晶")
    assert number is not None
    assert house.handoffs.open(1, chat=USER, thread=7, message=8, user=USER, text="紫水晶") is None
    assert house.handoffs.claim(number, ADMIN)
    assert not house.handoffs.claim(number, 1009)
    assert house.handoffs.claim(number, ADMIN)
    assert not house.handoffs.claim(number + 1, ADMIN)


def test_what_is_forgotten_is_one_user_s_and_orders_of_admins_stay(house: House) -> None:
    house.ask(Asker(USER))
    house.ask(Asker(OTHER))
    house.audit.record("admin", ADMIN, ADMIN, "/allow 7", "ordered")
    assert house.audit.forget(USER) == 1
    assert house.audit.forget(ADMIN) == 0
    assert [text for _, text, _ in house.decisions()] == ["二手车的流程", "/allow 7"]
