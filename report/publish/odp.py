"""The presentation of an edition (OpenDocument): callouts are groups of shapes that a volunteer can move."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from xml.sax.saxutils import escape, quoteattr

from odfdo import Document, Element

from capture.geometry import Box
from report.i18n.translator import Translator
from report.publish import notes
from report.publish.callout import HALO, STROKE
from report.publish.callout_drawing import BORDER, CORNER
from report.publish.callout_label import DISC, FONT_SIZE, PADDING_X
from report.publish.edition import Edition, ShownCallout, Step, StepPicture

# Lengths in cm; the page of odfdo's presentation is 16:9.
PAGE = 28.0, 15.75
MARGIN = 1.2
TITLE = Box(x=MARGIN, y=0.7, width=PAGE[0] - 2 * MARGIN, height=1.7)
LIST = Box(x=MARGIN, y=2.8, width=8.2, height=11.4)
SHOWN = Box(x=10.0, y=2.8, width=PAGE[0] - MARGIN - 10.0, height=11.2)
FOOT = Box(x=MARGIN, y=14.6, width=PAGE[0] - 2 * MARGIN, height=0.7)
POINTS_PER_CM = 72 / 2.54
SMALL_FROM, SMALLEST_FROM = 330, 560
"""Characters of the sentences of a slide from which its letters are smaller."""
NARROWER = 0.77
"""Size of letters beside that of pictures, so that a label holds its words in Liberation Sans or DejaVu Sans, too."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of every file in the archive, so that the same edition gives the same bytes."""


def odp_of(edition: Edition, plain: Mapping[str, bytes]) -> bytes:
    """Return the presentation; the same edition and pictures give the same bytes.

    Args:
        edition: what it shows.
        plain: PNGs without callouts, by the name of the picture.
    """
    words = Translator(edition.language)
    document = Document("presentation")
    builder = _Builder(document, edition, words, plain)
    builder.build()
    _set_metadata(document, edition)
    buffer = io.BytesIO()
    document.save(buffer, pretty=False)
    return _with_fixed_times(buffer.getvalue())


def _set_metadata(document: Document, edition: Edition) -> None:
    meta = document.meta
    meta.title = edition.title
    meta.language = edition.language
    meta.creator = edition.source
    days = edition.checked_days
    moment = datetime.combine(days[1] if days else date(2000, 1, 1), time())
    meta.date = moment
    meta.creation_date = moment


