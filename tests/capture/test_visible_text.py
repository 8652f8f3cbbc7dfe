"""Characters that act on a terminal or on the order of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.visible_text import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Créez votre compte\n\tici", "Créez votre compte\n\tici"),
        ("\x1b[31mRouge\x1b[0m", "␛[31mRouge␛[0m"),
        ("\x1b]0;titre\x07", "␛]0;titre␇"),
        ("a\x00b\x7f\x9b1m", "a␀b␡\ufffd1m"),
        ("fichier\u202egnp.exe", "fichier\ufffdgnp.exe"),
        ("a\ud800b", "a\ufffdb"),
        ("a\u2028b", "a b"),
        ("שלום", "שלום"),
        ("👩🏽‍🚒 e\u0301 \u00a0\u202f", "👩🏽‍🚒 e\u0301 \u00a0\u202f"),
    ],
)
def test_harmful_characters_are_shown_and_others_stay(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters(codec=None)))
def test_what_is_visible_can_be_written_and_stays(text: str) -> None:
    shown = visible(text)
    assert "\x1b" not in shown
    assert shown.encode().decode() == shown
    assert visible(shown) == shown
