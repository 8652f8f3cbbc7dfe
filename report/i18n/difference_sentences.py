"""Sentences about differences: how an element changed, how two pictures differ."""

from report.compare.align import BandKind
from report.compare.comparison import Comparison
from report.compare.elements import ChangeKind, ElementChange
from report.i18n.instruction_sentences import InstructionSentences
from report.i18n.translator import gettext_noop, shorten

_CHANGES = {
    ChangeKind.ADDED: gettext_noop("{The} « {now} » is new."),
    ChangeKind.REMOVED: gettext_noop("{The} « {before} » is gone."),
    ChangeKind.ROLE: gettext_noop("{The} « {now} » replaces {the_before} of the same name."),
    ChangeKind.RENAMED: gettext_noop("{The} « {before} » is now called « {now} »."),
    ChangeKind.RENAMED_UNSEEN: gettext_noop(
        "{The} « {before} » is read aloud as « {now} »; the words on the screen are the same."
    ),
    ChangeKind.MOVED: gettext_noop("{The} « {now} » moved by {px} px."),
    ChangeKind.RESIZED: gettext_noop("{The} « {now} » changed its size by {px} px."),
    ChangeKind.ENABLED: gettext_noop("{The} « {now} » can now be used."),
    ChangeKind.DISABLED: gettext_noop("{The} « {now} » is now disabled."),
    ChangeKind.READDRESSED: gettext_noop("{The} « {now} » leads to another page."),
    ChangeKind.RESTYLED: gettext_noop("{The} « {now} » looks different."),
}
FAR_PX = 900
"""Distance from which nobody counts pixels: the height of a usual window."""
_FAR = gettext_noop("{The} « {now} » is in another place of the page now.")
_STATES = {
    "checked": gettext_noop("{The} « {now} » is ticked now."),
    "not checked": gettext_noop("{The} « {now} » is no longer ticked."),
    "mixed": gettext_noop("{The} « {now} » is half ticked now."),
    "not mixed": gettext_noop("{The} « {now} » is no longer half ticked."),
    "pressed": gettext_noop("{The} « {now} » is switched on now."),
    "not pressed": gettext_noop("{The} « {now} » is no longer switched on."),
    "selected": gettext_noop("{The} « {now} » is chosen now."),
    "not selected": gettext_noop("{The} « {now} » is no longer chosen."),
    "expanded": gettext_noop("{The} « {now} » is unfolded now."),
    "not expanded": gettext_noop("{The} « {now} » is no longer unfolded."),
    "invalid": gettext_noop("{The} « {now} » is marked as wrong now."),
    "not invalid": gettext_noop("{The} « {now} » is no longer marked as wrong."),
    "current": gettext_noop("{The} « {now} » is the current one now."),
    "not current": gettext_noop("{The} « {now} » is no longer the current one."),
}
BANDS = {
    BandKind.INSERTED: gettext_noop("Inserted: {px} px at row {y}."),
    BandKind.REMOVED: gettext_noop("Removed: {px} px at row {y} of the first picture."),
    BandKind.MOVED: gettext_noop("Moved: {px} px, to row {y}."),
}


class DifferenceSentences(InstructionSentences):
    """A translator that also turns differences into sentences."""

    def change(self, change: ElementChange) -> str:
        """Say how an element changed."""
        details = {"before": shorten(change.before or "–"), "now": shorten(change.now or "–"), "px": change.px}
        the = {"The": self.role_name(change.role, capital=True), "the": self.role_name(change.role, capital=False)}
        the["the_before"] = self.role_name(change.role_before or change.role, capital=False)
        message = _STATES.get(change.state or "") or _CHANGES.get(change.kind, _CHANGES[ChangeKind.RESTYLED])
        if change.kind is ChangeKind.MOVED and change.px > FAR_PX:
            message = _FAR
        return self.gettext(message, **the, **details)

    def comparison(self, found: Comparison) -> tuple[str, ...]:
        """Say how two pictures differ, one sentence for each difference."""
        if found.same:
            return (self.gettext("No difference."),)
        bands = [self.gettext(BANDS[band.kind], px=band.height, y=band.y) for band in found.bands]
        regions = [
            self.gettext(
                "Changed: {width} × {height} px at {x}, {y}.",
                width=round(region.box.width),
                height=round(region.box.height),
                x=round(region.box.x),
                y=round(region.box.y),
            )
            for region in found.regions
        ]
        return (*bands, *regions, *(self.change(change) for change in found.elements))
