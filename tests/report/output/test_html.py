"""The HTML files of the report."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from report.i18n.sentences import Sentences
from report.output.html import SCRIPTS, write_report, write_single_file
from report.output.totals import GLYPHS, headline, run_totals, worst_first
from report.results.run_record import RunRecord
from report.verdict import Verdict


class Reader(HTMLParser):
    """Parser that collects tags, links and ids of a page."""

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


def written(hostile_run: tuple[RunRecord, Path], language: str) -> Iterator[tuple[Path, Reader]]:
    record, folder = hostile_run
    write_report(record, folder, Sentences(language))
    for file in sorted(folder.glob("**/*.html")):
        yield file, Reader(file.read_text("utf-8"))


def test_the_sample_run_has_many_verdicts(hostile_run: tuple[RunRecord, Path]) -> None:
    assert [page.verdict for _, page in hostile_run[0].pages()] == [
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
def test_every_link_and_anchor_resolves(hostile_run: tuple[RunRecord, Path], language: str) -> None:
    count = 0
    for file, page in written(hostile_run, language):
        assert len(page.ids) == len(set(page.ids))
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme == "https"
                continue
            count += 1
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            assert target.is_file(), link
            assert target.is_relative_to(hostile_run[1])
            if parts.fragment:
                assert parts.fragment in Reader(target.read_text("utf-8")).ids, link
    assert count > 60


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_of_the_captured_site_becomes_markup(hostile_run: tuple[RunRecord, Path], language: str) -> None:
    for file, page in written(hostile_run, language):
        assert page.tags.count("script") == len(SCRIPTS)
        assert not [name for name in page.attributes if name.startswith("on") or name == "style"]
        assert "x" not in page.links, file
        assert file.read_text("utf-8").startswith(f'<!doctype html>\n<html lang="{language}">')


def test_scripts_and_style_are_files_of_ours_and_a_policy_lets_in_no_others(
    hostile_run: tuple[RunRecord, Path],
) -> None:
    for _, page in written(hostile_run, "fr"):
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
def test_one_file_holds_everything_and_runs_nothing_else(hostile_run: tuple[RunRecord, Path], language: str) -> None:
    record, folder = hostile_run
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


def test_a_report_written_again_is_the_same(hostile_run: tuple[RunRecord, Path]) -> None:
    first = {file: file.read_bytes() for file, _ in written(hostile_run, "fr")}
    assert {file: file.read_bytes() for file, _ in written(hostile_run, "fr")} == first


def test_every_verdict_has_a_sign_beside_its_colour(hostile_run: tuple[RunRecord, Path]) -> None:
    assert set(GLYPHS) == set(Verdict)
    record, folder = hostile_run
    write_report(record, folder, Sentences("fr"))
    for _, page in record.pages():
        html = (folder / "exemple" / f"{page.number:02}.html").read_text("utf-8")
        assert f'badge {page.verdict.value}"><span class="glyph" aria-hidden="true">{GLYPHS[page.verdict]}<' in html


def test_the_worst_page_comes_first(hostile_run: tuple[RunRecord, Path]) -> None:
    record, _ = hostile_run
    ranks = [page.verdict.rank for page in worst_first(record.tutorials[0])]
    assert ranks == sorted(ranks)


def test_the_headline_says_what_there_is_to_do(hostile_run: tuple[RunRecord, Path]) -> None:
    counted = run_totals(hostile_run[0])
    assert headline(counted, Sentences("en")) == (
        "1 text to rewrite, 3 pictures to approve, 1 page could not be checked, 1 page to check by hand"
    )
    assert headline(counted, Sentences("fr")) == (
        "1 texte à réécrire, 3 images à accepter, 1 page n’a pas pu être vérifiée, 1 page à vérifier à la main"
    )


def test_a_volatile_part_is_listed_with_the_command_to_mask_it(hostile_run: tuple[RunRecord, Path]) -> None:
    pages = {
        path.stem: path.read_text("utf-8") for path, _ in written(hostile_run, "fr") if path.parent.name == "exemple"
    }
    assert "a changé entre deux captures" in pages["03"]
    assert "<code>tutofrais ignore exemple/3 " in pages["03"]
    assert "tutofrais ignore" not in pages["02"]
