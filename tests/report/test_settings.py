"""The settings of an organisation: where they are found, what they say, and what is refused."""

import json
import secrets
from pathlib import Path

import jsonschema
import pytest

from capture.errors import SecretInSettings, SettingsBroken, SettingsUnparsed, UnfitSetting, UnknownSetting, UnknownSite
from capture.politeness.obstacles import ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from report.settings import HostSettings, Settings, find_settings, json_schema
from report.toml_place import dotted, line_of
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
    assert f"“{named}”" in str(refused.value)


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


SECRET = secrets.token_hex(8)
UNFIT = [
    ("\nevery = 0", 2, "every", "0", "a whole number from 1 to 366"),
    ("every = true", 1, "every", "true", "a whole number"),
    ("pause = 'long'", 1, "pause", '"long"', "a number from 0 to 3600"),
    ("language = 'de'", 1, "language", '"de"', '"fr", "en"'),
    ("# a\n[mail]\nport = 587\nsecurity = 'ssl'", 4, "mail.security", '"ssl"', '"tls", "starttls", "none"'),
    ("[notifications]\nreminder = 'lundi'", 2, "notifications.reminder", '"lundi"', '"monday", "tuesday"'),
    ("[people.zoe]\nmail = 'zoe chez asso'", 2, "people.zoe.mail", '"zoe chez asso"', "zoe@example.org"),
    ("[mail]\nserver = 'smtp.example.org:587'", 2, "mail.server", '"smtp.example.org:587"', "port = 587"),
    ("[people.zoe]\ntutorials = 'ameli-*'", 2, "people.zoe.tutorials", '"ameli-*"', "a list in square brackets"),
    ("[people]\nzoe = 'zoe@example.org'", 2, "people.zoe", '"zoe@example.org"', "[people.zoe]"),
    ("scenarios = 3", 1, "scenarios", "3", "a text in quotation marks"),
    ("[notifications]\nreport_url = 'tutos.example'", 2, "notifications.report_url", '"tutos.example"', '"https://'),
    ("[hosts.'https://www.ameli.fr/']\npause = 3", 1, "hosts.", '"https://www.ameli.fr/"', '[hosts."www.ameli.fr"]'),
    ("[hosts.'www.ameli.fr/assure']", 1, "hosts.", '"www.ameli.fr/assure"', '[hosts."www.ameli.fr"]'),
    ("hosts.'a/b'.pause = 3", 1, "hosts.", '"a/b"', '[hosts."a"]'),
    ("every = 1\n[[people]]\nmail = 'zoe@example.org'", 2, "people", "this list", "[people]"),
    ("[hosts.'WWW.Ameli.fr']", 1, "hosts.", '"WWW.Ameli.fr"', '[hosts."www.ameli.fr"]'),
]


@pytest.mark.parametrize(("text", "line", "name", "found", "allowed"), UNFIT, ids=[one[2] + one[3] for one in UNFIT])
def test_a_value_that_does_not_fit_is_told_with_its_line_and_what_may_stand_there(
    tmp_path: Path, text: str, line: int, name: str, found: str, allowed: str
) -> None:
    (tmp_path / "tutofrais.toml").write_text(text)
    with pytest.raises(UnfitSetting) as refused:
        find_settings(tmp_path)
    problem, cure = str(refused.value).splitlines()
    assert f"tutofrais.toml, line {line}: “{name}" in problem
    assert f"cannot be {found}." in problem
    assert allowed in cure


@pytest.mark.parametrize(
    "text", ['language = "fr"\nevery = 0', '[mail]\nsecurity = "ssl"', '[people.zoe]\nmail = "zoe chez asso"', "a = b"]
)
def test_what_is_wrong_with_the_settings_is_told_in_french_without_words_of_a_library(project: Path, text: str) -> None:
    (project / "tutofrais.toml").write_text(text)
    completed = invoke("config")
    assert completed.exit_code == 41
    for word in ("Expected", "Invalid", "enum", "regex", "$.", "Write"):
        assert word not in completed.stderr


