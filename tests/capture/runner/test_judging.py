"""Overlays that the tutorial does not know."""

import pytest

from capture.capture import Sidecar
from capture.elements import Element
from capture.runner.judging import unknown_overlay
from capture.scenario.instruction import InstructionResult, InstructionStatus
from tests.support.builders import capture_of, element, instruction_result, png_of, scene

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
