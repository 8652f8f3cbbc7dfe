"""The authors' vocabulary: a tutorial and its numbered pages."""

import copy
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from capture.errors import DuplicateName, ScenarioBroken
from capture.hosts import declares
from capture.messages import Phrase
from capture.politeness.obstacles import ObstacleTexts
from capture.scenario import arguments
from capture.scenario.arguments import LONGEST_SLUG, Check, listed, mistakes_in

Visit = Callable[..., None]
"""Function that an author writes for a page; takes a ``capture.Step``."""


class PageKind(StrEnum):
    """Kind of a page: determines what a scenario may do on it."""

    PUBLIC = "public"
    """A scenario visits it."""
    FORM_ONLY = "form_only"
    """Public, ends at an empty form: nothing is typed, clicked or sent."""
    PERSONAL = "personal"
    """Asks for personal data: no scenario visits it, a person checks it."""
    FIXED = "fixed"
    """Cover or credits: shows nothing of the site."""
    GONE = "gone"
    """The site no longer has this step: nobody visits or checks it, and it is not published."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a tutorial, as declared by its author."""

    number: int
    title: str
    kind: PageKind
    visit: Visit | None = None
    starts_at: str | None = None
    """URL at which the page is visited, unless acts after the last picture of the page before have led on."""
    text: tuple[str, ...] = ()
    """Sentences of a personal or fixed page."""
    check_every_days: int | None = None
    """Days after which a person checks a personal page again."""
    viewport: tuple[int, int] | None = None
    """Width and height of the page area, CSS px; None: those of the tutorial."""
    described_on: tuple[str, ...] = ()
    """URLs of public pages that describe this personal page."""
    gone: date | None = None
    """Day on which somebody saw that the site no longer has this step."""
    source_line: str = ""
    """Place of the declaration, ``file:line``."""

    @property
    def visited(self) -> bool:
        return self.visit is not None


