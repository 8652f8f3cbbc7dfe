"""Errors that end a command: what is wrong, what to do about it, and the exit code.

``tutofrais run`` ends with 0 to 4 according to its verdicts (see ``report.verdict.ExitCode``); 2 is
also the command line's own code for wrong options. The codes below belong to errors.

    10 ScenarioBroken   15 SidecarCorrupt    20 RunUnreadable     25 UnknownPage
    11 DuplicateName    16 PortInUse         21 BaselineChanged   26 HistoryUnusable
    12 UnknownSite      17 NoFirefox         22 NotCaptured       27 UnknownElement
    13 NoBaselines      18 FirefoxUnusable   23 ReplicaUnreadable 28 NoScreen
    14 PictureCorrupt   19 CannotWrite       24 PrivacyError      29 DecisionConflict
    30 DecisionRefused  31 NotCommitted      32 DecisionsCorrupt  33 DecisionsUnreadable
    34 OutOfMemory      35 EditRefused       36 PdfUnavailable    37 ForeignFile
    38 EditionCorrupt   39 DocumentUnreadable
    40 ScenarioExists   41 SettingsBroken
    42 StreamsLost      43 MergeRefused
    44 NotScheduled     45 SecretMissing    46 SecretsExposed
    47 RecipientUnusable 48 NotDelivered    49 ToldUnreadable
    50 HostBusy
    51 DaskMissing      52 ClusterUnreachable 53 WorkersDiffer
    54 NoWorkers

A subclass of one of these has its exit code, and another cure.
"""

from collections.abc import Iterable
from dataclasses import InitVar, dataclass, field, fields
from pathlib import Path
from typing import ClassVar

from rapidfuzz import process

from capture.messages import Phrase

NEAREST_NAME_SCORE = 60
"""Similarity, 0 to 100, from which a known name is suggested for one that is unknown."""


@dataclass(eq=False)
class TutofraisError(Exception):
    """Base of all errors: a sentence about the problem, and one about its cure.

    The fields of a subclass are the details that its two sentences name.
    """

    exit_code: ClassVar[int]
    problem: ClassVar[str]
    """Format over the details; the key of its translation."""
    cure: ClassVar[str]
    """Format over the details; the key of its translation."""

    @property
    def details(self) -> dict[str, object]:
        """Values for the formats, by name; a library's message loses its full stop, because the sentence has one."""
        details = {one.name: getattr(self, one.name) for one in fields(self)}
        reason = details.get("why")
        if isinstance(reason, str) and not isinstance(reason, Phrase):
            details["why"] = reason.rstrip(".")
        return details

    def __str__(self) -> str:
        return f"{self.problem}\n  → {self.cure}".format_map(self.details)


def nearest_of(name: str, known: Iterable[str]) -> str:
    """Return the known name most similar to a name; empty: none is similar."""
    nearest = process.extractOne(name, list(known), score_cutoff=NEAREST_NAME_SCORE)
    return nearest[0] if nearest else ""


@dataclass(eq=False)
class ScenarioBroken(TutofraisError):
    """A scenario file cannot be imported, or declares something impossible."""

    where: Path | str
    why: str

    exit_code = 10
    problem = "The scenario {where} cannot be used: {why}."
    cure = "Correct that line, then run again."


class NoScenarios(ScenarioBroken):
    """There is no scenario where scenarios should be."""

    problem = "Nothing can be run from {where}: {why}."
    cure = (
        "Copy the example of docs/scenarios.md there, draft one from an old tutorial with “tutofrais import”, or name "
        "another folder with --scenarios."
    )


class ScenarioUnreadable(ScenarioBroken):
    """A scenario file may not be read."""

    cure = "Make it an ordinary file that you may read, or name another with --scenarios."


class NothingToRun(ScenarioBroken):
    """A run is to be scheduled where there is no scenario."""

    problem = "Nothing can be scheduled for {where}: {why}."
    cure = "Type the command in the folder of your tutorials, or name that of the scenarios in tutofrais.toml."


