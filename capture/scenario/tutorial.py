"""The authors' vocabulary: a tutorial and its numbered pages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from capture.errors import DuplicateName, ScenarioBroken
from capture.messages import Phrase
from capture.politeness.obstacles import ObstacleTexts

Visit = Callable[..., None]
"""What an author writes for a page: a function that takes a ``capture.Step``."""


class PageKind(StrEnum):
    """What a scenario may do on a page."""

    PUBLIC = "public"
    """A scenario goes there."""
    FORM_ONLY = "form_only"
    """Public, but it ends at an empty form: nothing is typed, clicked or sent."""
    PERSONAL = "personal"
    """Asks for a person's data: no scenario goes there, a person checks it by hand."""
    FIXED = "fixed"
    """Cover, credits: nothing on the site to check."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a tutorial, as its author declared it."""

    number: int
    title: str
    kind: PageKind
    visit: Visit | None = None
    starts_at: str | None = None
    """Address from which the page can be reached on its own, when the page before it failed."""
    text: tuple[str, ...] = ()
    """What the page tells its reader, where no scenario can point at it (personal and fixed pages)."""
    check_every_days: int | None = None
    described_on: tuple[str, ...] = ()
    """Public pages that describe this personal step."""
    source_line: str = ""
    """``file:line`` of its declaration."""

    @property
    def visited(self) -> bool:
        return self.visit is not None


class Tutorial:
    """A tutorial about a site that its authors do not control.

    Made once, at the top of a scenario's file; its pages are then declared one by one.
    """

    def __init__(  # noqa: PLR0913 - a tutorial's title page has that many lines
        self,
        slug: str,
        *,
        title: str,
        source: str,
        licence: str,
        hosts: Iterable[str],
        source_url: str = "",
        licence_url: str = "",
        resources: Iterable[str] = (),
        public_values: Iterable[str] = (),
        dismiss: Iterable[str] = (),
        forbidden_urls: Iterable[str] = (),
        wall_texts: Iterable[str] = (),
        outage_texts: Iterable[str] = (),
        wall_hosts: Iterable[str] = (),
        fixed_time: datetime | None = None,
        random_seed: int | None = None,
        viewport: tuple[int, int] = (1280, 900),
        scale: float = 1,
        locale: str = "fr-FR",
        timezone: str = "Europe/Paris",
        changes: Iterable[str] = (),
    ) -> None:
        """Declare a tutorial.

        Args:
            slug: its folder's name, ASCII without spaces.
            source: who made the original, and when.
            hosts: the only hosts that its scenario may visit.
            resources: further hosts that may serve pictures, styles and scripts.
            public_values: the only values that its scenario may type.
            dismiss: CSS selectors of what is clicked away wherever it shows (consent banners, campaigns).
            beyond: parts of the addresses of pages that are somebody's own: none of them may be reached.
            walls: texts by which the site's own walls are known, beyond those that are common.
            outages: texts by which its outages are known.
            wall_hosts: hosts that its walls need; reached only while a person answers one.
            clock: what time it always is for the site's pages; None: the time it is.
            chance: a seed for the pages' ``Math.random``, so that it gives the same each night.
            viewport: width and height in CSS px.
            scale: device scale factor.
            changes: what an adaptation changed from the original, in words.

        Raises:
            ScenarioBroken: the slug cannot be a folder's name, or an address is none of the web.
        """
        if not slug or not all(letter.isalnum() or letter in "-_" for letter in slug):
            raise ScenarioBroken(slug or "?", Phrase("a tutorial's name is made of letters, digits, - and _"))
        _check_web_addresses(slug, filter(None, (source_url, licence_url)))
        self.slug = slug
        self.title = title
        self.source = source
        self.source_url = source_url
        self.licence = licence
        self.licence_url = licence_url
        self.hosts = frozenset(hosts)
        self.resources = frozenset(resources)
        self.public_values = frozenset(public_values)
        self.dismiss = tuple(dismiss)
        self.forbidden_urls = tuple(forbidden_urls)
        self.fixed_time = fixed_time
        self.random_seed = random_seed
        self.wall_hosts = frozenset(wall_hosts)
        self.obstacle_texts = ObstacleTexts(walls=tuple(wall_texts), outages=tuple(outage_texts))
        self.viewport = viewport
        self.scale = scale
        self.locale = locale
        self.timezone = timezone
        self.changes = tuple(changes)
        self.file = Path()
        self.source_sha256 = ""
        """Of the scenario's text, as it was run."""
        self._pages: dict[int, Page] = {}

    @property
    def pages(self) -> tuple[Page, ...]:
        return tuple(self._pages[number] for number in sorted(self._pages))

    def page(self, number: int, title: str, *, starts_at: str | None = None) -> Callable[[Visit], Visit]:
        """Declare a public page; decorates the function that visits it."""
        return self._visited(number, title, PageKind.PUBLIC, starts_at)

    def form_only(self, number: int, title: str, *, starts_at: str | None = None) -> Callable[[Visit], Visit]:
        """Declare a page that ends at an empty form: its function may look, never type or click."""
        return self._visited(number, title, PageKind.FORM_ONLY, starts_at)

    def personal(
        self,
        number: int,
        title: str,
        *,
        text: Iterable[str] = (),
        check_every_days: int = 180,
        described_on: Iterable[str] = (),
    ) -> None:
        """Declare a page that asks for a person's data: it is checked by hand."""
        described_on = tuple(described_on)
        _check_web_addresses(f"{self.slug}/{number}", described_on)
        self._add(
            Page(
                number=number,
                title=title,
                kind=PageKind.PERSONAL,
                text=tuple(text),
                check_every_days=check_every_days,
                described_on=described_on,
            )
        )

    def fixed(self, number: int, title: str, *, text: Iterable[str] = ()) -> None:
        """Declare a page with nothing on the site to check."""
        self._add(Page(number=number, title=title, kind=PageKind.FIXED, text=tuple(text)))

    def _visited(self, number: int, title: str, kind: PageKind, starts_at: str | None) -> Callable[[Visit], Visit]:
        if starts_at is not None:
            _check_web_addresses(f"{self.slug}/{number}", [starts_at])
        if starts_at is not None and urlsplit(starts_at).hostname not in self.hosts:
            raise ScenarioBroken(
                f"{self.slug}/{number}",
                Phrase("it starts at {address}, a host that “hosts” does not declare", address=starts_at),
            )

        def declare(visit: Visit) -> Visit:
            code = visit.__code__
            self._add(
                Page(
                    number=number,
                    title=title,
                    kind=kind,
                    visit=visit,
                    starts_at=starts_at,
                    source_line=f"{Path(code.co_filename).name}:{code.co_firstlineno}",
                )
            )
            return visit

        return declare

    def _add(self, page: Page) -> None:
        if not isinstance(page.number, int) or page.number < 1:
            raise ScenarioBroken(
                f"{self.slug}, “{page.title}”", Phrase("{number} is not a page number", number=repr(page.number))
            )
        if page.number in self._pages:
            raise DuplicateName(
                Phrase("Page {page}", page=f"{self.slug}/{page.number}"), self._pages[page.number].title, page.title
            )
        self._pages[page.number] = page


def _check_web_addresses(where: str, addresses: Iterable[str]) -> None:
    """Raise ScenarioBroken for an address that is no page of the web: the report makes links of them."""
    for address in addresses:
        if not _is_web_address(address):
            raise ScenarioBroken(where, Phrase("“{address}” is no address of the web (https://…)", address=address))


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
