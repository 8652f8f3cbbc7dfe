"""The steps of an edition: which pages may be published, and their pictures.

A page is published when every instruction on it is true and its picture is the approved one. Otherwise the page of the
last edition stays, marked as to be reviewed.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from PIL import Image

from capture.capture import Capture, decoding
from capture.geometry import Box
from capture.picture_stack import taken_apart
from capture.scenario.instruction import InstructionResult
from capture.scenario.tutorial import Page, PageKind, Tutorial
from capture.site import LIVE
from capture.storage import png_size, sha256
from report.baselines.baselines import Baselines
from report.i18n.dates import day_of
from report.i18n.translator import Translator
from report.publish.alternative_text import alternative_text, alternative_text_of_cut
from report.publish.callout import Side
from report.publish.callout_drawing import Palette, palette_for
from report.publish.edition import (
    PICTURES,
    Edition,
    Picture,
    ShownCallout,
    ShownInstruction,
    Step,
    StepPicture,
    StepState,
)
from report.publish.hand_picture import hand_capture
from report.publish.picture_files import dense_webp_of, optimised, png_of, webp_of
from report.publish.published_picture import PublishedPicture, cuts, published_picture
from report.results.review_state import read_review_state
from report.results.run_record import PageRecord, RunRecord, TutorialRecord
from report.verdict import Verdict

DRAWING = 1
"""Number of the way in which pictures are drawn: another one makes all pictures anew."""
PLAIN, DENSE = "-plain.png", "@2x.webp"
"""Endings of the picture without callouts, and of the one with two pixels for each."""


class Withheld(StrEnum):
    """Why a page is not published."""

    FALSE = "false"
    """An instruction was false when its picture was approved."""
    OUTDATED = "outdated"
    """An instruction was false in the latest run."""
    PICTURE = "picture"
    """Its picture is no longer the one that was approved."""
    SAID_FALSE = "said_false"
    """Somebody said that the text of a personal page is no longer true."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeStep:
    """A step, the files of its pictures, and what the maintainer must be told."""

    step: Step
    files: Mapping[str, bytes]
    """Content of its picture files, by path; those that have not changed are not among them."""
    withheld: Withheld | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StepMaker:
    """Makes the steps of a tutorial."""

    tutorial: Tutorial
    baselines: Baselines
    latest: RunRecord | None
    last: Edition | None
    folder: Path
    draft: bool
    words: Translator

    def make(self, page: Page, number: int) -> MadeStep:
        """Return the step of a page.

        Raises:
            SidecarCorrupt, PictureCorrupt, DecisionsCorrupt.
        """
        return self._personal(page, number) if page.kind is PageKind.PERSONAL else self._visited(page, number)

    def _blank(self, page: Page, number: int, state: StepState) -> Step:
        return Step(number=number, page=page.number, title=page.title, kind=page.kind, state=state)

    def _personal(self, page: Page, number: int) -> MadeStep:
        slug = self.tutorial.slug
        if read_review_state(self.baselines, slug, page.number).kept is not None:
            if not self.draft:
                return self._as_before(page, number, Withheld.SAID_FALSE)
            step = replace(self._blank(page, number, StepState.DRAFT), text=page.text)
            return MadeStep(step=step, files={}, withheld=Withheld.SAID_FALSE)
        step = replace(self._blank(page, number, StepState.BY_HAND), text=page.text)
        check = self.baselines.hand_checks(slug).get(page.number)
        if check is None:
            return MadeStep(step=step, files={})
        png = self.baselines.own_picture(slug, page.number)
        step = replace(step, checked=check.on)
        if not png:
            return MadeStep(step=step, files={})
        if check.targets:
            with decoding(self._own_path(page)):
                return self._with_pictures(replace(step, text=()), hand_capture(self.tutorial, page, check, png), None)
        name = f"{PICTURES}/{page.number:02}"
        width, height = png_size(png)
        alt = self.words.gettext("Screenshot of this step, taken by hand, without personal information.")
        shown = StepPicture(
            key=sha256(png),
            drawn=sha256(png),
            picture=Picture(name=name, size=(width, height), alt=alt),
            plain=Box(x=0, y=0, width=width, height=height),
            point=1,
            colour=(0, 0, 0),
        )
        files = {} if self._unchanged(name, shown.key) else _own_picture_files(name, png, self._own_path(page))
        return MadeStep(step=replace(step, pictures=(shown,)), files=files)

    def _own_path(self, page: Page) -> Path:
        return self.baselines.picture_path(self.tutorial.slug, page.number)

    def _visited(self, page: Page, number: int) -> MadeStep:
        approved = self.baselines.read(self.tutorial.slug, page.number)
        if approved is None:
            return MadeStep(step=self._blank(page, number, StepState.NEVER_APPROVED), files={})
        record = self._record(page)
        baseline = _with_todays_text(approved, record if record and record.verdict is Verdict.UP_TO_DATE else None)
        withheld = Withheld.FALSE if baseline.sidecar.false_instructions else _outdated(record)
        if withheld is not None and not self.draft:
            return self._as_before(page, number, withheld)
        state = StepState.PUBLISHED if withheld is None else StepState.DRAFT
        confirmed = record is not None and record.verdict in (Verdict.UP_TO_DATE, Verdict.COSMETIC)
        sidecar = baseline.sidecar
        latest = self.latest if confirmed else None
        step = replace(
            self._blank(page, number, state),
            checked=day_of(latest.finished if latest else sidecar.taken),
            firefox=latest.environment.firefox if latest else sidecar.environment.firefox,
            host=(urlsplit(sidecar.url).hostname or "").removeprefix("www."),
            replica=sidecar.site != LIVE,
        )
        with decoding(self.baselines.picture_path(self.tutorial.slug, page.number)):
            return self._with_pictures(step, baseline, withheld)

    def _with_pictures(self, step: Step, baseline: Capture, withheld: Withheld | None) -> MadeStep:
        files: dict[str, bytes] = {}
        before = self.last.step_of(step.page) if self.last else None
        known: dict[str, StepPicture] = {}
        anew: dict[str, tuple[Capture, PublishedPicture]] = {}
        stems = []
        for name, part in taken_apart(baseline):
            stem = _stem(step.page, name)
            stems.append(stem)
            same = self._unchanged(stem, _key(part))
            if same is None:
                sides = _last_sides(before, part)
                anew[stem] = part, published_picture(part, language=self.words.language, last_sides=sides)
            else:
                known[stem] = same
        palette = palette_for([picture for _, picture in anew.values()])
        for stem, (part, picture) in anew.items():
            shown = _shown(stem, step.host, part, picture, palette, self.words)
            known[stem], drawn = _drawn(shown, part, picture, palette)
            files |= drawn
        pictures = tuple(known[stem] for stem in stems)
        return MadeStep(step=replace(step, pictures=pictures), files=files, withheld=withheld)

    def _record(self, page: Page) -> PageRecord | None:
        """Return a page of the latest run, if that compared it with the picture that is approved now.

        What it says of the text counts only if the scenario is the same.
        """
        if self.latest is None or self.latest.baselines != self.baselines.root.name:
            return None
        approved = sha256(self.baselines.read_sidecar(self.tutorial.slug, page.number))
        for tutorial in self.latest.tutorials:
            if tutorial.slug == self.tutorial.slug:
                return _page_record(tutorial, page.number, approved, self.tutorial.page_sha256.get(page.number, ""))
        return None

    def _as_before(self, page: Page, number: int, why: Withheld) -> MadeStep:
        """Return the step of the last edition, marked as to be reviewed; nothing of it if it was not published."""
        before = self.last.step_of(page.number) if self.last else None
        shown = before is not None and before.state in (StepState.PUBLISHED, StepState.BY_HAND, StepState.TO_REVIEW)
        if before is None or not shown or not self._has_files(before):
            return MadeStep(step=self._blank(page, number, StepState.REWRITTEN), files={}, withheld=why)
        return MadeStep(step=replace(before, number=number, state=StepState.TO_REVIEW), files={}, withheld=why)

    def _has_files(self, step: Step) -> bool:
        return all((self.folder / name).is_file() for picture in step.pictures for name in files_of(picture))

    def _unchanged(self, name: str, key: str) -> StepPicture | None:
        """Return a picture of the last edition, if it was made from the same and its files are as they were written."""
        for step in self.last.steps if self.last else ():
            for known in step.pictures:
                if (known.key, known.picture.name) == (key, name) and self._is_as_written(known):
                    return known
        return None

    def _is_as_written(self, known: StepPicture) -> bool:
        assert self.last is not None, "the picture is one of the last edition"
        return all(self.last.files.get(name) == _digest(self.folder / name) for name in files_of(known))


