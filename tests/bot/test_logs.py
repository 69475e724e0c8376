"""The logs: one JSON object a line, no secret in it in whatever form."""

import json
import logging
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from bot.config import Telegram
from bot.logs import set_up

TOKEN = "7000001:AAF-a_token"
PASSWORD = 'p"a\\s/s 密码'
PROXY = f"http://someone:{quote(PASSWORD, safe='')}@127.0.0.1:1"

LOG = logging.getLogger("tests")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, levels = logging.getLogger(), {}
    handlers, level = root.handlers[:], root.level
    for name in ("httpx", "httpcore", "telegram.request"):
        levels[name] = logging.getLogger(name).level
    yield
    root.handlers[:], root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    set_up([])
    LOG.info("第 %s 行\n还是", 1)
    LOG.debug("too much")
    (line,) = logged(capsys)
    assert (line["level"], line["from"], line["message"]) == ("info", "tests", "第 1 行\n还是")
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize("secret", [TOKEN, PASSWORD, PROXY])
@pytest.mark.parametrize(
    "form", [str, repr, json.dumps, quote, lambda text: quote(text, safe=""), lambda text: repr(f"it's {text}")]
)
def test_a_secret_is_hidden_in_every_form(
    capsys: pytest.CaptureFixture[str], secret: str, form: Callable[[str], str]
) -> None:
    set_up([*Telegram(proxy=PROXY).secrets, TOKEN])
    told = form(secret)
    LOG.warning("https://api.telegram.org/bot%s/getMe", told)
    LOG.error("failed", exc_info=ValueError(told))
    line, error = logged(capsys)
    assert line["message"].startswith("https://api.telegram.org/bot")
    assert error["error"].splitlines()[-1].startswith("ValueError: ")
    for shown in (line["message"], error["error"].splitlines()[-1]):
        for hidden in ("AAF", 'p"a', 'p\\"a', "p%22a", "密码", quote("密码"), "\\u5bc6"):
            assert hidden not in shown


def test_what_people_wrote_is_not_logged_with_an_answer_that_cant_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    set_up([])
    logging.getLogger("telegram.request.BaseRequest").error("Can not load invalid JSON data: %r", "a question")
    logging.getLogger("httpx").info("HTTP Request: POST https://…")
    assert logged(capsys) == []
