"""Rewrite one place of a scenario, and leave all other source text unchanged."""

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from capture.errors import EditRefused
from capture.messages import Phrase
from capture.scenario.edits import Correction, Edit, GonePage, Opener, Removal, TextCorrection, step_method
from capture.scenario.instruction import quotations, quoted
from capture.scenario.literals import LINE_LENGTH, broken_text, quoted_literal

_TARGET_METHODS = frozenset(("button", "link", "heading", "text", "dialog", "field", "frame", "role"))
"""Methods of ``Step`` that point at an element by role and name."""
_PAGE_METHODS = frozenset(("page", "form_only", "personal", "fixed"))
"""Methods of ``Tutorial`` that declare a page."""


def rewrite(source: str, edit: Edit) -> str | None:
    """Return a scenario's source with one edit; None if its place no longer says what the edit is about.

    Raises:
        EditRefused: the edit would leave a scenario that cannot be run.
    """
    module = cst.parse_module(source)
    if isinstance(edit, GonePage | TextCorrection):
        return _rewrite_page(module, edit)
    rewriter = _TellRewriter(edit)
    changed = MetadataWrapper(module).visit(rewriter)
    return changed.code if rewriter.rewritten else None


class _TellRewriter(cst.CSTTransformer):
    """Rewrites or removes the ``tell`` on the edit's line."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edit: Correction | Removal) -> None:
        super().__init__()
        self._edit = edit
        self._in_this_statement = False
        self._function: cst.FunctionDef | None = None
        self._picture: cst.Call | None = None
        """The ``shoot`` that takes the picture of the instruction."""
        self.rewritten = False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._function = node

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> None:
        self._in_this_statement = False

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine] | cst.RemovalSentinel:
        if not self._in_this_statement:
            return updated_node
        if isinstance(self._edit, Removal):
            self._check_unused(original_node)
            return cst.RemoveFromParent()
        if self._edit.opener is None:
            return updated_node
        self._picture = self._picture_after(original_node)
        opening = _opening(self._edit.opener, self._function, self._picture, original_node)
        return cst.FlattenSentinel([*opening, updated_node])

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        position = self.get_metadata(PositionProvider, original_node)
        if original_node is self._picture and not _is_named(original_node):
            assert isinstance(self._edit, Correction), "a removal needs no picture"
            assert self._edit.opener is not None, "only then is the picture looked for"
            name = cst.Arg(cst.SimpleString(quoted_literal(self._edit.opener.name)))
            return updated_node.with_changes(args=[name, *updated_node.args])
        if position.start.line != self._edit.line or not _calls(original_node, "tell"):
            return updated_node
        if not original_node.args or _text(original_node.args[0].value) != self._edit.sentence:
            return updated_node
        self.rewritten = self._in_this_statement = True
        if isinstance(self._edit, Removal):
            return updated_node
        column = self.get_metadata(PositionProvider, original_node.args[0].value).start.column
        return updated_node.with_changes(args=_corrected(self._edit, updated_node, column))

    def _picture_after(self, statement: cst.SimpleStatementLine) -> cst.Call | None:
        """Return the first ``shoot`` of the function below a statement."""
        finder = _ShootFinder()
        if self._function is not None:
            self._function.visit(finder)
        line = self.get_metadata(PositionProvider, statement).start.line
        below = (one for one in finder.found if self.get_metadata(PositionProvider, one).start.line > line)
        return next(below, None)

    def _check_unused(self, statement: cst.SimpleStatementLine) -> None:
        """Raise EditRefused if the scenario still needs the instruction: it acts on it."""
        only = statement.body[0]
        if isinstance(only, cst.Expr) and _calls(only.value, "tell"):
            return
        names = [
            target.target.value
            for target in (only.targets if isinstance(only, cst.Assign) else ())
            if isinstance(target.target, cst.Name)
        ]
        uses = _NameCounter(names)
        if self._function is not None:
            self._function.visit(uses)
        if len(names) != 1 or uses.found > 1:
            raise EditRefused(Phrase("the scenario still acts on this instruction: it leads to the next page"))


class _NameCounter(cst.CSTVisitor):
    """Counts where some variables are named."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = names
        self.found = 0

    def visit_Name(self, node: cst.Name) -> None:
        self.found += node.value in self._names


