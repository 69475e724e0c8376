"""A disk that is full or can't be written is no reason to lose anything: the work waits for it."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from typing import TypeVar

from knowledge.errors import StoreError

_LOG = logging.getLogger(__name__)
_Result = TypeVar("_Result")

# These say that the program is wrong, not the disk; to wait would be for ever.
_MISTAKES = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError)


def pauses(first_s: float, longest_s: float) -> Iterator[float]:
    """Yield the pauses before the next tries, in seconds: doubled from the first to the longest, without end."""
    return (min(longest_s, first_s * 2.0 ** min(n, 32)) for n in count())


class Patience:
    """Does what needs the database, again and again until the database takes it; the log tells it once."""

    _FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 15.0

    def __init__(self) -> None:
        self._told = False

    async def __call__(self, act: Callable[[], _Result]) -> _Result:
        """Return what ``act`` returns, as soon as it raises no StoreError; it must be one transaction.

        Raises:
            sqlite3.DatabaseError: ``act`` asks for what no database would do.
        """
        for pause in pauses(self._FIRST_PAUSE_S, self._LONGEST_PAUSE_S):
            try:
                result = act()
            except StoreError as error:
                if isinstance(error.__cause__, _MISTAKES):
                    raise error.__cause__ from error
                self.tell(error)
                await asyncio.sleep(pause)
            else:
                self._recover()
                return result
        raise AssertionError  # the pauses have no end

    def tell(self, error: StoreError) -> None:
        """Log that the database can't be used, unless that was said already."""
        if not self._told:
            self._told = True
            _LOG.error("%s", error)

    def _recover(self) -> None:
        if self._told:
            self._told = False
            _LOG.info("the database can be used again")
