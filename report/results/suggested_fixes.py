"""Write into the scenarios what a run found in the place of what their instructions point at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from capture.errors import CannotWrite
from capture.scenario.instruction import InstructionResult
from capture.scenario.rewriter import Renaming, rewrite
from capture.scenario.tutorial import Tutorial
from report.results.run_record import RunRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Healed:
    """One instruction of a scenario, rewritten or not."""

    page: str
    file: Path
    renaming: Renaming
    written: bool
    """False: its line does not tell that any more; somebody has changed it since."""


def renaming_of(result: InstructionResult) -> Renaming | None:
    """How a false instruction would be true; None when it is true, or nobody knows.

    What stands in a window that something else opens needs another instruction, not another name.
    """
    if result.true or result.now is None or result.now.opener is not None or not result.name or not result.now.name:
        return None
    return Renaming(
        line=int(result.told_at.rpartition(":")[2]),
        sentence=result.sentence,
        old=result.name,
        new=result.now.name,
        role=result.now.role,
    )


def heal(record: RunRecord, tutorials: Sequence[Tutorial]) -> tuple[Healed, ...]:
    """Rewrite the scenarios of a run; raises CannotWrite."""
    files = {tutorial.slug: tutorial.file for tutorial in tutorials}
    return tuple(_heal(page, files[slug], renaming) for slug, page, renaming in _found(record) if slug in files)


def _found(record: RunRecord) -> Iterator[tuple[str, str, Renaming]]:
    for tutorial, page in record.pages():
        for result in page.instructions:
            renaming = renaming_of(result)
            if renaming is not None:
                yield tutorial.slug, f"{tutorial.slug}/{page.number}", renaming


def _heal(page: str, file: Path, renaming: Renaming) -> Healed:
    try:
        source = rewrite(file.read_text("utf-8"), renaming)
        if source is not None:
            waiting = file.with_name(f".{file.name}.new")
            waiting.write_text(source, "utf-8")
            waiting.replace(file)
    except OSError as error:
        raise CannotWrite(file, error.strerror or str(error)) from error
    return Healed(page=page, file=file, renaming=renaming, written=source is not None)
