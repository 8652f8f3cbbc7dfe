import inspect
import re
from string import Formatter

import pytest

from capture import errors
from capture.errors import ScenarioBroken, TutofraisError, UnknownSite
from capture.messages import Phrase

KINDS = sorted(TutofraisError.__subclasses__(), key=lambda kind: kind.exit_code)
CURES = [other for kind in KINDS for other in kind.__subclasses__()]
"""Errors that have the exit code of another one, and a cure of their own."""


def test_every_error_has_an_exit_code_of_its_own_and_it_is_in_the_table() -> None:
    table = re.findall(r"(\d\d) (\w+)", (errors.__doc__ or "").partition("below")[2])
    assert sorted((int(code), name) for code, name in table) == [(kind.exit_code, kind.__name__) for kind in KINDS]
    assert len({kind.exit_code for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", [*KINDS, *CURES])
def test_an_error_says_one_sentence_and_its_cure(kind: type[TutofraisError]) -> None:
    names = list(inspect.signature(kind).parameters)
    error = kind(*(["x"] if name.startswith("known") else f"<{name}>" for name in names))
    problem, cure = str(error).split("\n  → ")
    assert problem.endswith(".")
    assert cure.endswith((".", ")."))
    used = {field for text in (kind.problem, kind.cure) for _, field, _, _ in Formatter().parse(text) if field}
    assert used == set(error.details)


def test_a_librarys_own_full_stop_is_not_doubled() -> None:
    assert "no such thing." in str(ScenarioBroken("x", "no such thing."))
    assert ".." not in str(ScenarioBroken("x", "no such thing."))


def test_a_phrase_is_its_words_and_remembers_their_parts() -> None:
    phrase = Phrase("{a} and {b}", a=1, b=Phrase("two"))
    assert (phrase, phrase.text, phrase.details["b"]) == ("1 and two", "{a} and {b}", "two")


def test_no_name_is_near_when_none_is() -> None:
    assert "Nearest" not in str(UnknownSite("zzz", ["2020", "live"]))
    assert "Nearest name: 2020" in str(UnknownSite("2021", ["2020", "live"]))
