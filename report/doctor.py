"""Check everything that a run needs: Python, scenarios, baselines, folders, replicas and Firefox."""

import math
import platform
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from capture.browser.firefox import install_firefox, open_firefox
from capture.errors import NoFirefox, PdfUnavailable, TutofraisError
from capture.messages import Phrase
from capture.scenario.loader import read_tutorials
from capture.scenario.tutorial import Tutorial
from capture.site import LIVE
from capture.site.replica import REPLICA_FOLDER
from capture.site.site import known_eras, open_site
from capture.storage import writing
from report.baselines.baselines import Baselines
from report.i18n.translator import gettext_noop
from report.run.first_run import is_first_run
from report.run.retention import MEGABYTE, size_of


@dataclass(frozen=True, kw_only=True, slots=True)
class DoctorFinding:
    """Result of one check."""

    what: str
    """Message that names what was checked."""
    detail: str = ""
    absent: bool = False
    """There is nothing to check: neither good nor bad."""
    error: TutofraisError | None = None
    optional: bool = False
    """Runs do without it: the error is told, and is no failure."""


def examine(*, scenarios: Path, screenshots: Path, runs: Path, install: bool) -> Iterator[DoctorFinding]:
    """Run every check, even after one has failed; yield each finding as soon as it is known.

    Args:
        scenarios: folder of scenarios.
        screenshots: folder of baselines.
        runs: folder of runs.
        install: install a Firefox if none is found.
    """
    python = f"{platform.python_version()}, Playwright {version('playwright')}, WeasyPrint {version('weasyprint')}"
    yield DoctorFinding(what=gettext_noop("Python:"), detail=python)
    try:
        from report.publish.pdf import check_pdf  # noqa: PLC0415 - its libraries take memory that runs need

        check_pdf()
    except PdfUnavailable as error:
        yield DoctorFinding(what=gettext_noop("PDF documents:"), error=error, optional=True)
    tutorials: list[Tutorial] = []
    yield finding_of(gettext_noop("Scenarios:"), lambda: _scenarios(scenarios, tutorials))
    is_first = is_first_run(screenshots, runs)
    baselines = partial(_first_baselines, screenshots) if is_first else partial(_baselines, screenshots, tutorials)
    yield finding_of(gettext_noop("Approved screenshots:"), baselines)
    for folder in (screenshots, runs):
        yield finding_of(gettext_noop("Folder:"), partial(_writable, folder))
    for era in sorted(known_eras({tutorial.file.parent for tutorial in tutorials})):
        yield finding_of(gettext_noop("Replica:"), partial(_replica, era, tutorials))
    yield finding_of(gettext_noop("Firefox:"), lambda: _firefox(install=install))


def finding_of(what: str, check: Callable[[], str]) -> DoctorFinding:
    """Return what a check returns, or the error that it raises."""
    try:
        return DoctorFinding(what=what, detail=check())
    except TutofraisError as error:
        return DoctorFinding(what=what, error=error)


def _scenarios(path: Path, tutorials: list[Tutorial]) -> str:
    tutorials += read_tutorials(path)
    return ", ".join(f"{tutorial.slug} ({len(tutorial.pages)})" for tutorial in tutorials)


def _first_baselines(screenshots: Path) -> str:
    return Phrase("none yet: the first run creates the folder {folder}", folder=screenshots)


def _baselines(screenshots: Path, tutorials: list[Tutorial]) -> str:
    counts = []
    for name in (LIVE, REPLICA_FOLDER):
        baselines = Baselines(screenshots, name)
        found = [baselines.read(tutorial.slug, page.number) for tutorial in tutorials for page in tutorial.pages]
        counts.append(f"{name} {sum(baseline is not None for baseline in found)}")
    return ", ".join(counts)


def _writable(folder: Path) -> str:
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    with writing(folder), tempfile.NamedTemporaryFile(dir=existing):
        return Phrase("{folder} ({n} MB)", folder=folder, n=math.ceil(size_of(folder) / MEGABYTE))


def _replica(era: str, tutorials: list[Tutorial]) -> str:
    with open_site(era, {tutorial.file.parent for tutorial in tutorials}) as site:
        return f"{era} ({', '.join(sorted(site.hosts))})"


def _firefox(*, install: bool) -> str:
    try:
        return _start_firefox()
    except NoFirefox:
        if not install:
            raise
    install_firefox()
    return _start_firefox()


def _start_firefox() -> str:
    with open_firefox() as firefox:
        page = firefox.browser.new_page()
        language = page.evaluate("navigator.language")
        return Phrase(
            "{version}, in the language {language} ({path})",
            version=firefox.browser.version,
            language=language,
            path=firefox.installed.executable,
        )