@dataclass(eq=False)
class DuplicateName(TutofraisError):
    """Two pages of one tutorial have the same number, or two tutorials the same name."""

    what: str
    first: str
    second: str

    exit_code = 11
    problem = "{what} is declared twice: “{first}” and “{second}”."
    cure = "Give each its own number or name in the scenario."


@dataclass(eq=False)
class UnknownSite(TutofraisError):
    """No replica has this name, and no folder is at this path."""

    name: str
    known_names: InitVar[Iterable[str]]
    advice: str = field(init=False)

    exit_code = 12
    problem = "There is no site “{name}”."
    cure = "{advice}"

    def __post_init__(self, known_names: Iterable[str]) -> None:
        names = sorted(known_names)
        near, known = nearest_of(self.name, names), ", ".join(names)
        if near:
            self.advice = Phrase(
                "Nearest name: {near}. Known sites: {known}; or give the path of a replica's folder.",
                near=near,
                known=known,
            )
        else:
            self.advice = Phrase("Known sites: {known}; or give the path of a replica's folder.", known=known)


@dataclass(eq=False)
class NoBaselines(TutofraisError):
    """The folder of baselines does not exist."""

    folder: Path

    exit_code = 13
    problem = "The folder of approved screenshots, {folder}, does not exist."
    cure = (
        "If the project is elsewhere, start in its folder, or name its captures with --screenshots. In a new project, "
        "type “mkdir -p {folder}”: nothing is approved yet then."
    )


@dataclass(eq=False)
class PictureCorrupt(TutofraisError):
    """A PNG cannot be read, or is not the one that its sidecar describes."""

    path: Path
    why: str

    exit_code = 14
    problem = "The picture {path} cannot be used: {why}."
    cure = "Restore it (git checkout -- {path}), or delete it and its .json and approve the page again."


@dataclass(eq=False)
class SidecarCorrupt(TutofraisError):
    """A capture's JSON cannot be read, or has impossible values."""

    path: Path
    why: str

    exit_code = 15
    problem = "The sidecar {path} cannot be used: {why}."
    cure = "Restore it (git checkout -- {path}), or delete it and its .png and approve the page again."


@dataclass(eq=False)
class PortInUse(TutofraisError):
    """A server cannot listen on the port that the command line names."""

    port: int

    exit_code = 16
    problem = "Port {port} of this machine is already in use."
    cure = "Choose another with --port (0: any free port)."


@dataclass(eq=False)
class NoFirefox(TutofraisError):
    """No Firefox was found, and none could be installed."""

    looked: str

    exit_code = 17
    problem = "No Firefox that Playwright can drive was found: {looked}."
    cure = (
        "Install one: “sudo apt install firefox-esr” on Debian, “playwright install --with-deps firefox” "
        "elsewhere; or name yours: TUTOFRAIS_FIREFOX=/path/to/firefox."
    )


@dataclass(eq=False)
class FirefoxUnusable(TutofraisError):
    """A Firefox was found, but Playwright cannot drive it."""

    executable: Path | str
    why: str

    exit_code = 18
    problem = "The Firefox at {executable} cannot be driven: {why}."
    cure = (
        "Firefox 140 or later is needed, not a snap; name another with TUTOFRAIS_FIREFOX=/path/to/firefox, "
        "or try “playwright install firefox”."
    )


class DriverUnusable(FirefoxUnusable):
    """Playwright's driver does not start."""

    problem = "Playwright's driver, which drives Firefox, cannot be started ({executable}): {why}."
    cure = "Check the free memory (1 GB is needed), then install the project again: make clean run."


class TooManyFiles(FirefoxUnusable):
    """This process, or this machine, may open no further file."""

    problem = "The Firefox at {executable} cannot be started, because no further file can be opened: {why}."
    cure = "Allow this terminal more open files (ulimit -n 1024), or close other programs."


class NotEnoughMemory(FirefoxUnusable):
    """The machine has no memory for Firefox."""

    problem = "The Firefox at {executable} cannot be started for want of memory: {why}."
    cure = "Close other programs: a run needs about 1 GB."


