"""The picture that a person took of a personal page, with the sentences whose place on it that person showed."""

from datetime import UTC, datetime, time

from capture.capture import Capture, Environment, Sidecar
from capture.geometry import Box
from capture.scenario.instruction import AREA, InstructionResult, InstructionStatus, quoted
from capture.scenario.tutorial import Page, Tutorial
from capture.storage import png_size, sha256
from report.baselines.decision import HandCheck


def hand_capture(tutorial: Tutorial, page: Page, check: HandCheck, png: bytes) -> Capture:
    """Return a person's picture as a capture whose instructions are the sentences of the page.

    A sentence has a callout if the person showed its place, and if it has not been reworded since.
    """
    width, height = png_size(png)
    places = {one.sentence: one.box for one in check.targets}
    sidecar = Sidecar(
        tutorial=tutorial.slug,
        page=page.number,
        site="",
        url="",
        title=page.title,
        taken=datetime.combine(check.on, time(), UTC),
        environment=Environment(
            firefox="",
            kind="stock",
            os="",
            viewport=(width, height),
            scale=1,
            locale=tutorial.locale,
            timezone=tutorial.timezone,
        ),
        picture_sha256=sha256(png),
        stable=True,
        frame=Box(x=0, y=0, width=width, height=height),
        masks=(),
        elements=(),
        instructions=tuple(
            _told(number, sentence, places.get(sentence)) for number, sentence in enumerate(page.text, start=1)
        ),
    )
    return Capture.of(sidecar, png)


def _told(number: int, sentence: str, place: Box | None) -> InstructionResult:
    return InstructionResult(
        number=number,
        sentence=sentence,
        role=AREA,
        name=quoted(sentence),
        callout="none" if place is None else "box",
        label=sentence,
        source_line="",
        status=InstructionStatus.TRUE,
        box=place,
    )
