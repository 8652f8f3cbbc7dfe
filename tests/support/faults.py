"""Faults of a site, of the network and of this machine, with what the user reads: the tables of docs/faults.md."""

import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import trustme

from capture.politeness.obstacles import BLANK, TIMED_OUT, UNFINISHED, Obstacle, ObstacleKind
from capture.privacy.request_filter import UNDECLARED
from report.i18n.sentences import Sentences
from report.verdict import Verdict
from tests.support.builders import START

GOOD = "<h1>Bonjour</h1><button>Valider</button>"
DISMISS = ("#refuser", "#fermer")
OTHER = "autre.exemple.test"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Fault of a site, with its expected outcome."""

    name: str
    html: str = GOOD
    toml: str = ""
    kind: ObstacleKind | None = None
    """Obstacle that the run meets instead of the page; None: the page is captured despite the fault."""
    evidence: str = ""
    stable: bool = True
    alone: bool = False
    """Whether the tests meet it in a run of its own, because it may disturb or delay the pages after it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoAnswer:
    """Fault of the network: no page arrives."""

    name: str
    serve: Callable[[], AbstractContextManager[str]]
    """Starts the faulty site, and gives its URL."""
    kind: ObstacleKind = ObstacleKind.NETWORK
    evidence: str


def route(path: str = "", **settings: str) -> str:
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    return f'[[route]]\nurl = "{START}{path}"\n{lines}'


PAGE = '"index.html"'
STRANGE = "\u05e9\u05dc\u05d5\u05dd \U0001f469\U0001f3fd\u200d\U0001f692 e\u0301 \u202e \ufdfd"
ANIMATED = "<style>@keyframes k{to{transform:rotate(1turn)}}.k{animation:k 1s infinite}</style><p class=k>↻</p>"
BANNER = (
    "<div id=bandeau style='position:fixed;inset:0;background:#fff'>"
    "<button id=refuser onclick='bandeau.remove()'>Refuser</button></div>"
)
CAMPAIGN = "<dialog id=campagne><button id=fermer onclick='campagne.close()'>Fermer</button></dialog>"

