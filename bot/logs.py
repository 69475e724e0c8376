"""Structured logs: one JSON object a line on standard error; secrets never get there."""

import json
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

# They log the address of each request, and the token is in it.
_TALKATIVE = ("httpx", "httpcore")
_HIDDEN = "[…]"


class _JsonLines(logging.Formatter):
    """Formats a record; ``secrets`` are blotted out wherever they stand."""

    def __init__(self, secrets: Iterable[str]):
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        line = json.dumps(told, ensure_ascii=False)
        for secret in self._secrets:
            line = line.replace(secret, _HIDDEN)
        return line


def set_up(secrets: Iterable[str]) -> None:
    """Send all logs, from level INFO up, to standard error, without ``secrets``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines(secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
