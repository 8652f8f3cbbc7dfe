"""The documents of an edition: tagged PDF, a presentation with groups of shapes, Markdown."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from odfdo import Document
from PIL import Image

from capture.errors import PdfUnavailable
from capture.picture_stack import stack
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.publish import pdf
from report.publish.formats import Format
from report.publish.markdown import escaped
from report.publish.tutorial_page import write_tutorial
from tests.support.builders import accueil, box, capture_of, instruction_result, png_of, scene, tutorial_of

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("documents")]

PNG = png_of(scene(900, 600))
OFFICE = shutil.which("soffice")
SENTENCES = ("Ouvrez « ☰ ».", "Tapez votre nom dans « Nom : * ».", "Cliquez sur « Valider »  & continuez <là>.")


@pytest.fixture(scope="module")
def tutorial() -> Tutorial:
    declared = tutorial_of(accueil, source="Nous, 2026", licence_url="https://exemple.test/licence")
    declared.fixed(2, "Merci")
    declared.personal(3, "Votre compte", text=["Tapez votre « code »."])
    return declared


@pytest.fixture(scope="module")
def baselines(tmp_path_factory: pytest.TempPathFactory) -> Baselines:
    baselines = Baselines(tmp_path_factory.mktemp("screenshots"), "live")
    results = tuple(
        replace(
            instruction_result(n, box=box(200, 100 + 80 * n), callout="arrow" if n == 3 else "box"), sentence=sentence
        )
        for n, sentence in enumerate(SENTENCES, start=1)
    )
    baselines.write("exemple", 1, capture_of(PNG, page=1, site="live", instructions=results))
    return baselines


@pytest.fixture(scope="module")
def folder(tutorial: Tutorial, baselines: Baselines, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with all documents of an edition."""
    out = tmp_path_factory.mktemp("out")
    assert not write_tutorial(tutorial, baselines, out).problems
    return out / "exemple"


def tags(element: Any) -> Iterator[Any]:
    """Yield the elements of a structure tree in reading order."""
    if isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            yield element
        children = element.get("/K")
        for child in children if isinstance(children, pikepdf.Array) else [children]:
            yield from tags(child)


@pytest.mark.parametrize("name", ["slides.pdf", "leaflet.pdf"])
def test_a_pdf_is_tagged_for_screen_readers(folder: Path, name: str) -> None:
    with pikepdf.open(folder / name) as document:
        root = document.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "fr"
        assert root.ViewerPreferences.DisplayDocTitle
        assert document.docinfo["/Title"] == "Exemple"
        assert document.open_metadata()["pdfuaid:part"] == "1"
        found = list(tags(root.StructTreeRoot))
        kinds = [str(one.S) for one in found]
        headings = [kind for kind in kinds if re.fullmatch("/H[1-6]", kind)]
        assert headings[0] == "/H1", "and no level is left out"
        assert set(headings) == {"/H1", "/H2"}
        assert kinds.count("/L") == 2
        (figure,) = (one for one in found if one.S == "/Figure")
        assert "bouton" in str(figure.Alt)
        assert kinds.index("/L") < kinds.index("/Figure"), "the sentences are read before the picture"
        with document.open_outline() as outline:
            titles = [one.title for part in outline.root for one in (part, *part.children)]
        assert len(titles) >= 3
        for page in document.pages:
            assert page.get("/Tabs") in (None, "/S")
            assert "/StructParents" in page


def test_a_slide_is_16_to_9_and_a_leaflet_a4(folder: Path) -> None:
    sizes = {}
    for name in ("slides.pdf", "leaflet.pdf"):
        with pikepdf.open(folder / name) as document:
            sizes[name] = [float(side) for side in document.pages[0].MediaBox[2:]]
            pages = len(document.pages)
        if name == "slides.pdf":
            assert pages == 4, "cover, two steps, credits"
    assert sizes["slides.pdf"][0] / sizes["slides.pdf"][1] == pytest.approx(16 / 9, abs=0.001)
    assert sizes["leaflet.pdf"] == pytest.approx([595.28, 841.89], abs=0.1)


