import pytest

from capture.elements import Element
from capture.scenario.instruction import (
    Instruction,
    InstructionStatus,
    Target,
    find_elements,
    judge,
    missing_choice,
    quoted,
    too_few,
)
from tests.support.builders import box, element


def instruction(target: Target, sentence: str = "Cliquez sur « Valider ».") -> Instruction:
    return Instruction(number=1, sentence=sentence, target=target, callout="box", label="", source_line="x.py:1")


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Cliquez sur « Valider », puis sur « OK ».", "Valider"),
        ("Click “Sign in”.", "Sign in"),
        ("Cliquez sur «\u00a0Se connecter\u00a0».", "Se connecter"),
        ("Cliquez là.", None),
        ("Voyez « Le guide « Mes droits » en ligne ».", "Le guide « Mes droits » en ligne"),
        ("Read “The “green” guide”.", "The “green” guide"),
        ("Il manque « une fin.", None),
    ],
)
def test_the_first_quotation_is_the_name(sentence: str, name: str | None) -> None:
    assert quoted(sentence) == name


@pytest.mark.parametrize(
    ("found", "truth"),
    [
        (element("button", "VALIDER"), InstructionStatus.TRUE),
        (element("link", "Valider"), InstructionStatus.TRUE),
        (element("text", "Valider"), InstructionStatus.MISSING),
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


@pytest.mark.parametrize(
    ("container", "named", "found"),
    [
        (Target(role="dialog", name="Choisir"), "Choisir", True),
        (Target(role="dialog", name="Ailleurs"), "Ailleurs", False),
        (Target(role="dialog"), None, True),
        (None, None, True),
    ],
)
def test_a_target_that_is_missing_in_its_container_names_it(
    container: Target | None, named: str | None, found: bool
) -> None:
    page = [element("dialog", "Choisir"), element("button", "Valider")]
    result = judge(instruction(Target(role="button", inside=container), "Cliquez sur « OK »."), page)
    assert (result.status, result.container, result.container_found) == (InstructionStatus.MISSING, named, found)


def test_a_target_that_is_found_in_its_container_does_not_name_it() -> None:
    page = [element("dialog", "Choisir"), element("button", "Valider", parent=0)]
    result = judge(instruction(Target(role="button", inside=Target(role="dialog", name="Choisir"))), page)
    assert (result.true, result.container) == (True, None)


def test_the_element_that_covers_a_target_is_named() -> None:
    page = [element("dialog", "Cookies"), element("button", "Valider", covered_by=0)]
    assert judge(instruction(Target(role="button")), page).covered_by == "Cookies"


@pytest.mark.parametrize(
    ("sentence", "done", "status"),
    [
        ("Cliquez sur « Menu ».", False, InstructionStatus.COVERED),
        ("Cliquez sur « Menu ».", True, InstructionStatus.TRUE),
        ("« Menu » est en haut.", False, InstructionStatus.TRUE),
        ("« Ouvrir » est à côté de « Menu ».", False, InstructionStatus.TRUE),
        ("", False, InstructionStatus.COVERED),
    ],
)
def test_what_lies_under_a_clear_layer_is_seen_and_cannot_be_acted_on(
    sentence: str, done: bool, status: InstructionStatus
) -> None:
    found = [element("button", "Menu", covered_by=-1, clear_cover=True)]
    target = Target(role="button", name="Menu")
    assert judge(instruction(target, sentence), found, done=done).status is status
    under_a_picture = [element("button", "Menu", covered_by=-1)]
    assert judge(instruction(target, sentence), under_a_picture, done=done).status is InstructionStatus.COVERED


@pytest.mark.parametrize(
    ("shown", "found"), [(["Lire"], "1"), (["Lire", "Lire"], "2"), ([], None), (["Lire", "Lire", "Lire"], None)]
)
def test_fewer_than_the_number_that_is_pointed_at(shown: list[str], found: str | None) -> None:
    page = [element("link", name) for name in shown] + [element("link", "Lire", visible=False), element("link", "Aide")]
    told = too_few(instruction(Target(role="link", nth=3), "Cliquez sur le troisième « Lire »."), page)
    assert (told and told.found) == found
    assert too_few(instruction(Target(role="link"), "Cliquez sur « Lire »."), page) is None


def test_a_label_that_is_seen_comes_before_one_that_is_only_read_out() -> None:
    cross = element("button", "Fermer", words="×", unseen_name=True, box=box(900, 9))
    shown, other = element("button", "Fermer", box=box(9, 400)), element("button", "Fermer", box=box(9, 9))
    target = Target(role="button")
    assert find_elements(target, "Fermer", [cross, shown]) == [1, 0]
    assert find_elements(target, "Fermer", [cross, shown], near=cross.box) == [1, 0]
    assert find_elements(target, "Fermer", [cross, shown, other], near=other.box) == [2, 1, 0]
    assert find_elements(target, "×", [shown, cross]) == [1]
    assert find_elements(target, "Fermer", [cross]) == [0]
    assert find_elements(Target(role="button", nth=1), "Fermer", [cross, shown]) == [0]
    covered = element("button", "Fermer", covered_by=-1)
    assert find_elements(target, "Fermer", [covered, cross]) == [1, 0]


@pytest.mark.parametrize(
    ("found", "label"),
    [
        (element("button", "Guide, nouvelle fenêtre", words="Guide"), "Guide"),
        (element("button", "Guide, nouvelle fenêtre", words="Guide"), "Guide, nouvelle fenêtre"),
        (element("textbox", "Nom comme sur la carte", lead="Nom"), "Nom"),
        (element("textbox", "Nom *"), "Nom"),
        (element("textbox", "Nom (facultatif)"), "Nom *"),
        (element("button", "Vali\u00adder \ue000"), "Valider"),
        (element("button", "Créé"), "Cre\u0301e\u0301"),
    ],
)
def test_a_label_is_found_by_its_name_or_by_its_words(found: Element, label: str) -> None:
    assert judge(instruction(Target(role="", name=label)), [found]).true


def test_another_label_is_not_found() -> None:
    found = element("button", "Guide, nouvelle fenêtre", words="Guide")
    assert not judge(instruction(Target(role="button", name="Guide nouvelle")), [found]).true


@pytest.mark.parametrize(
    ("wanted", "found", "true"),
    [
        ("button", "tab", True),
        ("text", "link", True),
        ("text", "heading", True),
        ("field", "switch", True),
        ("checkbox", "radio", True),
        ("button", "heading", False),
        ("field", "button", False),
        ("dialog", "form", False),
    ],
)
def test_another_role_is_true_if_a_reader_uses_it_in_the_same_way(wanted: str, found: str, true: bool) -> None:
    assert judge(instruction(Target(role=wanted)), [element(found, "Valider")]).true is true


@pytest.mark.parametrize("wanted", ["field", "combobox", "button", "link"])
def test_what_opens_a_list_is_a_field_and_something_to_click(wanted: str) -> None:
    lists = [element("button", "Pays", opens_list=True), element("combobox", "Pays", opens_list=True)]
    assert [judge(instruction(Target(role=wanted, name="Pays")), [one]).true for one in lists] == [True, True]


def test_each_label_of_a_field_is_a_label() -> None:
    field = element("combobox", "Pays France", further_labels=("Pays",))
    assert judge(instruction(Target(role="field", name="Pays")), [field]).true
    assert judge(instruction(Target(role="field", name="Pays France")), [field]).true
    assert not judge(instruction(Target(role="field", name="France")), [field]).true


def test_what_is_seen_under_another_role_is_preferred_to_what_is_hidden() -> None:
    page = [element("tab", "Valider", visible=False), element("link", "Valider")]
    assert judge(instruction(Target(role="tab")), page).element == 1


def test_of_two_alike_the_nearest_to_the_approved_one_is_meant() -> None:
    page = [element("button", "Valider", box=box(0, 0)), element("button", "Valider", box=box(0, 400))]
    before = element("button", "Valider", box=box(0, 380))
    assert judge(instruction(Target(role="button")), page, before=before).element == 1
    assert judge(instruction(Target(role="button")), page).element == 0


def test_words_may_be_part_of_a_text_and_the_smallest_text_is_meant() -> None:
    page = [
        element("text", "Votre recherche a donné 29 résultats dans 3 pages", box=box(0, 0, 400, 90)),
        element("text", "29 résultats en 3 pages", box=box(0, 0, 200, 20)),
        element("text", "129 résultats"),
    ]
    assert judge(instruction(Target(role="text", name="29 résultats")), page).element == 1
    assert not judge(instruction(Target(role="text", name="9 résultats")), page).true
    assert not judge(instruction(Target(role="button", name="29 résultats")), page).true


GREYED_OUT = element("button", "Valider", disabled=True)


@pytest.mark.parametrize(
    ("sentence", "page", "before", "true"),
    [
        ("Cliquez sur « Valider ».", [GREYED_OUT], None, False),
        ("Voyez « Valider ».", [GREYED_OUT], None, True),
        ("Le bouton « Valider » reste grisé.", [GREYED_OUT], None, True),
        ("Cliquez sur « Valider ».", [GREYED_OUT, element("textbox", "Nom")], None, True),
        ("Cliquez sur « Valider ».", [GREYED_OUT, element("textbox", "Nom")], element("button", "Valider"), False),
        ("Voyez « Valider ».", [GREYED_OUT], element("button", "Valider"), False),
        ("Cliquez sur « Valider ».", [GREYED_OUT], GREYED_OUT, True),
    ],
)
def test_a_greyed_out_target_is_false_if_the_reader_is_to_act_on_it(
    sentence: str, page: list[Element], before: Element | None, true: bool
) -> None:
    result = judge(instruction(Target(role="button"), sentence), page, before=before)
    assert result.status is (InstructionStatus.TRUE if true else InstructionStatus.DISABLED)


def test_the_control_that_opens_a_hidden_target_is_named() -> None:
    page = [element("button", "À savoir"), element("link", "Valider", visible=False, opener=0)]
    result = judge(instruction(Target(role="link")), page)
    assert (result.status, result.opener) == (InstructionStatus.HIDDEN, "À savoir")


def test_a_text_may_be_part_of_what_is_clicked() -> None:
    elements = [element("button", "get /books", words="GET /books List the books")]
    sentence = "Lisez « List the books »."
    assert judge(instruction(Target(role="text"), sentence), elements).true
    assert not judge(instruction(Target(role="button"), sentence), elements).true


@pytest.mark.parametrize(
    ("field", "label"),
    [
        (element("textbox", "Mon code postal : *"), "Mon code postal"),
        (element("textbox", "Votre ville", placeholder="Code postal"), "Code postal"),
    ],
)
def test_a_text_may_be_the_label_of_a_field_or_stand_in_it(field: Element, label: str) -> None:
    told = instruction(Target(role="text"), f"« {label} »")
    assert judge(told, [field]).status is InstructionStatus.TRUE


WASTE = [element("combobox", "Déchets"), element("option", "Plâtre", parent=0), element("button", "OK")]


@pytest.mark.parametrize(
    ("sentence", "elements", "missing"),
    [
        ("Dans « Déchets », choisissez « Gravats ».", WASTE, "Gravats"),
        ("Dans « Déchets », choisissez la ligne « Gravats ».", WASTE, "Gravats"),
        ("In “Déchets”, select “Gravats”.", WASTE, "Gravats"),
        ("Dans « Déchets », choisissez « Plâtre ».", WASTE, None),
        ("Dans « Déchets », choisissez le vôtre, puis cliquez sur « Suite ».", WASTE, None),
        ("Dans « Déchets », choisissez « OK ».", WASTE, None),
        ("Dans « Déchets », il y a « Verre ».", WASTE, "Verre"),
        ("Dans « Déchets », choisissez « Gravats ».", WASTE[:1], None),
        ("Dans « Déchets », choisissez « Gravats ».", [element("textbox", "Déchets"), *WASTE[1:]], None),
    ],
    ids=[
        "it is gone",
        "with a noun",
        "in English",
        "it is there",
        "a button of the next step",
        "something else of the page",
        "it was offered when the page was approved",
        "a list whose choices are not listed yet",
        "no list",
    ],
)
def test_a_choice_that_is_quoted_must_be_offered(sentence: str, elements: list[Element], missing: str | None) -> None:
    others = {("option", "verre"), ("option", "plâtre")}
    assert missing_choice(instruction(Target(role="field"), sentence), 0, elements, others) == missing


SEARCH = element("button", "Search")


@pytest.mark.parametrize(
    ("before", "now", "status"),
    [
        (SEARCH, element("button", "Search", words="Find"), InstructionStatus.MISNAMED),
        (SEARCH, element("button", "Search", words="Search all"), InstructionStatus.TRUE),
        (SEARCH, element("button", "Search", words="→"), InstructionStatus.TRUE),
        (SEARCH, SEARCH, InstructionStatus.TRUE),
        (element("button", "Search", words="3 items"), element("button", "Search", words="4"), InstructionStatus.TRUE),
        (None, element("button", "Search", words="Find"), InstructionStatus.TRUE),
        (SEARCH, element("textbox", "Search", placeholder="a title"), InstructionStatus.TRUE),
    ],
    ids=[
        "other words",
        "more words",
        "an icon now",
        "the same",
        "quoted by its accessible name",
        "never approved",
        "an example",
    ],
)
def test_words_that_changed_on_the_screen_count_whatever_the_accessible_name(
    before: Element | None, now: Element, status: InstructionStatus
) -> None:
    told = instruction(Target(role=now.role), "Click “Search”.")
    assert judge(told, [now], before=before).status is status