@dataclass(frozen=True, kw_only=True, slots=True)
class _NewTarget:
    """Name and role that a target gets; None: it keeps its own."""

    name: str | None
    role: str | None
    leaves_container: bool


def _corrected(edit: Correction, tell: cst.Call, column: int) -> list[cst.Arg]:
    """Return the arguments of a ``tell`` with a new sentence, target and callout."""
    sentence, target, *rest = tell.args
    new_name = edit.new_name if edit.new_name is not None else _renamed_by_quotation(edit)
    new = _NewTarget(name=new_name, role=edit.role, leaves_container=edit.leaves_container)
    literal = _reworded(sentence.value, edit, column)
    pointing = _pointing(target.value, edit, new)
    if pointing is target.value and edit.role is not None and edit.new_name is not None:
        # What is no call of a method of the step, such as a variable, is replaced as a whole.
        pointing = cst.parse_expression(_target_code(_receiver_of_tell(tell), edit.role, edit.new_name))
    changed = [sentence.with_changes(value=literal), target.with_changes(value=pointing)]
    return [*changed, *(_relabelled(one, edit) for one in rest)]


def _renamed_by_quotation(edit: Correction) -> str | None:
    """Return what the new sentence quotes where the old one quoted the target's label; None: that has not changed."""
    before, after = quotations(edit.sentence), quotations(edit.new_sentence)
    if edit.name not in before or len(before) != len(after):
        return None
    new = after[before.index(edit.name)]
    return None if new == edit.name else new


def _reworded(literal: cst.BaseExpression, edit: Correction, column: int) -> cst.BaseExpression:
    """Return a string literal with the new sentence, on several lines if it is long."""
    quote = literal.quote if isinstance(literal, cst.SimpleString) and len(literal.quote) == 1 else '"'
    return _literal(edit.new_sentence, quote, column)


def _pointing(target: cst.BaseExpression, edit: Correction, new: _NewTarget) -> cst.BaseExpression:
    """Return the expression of a target with a new name and role."""
    if isinstance(target, cst.Call) and _method(target) in _TARGET_METHODS:
        return _pointing_call(target, edit, new)
    if edit.name is None or new.name is None or isinstance(target, cst.Name):
        return target
    renamed = target.visit(_StringRewriter(edit.name, new.name))
    assert isinstance(renamed, cst.BaseExpression), "only strings in it are replaced"
    return renamed


