"""Values that a scenario types: personal ones are refused, whatever their form. They are built in code."""

from collections.abc import Sequence
from datetime import date
from itertools import permutations

import pytest
from stdnum import iban, luhn

from capture.errors import PrivacyError
from capture.privacy.addresses import personal_data_in_url
from capture.privacy.guard import (
    check_value,
)
from capture.privacy.values import certain_personal_data
from tests.support.builders import tutorial_of
from tests.support.personal_values import PERSONAL, PHONE, bank_account, card, social_security_number, spaced


def checked(body: str) -> str:
    return body + luhn.calc_check_digit(body)


SIREN = checked("9" * 8)
SIRET = checked(f"{SIREN}0001")


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_a_number_typed_in_parts_in_any_order_is_refused(order: tuple[int, ...]) -> None:
    number = social_security_number()
    parts = [number[:5], number[5:10], number[10:]]
    typed = [parts[place] for place in order]
    with pytest.raises(PrivacyError, match="social security"):
        check_value(typed[-1], tutorial_of(public_values=parts), typed[:-1])


def test_a_date_typed_with_something_in_between_is_refused() -> None:
    values = ["14", "vert", "juillet", "1980"]
    with pytest.raises(PrivacyError, match="date of birth"):
        check_value(values[-1], tutorial_of(public_values=values), values[:-1])


@pytest.mark.parametrize("between", ["\u2013", "*", "~", "'", "+", "·", "\u2212", "\u2044", "="])
def test_a_date_is_one_whatever_stands_between_its_parts(between: str) -> None:
    value = between.join(["14", "7", "1980"])
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize(
    "words", [("14", "VII", "80"), ("4", "luglio", "1980"), ("4", "lipca", "1980"), ("14", "de julio de", "1980")]
)
def test_a_date_is_one_in_several_languages(words: tuple[str, ...]) -> None:
    value = " ".join(words)
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize("at", ["(a)", "&#64;", "%40", " arroba ", "[arrobase]", " chez "])
def test_an_address_is_one_however_its_sign_is_written(at: str) -> None:
    value = at.join(["personne", "exemple.test"])
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize("value", ["abc\n", "a\tb", "\x08"])
def test_a_value_presses_no_key(value: str) -> None:
    with pytest.raises(PrivacyError, match="no plain text"):
        check_value(value, tutorial_of(public_values=[value]))


NEXT_YEAR = date.today().year + 1


@pytest.mark.parametrize(
    "value",
    [
        f"{NEXT_YEAR}-07-14",
        f"14/07/{NEXT_YEAR}",
        f"14 juillet {NEXT_YEAR}",
        f"July 14, {NEXT_YEAR}",
        f"{NEXT_YEAR}-07-14T20:00",
        f"{NEXT_YEAR}-07",
        f"{NEXT_YEAR}-W30",
        f"du 14/07/{NEXT_YEAR} au 16/07/{NEXT_YEAR}",
    ],
)
def test_the_date_of_an_event_is_typed(value: str) -> None:
    check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize(
    "value",
    ["-".join(["1980", "07"]), f"14/07/{NEXT_YEAR} ou " + "/".join(["14", "07", "1980"]), f"14/07/{NEXT_YEAR} {PHONE}"],
)
def test_the_date_of_an_event_hides_nothing_else(value: str) -> None:
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize("value", [SIRET, spaced(SIRET, " ", 3), SIREN, "6" * 12 + "1", "7" * 7, "FR" + "12" * 3])
def test_the_number_of_a_thing_is_typed_into_its_field_alone(value: str) -> None:
    tutorial = tutorial_of(public_values=[value])
    check_value(value, tutorial, of_a_thing=True)
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial)


@pytest.mark.parametrize("kind", ["nir", "iban", "card", "card of 19", "e-mail", "phone", "phone from abroad", "date"])
def test_a_persons_number_is_not_that_of_a_thing(kind: str) -> None:
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(PERSONAL[kind], tutorial_of(public_values=[PERSONAL[kind]]), of_a_thing=True)


@pytest.mark.parametrize(
    "value", ["a" * 200_000, "@" * 200_000, "a@" * 100_000, "a_" * 2000, "_at_" * 2000, "1 " * 2000]
)
def test_a_long_text_is_looked_at_in_linear_time(value: str) -> None:
    certain_personal_data(value)
    personal_data_in_url(f"https://www.exemple.test/{value}?{value}={value}")


