"""Texts that tell how long ago, or how long something took."""

import pytest

from report.compare.relative_times import boxes_of_times
from tests.support.builders import box, element

PLACE = box(10, 20, 300, 20)


@pytest.mark.parametrize(
    ("before", "now", "ignored"),
    [
        ("Queries took 1.062ms · Data source", "Queries took 0.9ms · Data source", True),
        ("Modifié il y a 3 minutes", "Modifié il y a 12 minutes", True),
        ("Modifié il y a une heure", "Modifié il y a 2 jours", True),
        ("12 minutes ago", "just now", True),
        ("Page générée en 0,12 s", "Page générée en 0,08 s", True),
        ("Modifié il y a 3 minutes", "Modifié il y a 3 minutes", False),
        ("Modifié il y a 3 minutes", "Publié il y a 3 minutes", False),
        ("Délai : 3 jours", "Délai : 5 jours", False),
        ("29 résultats", "30 résultats", False),
    ],
)
def test_only_relative_times_are_ignored(before: str, now: str, ignored: bool) -> None:
    boxes = boxes_of_times([element("text", before)], [element("text", now, box=PLACE)])
    assert boxes == ((PLACE,) if ignored else ())


def test_times_of_other_elements_are_compared() -> None:
    before, now = element("heading", "12 minutes ago"), element("heading", "13 minutes ago")
    assert boxes_of_times([before], [now]) == ()
