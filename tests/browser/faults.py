"""What a site may do wrong, and what becomes of the page: the table that docs/faults.md shows."""

import sys
from dataclasses import dataclass

from report.verdict import Verdict
from tests.conftest import START

GOOD = "<h1>Bonjour</h1><button>Valider</button>"
DISMISS = ("#refuser", "#fermer")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that goes wrong."""

    name: str
    html: str = GOOD
    toml: str = ""
    verdict: Verdict = Verdict.NEW
    """Of a page that was never approved; new: it was seen, whatever went wrong."""
    sign: str = ""
    """What the report says was met, or a part of it."""
    still: bool = True


def route(path: str = "", **settings: str) -> str:
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    return f'[[route]]\nurl = "{START}{path}"\n{lines}'


PAGE = '"index.html"'
UNREACHABLE = Verdict.UNREACHABLE
OUT_OF_TIME = "no answer in time"
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
        verdict=UNREACHABLE,
        sign=OUT_OF_TIME,
    ),
    Fault(
        name="a connection that is reset", toml=route(page=PAGE, breaks='"reset"'), verdict=UNREACHABLE, sign="NS_ERROR"
    ),
    *(
        Fault(
            name=f"status {status}",
            toml=route(page=PAGE, status=str(status)),
            verdict=UNREACHABLE,
            sign=f"HTTP {status}",
        )
        for status in (403, 404, 429, 500, 503)
    ),
    Fault(
        name="a content type that Firefox does not show",
        toml=route(page=PAGE, headers='{ "Content-Type" = "application/octet-stream" }'),
        verdict=UNREACHABLE,
    ),
    Fault(name="a redirect loop", toml=route(redirect=f'"{START}"'), verdict=UNREACHABLE, sign="REDIRECT_LOOP"),
    Fault(
        name="a redirect to an undeclared host",
        toml=route(redirect='"https://pisteur.test/"'),
        verdict=UNREACHABLE,
        sign="undeclared host",
    ),
    Fault(
        name="a wall", html="<h1>Vérification de sécurité</h1>", verdict=UNREACHABLE, sign="Vérification de sécurité"
    ),
    Fault(
        name="an outage page", html="<p>Service momentanément indisponible", verdict=UNREACHABLE, sign="indisponible"
    ),
    Fault(name="a blank page", html="", verdict=UNREACHABLE, sign="blank page"),
    Fault(
        name="a page in another language",
        html=f"<script>document.documentElement.lang = 'en'</script>{GOOD}",
        verdict=UNREACHABLE,
        sign="lang=en",
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
        html=f"{GOOD}<p id=t></p><script>setInterval(() => t.textContent = performance.now(), 30)</script>",
        still=False,
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
        verdict=UNREACHABLE,
        sign=OUT_OF_TIME,
    ),
)


def told(fault: Fault) -> str:
    """What becomes of a page, for people who read a table."""
    if fault.verdict is UNREACHABLE:
        return f"not checked{f': {fault.sign}' if fault.sign else ''}"
    return "seen" if fault.still else "seen, and said never to stand still"


def table() -> str:
    """The table of docs/faults.md."""
    rows = "".join(f"| {fault.name} | {told(fault)} |\n" for fault in FAULTS)
    return (
        "# What a site may do wrong\n\n"
        "Each line is a test of `tests/browser/test_faults.py`, with a real Firefox and a replica that misbehaves so.\n"
        "« Not checked » is never a verdict on the tutorial, and never takes a picture's place.\n\n"
        f"| fault | the page is |\n|---|---|\n{rows}"
    )


if __name__ == "__main__":
    sys.stdout.write(table())
