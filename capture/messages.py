"""Messages kept apart from their language: a format, which is the key of its translation, and its details."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """Translatable message as it is stored: translated when it is displayed."""

    text: str
    """A format, which is the key of its translation."""
    details: "Mapping[str, Wording | str]"


class Phrase(str):
    """Translatable message as a string: English text, with the format and the details that it was built from."""

    text: str
    details: dict[str, object]

    def __new__(cls, text: str, /, **details: object) -> Self:
        phrase = super().__new__(cls, text.format_map(details))
        phrase.text = text
        phrase.details = details
        return phrase

    @property
    def wording(self) -> Wording:
        """Message in the form in which it is stored."""
        stored = {
            name: value.wording if isinstance(value, Phrase) else str(value) for name, value in self.details.items()
        }
        return Wording(text=self.text, details=stored)
