import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.elements import CORNER_PX, EDGE_PX, containers_of, normalise, subtract_dialogs
from capture.geometry import Box
from tests.support.builders import box, element

sides = st.integers(0, 60)
boxes = st.builds(Box, x=sides, y=sides, width=st.integers(1, 60), height=st.integers(1, 60))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SÉLECTIONNER", "Sélectionner"),
        ("Aujourd’hui", "Aujourd'hui"),
        ("  Se \n connecter ", "Se connecter"),
        ("Se\u00a0connecter", "se connecter"),
        ("\u200fبيت\u200e", "بيت"),
        ("می\u200cرود", "میرود"),
        ("☎\ufe0f Appeler", "☎ Appeler"),
    ],
)
def test_names_are_compared_without_case_apostrophe_style_and_extra_spaces(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_an_override_of_the_writing_direction_makes_a_difference() -> None:
    assert normalise("\u202eAller") != normalise("Aller")


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("平日は午前9時から開いています。", "午前9時から", True),
        ("東京タワーへ行く", "タワー", True),
        ("กรุงเทพมหานคร", "เทพ", True),
        ("กี่วัน", "ก", False),
        ("हिन्दी में", "हिन्दी", True),
        ("हिन्दी में", "हिन", False),
        ("서울특별시", "서울", False),
        ("Il reste 29 résultats", "9 résultats", False),
        ("Il reste 29 résultats", "29 résultats", True),
        ("Revalider, puis valider", "valider", True),
        ("Revalider", "valider", False),
        ("Voir 東京Tower", "Tower", True),
    ],
)
def test_words_in_a_text(text: str, words: str, shown: bool) -> None:
    assert element("text", text).shows(words) is shown


def test_accents_make_a_difference() -> None:
    assert normalise("Valide") != normalise("Validé")


def test_containers_are_listed_from_the_nearest_outwards() -> None:
    page = [element("main"), element("dialog", parent=0), element("form", parent=1), element("button", parent=2)]
    assert list(containers_of(page[3], page)) == [2, 1, 0]


def test_a_hidden_or_covered_element_is_not_on_top() -> None:
    assert element("button").on_top
    assert not element("button", visible=False).on_top
    assert not element("button", covered_by=-1).on_top


@given(boxes, boxes)
def test_the_remaining_pieces_and_the_overlap_add_up_to_the_box(one: Box, other: Box) -> None:
    pieces = one.without(other)
    assert sum(piece.area for piece in pieces) + one.overlap(other) == one.area
    assert all(piece.overlap(other) == 0 and piece.within(one) for piece in pieces)


@given(boxes, boxes)
def test_overlap_is_symmetric_and_within_means_overlapped_entirely(one: Box, other: Box) -> None:
    assert one.overlap(other) == other.overlap(one) <= min(one.area, other.area)
    assert one.within(other) == (one.overlap(other) == one.area)


def test_distance_is_that_of_the_side_that_moved_most() -> None:
    assert box(0, 0, 100, 30).distance(box(3, 0, 102, 30)) == 5


def test_boxes_under_a_dialog_are_subtracted_except_at_its_rounded_corners() -> None:
    dialog = element("dialog", "Aide", box=box(100, 100, 200, 100))
    pieces = subtract_dialogs([box(0, 50, 400, 100)], [dialog])
    inside = (200 - 2 * EDGE_PX) * (50 - EDGE_PX)
    assert sum(piece.area for piece in pieces) == 400 * 100 - inside + 2 * CORNER_PX**2
    assert not any(piece.overlap(box(120, 102, 160, 90)) for piece in pieces)
    assert any(box(100, 100, 10, 10).within(piece) for piece in pieces)
    assert subtract_dialogs([box(120, 120, 9, 9)], [dialog]) == (box(120, 120, 9, 9),), "a box inside the dialog"
    assert subtract_dialogs([box(0, 0, 50, 50)], [dialog]) == (box(0, 0, 50, 50),)


def test_links_to_other_pages_and_submit_buttons_navigate() -> None:
    here = "https://www.exemple.test/page#haut"
    assert element("link", address="https://www.exemple.test/autre").navigates_from(here)
    assert element("button", submits=True).navigates_from(here)
    assert not element("link", address="https://www.exemple.test/page#bas").navigates_from(here)
    assert not element("button").navigates_from(here)


@pytest.mark.parametrize(
    ("label", "quoted", "same"),
    [
        ("✎ View and edit SQL", "View and edit SQL", True),
        ("Next »", "Next", True),
        ("+ Add column", "Add column", True),
        ("Trier ▼", "Trier", True),
        ("C++", "C", False),
        ("Prix €", "Prix", False),
        ("→", "→", True),
        ("→", "←", False),
    ],
)
def test_signs_beside_the_words_of_a_label_do_not_matter(label: str, quoted: str, same: bool) -> None:
    assert element("link", label).is_called(quoted) is same


@pytest.mark.parametrize(
    ("label", "quoted", "same"),
    [
        ("Étage (facultatif)", "Étage (facultatif)", True),
        ("Étage (facultatif)", "Étage", True),
        ("Étage *", "Étage", True),
        ("Étage (optionnelle)", "Étage (facultatif)", True),
        ("Étage *", "Étage (obligatoire)", True),
        ("Étage", "Étage *", True),
        ("Étage *", "Étage (facultatif)", False),
        ("Étage (obligatoire)", "Étage (facultatif)", False),
        ("Étage", "Étage (facultatif)", False),
        ("Étage (facultatif)", "Étage *", True),
        ("Floor (optional)", "Floor (required)", False),
    ],
)
def test_a_mark_that_is_quoted_must_be_there(label: str, quoted: str, same: bool) -> None:
    assert element("textbox", label).is_called(quoted) is same
