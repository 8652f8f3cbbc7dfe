"""Sentences about pages, verdicts, reasons, changes and decisions, in French or English.

Messages are looked up by their English text; ``locales/fr.po`` has the French ones.
"""

from dataclasses import asdict
from itertools import groupby
from urllib.parse import urlsplit

from capture.politeness.obstacles import BLANK, ENCRYPTION_ERRORS, TIMED_OUT, Obstacle, ObstacleKind
from capture.privacy.request_filter import FORWARDED_SEND, PERSONAL_ADDRESS, UNDECLARED, UNDECLARED_SEND, BlockedRequest
from capture.runner.journey import PageOutcome, VisitState
from capture.scenario.instruction import InstructionResult
from capture.site import LIVE
from report.baselines.decision import Decision, DecisionKind, DecisionRequest
from report.baselines.mask import Mask
from report.compare.align import BandKind
from report.compare.volatility import VolatileRegion, Volatility
from report.i18n.difference_sentences import BANDS, FAR_PX, DifferenceSentences
from report.i18n.translator import gettext_noop, shorten
from report.results.diff_markers import DiffMarker
from report.results.missed_runs import MissedRuns
from report.results.run_record import Coverage, EnvironmentChange, MovedCallout, PageRecord, RunRecord, WitnessRecord
from report.verdict import OUTDATED, Reason, ReasonKind, Verdict

_VERDICTS = {
    Verdict.TEXT_OUTDATED: gettext_noop("Text to rewrite"),
    Verdict.PICTURE_OUTDATED: gettext_noop("Picture to redo"),
    Verdict.UNREACHABLE: gettext_noop("Not checked"),
    Verdict.NOT_REACHED: gettext_noop("Not reached"),
    Verdict.NEW: gettext_noop("Never approved"),
    Verdict.BY_HAND_DUE: gettext_noop("To check by hand"),
    Verdict.COSMETIC: gettext_noop("Changed elsewhere"),
    Verdict.UP_TO_DATE: gettext_noop("Up to date"),
    Verdict.BY_HAND: gettext_noop("Checked by hand"),
    Verdict.FIXED: gettext_noop("Nothing to check"),
}

_TARGET_FAR = gettext_noop("{The} « {name} », of instruction {instruction}, is in another place of the page now.")

_OBSTACLES = {
    ObstacleKind.WALL: gettext_noop("The site asks for a person or refuses machines: {sign}. Open the page yourself."),
    ObstacleKind.ROBOTS: gettext_noop("The site asks machines not to visit this page: {sign}. Open it yourself."),
    ObstacleKind.BUDGET: gettext_noop("The settings allow no more pages of this site in one run: {sign}."),
    ObstacleKind.OCCUPIED: gettext_noop("Another run on this machine was still visiting {sign}."),
    ObstacleKind.ELSEWHERE: gettext_noop("Another page appeared instead of this one: {sign}."),
    ObstacleKind.OUTAGE: gettext_noop("The site says that it is not available: {sign}. Try again later."),
    ObstacleKind.GONE: gettext_noop(
        "The site says that there is no such page: {sign}. If it stays so, the address in the scenario is out of date."
    ),
    ObstacleKind.NETWORK: gettext_noop("No connection to the site: {sign}."),
    ObstacleKind.TIMEOUT: gettext_noop("The site did not answer in time."),
    ObstacleKind.BUSY: gettext_noop("The page kept Firefox busy for {sign} without an end; Firefox was stopped."),
    ObstacleKind.CRASH: gettext_noop("Firefox stopped each time that it visited this page: {sign}."),
    ObstacleKind.BROWSER: gettext_noop("Firefox stopped: {sign}."),
    ObstacleKind.OVERLAY: gettext_noop(
        "Something that the scenario does not know lies over the page: {sign}. If it can be refused, add the words of "
        "its button to “dismiss” in the scenario."
    ),
    ObstacleKind.LOADING: gettext_noop("The page was still loading: {sign}."),
    ObstacleKind.UNREAD: gettext_noop(
        "A part of the page comes from {sign}, a host that the scenario does not declare in “hosts”: "
        "what it shows could not be read."
    ),
    ObstacleKind.UNREADABLE: gettext_noop("The page cannot be read: {sign}."),
    ObstacleKind.STOPPED: gettext_noop(
        "A request of the page was stopped, so that it may show something else than to a reader: {sign}."
    ),
    ObstacleKind.NOWHERE: gettext_noop("A click on {sign} leads nowhere: nothing changes on the page."),
    ObstacleKind.NO_EFFECT: gettext_noop("An act of the scenario had no effect: {sign}."),
    ObstacleKind.LOST: gettext_noop("An element that the next step needs is not on the page: {sign}."),
    ObstacleKind.REPLICA: gettext_noop("The replica of the site has a mistake: {sign}."),
    ObstacleKind.SCENARIO: gettext_noop("The scenario has a mistake: {sign}."),
    ObstacleKind.PRIVACY: gettext_noop("Refused, to protect people's data: {sign}. Nothing was kept of the page."),
}

