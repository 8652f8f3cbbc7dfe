"""Write a draft: the scenario, and the pictures of the old tutorial beside the baselines."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from capture.errors import ScenarioExists
from capture.scenario.loader import lint_file, read_tutorials
from capture.storage import remove, write_atomically, writing
from report.baselines.imported_picture import ImportedFrom, write_imported
from report.draft.drafted_page import DraftedTutorial
from report.draft.scenario_source import TODO, scenario_source
from report.i18n.translator import Translator


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenDraft:
    """Files and figures of an import."""

    scenario: Path
    todos: int
    """Places that a person has to work through."""
    pictures: int
    """Pictures that are kept."""


def write_draft(
    tutorial: DraftedTutorial,
    *,
    slug: str,
    document: str,
    scenarios: Path,
    screenshots: Path,
    words: Translator,
    today: date,
) -> WrittenDraft:
    """Write the scenario to ``<scenarios>/<slug>/<slug>.py``, after checking that it can be loaded.

    Args:
        tutorial: the draft.
        slug: name of the tutorial.
        document: name of the file that was imported.
        scenarios: folder of the scenarios.
        screenshots: folder of the baselines.
        words: language of what is said in the scenario.
        today: day of the import.

    Raises:
        ScenarioExists: a scenario is there already.
        CannotWrite.
    """
    path = scenarios / slug / f"{slug}.py"
    if path.exists():
        raise ScenarioExists(path)
    source = scenario_source(tutorial, slug=slug, document=document, words=words)
    _write_checked(path, source)
    pictures = {page.number: [one.png for one in page.pictures] for page in tutorial.pages if page.pictures}
    if pictures:
        write_imported(screenshots, slug, pictures, ImportedFrom(document=document, on=today))
    return WrittenDraft(scenario=path, todos=source.count(f"# {TODO}"), pictures=sum(map(len, pictures.values())))


def _write_checked(path: Path, source: str) -> None:
    """Write a scenario that can be loaded; one that cannot is not left there."""
    draft = path.with_name(f"_{path.name}")
    write_atomically(draft, source.encode())
    try:
        assert not lint_file(draft), "what is written keeps to the sandbox"
        read_tutorials(draft)
        with writing(path):
            draft.rename(path)
    finally:
        remove(draft)