def files_of(shown: StepPicture) -> tuple[str, ...]:
    """Return the paths of all files of a picture."""
    names = [f"{shown.picture.name}{ending}" for ending in (".png", ".webp", DENSE, PLAIN)]
    for one in shown.instructions:
        if one.cut is not None:
            names += [f"{one.cut.name}.png", f"{one.cut.name}.webp"]
    return tuple(names)


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes())
    except OSError:
        return ""


def _page_record(
    tutorial: TutorialRecord, number: int, approved_sha256: str, scenario_sha256: str
) -> PageRecord | None:
    """Return the record of a page that was compared with this baseline, and of which the scenario says the same."""
    for record in tutorial.pages:
        compared_with = record.approved.sidecar_sha256 if record.approved else ""
        if (record.number, record.scenario_sha256, compared_with) == (number, scenario_sha256, approved_sha256):
            return record
    return None


def _outdated(record: PageRecord | None) -> Withheld | None:
    if record is not None and record.verdict is Verdict.TEXT_OUTDATED:
        return Withheld.OUTDATED
    if record is not None and record.verdict is Verdict.PICTURE_OUTDATED:
        return Withheld.PICTURE
    return None


def _with_todays_text(baseline: Capture, checked: PageRecord | None) -> Capture:
    """Return a baseline with the instructions of the run that found the same page."""
    sidecar = baseline.sidecar
    if checked is None or (sidecar.pictures and len(checked.instructions) != len(sidecar.instructions)):
        return baseline
    # The indexes of the run's elements are not those of the baseline.
    instructions = tuple(replace(result, element=None) for result in checked.instructions)
    return replace(baseline, sidecar=replace(sidecar, instructions=instructions))


