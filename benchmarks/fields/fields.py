"""Measure how well the guard tells fields that ask for a person's data from fields that do not.

The fields are those of others: web forms that the authors of formasaurus annotated, and the labels of GNU Health and
Tryton in seven languages. Nothing of them is kept here but the ids of the fields, in ``truth.toml``.

    python benchmarks/fields/fields.py FOLDER

Recall is the share of a person's fields that are refused; precision is the share of refused fields that are a person's.
"""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from playwright.sync_api import Error, Page

from capture.browser.firefox import open_firefox
from capture.browser.snapshot import snapshot
from capture.elements import FIELDS
from capture.privacy.fields import FieldTraits, field_asks_for

FORMS = "formasaurus==0.10.0"
APPLICATIONS = (
    "gnuhealth==5.0.6",
    "gnuhealth-socioeconomics==5.0.4",
    *("trytond-bank==8.2.0", "trytond-carrier==8.2.0", "trytond-incoterm==8.2.0", "trytond-party==8.2.0"),
    *("trytond-product==8.2.0", "trytond-sale==8.2.0", "trytond-stock==8.2.1", "trytond-web-user==8.2.0"),
)
LANGUAGES = ("fr", "es", "de", "it", "pt", "nl", "pl")
_ENTRY = re.compile(r'msgctxt "field:([^"]*):"\nmsgid "([^"]*)"\nmsgstr "([^"]*)"')
LISTED = 400
"""Wrong answers that are printed at most, for each list of fields."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """Field of somebody else, with what it asks for."""

    name: str
    """Accessible name."""
    traits: FieldTraits
    personal: bool
    language: str = ""
    where: str
    """Id of the field, or its kind and the address of its page."""


def download(requirement: str, folder: Path) -> Path:
    """Return the wheel of a package, downloaded unless it is there."""
    name = requirement.partition("==")[0].replace("-", "_")
    if not list(folder.glob(f"{name}-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), requirement]
        subprocess.run(command, check=True)
    return next(folder.glob(f"{name}-*.whl"))


def labels_of(folder: Path, language: str, truth: dict[str, list[str]]) -> list[Field]:
    """Return the labels of the applications in a language, each once."""
    fields: dict[str, Field] = {}
    for requirement in APPLICATIONS:
        with zipfile.ZipFile(download(requirement, folder)) as wheel:
            for where, label in _entries(wheel, language):
                personal = where in truth["personal"]
                if not personal and not any(fnmatch(where, pattern) for pattern in truth["things"]):
                    continue
                key = label.casefold()
                if key not in fields or personal:
                    fields[key] = Field(
                        name=label, traits=FieldTraits(), personal=personal, language=language, where=where
                    )
    return list(fields.values())


def _entries(wheel: zipfile.ZipFile, language: str) -> Iterator[tuple[str, str]]:
    """Yield the id and the label of each translated field."""
    shown = "fr" if language == "en" else language
    names = [name for name in wheel.namelist() if re.search(rf"/locale/{shown}(?:_[A-Z]{{2}})?\.po$", name)]
    for name in sorted(names)[:1]:
        for where, english, label in _ENTRY.findall(wheel.read(name).decode()):
            if language == "en" or label:
                yield where, english if language == "en" else label


def fields_of_pages(folder: Path, truth: dict[str, list[str]]) -> list[Field]:
    """Return the annotated fields of the web pages, read with Firefox."""
    found: list[Field] = []
    with zipfile.ZipFile(download(FORMS, folder)) as wheel, open_firefox() as firefox:
        page = firefox.browser.new_context(offline=True).new_page()
        pages = json.loads(wheel.read("formasaurus/data/index.json"))
        for number, (name, about) in enumerate(pages.items()):
            print(f"\r{number}/{len(pages)}", end="", file=sys.stderr)
            kinds = _kinds(about["visible_html_fields"])
            if kinds:
                html = wheel.read(f"formasaurus/data/{name}").decode("utf-8", "replace")
                found += _fields_of_page(page, html, kinds, truth, about["url"])
    print(file=sys.stderr)
    return found


def _kinds(forms: list[dict[str, str]]) -> dict[str, str]:
    """Return the annotated kind of each field by its name; a name with two kinds on one page is left out."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        for name, kind in form.items():
            kinds[name].add(kind)
    return {name: kind.pop() for name, kind in kinds.items() if len(kind) == 1}


def _fields_of_page(
    page: Page, html: str, kinds: dict[str, str], truth: dict[str, list[str]], where: str
) -> Iterator[Field]:
    """Yield the annotated fields of a page whose kind is a person's or a thing's."""
    try:
        page.set_content(_without_scripts(html), wait_until="domcontentloaded")
        shot = snapshot(page, canonical=str)
    except Error as error:
        print(f"\r{where}: {error.message.splitlines()[0]}", file=sys.stderr)
        return
    for index, traits in shot.fields.items():
        element = shot.elements[index]
        kind = next((kinds[name] for name in traits.code_names if name in kinds), "")
        if element.role in FIELDS and kind in truth["personal"] + truth["things"]:
            yield Field(name=element.name, traits=traits, personal=kind in truth["personal"], where=f"{kind} {where}")


def _without_scripts(html: str) -> str:
    """Return a page that loads and runs nothing."""
    return re.sub(r"(?is)<(script|iframe|noscript)\b.*?</\1\s*>|<(?:link|meta|base)\b[^>]*>", "", html)


def refused(field: Field) -> bool:
    """Return whether the guard refuses to type into a field."""
    return field_asks_for(field.name, field.traits, field.language) is not None


def report(title: str, fields: list[Field]) -> None:
    """Print precision and recall, and the fields that are told wrong."""
    caught = [field for field in fields if field.personal and refused(field)]
    missed = [field for field in fields if field.personal and not refused(field)]
    false = [field for field in fields if not field.personal and refused(field)]
    precision, recall = (len(caught) / max(1, len(caught) + len(wrong)) for wrong in (false, missed))
    things = sum(not field.personal for field in fields)
    print(
        f"{title}: {len(fields)} labels, {len(fields) - things} of persons, recall {recall:.1%}, "
        f"precision {precision:.1%}, of things refused {len(false)} of {things}"
    )
    for sign, wrong in (("  passes: ", missed), ("  refused: ", false)):
        for field in wrong[:LISTED]:
            told = " / ".join(dict.fromkeys(filter(None, (field.name, *field.traits.hints, *field.traits.code_names))))
            print(f"{sign}{told[:100]!r} ({field.where[:60]})")


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    truth = tomllib.loads(Path(__file__).with_name("truth.toml").read_text("utf-8"))
    for language in ("en", *LANGUAGES):
        report(language, labels_of(folder, language, truth["applications"]))
    report("web forms", fields_of_pages(folder, truth["web"]))


if __name__ == "__main__":
    main()