_TIMEOUT = gettext_noop("The site did not answer to the end in time: {sign}.")
_STOPPED_HERE = gettext_noop("The scenario could not continue after this page. {why}")
_ENCRYPTION = gettext_noop("its certificate or its encryption is not valid")
_EVIDENCE = {
    BLANK: gettext_noop("the page is blank"),
    UNDECLARED: gettext_noop("it leads to a host that the scenario does not declare"),
    UNDECLARED_SEND: gettext_noop("it sends to an address that the scenario does not declare"),
    FORWARDED_SEND: gettext_noop("the data that it sends would be forwarded to another address"),
    PERSONAL_ADDRESS: gettext_noop("it leads to an address that carries a person's data"),
    "NS_ERROR_UNKNOWN_HOST": gettext_noop("its name cannot be found; is this computer connected to the Internet?"),
    "NS_ERROR_CONNECTION_REFUSED": gettext_noop("it refuses the connection"),
    "NS_ERROR_NET_RESET": gettext_noop("it closed the connection"),
    "NS_ERROR_NET_INTERRUPT": gettext_noop("the connection was cut"),
    "HTTP 403": gettext_noop("access is forbidden"),
    "HTTP 429": gettext_noop("too many requests"),
    "HTTP 503": gettext_noop("the service is unavailable"),
}

