"""Find scenario files and read the tutorials they declare."""

import ast
import builtins
import stat
import sys
import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from capture.errors import DuplicateName, NoScenarios, PrivacyError, ScenarioBroken, ScenarioUnreadable, UnknownPage
from capture.messages import Phrase
from capture.scenario.digests import page_digests
from capture.scenario.limits import SECONDS, TookTooLong, limited, printer, rehearse
from capture.scenario.roles import WrongRole, wrong_roles
from capture.scenario.sandbox import BUILT_IN, SandboxFinding, lint_tree, may_import
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
    tutorials = read_files(files)
    if not tutorials:
        raise NoScenarios(path, Phrase("no Tutorial is declared there"))
    return tutorials


def read_files(files: Iterable[Path]) -> tuple[Tutorial, ...]:
    """Load the tutorials of scenario files; raises what ``read_tutorials`` raises, except NoScenarios.

    All files are checked before the first one is executed.
    """
    allowed = [_allowed_source(file) for file in files]
    stuck = rehearse([one.execute for one in allowed])
    if stuck is not None:
        raise _too_slow(allowed[stuck].file)
    tutorials = tuple(tutorial for one in allowed for tutorial in _read(one))
    _check_unique(tutorials)
    return tutorials


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
    return _source_of(file).findings


def wrong_roles_in(file: Path) -> tuple[WrongRole, ...]:
    """List the roles in a scenario file that no target may have, without executing it; raises ScenarioBroken."""
    return wrong_roles(_source_of(file).tree)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """Source of a scenario, read once: what is checked is what is executed (not decoded again, no .pyc)."""

    file: Path
    text: str
    tree: ast.Module
    findings: tuple[SandboxFinding, ...]
    """Uses that the sandbox forbids."""

    def execute(self) -> ModuleType:
        """Execute it as a new module; raises what it raises."""
        module = ModuleType(f"tutofrais_scenario_{self.file.parent.name}_{self.file.stem}")
        module.__file__ = str(self.file)
        vars(module)["__builtins__"] = {**_SCENARIO_BUILT_INS, "print": printer()}
        sys.modules[module.__name__] = module
        exec(compile(self.tree, self.file, "exec", dont_inherit=True), vars(module))  # noqa: S102 - it was checked
        return module


def _source_of(file: Path) -> _Source:
    """Read, parse and check a scenario; raises ScenarioBroken."""
    try:
        if not stat.S_ISREG(file.stat().st_mode) or file.stat().st_size > LARGEST_BYTES:
            raise ScenarioUnreadable(file, Phrase("it is no file of at most {n} MB", n=LARGEST_BYTES >> 20))
        text = file.read_text("utf-8")
        tree = ast.parse(text, filename=str(file))
        return _Source(file=file, text=text, tree=tree, findings=lint_tree(tree))
    except OSError as error:
        raise ScenarioUnreadable(file, error.strerror or str(error)) from error
    except (SyntaxError, UnicodeDecodeError, ValueError, RecursionError, MemoryError) as error:
        raise ScenarioBroken(file, describe_error(error, file)) from error


def _allowed_source(file: Path) -> _Source:
    """Read a scenario; raises PrivacyError if it has what the sandbox forbids, or ScenarioBroken."""
    source = _source_of(file)
    for finding in source.findings:
        raise PrivacyError(Phrase("{file}, line {line}: {what}", file=file.name, line=finding.line, what=finding.what))
    return source


def _read(source: _Source) -> list[Tutorial]:
    """Execute a scenario that was checked, and return its tutorials; raises ScenarioBroken or DuplicateName."""
    try:
        with limited():
            module = source.execute()
    except TookTooLong as error:
        raise _too_slow(source.file) from error
    except (DuplicateName, ScenarioBroken):
        raise
    except Exception as error:
        raise ScenarioBroken(source.file, describe_error(error, source.file)) from error
    tutorials = [value for value in vars(module).values() if isinstance(value, Tutorial)]
    for tutorial in tutorials:
        tutorial.file = source.file.resolve()
        tutorial.source_sha256 = sha256(source.text.encode())
        tutorial.page_sha256 = page_digests(source.tree, tutorial.pages)
    return tutorials


def _too_slow(file: Path) -> ScenarioBroken:
    return ScenarioBroken(file, Phrase("it runs for more than {n} s before its first page", n=SECONDS))


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
    what = error.why if isinstance(error, ScenarioBroken) else f"{type(error).__name__}: {error}".rstrip(".")
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
