"""Decode the pictures of a document."""

import io
import warnings

from PIL import Image

from capture.capture import MOST_PIXELS
from capture.storage import sha256
from report.draft.old_tutorial import OldPicture

_FAST = 1
"""Level of compression (zlib) at which a thousand pictures take seconds, not minutes."""


def decoded_picture(data: bytes) -> OldPicture | None:
    """Return a picture as PNG; None if it is none that Pillow reads, such as a drawing, or if it is too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                return png_picture(image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def png_picture(image: Image.Image) -> OldPicture | None:
    """Return a picture as PNG; None if it is too large."""
    if image.width * image.height > MOST_PIXELS:
        return None
    file = io.BytesIO()
    image.convert("RGB").save(file, "PNG", compress_level=_FAST)
    png = file.getvalue()
    return OldPicture(png=png, width=image.width, height=image.height, sha256=sha256(png))
