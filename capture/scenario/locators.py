"""Restricted locators: the part of Playwright's page that finds elements, without the part that acts.

Code such as ``step.page.get_by_role(…)`` can be pasted from Playwright's recorder. Everything else (``fill``,
``evaluate``, ``keyboard`` …) would bypass the guard, and is refused.
"""

from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page

from capture.errors import PrivacyError
from capture.messages import Phrase

_METHODS = frozenset(
    """
    locator get_by_role get_by_text get_by_label get_by_placeholder get_by_alt_text get_by_title get_by_test_id
    frame_locator filter nth and_ or_
    """.split()
)
_PROPERTIES = frozenset(("first", "last", "content_frame", "owner"))


class RestrictedLocator:
    """A page or a locator, from which further locators can be made."""

    __slots__ = ("__target",)

    def __init__(self, target: Page | Locator | FrameLocator) -> None:
        """Wrap a page, a frame or a locator."""
        self.__target = target

    def __getattr__(self, name: str) -> Any:
        """Return a method or property that makes a locator; raises PrivacyError for any other name."""
        if name in _PROPERTIES and not isinstance(self.__target, Page) and hasattr(self.__target, name):
            return RestrictedLocator(getattr(self.__target, name))
        if name not in _METHODS or not hasattr(self.__target, name):
            raise PrivacyError(Phrase("a scenario would use “{name}” of the page itself", name=name))
        method = getattr(self.__target, name)
        return lambda *args, **options: RestrictedLocator(
            method(*map(_unwrap, args), **{key: _unwrap(value) for key, value in options.items()})
        )

    @staticmethod
    def locator_of(restricted: "RestrictedLocator") -> Locator:
        """Return Playwright's locator, for the browser's code; raises PrivacyError if it is a page or a frame."""
        target = restricted.__target
        if not isinstance(target, Locator):
            raise PrivacyError(Phrase("a scenario would point at the page itself"))
        return target


def _unwrap(value: object) -> object:
    return RestrictedLocator.locator_of(value) if isinstance(value, RestrictedLocator) else value
