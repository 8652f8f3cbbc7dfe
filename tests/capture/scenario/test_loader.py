import os
import subprocess
import sys
from pathlib import Path

import pytest

from capture.errors import DuplicateName, PrivacyError, ScenarioBroken, UnknownPage
from capture.scenario.loader import find_page, read_tutorials
from capture.scenario.tutorial import PageKind

DECLARED = 'from capture import Tutorial\nt = Tutorial("{slug}", title="T", source="S", licence="CC0", hosts=[])\n'


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_every_scenario_below_a_folder_is_read_but_replicas_and_hidden_files(tmp_path: Path) -> None:
    write(tmp_path / "a" / "un.py", DECLARED.format(slug="un"))
    write(tmp_path / "b" / "deux.py", DECLARED.format(slug="deux"))
    for left_out in ("a/replica/2026/x.py", "a/_draft.py", ".cache/x.py"):
        write(tmp_path / left_out, "raise RuntimeError")
    found = read_tutorials(tmp_path)
    assert [(tutorial.slug, tutorial.file.name) for tutorial in found] == [("un", "un.py"), ("deux", "deux.py")]


def test_one_file_can_be_named(tmp_path: Path) -> None:
    file = write(tmp_path / "un.py", DECLARED.format(slug="un"))
    assert [tutorial.slug for tutorial in read_tutorials(file)] == ["un"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def (", "line 1: "),
        ("known = {}\nknown['no']", "line 2: KeyError"),
        ("\n\n1 / 0", "line 3: ZeroDivisionError: division by zero"),
        ("x = 1", "no Tutorial is declared there"),
        ('from capture import Tutorial\nTutorial("a b", title="T", source="S", licence="CC0", hosts=[])', "letters"),
    ],
)
def test_a_scenario_that_cannot_be_used_says_where_and_why(tmp_path: Path, text: str, why: str) -> None:
    file = write(tmp_path / "faux.py", text)
    with pytest.raises(ScenarioBroken) as caught:
        read_tutorials(file)
    assert why in str(caught.value)
    assert str(caught.value).count("\n") == 1


TERMS = "1+" * 3_000 + "1"


@pytest.mark.parametrize("text", [f"x = {TERMS}", f"x = {'-' * 9_000}1", "def f(n):\n    return f(n)\nf(1)"])
def test_a_scenario_too_deep_for_python_cannot_be_used(tmp_path: Path, text: str) -> None:
    file = write(tmp_path / "profond.py", text)
    with pytest.raises(ScenarioBroken, match=r"profond\.py.*too deep"):
        read_tutorials(file)


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
@pytest.mark.parametrize("stage", ["lint_tree", "compile"])
def test_a_scenario_that_is_nested_too_deeply_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, error: type[Exception]
) -> None:
    def give_up(*given: object, **named: object) -> None:
        raise error

    file = write(tmp_path / "profond.py", "x = 1")
    monkeypatch.setattr(f"capture.scenario.loader.{stage}", give_up, raising=False)
    with pytest.raises(ScenarioBroken, match=r"profond\.py.*too deep"):
        read_tutorials(file)


NO_LINKS = [
    "javascript:alert(1)",
    "java\nscript:1",
    "data:text/html,x",
    "file:///etc/hostname",
    "https:",
    "//x.test",
    "x",
]


@pytest.mark.parametrize("address", [*NO_LINKS, "http://[", "javascript://www.exemple.test/%0a1"])
@pytest.mark.parametrize(
    "declared",
    [
        'Tutorial("x", title="T", source="S", licence="CC0", hosts=[], source_url={0!r})',
        'Tutorial("x", title="T", source="S", licence="CC0", hosts=[], licence_url={0!r})',
        't.personal(7, "Compte", described_on=[{0!r}])',
        't.page(7, "Compte", starts_at={0!r})',
    ],
)
def test_a_link_of_a_tutorial_is_a_web_address(tmp_path: Path, declared: str, address: str) -> None:
    head = DECLARED.format(slug="un").replace("hosts=[]", 'hosts=["www.exemple.test"]')
    file = write(tmp_path / "un.py", head + declared.format(address))
    with pytest.raises(ScenarioBroken, match="no address of the web"):
        read_tutorials(file)


