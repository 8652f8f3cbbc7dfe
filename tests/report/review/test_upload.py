"""Uploaded pictures: only their pixels are written."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from capture.errors import DecisionRefused
from report.review import upload as seal
from report.review.upload import sanitize_upload


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (1, 2, 3)).save(buffer, kind, **more)
    return buffer.getvalue()


def chunks(png: bytes) -> set[bytes]:
    found, at = set(), 8
    while at < len(png):
        found.add(png[at + 4 : at + 8])
        at += 12 + int.from_bytes(png[at : at + 4])
    return found


def test_only_pixels_are_kept() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "quelqu'un")
    exif = Image.Exif()
    exif[0x010E] = "où et quand"
    for data in (picture(pnginfo=told, exif=exif, dpi=(72, 72)), picture("JPEG", exif=exif, comment=b"moi")):
        png = sanitize_upload(data)
        assert chunks(png) == {b"IHDR", b"IDAT", b"IEND"}
        with Image.open(io.BytesIO(png)) as image:
            assert image.size == (40, 30)
            assert image.info == {}


def bomb() -> bytes:
    """Return a small PNG whose header declares 60,000 × 60,000 px."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    whole = b"IHDR" + header
    rest = picture()[33:]
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + whole + struct.pack(">I", zlib.crc32(whole)) + rest


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg/>", b"GIF89a", picture("GIF"), picture("TIFF"), picture()[:60], bomb()],
    ids=["nothing", "svg", "half a gif", "gif", "tiff", "cut off", "bomb"],
)
def test_an_upload_that_is_no_picture_or_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(DecisionRefused):
        sanitize_upload(data)


def test_a_picture_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "MOST_PX", 1199)
    with pytest.raises(DecisionRefused, match="large"):
        sanitize_upload(picture())
    monkeypatch.setattr(seal, "MOST_BYTES", 10)
    with pytest.raises(DecisionRefused, match="large"):
        sanitize_upload(picture(size=(2, 2)))
