"""The part of a new text that corresponds to a quotation of the old one."""

import pytest

from capture.scenario.quoted_part import corresponding_part

TEN = "Vous recevrez une réponse sous 10 jours ouvrés"
FIFTEEN = "Vous recevrez une réponse sous 15 jours ouvrés"


@pytest.mark.parametrize(
    ("quotation", "old", "new", "part"),
    [
        # the punctuation of the quotation
        (TEN, f"{TEN}.", f"{FIFTEEN}.", FIFTEEN),
        (f"{TEN}.", f"{TEN}.", f"{FIFTEEN}.", f"{FIFTEEN}."),
        ("Avez-vous un compte ?", "Avez-vous un compte ?", "Avez-vous déjà un compte ?", "Avez-vous déjà un compte ?"),
        ("Avez-vous un compte", "Avez-vous un compte ?", "Avez-vous déjà un compte ?", "Avez-vous déjà un compte"),
        ("Nom :", "Nom :", "Nom de famille :", "Nom de famille :"),
        ("Nom : *", "Nom : *", "Nom de famille : *", "Nom de famille : *"),
        # a sentence of several
        (TEN, f"{TEN}. Le devis est gratuit.", f"{FIFTEEN}. Le devis est gratuit.", FIFTEEN),
        (TEN, f"Bonjour. {TEN}. Le devis est gratuit.", f"Bonjour. {FIFTEEN}. Le devis est gratuit.", FIFTEEN),
        (
            "Le devis est gratuit.",
            f"{TEN}. Le devis est gratuit.",
            f"{TEN}. Le devis est payant.",
            "Le devis est payant.",
        ),
        (f"{TEN}. Merci", f"{TEN}. Merci. Adieu.", f"{FIFTEEN}. Merci. Adieu.", f"{FIFTEEN}. Merci"),
        (
            TEN,
            f"{TEN}. Le devis est gratuit.",
            f"{FIFTEEN} au plus tard. Le devis est gratuit.",
            f"{FIFTEEN} au plus tard",
        ),
        (TEN, f"{TEN}. Le devis est gratuit.", f"Désormais, {FIFTEEN}. Le devis est gratuit.", f"Désormais, {FIFTEEN}"),
        # words of a sentence
        ("sous 10 jours", f"{TEN}.", f"{FIFTEEN}.", "sous 15 jours"),
        ("10 euros", "Le dossier coûte 10 euros, tout compris.", "Il coûte 12,50 €, tout compris.", "12,50 €"),
        ("29 résultats", "Page 1 : 29 résultats pour vous", "Page 1 : 31 résultats pour vous", "31 résultats"),
        # all of it
        ("OK", "OK", "Valider", "Valider"),
        ("Nom", "Nom *", "Nom de famille *", "Nom de famille"),
        ("Nom (facultatif)", "Nom (facultatif)", "Prénom (facultatif)", "Prénom (facultatif)"),
        # an old text that is not known, or has nothing of this
        (TEN, "", f"{FIFTEEN}. Le devis est gratuit.", FIFTEEN),
        (TEN, "", f"Le devis est gratuit. {FIFTEEN}.", FIFTEEN),
        (TEN, "Bonjour.", f"{FIFTEEN}.", FIFTEEN),
        (TEN, f"{TEN}. Le devis est gratuit.", "Délai : 15 jours. Devis offert.", "Délai : 15 jours"),
        (TEN, f"{TEN}.", "…", "…"),
    ],
)
def test_the_part_stands_where_the_quotation_stood(quotation: str, old: str, new: str, part: str) -> None:
    assert corresponding_part(quotation, old, new) == part
