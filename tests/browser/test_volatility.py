"""Runs on a page with a volatile region."""

from collections.abc import Callable

import pytest

from capture import Step
from report.baselines.baselines import Baselines, new_mask
from report.compare.volatility import Volatility
from report.results.run_record import PageRecord, RunRecord
from report.verdict import ReasonKind, Verdict
from tests.support.builders import TODAY, tutorial_of
from tests.support.runs import RunOn, WriteSite, page_of

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


RunChanged = Callable[..., RunRecord]


@pytest.fixture
def spend(run_on: RunOn, write_site: WriteSite) -> RunChanged:
    """Run on the page, with some texts of it replaced."""

    def spent(**changed: str) -> RunRecord:
        return run_on(
            write_site({"": PAGE.format(**{**AS_APPROVED, **changed})}, toml="templates = true"), [tutorial_of(visite)]
        )

    return spent


def kinds(page: PageRecord) -> list[ReasonKind]:
    return [reason.kind for reason in page.judgement.reasons]


def loads(record: RunRecord) -> int:
    return record.tutorials[0].page_loads


def test_a_page_that_is_as_approved_is_visited_once(run_on: RunOn, spend: RunChanged) -> None:
    run_on.approve(spend())
    assert loads(spend()) == 1


def test_a_part_that_changes_at_each_visit_is_named_and_not_counted(run_on: RunOn, spend: RunChanged) -> None:
    run_on.approve(spend(news=LIVELY))
    record = spend(news=LIVELY)
    page = page_of(record, 1)
    assert page.verdict is Verdict.UP_TO_DATE
    assert kinds(page) == [ReasonKind.VOLATILE]
    assert [(part.name, part.volatility) for part in page.volatile] == [("Actualités", Volatility.SEEN_NOW)]
    assert loads(record) == 2


def test_a_change_beside_a_volatile_part_is_found(run_on: RunOn, spend: RunChanged) -> None:
    run_on.approve(spend(news=LIVELY))
    page = page_of(spend(news=LIVELY, footer="Mentions légales"), 1)
    assert page.verdict is Verdict.COSMETIC
    assert kinds(page) == [ReasonKind.ELSEWHERE, ReasonKind.VOLATILE]


def test_an_instructions_own_element_is_never_left_out(run_on: RunOn, spend: RunChanged) -> None:
    run_on.approve(spend())
    pages = [page_of(spend(colour=BY_TURNS), 1) for _ in range(2)]
    differing = [page for page in pages if page.verdict is not Verdict.UP_TO_DATE]
    assert differing
    assert all(page.verdict is Verdict.PICTURE_OUTDATED for page in differing)
    assert all(ReasonKind.TARGET_VOLATILE in kinds(page) for page in differing)


def test_an_earlier_volatile_part_is_expected_and_a_constant_difference_is_not(
    run_on: RunOn, spend: RunChanged
) -> None:
    run_on.approve(spend(news=LIVELY))
    spend(news=LIVELY)
    for _ in range(2):
        record = spend(news="Il pleut pour de bon")
        assert page_of(record, 1).verdict is Verdict.UP_TO_DATE
        assert [part.volatility for part in page_of(record, 1).volatile] == [Volatility.EXPECTED]
        assert loads(record) == 1
    page = page_of(spend(news="Il pleut pour de bon"), 1)
    assert page.verdict is Verdict.COSMETIC
    assert kinds(page) == [ReasonKind.ELSEWHERE, ReasonKind.SETTLED]


@pytest.mark.parametrize("what", ["Actualités", "30,200,600,120"])
def test_a_masked_part_is_not_compared(run_on: RunOn, spend: RunChanged, what: str) -> None:
    first = spend(news=LIVELY)
    run_on.approve(first)
    baselines = Baselines(run_on.screenshots, first.baselines)
    mask = new_mask(baselines, "exemple", 1, what, by="Zoé", why="", on=TODAY)
    baselines.add_mask("exemple", mask)
    record = spend(news=LIVELY)
    assert (page_of(record, 1).verdict, kinds(page_of(record, 1)), loads(record)) == (Verdict.UP_TO_DATE, [], 1)
    assert page_of(spend(news=LIVELY, footer="Mentions légales"), 1).verdict is Verdict.COSMETIC


def test_a_mask_never_hides_what_an_instruction_points_at(run_on: RunOn, spend: RunChanged) -> None:
    first = spend()
    run_on.approve(first)
    baselines = Baselines(run_on.screenshots, first.baselines)
    baselines.add_mask("exemple", new_mask(baselines, "exemple", 1, "Valider", by="Zoé", why="", on=TODAY))
    assert page_of(spend(colour="#c00"), 1).verdict is Verdict.PICTURE_OUTDATED