FAULTS = (
    Fault(name="an answer that takes a second", toml=route(page=PAGE, latency_s="1")),
    Fault(
        name="an answer that stops in the middle",
        toml=route(page=PAGE, breaks='"stall"'),
        kind=ObstacleKind.TIMEOUT,
        evidence=str(UNFINISHED),
        alone=True,
    ),
    Fault(
        name="a connection that is reset in the middle of the answer",
        toml=route(page=PAGE, breaks='"reset"'),
        kind=ObstacleKind.NETWORK,
        evidence="NS_ERROR_NET_RESET",
        alone=True,
    ),
    *(
        Fault(
            name=f"status {status}",
            toml=route(page=PAGE, status=str(status)),
            kind=kind,
            evidence=f"HTTP {status}",
        )
        for status, kind in (
            (401, ObstacleKind.WALL),
            (403, ObstacleKind.WALL),
            (404, ObstacleKind.GONE),
            (407, ObstacleKind.WALL),
            (429, ObstacleKind.WALL),
            (500, ObstacleKind.OUTAGE),
            (503, ObstacleKind.OUTAGE),
            (999, ObstacleKind.WALL),
        )
    ),
    Fault(
        name="an answer without a page (status 204)",
        toml=route(status="204"),
        kind=ObstacleKind.GONE,
        evidence="the site answers without a page",
    ),
    Fault(
        name="a text instead of a page",
        toml=route(page=PAGE, headers='{ "Content-Type" = "text/plain" }'),
        kind=ObstacleKind.ELSEWHERE,
        evidence="a document, not a page",
    ),
    Fault(
        name="a document instead of a page (PDF)",
        toml=route(page=PAGE, headers='{ "Content-Type" = "application/pdf" }'),
        kind=ObstacleKind.ELSEWHERE,
        evidence="a document, not a page",
    ),
    Fault(
        name="a content type that Firefox does not show",
        toml=route(page=PAGE, headers='{ "Content-Type" = "application/octet-stream" }'),
        kind=ObstacleKind.ELSEWHERE,
        evidence="a file to be downloaded",
    ),
    Fault(
        name="a redirect loop",
        toml=route(redirect=f'"{START}"'),
        kind=ObstacleKind.NETWORK,
        evidence="NS_ERROR_REDIRECT_LOOP",
    ),
    Fault(
        name="a redirect to an undeclared host",
        toml=route(redirect='"https://pisteur.test/"'),
        kind=ObstacleKind.SCENARIO,
        evidence=UNDECLARED,
    ),
    Fault(
        name="a wall",
        html="<h1>Vérification de sécurité</h1>",
        kind=ObstacleKind.WALL,
        evidence="« Vérification de sécurité »",
    ),
    Fault(
        name="an outage page",
        html="<p>Service momentanément indisponible",
        kind=ObstacleKind.OUTAGE,
        evidence="« momentanément indisponible »",
    ),
    Fault(name="a blank page", html="", kind=ObstacleKind.OUTAGE, evidence=BLANK),
    Fault(
        name="a page in another language",
        html=f"<script>document.documentElement.lang = 'en'</script>{GOOD}",
        kind=ObstacleKind.ELSEWHERE,
        evidence="it is in the language “en”, the tutorial in “fr” (“locale” in the scenario)",
    ),
    Fault(
        name="an address that redirects to another declared host",
        toml=route(redirect=f'"https://{OTHER}/"'),
        kind=ObstacleKind.ELSEWHERE,
        evidence=f"its address led to {OTHER}",
    ),
    Fault(
        name="a mistake in a template of a replica",
        html="<h1>Bonjour</h1>\n{{ 1 / 0 }}",
        toml="templates = true",
        kind=ObstacleKind.REPLICA,
        evidence="www.exemple.test/index.html:2: division by zero",
        alone=True,
    ),
    Fault(name="a consent banner", html=GOOD + BANNER),
    Fault(
        name="a campaign dialog that opens late",
        html=f"{GOOD}{CAMPAIGN}<script>setTimeout(() => campagne.showModal(), 400)</script>",
    ),
    Fault(
        name="scripts that replace functions of JavaScript itself",
        html=f"{GOOD}<script>Array.prototype.map = null; document.querySelectorAll = () => {{ throw 3 }}</script>",
        kind=ObstacleKind.UNREADABLE,
        evidence="its scripts replace functions of JavaScript itself",
    ),
    Fault(name="a JavaScript error", html=f"{GOOD}<script>nothing.at.all()</script>"),
    Fault(name="an alert (`alert`)", html=f"{GOOD}<script>alert('Bienvenue')</script>"),
    Fault(name="a question (`confirm`, `prompt`)", html=f"{GOOD}<script>confirm('Rester ?'); prompt('Nom ?')</script>"),
    Fault(
        name="a page that asks to be printed (`print`)",
        html=f"{GOOD}<script>setInterval(() => print(), 50)</script>",
    ),
    Fault(
        name="one message window after another",
        html=f"{GOOD}<script>for (;;) alert('Bienvenue')</script>",
        kind=ObstacleKind.LOADING,
        evidence="it opens one message window after another",
        alone=True,
    ),
    Fault(
        name="an address of 200,000 characters",
        html=f"{GOOD}<script>history.replaceState(0, '', '/?q=' + 'a'.repeat(200_000))</script>",
    ),
    Fault(
        name="a tab that opens by itself",
        html=f"{GOOD}<script>window.open('/autre')</script>",
        toml=route("autre", page=PAGE),
        alone=True,
    ),
    Fault(
        name="a download that starts by itself",
        html=f"{GOOD}<iframe src=/fichier hidden></iframe>",
        toml=route("fichier", page=PAGE, headers='{ "Content-Disposition" = "attachment" }'),
    ),
    Fault(name="an endless animation", html=GOOD + ANIMATED),
    Fault(
        name="a text that never stops changing",
        html=f"{GOOD}<p id=t></p><script>setInterval(() => t.textContent = performance.now(), 5)</script>",
        stable=False,
        alone=True,
    ),
    Fault(
        name="a picture that never arrives",
        html=f"{GOOD}<img src=/lente.png width=9 height=9>",
        toml=route("lente.png", page=PAGE, breaks='"stall"'),
        alone=True,
    ),
    Fault(
        name="a font that never arrives",
        html=f"{GOOD}<style>@font-face {{ font-family: F; src: url(/police.woff2) }} * {{ font-family: F }}</style>",
        toml=route("police.woff2", page=PAGE, breaks='"stall"'),
        kind=ObstacleKind.LOADING,
        evidence="the font “F” does not arrive",
        alone=True,
    ),
    Fault(
        name="endless requests",
        html=f"{GOOD}<script>(function f() {{ fetch('/').finally(() => setTimeout(f, 20)) }})()</script>",
        alone=True,
    ),
    Fault(name="a page of 5 MB", html=f"{GOOD}<p>{'Très long. ' * 450_000}</p>", alone=True),
    Fault(name="a page of 60,000 elements", html=GOOD + "<p>Bonjour</p>" * 60_000, alone=True),
    Fault(name="right-to-left text, emoji, combining marks", html=f"{GOOD}<p dir=rtl>{STRANGE}</p>"),
    Fault(
        name="wrong markup: a misleading role, unbalanced tags",
        html=f"{GOOD}<p role=button aria-label='Valider'>Non</p></div></main>",
    ),
    Fault(name="a frame from an undeclared host", html=f"{GOOD}<iframe src=https://pisteur.test/></iframe>"),
    Fault(
        name="a style sheet that never arrives",
        html=f"{GOOD}<link rel=stylesheet href=/style.css>",
        toml=route("style.css", page=PAGE, breaks='"stall"'),
        kind=ObstacleKind.LOADING,
        evidence="a style sheet does not arrive",
        alone=True,
    ),
)


