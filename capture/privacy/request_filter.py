"""What may leave the browser: requests to declared hosts, and sends that a step declares. All else is stopped."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Download, Request, Response, Route

from capture.privacy.addresses import personal_data_in_url
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site

UNDECLARED = "undeclared host"
UNDECLARED_SEND = "undeclared send"
SENT_ON = "send led on"
PERSONAL_ADDRESS = "personal address"
DOWNLOAD = "download"
WEB_SOCKET = "web socket"
"""What is sent by one, nobody could judge."""
PAGE_CLOSED = "page closed"
WEB_SOCKET_KEY = "sec-websocket-key"
NO_PAGES = frozenset(("object", "embed"))
"""What Playwright takes for pages: destinations, https://fetch.spec.whatwg.org/#concept-request-destination."""
SAFE = ("GET", "HEAD")
"""Methods that only ask."""
_NO_SHARED_WORKER = "delete Window.prototype.SharedWorker; delete globalThis.SharedWorker;"
"""What a shared worker asks for is nobody's page's: the gate is not told of it."""
INSIDE = ("data", "blob", "about")
"""Schemes of what does not leave the browser."""
BACKGROUND = frozenset(("ping", "beacon", "csp_report"))
"""Kinds of requests that a page sends for others to read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockedRequest:
    """A request that did not leave."""

    method: str
    host: str
    reason: str


class RequestFilter:
    """Decides on each request of a browser context, and remembers what it stopped."""

    def __init__(self, tutorial: Tutorial, site: Site) -> None:
        self._tutorial = tutorial
        self._site = site
        self._sends: tuple[str, ...] = ()
        self._stopped: dict[BlockedRequest, None] = {}
        self._attended = False
        self.navigations_stopped: list[tuple[str, str]] = []
        """Where a page would have led, and why it did not."""

    @property
    def blocked(self) -> tuple[BlockedRequest, ...]:
        return tuple(self._stopped)

    def attach(self, context: BrowserContext) -> None:
        """Decide on all that pages of this context ask for from now on."""
        context.add_init_script(_NO_SHARED_WORKER)
        context.route("**/*", self._decide)
        context.on("response", self._note_sent_on)
        context.on("page", lambda page: page.on("download", self._refuse_download))

    def note_refused_connection(self, host: str) -> None:
        """Note a connection that the relay refused; called from its threads."""
        host = self._site.canonical_host(host)
        declared = host in self._tutorial.hosts | self._tutorial.resources
        known = {stopped.host for stopped in tuple(self._stopped)}
        if host not in known:
            why = PAGE_CLOSED if declared else UNDECLARED
            self._stopped[BlockedRequest(method="CONNECT", host=host, reason=why)] = None

    @contextmanager
    def allow_wall_hosts(self) -> Iterator[None]:
        """Let a person answer a wall: what it sends to the site's own hosts, and to those of its walls, leaves."""
        self._attended = True
        try:
            yield
        finally:
            self._attended = False

    @contextmanager
    def allow_sends(self, sends: Iterable[str]) -> Iterator[None]:
        """Let requests other than GET and HEAD leave for these addresses, meanwhile.

        Args:
            sends: ``host/path``; ending in ``*``, all that starts so.
        """
        self._sends = tuple(sends)
        try:
            yield
        finally:
            self._sends = ()

    def is_outside(self, url: str) -> bool:
        return (urlsplit(self._site.canonical(url)).hostname or "") not in self._tutorial.hosts

    def _decide(self, route: Route) -> None:
        request = route.request
        why = self._block_reason(request)
        if why is not None:
            self._note(request, why)
        # Who asked may be gone meanwhile, or the driver: what waits for the page tells of it.
        with suppress(Exception):
            route.continue_() if why is None else route.abort("blockedbyclient")

    def _note_sent_on(self, response: Response) -> None:
        """Note a send that was answered by another address to send to: Firefox has stopped there (see PREFERENCES)."""
        if "location" in response.headers and _keeps_method(response):
            self._note(response.request, SENT_ON)

    def _refuse_download(self, download: Download) -> None:
        self._record("GET", download.url, DOWNLOAD)
        self.navigations_stopped.append((download.url, DOWNLOAD))

    def _note(self, request: Request, why: str) -> None:
        self._record(request.method, request.url, why)
        if is_navigation(request):
            self.navigations_stopped.append((request.url, why))

    def _record(self, method: str, url: str, why: str) -> None:
        host = urlsplit(self._site.canonical(url)).hostname or ""
        self._stopped[BlockedRequest(method=method, host=host, reason=why)] = None

    def _block_reason(self, request: Request) -> str | None:
        parts = urlsplit(self._site.canonical(request.url))
        host = parts.hostname or ""
        known = self._tutorial.hosts | self._tutorial.resources
        if parts.scheme in INSIDE or (self._attended and host in known | self._tutorial.wall_hosts):
            return None
        if host not in (self._tutorial.hosts if is_navigation(request) else known):
            return UNDECLARED
        if WEB_SOCKET_KEY in request.headers:
            return WEB_SOCKET
        if request.method not in SAFE and not any(_covers(declared, f"{host}{parts.path}") for declared in self._sends):
            return UNDECLARED_SEND
        if request.resource_type in BACKGROUND:
            return "beacon"
        carries = is_navigation(request) and personal_data_in_url(request.url) is not None
        return PERSONAL_ADDRESS if carries else None


def is_navigation(request: Request) -> bool:
    """Is it for a page, of the tab or of a frame in it?"""
    return request.is_navigation_request() and request.headers.get("sec-fetch-dest") not in NO_PAGES


def _keeps_method(response: Response) -> bool:
    """Would the redirect of a send be a send? Only a POST becomes a GET by 301 and 302 (RFC 9110, 15.4)."""
    kept = (307, 308) if response.request.method == "POST" else (301, 302, 307, 308)
    return response.request.method not in SAFE and response.status in kept


def _covers(declared: str, address: str) -> bool:
    return address.startswith(declared[:-1]) if declared.endswith("*") else address == declared