def _last_sides(before: Step | None, part: Capture) -> dict[int, Side]:
    """Return the side of each label in the last edition: that of the same sentence, wherever it was counted."""
    known = {
        one.sentence: one.side
        for picture in (before.pictures if before else ())
        for one in picture.instructions
        if one.side is not None
    }
    return {result.number: known[result.sentence] for result in part.sidecar.instructions if result.sentence in known}


def _stem(page: int, name: str) -> str:
    """Return the path of a picture's files, without ending."""
    return f"{PICTURES}/{page:02}" + "".join(f"-{word}" for word in re.findall(r"\w+", name))


def _shown(
    stem: str, host: str, part: Capture, picture: PublishedPicture, palette: Palette, words: Translator
) -> StepPicture:
    """Describe a picture as an edition records it."""
    targets = {one.mark.number: one.mark.target for one in picture.layout.placed}
    canvas, point = picture.layout.canvas, picture.point
    seen = Box(x=0, y=0, width=picture.part.width / point, height=picture.part.height / point)

    def place(box: Box) -> Box:
        moved = replace(box, x=box.x - canvas.x, y=box.y - canvas.y).scaled(point)
        return Box(x=round(moved.x, 2), y=round(moved.y, 2), width=round(moved.width, 2), height=round(moved.height, 2))

    alt = part.sidecar.alt or alternative_text(host, picture.instructions, targets, seen, words)
    callouts = tuple(
        ShownCallout(
            number=one.mark.number,
            kind=one.mark.kind,
            lines=picture.label_of(one).lines,
            outline=place(one.mark.target.grown(one.outline.gap)),
            label=place(one.label),
            path=tuple((round((x - canvas.x) * point, 2), round((y - canvas.y) * point, 2)) for x, y in one.path),
        )
        for one in picture.layout.placed
    )
    return StepPicture(
        key=_key(part),
        drawn="",
        unpointed=dict(picture.unpointed),
        picture=Picture(name=stem, size=picture.size, alt=alt),
        plain=place(seen),
        point=point,
        colour=palette.colour,
        instructions=tuple(_instruction(stem, result, picture, words) for result in picture.instructions),
        callouts=callouts,
    )


def _instruction(
    stem: str, result: InstructionResult, picture: PublishedPicture, words: Translator
) -> ShownInstruction:
    side = picture.sides.get(result.number)
    cut = None
    if side is not None:
        cut = Picture(name=f"{stem}-{result.number}", size=(0, 0), alt=alternative_text_of_cut(result, words))
    return ShownInstruction(number=result.number, sentence=result.sentence, cut=cut, side=side)


def _key(part: Capture) -> str:
    """Return a digest of everything that a picture is drawn from."""
    sidecar = part.sidecar
    shown = sidecar.frame, sidecar.environment.scale, sidecar.environment.locale, sidecar.alt, sidecar.url
    drawn = (DRAWING, sha256(part.png), *shown, sidecar.elements, sidecar.instructions)
    return sha256(msgspec.json.encode(drawn))


def _drawn(
    shown: StepPicture, part: Capture, picture: PublishedPicture, palette: Palette
) -> tuple[StepPicture, dict[str, bytes]]:
    """Draw a picture and its cuts; return its description with the sizes of the cuts, and the content of its files."""
    name = shown.picture.name
    once = picture.drawn(palette=palette)
    files = {
        f"{name}.png": png_of(once),
        f"{name}.webp": webp_of(once),
        f"{name}{DENSE}": dense_webp_of(picture.drawn(times=2, palette=palette)),
        f"{name}{PLAIN}": png_of(picture.part),
    }
    small, told = cuts(part, picture.instructions), []
    for one in shown.instructions:
        if one.cut is None or one.number not in small:
            told.append(replace(one, cut=None))
            continue
        cut = small[one.number].drawn(palette=palette)
        files[f"{one.cut.name}.png"] = png_of(cut)
        files[f"{one.cut.name}.webp"] = dense_webp_of(small[one.number].drawn(times=2, palette=palette))
        told.append(replace(one, cut=replace(one.cut, size=cut.size)))
    return replace(shown, drawn=sha256(files[f"{name}.png"]), instructions=tuple(told)), files


def _own_picture_files(name: str, png: bytes, path: Path) -> dict[str, bytes]:
    """Return the files of a picture that a person took."""
    with decoding(path), Image.open(io.BytesIO(png)) as opened:
        image = opened.convert("RGB")
        dense = image.resize((image.width * 2, image.height * 2), Image.Resampling.LANCZOS)
        return {
            f"{name}.png": optimised(png),
            f"{name}.webp": webp_of(image),
            f"{name}{DENSE}": dense_webp_of(dense),
            f"{name}{PLAIN}": optimised(png),
        }
