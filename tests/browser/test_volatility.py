"""Runs on a page with a volatile region."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from capture import Step
from capture.politeness.policy import PolitenessPolicy
from capture.site.site import baselines_of
from report.baselines.baselines import Baselines, new_mask
from report.compare.volatility import Volatility
from report.results.run_record import PageRecord, RunRecord
from report.verdict import ReasonKind, Verdict
from tests.support.builders import TODAY, tutorial_of
from tests.support.firefox import SharedFirefox
from tests.support.runs import RunOn, page_of, write_replica

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("volatility")]

PAGE = (
    "<body style='margin:0;font:16px sans-serif'><main style='padding:40px'><h1>Bonjour</h1>"
    "<button style='background:{colour};color:#fff;border:0;padding:12px 24px'>Valider</button>"
    "<section aria-label='Actualités' style='margin-top:120px'><p>{news}</p></section>"
    "</main><footer style='margin-top:300px;padding:20px'>{footer}</footer>"
)
AS_APPROVED = {"colour": "#00c", "news": "Il fait beau", "footer": "Mentions"}
LIVELY = "Nouvelle numéro {{ load }}"
BY_TURNS = "{{ '#00c' if load % 2 else '#c00' }}"


def visite(step: Step) -> None:
    step.tell("Cliquez sur « Valider ».", step.button())
    step.shoot()


@dataclass(frozen=True, kw_only=True)
class Runs:
    """Runs on the page, one after another, with baselines and a history of their own."""

    folder: Path
    run_on: RunOn

    def __call__(self, **changed: str) -> RunRecord:
        """Run on the page, with some texts of it replaced."""
        site = self.folder / "site"
        write_replica(site, {"": PAGE.format(**{**AS_APPROVED, **changed})}, toml="templates = true")
        return self.run_on(str(site), [tutorial_of(visite)])

    def mask(self, what: str) -> None:
        baselines = Baselines(self.run_on.screenshots, baselines_of(str(self.folder / "site")))
        baselines.add_mask("exemple", new_mask(baselines, "exemple", 1, what, by="Zoé", why="", on=TODAY))


class RunsAfter(Protocol):
    """Continues in a new folder with a copy of earlier runs, if any."""

    def __call__(self, folder: Path, earlier: Path | None = None) -> Runs: ...


@pytest.fixture(scope="module")
def runs_after(shared_firefox: SharedFirefox, policy: PolitenessPolicy) -> RunsAfter:
    """Function that continues in a new folder with a copy of earlier runs, if any."""

    def continued(folder: Path, earlier: Path | None = None) -> Runs:
        for name in ("runs", "screenshots"):
            if earlier is None:
                (folder / name).mkdir()
            else:
                shutil.copytree(earlier / name, folder / name)
        firefox = shared_firefox.get()
        return Runs(
            folder=folder,
            run_on=RunOn(firefox=firefox, runs=folder / "runs", screenshots=folder / "screenshots", policy=policy),
        )

    return continued


@pytest.fixture(scope="module")
def constant(runs_after: RunsAfter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a run whose page is approved, and no part of it changes."""
    runs = runs_after(tmp_path_factory.mktemp("constant"))
    runs.run_on.approve(runs())
    return runs.folder


@pytest.fixture(scope="module")
def lively(runs_after: RunsAfter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a run whose page is approved, and its news change at each visit."""
    runs = runs_after(tmp_path_factory.mktemp("lively"))
    runs.run_on.approve(runs(news=LIVELY))
    return runs.folder


@pytest.fixture(scope="module")
def lively_twice(
    runs_after: RunsAfter, lively: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, RunRecord]:
    """Folder of the same run and of a second one in which the news change, with the second one's record."""
    runs = runs_after(tmp_path_factory.mktemp("twice"), lively)
    return runs.folder, runs(news=LIVELY)


def kinds(page: PageRecord) -> list[ReasonKind]:
    return [reason.kind for reason in page.judgement.reasons]


def loads(record: RunRecord) -> int:
    return record.tutorials[0].page_loads


def test_a_page_that_is_as_approved_is_visited_once(runs_after: RunsAfter, tmp_path: Path, constant: Path) -> None:
    assert loads(runs_after(tmp_path, constant)()) == 1


def test_a_part_that_changes_at_each_visit_is_named_and_not_counted(lively_twice: tuple[Path, RunRecord]) -> None:
    _, record = lively_twice
    page = page_of(record, 1)
    assert page.verdict is Verdict.UP_TO_DATE
    assert kinds(page) == [ReasonKind.VOLATILE]
    assert [(part.name, part.volatility) for part in page.volatile] == [("Actualités", Volatility.SEEN_NOW)]
    assert loads(record) == 2


def test_a_change_beside_a_volatile_part_is_found(runs_after: RunsAfter, tmp_path: Path, lively: Path) -> None:
    runs = runs_after(tmp_path, lively)
    page = page_of(runs(news=LIVELY, footer="Mentions légales"), 1)
    assert page.verdict is Verdict.COSMETIC
    assert kinds(page) == [ReasonKind.ELSEWHERE, ReasonKind.VOLATILE]


def test_an_instructions_own_element_is_never_left_out(runs_after: RunsAfter, tmp_path: Path, constant: Path) -> None:
    runs = runs_after(tmp_path, constant)
    pages = [page_of(runs(colour=BY_TURNS), 1) for _ in range(2)]
    differing = [page for page in pages if page.verdict is not Verdict.UP_TO_DATE]
    assert differing
    assert all(page.verdict is Verdict.PICTURE_OUTDATED for page in differing)
    assert all(ReasonKind.TARGET_VOLATILE in kinds(page) for page in differing)


def test_an_earlier_volatile_part_is_expected_and_a_constant_difference_is_not(
    runs_after: RunsAfter, tmp_path: Path, lively_twice: tuple[Path, RunRecord]
) -> None:
    runs = runs_after(tmp_path, lively_twice[0])
    for _ in range(2):
        record = runs(news="Il pleut pour de bon")
        assert page_of(record, 1).verdict is Verdict.UP_TO_DATE
        assert [part.volatility for part in page_of(record, 1).volatile] == [Volatility.EXPECTED]
        assert loads(record) == 1
    page = page_of(runs(news="Il pleut pour de bon"), 1)
    assert page.verdict is Verdict.COSMETIC
    assert kinds(page) == [ReasonKind.ELSEWHERE, ReasonKind.SETTLED]


@pytest.mark.parametrize("what", ["Actualités", "30,200,600,120"])
def test_a_masked_part_is_not_compared(runs_after: RunsAfter, tmp_path: Path, lively: Path, what: str) -> None:
    runs = runs_after(tmp_path, lively)
    runs.mask(what)
    record = runs(news=LIVELY)
    assert (page_of(record, 1).verdict, kinds(page_of(record, 1)), loads(record)) == (Verdict.UP_TO_DATE, [], 1)
    assert page_of(runs(news=LIVELY, footer="Mentions légales"), 1).verdict is Verdict.COSMETIC


def test_a_mask_never_hides_what_an_instruction_points_at(
    runs_after: RunsAfter, tmp_path: Path, constant: Path
) -> None:
    runs = runs_after(tmp_path, constant)
    runs.mask("Valider")
    assert page_of(runs(colour="#c00"), 1).verdict is Verdict.PICTURE_OUTDATED
