"""The settings of an organisation: where they are found, what they say, and what is refused."""

import json
from pathlib import Path

import jsonschema
import pytest

from capture.errors import SettingsBroken, UnknownSetting
from capture.politeness.obstacles import ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from report.settings import HostSettings, Settings, find_settings, json_schema
from tests.support.commands import ALL_COMMANDS, invoke

WHOLE = """
language = "en"
scenarios = "tutos"
runs = "/var/tutofrais/runs"
pause = 2.5
[hosts."www.ameli.fr"]
pause = 4
most_pages = 200
"""


def test_without_a_file_the_defaults_are_those_of_the_options(tmp_path: Path) -> None:
    found = find_settings(tmp_path)
    assert (found.settings, found.file, found.given) == (Settings(), None, frozenset())
    defaults = {one.name: one.default for command in ALL_COMMANDS.values() for one in command.params}
    settings = Settings()
    assert defaults["lang"] == settings.language
    for name in ("scenarios", "screenshots", "runs"):
        assert defaults[name] == Path(getattr(settings, name))
    assert defaults["out"] == Path(settings.published)


def test_a_file_is_found_above_and_its_folders_are_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "tutofrais.toml").write_text(WHOLE)
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    found = find_settings(inside)
    assert found.file == tmp_path / "tutofrais.toml"
    assert found.settings.scenarios == str(tmp_path / "tutos")
    assert found.settings.runs == "/var/tutofrais/runs"
    assert found.settings.screenshots == "screenshots", "it is not set: it is the option's"
    assert found.settings.hosts == {"www.ameli.fr": HostSettings(pause=4, most_pages=200)}


def test_settings_may_stand_in_the_file_of_a_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.tutofrais]\nlanguage = "en"\n')
    assert find_settings(tmp_path).settings.language == "en"
    (tmp_path / "tutofrais.toml").write_text("pause = 9\n")
    assert find_settings(tmp_path).settings == Settings(pause=9), "its own file counts alone"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("langage = 'en'", "language"),
        ("[hosts.'www.ameli.fr']\npauze = 1", "pause"),
        ("[hosts.'www.ameli.fr']\npages = 1", "most_pages"),
    ],
)
def test_an_unknown_name_is_refused_with_the_most_similar_one(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "tutofrais.toml").write_text(text)
    with pytest.raises(UnknownSetting) as refused:
        find_settings(tmp_path)
    assert refused.value.nearest == named


@pytest.mark.parametrize(
    "text",
    [
        "language = 'de'",
        "pause = -1",
        "pause = 'long'",
        "scenarios = 3",
        "hosts = 1",
        "[hosts.x]\nmost_pages = 0",
        "=",
        "\xff",
    ],
)
def test_a_value_that_does_not_fit_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "tutofrais.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsBroken):
        find_settings(tmp_path)


def test_the_schema_accepts_what_the_settings_accept() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({"language": "en", "hosts": {"www.ameli.fr": {"pause": 4}}})
    assert not validator.is_valid({"langage": "en"})
    assert not validator.is_valid({"hosts": {"www.ameli.fr": {"pauze": 4}}})


def test_a_setting_is_the_default_of_an_option_and_an_option_counts_more(project: Path) -> None:
    (project / "scenarios").rename(project / "tutos")
    (project / "tutofrais.toml").write_text('language = "en"\nscenarios = "tutos"\n')
    completed = invoke("lint")
    assert completed.exit_code == 0, completed.output
    assert completed.stdout.startswith("Scenarios read: 1.")
    assert invoke("lint", "--lang", "fr").stdout.startswith("Scénarios lus")
    assert invoke("lint", "--scenarios", "elsewhere").exit_code == 10


def test_the_settings_in_force_are_printed_with_their_source(project: Path) -> None:
    (project / "tutofrais.toml").write_text('language = "en"\n[hosts."www.ameli.fr"]\npause = 4\n')
    printed = invoke("config").stdout
    assert f'language = "en"  # {project / "tutofrais.toml"}' in printed
    assert 'site = "live"  # default' in printed
    assert f'hosts."www.ameli.fr".pause = 4.0  # {project / "tutofrais.toml"}' in printed
    assert json.loads(invoke("config", "--schema").stdout) == json_schema()


def test_broken_settings_stop_every_command_with_their_cure(project: Path) -> None:
    (project / "tutofrais.toml").write_text("langage = 'en'")
    for name in ("lint", "config", "run"):
        completed = invoke(name)
        assert completed.exit_code == 41
        assert "« language »" in completed.stderr.replace("\u00a0", " ")


def test_a_host_has_its_own_pause_and_its_own_budget() -> None:
    policy = PolitenessPolicy(pause_s=0, host_pauses_s={"slow.test": 60}, most_pages={"small.test": 2})
    assert policy.pause_before("https://slow.test/a") == 0
    assert policy.pause_before("https://slow.test/b") > 20
    assert policy.pause_before("https://other.test/a") == policy.pause_before("https://other.test/b") == 0
    for _ in range(2):
        assert policy.refusal("https://small.test/a") is None
        policy.pause_before("https://small.test/a")
    refused = policy.refusal("https://small.test/b")
    assert refused is not None
    assert (refused.kind, refused.evidence) == (ObstacleKind.BUDGET, "2 pages of small.test")
    assert policy.refusal("https://slow.test/c") is None
