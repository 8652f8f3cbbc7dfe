"""Digests of a scenario's pages: they tell which pages a change of the file concerns."""

import ast
from collections.abc import Iterable

from capture.scenario.tutorial import Page
from capture.storage import sha256

_ONE_PAGE = frozenset(("personal", "fixed"))
"""Methods of ``Tutorial`` whose call declares one page and nothing else."""


def page_digests(tree: ast.Module, pages: Iterable[Page]) -> dict[int, str]:
    """Return the SHA-256, by its number, of what each visited page is made of; comments and layout do not count.

    That is its function, and everything in the file that belongs to no single page: constants, the tutorial itself,
    functions that several pages share.

    Args:
        tree: of the scenario.
        pages: that it declares.
    """
    numbers = {int(page.source_line.rpartition(":")[2]): page.number for page in pages if page.source_line}
    nodes = {_first_line(node): node for node in tree.body}
    shared = [ast.unparse(node) for line, node in nodes.items() if line not in numbers and not _declares_one(node)]
    own = {number: ast.unparse(nodes[line]) for line, number in numbers.items() if line in nodes}
    return {number: sha256("\n".join([*shared, text]).encode()) for number, text in own.items()}


def _first_line(node: ast.stmt) -> int:
    """Return the line on which a statement begins, with its decorators."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return min([node.lineno, *(one.lineno for one in decorators)])


def _declares_one(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _ONE_PAGE
