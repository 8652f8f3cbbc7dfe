"""``tutofrais review``: the report of a run, served to one person, with decisions applied at once."""

from pathlib import Path

from werkzeug.wrappers import Response

from report.i18n.sentences import Sentences
from report.review.private_server import PrivateServer, Refused
from report.review.review_pages import ReviewPages
from report.review.session import AppliedDecision, ReviewSession


class ReviewServer(PrivateServer):
    """Serves a run's review; a context manager."""

    def __init__(self, session: ReviewSession, translator: Sentences, *, runs: Path, port: int = 0) -> None:
        """Listen on ``port`` (0: any free one); raises PortInUse."""
        self._pages = ReviewPages(session, translator, runs=runs)
        super().__init__(translator, port=port, name="review")

    @property
    def applied(self) -> list[AppliedDecision]:
        """Decisions that were applied and not undone, oldest first."""
        return self._pages.applied

    def get(self, path: str) -> Response:
        """Answer a request for a page or a file of the review."""
        return self._pages.get(path)

    def post(self, path: str, body: bytes) -> object:
        """Apply or undo a decision."""
        if path != "decide":
            raise Refused(405)
        return self._pages.decide(body)
