"""Life cycle of a baseline: new, approved, unchanged, changed, approved again."""

from collections.abc import Callable, Mapping, Sequence

from capture import Step
from report.results.run_record import RunRecord
from report.review.approve import ApprovalOutcome
from report.verdict import ExitCode, ReasonKind, Verdict
from tests.support.builders import START, tutorial_of
from tests.support.runs import RunOn, WriteSite, page_of

PAGE = (
    "<body style='margin:0;font:16px sans-serif'>{banner}<main style='padding:40px'><h1>Bonjour</h1>"
    "<button style='background:{colour};color:#fff;border:0;padding:12px 24px;margin-left:{left}px'>Valider</button>"
    "</main><footer style='margin-top:500px;padding:20px'>{footer}</footer>"
)
AS_APPROVED = {"banner": "", "colour": "#00c", "left": 0, "footer": "Mentions"}


def visite(step: Step) -> None:
    step.tell("Cliquez sur « Valider ».", step.button())
    step.shoot()


def run_changed(run_on: RunOn, write_site: WriteSite, **changed: object) -> RunRecord:
    return run_on(write_site({"": PAGE.format(**{**AS_APPROVED, **changed})}), [tutorial_of(visite)])


def test_new_then_approved_then_the_same_then_changed_then_approved(run_on: RunOn, write_site: WriteSite) -> None:
    first = run_changed(run_on, write_site)
    assert page_of(first, 1).verdict is Verdict.NEW
    assert first.exit_code is ExitCode.NEW
    assert run_on.approve(first) == [ApprovalOutcome.CREATED]

    same = run_changed(run_on, write_site)
    assert page_of(same, 1).verdict is Verdict.UP_TO_DATE
    assert same.exit_code is ExitCode.ALL_TRUE

    changed = run_changed(run_on, write_site, colour="#c00")
    assert page_of(changed, 1).verdict is Verdict.PICTURE_OUTDATED
    assert changed.exit_code is ExitCode.OUTDATED
    assert run_on.approve(changed) == [ApprovalOutcome.REPLACED]
    assert page_of(run_changed(run_on, write_site, colour="#c00"), 1).verdict is Verdict.UP_TO_DATE


WEIGHED = (
    ({"colour": "#0011bb"}, Verdict.PICTURE_OUTDATED, ReasonKind.TARGET_LOOKS),
    ({"left": 30}, Verdict.PICTURE_OUTDATED, ReasonKind.TARGET_MOVED),
    ({"footer": "Mentions légales"}, Verdict.COSMETIC, ReasonKind.ELSEWHERE),
    ({"banner": "<div style='height:60px;background:#fd0'>Info</div>"}, Verdict.COSMETIC, ReasonKind.ROWS_INSERTED),
)
"""Changes of a page, its verdict, and the first reason of the verdict."""


def test_a_change_is_weighed_by_what_the_page_teaches(run_on: RunOn, write_site: WriteSite) -> None:
    tutorial = tutorial_of()
    for number in range(len(WEIGHED)):
        tutorial.page(number + 1, "Page", starts_at=f"{START}{number}")(visite)

    def night(changes: Sequence[Mapping[str, object]]) -> RunRecord:
        return run_on(
            write_site({str(at): PAGE.format(**{**AS_APPROVED, **one}) for at, one in enumerate(changes)}), [tutorial]
        )

    run_on.approve(night([{}] * len(WEIGHED)))
    record = night([changed for changed, _, _ in WEIGHED])
    found = [(page.verdict, page.judgement.reasons[0].kind) for _, page in record.pages()]
    assert found == [(verdict, reason) for _, verdict, reason in WEIGHED]


ROW = "<li>Léa – Compte rendu</li>"
LIST = "<label>Déchets <select><option>Plâtre{more}</select></label>"
SECOND_NIGHTS = (
    ("Ouvrez « Compte rendu ».", f"<ul>{ROW * 3}</ul>", f"<ul>{ROW * 3}</ul>", Verdict.UP_TO_DATE),
    ("Lisez « Horaires ».", "<h1>Horaires</h1><p>hier", "<h1>Horaires</h1><p>demain", Verdict.COSMETIC),
    (
        "Voyez « Aide ».",
        "<p>Aide</p><main><h1>Parkings</h1><p>Ouverts.</main>",
        "<p>Aide</p><main><h1>Connexion</h1><label>Mot de passe <input type=password></label></main>",
        Verdict.UNREACHABLE,
    ),
    (
        "Dans « Déchets », choisissez « Gravats ».",
        LIST.format(more="<option>Gravats"),
        LIST.format(more=""),
        Verdict.TEXT_OUTDATED,
    ),
    (
        "Cliquez sur « Chercher ».",
        "<button>Chercher</button>",
        "<button aria-label=Chercher>Trouver</button>",
        Verdict.TEXT_OUTDATED,
    ),
)
"""A sentence, the page on the night when it was approved and on the next one, and its verdict then."""


