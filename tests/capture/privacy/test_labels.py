"""Word lists of ``labels.toml``."""

import tomllib

import msgspec
import pytest

from capture.privacy.fields import LABELS, FieldTraits, field_asks_for, flatten, read_labels


def test_every_list_has_words_and_no_word_twice() -> None:
    for table in (LABELS.asking, LABELS.asking_unless_of_a_thing, LABELS.things, LABELS.codes):
        for purpose, words in table.items():
            found = flatten(words)
            assert found, purpose
            assert len(set(found)) == len(found), purpose


@pytest.mark.parametrize("word", flatten(*LABELS.asking.values()))
def test_every_word_is_recognised_in_a_label(word: str) -> None:
    assert field_asks_for(f"Votre {word} :", FieldTraits())


def test_a_missing_table_or_a_wrong_type_is_named() -> None:
    with pytest.raises(msgspec.ValidationError, match="asking"):
        read_labels("")
    with pytest.raises(msgspec.ValidationError, match="things"):
        read_labels("asking = {}\nasking_unless_of_a_thing = {}\ncodes = {}\nthings = {named = {fr = 3}}")
    with pytest.raises(tomllib.TOMLDecodeError, match="Invalid value"):
        read_labels("asking =")
