"""Declared hosts, with and without a port."""

import pytest

from capture.hosts import declares, host_with_port


@pytest.mark.parametrize(
    ("host", "url", "declared"),
    [
        ("www.ameli.fr", "https://www.ameli.fr/x", True),
        ("www.ameli.fr", "https://www.ameli.fr.test/x", False),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/", True),
        ("127.0.0.1:8000", "http://127.0.0.1:8001/", False),
        ("127.0.0.1:8000", "http://127.0.0.1/", False),
        ("127.0.0.1", "http://127.0.0.1:8000/", True),
        ("localhost:80", "http://localhost/", True),
        ("localhost:443", "https://localhost/", True),
        ("localhost", "http://localhost:port/", False),
        ("localhost", "", False),
    ],
)
def test_a_host_is_declared_with_its_port_or_with_all_of_them(host: str, url: str, declared: bool) -> None:
    assert declares({host}, url) is declared


def test_the_own_port_of_a_scheme_is_left_out() -> None:
    assert host_with_port("https://www.ameli.fr:443/x") == "www.ameli.fr"
    assert host_with_port("http://127.0.0.1:8000/x") == "127.0.0.1:8000"
