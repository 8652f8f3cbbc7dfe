"""Errands: what only a person can do about the pages of tutorials, in the order of one sitting."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from capture.politeness.obstacles import ObstacleKind
from report.workbench.tutorial_view import PageView, TutorialView


class ErrandKind(StrEnum):
    """Kinds of errands, those that take the least first."""

    WALL = "wall"
    """The site asks for a person: one visit with a visible Firefox, in which the wall is answered."""
    LOOK = "look"
    """The page asks for personal data: a person checks it."""
    UNCHECKED = "unchecked"
    """The page could not be checked for several nights."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Errand:
    """Something to do about pages of a tutorial."""

    kind: ErrandKind
    tutorial: TutorialView
    pages: tuple[PageView, ...]
    """Of a wall: all pages that one visit would see; otherwise one page."""
    nights: int = 0
    """Nights, one after the other, on which it could not be checked."""

    @property
    def page(self) -> PageView:
        return self.pages[0]

    @property
    def name(self) -> str:
        return f"{self.tutorial.slug}/{self.page.number}"

    @property
    def address(self) -> str:
        """Address to begin at: the page's own, that of the page before it, or a page that describes it; or empty."""
        before = [one for one in self.tutorial.pages if one.number <= self.page.number]
        seen = [one.result.url for one in reversed(before) if one.result is not None and one.result.url]
        return next(iter([*seen, *self.page.declared.described_on]), "")


def errands(
    views: Iterable[TutorialView], nights_unchecked: Callable[[str, int], int], *, after: int
) -> tuple[Errand, ...]:
    """Return what only a person can do, by kind, then by tutorial and page.

    Args:
        views: the tutorials.
        nights_unchecked: returns for how many nights a page of a tutorial could not be checked.
        after: nights after which a person looks at a page that is not behind a wall.
    """
    found: list[Errand] = []
    for view in views:
        unseen = [page for page in view.pages if page.unseen and not _is_put_off(page)]
        walled = [page for page in unseen if _is_walled(page)]
        if walled:
            others = [page for page in unseen if page not in walled]
            found.append(Errand(kind=ErrandKind.WALL, tutorial=view, pages=(*walled, *others)))
        for page in () if walled else unseen:
            nights = nights_unchecked(view.slug, page.number)
            if nights >= after:
                found.append(Errand(kind=ErrandKind.UNCHECKED, tutorial=view, pages=(page,), nights=nights))
        found += [Errand(kind=ErrandKind.LOOK, tutorial=view, pages=(page,)) for page in view.pages if page.due]
    order = list(ErrandKind)
    return tuple(sorted(found, key=lambda one: (order.index(one.kind), one.tutorial.slug, one.page.number)))


def page_numbers(pages: Sequence[PageView]) -> str:
    """Return the numbers of pages as text: “2, 3”."""
    return ", ".join(str(page.number) for page in pages)


def _is_walled(page: PageView) -> bool:
    reasons = page.result.judgement.reasons if page.result is not None else ()
    return any(reason.obstacle is not None and reason.obstacle.kind is ObstacleKind.WALL for reason in reasons)


def _is_put_off(page: PageView) -> bool:
    """Whether somebody has decided about the page: to correct it, or to be reminded later."""
    return page.result is not None and page.result.decision is not None
