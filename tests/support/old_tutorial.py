"""A tutorial of thirteen slides about creating an account on ameli.fr, as volunteers hand it out, in five formats."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import odfdo
from PIL import Image, ImageDraw
from pptx import Presentation
from pptx.util import Cm, Pt

from report.publish.pdf import weasyprint_module

PROMISE = (
    "Avec le compte ameli : Suivez vos remboursements, effectuez vos démarches en ligne, téléchargez vos "
    "attestations..."
)
BOLD = "*"
"""Stands on both sides of what is bold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slide:
    """A slide: its title, and its lines."""

    title: str
    lines: Sequence[str]
    has_picture: bool = False


SLIDES = (
    Slide(title="Mon compte ameli, pas à pas", lines=["Atelier numérique, essayé avec Firefox"]),
    Slide(
        title="Je trouve ma caisse",
        lines=[
            "Rendez-vous sur www.ameli.fr. Une fenêtre « Sélectionnez votre caisse » apparaît.",
            "Écrivez votre code postal dans la case *Votre code postal*, puis cliquez sur SÉLECTIONNER.",
        ],
        has_picture=True,
    ),
    Slide(
        title="Je confirme",
        lines=[
            'La fenêtre dit maintenant "Vous avez sélectionné votre caisse".',
            "Relisez : « Les pages d'ameli seront enrichies des informations de la caisse de : Savoie ».",
            "Erreur ? Suivez le lien *Ce n'est pas ma caisse*.",
            "Tout est juste ? Appuyez sur le bouton CONFIRMER.",
        ],
        has_picture=True,
    ),
    Slide(
        title="La silhouette rose",
        lines=[
            "Passez la souris sur les icônes : leur nom s'affiche.",
            "Cliquez sur l'icône *COMPTE AMELI*.",
        ],
        has_picture=True,
    ),
    Slide(
        title="Le portail",
        lines=[
            f"Lisez « {PROMISE} ».",
            "Cliquez ensuite sur *Je crée mon compte*.",
        ],
        has_picture=True,
    ),
    Slide(
        title="Le formulaire",
        lines=[
            "Le titre « JE CRÉE MON COMPTE AMELI » s'affiche.",
            "Remplissez *Mon nom* et *Mon n° de sécurité sociale* (13 chiffres).",
            "Complétez *Ma date de naissance* ; le mois et l'année y sont.",
            "Tapez votre code postal dans *Mon code postal*.",
            "Vous préférez FranceConnect ? Suivez le lien « Je crée immédiatement mon compte via FranceConnect ».",
            "Terminez avec le bouton CONTINUER.",
        ],
        has_picture=True,
    ),
    Slide(title="Je prouve mon identité", lines=["Recopiez les derniers chiffres de votre IBAN, puis *VALIDER*."]),
    Slide(title="Les conditions", lines=["Choisissez « Oui, j'accepte », puis cliquez sur *CONTINUER*."]),
    Slide(title="Mon code", lines=["Choisissez un code de 8 à 13 chiffres et tapez-le deux fois."]),
    Slide(title="Mon adresse", lines=["Tapez deux fois votre adresse e-mail."]),
    Slide(title="Mon téléphone", lines=["Ajoutez vos numéros, si vous le voulez. Répondez « Oui » ou « Non »."]),
    Slide(title="Mon courrier", lines=["Ouvrez le message reçu et suivez son lien."]),
    Slide(title="Merci !", lines=["Licence CC BY-SA 4.0, par l'atelier numérique"]),
)
KINDS = ("fixed", *["public"] * 4, "form_only", *["personal"] * 6, "fixed")


def picture_of(number: int) -> bytes:
    """Return the JPEG of a page of a site."""
    image = Image.new("RGB", (640, 400), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 640, 40), fill="navy")
    for row in range(number + 3):
        draw.rectangle((60, 70 + 30 * row, 200 + 40 * row, 85 + 30 * row), fill="teal")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=70)
    return file.getvalue()


