"""Files of published pictures: PNGs made as small as possible, and WebPs beside them."""

import io

import oxipng
from PIL import Image

OPTIMISATION = 2
"""Level of oxipng, from 0 to 6: higher ones take several times as long and save less than a hundredth."""
LONGEST_WEBP = 16383
"""Longest side that a WebP can have, px (RFC 9649)."""
DENSE_QUALITY = 88
"""Quality of a WebP with two pixels for each pixel of the page, 0 to 100: at that density no loss is seen."""
PRINT_QUALITY = 92


def optimised(png: bytes) -> bytes:
    """Return a PNG with the same pixels in fewer bytes, without metadata."""
    return oxipng.optimize_from_memory(png, level=OPTIMISATION, strip=oxipng.StripChunks.safe())


def png_of(image: Image.Image) -> bytes:
    """Encode an image as an optimised PNG."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return optimised(buffer.getvalue())


def webp_of(image: Image.Image) -> bytes:
    """Encode an image as a WebP without loss."""
    return encode_webp(image, quality=60, method=4, lossless=True)


def dense_webp_of(image: Image.Image) -> bytes:
    """Encode an image of double density as a WebP."""
    return encode_webp(image, quality=DENSE_QUALITY, method=4)


def encode_webp(image: Image.Image, *, quality: int, method: int, lossless: bool = False) -> bytes:
    """Encode an image as a WebP; one with a longer side than a WebP can have is reduced to that length.

    Args:
        image: the image.
        quality: 0 to 100.
        method: effort, from 0 to 6.
        lossless: keep every pixel.
    """
    if max(image.size) > LONGEST_WEBP:
        scale = LONGEST_WEBP / max(image.size)
        size = tuple(max(round(side * scale), 1) for side in image.size)
        image = image.resize((size[0], size[1]), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", lossless=lossless, quality=quality, method=method)
    return buffer.getvalue()


def printable(webp: bytes) -> bytes:
    """Return a picture as a JPEG, which a PDF contains as it is."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(webp)) as opened:
        opened.convert("RGB").save(buffer, "JPEG", quality=PRINT_QUALITY, subsampling=0, optimize=True)
    return buffer.getvalue()
