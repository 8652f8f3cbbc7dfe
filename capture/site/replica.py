"""A stand-in for a web site: a folder of pages, served on this machine with real sockets.

A replica is a folder with one sub-folder a host::

    2026/
      replica.toml            optional: templates, mounts, routes
      www.ameli.fr/index.html          -> https://www.ameli.fr/
      assure.ameli.fr/aide/index.html  -> https://assure.ameli.fr/aide/

Every ``https://HOST`` of a served host that stands in its HTML or CSS leads to
``http://HOST.localhost:PORT``, so that pages keep the addresses of the real site.
"""

import mimetypes
import secrets
import socket
import struct
import threading
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import jinja2
import jinja2.sandbox
import msgspec
from werkzeug.exceptions import HTTPException, MisdirectedRequest, NotFound
from werkzeug.security import safe_join
from werkzeug.wrappers import Request, Response

from capture.errors import ReplicaUnreadable
from capture.messages import Phrase
from capture.site.local_server import LocalServer, application_server

REWRITTEN_TYPES = ("text/html", "text/css")
REDIRECTS = range(300, 400)
SEE_OTHER = 303
LOADS = count(secrets.randbelow(1_000_000))
"""Numbers the pages that this process serves: no two nights show the same news."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """What answers one address, when a file of the same path is not enough."""

    url: str
    """Address on the real site; query values named here must be present, others may be."""
    method: str = "GET"
    page: str | None = None
    """File inside the host's folder."""
    status: int = 200
    redirect: str | None = None
    """Where it leads; ``status`` says how, 303 when it does not."""
    set_cookies: Mapping[str, str] = field(default_factory=dict)
    """Values are formats over ``form``, ``query`` and ``cookies``: ``"{form[postcode]}"``."""
    headers: Mapping[str, str] = field(default_factory=dict)
    latency_s: float = 0
    """How long it takes to answer."""
    breaks: Literal["", "stall", "reset"] = ""
    """Half-way through: it never goes on, or the connection is torn."""

    def answers(self, method: str, host: str, path: str, query: Mapping[str, str]) -> bool:
        wanted = urlsplit(self.url)
        return (
            method == self.method
            and host == wanted.hostname
            and path == (wanted.path or "/")
            and all(query.get(name) == value for name, value in parse_qsl(wanted.query))
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The contents of ``replica.toml``."""

    title: str = ""
    templates: bool = False
    """HTML files are Jinja2 templates over ``cookies``, ``query`` and ``load`` (another number at each)."""
    mounts: Mapping[str, str] = field(default_factory=dict)
    """Path prefix on every host -> folder, relative to the replica's."""
    route: tuple[Route, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicaFolder:
    """One replica on disk."""

    path: Path
    hosts: frozenset[str]
    settings: Settings


def read_replica(path: Path) -> ReplicaFolder:
    """Read a replica's folder; raises ReplicaUnreadable when it is not one."""
    if not path.is_dir():
        raise ReplicaUnreadable(path, Phrase("there is no such folder"))
    hosts = frozenset(child.name for child in path.iterdir() if child.is_dir() and "." in child.name.strip("."))
    if not hosts:
        raise ReplicaUnreadable(path, Phrase("it has no sub-folder named after a host"))
    return ReplicaFolder(path=path, hosts=hosts, settings=_read_settings(path))


def _read_settings(path: Path) -> Settings:
    settings = path / "replica.toml"
    if not settings.exists():
        return Settings()
    try:
        return msgspec.convert(tomllib.loads(settings.read_text("utf-8")), Settings)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ReplicaUnreadable(settings, str(error)) from error


class Replica(LocalServer):
    """Serves replica folders on loopback; a context manager."""

    def __init__(self, folders: Iterable[ReplicaFolder], *, port: int = 0) -> None:
        """Listen on ``port`` (0: any free one); raises PortInUse."""
        self._folders = {host: folder for folder in folders for host in folder.hosts}
        self._templates = {
            host: jinja2.sandbox.SandboxedEnvironment(
                loader=jinja2.FileSystemLoader(folder.path / host),
                autoescape=True,
                undefined=jinja2.StrictUndefined,
            )
            for host, folder in self._folders.items()
        }
        server = application_server(self._answer, port)
        super().__init__(server, "replica")
        self.port = server.port
        self._closing = threading.Event()

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(self._folders)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        super().__exit__(kind, error, trace)

    def _answer(self, request: Request) -> Response:
        host = request.host.partition(":")[0].removesuffix(".localhost")
        folder = self._folders.get(host)
        if folder is None:
            return MisdirectedRequest().get_response(request.environ)
        try:
            return self._answer_on(folder, host, request)
        except HTTPException as error:
            return Response(error.description, status=error.code, mimetype="text/plain")
        except (jinja2.TemplateError, LookupError, UnicodeError) as error:
            # A mistake in somebody's own replica: told where its author looks.
            return Response(f"{request.path}: {error}", status=500, mimetype="text/plain")

    def _answer_on(self, folder: ReplicaFolder, host: str, request: Request) -> Response:
        for route in folder.settings.route:
            if route.answers(request.method, host, request.path, request.args):
                return self._follow(route, folder, host, request)
        if request.method not in ("GET", "HEAD"):
            raise NotFound(f"no route answers {request.method} {request.path}")
        for prefix, target in folder.settings.mounts.items():
            if request.path.startswith(prefix):
                return self._file(folder.path / target, request.path[len(prefix) :], host, request)
        return self._file(folder.path / host, request.path.lstrip("/"), host, request)

    def _follow(self, route: Route, folder: ReplicaFolder, host: str, request: Request) -> Response:
        """Answer as a route says, late or broken if it says so."""
        self._closing.wait(route.latency_s)
        response = self._routed(route, folder, host, request)
        if not route.breaks:
            return response
        whole = response.get_data()
        torn = request.environ["werkzeug.socket"] if route.breaks == "reset" else None
        broken = Response(self._half(whole, torn), status=response.status_code, mimetype=response.mimetype)
        broken.headers["Content-Length"] = str(len(whole))
        return broken

    def _half(self, whole: bytes, torn: socket.socket | None) -> Iterator[bytes]:
        """The first half of an answer; then the connection is torn, or nothing more comes."""
        yield whole[: len(whole) // 2]
        if torn is None:
            self._closing.wait()
            return
        # A close with nothing left to linger for is a reset (socket(7), SO_LINGER).
        torn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        torn.close()

    def _routed(self, route: Route, folder: ReplicaFolder, host: str, request: Request) -> Response:
        if route.redirect is not None:
            status = route.status if route.status in REDIRECTS else SEE_OTHER
            response = Response(status=status, headers={"Location": self._local(route.redirect)})
        elif route.page is not None:
            response = self._file(folder.path / host, route.page, host, request)
            response.status_code = route.status
        else:
            response = Response(status=route.status)
        response.headers.update(route.headers)
        known = {"form": request.form, "query": request.args, "cookies": request.cookies}
        for name, value in route.set_cookies.items():
            response.set_cookie(name, value.format_map(known), samesite="Lax")
        return response

    def _file(self, root: Path, path: str, host: str, request: Request) -> Response:
        joined = safe_join(str(root), path) if path else str(root)
        found = Path(joined) if joined else None
        if found is not None and found.is_dir():
            found = found / "index.html"
        if found is None or not found.is_file() or found.name.startswith("_"):
            raise NotFound(f"this replica has no {request.path}")
        kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        if kind not in REWRITTEN_TYPES:
            return Response(found.read_bytes(), mimetype=kind, headers={"Cache-Control": "max-age=3600"})
        return Response(
            self._local(self._text(found, kind, host, request)),
            mimetype=kind,
            headers={"Cache-Control": "no-store"},
        )

    def _text(self, found: Path, kind: str, host: str, request: Request) -> str:
        folder = self._folders[host]
        if kind != "text/html" or not folder.settings.templates:
            return found.read_text("utf-8")
        template = self._templates[host].get_template(found.relative_to(folder.path / host).as_posix())
        return template.render(cookies=request.cookies, query=request.args, load=next(LOADS))

    def _local(self, text: str) -> str:
        for host in self._folders:
            text = text.replace(f"https://{host}", f"http://{host}.localhost:{self.port}")
        return text
