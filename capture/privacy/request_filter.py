"""Request filter: lets requests to declared hosts and declared sends leave the browser, and blocks all others."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Download, Request, Response, Route

from capture.hosts import declares, host_with_port
from capture.privacy.addresses import personal_data_in_url
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site

UNDECLARED = "undeclared host"
UNDECLARED_SEND = "undeclared send"
FORWARDED_SEND = "send led on"
PERSONAL_ADDRESS = "personal address"
DOWNLOAD = "download"
WEB_SOCKET = "web socket"
"""Refused: WebSocket messages cannot be inspected."""
PAGE_CLOSED = "page closed"
WEB_SOCKET_KEY = "sec-websocket-key"
EMBEDDED_OBJECTS = frozenset(("object", "embed"))
"""Request destinations that Playwright reports as navigations, although they load no page.

https://fetch.spec.whatwg.org/#concept-request-destination
"""
PARTS_OF_A_PAGE = frozenset(("script", "stylesheet", "fetch", "xhr", "font"))
"""Types of requests without whose answer a page may look or work differently."""
SAFE_METHODS = ("GET", "HEAD")
"""Methods that only read (RFC 9110, 9.2.1)."""
_NO_SHARED_WORKER = "delete Window.prototype.SharedWorker; delete globalThis.SharedWorker;"
"""Disables shared workers: Playwright does not route their requests."""
LOCAL_SCHEMES = ("data", "blob", "about")
"""URL schemes of requests that do not leave the browser."""
BACKGROUND = frozenset(("ping", "beacon", "csp_report"))
"""Types of requests that report to a server, and whose answer no page uses."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockedRequest:
    """A request that was blocked."""

    method: str
    host: str
    reason: str
    kind: str = field(default="", compare=False)
    """Type of what was requested, as Playwright names it: ``script``, ``stylesheet``, ``fetch``, …"""

    @property
    def may_matter(self) -> bool:
        """Whether the page may look or work differently without it."""
        return self.reason != UNDECLARED or self.kind in PARTS_OF_A_PAGE


