"""Measure verdicts on pages that others made: example pages of public design systems, each with one change.

    python benchmarks/abroad/abroad.py [WORK_FOLDER]

The packages come from npm (``npm pack``), into the work folder. Each case is a tutorial of one page: the page as it is
is approved, then the same page is seen with one change (``mutations.js``), whose class was written down before:

- false: the reader does not find the thing, or cannot see it: « text to rewrite »;
- true: the thing is there and looks or lies otherwise: the instruction stays true;
- nothing: nothing that matters has changed: « up to date »;
- unknown: what is shown is not the page: not checked.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
DSFR = "@gouvfr/dsfr@1.14.4"
GOVUK = "govuk-frontend@5.11.0"

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


@dataclass(frozen=True, kw_only=True)
class Example:
    """A page of a package, and the instruction that points at something on it."""

    package: str
    path: str
    method: str
    """Method of ``step`` that makes the target."""
    label: str
    css: str
    """CSS selector of the thing, for the change; the first match whose text starts with the label."""


DSFR_PAGES = "example/component"
GOVUK_PAGES = "dist/govuk/components"
EXAMPLES = (
    Example(
        package=GOVUK,
        path=f"{GOVUK_PAGES}/button/template-default.html",
        method="button",
        label="Save and continue",
        css="button",
    ),
    Example(
        package=DSFR, path=f"{DSFR_PAGES}/upload/index.html", method="field", label="Ajouter des fichiers", css="input"
    ),
    Example(
        package=DSFR, path=f"{DSFR_PAGES}/breadcrumb/index.html", method="link", label="Segment 2: lorem ipsum", css="a"
    ),
    Example(
        package=DSFR, path=f"{DSFR_PAGES}/radio/index.html", method="heading", label="Bouton radio simple", css="h2"
    ),
    Example(
        package=GOVUK, path=f"{GOVUK_PAGES}/radios/template-default.html", method="field", label="Yes", css="input"
    ),
    Example(
        package=GOVUK,
        path=f"{GOVUK_PAGES}/details/template-default.html",
        method="button",
        label="Help with nationality",
        css="summary",
    ),
)
PAGE = """<!doctype html><html lang="{language}" class="govuk-template"><head><meta charset="utf-8">
<title>Example</title><link rel="stylesheet" href="/dist/govuk/govuk-frontend.min.css"></head>
<body class="govuk-template__body govuk-frontend-supported js-enabled"><div class="govuk-width-container">
<main class="govuk-main-wrapper"><h1 class="govuk-heading-l">Example</h1>{body}</main></div></body></html>"""
SCENARIO = """from capture import Step, Tutorial

tutorial = Tutorial("{slug}", title="{slug}", source="bench", licence="CC0", hosts=["{host}"], locale="{language}")


@tutorial.page(1, "Page", starts_at="https://{host}/{path}")
def page(step: Step) -> None:
    step.tell("Voyez {sentence}.", step.{method}())
    step.shoot()
"""


def main() -> None:
    work = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()).resolve()
    for name in ("scenarios", "shots", "site1", "site2"):
        (work / name).mkdir(parents=True, exist_ok=True)
    cases = {}
    for number, example in enumerate(EXAMPLES, start=1):
        folder = unpack(example.package, work / "packages")
        for kind in CLASSES:
            slug = f"e{number}-{kind.replace(' ', '-')}"
            cases[slug] = (example, kind)
            write_case(work, folder, example, kind, slug)
    record = run(work, "site1")
    subprocess.run(
        [*TOOL, "approve", record.parent.name, *places(work), "--by", "bench"], check=True, capture_output=True
    )
    unchanged = verdicts(run(work, "site1"))
    changed = verdicts(run(work, "site2"))
    print_table(cases, unchanged, changed)


TOOL = (sys.executable, "-m", "tutofrais")


def places(work: Path) -> tuple[str, ...]:
    return "--runs", str(work / "runs"), "--screenshots", str(work / "shots")


def unpack(package: str, folder: Path) -> Path:
    """Return the folder of a package, downloaded unless it is there."""
    target = folder / package.replace("/", "_")
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        with tarfile.open(folder / packed) as archive:
            archive.extractall(target, filter="data")
    return target / "package"


def host_of(example: Example) -> str:
    return "www.dsfr.test" if example.package == DSFR else "www.govuk.test"


def language_of(example: Example) -> str:
    return "fr-FR" if example.package == DSFR else "en-GB"


def write_case(work: Path, folder: Path, example: Example, kind: str, slug: str) -> None:
    """Write the page as it is and with its change, beside the package's files, and the scenario."""
    html = (folder / example.path).read_text("utf-8")
    if example.package == GOVUK:
        html = PAGE.format(language="en", body=html)
    call = f"mutate({json.dumps(kind)}, {json.dumps(example.css)}, {json.dumps(example.label)})"
    script = f"<script>{(HERE / 'mutations.js').read_text('utf-8')}\n{call}</script>"
    path = f"{Path(example.path).parent}/{slug}.html" if example.package == DSFR else f"{slug}.html"
    for site, text in (("site1", html), ("site2", html.replace("</body>", f"{script}</body>"))):
        host = work / site / host_of(example)
        host.mkdir(exist_ok=True)
        if not (host / "dist").exists():
            shutil.copytree(folder / "dist", host / "dist", copy_function=os.link)
        (host / path).parent.mkdir(parents=True, exist_ok=True)
        (host / path).write_text(text, "utf-8")
        (work / site / "replica.toml").touch()
    scenario = SCENARIO.format(
        slug=slug,
        host=host_of(example),
        path=path,
        language=language_of(example),
        method=example.method,
        sentence=f"« {example.label} »",
    )
    (work / "scenarios" / f"{slug.replace('-', '_')}.py").write_text(scenario, "utf-8")


def run(work: Path, site: str) -> Path:
    """Run all cases on a site; return the path of run.json."""
    command = [*TOOL, "run", "--scenarios", str(work / "scenarios"), "--site", str(work / site), "--exit-zero"]
    subprocess.run([*command, *places(work)], check=True, stdout=subprocess.DEVNULL)
    return max((work / "runs").glob("[!.]*/run.json"), key=lambda path: path.stat().st_mtime)


def verdicts(record: Path) -> dict[str, str]:
    """Return the verdict of each tutorial's page."""
    tutorials = json.loads(record.read_text("utf-8"))["tutorials"]
    return {tutorial["slug"]: tutorial["pages"][0]["judgement"]["verdict"] for tutorial in tutorials}


def print_table(cases: dict[str, tuple[Example, str]], unchanged: dict[str, str], changed: dict[str, str]) -> None:
    """Print the wrong cases, then the right ones of each class."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for slug, (_, kind) in cases.items():
        wanted = CLASSES[kind]
        total[wanted] += 1
        right[wanted] += changed[slug] in RIGHT[wanted]
        if changed[slug] not in RIGHT[wanted]:
            print(f"{slug}: {changed[slug]}, wanted {' or '.join(sorted(RIGHT[wanted]))}")
    for name, number in total.items():
        print(f"{name:8} {right[name]:3} of {number} right")
    outdated = sum(CLASSES[kind] == "unknown" and changed[slug] == "text_outdated" for slug, (_, kind) in cases.items())
    print(f"right verdict class             {right.total() / total.total():.1%} of {total.total()}")
    print(f"“outdated” that is “unknown”    {outdated}")
    print(f"false alarms, unchanged         {sum(verdict != 'up_to_date' for verdict in unchanged.values())}")


if __name__ == "__main__":
    main()
