"""Pauses and retries, without a browser."""

import pytest

from capture.politeness.obstacles import Obstacle, ObstacleKind, retry_after_s, switched_language, unexpected_page
from capture.politeness.policy import PolitenessPolicy


def obstacle_of(kind: ObstacleKind, evidence: str = "HTTP 503") -> Obstacle:
    return Obstacle(kind=kind, evidence=evidence, url="https://www.exemple.test/")


def test_the_wait_doubles_until_the_retry_budget_is_spent() -> None:
    policy = PolitenessPolicy(patience_s=15)
    waits = [policy.retry_after(obstacle_of(ObstacleKind.OUTAGE), attempt, None) for attempt in range(4)]
    assert waits == [2, 4, 8, None]
    assert policy.patience_s - policy.retry_budget.spent_s == 1


def test_retry_after_is_respected_within_the_retry_budget() -> None:
    policy = PolitenessPolicy(patience_s=15)
    assert policy.retry_after(obstacle_of(ObstacleKind.OUTAGE), 0, 10) == 10
    assert policy.retry_after(obstacle_of(ObstacleKind.OUTAGE), 0, 10) is None
    assert policy.retry_after(obstacle_of(ObstacleKind.OUTAGE), 0, 0) == 2


@pytest.mark.parametrize(
    "obstacle",
    [
        *(
            obstacle_of(kind)
            for kind in (ObstacleKind.WALL, ObstacleKind.ROBOTS, ObstacleKind.ELSEWHERE, ObstacleKind.SCENARIO)
        ),
        obstacle_of(ObstacleKind.GONE, "HTTP 404"),
        obstacle_of(ObstacleKind.OUTAGE, "HTTP 400"),
        obstacle_of(ObstacleKind.NETWORK, "NS_ERROR_UNKNOWN_HOST"),
        obstacle_of(ObstacleKind.NETWORK, "SEC_ERROR_UNKNOWN_ISSUER"),
    ],
    ids=str,
)
def test_a_permanent_obstacle_is_never_retried(obstacle: Obstacle) -> None:
    assert PolitenessPolicy(patience_s=3600).retry_after(obstacle, 0, None) is None


@pytest.mark.parametrize("evidence", ["HTTP 408", "HTTP 425", "HTTP 500", "« momentanément indisponible »"])
def test_a_temporary_obstacle_is_retried(evidence: str) -> None:
    assert PolitenessPolicy(patience_s=3600).retry_after(obstacle_of(ObstacleKind.OUTAGE, evidence), 0, None) == 2


def test_there_is_a_pause_between_two_pages_of_a_host() -> None:
    policy = PolitenessPolicy(pause_s=100)
    assert policy.pause_before("https://a.test/") == 0
    assert 40 < policy.pause_before("https://a.test/2") <= 150
    assert policy.pause_before("https://b.test/") == 0
    assert PolitenessPolicy().pause_before("https://a.test/") == 0


@pytest.mark.parametrize(("header", "seconds"), [("30", 30), (None, None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)])
def test_the_retry_after_header_is_read_in_seconds(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header) == seconds


@pytest.mark.parametrize(
    ("language", "blank", "kind"),
    [
        ("fr", False, None),
        ("FR-fr", False, None),
        ("fr_CA", False, None),
        ("", False, None),
        ("en", False, ObstacleKind.ELSEWHERE),
        ("fr", True, ObstacleKind.OUTAGE),
    ],
)
def test_a_blank_page_or_one_in_another_language_is_unexpected(
    language: str, blank: bool, kind: ObstacleKind | None
) -> None:
    found = unexpected_page(url="", language=language, expected="fr-FR", blank=blank)
    assert (None if found is None else found.kind) is kind


def test_a_page_that_lies_about_its_language_is_a_page() -> None:
    assert unexpected_page(url="", language="en", expected="fr-FR", blank=False, text=FRENCH) is None
    found = unexpected_page(url="", language="en", expected="fr-FR", blank=False, text=ENGLISH)
    assert found is not None
    assert "“locale”" in found.evidence


FRENCH = "Choisissez votre caisse d'assurance maladie, puis cliquez sur Valider pour ouvrir votre compte."
ENGLISH = "Choose your local office, then click on Confirm to open your account with us."


@pytest.mark.parametrize(
    ("now", "approved", "switched"),
    [
        (ENGLISH, FRENCH, True),
        (FRENCH, FRENCH, False),
        (ENGLISH, ENGLISH, False),
        ("OK", FRENCH, False),
        (ENGLISH, "", False),
    ],
)
def test_a_page_that_switches_to_another_language_is_another_page(now: str, approved: str, switched: bool) -> None:
    found = switched_language(url="", text=now, approved=approved, expected="fr-FR")
    assert (found is not None and found.kind is ObstacleKind.ELSEWHERE) is switched


def test_the_user_agent_of_an_unknown_system_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Plan 9")
    assert PolitenessPolicy().user_agent("153.0", "0.1.0") is None
