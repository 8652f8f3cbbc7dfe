"""What a scenario may type, click and keep. Everything that is not declared is refused."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from stdnum import iban, luhn
from stdnum.fr import nir

from capture.elements import FIELDS, Element, containers_of, normalise
from capture.errors import Phrase, PrivacyError
from capture.personal import CARD_LENGTHS, FieldTraits, address_carries, field_asks_for, looks_like
from capture.tutorial import Page, PageKind, Tutorial

SESSION_WORDS = ("déconnexion", "se déconnecter", "me déconnecter", "log out", "logout", "sign out")
"""What a page offers only to somebody who is known there."""
COMMITTING_WORDS = frozenset(
    """
    acheter commander payer régler résilier supprimer effacer signer envoyer publier désinscrire désabonner déconnecter
    buy order pay cancel delete remove erase sign send submit publish unsubscribe
    """.split()
)
"""What no click may do that the tutorial does not tell of: it cannot be undone."""
ASKING = frozenset(("form", "search", "dialog", "alertdialog"))
"""What holds fields that are sent together."""


def check_value(value: str, tutorial: Tutorial, typed: Sequence[str] = ()) -> None:
    """Raise PrivacyError unless a value is declared public and looks like nobody's.

    Args:
        typed: what was typed on the same page before: parts of a number make a number.
    """
    looks = looks_like(value)
    if looks is None and typed:
        looks = _makes("".join([*typed, value]))
    if looks is not None:
        raise PrivacyError(Phrase("{tutorial} would type what looks like {looks}", tutorial=tutorial.slug, looks=looks))
    if value not in tutorial.public_values:
        raise PrivacyError(
            Phrase("{tutorial} would type a value that it does not declare in “public_values”", tutorial=tutorial.slug)
        )


def _makes(joined: str) -> Phrase | None:
    """What values make together, by checksum alone: two postcodes are not a phone number."""
    if iban.is_valid(joined):
        return Phrase("an IBAN")
    if nir.is_valid(joined):
        return Phrase("a social security number")
    return Phrase("a card number") if len(joined) in CARD_LENGTHS and luhn.is_valid(joined) else None


def check_field(element: Element, traits: FieldTraits) -> None:
    """Raise PrivacyError when a field asks for something of a person's."""
    word = field_asks_for(element.name, traits)
    if word is not None:
        raise PrivacyError(
            Phrase("the field “{name}” asks for a person's data (“{word}”)", name=element.name, word=word)
        )


def check_act(page: Page, what: Phrase) -> None:
    """Raise PrivacyError for any act on a page where a scenario may only look."""
    if page.kind is PageKind.FORM_ONLY:
        raise PrivacyError(
            Phrase("page {number} is form_only, and its scenario would {what}", number=page.number, what=what)
        )


def is_harmless(
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
    holder = next((index for index in containers_of(element, elements) if elements[index].role in ASKING), None)
    beside = [] if holder is None else [i for i, one in enumerate(elements) if holder in containers_of(one, elements)]
    return not any(
        elements[index].role in FIELDS and field_asks_for(elements[index].name, fields.get(index, FieldTraits()))
        for index in beside
    )


def check_address(url: str, tutorial: Tutorial) -> None:
    """Raise PrivacyError when a page's address, on the real site, tells that the page is somebody's."""
    carried = address_carries(url)
    if carried is not None:
        raise PrivacyError(
            Phrase("the page's address carries a person's data (“{word}”): nothing was kept of it", word=carried)
        )
    beyond = next((part for part in tutorial.beyond if part in url), None)
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
    for element in elements:
        if element.visible and element.role in ("link", "button") and normalise(element.name) in SESSION_WORDS:
            raise PrivacyError(Phrase("the page knows somebody (“{name}”): no picture was kept", name=element.name))
