"""Sentences that stand in a scenario's source today, read without executing it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldSentence:
    """An instruction as it stands in the source: a ``step.tell`` whose sentence is a literal."""

    line: int
    sentence: str
    callout_label: str | None
    """Text of the callout; None: it is not given as a literal."""


def told_sentences(source: str, first_line: int) -> tuple[ToldSentence, ...]:
    """Return the instructions of the function that begins on a line, in their order; empty: there is no such one."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and _first_line(node) == first_line:
            return tuple(sorted(_told(node), key=lambda one: one.line))
    return ()


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def _told(function: ast.FunctionDef) -> Iterator[ToldSentence]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tell":
            sentence = _text(node.args[0]) if node.args else None
            if sentence is not None:
                labels = [_text(one.value) for one in node.keywords if one.arg == "label"]
                yield ToldSentence(line=node.lineno, sentence=sentence, callout_label=labels[0] if labels else None)


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
