"""Suggested corrections: a scenario quotes what the page says now, as it quoted what the page said before."""

from dataclasses import replace

import pytest

from capture.scenario.healing import find_replacements
from capture.scenario.instruction import HealingEvidence, InstructionStatus, Replacement, quoted
from capture.scenario.rewriter import rewrite
from report.results.suggested_fixes import suggested_fix
from tests.support.builders import element, instruction_result

TEN = "Vous recevrez une réponse sous 10 jours ouvrés"
FIFTEEN = "Vous recevrez une réponse sous 15 jours ouvrés"
REST = " Le devis est gratuit."
SOURCE = """def page(step):
    step.tell({sentence!r}, step.text({name}))
    step.shoot()
"""


def test_nothing_is_suggested_where_the_same_stands_outside_its_container() -> None:
    new = Replacement(index=0, role="button", name="Chercher", evidence=HealingEvidence.NAME)
    result = instruction_result(1, status=InstructionStatus.MISSING, replacement=new)
    assert suggested_fix(replace(result, container="Votre projet")) is None
    renamed = replace(new, name="Trouver")
    assert suggested_fix(replace(result, container="Votre projet", replacement=renamed)) is not None


@pytest.mark.parametrize(
    ("sentence", "old", "new", "corrected"),
    [
        (f"Lisez « {TEN} ».", f"{TEN}.", f"{FIFTEEN}.", f"Lisez « {FIFTEEN} »."),
        (f"Lisez « {TEN} ».", f"{TEN}.{REST}", f"{FIFTEEN}.{REST}", f"Lisez « {FIFTEEN} »."),
        (f"Lisez : « {TEN}. »", f"{TEN}.{REST}", f"{FIFTEEN}.{REST}", f"Lisez : « {FIFTEEN}. »"),
        (f"« {TEN} », lit-on.", f"Bonjour !{REST} {TEN}.", f"Bonjour !{REST} {FIFTEEN}.", f"« {FIFTEEN} », lit-on."),
    ],
)
@pytest.mark.parametrize("names_target", [False, True])
def test_a_quoted_sentence_is_replaced_by_the_sentence_in_its_place(
    sentence: str, old: str, new: str, corrected: str, names_target: bool
) -> None:
    name = quoted(sentence) or ""
    result = instruction_result(
        1, name, sentence=sentence, role="text", status=InstructionStatus.MISSING, source_line="exemple.py:2"
    )
    (healed,) = find_replacements([result], [element("text", new)], [element("text", old)])
    fix = suggested_fix(healed)
    assert fix is not None
    assert fix.new_sentence == corrected
    source = SOURCE.format(sentence=sentence, name=repr(name) if names_target else "")
    wanted = SOURCE.format(sentence=corrected, name=repr(quoted(corrected)) if names_target else "")
    assert (rewrite(source, fix) or "").replace('"', "'") == wanted.replace('"', "'")
