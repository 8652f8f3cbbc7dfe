"""Places of the target of an instruction in each picture of its page."""

from capture.geometry import Box
from capture.scenario.instruction import InstructionResult


def target_boxes(result: InstructionResult) -> dict[str, Box]:
    """Return the box of an instruction's target in each picture that shows it: ``approved``, ``captured``; px.

    In tonight's picture, what has replaced the target stands for it.
    """
    now = result.box or (result.replacement.box if result.replacement else None)
    return {side: box for side, box in (("approved", result.approved), ("captured", now)) if box is not None}
