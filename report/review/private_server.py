"""Servers for one person: on loopback only, behind a random token, with actions that only their own pages may send.

The URL contains the token, and whoever knows it may act. A page of another site that is open in the same browser may
not: it does not know the token, and its requests have another origin.
"""

import hmac
import secrets
from typing import TypeVar

import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from capture.checked_values import Unfit, decode_json
from capture.errors import DecisionRefused, TutofraisError
from capture.site.local_server import LOOPBACK, LocalServer, application_server
from report.i18n.sentences import Sentences
from report.review.upload import MOST_BYTES

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
T = TypeVar("T")


class Refused(Exception):
    """A request that is answered with an HTTP status alone."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class PrivateServer(LocalServer):
    """Answers requests that know the token; a context manager. Subclasses answer ``get`` and ``post``."""

    def __init__(self, translator: Sentences, *, port: int = 0, name: str) -> None:
        """Listen on ``port`` (0: any free one); raises PortInUse."""
        self.translator = translator
        self._secret = secrets.token_urlsafe(32)
        server = application_server(self._answer, port)
        super().__init__(server, name)
        self._origin = f"http://{LOOPBACK}:{server.port}"

    @property
    def address(self) -> str:
        """URL of the first page."""
        return f"{self._origin}/{self._secret}/"

    def get(self, path: str) -> Response:
        """Answer a request for a path below the token."""
        raise NotImplementedError

    def post(self, path: str, body: bytes) -> object:
        """Carry out an action, and return what is sent as JSON; raises Refused, Unfit or a TutofraisError."""
        raise NotImplementedError

    def _answer(self, request: Request) -> Response:
        try:
            response = self._routed(request)
        except Refused as refused:
            response = Response("", status=refused.status)
        except HTTPException as error:
            response = Response("", status=error.code)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def _routed(self, request: Request) -> Response:
        secret, _, path = request.path.lstrip("/").partition("/")
        known = hmac.compare_digest(secret.encode(), self._secret.encode())
        if not known or request.headers.get("Host") != self._origin.removeprefix("http://"):
            raise Refused(404)
        if request.method in ("GET", "HEAD"):
            return self.get(path)
        if request.method != "POST":
            raise Refused(405)
        if request.headers.get("Origin") != self._origin or request.mimetype != "application/json":
            raise Refused(403)
        request.max_content_length = MAX_REQUEST_BYTES
        try:
            answer = self.post(path, request.get_data(cache=False))
        except Unfit as error:
            return self._error_response(DecisionRefused(*error.args))
        except TutofraisError as error:
            return self._error_response(error)
        return Response(msgspec.json.encode(answer), mimetype="application/json")

    def _error_response(self, error: TutofraisError) -> Response:
        problem, cure = self.translator.error(error)
        cure = "" if isinstance(error, DecisionRefused) else cure  # its cure is about exported decisions
        body = {"error": f"{problem} {cure}".strip()}
        return Response(msgspec.json.encode(body), status=409, mimetype="application/json")


def read_message(body: bytes, kind: type[T]) -> T:
    """Decode the body of an action; raises Unfit."""
    return decode_json(body, kind)
