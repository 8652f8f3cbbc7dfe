"""Pages that are drawn here, to compare them: six lines of text, with what a test draws on them."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from capture.elements import Element
from capture.scenario.instruction import InstructionResult
from report.compare.comparison import Comparison, Side, compare
from report.compare.pixel_diff import Screenshot

SIZE = (480, 320)
BLUE, GREY, RED = (0, 99, 203), (110, 110, 110), (206, 5, 0)
Draw = Callable[[ImageDraw.ImageDraw], None]


def font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def page(*parts: Draw, shift: tuple[int, int] = (0, 0), size: float = 15) -> Image.Image:
    """Draw a page of six lines of text, with more on it, and move it by whole pixels."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    for number in range(6):
        draw.text((24, 150 + 26 * number), f"Ligne {number} de la page des horaires", fill="black", font=font(size))
    for part in parts:
        part(draw)
    return image.transform(SIZE, Image.Transform.AFFINE, (1, 0, -shift[0], 0, 1, -shift[1]), fillcolor="white")


def side(
    image: Image.Image,
    elements: Sequence[Element] = (),
    instructions: Sequence[InstructionResult] = (),
    *,
    text_rendering: str = "",
) -> Side:
    data = io.BytesIO()
    image.save(data, "PNG")
    shot = Screenshot(png=data.getvalue(), path=Path("page.png"))
    return Side(screenshot=shot, elements=elements, instructions=instructions, text_rendering=text_rendering)


def compared(one: Side, other: Side) -> Comparison:
    found = compare(one, other).comparison
    assert compare(other, one).comparison.same == found.same, "the order does not matter"
    return found


def button(*, frame: tuple[int, int, int] | None = None, thick: int = 2) -> Draw:
    def draw(on: ImageDraw.ImageDraw) -> None:
        on.rectangle((40, 40, 179, 79), fill=(220, 225, 240))
        on.text((60, 50), "Continuer", fill="black", font=font(15))
        if frame:
            on.rectangle((37 - thick, 37 - thick, 182 + thick, 82 + thick), outline=frame, width=thick)

    return draw


def word(text: str, *, weight: int = 0) -> Draw:
    return lambda on: on.text((24, 60), text, fill="black", font=font(16), stroke_width=weight)