def _parts(line: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a line, each with whether it is bold."""
    for place, part in enumerate(line.split(BOLD)):
        if part:
            yield part, place % 2 == 1


def write_pptx(path: Path) -> None:
    presentation = Presentation()
    for number, slide in enumerate(SLIDES, start=1):
        page = presentation.slides.add_slide(presentation.slide_layouts[5])
        page.shapes.title.text = slide.title
        for place, line in enumerate(slide.lines):
            frame = page.shapes.add_textbox(Cm(1), Cm(4 + 2 * place), Cm(12), Cm(2)).text_frame
            for text, bold in _parts(line):
                run = frame.paragraphs[0].add_run()
                run.text, run.font.bold, run.font.size = text, bold, Pt(18)
        if slide.has_picture:
            page.shapes.add_picture(io.BytesIO(picture_of(number)), Cm(14), Cm(4), Cm(10))
        page.shapes.add_textbox(Cm(1), Cm(18), Cm(6), Cm(1)).text_frame.text = f"Atelier numérique · {number} / 13"
    presentation.save(str(path))


def write_odp(path: Path) -> None:
    document = odfdo.Document("presentation")
    document.body.clear()
    bold = document.insert_style(odfdo.Style("text", name="gras", bold=True), automatic=True)
    for number, slide in enumerate(SLIDES, start=1):
        page = odfdo.DrawPage(f"page{number}", name=f"{number}")
        title = odfdo.Frame.text_frame(slide.title, size=("20cm", "2cm"), position=("1cm", "1cm"))
        title.set_attribute("presentation:class", "title")
        page.append(title)
        for place, line in enumerate(slide.lines):
            paragraph = odfdo.Paragraph("")
            for text, is_bold in _parts(line):
                span = odfdo.Span(text, style=bold if is_bold else None)
                paragraph.append(span)
            page.append(odfdo.Frame.text_frame(paragraph, size=("12cm", "2cm"), position=("1cm", f"{4 + 2 * place}cm")))
        if slide.has_picture:
            name = document.add_file(_picture_file(path, number))
            page.append(odfdo.Frame.image_frame(name, size=("10cm", "6cm"), position=("14cm", "4cm")))
        document.body.append(page)
    document.save(path)


def _picture_file(path: Path, number: int) -> Path:
    file = path.with_name(f"{number}.jpg")
    file.write_bytes(picture_of(number))
    return file


def _web_page(folder: Path) -> str:
    sections = []
    for number, slide in enumerate(SLIDES, start=1):
        lines = "".join(
            f"<p>{''.join(f'<b>{escape(text)}</b>' if bold else escape(text) for text, bold in _parts(line))}</p>"
            for line in slide.lines
        )
        picture = f'<img src="{_picture_file(folder / "x", number).name}">' if slide.has_picture else ""
        sections.append(f"<section><h2>{number}. {escape(slide.title)}</h2>{lines}{picture}</section>")
    return "".join(sections)


def write_html(path: Path) -> None:
    page = f"<title>Mon compte ameli</title><nav>Accueil</nav><main>{_web_page(path.parent)}</main>"
    path.write_text(f'<meta charset="utf-8">{page}', "utf-8")


def write_pdf(path: Path) -> None:
    style = (
        "@page { size: 25cm 14cm; margin: 1cm } section { break-after: page } h2 { font-size: 22pt } "
        "p { margin: 2mm } img { width: 6cm }"
    )
    page = f"<html lang=fr><style>{style}</style><title>Mon compte ameli</title>{_web_page(path.parent)}"
    weasyprint_module().HTML(string=page, base_url=str(path.parent)).write_pdf(path)


def write_markdown(path: Path) -> None:
    pages = []
    for number, slide in enumerate(SLIDES, start=1):
        lines = [line.replace(BOLD, "**") for line in slide.lines]
        picture = [f"![]({_picture_file(path, number).name})"] if slide.has_picture else []
        pages.append("\n\n".join([f"## {slide.title}", *lines, *picture]))
    path.write_text("---\ntitle: Mon compte ameli\n---\n\n" + "\n\n".join(pages), "utf-8")


WRITERS = {".pptx": write_pptx, ".odp": write_odp, ".html": write_html, ".pdf": write_pdf, ".md": write_markdown}
