"""Labelled pairs of pictures: reads ``cases.toml`` for the tests, the benchmark and the renderer."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from capture.elements import Element

FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """Two pictures of a page, labelled with whether a person would call the second one changed."""

    name: str
    page: str
    kind: Literal["noise", "change"]
    of: str
    scale: float = 1
    dark: bool = False
    both: str = ""
    css: str = ""
    js: str = ""
    how: Literal["", "hinting", "unhinted", "dither"] = ""

    @property
    def folder(self) -> Path:
        return FOLDER / self.name

    @property
    def pictures(self) -> tuple[Path, Path]:
        return self.folder / "approved.png", self.folder / "captured.png"


@dataclass(frozen=True, kw_only=True, slots=True)
class Elements:
    """Elements of both pictures, in the format of sidecars: ``elements.json`` beside the pictures."""

    approved: tuple[Element, ...]
    captured: tuple[Element, ...]


def read_cases() -> tuple[Case, ...]:
    table: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "cases.toml").read_text("utf-8"))
    return tuple(msgspec.convert({"name": name, **row}, Case) for name, row in table.items())


def read_elements(case: Case) -> Elements:
    return msgspec.json.decode((case.folder / "elements.json").read_bytes(), type=Elements)
