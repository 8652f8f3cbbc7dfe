"""What a scenario may type, click and keep. Everything that is not declared is refused."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from capture.elements import FIELDS, Element, containers_of, normalise
from capture.errors import PrivacyError
from capture.messages import Phrase
from capture.privacy.addresses import personal_data_in_url, possible_personal_data_in_url
from capture.privacy.fields import FieldTraits, bare_words, field_asks_for
from capture.privacy.values import looks_like, looks_like_when_joined
from capture.scenario.tutorial import Page, PageKind, Tutorial

SESSION_WORDS = (
    *("déconnexion", "déconnecter", "déconnectez", "déconnecte", "fermer ma session", "fermer la session"),
    *("fermer votre session", "quitter mon espace", "quitter mon compte"),
    *("log out", "logout", "log off", "logoff", "log me out", "sign out", "sign off", "signout"),
)
"""What a page offers only to somebody who is known there."""
SESSION_PATH = re.compile(r"(?:dé|de|d%C3%A9|dis)conne(?:x|ct)|\b(?:log|sign)[-_]?(?:out|off)\b", re.IGNORECASE)
"""Where such an offer leads."""
ACTED_ON = frozenset(("link", "button", "menuitem", "tab"))
COMMITTING_WORDS = frozenset(
    """
    acheter commander payer régler résilier supprimer effacer signer envoyer publier désinscrire désabonner déconnecter
    buy order pay cancel delete remove erase sign send submit publish unsubscribe
    """.split()
)
"""What no click may do that the tutorial does not tell of: it cannot be undone."""
ASKING_ROLES = frozenset(("form", "search", "dialog", "alertdialog"))
"""What holds fields that are sent together."""


def check_value(value: str, tutorial: Tutorial, typed: Sequence[str] = ()) -> None:
    """Raise PrivacyError unless a value is declared public and looks like nobody's.

    Args:
        typed: what was typed on the same page before: parts of a number make a number.
    """
    if type(value) is not str:
        raise PrivacyError(Phrase("{tutorial} would type what is no plain text", tutorial=tutorial.slug))
    looks = looks_like(value)
    if looks is None and typed:
        looks = looks_like_when_joined([*typed, value])
    if looks is not None:
        raise PrivacyError(Phrase("{tutorial} would type what looks like {looks}", tutorial=tutorial.slug, looks=looks))
    if value not in tutorial.public_values:
        raise PrivacyError(
            Phrase("{tutorial} would type a value that it does not declare in “public_values”", tutorial=tutorial.slug)
        )


def check_field(role: str, name: str, traits: FieldTraits) -> None:
    """Raise PrivacyError when something is no field, or one that asks for something of a person's."""
    if role not in FIELDS:
        raise PrivacyError(Phrase("“{name}” is no field: nothing is typed by way of it", name=name))
    word = field_asks_for(name, traits)
    if word is not None:
        raise PrivacyError(Phrase("the field “{name}” asks for a person's data (“{word}”)", name=name, word=word))


def check_sends(sends: Iterable[str], tutorial: Tutorial) -> None:
    """Raise PrivacyError unless what a step may send goes to an address of a declared host."""
    for address in sends:
        host, slash, _ = address.partition("/")
        if type(address) is not str or not slash or host not in tutorial.hosts:
            raise PrivacyError(Phrase("a scenario would send to “{address}”, on no declared host", address=address))


def check_visit(url: str) -> None:
    """Raise PrivacyError when an address that a scenario would open is no page of a site, or may be somebody's."""
    if type(url) is not str or urlsplit(url).scheme not in ("http", "https"):
        raise PrivacyError(Phrase("a scenario would open what is no page of a site"))
    carried = possible_personal_data_in_url(url)
    if carried is not None:
        raise PrivacyError(
            Phrase("a scenario would open an address that carries a person's data (“{word}”)", word=carried)
        )


def check_act(page: Page, what: Phrase) -> None:
    """Raise PrivacyError for any act on a page where a scenario may only look."""
    if page.kind is PageKind.FORM_ONLY:
        raise PrivacyError(
            Phrase("page {number} is form_only, and its scenario would {what}", number=page.number, what=what)
        )


def may_replace(
    element: Element,
    elements: Sequence[Element],
    fields: Mapping[int, FieldTraits],
    *,
    hosts: Collection[str],
    sends: Collection[str],
) -> bool:
    """May be acted on though no instruction tells of it: it only leads on, and nothing personal is asked beside it.

    Args:
        fields: what the markup of each field says of it, by its index.
        hosts: where the journey may go.
        sends: where the scenario has declared that this act may send a form.
    """
    if COMMITTING_WORDS.intersection(normalise(element.name).split()):
        return False
    if element.role == "link" and urlsplit(element.address or "").hostname not in hosts:
        return False
    if element.submits and not sends:
        return False
    holder = next((index for index in containers_of(element, elements) if elements[index].role in ASKING_ROLES), None)
    beside = [] if holder is None else [i for i, one in enumerate(elements) if holder in containers_of(one, elements)]
    return not any(
        elements[index].role in FIELDS and field_asks_for(elements[index].name, fields.get(index, FieldTraits()))
        for index in beside
    )


def check_address(url: str, tutorial: Tutorial) -> None:
    """Raise PrivacyError when a page's address, on the real site, tells that the page is somebody's."""
    carried = personal_data_in_url(url)
    if carried is not None:
        raise PrivacyError(
            Phrase("the page's address carries a person's data (“{word}”): nothing was kept of it", word=carried)
        )
    beyond = next((part for part in tutorial.forbidden_urls if part in url), None)
    if beyond is not None:
        raise PrivacyError(
            Phrase("{tutorial} went beyond its boundary (“{part}”)", tutorial=tutorial.slug, part=beyond)
        )


def check_filled(names: Iterable[str]) -> None:
    """Raise PrivacyError when fields are filled, by these names, that the scenario did not fill."""
    for name in names:
        raise PrivacyError(
            Phrase("the field “{name}” is filled, and not by the scenario: no picture was kept", name=name)
        )


def check_elements(elements: Iterable[Element]) -> None:
    """Raise PrivacyError when what is on a page tells that it is somebody's: nothing of it is kept."""
    elements = tuple(elements)
    check_filled(element.name for element in elements if element.filled)
    offered = [one for one in elements if one.visible and one.role in ACTED_ON]
    check_sign_out_links((urlsplit(one.address or "").path, one.name) for one in offered)


def check_sign_out_links(ways: Iterable[tuple[str, str]]) -> None:
    """Raise PrivacyError when a page offers what it would only offer to somebody who is known there.

    Args:
        ways: path and name of what can be clicked on.
    """
    for path, name in ways:
        said = bare_words(name)
        if SESSION_PATH.search(path) or any(bare_words(word) in said for word in SESSION_WORDS):
            raise PrivacyError(Phrase("the page knows somebody (“{name}”): no picture was kept", name=name or path))
