"""Instructions judged on a snapshot: overlays that the tutorial does not know, and replacements."""

from dataclasses import replace

import pytest

from capture.browser.snapshot import Snapshot
from capture.capture import Sidecar
from capture.elements import Element
from capture.runner.judging import judge_instructions, unknown_overlay
from capture.scenario.instruction import Instruction, InstructionResult, InstructionStatus, Target
from tests.support.builders import HOST, box, capture_of, element, instruction_result, png_of, scene

COVERED, TRUE = InstructionStatus.COVERED, InstructionStatus.TRUE
CONSENT = "Nous et nos partenaires utilisons des cookies. Tout accepter Tout refuser"


def approved(*statuses: InstructionStatus) -> Sidecar:
    results = tuple(result_of(number, status) for number, status in enumerate(statuses, start=1))
    return capture_of(png_of(scene()), instructions=results).sidecar


def result_of(number: int, status: InstructionStatus) -> InstructionResult:
    return instruction_result(number, f"B{number}", status=status, element=number - 1)


def page(words: str, *statuses: InstructionStatus) -> list[Element]:
    return [element("button", f"B{n}", cover=words if one is COVERED else None) for n, one in enumerate(statuses)]


@pytest.mark.parametrize(
    ("words", "share", "now", "before", "unknown"),
    [
        (CONSENT, 0.9, [COVERED, TRUE], None, True),
        (CONSENT, 0.9, [COVERED, COVERED], [TRUE, TRUE], True),
        (CONSENT, 0.2, [COVERED], [TRUE], False),
        ("Bienvenue", 0.9, [COVERED, COVERED], [TRUE, TRUE], True),
        ("Bienvenue", 0.9, [COVERED, COVERED], None, False),
        ("Bienvenue", 0.9, [COVERED, TRUE], [TRUE, TRUE], False),
        ("Bienvenue", 0.9, [COVERED, COVERED], [COVERED, TRUE], False),
        ("", 0.9, [COVERED], [TRUE], True),
        (CONSENT, 0.9, [TRUE], [TRUE], False),
    ],
)
def test_what_lies_over_the_whole_page(
    words: str, share: float, now: list[InstructionStatus], before: list[InstructionStatus] | None, unknown: bool
) -> None:
    results = [result_of(number, status) for number, status in enumerate(now, start=1)]
    shares = {index: share for index, status in enumerate(now) if status is COVERED}
    baseline = None if before is None else approved(*before)
    found = unknown_overlay(results, page(words, *now), shares, baseline)
    assert (found is not None) is unknown
    assert not unknown or found == (words or "–")


ERASE = Instruction(
    number=1,
    sentence="Cliquez sur « Effacer ce champ ».",
    target=Target(role="button"),
    callout="box",
    label="",
    source_line="x.py:1",
)
HOME, OTHER = f"https://{HOST}/accueil", f"https://{HOST}/autre"


def replaced(now: list[Element], url: str, before: list[Element], *, was_true: bool) -> str | None:
    """Return the name of what has replaced the target of ERASE, on a page with these elements."""
    snapshot = Snapshot(
        elements=tuple(now),
        readers=(),
        origins=(),
        full_page=False,
        scale=1,
        fields={},
        cover_shares={},
        window=box(0, 0, 800, 600),
        unread_frames={},
    )
    status = TRUE if was_true else InstructionStatus.MISSING
    known = replace(
        instruction_result(1, "Effacer ce champ", status=status, element=1 if was_true else None),
        sentence=ERASE.sentence,
    )
    capture = capture_of(png_of(scene()), url=HOME, elements=tuple(before), instructions=(known,))
    _, (result,) = judge_instructions([ERASE], snapshot, url, capture.sidecar)
    return result.replacement.name if result.replacement else None


def test_what_is_similar_to_a_target_that_was_never_there_is_named_on_each_night() -> None:
    page = [element("heading", "Accueil"), element("button", "Effacer le champ")]
    assert replaced(page, HOME, page, was_true=False) == "Effacer le champ"


@pytest.mark.parametrize(("url", "heading", "name"), [(HOME, "Accueil", "Suite"), (OTHER, "Zones", None)])
def test_what_stands_in_the_same_place_of_another_page_replaces_nothing(
    url: str, heading: str, name: str | None
) -> None:
    form, hint = element("form", "", box=box(0, 0, 400, 300)), element("text", "Écrivez ici", box=box(), parent=0)
    before = [form, element("button", "Effacer ce champ", parent=0), hint, element("heading", "Accueil")]
    now = [form, element("button", "Suite", parent=0), hint, element("heading", heading)]
    assert replaced(now, url, before, was_true=True) == name
