"""Messages between the workbench and its jobs: a request as JSON on standard input, events as lines of JSON."""

from dataclasses import dataclass

from capture.scenario.tutorial import PageKind


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadScenarios:
    """Request: read the tutorials at a path."""

    scenarios: str
    lang: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RunTutorials:
    """Request: run tutorials."""

    scenarios: str
    screenshots: str
    runs: str
    site: str
    lang: str
    slug: str = ""
    """Tutorial to run; empty: all of them."""
    page: int | None = None
    """Page to visit, with those that lead to it; None: all pages."""
    attend: bool = False
    """Show Firefox, in which a person answers walls."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishTutorial:
    """Request: publish a tutorial."""

    scenarios: str
    screenshots: str
    runs: str
    site: str
    lang: str
    slug: str
    out: str
    preview: bool
    """Write the web page alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRequest:
    """Request of a job: one of these."""

    run: RunTutorials | None = None
    publish: PublishTutorial | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredPage:
    """A page of a tutorial, as its scenario declares it."""

    number: int
    title: str
    kind: PageKind
    text: tuple[str, ...]
    line: int
    """First line of the function that visits it; 0: no scenario visits it."""
    sha256: str
    """Digest of what it is visited with; empty: no scenario visits it."""
    described_on: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredTutorial:
    """A tutorial, as its scenario declares it."""

    slug: str
    title: str
    locale: str
    file: str
    pages: tuple[DeclaredPage, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedPages:
    """Outcome of a publication."""

    index: str
    """Path of the HTML page."""
    pictures: int
    withheld: tuple[int, ...]
    said_false: tuple[int, ...]
    documents: tuple[str, ...]
    """Names of the documents, in the folder of the HTML page."""
    problems: tuple[str, ...]
    """Why a document could not be written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JobEvent:
    """Something that a job reports; only what has changed is given."""

    told: str = ""
    """Sentence for the person."""
    pages: int = 0
    """Pages visited so far."""
    planned: int = 0
    """Pages to visit."""
    tutorials: tuple[DeclaredTutorial, ...] = ()
    run: str = ""
    """ID of the run that was written."""
    published: PublishedPages | None = None
    problem: str = ""
    """Why the job failed."""
    cure: str = ""
    done: bool = False
