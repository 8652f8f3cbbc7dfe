"""Read a scenario's source before anything of it runs, for what would go past the guard.

A scenario tells and points; it acts through its ``step`` alone. So that nobody need trust its author, it may import
little, and may not reach for what acts on the page, the machine or the program itself.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from capture.errors import Phrase

MODULES = frozenset(
    """
    capture collections dataclasses datetime enum functools itertools math re string textwrap typing
    """.split()
)
"""What a scenario may import: nothing that reads, writes or connects."""
ACTS = frozenset(
    """
    fill type press press_sequentially insert_text set_input_files select_option select_text check uncheck set_checked
    click dblclick tap drag_to drag_and_drop dispatch_event hover focus clear keyboard mouse touchscreen down up wheel
    goto go_back go_forward reload set_content evaluate evaluate_handle evaluate_all eval_on_selector
    eval_on_selector_all add_init_script add_script_tag add_style_tag add_locator_handler expose_function
    expose_binding route route_from_har route_web_socket unroute unroute_all request context main_frame frames
    frame_locator content_frame element_handle element_handles query_selector query_selector_all screenshot pdf
    storage_state cookies add_cookies new_page new_context browser request_interception content inner_html
    """.split()
)
"""What acts on a page, or reads all of it, in Playwright's own objects."""
STEP_ACTS = frozenset(("fill", "click", "hover", "go"))
"""What a step does in their place, under the guard."""
BUILT_IN = frozenset(
    """
    eval exec compile open input breakpoint __import__ globals locals vars getattr setattr delattr memoryview
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
        case ast.Import(names=names):
            foreign = next((name.name for name in names if _root(name.name) not in MODULES), None)
        case ast.ImportFrom(module=module, level=level):
            foreign = None if not level and _root(module or "") in MODULES else module or "."
            if foreign is None and _root(module or "") == "capture" and module != "capture":
                foreign = module
        case ast.Name(id=name) if name in BUILT_IN or name.startswith("__"):
            return Phrase("it uses “{name}”", name=name)
        case ast.Attribute(attr=name) if name.startswith("_"):
            return Phrase("it uses “{name}”, which is nobody's to use", name=name)
        case ast.Attribute(value=ast.Name(id=holder), attr=name) if name in STEP_ACTS and holder in parameters:
            return None
        case ast.Attribute(attr=name) if name in ACTS:
            return Phrase("it uses “{name}” of the page itself; a step has what is allowed of it", name=name)
        case _:
            return None
    return None if foreign is None else Phrase("it imports “{name}”", name=foreign)


def _root(module: str) -> str:
    return module.partition(".")[0]
