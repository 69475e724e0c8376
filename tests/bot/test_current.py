"""A running bot notices what is published, and answers each question from one version of the registers."""

import json
import math
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path
from subprocess import PIPE

from bot.current import Current
from bot.messages import Question
from knowledge.models import Register
from knowledge.store import Store
from tests.conftest import PATIENCE_S, WENLV, Cli
from tests.editions import edition_of, person

WHO = "谁负责二手车出口"


class Clock:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_published_is_answered_from_after_a_second(tmp_path: Path, waimao: Register, wenlv: Register) -> None:
    path, clock = tmp_path / "lianzheng.db", Clock()
    current = Current(path, clock=clock)
    assert "赵思聪" in current.answer(Question(text=WHO)).reply.text
    with closing(Store(path)) as store:
        store.add_edition(edition_of(waimao, 1), "新.txt", b"")
    assert "赵思聪" in current.answer(Question(text=WHO)).reply.text
    clock.now += 1.0
    assert person(1) in current.answer(Question(text=WHO)).reply.text
    with closing(Store(path)) as store:
        store.publish(1)
        store.add_edition(wenlv, WENLV.name, b"")
    clock.now += 1.0
    assert "赵思聪" in current.answer(Question(text=WHO)).reply.text
    assert current.library.register.powers[-1].unit == wenlv.powers[-1].unit


def test_who_does_not_want_to_wait_looks_himself(tmp_path: Path, waimao: Register) -> None:
    path, clock = tmp_path / "lianzheng.db", Clock()
    current = Current(path, look_every_s=math.inf, clock=clock)
    assert not current.refresh()
    with closing(Store(path)) as store:
        store.add_edition(edition_of(waimao, 1), "新.txt", b"")
    clock.now += 1e9
    assert "赵思聪" in current.answer(Question(text=WHO)).reply.text
    assert current.refresh()
    assert person(1) in current.answer(Question(text=WHO)).reply.text
    assert not current.refresh()


def test_a_database_that_can_not_be_read_any_more_does_not_silence_the_bot(tmp_path: Path) -> None:
    path, clock = tmp_path / "lianzheng.db", Clock()
    current = Current(path, clock=clock)
    path.write_bytes(b"no database" * 1000)
    clock.now += 10
    assert "赵思聪" in current.answer(Question(text=WHO)).reply.text


def test_a_follow_up_does_not_refer_to_what_another_edition_said(tmp_path: Path, waimao: Register) -> None:
    path, clock = tmp_path / "lianzheng.db", Clock()
    current = Current(path, clock=clock)
    asked = Question(text="二手车出口的流程", chat="c", user="u")
    assert current.answer(asked).reply.powers == (9,)
    with closing(Store(path)) as store:
        shorter = waimao.model_copy(update={"powers": waimao.powers[:8]})
        store.add_edition(shorter, "短.txt", b"")
    clock.now += 1
    assert current.answer(asked.model_copy(update={"text": "风险呢"})).reply.powers == ()


def test_questions_asked_during_switches_get_one_edition_or_the_other(tmp_path: Path, waimao: Register) -> None:
    path, count = tmp_path / "lianzheng.db", 12
    with closing(Store(path)) as store:
        store.add_edition(edition_of(waimao, 0), "0", b"")
    current = Current(path, look_every_s=math.inf)
    done = threading.Event()

    def publish() -> None:
        with closing(Store(path)) as store:
            for number in range(1, count):
                store.add_edition(edition_of(waimao, number), str(number), b"")
                current.refresh()
        done.set()

    publisher = threading.Thread(target=publish)
    publisher.start()
    seen: list[int] = []
    asked = 0
    while not (done.is_set() and asked):
        asked += 1
        text = current.answer(Question(text=WHO)).reply.text
        held = [number for number in range(count) if person(number) in text]
        assert len(held) == 1, text
        assert text.count(person(held[0])) == 2  # on the post and as the one who answers for the risks
        seen += held
    publisher.join()
    assert seen == sorted(seen)
    assert person(count - 1) in current.answer(Question(text=WHO)).reply.text


def test_a_program_that_answers_json_lines_notices_what_is_published(cli: Cli, waimao: Register) -> None:
    database = cli.folder / "lianzheng.db"
    command = [str(cli.command), "--database", str(database), "ask", "--jsonl"]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, cwd=cli.folder, env=cli.environment) as program:
        lines, replies = program.stdin, program.stdout
        assert lines is not None
        assert replies is not None

        def ask() -> str:
            lines.write(json.dumps({"text": WHO}).encode() + b"\n")
            lines.flush()
            return str(json.loads(replies.readline())["text"])

        assert "赵思聪" in ask()
        with closing(Store(database)) as store:
            store.add_edition(edition_of(waimao, 3), "三.txt", b"")
        until = time.monotonic() + PATIENCE_S
        while person(3) not in ask():
            assert time.monotonic() < until, "it never noticed"
        lines.close()
        assert program.wait(PATIENCE_S) == 0
