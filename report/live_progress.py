"""Progress bars of a run on a terminal: one for each site that is being visited, and one for all pages."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from report.i18n.sentences import Sentences
from report.run.memory import MemoryUse
from report.run.progress import PageSeen, RunProgress

MOST_BARS = 8
"""Sites of which a bar is shown."""
MINUTE_S = 60


class LiveProgress:
    """Bars that change with every page; lines are printed above them."""

    def __init__(self, bars: Progress, progress: RunProgress, memory: MemoryUse, sentences: Sentences) -> None:
        self._bars = bars
        self._progress = progress
        self._memory = memory
        self._sentences = sentences
        self._started = time.monotonic()
        self._sites: dict[str, TaskID] = {}
        self._all = bars.add_task(sentences.gettext("All pages"), total=progress.pages, note="")

    def line(self, text: str) -> None:
        """Print a line above the bars."""
        self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def seen(self, page: PageSeen) -> None:
        """Move the bars on."""
        self._progress = self._progress.after(page)
        for host, site in self._progress.sites.items():
            if (
                len(self._progress.sites) > 1
                and site.begun
                and host not in self._sites
                and len(self._sites) < MOST_BARS
            ):
                self._sites[host] = self._bars.add_task(host, total=site.pages, note="")
            elif not site.begun and host in self._sites:
                self._bars.remove_task(self._sites.pop(host))
        for host, task in self._sites.items():
            self._bars.update(task, completed=len(self._progress.sites[host].seen))
        self._bars.update(self._all, completed=self._progress.seen, note=self._note())

    def _note(self) -> str:
        """Say how many pages are false or not checked, the time that is left, and the memory."""
        progress, words = self._progress, self._sentences
        parts = [f"✗ {len(progress.false)}" if progress.false else ""]
        parts.append(f"? {len(progress.unchecked)}" if progress.unchecked else "")
        left = progress.seconds_left(time.monotonic() - self._started)
        parts.append(time_left(left, words) if left is not None and progress.seen < progress.pages else "")
        parts.append(words.gigabytes(self._memory.now) if self._memory.now else "")
        return " · ".join(filter(None, parts))


@contextmanager
def live_progress(progress: RunProgress, memory: MemoryUse, sentences: Sentences) -> Iterator[LiveProgress]:
    """Show bars on the error stream, which must be a terminal, for as long as the context lasts."""
    bars = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TextColumn("{task.fields[note]}", markup=False),
        console=Console(stderr=True),
        transient=True,
        refresh_per_second=4,
    )
    with bars:
        yield LiveProgress(bars, progress, memory, sentences)


def time_left(seconds: float, sentences: Sentences) -> str:
    """Say how much time is left, in whole minutes from one minute on."""
    if seconds < MINUTE_S:
        return sentences.gettext("less than a minute left")
    return sentences.ngettext("{n} minute left", "{n} minutes left", round(seconds / MINUTE_S))
