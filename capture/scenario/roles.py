"""Roles that a target may have."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from capture.messages import Phrase

ROLES = frozenset(
    """
    alert alertdialog banner button cell checkbox columnheader combobox complementary contentinfo dialog figure form
    frame grid gridcell group heading img link listbox main menu menubar menuitem menuitemcheckbox menuitemradio meter
    navigation option progressbar radio radiogroup region rowheader search searchbox slider spinbutton status switch
    tab table tablist tabpanel textbox toolbar tooltip tree treegrid treeitem field text
    """.split()
)
"""Roles that a target may have: the ARIA roles of elements that are listed, ``field`` and ``text``."""

OTHER_ROLES = frozenset(
    """
    application article blockquote caption code comment definition deletion directory document emphasis feed generic
    image insertion list listitem log mark marquee math none note paragraph presentation row rowgroup scrollbar
    sectionfooter sectionheader separator strong subscript suggestion superscript term time timer
    """.split()
)
"""Roles of ARIA whose elements are not listed: what is in them is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongRole:
    """A role in a scenario that no target may have."""

    line: int
    what: Phrase


def mistake_in_role(role: str) -> Phrase | None:
    """Say why no target may have a role; None: it may, or the role is empty, which stands for any."""
    if not role or role in ROLES:
        return None
    if role in OTHER_ROLES:
        return Phrase(
            "“{role}” is a role, but none that an instruction can point at: use step.text, a heading or a cell in it, "
            "or a locator of step.page; docs/scenarios.md lists the roles",
            role=role,
        )
    close = get_close_matches(role, ROLES, n=1)
    return Phrase("“{role}” is no role; perhaps “{close}” is meant", role=role, close=close[0] if close else "text")


def wrong_roles(tree: ast.Module) -> tuple[WrongRole, ...]:
    """List the roles, written as such in a scenario, that no target may have, by line."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    found = (
        WrongRole(line=call.lineno, what=what)
        for call in calls
        for role in _roles_in(call)
        if (what := mistake_in_role(role)) is not None
    )
    return tuple(sorted(found, key=lambda one: one.line))


def _roles_in(node: ast.Call) -> Iterator[str]:
    """Generate the role of a call such as ``step.role("tab")``."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "role":
        return
    for value in (*node.args[:1], *(one.value for one in node.keywords if one.arg == "role")):
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value
