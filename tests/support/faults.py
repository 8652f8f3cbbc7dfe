"""What may go wrong, what its user sees, and what becomes of the page: the tables that docs/faults.md shows."""

import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import trustme

from capture.politeness.obstacles import BLANK, TIMED_OUT, Obstacle, ObstacleKind
from capture.privacy.request_filter import UNDECLARED
from report.i18n.sentences import Translator
from report.verdict import Verdict
from tests.support.builders import START

GOOD = "<h1>Bonjour</h1><button>Valider</button>"
DISMISS = ("#refuser", "#fermer")
OTHER = "autre.exemple.test"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that goes wrong."""

    name: str
    html: str = GOOD
    toml: str = ""
    kind: ObstacleKind | None = None
    """What the report says was met instead of the page; None: the page is seen, whatever went wrong."""
    evidence: str = ""
    stable: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class NoAnswer:
    """A site of which no page comes."""

    name: str
    serve: Callable[[], AbstractContextManager[str]]
    """Gives its address."""
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
        name="an answer that stalls half-way",
        toml=route(page=PAGE, breaks='"stall"'),
        kind=ObstacleKind.TIMEOUT,
        evidence=TIMED_OUT,
    ),
    Fault(
        name="a connection that is reset half-way",
        toml=route(page=PAGE, breaks='"reset"'),
        kind=ObstacleKind.NETWORK,
        evidence="NS_ERROR_NET_RESET",
    ),
    *(
        Fault(
            name=f"status {status}",
            toml=route(page=PAGE, status=str(status)),
            kind=kind,
            evidence=f"HTTP {status}",
        )
        for status, kind in (
            (403, ObstacleKind.WALL),
            (404, ObstacleKind.GONE),
            (429, ObstacleKind.WALL),
            (500, ObstacleKind.OUTAGE),
            (503, ObstacleKind.OUTAGE),
        )
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
        evidence="lang=en",
    ),
    Fault(
        name="an address that leads to another declared host",
        toml=route(redirect=f'"https://{OTHER}/"'),
        kind=ObstacleKind.ELSEWHERE,
        evidence=f"its address led to {OTHER}",
    ),
    Fault(name="a consent banner", html=GOOD + BANNER),
    Fault(
        name="a campaign dialog that opens late",
        html=f"{GOOD}{CAMPAIGN}<script>setTimeout(() => campagne.showModal(), 400)</script>",
    ),
    Fault(name="a JavaScript error", html=f"{GOOD}<script>nothing.at.all()</script>"),
    Fault(name="an alert box", html=f"{GOOD}<script>alert('Bienvenue')</script>"),
    Fault(name="a question box", html=f"{GOOD}<script>confirm('Rester ?'); prompt('Nom ?')</script>"),
    Fault(
        name="a tab that opens by itself",
        html=f"{GOOD}<script>window.open('/autre')</script>",
        toml=route("autre", page=PAGE),
    ),
    Fault(
        name="a download that starts by itself",
        html=f"{GOOD}<iframe src=/fichier hidden></iframe>",
        toml=route("fichier", page=PAGE, headers='{ "Content-Disposition" = "attachment" }'),
    ),
    Fault(name="an animation without end", html=GOOD + ANIMATED),
    Fault(
        name="a text that never stands still",
        html=f"{GOOD}<p id=t></p><script>setInterval(() => t.textContent = performance.now(), 5)</script>",
        stable=False,
    ),
    Fault(
        name="a picture that never comes",
        html=f"{GOOD}<img src=/lente.png width=9 height=9>",
        toml=route("lente.png", page=PAGE, breaks='"stall"'),
    ),
    Fault(
        name="requests without end",
        html=f"{GOOD}<script>(function f() {{ fetch('/').finally(() => setTimeout(f, 20)) }})()</script>",
    ),
    Fault(name="a page of 20 MB", html=f"{GOOD}<p>{'Très long. ' * 1_800_000}</p>"),
    Fault(name="a page of 60,000 elements", html=GOOD + "<p>Bonjour</p>" * 60_000),
    Fault(name="text from right to left, emoji, marks", html=f"{GOOD}<p dir=rtl>{STRANGE}</p>"),
    Fault(name="markup that lies about itself", html=f"{GOOD}<p role=button aria-label='Valider'>Non</p></div></main>"),
    Fault(name="a frame of another host", html=f"{GOOD}<iframe src=https://pisteur.test/></iframe>"),
    Fault(
        name="a style sheet that never comes",
        html=f"{GOOD}<link rel=stylesheet href=/style.css>",
        toml=route("style.css", page=PAGE, breaks='"stall"'),
        kind=ObstacleKind.TIMEOUT,
        evidence=TIMED_OUT,
    ),
)


@contextmanager
def _nowhere() -> Iterator[str]:
    yield "https://tutofrais.invalid/"


@contextmanager
def _refusing() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    yield f"http://localhost:{port}/"


@contextmanager
def _deaf() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://localhost:{server.getsockname()[1]}/"


@contextmanager
def _served(encryption: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server over TLS, or one that should be and is not, that breaks off in the middle of its answer."""

    class Rude(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nContent-Type: text/html\r\n\r\n<p>")
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of clients that will not talk."""

    with Server(("127.0.0.1", 0), Rude) as server:
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
def _breaking_off() -> Iterator[str]:
    with _served() as place:
        yield f"http://{place}"


NO_ANSWERS = (
    NoAnswer(name="a name that does not exist", serve=_nowhere, evidence="NS_ERROR_UNKNOWN_HOST"),
    NoAnswer(name="a connection that is refused", serve=_refusing, evidence="NS_ERROR_CONNECTION_REFUSED"),
    NoAnswer(name="a connection that breaks off", serve=_breaking_off, evidence="NS_ERROR_NET_PARTIAL_TRANSFER"),
    NoAnswer(name="a certificate that nobody vouches for", serve=_untrusted, evidence="SEC_ERROR_UNKNOWN_ISSUER"),
    NoAnswer(name="no encryption where there should be", serve=_unencrypted, evidence="SSL_ERROR_RX_RECORD_TOO_LONG"),
    NoAnswer(name="no answer at all", serve=_deaf, kind=ObstacleKind.TIMEOUT, evidence=TIMED_OUT),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineFault:
    """What goes wrong on this machine, whatever the site does; tested in test_run_command.py."""

    name: str
    message: str
    """What the terminal says, or a part of it."""
    exit_codes: tuple[int, ...]
    """What the run may end with."""
    result: str


KILLED = MachineFault(
    name="Firefox, or what drives it, is killed",
    message="Firefox stopped: starting another, for what was not seen…",
    exit_codes=(0, 18),
    result="every page is seen; 18 when Firefox never starts",
)
CUT_OFF = MachineFault(
    name="the run itself is killed; `tutofrais run --resume`",
    message="Going on with a run that was cut off…",
    exit_codes=(4,),
    result="as if it had not been: tutorials that were seen are not visited again",
)
BUSY = MachineFault(
    name="a page keeps Firefox busy for ever",
    message="The page kept Firefox busy for {sign} without an end; Firefox was stopped.",
    exit_codes=(3,),
    result="not checked; the other pages are seen, in another Firefox",
)
FULL = MachineFault(
    name="the disk is full",
    message="Make it writable and check the free space, or choose another folder.",
    exit_codes=(19,),
    result="nothing half-written is left",
)
NO_HANDLES = MachineFault(
    name="there are no more file handles",
    message="",
    exit_codes=(3, 18, 19),
    result="never a hang, nor a green run",
)
INTERRUPTED = MachineFault(
    name="Ctrl-C",
    message="Interrupted: nothing was left behind.",
    exit_codes=(130,),
    result="nothing half-written is left",
)
MACHINE = (KILLED, CUT_OFF, BUSY, FULL, NO_HANDLES, INTERRUPTED)


def machine_row(fault: MachineFault) -> str:
    """A line of the table of the machine's faults."""
    told = Translator("en").gettext(fault.message, sign="90 s") if fault.message else "what could not be opened"
    return f"| {fault.name} | {told} | {', '.join(map(str, fault.exit_codes))}: {fault.result} |\n"


def row(fault: Fault | NoAnswer) -> str:
    """A line of the table: the fault, what the report tells of it, and the page's verdict."""
    if fault.kind is not None:
        words = Translator("en")
        sentence = words.obstacle(Obstacle(kind=fault.kind, evidence=fault.evidence, url=START))
        return f"| {fault.name} | {sentence} | {words.verdict(Verdict.UNREACHABLE)} |\n"
    told = "nothing" if isinstance(fault, NoAnswer) or fault.stable else "what never stood still"
    return f"| {fault.name} | {told} | as it looks |\n"


def table() -> str:
    """The tables of docs/faults.md."""
    site, network = ("".join(map(row, faults)) for faults in (FAULTS, NO_ANSWERS))
    head = "| fault | what the report tells | verdict on the page |\n|---|---|---|\n"
    return (
        "# What may go wrong\n\n"
        "Each line is a test of `tests/browser/test_faults.py`, with a real Firefox and real sockets. “Not checked”\n"
        "is never a verdict on the tutorial, and nothing of such a page ever takes a picture's place.\n\n"
        f"## On the site\n\n{head}{site}\n## On the way to it\n\n{head}{network}\n"
        "## On this machine\n\nTested in `tests/browser/test_run_command.py`. Approved pictures stay whole in every "
        "case,\nand when the run itself is killed.\n\n"
        "| fault | what the terminal tells | the run ends with |\n|---|---|---|\n" + "".join(map(machine_row, MACHINE))
    )


if __name__ == "__main__":
    sys.stdout.write(table())
