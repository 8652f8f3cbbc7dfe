"""Messages kept apart from their language: a format, which is the key of its translation, and its details."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """Words of ours as they are kept: to be said in the reader's language, whichever that will be."""

    text: str
    """A format, which is the key of its translation."""
    details: "Mapping[str, Wording | str]"


class Phrase(str):
    """Words of ours inside an error: a format, which is the key of its translation, and what varies in it."""

    text: str
    details: dict[str, object]

    def __new__(cls, text: str, /, **details: object) -> Self:
        phrase = super().__new__(cls, text.format_map(details))
        phrase.text = text
        phrase.details = details
        return phrase

    @property
    def wording(self) -> Wording:
        """The same, to be kept."""
        details = self.details.items()
        said = {name: value.wording if isinstance(value, Phrase) else str(value) for name, value in details}
        return Wording(text=self.text, details=said)
