"""A picture that a person adds to a page checked by hand: bounded, blacked out, and stripped of all but its pixels."""

import io

from PIL import Image

from capture.errors import DecisionRefused
from capture.messages import Phrase

MOST_BYTES = 8_000_000
MOST_PX = 20_000_000


def sanitize_upload(data: bytes) -> bytes:
    """A PNG of a picture's visible pixels, and of nothing else; raises DecisionRefused.

    The parts that a person blacked out are black in ``data`` already: the browser never sends what is under them.
    """
    if len(data) > MOST_BYTES:
        raise DecisionRefused(Phrase("the picture is too large"))
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MOST_PX:
                raise DecisionRefused(Phrase("the picture is too large"))
            pixels = Image.frombytes("RGB", image.size, image.convert("RGB").tobytes())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DecisionRefused(Phrase("it is no picture")) from error
    buffer = io.BytesIO()
    pixels.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
