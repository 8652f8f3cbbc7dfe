"""The French catalogue: complete, without unused messages, and typeset."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from typing import Any

import msgspec
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from capture.errors import PictureCorrupt, PrivacyError, TutofraisError
from capture.messages import Phrase
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import VisitState
from capture.scenario.expectation import ExpectationKind, Unmet
from capture.scenario.instruction import HealingEvidence, InstructionStatus, Replacement
from capture.scenario.tutorial import PageKind
from report.baselines.decision import Decision, DecisionKind, HandCheck
from report.compare.elements import ChangeKind, ElementChange
from report.compare.volatility import VolatileRegion, Volatility
from report.i18n.dates import format_day, format_days, format_moment, format_short_day
from report.i18n.messages import error_messages, extract_messages, update_catalogue
from report.i18n.sentences import Sentences
from report.i18n.translator import LOCALES, shorten
from report.results.run_record import PageRecord
from report.review.session import ReviewSession
from report.verdict import Judgement, Reason, ReasonKind, Verdict
from tests.support.builders import accueil, box, capture_of, instruction_result, outcome_of, tutorial_of

FRENCH_CATALOGUE = LOCALES / "fr.po"
SPACES = "\u00a0\u202f"
FRENCH, ENGLISH = Sentences("fr"), Sentences("en")


def first(message: str | Sequence[str]) -> str:
    return message if isinstance(message, str) else message[0]


@pytest.fixture(scope="module")
def french() -> dict[str, tuple[str, ...]]:
    """French catalogue: the translation of each message, or its translations by number."""
    with FRENCH_CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    assert not [message.id for message in catalogue if message.fuzzy]
    assert not list(catalogue.obsolete)
    return {
        first(message.id): (message.string,) if isinstance(message.string, str) else tuple(message.string)
        for message in catalogue
        if message.id
    }


def test_every_sentence_is_translated_and_no_translation_is_left_over(french: dict[str, tuple[str, ...]]) -> None:
    wanted = {first(message.id) for message in extract_messages() if message.id}
    assert len(wanted) > 100, "the sentences were found"
    assert wanted - set(french) == set()
    assert set(french) - wanted == set()
    assert [key for key, texts in french.items() if not all(texts)] == []


def test_the_catalogue_is_what_make_messages_writes() -> None:
    committed = FRENCH_CATALOGUE.read_text("utf-8")
    assert update_catalogue(committed, extract_messages()) == committed, "type: make messages"


def test_every_error_has_its_problem_and_cure_in_the_catalogue(french: dict[str, tuple[str, ...]]) -> None:
    for kind in TutofraisError.__subclasses__():
        assert {kind.problem, kind.cure} <= set(french)


def test_messages_are_found_in_the_attributes_of_errors() -> None:
    source = b"""
class Wrong(Exception):
    problem: ClassVar[str] = "It is " "wrong."
    cure = "Cure."
    other = "Other."
