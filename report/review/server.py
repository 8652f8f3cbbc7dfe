"""``tutofrais review``: the report, served on loopback only, with decisions applied at once.

The URL contains a random token, and whoever knows it may decide. A page of another site that is open in the same
browser may not: it does not know the token, and its requests have another origin.
"""

import base64
import hmac
import mimetypes
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.security import safe_join
from werkzeug.wrappers import Request, Response

from capture.checked_values import Unfit, decode_json
from capture.errors import DecisionRefused, RunUnreadable, TutofraisError
from capture.messages import Phrase
from capture.site.local_server import LOOPBACK, LocalServer, application_server
from capture.storage import read_bytes
from report.baselines.decision import DecisionRequest
from report.i18n.dates import today
from report.i18n.sentences import Sentences
from report.output.html import OVERVIEW, Assets, Renderer, copy_assets, page_path
from report.results.run_record import PageRecord, RunRecord, TutorialRecord
from report.results.run_store import LATEST, find_run
from report.review.session import AppliedDecision, ReviewSession, decider
from report.review.upload import MOST_BYTES, sanitize_upload

MAX_REQUEST_BYTES = 2 * MOST_BYTES
"""Longest request, bytes: a picture in base64 is longer by a third."""
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """Request body: a decision to apply, or one to undo."""

    by: str = ""
    token: str | None = None
    request: DecisionRequest | None = None
    picture: str = ""
    """Picture that a person took of a personal page: PNG or JPEG in base64."""
    undo: bool = False
    batch: str = ""
    """Identifier shared by decisions that were made about many pages at once."""
    tutorial: str | None = None
    page: int = 0
    """Page of the decision to undo; without a tutorial: undo the latest decision with its batch."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionEntry:
    """A decision that was applied by this server."""

    applied: AppliedDecision
    batch: str

    def about(self, tutorial: str | None, page: int) -> bool:
        """Tell whether the decision is about a page; without a tutorial, about any page."""
        return tutorial is None or (self.applied.request.tutorial, self.applied.request.page) == (tutorial, page)


class ReviewServer(LocalServer):
    """Serves a run's review on loopback; a context manager."""

    def __init__(self, session: ReviewSession, translator: Sentences, *, runs: Path, port: int = 0) -> None:
        """Listen on ``port`` (0: any free one); raises PortInUse."""
        self._session = session
        self._translator = translator
        self._runs = runs
        self._secret = secrets.token_urlsafe(32)
        self._assets: Assets = copy_assets(session.folder)
        self._served = frozenset((str(self._assets.style), *map(str, self._assets.scripts), *_pictures(session.record)))
        """Files of the run's folder that are served unchanged; pages are rendered on each request."""
        self._apply_lock = threading.Lock()
        self._entries: list[SessionEntry] = []
        """In the order in which they were applied."""
        server = application_server(self._answer, port)
        super().__init__(server, "review")
        self._origin = f"http://{LOOPBACK}:{server.port}"

    @property
    def applied(self) -> list[AppliedDecision]:
        """Decisions that were applied and not undone, oldest first."""
        return [one.applied for one in self._entries]

    @property
    def address(self) -> str:
        """URL of the overview."""
        return f"{self._origin}/{self._secret}/"

    def _answer(self, request: Request) -> Response:
        try:
            response = self._routed(request)
        except HTTPException as error:
            response = Response("", status=error.code)
        response.headers.update(HEADERS)
        return response

    def _routed(self, request: Request) -> Response:
        secret, _, path = request.path.lstrip("/").partition("/")
        known = hmac.compare_digest(secret.encode(), self._secret.encode())
        if not known or request.headers.get("Host") != self._origin.removeprefix("http://"):
            return Response("", status=404)
        if request.method == "POST" and path == "decide":
            return self._decide(request)
        if request.method not in ("GET", "HEAD"):
            return Response("", status=405)
        return self._page(path or OVERVIEW)

    def _page(self, path: str) -> Response:
        record = self._reviewed()
        self._served |= frozenset(_pictures(record))
        latest = find_run(self._runs, LATEST).name
        renderer = Renderer(
            record=record,
            sentences=self._translator,
            assets=self._assets,
            token_of=self._token,
            newer="" if latest == self._session.folder.name else latest,
        )
        templates = renderer.environment()
        templates.globals["undoable"] = self._undoable
        if path == OVERVIEW:
            return Response(renderer.overview(templates), mimetype="text/html")
        for pair in record.pages():
            if page_path(*pair) == path:
                ((_, html),) = renderer.pages(templates, only=pair)
                return Response(html, mimetype="text/html")
        return self._file(path)

    def _file(self, path: str) -> Response:
        """A picture, a style sheet or a script of the run's folder."""
        joined = safe_join(str(self._session.folder), path) if path in self._served else None
        if joined is None or not Path(joined).is_file():
            return Response("", status=404)
        if not Path(joined).resolve().is_relative_to(self._session.folder.resolve()):
            return Response("", status=404)
        content = read_bytes(Path(joined), RunUnreadable)
        return Response(content, mimetype=mimetypes.guess_type(joined)[0])

    def _decide(self, request: Request) -> Response:
        if request.headers.get("Origin") != self._origin or request.mimetype != "application/json":
            return Response("", status=403)
        request.max_content_length = MAX_REQUEST_BYTES
        try:
            message = decode_json(request.get_data(cache=False), Message)
            with self._apply_lock:
                answer = self._undo(message) if message.undo else self._apply(message)
        except Unfit as error:
            return _error_response(self._translator, DecisionRefused(*error.args))
        except TutofraisError as error:
            return _error_response(self._translator, error)
        return Response(msgspec.json.encode(answer), mimetype="application/json")

    def _apply(self, message: Message) -> dict[str, object]:
        if message.request is None:
            raise DecisionRefused(Phrase("it is empty"))
        by, picture = decider(message.by), _picture(message.picture)
        applied = self._session.apply(message.request, by=by, today=today(), token=message.token, picture=picture)
        self._entries.append(SessionEntry(applied=applied, batch=message.batch))
        return {}

    def _undo(self, message: Message) -> dict[str, object]:
        """Undo a decision, or a batch of them, and return which; raises if one of them cannot be undone."""
        candidates = [one for one in self._entries if one.about(message.tutorial, message.page)]
        if not candidates:
            raise DecisionRefused(Phrase("nothing was decided here that could be taken back"))
        last = candidates[-1]
        batch = [
            one
            for one in candidates
            if one is last or (message.tutorial is None and last.batch and one.batch == last.batch)
        ]
        for one in reversed(batch):
            self._session.undo(one.applied)
            self._entries.remove(one)
        requests = [one.applied.request for one in batch]
        return {"undone": [{"tutorial": one.tutorial, "page": one.page, "kind": one.kind} for one in requests]}

    def _undoable(self, tutorial: TutorialRecord | None = None, page: PageRecord | None = None) -> bool:
        """Tell whether a decision can be undone, about a page or about any."""
        slug, number = (tutorial.slug, page.number) if tutorial and page else (None, 0)
        return any(one.about(slug, number) for one in self._entries)

    def _reviewed(self) -> RunRecord:
        """Return the run's record with the current decisions."""
        record = self._session.record
        return replace(
            record,
            tutorials=tuple(
                replace(tutorial, pages=tuple(self._session.reviewed(tutorial, page) for page in tutorial.pages))
                for tutorial in record.tutorials
            ),
        )

    def _token(self, tutorial: TutorialRecord, page: PageRecord) -> str:
        return self._session.state(tutorial.slug, page.number).token


def _pictures(record: RunRecord) -> Iterator[str]:
    """Yield the paths of the pictures that the report shows."""
    for _, page in record.pages():
        for one in (page.approved, page.captured):
            if one is not None:
                yield from (f"{one.stem}.png", one.thumbnail)
        if page.difference is not None:
            yield page.difference
        if page.own_picture is not None:
            yield page.own_picture.path


def _picture(data: str) -> bytes:
    """Decode and sanitise a picture in base64; empty if there is none. Raises DecisionRefused."""
    try:
        return sanitize_upload(base64.b64decode(data, validate=True)) if data else b""
    except ValueError as error:  # also for letters that are not ASCII
        raise DecisionRefused(Phrase("it is no picture")) from error


def _error_response(translator: Sentences, error: TutofraisError) -> Response:
    problem, cure = translator.error(error)
    cure = "" if isinstance(error, DecisionRefused) else cure  # its cure is about exported decisions
    body = {"error": f"{problem} {cure}".strip()}
    return Response(msgspec.json.encode(body), status=409, mimetype="application/json")
