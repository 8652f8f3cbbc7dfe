"""Pictures as they would be published, with their callouts, if the candidate of a page were approved."""

from dataclasses import dataclass

from capture.capture import Capture
from capture.picture_stack import taken_apart
from report.publish.callout import Side
from report.publish.picture_files import encode_webp
from report.publish.published_picture import PublishedPicture, published_picture
from report.results.run_record import CalloutSide, MovedCallout

QUALITY = 82
"""Quality of the WebP, 0 to 100."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnPreview:
    """One picture of a page with its callouts."""

    webp: bytes
    size: tuple[int, int]
    """Width and height, px."""
    moved: tuple[MovedCallout, ...]
    """Callouts that are no longer on the side where the approved picture has them."""


def draw_previews(candidate: Capture, approved: Capture | None, language: str) -> tuple[DrawnPreview, ...]:
    """Draw each picture of a candidate; callouts stay on the side of the approved picture where there is room.

    Raises:
        OSError, SyntaxError, ValueError: Pillow cannot read a picture.
    """
    known_parts = taken_apart(approved) if approved is not None else ()
    before = {name: published_picture(part, language=language) for name, part in known_parts}
    drawn = []
    for name, part in taken_apart(candidate):
        sides = _sides(before[name]) if name in before else {}
        known = {one.number: sides[one.sentence] for one in part.sidecar.instructions if one.sentence in sides}
        picture = published_picture(part, language=language, last_sides=known)
        moved = tuple(
            MovedCallout(instruction=number, before=_recorded(known[number]), now=_recorded(side))
            for number, side in picture.sides.items()
            if known.get(number, side) != side
        )
        drawn.append(
            DrawnPreview(webp=encode_webp(picture.drawn(), quality=QUALITY, method=2), size=picture.size, moved=moved)
        )
    return tuple(drawn)


def _sides(picture: PublishedPicture) -> dict[str, Side]:
    """Return the side of each callout by its sentence."""
    sentences = {result.number: result.sentence for result in picture.instructions}
    return {sentences[number]: side for number, side in picture.sides.items()}


def _recorded(side: Side) -> CalloutSide:
    """Return a side as the run record names it."""
    return side.value
