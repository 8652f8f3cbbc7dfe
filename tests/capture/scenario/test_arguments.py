"""Arguments of authors: wrong types and meanings are named, all at once."""

from typing import Any

import pytest

from capture import Tutorial
from capture.errors import ScenarioBroken
from tests.support.builders import accueil, tutorial_of


def mistakes_of(**arguments: Any) -> str:
    settings = {"title": "Exemple", "source": "nous, 2026", "licence": "CC0", "hosts": ["www.exemple.test"]}
    with pytest.raises(ScenarioBroken) as raised:
        Tutorial("exemple", **{**settings, **arguments})
    return raised.value.why


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("title", ""),
        ("title", 7),
        ("title", "x" * 1001),
        ("source", None),
        ("hosts", "www.exemple.test"),
        ("hosts", ["https://www.exemple.test"]),
        ("hosts", ["www.exemple.test/chemin"]),
        ("hosts", ["moi@www.exemple.test"]),
        ("hosts", 7),
        ("resources", [None]),
        ("public_values", "73000"),
        ("public_values", [73000]),
        ("dismiss", "#refuser"),
        ("source_url", "javascript:alert(1)"),
        ("source_url", "https://moi:secret@www.exemple.test/"),
        ("licence_url", "//www.exemple.test"),
        ("fixed_time", "2026-03-02"),
        ("random_seed", "1); alert(1"),
        ("random_seed", True),
        ("random_seed", -1),
        ("viewport", (1280,)),
        ("viewport", (0, 900)),
        ("viewport", 1280),
        ("scale", 0),
        ("scale", "2"),
        ("scale", float("nan")),
        ("locale", "français"),
        ("timezone", "Paris"),
    ],
)
def test_a_wrong_argument_is_named(argument: str, value: object) -> None:
    assert f"“{argument}”" in mistakes_of(**{argument: value})


def test_all_mistakes_are_told_at_once_with_the_line_of_the_call() -> None:
    with pytest.raises(ScenarioBroken, match=r"test_arguments\.py:\d+") as raised:
        Tutorial("a b", title="", source="", licence="CC0", hosts="www", scale=0)
    assert [name for name in ("slug", "title", "source", "hosts", "scale") if f"“{name}”" in raised.value.why] == [
        "slug",
        "title",
        "source",
        "hosts",
        "scale",
    ]


@pytest.mark.parametrize("number", [0, -1, 1.5, "2", True, 10**30, None])
def test_a_page_number_is_a_whole_one_from_one(number: Any) -> None:
    with pytest.raises(ScenarioBroken, match="“number” is a whole number"):
        tutorial_of().fixed(number, "Merci")


@pytest.mark.parametrize(
    "options",
    [
        {"starts_at": "www.exemple.test"},
        {"starts_at": "https://moi:secret@www.exemple.test/"},
        {"viewport": (10, 10)},
        {"viewport": "390x844"},
    ],
)
def test_the_options_of_a_page_are_checked(options: dict[str, Any]) -> None:
    with pytest.raises(ScenarioBroken, match=f"“{next(iter(options))}”"):
        tutorial_of().page(1, "Accueil", **options)(accueil)


def test_the_options_of_a_personal_page_are_checked() -> None:
    with pytest.raises(ScenarioBroken, match=r"“text”.*“check_every_days”.*“described_on”"):
        tutorial_of().personal(
            1,
            "Compte",
            text="Tapez.",
            check_every_days=0,
            described_on=["aide"],
        )


def test_a_generator_is_a_list() -> None:
    tutorial = tutorial_of(public_values=(value for value in ("73000", "01000")), changes=iter(["images refaites"]))
    assert tutorial.public_values == {"73000", "01000"}
    assert list(tutorial.changes) == ["images refaites"]
