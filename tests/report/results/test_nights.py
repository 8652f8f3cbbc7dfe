"""What the verdicts of many nights say about a page."""

from datetime import timedelta

import pytest

from report.results.nights import Night, PageNights
from report.verdict import Verdict
from tests.support.builders import TODAY

SIGNS = {"o": Verdict.UP_TO_DATE, "x": Verdict.TEXT_OUTDATED, "?": Verdict.UNREACHABLE, "≈": Verdict.COSMETIC}


def page_of(signs: str) -> PageNights:
    nights = tuple(Night(day=TODAY + timedelta(days=number), verdict=SIGNS[sign]) for number, sign in enumerate(signs))
    return PageNights(baselines="live", tutorial="exemple", page=1, nights=nights)


@pytest.mark.parametrize(
    ("signs", "outdated", "unseen", "flaky"),
    [
        ("oooo", 0, 0, False),
        ("ooxx", 2, 0, False),
        ("oxox", 2, 0, True),
        ("oxo?x?o", 2, 0, True),
        ("ooo??", 0, 2, False),
        ("?ooo", 0, 0, False),
        ("oxoxoxox" + "o" * 14, 4, 0, False),
        ("o≈o≈o≈", 0, 0, False),
    ],
)
def test_what_many_nights_say(signs: str, outdated: int, unseen: int, flaky: bool) -> None:
    page = page_of(signs)
    assert (page.outdated, page.unseen, page.is_flaky) == (outdated, unseen, flaky)
