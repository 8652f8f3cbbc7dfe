"""``tutofrais review``: the report, served to this machine alone, with decisions carried out at once.

Whoever can read the address may decide: it holds a random token. A page of another site that is open in the same
browser cannot: it does not know the token, and its requests come from another origin.
"""

import base64
import binascii
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

from capture.errors import DecisionRefused, TutofraisError
from capture.messages import Phrase
from capture.site.local_server import LOOPBACK, LocalServer, application_server
from report.baselines.decision import DecisionRequest
from report.i18n.dates import today
from report.i18n.sentences import Sentences
from report.output.html import OVERVIEW, Assets, Renderer, copy_assets, page_path
from report.results.run_record import PageRecord, RunRecord, TutorialRecord
from report.results.run_store import LATEST, find_run
from report.review.session import AppliedDecision, ReviewSession
from report.review.upload import MOST_BYTES, sanitize_upload

MOST_LETTERS = 2 * MOST_BYTES
"""Bytes of a request: a picture in base64 is a third longer."""
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
    """What a page of the review sends: a choice, or that one is to be taken back."""

    by: str = ""
    token: str | None = None
    request: DecisionRequest | None = None
    picture: str = ""
    """Of a page checked by hand: PNG or JPEG, base64."""
    undo: bool = False
    batch: str = ""
    """What is decided about many pages at once has the same one."""
    tutorial: str | None = None
    page: int = 0
    """Of what is to be taken back; without a tutorial, the last of all, with its lot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionEntry:
    """What was decided here."""

    applied: AppliedDecision
    batch: str

    def about(self, tutorial: str | None, page: int) -> bool:
        """Is it about a page? Without a tutorial: about any."""
        return tutorial is None or (self.applied.request.tutorial, self.applied.request.page) == (tutorial, page)


class ReviewServer(LocalServer):
    """Serves a run's review on loopback; a context manager."""

    def __init__(self, session: ReviewSession, translator: Sentences, *, runs: Path, port: int = 0) -> None:
        """Listen on ``port`` (0: any free one); raises PortInUse."""
        self._desk = session
        self._words = translator
        self._runs = runs
        self._secret = secrets.token_urlsafe(32)
        self._assets: Assets = copy_assets(session.folder)
        self._served = frozenset((str(self._assets.style), *map(str, self._assets.scripts), *_pictures(session.record)))
        """What is served of the run's folder as it is; pages are rendered anew."""
        self._deciding = threading.Lock()
        self._carried: list[SessionEntry] = []
        """The latest last."""
        server = application_server(self._answer, port)
        super().__init__(server, "review")
        self._origin = f"http://{LOOPBACK}:{server.port}"

    @property
    def applied(self) -> list[AppliedDecision]:
        """What was decided here and not taken back, the latest last."""
        return [one.applied for one in self._carried]

    @property
    def address(self) -> str:
        """Where a browser finds it."""
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
            sentences=self._words,
            assets=self._assets,
            token_of=self._token,
            newer="" if latest == self._desk.folder.name else latest,
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
        joined = safe_join(str(self._desk.folder), path) if path in self._served else None
        if joined is None or not Path(joined).is_file():
            return Response("", status=404)
        return Response(Path(joined).read_bytes(), mimetype=mimetypes.guess_type(joined)[0])

    def _decide(self, request: Request) -> Response:
        own = request.headers.get("Origin") == self._origin
        if not own or request.mimetype != "application/json" or (request.content_length or 0) > MOST_LETTERS:
            return Response("", status=403)
        try:
            message = msgspec.json.decode(request.get_data(cache=False), type=Message)
            with self._deciding:
                answer = self._undo(message) if message.undo else self._apply(message)
        except msgspec.DecodeError as error:
            return _told(self._words, DecisionRefused(str(error)))
        except TutofraisError as error:
            return _told(self._words, error)
        return Response(msgspec.json.encode(answer), mimetype="application/json")

    def _apply(self, message: Message) -> dict[str, object]:
        if message.request is None or not message.by.strip():
            raise DecisionRefused(Phrase("nobody says who decides"))
        picture = _picture(message.picture)
        by = message.by.strip()
        done = self._desk.apply(message.request, by=by, today=today(), token=message.token, picture=picture)
        self._carried.append(SessionEntry(applied=done, batch=message.batch))
        return {}

    def _undo(self, message: Message) -> dict[str, object]:
        """Take a decision back, or a lot of them; gives which. Raises when one of them stays."""
        mine = [one for one in self._carried if one.about(message.tutorial, message.page)]
        if not mine:
            raise DecisionRefused(Phrase("nothing was decided here that could be taken back"))
        last = mine[-1]
        lot = [
            one for one in mine if one is last or (message.tutorial is None and last.batch and one.batch == last.batch)
        ]
        for one in reversed(lot):
            self._desk.undo(one.applied)
            self._carried.remove(one)
        kinds = [one.applied.request for one in lot]
        return {"undone": [{"tutorial": one.tutorial, "page": one.page, "kind": one.kind} for one in kinds]}

    def _undoable(self, tutorial: TutorialRecord | None = None, page: PageRecord | None = None) -> bool:
        """Can something be taken back, of a page or at all?"""
        slug, number = (tutorial.slug, page.number) if tutorial and page else (None, 0)
        return any(one.about(slug, number) for one in self._carried)

    def _reviewed(self) -> RunRecord:
        """The run, with what is decided by now."""
        record = self._desk.record
        return replace(
            record,
            tutorials=tuple(
                replace(tutorial, pages=tuple(self._desk.reviewed(tutorial, page) for page in tutorial.pages))
                for tutorial in record.tutorials
            ),
        )

    def _token(self, tutorial: TutorialRecord, page: PageRecord) -> str:
        return self._desk.state(tutorial.slug, page.number).token


def _pictures(record: RunRecord) -> Iterator[str]:
    """The paths of all pictures that the report shows."""
    for _, page in record.pages():
        for one in (page.approved, page.captured):
            if one is not None:
                yield from (f"{one.stem}.png", one.thumbnail)
        if page.difference is not None:
            yield page.difference
        if page.own_picture is not None:
            yield page.own_picture.path


def _picture(data: str) -> bytes:
    """A picture that came in base64, sealed; empty when there is none. Raises DecisionRefused."""
    try:
        return sanitize_upload(base64.b64decode(data, validate=True)) if data else b""
    except binascii.Error as error:
        raise DecisionRefused(Phrase("it is no picture")) from error


def _told(words: Sentences, error: TutofraisError) -> Response:
    problem, cure = words.error(error)
    cure = "" if isinstance(error, DecisionRefused) else cure  # nothing is exported here
    told = {"error": f"{problem} {cure}".strip()}
    return Response(msgspec.json.encode(told), status=409, mimetype="application/json")
