"""Read a scenario's source before anything of it runs, for what would go past the guard.

A scenario tells and points; it acts through its ``step`` alone. So that nobody need trust its author, it may import
little, and may not reach for what acts on the page, the machine or the program itself.
"""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from capture.errors import Phrase

OFFERED = frozenset(("Step", "Tutorial"))
"""What a scenario may import of ours: as ``from capture import Step, Tutorial``."""
MODULES = frozenset(
    """
    __future__ collections collections.abc dataclasses datetime enum functools itertools math re string textwrap
    typing
    """.split()
)
"""What else a scenario may import: nothing that reads, writes or connects."""
ACTS = frozenset(
    """
    fill type press press_sequentially insert_text set_input_files select_option select_text check uncheck set_checked
    click dblclick tap drag_to drag_and_drop dispatch_event hover focus clear keyboard mouse touchscreen down up wheel
    goto go_back go_forward reload set_content evaluate evaluate_handle evaluate_all eval_on_selector
    eval_on_selector_all add_init_script add_script_tag add_style_tag add_locator_handler expose_function
    expose_binding route route_from_har route_web_socket unroute unroute_all request context main_frame frames
    frame_locator content_frame element_handle element_handles query_selector query_selector_all screenshot pdf
    storage_state cookies add_cookies new_page new_context browser request_interception content inner_html
    on once set_extra_http_headers set_files workers clock
    """.split()
)
"""What acts on a page, or reads all of it, in Playwright's own objects."""
INSIDES = frozenset(
    """
    gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await tb_frame tb_next
    f_back f_builtins f_code f_globals f_locals f_trace
    get_type_hints ForwardRef Formatter get_field vformat asdict astuple make_dataclass singledispatch
    singledispatchmethod update_wrapper wraps
    """.split()
)
"""What leads to the insides of functions (https://docs.python.org/3/library/inspect.html#types-and-members), evaluates
text, or finds what an object has by its name in a text."""
STEP_ACTS = frozenset(("fill", "click", "hover", "go"))
"""What a step does in their place, under the guard."""
BUILT_IN = frozenset(
    """
    eval exec compile open input breakpoint help exit quit __import__ globals locals vars getattr setattr delattr
    memoryview
    """.split()
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something in a scenario that would go past the guard."""

    line: int
    what: Phrase


def check_source(source: str, file: Path) -> tuple[Finding, ...]:
    """What of a scenario would go past the guard, line by line; raises SyntaxError."""
    tree = ast.parse(source, filename=str(file))
    return tuple(sorted(set(_findings(tree, frozenset())), key=lambda found: (found.line, str(found.what))))


def _findings(node: ast.AST, parameters: frozenset[str]) -> Iterator[Finding]:
    """What is wrong in a part of a scenario, where these names are parameters of functions around it."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        parameters |= {argument.arg for argument in arguments}
    what = _wrong(node, parameters)
    if what is not None:
        yield Finding(line=getattr(node, "lineno", 1), what=what)
    for child in ast.iter_child_nodes(node):
        yield from _findings(child, parameters)


def _wrong(node: ast.AST, parameters: frozenset[str]) -> Phrase | None:
    match node:
        case ast.Import() | ast.ImportFrom():
            return next((Phrase("it imports “{name}”", name=name) for name in _forbidden(node)), None)
        case ast.Name(id=name) if name in BUILT_IN or name in INSIDES or name.startswith("__"):
            return Phrase("it uses “{name}”", name=name)
        case ast.Attribute(value=ast.Name(id=holder), attr=name) if name in STEP_ACTS and holder in parameters:
            return None
        case ast.Attribute(attr=name):
            return _wrong_name(name)
        case ast.MatchClass(kwd_attrs=names):
            return next(filter(None, map(_wrong_name, names)), None)
        case _:
            return None


def _wrong_name(name: str) -> Phrase | None:
    """What is wrong in using something of an object by this name."""
    if name.startswith("_") or name in INSIDES or name in REACHED:
        return Phrase("it uses “{name}”, which is nobody's to use", name=name)
    if name in ACTS:
        return Phrase("it uses “{name}” of the page itself; a step has what is allowed of it", name=name)
    return None


def _forbidden(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The modules, of those that a line imports, that a scenario may not import, or not so."""
    if isinstance(node, ast.Import):
        yield from (name.name for name in node.names if name.name not in MODULES)
        return
    module = "." * node.level + (node.module or "")
    yield from (module for name in node.names if not may_import(module, name.name))


def may_import(module: str, name: str) -> bool:
    """May a scenario import this name of this module?"""
    if module == "capture":
        return name in OFFERED
    return module in MODULES and name != "*" and _wrong_name(name) is None


HELD = frozenset(("abc", "copy"))
"""Modules that others hold under the names of what lists and dictionaries have."""


def _reached() -> frozenset[str]:
    """The names under which modules that a scenario may import hold others, which it may not."""
    found: set[str] = set()
    for module in MODULES | HELD:
        held = vars(importlib.import_module(module)).items()
        found |= {name for name, value in held if isinstance(value, ModuleType) and not name.startswith("_")}
    return frozenset(found - MODULES - HELD)


REACHED = _reached()
