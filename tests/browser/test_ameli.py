"""The ameli tutorial of the project, on its replicas of 2020 and 2026."""

import shutil
from pathlib import Path

import pytest

from capture.scenario.loader import read_tutorials
from capture.scenario.tutorial import PageKind, Tutorial
from report.compare.volatility import Volatility
from report.i18n.sentences import Sentences
from report.results.run_record import RunRecord
from report.results.suggested_fixes import write_fixes
from report.verdict import ExitCode, ReasonKind, Verdict
from tests.support.commands import PROJECT
from tests.support.runs import FinishedRun, RunOn, page_of

pytestmark = pytest.mark.long

SCREENSHOTS = PROJECT / "screenshots"
VISITED = (2, 3, 4, 5, 6)
WITNESSES = 1
"""Number of witness pages that the replicas have."""
MASKED = 3
"""Number of pages whose news section the scenario masks."""
FIRST = (2, 3)
"""Pages with news, which are opened one from another."""


def test_runs_on_2020_are_up_to_date_though_the_news_change(
    in_2020: FinishedRun, run_on: RunOn, ameli: tuple[Tutorial, ...]
) -> None:
    homes = set()
    again = run_on("2020", [ameli[0].up_to(4)], screenshots=SCREENSHOTS)
    for record, visited in ((in_2020.record, VISITED), (again, VISITED[:3])):
        verdicts = {page.number: page.verdict for _, page in record.pages() if page.number in VISITED}
        assert verdicts == dict.fromkeys(visited, Verdict.UP_TO_DATE)
        assert record.exit_code is ExitCode.ALL_TRUE
        captured = page_of(record, 4).captured
        assert captured is not None
        homes.add(captured.picture_sha256)
    assert len(homes) == 2, "the news of the home page changed between the runs"


@pytest.fixture
def unmasked(tmp_path: Path) -> tuple[Tutorial, ...]:
    """Copy of the scenario without masks."""
    shutil.copytree(PROJECT / "scenarios", tmp_path / "scenarios")
    file = tmp_path / "scenarios" / "ameli" / "creer_compte.py"
    written = file.read_text("utf-8")
    assert written.count("ignore=NOUVELLES") == MASKED
    file.write_text(written.replace(", ignore=NOUVELLES", "").replace("ignore=NOUVELLES", ""), "utf-8")
    return read_tutorials(tmp_path / "scenarios")


def test_the_news_are_recognised_as_volatile_without_a_mask(run_on: RunOn, unmasked: tuple[Tutorial, ...]) -> None:
    tutorials = [unmasked[0].up_to(FIRST[-1])]
    run_on.approve(run_on("2020", tutorials))
    loads = len(FIRST) + 1  # the last page ends with a click that leads on
    for liveliness, visits in ((Volatility.SEEN_NOW, 2), (Volatility.EXPECTED, 1)):
        record = run_on("2020", tutorials)
        assert {page_of(record, number).verdict for number in FIRST} == {Verdict.UP_TO_DATE}
        alive = {number: [(one.name, one.volatility) for one in page_of(record, number).volatile] for number in FIRST}
        assert alive == {number: [("Actualités", liveliness)] for number in FIRST}
        assert record.tutorials[0].page_loads == visits * loads


def test_a_healed_scenario_is_true_where_only_names_had_changed(
    run_on: RunOn, in_2026: FinishedRun, tmp_path: Path
) -> None:
    shutil.copytree(PROJECT / "scenarios", tmp_path / "scenarios")
    healed = write_fixes(in_2026.record, read_tutorials(tmp_path / "scenarios"))
    assert [one.correction.new_name for one in healed if one.written][:3] == [
        "Votre caisse d'assurance maladie",
        "Votre code postal (format : 00000) *",
        "Valider",
    ]
    (tutorial,) = read_tutorials(tmp_path / "scenarios")
    record = run_on("2026", [tutorial.up_to(FIRST[-1])], screenshots=SCREENSHOTS)
    assert page_of(record, 2).verdict is Verdict.PICTURE_OUTDATED
    of_these = [one for one in healed if one.page in [f"{tutorial.slug}/{number}" for number in FIRST]]
    assert false_instructions(record) == false_instructions(in_2026.record) - len(of_these)
    assert not any(one.written for one in write_fixes(in_2026.record, read_tutorials(tmp_path / "scenarios")))


def false_instructions(record: RunRecord) -> int:
    return sum(not result.true for _, page in record.pages() if page.number in FIRST for result in page.instructions)


