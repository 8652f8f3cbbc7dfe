"""Make characters visible or harmless that a reader does not see, or that act on a terminal or on the order of text."""

import re

_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]")
"""Control characters but tab and line feed, bidirectional controls (UAX #9), lone surrogates, annotation marks."""
_SEPARATORS = re.compile("[\u2028\u2029]")
_CONTROL_PICTURES = 0x2400
"""First of the Unicode characters that show control characters: ␀."""
_FIRST_PRINTABLE = 0x20
_DELETE = 0x7F


def visible(text: str) -> str:
    """Return a text in which every harmful character is a picture of it, or the replacement character."""
    return _SEPARATORS.sub(" ", _HARMFUL.sub(_picture, text))


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < _FIRST_PRINTABLE:
        return chr(_CONTROL_PICTURES + code)
    return "\u2421" if code == _DELETE else "\ufffd"