_REASONS = {
    ReasonKind.TARGET_LOOKS: gettext_noop("{The} « {name} », of instruction {instruction}, looks different."),
    ReasonKind.TARGET_NEW: gettext_noop(
        "{The} « {name} », of instruction {instruction}, was not on the approved picture."
    ),
    ReasonKind.TARGET_MOVED: gettext_noop("{The} « {name} », of instruction {instruction}, moved by {px} px."),
    ReasonKind.TARGET_LEADS: gettext_noop(
        "{The} « {name} », of instruction {instruction}, leads to another page: see whether it is the right one."
    ),
    ReasonKind.FRAME_LOOKS: gettext_noop("The part of the page that the tutorial shows looks different."),
    ReasonKind.ELSEWHERE: gettext_noop("The page changed, but nothing that an instruction points at."),
    ReasonKind.ROWS_INSERTED: gettext_noop(
        "{px} px were inserted; the elements that the tutorial points at only moved with the page."
    ),
    ReasonKind.ROWS_REMOVED: gettext_noop(
        "{px} px were removed; the elements that the tutorial points at only moved with the page."
    ),
    ReasonKind.ROWS_MOVED: gettext_noop("A part of the page, {px} px high, moved to another place."),
    ReasonKind.CONTAINER_LOOKS: gettext_noop(
        "The area around {the} « {name} » of instruction {instruction} looks different."
    ),
    ReasonKind.VOLATILE: gettext_noop("A part of the page changes from one visit to the next; it is not counted."),
    ReasonKind.TARGET_VOLATILE: gettext_noop(
        "An element that an instruction points at changes from one visit to the next: check it yourself."
    ),
    ReasonKind.SETTLED: gettext_noop("A part that used to change at every visit has not changed since {day}."),
    ReasonKind.UNSTABLE: gettext_noop("The page never stopped changing."),
    ReasonKind.NOTHING_APPROVED: gettext_noop("No picture was approved yet: look at this one, then approve it."),
    ReasonKind.EARLIER_PAGE: gettext_noop(
        "The journey stopped at page {page}, and this page cannot be reached on its own."
    ),
    ReasonKind.SAID_FALSE: gettext_noop("{by} said on {day} that this text is no longer true."),
    ReasonKind.STEP_GONE: gettext_noop(
        "After « {after} », the site leads straight to another page: this page of the tutorial seems to have no "
        "counterpart any more."
    ),
    ReasonKind.OTHER_PAGE: gettext_noop("Another page is shown here, « {inside} » instead of « {after} »."),
    ReasonKind.NEW_TAB: gettext_noop("« {after} » opens a new tab; the scenario does not say so."),
    ReasonKind.SAME_TAB: gettext_noop("« {after} » opens no new tab, contrary to what the scenario says."),
    ReasonKind.GONE: gettext_noop("The site has had this step no longer since {day}: the page is not published."),
    ReasonKind.NEVER_CONFIRMED: gettext_noop("Asks for personal data: a person must check it; nobody has yet."),
    ReasonKind.CONFIRMATION_DUE: gettext_noop(
        "Asks for personal data: a person must check it again; last time: {day}."
    ),
    ReasonKind.WITNESS_CHANGED: gettext_noop(
        "« {inside} », a public page that describes this step, has changed since somebody checked it: check it again."
    ),
    ReasonKind.WITNESS_GONE: gettext_noop(
        "A public page that describes this step is no longer there: {inside}. Check the step again."
    ),
    ReasonKind.NEXT_CONFIRMATION: gettext_noop("Asks for personal data: to be checked by hand again on {day}."),
}


