"""Witness pages: public pages that describe a personal page, read in its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from capture.capture import Sidecar
from capture.elements import Element, containers_of
from capture.politeness.obstacles import Obstacle
from capture.runner.step import Step
from capture.scenario.tutorial import Page, PageKind, Tutorial
from capture.site.site import Site
from capture.storage import sha256
from capture.visible_text import visible

AROUND = frozenset(("navigation", "banner", "contentinfo", "complementary", "search"))
"""Containers that say nothing about what the page describes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Witness:
    """What a witness page says."""

    title: str
    lines: tuple[str, ...]
    """Its texts, titles, links, buttons and fields in their order, each after its role: ``button: Suivant``."""

    @property
    def text(self) -> str:
        """Title and lines, one a line: the form in which it is kept."""
        return "".join(f"{line}\n" for line in (self.title, *self.lines))

    @property
    def sha256(self) -> str:
        return sha256(self.text.encode())


@dataclass(frozen=True, kw_only=True, slots=True)
class WitnessOutcome:
    """Result of the visit of a witness page."""

    url: str
    witness: Witness | None = None
    obstacle: Obstacle | None = None
    """Met instead of the page."""


def witness_from(text: str) -> Witness:
    """Return what a witness page said, from the form in which it is kept."""
    title, *lines = text.splitlines() or [""]
    return Witness(title=title, lines=tuple(lines))


def witness_of(sidecar: Sidecar) -> Witness:
    """Return what a captured page says in its main part, or if it has none, without what is around it."""
    elements = sidecar.elements
    mains = {index for index, element in enumerate(elements) if element.role == "main"}
    lines = (
        f"{element.role}: {_line(element.label)}"
        for element in elements
        if element.visible and element.label and _counts(element, elements, mains)
    )
    return Witness(title=_line(sidecar.title), lines=tuple(lines))


def witness_journey(tutorial: Tutorial, site: Site, only: Sequence[str] | None = None) -> Tutorial | None:
    """Return a tutorial whose pages are the witness pages of this one; None if there are none on this site.

    Args:
        tutorial: with its personal pages.
        site: a replica need not have all of them.
        only: the addresses to visit; None: all of them.
    """
    urls = [url for url in tutorial.witness_urls if site.serves(url) and (only is None or url in only)]
    pages = [
        Page(number=number, title=url, kind=PageKind.PUBLIC, visit=_look, starts_at=url)
        for number, url in enumerate(urls, start=1)
    ]
    return tutorial.with_pages(pages, hosts={urlsplit(url).netloc for url in urls}) if pages else None


def _look(step: Step) -> None:
    """Look at a witness page; nothing is clicked or typed."""
    step.shoot()


def _counts(element: Element, elements: Sequence[Element], mains: set[int]) -> bool:
    around = list(containers_of(element, elements))
    if mains:
        return not mains.isdisjoint(around)
    return not any(role in AROUND for role in _roles(around, elements))


def _roles(indices: Sequence[int], elements: Sequence[Element]) -> Iterator[str]:
    for index in indices:
        yield elements[index].role


def _line(text: str) -> str:
    return " ".join(visible(text).split())
