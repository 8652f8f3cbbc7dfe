"""The report's pages, as files."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest

from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import VisitState
from capture.scenario.instruction import HealingEvidence, InstructionStatus, Replacement
from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.output.html import SCRIPTS, write_report, write_single_file
from report.output.totals import GLYPHS, headline, run_totals, worst_first
from report.results.run_record import RunRecord, write_record
from report.verdict import Verdict
from tests.support.builders import (
    accueil,
    box,
    capture_of,
    element,
    night_of,
    outcome_of,
    png_of,
    scene,
    told,
    tutorial_of,
)

HOSTILE = "<img src=x onerror=alert(1)>\"'&amp;\u202e\u05d0 " + "long" * 60
OLD, NEW = png_of(scene(seed=1)), png_of(scene(seed=2))
OTHER = png_of(np.concatenate([scene(seed=2)[:120], scene(seed=3)[120:140], scene(seed=2)[140:]]))


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunRecord, Path]:
    """A run with pages of many verdicts, on a site whose every word is hostile."""
    folder = tmp_path_factory.mktemp("nuit")
    (folder / "screenshots").mkdir()
    baselines = Baselines(folder / "screenshots", "replica")
    tutorial = tutorial_of(*[accueil] * 6, source=HOSTILE, licence="<b>")
    tutorial.personal(7, HOSTILE, text=[HOSTILE], described_on=["https://www.exemple.test/?a=1&b=<2>"])
    tutorial.fixed(8, "Merci")
    pages = tutorial.pages
    button = element("button", HOSTILE, box=box(30, 30))
    for page, approved in ((1, OLD), (2, OLD), (3, OLD), (4, NEW)):
        baselines.write("exemple", page, capture_of(approved, page=page, elements=(button,)))
    gone = Replacement(
        index=0, role="button", name=HOSTILE, evidence=HealingEvidence.PLACE, opener=HOSTILE, container=HOSTILE
    )
    false = (
        told(1, HOSTILE, status=InstructionStatus.MISSING),
        told(2, HOSTILE, status=InstructionStatus.MISSING, replacement=gone),
    )
    wall = Obstacle(kind=ObstacleKind.WALL, evidence=HOSTILE, url=HOSTILE)
    heading = element("heading", HOSTILE)
    lively = (element("main", box=box(0, 0, 320, 240)), element("region", HOSTILE, box=box(60, 100, 100, 60)))
    outcomes = [
        outcome_of(pages[0], NEW, title=HOSTILE, elements=(heading,), instructions=false),
        outcome_of(pages[1], NEW, instructions=(told(1, box=box(20, 20)),)),
        outcome_of(pages[2], NEW, stable=False, elements=lively),
        outcome_of(pages[3], NEW, elements=(button,)),
        outcome_of(pages[4], NEW),
        outcome_of(pages[5], state=VisitState.UNREACHABLE, obstacle=wall),
        outcome_of(pages[6]),
        outcome_of(pages[7]),
    ]
    again = [outcome_of(pages[2], OTHER, elements=lively)]
    record = night_of(folder / "run", outcomes, baselines=baselines, tutorial=tutorial, again=again)
    write_record(record, folder / "run")
    return record, folder / "run"


class Reader(HTMLParser):
    """Tags, links and ids of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[str] = []
        self.source = html
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.append(name)
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src"):
                self.links.append(value or "")


def written(night: tuple[RunRecord, Path], language: str) -> Iterator[tuple[Path, Reader]]:
    record, folder = night
    write_report(record, folder, Sentences(language))
    for file in sorted(folder.glob("**/*.html")):
        yield file, Reader(file.read_text("utf-8"))


