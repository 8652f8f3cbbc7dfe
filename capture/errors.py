"""Every error that a person can meet: what happened, what to do about it, and its exit code.

``tutofrais run`` ends with 0 to 4 according to what it found (see ``report.verdict.ExitCode``); 2 is
also the command line's own code for wrong options. The codes below are for what stopped a command.

    10 ScenarioBroken   15 SidecarCorrupt    20 RunUnreadable     25 UnknownPage
    11 PageTwice        16 PortInUse         21 BaselineMoved     26 HistoryUnusable
    12 UnknownSite      17 NoFirefox         22 NothingCaptured   27 UnknownElement
    13 NoBaselines      18 FirefoxUnusable   23 ReplicaUnreadable 28 NoScreen
    14 PictureCorrupt   19 CannotWrite       24 PrivacyError      29 DecidedMeanwhile
    30 DecisionRefused  31 NotCommitted
"""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from rapidfuzz import process

from capture.messages import Phrase


class TutofraisError(Exception):
    """A sentence that says what is wrong, and one that says the cure."""

    exit_code: ClassVar[int]
    problem: ClassVar[str]
    """Format over the error's details; the key of its translation."""
    cure: ClassVar[str]

    def __init__(self, **details: object) -> None:
        super().__init__(details)
        self.details = details

    def __str__(self) -> str:
        return f"{self.problem}\n  → {self.cure}".format_map(self.details)


def _clause(words: str) -> str:
    """Words to stand before a full stop; those of libraries may bring their own."""
    return words if isinstance(words, Phrase) else words.rstrip(".")


class ScenarioBroken(TutofraisError):
    """A scenario file does not import, or declares something impossible."""

    exit_code = 10
    problem = "The scenario {where} cannot be used: {why}."
    cure = "Correct that line, then run again."

    def __init__(self, where: Path | str, why: str) -> None:
        super().__init__(where=where, why=_clause(why))


class PageTwice(TutofraisError):
    """Two pages of one tutorial have the same number, or two tutorials the same name."""

    exit_code = 11
    problem = "{what} is declared twice: “{first}” and “{second}”."
    cure = "Give each its own number or name in the scenario."

    def __init__(self, what: str, first: str, second: str) -> None:
        super().__init__(what=what, first=first, second=second)


class UnknownSite(TutofraisError):
    """No replica has this name, and no folder is at this path."""

    exit_code = 12
    problem = "There is no site “{name}”."
    cure = "Nearest name: {near}. Known sites: {known}; or give the path of a replica's folder."

    def __init__(self, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        near = process.extractOne(name, known, score_cutoff=60)
        super().__init__(name=name, near=near[0] if near else "–", known=", ".join(known))


class NoBaselines(TutofraisError):
    """The folder of approved screenshots is missing."""

    exit_code = 13
    problem = "The folder of approved screenshots, {folder}, does not exist."
    cure = (
        "Run from the project's folder, or say where it is with --screenshots DIR "
        "(an empty folder starts afresh: every page will be “new”)."
    )

    def __init__(self, folder: Path) -> None:
        super().__init__(folder=folder)


class PictureCorrupt(TutofraisError):
    """A PNG cannot be read, or is not the one its sidecar describes."""

    exit_code = 14
    problem = "The picture {path} cannot be used: {why}."
    cure = "Bring it back (git checkout -- {path}), or delete it with its .json and approve the page anew."

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path=path, why=_clause(why))


class SidecarCorrupt(TutofraisError):
    """A capture's JSON cannot be read, or says something impossible."""

    exit_code = 15
    problem = "The sidecar {path} cannot be used: {why}."
    cure = "Bring it back (git checkout -- {path}), or delete it with its .png and approve the page anew."

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path=path, why=_clause(why))


class PortInUse(TutofraisError):
    """The replica cannot listen on the port that was asked for."""

    exit_code = 16
    problem = "Port {port} of this machine is not free for the replica."
    cure = "Choose another with --port, or leave it out to take any free one."

    def __init__(self, port: int) -> None:
        super().__init__(port=port)


class NoFirefox(TutofraisError):
    """No Firefox was found, and none could be installed."""

    exit_code = 17
    problem = "No Firefox that Playwright can drive was found: {looked}."
    cure = (
        "Install one: “sudo apt install firefox-esr” on Debian, “playwright install --with-deps firefox” "
        "elsewhere; or name yours: TUTOFRAIS_FIREFOX=/path/to/firefox."
    )

    def __init__(self, looked: str) -> None:
        super().__init__(looked=looked)


