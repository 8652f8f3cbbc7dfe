"""Find scenario files and read the tutorials they declare."""

import builtins
import sys
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

from capture.errors import DuplicateName, PrivacyError, ScenarioBroken, UnknownPage
from capture.messages import Phrase
from capture.scenario.sandbox import BUILT_IN, SandboxFinding, lint_source, may_import
from capture.scenario.tutorial import PageKind, Tutorial
from capture.site.site import REPLICA_FOLDER
from capture.storage import sha256


def read_tutorials(path: Path) -> tuple[Tutorial, ...]:
    """The tutorials of a scenario file, or of every scenario file under a folder.

    Raises:
        ScenarioBroken: a file does not import or declares no tutorial, or there is none.
        PrivacyError: a file would go past the guard; nothing of it has run.
        DuplicateName: a page's number or a tutorial's name is used twice.
    """
    files = list(scenario_files(path))
    if not files:
        raise ScenarioBroken(path, Phrase("no scenario file (*.py) is there"))
    tutorials = [tutorial for file in files for tutorial in _read(file)]
    if not tutorials:
        raise ScenarioBroken(path, Phrase("no Tutorial is declared there"))
    _check_unique(tutorials)
    return tuple(tutorials)


def scenario_files(path: Path) -> Iterator[Path]:
    """Scenario files at a path, those of replicas and those starting with ``_`` left out."""
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*.py")):
        inside = file.relative_to(path).parts
        if REPLICA_FOLDER not in inside and not any(part.startswith(("_", ".")) for part in inside):
            yield file


def lint_file(file: Path) -> tuple[SandboxFinding, ...]:
    """What of a scenario's file would go past the guard; nothing of it runs. Raises ScenarioBroken."""
    return _check(file)[1]


def _check(file: Path) -> tuple[str, tuple[SandboxFinding, ...]]:
    """The source of a scenario, and what of it would go past the guard."""
    try:
        source = file.read_text("utf-8")
        return source, lint_source(source, file)
    except (SyntaxError, UnicodeDecodeError, ValueError, OSError, RecursionError, MemoryError) as error:
        raise ScenarioBroken(file, describe_error(error, file)) from error


def _read(file: Path) -> list[Tutorial]:
    """Run a scenario: the very text that was checked, whatever encoding it claims, and no older compiled one."""
    source, findings = _check(file)
    for finding in findings:
        raise PrivacyError(Phrase("{file}, line {line}: {what}", file=file.name, line=finding.line, what=finding.what))
    module = ModuleType(f"tutofrais_scenario_{file.parent.name}_{file.stem}")
    module.__file__ = str(file)
    vars(module)["__builtins__"] = _BUILT_IN
    sys.modules[module.__name__] = module
    try:
        exec(compile(source, file, "exec", dont_inherit=True), vars(module))  # noqa: S102 - it was checked
    except (DuplicateName, ScenarioBroken):
        raise
    except Exception as error:
        raise ScenarioBroken(file, describe_error(error, file)) from error
    found = [value for value in vars(module).values() if isinstance(value, Tutorial)]
    for tutorial in found:
        tutorial.file = file.resolve()
        tutorial.source_sha256 = sha256(source.encode())
    return found


def _import(
    name: str,
    namespace: Mapping[str, object] | None = None,
    local: Mapping[str, object] | None = None,
    names: Sequence[str] = (),
    level: int = 0,
) -> ModuleType:
    """Import as scenarios may."""
    if level or not names or not all(may_import(name, one) for one in names):
        raise PrivacyError(Phrase("it imports “{name}”", name=name))
    return __import__(name, namespace, local, names)


_BUILT_IN = {name: value for name, value in vars(builtins).items() if name in BUILT_IN} | {"__import__": _import}
"""What Python offers a scenario: the check is not all that keeps it in."""


def describe_error(error: Exception, file: Path) -> str:
    """What an error of a scenario's code was, and on which of the file's lines."""
    if isinstance(error, SyntaxError):
        return Phrase("line {line}: {what}", line=error.lineno, what=error.msg)
    if isinstance(error, RecursionError | MemoryError):
        return Phrase("it is too long or too deep for Python to read or to run")
    what = f"{type(error).__name__}: {error}".rstrip(".")
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == file.name]
    return Phrase("line {line}: {what}", line=lines[-1], what=what) if lines else what


def find_page(tutorials: Sequence[Tutorial], name: str, kinds: Collection[PageKind]) -> tuple[str, int]:
    """Slug and number of the page of these kinds with this name (``tutorial/7``); raises UnknownPage."""
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
        twin = seen.setdefault(tutorial.slug, tutorial)
        if twin is not tutorial:
            raise DuplicateName(Phrase("The tutorial “{slug}”", slug=tutorial.slug), str(twin.file), str(tutorial.file))
