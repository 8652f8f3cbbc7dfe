"""Sandbox: checks the source of a scenario before it is executed.

A scenario acts only through its ``step``. So that its author need not be trusted, it may use a small part of Python:
functions, plain values and the names below. Everything else is refused.
"""

import ast
import builtins
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from capture.messages import Phrase

MODULES: Mapping[str, frozenset[str]] = {
    name: frozenset(names.split())
    for name, names in {
        "__future__": "annotations",
        "capture": "Step Tutorial",
        "collections.abc": "Callable Iterable Iterator Mapping Sequence",
        "datetime": "UTC date datetime time timedelta timezone",
        "itertools": "chain count cycle islice pairwise product repeat zip_longest",
        "math": "ceil floor",
        "re": "findall fullmatch match search split sub",
        "textwrap": "dedent",
    }.items()
}
"""Names that a scenario may import, by module: none that reads, writes or connects."""
BUILT_IN = frozenset(
    """
    abs all any bool bytes chr dict divmod enumerate filter float frozenset int isinstance iter len list map max min
    next ord print range repr reversed round set slice sorted str sum tuple zip
    ArithmeticError AssertionError AttributeError Exception IndexError KeyError LookupError RuntimeError StopIteration
    TypeError ValueError ZeroDivisionError True False None NotImplemented Ellipsis __debug__
    """.split()
)
"""Built-in names that a scenario may use. No ``type`` and no classes: they could deceive the checks of values."""
STEP_ACTS = frozenset(
    ("fill", "select", "check", "uncheck", "click", "expand", "press", "drag", "hover", "scroll_to", "go")
)
"""Acts of a step, checked by the guard; allowed on parameters only, since Playwright has the same, unchecked."""
_PROJECT_NAMES = frozenset(
    """
    tell shoot page role button link field heading text dialog frame area form_only personal fixed slug title
    locator frame_locator content_frame owner
    get_by_role get_by_text get_by_label get_by_placeholder get_by_alt_text get_by_title get_by_test_id
    filter nth and_ or_ first last
    """.split()
)
_VALUES = (str, bytes, int, float, list, tuple, dict, set, frozenset, date, datetime, time, timedelta, re.Match)
_FORMATTING = frozenset(("format", "format_map"))
"""Methods of ``str`` that read attributes named in a text."""
ALLOWED_ATTRIBUTES = (
    _PROJECT_NAMES
    | {name for kind in _VALUES for name in dir(kind) if not name.startswith("_")}
    | {"utc", "from_iterable"}
) - _FORMATTING
"""Attributes that a scenario may read."""
_FORBIDDEN_SYNTAX = (
    ast.ClassDef,
    ast.AsyncFunctionDef,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.Await,
    ast.MatchClass,
    ast.Global,
    ast.Nonlocal,
)


_JUMPS = (ast.Break, ast.Continue, ast.Return)


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxFinding:
    """A use in a scenario that the sandbox forbids."""

    line: int
    what: Phrase


def lint_source(source: str, file: Path) -> tuple[SandboxFinding, ...]:
    """List the forbidden uses in a scenario, by line; raises SyntaxError."""
    return lint_tree(ast.parse(source, filename=str(file)))


def lint_tree(tree: ast.Module) -> tuple[SandboxFinding, ...]:
    """List the forbidden uses in a scenario that was parsed, by line."""
    return tuple(sorted(set(_findings(tree, frozenset())), key=lambda finding: (finding.line, str(finding.what))))


def _findings(node: ast.AST, parameters: frozenset[str]) -> Iterator[SandboxFinding]:
    """Find the forbidden uses in a node; ``parameters`` are those of the functions around it."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        parameters |= {argument.arg for argument in arguments}
    what = _violation(node, parameters)
    if what is not None:
        yield SandboxFinding(line=getattr(node, "lineno", 1), what=what)
    for child in ast.iter_child_nodes(node):
        yield from _findings(child, parameters)


def _violation(node: ast.AST, parameters: frozenset[str]) -> Phrase | None:
    match node:
        case ast.Import() | ast.ImportFrom():
            return _import_violation(node)
        case ast.Name(id=name) if name.startswith("__") or (hasattr(builtins, name) and name not in BUILT_IN):
            return Phrase("it uses “{name}”", name=name)
        case ast.ExceptHandler() | ast.Try():
            return _hides_errors(node)
        case ast.Attribute():
            return _attribute_violation(node, parameters)
    if isinstance(node, _FORBIDDEN_SYNTAX):
        return Phrase("it declares or takes apart what a scenario has no need of (classes, async, global)")
    return None


def _import_violation(node: ast.Import | ast.ImportFrom) -> Phrase | None:
    if isinstance(node, ast.Import):
        name = node.names[0].name
        return Phrase("it imports “{name}” as a whole; name what you need: from … import …", name=name)
    return next((Phrase("it imports “{name}”", name=name) for name in _forbidden_import(node)), None)


def _hides_errors(node: ast.ExceptHandler | ast.Try) -> Phrase | None:
    if isinstance(node, ast.ExceptHandler):
        return None if node.type else Phrase("it catches every error; name the ones that it expects")
    jumps = any(isinstance(one, _JUMPS) for last in node.finalbody for one in ast.walk(last))
    return Phrase("it leaves a “finally”, which would hide an error") if jumps else None


def _attribute_violation(node: ast.Attribute, parameters: frozenset[str]) -> Phrase | None:
    if not isinstance(node.ctx, ast.Load):
        return Phrase("it changes “{name}” of something; a scenario only declares", name=node.attr)
    acts = node.attr in STEP_ACTS and isinstance(node.value, ast.Name) and node.value.id in parameters
    if acts or node.attr in ALLOWED_ATTRIBUTES:
        return None
    return Phrase("it uses “{name}” of something; a step has what is allowed of it", name=node.attr)


def _forbidden_import(node: ast.ImportFrom) -> Iterator[str]:
    """List the names that an import may not import."""
    module = "." * node.level + (node.module or "")
    yield from (f"{module}.{name.name}" for name in node.names if not may_import(module, name.name))


def may_import(module: str, name: str) -> bool:
    """Report whether a scenario may import a name from a module."""
    return name in MODULES.get(module, ())
