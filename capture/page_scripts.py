"""The JavaScript files that run inside pages, each beside the module that uses it."""

from functools import cache
from pathlib import Path

_CAPTURE = Path(__file__).parent


@cache
def page_script(path: str) -> str:
    """Text of a script, by its path from ``capture/`` (``browser/elements.js``)."""
    return (_CAPTURE / path).read_text("utf-8")
