"""Rewrite an instruction of a scenario to its replacement, and leave all other source text unchanged."""

from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from capture.elements import FIELDS

_STEP_METHODS = {"button": "button", "link": "link", "heading": "heading", "text": "text", "dialog": "dialog"}
"""Method of ``Step`` that points at each role."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Renaming:
    """New name or role of an instruction's target."""

    line: int
    """Line of ``step.tell`` in the scenario."""
    sentence: str
    old: str
    new: str
    role: str
    """New role."""

    @property
    def new_sentence(self) -> str:
        """Return the sentence with the new name."""
        return self.sentence.replace(self.old, self.new, 1)


def step_method(role: str) -> str | None:
    """Return the method of ``Step`` that points at a role; None if the role has no method of its own."""
    return "field" if role in FIELDS or role == "field" else _STEP_METHODS.get(role)


def rewrite(source: str, renaming: Renaming) -> str | None:
    """Return a scenario's source with one instruction renamed; None if the line no longer has that sentence."""
    module = MetadataWrapper(cst.parse_module(source))
    rewriter = _TellRewriter(renaming)
    changed = module.visit(rewriter)
    return changed.code if rewriter.rewritten else None


class _TellRewriter(cst.CSTTransformer):
    """Rewrites the ``tell`` on the line."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, renaming: Renaming) -> None:
        super().__init__()
        self._renaming = renaming
        self.rewritten = False

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        position = self.get_metadata(PositionProvider, original_node)
        if position.start.line != self._renaming.line or not _calls(original_node, "tell"):
            return updated_node
        if not original_node.args or _text(original_node.args[0].value) != self._renaming.sentence:
            return updated_node
        self.rewritten = True
        arguments = [
            argument.with_changes(value=argument.value.visit(_NameRewriter(self._renaming))) if number < 2 else argument  # noqa: PLR2004 - the sentence and its target
            for number, argument in enumerate(updated_node.args)
        ]
        return updated_node.with_changes(args=arguments)


class _NameRewriter(cst.CSTTransformer):
    """Rewrites the name in a sentence or target, and the method that points at the role."""

    def __init__(self, renaming: Renaming) -> None:
        super().__init__()
        self._renaming = renaming

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.BaseExpression:
        text = updated_node.evaluated_value
        if not isinstance(text, str) or self._renaming.old not in text:
            return updated_node
        return updated_node.with_changes(
            value=_quoted(text.replace(self._renaming.old, self._renaming.new, 1), updated_node.quote)
        )

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        old_method = next(
            (method for method in (*_STEP_METHODS.values(), "field") if _calls(original_node, method)), None
        )
        new_method = step_method(self._renaming.role)
        if (
            old_method is None
            or new_method is None
            or old_method == new_method
            or not isinstance(updated_node.func, cst.Attribute)
        ):
            return updated_node
        return updated_node.with_changes(func=updated_node.func.with_changes(attr=cst.Name(new_method)))


def _calls(node: cst.Call, method: str) -> bool:
    return isinstance(node.func, cst.Attribute) and node.func.attr.value == method


def _text(node: cst.BaseExpression) -> str | None:
    """Return the value of a string literal; None for any other expression."""
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return None


def _quoted(text: str, quote: str) -> str:
    """Return a text as a Python string literal, escaped so that a site's text can never become code."""
    escaped = "".join(
        letter if letter.isprintable() and letter not in "\\\"'" else letter.encode("unicode_escape").decode()
        for letter in text
    )
    escaped = escaped.replace('"', '\\"').replace("'", "\\'" if quote.startswith("'") else "'")
    return f"{quote}{escaped}{quote}"
