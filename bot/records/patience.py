"""A disk that is full or can't be written is no reason to lose anything: the work waits for it."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from itertools import count
from typing import TypeVar

from knowledge.errors import StoreError

_LOG = logging.getLogger(__name__)
_Result = TypeVar("_Result")


def pauses(first_s: float, longest_s: float) -> Iterator[float]:
    """Yield the pauses before the next tries, in seconds: doubled from the first to the longest, without end."""
    return (min(longest_s, first_s * 2.0 ** min(n, 32)) for n in count())


class Patience:
    """Does what needs the database, again and again until the database takes it; the log tells it once."""

    _FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 15.0

    def __init__(self) -> None:
        self._told = False

    async def __call__(self, act: Callable[[], _Result]) -> _Result:
        """Return what ``act`` returns, as soon as it raises no StoreError; it must be one transaction."""
        for pause in pauses(self._FIRST_PAUSE_S, self._LONGEST_PAUSE_S):
            try:
                result = act()
            except StoreError as error:
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
