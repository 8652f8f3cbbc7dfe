"""Old tutorials in five formats: pages, labels, kinds and pictures; what cannot be read is told."""

import ast
import io
import socket
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from capture.elements import bare_label
from capture.errors import DocumentUnreadable
from capture.scenario.instruction import quoted
from report.draft.document_formats import READERS, read_document
from report.draft.drafted_page import DraftedTutorial, draft
from tests.support.old_tutorial import KINDS, SLIDES, WRITERS, picture_of

LEAST_SHARE = 0.8
"""Of the labels of the scenario that volunteers would write."""


@pytest.fixture(scope="module", params=WRITERS)
def drafted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DraftedTutorial:
    path = tmp_path_factory.mktemp("old") / f"ameli{request.param}"
    WRITERS[request.param](path)
    return draft(read_document(path))


def _labels_of_the_shipped_scenario() -> dict[str, list[str]]:
    """Return the label of each instruction of ``scenarios/ameli``, by the function of its page, in their order."""
    tree = ast.parse(Path("scenarios/ameli/creer_compte.py").read_text("utf-8"))
    return {
        function.name: [
            bare_label(label)
            for call in ast.walk(function)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "tell"
            if (label := quoted(str(ast.literal_eval(call.args[0])))) is not None
        ]
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
    }


def test_the_draft_has_the_labels_of_the_shipped_scenario(drafted: DraftedTutorial) -> None:
    visited = [page for page in drafted.pages if page.kind in ("public", "form_only")]
    wanted, found = 0, 0
    for labels, page in zip(_labels_of_the_shipped_scenario().values(), visited, strict=True):
        own = [bare_label(one.label) for one in page.instructions if one.label is not None]
        wanted += len(labels)
        found += sum(label in own for label in labels)
    assert wanted == 18
    assert found >= LEAST_SHARE * wanted


def test_the_draft_has_the_pages_and_their_kinds(drafted: DraftedTutorial) -> None:
    assert [page.title for page in drafted.pages] == [slide.title for slide in SLIDES]
    assert tuple(page.kind for page in drafted.pages) == KINDS
    assert drafted.language == "fr"
    assert drafted.licence == "CC BY-SA 4.0"
    assert "https://www.ameli.fr" in drafted.addresses


def test_pictures_of_public_pages_are_kept_and_of_no_others(drafted: DraftedTutorial) -> None:
    kept = {page.number: [(one.width, one.height) for one in page.pictures] for page in drafted.pages if page.pictures}
    assert kept == {number: [(640, 400)] for number in (2, 3, 4, 5)}


def test_roles_follow_what_the_reader_is_told_to_do(drafted: DraftedTutorial) -> None:
    roles = {one.label: one.role for page in drafted.pages for one in page.instructions if one.label is not None}
    assert roles["Votre code postal"] == "field"
    assert roles["SÉLECTIONNER"] == "button"
    assert roles["Ce n'est pas ma caisse"] == "link"
    assert roles["Sélectionnez votre caisse"] == "text"
    assert roles["JE CRÉE MON COMPTE AMELI"] == "heading"


def test_a_section_is_a_page_and_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "site" / "page.html"
    page.parent.mkdir()
    (tmp_path / "secret.png").write_bytes(_png())
    (page.parent / "own.png").write_bytes(_png())
    page.write_text(
        "<nav>Menu</nav><article><h1>Titre</h1><p>Bonjour.</p>"
        '<h2>Étape 1 : ouvrir</h2><p>Cliquez sur <kbd>Aller</kbd>.<img src="own.png"><img src="../secret.png">'
        '<img src="http://127.0.0.1:9/x.png"></p><h2>Étape 2 : fermer</h2><p>Cliquez sur <b>Fermer</b>.</p></article>'
        "<footer><p>Cliquez sur « Autre ».</p></footer>",
        "utf-8",
    )
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was used"))
    drafted = draft(read_document(page))
    assert [one.title for one in drafted.pages] == ["Titre", "ouvrir", "fermer"]
    assert [len(one.pictures) for one in drafted.pages] == [0, 1, 0]
    assert [one.label for page in drafted.pages for one in page.instructions if one.label] == ["Aller", "Fermer"]


def test_what_every_page_repeats_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "ameli.pptx"
    WRITERS[".pptx"](path)
    said = "\n".join(one.text for page in read_document(path).pages for one in page.paragraphs)
    assert "/ 13" not in said
    assert "Écrivez votre code postal" in said


@pytest.mark.parametrize("suffix", READERS)
def test_a_file_that_is_no_such_document_is_refused(suffix: str, tmp_path: Path) -> None:
    for name, data in (("empty", b""), ("noise", b"\x00\xff\xfe" * 400)):
        path = tmp_path / f"{name}{suffix}"
        path.write_bytes(data)
        with pytest.raises(DocumentUnreadable):
            read_document(path)


def test_other_formats_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match=r"\.pptx"):
        read_document(tmp_path / "tutorial.docx")
    with pytest.raises(DocumentUnreadable):
        read_document(tmp_path / "missing.pdf")


def test_a_locked_pdf_and_one_of_pictures_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "ameli.pdf"
    WRITERS[".pdf"](path)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.save(path, encryption=pikepdf.Encryption(owner="locked", user="locked"))
    with pytest.raises(DocumentUnreadable, match="locked"):
        read_document(path)
    Image.open(io.BytesIO(picture_of(1))).save(path, "PDF")
    with pytest.raises(DocumentUnreadable, match="pictures"):
        read_document(path)


def _png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, "PNG")
    return file.getvalue()