@dataclass(eq=False)
class CannotWrite(TutofraisError):
    """A folder or a file cannot be written."""

    path: Path
    why: str

    exit_code = 19
    problem = "{path} cannot be written: {why}."
    cure = "Make it writable and check the free space, or choose another folder."


@dataclass(eq=False)
class RunUnreadable(TutofraisError):
    """A run folder does not exist, or its run record cannot be read."""

    path: Path | str
    why: str

    exit_code = 20
    problem = "The run {path} cannot be read: {why}."
    cure = "Name the folder of a run (runs/2026-…), or “latest”; “tutofrais run” starts a new run."


class NoRunYet(RunUnreadable):
    """The history knows no run."""

    problem = "There is no history in {path}: {why}."
    cure = "Start one with “tutofrais run”, or name another folder of runs with --runs."


@dataclass(eq=False)
class BaselineChanged(TutofraisError):
    """A candidate, or the baseline that it would replace, has changed since the report was written."""

    path: Path

    exit_code = 21
    problem = "{path} has changed since the report was written: nothing was approved."
    cure = "Run again and look at the new report."


@dataclass(eq=False)
class NotCaptured(TutofraisError):
    """A page to be approved has no candidate in this run."""

    page: str

    exit_code = 22
    problem = "{page} cannot be approved: it was not captured in this run; nothing was approved."
    cure = "Look in the report for the reason, then run again."


@dataclass(eq=False)
class ReplicaUnreadable(TutofraisError):
    """A folder is not a replica."""

    path: Path
    why: str

    exit_code = 23
    problem = "{path} cannot be served as a replica: {why}."
    cure = (
        "A replica is a folder with one sub-folder per host, such as www.ameli.fr/index.html; "
        "see scenarios/ameli/replica for an example."
    )


@dataclass(eq=False)
class PrivacyError(TutofraisError):
    """The guard refused an act of a scenario, or a page, because a person's data could be involved."""

    what: Phrase

    exit_code = 24
    problem = "Refused, to protect people's data: {what}."
    cure = "Remove this from the scenario; if the page itself has changed, end the scenario before it."


@dataclass(eq=False)
class UnknownPage(TutofraisError):
    """A page or a tutorial was named that the scenarios, or the run, do not have."""

    page: str
    known_pages: InitVar[Iterable[str]]
    known: str = field(init=False)

    exit_code = 25
    problem = "There is no page “{page}” here."
    cure = "Known pages: {known}."

    def __post_init__(self, known_pages: Iterable[str]) -> None:
        self.known = ", ".join(known_pages) or "–"


class AmbiguousPage(UnknownPage):
    """Several tutorials of a run have a page of this number."""

    problem = "Several tutorials have a page “{page}”."
    cure = "Say which one you mean: {known}."


class NotPersonal(UnknownPage):
    """A page that runs visit, or that needs no check, is to be confirmed by a person."""

    problem = "{page} is no personal page: nobody has to check it by hand."
    cure = "Personal pages: {known}."


class NotCompared(UnknownPage):
    """A part is to be ignored of a page that runs do not compare."""

    problem = "{page} is not compared with a picture: nothing can be ignored on it."
    cure = "Pages that are compared: {known}."


@dataclass(eq=False)
class UnknownTutorial(UnknownPage):
    """The history knows no tutorial of this name."""

    problem = "No run has visited a tutorial “{page}”."
    cure = "{known}"

    def __post_init__(self, known_pages: Iterable[str]) -> None:
        names = sorted(known_pages)
        near, known = nearest_of(self.page, names), ", ".join(names)
        if near:
            self.known = Phrase("Nearest name: {near}. Known tutorials: {known}.", near=near, known=known)
        else:
            self.known = Phrase("Known tutorials: {known}.", known=known)


@dataclass(eq=False)
class HistoryUnusable(TutofraisError):
    """The database of earlier runs cannot be read or written."""

    path: Path
    why: str

    exit_code = 26
    problem = "{path} cannot be used: {why}."
    cure = "Delete it: only what was learned about volatile regions is lost, and later runs learn it again."


