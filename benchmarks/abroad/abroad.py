"""Measure verdicts on what others made: design systems, themes and web applications, in two versions each.

    python benchmarks/abroad/abroad.py [WORK_FOLDER]

The packages come from npm and PyPI, into the work folder. Two parts:

- eight tutorials of four pages (``tutorials.py``): the older version is approved, seen again unchanged, and then the
  newer version is seen; the truth of each instruction on it was written down before;
- mutations: pages of those tutorials, approved as they are and then seen with one change (``mutations.js``), whose
  class was written down before: *false* (the reader does not find the thing, or cannot see it: « text to rewrite »),
  *true* (the thing is there and looks or lies otherwise), *nothing* (nothing that matters has changed: « up to date »),
  *unknown* (what is shown is not the page: not checked).
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from sources import PORT, SOURCES, copy_of, serve
from tutorials import LOCALES, TUTORIALS, Page, Told

HERE = Path(__file__).parent
TOOL = (sys.executable, "-m", "tutofrais")
FALSE = (
    *("renamed", "removed", "display none", "visibility hidden", "transparent", "off the page", "no size", "clipped"),
    "covered",
)
TRUE = ("moved", "coloured", "larger letters", "in capitals", "words for screen readers", "an icon", "another order")
NOTHING = ("other ids", "comments", "a hidden block", "a script")
UNKNOWN = ("page not found", "maintenance", "consent window", "still loading", "challenge")
CLASSES = {
    **dict.fromkeys(FALSE, "false"),
    **dict.fromkeys(TRUE, "true"),
    **dict.fromkeys(NOTHING, "nothing"),
    **dict.fromkeys(UNKNOWN, "unknown"),
}
RIGHT = {
    "false": {"text_outdated"},
    "true": {"up_to_date", "cosmetic", "picture_outdated"},
    "nothing": {"up_to_date"},
    "unknown": {"unreachable"},
}
MUTATED = ("dsfr", "govuk", "mkdocs", "furo")
"""Sources with static pages, into which a script is written."""
KINDS_A_PAGE = 10
REFUSED = 24
"""Exit code of a run in which a page was refused: it is not checked."""
SCENARIO = """from capture import Step, Tutorial

tutorial = Tutorial(
    "{slug}", title="{slug}", source="bench", licence="CC0", hosts=["127.0.0.1:{port}"], locale="{locale}"
)
"""
PAGE = """

@tutorial.page({number}, "Page {number}", starts_at="http://127.0.0.1:{port}/{path}")
def page_{number}(step: Step) -> None:
{body}
"""


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A page with one change."""

    slug: str
    source: str
    page: Page
    told: Told
    kind: str


def main() -> None:
    work = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()).resolve()
    score = Counter[str]()
    for source in TUTORIALS:
        follow_tutorial(source, work, score)
    right = Counter[str]()
    total = Counter[str]()
    for source in MUTATED:
        follow_mutations(source, work, score, right, total)
    print(f"{'instructions on the newer version told right':50} {score['told right']} of {score['told']}")
    for name, number in total.items():
        print(f"{f'mutations: {name}':50} {right[name]} of {number}")
    print(f"{'right verdict class':50} {right.total() / total.total():.1%} of {total.total()}")
    caught, false = right["false"] + score["false caught"], total["false"] + score["false"]
    print(f"{'false instructions caught':50} {caught} of {false}")
    print(f"{'“outdated” that is really “unknown”':50} {score['outdated, unknown']}")
    print(f"{'false alarms on unchanged pages':50} {score['alarms']} of {score['unchanged']}")


def follow_tutorial(source: str, work: Path, score: Counter[str]) -> None:
    """Approve a tutorial on the older version, see it again, then see it on the newer version."""
    older, newer = (SOURCES[source].prepare(version, work / "packages") for version in SOURCES[source].versions)
    folder = work / "tutorials" / source
    write_scenario(folder / "scenarios", source, LOCALES.get(source, "en-GB"), TUTORIALS[source])
    with serve(older):
        approve(folder, run(folder))
        unchanged = run(folder)
    with serve(newer):
        changed = run(folder)
    for number, (page, same, now) in enumerate(zip(TUTORIALS[source], unchanged, changed, strict=True), start=1):
        count_alarm(f"{source}/{number}", same, score)
        results = [result["status"] == "true" for result in now["instructions"]]
        for told, result in zip(page.told, results or [None] * len(page.told), strict=True):
            score["told"] += 1
            score["told right"] += result is told.true
            score["false"] += not told.true
            score["false caught"] += not told.true and result is False
            if result is not told.true:
                print(
                    f"{source}/{number} « {told.label} »: {result}, in truth {told.true} ({verdict(now)})", flush=True
                )


