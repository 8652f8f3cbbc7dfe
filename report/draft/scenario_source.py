"""Write a drafted tutorial as the source of a scenario, with a TODO wherever only a person knows."""

import builtins
import keyword
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from capture.privacy.values import unaccented
from capture.scenario.literals import LINE_LENGTH, broken_text, quoted_literal
from capture.scenario.tutorial import PageKind
from report.draft.drafted_instruction import DraftedInstruction
from report.draft.drafted_page import DraftedPage, DraftedTutorial
from report.i18n.translator import Translator, gettext_noop

TODO = "TODO"
PLACEHOLDER_HOST = "www.example.org"
_INDENT = 4
_LONGEST_NAME = 40
_METHODS = frozenset(("button", "link", "field", "heading", "text"))
"""Roles that are methods of ``Step``; the others are arguments of ``role``."""
_NOT_THE_SITE = ("creativecommons.org", "mozilla.org", "gnu.org")
"""Hosts of licences and of browsers, which a tutorial names beside its site."""

_HEADER = gettext_noop("Draft of a scenario, made from {document}.")
_HEADER_CURE = gettext_noop("Read each sentence again, work through what is marked TODO, then type: tutofrais lint")
_UNKNOWN_SOURCE = gettext_noop("name the author and the year")
_UNKNOWN_LICENCE = gettext_noop("name the licence of the original")
_UNKNOWN_HOST = gettext_noop("name the hosts of the site")
_CHECK_HOSTS = gettext_noop("are these the hosts of the site, and all of them?")
_UNKNOWN_START = gettext_noop('give the address of the page: starts_at="https://…"')
_UNKNOWN_TARGET = gettext_noop("which elements are these sentences about? Remove those that are about none.")
_FILL = gettext_noop("to go on, type a public value that public_values declares:")
_CLICK = gettext_noop("does this click lead to the next page? If it sends a form, add sends=[…].")
_GO_ON = gettext_noop("how does the reader reach the next page?")
_FORM_ONLY = gettext_noop("it asks for “{word}”: nothing is typed here. Can anybody reach it without giving anything?")
_PERSONAL = gettext_noop("a person checks this page. Name public pages that describe it: described_on=[…].")