class HistoryLocked(HistoryUnusable):
    """Another program is using the database of earlier runs."""

    cure = "Another program is using it: close that program, then run again."


class HistoryNewer(HistoryUnusable):
    """The database of earlier runs was written by a newer version."""

    cure = "Update tutofrais to the version that wrote it, or name another folder of runs with --runs."


class HistoryNotWritable(HistoryUnusable):
    """The database of earlier runs may not be read or written, or there is no room for it."""

    cure = "Make it and its folder writable for you, and check the free space."


@dataclass(eq=False)
class UnknownElement(TutofraisError):
    """The baseline of a page has no element of this name."""

    name: str
    page: str
    known_names: InitVar[Iterable[str]]
    advice: str = field(init=False)

    exit_code = 27
    problem = "The approved capture of {page} has nothing called “{name}”."
    cure = "{advice}"

    def __post_init__(self, known_names: Iterable[str]) -> None:
        near = nearest_of(self.name, known_names)
        if near:
            self.advice = Phrase(
                "Nearest name: {near}. Or give its place on the picture in px: X,Y,WIDTH,HEIGHT.", near=near
            )
        else:
            self.advice = Phrase("Give its place on the picture in px instead: X,Y,WIDTH,HEIGHT.")


@dataclass(eq=False)
class NoScreen(TutofraisError):
    """A visible Firefox was asked for where there is no screen."""

    exit_code = 28
    problem = "“--attend” opens a Firefox window, and there is no screen here."
    cure = "Run the command in a desktop session, or omit “--attend”."


@dataclass(eq=False)
class DecisionConflict(TutofraisError):
    """Another decision about the page was made after the reader opened it."""

    page: str
    by: str

    exit_code = 29
    problem = "{by} has decided about {page} in the meantime: nothing was changed."
    cure = "Reload the page and decide on what it shows now."


@dataclass(eq=False)
class DecisionRefused(TutofraisError):
    """A decision, or a file of decisions, is not valid."""

    why: str

    exit_code = 30
    problem = "This decision cannot be applied: {why}."
    cure = "Decide again in the report of that run, and export the decisions again."


@dataclass(eq=False)
class EditRefused(TutofraisError):
    """A correction of a scenario cannot be written."""

    why: str

    exit_code = 35
    problem = "The correction was not written: {why}."
    cure = "The scenario is as it was: correct the sentence in another way, or in the file itself."


@dataclass(eq=False)
class NotCommitted(TutofraisError):
    """The decisions are written, but git did not commit them."""

    why: str

    exit_code = 31
    problem = "The decisions are written, but not committed: {why}."
    cure = "Look at “git status”, and commit the folder of the approved captures yourself."


@dataclass(eq=False)
class DecisionsCorrupt(TutofraisError):
    """A file of decisions, masks or hand checks beside the baselines cannot be read."""

    path: Path
    why: str

    exit_code = 32
    problem = "The decisions in {path} cannot be used: {why}."
    cure = "Restore the file (git checkout -- {path}), or delete it: what was decided in it is then asked again."


@dataclass(eq=False)
class DecisionsUnreadable(TutofraisError):
    """A file of decisions that a report exported cannot be read."""

    path: Path
    why: str

    exit_code = 33
    problem = "The exported decisions {path} cannot be read: {why}."
    cure = "Export them again from the report, and give the path of that file."


@dataclass(eq=False)
class OutOfMemory(TutofraisError):
    """A command needs more memory than it may have."""

    exit_code = 34
    problem = "There is not enough memory for this command."
    cure = "Close other programs, or allow this terminal more memory (ulimit -v unlimited): a run needs about 1 GB."


@dataclass(eq=False)
class PdfUnavailable(TutofraisError):
    """A library that PDF documents need is missing."""

    why: str

    exit_code = 36
    problem = "PDF documents cannot be written, because a library of the system is missing: {why}."
    cure = (
        "Install Pango: “sudo apt install libpango-1.0-0 libpangoft2-1.0-0” on Debian, “brew install pango” on macOS; "
        "or choose other documents: --format html --format md --format odp."
    )


