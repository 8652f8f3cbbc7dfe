"""Things that others made, in two versions each: npm packages, documentation themes and applications from PyPI.

Content that they need (a table of three books, a documentation of four pages) is written here; everything else comes
from the registries.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_S = 60
"""Time in which a server must answer."""
POLL_S = 0.1
"""Time between two attempts to reach a server that is starting."""
PORT = 18431

BOOKS = (("Les Misérables", "A"), ("Germinal", "B"), ("Candide", "A"))
DOCUMENTATION = {
    "index": "Welcome",
    "borrow": "Borrow a book",
    "return": "Return a book",
    "contact": "Contact us",
}
API = {
    "openapi": "3.0.3",
    "info": {"title": "Library", "version": "1"},
    "paths": {
        "/books": {
            "get": {"tags": ["Shelves"], "summary": "List the books", "responses": {"200": {"description": "Books"}}},
            "post": {"tags": ["Shelves"], "summary": "Add a book", "responses": {"201": {"description": "Added"}}},
        }
    },
    "components": {"schemas": {"Book": {"type": "object", "properties": {"title": {"type": "string"}}}}},
}
SWAGGER = """window.onload = () => SwaggerUIBundle({ url: "/library.json", dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: "StandaloneLayout" });"""
GOVUK_PAGE = """<!doctype html><html lang="en" class="govuk-template"><head><meta charset="utf-8">
<title>Example</title><link rel="stylesheet" href="/dist/govuk/govuk-frontend.min.css"></head>
<body class="govuk-template__body govuk-frontend-supported js-enabled"><div class="govuk-width-container">
<main class="govuk-main-wrapper"><h1 class="govuk-heading-l">Example</h1>{body}</main></div></body></html>"""
GOVUK_COMPONENTS = ("button", "radios", "details", "date-input")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Something that others made."""

    versions: tuple[str, str]
    """Requirement of the older and of the newer version."""
    prepare: Callable[[str, Path], list[str] | Path]
    """Install a version into a folder; return the command that serves it, or the folder of its static pages."""


def npm(requirement: str, work: Path) -> Path:
    """Return the folder of an npm package, downloaded unless it is there."""
    target = work / requirement.replace("/", "_")
    if not target.exists():
        work.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", requirement], cwd=work, check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        with tarfile.open(work / packed) as archive:
            archive.extractall(target, filter="data")
    return target / "package"


def pypi(requirement: str, work: Path) -> Path:
    """Return the folder of the commands of a PyPI package, installed with its dependencies unless it is there."""
    target = work / requirement.replace("==", "-")
    if not target.exists():
        venv.create(target, with_pip=True)
        subprocess.run([target / "bin/pip", "install", "-q", requirement, "setuptools<80"], check=True)
    return target / "bin"


def dsfr(requirement: str, work: Path) -> Path:
    return npm(requirement, work)


def govuk(requirement: str, work: Path) -> Path:
    """Put the default example of each component into a page of its own."""
    package = npm(requirement, work)
    for component in GOVUK_COMPONENTS:
        data = json.loads((package / f"dist/govuk/components/{component}/fixtures.json").read_text("utf-8"))
        body = next(fixture["html"] for fixture in data["fixtures"] if fixture["name"] == "default")
        (package / f"{component}.html").write_text(GOVUK_PAGE.format(body=body), "utf-8")
    return package


def reveal(requirement: str, work: Path) -> Path:
    return npm(requirement, work)


def swagger(requirement: str, work: Path) -> Path:
    package = npm(requirement, work)
    (package / "swagger-initializer.js").write_text(SWAGGER, "utf-8")
    (package / "library.json").write_text(json.dumps(API), "utf-8")
    return package


def mkdocs(requirement: str, work: Path) -> Path:
    """Build a documentation with MkDocs and its theme “readthedocs”."""
    bin_folder, built = pypi(requirement, work), work / f"{requirement}-built"
    source = work / "mkdocs-source"
    (source / "docs").mkdir(parents=True, exist_ok=True)
    for name, title in DOCUMENTATION.items():
        text = f"# {title}\n\nOpen from Monday to Friday.\n\n## Details\n\nSee [how to borrow](borrow.md).\n"
        (source / "docs" / f"{name}.md").write_text(text, "utf-8")
    pages = ", ".join(f"{{{title}: {name}.md}}" for name, title in DOCUMENTATION.items())
    settings = f"site_name: Library\ntheme: {{name: readthedocs}}\nnav: [{pages}]\n"
    (source / "mkdocs.yml").write_text(settings, "utf-8")
    subprocess.run([bin_folder / "mkdocs", "build", "-q", "-d", built], cwd=source, check=True)
    return built


