"""JavaScript files that run inside pages; each is stored beside the module that uses it."""

from functools import cache
from pathlib import Path

_CAPTURE = Path(__file__).parent


@cache
def page_script(path: str) -> str:
    """Return a script's source, by its path relative to ``capture/`` (``browser/elements.js``)."""
    return (_CAPTURE / path).read_text("utf-8")
