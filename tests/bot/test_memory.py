"""What was talked about: per chat and user, for a while."""

from bot.understanding.memory import Conversations, Memory

ABOUT_NINE, ABOUT_FIFTEEN = Memory(powers=(9,)), Memory(powers=(15,))


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_conversation_that_has_not_begun_is_empty() -> None:
    assert Conversations(30).recall("group", "u1") == Memory()


def test_the_last_turn_is_remembered() -> None:
    conversations = Conversations(30)
    conversations.keep("group", "u1", ABOUT_NINE)
    assert conversations.recall("group", "u1") == ABOUT_NINE
    conversations.keep("group", "u1", ABOUT_FIFTEEN)
    assert conversations.recall("group", "u1") == ABOUT_FIFTEEN


def test_two_people_in_one_group_and_one_person_in_two_chats_never_mix() -> None:
    conversations = Conversations(30)
    conversations.keep("group", "u1", ABOUT_NINE)
    conversations.keep("group", "u2", ABOUT_FIFTEEN)
    assert conversations.recall("group", "u1") == ABOUT_NINE
    assert conversations.recall("group", "u2") == ABOUT_FIFTEEN
    assert conversations.recall("private", "u1") == Memory()
    assert conversations.recall("u1", "group") == Memory()


def test_a_conversation_is_forgotten_after_its_minutes_of_silence() -> None:
    clock = Clock()
    conversations = Conversations(30, clock=clock)
    conversations.keep("group", "u1", ABOUT_NINE)
    clock.seconds += 30 * 60
    assert conversations.recall("group", "u1") == ABOUT_NINE
    clock.seconds += 1
    assert conversations.recall("group", "u1") == Memory()


def test_every_turn_begins_the_silence_anew() -> None:
    clock = Clock()
    conversations = Conversations(0.5, clock=clock)
    for _turn in range(5):
        conversations.keep("group", "u1", ABOUT_NINE)
        clock.seconds += 20
    assert conversations.recall("group", "u1") == ABOUT_NINE


def test_the_longest_silent_conversation_goes_when_there_are_too_many() -> None:
    conversations = Conversations(30, most=2)
    conversations.keep("a", "u", ABOUT_NINE)
    conversations.keep("b", "u", ABOUT_NINE)
    conversations.keep("a", "u", ABOUT_FIFTEEN)
    conversations.keep("c", "u", ABOUT_NINE)
    assert conversations.recall("a", "u") == ABOUT_FIFTEEN
    assert conversations.recall("b", "u") == Memory()
    assert conversations.recall("c", "u") == ABOUT_NINE
