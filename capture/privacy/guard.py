"""Rules on the values, fields, clicks, URLs and pages of a scenario. Everything that is not declared is refused."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from capture.elements import FIELDS, NAMELESS, Element, containers_of, normalise
from capture.errors import PrivacyError
from capture.hosts import declares
from capture.messages import Phrase
from capture.privacy.addresses import personal_data_in_url, possible_personal_data_in_url
from capture.privacy.fields import (
    FieldTraits,
    bare_words,
    choice_asks_for,
    field_asks_for,
    may_be_declared,
    opening_says,
    pressing_says,
)
from capture.privacy.values import looks_like, looks_like_when_joined
from capture.scenario.tutorial import Page, PageKind, Tutorial

SESSION_WORDS = (
    *("déconnexion", "déconnecter", "déconnectez", "déconnecte", "fermer ma session", "fermer la session"),
    *("fermer votre session", "quitter mon espace", "quitter mon compte"),
    *("log out", "logout", "log off", "logoff", "log me out", "sign out", "sign off", "signout"),
)
"""Words of links and buttons that a page shows only to a signed-in person."""
SESSION_PATH = re.compile(r"(?:dé|de|d%C3%A9|dis)conne(?:x|ct)|\b(?:log|sign)[-_]?(?:out|off)\b", re.IGNORECASE)
"""URL paths of such links."""
CLICKABLE_ROLES = frozenset(("link", "button", "menuitem", "tab"))
CHOICE_ROLES = frozenset(("checkbox", "menuitemcheckbox", "menuitemradio", "option", "radio", "switch"))
"""Roles of elements on which a click answers a question."""
PRESSED_ROLES = frozenset(("button", "tab", "menuitem", "treeitem"))
"""Roles of elements by which pages also let a person choose."""
KEY_NAME = re.compile(r"(?:touche|chiffre|key|digit|taste|tecla|tasto)?\s*\S{1,2}", re.IGNORECASE)
"""Name of a key on a keypad that a page draws."""
SET_BY_POINTER = frozenset(("slider", "spinbutton"))
"""Roles of fields whose value a click or a drag changes."""
COMMITTING_WORDS = frozenset(
    """
    acheter commander payer régler résilier supprimer effacer signer envoyer publier désinscrire désabonner déconnecter
    buy order pay cancel delete remove erase sign send submit publish unsubscribe
    """.split()
)
"""Words of buttons that are never clicked in place of a missing one, because the act cannot be undone."""
FORM_ROLES = frozenset(("form", "search", "dialog", "alertdialog"))
"""Roles of containers whose fields are sent together."""


def check_value(value: str, tutorial: Tutorial, typed: Sequence[str] = (), *, of_a_thing: bool = False) -> None:
    """Raise PrivacyError unless a value is declared public and does not look like personal data.

    Args:
        value: to be typed or chosen.
        tutorial: declares the public values.
        typed: values typed on the same page before, because a number can be typed in parts.
        of_a_thing: the field asks for the number of a thing.
    """
    if type(value) is not str or any(unicodedata.category(letter) == "Cc" for letter in value):
        raise PrivacyError(Phrase("{tutorial} would type what is no plain text", tutorial=tutorial.slug))
    kind = looks_like(value, of_a_thing=of_a_thing)
    if kind is None and typed:
        kind = looks_like_when_joined([*typed, value])
    if kind is not None:
        raise PrivacyError(Phrase("{tutorial} would type what looks like {looks}", tutorial=tutorial.slug, looks=kind))
    if value not in tutorial.public_values:
        raise PrivacyError(
            Phrase("{tutorial} would type a value that it does not declare in “public_values”", tutorial=tutorial.slug)
        )


def check_field(role: str, name: str, traits: FieldTraits, *, declared: bool = False, language: str = "") -> None:
    """Raise PrivacyError if an element is not a field, or is a field that asks for personal data.

    Args:
        role: of the element.
        name: its accessible name.
        traits: its attributes and labels.
        declared: the tutorial declares it in ``public_fields``; passwords, e-mail addresses and the like stay refused.
        language: of the tutorial (ISO 639-1); empty: unknown.
    """
    shown = name or traits.beside or NAMELESS
    if role not in FIELDS:
        raise PrivacyError(Phrase("“{name}” is no field: nothing is typed by way of it", name=shown))
    word = field_asks_for(name, traits, language)
    if word is None:
        return
    if not may_be_declared(traits):
        raise PrivacyError(Phrase("the field “{name}” asks for a person's data (“{word}”)", name=shown, word=word))
    if not declared:
        raise PrivacyError(
            Phrase(
                "the field “{name}” asks for a person's data (“{word}”); if it asks for that of a thing, declare its "
                "label with the reason in “public_fields”",
                name=shown,
                word=word,
            )
        )


def check_choice(role: str, name: str, traits: FieldTraits) -> None:
    """Raise PrivacyError if a click makes a choice, or presses a key of a keypad, that tells something of a person."""
    if role in PRESSED_ROLES and not KEY_NAME.fullmatch(name):
        word = opening_says(name, traits) if role == "tab" else pressing_says(name, traits)
    elif role in CHOICE_ROLES or KEY_NAME.fullmatch(name):
        word = choice_asks_for(name, traits)
    else:
        return
    if word is not None:
        shown = name or traits.beside or NAMELESS
        raise PrivacyError(
            Phrase("the choice “{name}” would tell something of a person (“{word}”)", name=shown, word=word)
        )


def check_reached(reached: Iterable[tuple[str, str, FieldTraits]], *, language: str = "", by_key: bool = False) -> None:
    """Raise PrivacyError if an act chooses, or sets a field to, something that tells something of a person.

    Args:
        reached: role, name and traits of what is acted on, and of the fields and choices that the act may reach.
        language: of the tutorial (ISO 639-1).
        by_key: a key is pressed, which may change the value of any field.
    """
    for place, (role, name, traits) in enumerate(reached):
        check_choice(role, name, traits)
        if role in SET_BY_POINTER or (by_key and place == 0 and role in FIELDS):
            check_field(role, name, traits, language=language)


def check_sends(sends: Iterable[str], tutorial: Tutorial) -> None:
    """Raise PrivacyError unless each address to which a step may send (``host/path``) is on a declared host."""
    for address in sends:
        host, slash, _ = address.partition("/")
        if type(address) is not str or not slash or host not in tutorial.hosts:
            raise PrivacyError(Phrase("a scenario would send to “{address}”, on no declared host", address=address))


def check_visit(url: str) -> None:
    """Raise PrivacyError if a URL that a scenario opens is not a web address, or may carry personal data."""
    if type(url) is not str or urlsplit(url).scheme not in ("http", "https"):
        raise PrivacyError(Phrase("a scenario would open what is no page of a site"))
    if urlsplit(url).username or urlsplit(url).password:
        raise PrivacyError(Phrase("a scenario would open an address with a user name or a password"))
    carried = possible_personal_data_in_url(url)
    if carried is not None:
        raise PrivacyError(
            Phrase("a scenario would open an address that carries a person's data (“{word}”)", word=carried)
        )


def check_act(page: Page, what: Phrase) -> None:
    """Raise PrivacyError if the page is ``form_only``, where a scenario may only look."""
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
    """Report whether an element may be used in place of a missing one.

    It must not commit to anything, leave the hosts or send a form that the scenario does not declare, and no field
    beside it may ask for personal data.

    Args:
        fields: traits of the page's fields, by element index.
        hosts: hosts that the scenario may visit.
        sends: addresses to which the scenario declares that this act sends a form.
    """
    if COMMITTING_WORDS.intersection(normalise(element.name).split()):
        return False
    if element.role == "link" and not declares(hosts, element.address or ""):
        return False
    if element.submits and not sends:
        return False
    form = next((index for index in containers_of(element, elements) if elements[index].role in FORM_ROLES), None)
    beside = [] if form is None else [i for i, one in enumerate(elements) if form in containers_of(one, elements)]
    return not any(
        elements[index].role in FIELDS and field_asks_for(elements[index].name, fields.get(index, FieldTraits()))
        for index in beside
    )


def check_address(url: str, tutorial: Tutorial) -> None:
    """Raise PrivacyError if the URL of a page, on the real site, carries personal data or is forbidden."""
    carried = personal_data_in_url(url)
    if carried is not None:
        raise PrivacyError(
            Phrase("the page's address carries a person's data (“{word}”): nothing was kept of it", word=carried)
        )
    forbidden = next((part for part in tutorial.forbidden_urls if part in url), None)
    if forbidden is not None:
        raise PrivacyError(
            Phrase("{tutorial} went beyond its boundary (“{part}”)", tutorial=tutorial.slug, part=forbidden)
        )


def check_filled(names: Iterable[str]) -> None:
    """Raise PrivacyError if there is a name: each is that of a filled field that the scenario did not fill."""
    for name in names:
        raise PrivacyError(
            Phrase("the field “{name}” is filled, and not by the scenario: no picture was kept", name=name or NAMELESS)
        )


def check_elements(elements: Iterable[Element]) -> None:
    """Raise PrivacyError if a page has a sign-out link, or a filled field that the scenario did not fill."""
    elements = tuple(elements)
    check_filled(element.name for element in elements if element.filled)
    clickable = [one for one in elements if one.visible and one.role in CLICKABLE_ROLES]
    check_sign_out_links((urlsplit(one.address or "").path, one.name) for one in clickable)


def check_sign_out_links(links: Iterable[tuple[str, str]]) -> None:
    """Raise PrivacyError if one of these links or buttons signs a person out.

    Args:
        links: URL path and name of each link or button.
    """
    for path, name in links:
        words = bare_words(name)
        if SESSION_PATH.search(path) or any(bare_words(word) in words for word in SESSION_WORDS):
            raise PrivacyError(Phrase("the page knows somebody (“{name}”): no picture was kept", name=name or path))
