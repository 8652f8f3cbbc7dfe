"""robots.txt, without a browser."""

from capture.politeness.obstacles import ObstacleKind
from capture.politeness.robots import RobotsCache

RULES = "User-agent: *\nDisallow: /private\n"


def test_robots_txt_is_fetched_once_per_host() -> None:
    fetched: list[str] = []

    def fetch(url: str) -> tuple[int, str]:
        fetched.append(url)
        return 200, RULES

    cache = RobotsCache()
    assert cache.refusal("https://www.exemple.test/public", fetch) is None
    refusal = cache.refusal("https://www.exemple.test/private/page", fetch)
    assert refusal is not None
    assert refusal.kind is ObstacleKind.ROBOTS
    assert fetched == ["https://www.exemple.test/robots.txt"]


def test_a_server_error_is_an_outage_and_is_not_cached() -> None:
    cache = RobotsCache()
    outage = cache.refusal("https://www.exemple.test/public", lambda _: (503, ""))
    assert outage is not None
    assert (outage.kind, outage.evidence) == (ObstacleKind.OUTAGE, "robots.txt: HTTP 503")
    assert cache.refusal("https://www.exemple.test/public", lambda _: (200, RULES)) is None


def test_a_missing_robots_txt_allows_every_page() -> None:
    assert RobotsCache().refusal("https://www.exemple.test/private", lambda _: (404, "")) is None
