"""Sentences, instructions and kinds of pages, drafted from an old tutorial."""

import pytest

from report.draft.drafted_instruction import instructions_of, sentences
from report.draft.drafted_page import REMOVED, DraftedTutorial, draft
from report.draft.old_tutorial import OldPage, OldTutorial, Paragraph, TextRun


def drafted_of(*pages: list[str]) -> DraftedTutorial:
    old = tuple(
        OldPage(
            number=number,
            title=lines[0],
            paragraphs=tuple(Paragraph(runs=(TextRun(text=line),)) for line in lines[1:]),
        )
        for number, lines in enumerate(pages, start=1)
    )
    return draft(OldTutorial(title="", author="", pages=old))


def test_a_full_stop_in_a_quotation_or_an_abbreviation_ends_no_sentence() -> None:
    text = "Lisez « Bonjour. Et bienvenue. » en haut. Voir p. 3 et www.ameli.fr. Puis cliquez !"
    assert sentences(text) == [
        "Lisez « Bonjour. Et bienvenue. » en haut.",
        "Voir p. 3 et www.ameli.fr.",
        "Puis cliquez !",
    ]


@pytest.mark.parametrize(
    ("sentence", "instructions"),
    [
        ("Cliquez sur « OK ».", [("Cliquez sur « OK ».", "OK", "button")]),
        (
            "Écrivez votre code postal dans le champ « Code postal », puis cliquez sur « OK ».",
            [
                ("Écrivez votre code postal dans le champ « Code postal »", "Code postal", "field"),
                ("Cliquez sur « OK ».", "OK", "button"),
            ],
        ),
        (
            "Remplissez « Nom » et « Ville ».",
            [("Remplissez « Nom »", "Nom", "field"), ("Remplissez « Ville ».", "Ville", "field")],
        ),
        (
            "Tapez « Rennes » dans « Ville », puis choisissez « Bretagne ».",
            [("Tapez « Rennes » dans « Ville »", "Ville", "field"), ("Choisissez « Bretagne ».", "Bretagne", "text")],
        ),
        (
            "Dans « Ville », tapez le nom, puis cliquez sur « OK ».",
            [("Dans « Ville », tapez le nom", "Ville", "field"), ("Cliquez sur « OK ».", "OK", "button")],
        ),
        (
            "Cliquez sur « Oui », ou sur « Non ».",
            [("Cliquez sur « Oui »", "Oui", "button"), ("Cliquez sur « Non ».", "Non", "button")],
        ),
        ("Cochez la case « J'accepte ».", [("Cochez la case « J'accepte ».", "J'accepte", "checkbox")]),
        ("Suivez le lien « Aide ».", [("Suivez le lien « Aide ».", "Aide", "link")]),
        ("Vérifiez que « Bonjour » s'affiche.", [("Vérifiez que « Bonjour » s'affiche.", "Bonjour", "text")]),
        ("Une fenêtre s'ouvre.", [("Une fenêtre s'ouvre.", None, "text")]),
    ],
)
def test_an_instruction_has_one_label(sentence: str, instructions: list[tuple[str, str | None, str]]) -> None:
    found = [(one.sentence, one.label, one.role) for one in instructions_of(sentence, "fr")]
    assert found == instructions


def test_english_sentences_are_understood() -> None:
    found = [(one.label, one.role) for one in instructions_of("Type your town in “Town”, then press “Go”.", "en")]
    assert found == [("Town", "field"), ("Go", "button")]


def test_the_first_page_that_asks_is_an_empty_form_and_the_next_are_personal() -> None:
    drafted = drafted_of(
        ["Couverture", "Bonjour à tous."],
        ["Chercher", "Tapez votre code postal dans « Code postal », puis cliquez sur « Chercher »."],
        ["S'inscrire", "Tapez votre adresse dans « Adresse e-mail », puis cliquez sur « Valider »."],
        ["Confirmer", "Ouvrez le message reçu, puis cliquez sur « Confirmer »."],
        ["Pause", "Rangez vos papiers."],
        ["Licence", "CC BY 4.0"],
    )
    assert [page.kind for page in drafted.pages] == ["fixed", "public", "form_only", "personal", "fixed", "fixed"]
    assert drafted.pages[2].asks_for is not None


@pytest.mark.parametrize(
    "sentence",
    ["Tapez votre IBAN.", "Recopiez votre numéro de sécurité sociale.", "Tapez deux fois votre mot de passe."],
)
def test_a_page_that_asks_without_a_label_is_personal(sentence: str) -> None:
    drafted = drafted_of(["A", "Bonjour."], ["B", sentence], ["C", "Merci."])
    assert drafted.pages[1].kind == "personal"


def test_words_that_look_like_somebodys_data_are_left_out() -> None:
    address, phone = "@".join(("jeanne.martin", "exemple.fr")), " ".join(["06"] + ["11"] * 4)
    drafted = drafted_of(["A", f"Écrivez à {address} ou appelez le {phone}."], ["B", "Cliquez sur « OK »."])
    said = drafted.pages[0].instructions[0].sentence
    assert address not in said
    assert phone not in said
    assert said.count(REMOVED) == drafted.removed == 2
