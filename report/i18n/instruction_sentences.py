"""Sentences about instructions: what a tutorial says, and what the page shows instead."""

from capture.geometry import Box
from capture.scenario.expectation import ExpectationKind, Unmet
from capture.scenario.instruction import InstructionResult, InstructionStatus
from report.i18n.translator import Translator, gettext_noop, shorten

_ELEMENT = gettext_noop("the element")
_ROLE_NAMES = {
    "area": gettext_noop("the part of the page"),
    "button": gettext_noop("the button"),
    "link": gettext_noop("the link"),
    "field": gettext_noop("the field"),
    "textbox": gettext_noop("the field"),
    "searchbox": gettext_noop("the field"),
    "spinbutton": gettext_noop("the field"),
    "combobox": gettext_noop("the list"),
    "listbox": gettext_noop("the list"),
    "checkbox": gettext_noop("the check box"),
    "radio": gettext_noop("the option"),
    "option": gettext_noop("the choice"),
    "switch": gettext_noop("the switch"),
    "tab": gettext_noop("the tab"),
    "menuitem": gettext_noop("the menu item"),
    "heading": gettext_noop("the title"),
    "text": gettext_noop("the text"),
    "img": gettext_noop("the image"),
    "dialog": gettext_noop("the window"),
    "alertdialog": gettext_noop("the window"),
    "tooltip": gettext_noop("the description"),
    "navigation": gettext_noop("the menu"),
}
_STATUSES = {
    InstructionStatus.TRUE: gettext_noop("{The} « {name} » is there."),
    InstructionStatus.MISSING: gettext_noop("{The} « {name} » is no longer there."),
    InstructionStatus.MISNAMED: gettext_noop("{The} « {name} » is no longer there."),
    InstructionStatus.HIDDEN: gettext_noop("{The} « {name} » is in the page, but hidden."),
    InstructionStatus.COVERED: gettext_noop("{The} « {name} » is covered by something without a name."),
    InstructionStatus.DISABLED: gettext_noop("{The} « {name} » is greyed out."),
}
_NEVER_APPROVED = gettext_noop("{The} « {name} » is not there.")
_WITHOUT_LABEL = {
    InstructionStatus.TRUE: gettext_noop("What this sentence is about ({the}) is there."),
    InstructionStatus.MISSING: gettext_noop("What this sentence is about ({the}) is no longer there."),
    InstructionStatus.MISNAMED: gettext_noop("What this sentence is about ({the}) is no longer there."),
    InstructionStatus.HIDDEN: gettext_noop("What this sentence is about ({the}) is in the page, but hidden."),
    InstructionStatus.COVERED: gettext_noop("What this sentence is about ({the}) is covered."),
    InstructionStatus.DISABLED: gettext_noop("What this sentence is about ({the}) is greyed out."),
}
_WITHOUT_LABEL_NEVER_APPROVED = gettext_noop("What this sentence is about ({the}) is not there.")
_UNMET = {
    ExpectationKind.EMPTY: gettext_noop("{The} « {name} » is not empty."),
    ExpectationKind.FILLED: gettext_noop("{The} « {name} » is empty."),
    ExpectationKind.VALUE: gettext_noop("{The} « {name} » does not show « {wanted} »."),
    ExpectationKind.CHECKED: gettext_noop("{The} « {name} » is there, but not ticked or chosen."),
    ExpectationKind.UNCHECKED: gettext_noop("{The} « {name} » is ticked or chosen already."),
    ExpectationKind.LEADS_TO: gettext_noop("{The} « {name} » does not lead to {wanted}, but to {found}."),
    ExpectationKind.COUNT: gettext_noop("The page shows « {name} » {found} times, not {wanted}."),
    ExpectationKind.CHOICE: gettext_noop("{The} « {name} » does not offer « {wanted} »."),
}
_NOWHERE = gettext_noop("another page")