def test_the_night_has_many_verdicts(night: tuple[RunRecord, Path]) -> None:
    assert [page.verdict for _, page in night[0].pages()] == [
        Verdict.TEXT_OUTDATED,
        Verdict.PICTURE_OUTDATED,
        Verdict.COSMETIC,
        Verdict.UP_TO_DATE,
        Verdict.NEW,
        Verdict.UNREACHABLE,
        Verdict.BY_HAND_DUE,
        Verdict.FIXED,
    ]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_link_and_anchor_resolves(night: tuple[RunRecord, Path], language: str) -> None:
    count = 0
    for file, page in written(night, language):
        assert len(page.ids) == len(set(page.ids))
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme == "https"
                continue
            count += 1
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            assert target.is_file(), link
            assert target.is_relative_to(night[1])
            if parts.fragment:
                assert parts.fragment in Reader(target.read_text("utf-8")).ids, link
    assert count > 60


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_of_the_captured_site_becomes_markup(night: tuple[RunRecord, Path], language: str) -> None:
    for file, page in written(night, language):
        assert page.tags.count("script") == len(SCRIPTS)
        assert not [name for name in page.attributes if name.startswith("on") or name == "style"]
        assert "x" not in page.links, file
        assert file.read_text("utf-8").startswith(f'<!doctype html>\n<html lang="{language}">')


def test_scripts_and_style_are_files_of_ours_and_a_policy_lets_in_no_others(night: tuple[RunRecord, Path]) -> None:
    for _, page in written(night, "fr"):
        html = page.source
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
        assert policy is not None
        assert "default-src &#39;none&#39;" in policy[1]
        assert "unsafe" not in policy[1]
        assert len(re.findall(r'<script defer src="(?:\.\./)?static/\w+-[0-9a-f]{8}\.js"></script>', html)) == len(
            SCRIPTS
        )
        assert "<style" not in html
        assert html.count("<script") == len(SCRIPTS)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_one_file_holds_everything_and_runs_nothing_else(night: tuple[RunRecord, Path], language: str) -> None:
    record, folder = night
    html = write_single_file(record, folder, Sentences(language), folder / "one").read_text("utf-8")
    page = Reader(html)
    assert len(page.ids) == len(set(page.ids))
    for link in page.links:
        assert link.startswith(("#", "data:image/", "https://")), link[:80]
        if link.startswith("#"):
            assert link[1:] in page.ids
    inline = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", html, re.DOTALL)
    assert len(inline) == len(SCRIPTS) + 1
    for source in inline:
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"&#39;sha256-{digest}&#39;" in html.partition("<title>")[0]


def test_a_report_written_again_is_the_same(night: tuple[RunRecord, Path]) -> None:
    first = {file: file.read_bytes() for file, _ in written(night, "fr")}
    assert {file: file.read_bytes() for file, _ in written(night, "fr")} == first


def test_every_verdict_has_a_sign_beside_its_colour(night: tuple[RunRecord, Path]) -> None:
    assert set(GLYPHS) == set(Verdict)
    record, folder = night
    write_report(record, folder, Sentences("fr"))
    for _, page in record.pages():
        html = (folder / "exemple" / f"{page.number:02}.html").read_text("utf-8")
        assert f'badge {page.verdict.value}"><span class="glyph" aria-hidden="true">{GLYPHS[page.verdict]}<' in html


def test_the_worst_page_comes_first(night: tuple[RunRecord, Path]) -> None:
    record, _ = night
    ranks = [page.verdict.rank for page in worst_first(record.tutorials[0])]
    assert ranks == sorted(ranks)


def test_the_headline_says_what_there_is_to_do(night: tuple[RunRecord, Path]) -> None:
    counted = run_totals(night[0])
    assert (counted.outdated, counted.unknown, counted.seen, counted.due) == (2, 1, 5, 1)
    assert headline(counted, Sentences("en")) == "2 pages to correct out of 5 seen, 1 to check by hand"
    assert headline(counted, Sentences("fr")) == "2 pages à corriger sur 5 vues, 1 à vérifier à la main"


def test_what_is_alive_is_told_with_what_to_type(night: tuple[RunRecord, Path]) -> None:
    pages = {path.stem: path.read_text("utf-8") for path, _ in written(night, "fr") if path.parent.name == "exemple"}
    assert "a changé entre deux captures" in pages["03"]
    assert "<code>tutofrais ignore exemple/3 " in pages["03"]
    assert "tutofrais ignore" not in pages["02"]
