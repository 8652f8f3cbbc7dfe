"""Actions that the workbench's pages send, as JSON."""

from dataclasses import dataclass
from enum import StrEnum

from capture.checked_values import Name, Note, PageNumber, Person


class ActionKind(StrEnum):
    """Kinds of actions."""

    RUN = "run"
    """Check all tutorials, one of them, or one page."""
    ATTEND = "attend"
    """Check a tutorial with a visible Firefox, in which a person answers what the site asks for."""
    REMIND = "remind"
    """Put pages off for a week."""
    STOP = "stop"
    """Stop what is running."""
    CORRECT = "correct"
    """Give an instruction other words, or another target."""
    CORRECT_ALL = "correct_all"
    """Write the suggested corrections."""
    REMOVE = "remove"
    """Remove an instruction."""
    TEXT = "text"
    """Give a sentence of a personal page other words; without words: remove it."""
    GONE = "gone"
    """Mark a page as a step that the site no longer has."""
    BACK = "back"
    """Take that mark away."""
    APPROVE = "approve"
    """Approve the new pictures of pages."""
    CONFIRM = "confirm"
    """A person has checked personal pages: they are as the tutorial says."""
    DENY = "deny"
    """A person has checked a personal page: its text is no longer true."""
    PREVIEW = "preview"
    """Write the published tutorial to look at it."""
    PUBLISH = "publish"
    UNDO = "undo"
    """Undo something that was done."""
    SITE = "site"
    """Look at another site: the live one, or a replica."""
    DEMONSTRATE = "demonstrate"
    """Begin with the demonstration."""
    QUIT = "quit"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewWords:
    """New words of an instruction."""

    page: PageNumber
    line: int
    sentence: str
    """As it stands."""
    new_sentence: str = ""
    callout_label: str | None = None
    """New words on the picture; None: they stay."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """An action, with the fields that its kind needs."""

    kind: ActionKind
    by: Person = ""
    tutorial: Name = ""
    pages: tuple[PageNumber, ...] = ()
    words: tuple[NewWords, ...] = ()
    role: str = ""
    """Role of the element that the sentence points at from now on; empty: it stays."""
    label: str = ""
    """Label of that element."""
    alone: bool = False
    """No other element of the page has this role and label."""
    note: Note = ""
    number: int = 0
    """Number of the entry that is to be undone."""
    site: str = ""
