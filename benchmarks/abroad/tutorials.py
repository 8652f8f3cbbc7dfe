"""Tutorials about the sources, with the truth of each instruction on the newer version, written down before any run.

The labels were read in the HTML of both versions.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Told:
    """An instruction: the method of ``step`` that makes its target, and the label."""

    method: str
    label: str
    true: bool = True
    """Whether it is true on the newer version."""
    css: str = ""
    """CSS selector of the thing, for the mutations."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of a tutorial."""

    told: tuple[Told, ...]
    path: str
    """Path at which the page starts."""
    acts: tuple[str, ...] = ()
    """Acts before the picture, as lines of the scenario."""


def says(method: str, label: str, css: str = "", *, true: bool = True) -> Told:
    return Told(method=method, label=label, css=css, true=true)


COMPONENT = "example/component"
LOCALES = {"dsfr": "fr-FR"}
TUTORIALS: dict[str, tuple[Page, ...]] = {
    "dsfr": (
        Page(
            path=f"{COMPONENT}/radio/index.html",
            told=(
                says("heading", "Bouton radio simple", "h2"),
                says("link", "Bouton radio riche", "a", true=False),
            ),
        ),
        Page(
            path=f"{COMPONENT}/checkbox/index.html",
            told=(says("field", "Libellé checkbox sub et sup", "input"), says("heading", "Case à cocher seule", "h3")),
        ),
        Page(path=f"{COMPONENT}/search/index.html", told=(says("heading", "Barre de recherche LG", "h3"),)),
        Page(path=f"{COMPONENT}/accordion/index.html", told=(says("link", "Documentation", "a"),)),
    ),
    "govuk": (
        Page(path="button.html", told=(says("button", "Save and continue", "button"),)),
        Page(path="radios.html", told=(says("field", "Yes", "input"), says("field", "No", "input"))),
        Page(path="details.html", told=(says("button", "Help with nationality", "summary"),)),
        Page(path="date-input.html", told=(says("field", "Month", "input"), says("field", "Year", "input"))),
    ),
    "reveal": (
        Page(
            path="demo.html",
            told=(
                says("heading", "The HTML Presentation Framework", "h3"),
                says("button", "next slide"),
                says("link", "Hakim El Hattab", "a"),
            ),
        ),
        Page(
            path="demo.html#/1",
            told=(
                says("heading", "Hello There", "h2", true=False),
                says("text", "beautiful interactive slide decks", true=False),
            ),
        ),
        Page(
            path="demo.html#/2",
            told=(says("heading", "Vertical Slides", "h2", true=False), says("button", "below slide", true=False)),
        ),
        Page(path="demo.html#/4", told=(says("heading", "Pretty Code", "h2", true=False),)),
    ),
    "swagger": (
        Page(
            path="index.html",
            told=(says("heading", "Library"), says("text", "List the books"), says("heading", "Shelves")),
        ),
        Page(
            path="index.html?page=2",
            acts=('step.click(step.page.locator(".opblock-get .opblock-summary").first)',),
            told=(says("button", "Try it out"), says("text", "Books")),
        ),
        Page(
            path="index.html?page=3",
            acts=(
                'step.click(step.page.locator(".opblock-get .opblock-summary").first)',
                'step.click(step.button("Try it out"))',
            ),
            told=(says("button", "Execute"), says("button", "Cancel")),
        ),
        Page(path="index.html?page=4", told=(says("text", "Schemas"), says("text", "Book"))),
    ),
    "mkdocs": (
        Page(path="index.html", told=(says("heading", "Welcome", "h1"), says("link", "how to borrow", "a"))),
        Page(path="borrow/index.html", told=(says("heading", "Borrow a book", "h1"), says("link", "Next", "a"))),
        Page(path="return/index.html", told=(says("link", "Contact us", "a"), says("field", "Search docs"))),
        Page(path="search.html", told=(says("heading", "Search Results", "h1"), says("field", "Search the Docs"))),
    ),
    "furo": (
        Page(path="index.html", told=(says("heading", "Welcome", "h1"), says("field", "Search"))),
        Page(path="borrow.html", told=(says("link", "Return a book", "a"), says("heading", "Details", "h2"))),
        Page(path="return.html", told=(says("link", "Furo", "a"), says("text", "Open from Monday to Friday.", "p"))),
        Page(path="genindex.html", told=(says("heading", "Index", "h1"),)),
    ),
    "datasette": (
        Page(path="", told=(says("heading", "Datasette"), says("link", "library"))),
        Page(
            path="library",
            told=(says("heading", "Custom SQL query"), says("button", "Format SQL"), says("link", "books")),
        ),
        Page(
            path="library/books",
            told=(says("text", "3 rows"), says("link", "View and edit SQL"), says("heading", "Advanced export")),
        ),
        Page(path="library/books/1", told=(says("text", "Les Misérables"), says("link", "json"))),
    ),
    "sqlite-web": (
        Page(  # “Create” has moved into a closed menu
            path="",
            told=(says("link", "books"), says("button", "Create", true=False), says("text", "Filename")),
        ),
        Page(path="books/", told=(says("link", "Structure"), says("link", "Export"), says("text", "Allow null"))),
        Page(
            path="books/query/",
            told=(says("button", "Execute"), says("button", "Export JSON", true=False), says("button", "SQL Help")),
        ),
        Page(path="books/export/", told=(says("heading", "Export table"), says("button", "Export"))),
    ),
}
