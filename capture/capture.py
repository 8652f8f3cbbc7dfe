"""Captures: the PNG of one page, and its JSON sidecar; read, write and remove them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from PIL import Image

from capture.checked_values import Name, PageNumber, Scale, Sha256, Side, Unfit, check_format, decode_json
from capture.elements import Element
from capture.errors import PictureCorrupt, SidecarCorrupt
from capture.geometry import Box
from capture.messages import Phrase
from capture.noise_floor import NoiseFloor
from capture.scenario.instruction import InstructionResult
from capture.sidecar_json import to_text
from capture.storage import png_size, read_bytes, remove, sha256, write
from capture.visible_text import visible

FORMAT = 2
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 80_000_000
"""Pixels of a picture; a longer one would take gigabytes of memory when it is decoded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """Software and settings that determine a page's rendering: captures of different ones may differ by them alone."""

    firefox: str
    kind: Literal["stock", "playwright"]
    """Stock Firefox, or Playwright's own build of it."""
    os: str
    viewport: tuple[Side, Side]
    """Width and height in CSS px."""
    scale: Scale
    """Device scale factor: px of the picture per CSS px."""
    locale: str
    timezone: str
    fonts: tuple[str, ...] = ()
    """Families of the web fonts that the page had loaded."""
    text_rendering: str = ""
    """Digest of a line of text as this desktop draws it, with its fonts, hinting and smoothing; empty: not recorded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """What instructions that are false now pointed at on the last approved picture on which they were true."""

    elements: tuple[Element, ...]
    """All elements of that picture."""
    instructions: tuple[InstructionResult, ...]
    """Their results on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureRange:
    """One of several pictures that a capture shows one below another."""

    name: str
    """As ``shoot`` names it; empty: it has none."""
    box: Box
    """Its place in the capture's PNG, px."""
    first_element: int
    """Index of the first element on it; those until the next picture's belong to it."""
    first_instruction: int
    """Index of the first instruction on it."""
    alt: str = ""
    """Its alternative text, if the author wrote one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sidecar:
    """Description of a captured page: its elements, instruction results and environment."""

    tutorial: Name
    page: PageNumber
    site: str
    url: str
    """URL on the real site."""
    title: str
    taken: datetime
    environment: Environment
    picture_sha256: Sha256
    stable: bool
    """False: the page was still changing when the time limit of ``wait_until_stable`` was reached."""
    frame: Box | None
    """Part of the picture that the tutorial shows, px; None: all of it."""
    masks: tuple[Box, ...]
    """Parts that are not compared, px."""
    elements: tuple[Element, ...]
    instructions: tuple[InstructionResult, ...]
    unstable: tuple[Box, ...] = ()
    """Boxes that still changed on an unstable page, px."""
    noise_floor: NoiseFloor | None = None
    """Noise floor of the picture; None: not measured."""
    references: tuple[Reference, ...] = ()
    """References of the false instructions, each of another picture; approving this one does not change them."""
    pictures: tuple[PictureRange, ...] = ()
    """Several pictures in the PNG, one below another; empty: there is one."""
    alt: str = ""
    """Alternative text of the picture, if the author wrote one."""
    format: int = FORMAT

    @property
    def false_instructions(self) -> tuple[InstructionResult, ...]:
        return tuple(result for result in self.instructions if not result.true)


def references_of(results: Iterable[InstructionResult], baseline: Sidecar | None) -> tuple[Reference, ...]:
    """Return the references of the instructions that are false, among the baseline and its own references.

    Args:
        results: of all instructions of a page.
        baseline: the page's approved capture.
    """
    if baseline is None:
        return ()
    missing = {result.sentence for result in results if not result.true}
    references = []
    for known in (Reference(elements=baseline.elements, instructions=baseline.instructions), *baseline.references):
        pointed = tuple(one for one in known.instructions if one.true and one.sentence in missing)
        missing -= {one.sentence for one in pointed}
        if pointed:
            references.append(replace(known, instructions=pointed))
    return tuple(references)


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """A captured page: the PNG and its sidecar. An approved capture is a baseline."""

    sidecar: Sidecar
    png: bytes
    sidecar_json: bytes
    """Bytes of the sidecar's file."""

    @classmethod
    def of(cls, sidecar: Sidecar, png: bytes) -> "Capture":
        """Create a capture, encoding its sidecar."""
        return cls(sidecar=sidecar, png=png, sidecar_json=encode(sidecar))

    @property
    def sha256(self) -> str:
        """SHA-256 of the sidecar's file, which contains that of the PNG."""
        return sha256(self.sidecar_json)