def furo(requirement: str, work: Path) -> Path:
    """Build a documentation with Sphinx and the theme Furo."""
    bin_folder, built, source = pypi(requirement, work), work / f"{requirement}-built", work / "furo-source"
    source.mkdir(parents=True, exist_ok=True)
    for name, title in DOCUMENTATION.items():
        contents = "\n.. toctree::\n   borrow\n   return\n   contact\n" if name == "index" else ""
        text = (
            f"{title}\n{'=' * 20}\n\nOpen from Monday to Friday.\n\nDetails\n-------\n\nSee :doc:`borrow`.\n{contents}"
        )
        (source / f"{name}.rst").write_text(text, "utf-8")
    (source / "conf.py").write_text('project = "Library"\nhtml_theme = "furo"\nlanguage = "en"\n', "utf-8")
    subprocess.run([bin_folder / "python", "-m", "sphinx", "-q", "-b", "html", source, built], check=True)
    return built


def library(work: Path) -> Path:
    """Return a database with one table."""
    path = work / "library.db"
    if not path.exists():
        with sqlite3.connect(path) as database:
            database.execute("create table books(id integer primary key, title text, shelf text)")
            database.executemany("insert into books(title, shelf) values(?, ?)", BOOKS)
    return path


def datasette(requirement: str, work: Path) -> list[str]:
    return [str(pypi(requirement, work) / "datasette"), str(library(work)), "-p", str(PORT)]


def sqlite_web(requirement: str, work: Path) -> list[str]:
    return [str(pypi(requirement, work) / "sqlite_web"), "-x", "-p", str(PORT), str(library(work))]


SOURCES = {
    "dsfr": Source(versions=("@gouvfr/dsfr@1.12.1", "@gouvfr/dsfr@1.14.4"), prepare=dsfr),
    "govuk": Source(versions=("govuk-frontend@5.0.0", "govuk-frontend@5.11.0"), prepare=govuk),
    "reveal": Source(versions=("reveal.js@4.6.1", "reveal.js@5.2.1"), prepare=reveal),
    "swagger": Source(versions=("swagger-ui-dist@4.15.5", "swagger-ui-dist@5.20.0"), prepare=swagger),
    "mkdocs": Source(versions=("mkdocs==1.3.1", "mkdocs==1.6.1"), prepare=mkdocs),
    "furo": Source(versions=("furo==2022.12.7", "furo==2025.12.19"), prepare=furo),
    "datasette": Source(versions=("datasette==0.60.2", "datasette==0.65.5"), prepare=datasette),
    "sqlite-web": Source(versions=("sqlite-web==0.6.0", "sqlite-web==0.8.2"), prepare=sqlite_web),
}


@contextmanager
def serve(served: list[str] | Path) -> Iterator[None]:
    """Serve a folder, or run the command that serves an application, until the context ends."""
    command = served
    if isinstance(served, Path):
        command = [sys.executable, "-m", "http.server", str(PORT), "--bind", "127.0.0.1", "--directory", str(served)]
    assert isinstance(command, list)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for_answer()
            yield
        finally:
            server.terminate()


def _wait_for_answer() -> None:
    for _ in range(round(START_S / POLL_S)):
        with suppress(OSError, urllib.error.HTTPError), urllib.request.urlopen(f"http://127.0.0.1:{PORT}/"):
            return
        time.sleep(POLL_S)
    raise TimeoutError(f"nothing answers on port {PORT}")


def copy_of(folder: Path, target: Path) -> Path:
    """Return a copy of a folder of static pages, made of links except for its HTML."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target, copy_function=_link_or_copy)
    return target


def _link_or_copy(source: str, target: str) -> None:
    if source.endswith(".html"):
        shutil.copy(source, target)
    else:
        Path(target).hardlink_to(source)
