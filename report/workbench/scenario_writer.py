"""Write edits into scenarios: checked first, atomically, and never outside the folder of the scenarios."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from capture.checked_values import LONGEST_NOTE
from capture.errors import EditRefused, ScenarioUnreadable
from capture.messages import Phrase
from capture.scenario.edits import Correction, Edit, TextCorrection
from capture.scenario.sandbox import lint_source
from capture.storage import folder_lock, holding, read_bytes, remove, write_atomically
from capture.visible_text import visible

CheckFile = Callable[[Path], str]
"""Reads a scenario file as a run would; returns why it cannot be used, empty: it can."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenEdit:
    """A scenario before and after its edits."""

    file: Path
    before: bytes
    after: bytes


def write_edits(scenarios: Path, file: Path, edits: Sequence[Edit], check: CheckFile) -> WrittenEdit:
    """Write edits into a scenario: all of them, or none.

    Args:
        scenarios: the file, or the folder that holds it.
        file: the scenario.
        edits: what changes; each names the text that it replaces.
        check: reads the edited file before it takes the place of the other.

    Raises:
        EditRefused: the file has changed meanwhile, or could no longer be run.
        ScenarioUnreadable, CannotWrite.
    """
    _check_place(scenarios, file)
    with holding(folder_lock(file.parent)):
        before = read_bytes(file, ScenarioUnreadable)
        after = _edited(before.decode(), edits, file).encode()
        if after == before:
            raise EditRefused(Phrase("it is the same as before"))
        trial = file.with_name(f".{file.stem}.trial.py")
        try:
            write_atomically(trial, after)
            problem = check(trial)
        finally:
            remove(trial)
        if problem:
            raise EditRefused(problem)
        write_atomically(file, after, sync=True)
    return WrittenEdit(file=file, before=before, after=after)


def undo_edits(written: WrittenEdit) -> None:
    """Take edits back, and keep what was edited elsewhere in the file since.

    Raises:
        EditRefused: the lines that were edited have been changed since.
        ScenarioUnreadable, CannotWrite.
    """
    with holding(folder_lock(written.file.parent)):
        now = read_bytes(written.file, ScenarioUnreadable)
        lines = [content.decode().splitlines(keepends=True) for content in (written.before, written.after, now)]
        restored = _without_changes(*lines)
        if restored is None:
            raise EditRefused(Phrase("these lines have been changed since"))
        write_atomically(written.file, "".join(restored).encode(), sync=True)


def _without_changes(before: list[str], after: list[str], now: list[str]) -> list[str] | None:
    """Return the lines of a file as it is now without the changes from ``before`` to ``after``.

    None: the changed lines, or those beside them, are not there as they were.
    """
    places = _places_of(after, now)
    restored = list(now)
    changes = SequenceMatcher(None, after, before, autojunk=False).get_opcodes()
    for kind, start, end, old_start, old_end in reversed(changes):
        if kind == "equal":
            continue
        if start == end:  # lines were removed: they come back after the line that stood before them
            place = places.get(start - 1, None) if start else -1
            if place is None:
                return None
            first = last = place + 1
        else:
            found = [places.get(line) for line in range(start, end)]
            first = found[0] if found[0] is not None else -1
            if found != list(range(first, first + end - start)):
                return None
            last = first + end - start
        restored[first:last] = before[old_start:old_end]
    return restored


def _places_of(lines: list[str], now: list[str]) -> dict[int, int]:
    """Return where each line of a file is now, by its index; lines that have changed are left out."""
    blocks = SequenceMatcher(None, lines, now, autojunk=False).get_matching_blocks()
    return {block.a + offset: block.b + offset for block in blocks for offset in range(block.size)}


def _check_place(scenarios: Path, file: Path) -> None:
    """Raise EditRefused for a file that is not one of the scenarios, or a link that leads elsewhere."""
    root, target = scenarios.resolve(), file.resolve()
    if target.suffix != ".py" or file.is_symlink() or not (target == root or target.is_relative_to(root)):
        raise EditRefused(Phrase("this file is not among the scenarios"))


def _edited(source: str, edits: Sequence[Edit], file: Path) -> str:
    """Return a source with all edits; raises EditRefused."""
    # LibCST takes half a second to import, and most commands rewrite nothing.
    from capture.scenario.rewriter import rewrite  # noqa: PLC0415

    # From the last line to the first: a sentence that is inserted moves those below it.
    for edit in sorted(edits, key=lambda one: getattr(one, "line", 0), reverse=True):
        _check_texts(edit)
        changed = rewrite(source, edit)
        if changed is None:
            raise EditRefused(Phrase("the scenario says something else there by now"))
        source = changed
    try:
        findings = lint_source(source, file)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise EditRefused(str(error)) from error
    if findings:
        raise EditRefused(findings[0].what)
    return source


def _check_texts(edit: Edit) -> None:
    """Raise EditRefused for a text that is too long, or that has characters that act on a terminal."""
    texts: tuple[str | None, ...] = ()
    if isinstance(edit, Correction):
        texts = (edit.new_sentence, edit.new_name, edit.callout_label, edit.role)
        if not edit.new_sentence.strip():
            raise EditRefused(Phrase("the sentence is empty"))
    if isinstance(edit, TextCorrection):
        texts = (edit.new_text,)
    for text in texts:
        if text is not None and (len(text) > LONGEST_NOTE or visible(text) != text or "\n" in text):
            raise EditRefused(Phrase("a text is too long, or has control characters"))
