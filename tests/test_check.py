"""A scenario's source is read before anything of it runs."""

from pathlib import Path

import pytest

from capture.check import check_source
from capture.errors import PrivacyError
from capture.scenario import read_tutorials
from tests.conftest import PROJECT

HEAD = "from capture import Step, Tutorial\n\ntutorial = Tutorial()\n\n\ndef visit(step: Step) -> None:\n    "
ATTACKS = [
    "step.page.fill('#c', 'x')",
    "step.page.type('#c', 'x')",
    "step.page.keyboard.type('x')",
    "step.page.locator('#c').press_sequentially('x')",
    "step.page.evaluate('1')",
    "step.page.get_by_label('c').evaluate_all('1')",
    "page = step.page; page.click('a')",
    "step.page.context.request.post('https://a.test')",
    "step.page.goto('https://a.test')",
    "step._tab.page.fill('#c', 'x')",
    "step.page._Finder__target.fill('x')",
    "getattr(step.page, 'fi' + 'll')('#c', 'x')",
    "eval('step.page.fill(1)')",
    "exec('1')",
    "open('/etc/hostname')",
    "__import__('os')",
    "__builtins__",
    "step.fill.__globals__",
    "import os",
    "import playwright.sync_api",
    "import urllib.request as r",
    "from socket import socket",
    "from capture.tab import Tab",
    "from . import other",
    "(lambda p: p.evaluate('1'))(step.page)",
    "vars(step)",
    "step.page.set_input_files('#c', 'x')",
]
HARMLESS = [
    "step.fill(step.field('Code postal'), '73000')",
    "step.click(step.tell('Cliquez sur « Suite ».', step.link()))",
    "step.go('https://www.exemple.test/')",
    "step.hover(step.button('Aide'))",
    "step.tell('Lisez « A ».', step.page.get_by_role('main').locator('p').first)",
    "step.shoot(ignore=['#actualites'], full_page=True)",
    "import re",
    "from collections.abc import Iterable",
    "from capture import Target",
]


@pytest.mark.parametrize("line", ATTACKS)
def test_what_goes_past_the_guard_is_found_with_its_line(line: str) -> None:
    found = check_source(HEAD + line, Path("attaque.py"))
    assert found
    assert {finding.line for finding in found} == {7}


@pytest.mark.parametrize("line", HARMLESS)
def test_what_a_scenario_may_do_is_not(line: str) -> None:
    assert check_source(HEAD + line, Path("sage.py")) == ()


def test_every_finding_is_told_in_the_order_of_the_lines() -> None:
    source = HEAD + "step.page.evaluate('1')\n    import os\n    step.page.goto('a')\n"
    assert [finding.line for finding in check_source(source, Path("attaque.py"))] == [7, 8, 9]


def test_nothing_of_such_a_scenario_runs(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    (tmp_path / "attaque.py").write_text(f"open({str(trace)!r}, 'w').close()\n")
    with pytest.raises(PrivacyError, match=r"attaque\.py, line 1"):
        read_tutorials(tmp_path)
    assert not trace.exists()


def test_the_scenarios_of_the_project_are_harmless() -> None:
    for file in (PROJECT / "scenarios").rglob("*.py"):
        assert check_source(file.read_text("utf-8"), file) == ()
