"""Replicas: copies of a site's pages, served on this machine with real sockets.

A replica is a folder with one sub-folder per host::

    2026/
      replica.toml            optional: templates, mounts, routes
      www.ameli.fr/index.html          -> https://www.ameli.fr/
      assure.ameli.fr/aide/index.html  -> https://assure.ameli.fr/aide/

In HTML and CSS, ``https://HOST`` of a served host is replaced by ``http://HOST.localhost:PORT``, so that the files can
keep the URLs of the real site. A file keeps its encoding: UTF-8, or the one that it declares.
"""

import codecs
import mimetypes
import re
import secrets
import socket
import struct
import threading
import tomllib
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Annotated, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import jinja2
import jinja2.sandbox
import msgspec
from msgspec import Meta
from werkzeug.exceptions import HTTPException, MisdirectedRequest, NotFound
from werkzeug.security import safe_join
from werkzeug.wrappers import Request, Response

from capture.errors import ReplicaUnreadable
from capture.messages import Phrase
from capture.site.local_server import LocalServer, application_server
from capture.storage import read_bytes

REWRITTEN_TYPES = ("text/html", "text/css")
REDIRECTS = range(300, 400)
SEE_OTHER = 303
UTF_8_NAMES = (b"utf-8", b"utf8")
DECLARED_WITHIN = 1024
"""Bytes in which a page declares its encoding (HTML, 13.2.3.2)."""
_DECLARED_ENCODING = re.compile(rb"""(?:charset\s*=|@charset)\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SETTINGS_FILE = "replica.toml"
REPLICA_FOLDER = "replica"
"""Folder of a pack with its replicas, which may share folders."""
_REQUEST_VALUE = re.compile(r"\{(form|query|cookies)\[([^\[\]{}]*)\]\}")
"""Place in the value of a cookie where a value of the request is put."""
PAGE_LOADS = count(secrets.randbelow(1_000_000))
"""Numbers of the page loads of this process; the first is random, so that two runs show different news."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """Answer to requests for one URL, where a file of the same path is not enough."""

    url: str
    """URL on the real site; a request must have its query values, and may have others."""
    method: str = "GET"
    page: str | None = None
    """File in the folder of the host."""
    status: Annotated[int, Meta(ge=200, le=999)] = 200
    redirect: str | None = None
    """URL to redirect to, with ``status``, or with 303 if that is not a redirect's."""
    set_cookies: Mapping[str, str] = field(default_factory=dict)
    """Values by name, in which ``{form[…]}``, ``{query[…]}`` and ``{cookies[…]}`` stand for values of the request."""
    headers: Mapping[str, str] = field(default_factory=dict)
    latency_s: Annotated[float, Meta(ge=0, le=600)] = 0
    """Delay before the answer."""
    breaks: Literal["", "stall", "reset"] = ""
    """Fault after half of the body: send no more, or reset the connection."""

    def answers(self, method: str, host: str, path: str, query: Mapping[str, str]) -> bool:
        expected = urlsplit(self.url)
        return (
            method == self.method
            and host == expected.hostname
            and path == (expected.path or "/")
            and all(query.get(name) == value for name, value in parse_qsl(expected.query))
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The contents of ``replica.toml``."""

    title: str = ""
    templates: bool = False
    """Whether HTML files are Jinja2 templates over ``cookies``, ``query`` and ``load`` (a number that grows by 1)."""
    mounts: Mapping[str, str] = field(default_factory=dict)
    """Folders, relative to the replica's, by URL path prefix on all hosts."""
    route: tuple[Route, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicaFolder:
    """One replica on disk."""

    path: Path
    hosts: frozenset[str]
    settings: Settings


def read_replica(path: Path) -> ReplicaFolder:
    """Read the folder of a replica; raises ReplicaUnreadable."""
    if not path.is_dir():
        raise ReplicaUnreadable(path, Phrase("there is no such folder"))
    try:
        folders = [child for child in path.iterdir() if child.is_dir() and "." in child.name.strip(".")]
    except OSError as error:
        raise ReplicaUnreadable(path, error.strerror or str(error)) from error
    hosts = frozenset(child.name for child in folders if _is_inside(_surroundings(path), child))
    if not hosts:
        raise ReplicaUnreadable(path, Phrase("it has no sub-folder named after a host"))
    settings = _read_settings(path)
    for target in settings.mounts.values():
        if not _may_mount(path, target):
            raise ReplicaUnreadable(path, Phrase("it mounts “{target}”, a folder outside the replica", target=target))
    return ReplicaFolder(path=path, hosts=hosts, settings=settings)


def _may_mount(path: Path, target: str) -> bool:
    """Return whether a mounted folder lies in the replica, or beside it in the pack's folder of replicas."""
    return _is_inside(_surroundings(path), path / target)


def _surroundings(path: Path) -> Path:
    """Return the folder that a replica's files may lie in: its own, or the pack's folder of replicas."""
    home = path.resolve()
    return home.parent if home.parent.name == REPLICA_FOLDER else home


def _is_inside(folder: Path, path: Path) -> bool:
    """Return whether a file or folder lies in a folder, links followed."""
    return path.resolve().is_relative_to(folder.resolve())


def _read_settings(path: Path) -> Settings:
    settings = path / SETTINGS_FILE
    content = read_bytes(settings, ReplicaUnreadable, if_missing=b"")
    try:
        return msgspec.convert(tomllib.loads(content.decode()), Settings)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ReplicaUnreadable(settings, str(error)) from error


class Replica(LocalServer):
    """A server of replica folders; a context manager."""

    def __init__(self, folders: Iterable[ReplicaFolder], *, port: int = 0) -> None:
        """Listen on a port (0: any free one); raises PortInUse."""
        self._folders = {host: folder for folder in folders for host in folder.hosts}
        self._templates = {
            host: jinja2.sandbox.SandboxedEnvironment(
                loader=_TemplatesInside(folder.path / host),
                autoescape=True,
                undefined=jinja2.StrictUndefined,
            )
            for host, folder in self._folders.items()
        }
        server = application_server(self._answer, port)
        super().__init__(server, "replica")
        self.port = server.port
        self._closing = threading.Event()
        self._mistakes: dict[str, str] = {}

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(self._folders)

    def serves(self, url: str) -> bool:
        """Whether a URL of the real site has an answer: a route, or a file."""
        parts = urlsplit(url)
        folder, path = self._folders.get(parts.hostname or ""), unquote(parts.path) or "/"
        if folder is None:
            return False
        query = dict(parse_qsl(parts.query))
        is_routed = any(route.answers("GET", parts.hostname or "", path, query) for route in folder.settings.route)
        return is_routed or _found_file(folder.path / (parts.hostname or ""), path.lstrip("/")) is not None

    @property
    def mistakes(self) -> Mapping[str, str]:
        """Mistakes met so far in the replica's files, with file and line, by host and path; grows while it serves."""
        return MappingProxyType(self._mistakes)

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
        except Exception as error:  # noqa: BLE001 - a template may raise anything
            mistake = _mistake(folder, error)
            self._mistakes[f"{host}{request.path}"] = mistake
            return Response(mistake, status=500, mimetype="text/plain")

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
        """Answer as a route says, with its delay and fault."""
        self._closing.wait(route.latency_s)
        response = self._route_response(route, folder, host, request)
        if not route.breaks:
            return response
        body = response.get_data()
        to_reset = request.environ["werkzeug.socket"] if route.breaks == "reset" else None
        cut_off = Response(self._half(body, to_reset), status=response.status_code, mimetype=response.mimetype)
        cut_off.headers["Content-Length"] = str(len(body))
        return cut_off

    def _half(self, body: bytes, to_reset: socket.socket | None) -> Iterator[bytes]:
        """Yield the first half of a body, then reset the connection or wait until the server closes."""
        yield body[: len(body) // 2]
        if to_reset is None:
            self._closing.wait()
            return
        # With a linger time of 0, close() sends a reset (socket(7), SO_LINGER).
        to_reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        to_reset.close()

    def _route_response(self, route: Route, folder: ReplicaFolder, host: str, request: Request) -> Response:
        if route.redirect is not None:
            status = route.status if route.status in REDIRECTS else SEE_OTHER
            response = Response(status=status, headers={"Location": self._local(route.redirect)})
        elif route.page is not None:
            response = self._file(folder.path / host, route.page, host, request)
            response.status_code = route.status
        else:
            response = Response(status=route.status)
        response.headers.update(route.headers)
        values = {"form": request.form, "query": request.args, "cookies": request.cookies}
        for name, value in route.set_cookies.items():
            filled = _REQUEST_VALUE.sub(lambda found: values[found[1]][found[2]], value)
            response.set_cookie(name, filled, samesite="Lax")
        return response

    def _file(self, root: Path, path: str, host: str, request: Request) -> Response:
        found = _found_file(root, path)
        if found is None:
            raise NotFound(f"this replica has no {request.path}")
        kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        if kind not in REWRITTEN_TYPES:
            return Response(found.read_bytes(), mimetype=kind, headers={"Cache-Control": "max-age=3600"})
        headers = {"Cache-Control": "no-store"}
        folder = self._folders[host]
        if kind == "text/html" and folder.settings.templates:
            template = self._templates[host].get_template(found.relative_to(folder.path / host).as_posix())
            text = template.render(cookies=request.cookies, query=request.args, load=next(PAGE_LOADS))
            return Response(self._local(text), mimetype=kind, headers=headers)
        content, encoding = found.read_bytes(), _encoding(found)
        if encoding == "utf-8":
            return Response(self._local(content.decode()), mimetype=kind, headers=headers)
        local = self._local(content.decode(encoding, "surrogatepass")).encode(encoding, "surrogatepass")
        return Response(local, content_type=kind, headers=headers)

    def _local(self, text: str) -> str:
        for host in self._folders:
            text = text.replace(f"https://{host}", f"http://{host}.localhost:{self.port}")
        return text


def _found_file(root: Path, path: str) -> Path | None:
    """Return the file that answers a path; None: there is none, or it is only a part of others."""
    joined = safe_join(str(root), path) if path else str(root)
    found = Path(joined) if joined else None
    if found is not None and found.is_dir():
        found = found / "index.html"
    if found is None or not _is_inside(root, found) or not found.is_file() or found.name.startswith("_"):
        return None
    return found


class _TemplatesInside(jinja2.FileSystemLoader):
    """Loads the templates of a folder, and follows no link out of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        if not _is_inside(self._folder, self._folder / template):
            raise jinja2.TemplateNotFound(template)
        return super().get_source(environment, template)


def _encoding(file: Path) -> str:
    """Return the encoding in which the addresses of a file are replaced, all other bytes being kept.

    Latin-1 stands for every encoding that the file declares and in which ASCII characters are single bytes.
    """
    content = file.read_bytes()
    if content.startswith(UTF_16_MARKS):
        return "utf-16-le" if content.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    declared = _DECLARED_ENCODING.search(content[:DECLARED_WITHIN])
    if declared is not None and declared[1].lower() not in UTF_8_NAMES and not content.startswith(codecs.BOM_UTF8):
        return "latin-1"
    try:
        content.decode()
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _mistake(folder: ReplicaFolder, error: Exception) -> str:
    """Return a mistake in a replica's files: file in the replica's folder, line if it is known, and what is wrong."""
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, jinja2.TemplateSyntaxError):
        places.append((error.filename or "", error.lineno))
    inside = [(Path(name), line) for name, line in places if Path(name).is_relative_to(folder.path)]
    file, line = inside[-1] if inside else (folder.path / SETTINGS_FILE, 0)
    where = f"{file.relative_to(folder.path)}:{line}" if line else file.name
    return f"{where}: {str(error) or type(error).__name__}"