@contextmanager
def _unknown_host() -> Iterator[str]:
    yield "https://tutofrais.invalid/"


@contextmanager
def _refusing() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    yield f"http://localhost:{port}/"


@contextmanager
def _silent() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://localhost:{server.getsockname()[1]}/"


@contextmanager
def _served(encryption: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve with or without TLS, and close each connection in the middle of the response."""

    class TruncatingHandler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nContent-Type: text/html\r\n\r\n<p>")
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Print nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Print nothing about failed TLS handshakes."""

    with Server(("127.0.0.1", 0), TruncatingHandler) as server:
        if encryption is not None:
            server.socket = encryption.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _untrusted() -> Iterator[str]:
    encryption = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(encryption)
    with _served(encryption) as place:
        yield f"https://{place}"


@contextmanager
def _unencrypted() -> Iterator[str]:
    with _served() as place:
        yield f"https://{place}"


@contextmanager
def _truncated() -> Iterator[str]:
    with _served() as place:
        yield f"http://{place}"


NO_ANSWERS = (
    NoAnswer(name="an unknown host name", serve=_unknown_host, evidence="NS_ERROR_UNKNOWN_HOST"),
    NoAnswer(name="a refused connection", serve=_refusing, evidence="NS_ERROR_CONNECTION_REFUSED"),
    NoAnswer(
        name="a connection that is closed in the middle of the answer",
        serve=_truncated,
        evidence="NS_ERROR_NET_PARTIAL_TRANSFER",
    ),
    NoAnswer(name="an untrusted certificate", serve=_untrusted, evidence="SEC_ERROR_UNKNOWN_ISSUER"),
    NoAnswer(name="https without encryption", serve=_unencrypted, evidence="SSL_ERROR_RX_RECORD_TOO_LONG"),
    NoAnswer(name="no answer at all", serve=_silent, kind=ObstacleKind.TIMEOUT, evidence=TIMED_OUT),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineFault:
    """Fault of this machine, with its expected result; tested in test_run_command.py."""

    name: str
    message: str
    """Message in the terminal, or part of it."""
    exit_codes: tuple[int, ...]
    """Exit codes with which the run may end."""
    result: str


KILLED = MachineFault(
    name="Firefox or Playwright’s driver is killed",
    message="Firefox stopped: starting it again, for the remaining pages…",
    exit_codes=(0, 18),
    result="every page is checked, in another Firefox; 18 if no Firefox starts",
)
CUT_OFF = MachineFault(
    name="the run itself is killed, then `tutofrais run --resume`",
    message="Resuming an interrupted run…",
    exit_codes=(4,),
    result="the same result as without the kill; finished tutorials are not visited again",
)
BUSY = MachineFault(
    name="a page keeps Firefox busy without end",
    message="The page kept Firefox busy for {sign} without an end; Firefox was stopped.",
    exit_codes=(3,),
    result="the page is not checked; the others are, in another Firefox",
)
FATAL = MachineFault(
    name="Firefox stops each time that it visits a page",
    message="Firefox stopped each time that it visited this page",
    exit_codes=(3,),
    result="after three times that page is given up; the others are checked",
)
FULL = MachineFault(
    name="the disk is full",
    message="Make it writable and check the free space, or choose another folder.",
    exit_codes=(19,),
    result="nothing incomplete is left",
)
DECIDING = MachineFault(
    name="the disk is full, has no inodes left or is read-only, while a person decides",
    message=FULL.message,
    exit_codes=(19,),
    result="no baseline has changed",
)
LITTLE_MEMORY = MachineFault(
    name="512 MB of memory",
    message="There is not enough memory for this command.",
    exit_codes=(0, 18, 34),
    result="it works, or ends with that sentence",
)
NO_HANDLES = MachineFault(
    name="no file handle is free",
    message="",
    exit_codes=(3, 18, 19),
    result="it ends, and never with 0",
)
INTERRUPTED = MachineFault(
    name="Ctrl-C",
    message="Interrupted: nothing was left behind.",
    exit_codes=(130,),
    result="nothing incomplete is left",
)
MACHINE = (KILLED, CUT_OFF, BUSY, FATAL, FULL, DECIDING, LITTLE_MEMORY, NO_HANDLES, INTERRUPTED)


def machine_row(fault: MachineFault) -> str:
    """Return a row of the table of this machine's faults, in Markdown."""
    message = (
        Sentences("en").gettext(fault.message, sign="90 s") if fault.message else "the file that could not be opened"
    )
    return f"| {fault.name} | {message} | {', '.join(map(str, fault.exit_codes))}: {fault.result} |\n"


def row(fault: Fault | NoAnswer) -> str:
    """Return a row of the tables of faults, in Markdown: the fault, the report's message, the page's verdict."""
    if fault.kind is not None:
        sentences = Sentences("en")
        message = sentences.obstacle(Obstacle(kind=fault.kind, evidence=fault.evidence, url=START))
        return f"| {fault.name} | {message} | {sentences.verdict(Verdict.UNREACHABLE)} |\n"
    message = "–" if isinstance(fault, NoAnswer) or fault.stable else "the part that did not become stable"
    return f"| {fault.name} | {message} | checked as usual |\n"


def table() -> str:
    """Return the text of docs/faults.md."""
    site, network = ("".join(map(row, faults)) for faults in (FAULTS, NO_ANSWERS))
    head = "| fault | message in the report | verdict |\n|---|---|---|\n"
    return (
        "# Faults\n\n"
        "What can go wrong, what the user reads, and which verdict the page gets. This page is generated:\n"
        "`python -m tests.support.faults > docs/faults.md`.\n\n"
        "Each row of the first two tables is a test in `tests/browser/test_faults.py`, with a real Firefox and real\n"
        "sockets. “Not checked” says nothing about the tutorial: the page is neither outdated nor up to date. A page\n"
        "that is not checked has no candidate, so that it cannot replace a baseline.\n\n"
        f"## Faults of the site\n\n{head}{site}\n## Faults of the network\n\n{head}{network}\n"
        "## Faults of this machine\n\nTested in `tests/browser/test_run_command.py` and "
        "`tests/test_machine_faults.py`. The baselines stay complete in every case.\n\n"
        "| fault | message in the terminal | exit codes, result |\n|---|---|---|\n" + "".join(map(machine_row, MACHINE))
    )


if __name__ == "__main__":
    sys.stdout.write(table())
