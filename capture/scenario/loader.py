"""Find scenario files and read the tutorials they declare."""

import builtins
import stat
import sys
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

from capture.errors import DuplicateName, NoScenarios, PrivacyError, ScenarioBroken, ScenarioUnreadable, UnknownPage
from capture.messages import Phrase
from capture.scenario.digests import page_digests
from capture.scenario.limits import SECONDS, TookTooLong, limited, printer, rehearse
from capture.scenario.sandbox import BUILT_IN, SandboxFinding, lint_source, may_import
from capture.scenario.tutorial import PageKind, Tutorial
from capture.site.replica import REPLICA_FOLDER
from capture.storage import sha256


def read_tutorials(path: Path) -> tuple[Tutorial, ...]:
    """Load the tutorials of a scenario file, or of every scenario file under a folder.

    Raises:
        ScenarioBroken: a file cannot be executed.
        NoScenarios: there is no file or no tutorial.
        PrivacyError: a file uses something that scenarios may not use; it was not executed.
        DuplicateName: the number of a page or the slug of a tutorial is used twice.
    """
    files = list(scenario_files(path))
    if not files:
        raise NoScenarios(path, Phrase("no scenario file (*.py) is there"))
    tutorials = [tutorial for file in files for tutorial in _read(file)]
    if not tutorials:
        raise NoScenarios(path, Phrase("no Tutorial is declared there"))
    _check_unique(tutorials)
    return tuple(tutorials)


def scenario_files(path: Path) -> Iterator[Path]:
    """List the scenario files at a path, without those of replicas and those whose name starts with ``_`` or ``.``."""
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*.py")):
        inside = file.relative_to(path).parts
        if REPLICA_FOLDER not in inside and not any(part.startswith(("_", ".")) for part in inside):
            yield file


def lint_file(file: Path) -> tuple[SandboxFinding, ...]:
    """List the uses that the sandbox forbids in a scenario file, without executing it; raises ScenarioBroken."""
    return _check(file)[1]


def _check(file: Path) -> tuple[str, tuple[SandboxFinding, ...]]:
    """Return the source of a scenario, and the uses in it that the sandbox forbids."""
    try:
        if not stat.S_ISREG(file.stat().st_mode) or file.stat().st_size > LARGEST_BYTES:
            raise ScenarioUnreadable(file, Phrase("it is no file of at most {n} MB", n=LARGEST_BYTES >> 20))
        source = file.read_text("utf-8")
        return source, lint_source(source, file)
    except OSError as error:
        raise ScenarioUnreadable(file, error.strerror or str(error)) from error
    except (SyntaxError, UnicodeDecodeError, ValueError, RecursionError, MemoryError) as error:
        raise ScenarioBroken(file, describe_error(error, file)) from error


def _read(file: Path) -> list[Tutorial]:
    """Execute a scenario: exactly the source that was checked (not decoded again, no .pyc)."""
    source, findings = _check(file)
    for finding in findings:
        raise PrivacyError(Phrase("{file}, line {line}: {what}", file=file.name, line=finding.line, what=finding.what))
    module = ModuleType(f"tutofrais_scenario_{file.parent.name}_{file.stem}")
    module.__file__ = str(file)
    vars(module)["__builtins__"] = {**_SCENARIO_BUILT_INS, "print": printer()}
    sys.modules[module.__name__] = module
    try:
        code = compile(source, file, "exec", dont_inherit=True)
        rehearse(lambda: exec(code, dict(vars(module))))  # noqa: S102 - checked by the sandbox
        with limited():
            exec(code, vars(module))  # noqa: S102 - checked by the sandbox
    except TookTooLong as error:
        raise ScenarioBroken(file, Phrase("it runs for more than {n} s before its first page", n=SECONDS)) from error
    except (DuplicateName, ScenarioBroken):
        raise
    except Exception as error:
        raise ScenarioBroken(file, describe_error(error, file)) from error
    tutorials = [value for value in vars(module).values() if isinstance(value, Tutorial)]
    for tutorial in tutorials:
        tutorial.file = file.resolve()
        tutorial.source_sha256 = sha256(source.encode())
        tutorial.page_sha256 = page_digests(source, tutorial.pages)
    return tutorials


def _import(
    name: str,
    namespace: Mapping[str, object] | None = None,
    local: Mapping[str, object] | None = None,
    names: Sequence[str] = (),
    level: int = 0,
) -> ModuleType:
    """Import names that a scenario may import; raises PrivacyError for others."""
    if level or not names or not all(may_import(name, one) for one in names):
        raise PrivacyError(Phrase("it imports “{name}”", name=name))
    return __import__(name, namespace, local, names)


LARGEST_BYTES = 4 << 20
"""Size of a scenario's file."""
_SCENARIO_BUILT_INS = {name: value for name, value in vars(builtins).items() if name in BUILT_IN} | {
    "__import__": _import
}
"""Built-in names of a scenario's module: a second barrier, should the source check miss something."""


def describe_error(error: Exception, file: Path) -> str:
    """Describe an error of a scenario's code, with the line of the file."""
    if isinstance(error, SyntaxError):
        return Phrase("line {line}: {what}", line=error.lineno, what=error.msg)
    if isinstance(error, RecursionError | MemoryError):
        return Phrase("it is too long or too deep for Python to read or to run")
    what = f"{type(error).__name__}: {error}".rstrip(".")
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == file.name]
    return Phrase("line {line}: {what}", line=lines[-1], what=what) if lines else what


def find_page(tutorials: Sequence[Tutorial], name: str, kinds: Collection[PageKind]) -> tuple[str, int]:
    """Return slug and number of a page, from its name (``tutorial/7``).

    Raises:
        UnknownPage: no page of these kinds has the name.
    """
    known = {
        f"{tutorial.slug}/{page.number}": (tutorial.slug, page.number)
        for tutorial in tutorials
        for page in tutorial.pages
        if page.kind in kinds
    }
    if name not in known:
        raise UnknownPage(name, known)
    return known[name]


def _check_unique(tutorials: Sequence[Tutorial]) -> None:
    seen: dict[str, Tutorial] = {}
    for tutorial in tutorials:
        first = seen.setdefault(tutorial.slug, tutorial)
        if first is not tutorial:
            raise DuplicateName(
                Phrase("The tutorial “{slug}”", slug=tutorial.slug), str(first.file), str(tutorial.file)
            )
