"""Records of many nights, built without a browser or a picture."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from capture.scenario.instruction import InstructionStatus
from capture.scenario.tutorial import PageKind
from report.baselines.decision import Decision, DecisionKind
from report.results.run_record import PageRecord, RunRecord, TutorialRecord
from report.verdict import Judgement, Reason, ReasonKind, Verdict
from tests.support.builders import ENVIRONMENT, instruction_result

MONDAY = date(2026, 3, 2)


def night(*pages: PageRecord, day: int = 0, slug: str = "exemple", owners: Sequence[str] = ()) -> RunRecord:
    """Return the record of the run of a night, so many days after MONDAY."""
    started = datetime.combine(MONDAY + timedelta(days=day), time(3, 30), UTC)
    tutorial = TutorialRecord(
        slug=slug,
        title="Exemple",
        source="nous, 2026",
        licence="CC0",
        scenario="exemple.py",
        planned_pages=len(pages),
        page_loads=len(pages),
        blocked_requests=(),
        owners=tuple(owners),
        pages=pages,
    )
    return RunRecord(
        id=f"{started:%Y-%m-%d_%H-%M-%S}",
        version="0.1.0",
        site="live",
        baselines="live",
        started=started,
        finished=started + timedelta(minutes=5),
        environment=ENVIRONMENT,
        tutorials=(tutorial,),
    )


def page(verdict: Verdict = Verdict.UP_TO_DATE, number: int = 1, **more: Any) -> PageRecord:
    """Return the record of a page with a verdict and no reasons."""
    settings: dict[str, Any] = {
        "title": f"Page {number}",
        "kind": PageKind.PUBLIC,
        "judgement": Judgement(verdict=verdict, reasons=()),
        "text": (),
        "described_on": (),
        "source_line": "exemple.py:7",
        **more,
    }
    return PageRecord(number=number, **settings)


def false_page(*labels: str, number: int = 1, **more: Any) -> PageRecord:
    """Return the record of a page on which instructions about these labels are false."""
    results = tuple(
        instruction_result(at, label, status=InstructionStatus.MISSING) for at, label in enumerate(labels, start=1)
    )
    reasons = tuple(Reason(kind=ReasonKind.INSTRUCTION_FALSE, instruction=one.number) for one in results)
    judgement = Judgement(verdict=Verdict.TEXT_OUTDATED, reasons=reasons)
    return page(number=number, judgement=judgement, instructions=results, **more)


def decided(kind: DecisionKind, until: date | None = None) -> Decision:
    """Return a decision about page 1."""
    return Decision(page=1, kind=kind, on=MONDAY, by="Zoé", until=until)
