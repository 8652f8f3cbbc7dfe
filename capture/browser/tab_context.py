"""Open a tab in a fresh browser context whose only way to the network is the proxy."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import version

from playwright.sync_api import Browser, BrowserContext

from capture.browser.tab import Tab
from capture.browser.watchdog import OPEN_CLOSE_S, Watchdog
from capture.page_scripts import page_script
from capture.politeness.policy import PolitenessPolicy
from capture.privacy.proxy import SocksProxy
from capture.privacy.request_filter import RequestFilter
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site


@contextmanager
def open_tab(
    browser: Browser,
    *,
    tutorial: Tutorial,
    site: Site,
    request_filter: RequestFilter,
    policy: PolitenessPolicy,
    watchdog: Watchdog,
) -> Iterator[Tab]:
    """Open a tab without cookies, storage or account; close it and its context at the end.

    Args:
        browser: a running Firefox.
        tutorial: declares viewport, scale, locale, time zone and hosts.
        site: where the hosts are reached.
        request_filter: decides on each request, and records what was blocked.
        policy: behaviour towards the site.
        watchdog: paused during long waits; kills a Firefox that does not open or close a tab.
    """
    reachable_hosts = tutorial.hosts | tutorial.resources
    if policy.on_wall is not None:
        reachable_hosts |= tutorial.wall_hosts
    resolve = partial(site.resolve, among=reachable_hosts)
    width, height = tutorial.viewport
    with SocksProxy(resolve, request_filter.note_refused_connection) as proxy:
        with watchdog.timed(OPEN_CLOSE_S):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                device_scale_factor=tutorial.scale,
                locale=tutorial.locale,
                timezone_id=tutorial.timezone,
                accept_downloads=False,
                service_workers="block",
                user_agent=policy.user_agent(browser.version, version("tutofrais")),
                proxy={"server": proxy.address},
            )
        try:
            with watchdog.timed(OPEN_CLOSE_S):
                request_filter.attach(context)
                _fix_time_and_random(context, tutorial)
                tab = Tab(
                    context,
                    tutorial=tutorial,
                    site=site,
                    request_filter=request_filter,
                    policy=policy,
                    watchdog=watchdog,
                )
            yield tab
        finally:
            proxy.close_connections()
            with watchdog.timed(OPEN_CLOSE_S):
                _close(context)


def _fix_time_and_random(context: BrowserContext, tutorial: Tutorial) -> None:
    """Make pages see the tutorial's fixed time and a seeded ``Math.random``, where it declares them."""
    if tutorial.fixed_time is not None:
        context.clock.set_fixed_time(tutorial.fixed_time)
    if tutorial.random_seed is not None:
        context.add_init_script(f"{page_script('browser/seeded_random.js')}({tutorial.random_seed})")


def _close(context: BrowserContext) -> None:
    """Close the pages before their context: a context that is closing bypasses the proxy.

    Errors are ignored: Playwright raises a bare Exception when its driver has ended, and the cause is being raised.
    """
    with suppress(Exception):
        for page in context.pages:
            page.close()
    with suppress(Exception):
        context.close()
