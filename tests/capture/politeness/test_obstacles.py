import pytest

from capture.politeness.obstacles import (
    OUTAGE_TEXTS,
    SHORT_PAGE_CHARACTERS,
    WALL_TEXTS,
    Obstacle,
    ObstacleKind,
    detect_obstacle,
    network_obstacle,
)

URL = "https://www.exemple.test/"


def seen(*, status: int | None = 200, url: str = URL, title: str = "Exemple", text: str = "Bonjour") -> Obstacle | None:
    return detect_obstacle(status=status, url=url, title=title, text=text)


@pytest.mark.parametrize("status", [None, 200, 304])
def test_a_page_is_a_page(status: int | None) -> None:
    assert seen(status=status) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, ObstacleKind.WALL),
        (403, ObstacleKind.WALL),
        (407, ObstacleKind.WALL),
        (999, ObstacleKind.WALL),
        (429, ObstacleKind.WALL),
        (404, ObstacleKind.GONE),
        (410, ObstacleKind.GONE),
        (400, ObstacleKind.OUTAGE),
        (500, ObstacleKind.OUTAGE),
        (503, ObstacleKind.OUTAGE),
    ],
)
def test_a_status_tells(status: int, kind: ObstacleKind) -> None:
    assert seen(status=status) == Obstacle(kind=kind, evidence=f"HTTP {status}", url=URL)


@pytest.mark.parametrize("sign", WALL_TEXTS)
def test_a_wall_is_known_by_its_words_in_any_case(sign: str) -> None:
    for obstacle in (seen(text=sign.upper()), seen(title=sign), seen(text=f"Bonjour. {sign} : 1")):
        assert obstacle is not None
        assert obstacle.kind is ObstacleKind.WALL


@pytest.mark.parametrize("sign", OUTAGE_TEXTS)
def test_an_outage_is_known_by_its_words(sign: str) -> None:
    obstacle = seen(text=f"Le service est {sign}.")
    assert obstacle is not None
    assert obstacle.kind is ObstacleKind.OUTAGE


def test_a_long_page_that_mentions_an_outage_is_a_page() -> None:
    assert seen(text=OUTAGE_TEXTS[0] + "." * SHORT_PAGE_CHARACTERS) is None


@pytest.mark.parametrize("path", ["INDISPO_COMPTE_ASSURES.html", "error.jsp"])
def test_an_outage_is_known_by_its_address(path: str) -> None:
    obstacle = seen(url=URL + path)
    assert obstacle is not None
    assert obstacle.kind is ObstacleKind.OUTAGE


@pytest.mark.parametrize(
    ("message", "kind", "sign"),
    [
        ("Page.goto: NS_ERROR_UNKNOWN_HOST", ObstacleKind.NETWORK, "NS_ERROR_UNKNOWN_HOST"),
        ("x SEC_ERROR_UNKNOWN_ISSUER.", ObstacleKind.NETWORK, "SEC_ERROR_UNKNOWN_ISSUER"),
        ("Timeout 30000ms exceeded.", ObstacleKind.TIMEOUT, "no answer in time"),
        ("NS_ERROR_NET_TIMEOUT", ObstacleKind.TIMEOUT, "no answer in time"),
        ("Target page, context or browser has been closed", ObstacleKind.BROWSER, "Target page, context or browser"),
        ("\nsomething else\nmore", ObstacleKind.NETWORK, "something else"),
    ],
)
def test_an_error_of_the_navigation_tells(message: str, kind: ObstacleKind, sign: str) -> None:
    obstacle = network_obstacle(message, URL)
    assert obstacle.kind is kind
    assert obstacle.evidence.startswith(sign)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Oups, page introuvable", ObstacleKind.GONE),
        ("404 - Not Found", ObstacleKind.GONE),
        ("La page demandée n’existe plus", ObstacleKind.GONE),
        ("Sorry, we couldn't find that page", ObstacleKind.GONE),
        ("Site en maintenance", ObstacleKind.OUTAGE),
        ("Le service est temporairement indisponible", ObstacleKind.OUTAGE),
        ("502 Bad Gateway", ObstacleKind.OUTAGE),
        ("Une erreur est survenue", ObstacleKind.OUTAGE),
        ("Scheduled maintenance", ObstacleKind.OUTAGE),
        ("Votre session a expiré", ObstacleKind.ELSEWHERE),
        ("Just a moment...", ObstacleKind.WALL),
        ("Access denied", ObstacleKind.WALL),
    ],
)
def test_a_page_that_stands_in_for_another_one_is_known_by_its_title_or_heading(title: str, kind: ObstacleKind) -> None:
    long = "Accueil Aide Contact " * 100
    for found in (
        seen(title=title, text=long),
        detect_obstacle(status=200, url=URL, title="x", text=long, heading=title),
    ):
        assert found is not None
        assert (found.kind, found.evidence) == (kind, f"« {title} »")


@pytest.mark.parametrize(
    "title",
    [
        "Que faire si une erreur est survenue ?",
        "Entretien et maintenance de votre chaudière",
        "Les pages jaunes",
        "Demander une indemnité d’accès au logement",
        "Service public : vos droits",
        "Guide : " + "bien lire " * 12 + "une page introuvable",
    ],
)
def test_a_page_about_such_a_thing_is_a_page(title: str) -> None:
    assert seen(title=title) is None
