"""What a scenario may visit, type and send. Everything that is not declared is refused."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Request, Route
from stdnum import iban, luhn
from stdnum.fr import nir

from capture.elements import Element, normalise
from capture.errors import Phrase, PrivacyError
from capture.site import Site
from capture.tutorial import Page, PageKind, Tutorial

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"(?:(?:\+|00)\d{1,3}|0)[1-9]\d{8}")
_NIR_WITHOUT_KEY = re.compile(r"[123478]\d{2}\d{2}[0-9ABab]{2}\d{6}")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b")
MOST_DIGITS = 8
"""A postcode has 5; what has more than this is a number of somebody's."""

CARD_LENGTHS = range(12, 20)
"""Digits of a payment card's number (ISO/IEC 7812)."""

_PERSONAL_WORDS = (
    "mot de passe",
    "password",
    "code personnel",
    "code confidentiel",
    "sécurité sociale",
    "social security",
    "nir",
    "carte vitale",
    "iban",
    "rib",
    "numéro de carte",
    "card number",
    "naissance",
    "birth",
    "e-mail",
    "email",
    "courriel",
    "téléphone",
    "phone",
    "mobile",
    "nom",
    "name",
    "prénom",
    "adresse",
    "address",
)
_PERSONAL_TOKENS = frozenset(
    (
        "name",
        "given-name",
        "family-name",
        "email",
        "tel",
        "bday",
        "cc-number",
        "cc-csc",
        "username",
        "new-password",
        "current-password",
        "one-time-code",
        "street-address",
        "address-line1",
    )
)


def check_value(value: str, tutorial: Tutorial) -> None:
    """Raise PrivacyError unless a value is declared public and looks like nobody's."""
    looks = _looks_like(value)
    if looks is not None:
        raise PrivacyError(Phrase("{tutorial} would type what looks like {looks}", tutorial=tutorial.slug, looks=looks))
    if value not in tutorial.public_values:
        raise PrivacyError(
            Phrase("{tutorial} would type a value that it does not declare in “public_values”", tutorial=tutorial.slug)
        )


def _looks_like(value: str) -> Phrase | None:
    bare = re.sub(r"[\s.\-/()]", "", value)
    rules = (
        (Phrase("an e-mail address"), _EMAIL.search(value)),
        (Phrase("an IBAN"), iban.is_valid(value)),
        (Phrase("a social security number"), nir.is_valid(value) or _NIR_WITHOUT_KEY.fullmatch(bare)),
        (Phrase("a phone number"), _PHONE.fullmatch(bare)),
        (Phrase("a card number"), len(bare) in CARD_LENGTHS and luhn.is_valid(bare)),
        (Phrase("a date of birth"), _DATE.search(value)),
        (Phrase("a number of somebody's"), sum(letter.isdigit() for letter in value) > MOST_DIGITS),
    )
    return next((what for what, found in rules if found), None)


def check_field(element: Element, *, secret: bool, autocomplete: str) -> None:
    """Raise PrivacyError when a field asks for something of a person's."""
    words = f" {' '.join(_WORD.findall(normalise(element.name)))} "
    if secret or _PERSONAL_TOKENS & set(autocomplete.split()):
        raise PrivacyError(Phrase("the field “{name}” is made for a person's data", name=element.name))
    word = next((word for word in _PERSONAL_WORDS if f" {word} " in words), None)
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


def check_filled(elements: Iterable[Element], filled: Iterable[str]) -> None:
    """Raise PrivacyError when a field is filled that the scenario did not fill."""
    ours = {normalise(name) for name in filled}
    for element in elements:
        if element.filled and normalise(element.name) not in ours:
            raise PrivacyError(
                Phrase("the field “{name}” is filled, and not by the scenario: no picture was kept", name=element.name)
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class StoppedRequest:
    """A request that did not leave."""

    method: str
    host: str
    why: str


class Gate:
    """Decides on each request of a browser context, and remembers what it stopped."""

    def __init__(self, tutorial: Tutorial, site: Site) -> None:
        self._tutorial = tutorial
        self._site = site
        self._sends: tuple[str, ...] = ()
        self._stopped: dict[StoppedRequest, None] = {}

    @property
    def stopped(self) -> tuple[StoppedRequest, ...]:
        return tuple(self._stopped)

    def watch(self, context: BrowserContext) -> None:
        context.route("**/*", self._decide)
        context.route_web_socket("**/*", lambda socket: socket.close())

    @contextmanager
    def sending(self, sends: Iterable[str]) -> Iterator[None]:
        """Let requests other than GET and HEAD leave for ``host/path-prefix`` addresses, meanwhile."""
        self._sends = tuple(sends)
        try:
            yield
        finally:
            self._sends = ()

    def leads_outside(self, url: str) -> bool:
        return (urlsplit(self._site.canonical(url)).hostname or "") not in self._tutorial.hosts

    def _decide(self, route: Route) -> None:
        request = route.request
        why = self._refusal(request)
        if why is None:
            route.continue_()
            return
        host = urlsplit(self._site.canonical(request.url)).hostname or ""
        self._stopped[StoppedRequest(method=request.method, host=host, why=why)] = None
        route.abort("blockedbyclient")

    def _refusal(self, request: Request) -> str | None:
        parts = urlsplit(self._site.canonical(request.url))
        host = parts.hostname or ""
        if parts.scheme in ("data", "blob", "about"):
            return None
        allowed = (
            self._tutorial.hosts
            if request.is_navigation_request()
            else (self._tutorial.hosts | self._tutorial.resources)
        )
        if host not in allowed:
            return "undeclared host"
        if request.method not in ("GET", "HEAD"):
            address = f"{host}{parts.path}"
            if not any(address.startswith(prefix) for prefix in self._sends):
                return "undeclared send"
        if request.resource_type in ("ping", "beacon", "websocket", "csp_report"):
            return "beacon"
        return None
