"""Alternative texts of published pictures: what a callout points at, and where that is."""

from collections.abc import Iterable, Mapping

from capture.geometry import Box
from capture.scenario.instruction import InstructionResult
from report.i18n.translator import Translator, gettext_noop

ROLES = {
    "button": gettext_noop("button « {name} »"),
    "link": gettext_noop("link « {name} »"),
    "heading": gettext_noop("title « {name} »"),
    "checkbox": gettext_noop("box to tick « {name} »"),
    "radio": gettext_noop("choice « {name} »"),
    "option": gettext_noop("choice « {name} »"),
    "tab": gettext_noop("tab « {name} »"),
    "menuitem": gettext_noop("entry « {name} » of a menu"),
    "img": gettext_noop("picture « {name} »"),
    "dialog": gettext_noop("window « {name} »"),
    "field": gettext_noop("field « {name} »"),
    "textbox": gettext_noop("field « {name} »"),
    "searchbox": gettext_noop("field « {name} »"),
    "spinbutton": gettext_noop("field « {name} »"),
    "combobox": gettext_noop("list « {name} »"),
    "listbox": gettext_noop("list « {name} »"),
}
OTHER_ROLE = gettext_noop("« {name} »")
WITHOUT_NAME = gettext_noop("a part of the page")
PLACES = (
    (gettext_noop("at the top left"), gettext_noop("at the top"), gettext_noop("at the top right")),
    (gettext_noop("on the left"), gettext_noop("in the middle"), gettext_noop("on the right")),
    (gettext_noop("at the bottom left"), gettext_noop("at the bottom"), gettext_noop("at the bottom right")),
)
"""Words for thirds of a picture, from top left."""


def place_of(target: Box, picture: Box, words: Translator) -> str:
    """Return words that say where on a picture a target is."""
    across = (target.x + target.width / 2 - picture.x) / max(picture.width, 1)
    down = (target.y + target.height / 2 - picture.y) / max(picture.height, 1)
    row, column = (min(max(int(share * 3), 0), 2) for share in (down, across))
    return words.gettext(PLACES[row][column])


def thing_of(result: InstructionResult, words: Translator) -> str:
    """Return words that say what an instruction points at."""
    if not result.name:
        return words.gettext(WITHOUT_NAME)
    return words.gettext(ROLES.get(result.role, OTHER_ROLE), name=words.typeset(result.name))


def alternative_text(
    host: str, results: Iterable[InstructionResult], targets: Mapping[int, Box], picture: Box, words: Translator
) -> str:
    """Return the alternative text of a picture.

    Args:
        host: of the page; empty: a person took the picture.
        results: instructions of the picture.
        targets: what its callouts point at, by number.
        picture: the part that is shown, in the same unit.
        words: the language.
    """
    said = [
        words.gettext(
            "{n}: {thing}, {place}.",
            n=result.number,
            thing=thing_of(result, words),
            place=place_of(targets[result.number], picture, words),
        )
        for result in results
        if result.number in targets
    ]
    by_hand = words.gettext("Screenshot of this step, taken by hand, without personal information.")
    return " ".join([words.gettext("Screenshot of {host}.", host=host) if host else by_hand, *said])


def alternative_text_of_cut(result: InstructionResult, words: Translator) -> str:
    """Return the alternative text of the part of a picture around one target."""
    return words.gettext("Screenshot: {n}, {thing}.", n=result.number, thing=thing_of(result, words))