@dataclass(eq=False)
class ForeignFile(TutofraisError):
    """A file that tutofrais did not write is where a document should be."""

    path: Path

    exit_code = 37
    problem = "{path} is there already, and tutofrais has not written it: it was left as it is."
    cure = "Move it away, or name another folder with --out."


class ForeignUnit(ForeignFile):
    """A file that tutofrais did not write is where a scheduler would read its own."""

    cure = "Move it away, then type the command again."


@dataclass(eq=False)
class EditionCorrupt(TutofraisError):
    """The record of the last published edition cannot be read."""

    path: Path
    why: str

    exit_code = 38
    problem = "The last edition, {path}, cannot be read: {why}."
    cure = "Restore the file, or move the folder of that tutorial away: the next edition is then a first one."


@dataclass(eq=False)
class DocumentUnreadable(TutofraisError):
    """An old tutorial cannot be imported."""

    path: Path
    why: str

    exit_code = 39
    problem = "{path} cannot be imported: {why}."
    cure = "Export the tutorial again as PDF (with its text), ODP, PPTX, HTML or Markdown, and import that file."


@dataclass(eq=False)
class ScenarioExists(TutofraisError):
    """A scenario is already where the draft would be written."""

    path: Path

    exit_code = 40
    problem = "{path} is there already: it was left as it is."
    cure = "Name the tutorial otherwise with --name, or move this file away."


@dataclass(eq=False)
class SettingsBroken(TutofraisError):
    """The file of settings cannot be read, or one of its values does not fit."""

    path: Path | str
    """The file, also with the line in it."""
    why: str

    exit_code = 41
    problem = "The settings in {path} cannot be used: {why}."
    cure = "Make it an ordinary text file in UTF-8 that you may read."


class SettingsUnparsed(SettingsBroken):
    """The file of settings is no TOML."""

    cure = (
        'Correct that line: a text stands in quotation marks (language = "fr"), a table begins with a line such as '
        "[mail], and no name stands twice."
    )


@dataclass(eq=False)
class UnfitSetting(SettingsBroken):
    """A setting has a value that it may not have; ``why`` is the value, or what is told instead of it."""

    name: str
    allowed: str

    problem = "{path}: “{name}” cannot be {why}."
    cure = "Write {allowed}, or leave this setting out."


@dataclass(eq=False)
class UnknownSetting(SettingsBroken):
    """A name in the file of settings is none of a setting."""

    known: InitVar[Iterable[str]]
    advice: str = field(init=False)

    problem = "{path} sets “{why}”, and there is no such setting."
    cure = "{advice}"

    def __post_init__(self, known: Iterable[str]) -> None:
        names = tuple(known)
        nearest = nearest_of(self.why.rpartition(".")[2], names)
        if nearest:
            self.advice = Phrase(
                "The most similar one is “{nearest}”. “tutofrais config” lists all of them.", nearest=nearest
            )
        else:
            self.advice = Phrase("The settings that can stand there: {known}.", known=", ".join(names))


@dataclass(eq=False)
class SecretInSettings(SettingsBroken):
    """The settings hold a secret; ``why`` is the name under which it stands there."""

    secret: str
    secrets: Path

    problem = "{path} sets “{why}”: a secret does not stand in the settings, which others may read."
    cure = "Remove it there, and write a line “{secret}=…” into {secrets}, which only you may read (chmod 600)."


@dataclass(eq=False)
class StreamsLost(TutofraisError):
    """No process of a run with several Firefoxes came to its end."""

    exit_code = 42
    problem = "None of the Firefoxes of this run came to its end."
    cure = "Read what was said above, then run again with --jobs 1: one Firefox takes less memory."


@dataclass(eq=False)
class MergeRefused(TutofraisError):
    """Runs do not belong together."""

    path: Path
    why: str

    exit_code = 43
    problem = "The run {path} cannot be merged with the others: {why}."
    cure = "Merge runs of one site that visited different tutorials, such as those of --shard 1/3, 2/3 and 3/3."


