"""Witness pages: read in the place of a personal page, which is due when they change."""

from pathlib import Path

import pytest

from capture import Step
from capture.politeness.obstacles import ObstacleKind
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import WITNESSES, Baselines
from report.baselines.decision import DecisionKind, DecisionRequest
from report.i18n.dates import today
from report.i18n.sentences import Sentences
from report.output.html import write_report
from report.results.run_record import PageRecord, RunRecord
from report.review.session import ReviewSession
from report.verdict import ReasonKind, Verdict
from tests.support.builders import HOST, START, tutorial_of
from tests.support.runs import RunOn, WriteSite, page_of, write_replica

HELP = f"{START}aide/"
OTHER = "aide.exemple.test"
CONFIRM = DecisionRequest(tutorial="exemple", page=2, kind=DecisionKind.CONFIRM)
HOME = "<h1>Accueil</h1>"
TEMPLATES = "templates = true\n"
AROUND = "<nav><a href=/>Accueil</a><a href=/{news}>{news}</a></nav>"
ADVICE = (
    "<main><h1>Choisir son code</h1><p>Tapez un code de {digits} chiffres.</p><p>Mis à jour le {day}</p>"
    "<p>Il y a {{{{ load }}}} minutes</p><p>Visite numéro {{{{ load }}}} de la page</p>"
    "<button>Suivant</button></main>"
)


def advice(digits: int = 8, day: str = "2 mars 2026", news: str = "Grippe") -> str:
    return AROUND.format(news=news) + ADVICE.format(digits=digits, day=day)


@pytest.fixture
def tutorial() -> Tutorial:
    tutorial = tutorial_of(accueil)
    tutorial.personal(2, "Code", text=["Choisissez un code."], described_on=[HELP])
    return tutorial


def accueil(step: Step) -> None:
    step.shoot()


def check(run_on: RunOn, record: RunRecord) -> None:
    """Say in the review that page 2 was checked."""
    session_of(run_on, record).apply(CONFIRM, by="Zoé", today=today())


def session_of(run_on: RunOn, record: RunRecord) -> ReviewSession:
    baselines = Baselines(run_on.screenshots, record.baselines)
    return ReviewSession(record=record, folder=run_on.runs / record.id, baselines=baselines)


def personal(run_on: RunOn, site: str, tutorial: Tutorial) -> PageRecord:
    return page_of(run_on(site, [tutorial]), 2)


def test_a_personal_page_is_due_when_its_witness_says_something_else(
    run_on: RunOn, write_site: WriteSite, tutorial: Tutorial
) -> None:
    site = write_site({"": HOME, "aide": advice()}, toml=TEMPLATES)
    first = run_on(site, [tutorial])
    assert page_of(first, 2).witnesses[0].text is not None
    assert not page_of(first, 2).witnesses[0].known
    check(run_on, first)
    calm = personal(run_on, site, tutorial)
    assert (calm.verdict, calm.witnesses[0].known, calm.witnesses[0].changes) == (Verdict.BY_HAND, True, 0)
    write_site({"aide": advice(day="3 avril 2026", news="Canicule")}, toml=TEMPLATES)
    assert personal(run_on, site, tutorial).verdict is Verdict.BY_HAND, "dates, and what is around the main part"
    write_site({"aide": advice(digits=12)}, toml=TEMPLATES)
    record = run_on(site, [tutorial])
    due = page_of(record, 2)
    assert due.verdict is Verdict.BY_HAND_DUE
    assert [reason.kind for reason in due.judgement.reasons] == [ReasonKind.WITNESS_CHANGED]
    [witness] = due.witnesses
    assert witness.removed == ("text: Tapez un code de 8 chiffres.",)
    assert witness.added == ("text: Tapez un code de 12 chiffres.",)
    check(run_on, record)
    assert personal(run_on, site, tutorial).verdict is Verdict.BY_HAND
    kept = list((run_on.screenshots / record.baselines / "exemple" / WITNESSES).iterdir())
    assert len(kept) == 2, "that of the last check, and of the one before: it can be undone"


def test_the_report_shows_what_changed_on_the_witness(run_on: RunOn, write_site: WriteSite, tutorial: Tutorial) -> None:
    site = write_site({"": HOME, "aide": advice()}, toml=TEMPLATES)
    check(run_on, run_on(site, [tutorial]))
    write_site({"aide": advice(digits=12)}, toml=TEMPLATES)
    record = run_on(site, [tutorial])
    folder = run_on.runs / record.id
    write_report(record, folder, Sentences("fr"))
    html = (folder / "exemple" / "02.html").read_text("utf-8")
    assert "<del>Tapez un code de 8 chiffres.</del>" in html
    assert "<ins>Tapez un code de 12 chiffres.</ins>" in html
    assert "2 lignes diffèrent" in html


def test_a_witness_that_is_gone_makes_the_page_due_and_one_that_cannot_be_read_does_not(
    run_on: RunOn, write_site: WriteSite, tutorial: Tutorial
) -> None:
    site = write_site({"": HOME, "aide": advice()}, toml=TEMPLATES)
    check(run_on, run_on(site, [tutorial]))
    for status, verdict, kind in (
        (503, Verdict.BY_HAND, ObstacleKind.OUTAGE),
        (403, Verdict.BY_HAND, ObstacleKind.WALL),
        (404, Verdict.BY_HAND_DUE, ObstacleKind.GONE),
    ):
        write_site({}, toml=f'{TEMPLATES}[[route]]\nurl = "{HELP}"\npage = "index.html"\nstatus = {status}\n')
        page = personal(run_on, site, tutorial)
        obstacle = page.witnesses[0].obstacle
        assert obstacle is not None
        assert (page.verdict, obstacle.kind) == (verdict, kind)
        assert [reason.kind for reason in page.judgement.reasons][:1] == [
            ReasonKind.WITNESS_GONE if status == 404 else ReasonKind.NEXT_CONFIRMATION
        ]


def test_a_witness_may_be_on_a_host_that_the_scenario_does_not_visit(
    run_on: RunOn, write_site: WriteSite, tmp_path: Path
) -> None:
    site = Path(write_site({"": HOME}))
    write_replica(site, {"": "<main><p>Aide</p></main>"}, host=OTHER)
    tutorial = tutorial_of(accueil)
    tutorial.personal(2, "Code", described_on=[f"https://{OTHER}/", "https://ailleurs.exemple.test/"])
    assert tutorial.all_hosts == {HOST, OTHER, "ailleurs.exemple.test"}
    page = personal(run_on, str(site), tutorial)
    assert [one.url for one in page.witnesses] == [f"https://{OTHER}/"], "the replica does not have the other one"
    assert page.witnesses[0].title == "Exemple"


def test_a_page_without_a_check_stays_as_it_is_and_an_undone_check_restores_the_one_before(
    run_on: RunOn, write_site: WriteSite, tutorial: Tutorial
) -> None:
    site = write_site({"": HOME, "aide": advice()}, toml=TEMPLATES)
    record = run_on(site, [tutorial])
    assert page_of(record, 2).judgement.reasons[0].kind is ReasonKind.NEVER_CONFIRMED
    check(run_on, record)
    write_site({"aide": advice(digits=12)}, toml=TEMPLATES)
    later = run_on(site, [tutorial])
    session = session_of(run_on, later)
    session.undo(session.apply(CONFIRM, by="Zoé", today=today()))
    assert personal(run_on, site, tutorial).verdict is Verdict.BY_HAND_DUE
