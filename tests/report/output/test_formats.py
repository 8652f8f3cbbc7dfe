"""Machine-readable outputs: JUnit, summary, feed."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from capture.visible_text import visible
from report.console import print_table
from report.i18n.sentences import Sentences
from report.output.formats import FeedEntry, _plain, feed_entry, write_feed, write_formats
from report.output.html import write_report
from report.results.run_record import HistoryEntry, RunRecord
from report.verdict import Verdict
from tests.support.builders import TAKEN
from tests.support.hostile_run import HARMFUL, HOSTILE

WRITTEN = (".html", ".md", ".xml", ".atom")
ATOM = "{http://www.w3.org/2005/Atom}"

HEADLINE = "1 texte à réécrire, 3 images à accepter, 1 page n’a pas pu être vérifiée, 1 page à vérifier à la main"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_junit_says_what_failed_what_is_unknown_and_what_was_skipped(
    hostile_run: tuple[RunRecord, Path], language: str
) -> None:
    record, folder = hostile_run
    write_formats(record, folder, Sentences(language))
    cases = ET.parse(folder / "junit.xml").getroot().findall("testsuite/testcase")  # noqa: S314 - our own file
    kinds = [next((child.tag for child in case), "passed") for case in cases]
    assert kinds == ["failure", "failure", "passed", "passed", "skipped", "error", "skipped", "skipped"]
    assert visible(HOSTILE).partition("long")[0] in "".join(cases[0].itertext()), "nothing of it became markup"


def test_the_summary_is_markdown_in_which_nothing_of_the_site_means_anything(
    hostile_run: tuple[RunRecord, Path],
) -> None:
    record, folder = hostile_run
    write_formats(record, folder, Sentences("fr"))
    text = (folder / "summary.md").read_text("utf-8")
    assert text.startswith(f"# {HEADLINE}\n")
    assert not re.search(r"(?<!\\)<img", text)
    assert "\\<img" in text
    assert text.count("\n- ") == 6, "pages that ask for something"


def test_the_feed_is_atom_with_an_entry_for_each_run(tmp_path: Path) -> None:
    entries = [FeedEntry(run=f"run-{n}", finished=TAKEN, title=f"{n} & <b>\x01", text="x") for n in (2, 1)]
    write_feed(entries, tmp_path, Sentences("fr"))
    feed = ET.parse(tmp_path / "feed.atom").getroot()  # noqa: S314 - our own file
    assert [one.findtext(f"{ATOM}title") for one in feed.findall(f"{ATOM}entry")] == ["2 & <b>\ufffd", "1 & <b>\ufffd"]
    links = [link.get("href") for one in feed.findall(f"{ATOM}entry") for link in one.findall(f"{ATOM}link")]
    assert links == ["run-2/index.html", "run-1/index.html"]
    assert len({one.findtext(f"{ATOM}id") for one in feed.findall(f"{ATOM}entry")}) == 2


def test_the_feed_tells_what_is_new(hostile_run: tuple[RunRecord, Path]) -> None:
    record, _ = hostile_run
    (tutorial,) = record.tutorials
    before = (HistoryEntry(run="hier", verdict=Verdict.UP_TO_DATE),)
    pages = tuple(replace(page, history=before) for page in tutorial.pages)
    entry = feed_entry(replace(record, tutorials=(replace(tutorial, pages=pages),)), Sentences("fr"))
    assert entry.text.splitlines()[:2] == ["Exemple, 1. Accueil", "Exemple, 2. Accueil"]
    assert entry.title == HEADLINE


def test_a_summary_links_to_nothing_that_a_site_names() -> None:
    shown = _plain("Écrivez à @quelquun sur https://exemple.test ou www.exemple.test \x1b[31m")
    assert shown == "Écrivez à &#64;quelquun sur https:/&#47;exemple.test ou www&#46;exemple.test ␛\\[31m"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_output_has_a_character_that_acts_on_a_terminal_or_turns_text_around(
    hostile_run: tuple[RunRecord, Path], language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    record, folder = hostile_run
    words = Sentences(language)
    write_report(record, folder, words)
    write_formats(record, folder, words)
    write_feed([feed_entry(record, words)], folder, words)
    print_table(record, words)
    outputs = {"table": capsys.readouterr().out}
    outputs |= {path.name: path.read_text("utf-8") for path in folder.rglob("*") if path.suffix in WRITTEN}
    assert {"index.html", "junit.xml", "summary.md", "feed.atom"} <= outputs.keys()
    found = {name: HARMFUL.findall(text) for name, text in outputs.items()}
    assert not {name: harmful for name, harmful in found.items() if harmful}
