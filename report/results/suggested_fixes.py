"""Corrections of scenarios that a run suggests: its false instructions whose targets have one clear replacement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from capture.scenario.edits import Correction, Opener
from capture.scenario.instruction import InstructionResult
from capture.scenario.tutorial import PageKind, Tutorial
from capture.storage import write_atomically, writing
from report.results.run_record import PageRecord, RunRecord, TutorialRecord

_CLICK = {"fr": "Cliquez sur « {name} ».", "en": "Click on “{name}”."}
"""Instruction to open something, by the language of a tutorial; it becomes a sentence of the tutorial."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AppliedFix:
    """One instruction of a scenario, rewritten or not."""

    page: str
    file: Path
    correction: Correction
    written: bool
    """False: the scenario's line was edited after the run."""


def suggested_fix(result: InstructionResult, locale: str = "") -> Correction | None:
    """Return the correction that makes a false instruction true; None if it is true or no correction is known.

    Args:
        result: of the instruction.
        locale: of the tutorial; needed for an element that another one opens, which takes a sentence more. Empty: no
            such correction is suggested.
    """
    new = result.replacement
    if result.true or new is None or not result.name or not new.name:
        return None
    if result.container is not None and new.name == result.name:
        return None  # it stands elsewhere under the same name: which of both places is meant, the author knows
    opener = None
    if new.opener is not None:
        click = _CLICK.get(locale[:2])
        if click is None or new.opener_role is None:
            return None
        opener = Opener(sentence=click.format(name=new.opener), role=new.opener_role, name=new.opener)
    return Correction(
        line=int(result.source_line.rpartition(":")[2]),
        sentence=result.sentence,
        new_sentence=result.sentence.replace(result.name, new.name, 1),
        name=result.name,
        new_name=new.name,
        role=new.role,
        leaves_container=opener is not None,
        opener=opener,
    )


def suggested_fixes(tutorial: TutorialRecord, page: PageRecord) -> list[Correction]:
    """Return the suggested corrections of a page, in its order; what opens several targets is opened once.

    Where nothing may be clicked, nothing is suggested that needs a click.
    """
    locale = tutorial.locale if page.kind is PageKind.PUBLIC else ""
    found, opened = [], set()
    for result in page.instructions:
        fix = suggested_fix(result, locale)
        if fix is not None:
            found.append(replace(fix, opener=None) if fix.opener in opened else fix)
            opened.add(fix.opener)
    return found


def write_fixes(record: RunRecord, tutorials: Sequence[Tutorial]) -> tuple[AppliedFix, ...]:
    """Rewrite the scenarios of a run, in the order of its pages; raises CannotWrite."""
    files = {tutorial.slug: tutorial.file for tutorial in tutorials}
    suggested = [one for one in _suggested(record) if one[0] in files]
    # From the last line to the first: a sentence that is inserted moves those below it.
    written = {
        (slug, fix.line): write_correction(files[slug], fix)
        for slug, _, fix in sorted(suggested, key=lambda one: one[2].line, reverse=True)
    }
    return tuple(
        AppliedFix(page=page, file=files[slug], correction=fix, written=written[slug, fix.line])
        for slug, page, fix in suggested
    )


def write_correction(file: Path, fix: Correction) -> bool:
    """Write a correction into a scenario; return False if its line says something else by now. Raises CannotWrite."""
    # LibCST takes half a second to import, and most commands rewrite nothing.
    from capture.scenario.rewriter import rewrite  # noqa: PLC0415

    with writing(file):
        source = rewrite(file.read_text("utf-8"), fix)
    if source is not None:
        write_atomically(file, source.encode())
    return source is not None


def _suggested(record: RunRecord) -> Iterator[tuple[str, str, Correction]]:
    for tutorial, page in record.pages():
        for fix in suggested_fixes(tutorial, page):
            yield tutorial.slug, f"{tutorial.slug}/{page.number}", fix
