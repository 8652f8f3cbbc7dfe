"""``tutofrais``: the workbench, served to one person."""

import getpass
import mimetypes
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import jinja2
import msgspec
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

from capture.errors import RunUnreadable, TutofraisError
from capture.scenario.tutorial import PageKind
from capture.storage import read_bytes
from report.i18n.sentences import Sentences
from report.output.html import STATIC, STYLE
from report.output.templating import template_environment
from report.output.totals import GLYPHS
from report.results.run_store import LATEST, find_run
from report.review.private_server import POLICY, PrivateServer, Refused, read_message
from report.verdict import ReasonKind, Verdict
from report.workbench.actions import Action
from report.workbench.errand import ErrandKind
from report.workbench.tutorial_view import PageView
from report.workbench.workbench import Workbench

SCRIPT = "workbench.js"
OWN_STYLE = "workbench.css"
STATIC_FILES = frozenset((STYLE, OWN_STYLE, SCRIPT))
PUBLISHED_POLICY = POLICY.replace("style-src 'self'", "style-src 'unsafe-inline'").replace(
    "frame-ancestors 'none'", "frame-ancestors 'self'"
)
"""Policy of published tutorials: their style is inline, and they have no script."""


class WorkbenchServer(PrivateServer):
    """Serves the workbench; a context manager."""

    def __init__(self, workbench: Workbench, translator: Sentences, *, port: int = 0) -> None:
        """Listen on ``port`` (0: any free one); raises PortInUse."""
        self._workbench = workbench
        self._templates = _templates(workbench, translator)
        super().__init__(translator, port=port, name="workbench")

    def get(self, path: str) -> Response:
        """Answer a request for a page, a file or the state of what is running."""
        first, _, rest = path.partition("/")
        pages: dict[str, Callable[[str], Response]] = {
            "": lambda _: self._home(),
            "tutorials": self._tutorial,
            "sitting": self._sitting,
            "runs": self._review,
            "preview": lambda name: self._published(self._workbench.folders.preview, name),
            "published": lambda name: self._published(self._workbench.folders.published, name),
            "state": lambda _: _json(self._state()),
            "static": self._static,
        }
        if first not in pages:
            raise Refused(404)
        try:
            return pages[first](rest)
        except TutofraisError as error:
            return self._trouble(error)

    def post(self, path: str, body: bytes) -> object:
        """Carry out an action, or a decision in the review of a run."""
        if path == "act":
            return self._workbench.act(read_message(body, Action))
        first, _, rest = path.partition("/")
        run, _, what = rest.partition("/")
        if first == "runs" and what == "decide":
            return self._workbench.decide(run, body)
        raise Refused(405)

    def _home(self) -> Response:
        library = self._workbench.library
        declarations = library.declarations
        views = [] if declarations.problem else library.views()
        return self._html("home.html", root="", views=views, problem=declarations)

    def _tutorial(self, path: str) -> Response:
        slug, _, part = path.partition("/")
        if part not in ("", "publish"):
            raise Refused(404)
        template, root = ("publish.html", "../../") if part else ("tutorial.html", "../")
        return self._html(template, root=root, view=self._workbench.library.view(slug))

    def _sitting(self, place: str) -> Response:
        """Show one errand of a sitting, by its place in the list from 1; after the last one, its end."""
        if place and not place.isdecimal():
            raise Refused(404)
        errands = self._workbench.library.errands()
        number = min(max(int(place or 1), 1), len(errands) + 1)
        errand = errands[number - 1] if number <= len(errands) else None
        return self._html("sitting.html", root="../", errands=errands, number=number, errand=errand)

    def _review(self, path: str) -> Response:
        run, slash, rest = path.partition("/")
        if run == LATEST:
            run = find_run(self._workbench.folders.runs, LATEST).name
            return Response("", status=302, headers={"Location": f"{self.address}runs/{quote(run)}/"})
        if not slash:
            raise Refused(404)
        return self._workbench.library.review(run).get(rest)

    def _published(self, folder: Path, name: str) -> Response:
        """Return a file of a published tutorial; no link in the folder is followed out of it."""
        joined = safe_join(str(folder), name)
        if joined is None or not Path(joined).is_file() or not Path(joined).resolve().is_relative_to(folder.resolve()):
            raise Refused(404)
        kind = mimetypes.guess_type(joined)[0]
        content = read_bytes(Path(joined), RunUnreadable)
        return Response(content, mimetype=kind, headers={"Content-Security-Policy": PUBLISHED_POLICY})

    def _static(self, name: str) -> Response:
        if name not in STATIC_FILES:
            raise Refused(404)
        return Response((STATIC / name).read_bytes(), mimetype=mimetypes.guess_type(name)[0])

    def _state(self) -> dict[str, object]:
        """Return what is running, for the pages that show its progress."""
        state, last = self._workbench.jobs.state, self._workbench.jobs.state.last
        return {
            "number": state.number,
            "title": state.title,
            "running": self._workbench.busy,
            "stopped": state.stopped,
            "lines": state.lines,
            "pages": state.pages,
            "planned": state.planned,
            "problem": f"{last.problem} {last.cure}".strip() if last else "",
        }

    def _html(self, name: str, **details: object) -> Response:
        state = self._state()
        html = self._templates.get_template(f"workbench/{name}").render(state=state, **details)
        return Response(html, mimetype="text/html")

    def _trouble(self, error: TutofraisError) -> Response:
        problem, cure = self.translator.error(error)
        html = self._templates.get_template("workbench/trouble.html").render(
            root=self.address, state=self._state(), sentence=problem, cure=cure
        )
        return Response(html, status=404, mimetype="text/html")


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), mimetype="application/json")


def _templates(workbench: Workbench, sentences: Sentences) -> jinja2.Environment:
    """Return the templates of the workbench, with what they show."""
    environment = template_environment(sentences)
    environment.globals.update(
        workbench=workbench,
        library=workbench.library,
        sentences=sentences,
        glyphs=GLYPHS,
        kinds=PageKind,
        verdicts=Verdict,
        reasons_of=lambda page: _reasons(sentences, page),
        errand_kinds=ErrandKind,
        login=_login(),
    )
    return environment


def _reasons(sentences: Sentences, page: PageView) -> list[str]:
    """Return why a page has its verdict, without the false instructions: they stand at their sentences."""
    if page.result is None:
        return []
    reasons = [one for one in page.result.judgement.reasons if one.kind is not ReasonKind.INSTRUCTION_FALSE]
    return [sentences.reason(one, page.result) for one in reasons]


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
