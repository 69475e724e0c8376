"""Structured logs: one JSON object a line on standard error; secrets never get there."""

import json
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote, unquote

# They log the address of each request, and the token is in it; or the whole of an answer that can't be read, and what
# people wrote is in it. Whoever made the request logs its failure.
_TALKATIVE = {"httpx": logging.WARNING, "httpcore": logging.WARNING, "telegram.request": logging.CRITICAL}
_HIDDEN = "[…]"


class _JsonLines(logging.Formatter):
    """Formats a record; ``secrets`` are blotted out wherever they stand, as they are and as they stand in a URL."""

    def __init__(self, secrets: Iterable[str]):
        super().__init__()
        plain = {form for secret in secrets for form in (secret, unquote(secret))}
        forms = {form for text in plain for form in (text, quote(text), quote(text, safe=""))}
        self._secrets = sorted(forms - {""}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": self._hide(record.getMessage()),
        }
        if record.exc_info:
            told["error"] = self._hide(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)

    def _hide(self, text: str) -> str:
        for secret in self._secrets:
            # a repr inside of a message doubles backslashes, JSON inside of one escapes quotes, too
            for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]):
                text = text.replace(form, _HIDDEN)
        return text


def set_up(secrets: Iterable[str]) -> None:
    """Send all logs, from level INFO up, to standard error, without ``secrets``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines(secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name, level in _TALKATIVE.items():
        logging.getLogger(name).setLevel(level)