def test_documents_are_the_same_bytes_when_nothing_has_changed(
    folder: Path, tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    write_tutorial(tutorial, baselines, tmp_path)
    again = tmp_path / "exemple"
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert len(names) > 15
    for name in names:
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_without_pango_the_other_documents_are_written(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "import_module", missing)
    written = write_tutorial(tutorial, baselines, tmp_path / "out")
    (problem,) = written.problems
    assert isinstance(problem, PdfUnavailable)
    assert "libpango" in str(problem)
    names = {path.name for path in written.documents}
    assert {"index.html", "slides.odp", "tutorial.md"} <= names
    assert "slides.pdf" not in names


def test_the_callouts_of_the_presentation_are_groups_with_descriptions(folder: Path) -> None:
    document = Document(folder / "slides.odp")
    pages = document.body.get_elements("//draw:page")
    assert [page.get_attribute("draw:name") for page in pages][1] == "1. Accueil"
    groups = pages[1].get_elements("draw:g")
    assert len(groups) == 3
    for group, sentence in zip(groups, SENTENCES, strict=True):
        (described,) = group.get_elements("svg:desc")
        assert described.text.replace("\u00a0", " ") == sentence
        assert len(group.get_elements("draw:ellipse")) == 1
    (image,) = pages[1].get_elements("draw:frame[draw:image]")
    assert image.get_element("svg:desc").text.startswith("Capture d’écran de exemple.test.")  # type: ignore[union-attr]
    for page in pages:
        assert page.get_elements("draw:frame[@presentation:class='title']")


def test_the_archive_of_the_presentation_begins_with_its_type(folder: Path) -> None:
    with zipfile.ZipFile(folder / "slides.odp") as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.presentation"


@pytest.mark.office
def test_libreoffice_opens_the_presentation_and_shows_every_slide(folder: Path, tmp_path: Path) -> None:
    assert OFFICE is not None
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    made = subprocess.run(
        [OFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(folder / "slides.odp")],
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with pikepdf.open(tmp_path / "slides.pdf") as document:
        assert len(document.pages) == 4
        width, height = (float(side) for side in document.pages[0].MediaBox[2:])
    assert width / height == pytest.approx(16 / 9, abs=0.01)


def test_markdown_shows_sentences_and_pictures_and_no_markup_of_a_site(folder: Path) -> None:
    text = (folder / "tutorial.md").read_text("utf-8").replace("\u00a0", " ").replace("\u202f", " ")
    assert "## 1. Accueil" in text
    assert "2. Tapez votre nom dans « Nom : \\* »." in text
    assert r"\<là\>" in text
    for name in re.findall(r"\]\((pictures/[^)]+)\)", text):
        assert (folder / name).is_file()


@pytest.mark.parametrize(
    ("text", "safe"), [("a_b*c", r"a\_b\*c"), ("- liste", r"\- liste"), ("1. un", r"1\. un"), ("[x](y)", r"\[x\](y)")]
)
def test_markup_is_escaped(text: str, safe: str) -> None:
    assert escaped(text) == safe


def test_pictures_are_in_two_formats_and_two_densities(folder: Path) -> None:
    once, same, twice = (
        Image.open(io.BytesIO((folder / "pictures" / name).read_bytes()))
        for name in ("01.png", "01.webp", "01@2x.webp")
    )
    assert once.convert("RGB").tobytes() == same.convert("RGB").tobytes()
    assert abs(twice.width - 2 * once.width) <= 2
    assert once.info == {}
    page = (folder / "index.html").read_text("utf-8")
    for number in (1, 2, 3):
        assert f"pictures/01-{number}.webp" in page
        assert (folder / "pictures" / f"01-{number}.png").is_file()


def test_an_author_may_write_the_alternative_text(tutorial: Tutorial, tmp_path: Path) -> None:
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "live")
    result = instruction_result(1, box=box(200, 100))
    one, two = (
        capture_of(PNG, page=1, site="live", instructions=(result,), alt=alt) for alt in ("Le menu", "Les jours")
    )
    baselines.write("exemple", 1, stack(one, two, "jours"))
    page = write_tutorial(tutorial, baselines, tmp_path / "out", formats=[Format.HTML]).page.read_text("utf-8")
    assert 'alt="Le menu"' in page
    assert 'alt="Les jours"' in page