@dataclass(eq=False)
class NotScheduled(TutofraisError):
    """The program that starts runs every night refuses."""

    program: str
    why: str

    exit_code = 44
    problem = "The run could not be scheduled: {program} says: {why}."
    cure = "Run without --install, and install what is printed by hand; or name another program with --with."


class SystemctlFailed(NotScheduled):
    """systemd does not answer a person, mostly because they have no session of their own."""

    cure = (
        "Nothing was installed. systemd answers you in a session of your own: log in by ssh or on the screen, not by "
        "su or sudo; or type “sudo loginctl enable-linger $USER”, then “export XDG_RUNTIME_DIR=/run/user/$(id -u)”, "
        "and try again. Or choose cron: --with cron."
    )


class NoScheduler(NotScheduled):
    """The program that is to start runs is not on this machine."""

    problem = "The run could not be scheduled by {program}: {why}."
    cure = (
        "Name another with --with, or install cron: “sudo apt install cron” on Debian, “sudo dnf install cronie” on "
        "Fedora."
    )


@dataclass(eq=False)
class SecretMissing(TutofraisError):
    """A secret that the settings name is not there."""

    name: str
    path: Path

    exit_code = 45
    problem = "The secret {name} is missing."
    cure = "Write a line “{name}=…” into {path}, or set this variable of the environment."


@dataclass(eq=False)
class SecretsExposed(TutofraisError):
    """Others can read the file of secrets."""

    path: Path

    exit_code = 46
    problem = "Other users of this machine can read the secrets in {path}: they are not used."
    cure = "Type “chmod 600 {path}”."


@dataclass(eq=False)
class SecretsBroken(SecretsExposed):
    """A line of the file of secrets cannot be read; what it contains is not told."""

    line: int

    problem = "Line {line} of {path} cannot be read: no secret is used."
    cure = (
        "Write it as NAME=value: the name has letters, digits and _; a value with spaces or # stands between single "
        "quotation marks; a line that begins with # is a comment."
    )


@dataclass(eq=False)
class RecipientUnusable(TutofraisError):
    """The settings do not say how a person is told."""

    name: str
    why: str

    exit_code = 47
    problem = "“{name}” cannot be told of anything: {why}."
    cure = "Correct [people.{name}] or [mail] in tutofrais.toml, then try “tutofrais notify --test”."


class NoChannel(RecipientUnusable):
    """A person has neither a mail address nor a chat."""

    cure = (
        'Add to [people.{name}] in tutofrais.toml an address, mail = "…@…", or the name of a secret that holds one, '
        'chat = "TEAM_CHAT".'
    )


class NoMailServer(RecipientUnusable):
    """A person is told by mail, and the settings name no server for it."""

    cure = 'Add to [mail] in tutofrais.toml the server that sends your mail: server = "smtp.example.org".'


class NoSender(RecipientUnusable):
    """A person is told by mail, and the settings do not say from which address."""

    cure = 'Add to [mail] in tutofrais.toml the address that mail comes from: sender = "tutofrais@example.org".'


class UnencryptedSignIn(RecipientUnusable):
    """The settings would send a password without encryption."""

    cure = (
        'In [mail] of tutofrais.toml, write security = "starttls" or "tls"; or, if the server asks for no password, '
        'remove “user” and name the address that mail comes from: sender = "tutofrais@example.org".'
    )


@dataclass(eq=False)
class ChatUnusable(RecipientUnusable):
    """The secret that names a person's chat is no address of Apprise."""

    secret: str
    place: str

    cure = (
        "Correct {secret} in {place}: an address of Apprise begins with the name of the service, such as "
        "mattermost://… or tgram://…; then try “tutofrais notify --test”."
    )


@dataclass(eq=False)
class PatternUnmatched(RecipientUnusable):
    """A person's pattern fits no tutorial, so that others may be told; ``why`` is the pattern."""

    known: InitVar[Iterable[str]]
    advice: str = field(init=False)

    problem = "“{why}”, in the tutorials of [people.{name}], fits no tutorial: “{name}” is not told of what it means."
    cure = "{advice}"

    def __post_init__(self, known: Iterable[str]) -> None:
        names = tuple(known)
        near = nearest_of(self.why, names)
        if near:
            self.advice = Phrase("The most similar tutorial is “{near}”: correct tutofrais.toml.", near=near)
        else:
            self.advice = Phrase("Correct tutofrais.toml. The tutorials are: {known}.", known=", ".join(names))


