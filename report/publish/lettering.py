"""Lettering of callouts: fonts with fallbacks for every character, and lines that break where a reader expects it."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageDraw, ImageFont

FONTS = Path(__file__).with_name("fonts")
BUNDLED = tuple(
    FONTS / f"{name}.woff2" for name in ("source-sans-3-latin-600-normal", "dejavu-sans-bold", "dejavu-sans-regular")
)
"""Fonts of callouts; each character is drawn with the first that has it."""
ELLIPSIS = "…"
FONTCONFIG_TIMEOUT_S = 10
_SPACES = re.compile(r"[^\S\u00a0]+")
_NO_BREAK = re.compile("[\u00a0\u202f\u2007]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]")
_OPENING = frozenset(("«", "“", "„", "(", "["))
"""Words after which no line breaks."""
_CLOSING = re.compile(r"[»”)\]:;!?%*€…]+[.,…]?")
"""Words before which no line breaks."""
Colour = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Typeface:
    """A font file; of a collection, one of its faces."""

    file: Path
    face: int = 0

    def has(self, character: str) -> bool:
        return ord(character) in _characters_of(self)

    def at(self, size: float) -> ImageFont.FreeTypeFont:
        """Return the font at a size in px."""
        return _font(self, round(size * 4) / 4)


@cache
def _characters_of(typeface: Typeface) -> frozenset[int]:
    with TTFont(typeface.file, fontNumber=typeface.face, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@cache
def _font(typeface: Typeface, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(typeface.file, size, index=typeface.face, layout_engine=ImageFont.Layout.BASIC)


@cache
def typeface_for(character: str) -> Typeface | None:
    """Return the first typeface that has a character: of the bundled ones, then of the system; None: none has it."""
    for file in BUNDLED:
        if (bundled := Typeface(file=file)).has(character):
            return bundled
    return _system_typeface(character)


def _system_typeface(character: str) -> Typeface | None:
    """Ask fontconfig (``fc-list``) for an installed font that has a character; None: there is none."""
    program = shutil.which("fc-list")
    if program is None:
        return None
    query = [program, f":charset={ord(character):x}:color=false", "-f", "%{file}\t%{index}\n"]
    try:
        found = subprocess.run(query, capture_output=True, text=True, timeout=FONTCONFIG_TIMEOUT_S, check=False)  # noqa: S603 - the program is fontconfig's, the query one code point
    except (OSError, subprocess.TimeoutExpired):
        return None
    for line in sorted(found.stdout.splitlines()):
        file, _, face = line.partition("\t")
        # fontconfig keeps the named instance of a variable font in the upper 16 bits of the index.
        typeface = Typeface(file=Path(file), face=int(face or 0) & 0xFFFF)
        if _is_usable(typeface, character):
            return typeface
    return None


def _is_usable(typeface: Typeface, character: str) -> bool:
    try:
        return typeface.has(character) and typeface.at(16).getlength(character) >= 0
    except Exception:  # noqa: BLE001 - a damaged font of the system may make any library fail
        return False


def legible(text: str) -> str:
    """Return a text without the characters that no font of this machine can draw; its spaces are of two kinds."""
    plain = _SPACES.sub(" ", _NO_BREAK.sub("\u00a0", _UNSEEN.sub("", text)))
    drawn = "".join(one for one in plain if one == " " or typeface_for(one) is not None)
    return " ".join(drawn.split(" ")).strip()


def _runs(text: str) -> Iterator[tuple[Typeface, str]]:
    """Yield the parts of a legible text, each with its typeface; a space has that of the text before it."""
    typefaces: list[Typeface] = []
    for character in text:
        known = None if character == " " and typefaces else typeface_for(character)
        typefaces.append(known or (typefaces[-1] if typefaces else Typeface(file=BUNDLED[0])))
    places = zip(typefaces, text, strict=True)
    for typeface, part in groupby(places, key=lambda pair: pair[0]):
        yield typeface, "".join(character for _, character in part)


@cache
def width_of(text: str, size: float) -> float:
    """Return the width of a legible text, px."""
    return sum(typeface.at(size).getlength(part) for typeface, part in _runs(text))


def write_text(pen: ImageDraw.ImageDraw, x: float, middle: float, text: str, *, size: float, fill: Colour) -> None:
    """Draw a legible text from ``x``, centred on the height of its capitals; px."""
    baseline = middle + size * 0.33
    for typeface, part in _runs(text):
        font = typeface.at(size)
        pen.text((x, baseline), part, font=font, fill=fill, anchor="ls")
        x += font.getlength(part)


def wrap(text: str, size: float, widest: float, most_lines: int) -> tuple[str, ...]:
    """Break a text into lines of nearly the same length.

    A line breaks at a space, never after an opening quotation mark or before a closing one or a high punctuation
    mark; a word that is too long breaks between characters.

    Args:
        text: as the tutorial writes it.
        size: of the font, px.
        widest: width of a line, px.
        most_lines: what is longer ends with an ellipsis.
    """
    words = [piece for word in _unbreakable(legible(text)) for piece in _pieces(word, size, widest)]
    lines = _filled(words, size, widest)
    if len(lines) > most_lines:
        words = _shortened(lines[:most_lines], size, widest)
        lines = _filled(words, size, widest)
    if len(lines) <= 1:
        return tuple(lines)
    # The narrowest width that needs no more lines.
    low, high = max(width_of(word, size) for word in words), widest
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_filled(words, size, middle)) <= len(lines) else (middle, high)
    return tuple(_filled(words, size, high))


def _unbreakable(text: str) -> list[str]:
    """Return the parts of a text between which a line may break."""
    parts: list[str] = []
    for word in text.split(" "):
        if parts and (parts[-1].rsplit(" ", 1)[-1] in _OPENING or _CLOSING.fullmatch(word)):
            parts[-1] += f" {word}"
        elif word:
            parts.append(word)
    return parts


def _pieces(word: str, size: float, widest: float) -> Iterator[str]:
    """Yield a word, or, if it is too long for a line, its pieces."""
    while width_of(word, size) > widest and len(word) > 1:
        fits = [n for n in range(1, len(word)) if width_of(word[:n], size) <= widest]
        end = max((n for n in fits if word[n].isalnum() and word[n - 1].isalnum()), default=max(fits, default=1))
        yield word[:end]
        word = word[end:]
    yield word


def _filled(words: Sequence[str], size: float, widest: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and width_of(f"{lines[-1]} {word}", size) <= widest:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _shortened(lines: Sequence[str], size: float, widest: float) -> list[str]:
    """Return the words of lines that end with an ellipsis, and fit."""
    last = lines[-1].split(" ")
    while len(last) > 1 and (width_of(" ".join(last) + ELLIPSIS, size) > widest or last[-1] in _OPENING):
        del last[-1]
    kept = " ".join(last).rstrip(" ,;:.")
    while len(kept) > 1 and width_of(kept + ELLIPSIS, size) > widest:
        kept = kept[:-1]
    return [word for line in (*lines[:-1], kept + ELLIPSIS) for word in _unbreakable(line)]
