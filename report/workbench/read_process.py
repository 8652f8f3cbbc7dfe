"""The program that reads scenarios for the workbench: they are executed here, not in the server."""

import sys
from pathlib import Path

from capture.checked_values import decode_json
from capture.errors import OutOfMemory, TutofraisError
from capture.scenario.loader import read_tutorials
from capture.scenario.tutorial import Page, Tutorial
from report.i18n.translator import Translator
from report.run.child_process import emit
from report.workbench.job_messages import DeclaredPage, DeclaredTutorial, JobEvent, ReadScenarios


def main() -> int:
    """Read a request from standard input, and write what the scenarios declare to standard output."""
    request = decode_json(sys.stdin.buffer.read(), ReadScenarios)
    try:
        tutorials = read_tutorials(Path(request.scenarios))
    except (TutofraisError, MemoryError) as error:
        known = error if isinstance(error, TutofraisError) else OutOfMemory()
        problem, cure = Translator(request.lang).error(known)
        emit(JobEvent(problem=problem, cure=cure, done=True))
        return 1
    emit(JobEvent(tutorials=tuple(map(_declared, tutorials)), done=True))
    return 0


def _declared(tutorial: Tutorial) -> DeclaredTutorial:
    return DeclaredTutorial(
        slug=tutorial.slug,
        title=tutorial.title,
        locale=tutorial.locale,
        file=str(tutorial.file),
        pages=tuple(_declared_page(tutorial, page) for page in tutorial.pages),
    )


def _declared_page(tutorial: Tutorial, page: Page) -> DeclaredPage:
    line = page.source_line.rpartition(":")[2]
    return DeclaredPage(
        number=page.number,
        title=page.title,
        kind=page.kind,
        text=page.text,
        line=int(line) if line else 0,
        sha256=tutorial.page_sha256.get(page.number, ""),
        described_on=page.described_on,
    )
