"""The part of a tutorial that leads to one page."""

import pytest

from capture.scenario.tutorial import Tutorial
from tests.support.builders import HOST, accueil

START = f"https://{HOST}/"


@pytest.fixture
def tutorial() -> Tutorial:
    """Return a tutorial in which pages 2 and 4 have an address of their own."""
    made = Tutorial("exemple", title="Exemple", source="nous", licence="CC0", hosts=[HOST])
    made.fixed(1, "Couverture")
    for number, starts_at in ((2, START), (3, None), (4, START), (5, None)):
        made.page(number, f"Page {number}", starts_at=starts_at)(accueil)
    made.personal(6, "Code")
    return made


@pytest.mark.parametrize(("last", "numbers"), [(2, [2]), (3, [2, 3]), (4, [2, 3, 4]), (6, [2, 3, 4, 5])])
def test_a_page_is_reached_as_in_the_whole_tutorial(tutorial: Tutorial, last: int, numbers: list[int]) -> None:
    part = tutorial.up_to(last)
    assert [page.number for page in part.pages] == numbers
    assert part.numbers == tutorial.numbers == frozenset(range(1, 7))
    assert len(tutorial.pages) == 6, "the whole tutorial stays as it was"