@pytest.mark.parametrize("value", PERSONAL.values(), ids=PERSONAL)
def test_a_personal_value_is_refused_even_when_it_is_declared_public(value: str) -> None:
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize("value", ["73000", "Chambéry", "75001 Paris", "2A004", "ameli"])
def test_a_public_value_is_typed_when_it_is_declared(value: str) -> None:
    check_value(value, tutorial_of(public_values=[value]))
    with pytest.raises(PrivacyError, match="does not declare"):
        check_value(value, tutorial_of(public_values=[]))


def test_the_value_itself_is_never_told() -> None:
    for value in PERSONAL.values():
        with pytest.raises(PrivacyError) as caught:
            check_value(value, tutorial_of())
        assert value not in str(caught.value)


def test_parts_of_a_number_typed_one_after_the_other_are_that_number() -> None:
    for number in (social_security_number(), card(), bank_account()):
        pieces = [number[start : start + 5] for start in range(0, len(number), 5)]
        tutorial = tutorial_of(public_values=pieces)
        check_value(pieces[0], tutorial)
        check_value(pieces[1], tutorial, pieces[:1])
        with pytest.raises(PrivacyError, match="looks like"):
            check_value(pieces[-1], tutorial, pieces[:-1])


DAY, MONTH, YEAR = "2", "mars", str(1900 + 69)
DATES = [
    *(by.join([DAY, MONTH, YEAR]) for by in ("/", ".", "", ", ", "_", " | ")),
    *(by.join([DAY, "3", YEAR[2:]]) for by in (" ", "|", " . ", ":", ", ")),
    ".".join(["Mar", DAY, YEAR]),
    " ".join([YEAR, MONTH, DAY]),
    "/".join([YEAR[2:], "3", DAY]),
]


@pytest.mark.parametrize("value", DATES)
def test_a_date_is_known_whatever_sets_its_parts_apart(value: str) -> None:
    with pytest.raises(PrivacyError, match="date of birth"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize("at", [" at ", " AT ", "_at_", "-at-"])
@pytest.mark.parametrize("dot", [".", " dot ", " point "])
def test_an_address_spelt_in_words_is_known(at: str, dot: str) -> None:
    value = at.join(["une.personne", dot.join(["exemple", "test"])])
    with pytest.raises(PrivacyError, match="e-mail"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize(
    "value",
    ["Paris 15", "75 Mayenne", "mars", MONTH + " " + YEAR, "1.2.3", "look at this", "at 10.30", "1" + " " * 9_999],
)
def test_a_value_that_is_neither_a_date_nor_an_address_is_typed(value: str) -> None:
    check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize(
    "pieces",
    [
        *permutations([DAY, MONTH, YEAR]),
        *permutations(["02", "03", YEAR]),
        ["02/03", YEAR],
        ["02/03", YEAR[2:]],
        [YEAR, "02/03"],
        [f"{DAY} {MONTH}", YEAR],
        [f"{MONTH} {YEAR}", DAY],
        ["73000", DAY, "3", YEAR[2:]],
    ],
    ids=str,
)
def test_a_date_typed_piece_by_piece_is_one(pieces: Sequence[str]) -> None:
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(pieces[-1], tutorial_of(public_values=pieces), pieces[:-1])


@pytest.mark.parametrize("pieces", [["2", "3"], ["73000", "2", "3"], ["1", "2", "3"], ["2", "mars"], ["mars", "73000"]])
def test_values_that_form_no_date_together_are_typed(pieces: list[str]) -> None:
    check_value(pieces[-1], tutorial_of(public_values=pieces), pieces[:-1])


def test_an_iban_typed_in_pieces_is_refused_as_an_iban() -> None:
    rest = "".join(str(digit % 10) for digit in range(7, 30))
    number = f"FR{iban.calc_check_digits(f'FR00{rest}')}{rest}"
    pieces = [number[start : start + 4] for start in range(0, len(number), 4)]
    with pytest.raises(PrivacyError, match="an IBAN"):
        check_value(pieces[-1], tutorial_of(public_values=pieces), pieces[:-1])


def test_a_number_is_known_behind_what_was_typed_before_it() -> None:
    number = card()
    pieces = ["73000", *(number[start : start + 4] for start in range(0, len(number), 4))]
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(pieces[-1], tutorial_of(public_values=pieces), pieces[:-1])


def test_a_subclass_of_str_is_not_typed() -> None:
    class Liar(str):
        __slots__ = ()

    with pytest.raises(PrivacyError, match="no plain text"):
        check_value(Liar("73000"), tutorial_of())


def test_two_postcodes_are_not_a_phone_number() -> None:
    check_value("02000", tutorial_of(public_values=["01000", "02000"]), ["01000"])
