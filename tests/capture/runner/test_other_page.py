"""Pages that are other ones than the pages that were approved."""

import pytest

from capture.capture import Sidecar
from capture.elements import Element
from capture.runner.other_page import heading_of, is_other_page
from report.run.gone_step import with_other_page
from report.verdict import Judgement, ReasonKind, Verdict
from tests.support.builders import HOST, box, capture_of, element, outcome_of, png_of, scene, tutorial_of
from tests.support.builders import accueil as visit

PNG = png_of(scene())
PARKING = f"https://{HOST}/parking/"


def page(heading: str, *texts: str, fields: tuple[str, ...] = ()) -> tuple[Element, ...]:
    """Return the elements of a page: a menu, a heading, texts and fields."""
    menu = element("navigation", "Menu", box=box())
    return (
        menu,
        element("heading", "Transports", box=box(), parent=0),
        element("heading", heading, box=box()),
        *(element("text", text, box=box()) for text in texts),
        *(element("textbox", field, box=box()) for field in fields),
    )


def approved(elements: tuple[Element, ...]) -> Sidecar:
    return capture_of(PNG, url=PARKING, elements=elements, instructions=()).sidecar


BEFORE = page("Les parkings", "Ouverts tous les jours.", "Gratuits.", "Note")
SIGN_IN = page("Connexion", "Note", fields=("Identifiant", "Mot de passe"))


@pytest.mark.parametrize(
    ("path", "elements", "other"),
    [
        ("", page("Bienvenue", "Note"), True),
        ("connexion/", SIGN_IN, True),
        ("parking/", SIGN_IN, True),
        ("parking/", page("Bienvenue", "Note"), False),
        ("parking", BEFORE, False),
        ("stationnement/", BEFORE, False),
        ("stationnement/", page("Les parkings relais", "Note"), False),
        ("stationnement/", page("Se garer", "Ouverts tous les jours.", "Gratuits.", "Note"), False),
    ],
    ids=[
        "the home page",
        "a form to sign in, elsewhere",
        "a form to sign in at the same address",
        "other words at the same address",
        "without a slash",
        "moved",
        "moved, with a similar heading",
        "moved, with the same content",
    ],
)
def test_another_page_is_at_another_address_or_asks_to_sign_in(
    path: str, elements: tuple[Element, ...], other: bool
) -> None:
    assert is_other_page(f"https://{HOST}/{path}", elements, approved(BEFORE)) is other


def test_the_heading_of_a_page_is_not_that_of_its_menu() -> None:
    assert heading_of(BEFORE) == "Les parkings"
    assert heading_of(BEFORE[:2]) == "Transports"


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [(Verdict.COSMETIC, Verdict.PICTURE_OUTDATED), (Verdict.TEXT_OUTDATED, Verdict.TEXT_OUTDATED)],
)
def test_another_page_is_looked_at_by_a_person(verdict: Verdict, expected: Verdict) -> None:
    outcome = outcome_of(
        tutorial_of(visit).pages[0], PNG, url=f"https://{HOST}/", elements=page("Bienvenue", "Note"), instructions=()
    )
    judged = with_other_page(Judgement(verdict=verdict), outcome, approved(BEFORE))
    assert judged.verdict is expected
    ((reason),) = judged.reasons
    assert (reason.kind, reason.inside, reason.after) == (ReasonKind.OTHER_PAGE, "Bienvenue", "Les parkings")
    assert with_other_page(judged, outcome, None) is judged, "nothing was approved"