def test_the_tutorial_has_the_pages_it_has(ameli: tuple[Tutorial, ...]) -> None:
    kinds = {page.number: page.kind for page in ameli[0].pages}
    assert kinds == {
        1: PageKind.FIXED,
        **dict.fromkeys(range(2, 6), PageKind.PUBLIC),
        6: PageKind.FORM_ONLY,
        **dict.fromkeys(range(7, 13), PageKind.PERSONAL),
        13: PageKind.FIXED,
    }


def test_every_public_page_of_2020_is_outdated_in_2026(in_2026: FinishedRun) -> None:
    verdicts = {page.number: page.verdict for _, page in in_2026.record.pages()}
    assert verdicts == {
        1: Verdict.FIXED,
        **dict.fromkeys(VISITED, Verdict.TEXT_OUTDATED),
        **dict.fromkeys(range(7, 13), Verdict.BY_HAND_DUE),
        13: Verdict.FIXED,
    }
    assert in_2026.record.exit_code is ExitCode.OUTDATED


@pytest.mark.parametrize(
    ("number", "before", "now"),
    [
        (2, "Cliquez sur “SÉLECTIONNER”.", "Le bouton « SÉLECTIONNER » s’appelle maintenant « Valider »."),
        (2, "« Votre code postal * »", "s’appelle maintenant « Votre code postal (format : 00000) * »."),
        (3, "Après « Valider », le site mène directement à « Assuré »", "ne semble plus avoir de pendant."),
        (
            4,
            "Cliquez sur la silhouette rose “COMPTE AMELI”.",
            (
                "« Se connecter » ouvre maintenant la fenêtre « À quel service souhaitez-vous vous connecter ? », "
                "où le lien « Accéder à mon compte ameli » semble en tenir lieu."
            ),
        ),
        (5, "« Je crée mon compte »", "Le lien « Je crée mon compte » s’appelle maintenant « Créez votre compte »."),
        (6, "« Mon nom : * »", "s’appelle maintenant « Nom de famille (sans prénom) : * »."),
        (6, "via FranceConnect »", "Le lien « Je crée immédiatement mon compte via FranceConnect » n’est plus là."),
    ],
)
def test_the_report_of_2026_says_what_the_tutorial_tells_and_what_the_page_shows(
    in_2026: FinishedRun, number: int, before: str, now: str
) -> None:
    reasons = " ".join(Sentences("fr").reasons(page_of(in_2026.record, number)))
    reasons = reasons.replace("\u00a0", " ").replace("\u202f", " ")
    assert before in reasons
    assert now in reasons


def test_a_step_that_is_gone_is_one_sentence_of_its_page_in_the_report(in_2026: FinishedRun) -> None:
    html = (in_2026.folder / "ameli-creer-compte" / "03.html").read_text("utf-8")
    assert "cette page du tutoriel ne semble plus avoir de pendant" in html
    assert 'class="now"' not in html, "each of its four sentences would say the same"


def test_only_what_changed_is_false_in_2026(in_2026: FinishedRun) -> None:
    """On the replica of 2026, the empty form still has its title, two of its fields and CONTINUER."""
    true = {result.name for result in page_of(in_2026.record, 6).instructions if result.true}
    assert true == {"JE CRÉE MON COMPTE AMELI", "Ma date de naissance : *", "Mon code postal : *", "CONTINUER"}


def test_a_broken_page_does_not_blind_the_rest(in_2026: FinishedRun) -> None:
    """Page 3 has lost its confirm button; page 4 starts at its own URL, and pages 5 and 6 follow."""
    urls = {number: page_of(in_2026.record, number).url for number in VISITED}
    assert urls[4] == "https://www.ameli.fr/assure"
    assert urls[6] is not None
    assert urls[6].endswith("_pageLabel=as_creation_immediate_page")
    assert not any(
        reason.kind is ReasonKind.OBSTACLE for _, page in in_2026.record.pages() for reason in page.judgement.reasons
    )


def test_a_run_loads_only_the_pages_that_it_needs(in_2020: FinishedRun, in_2026: FinishedRun) -> None:
    assert in_2020.record.tutorials[0].page_loads == len(VISITED) + WITNESSES
    assert in_2026.record.tutorials[0].page_loads <= len(VISITED) + WITNESSES + 1
    assert in_2026.record.tutorials[0].blocked_requests == ()


@pytest.mark.parametrize("year", ["in_2020", "in_2026"])
def test_nothing_is_typed_into_the_form(year: str, request: pytest.FixtureRequest) -> None:
    run: FinishedRun = request.getfixturevalue(year)
    (form,) = (page.number for _, page in run.record.pages() if page.kind is PageKind.FORM_ONLY)
    (sidecar,) = (sidecar for sidecar in run.sidecars if sidecar.page == form)
    assert not any(element.filled for element in sidecar.elements)
