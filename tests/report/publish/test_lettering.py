"""Lettering: a font for every character, and lines that break where a reader expects it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from report.publish import lettering
from report.publish.lettering import BUNDLED, legible, typeface_for, width_of, wrap, write_text

SENTENCE = "Cliquez sur « Sélectionner » tout en bas de la fenêtre qui s’est ouverte : c’est là !"


def ink_of(text: str) -> int:
    """Return the number of dark pixels of a drawn text."""
    image = Image.new("L", (200, 40), 255)
    write_text(ImageDraw.Draw(image), 4, 20, text, size=24, fill=0)  # type: ignore[arg-type]
    return int((np.asarray(image) < 128).sum())


@pytest.mark.parametrize("character", "éŒ€☰→✎✓…•☎⚠αЖ½")
def test_characters_of_sites_are_drawn_with_a_font_that_has_them(character: str) -> None:
    found = typeface_for(character)
    assert found is not None
    assert found.file in BUNDLED
    assert ink_of(character) > 0


def test_a_character_without_any_font_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_system_typeface", lambda _: None)
    lettering.typeface_for.cache_clear()
    assert legible("Menu \U0001312f") == "Menu"
    lettering.typeface_for.cache_clear()


def test_lines_break_at_spaces_and_lose_no_word() -> None:
    lines = wrap(SENTENCE, 17, 200, 9)
    assert len(lines) > 1
    assert " ".join(lines) == SENTENCE
    assert all(width_of(line, 17) <= 200 for line in lines)


@given(width=st.integers(60, 400))
def test_no_line_ends_with_an_opening_mark_or_begins_with_a_closing_one(width: int) -> None:
    for line in wrap(SENTENCE, 17, width, 20):
        assert not line.endswith("«")
        assert line[0] not in "»:!"


def test_a_no_break_space_never_breaks() -> None:
    assert any("10\u00a0€" in line for line in wrap("Payez environ 10\u00a0€ ici", 17, 60, 9))


def test_a_long_text_ends_with_an_ellipsis() -> None:
    lines = wrap(SENTENCE * 5, 17, 200, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")


def test_a_word_wider_than_a_line_is_broken() -> None:
    lines = wrap("anticonstitutionnellement" * 3, 17, 150, 9)
    assert len(lines) > 1
    assert all(width_of(line, 17) <= 150 for line in lines)


def test_lines_are_balanced() -> None:
    one, two = (width_of(line, 17) for line in wrap("Le nom de votre caisse primaire d’assurance", 17, 220, 4))
    assert abs(one - two) < 80