class _Source:
    """Source of one scenario, and what is said in it in the language of the person who imports."""

    def __init__(self, tutorial: DraftedTutorial, slug: str, document: str, words: Translator) -> None:
        self._tutorial = tutorial
        self._slug = slug
        self._document = document
        self._words = words
        self._names: set[str] = {"step", "tutorial"}

    def lines(self) -> Iterator[str]:
        yield f'"""{_one_line(self._say(_HEADER, document=self._document))}'
        yield ""
        yield f"{TODO}: {self._say(_HEADER_CURE)}"
        yield '"""'
        yield ""
        yield "from capture import Step, Tutorial"
        yield ""
        yield from self._declaration()
        hosts = self._hosts()
        visited = [page for page in self._tutorial.pages if page.kind in (PageKind.PUBLIC, PageKind.FORM_ONLY)]
        for page in self._tutorial.pages:
            if page in visited:
                yield from ("", "")
                yield from self._visited(page, hosts, is_first=page is visited[0], is_last=page is visited[-1])
            else:
                yield from ("", "") if page.number - 1 in [one.number for one in visited] else ("",)
                yield from self._unvisited(page)

    def _say(self, message: str, **details: object) -> str:
        return self._words.gettext(message, **details)

    def _todo(self, message: str, indent: int = 0, **details: object) -> Iterator[str]:
        yield from _comment(f"{TODO}: {self._say(message, **details)}", indent)

    def _declaration(self) -> Iterator[str]:
        tutorial, hosts = self._tutorial, self._hosts()
        yield "tutorial = Tutorial("
        yield f"    {quoted_literal(self._slug)},"
        yield from _argument("title", tutorial.title)
        if not tutorial.author:
            yield from self._todo(_UNKNOWN_SOURCE, _INDENT)
        yield from _argument("source", tutorial.author or self._document)
        if not tutorial.licence:
            yield from self._todo(_UNKNOWN_LICENCE, _INDENT)
        yield from _argument("licence", tutorial.licence or "?")
        yield from self._todo(_CHECK_HOSTS if hosts else _UNKNOWN_HOST, _INDENT)
        yield f"    hosts=[{', '.join(map(quoted_literal, hosts or [PLACEHOLDER_HOST]))}],"
        if tutorial.language != "fr":
            yield f"    locale={quoted_literal(tutorial.language)},"
        yield ")"

    def _hosts(self) -> list[str]:
        """Return the hosts that the visited pages name, those of the whole document if they name none."""
        of_pages = [one for page in self._tutorial.pages if page.kind is PageKind.PUBLIC for one in page.addresses]
        hosts = [urlsplit(one).netloc.lower() for one in of_pages or self._tutorial.addresses]
        return [one for one in dict.fromkeys(hosts) if one and not one.endswith(_NOT_THE_SITE)]

    def _unvisited(self, page: DraftedPage) -> Iterator[str]:
        method = "fixed" if page.kind is PageKind.FIXED else "personal"
        if page.kind is PageKind.PERSONAL:
            yield from self._todo(_PERSONAL)
        sentences = [one.sentence for one in page.instructions]
        if not sentences:
            yield f"tutorial.{method}({page.number}, {quoted_literal(page.title)})"
            return
        yield f"tutorial.{method}("
        yield f"    {page.number},"
        yield f"    {quoted_literal(page.title)},"
        yield "    text=["
        for sentence in dict.fromkeys(sentences):
            yield from _wrapped(sentence, 2 * _INDENT, ",")
        yield "    ],"
        yield ")"

    def _visited(self, page: DraftedPage, hosts: Sequence[str], *, is_first: bool, is_last: bool) -> Iterator[str]:
        method = "page" if page.kind is PageKind.PUBLIC else "form_only"
        start = next((one for one in page.addresses if urlsplit(one).netloc.lower() in hosts), None)
        if start is None and is_first:
            start = next((one for one in self._tutorial.addresses if urlsplit(one).netloc.lower() in hosts), None)
        if start is None and is_first:
            yield from self._todo(_UNKNOWN_START)
        arguments = [str(page.number), quoted_literal(page.title)]
        arguments += [f"starts_at={quoted_literal(start)}"] if start is not None else []
        yield from _call(f"@tutorial.{method}", arguments, 0)
        yield f"def {self._name(page.title, 'page')}(step: Step) -> None:"
        if page.kind is PageKind.FORM_ONLY:
            yield from self._todo(_FORM_ONLY, _INDENT, word=page.asks_for)
        yield from self._body(page, goes_on=page.kind is PageKind.PUBLIC and not is_last)

    def _body(self, page: DraftedPage, *, goes_on: bool) -> Iterator[str]:
        clicked = next((one for one in reversed(page.instructions) if one.is_clicked), None) if goes_on else None
        filled = [one for one in page.instructions if one.label and one.role == "field"] if goes_on else []
        variables: dict[DraftedInstruction, str] = {}
        earlier: DraftedInstruction | None = None
        for one in page.instructions:
            if one.label is None:
                if earlier is None or earlier.label is not None:
                    yield from self._todo(_UNKNOWN_TARGET, _INDENT)
                told = _call("step.tell", [quoted_literal(one.sentence), "step.…"], _INDENT)
                yield from (f"    # {line[_INDENT:]}" for line in told)
                earlier = one
                continue
            earlier = one
            prefix = ""
            if one is clicked or one in filled:
                variables[one] = self._name(one.label, "element")
                prefix = f"{variables[one]} = "
            yield from _tell(one, prefix)
        yield "    step.shoot()"
        for one in filled:
            yield from self._todo(_FILL, _INDENT)
            yield f'    # step.fill({variables[one]}, "…")'
        if clicked is not None:
            yield from self._todo(_CLICK, _INDENT)
            yield f"    step.click({variables[clicked]})"
        elif goes_on:
            yield from self._todo(_GO_ON, _INDENT)

    def _name(self, text: str, fallback: str) -> str:
        """Return a name of Python for a title or a label, other than those that were given before."""
        words = re.findall("[a-z0-9]+", unaccented(text).lower())
        name = ""
        for word in words:
            if len(name) + len(word) < _LONGEST_NAME:
                name = f"{name}_{word}" if name else word
        name = name if name.isidentifier() and len(name) > 1 and not _is_reserved(name) else f"{fallback}_{name}"
        name = name.rstrip("_")
        number, first = 2, name
        while name in self._names:
            name, number = f"{first}_{number}", number + 1
        self._names.add(name)
        return name


