"""Ends a Firefox that a page keeps busy for ever: what waits for its answer would wait for ever too."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

VISIT_S = 90
"""A page's visit takes some seconds; all of its own waits together are bounded by less than this."""


class Watchdog:
    """Watches over what should not take long; bites when it does."""

    def __init__(self, bite: Callable[[], None]) -> None:
        """Sleep, until there is something to watch over.

        Args:
            bite: called, from another thread, when something takes longer than ``VISIT_S``.
        """
        self._bite = bite
        self.limit_s = VISIT_S
        self._timer: threading.Timer | None = None
        self.expired = False
        """It had to bite since it was last set to watch."""

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Watch over what is done in this context."""
        self.expired = False
        self._wake()
        try:
            yield
        finally:
            self._sleep()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Sleep, in a context that is watched over, while a wait is meant to be long."""
        watched = self._timer is not None
        self._sleep()
        try:
            yield
        finally:
            if watched:
                self._wake()

    def _wake(self) -> None:
        self._timer = threading.Timer(self.limit_s, self._out_of_patience)
        self._timer.daemon = True
        self._timer.start()

    def _sleep(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _out_of_patience(self) -> None:
        self.expired = True
        self._bite()
