"""Write the HTML report of a run record, as a folder of pages or as a single file."""

import base64
import hashlib
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import jinja2
from markupsafe import Markup

from capture.errors import PictureCorrupt
from capture.geometry import Box
from capture.messages import Phrase
from capture.storage import read_bytes, write_inside, writing
from report.compare.volatility import VolatileRegion
from report.i18n.sentences import Sentences
from report.output.formats import write_formats
from report.output.history_page import HISTORY_PAGE, history_page
from report.output.ignored_parts import ignored_by_name
from report.output.plots import HEIGHT, STRIP_HEIGHT
from report.output.templating import template_environment
from report.output.totals import (
    GLYPHS,
    TASK_GLYPHS,
    PagePair,
    all_pages_needing_action,
    groups_of,
    headline,
    needs_no_action,
    newly_outdated_pages,
    run_totals,
    task_name,
    task_of,
    timeline,
    undecided_after,
    undecided_around,
    worst_tutorials_first,
)
from report.results.diff_markers import diff_markers, gaps_of
from report.results.run_record import PageRecord, RunRecord, TutorialRecord
from report.results.suggested_fixes import suggested_fix
from report.results.target_boxes import target_boxes

STATIC = Path(__file__).parent / "static"
STYLE = "report.css"
SCRIPTS = ("frame.js", "own.js", "decide.js", "viewer.js", "overview.js")
OVERVIEW = "index.html"
MANY_PAGES = 200
"""With more pages than this, the browser skips the layout of cards far from the viewport (``content-visibility``)."""

LONGEST_WAY = 50
"""Most links of the way on from a page: the browser follows the first one about which it holds no decision."""

_POLICY = "default-src 'none'; img-src 'self' file: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "


@dataclass(frozen=True, kw_only=True, slots=True)
class Assets:
    """Style sheet, scripts and security policy of a page."""

    policy: str
    """Content-Security-Policy."""
    style: str | Markup
    """Path or content of the style sheet."""
    scripts: tuple[str | Markup, ...]
    """Paths or contents of the scripts."""
    inline: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Renderer:
    """Renders the pages of one run."""

    record: RunRecord
    folder: Path
    """Folder of the run."""
    sentences: Sentences
    assets: Assets
    token_of: Callable[[TutorialRecord, PageRecord], str] | None = None
    """In a review: returns a page's version token, so that the server can refuse a decision on an old version."""
    newer: str = ""
    """In a review: ID of a run that finished after this one, or empty."""
    workbench: bool = False
    """The review is a part of the workbench, two folders below it."""
    picture: Callable[[str], str] | None = None
    """In a single file: turns a picture's path into a data URL."""

    def environment(self) -> jinja2.Environment:
        """Return the template environment with the functions and data of this run."""
        environment = template_environment(self.sentences)
        totals = run_totals(self.record)
        environment.filters.update(suggested_fix=suggested_fix, quoted=_quoted, verdict=self.sentences.verdict)
        environment.globals.update(
            sentences=self.sentences,
            glyphs=GLYPHS,
            ignore_command=ignore_command,
            suggested_fix=suggested_fix,
            diff_markers=diff_markers,
            gaps_of=gaps_of,
            sides=_sides,
            shown_sidecars=_shown_sidecars,
            timeline=timeline,
            prefix_of=_prefix,
            groups_of=groups_of,
            needs_no_action=needs_no_action,
            task_of=task_of,
            task_name=task_name,
            task_glyphs=TASK_GLYPHS,
            target_boxes=target_boxes,
            drawn_masks=_drawn_masks,
            ignored_by_name=partial(ignored_by_name, self.folder),
            way_on=self._way_on(),
            newly_outdated_pages=newly_outdated_pages,
            history_page=history_page,
            plot_height=HEIGHT,
            strip_height=STRIP_HEIGHT,
            link=_anchor if self.assets.inline else _path,
            token_of=self.token_of,
            review=self.token_of is not None,
            newer=self.newer,
            workbench=self.workbench,
            run=self.record,
            assets=self.assets,
            many=self.record.coverage.planned > MANY_PAGES,
            totals=totals,
            headline=headline(totals, self.sentences),
            tutorials=worst_tutorials_first(self.record),
        )
        return environment

    def _way_on(self) -> Callable[[TutorialRecord, PageRecord], list[str]]:
        """Return a function that lists the links to the pages without a decision that follow a page."""
        order = all_pages_needing_action(self.record)
        places = {page_path(*pair): at for at, pair in enumerate(order)}
        link = _anchor if self.assets.inline else _path
        return lambda tutorial, page: [
            link(*pair)
            for pair in islice(undecided_after(order, places.get(page_path(tutorial, page), -1)), LONGEST_WAY)
        ]

    def overview(self, environment: jinja2.Environment) -> str:
        """Render the overview; in a single file, with all pages below it."""
        template = "single.html" if self.assets.inline else "index.html"
        return environment.get_template(template).render(root="", picture=self.picture or (lambda path: path))

    def history(self, environment: jinja2.Environment) -> str:
        """Render the page of the nights up to this run."""
        return environment.get_template("history.html").render(root="")

    def pages(self, environment: jinja2.Environment, only: PagePair | None = None) -> Iterator[tuple[str, str]]:
        """Yield the path and the HTML of every page, or of ``only`` one."""
        template = environment.get_template("page.html")
        order = all_pages_needing_action(self.record)
        neighbours = {page_path(*pair): undecided_around(order, at) for at, pair in enumerate(order)}
        first = undecided_around(order, -1)
        for tutorial in self.record.tutorials:
            for index, page in enumerate(tutorial.pages):
                if only is not None and only != (tutorial, page):
                    continue
                path = page_path(tutorial, page)
                earlier, later = neighbours.get(path, first)
                yield (
                    path,
                    template.render(
                        root="../",
                        picture=lambda path: f"../{path}",
                        tutorial=tutorial,
                        page=page,
                        before=tutorial.pages[index - 1] if index else None,
                        after=tutorial.pages[index + 1] if index + 1 < len(tutorial.pages) else None,
                        earlier=earlier,
                        later=later,
                    ),
                )


