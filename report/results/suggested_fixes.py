"""Fixes of scenarios: rewrite the names of targets that a run found under another name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from capture.scenario.instruction import InstructionResult
from capture.scenario.rewriter import Renaming, rewrite
from capture.scenario.tutorial import Tutorial
from capture.storage import write_atomically, writing
from report.results.run_record import RunRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class AppliedFix:
    """One instruction of a scenario, rewritten or not."""

    page: str
    file: Path
    renaming: Renaming
    written: bool
    """False: the scenario's line was edited after the run."""


def suggested_fix(result: InstructionResult) -> Renaming | None:
    """Return the renaming that makes a false instruction true; None if it is true or no renaming is known.

    A replacement that another element opens needs one more instruction, not another name.
    """
    if (
        result.true
        or result.replacement is None
        or result.replacement.opener is not None
        or not result.name
        or not result.replacement.name
    ):
        return None
    return Renaming(
        line=int(result.source_line.rpartition(":")[2]),
        sentence=result.sentence,
        old=result.name,
        new=result.replacement.name,
        role=result.replacement.role,
    )


def write_fixes(record: RunRecord, tutorials: Sequence[Tutorial]) -> tuple[AppliedFix, ...]:
    """Rewrite the scenarios of a run; raises CannotWrite."""
    files = {tutorial.slug: tutorial.file for tutorial in tutorials}
    return tuple(
        _write_fix(page, files[slug], renaming) for slug, page, renaming in _suggested(record) if slug in files
    )


def _suggested(record: RunRecord) -> Iterator[tuple[str, str, Renaming]]:
    for tutorial, page in record.pages():
        for result in page.instructions:
            renaming = suggested_fix(result)
            if renaming is not None:
                yield tutorial.slug, f"{tutorial.slug}/{page.number}", renaming


def _write_fix(page: str, file: Path, renaming: Renaming) -> AppliedFix:
    with writing(file):
        source = rewrite(file.read_text("utf-8"), renaming)
    if source is not None:
        write_atomically(file, source.encode())
    return AppliedFix(page=page, file=file, renaming=renaming, written=source is not None)