class RequestFilter:
    """Decides on each request of a browser context, and records the blocked ones."""

    def __init__(self, tutorial: Tutorial, site: Site) -> None:
        self._tutorial = tutorial
        self._site = site
        self._sends: tuple[str, ...] = ()
        self._acting = False
        """Whether a step is acting on the page: what it asks for meanwhile may carry what was typed."""
        self._blocked: dict[BlockedRequest, None] = {}
        self._stopped_since: list[BlockedRequest] = []
        self._attended = False
        self.person_acted = False
        """Whether a person has acted in the window: from then on nothing is sent that the scenario does not declare."""
        self.navigations_stopped: list[tuple[str, str]] = []
        """URL and reason of each blocked navigation."""

    @property
    def blocked(self) -> tuple[BlockedRequest, ...]:
        return tuple(self._blocked)

    def take_stopped(self) -> tuple[BlockedRequest, ...]:
        """Return what was blocked since the last call, each once: what a page's visit has asked for in vain."""
        stopped, self._stopped_since = self._stopped_since, []
        return tuple(dict.fromkeys(stopped))

    @property
    def stopped_of_its_own(self) -> tuple[BlockedRequest, ...]:
        """Requests to declared hosts that were blocked since the last ``take_stopped``."""
        return tuple(request for request in self._stopped_since if request.reason not in (UNDECLARED, PAGE_CLOSED))

    def attach(self, context: BrowserContext) -> None:
        """Filter all later requests of a context."""
        context.add_init_script(_NO_SHARED_WORKER)
        context.route("**/*", self._decide)
        context.on("response", self._record_forwarded_send)
        context.on("page", lambda page: page.on("download", self._refuse_download))

    def note_refused_connection(self, host: str) -> None:
        """Record a connection that the proxy refused; called from the threads of the proxy."""
        host = self._site.canonical_host(host)
        declared = any(one.partition(":")[0] == host for one in self._tutorial.hosts | self._tutorial.resources)
        known = {request.host for request in tuple(self._blocked)}
        if host not in known:
            reason = PAGE_CLOSED if declared else UNDECLARED
            self._blocked[BlockedRequest(method="CONNECT", host=host, reason=reason)] = None

    @contextmanager
    def allow_wall_hosts(self) -> Iterator[None]:
        """Allow all requests to the hosts of the site and of its walls, while a person answers a wall."""
        self._attended = self.person_acted = True
        try:
            yield
        finally:
            self._attended = False

    @contextmanager
    def allow_sends(self, sends: Iterable[str]) -> Iterator[None]:
        """Allow requests other than GET and HEAD to these addresses, within the context.

        Args:
            sends: ``host/path``; one that ends in ``*`` covers every address that starts with it.
        """
        self._sends, self._acting = tuple(sends), True
        try:
            yield
        finally:
            self._sends, self._acting = (), False

    def is_outside(self, url: str) -> bool:
        return not declares(self._tutorial.hosts, self._site.canonical(url))

    def _decide(self, route: Route) -> None:
        request = route.request
        reason = self._block_reason(request)
        if reason is not None:
            self._note(request, reason)
        # The page or the driver may have closed; the code that waits for the page reports that.
        with suppress(Exception):
            route.continue_() if reason is None else route.abort("blockedbyclient")

    def _record_forwarded_send(self, response: Response) -> None:
        """Record a send whose answer redirects it; Firefox does not follow (see PREFERENCES)."""
        if "location" in response.headers and _keeps_method(response):
            self._note(response.request, FORWARDED_SEND)

    def _refuse_download(self, download: Download) -> None:
        self._record("GET", download.url, DOWNLOAD)
        self.navigations_stopped.append((download.url, DOWNLOAD))

    def _note(self, request: Request, reason: str) -> None:
        self._record(request.method, request.url, reason, request.resource_type)
        if is_navigation(request):
            self.navigations_stopped.append((request.url, reason))

    def _record(self, method: str, url: str, reason: str, kind: str = "") -> None:
        host = urlsplit(self._site.canonical(url)).hostname or ""
        request = BlockedRequest(method=method, host=host, reason=reason, kind=kind)
        self._blocked[request] = None
        self._stopped_since.append(request)

    def _block_reason(self, request: Request) -> str | None:
        url = self._site.canonical(request.url)
        known = self._tutorial.hosts | self._tutorial.resources
        if urlsplit(url).scheme in LOCAL_SCHEMES or (
            self._attended and declares(known | self._tutorial.wall_hosts, url)
        ):
            return None
        if not declares(self._tutorial.hosts if is_navigation(request) else known, url):
            return UNDECLARED
        if self.person_acted and WEB_SOCKET_KEY in request.headers:
            return WEB_SOCKET
        if self._needs_declaration(request) and not any(_covers(declared, url) for declared in self._sends):
            return UNDECLARED_SEND
        if self.person_acted and request.resource_type in BACKGROUND:
            return "beacon"
        is_looked_at = self.person_acted or self._acting or is_navigation(request)
        return PERSONAL_ADDRESS if is_looked_at and personal_data_in_url(request.url) is not None else None

    def _needs_declaration(self, request: Request) -> bool:
        """Return whether a request may send a form: a navigation with a body; after a person has acted, any body."""
        return request.method not in SAFE_METHODS and (self.person_acted or is_navigation(request))


def is_navigation(request: Request) -> bool:
    """Report whether a request loads a page, in the tab or in a frame."""
    return request.is_navigation_request() and request.headers.get("sec-fetch-dest") not in EMBEDDED_OBJECTS


def _keeps_method(response: Response) -> bool:
    """Report whether a redirect repeats a send; only a POST becomes a GET by 301 and 302 (RFC 9110, 15.4)."""
    repeating = (307, 308) if response.request.method == "POST" else (301, 302, 307, 308)
    return response.request.method not in SAFE_METHODS and response.status in repeating


def _covers(declared: str, url: str) -> bool:
    """Return whether a declared address (``host/path``, or ``host/path*``) covers a URL, whatever its query."""
    parts = urlsplit(url)
    addresses = (f"{parts.hostname}{parts.path}", f"{host_with_port(url)}{parts.path}")
    if declared.endswith("*"):
        return any(address.startswith(declared[:-1]) for address in addresses)
    return declared in addresses
