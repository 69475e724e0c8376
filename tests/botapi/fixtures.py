"""The fixture that starts the server; a conftest.py imports it by name."""

from collections.abc import Iterator

import pytest

from tests.botapi.server import BotApiServer


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    """A running Bot API server with one bot and an empty world."""
    with BotApiServer() as running:
        yield running
