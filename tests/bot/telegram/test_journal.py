"""The journal: what is written down, what is crossed out, what is found again by the next process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records.journal import Departure, Journal
from bot.records.schema import migrations
from knowledge.database import DatabaseFile
from tests.bot.test_memory import Clock

DAY_S = 24 * 3600.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lianzheng.db"


@pytest.fixture
def file(path: Path) -> Iterator[DatabaseFile]:
    opened = DatabaseFile(path, migrations)
    yield opened
    opened.close()


@pytest.fixture
def journal(file: DatabaseFile) -> Journal:
    return Journal(file)


def reopened(path: Path) -> Journal:
    """The journal as another process finds it."""
    return Journal(DatabaseFile(path, migrations))


def message(chat: int, payload: str, question: int | None = None, handoff: int | None = None) -> Departure:
    return Departure(0, 0, chat, payload, question, handoff)


def test_what_has_arrived_is_found_by_the_next_process_in_order(journal: Journal, path: Path) -> None:
    assert journal.receive([(8, "eight"), (7, "seven")]) == {7, 8}
    assert journal.receive([(9, "nine")]) == {9}
    journal.finish(8)
    assert reopened(path).waiting() == [(7, "seven"), (9, "nine")]
    assert journal.queue_length() == 2


def test_what_comes_again_is_not_new_whether_it_is_finished_or_not(journal: Journal, path: Path) -> None:
    journal.receive([(1, "one"), (2, "two")])
    journal.finish(1)
    assert reopened(path).receive([(1, "one"), (2, "two"), (3, "three")]) == {3}
    assert [number for number, _ in journal.waiting()] == [2, 3]


def test_updates_of_one_delivery_are_written_down_all_or_none(journal: Journal) -> None:
    def delivery() -> Iterator[tuple[int, str]]:
        yield 1, "one"
        raise ValueError("a damaged one")

    with pytest.raises(ValueError, match="damaged"):
        journal.receive(delivery())
    assert journal.waiting() == []


def test_messages_wait_in_order_until_each_is_crossed_out(journal: Journal, path: Path) -> None:
    assert not journal.has_departures(5)
    journal.depart(5, [message(1, "first"), message(1, "second"), message(2, "third")])
    journal.depart(6, [message(1, "of another update")])
    first, second, third = journal.departures(5)
    assert [d.payload for d in (first, second, third)] == ["first", "second", "third"]
    journal.sent(first.number, 100)
    journal.failed(third.number)
    assert reopened(path).departures(5) == [second]
    journal.sent(second.number, 101)
    assert journal.departures(5) == []
    assert reopened(path).has_departures(5)


def test_what_was_said_and_asked_is_not_kept_once_it_is_done(journal: Journal, path: Path, file: DatabaseFile) -> None:
    journal.receive([(5, "a question that nobody else should read")])
    journal.depart(5, [message(1, "an answer that nobody else should read")])
    journal.sent(journal.departures(5)[0].number, 100)
    journal.finish(5)
    kept = [*file.table("inbox").rows, *file.table("outbox").rows]
    assert len(kept) == 2
    assert "nobody" not in str(kept)


def test_an_answer_that_has_not_left_can_be_taken_back(journal: Journal) -> None:
    journal.depart(5, [message(1, "first"), message(1, "second")])
    assert journal.withdraw(5)
    assert not journal.has_departures(5)


def test_an_answer_that_has_left_in_part_is_not_taken_back(journal: Journal) -> None:
    journal.depart(5, [message(1, "first"), message(1, "second")])
    journal.sent(journal.departures(5)[0].number, 100)
    assert not journal.withdraw(5)
    assert [d.payload for d in journal.departures(5)] == ["second"]


def test_the_answers_to_a_message_are_found_by_chat_and_number(journal: Journal) -> None:
    journal.depart(5, [message(1, "page 1", question=40), message(1, "page 2", question=40), message(2, "x", 40)])
    for number, departure in enumerate(journal.departures(5), start=100):
        journal.sent(departure.number, number)
    journal.depart(6, [message(1, "page 1, edited", question=40)])
    journal.sent(journal.departures(6)[0].number, 100)
    assert journal.answers_to(1, 40) == [100, 101]
    assert journal.answers_to(1, 41) == []


def test_a_question_for_a_person_is_found_by_the_message_that_carries_it(journal: Journal) -> None:
    journal.depart(5, [message(1, "who knows?", handoff=3), message(1, "something else")])
    carried, other = journal.departures(5)
    journal.sent(carried.number, 100)
    journal.sent(other.number, 101)
    assert journal.handoff_of(1, 100) == 3
    assert journal.handoff_of(1, 101) is None
    assert journal.handoff_of(2, 100) is None


def test_what_is_done_is_forgotten_after_days_what_waits_never(file: DatabaseFile) -> None:
    clock = Clock()
    journal = Journal(file, clock)
    journal.receive([(1, "done"), (2, "waiting")])
    journal.finish(1)
    journal.depart(1, [message(1, "sent", question=40)])
    journal.depart(2, [message(1, "waiting", question=41)])
    journal.sent(journal.departures(1)[0].number, 100)
    clock.seconds += DAY_S
    journal.tidy()
    assert journal.receive([(1, "done")]) == set()  # Telegram may still deliver it again
    assert journal.answers_to(1, 40) == [100]
    clock.seconds += 30 * DAY_S
    journal.tidy()
    assert journal.answers_to(1, 40) == []
    assert journal.waiting() == [(2, "waiting")]
    assert [d.payload for d in journal.departures(2)] == ["waiting"]
    journal.sent(99, 7)  # one that is no longer known
