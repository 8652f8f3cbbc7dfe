"""Kill a Firefox whose page blocks it with endless scripts: calls that wait for its answer would never return."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

VISIT_S = 90
"""Limit of one page's visit, which takes some seconds; all its own timeouts together are shorter."""
OPEN_CLOSE_S = 30
"""Limit of opening or closing a tab or Firefox, which takes less than a second; Playwright itself sets none."""


ANSWER_S = 5
"""Time in which a page answers that its scripts do not block."""


class Watchdog:
    """Timer over an operation; calls back from another thread when it expires."""

    def __init__(self, on_timeout: Callable[[], None]) -> None:
        """Create a timer that is not running.

        Args:
            on_timeout: called, from another thread, when an operation takes longer than its limit.
        """
        self._on_timeout = on_timeout
        self.limit_s = VISIT_S
        self._timer: threading.Timer | None = None
        self.expired = False
        """Whether the last timed operation exceeded the limit."""

    @contextmanager
    def timed(self, limit_s: int | None = None) -> Iterator[None]:
        """Limit the time of what is done in this context, to ``VISIT_S`` unless another limit is given, s."""
        self.expired = False
        self.limit_s = limit_s or VISIT_S
        self._start()
        try:
            yield
        finally:
            self._cancel()

    @contextmanager
    def shortened(self, limit_s: int) -> Iterator[None]:
        """Limit the time of a part of the timed operation more strictly, s; restart the full limit afterwards."""
        full_s = self.limit_s
        self._cancel()
        self.limit_s = limit_s
        self._start()
        try:
            yield
        finally:
            self._cancel()
            if not self.expired:
                self.limit_s = full_s
                self._start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the timer during an intentionally long wait; restart it with the full limit afterwards."""
        was_running = self._timer is not None
        self._cancel()
        try:
            yield
        finally:
            if was_running:
                self._start()

    def _start(self) -> None:
        self._timer = threading.Timer(self.limit_s, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        self.expired = True
        self._on_timeout()
