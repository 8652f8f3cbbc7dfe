"""Strings in the form of a person's data, built here; they belong to nobody, and are typed nowhere."""

from stdnum import iban, luhn
from stdnum.fr import nir


def social_security_number(month: int = 1, department: str = "01") -> str:
    body = f"1{0:02}{month:02}{department}{1:03}{1:03}"
    return body + nir.calc_check_digits(body)


def bank_account() -> str:
    rest = "0" * 23
    return f"FR{iban.calc_check_digits(f'FR00{rest}')}{rest}"


def card(length: int = 16) -> str:
    body = "4" + "0" * (length - 2)
    return body + luhn.calc_check_digit(body)


def spaced(digits: str, by: str, every: int = 2) -> str:
    return by.join(digits[start : start + every] for start in range(0, len(digits), every))


PHONE = "0" + "1" + "0" * 8
PERSONAL = {
    "nir": social_security_number(),
    "nir in groups": spaced(social_security_number(), " ", 3),
    "nir without its key": social_security_number()[:13],
    "nir of Corsica": social_security_number(department="2A"),
    "nir with dots": spaced(social_security_number(), "."),
    "iban": bank_account(),
    "iban in groups": spaced(bank_account(), " ", 4),
    "card": card(),
    "card in groups": spaced(card(), "-", 4),
    "card of 19": card(19),
    "e-mail": "@".join(["personne", "exemple.test"]),
    "e-mail in a sentence": "écrire à " + "@".join(["personne", "exemple.test"]),
    "phone": PHONE,
    "phone in groups": spaced(PHONE, " "),
    "phone from abroad": "+33" + PHONE[1:],
    "phone with 00": "0033" + PHONE[1:],
    "date": "/".join(["01", "02", "1903"]),
    "short date": "-".join(["1", "2", "03"]),
    "ISO date": "-".join(["1903", "02", "01"]),
    "Vitale serial": "8" * 10,
    "nir between other words": "mon numéro : " + spaced(social_security_number(), " ", 3),
    "nir in lower case": social_security_number(department="2B").lower(),
    "nir with no-break spaces": spaced(social_security_number(), "\u202f", 3),
    "nir with invisible characters": spaced(social_security_number(), "\u200b", 1),
    "nir in full-width digits": "".join(chr(ord(digit) + 0xFEE0) for digit in social_security_number()),
    "nir in Arabic digits": "".join(chr(ord(digit) - ord("0") + 0x0660) for digit in social_security_number()),
    "nir with underscores": spaced(social_security_number(), "_", 4),
    "iban in lower case": bank_account().lower(),
    "e-mail in words": " [at] ".join(["personne", "exemple.test"]),
    "e-mail in French words": " arobase ".join(["personne", "exemple point test"]),
    "e-mail with spaces": " @ ".join(["personne", "exemple . test"]),
    "English date": " ".join(["January", "2,", "1903"]),
    "English date of": " of ".join(["2nd", "January 1903"]),
    "date in words with hyphens": "-".join(["2", "janvier", "1903"]),
    "phone in brackets": f"({PHONE[:2]}) {PHONE[2:]}",
    "phone in a sentence": "au " + spaced(PHONE, "."),
    "date in words": " ".join(["1er", "janvier", "1903"]),
    "date in English": " ".join(["2", "January", "1903"]),
    "date with accents": " ".join(["4", "août", "1903"]),
    "date in one": "01" + "02" + "1903",
    "date with spaces": " / ".join(["01", "02", "1903"]),
}
"""Strings by what they look like: each of them is refused."""
