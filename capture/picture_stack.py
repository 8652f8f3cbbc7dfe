"""Several pictures of one page in one capture: stacked one below another, and taken apart again."""

import io
from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from capture.capture import Capture, PictureRange, Reference, Sidecar
from capture.elements import Element
from capture.geometry import Box
from capture.scenario.instruction import InstructionResult
from capture.storage import sha256

GAP_PX = 24
"""Height of the white strip between two pictures."""


def stack(above: Capture, below: Capture, name: str) -> Capture:
    """Return one capture with the picture of another one below; instructions and elements keep their order.

    Args:
        above: of one picture, or a stack of several.
        below: of one picture.
        name: of the picture below.
    """
    top, bottom = _image(above.png), _image(below.png)
    down = top.height + GAP_PX
    picture = Image.new("RGB", (max(top.width, bottom.width), down + bottom.height), "white")
    picture.paste(top, (0, 0))
    picture.paste(bottom, (0, down))
    png = _png(picture)
    first, second = above.sidecar, _moved(below.sidecar, down, len(above.sidecar.elements))
    added = PictureRange(
        name=name,
        box=Box(x=0, y=down, width=bottom.width, height=bottom.height),
        first_element=len(first.elements),
        first_instruction=len(first.instructions),
        alt=second.alt,
    )
    sidecar = replace(
        first,
        picture_sha256=sha256(png),
        stable=first.stable and second.stable,
        frame=_union(first.frame or _whole(top, 0), second.frame or added.box) if first.frame or second.frame else None,
        masks=(*first.masks, *second.masks),
        elements=(*first.elements, *second.elements),
        instructions=(*first.instructions, *second.instructions),
        unstable=(*first.unstable, *second.unstable),
        references=(*first.references, *second.references),
        pictures=(*pictures_of(first, _whole(top, 0)), added),
    )
    return Capture.of(sidecar, png)


def pictures_of(sidecar: Sidecar, whole: Box) -> tuple[PictureRange, ...]:
    """Return the pictures of a capture; one that is no stack has a single picture without a name."""
    return sidecar.pictures or (
        PictureRange(name="", box=whole, first_element=0, first_instruction=0, alt=sidecar.alt),
    )


def picture_named(sidecar: Sidecar, name: str) -> Sidecar | None:
    """Return the description of one picture of a stack, as if it were alone; None: there is none of this name."""
    if not sidecar.pictures:
        return sidecar if not name else None
    for place, picture in enumerate(sidecar.pictures):
        if picture.name == name:
            following = sidecar.pictures[place + 1] if place + 1 < len(sidecar.pictures) else None
            return _alone(sidecar, picture, following)
    return None


def taken_apart(capture: Capture) -> tuple[tuple[str, Capture], ...]:
    """Return the name and the capture of each picture of a stack."""
    if not capture.sidecar.pictures:
        return (("", capture),)
    image = _image(capture.png)
    parts = []
    for picture in capture.sidecar.pictures:
        sidecar, box = picture_named(capture.sidecar, picture.name), picture.box
        assert sidecar is not None, "one of its own pictures"
        png = _png(image.crop((round(box.x), round(box.y), round(box.right), round(box.bottom))))
        parts.append((picture.name, Capture.of(replace(sidecar, picture_sha256=sha256(png)), png)))
    return tuple(parts)


def without_later_pictures(capture: Capture, kept: Sidecar) -> Capture:
    """Return a stack without the pictures that another capture of the page has not, because its scenario stopped."""
    names = {picture.name for picture in kept.pictures} or {""}
    parts = taken_apart(capture)
    if all(name in names for name, _ in parts) or parts[0][0] not in names:
        return capture
    result = parts[0][1]
    for name, part in parts[1:]:
        if name in names:
            result = stack(result, part, name)
    return result


def _alone(sidecar: Sidecar, picture: PictureRange, following: PictureRange | None) -> Sidecar:
    elements = slice(picture.first_element, following.first_element if following else None)
    instructions = slice(picture.first_instruction, following.first_instruction if following else None)
    kept = replace(
        sidecar,
        frame=sidecar.frame and sidecar.frame.intersection(picture.box),
        masks=tuple(mask for mask in sidecar.masks if mask.overlap(picture.box)),
        unstable=tuple(box for box in sidecar.unstable if box.overlap(picture.box)),
        elements=sidecar.elements[elements],
        instructions=sidecar.instructions[instructions],
        pictures=(),
        alt=picture.alt,
    )
    return _moved(kept, -picture.box.y, -picture.first_element)


def _moved(sidecar: Sidecar, down: float, later: int) -> Sidecar:
    """Return a description with all boxes moved down (px) and all indexes of elements increased."""

    def move(box: Box) -> Box:
        return replace(box, y=round(box.y + down, 2))

    return replace(
        sidecar,
        frame=sidecar.frame and move(sidecar.frame),
        masks=tuple(map(move, sidecar.masks)),
        elements=tuple(_moved_element(element, move, later) for element in sidecar.elements),
        instructions=tuple(_moved_result(result, move, later) for result in sidecar.instructions),
        unstable=tuple(map(move, sidecar.unstable)),
        references=tuple(_moved_reference(reference, move) for reference in sidecar.references),
    )


def _moved_element(element: Element, move: Callable[[Box], Box], later: int) -> Element:
    def shift(index: int | None) -> int | None:
        return index if index is None or index < 0 else index + later

    return replace(
        element,
        box=move(element.box),
        parent=shift(element.parent),
        covered_by=shift(element.covered_by),
        opener=shift(element.opener),
    )


def _moved_result(result: InstructionResult, move: Callable[[Box], Box], later: int) -> InstructionResult:
    new = result.replacement
    return replace(
        result,
        element=None if result.element is None else result.element + later,
        box=result.box and move(result.box),
        approved=result.approved and move(result.approved),
        replacement=new and replace(new, index=new.index + later),
    )


def _moved_reference(reference: Reference, move: Callable[[Box], Box]) -> Reference:
    """Return a reference with its boxes moved; its indexes are those of its own elements."""
    return replace(
        reference,
        elements=tuple(_moved_element(element, move, 0) for element in reference.elements),
        instructions=tuple(_moved_result(result, move, 0) for result in reference.instructions),
    )


def _whole(image: Image.Image, top: float) -> Box:
    return Box(x=0, y=top, width=image.width, height=image.height)


def _union(one: Box, other: Box) -> Box:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Box(x=x, y=y, width=max(one.right, other.right) - x, height=max(one.bottom, other.bottom) - y)


def _image(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def _png(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
