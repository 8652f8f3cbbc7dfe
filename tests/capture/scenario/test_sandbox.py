"""The sandbox: a scenario's source is checked before it is executed."""

import importlib
import inspect
import os
import py_compile
from pathlib import Path

import pytest

import capture
from capture.errors import PrivacyError, ScenarioBroken
from capture.scenario.loader import read_tutorials
from capture.scenario.sandbox import MODULES, lint_source
from tests.support.commands import PROJECT

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
    "step.page._RestrictedLocator__target.fill('x')",
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
    "step.page.set_extra_http_headers({})",
    "step.page.on('dialog', print)",
    "import capture",
    "import capture.firefox as f; f.os.system('true')",
    "from capture import step",
    "from capture import *",
    "from typing import sys",
    "from typing import *",
    "import typing; typing.sys.modules",
    "import dataclasses; dataclasses.inspect.os",
    "import re._compiler",
    "import functools; functools.update_wrapper(1, step, assigned=('_tab',))",
    "from functools import wraps",
    "import typing; typing.get_type_hints(visit)",
    "import string; string.Formatter().get_field('0._tab', (step,), {})",
    "import dataclasses; dataclasses.asdict(step)",
    "(i for i in ()).gi_frame.f_builtins['eval']",
    "(i for i in ()).gi_frame",
    """match step:
        case object(_tab=tab): pass""",
    """match step.page:
        case object(fill=fill): fill('#c', 'x')""",
    # Regressions: attacks that an earlier version of the sandbox did not detect.
    "class M(str): pass",
    "M = type('M', (), {})",
    "from dataclasses import dataclass",
    "from enum import global_enum",
    "from typing import Optional",
    "from functools import partial",
    "'{0.tell.__globals__[sys].modules[os].environ[HOME]}'.format(step)",
    "'{0._tab.page.url}'.format_map([step])",
    "type(credits)('x', '', ('passwd',), ('/etc',))",
    "license",
    "step.tell('x', step.page.locator('#c')).target.locator.page.fill('#c', 'x')",
    "tutorial.file.write_text('x')",
    "tutorial.file.parent",
    "tutorial.hosts = ['pisteur.test']",
    "tutorial.public_values |= {'x'}",
    "step.capture = None",
    "del step.picture",
    "step.capture.elements",
    "step.page.wait_for_function('1')",
    "raise SystemExit(0)",
    "raise KeyboardInterrupt",
    """try: step.page.get('x')
    except AttributeError as error: error.obj""",
    "print(object())",
]
HARMLESS = [
    "step.fill(step.field('Code postal'), '73000')",
    "step.click(step.tell('Cliquez sur « Suite ».', step.link()))",
    "step.go('https://www.exemple.test/')",
    "step.hover(step.button('Aide'))",
    "step.tell('Lisez « A ».', step.page.get_by_role('main').locator('p').first)",
    "step.shoot(ignore=['#actualites'], full_page=True)",
    "from re import sub; sub('a', 'b', 'c')",
    "from collections.abc import Iterable",
    "from capture import Step, Tutorial",
    "from __future__ import annotations",
    "from datetime import UTC, datetime; datetime.now(UTC).strftime('%d/%m/%Y')",
    "settings = {}; settings.copy()",
    """for name in sorted({'b', 'a'}):
        step.tell(f'Lisez « {name.upper()} ».', step.text())""",
    "assert 'a'.strip() in ['a'], 'never'",
    """try: step.shoot()
    except Exception: raise ValueError('x') from None""",
]


@pytest.mark.parametrize("line", ATTACKS)
def test_code_that_bypasses_the_guard_is_found_with_its_line(line: str) -> None:
    found = lint_source(HEAD + line, Path("attaque.py"))
    assert found
    assert {finding.line for finding in found} <= {7, 8}


@pytest.mark.parametrize("line", HARMLESS)
def test_code_that_a_scenario_may_contain_is_not_reported(line: str) -> None:
    assert lint_source(HEAD + line, Path("sage.py")) == ()


def test_findings_are_in_the_order_of_the_lines() -> None:
    source = HEAD + "step.page.evaluate('1')\n    import os\n    step.page.goto('a')\n"
    assert [finding.line for finding in lint_source(source, Path("attaque.py"))] == [7, 8, 9]


def test_nothing_of_such_a_scenario_runs(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    (tmp_path / "attaque.py").write_text(f"open({str(trace)!r}, 'w').close()\n")
    with pytest.raises(PrivacyError, match=r"attaque\.py, line 1"):
        read_tutorials(tmp_path)
    assert not trace.exists()


def test_the_text_that_was_checked_is_the_text_that_runs(tmp_path: Path) -> None:
    (tmp_path / "attaque.py").write_text(f"# -*- coding: utf-7 -*-\n# +AAo-open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(ScenarioBroken, match="Tutorial"):
        read_tutorials(tmp_path)
    assert not (tmp_path / "ran").exists()


def test_an_older_compiled_scenario_does_not_run(tmp_path: Path) -> None:
    file = tmp_path / "attaque.py"
    hostile, harmless = f"open({str(tmp_path / 'ran')!r}, 'w')", "1"
    for source in (hostile, harmless.ljust(len(hostile))):
        file.write_text(source)
        os.utime(file, (1, 1))
        if source == hostile:
            py_compile.compile(str(file))
    with pytest.raises(ScenarioBroken, match="Tutorial"):
        read_tutorials(tmp_path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("lines", ["eval('1')", "import os", "from typing import sys", "import capture.tab", "help()"])
def test_code_that_the_check_cannot_see_has_nothing_to_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str
) -> None:
    monkeypatch.setattr("capture.scenario.loader.lint_tree", lambda *_: ())
    (tmp_path / "attaque.py").write_text(lines)
    with pytest.raises((PrivacyError, ScenarioBroken)):
        read_tutorials(tmp_path)


def test_scenarios_are_offered_what_the_package_exports() -> None:
    assert set(capture.__all__) == MODULES["capture"]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_nothing_that_may_be_imported_is_a_module(module: str) -> None:
    held = importlib.import_module(module)
    assert not [name for name in MODULES[module] if inspect.ismodule(getattr(held, name))]


def test_the_scenarios_of_the_project_are_harmless() -> None:
    for file in (PROJECT / "scenarios").rglob("*.py"):
        assert lint_source(file.read_text("utf-8"), file) == ()


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    x = 1\nexcept:\n    pass\n",
        "while True:\n    try:\n        x = 1\n    finally:\n        continue\n",
        "def f(step):\n    try:\n        step.shoot()\n    finally:\n        return\n",
    ],
)
def test_no_scenario_hides_every_error(source: str) -> None:
    assert lint_source(source, Path("x.py"))
    assert not lint_source("try:\n    x = 1\nexcept ValueError:\n    pass\nfinally:\n    y = 2\n", Path("x.py"))
