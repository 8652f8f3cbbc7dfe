import pytest

from capture import Tutorial
from capture.errors import DuplicateName, ScenarioBroken
from capture.scenario.tutorial import PageKind
from tests.support.builders import accueil, tutorial_of


def test_pages_are_in_order_of_their_numbers_whatever_the_order_of_declaration() -> None:
    tutorial = tutorial_of()
    tutorial.fixed(3, "Merci")
    tutorial.page(2, "Chercher")(accueil)
    tutorial.personal(1, "Compte", text=["Tapez."], check_every_days=30)
    assert [(page.number, page.kind) for page in tutorial.pages] == [
        (1, PageKind.PERSONAL),
        (2, PageKind.PUBLIC),
        (3, PageKind.FIXED),
    ]
    assert [page.visited for page in tutorial.pages] == [False, True, False]


def test_a_page_knows_the_line_that_declares_it() -> None:
    page = tutorial_of(accueil).pages[0]
    name, _, line = page.source_line.partition(":")
    assert (name, int(line)) == ("builders.py", accueil.__code__.co_firstlineno)


def test_a_number_used_twice_names_both_pages() -> None:
    tutorial = tutorial_of(accueil)
    with pytest.raises(DuplicateName, match=r"exemple/1.*“Accueil” and “Chercher”"):
        tutorial.page(1, "Chercher")(accueil)


@pytest.mark.parametrize("slug", ["", "a b", "../x", "a/b", "."])
def test_a_slug_is_a_folders_name(slug: str) -> None:
    with pytest.raises(ScenarioBroken, match="letters, digits"):
        Tutorial(slug, title="T", source="S", licence="CC0", hosts=[])


def test_a_page_cannot_start_at_a_host_that_is_not_declared() -> None:
    with pytest.raises(ScenarioBroken, match=r"https://ailleurs\.test/"):
        tutorial_of().page(1, "Ailleurs", starts_at="https://ailleurs.test/")
