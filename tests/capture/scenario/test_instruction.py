import pytest

from capture.elements import Element
from capture.scenario.instruction import Instruction, InstructionStatus, Target, find_elements, judge, quoted
from tests.support.builders import element


def instruction(target: Target, sentence: str = "Cliquez sur « Valider ».") -> Instruction:
    return Instruction(number=1, sentence=sentence, target=target, callout="box", label="", source_line="x.py:1")


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Cliquez sur « Valider », puis sur « OK ».", "Valider"),
        ("Click “Sign in”.", "Sign in"),
        ("Cliquez sur «\u00a0Se connecter\u00a0».", "Se connecter"),
        ("Cliquez là.", None),
    ],
)
def test_the_first_quotation_is_the_name(sentence: str, name: str | None) -> None:
    assert quoted(sentence) == name


@pytest.mark.parametrize(
    ("found", "truth"),
    [
        (element("button", "VALIDER"), InstructionStatus.TRUE),
        (element("link", "Valider"), InstructionStatus.MISSING),
        (element("button", "Sélectionner"), InstructionStatus.MISSING),
        (element("button", "Valider", visible=False), InstructionStatus.HIDDEN),
        (element("button", "Valider", covered_by=-1), InstructionStatus.COVERED),
    ],
)
def test_the_truth_of_an_instruction(found: Element, truth: InstructionStatus) -> None:
    result = judge(instruction(Target(role="button")), [found])
    assert result.status is truth
    assert result.true == (truth is InstructionStatus.TRUE)
    assert (result.box is None) == (truth in (InstructionStatus.MISSING, InstructionStatus.HIDDEN))


def test_the_clickable_one_of_several_candidates_is_chosen() -> None:
    page = [
        element("button", "Valider", visible=False),
        element("button", "Valider", covered_by=0),
        element("button", "Valider"),
    ]
    assert judge(instruction(Target(role="button")), page).element == 2


@pytest.mark.parametrize("role", ["textbox", "combobox", "checkbox", "searchbox"])
def test_a_field_is_any_kind_of_field(role: str) -> None:
    assert find_elements(Target(role="field"), "Code", [element(role, "Code")]) == [0]


def test_inside_a_container_by_name() -> None:
    page = [
        element("dialog", "Choisir"),
        element("form", "Recherche"),
        element("button", "Valider", parent=1),
        element("button", "Valider", parent=0),
    ]
    inside = Target(role="button", inside=Target(role="dialog", name="Choisir"))
    assert find_elements(inside, "Valider", page) == [3]
    assert find_elements(Target(role="button", inside=Target(role="navigation")), "Valider", page) == []


def test_the_element_that_covers_a_target_is_named() -> None:
    page = [element("dialog", "Cookies"), element("button", "Valider", covered_by=0)]
    assert judge(instruction(Target(role="button")), page).covered_by == "Cookies"