class InstructionSentences(Translator):
    """A translator that also says what became of the targets of instructions."""

    def instruction(self, result: InstructionResult) -> str:
        """Quote an instruction, and say what the page shows instead."""
        sentence = self.gettext(
            "The tutorial says: « {sentence} »", sentence=self.nested(self.typeset(result.sentence))
        )
        return f"{sentence} {self.replacement(result)}"

    def replacement(self, result: InstructionResult) -> str:
        """Say what became of an instruction's target."""
        details = self._details(result)
        if result.replacement is not None:
            return self._replaced(result, details)
        if result.unmet is not None:
            return self._unmet(result.unmet, details)
        if result.name is None:
            return self._without_label(result, details)
        return self._status(result, details)

    def _status(self, result: InstructionResult, details: dict[str, str]) -> str:
        """Say whether a target with a label is there, or where it is."""
        if result.container is not None:
            return self._not_inside(result.container, details, is_there=result.container_found)
        if result.status is InstructionStatus.COVERED and result.covered_by:
            message = gettext_noop("{The} « {name} » is covered by « {cover} ».")
            return self.gettext(message, **details, cover=shorten(result.covered_by))
        if result.status is InstructionStatus.HIDDEN and result.opener:
            message = gettext_noop("{The} « {name} » is hidden; « {opener} » opens it.")
            return self.gettext(message, **details, opener=shorten(result.opener))
        is_new = result.approved is None and result.status in (InstructionStatus.MISSING, InstructionStatus.MISNAMED)
        return self.gettext(_NEVER_APPROVED if is_new else _STATUSES[result.status], **details)

    def role_name(self, role: str, *, capital: bool) -> str:
        """Return the name of a role with its article: "the button"."""
        words = self._catalogue.gettext(_ROLE_NAMES.get(role, _ELEMENT))
        return words[0].upper() + words[1:] if capital else words

    def _details(self, result: InstructionResult) -> dict[str, str]:
        return {
            "The": self.role_name(result.role, capital=True),
            "the": self.role_name(result.role, capital=False),
            "name": shorten(result.name or "–"),
        }

    def _without_label(self, result: InstructionResult, details: dict[str, str]) -> str:
        """Say what became of a target that no label names, and where it was."""
        is_new = result.approved is None and result.status in (InstructionStatus.MISSING, InstructionStatus.MISNAMED)
        told = self.gettext(_WITHOUT_LABEL_NEVER_APPROVED if is_new else _WITHOUT_LABEL[result.status], **details)
        return told if result.approved is None else f"{told} {self._place(result.approved)}"

    def _place(self, box: Box) -> str:
        """Say where something is on the approved picture."""
        return self.gettext("On the approved picture it is at {x}, {y} px.", x=round(box.x), y=round(box.y))

    def _unmet(self, unmet: Unmet, details: dict[str, str]) -> str:
        """Say what is not as the sentence says."""
        if unmet.kind is ExpectationKind.NTH:
            return self._too_few(int(unmet.found), unmet.wanted, details)
        found = unmet.found or self.gettext(_NOWHERE)
        return self.gettext(_UNMET[unmet.kind], **details, wanted=unmet.wanted, found=found)

    def _not_inside(self, container: str, details: dict[str, str], *, is_there: bool) -> str:
        """Say that a target is not inside what the scenario names, or that this is not on the page itself."""
        message = gettext_noop("{The} « {name} » is not in « {container} ».")
        if not is_there:
            message = gettext_noop("{The} « {name} » should be in « {container} », which is not on the page.")
        return self.gettext(message, **details, container=shorten(container))

    def _too_few(self, number: int, wanted: str, details: dict[str, str]) -> str:
        """Say that there are fewer than the sentence says."""
        return self.ngettext(
            "{The} « {name} » is there only {n} time, and the sentence is about number {wanted}.",
            "{The} « {name} » is there only {n} times, and the sentence is about number {wanted}.",
            number,
            wanted=wanted,
            **details,
        )

    def _replaced(self, result: InstructionResult, details: dict[str, str]) -> str:
        """Say what replaces an instruction's target."""
        assert result.replacement is not None, "called only if there is a replacement"
        new = result.replacement
        details = {**details, "now": shorten(new.name), "the_new": self.role_name(new.role, capital=False)}
        if not new.name.strip():
            return self.gettext("{The} « {name} » is not there; there is {the_new} without a label.", **details)
        if result.container is not None and new.opener is None:
            where = self._not_inside(result.container, details, is_there=result.container_found)
            elsewhere = self.gettext("The page has {the_new} « {now} ».", **details)
            return f"{where} {elsewhere}"
        if result.approved is None:
            return self.gettext("{The} « {name} » is not there; there is {the_new} « {now} ».", **details)
        if new.opener is not None:
            return self.gettext(
                "{The} « {name} » is no longer there. « {opener} » now opens the window « {container} », "
                "where {the_new} « {now} » seems to replace it.",
                **details,
                opener=shorten(new.opener),
                container=shorten(new.container or "?"),
            )
        if self.role_name(new.role, capital=True) != details["The"]:
            return self.gettext("{The} « {name} » is now {the_new} « {now} ».", **details)
        return self.gettext("{The} « {name} » is now called « {now} ».", **details)
