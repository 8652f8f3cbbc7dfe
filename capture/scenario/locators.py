"""What a scenario's author sees of Playwright: locators, to point at things, and nothing to act with.

``step.page.get_by_role(…)`` and the like can be pasted from Playwright's recorder. Whatever else is asked of the page
(``fill``, ``evaluate``, ``keyboard`` …) would go past the guard, and is refused.
"""

from typing import Any

from playwright.sync_api import Locator, Page

from capture.errors import PrivacyError
from capture.messages import Phrase

_FINDING = frozenset(
    """
    locator get_by_role get_by_text get_by_label get_by_placeholder get_by_alt_text get_by_title get_by_test_id
    filter nth and_ or_
    """.split()
)
_FOUND = frozenset(("first", "last"))


class RestrictedLocator:
    """A page, or something found on it, in which more can be found."""

    __slots__ = ("__target",)

    def __init__(self, target: Page | Locator) -> None:
        """Look for things in a page or in something found."""
        self.__target = target

    def __getattr__(self, name: str) -> Any:
        """A way to find something; raises PrivacyError for anything else."""
        if name in _FOUND and isinstance(self.__target, Locator):
            return RestrictedLocator(getattr(self.__target, name))
        if name not in _FINDING or not hasattr(self.__target, name):
            raise PrivacyError(Phrase("a scenario would use “{name}” of the page itself", name=name))
        method = getattr(self.__target, name)
        return lambda *args, **options: RestrictedLocator(
            method(*map(_locator, args), **{key: _locator(value) for key, value in options.items()})
        )

    @staticmethod
    def locator_of(found: "RestrictedLocator") -> Locator:
        """What was found, for those who take its picture."""
        target = found.__target
        if not isinstance(target, Locator):
            raise PrivacyError(Phrase("a scenario would point at the page itself"))
        return target


def _locator(value: object) -> object:
    return RestrictedLocator.locator_of(value) if isinstance(value, RestrictedLocator) else value
