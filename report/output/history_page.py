"""What the page “History” of a report shows: the nights up to that of the run, all pages together and page by page."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from report.i18n.dates import day_of
from report.output.plots import STRIP_HEIGHT, BarPlot, Segment, Span, bar_plot, spans
from report.output.totals import worst_tutorials_first
from report.results.nights import Night, PageNights
from report.results.run_record import NIGHTS, PageRecord, RunRecord, TutorialRecord
from report.results.verdict_letters import verdicts_of
from report.verdict import OUTDATED, Verdict

HISTORY_PAGE = "history.html"
FEWEST_NIGHTS = 30
"""Nights that the plots have room for, when fewer are known."""
FEW_PAGES = 50
"""With more pages than this, one page would be too small to be seen among those that are up to date."""
HEADROOM = 1.2
"""Height at which bars are cut, as a multiple of the highest one without pages that could not be checked."""
MOST_ROWS = 400
"""Most pages whose nights are shown one by one."""
DRAWN_AS: Mapping[Verdict, Verdict] = {
    **{verdict: verdict for verdict in Verdict if verdict is not Verdict.FIXED},
    Verdict.NOT_REACHED: Verdict.UNREACHABLE,
    Verdict.BY_HAND: Verdict.UP_TO_DATE,
}
"""Verdict under which each verdict is drawn; pages with nothing to check are not."""
STRIP_SHARES: Mapping[Verdict, float] = {
    Verdict.TEXT_OUTDATED: 1,
    Verdict.PICTURE_OUTDATED: 0.8,
    Verdict.UNREACHABLE: 0.6,
    Verdict.NEW: 0.5,
    Verdict.BY_HAND_DUE: 0.5,
    Verdict.COSMETIC: 0.35,
    Verdict.UP_TO_DATE: 0.2,
}
"""Height of each verdict in the strip of a page, as a share of the strip's: worse is higher."""
ROOM_OF_AN_END = 20
"""Width of the label of the first and of the last night in a narrow window, with half of a month's name, in %."""
MISSED = "missed"
TIME = "time"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunNight:
    """A night with a run."""

    day: date
    verdicts: Mapping[Verdict, int]
    """Number of pages, by the verdict under which they are drawn."""
    seconds: float | None
    """Time of its longest run; None: not known."""

    @property
    def unseen(self) -> int:
        """Number of pages that could not be checked."""
        return self.verdicts.get(Verdict.UNREACHABLE, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class PageRow:
    """The nights of one page."""

    page: PageRecord
    nights: PageNights
    strip: tuple[tuple[Span, Segment], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TutorialRows:
    """The pages of one tutorial, by number."""

    tutorial: TutorialRecord
    told: tuple[PageRow, ...]
    """Pages whose nights are shown."""
    others: tuple[PageRecord, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryPage:
    """Plots and tables of the nights up to that of a run."""

    days: tuple[date, ...]
    """All days of the plots."""
    nights: tuple[RunNight | None, ...]
    """The night of each day; None: no run."""
    missed: tuple[Span, ...]
    """Nights without a run, after the first one with a run."""
    kinds: tuple[Verdict, ...]
    """Verdicts that occur, the worst first."""
    stacked: tuple[Verdict, ...]
    """Those that are drawn, from the bottom up; pages that are up to date are left out if there are many pages."""
    verdicts: BarPlot
    times: BarPlot
    """In minutes."""
    unseen: BarPlot
    tutorials: tuple[TutorialRows, ...]

    @property
    def tonight(self) -> RunNight:
        return self.known[-1]

    @property
    def known(self) -> tuple[RunNight, ...]:
        """The nights with a run, the oldest first."""
        return tuple(night for night in self.nights if night is not None)

    @property
    def nights_unseen(self) -> int:
        """Number of nights on which at least one page could not be checked."""
        return sum(night.unseen > 0 for night in self.known)

    @property
    def rows(self) -> tuple[tuple[date, RunNight | None], ...]:
        """The nights as rows of a table: the latest first, from the first one with a run."""
        nights = zip(self.days, self.nights, strict=True)
        return tuple(reversed([row for row in nights if row[0] >= self.known[0].day]))

    @property
    def months(self) -> tuple[tuple[float, date], ...]:
        """First day of each month whose name has room between the ends of a plot, and its place in %."""
        places = ((100 * (at + 0.5) / len(self.days), day) for at, day in enumerate(self.days) if day.day == 1)
        return tuple((round(x, 2), day) for x, day in places if ROOM_OF_AN_END < x < 100 - ROOM_OF_AN_END)

    @property
    def timed(self) -> tuple[tuple[float, date], ...]:
        """Times of the runs, s, where they are known, with their days."""
        return tuple((night.seconds, night.day) for night in self.known if night.seconds is not None)

    @property
    def usual_seconds(self) -> float:
        """Median of the times."""
        return median(seconds for seconds, _ in self.timed)

    @property
    def longest(self) -> tuple[float, date]:
        """Longest time and its day, the latest of several."""
        return max(self.timed)


def history_page(record: RunRecord) -> HistoryPage:
    """Count and arrange the verdicts of the nights up to that of a run."""
    nights = list(_run_nights(record))
    days = _days(nights)
    by_day = {night.day: night for night in nights}
    on_days = [by_day.get(day) for day in days]
    kinds = tuple(verdict for verdict in STRIP_SHARES if any(verdict in night.verdicts for night in nights))
    stacked = kinds if len(list(record.pages())) <= FEW_PAGES else _stacked_of_many(kinds)
    missed = [MISSED if day > nights[0].day and day not in by_day else "" for day in days]
    return HistoryPage(
        days=days,
        nights=tuple(on_days),
        missed=spans(missed),
        kinds=kinds,
        stacked=stacked,
        verdicts=_verdict_plot(on_days, stacked),
        times=bar_plot(
            [None if night is None or night.seconds is None else [(TIME, night.seconds / 60)] for night in on_days],
            whole=False,
        ),
        unseen=bar_plot([None if night is None else _amounts(night, [Verdict.UNREACHABLE]) for night in on_days]),
        tutorials=_tutorials(record, days),
    )


def _stacked_of_many(kinds: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return the verdicts as they are stacked if there are many pages: those that could not be checked at the top."""
    shown = [kind for kind in kinds if kind is not Verdict.UP_TO_DATE]
    return tuple(sorted(shown, key=lambda kind: kind is Verdict.UNREACHABLE))


def _verdict_plot(nights: Sequence[RunNight | None], stacked: Sequence[Verdict]) -> BarPlot:
    """Stack verdicts; if those not checked are at the top, an outage of one night does not make all others small."""
    highest = None
    if stacked and stacked[-1] is Verdict.UNREACHABLE:
        known = [sum(night.verdicts.get(kind, 0) for kind in stacked[:-1]) for night in nights if night is not None]
        highest = HEADROOM * max(known) or None
    return bar_plot([None if night is None else _amounts(night, stacked) for night in nights], highest=highest)


def _amounts(night: RunNight, kinds: Sequence[Verdict]) -> list[tuple[str, float]]:
    """Return the number of pages of each kind."""
    return [(kind.value, night.verdicts.get(kind, 0)) for kind in kinds]


def strip_of(nights: PageNights, days: Sequence[date]) -> tuple[tuple[Span, Segment], ...]:
    """Return the spans of a page's nights with the same verdict, and the shape of each."""
    drawn = {night.day: DRAWN_AS.get(night.verdict) for night in nights.nights}
    found = spans([verdict.value if (verdict := drawn.get(day)) else "" for day in days])
    return tuple((span, _strip_segment(Verdict(span.kind))) for span in found)


def _strip_segment(verdict: Verdict) -> Segment:
    height = round(STRIP_HEIGHT * STRIP_SHARES[verdict], 1)
    return Segment(kind=verdict.value, y=round(STRIP_HEIGHT - height, 1), height=height)


def _run_nights(record: RunRecord) -> Iterator[RunNight]:
    """Yield the nights with a run, the oldest first and that of the record last."""
    tonight = day_of(record.started)
    pages = [page for _, page in record.pages()]
    for night, letters in zip(record.nights, zip(*(page.nights for page in pages), strict=True), strict=False):
        if 0 < (tonight - night.day).days < NIGHTS:
            yield RunNight(day=night.day, verdicts=_counted(verdicts_of("".join(letters))), seconds=night.seconds)
    yield RunNight(day=tonight, verdicts=_counted(page.verdict for page in pages), seconds=record.seconds)


def _counted(verdicts: Iterable[Verdict | None]) -> Counter[Verdict]:
    return Counter(DRAWN_AS[verdict] for verdict in verdicts if verdict is not None and verdict in DRAWN_AS)


def _days(nights: Sequence[RunNight]) -> tuple[date, ...]:
    """Return all days from the first night to the last, at least FEWEST_NIGHTS."""
    tonight = nights[-1].day
    count = min(max((tonight - nights[0].day).days + 1, FEWEST_NIGHTS), tonight.toordinal())
    return tuple(tonight - timedelta(days=back) for back in reversed(range(count)))


def _tutorials(record: RunRecord, days: Sequence[date]) -> tuple[TutorialRows, ...]:
    """Divide the pages of each tutorial into those whose nights are shown and others."""
    shows_all = len(list(record.pages())) <= FEW_PAGES
    nights = {(one.slug, page.number): _page_nights(record, one, page) for one, page in record.pages()}
    fixed = {(one.slug, page.number) for one, page in record.pages() if page.verdict is Verdict.FIXED}
    told = [key for key, one in nights.items() if one.outdated or one.unseen or (shows_all and key not in fixed)]
    told.sort(key=lambda key: (nights[key].latest.verdict not in OUTDATED, -nights[key].outdated, -nights[key].unseen))
    shown = set(told[:MOST_ROWS])
    return tuple(
        TutorialRows(
            tutorial=tutorial,
            told=tuple(
                PageRow(page=page, nights=nights[key], strip=strip_of(nights[key], days))
                for page in tutorial.pages
                if (key := (tutorial.slug, page.number)) in shown
            ),
            others=tuple(page for page in tutorial.pages if (tutorial.slug, page.number) not in shown),
        )
        for tutorial in worst_tutorials_first(record)
    )


def _page_nights(record: RunRecord, tutorial: TutorialRecord, page: PageRecord) -> PageNights:
    tonight = day_of(record.started)
    earlier = (
        Night(day=night.day, verdict=verdict)
        for night, verdict in zip(record.nights, verdicts_of(page.nights), strict=False)
        if verdict is not None
    )
    return PageNights(
        baselines=record.baselines,
        tutorial=tutorial.slug,
        page=page.number,
        nights=(*earlier, Night(day=tonight, verdict=page.verdict, outdated_since=page.outdated_since)),
    )
