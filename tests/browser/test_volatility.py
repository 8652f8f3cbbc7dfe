"""Runs on a page with a volatile region."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from capture import Step
from capture.politeness.policy import PolitenessPolicy
from capture.site.site import baselines_of
from report.baselines.baselines import Baselines, new_mask
from report.compare.volatility import Volatility
from report.results.run_record import PageRecord, RunRecord
from report.verdict import ReasonKind, Verdict
from tests.support.builders import START, TODAY, tutorial_of
from tests.support.firefox import SharedFirefox
from tests.support.runs import RunOn, page_of, write_replica
from tests.support.shared_result import shared_result

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
class Nights:
    """Runs on the same pages, one after another."""

    folder: Path
    run_on: RunOn

    def __call__(self, pages: Mapping[str, Mapping[str, str]]) -> RunRecord:
        """Run on pages that differ from the template in some texts, by the page's path."""
        site = self.folder / "site"
        html = {path: PAGE.format(**{**AS_APPROVED, **changed}) for path, changed in pages.items()}
        write_replica(site, html, toml="templates = true")
        tutorial = tutorial_of()
        for number, path in enumerate(pages, start=1):
            tutorial.page(number, path, starts_at=START + path)(visite)
        return self.run_on(str(site), [tutorial])

    def mask(self, number: int, what: str) -> None:
        """Mask a part of a page from the next run on."""
        baselines = Baselines(self.run_on.screenshots, baselines_of(str(self.folder / "site")))
        baselines.add_mask("exemple", new_mask(baselines, "exemple", number, what, by="Zoé", why="", on=TODAY))


NEWS, BESIDE, TARGET, NAMED, DRAWN, CONSTANT = range(1, 7)
"""Numbers of the pages: up to the last one that differs in a night, all are seen twice."""
MASKS = {TARGET: "Valider", NAMED: "Actualités", DRAWN: "30,200,600,120"}
LIVE, RAIN, RED = {"news": LIVELY}, {"news": "Il pleut pour de bon"}, {"colour": "#c00"}
FOOTER = {"news": LIVELY, "footer": "Mentions légales"}
APPROVED: Mapping[str, Mapping[str, str]] = {
    "news": LIVE,
    "beside": LIVE,
    "target": {},
    "named": LIVE,
    "drawn": LIVE,
    "constant": {},
}
LATER: tuple[Mapping[str, Mapping[str, str]], ...] = (
    {**APPROVED, "beside": FOOTER, "target": RED},
    {**APPROVED, "news": RAIN},
    {**APPROVED, "news": RAIN},
    {**APPROVED, "news": RAIN, "named": FOOTER, "drawn": FOOTER},
)
"""What differs in the four nights after the pages were approved."""


@pytest.fixture(scope="module")
def nights(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> list[RunRecord]:
    """Records of the nights after the pages were approved, and some of their parts masked."""

    def run() -> list[RunRecord]:
        night = nights_in(tmp_path_factory.mktemp("nights"), shared_firefox, policy)
        night.run_on.approve(night(APPROVED))
        for number, what in MASKS.items():
            night.mask(number, what)
        return [night(pages) for pages in LATER]

    return shared_result(tmp_path_factory, "volatility", run)


def nights_in(folder: Path, firefox: SharedFirefox, policy: PolitenessPolicy) -> Nights:
    (folder / "screenshots").mkdir()
    run_on = RunOn(firefox=firefox.get(), runs=folder / "runs", screenshots=folder / "screenshots", policy=policy)
    return Nights(folder=folder, run_on=run_on)


def kinds(page: PageRecord) -> list[ReasonKind]:
    return [reason.kind for reason in page.judgement.reasons]


def loads(record: RunRecord) -> int:
    return record.tutorials[0].page_loads


def test_a_page_that_is_as_approved_is_visited_once(nights: list[RunRecord]) -> None:
    assert page_of(nights[0], CONSTANT).verdict is Verdict.UP_TO_DATE
    assert loads(nights[0]) == len(APPROVED) + TARGET, "the pages after the last one that differs are not seen again"


def test_a_part_that_changes_at_each_visit_is_named_and_not_counted(nights: list[RunRecord]) -> None:
    page = page_of(nights[0], NEWS)
    assert page.verdict is Verdict.UP_TO_DATE
    assert kinds(page) == [ReasonKind.VOLATILE]
    assert [(part.name, part.volatility) for part in page.volatile] == [("Actualités", Volatility.SEEN_NOW)]


def test_a_change_beside_a_volatile_part_is_found(nights: list[RunRecord]) -> None:
    page = page_of(nights[0], BESIDE)
    assert page.verdict is Verdict.COSMETIC
    assert kinds(page) == [ReasonKind.ELSEWHERE, ReasonKind.VOLATILE]


def test_an_earlier_volatile_part_is_expected_and_a_constant_difference_is_not(nights: list[RunRecord]) -> None:
    _, *expected, settled = nights
    for record in expected:
        assert page_of(record, NEWS).verdict is Verdict.UP_TO_DATE
        assert [part.volatility for part in page_of(record, NEWS).volatile] == [Volatility.EXPECTED]
        assert loads(record) == len(APPROVED), "each page is seen once"
    page = page_of(settled, NEWS)
    assert page.verdict is Verdict.COSMETIC
    assert kinds(page) == [ReasonKind.ELSEWHERE, ReasonKind.SETTLED]


@pytest.mark.parametrize("number", [NAMED, DRAWN], ids=["by its name", "by its place"])
def test_a_masked_part_is_not_compared(nights: list[RunRecord], number: int) -> None:
    *before, last = nights
    for record in before:  # in which nothing from this page on is seen twice
        assert (page_of(record, number).verdict, kinds(page_of(record, number))) == (Verdict.UP_TO_DATE, [])
    assert page_of(last, number).verdict is Verdict.COSMETIC


def test_a_mask_never_hides_what_an_instruction_points_at(nights: list[RunRecord]) -> None:
    assert page_of(nights[0], TARGET).verdict is Verdict.PICTURE_OUTDATED


def test_an_instructions_own_element_is_never_left_out(
    shared_firefox: SharedFirefox, tmp_path: Path, policy: PolitenessPolicy
) -> None:
    night = nights_in(tmp_path, shared_firefox, policy)
    night.run_on.approve(night({"target": {}}))
    pages = [page_of(night({"target": {"colour": BY_TURNS}}), 1) for _ in range(2)]
    differing = [page for page in pages if page.verdict is not Verdict.UP_TO_DATE]
    assert differing
    assert all(page.verdict is Verdict.PICTURE_OUTDATED for page in differing)
    assert all(ReasonKind.TARGET_VOLATILE in kinds(page) for page in differing)