def test_addresses_of_the_web_are_declared(tmp_path: Path) -> None:
    pages = 't.personal(7, "Compte", described_on=["https://www.exemple.test/aide", "HTTP://exemple.test"])\n'
    links = 'licence="", source_url="https://exemple.test/", licence_url="",'
    (tutorial,) = read_tutorials(
        write(tmp_path / "un.py", DECLARED.format(slug="un").replace('licence="",', links) + pages)
    )
    assert len(tutorial.pages[0].described_on) == 2


def test_no_scenario_at_all(tmp_path: Path) -> None:
    with pytest.raises(ScenarioBroken, match=r"\*\.py"):
        read_tutorials(tmp_path)


def test_two_tutorials_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "a" / "un.py", DECLARED.format(slug="meme"))
    write(tmp_path / "b" / "un.py", DECLARED.format(slug="meme"))
    with pytest.raises(DuplicateName, match="meme"):
        read_tutorials(tmp_path)


def test_a_personal_page_is_found_by_name_and_no_other(tmp_path: Path) -> None:
    pages = 't.personal(7, "Compte")\nt.fixed(1, "Titre")\n'
    tutorials = read_tutorials(write(tmp_path / "un.py", DECLARED.format(slug="un") + pages))
    assert find_page(tutorials, "un/7", [PageKind.PERSONAL]) == ("un", 7)
    with pytest.raises(UnknownPage, match=r"un/1.*\n.*un/7"):
        find_page(tutorials, "un/1", [PageKind.PERSONAL])


def test_what_a_scenario_prints_is_harmless_and_has_an_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printing = DECLARED.format(slug="bavard") + 'for n in range(5000): print("\\x1b[2J", n, end="")\n'
    (tmp_path / "bavard.py").write_text(printing, "utf-8")
    read_tutorials(tmp_path)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "␛[2J 0"
    assert len(err.splitlines()) == 1000


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("while True:\n    pass\n", "more than 1 s"),
        ("while True:\n    try:\n        x = 1\n    except Exception:\n        pass\n", "more than 1 s"),
        ("x = [0] * 10**12\n", "too long or too deep|MemoryError"),
    ],
)
def test_the_top_level_of_a_scenario_has_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, why: str
) -> None:
    monkeypatch.setattr("capture.scenario.limits.SECONDS", 1)
    monkeypatch.setattr("capture.scenario.loader.SECONDS", 1)
    (tmp_path / "lent.py").write_text(source, "utf-8")
    with pytest.raises(ScenarioBroken, match=why):
        read_tutorials(tmp_path)


ENDLESS = """
from capture.scenario import limits, loader
limits.SECONDS = loader.SECONDS = 1
from pathlib import Path
try:
    loader.read_tutorials(Path({file!r}))
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("line", ["x = sum(count())", "x = 9 ** 9 ** 9", "x = max(range(10**15))"])
def test_a_single_operation_without_an_end_is_stopped_too(tmp_path: Path, line: str) -> None:
    file = tmp_path / "lent.py"
    file.write_text(f"from itertools import count\n{line}\n", "utf-8")
    command = [sys.executable, "-c", ENDLESS.format(file=str(file))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.startswith("ScenarioBroken")
    assert "more than 1 s" in ended.stdout


def test_a_pipe_is_no_scenario(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tuyau.py")
    with pytest.raises(ScenarioBroken, match="no file"):
        read_tutorials(tmp_path)


def test_of_many_scenarios_the_one_without_an_end_is_named(tmp_path: Path) -> None:
    for name in ("a", "c"):
        (tmp_path / f"{name}.py").write_text("x = 1\n", "utf-8")
    (tmp_path / "b.py").write_text("from itertools import count\nx = sum(count())\n", "utf-8")
    command = [sys.executable, "-c", ENDLESS.format(file=str(tmp_path))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.startswith("ScenarioBroken")
    assert "b.py" in ended.stdout


def test_nothing_is_executed_before_all_scenarios_are_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.py").write_text("print('executed')\n", "utf-8")
    (tmp_path / "b.py").write_text("import os\n", "utf-8")
    with pytest.raises(PrivacyError, match=r"b\.py"):
        read_tutorials(tmp_path)
    assert capsys.readouterr().err == ""