_REASONS_INSIDE = {
    ReasonKind.STEP_GONE: gettext_noop(
        "After « {after} », the site leads straight to « {inside} »: this page of the tutorial seems to have no "
        "counterpart any more."
    ),
    ReasonKind.ROWS_INSERTED: gettext_noop("{px} px were inserted in « {inside} »."),
    ReasonKind.ROWS_REMOVED: gettext_noop("{px} px were removed from « {inside} »."),
    ReasonKind.ROWS_MOVED: gettext_noop("A part of « {inside} », {px} px high, moved to another place."),
    ReasonKind.CONTAINER_LOOKS: gettext_noop(
        "« {inside} », which contains {the} « {name} » of instruction {instruction}, looks different."
    ),
    ReasonKind.UNSTABLE: gettext_noop("« {inside} » never stopped changing."),
    ReasonKind.VOLATILE: gettext_noop("« {inside} » changes from one visit to the next; it is not counted."),
    ReasonKind.TARGET_VOLATILE: gettext_noop(
        "« {inside} », where an instruction points, changes from one visit to the next: check it yourself."
    ),
    ReasonKind.SETTLED: gettext_noop("« {inside} » used to change at every visit, and has not changed since {day}."),
}
_VOLATILITIES = {
    Volatility.SEEN_NOW: gettext_noop("{part} changed between two captures made within a minute."),
    Volatility.EXPECTED: gettext_noop(
        "{part} changed from one visit to the next on an earlier night, and has changed again."
    ),
    Volatility.SETTLED: gettext_noop(
        "{part} used to change from one visit to the next; "
        "it has not changed since {day}, but it differs from the approved picture."
    ),
}
_BANDS_INSIDE = {
    BandKind.INSERTED: gettext_noop("Inserted in « {inside} »: {px} px at row {y}."),
    BandKind.REMOVED: gettext_noop("Removed from « {inside} »: {px} px at row {y} of the first picture."),
    BandKind.MOVED: gettext_noop("Moved in « {inside} »: {px} px, to row {y}."),
}
_UNDECLARED_REQUEST = gettext_noop(
    '{kind} from {host}, a host that the scenario does not declare. If the page needs it: resources=["{host}"]'
)
_STOPPED_REQUEST = gettext_noop("{kind} to {host}: {reason}")
_DECIDED = {
    DecisionKind.APPROVE: gettext_noop("New picture approved"),
    DecisionKind.KEEP: gettext_noop("Marked as to be corrected"),
    DecisionKind.SNOOZE: gettext_noop("Reminder set"),
    DecisionKind.CONFIRM: gettext_noop("Checked by hand"),
}
_DECISIONS = {
    DecisionKind.APPROVE: gettext_noop("New picture approved on {day} by {by}."),
    DecisionKind.KEEP: gettext_noop("Marked as to be corrected on {day} by {by}."),
    DecisionKind.SNOOZE: gettext_noop("Reminder set on {day} by {by}, for {until}."),
    DecisionKind.CONFIRM: gettext_noop("Checked by hand on {day} by {by}."),
}
_APPLIED = {
    DecisionKind.APPROVE: gettext_noop("{page}: new picture approved."),
    DecisionKind.KEEP: gettext_noop("{page}: marked as to be corrected."),
    DecisionKind.SNOOZE: gettext_noop("{page}: reminder set for {until}."),
    DecisionKind.IGNORE: gettext_noop("{page}: ignored from now on: {what}."),
    DecisionKind.CONFIRM: gettext_noop("{page}: checked by hand."),
}
_ELIDED = frozenset("aeiouyhàâäéèêëîïôöùûü")
"""First letters of a name before which French “de” becomes “d’”."""
_CALLOUT_SIDES = {
    "right": gettext_noop("right of its target"),
    "left": gettext_noop("left of its target"),
    "above": gettext_noop("above its target"),
    "below": gettext_noop("below its target"),
}
_SIDES = ("x", "y", "width", "height")
MAX_CHANGES = 2
"""Largest number of element changes among a page's reasons."""


