"""Tell a watching service that a run has taken place: it gives the alarm when it hears nothing."""

import urllib.error
import urllib.request
from http.client import HTTPException

from capture.messages import Phrase

TIMEOUT_S = 30


def ping(url: str) -> Phrase | None:
    """Request a web address; return why it was refused, without the address (it is a secret), None if it was not."""
    if not url.startswith(("https://", "http://")):
        return Phrase("it is no web address")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S):  # noqa: S310 - the scheme has been checked
            return None
    except urllib.error.HTTPError as error:
        return Phrase("it answers HTTP {status}", status=error.code)
    except (OSError, HTTPException, ValueError) as error:
        return Phrase("it cannot be reached ({why})", why=type(error).__name__)
