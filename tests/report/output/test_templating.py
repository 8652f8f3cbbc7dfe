"""Compiled templates: kept among the user's caches, and compiled again when those are damaged or missing."""

from pathlib import Path

import jinja2
import pytest

from capture.user_caches import CACHES_VARIABLE
from report.output.templating import TEMPLATES, CompiledTemplates


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHES_VARIABLE, str(tmp_path))
    return tmp_path / "tutofrais" / TEMPLATES.name


def rendered(source: str = "Bonjour {{ name }}") -> str:
    """Render a template as a new process does."""
    loader = jinja2.FunctionLoader(lambda _: (source, "bonjour.html", lambda: True))
    environment = jinja2.Environment(loader=loader, bytecode_cache=CompiledTemplates(), autoescape=True)
    return environment.get_template("bonjour").render(name="Zoé")


def test_a_template_is_compiled_once(caches: Path) -> None:
    assert rendered() == "Bonjour Zoé"
    (kept,) = caches.iterdir()
    changed = kept.read_bytes().replace(b"Bonjour", b"Bonsoir")
    kept.write_bytes(changed)
    assert rendered() == "Bonsoir Zoé", "what was kept is used"
    assert rendered("Salut {{ name }}") == "Salut Zoé", "the template has changed"


@pytest.mark.parametrize("part", [0, 20, 60, 200])
def test_a_damaged_one_is_compiled_again(caches: Path, part: int) -> None:
    rendered()
    (kept,) = caches.iterdir()
    kept.write_bytes(kept.read_bytes()[:part])
    assert rendered() == "Bonjour Zoé"
    kept.write_bytes(kept.read_bytes()[:part] + b"\xff" * 50)
    assert rendered() == "Bonjour Zoé"


def test_without_a_folder_of_caches_templates_are_compiled(caches: Path) -> None:
    caches.parent.write_bytes(b"")
    assert rendered() == "Bonjour Zoé"
