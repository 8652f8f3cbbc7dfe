"""Types of values in files, and decoding of files from elsewhere: what does not fit is refused on reading."""

import codecs
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from capture.messages import Phrase

MOST_CHARACTERS = 100_000
"""Characters of one text."""
LONGEST_NOTE = 2000
LONGEST_SENTENCE = 1000
"""Characters of a sentence of a tutorial."""
LONGEST_NAME = 200
"""Characters of a person's name."""
LARGEST_PX = 1e9
"""Coordinates and lengths, px; Firefox's own limit is about 18 million CSS px."""
MOST_PX_A_SIDE = 1_000_000
"""Width and height of a picture, px."""

_END = r"$(?!\n)"

Name = Annotated[str, Meta(pattern=rf"^(?!\.)[\w.-]{{1,200}}{_END}")]
"""Name of a file or a folder: letters, digits, ``-``, ``_`` and dots, not at the beginning."""
RelativePath = Annotated[str, Meta(pattern=rf"^(?![./])(?!.*/[./])[\w./-]{{1,800}}{_END}")]
"""Path inside a folder: names with ``/`` between them."""
WebAddress = Annotated[str, Meta(pattern=r"^https?://", max_length=MOST_CHARACTERS)]
Sha256 = Annotated[str, Meta(pattern=rf"^[0-9a-f]{{64}}{_END}")]
"""SHA-256 in hexadecimal."""
Side = Annotated[int, Meta(ge=0, le=MOST_PX_A_SIDE)]
"""Width or height of a picture, px."""
Coordinate = Annotated[float, Meta(ge=-LARGEST_PX, le=LARGEST_PX)]
PageNumber = Annotated[int, Meta(ge=0, le=9999)]
Scale = Annotated[float, Meta(gt=0, le=10)]
Person = Annotated[str, Meta(max_length=LONGEST_NAME)]
"""Name of a person who decides."""
Sentence = Annotated[str, Meta(max_length=LONGEST_SENTENCE)]
"""Sentence of a tutorial."""
Note = Annotated[str, Meta(max_length=LONGEST_NOTE)]
T = TypeVar("T")


class Unfit(ValueError):
    """Content of a file is not what such a file contains; its argument is a Phrase that says what is wrong."""


def decode_json(data: bytes, kind: type[T]) -> T:
    """Decode a JSON file in UTF-8, with or without a byte order mark; raises Unfit."""
    try:
        return msgspec.json.decode(data.removeprefix(codecs.BOM_UTF8), type=kind)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at ")
        if "regex" in message:
            message = Phrase("this value does not belong there")
        where = place.strip("`") or "$"  # the root of the document, as msgspec names its parts
        raise Unfit(Phrase("{what} (at {where})", what=message, where=where)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unfit(Phrase("it is no JSON in UTF-8: {why}", why=str(error))) from error


def check_format(data: bytes, known: int) -> None:
    """Raise Unfit unless a JSON file says that it has this format."""
    found = decode_json(data, _Format).format
    if found != known:
        raise Unfit(Phrase("it has format {found}, and this tutofrais reads {known}", found=found, known=known))


class _Format(msgspec.Struct):
    """Number of a file's format; what else the file contains is skipped."""

    format: int = 1
