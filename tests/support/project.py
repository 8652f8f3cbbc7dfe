"""Small project on disk, for tests of the command line."""

from pathlib import Path

from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.output.html import write_report
from report.results.run_record import write_record
from tests.support.builders import accueil, box, capture_of, element, outcome_of, png_of, record_of, scene, tutorial_of

SCENARIO = """
from capture import Step, Tutorial
tutorial = Tutorial("exemple", title="Exemple", source="nous", licence="CC0", hosts=["www.exemple.test"])
@tutorial.page(1, "Accueil", starts_at="https://www.exemple.test/")
def accueil(step: Step) -> None:
    step.shoot()
tutorial.personal(2, "Compte", text=["Tapez."])
"""
PNG = png_of(scene())
RUN_ID = "2026-03-02_03-30-00"


def write_project(folder: Path) -> None:
    """Write a scenario, a replica of one era, a baseline, and a run whose candidate differs from it."""
    (folder / "scenarios" / "replica" / "2026" / "www.exemple.test").mkdir(parents=True)
    (folder / "scenarios" / "exemple.py").write_text(SCENARIO)
    (folder / "screenshots").mkdir()
    baselines = Baselines(folder / "screenshots", "replica")
    news = (element("region", "Actualités", box=box(60, 100, 100, 60)),)
    baselines.write("exemple", 1, capture_of(PNG, elements=news))
    tutorial = tutorial_of(accueil)
    run_folder = folder / "runs" / RUN_ID
    record = record_of(
        run_folder, [outcome_of(tutorial.pages[0], png_of(scene(seed=9)))], baselines=baselines, tutorial=tutorial
    )
    write_record(record, run_folder)
    write_report(record, run_folder, Sentences("fr"))


def move_baseline(folder: Path) -> None:
    """Replace the baseline, as another person's approval does after the run."""
    baselines = Baselines(folder / "screenshots", "replica")
    moved = png_of(scene(seed=5))
    baselines.write("exemple", 1, capture_of(moved))