def told(sentence: str) -> Callable[[Step], None]:
    def visit(step: Step) -> None:
        target = step.field() if "Déchets" in sentence else step.button() if "Cliquez" in sentence else step.text()
        step.tell(sentence, target)
        step.shoot()

    return visit


def test_what_a_reader_meets_on_the_second_night_is_told(run_on: RunOn, write_site: WriteSite) -> None:
    tutorial = tutorial_of()
    for number, (sentence, *_) in enumerate(SECOND_NIGHTS):
        tutorial.page(number + 1, "Page", starts_at=f"{START}{number}")(told(sentence))

    def night(which: int) -> RunRecord:
        return run_on(write_site({str(at): str(one[which]) for at, one in enumerate(SECOND_NIGHTS)}), [tutorial])

    first = night(1)
    assert all(result.true for _, page in first.pages() for result in page.instructions)
    run_on.approve(first)
    assert [page.verdict for _, page in night(2).pages()] == [verdict for *_, verdict in SECOND_NIGHTS]


def test_an_error_page_never_takes_a_good_pictures_place(run_on: RunOn, write_site: WriteSite) -> None:
    run_on.approve(run_changed(run_on, write_site))
    before = {path: path.read_bytes() for path in run_on.screenshots.rglob("*.*")}
    toml = '[[route]]\nurl = "https://www.exemple.test/"\npage = "index.html"\nstatus = 503\n'
    down = run_on(write_site({"": PAGE.format(**AS_APPROVED)}, toml=toml), [tutorial_of(visite)])
    assert page_of(down, 1).verdict is Verdict.UNREACHABLE
    assert run_on.approve(down) == [ApprovalOutcome.LEFT]
    assert {path: path.read_bytes() for path in run_on.screenshots.rglob("*.*")} == before


def test_approving_a_false_page_does_not_forget_what_its_instruction_pointed_at(
    run_on: RunOn, write_site: WriteSite
) -> None:
    def accueil(step: Step) -> None:
        link = step.tell("Suivez « S'inscrire ».", step.link())
        step.shoot()
        step.click(link)

    def suite(step: Step) -> None:
        step.tell("Voyez « Suite ».", step.heading())
        step.shoot()

    tutorial = tutorial_of(accueil)
    tutorial.page(2, "Suite")(suite)

    def night(label: str) -> RunRecord:
        other = "<a href=/autre>Autre</a>"
        return run_on(write_site({"": f"<a href=/suite>{label}</a>{other}", "suite": "<h1>Suite</h1>"}), [tutorial])

    assert run_on.approve(night("S'inscrire")) == [ApprovalOutcome.CREATED] * 2
    for _ in range(2):
        changed = night("Ouvrir")
        (result,) = page_of(changed, 1).instructions
        assert result.replacement is not None
        assert result.replacement.name == "Ouvrir"
        assert result.approved is not None
        assert page_of(changed, 2).verdict is Verdict.UP_TO_DATE, "the journey goes on"
        run_on.approve(changed)
    assert page_of(night("S'inscrire"), 1).instructions[0].true


def test_what_was_already_there_beside_a_target_has_not_taken_its_place(run_on: RunOn, write_site: WriteSite) -> None:
    def accueil(step: Step) -> None:
        step.tell("Le titre est « Emprunter ».", step.heading())
        step.shoot()

    def night(html: str) -> Verdict:
        record = run_on(
            write_site({"": f"<nav><a href=/x>Emprunter</a></nav>{html}<p>Fin</p>"}), [tutorial_of(accueil)]
        )
        if page_of(record, 1).verdict is Verdict.NEW:
            run_on.approve(record)
        return page_of(record, 1).verdict

    assert night("<h1>Emprunter</h1>") is Verdict.NEW
    assert night("") is Verdict.TEXT_OUTDATED, "the link of the menu is no title"
    assert night("<p>Emprunter</p>") is not Verdict.TEXT_OUTDATED, "a reader sees the same"
