"""Files of published pictures."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from report.publish.picture_files import LONGEST_WEBP, dense_webp_of, webp_of


@pytest.mark.parametrize("encode", [webp_of, dense_webp_of])
@pytest.mark.parametrize(
    ("size", "expected"),
    [((30, 20), (30, 20)), ((40, 2 * LONGEST_WEBP), (20, LONGEST_WEBP)), ((2 * LONGEST_WEBP, 1), (LONGEST_WEBP, 1))],
    ids=["small", "a page of many windows", "a line"],
)
def test_a_picture_that_is_too_long_for_a_webp_is_reduced(
    encode: Callable[[Image.Image], bytes], size: tuple[int, int], expected: tuple[int, int]
) -> None:
    with Image.open(io.BytesIO(encode(Image.new("RGB", size)))) as encoded:
        assert (encoded.format, encoded.size) == ("WEBP", expected)
