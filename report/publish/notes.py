"""Sentences that every document of an edition says: when it was checked, where a picture is from, what is missing."""

from report.i18n.translator import Translator
from report.publish.edition import Edition, Step, StepState


def checked_line(edition: Edition, words: Translator) -> str | None:
    """Return the sentence that says when a tutorial was checked, None if it never was."""
    days = edition.checked_days
    if days is None:
        return None
    first, last = (words.day(day) for day in days)
    if edition.firefox and first == last:
        return words.gettext("Checked on {day} with Firefox {firefox}", day=last, firefox=edition.firefox)
    if edition.firefox:
        return words.gettext(
            "Checked between {first} and {last} with Firefox {firefox}", first=first, last=last, firefox=edition.firefox
        )
    return words.gettext("Checked on {day}", day=last)


def steps_line(edition: Edition, words: Translator) -> str:
    """Return how many of the steps are known to be true."""
    return words.gettext("{n} of {all} steps checked", n=edition.true_steps, all=len(edition.steps))


def draft_line(words: Translator) -> str:
    return words.gettext("Draft: not to be handed out")


def caption_of(step: Step, words: Translator) -> str:
    """Return where a picture is from, and when it was checked."""
    day = words.day(step.checked) if step.checked is not None else ""
    if not step.host and step.checked is not None:
        return words.gettext("Picture taken by hand, checked on {day}", day=words.day(step.checked))
    if step.replica:
        return words.gettext("Source: a replica of {host}, captured on {day}", host=step.host, day=day)
    return words.gettext("Source: {host}, captured on {day}", host=step.host, day=day)


def note_of(step: Step, words: Translator) -> str | None:
    """Return what a reader must know about a step, None: nothing."""
    notes = {
        StepState.TO_REVIEW: words.gettext(
            "To be reviewed: the site has changed since this step was checked on {day}.",
            day=words.day(step.checked) if step.checked is not None else "–",
        ),
        StepState.REWRITTEN: words.gettext("The site has changed: this page is being rewritten."),
        StepState.DRAFT: words.gettext("Draft: this step is not known to be true."),
        StepState.NEVER_APPROVED: words.gettext("No picture has been approved yet."),
    }
    if step.state is StepState.BY_HAND and not step.pictures:
        return words.gettext("This step asks for personal information: it is shown without a picture.")
    return notes.get(step.state)
