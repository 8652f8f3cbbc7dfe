"""Firefox shared by the browser tests of a process."""

from contextlib import ExitStack

from capture.browser.firefox import RunningFirefox, open_firefox

TESTS_PER_FIREFOX = 40
"""Firefox frees closed windows when it is idle, which it never is here: after 200 tests, a page takes twice as long."""


class SharedFirefox:
    """Firefox that is replaced by a new one from time to time."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._running: RunningFirefox | None = None
        self._tests = 0

    def get(self) -> RunningFirefox:
        """Return a running Firefox; start one if there is none, or if the current one served enough tests."""
        if self._running is None or self._tests >= TESTS_PER_FIREFOX:
            self.close()
            self._running, self._tests = self._stack.enter_context(open_firefox()), 0
        self._tests += 1
        return self._running

    def close(self) -> None:
        """Close Firefox."""
        self._running = None
        self._stack.close()
