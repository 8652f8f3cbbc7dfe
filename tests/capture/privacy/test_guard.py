"""The guard: what it does not let a scenario do on a page."""

from dataclasses import replace

import pytest

from capture.elements import Element
from capture.errors import PrivacyError
from capture.messages import Phrase
from capture.privacy.guard import (
    check_act,
    check_elements,
    check_filled,
    may_replace,
)
from capture.scenario.tutorial import PageKind
from tests.support.builders import accueil, element, tutorial_of


def test_on_a_form_only_page_nothing_may_be_done() -> None:
    (page,) = tutorial_of(accueil).pages
    check_act(page, Phrase("type"))
    with pytest.raises(PrivacyError, match="form_only"):
        check_act(replace(page, kind=PageKind.FORM_ONLY), Phrase("type"))


def test_a_field_that_the_site_filled_is_refused_and_named() -> None:
    check_filled([])
    check_elements([element("textbox", "Code postal"), element("button", "Chercher", filled=False)])
    with pytest.raises(PrivacyError, match="Mon code"):
        check_elements([element("textbox", "Mon code", filled=True)])


@pytest.mark.parametrize(
    "name", ["Déconnexion", "SE DÉCONNECTER", "Log out", "Deconnexion", "Se déconnecter de mon compte"]
)
def test_a_page_with_a_signed_in_account_is_refused(name: str) -> None:
    with pytest.raises(PrivacyError, match="knows somebody"):
        check_elements([element("link", name)])
    check_elements([element("link", name, visible=False), element("heading", name)])


HOSTS = ("www.exemple.test",)
IN_FORM = {"parent": 0}
ASKS_NOTHING = [element("form"), element("textbox", "Code postal", **IN_FORM)]
ASKS = [element("form"), element("textbox", "Votre adresse e-mail", **IN_FORM)]
WITHIN_DIALOG = [element("dialog"), element("form", parent=0), element("textbox", "Mot de passe", parent=1)]


@pytest.mark.parametrize(
    ("acted_on", "around", "sends", "harmless"),
    [
        (element("link", "Créer", address="https://www.exemple.test/creer"), [], (), True),
        (element("link", "Créer", address="https://ailleurs.test/"), [], (), False),
        (element("link", "Créer", address="mailto:x"), [], (), False),
        (element("link", "Créer", address="javascript:void(0)"), [], (), False),
        (element("button", "Ouvrir"), [], (), True),
        (element("button", "Supprimer"), [], (), False),
        (element("button", "Envoyer ma demande"), [], ("www.exemple.test/*",), False),
        (element("button", "Valider", submits=True), ASKS_NOTHING, (), False),
        (element("button", "Valider", submits=True, **IN_FORM), ASKS_NOTHING, ("www.exemple.test/*",), True),
        (element("button", "Valider", submits=True, **IN_FORM), ASKS, ("www.exemple.test/*",), False),
        (element("button", "Fermer", parent=0), WITHIN_DIALOG, (), False),
        (element("textbox", "Code postal", **IN_FORM), ASKS, (), False),
        (element("textbox", "Code postal", **IN_FORM), ASKS_NOTHING, (), True),
    ],
)
def test_only_what_is_harmless_is_acted_on_in_place_of_what_is_gone(
    acted_on: Element, around: list[Element], sends: tuple[str, ...], *, harmless: bool
) -> None:
    assert may_replace(acted_on, [*around, acted_on], {}, hosts=HOSTS, sends=sends) is harmless
