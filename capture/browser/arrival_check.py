"""Tell a page of the site from an obstacle: a wall, an outage, a network error, an undeclared host."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from capture.browser.current_page import CurrentPage
from capture.browser.navigation import ERROR_PAGES, Navigation
from capture.browser.robots_reader import RobotsReader
from capture.browser.stability import PageState
from capture.messages import Phrase
from capture.politeness.obstacles import (
    DOWNLOAD_STARTS,
    FIRST_ERROR_STATUS,
    Blocked,
    Obstacle,
    ObstacleKind,
    detect_obstacle,
    network_obstacle,
    unexpected_page,
)
from capture.privacy.request_filter import DOWNLOAD, UNDECLARED, UNDECLARED_SEND, RequestFilter
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site

PAGE_TYPES = frozenset(("text/html", "application/xhtml+xml"))
"""Media types of documents that are pages."""


VIEWED_TYPES = frozenset(("application/pdf", "application/json", "application/x-pdf"))
"""Media types that Firefox shows by way of a page of its own."""


SHOWN_TYPES = ("text/", "image/", "audio/", "video/")
"""Beginnings of media types that Firefox shows in a tab."""


class ArrivalCheck:
    """Decides whether the page that has loaded is a page of the site."""

    def __init__(
        self,
        current: CurrentPage,
        *,
        tutorial: Tutorial,
        site: Site,
        navigation: Navigation,
        request_filter: RequestFilter,
        robots: RobotsReader,
    ) -> None:
        self._current = current
        self._tutorial = tutorial
        self._site = site
        self._navigation = navigation
        self._request_filter = request_filter
        self._robots = robots

    def raise_if_stopped(self) -> None:
        """Raise Blocked if the request filter stopped the navigation; with the wall, if it is one that wanted it."""
        for reason in self._navigation.blocked:
            self._navigation.end()
            raise Blocked(self._wall_that_sends(reason) or _stopped_navigation(reason, self._current.address))

    def raise_if_obstacle(self, state: PageState) -> None:
        """Raise Blocked if the page that is shown is an obstacle, or its host's robots.txt forbids it."""
        page = self._current.page
        if page.url.startswith(ERROR_PAGES):
            raise Blocked(self._error_page())
        if self._request_filter.is_outside(page.url):
            raise Blocked(Obstacle(kind=ObstacleKind.SCENARIO, evidence=UNDECLARED, url=self._current.address))
        if self._shows_a_document(state):
            raise Blocked(a_document(self._current.address))
        mistake = self._site.mistake_at(self._current.url)
        if mistake is not None:
            raise Blocked(Obstacle(kind=ObstacleKind.REPLICA, evidence=mistake, url=self._current.address))
        obstacle = self.obstacle(state)
        if obstacle is not None:
            _, wait_s = self._navigation.response_status(page.url)
            raise Blocked(replace(obstacle, url=self._current.address), wait_s)
        refusal = self._robots.refusal_of_current_page()
        if refusal is not None:
            raise Blocked(replace(refusal, url=self._current.address))

    def _shows_a_document(self, state: PageState) -> bool:
        """Return whether the site has answered, without an error, with what is no page."""
        url = self._current.page.url
        status, _ = self._navigation.response_status(url)
        failed = status is not None and status >= FIRST_ERROR_STATUS
        no_page = state.content_type not in PAGE_TYPES or self._navigation.content_type(url) in VIEWED_TYPES
        return no_page and not failed

    def obstacle(self, state: PageState) -> Obstacle | None:
        """Return the wall, outage or unexpected page that is shown; None: a page of the site."""
        status, _ = self._navigation.response_status(self._current.page.url)
        url = self._current.url
        return detect_obstacle(
            status=status,
            url=url,
            title=state.title,
            text=state.text,
            heading=state.heading,
            content=state.own,
            texts=self._tutorial.obstacle_texts,
        ) or unexpected_page(
            url=url,
            language=state.language,
            expected=self._tutorial.locale,
            blank=state.blank,
            text=state.text,
        )

    def _wall_that_sends(self, reason: str) -> Obstacle | None:
        """Return the wall that is shown if it tried to send a form by itself, as many do after a few seconds."""
        if reason != UNDECLARED_SEND:
            return None
        obstacle = self.obstacle(self._current.wait_until_stable())
        if obstacle is None or obstacle.kind is not ObstacleKind.WALL:
            return None
        return replace(obstacle, url=self._current.address)

    def is_answered(self, state: PageState) -> bool:
        """Return whether a page of a declared host is shown, and no wall any more."""
        return self.obstacle(state) is None and not self._request_filter.is_outside(self._current.page.url)

    def _error_page(self) -> Obstacle:
        """Return the obstacle behind Firefox's own error page."""
        query = dict(parse_qsl(urlsplit(self._current.page.url).query))
        url = self._current.redacted_canonical(query.get("u", ""))
        if self._request_filter.is_outside(url):
            return Obstacle(kind=ObstacleKind.SCENARIO, evidence=UNDECLARED, url=url)
        return network_obstacle(query.get("e", ""), url)


def no_page(kind: str, url: str) -> Obstacle:
    """Return the obstacle for an answer of a media type that is no page: Firefox shows it, or would save it."""
    is_shown = kind in VIEWED_TYPES or kind.startswith(SHOWN_TYPES) or kind.endswith(("xml", "json"))
    return a_document(url) if is_shown else network_obstacle(DOWNLOAD_STARTS, url)


def a_document(url: str) -> Obstacle:
    """Return the obstacle for what is no page, such as a PDF, a picture or a text."""
    return Obstacle.of(ObstacleKind.ELSEWHERE, Phrase("a document, not a page"), url)


def _stopped_navigation(reason: str, url: str) -> Obstacle:
    """Return the obstacle for a navigation that the request filter stopped."""
    if reason == DOWNLOAD:
        return network_obstacle(DOWNLOAD_STARTS, url)
    return Obstacle(kind=ObstacleKind.SCENARIO, evidence=reason, url=url)
