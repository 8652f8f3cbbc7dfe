"""Acts that are tried one after another in one tab: in a run, each refusal would end a journey and its tab."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from capture import Step, Tutorial
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
    run_on: RunOn, site: str, acts: Iterable[Callable[[Step], None]], **settings: Any
) -> Iterator[str | None]:
    """Do each act on the page of its position, ``/0`` and so on, as the first act of a journey, and take a picture.

    Args:
        run_on: its Firefox and its policy are used.
        site: folder of the site.
        acts: on a page each.
        settings: further arguments of ``tutorial_of``.

    Yields:
        What the refusal says; None if the act was done and its page captured.
    """
    tutorial = tutorial_of(**settings)
    for number, act in enumerate(acts):
        tutorial.page(number + 1, f"Cas {number}", starts_at=f"{START}{number}")(act)
    return refusals_of_each_page(run_on, site, tutorial)


def refusals_of_each_page(run_on: RunOn, site: str, tutorial: Tutorial) -> Iterator[str | None]:
    """Visit each page of a tutorial at its own address, as the first one of a journey, and take a picture.

    Yields:
        What the refusal says; None if the page was captured.
    """
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
    """Return what is said when a page's visit is refused, after trying another picture; None: it is captured."""
    assert page.visit is not None
    assert page.starts_at is not None
    step = Step(visit)
    try:
        tab.go(page.starts_at)
        page.visit(step)
        visit.check_active()
        if visit.capture is None:
            step.shoot()
    except PrivacyError as refusal:
        taken = visit.capture
        with pytest.raises(PrivacyError):
            step.shoot("encore")
        assert visit.capture is taken, "nothing more is kept"
        return str(refusal.what)
    assert visit.capture is not None
    return None