def _pointing_call(target: cst.Call, edit: Correction, new: _NewTarget) -> cst.Call:
    """Return a call such as ``step.button("OK", inside=…)`` with a new name and role."""
    method = _method(target)
    positional = [one for one in target.args if one.keyword is None]
    named = [one for one in target.args if one.keyword is not None]
    role = positional.pop(0) if method == "role" and positional else None
    if new.name is not None and edit.name is not None:
        rewriter = _StringRewriter(edit.name, new.name)
        positional = [_visited(one, rewriter) for one in positional]
        named = [_visited(one, rewriter) for one in named]
    if not positional and new.name is not None and quoted(edit.new_sentence) != new.name:
        positional = [cst.Arg(cst.SimpleString(quoted_literal(new.name)))]
    if new.leaves_container:
        named = [one for one in named if one.keyword is None or one.keyword.value != "inside"]
    if new.role is not None and new.role != (_text(role.value) if role else None):
        method = step_method(new.role) or "role"
        role = cst.Arg(_literal(new.role, '"', 0)) if method == "role" else None
    args = [*([role] if role else []), *positional, *named]
    if args and not named and isinstance(args[-1].comma, cst.Comma):
        args[-1] = args[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    assert isinstance(target.func, cst.Attribute), "its method was read"
    return target.with_changes(func=target.func.with_changes(attr=cst.Name(method)), args=args)


def _visited(arg: cst.Arg, rewriter: cst.CSTTransformer) -> cst.Arg:
    changed = arg.visit(rewriter)
    assert isinstance(changed, cst.Arg), "only strings in it are replaced"
    return changed


def _relabelled(arg: cst.Arg, edit: Correction) -> cst.Arg:
    if edit.callout_label is None or arg.keyword is None or arg.keyword.value != "label":
        return arg
    return arg.with_changes(value=_literal(edit.callout_label, '"', 0))


def _opening(
    opener: Opener, function: cst.FunctionDef | None, picture: cst.Call | None, statement: cst.SimpleStatementLine
) -> list[cst.SimpleStatementLine]:
    """Return the statements that tell the reader to open something, capture the page before, and open it.

    The first picture of a page may have no name; each later one needs one.
    """
    step = _receiver_of_tell(statement)
    name = quoted_literal(opener.name)
    target = _target_code(step, opener.role, opener.name)
    variable = _unused_name("ouvre", function)
    options = [name] if picture is not None and _is_named(picture) else []
    masks = _keyword(picture, "ignore") if picture is not None else ""
    options += [f"ignore={masks}"] if masks else []
    lines = (
        f'{variable} = {step}.tell({quoted_literal(opener.sentence)}, {target}, callout="arrow")',
        f"{step}.shoot({', '.join(options)})",
        f"{step}.click({variable})",
    )
    parsed = [cst.parse_statement(line) for line in lines]
    return [one for one in parsed if isinstance(one, cst.SimpleStatementLine)]


def _target_code(step: str, role: str, name: str) -> str:
    """Return the source of a target."""
    method = step_method(role)
    return (
        f"{step}.{method}({quoted_literal(name)})"
        if method
        else f"{step}.role({quoted_literal(role)}, {quoted_literal(name)})"
    )


def _receiver_of_tell(node: cst.CSTNode) -> str:
    """Return the name of the ``Step`` in a call or statement that tells something."""
    found = _StepFinder()
    node.visit(found)
    return found.name


class _StepFinder(cst.CSTVisitor):
    """Finds the variable whose ``tell`` is called."""

    name = "step"

    def visit_Call(self, node: cst.Call) -> None:
        if _calls(node, "tell") and isinstance(node.func, cst.Attribute) and isinstance(node.func.value, cst.Name):
            self.name = node.func.value.value


def _unused_name(wanted: str, function: cst.FunctionDef | None) -> str:
    counter = _NameCounter([wanted])
    if function is not None:
        function.visit(counter)
    return f"{wanted}_2" if counter.found else wanted


def _is_named(shoot: cst.Call) -> bool:
    """Return whether a picture has a name of its own."""
    return any(one.keyword is None or one.keyword.value == "name" for one in shoot.args)


def _keyword(call: cst.Call, name: str) -> str:
    """Return the source of a keyword's value; empty: the call does not give it."""
    values = [one.value for one in call.args if one.keyword is not None and one.keyword.value == name]
    return cst.Module([]).code_for_node(values[0]) if values else ""


class _ShootFinder(cst.CSTVisitor):
    """Finds the pictures that a page's function takes, in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[cst.Call] = []

    def visit_Call(self, node: cst.Call) -> None:
        if _calls(node, "shoot"):
            self.found.append(node)


class _StringRewriter(cst.CSTTransformer):
    """Replaces a name in the strings of a target."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__()
        self._old, self._new = old, new

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.BaseExpression:
        text = updated_node.evaluated_value
        if not isinstance(text, str) or self._old not in text:
            return updated_node
        return updated_node.with_changes(
            value=quoted_literal(text.replace(self._old, self._new, 1), updated_node.quote)
        )


def _rewrite_page(module: cst.Module, edit: GonePage | TextCorrection) -> str | None:
    rewriter = _PageRewriter(edit)
    changed = MetadataWrapper(module).visit(rewriter)
    if rewriter.declared > 1:
        raise EditRefused(Phrase("page {n} is declared more than once in this file", n=edit.number))
    return changed.code if rewriter.rewritten else None


class _PageRewriter(cst.CSTTransformer):
    """Rewrites the declaration of a page: ``tutorial.page(3, …)``, ``tutorial.personal(7, …)``."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edit: GonePage | TextCorrection) -> None:
        super().__init__()
        self._edit = edit
        self.declared = 0
        self.rewritten = False

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        if _method(original_node) not in _PAGE_METHODS or not _is_number(original_node.args, self._edit.number):
            return updated_node
        self.declared += 1
        if isinstance(self._edit, GonePage):
            args = _marked(self._edit, updated_node.args)
        else:
            args = self._with_new_text(self._edit, original_node.args, updated_node.args)
        self.rewritten = self.rewritten or args is not None
        return updated_node if args is None else updated_node.with_changes(args=args)

    def _with_new_text(
        self, edit: TextCorrection, originals: Sequence[cst.Arg], args: Sequence[cst.Arg]
    ) -> list[cst.Arg] | None:
        """Return the arguments with one sentence of ``text`` replaced or removed; None if it is not there."""
        for place, arg in enumerate(args):
            value = arg.value
            if arg.keyword is None or arg.keyword.value != "text" or not isinstance(value, cst.List | cst.Tuple):
                continue
            found = [number for number, one in enumerate(value.elements) if _text(one.value) == edit.text]
            if not found:
                return None
            original = originals[place].value
            assert isinstance(original, cst.List | cst.Tuple), "it has not changed"
            column = self.get_metadata(PositionProvider, original.elements[found[0]]).start.column
            elements = list(value.elements)
            if edit.new_text:
                elements[found[0]] = elements[found[0]].with_changes(value=_literal(edit.new_text, '"', column))
            else:
                del elements[found[0]]
            return [*args[:place], arg.with_changes(value=value.with_changes(elements=elements)), *args[place + 1 :]]
        return None


def _marked(edit: GonePage, args: Sequence[cst.Arg]) -> list[cst.Arg] | None:
    """Return the arguments of a page with ``gone``, after the title, or without it; None if nothing changes."""
    kept = [one for one in args if one.keyword is None or one.keyword.value != "gone"]
    if edit.since is None:
        return kept if len(kept) < len(args) else None
    first, title, *rest = kept
    mark = cst.Arg(
        keyword=cst.Name("gone"),
        value=cst.SimpleString(f'"{edit.since.isoformat()}"'),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
        comma=title.comma,
    )
    return [first, title.with_changes(comma=first.comma), mark, *rest]


def _is_number(args: Sequence[cst.Arg], number: int) -> bool:
    """Return whether the arguments of a page begin with this number and a title."""
    positional = [one for one in args if one.keyword is None]
    first = positional[0].value if len(positional) > 1 else None
    return isinstance(first, cst.Integer) and first.evaluated_value == number


def _method(node: cst.BaseExpression) -> str:
    """Return the name of the method that an expression calls; empty: it calls none."""
    return node.func.attr.value if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) else ""


def _calls(node: cst.BaseExpression, method: str) -> bool:
    return _method(node) == method


def _text(node: cst.BaseExpression) -> str | None:
    """Return the value of a string literal; None for any other expression."""
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return None


def _literal(text: str, quote: str, column: int) -> cst.SimpleString | cst.ConcatenatedString:
    """Return a string literal that begins in a column; continued below itself where it would pass LINE_LENGTH."""
    whole = quoted_literal(text, quote)
    room = max(LINE_LENGTH - column - 4, 40)
    if len(whole) <= room:
        return cst.SimpleString(whole)
    parts = broken_text(text, room)
    literal: cst.SimpleString | cst.ConcatenatedString = cst.SimpleString(quoted_literal(parts[-1], quote))
    for part in reversed(parts[:-1]):
        literal = cst.ConcatenatedString(
            left=cst.SimpleString(quoted_literal(part, quote)),
            whitespace_between=cst.ParenthesizedWhitespace(indent=False, last_line=cst.SimpleWhitespace(" " * column)),
            right=literal,
        )
    return literal