class Tutorial:
    """A tutorial about a site that its authors do not control.

    A scenario creates it once, at the top of its file, and then declares its pages one by one::

        tutorial = Tutorial(
            "free-library",
            title="Borrow a book",
            source="The library's volunteers, 2020",
            licence="CC BY-SA 4.0",
            hosts=["www.library.test"],
        )

        @tutorial.page(1, "The home page")
        def home(step: Step) -> None:
            step.go("https://www.library.test/")
            step.tell("Click on “Borrow”.", step.link("Borrow"))
            step.shoot()
    """

    def __init__(  # noqa: PLR0913 - authors name each argument; most have defaults
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
        public_fields: Mapping[str, str] | None = None,
        dismiss: Iterable[str] = (),
        forbidden_urls: Iterable[str] = (),
        wall_texts: Iterable[str] = (),
        outage_texts: Iterable[str] = (),
        wall_hosts: Iterable[str] = (),
        owner: Iterable[str] = (),
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
            slug: short name, used in commands and as the name of a folder: letters, digits, ``-`` and ``_``.
            title: title of the tutorial, as its readers see it.
            source: author and year of the original tutorial.
            licence: name of its licence, such as “CC BY-SA 4.0”.
            hosts: hosts that the scenario may visit, such as ``www.ameli.fr`` or ``127.0.0.1:8000``. All others are
                blocked.
            source_url: web address of the original tutorial.
            licence_url: web address of the licence's text.
            resources: further hosts from which pages may load pictures, styles and scripts.
            public_values: values that the scenario may type, such as a postcode. A value that looks like personal data
                is refused even if it is listed.
            public_fields: labels of fields that seem to ask for a person's data and ask for those of a thing, each with
                the reason: ``{"Numéro SIRET de l'organisme": "SIRET of a public body"}``. Each holds on the first page
                that types into it; values are checked all the same.
            dismiss: CSS selectors of buttons that close a banner or a campaign; clicked wherever they appear.
            forbidden_urls: parts of URLs that only a signed-in person reaches, such as ``/my-account/``. A page whose
                URL contains one is refused, and nothing of it is kept.
            wall_texts: texts that identify a wall of this site (a CAPTCHA, a refusal of robots), in addition to the
                common ones.
            outage_texts: texts that identify an outage of this site, in addition to the common ones.
            wall_hosts: hosts that a wall of this site needs; reachable only while a person answers it (``--attend``).
            owner: name, or names, of the people who look after the tutorial, as in the settings; they are told of runs.
            fixed_time: date and time that the pages' scripts see; None: the real time.
            random_seed: seed of the pages' ``Math.random``, to repeat a random choice in each run; None: random.
            viewport: width and height of the page area, CSS px.
            scale: device pixels per CSS px.
            locale: language and country of the browser (BCP 47).
            timezone: time zone of the browser (IANA name).
            changes: sentences that say what this adaptation changed from the original.

        Raises:
            ScenarioBroken: an argument has a wrong type or meaning; all of them are named.
        """
        hosts, resources, wall_hosts = listed(hosts), listed(resources), listed(wall_hosts)
        public_values, dismiss, forbidden_urls = listed(public_values), listed(dismiss), listed(forbidden_urls)
        wall_texts, outage_texts, changes = listed(wall_texts), listed(outage_texts), listed(changes)
        owners = (owner,) if isinstance(owner, str) else listed(owner)
        _check_arguments(
            f"{slug}",
            sys._getframe(1),
            {
                "slug": (slug, arguments.slug),
                "title": (title, arguments.text),
                "source": (source, arguments.text),
                "licence": (licence, arguments.text),
                "hosts": (hosts, arguments.hosts),
                "source_url": (source_url, arguments.optional_web_address),
                "licence_url": (licence_url, arguments.optional_web_address),
                "resources": (resources, arguments.hosts),
                "public_values": (public_values, arguments.values),
                "public_fields": (public_fields, arguments.optional(arguments.reasons)),
                "dismiss": (dismiss, arguments.texts),
                "forbidden_urls": (forbidden_urls, arguments.texts),
                "wall_texts": (wall_texts, arguments.texts),
                "outage_texts": (outage_texts, arguments.texts),
                "wall_hosts": (wall_hosts, arguments.hosts),
                "owner": (owners, arguments.texts),
                "fixed_time": (fixed_time, arguments.moment),
                "random_seed": (random_seed, arguments.seed),
                "viewport": (viewport, arguments.viewport),
                "scale": (scale, arguments.scale),
                "locale": (locale, arguments.locale),
                "timezone": (timezone, arguments.time_zone),
                "changes": (changes, arguments.texts),
            },
        )
        self.slug = slug
        self.title = title
        self.source = source
        self.source_url = source_url
        self.licence = licence
        self.licence_url = licence_url
        self.hosts = frozenset(hosts)
        self.resources = frozenset(resources)
        self.public_values = frozenset(public_values)
        self.public_fields = dict(public_fields or {})
        self.dismiss = tuple(dismiss)
        self.forbidden_urls = tuple(forbidden_urls)
        self.fixed_time = fixed_time
        self.random_seed = random_seed
        self.wall_hosts = frozenset(wall_hosts)
        self.owners = tuple(owners)
        self.obstacle_texts = ObstacleTexts(walls=tuple(wall_texts), outages=tuple(outage_texts))
        self.viewport = viewport
        self.scale = scale
        self.locale = locale
        self.timezone = timezone
        self.changes = tuple(changes)
        self.file = Path()
        self.source_sha256 = ""
        """SHA-256 of the scenario's source, as executed; set by the loader, as are ``file`` and ``page_sha256``."""
        self.page_sha256: Mapping[int, str] = {}
        """SHA-256 of what each page is visited with: its function, and all that the file declares for every page."""
        self._pages: dict[int, Page] = {}
        self._numbers: frozenset[int] = frozenset()

    @property
    def pages(self) -> tuple[Page, ...]:
        return tuple(self._pages[number] for number in sorted(self._pages))

    @property
    def numbers(self) -> frozenset[int]:
        """Numbers of all declared pages, also of those that ``up_to`` has left out."""
        return self._numbers or frozenset(self._pages)

    @property
    def witness_urls(self) -> tuple[str, ...]:
        """URLs of the public pages that describe its personal pages."""
        pages = (page for page in self.pages if page.kind is PageKind.PERSONAL)
        return tuple(dict.fromkeys(url for page in pages for url in page.described_on))

    @property
    def all_hosts(self) -> frozenset[str]:
        """Hosts that a run visits: those of the scenario, and those of the witness pages."""
        return self.hosts | {urlsplit(url).netloc for url in self.witness_urls}

    def with_pages(self, pages: Iterable[Page], hosts: Iterable[str]) -> "Tutorial":
        """Return the tutorial with other pages, which may also be on these hosts."""
        other = copy.copy(self)
        other._pages = {page.number: page for page in pages}
        other.hosts = self.hosts | frozenset(hosts)
        return other

    def up_to(self, last: int) -> "Tutorial":
        """Return the tutorial with the only pages that a scenario visits up to one of them.

        It begins where the whole does, even if a later page has an address of its own: what was done before, and the
        cookies of it, change what the site shows.

        Args:
            last: number of the last page.
        """
        part = copy.copy(self)
        part._numbers = self.numbers
        part._pages = {page.number: page for page in self.pages if page.number <= last and page.visited}
        return part

    def page(
        self,
        number: int,
        title: str,
        *,
        starts_at: str | None = None,
        viewport: tuple[int, int] | None = None,
        gone: str | None = None,
    ) -> Callable[[Visit], Visit]:
        """Declare a public page: decorate the function that visits it.

        Args:
            number: number of the page in the tutorial, from 1.
            title: title of the page in the tutorial.
            starts_at: URL on a declared host at which the page is opened, unless acts after the last picture of the
                page before have led to another page or address.
            viewport: width and height of the page area on this page, CSS px; None: those of the tutorial.
            gone: day on which the site was seen to have this step no longer (``"2026-11-28"``): the page is neither
                visited nor published; None: it has it.

        Raises:
            ScenarioBroken: an argument has a wrong type or meaning, or ``starts_at`` is not on a declared host.
            DuplicateName: the number is already used.
        """
        return self._visited(number, title, PageKind.PUBLIC, starts_at=starts_at, viewport=viewport, gone=gone)

    def form_only(
        self,
        number: int,
        title: str,
        *,
        starts_at: str | None = None,
        viewport: tuple[int, int] | None = None,
        gone: str | None = None,
    ) -> Callable[[Visit], Visit]:
        """Declare a page that ends at an empty form: decorate a function that looks, but never types or clicks.

        Arguments and errors are those of ``page()``.
        """
        return self._visited(number, title, PageKind.FORM_ONLY, starts_at=starts_at, viewport=viewport, gone=gone)

    def personal(
        self,
        number: int,
        title: str,
        *,
        text: Iterable[str] = (),
        check_every_days: int = 180,
        described_on: Iterable[str] = (),
        gone: str | None = None,
    ) -> None:
        """Declare a page that asks for personal data: no scenario visits it, the report asks a person to check it.

        Args:
            number: number of the page in the tutorial, from 1.
            title: title of the page in the tutorial.
            text: sentences of the page, for the person who checks it.
            check_every_days: days until the report asks for the next check.
            described_on: URLs of public pages that describe what this page shows.
            gone: day on which the site was seen to have this step no longer; None: it has it.

        Raises:
            ScenarioBroken: an argument has a wrong type or meaning; all of them are named.
            DuplicateName: the number is already used.
        """
        text, described_on = listed(text), listed(described_on)
        _check_arguments(
            f"{self.slug}/{number}",
            sys._getframe(1),
            {
                "number": (number, arguments.page_number),
                "title": (title, arguments.text),
                "text": (text, arguments.texts),
                "check_every_days": (check_every_days, arguments.days),
                "described_on": (described_on, arguments.web_addresses),
                "gone": (gone, arguments.optional(arguments.day)),
            },
        )
        self._add(
            Page(
                number=number,
                title=title,
                kind=PageKind.PERSONAL if gone is None else PageKind.GONE,
                gone=None if gone is None else date.fromisoformat(gone),
                text=tuple(text),
                check_every_days=check_every_days,
                described_on=tuple(described_on),
            )
        )

    def fixed(self, number: int, title: str, *, text: Iterable[str] = ()) -> None:
        """Declare a page that shows nothing of the site, such as a cover or credits.

        Args:
            number: number of the page in the tutorial, from 1.
            title: title of the page in the tutorial.
            text: sentences of the page.

        Raises:
            ScenarioBroken: an argument has a wrong type or meaning; all of them are named.
            DuplicateName: the number is already used.
        """
        text = listed(text)
        _check_arguments(
            f"{self.slug}/{number}",
            sys._getframe(1),
            {
                "number": (number, arguments.page_number),
                "title": (title, arguments.text),
                "text": (text, arguments.texts),
            },
        )
        self._add(Page(number=number, title=title, kind=PageKind.FIXED, text=tuple(text)))

    def _visited(
        self,
        number: int,
        title: str,
        kind: PageKind,
        *,
        starts_at: str | None,
        viewport: tuple[int, int] | None,
        gone: str | None,
    ) -> Callable[[Visit], Visit]:
        _check_arguments(
            f"{self.slug}/{number}",
            sys._getframe(2),
            {
                "number": (number, arguments.page_number),
                "title": (title, arguments.text),
                "starts_at": (starts_at, arguments.optional(arguments.web_address)),
                "viewport": (viewport, arguments.optional_viewport),
                "gone": (gone, arguments.optional(arguments.day)),
            },
        )
        if starts_at is not None and not declares(self.hosts, starts_at):
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
                    kind=kind if gone is None else PageKind.GONE,
                    visit=visit if gone is None else None,
                    gone=None if gone is None else date.fromisoformat(gone),
                    starts_at=starts_at,
                    viewport=viewport,
                    source_line=f"{Path(code.co_filename).name}:{code.co_firstlineno}",
                )
            )
            return visit

        return declare

    def _add(self, page: Page) -> None:
        if page.number in self._pages:
            raise DuplicateName(
                Phrase("Page {page}", page=f"{self.slug}/{page.number}"), self._pages[page.number].title, page.title
            )
        self._pages[page.number] = page


def _check_arguments(name: str, caller: FrameType, given: Mapping[str, tuple[object, Check]]) -> None:
    """Raise ScenarioBroken, with all mistakes in some arguments and the line of the call.

    Args:
        name: of the tutorial or the page.
        caller: frame of the call.
        given: value and check of each argument, by its name.
    """
    mistakes = mistakes_in(given)
    if mistakes:
        file = Path(caller.f_code.co_filename).name
        raise ScenarioBroken(f"{file}:{caller.f_lineno} ({name[:LONGEST_SLUG]})", mistakes)
