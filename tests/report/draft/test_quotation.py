"""Labels that old tutorials quote by typography, and what only looks like one."""

import re

import pytest

from capture.scenario.instruction import quotations
from report.draft.old_tutorial import Emphasis, Paragraph, TextRun
from report.draft.quotation import quoted_text

_MARKED = re.compile(r"([*`])(.+?)\1")
_EMPHASES = {"*": Emphasis.STRONG, "`": Emphasis.LABEL}


def paragraph_of(text: str) -> Paragraph:
    """Return a paragraph: what stands between asterisks is bold, what stands between backticks a key or code."""
    runs, place = [], 0
    for found in _MARKED.finditer(text):
        runs += [TextRun(text=text[place : found.start()]), TextRun(text=found[2], emphasis=_EMPHASES[found[1]])]
        place = found.end()
    return Paragraph(runs=(*runs, TextRun(text=text[place:])))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Cliquez sur « Suivant ».", ["Suivant"]),
        ('Cliquez sur "Suivant".', ["Suivant"]),
        ("Cliquez sur “Suivant”.", ["Suivant"]),
        ("Klicken Sie auf „Weiter“.", ["Weiter"]),
        ("Press 'Next' to go on.", ["Next"]),
        ("Don't press it, it's late.", []),
        ("Cliquez sur *Suivant*.", ["Suivant"]),
        ("Cliquez sur *« Suivant »*.", ["Suivant"]),
        ("Cliquez sur *Sui**vant*.", ["Suivant"]),
        ("Press `Next`.", ["Next"]),
        ("Cliquez sur SUIVANT.", ["SUIVANT"]),
        ("Appuyez sur le bouton JE CRÉE MON COMPTE pour finir.", ["JE CRÉE MON COMPTE"]),
        ("Tapez *Mon nom*, puis appuyez sur *Valider*.", ["Mon nom", "Valider"]),
        ("*Mon nom* : tapez votre nom de famille", ["Mon nom"]),
        ("*Mon prénom* : comme sur la carte", ["Mon prénom"]),
    ],
)
def test_labels_are_put_in_quotation_marks(text: str, labels: list[str]) -> None:
    assert quotations(quoted_text(paragraph_of(text), "fr")) == labels


@pytest.mark.parametrize(
    "text",
    [
        "*Attention* : ne fermez pas la page.",
        "*Lisez bien toute la page avant de continuer, même si elle est longue.*",
        "Les *13 premiers chiffres* suffisent.",
        "Le code de la CPAM vous sera envoyé.",
        "Un NOUVEL ONGLET s'ouvre.",
        "TOUT LE TITRE EST EN CAPITALES",
        "Appuyez sur la touche ENTRÉE.",
        "Appuyez sur `Ctrl`.",
        "Ouvrez `www.ameli.fr`.",
        "Il est 15 h 30.",
    ],
)
def test_what_is_no_label_is_left_as_it_is(text: str) -> None:
    assert quotations(quoted_text(paragraph_of(text), "fr")) == []


def test_the_marks_are_those_of_the_language() -> None:
    paragraph = paragraph_of("Press *Next*.")
    assert quoted_text(paragraph, "en") == "Press “Next”."
    assert quoted_text(paragraph, "fr") == "Press « Next »."
