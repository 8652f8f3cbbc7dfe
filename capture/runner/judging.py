"""Judge instructions against a snapshot of the page."""

from collections.abc import Iterable

from capture.browser.snapshot import Snapshot
from capture.capture import Sidecar
from capture.scenario.healing import find_replacements
from capture.scenario.instruction import Instruction, InstructionResult, Target, judge
from capture.scenario.locators import RestrictedLocator


def judge_instructions(
    instructions: Iterable[Instruction], snapshot: Snapshot, baseline: Sidecar | None
) -> tuple[InstructionResult, ...]:
    """Return the result of each instruction; a false one with the replacement of its element, if there is a clear one.

    Args:
        instructions: of one page.
        snapshot: elements of the page as it is.
        baseline: elements of the page as it was approved.
    """
    results = [
        judge(instruction, snapshot.elements, located=_locate(instruction.target, snapshot))
        for instruction in instructions
    ]
    return find_replacements(results, snapshot.elements, baseline.elements if baseline else ())


def _locate(target: Target, snapshot: Snapshot) -> int | None:
    """Return the index of the element that a target's own Playwright locator finds first."""
    if target.locator is None:
        return None
    handles = RestrictedLocator.locator_of(target.locator).element_handles()
    return snapshot.index_of(handles[0]) if handles else None
