"""The author's API offers nothing that the sandbox refuses."""

from capture import Step
from capture.scenario.sandbox import ALLOWED_ATTRIBUTES, STEP_ACTS


def test_a_step_has_no_public_attribute_that_a_scenario_may_not_use() -> None:
    public = {name for name in dir(Step) if not name.startswith("_")}
    assert public <= ALLOWED_ATTRIBUTES | STEP_ACTS