class FirefoxUnusable(TutofraisError):
    """A Firefox was found, but Playwright cannot drive it."""

    exit_code = 18
    problem = "The Firefox at {executable} cannot be driven: {why}."
    cure = (
        "Firefox 140 or later is needed, not a snap; name another with TUTOFRAIS_FIREFOX=/path/to/firefox, "
        "or try “playwright install firefox”."
    )

    def __init__(self, executable: Path | str, why: str) -> None:
        super().__init__(executable=executable, why=_clause(why))


class CannotWrite(TutofraisError):
    """A folder or a file cannot be written."""

    exit_code = 19
    problem = "{path} cannot be written: {why}."
    cure = "Make it writable and check the free space, or choose another folder."

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path=path, why=_clause(why))


class RunUnreadable(TutofraisError):
    """There is no such run, or its run.json is not one."""

    exit_code = 20
    problem = "The run {path} cannot be read: {why}."
    cure = "Name a run's folder (runs/2026-…), or “latest”; “tutofrais run” makes a new one."

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(path=path, why=_clause(why))


class BaselineMoved(TutofraisError):
    """What would be approved, or replaced, is no longer what the report showed."""

    exit_code = 21
    problem = "{path} is no longer what the report showed: nothing was approved."
    cure = "Run again and look at the new report."

    def __init__(self, path: Path) -> None:
        super().__init__(path=path)


class NothingCaptured(TutofraisError):
    """The page has no picture of tonight, so there is nothing to approve."""

    exit_code = 22
    problem = "{page} cannot be approved: it was not captured in this run; nothing was approved."
    cure = "Look at the report for what stopped it, then run again."

    def __init__(self, page: str) -> None:
        super().__init__(page=page)


class ReplicaUnreadable(TutofraisError):
    """A folder is not a replica."""

    exit_code = 23
    problem = "{path} cannot be served as a replica: {why}."
    cure = (
        "A replica is a folder with one sub-folder a host, such as www.ameli.fr/index.html; "
        "see scenarios/ameli/replica for one."
    )

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path=path, why=_clause(why))


class PrivacyError(TutofraisError):
    """A scenario tried something that could touch a person's data."""

    exit_code = 24
    problem = "Refused, to protect people's data: {what}."
    cure = "Take it out of the scenario; if it is the page that has changed, let the scenario stop before it."

    def __init__(self, what: Phrase) -> None:
        super().__init__(what=what)
        self.what = what


class UnknownPage(TutofraisError):
    """A page or a tutorial was named that the scenarios, or the run, do not have."""

    exit_code = 25
    problem = "There is no page “{page}” here."
    cure = "Known pages: {known}."

    def __init__(self, page: str, known: Iterable[str]) -> None:
        super().__init__(page=page, known=", ".join(known))


class HistoryUnusable(TutofraisError):
    """The database of what was alive on earlier nights cannot be read or written."""

    exit_code = 26
    problem = "{path} cannot be used: {why}."
    cure = "Delete it: only what was learned about the changing parts of pages is lost, and it is learned again."

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path=path, why=_clause(why))


class UnknownElement(TutofraisError):
    """Something was named that the approved page does not have."""

    exit_code = 27
    problem = "The approved capture of {page} has nothing called “{name}”."
    cure = "Nearest name: {near}. Or give its place on the picture in px: X,Y,WIDTH,HEIGHT."

    def __init__(self, name: str, page: str, known: Iterable[str]) -> None:
        near = process.extractOne(name, list(known), score_cutoff=60)
        super().__init__(name=name, page=page, near=near[0] if near else "–")


class DecidedMeanwhile(TutofraisError):
    """Somebody else has decided about a page since it was opened."""

    exit_code = 29
    problem = "{page} has been decided about meanwhile, by {by}: nothing was changed."
    cure = "Open the page again and look at it as it is now."

    def __init__(self, page: str, by: str) -> None:
        super().__init__(page=page, by=by)


class DecisionRefused(TutofraisError):
    """A decision, or a file of them, does not make sense."""

    exit_code = 30
    problem = "This decision cannot be carried out: {why}."
    cure = "Decide again in the report of that run, and export once more."

    def __init__(self, why: str) -> None:
        super().__init__(why=_clause(why))


class NotCommitted(TutofraisError):
    """What was decided is written, but git would not commit it."""

    exit_code = 31
    problem = "The decisions are written, but not committed: {why}."
    cure = "Look at “git status”, and commit the folder of the approved captures yourself."

    def __init__(self, why: str) -> None:
        super().__init__(why=_clause(why))


class NoScreen(TutofraisError):
    """A window was asked for where there is no screen."""

    exit_code = 28
    problem = "“--attend” opens a Firefox window, and there is no screen here."
    cure = "Type it in a desktop session, or leave “--attend” out."

    def __init__(self) -> None:
        super().__init__()