def page_path(tutorial: TutorialRecord, page: PageRecord) -> str:
    """Return the path of a page's report, relative to the run folder."""
    return f"{tutorial.slug}/{page.number:02}.html"


def _path(tutorial: TutorialRecord, page: PageRecord, part: str = "") -> str:
    """Return the link to a page's report, or to a part of it, from the overview."""
    path = page_path(tutorial, page)
    return f"{path}#{_prefix(tutorial, page)}-{part}" if part else path


def _anchor(tutorial: TutorialRecord, page: PageRecord, part: str = "") -> str:
    """Return the link to a page, or to a part of it, in a single file."""
    return f"#{_prefix(tutorial, page)}{f'-{part}' if part else ''}"


def _prefix(tutorial: TutorialRecord, page: PageRecord) -> str:
    """Return the prefix of a page's element IDs."""
    return f"{tutorial.slug}-{page.number:02}"


def ignore_command(run: RunRecord, tutorial: TutorialRecord, page: PageRecord, part: VolatileRegion, by: str) -> str:
    """Return the command that masks a volatile region of a page for good."""
    place = _sides(part.baseline_box, ",")
    arguments = ["tutofrais", "ignore", f"{tutorial.slug}/{page.number}", part.name or place, "--by", by]
    return shlex.join([*arguments, "--site", run.site])


def write_report(record: RunRecord, folder: Path, sentences: Sentences) -> Path:
    """Write the overview, the history, every page's report and the other formats; return the overview's path."""
    renderer = Renderer(record=record, folder=folder, sentences=sentences, assets=copy_assets(folder))
    templates = renderer.environment()
    for path, html in renderer.pages(templates):
        write_inside(folder, path, html.encode())
    write_inside(folder, OVERVIEW, renderer.overview(templates).encode())
    write_inside(folder, HISTORY_PAGE, renderer.history(templates).encode())
    overview = folder / OVERVIEW
    write_formats(record, folder, sentences)
    return overview