def _with_fixed_times(archive: bytes) -> bytes:
    """Return an archive whose files have a fixed time; the first is the type, not compressed, as the format demands."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as before, zipfile.ZipFile(out, "w") as after:
        names = sorted(before.namelist(), key=lambda name: (name != "mimetype", name))
        for name in names:
            stored = name == "mimetype" or name.endswith(".png")
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            after.writestr(info, before.read(name))
    return out.getvalue()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scale:
    """From px of a picture to cm of a slide."""

    left: float
    top: float
    factor: float

    def box(self, box: Box) -> Box:
        scaled = box.scaled(self.factor)
        return Box(x=self.left + scaled.x, y=self.top + scaled.y, width=scaled.width, height=scaled.height)

    def point(self, point: tuple[float, float]) -> tuple[float, float]:
        return self.left + point[0] * self.factor, self.top + point[1] * self.factor


class _Builder:
    """Builds the slides of a presentation."""

    def __init__(self, document: Document, edition: Edition, words: Translator, plain: Mapping[str, bytes]) -> None:
        self.document = document
        self.edition = edition
        self.words = words
        self.plain = plain
        self.styles: dict[str, str] = {}

    def build(self) -> None:
        body = self.document.body
        body.clear()
        slides = [self._cover(), *(slide for step in self.edition.steps for slide in self._step(step)), self._credits()]
        for slide in slides:
            body.append(Element.from_tag(slide))
        for layout in self.document.styles.get_elements("//style:page-layout-properties"):
            layout.set_attribute("fo:page-width", f"{PAGE[0]}cm")
            layout.set_attribute("fo:page-height", f"{PAGE[1]}cm")
            layout.set_attribute("style:print-orientation", "landscape")
        automatic = self.document.content.get_element("//office:automatic-styles")
        assert automatic is not None, "odfdo's presentation has them"
        for style in self.styles.values():
            automatic.append(Element.from_tag(style))

    # Slides

    def _page(self, name: str, shapes: Sequence[str], style: str = "dp1") -> str:
        return (
            f"<draw:page draw:name={quoteattr(name)} draw:style-name={quoteattr(style)} "
            f'draw:master-page-name="presentation">{"".join(shapes)}</draw:page>'
        )

    def _cover(self) -> str:
        edition, words = self.edition, self.words
        lines = [
            notes.checked_line(edition, words),
            f"{words.gettext('Adapted from:')} {words.typeset(edition.source)}",
        ]
        lines += [f"{words.gettext('Licence:')} {edition.licence}"]
        if edition.draft:
            lines.append(notes.draft_line(words))
        shapes = [
            self._shape("rect", Box(x=0, y=0, width=PAGE[0], height=PAGE[1]), fill="#1d1d24"),
            self._text(
                Box(x=2.2, y=3.6, width=23.5, height=4.2),
                [words.typeset(edition.title)],
                44,
                "#ffffff",
                bold=True,
                kind="title",
                low=True,
            ),
            self._shape("rect", Box(x=2.3, y=8.3, width=2.8, height=0.2), fill="#e0353b"),
            self._text(
                Box(x=2.2, y=9.0, width=23.5, height=4.0),
                [line for line in lines if line],
                17,
                "#d6d6de",
                kind="subtitle",
            ),
        ]
        return self._page(words.typeset(edition.title), shapes)

    def _credits(self) -> str:
        edition, words = self.edition, self.words
        lines = [
            f"{words.gettext('Adapted from:')} {words.typeset(edition.source)} {edition.source_url}".strip(),
            f"{words.gettext('Licence:')} {edition.licence} {edition.licence_url}".strip(),
        ]
        if edition.adaptations:
            lines.append(f"{words.gettext('Changes made:')} {words.typeset(' ; '.join(edition.adaptations))}")
        title = words.gettext("Credits and licence")
        area = Box(x=MARGIN, y=3, width=PAGE[0] - 2 * MARGIN, height=9)
        return self._page(title, [self._title(title), self._text(area, lines, 17, "#1d1d24", kind="outline")])

    def _step(self, step: Step) -> Iterator[str]:
        title = f"{step.number}. {self.words.typeset(step.title)}"
        if not step.pictures:
            area = Box(x=MARGIN, y=3, width=PAGE[0] - 2 * MARGIN, height=10)
            told = [(None, self.words.typeset(sentence)) for sentence in step.text]
            yield self._page(
                title, [self._title(title), self._told(area, told, "#c4161c"), *self._foot(step, shown=False)]
            )
        for place, shown in enumerate(step.pictures, start=1):
            name = title if place == 1 else f"{title} ({place})"
            numbered: list[tuple[int | None, str]] = [
                (one.number, self.words.typeset(one.sentence)) for one in shown.instructions
            ]
            listed = numbered or [(None, self.words.typeset(sentence)) for sentence in step.text]
            shapes = [self._title(title), self._told(LIST, listed, _hex(shown.colour)), *self._picture(shown)]
            yield self._page(name, [*shapes, *self._foot(step, shown=True)])

    def _title(self, title: str) -> str:
        return self._text(TITLE, [title], 25, "#1d1d24", bold=True, kind="title", low=False)

    def _told(self, area: Box, told: Sequence[tuple[int | None, str]], colour: str) -> str:
        length = sum(len(sentence) for _, sentence in told)
        size = 16 if length < SMALL_FROM else 13 if length < SMALLEST_FROM else 11
        number = self._text_style(size, colour, bold=True)
        lines = [
            f"<text:span text:style-name={quoteattr(number)}>{f'{n}' if n is not None else '•'}</text:span>"
            f"<text:tab/>{escape(sentence)}"
            for n, sentence in told
        ]
        return self._frame(area, lines, size, "#1d1d24", kind="outline", hanging=True)

    def _foot(self, step: Step, *, shown: bool) -> list[str]:
        lines = []
        if (note := notes.note_of(step, self.words)) is not None:
            lines.append(note)
        if shown:
            lines.append(notes.caption_of(step, self.words))
        return [self._text(FOOT, [" · ".join(lines)], 9.5, "#55555f")] if lines else []

    def _picture(self, shown: StepPicture) -> list[str]:
        width, height = shown.picture.size
        factor = min(SHOWN.width / width, SHOWN.height / height)
        scale = _Scale(left=SHOWN.x + (SHOWN.width - width * factor) / 2, top=SHOWN.y, factor=factor)
        plain = self.plain[shown.picture.name]
        path = f"Pictures/{shown.picture.name.replace('/', '-')}.png"
        self.document.set_part(path, plain)
        self.document.manifest.add_full_path(path, "image/png")
        style = self._style(
            "fr",
            '<style:graphic-properties draw:stroke="solid" svg:stroke-width="0.02cm" '
            'svg:stroke-color="#c8c8ce" draw:fill="none"/>',
        )
        title = self.words.gettext("Screenshot")
        image = (
            f"<draw:frame draw:style-name={quoteattr(style)} {_place(scale.box(shown.plain))}>"
            f'<draw:image xlink:href={quoteattr(path)} xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/>'
            f"<svg:title>{escape(title)}</svg:title>"
            f"<svg:desc>{escape(shown.picture.alt)}</svg:desc></draw:frame>"
        )
        sentences = {one.number: one.sentence for one in shown.instructions}
        return [image, *(self._callout(one, shown, scale, sentences.get(one.number, "")) for one in shown.callouts)]

    # Callouts

    def _callout(self, one: ShownCallout, shown: StepPicture, scale: _Scale, sentence: str) -> str:
        """Return a group: outline or arrow, line, label and number, each over a white edge."""
        colour, unit = _hex(shown.colour), shown.point * scale.factor
        shapes = []
        for stroke, width in (("#ffffff", STROKE + 2 * HALO), (colour, STROKE)):
            if one.kind == "box":
                shapes.append(
                    self._shape("rect", scale.box(one.outline), stroke=stroke, width=width * unit, corner=CORNER * unit)
                )
            arrow = one.kind == "arrow"
            shapes.append(self._line([scale.point(point) for point in one.path], stroke, width * unit, arrow=arrow))
        label = scale.box(one.label)
        radius = DISC / 2 * unit
        if one.lines:
            panel = Box(x=label.x + radius, y=label.y, width=label.width - radius, height=label.height)
            shapes.append(
                self._shape(
                    "rect",
                    panel,
                    fill="#ffffff",
                    stroke=colour,
                    width=BORDER * unit,
                    corner=CORNER * unit,
                    lines=one.lines,
                    size=FONT_SIZE * unit * POINTS_PER_CM,
                    indent=radius + PADDING_X * 0.7 * unit,
                )
            )
        disc = Box(x=label.x, y=label.y + label.height / 2 - radius, width=2 * radius, height=2 * radius)
        shapes.append(
            self._shape(
                "ellipse",
                disc,
                fill=colour,
                stroke="#ffffff",
                width=HALO * unit,
                lines=(str(one.number),),
                size=FONT_SIZE * unit * POINTS_PER_CM,
                colour="#ffffff",
            )
        )
        title = self.words.gettext("Callout {n}", n=one.number)
        return (
            f"<draw:g draw:name={quoteattr(title)}><svg:title>{escape(title)}</svg:title>"
            f"<svg:desc>{escape(sentence)}</svg:desc>{''.join(shapes)}</draw:g>"
        )

    def _line(self, points: Sequence[tuple[float, float]], stroke: str, width: float, *, arrow: bool) -> str:
        end = f'draw:marker-end="tutofrais-arrow" draw:marker-end-width="{width * 3.4:.3f}cm" ' if arrow else ""
        if arrow:
            self._arrowhead()
        style = self._style(
            "gr",
            f'<style:graphic-properties draw:fill="none" draw:stroke="solid" svg:stroke-width="{width:.3f}cm" '
            f'{end}svg:stroke-color={quoteattr(stroke)} draw:stroke-linejoin="round"/>',
        )
        if len(points) == 2:  # noqa: PLR2004 - a straight line
            (x1, y1), (x2, y2) = points
            return (
                f'<draw:line draw:style-name={quoteattr(style)} svg:x1="{x1:.3f}cm" svg:y1="{y1:.3f}cm" '
                f'svg:x2="{x2:.3f}cm" svg:y2="{y2:.3f}cm"/>'
            )
        left, top = min(x for x, _ in points), min(y for _, y in points)
        right, bottom = max(x for x, _ in points), max(y for _, y in points)
        path = " ".join(f"{round((x - left) * 1000)},{round((y - top) * 1000)}" for x, y in points)
        box = Box(x=left, y=top, width=right - left, height=bottom - top)
        view = f"0 0 {max(round(box.width * 1000), 1)} {max(round(box.height * 1000), 1)}"
        drawn = f'svg:viewBox="{view}" draw:points="{path}"'
        return f"<draw:polyline draw:style-name={quoteattr(style)} {_place(box)} {drawn}/>"

    def _arrowhead(self) -> None:
        styles = self.document.styles
        if styles.get_element('//draw:marker[@draw:name="tutofrais-arrow"]') is None:
            marker = '<draw:marker draw:name="tutofrais-arrow" svg:viewBox="0 0 20 20" svg:d="M10 0 L0 20 L20 20 Z"/>'
            common = styles.get_element("//office:styles")
            assert common is not None, "odfdo's presentation has them"
            common.append(Element.from_tag(marker))

    def _shape(  # noqa: PLR0913 - all that a shape may have
        self,
        tag: str,
        box: Box,
        *,
        fill: str | None = None,
        stroke: str | None = None,
        width: float = 0.0,
        corner: float = 0.0,
        lines: Sequence[str] = (),
        size: float = 12,
        colour: str = "#1d1d24",
        indent: float | None = None,
    ) -> str:
        filled = f'draw:fill="solid" draw:fill-color={quoteattr(fill)}' if fill else 'draw:fill="none"'
        stroked = (
            f'draw:stroke="solid" svg:stroke-width="{width:.3f}cm" svg:stroke-color={quoteattr(stroke)}'
            if stroke
            else 'draw:stroke="none"'
        )
        align = "center" if indent is None else "left"
        left = 0 if indent is None else indent
        style = self._style(
            "gr",
            f'<style:graphic-properties {filled} {stroked} draw:textarea-horizontal-align="{align}" '
            f'draw:textarea-vertical-align="middle" draw:auto-grow-height="false" draw:auto-grow-width="false" '
            f'fo:wrap-option="no-wrap" fo:padding-left="{left:.3f}cm" fo:padding-right="0cm" fo:padding-top="0cm" '
            f'fo:padding-bottom="0cm"/>',
        )
        letters = self._text_style(size * NARROWER, colour, bold=True)
        paragraph = self._paragraph_style(align)
        text = "".join(
            f"<text:p text:style-name={quoteattr(paragraph)}><text:span text:style-name={quoteattr(letters)}>"
            f"{escape(line)}</text:span></text:p>"
            for line in lines
        )
        rounded = f' draw:corner-radius="{corner:.3f}cm"' if corner else ""
        return f"<draw:{tag} draw:style-name={quoteattr(style)} {_place(box)}{rounded}>{text}</draw:{tag}>"

    # Text

    def _text(
        self,
        box: Box,
        lines: Sequence[str],
        size: float,
        colour: str,
        *,
        bold: bool = False,
        kind: str | None = None,
        low: bool = False,
    ) -> str:
        return self._frame(box, [escape(line) for line in lines], size, colour, bold=bold, kind=kind, low=low)

    def _frame(
        self,
        box: Box,
        lines: Sequence[str],
        size: float,
        colour: str,
        *,
        bold: bool = False,
        kind: str | None = None,
        low: bool = False,
        hanging: bool = False,
    ) -> str:
        vertical = "bottom" if low else "top"
        properties = (
            f'<style:graphic-properties draw:fill="none" draw:stroke="none" draw:auto-grow-height="false" '
            f'draw:textarea-vertical-align="{"middle" if kind == "title" and not low else vertical}" '
            f'fo:padding="0cm" draw:fit-to-size="false" fo:min-height="0.5cm"/>'
        )
        style = self._style("pr" if kind else "gr", properties)
        letters = self._text_style(size, colour, bold=bold)
        paragraph = self._paragraph_style("left", after=0.22 if hanging else 0.1, hanging=hanging)
        content = "".join(
            f"<text:p text:style-name={quoteattr(paragraph)}><text:span text:style-name={quoteattr(letters)}>{line}"
            f"</text:span></text:p>"
            for line in lines
        )
        placed = (
            f'presentation:style-name={quoteattr(style)} presentation:class="{kind}"'
            if kind
            else f"draw:style-name={quoteattr(style)}"
        )
        written = f"<draw:text-box>{content}</draw:text-box>"
        return f'<draw:frame {placed} draw:layer="layout" {_place(box)}>{written}</draw:frame>'

    def _text_style(self, size: float, colour: str, *, bold: bool) -> str:
        weight = "bold" if bold else "normal"
        return self._style(
            "T",
            f'<style:text-properties fo:font-size="{size:.1f}pt" fo:color="{colour}" fo:font-weight="{weight}" '
            f'fo:font-family="Liberation Sans" fo:language="{self.edition.language}"/>',
        )

    def _paragraph_style(self, align: str, *, after: float = 0.0, hanging: bool = False) -> str:
        indent = (
            'fo:margin-left="0.9cm" fo:text-indent="-0.9cm"' if hanging else 'fo:margin-left="0cm" fo:text-indent="0cm"'
        )
        stops = '<style:tab-stops><style:tab-stop style:position="0cm"/></style:tab-stops>' if hanging else ""
        return self._style(
            "P",
            f'<style:paragraph-properties fo:text-align="{align}" {indent} fo:margin-right="0cm" fo:margin-top="0cm" '
            f'fo:margin-bottom="{after}cm" fo:line-height="100%">{stops}</style:paragraph-properties>',
        )

    def _style(self, kind: str, properties: str) -> str:
        """Return the name of the automatic style with these properties, declared once."""
        family = {"T": "text", "P": "paragraph", "pr": "presentation"}.get(kind, "graphic")
        key = f"{family} {properties}"
        if key not in self.styles:
            name = f"tf{len(self.styles)}"
            self.styles[key] = f'<style:style style:name="{name}" style:family="{family}">{properties}</style:style>'
            return name
        return self.styles[key].split('"', 2)[1]


def _place(box: Box) -> str:
    return f'svg:x="{box.x:.3f}cm" svg:y="{box.y:.3f}cm" svg:width="{box.width:.3f}cm" svg:height="{box.height:.3f}cm"'


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
