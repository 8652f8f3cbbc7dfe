"""Bars on a terminal: what they say, and that nothing is left of them."""

import io

from rich.console import Console
from rich.progress import Progress, TextColumn

from report.i18n.sentences import Sentences
from report.live_progress import LiveProgress, time_left
from report.run.memory import MemoryUse
from report.run.progress import SeenState
from tests.report.run.test_progress import progress, seen


def test_each_site_has_a_bar_while_it_is_visited_and_lines_stand_above() -> None:
    written = io.StringIO()
    columns = [TextColumn(f"{{task.{one}}}") for one in ("description", "completed", "fields[note]")]
    bars = Progress(*columns, console=Console(file=written, width=200))
    live = LiveProgress(bars, progress(2, 3), MemoryUse(now=1_200_000_000), Sentences("en"))
    live.seen(seen(0, 1, SeenState.FALSE))
    live.seen(seen(1, 1, SeenState.UNCHECKED))
    shown = [(task.description, task.completed) for task in bars.tasks]
    assert shown == [("All pages", 2), ("h0.test", 1), ("h1.test", 1)]
    note = bars.tasks[0].fields["note"]
    assert note.startswith("✗ 1 · ? 1 · ")
    assert note.endswith("1.2 GB")
    live.seen(seen(0, 2))
    assert [task.description for task in bars.tasks] == ["All pages", "h1.test"]
    live.line("[not markup]")
    assert "[not markup]" in written.getvalue()


def test_the_time_that_is_left_is_said_in_minutes() -> None:
    assert [time_left(seconds, Sentences("en")) for seconds in (5, 61, 600)] == [
        "less than a minute left",
        "1 minute left",
        "10 minutes left",
    ]
