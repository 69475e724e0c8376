"""The gate: closed by default, opened by settings, admins and invitations, closed when anything goes wrong."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.access import CLOSED, Gate, Kind, Pass
from bot.config import Access
from bot.records.schema import migrations
from bot.visibility import ALL_FACETS
from knowledge.database import DatabaseFile
from knowledge.errors import StoreError
from knowledge.models import Facet

ADMIN, USER, STRANGER = 1001, 1002, 4711
GROUP, STRANGE_GROUP = -1004, -666
PROCESS, POSTS = frozenset({Facet.PROCESS}), frozenset({Facet.POSTS})
BOTH = PROCESS | POSTS
SETTINGS = Access(admins=(ADMIN,), users=(USER,), chats=(GROUP,))
DAY_S = 24 * 3600


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[DatabaseFile]:
    opened = DatabaseFile(tmp_path / "lianzheng.db", migrations)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseFile]:
    """For very many decisions, which need not survive a power failure."""
    opened = DatabaseFile(tmp_path_factory.mktemp("gate") / "lianzheng.db", migrations)
    opened.db.execute("pragma synchronous=off")
    yield opened
    opened.close()


@pytest.fixture
def gate(file: DatabaseFile, clock: Clock) -> Gate:
    return Gate(SETTINGS, file, clock)


# ── who is let in ────────────────────────────────────────────────────────────────────────────────────────────


def test_without_settings_nobody_is_let_in(file: DatabaseFile) -> None:
    gate = Gate(Access(), file)
    assert gate.admit(ADMIN) == gate.admit(USER, GROUP) == CLOSED


def test_the_settings_let_in_whom_they_name(gate: Gate) -> None:
    assert gate.admit(USER) == Pass(ALL_FACETS)
    assert gate.admit(ADMIN) == Pass(ALL_FACETS, admin=True)
    assert gate.admit(STRANGER) == CLOSED


def test_members_of_a_group_may_ask_there_only(gate: Gate) -> None:
    assert gate.admit(STRANGER, GROUP).is_whole
    assert not gate.admit(STRANGER).is_open
    assert not gate.admit(STRANGER, STRANGE_GROUP).is_open


def test_a_user_does_not_open_a_strange_group_by_being_there(gate: Gate) -> None:
    assert gate.admit(USER, STRANGE_GROUP) == gate.admit(ADMIN, STRANGE_GROUP) == CLOSED


def test_a_user_s_number_is_no_group_s(gate: Gate) -> None:
    gate.allow("user", 77, ALL_FACETS, ADMIN)
    assert not gate.admit(STRANGER, 77).is_open


def test_who_is_denied_is_out_everywhere_though_the_settings_name_him(gate: Gate) -> None:
    gate.deny("user", USER, ADMIN)
    assert gate.admit(USER) == gate.admit(USER, GROUP) == CLOSED
    gate.deny("chat", GROUP, ADMIN)
    assert not gate.admit(STRANGER, GROUP).is_open
    assert not gate.is_let_in(GROUP)


def test_the_last_word_of_an_admin_counts(gate: Gate) -> None:
    gate.allow("user", STRANGER, PROCESS, ADMIN)
    gate.deny("user", STRANGER, ADMIN)
    assert not gate.admit(STRANGER).is_open
    gate.allow("user", STRANGER, BOTH, ADMIN)
    assert gate.admit(STRANGER) == Pass(BOTH)


def test_in_a_group_only_what_the_group_may_see_is_seen_and_no_more_than_the_user_may(gate: Gate) -> None:
    gate.allow("chat", GROUP, BOTH, ADMIN)
    gate.allow("user", STRANGER, POSTS | {Facet.RISKS}, ADMIN)
    assert gate.admit(USER, GROUP).facets == BOTH
    assert gate.admit(ADMIN, GROUP).facets == BOTH
    assert gate.admit(STRANGER, GROUP).facets == POSTS


def test_what_was_decided_outlives_the_process(gate: Gate, file: DatabaseFile) -> None:
    gate.allow("chat", STRANGE_GROUP, PROCESS, ADMIN)
    other = DatabaseFile(file.path, migrations)
    assert Gate(SETTINGS, other).admit(STRANGER, STRANGE_GROUP) == Pass(PROCESS)
    other.close()


def test_a_group_that_moves_keeps_what_it_may_see(gate: Gate) -> None:
    gate.allow("chat", GROUP, PROCESS, ADMIN)
    gate.move_chat(GROUP, -1009)
    assert gate.admit(STRANGER, -1009) == Pass(PROCESS)
    gate.move_chat(STRANGE_GROUP, -1010)
    gate.deny("chat", -1009, ADMIN)
    gate.move_chat(-1009, -1011)
    assert not gate.is_let_in(-1010)
    assert not gate.is_let_in(-1011)


DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(["allow", "deny"]),
        st.sampled_from([("user", USER), ("user", STRANGER), ("chat", GROUP), ("chat", STRANGE_GROUP)]),
        st.frozensets(st.sampled_from(sorted(ALL_FACETS)), min_size=1),
    ),
    max_size=6,
)


@given(decisions=DECISIONS)
def test_whatever_was_decided_a_group_shows_nobody_more_than_the_group_may_see(
    decisions: list[tuple[str, tuple[Kind, int], frozenset[Facet]]], shared_file: DatabaseFile
) -> None:
    with shared_file.writing():
        shared_file.db.execute("delete from grants")
    gate = Gate(SETTINGS, shared_file)
    allowed: dict[tuple[Kind, int], frozenset[Facet]] = {("user", USER): ALL_FACETS, ("chat", GROUP): ALL_FACETS}
    for what, (kind, number), facets in decisions:
        if what == "allow":
            gate.allow(kind, number, facets, ADMIN)
        else:
            gate.deny(kind, number, ADMIN)
        allowed[kind, number] = facets if what == "allow" else frozenset()
    for chat in (GROUP, STRANGE_GROUP):
        most = allowed.get(("chat", chat), frozenset())
        for user in (ADMIN, USER, STRANGER):
            own = ALL_FACETS if user == ADMIN else allowed.get(("user", user), ALL_FACETS)
            assert gate.admit(user, chat).facets == most & own


# ── invitations ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_invitation_lets_in_so_many(gate: Gate) -> None:
    secret = gate.invite(PROCESS, uses=2, days=1, by=ADMIN)
    assert [gate.redeem(secret, user) for user in (1, 2, 3)] == [True, True, False]
    assert [gate.admit(user).facets for user in (1, 2, 3)] == [PROCESS, PROCESS, frozenset()]


def test_an_invitation_expires(gate: Gate, clock: Clock) -> None:
    secret = gate.invite(PROCESS, uses=2, days=1, by=ADMIN)
    clock.now += DAY_S - 1
    assert gate.redeem(secret, 1)
    clock.now += 1
    assert not gate.redeem(secret, 2)
    assert gate.admit(1).is_open
    assert not gate.admit(2).is_open


def test_a_forged_invitation_lets_nobody_in(gate: Gate) -> None:
    secret = gate.invite(ALL_FACETS, uses=2, days=1, by=ADMIN)
    for forged in ("", secret[:-1], secret.swapcase(), f"{secret}x", "' or 1=1 --"):
        assert not gate.redeem(forged, STRANGER)
    assert not gate.admit(STRANGER).is_open


def test_who_is_denied_stays_out_and_uses_nothing_up(gate: Gate) -> None:
    secret = gate.invite(ALL_FACETS, uses=1, days=1, by=ADMIN)
    gate.deny("user", STRANGER, ADMIN)
    assert not gate.redeem(secret, STRANGER)
    assert not gate.admit(STRANGER).is_open
    assert gate.redeem(secret, 1)


def test_who_may_see_as_much_already_uses_nothing_up_and_who_may_not_sees_more(gate: Gate) -> None:
    secret = gate.invite(PROCESS, uses=1, days=1, by=ADMIN)
    assert gate.redeem(secret, USER)
    assert gate.admit(USER).is_whole
    gate.allow("user", 1, POSTS, ADMIN)
    assert gate.redeem(secret, 1)
    assert gate.admit(1).facets == BOTH
    assert not gate.redeem(secret, 2)


def test_who_reads_the_database_can_not_use_an_invitation(gate: Gate, file: DatabaseFile) -> None:
    secret = gate.invite(ALL_FACETS, uses=1, days=1, by=ADMIN)
    assert secret not in "\n".join(file.db.conn.iterdump())


# ── whatever goes wrong ──────────────────────────────────────────────────────────────────────────────────────


def test_the_gate_stays_closed_when_the_table_is_gone(gate: Gate, file: DatabaseFile) -> None:
    with closing(sqlite3.connect(file.path)) as other:
        other.execute("drop table grants")
    assert gate.admit(USER) == gate.admit(STRANGER, GROUP) == CLOSED


@pytest.mark.parametrize("facets", ["prozess", "process posts secret", "overview", ""])
def test_the_gate_stays_closed_for_facets_that_it_does_not_know(gate: Gate, file: DatabaseFile, facets: str) -> None:
    gate.allow("user", USER, PROCESS, ADMIN)
    with file.writing():
        file.db.execute("update grants set facets = ?", (facets,))
    assert gate.admit(USER) == CLOSED


def test_the_gate_stays_closed_when_the_connection_is_gone(gate: Gate, file: DatabaseFile) -> None:
    file.close()
    assert gate.admit(USER) == gate.admit(STRANGER, GROUP) == CLOSED


def test_the_gate_stays_closed_when_the_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "lianzheng.db"
    file = DatabaseFile(path, migrations)
    Gate(SETTINGS, file).allow("user", STRANGER, ALL_FACETS, ADMIN)
    file.close()
    opened = DatabaseFile(path, migrations)
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 200_000)
    gate = Gate(SETTINGS, opened)
    assert gate.admit(STRANGER) == gate.admit(STRANGER, GROUP) == gate.admit(USER) == CLOSED
    opened.close()


def test_a_decision_that_can_not_be_kept_is_an_error_and_opens_nothing(gate: Gate, file: DatabaseFile) -> None:
    file.db.execute("pragma query_only=on")
    with pytest.raises(StoreError):
        gate.allow("user", STRANGER, ALL_FACETS, ADMIN)
    assert not gate.admit(STRANGER).is_open
