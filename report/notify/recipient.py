"""Who is told: the people of the settings, and the tutorials that belong to each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from report.results.run_record import TutorialRecord
from report.settings import RecipientSettings, Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """A person or a team, and how they are told."""

    name: str
    mail: str | None
    chat: str | None
    """Environment variable that holds an Apprise URL."""
    language: str


def recipients_of(settings: Settings) -> tuple[Recipient, ...]:
    """Return everybody whom the settings name."""
    return tuple(
        Recipient(name=name, mail=one.mail, chat=one.chat, language=one.language or settings.language)
        for name, one in settings.people.items()
    )


def fits(slug: str, pattern: str) -> bool:
    """Return whether a pattern of the settings means a tutorial."""
    return fnmatchcase(slug, pattern)


def owners_of(tutorial: TutorialRecord, people: Mapping[str, RecipientSettings]) -> frozenset[str]:
    """Return the names of those to whom a tutorial belongs: everybody, if the settings know none of its owners."""
    named = {name for name in tutorial.owners if name in people}
    named |= {name for name, one in people.items() if any(fits(tutorial.slug, two) for two in one.tutorials)}
    return frozenset(named or people)


def unknown_owners(tutorials: Iterable[TutorialRecord], people: Mapping[str, RecipientSettings]) -> tuple[str, ...]:
    """Return the owners that scenarios name and the settings do not, in alphabetical order."""
    return tuple(sorted({name for one in tutorials for name in one.owners if name not in people}))