def encode(sidecar: Sidecar) -> bytes:
    """Encode a sidecar as JSON that is readable in a diff."""
    return to_text(sidecar).encode()


def decode(data: bytes, path: Path) -> Sidecar:
    """Decode a sidecar; raises SidecarCorrupt, which names ``path``."""
    try:
        check_format(data, FORMAT)
        sidecar = decode_json(data, Sidecar)
        _check_indices(sidecar)
    except Unfit as error:
        raise SidecarCorrupt(path, *error.args) from error
    return sidecar


def _check_indices(sidecar: Sidecar) -> None:
    """Raise Unfit if an element or an instruction refers to an element that is not there, or an element to itself."""
    for elements, instructions in (
        (sidecar.elements, sidecar.instructions),
        *((reference.elements, reference.instructions) for reference in sidecar.references),
    ):
        n = len(elements)
        referred = (
            *(index for one in elements for index in (one.parent, one.covered_by, one.opener)),
            *(result.element for result in instructions),
        )
        if any(index is not None and not -1 <= index < n for index in referred) or _has_cycle(elements):
            raise Unfit(Phrase("it refers to an element that it does not contain"))


def _has_cycle(elements: Sequence[Element]) -> bool:
    """Return whether an element contains itself."""
    sound: set[int] = set()
    for start in range(len(elements)):
        chain: list[int] = []
        index: int | None = start
        while index is not None and index not in sound:
            if index in chain:
                return True
            chain.append(index)
            index = elements[index].parent
        sound.update(chain)
    return False


def capture_stem(folder: Path, slug: str, page: int) -> Path:
    """Return the path of a page's capture without extension, in a folder of captures or baselines of a site."""
    return folder / slug / f"{page:02}"


def write_capture(capture: Capture, stem: Path) -> None:
    """Write ``stem.png`` and ``stem.json`` into a folder that nobody reads yet; raises CannotWrite."""
    write(stem.with_suffix(".png"), capture.png)
    write(stem.with_suffix(".json"), capture.sidecar_json)


def remove_capture(stem: Path) -> None:
    """Remove ``stem.png`` and ``stem.json``, if they are there; raises CannotWrite."""
    remove(stem.with_suffix(".json"))
    remove(stem.with_suffix(".png"))


def read_capture(stem: Path) -> Capture:
    """Read ``stem.json`` and ``stem.png``; raises SidecarCorrupt or PictureCorrupt."""
    json_path, png_path = stem.with_suffix(".json"), stem.with_suffix(".png")
    sidecar_json = read_bytes(json_path, SidecarCorrupt)
    sidecar = decode(sidecar_json, json_path)
    if f"{sidecar.page:02}" != stem.name or sidecar.tutorial != stem.parent.name:
        page = f"{sidecar.tutorial}/{sidecar.page}"
        raise SidecarCorrupt(json_path, Phrase("it describes another page, {page}", page=visible(page)))
    png = read_bytes(png_path, PictureCorrupt)
    if sha256(png) != sidecar.picture_sha256:
        raise PictureCorrupt(png_path, Phrase("it is not the picture that {sidecar} describes", sidecar=json_path.name))
    check_png(png, png_path)
    return Capture(sidecar=sidecar, png=png, sidecar_json=sidecar_json)


def check_png(png: bytes, path: Path) -> None:
    """Raise PictureCorrupt unless a file begins as a PNG of a size that can be decoded."""
    width, height = png_size(png)
    if not png.startswith(PNG_SIGNATURE) or not width or not height:
        raise PictureCorrupt(path, Phrase("it is no PNG"))
    if width * height > MOST_PIXELS:
        raise PictureCorrupt(path, Phrase("it has more than {n} million pixels", n=MOST_PIXELS // 1_000_000))


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Turn what Pillow raises about a picture into PictureCorrupt with its path."""
    try:
        yield
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureCorrupt(path, visible(str(error))) from error
