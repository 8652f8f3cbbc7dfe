"""Pages of one run's review, and the decisions that they send; the same on every server."""

import base64
import mimetypes
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from werkzeug.security import safe_join
from werkzeug.wrappers import Response

from capture.errors import DecisionRefused, RunUnreadable
from capture.messages import Phrase
from capture.storage import read_bytes
from report.baselines.decision import DecisionRequest
from report.i18n.dates import today
from report.i18n.sentences import Sentences
from report.output.history_page import HISTORY_PAGE
from report.output.html import OVERVIEW, Assets, Renderer, copy_assets, page_path
from report.results.run_record import PageRecord, RunRecord, TutorialRecord
from report.results.run_store import LATEST, find_run
from report.review.private_server import Refused, read_message
from report.review.session import AppliedDecision, ReviewSession, decider
from report.review.upload import sanitize_upload


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


class ReviewPages:
    """The review of a run: answers requests for its pages and files, and applies decisions."""

    def __init__(self, session: ReviewSession, translator: Sentences, *, runs: Path, workbench: bool = False) -> None:
        self.session = session
        self._translator = translator
        self._runs = runs
        self._workbench = workbench
        self._assets: Assets = copy_assets(session.folder)
        self._served = frozenset((str(self._assets.style), *map(str, self._assets.scripts), *_pictures(session.record)))
        """Files of the run's folder that are served unchanged; pages are rendered on each request."""
        self._apply_lock = threading.Lock()
        self._entries: list[SessionEntry] = []
        """In the order in which they were applied."""

    @property
    def applied(self) -> list[AppliedDecision]:
        """Decisions that were applied and not undone, oldest first."""
        return [one.applied for one in self._entries]

    def decide(self, body: bytes) -> dict[str, object]:
        """Apply or undo a decision; raises Unfit or a TutofraisError."""
        message = read_message(body, Message)
        with self._apply_lock:
            return self._undo(message) if message.undo else self._apply(message)

    def get(self, path: str) -> Response:
        """Answer a request for a page or a file of the review; raises Refused."""
        record = self._reviewed()
        self._served |= frozenset(_pictures(record))
        latest = find_run(self._runs, LATEST).name
        renderer = Renderer(
            record=record,
            folder=self.session.folder,
            sentences=self._translator,
            assets=self._assets,
            token_of=self._token,
            workbench=self._workbench,
            newer="" if latest == self.session.folder.name else latest,
        )
        templates = renderer.environment()
        templates.globals["undoable"] = self._undoable
        if path in ("", OVERVIEW):
            return Response(renderer.overview(templates), mimetype="text/html")
        if path == HISTORY_PAGE:
            return Response(renderer.history(templates), mimetype="text/html")
        for pair in record.pages():
            if page_path(*pair) == path:
                ((_, html),) = renderer.pages(templates, only=pair)
                return Response(html, mimetype="text/html")
        return self._file(path)

    def _file(self, path: str) -> Response:
        """Return a picture, a style sheet or a script of the run's folder."""
        joined = safe_join(str(self.session.folder), path) if path in self._served else None
        if joined is None or not Path(joined).is_file():
            raise Refused(404)
        if not Path(joined).resolve().is_relative_to(self.session.folder.resolve()):
            raise Refused(404)
        content = read_bytes(Path(joined), RunUnreadable)
        return Response(content, mimetype=mimetypes.guess_type(joined)[0])

    def _apply(self, message: Message) -> dict[str, object]:
        if message.request is None:
            raise DecisionRefused(Phrase("it is empty"))
        by, picture = decider(message.by), _picture(message.picture)
        applied = self.session.apply(message.request, by=by, today=today(), token=message.token, picture=picture)
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
            self.session.undo(one.applied)
            self._entries.remove(one)
        requests = [one.applied.request for one in batch]
        return {"undone": [{"tutorial": one.tutorial, "page": one.page, "kind": one.kind} for one in requests]}

    def _undoable(self, tutorial: TutorialRecord | None = None, page: PageRecord | None = None) -> bool:
        """Tell whether a decision can be undone, about a page or about any."""
        slug, number = (tutorial.slug, page.number) if tutorial and page else (None, 0)
        return any(one.about(slug, number) for one in self._entries)

    def _reviewed(self) -> RunRecord:
        """Return the run's record with the current decisions."""
        record = self.session.record
        return replace(
            record,
            tutorials=tuple(
                replace(tutorial, pages=tuple(self.session.reviewed(tutorial, page) for page in tutorial.pages))
                for tutorial in record.tutorials
            ),
        )

    def _token(self, tutorial: TutorialRecord, page: PageRecord) -> str:
        return self.session.state(tutorial.slug, page.number).token


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
        yield from (one.path for one in page.previews)
        yield from (one.path for one in page.imported)


def _picture(data: str) -> bytes:
    """Decode and sanitise a picture in base64; empty if there is none. Raises DecisionRefused."""
    try:
        return sanitize_upload(base64.b64decode(data, validate=True)) if data else b""
    except ValueError as error:  # also for letters that are not ASCII
        raise DecisionRefused(Phrase("it is no picture")) from error
