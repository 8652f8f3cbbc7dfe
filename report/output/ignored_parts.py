"""Parts of a page's pictures that reviewers have ignored by the name of an element."""

from pathlib import Path

from capture.capture import decode
from capture.errors import SidecarCorrupt
from capture.geometry import Box
from capture.storage import read_bytes
from report.baselines.mask import named_boxes
from report.results.run_record import PageRecord, PictureRecord


def ignored_by_name(folder: Path, page: PageRecord, picture: PictureRecord) -> tuple[Box, ...]:
    """Return the boxes of the elements on a page's picture whose name a reviewer ignores, px.

    Args:
        folder: of the run, with the picture's sidecar; none is returned if that cannot be read.
        page: the page.
        picture: its baseline or its candidate.
    """
    masks = [mask for mask in page.masks if mask.element is not None]
    path = folder / f"{picture.stem}.json"
    if not masks or not path.resolve().is_relative_to(folder.resolve()):
        return ()
    try:
        elements = decode(read_bytes(path, SidecarCorrupt), path).elements
    except SidecarCorrupt:
        return ()
    return named_boxes(masks, elements)
