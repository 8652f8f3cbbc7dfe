"""Addresses: those that carry a person's data are refused, and no others."""

from urllib.parse import quote

import phonenumbers
import pytest

from capture.errors import PrivacyError
from capture.privacy.addresses import personal_data_in_url, redact_url
from capture.privacy.guard import (
    check_address,
    check_sends,
    check_visit,
)
from tests.support.builders import tutorial_of
from tests.support.personal_values import PERSONAL, PHONE, spaced


@pytest.mark.parametrize(
    "query", ["d=" + "/".join(["14", "07", "1980"]), "q=" + "%252540".join(["a", "exemple.test"]), "civilite=Madame"]
)
def test_an_address_that_a_scenario_opens_carries_nothing_personal(query: str) -> None:
    with pytest.raises(PrivacyError):
        check_visit(f"https://www.exemple.test/?{query}")
    with pytest.raises(PrivacyError, match="user name"):
        check_visit("https://a:b@www.exemple.test/")


@pytest.mark.parametrize("query", ["1=2", "=", "&&", "12=34&é=ü", "%00=%ff", "?=?"])
def test_no_query_of_a_site_stops_the_check(query: str) -> None:
    assert personal_data_in_url(f"https://www.exemple.test/?{query}") is None


@pytest.mark.parametrize("address", ["*", "pisteur.test/*", "www.exemple.test", "/recherche"])
def test_a_step_may_only_send_to_addresses_of_declared_hosts(address: str) -> None:
    check_sends(["www.exemple.test/recherche", "www.exemple.test/*"], tutorial_of())
    with pytest.raises(PrivacyError, match="would send"):
        check_sends([address], tutorial_of())


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "data:text/html,x", "javascript:1", "about:config", "view-source:x"]
)
def test_a_scenario_opens_pages_of_sites_alone(url: str) -> None:
    with pytest.raises(PrivacyError, match="no page"):
        check_visit(url)


@pytest.mark.parametrize("kind", ["nir", "nir without its key", "iban", "card", "phone", "e-mail"])
@pytest.mark.parametrize("place", ["?q={}", "/dossier/{}", "#{}", "?{}"])
def test_a_scenario_opens_no_address_that_carries_a_persons_data(kind: str, place: str) -> None:
    with pytest.raises(PrivacyError, match="carries"):
        check_visit(f"https://www.exemple.test/{place.format(in_address(PERSONAL[kind]))}")


@pytest.mark.parametrize("region", ["FR", "GB", "US", "BE", "CH", "DZ", "MA", "DE", "IT", "ES", "PT", "SN", "JP", "AU"])
def test_an_address_with_a_phone_number_of_any_country_is_refused(region: str) -> None:
    number = phonenumbers.example_number(region)
    assert number is not None
    international = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    with_exit_code = international.replace("+", "00")
    for written in (international, spaced(international.replace(" ", ""), "-", 3), with_exit_code):
        with pytest.raises(PrivacyError, match="a phone number"):
            check_visit(f"https://www.exemple.test/{in_address(written)}")


def test_an_international_number_of_no_known_country_is_a_phone_number() -> None:
    with pytest.raises(PrivacyError, match="a phone number"):
        check_visit(f"https://www.exemple.test/{in_address('+' + '9' * 3 + PHONE[1:])}")


@pytest.mark.parametrize("number", ["01000", "123456789", "0012345678", "000000000", "20260302", "0"])
def test_an_address_with_the_number_of_a_thing_is_opened(number: str) -> None:
    check_visit(f"https://www.exemple.test/article/{number}")


def test_a_scenario_opens_the_addresses_of_the_project() -> None:
    check_visit("https://assure.ameli.fr/PortailAS/appmanager/PortailAS/assure?_nfpb=true&_pageLabel=as_creation")


def in_address(value: str) -> str:
    return quote(value, safe="")


@pytest.mark.parametrize(
    "part",
    [
        "?email=x",
        "?user_email=x",
        "?dateNaissance=x",
        "#nir=x",
        f"?q={in_address(PERSONAL['e-mail'])}",
        f"/{in_address(PERSONAL['e-mail'])}/compte",
        f"?q={in_address(PERSONAL['iban'])}",
        f"?q={in_address(PERSONAL['nir'])}",
        f"/dossier/{in_address(PERSONAL['nir in groups'])}",
        f"/dossier-{in_address(PERSONAL['nir'])}.html",
        f"#/dossier/{in_address(PERSONAL['nir'])}",
        f"?{in_address(PERSONAL['nir'])}",
        "/compte/accueil?a=1",
        *(f"?{key}=x" for key in ("login", "email2", "e_mail", "email_address", "login_hint", "user_login", "secret")),
        "?mail=12",
        "?password=1",
    ],
    ids=lambda part: part[:6],
)
def test_a_personal_url_is_refused(part: str) -> None:
    with pytest.raises(PrivacyError) as caught:
        check_address(f"https://www.exemple.test{part}", tutorial_of(forbidden_urls=["www.exemple.test/compte/"]))
    assert PERSONAL["nir"] not in str(caught.value)


SWITCHES = """
    ?login_challenge=x ?loginChallenge=x ?login=true ?email_campaign=x ?pass=1 ?mail=0 ?secret=FALSE ?mail_sent=x
""".split()


@pytest.mark.parametrize(
    "part",
    [
        "",
        "/assure?_nfpb=true&_pageLabel=as_creation",
        "?t=1711111111111",
        "/2026-03-02/actualites",
        "?email=",
        "#haut",
        *SWITCHES,
    ],
)
def test_an_address_that_is_nobodys_is_not(part: str) -> None:
    check_address(f"https://www.exemple.test{part}", tutorial_of())


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.test/x?page=2&sid=8fa3", "https://a.test/x?page=2&sid="),
        ("https://a.test/x;jsessionid=8fa3?page=2", "https://a.test/x?page=2"),
        ("https://a.test/x?code=73000#haut", "https://a.test/x?code=73000"),
        ("https://a.test/x?page=3", "https://a.test/x?page="),
        ("https://a.test/x?8fa3&page=2", "https://a.test/x?page=2"),
        ("https://nom:mot@a.test/x", "https://a.test/x"),
        ("https://a.test/x", "https://a.test/x"),
    ],
)
def test_only_the_scenarios_own_values_are_kept_of_a_url(url: str, kept: str) -> None:
    assert redact_url(url, ["https://a.test/x?page=2", "73000"]) == kept