"""
    assert list(error_messages(source)) == [(3, "It is wrong."), (4, "Cure.")]


def test_an_update_adds_new_messages_and_removes_unused_ones() -> None:
    header = '# Header.\nmsgid ""\nmsgstr "Language: fr\\n"\n'
    known = f'{header}\nmsgid "Kept"\nmsgstr "Gardé"\n\nmsgid "Old"\nmsgstr "Vieux"\n'
    template = Catalog()
    template.add("Kept", locations=[("b.py", 2)])
    template.add("New", locations=[("a.py", 1)])
    assert update_catalogue(known, template) == (
        f'{header}\n#: a.py\nmsgid "New"\nmsgstr ""\n\n#: b.py\nmsgid "Kept"\nmsgstr "Gardé"\n'
    )


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def test_translations_have_the_same_details(french: dict[str, tuple[str, ...]]) -> None:
    for key, texts in french.items():
        for text in texts:
            assert fields(text) - {"The", "the", "the_new"} == fields(key) - {"The", "the", "the_new"}, key


def test_translations_are_typeset_as_french_is(french: dict[str, tuple[str, ...]]) -> None:
    for texts in french.values():
        for text in texts:
            bare = re.sub(r"https?://\S+|\{[^}]*\}", "x", text)
            assert not re.search(r"[^\s][;!?»]|«\S|'|\w:(\s|$)|\.\.\.", bare), text


@pytest.mark.parametrize(
    ("text", "set_"),
    [
        ("Dites « oui » : maintenant !", "Dites «\u00a0oui\u00a0»\u00a0: maintenant\u202f!"),
        ("Déplacé de 12 px ; rien d’autre ?", "Déplacé de 12\u00a0px\u202f; rien d’autre\u202f?"),
        ("https://exemple.test/?a=b", "https://exemple.test/?a=b"),
    ],
)
def test_french_spaces(text: str, set_: str) -> None:
    assert FRENCH.typeset(text) == set_


def test_english_quotes() -> None:
    assert ENGLISH.typeset("The button « OK » is there.") == "The button “OK” is there."


def test_numbers_of_things() -> None:
    for language, zero in (("fr", "0 texte à"), ("en", "0 texts to")):
        sentence_now = Sentences(language).ngettext("{n} text to rewrite", "{n} texts to rewrite", 0)
        assert sentence_now.startswith(zero)


def test_moments_are_those_of_paris() -> None:
    moment = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert FRENCH.moment(moment) == "2 mars 2026, 00:30"


STATES = ("checked", "mixed", "pressed", "selected", "expanded", "invalid", "current")
SENTENCES_OF_STATES = (*STATES, *(f"not {state}" for state in STATES))


@pytest.mark.parametrize("sentences", [FRENCH, ENGLISH])
def test_every_kind_has_its_words(sentences: Sentences) -> None:
    for verdict in Verdict:
        assert sentences.verdict(verdict)
    changes = [(kind, None) for kind in ChangeKind if kind is not ChangeKind.STATE]
    for happened, state in [*changes, *((ChangeKind.STATE, state) for state in SENTENCES_OF_STATES)]:
        change = ElementChange(kind=happened, role="button", before="A", now="B", box=None, px=9, state=state)
        assert sentences.change(change).endswith(".")
    for status in set(InstructionStatus) - {InstructionStatus.UNEXPECTED}:
        result = instruction_result(status=status)
        for one in (result, replace(result, name=None), replace(result, approved=None)):
            assert sentences.replacement(one).endswith(".")
        assert sentences.replacement(replace(result, name=None, approved=None)).endswith(".")
    for expected in ExpectationKind:
        unmet = Unmet(kind=expected, wanted="2", found="1")
        result = instruction_result(status=InstructionStatus.UNEXPECTED, unmet=unmet)
        assert sentences.replacement(result).endswith(".")
    for kind in ObstacleKind:
        assert sentences.obstacle(Obstacle(kind=kind, evidence="HTTP 403", url="")).endswith(".")


@pytest.mark.parametrize("name", ["Actualités", None])
@pytest.mark.parametrize("sentences", [FRENCH, ENGLISH])
def test_volatile_parts_have_their_sentences(sentences: Sentences, name: str | None) -> None:
    for liveliness in set(Volatility) - {Volatility.AS_APPROVED}:
        part = VolatileRegion(
            volatility=liveliness,
            box=box(10, 20, 300, 40),
            baseline_box=box(),
            role=None,
            name=name,
            digest="",
            is_ignored=True,
            since=date(2026, 3, 2),
        )
        sentence = sentences.volatile(part)
        assert sentence.endswith(".")
        assert (name or "300") in sentence


@pytest.mark.parametrize("inside", ["Comment faire ?", None])
@pytest.mark.parametrize("sentences", [FRENCH, ENGLISH])
def test_every_reason_has_its_words(sentences: Sentences, inside: str | None) -> None:
    told_of = {ReasonKind.CONTAINER_LOOKS, ReasonKind.VOLATILE, ReasonKind.TARGET_VOLATILE, ReasonKind.SETTLED}
    told_of |= {ReasonKind.ROWS_INSERTED, ReasonKind.ROWS_REMOVED, ReasonKind.ROWS_MOVED}
    page = PageRecord(
        number=1,
        title="Accueil",
        kind=PageKind.PUBLIC,
        judgement=Judgement(verdict=Verdict.COSMETIC),
        text=(),
        described_on=(),
        source_line="exemple.py:7",
        instructions=(instruction_result(1),),
    )
    for kind in told_of:
        sentence = sentences.reason(Reason(kind=kind, instruction=1, px=9, inside=inside, day=date(2026, 3, 2)), page)
        assert sentence.endswith(".")
        assert inside is None or "Comment faire" in sentence


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({}, "Le bouton « Chercher » est bien là."),
        ({"status": InstructionStatus.HIDDEN}, "Le bouton « Chercher » est dans la page, mais ne se voit pas."),
        ({"status": InstructionStatus.MISSING}, "Le bouton « Chercher » n’est plus là."),
        (
            {"status": InstructionStatus.COVERED, "covered_by": "Cookies"},
            "« Cookies » recouvre le bouton « Chercher ».",
        ),
        (
            {
                "status": InstructionStatus.MISSING,
                "replacement": Replacement(index=0, role="button", name="Trouver", evidence=HealingEvidence.NAME),
            },
            "Le bouton « Chercher » s’appelle maintenant « Trouver ».",
        ),
        (
            {
                "status": InstructionStatus.MISSING,
                "replacement": Replacement(index=0, role="link", name="Trouver", evidence=HealingEvidence.NAME),
            },
            "Le bouton « Chercher » n’est plus là : c’est maintenant le lien « Trouver ».",
        ),
        (
            {"status": InstructionStatus.MISSING, "approved": None},
            "Le bouton « Chercher » ne se trouve pas sur la page.",
        ),
        (
            {
                "status": InstructionStatus.MISSING,
                "approved": None,
                "replacement": Replacement(index=0, role="link", name="Trouver", evidence=HealingEvidence.NAME),
            },
            "Le bouton « Chercher » ne se trouve pas sur la page ; il y a le lien « Trouver ».",
        ),
        (
            {"status": InstructionStatus.MISSING, "container": "Votre projet"},
            "Le bouton « Chercher » ne se trouve pas dans « Votre projet ».",
        ),
        (
            {"status": InstructionStatus.MISSING, "container": "Votre projet", "container_found": False},
            "Le bouton « Chercher » devrait se trouver dans « Votre projet », qui n’est pas sur la page.",
        ),
        (
            {
                "status": InstructionStatus.MISSING,
                "container": "Votre projet",
                "replacement": Replacement(index=0, role="link", name="Chercher", evidence=HealingEvidence.NAME),
            },
            "Le bouton « Chercher » ne se trouve pas dans « Votre projet ». Sur la page, il y a le lien « Chercher ».",
        ),
        (
            {
                "status": InstructionStatus.MISSING,
                "approved": None,
                "replacement": Replacement(index=0, role="combobox", name="", evidence=HealingEvidence.PLACE),
            },
            "Le bouton « Chercher » ne se trouve pas sur la page ; il y a la liste sans nom.",
        ),
        (
            {"status": InstructionStatus.MISSING, "unmet": Unmet(kind=ExpectationKind.NTH, wanted="2", found="1")},
            "Le bouton « Chercher » ne se trouve que 1 fois sur la page, et la phrase parle du numéro 2.",
        ),
        (
            {"status": InstructionStatus.MISSING, "unmet": Unmet(kind=ExpectationKind.NTH, wanted="4", found="3")},
            "Le bouton « Chercher » ne se trouve que 3 fois sur la page, et la phrase parle du numéro 4.",
        ),
        (
            {"status": InstructionStatus.UNEXPECTED, "unmet": Unmet(kind=ExpectationKind.FILLED, wanted="")},
            "Le bouton « Chercher » est vide.",
        ),
    ],
)
def test_the_sentence_about_what_the_page_shows_now(more: dict[str, Any], sentence: str) -> None:
    sentence_now = FRENCH.replacement(instruction_result(1, **more))
    for space in SPACES:
        sentence_now = sentence_now.replace(space, " ")
    assert sentence_now == sentence


def test_an_error_speaks_french_down_to_its_reason() -> None:
    refused = PrivacyError(
        Phrase("{tutorial} would type what looks like {looks}", tutorial="x", looks=Phrase("an IBAN"))
    )
    problem, cure = FRENCH.error(refused)
    assert "an IBAN" not in problem
    assert "IBAN" in problem
    assert cure != PrivacyError.cure


def test_an_obstacle_is_in_french_after_it_was_written_and_read_back() -> None:
    what = Phrase("{file}, {what}", file="a.py", what=Phrase("line {line}: {what}", line=3, what="KeyError"))
    obstacle = Obstacle.of(ObstacleKind.SCENARIO, what, "https://www.exemple.test/")
    assert obstacle.evidence == "a.py, line 3: KeyError"
    decoded = msgspec.json.decode(msgspec.json.encode(obstacle), type=Obstacle)
    assert "a.py, ligne 3" in FRENCH.obstacle(decoded)


def test_a_detail_that_looks_like_a_format_is_left_as_it_is() -> None:
    problem, _ = FRENCH.error(PictureCorrupt(Path("{x}.png"), "unexpected {"))
    assert "{x}.png" in problem


def test_progress_says_what_became_of_a_page() -> None:
    page = tutorial_of(accueil).pages[0]
    capture = capture_of(
        b"", instructions=(instruction_result(1), instruction_result(2, status=InstructionStatus.MISSING))
    )
    seen = outcome_of(page, b"", instructions=capture.sidecar.instructions)
    assert "1 consigne vraie sur 2" in FRENCH.state(seen)
    wall = Obstacle(kind=ObstacleKind.WALL, evidence="HTTP 403", url="")
    assert "HTTP 403" in FRENCH.state(outcome_of(page, state=VisitState.UNREACHABLE, obstacle=wall))


@pytest.mark.parametrize(
    ("text", "short"), [("court", "court"), ("un mot, puis un autre", "un mot…"), ("motsansfinaucune", "motsansfin…")]
)
def test_long_texts_are_cut_at_a_word(text: str, short: str) -> None:
    assert shorten(text, 10) == short


def test_a_time_after_midnight_has_the_date_of_paris() -> None:
    assert Sentences("en").day(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)) == "2 March 2026"


def test_nobody_counts_pixels_beyond_the_window() -> None:
    change = ElementChange(kind=ChangeKind.MOVED, role="button", before="A", now="A", box=None, px=2400)
    assert FRENCH.change(change).replace("\u00a0", " ") == "Le bouton « A » se trouve maintenant ailleurs dans la page."
    assert "40" in FRENCH.change(replace(change, px=40))


def test_quotations_nest() -> None:
    result = instruction_result(1, "OK", status=InstructionStatus.MISSING)
    result = replace(result, sentence="Lisez « l'aide », puis cliquez sur « OK ».")
    french, english = (one.instruction(result).replace("\u00a0", " ") for one in (FRENCH, ENGLISH))
    assert french.startswith("Le tutoriel dit : « Lisez “l’aide”, puis cliquez sur “OK”. » Le bouton « OK » ")
    assert english.startswith("The tutorial says: “Lisez ‘l'aide’, puis cliquez sur ‘OK’.” The button “OK” ")


@pytest.mark.parametrize(
    ("site", "url", "french", "english"),
    [
        ("2026", "https://www.ameli.test/", "Réplique d’ameli.test (2026)", "Replica of ameli.test (2026)"),
        ("old", "https://pole.test/", "Réplique de pole.test (old)", "Replica of pole.test (old)"),
        ("old", None, "Réplique old", "Replica old"),
        ("live", "https://www.ameli.test/", "ameli.test", "ameli.test"),
        ("live", None, "Site en ligne", "Live site"),
    ],
)
def test_a_site_has_a_name_that_a_reader_knows(
    session: ReviewSession, site: str, url: str | None, french: str, english: str
) -> None:
    (tutorial,) = session.record.tutorials
    pages = tuple(replace(page, url=url) for page in tutorial.pages)
    run = replace(session.record, site=site, tutorials=(replace(tutorial, pages=pages),))
    assert (FRENCH.site(run), ENGLISH.site(run)) == (french, english)


def test_the_site_of_a_run_of_several_sites_says_how_many(session: ReviewSession) -> None:
    (tutorial,) = session.record.tutorials
    others = (
        replace(tutorial, slug=host, pages=tuple(replace(page, url=f"https://{host}/") for page in tutorial.pages))
        for host in ("a.test", "b.test")
    )
    run = replace(session.record, site="live", tutorials=(tutorial, tutorial, *others))
    assert FRENCH.site(run).endswith(" et 2 autres sites")
    assert ENGLISH.site(replace(run, tutorials=run.tutorials[:3])).endswith(" and 1 other site")
    assert " autres " not in FRENCH.site(replace(run, tutorials=run.tutorials[:2]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (format_day(date(2026, 3, 1), "fr"), "1er mars 2026"),
        (format_day(date(2026, 3, 11), "fr"), "11 mars 2026"),
        (format_day(date(2026, 3, 1), "en"), "1 March 2026"),
        (format_days(date(2026, 3, 1), date(2026, 3, 4), "fr"), "1er–4 mars 2026"),
        (format_days(date(2026, 2, 27), date(2026, 3, 1), "fr"), "27 févr. – 1er mars 2026"),
        (format_moment(datetime(2026, 3, 1, 10, 11, tzinfo=UTC), "fr"), "1er mars 2026, 11:11"),
        (format_short_day(date(2026, 3, 1), "fr"), "1er mars"),
    ],
)
def test_french_calls_the_first_day_of_a_month_premier(text: str, expected: str) -> None:
    assert text.replace("\u2009", " ").replace("\u202f", " ") == expected


def test_a_personal_page_says_who_checked_it_and_when_it_is_due_again() -> None:
    day = date(2026, 3, 2)
    page = PageRecord(
        number=2,
        title="Code",
        kind=PageKind.PERSONAL,
        judgement=Judgement(
            verdict=Verdict.BY_HAND, reasons=(Reason(kind=ReasonKind.NEXT_CONFIRMATION, day=date(2026, 6, 1)),)
        ),
        text=(),
        described_on=(),
        source_line="a.py:1",
    )
    assert FRENCH.personal(page) == "Personne ne l’a encore vérifiée."
    checked = replace(page, hand_check=HandCheck(on=day, by="Zoé"))
    assert FRENCH.personal(checked) == "Vérifiée à la main le 2 mars 2026 par Zoé. À revérifier le 1er juin 2026."
    kept = Decision(page=2, kind=DecisionKind.KEEP, on=day, by="Ali", note="« 6 » chiffres")
    false = replace(checked, decision=kept)
    assert FRENCH.personal(false).replace("\u00a0", " ") == (
        "Marquée à corriger le 2 mars 2026 par Ali. « “6” chiffres »"
    )
    kinds = [kind for kind in DecisionKind if kind is not DecisionKind.IGNORE]
    assert [ENGLISH.decided(replace(kept, kind=kind)) for kind in kinds] == [
        "New picture approved",
        "Marked as to be corrected",
        "Reminder set",
        "Checked by hand",
    ]
