"""Write into a scenario what took an instruction's place, and leave all else as its author wrote it."""

from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from capture.elements import FIELDS

_STEP_METHODS = {"button": "button", "link": "link", "heading": "heading", "text": "text", "dialog": "dialog"}
"""How a step points at a role."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Renaming:
    """An instruction's element now has another name, or another role."""

    line: int
    """Of the scenario's ``step.tell``."""
    sentence: str
    old: str
    new: str
    role: str
    """The new one."""

    @property
    def new_sentence(self) -> str:
        """The sentence with the new name."""
        return self.sentence.replace(self.old, self.new, 1)


def step_method(role: str) -> str | None:
    """The method of a step that points at a role; None: there is none of its own."""
    return "field" if role in FIELDS or role == "field" else _STEP_METHODS.get(role)


def rewrite(source: str, renaming: Renaming) -> str | None:
    """A scenario's source with one instruction renamed; None when that line does not tell it any more."""
    module = MetadataWrapper(cst.parse_module(source))
    writer = _Writer(renaming)
    changed = module.visit(writer)
    return changed.code if writer.done else None


class _Writer(cst.CSTTransformer):
    """Changes the one ``tell`` that stands on the line."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, renaming: Renaming) -> None:
        super().__init__()
        self._renaming = renaming
        self.done = False

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        position = self.get_metadata(PositionProvider, original_node)
        if position.start.line != self._renaming.line or not _calls(original_node, "tell"):
            return updated_node
        if not original_node.args or _text(original_node.args[0].value) != self._renaming.sentence:
            return updated_node
        self.done = True
        arguments = [
            argument.with_changes(value=argument.value.visit(_Names(self._renaming))) if number < 2 else argument  # noqa: PLR2004 - the sentence and its target
            for number, argument in enumerate(updated_node.args)
        ]
        return updated_node.with_changes(args=arguments)


class _Names(cst.CSTTransformer):
    """Changes a name in a sentence, or in what points at a thing; and the way to point at its role."""

    def __init__(self, renaming: Renaming) -> None:
        super().__init__()
        self._renaming = renaming

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.BaseExpression:
        said = updated_node.evaluated_value
        if not isinstance(said, str) or self._renaming.old not in said:
            return updated_node
        return updated_node.with_changes(
            value=_quoted(said.replace(self._renaming.old, self._renaming.new, 1), updated_node.quote)
        )

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        known = next((method for method in (*_STEP_METHODS.values(), "field") if _calls(original_node, method)), None)
        now = step_method(self._renaming.role)
        if known is None or now is None or known == now or not isinstance(updated_node.func, cst.Attribute):
            return updated_node
        return updated_node.with_changes(func=updated_node.func.with_changes(attr=cst.Name(now)))


def _calls(node: cst.Call, method: str) -> bool:
    return isinstance(node.func, cst.Attribute) and node.func.attr.value == method


def _text(node: cst.BaseExpression) -> str | None:
    """What a string of the source says, however it is written."""
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return None


def _quoted(text: str, quote: str) -> str:
    """A text as a Python string: what a site calls its things can never become code."""
    escaped = "".join(
        letter if letter.isprintable() and letter not in "\\\"'" else letter.encode("unicode_escape").decode()
        for letter in text
    )
    escaped = escaped.replace('"', '\\"').replace("'", "\\'" if quote.startswith("'") else "'")
    return f"{quote}{escaped}{quote}"