def follow_mutations(source: str, work: Path, score: Counter[str], right: Counter[str], total: Counter[str]) -> None:
    """Approve copies of the pages of a source, see them again, then see each with its change."""
    package = SOURCES[source].prepare(SOURCES[source].versions[1], work / "packages")
    assert isinstance(package, Path), "static pages"
    folder = work / "mutations" / source
    mutations = list(mutations_of(source))
    for name in ("as it is", "changed"):
        copy_of(package, folder / name)
    for mutation in mutations:
        write_mutation(mutation, folder)
    with serve(folder / "as it is"):
        approve(folder, run(folder))
        unchanged = run(folder)
    with serve(folder / "changed"):
        changed = run(folder)
    for mutation, same, now in zip(sorted(mutations, key=lambda one: one.slug), unchanged, changed, strict=True):
        wanted = CLASSES[mutation.kind]
        is_right = verdict(now) in RIGHT[wanted]
        count_alarm(mutation.slug, same, score)
        total[wanted] += 1
        right[wanted] += is_right
        score["outdated, unknown"] += wanted == "unknown" and verdict(now) == "text_outdated"
        if not is_right:
            print(f"{mutation.slug}: {verdict(now)}, wanted {' or '.join(sorted(RIGHT[wanted]))}", flush=True)


def mutations_of(source: str) -> Iterator[Mutation]:
    """Return the mutations of a source: the kinds in turn, over its pages in turn."""
    pages = [(number, page) for number, page in enumerate(TUTORIALS[source], start=1)]
    first = MUTATED.index(source) * KINDS_A_PAGE * len(pages)
    kinds = islice(cycle(CLASSES), first, first + KINDS_A_PAGE * len(pages))
    for (number, page), kind in zip(cycle(pages), kinds, strict=False):
        told = next(told for told in page.told if told.css and (told.true or source not in LOCALES))
        yield Mutation(
            slug=f"{source}-{number}-{kind.replace(' ', '-')}", source=source, page=page, told=told, kind=kind
        )


def write_mutation(mutation: Mutation, folder: Path) -> None:
    """Write the page as it is and with its change, and the scenario that points at the changed thing."""
    path = str(Path(mutation.page.path).with_name(f"{mutation.slug}.html"))
    call = ", ".join(map(json.dumps, (mutation.kind, mutation.told.css, mutation.told.label)))
    script = f"<script>{(HERE / 'mutations.js').read_text('utf-8')}\nmutate({call})</script>"
    html = (folder / "as it is" / mutation.page.path).read_text("utf-8")
    (folder / "as it is" / path).write_text(html, "utf-8")
    (folder / "changed" / path).write_text(html.replace("</body>", f"{script}</body>"), "utf-8")
    page = Page(path=path, told=(mutation.told,))
    write_scenario(folder / "scenarios", mutation.slug, LOCALES.get(mutation.source, "en-GB"), (page,))


def write_scenario(folder: Path, slug: str, locale: str, pages: tuple[Page, ...]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "screenshots").mkdir(exist_ok=True)
    text = SCENARIO.format(slug=slug, locale=locale, port=PORT)
    for number, page in enumerate(pages, start=1):
        tells = [f'step.tell("See “{told.label}”.", step.{told.method}())' for told in page.told]
        body = "\n".join(f"    {line}" for line in (*page.acts, *tells, "step.shoot()"))
        text += PAGE.format(number=number, port=PORT, path=page.path, body=body)
    (folder / f"{slug.replace('-', '_')}.py").write_text(text, "utf-8")


def places(folder: Path) -> tuple[str, ...]:
    return "--runs", str(folder / "runs"), "--screenshots", str(folder / "screenshots")


def run(folder: Path) -> list[dict[str, Any]]:
    """Run all scenarios of a folder; return the records of their pages, in order."""
    command = [*TOOL, "run", "--scenarios", str(folder / "scenarios"), "--site", "live", "--pause", "0", "--exit-zero"]
    done = subprocess.run([*command, *places(folder)], check=False, capture_output=True, text=True)
    if done.returncode not in (0, REFUSED):
        raise RuntimeError(done.stderr)
    record = json.loads((latest(folder) / "run.json").read_text("utf-8"))
    tutorials = sorted(record["tutorials"], key=lambda tutorial: tutorial["slug"])
    return [page for tutorial in tutorials for page in tutorial["pages"]]


def latest(folder: Path) -> Path:
    return max((path.parent for path in (folder / "runs").glob("[!.]*/run.json")), key=os.path.getmtime)


def approve(folder: Path, pages: list[dict[str, Any]]) -> None:
    """Approve the latest run; say which pages were not seen as they should."""
    for page in pages:
        if verdict(page) != "new":
            print(f"{folder.name}: {page['title']} of the older version: {verdict(page)}", flush=True)
    subprocess.run(
        [*TOOL, "approve", latest(folder).name, *places(folder), "--by", "bench"], check=False, capture_output=True
    )


def count_alarm(name: str, page: dict[str, Any], score: Counter[str]) -> None:
    score["unchanged"] += 1
    if verdict(page) != "up_to_date":
        score["alarms"] += 1
        print(f"{name}: unchanged, {verdict(page)}", flush=True)


def verdict(page: dict[str, Any]) -> str:
    return str(page["judgement"]["verdict"])


if __name__ == "__main__":
    main()
