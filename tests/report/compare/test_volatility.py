"""Volatile regions: detection, naming, and effect on the comparison."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from capture.elements import subtract_dialogs
from capture.geometry import Box
from report.compare.comparison import Side, compare
from report.compare.pixel_diff import Screenshot
from report.compare.volatility import (
    KnownVolatilePart,
    Observation,
    PagePart,
    VolatileRegion,
    Volatility,
    classify_volatile,
    volatile_parts,
)
from tests.support.builders import TODAY, box, element, instruction_result, png_of, scene

PAGE = scene()
NEWS = box(60, 100, 100, 60)
SPOT = box(90, 122, 8, 8)
ELEMENTS = (
    element("main", "Accueil", box=box(0, 0, 320, 240)),
    element("region", "Actualités", box=NEWS, parent=0),
    element("text", "Il fait beau", box=box(85, 115, 40, 20), parent=1),
    element("contentinfo", "", box=box(0, 200, 320, 40)),
)


def changed(spot: Box = SPOT, by: int = 255) -> NDArray[np.uint8]:
    pixels = PAGE.copy()
    rows, columns = slice(int(spot.y), int(spot.bottom)), slice(int(spot.x), int(spot.right))
    pixels[rows, columns] = by - pixels[rows, columns]
    return pixels


def seen(pixels: NDArray[np.uint8], **more: Any) -> Side:
    return Side(screenshot=Screenshot(png=png_of(pixels), path=Path("tonight.png")), **{"elements": ELEMENTS, **more})


def parts_of(
    tonight: NDArray[np.uint8], *, again: NDArray[np.uint8] | None = None, known: Any = (), **more: Any
) -> tuple[VolatileRegion, ...]:
    now = seen(tonight, **more)
    return classify_volatile(
        compare(seen(PAGE), now),
        now,
        seen_now=() if again is None else volatile_parts(now, seen(again, **more)),
        known=known,
    )


def known(*sightings: Observation) -> list[KnownVolatilePart]:
    return [KnownVolatilePart(part=PagePart(box=NEWS, role="region", name="Actualités"), observations=sightings)]


def sighting(days_ago: int, digest: str, *, alive: bool = False) -> Observation:
    return Observation(day=TODAY - timedelta(days=days_ago), digest=digest, volatile=alive)


def test_two_equal_captures_have_no_volatile_part() -> None:
    assert volatile_parts(seen(PAGE), seen(PAGE)) == ()


def test_a_volatile_part_is_named_after_the_element_that_holds_it() -> None:
    (part,) = volatile_parts(seen(changed()), seen(PAGE))
    assert (part.role, part.name, part.box) == ("text", "Il fait beau", box(85, 115, 40, 20))


def test_a_text_that_is_another_each_time_is_named_by_the_box_around_it() -> None:
    other = (*ELEMENTS[:2], element("text", "Il pleut", box=box(85, 115, 40, 20), parent=1))
    (part,) = volatile_parts(seen(changed()), seen(PAGE, elements=other))
    assert (part.role, part.name, part.box) == ("region", "Actualités", NEWS)


def test_without_a_name_that_stays_it_is_a_place() -> None:
    (part,) = volatile_parts(seen(changed(), elements=()), seen(PAGE, elements=()))
    assert part.name is None
    assert SPOT.within(part.box)


@pytest.mark.parametrize(
    ("holder", "expected"), [("region", box(85, 115, 40, 20)), ("dialog", NEWS)], ids=["in it", "in a window on it"]
)
def test_a_box_that_holds_a_target_is_never_volatile_as_a_whole(holder: str, expected: Box) -> None:
    target = instruction_result(1, box=box(64, 104, 10, 6))
    window = element("dialog", "Aide", box=box(62, 102, 16, 10))
    button = element("button", "Chercher", box=target.box, parent={"region": 1, "dialog": 4}[holder])
    rainy = element("text", "Il pleut", box=box(85, 115, 40, 20), parent=1)
    first = seen(changed(), elements=(*ELEMENTS, window, button), instructions=(target,))
    second = seen(PAGE, elements=(*ELEMENTS[:2], rainy, ELEMENTS[3], window, button))
    (part,) = volatile_parts(first, second)
    assert part.box == expected


def test_a_dialog_over_a_volatile_part_is_compared() -> None:
    window = element("dialog", "Aide", box=box(70, 102, 60, 44))
    (part,) = parts_of(changed(), known=known(sighting(3, "another", alive=True)), elements=(*ELEMENTS, window))
    assert part.is_ignored
    assert not any(SPOT.overlap(piece) for piece in subtract_dialogs([part.box], (*ELEMENTS, window)))


def test_parts_of_a_known_part_are_not_listed_separately() -> None:
    inner = KnownVolatilePart(part=PagePart(box=box(85, 115, 40, 20)), observations=(sighting(4, "c", alive=True),))
    (part,) = parts_of(changed(), known=[inner, *known(sighting(3, "another", alive=True))])
    assert part.name == "Actualités"


def test_rows_that_come_and_go_belong_to_the_box_that_grew() -> None:
    grown = np.concatenate([PAGE[:130], scene(height=20, seed=3), PAGE[130:]])
    (part,) = volatile_parts(seen(grown), seen(PAGE))
    assert part.name == "Actualités"


def test_a_part_that_differs_between_two_visits_is_ignored() -> None:
    (part,) = parts_of(changed(), again=changed(by=120))
    assert (part.volatility, part.is_ignored, part.differs) == (Volatility.SEEN_NOW, True, True)
    left = compare(seen(PAGE), seen(changed(), ignored=(part.box,))).comparison
    assert left.same


def test_a_target_is_never_volatile() -> None:
    target = instruction_result(1, box=SPOT)
    (part,) = parts_of(changed(), again=changed(by=120), instructions=(target,))
    assert not part.is_ignored


def test_a_page_that_is_another_at_each_visit_counts() -> None:
    parts = parts_of(scene(seed=3), again=scene(seed=4), elements=())
    assert parts
    assert not any(part.is_ignored for part in parts)


def test_a_part_that_was_volatile_in_an_earlier_run_is_ignored() -> None:
    (part,) = parts_of(changed(), known=known(sighting(3, "another", alive=True)))
    assert (part.volatility, part.is_ignored) == (Volatility.EXPECTED, True)


def test_a_volatile_part_that_equals_the_baseline_is_not_listed() -> None:
    (part,) = parts_of(PAGE, known=known(sighting(3, "another", alive=True)))
    assert (part.volatility, part.differs) == (Volatility.AS_APPROVED, False)


def test_the_same_difference_in_every_run_is_a_change() -> None:
    (first,) = parts_of(changed(), known=known(sighting(9, "another", alive=True)))
    digest, lived = first.digest, sighting(9, "another", alive=True)
    (second,) = parts_of(changed(), known=known(sighting(1, digest), lived))
    assert second.volatility is Volatility.EXPECTED
    (third,) = parts_of(changed(), known=known(sighting(1, digest), sighting(2, digest), lived))
    assert (third.volatility, third.is_ignored) == (Volatility.SETTLED, False)
    assert third.since == date(2026, 2, 28)


def test_another_difference_in_every_run_stays_expected() -> None:
    lived = sighting(9, "another", alive=True)
    (part,) = parts_of(changed(), known=known(sighting(1, "b"), sighting(2, "c"), lived))
    assert part.volatility is Volatility.EXPECTED


def test_a_part_that_is_volatile_now_is_listed_once() -> None:
    (part,) = parts_of(
        changed(),
        again=changed(by=120),
        known=[KnownVolatilePart(part=PagePart(box=box(86, 116, 38, 18)), observations=())],
    )
    assert part.volatility is Volatility.SEEN_NOW


def test_a_known_part_is_looked_for_where_the_page_moved_it() -> None:
    pushed = np.concatenate([scene(height=40, seed=5), changed()])
    (part,) = parts_of(pushed, known=known(sighting(3, "another", alive=True)), elements=())
    assert part.box.y == NEWS.y + 40
    assert part.baseline_box == NEWS


def test_a_mask_hides_its_own_place_only() -> None:
    both = changed()
    both[40:48, 250:258] = 255 - both[40:48, 250:258]
    found = compare(seen(PAGE, elements=()), seen(both, elements=(), ignored=(NEWS,))).comparison
    (region,) = found.regions
    assert region.box.within(box(246, 36, 16, 16))


def test_a_mask_on_the_baseline_moves_with_the_page() -> None:
    pushed = np.concatenate([scene(height=40, seed=5), changed()])
    found = compare(seen(PAGE, elements=(), ignored=(NEWS,)), seen(pushed, elements=())).comparison
    assert found.regions == ()
    assert [band.height for band in found.bands] == [40]
