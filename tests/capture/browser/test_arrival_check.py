"""What arrives instead of a page."""

import pytest

from capture.browser.arrival_check import no_page


@pytest.mark.parametrize(
    ("kind", "evidence"),
    [
        ("application/pdf", "a document, not a page"),
        ("image/png", "a document, not a page"),
        ("text/plain", "a document, not a page"),
        ("application/rss+xml", "a document, not a page"),
        ("application/octet-stream", "a file to be downloaded"),
        ("application/zip", "a file to be downloaded"),
    ],
)
def test_what_firefox_shows_is_a_document_and_what_it_saves_a_download(kind: str, evidence: str) -> None:
    assert no_page(kind, "https://exemple.test/x").evidence == evidence
