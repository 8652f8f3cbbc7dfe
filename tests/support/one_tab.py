"""Acts that are tried one after another in one tab: in a run, each refusal would end a journey and its tab."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from capture import Step
from capture.browser.firefox import kill_firefox_and_driver
from capture.browser.tab import Tab
from capture.browser.tab_context import open_tab
from capture.browser.watchdog import Watchdog
from capture.errors import PrivacyError
from capture.privacy.request_filter import RequestFilter
from capture.runner.page_visit import PageVisit
from capture.scenario.tutorial import Page
from capture.site.site import open_site
from tests.support.builders import START, tutorial_of
from tests.support.runs import RunOn


def refusals_in_one_tab(
    run_on: RunOn, site: str, acts: Iterable[Callable[[Step], None]], *, public_values: Iterable[str]
) -> Iterator[str | None]:
    """Do each act on the page of its position, ``/0`` and so on, as the first act of a journey, and take a picture.

    Yields:
        What the refusal says; None if the act was done and its page captured.
    """
    tutorial = tutorial_of(public_values=list(public_values))
    for number, act in enumerate(acts):
        tutorial.page(number + 1, f"Cas {number}", starts_at=f"{START}{number}")(act)
    with (
        open_site(site, ()) as opened,
        open_tab(
            run_on.firefox.browser,
            tutorial=tutorial,
            site=opened,
            request_filter=RequestFilter(tutorial, opened),
            policy=run_on.policy,
            watchdog=Watchdog(kill_firefox_and_driver),
        ) as tab,
    ):
        for page in tutorial.pages:
            visit = PageVisit(
                tab, tutorial=tutorial, page=page, site_name=opened.name, environment=run_on.firefox.environment
            )
            yield _refusal(visit, tab, page)


def _refusal(visit: PageVisit, tab: Tab, page: Page) -> str | None:
    """Return what is said when a page's act is refused, after trying a picture all the same; None: it is captured."""
    assert page.visit is not None
    assert page.starts_at is not None
    tab.go(page.starts_at)
    step = Step(visit)
    try:
        page.visit(step)
    except PrivacyError as refusal:
        with pytest.raises(PrivacyError):
            step.shoot()
        assert visit.capture is None, "nothing is kept"
        return str(refusal.what)
    step.shoot()
    assert visit.capture is not None
    return None