@dataclass(eq=False)
class NotDelivered(TutofraisError):
    """People could not be told; the run itself is complete."""

    names: str
    why: str

    exit_code = 48
    problem = "{names} could not be told: {why}."
    cure = "The next run tries again, and so does “tutofrais notify”."


class MailServerUnusable(NotDelivered):
    """The mail server does not answer as the settings say; ``names`` is the server."""

    problem = "The mail server {names} cannot be used: {why}."
    cure = "Correct server, port and security of [mail] in tutofrais.toml, as your mail provider gives them."


@dataclass(eq=False)
class NotDeliveredInTest(NotDelivered):
    """A test did not reach people."""

    cure = "Correct what is said there in tutofrais.toml or tutofrais.env, then try “tutofrais notify --test” again."


@dataclass(eq=False)
class ToldUnreadable(TutofraisError):
    """The record of what was told cannot be read."""

    path: Path
    why: str

    exit_code = 49
    problem = "The record of what people were told, {path}, cannot be read: {why}."
    cure = "Delete it: what is open is then told once more."


@dataclass(eq=False)
class HostBusy(TutofraisError):
    """Another run on this machine was still visiting a host at the end of the wait for it."""

    host: str
    seconds: int

    exit_code = 50
    problem = "Another run on this machine is still visiting {host}, after {seconds} s of waiting: nothing was visited."
    cure = "Run again when it has ended; --wait says how many seconds to wait for it."


@dataclass(eq=False)
class ClusterBusy(HostBusy):
    """Another run was still using a Dask cluster at the end of the wait for it; ``host`` is its scheduler's address."""

    problem = "Another run is still using the cluster at {host}, after {seconds} s of waiting: nothing was visited."


@dataclass(eq=False)
class DaskMissing(TutofraisError):
    """A run on a cluster was asked for where Dask is not installed."""

    exit_code = 51
    problem = "“--dask” needs Dask, and it is not installed here."
    cure = 'Install it: pip install "tutofrais[dask]"; or run without --dask.'


@dataclass(eq=False)
class ClusterUnreachable(TutofraisError):
    """The scheduler of a Dask cluster does not answer."""

    address: str
    why: str

    exit_code = 52
    problem = "The Dask scheduler at {address} cannot be reached: {why}."
    cure = (
        "Start it (“dask scheduler”) and give its address, such as tcp://10.0.0.1:8786; an address tls://… needs "
        "Dask's security settings on this machine."
    )


@dataclass(eq=False)
class NoWorkers(TutofraisError):
    """A Dask cluster has no worker that answers."""

    address: str

    exit_code = 54
    problem = "The Dask scheduler at {address} has no worker that answers."
    cure = "Start one on each machine that is to visit: “dask worker {address} --nthreads 1 --nworkers 2”."


@dataclass(eq=False)
class WorkersDiffer(TutofraisError):
    """A worker of a cluster has other versions than the machine that starts the run."""

    worker: str
    theirs: str
    ours: str

    exit_code = 53
    problem = "The worker {worker} has {theirs}; this machine has {ours}."
    cure = "Install the same versions on all of these machines, and start the worker again."


class ClusterLost(StreamsLost):
    """No worker of a cluster came to the end of a visit."""

    problem = "No worker of the cluster came to the end of a visit."
    cure = "Read what was said above, and the logs of the scheduler and of the workers; or run without --dask."


@dataclass(eq=False)
class VisitsLost(StreamsLost):
    """Some visits on a cluster were given up; the run goes on with the others."""

    n: int

    problem = "Visits that were given up, because no worker of the cluster came to their end: {n}."
    cure = "Their pages are “not checked” in the report; read what was said above, and the logs of the workers."


class InterruptedCleanly(KeyboardInterrupt):
    """Ctrl-C before a run was complete: its folder has been removed."""