@pytest.mark.parametrize(
    ("arguments", "said"), [([], "Write"), (["--lang", "fr"], "Écrivez"), (["--lang=fr"], "Écrivez")]
)
def test_it_is_told_in_the_language_of_the_option_or_of_the_settings(
    project: Path, arguments: list[str], said: str
) -> None:
    (project / "tutofrais.toml").write_text('language = "en"\nevery = 0')
    assert said in invoke("config", *arguments).stderr


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        (f"[people.zoe]\nchat = 'json://zoe:{SECRET}@chat.example.org'", "TEAM_CHAT=…"),
        (f"[people.zoe]\nchat = '{SECRET}-'", "TEAM_CHAT=…"),
        (f"[people.zoe]\nmail = 'mailto://zoe:{SECRET}@example.org'", "zoe@example.org"),
        (f"[people.zoe]\nmail = {{ password = '{SECRET}' }}", "zoe@example.org"),
        (f"[mail]\npassword = '{SECRET}'", "TUTOFRAIS_MAIL_PASSWORD=…"),
        (f"[mail]\nsmtp_password = '{SECRET}'", "TUTOFRAIS_MAIL_PASSWORD=…"),
        (f"TUTOFRAIS_PING_URL = 'https://example.org/{SECRET}'", "TUTOFRAIS_PING_URL=…"),
        (f"[people.zoe]\nurl = 'json://{SECRET}'", "mail, chat, tutorials, language"),
    ],
    ids=["address as chat", "no name", "address as mail", "table", "password", "similar name", "as a variable", "url"],
)
def test_a_secret_among_the_settings_is_not_printed_and_its_place_is_named(project: Path, text: str, cure: str) -> None:
    (project / "tutofrais.toml").write_text(text)
    completed = invoke("config", "--lang", "en")
    assert completed.exit_code == 41
    assert SECRET not in completed.output
    assert cure in completed.stderr.splitlines()[1]
    if "=…" in cure:
        assert "tutofrais.env" in completed.stderr


def test_a_password_among_the_settings_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "tutofrais.toml").write_text(f"[mail]\npassword = '{SECRET}'")
    with pytest.raises(SecretInSettings):
        find_settings(tmp_path)


@pytest.mark.parametrize(
    "kind", [UnknownSetting("tutofrais.toml", "zzzz", ["mail", "chat"]), UnknownSite("zz", ["live"])]
)
def test_nothing_is_suggested_when_nothing_is_near(kind: UnknownSetting | UnknownSite) -> None:
    assert "–" not in str(kind)
    assert "imilar" not in str(kind)
    assert "Nearest" not in str(kind)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jobs = 2\nsite = live", "line 2 is no TOML, from character 8 on"),
        ("jobs = 2\njobs = 3\nsite = 'live'", "line 2 sets a name that stands there already"),
        ("hosts = {", "the middle of a setting"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "tutofrais.toml").write_text(text)
    with pytest.raises(SettingsUnparsed, match=said):
        find_settings(tmp_path)


def test_lines_are_found_by_dotted_names() -> None:
    text = 'a = 1\n[b."c.d"]\n# e = 1\n"e" = [\n 1]\nf.g = 2\n[h]\ni = { j = 1 }\n'
    places = [("a",), ("b", "c.d", "e"), ("b", "c.d", "f", "g"), ("b", "c.d", "x"), ("h", "i", "j"), ("z",)]
    assert [line_of(text, place) for place in places] == [1, 4, 6, 2, 8, None]
    assert dotted(places[1]) == 'b."c.d".e'


def test_hosts_and_web_addresses_that_can_be_used_are_accepted(tmp_path: Path) -> None:
    text = "[hosts.'127.0.0.1:8000']\n[hosts.'app.localhost']\n[notifications]\nreport_url = 'http://example.org'"
    (tmp_path / "tutofrais.toml").write_text(text)
    assert set(find_settings(tmp_path).settings.hosts) == {"127.0.0.1:8000", "app.localhost"}


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