def scenario_source(tutorial: DraftedTutorial, *, slug: str, document: str, words: Translator) -> str:
    """Return the source of a scenario.

    Args:
        tutorial: the draft.
        slug: name of the tutorial in commands.
        document: name of the file that was imported.
        words: language of what is said to the person who works through it.
    """
    return "\n".join(_Source(tutorial, slug, document, words).lines()) + "\n"


def _is_reserved(name: str) -> bool:
    """Return whether a name is Python's own: a variable of this name would hide it, and the sandbox refuses some."""
    return keyword.iskeyword(name) or hasattr(builtins, name)


def _one_line(text: str) -> str:
    return text.replace("\\", "/").replace('"""', "”")


def _tell(instruction: DraftedInstruction, prefix: str) -> Iterator[str]:
    role = instruction.role
    target = f"step.{role}()" if role in _METHODS else f"step.role({quoted_literal(role)})"
    callout = ['callout="arrow"'] if instruction.is_clicked else []
    yield from _call(f"{prefix}step.tell", [quoted_literal(instruction.sentence), target, *callout], _INDENT)


def _call(function: str, arguments: Sequence[str], indent: int) -> Iterator[str]:
    """Yield a call on one line, or with its arguments below it; a text that is too long is continued below itself."""
    space = " " * indent
    whole = f"{space}{function}({', '.join(arguments)})"
    inner = f"{space}    {', '.join(arguments)}"
    if len(whole) <= LINE_LENGTH:
        yield whole
        return
    yield f"{space}{function}("
    if len(inner) <= LINE_LENGTH:
        yield inner
    else:
        for argument in arguments:
            yield from _continued(argument, indent + _INDENT, ",")
    yield f"{space})"


def _argument(name: str, text: str) -> Iterator[str]:
    line = f"    {name}={quoted_literal(text)},"
    if len(line) <= LINE_LENGTH:
        yield line
        return
    yield f"    {name}=("
    yield from _wrapped(text, 2 * _INDENT, "")
    yield "    ),"


def _wrapped(text: str, indent: int, end: str) -> Iterator[str]:
    """Yield a text as one literal, or as several of which Python makes one."""
    parts = broken_text(text, LINE_LENGTH - indent - _INDENT)
    for place, part in enumerate(parts):
        yield f"{' ' * indent}{quoted_literal(part)}{end if place == len(parts) - 1 else ''}"


def _continued(argument: str, indent: int, end: str) -> Iterator[str]:
    """Yield an argument, divided after spaces if it is a text that passes the end of the line."""
    if len(argument) + indent + len(end) <= LINE_LENGTH or not argument.startswith('"'):
        yield f"{' ' * indent}{argument}{end}"
        return
    for place, part in enumerate(parts := broken_text(argument[1:-1], LINE_LENGTH - indent - _INDENT)):
        yield f'{" " * indent}"{part}"{end if place == len(parts) - 1 else ""}'


def _comment(text: str, indent: int) -> Iterator[str]:
    for part in broken_text(text, LINE_LENGTH - indent - _INDENT):
        yield f"{' ' * indent}# {part.rstrip()}"