class Sentences(DifferenceSentences):
    """A translator that also turns the program's results into sentences."""

    def verdict(self, verdict: Verdict) -> str:
        """Return the label of a verdict."""
        return self.gettext(_VERDICTS[verdict])

    def obstacle(self, obstacle: Obstacle | None) -> str:
        """Say why a page was not checked; empty without an obstacle."""
        if obstacle is None:
            return ""
        known = _ENCRYPTION if obstacle.evidence.startswith(ENCRYPTION_ERRORS) else _EVIDENCE.get(obstacle.evidence)
        sign = self.wording(obstacle.message or obstacle.evidence)
        if known is not None:
            # Evidence that is a plain phrase itself is replaced; a technical code is added in parentheses.
            sign = self.gettext(known) if sign.islower() else f"{self.gettext(known)} ({sign})"
        is_unfinished = obstacle.kind is ObstacleKind.TIMEOUT and obstacle.evidence != TIMED_OUT
        return self.gettext(_TIMEOUT if is_unfinished else _OBSTACLES[obstacle.kind], sign=sign)

    def state(self, outcome: PageOutcome) -> str:
        """Say what a visit to a page found, for the progress display."""
        if outcome.capture is None:
            not_reached = outcome.state is VisitState.NOT_REACHED
            return self.verdict(Verdict.NOT_REACHED) if not_reached else self.obstacle(outcome.obstacle)
        total = len(outcome.capture.sidecar.instructions)
        true = total - len(outcome.capture.sidecar.false_instructions)
        return self.ngettext(
            "{title}: {n} of {total} instructions true",
            "{title}: {n} of {total} instructions true",
            true,
            title=outcome.page.title,
            total=total,
        )

    def diff_marker(self, marker: DiffMarker) -> str:
        """Say which difference a numbered marker shows."""
        if marker.change is not None:
            return self.change(marker.change)
        if marker.band is None:
            box = marker.box
            return self.gettext(
                "Looks different: {width} × {height} px.", width=round(box.width), height=round(box.height)
            )
        message = BANDS[marker.band.kind] if marker.band.inside is None else _BANDS_INSIDE[marker.band.kind]
        return self.gettext(message, px=marker.band.height, y=marker.band.y, inside=shorten(marker.band.inside or ""))

    def history(self, page: PageRecord) -> str:
        """List the verdicts of a page from the earliest known run to this one: "Up to date × 2, Text to rewrite"."""
        verdicts = [*(entry.verdict for entry in page.history), page.verdict]
        groups = [(self.verdict(verdict), len(list(same))) for verdict, same in groupby(verdicts)]
        return ", ".join(f"{name} × {times}" if times > 1 else name for name, times in groups)

    def outdated_since(self, page: PageRecord) -> str:
        """Say since when a page has been outdated; empty if it is not outdated."""
        if page.outdated_since is None or page.verdict not in OUTDATED:
            return ""
        return (
            self.gettext("new tonight")
            if page.newly_outdated
            else self.gettext("since {day}", day=self.day(page.outdated_since))
        )

    def decision(self, decision: Decision) -> str:
        """Say what was decided about a page, when, by whom and why."""
        until = self.day(decision.until) if decision.until else "?"
        message = _DECISIONS[decision.kind]
        parts = [self.gettext(message, day=self.day(decision.on), by=decision.by or "?", until=until)]
        if decision.person:
            parts.append(self.gettext("To be corrected by {person}.", person=decision.person))
        if decision.note:
            parts.append(self.typeset(f"« {self.nested(decision.note)} »"))
        return " ".join(parts)

    def decided(self, decision: Decision) -> str:
        """Return the label of a decision: its verb in the past tense."""
        return self.gettext(_DECIDED[decision.kind])

    def site(self, run: RunRecord) -> str:
        """Return the name of the sites of a run: "Replica of ameli.fr (2026)", "ameli.fr and 2 other sites"."""
        host, others = _first_hosts(run)
        name = host
        if host and others:
            name = self.ngettext("{host} and {n} other site", "{host} and {n} other sites", others, host=host)
        if run.site == LIVE:
            return name or self.gettext("Live site")
        if not host:
            return self.gettext("Replica {site}", site=run.site)
        text = self.gettext("Replica of {host} ({site})", host=name, site=run.site)
        return text.replace(f"de {host}", f"d’{host}") if self.language == "fr" and host[0] in _ELIDED else text

    def applied_decision(self, request: DecisionRequest) -> str:
        """Say that a decision was applied to a page, in one line."""
        message = _APPLIED[request.kind]
        what = request.element or (request.box and self.gettext("a part of its picture")) or ""
        until = self.day(request.until) if request.until else ""
        sentence = self.gettext(message, page=request.name, what=what, until=until)
        return f"{sentence} {request.note}".strip()

    def moved_callout(self, moved: MovedCallout) -> str:
        """Say that a callout changes its side."""
        return self.gettext(
            "Callout {n}: {before} on the approved picture, {now} on this one.",
            n=moved.instruction,
            before=self.gettext(_CALLOUT_SIDES[moved.before]),
            now=self.gettext(_CALLOUT_SIDES[moved.now]),
        )

    def witness(self, witness: WitnessRecord) -> str:
        """Say what became of a public page that describes a personal one."""
        if witness.obstacle is not None:
            return self.obstacle(witness.obstacle)
        if witness.changes:
            return self.gettext("It has changed since somebody checked this step.")
        if witness.known:
            return self.gettext("It says the same as when somebody checked this step.")
        return self.gettext("It is watched from the next check of this step on.")

    def witness_line(self, line: str) -> str:
        """Return a line of a public page as its reader sees it: "Button « Suivant »", or the words of a text."""
        role, _, words = line.partition(": ")
        return words if role == "text" else f"{self.role_name(role, capital=True)} « {shorten(words)} »"

    def mask(self, mask: Mask) -> str:
        """Say what a mask ignores, since when, by whom and why."""
        what = f"« {shorten(mask.element)} »" if mask.element else ""
        if mask.box is not None:
            sides = (mask.box.x, mask.box.y, mask.box.width, mask.box.height)
            what = self.gettext(
                "{width} × {height} px at {x}, {y}", **dict(zip(_SIDES, map(round, sides), strict=True))
            )
        scope = self.gettext(
            "{what}: ignored since {day}, decided by {by}.", what=what, day=self.day(mask.on), by=mask.by
        )
        return f"{scope} {self.typeset(mask.why)}".strip()

    def missed(self, missed: MissedRuns) -> str:
        """Say how many planned runs did not take place, and between which days."""
        return self.ngettext(
            "No run between {since} and {until}: {n} planned run was missed.",
            "No run between {since} and {until}: {n} planned runs were missed.",
            missed.number,
            since=self.day(missed.since),
            until=self.day(missed.until),
        )

    def coverage(self, coverage: Coverage) -> str:
        """Say how many pages were planned, visited, captured and compared."""
        return self.gettext(
            "Pages planned: {planned}; visited: {visited}; captured: {captured}; "
            "compared: {compared}; never approved: {new}.",
            **asdict(coverage),
        )

    def personal(self, page: PageRecord) -> str:
        """Say in a table when a personal page was checked by hand, and by whom, or that nobody has checked it."""
        if page.decision is not None and page.decision.kind is not DecisionKind.CONFIRM:
            return self.decision(page.decision)
        if page.hand_check is None:
            return self.gettext("Nobody has checked it yet.")
        checked = self.decision(page.hand_check.decision(page.number))
        due = [reason.day for reason in page.judgement.reasons if reason.kind is ReasonKind.NEXT_CONFIRMATION]
        if not due or due[0] is None or page.decision is not None:
            return checked
        again = self.gettext("To be checked again on {day}.", day=self.day(due[0]))
        return f"{checked} {again}"

    def duration(self, record: RunRecord) -> str:
        """Return the duration of a run in minutes and seconds."""
        return self.minutes(record.seconds)

    def minutes(self, seconds: float) -> str:
        """Return a time in minutes and seconds."""
        minutes, seconds = divmod(round(seconds), 60)
        return self.gettext("{n} min {s} s", n=minutes, s=seconds) if minutes else self.gettext("{s} s", s=seconds)

    def reasons(self, page: PageRecord) -> tuple[str, ...]:
        """Say why a page has its verdict, the most important reason first."""
        sentences = [self.reason(reason, page) for reason in page.judgement.reasons]
        if page.missing_without_replacement:
            sentences.append(self.headings(page))
        if any(reason.kind is ReasonKind.ELSEWHERE for reason in page.judgement.reasons) and page.comparison:
            sentences += [self.change(change) for change in page.comparison.elements[:MAX_CHANGES]]
        return tuple(filter(None, sentences))

    def reasons_of_page(self, page: PageRecord) -> tuple[str, ...]:
        """Say which reasons are about no single instruction: their sentences stand in no list of instructions."""
        about_page = [reason for reason in page.judgement.reasons if reason.instruction is None]
        return tuple(filter(None, (self.reason(reason, page) for reason in about_page)))

    def reason(self, reason: Reason, page: PageRecord) -> str:
        """Turn one reason for a page's verdict into a sentence."""
        if reason.kind is ReasonKind.OBSTACLE:
            return self.obstacle(reason.obstacle)
        if reason.kind is ReasonKind.STOPPED_HERE:
            return self.gettext(_STOPPED_HERE, why=self.obstacle(reason.obstacle))
        if reason.kind is ReasonKind.INSTRUCTION_FALSE:
            return self.instruction(_instruction(reason, page))
        message = _REASONS[reason.kind]
        if reason.inside is not None:
            message = _REASONS_INSIDE.get(reason.kind, message)
        details: dict[str, object] = {
            "instruction": reason.instruction,
            "px": reason.px,
            "page": reason.page,
            "by": reason.by,
            "after": shorten(reason.after or ""),
        }
        if reason.instruction is not None:
            result = _instruction(reason, page)
            details |= {
                "The": self.role_name(result.role, capital=True),
                "the": self.role_name(result.role, capital=False),
                "name": shorten(result.name or result.label),
            }
        if reason.kind is ReasonKind.TARGET_MOVED and (reason.px or 0) > FAR_PX:
            message = _TARGET_FAR
        day = self.day(reason.day) if reason.day else ""
        return self.gettext(message, **details, inside=shorten(reason.inside or ""), day=day)

    def environment(self, change: EnvironmentChange) -> str:
        """Say which change of Firefox or fonts may make pictures look different."""
        messages = {
            "firefox": gettext_noop(
                "Approved pictures taken with Firefox {before}: {n}. Tonight's are taken with Firefox {now}; "
                "differences that come only from the browser are not counted."
            ),
            "font": gettext_noop(
                "Approved pictures with the font « {before} »: {n}. It was not loaded tonight, "
                "so their text may look different."
            ),
            "text_rendering": gettext_noop(
                "Approved pictures whose text was drawn with other font settings: {n}. These pages are compared by "
                "their words, boxes and layout, and not by the shapes of their letters."
            ),
        }
        return self.gettext(messages[change.part], n=change.pages, before=change.before, now=change.now)

    def volatile(self, part: VolatileRegion) -> str:
        """Say what is known about a volatile region."""
        box = part.box
        place = self.gettext(
            "The part at {x}, {y}, of {width} × {height} px,",
            x=round(box.x),
            y=round(box.y),
            width=round(box.width),
            height=round(box.height),
        )
        name = f"« {shorten(part.name)} »" if part.name else place
        day = self.day(part.since) if part.since else ""
        return self.gettext(_VOLATILITIES[part.volatility], part=self.typeset(name), day=day)

    def blocked(self, request: BlockedRequest) -> str:
        """Say which request of a page was stopped, and what to add to the scenario."""
        details = {"kind": request.kind or request.method, "host": request.host}
        if request.reason == UNDECLARED:
            return self.gettext(_UNDECLARED_REQUEST, **details)
        return self.gettext(
            _STOPPED_REQUEST, **details, reason=self.gettext(_EVIDENCE.get(request.reason, request.reason))
        )

    def headings(self, page: PageRecord) -> str:
        """Say what the page is about now, by its headings or its title."""
        if not page.headings:
            return self.gettext("The page is called « {title} ».", title=page.page_title) if page.page_title else ""
        return self.gettext(
            "The page shows {headings}.", headings=self.typeset(", ".join(f"« {name} »" for name in page.headings))
        )


def _instruction(reason: Reason, page: PageRecord) -> InstructionResult:
    """Return the result of the instruction that a reason is about."""
    return next(result for result in page.instructions if result.number == reason.instruction)


def _first_hosts(run: RunRecord) -> tuple[str, int]:
    """Return the host at which the first tutorial begins, and at how many others the other tutorials begin."""
    addresses = (next((page.url for page in tutorial.pages if page.url), "") for tutorial in run.tutorials)
    hosts = dict.fromkeys((urlsplit(address).hostname or "").removeprefix("www.") for address in addresses if address)
    return next(iter(hosts), ""), max(len(hosts) - 1, 0)