def write_single_file(record: RunRecord, folder: Path, sentences: Sentences, out: Path) -> Path:
    """Write a whole report as a single file, to be sent by mail; raises CannotWrite."""
    renderer = Renderer(
        record=record,
        folder=folder,
        sentences=sentences,
        assets=_inline_assets(),
        picture=lambda path: _data_url(folder, path),
    )
    html = renderer.overview(renderer.environment())
    with writing(out):
        out.write_text(html, "utf-8")
    return out


def _data_url(folder: Path, name: str) -> str:
    """Return a picture of a run folder as a data URL; raises PictureCorrupt, also for a link out of the folder."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise PictureCorrupt(path, Phrase("it leads out of the run's folder"))
    kind = "jpeg" if path.suffix == ".jpg" else "png"
    return f"data:image/{kind};base64,{base64.b64encode(read_bytes(path, PictureCorrupt)).decode()}"


def copy_assets(folder: Path) -> Assets:
    """Copy the style sheet and scripts under names that contain their hash, so that no cached version is used."""
    return Assets(
        policy=f"{_POLICY}style-src 'self' file:; script-src 'self' file:",
        style=_copy(STYLE, folder),
        scripts=tuple(_copy(name, folder) for name in SCRIPTS),
    )


def _copy(name: str, folder: Path) -> str:
    """Copy a static file; return its path relative to the run folder."""
    content = (STATIC / name).read_bytes()
    stem, _, suffix = name.partition(".")
    path = f"static/{stem}-{hashlib.sha256(content).hexdigest()[:8]}.{suffix}"
    write_inside(folder, path, content)
    return path


def _inline_assets() -> Assets:
    """Return the style sheet and scripts as text, with a policy that allows only these, by hash."""
    style, *scripts = ((STATIC / name).read_text("utf-8") for name in (STYLE, *SCRIPTS))
    hashes = " ".join(map(_hash, scripts))
    return Assets(
        policy=f"{_POLICY}style-src {_hash(style)}; script-src {hashes}",
        style=Markup(style),  # noqa: S704 - our own file
        scripts=tuple(map(Markup, scripts)),
        inline=True,
    )


def _hash(source: str) -> str:
    """Return the hash source of an inline style or script (https://www.w3.org/TR/CSP3/#grammardef-hash-source)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def _sides(box: Box, between: str = " ") -> str:
    """Return x, y, width and height of a box as text, in whole px."""
    return between.join(str(max(round(side), 0)) for side in (box.x, box.y, box.width, box.height))


def _shown_sidecars(page: PageRecord) -> str:
    """Return the SHA-256 of the two sidecars that a page displays: candidate/baseline."""
    return f"{page.capture_sha256}/{page.approved.sidecar_sha256 if page.approved else ''}"


def _drawn_masks(page: PageRecord) -> tuple[Box, ...]:
    """Return the boxes that reviewers have drawn to be ignored, px of the approved picture."""
    return tuple(mask.box for mask in page.masks if mask.box is not None)


_QUOTATION = re.compile("«[^«»]*»")
_INNER_QUOTATION = re.compile("“[^“”]*”")


def _quoted(text: str) -> Markup:
    """Escape a sentence, and mark up its quotations of the site's wording with ``<q>``.

    A quotation that is a whole sentence of the tutorial is not marked, but those inside it are.
    """
    escaped = str(Markup.escape(text.replace("'", "’")))
    return Markup(_QUOTATION.sub(_marked, escaped))  # noqa: S704 - escaped above


def _marked(quotation: re.Match[str]) -> str:
    words = quotation.group()
    if _INNER_QUOTATION.search(words):
        return _INNER_QUOTATION.sub(r"<q>\g<0></q>", words)
    return words if words.rstrip("»\u00a0 ").endswith(".") else f"<q>{words}</q>"
