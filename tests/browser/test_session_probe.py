"""Signs of a signed-in person and fields that ask for personal data, read in Firefox."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from capture.browser.snapshot import snapshot
from capture.errors import PrivacyError
from capture.privacy import guard
from capture.privacy.session_probe import SessionSigns, probe_session, record_closed_shadow_roots
from tests.support.firefox import SharedFirefox

CLOSED_ROOTS = "closed_roots"


@pytest.fixture(scope="session")
def recorded() -> list[BrowserContext]:
    """Browser contexts that record closed shadow roots."""
    return []


@pytest.fixture
def page(shared_firefox: SharedFirefox, recorded: list[BrowserContext]) -> Page:
    page = shared_firefox.page(800, 600)
    if page.context not in recorded:
        record_closed_shadow_roots(page.context, CLOSED_ROOTS)
        recorded.append(page.context)
    return page


def signs_on(page: Page, folder: Path, html: str) -> SessionSigns:
    """Open HTML in a page, and return the signs found there when the scenario typed nothing."""
    file = folder / "page.html"
    file.write_text(f"<!doctype html><html lang=fr><meta charset=utf-8><title>x</title>{html}", "utf-8")
    page.goto(file.as_uri())
    return probe_session(page, (), closed=CLOSED_ROOTS, visible=True)


@pytest.mark.parametrize(
    "html",
    [
        "<input value=quelquun>",
        "<input id=c><script>c.value = 'quelquun'</script>",
        "<input><textarea aria-label=Notes>quelquun</textarea>",
        "<div contenteditable role=textbox aria-label=Notes>quelquun</div>",
        "<p>Notes : <span contenteditable>quelquun</span></p>",
        "<div id=d></div><script>d.attachShadow({mode: 'open'}).innerHTML = '<input value=x>'</script>",
        "<div id=d></div><script>d.attachShadow({mode: 'closed'}).innerHTML = '<input value=x hidden>'</script>",
        "<div><template shadowrootmode=closed><p>Nom <input value=x></p></template></div>",
        (
            "<div><template shadowrootmode=closed><p>Nom <x-y><template shadowrootmode=closed><input value=x>"
            "</template></x-y></p></template></div>"
        ),
        "<iframe srcdoc='<input value=quelquun>'></iframe>",
        "<input id=c><script>c.value = 'x'; Object.defineProperty(c, 'value', { get: () => '' })</script>",
    ],
)
def test_a_filled_field_is_found_everywhere(page: Page, tmp_path: Path, html: str) -> None:
    with pytest.raises(PrivacyError, match="is filled"):
        guard.check_filled(signs_on(page, tmp_path, html).filled)


@pytest.mark.parametrize(
    "html",
    [
        "<button>Déconnexion</button>",
        ("<p id=p></p><script>p.attachShadow({mode: 'open'}).innerHTML = '<a href=/s>Se déconnecter</a>'</script>"),
        "<iframe srcdoc='<a href=/s>Se déconnecter</a>'></iframe>",
        "<span onclick='0'>Fermer ma session</span>",
        "<a href=/deconnexion>Quitter</a>",
        "<a href=/s title='Log off'><img alt=''></a>",
        ("<form><input name=children><input name=children><button type=button>Se déconnecter</button></form>"),
    ],
)
def test_a_link_that_signs_a_person_out_is_found_everywhere(page: Page, tmp_path: Path, html: str) -> None:
    with pytest.raises(PrivacyError, match="knows somebody"):
        guard.check_sign_out_links(signs_on(page, tmp_path, html).sign_out_links)


def test_a_page_for_everybody_has_no_sign(page: Page, tmp_path: Path) -> None:
    html = "<label>Ville <input></label><a href=/connexion>Se connecter</a><a href=/deconnexion hidden>Quitter</a>"
    signs = signs_on(page, tmp_path, html)
    guard.check_filled(signs.filled)
    guard.check_sign_out_links(signs.sign_out_links)


PERSONAL_FIELDS = {
    "label": "<label for=x>Date de naissance</label><input id=x>",
    "required": "<label for=x>Mon n° de sécurité sociale : *</label><input id=x>",
    "type": "<label for=x>Code</label><input id=x type=password>",
    "autocomplete": "<label for=x>Code</label><input id=x autocomplete=cc-number>",
    "table": "<table><tr><td>Numéro de sécurité sociale :</td><td><input></td></table>",
    "list": "<dl><dt>IBAN</dt><dd><input></dd></dl>",
    "untied label": "<label>Mot de passe</label><input>",
    "paragraph": "<p>Date de naissance</p><input placeholder=AAAA>",
    "hidden by a name": "<label for=f>Numéro de sécurité sociale</label><input id=f aria-label='13 caractères'>",
    "heading": "<div><h2>Votre date de naissance</h2><label>Jour <input></label></div>",
    "form": "<form aria-label='Votre date de naissance'><label>Jour <input></label></form>",
    "outer group": (
        "<fieldset><legend>Date de naissance</legend><div role=group aria-label=Saisie><label>Jour <input></label>"
        "</div></fieldset>"
    ),
    "edited": (
        "<fieldset><legend>Date de naissance</legend><div role=textbox contenteditable aria-label=Jour></div>"
        "</fieldset>"
    ),
    "error": "<label>Valeur <input aria-errormessage=x></label><p id=x>Votre adresse e-mail</p>",
}


@pytest.mark.parametrize("html", PERSONAL_FIELDS.values(), ids=PERSONAL_FIELDS)
def test_what_a_field_asks_for_is_read_on_it_and_around_it(page: Page, html: str) -> None:
    page.set_content(f"<!doctype html><html lang=fr><title>x</title>{html}")
    fields = snapshot(page, canonical=lambda url: url)
    (index,) = fields.fields
    with pytest.raises(PrivacyError, match="asks for"):
        guard.check_field(fields.elements[index].role, *fields.field_now(index))
