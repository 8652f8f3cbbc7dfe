"""Politeness of a run: robots.txt, User-Agent, pauses, retries, host locks."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from capture import Step
from capture.browser.firefox import RunningFirefox
from capture.politeness.host_lock import lock_hosts
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from capture.politeness.robots import RobotsCache
from capture.runner.journey import Journey, PageOutcome, VisitState
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site
from report.verdict import Verdict
from tests.support.builders import HOST, START, tutorial_of
from tests.support.runs import RunOn, page_of

PAGE = b"<!doctype html><html lang=fr><title>Exemple</title><a href=/suite>Suite</a>"
OTHER = "autre.exemple.test"
WAIT_S = 20


@dataclass(kw_only=True)
class Answers:
    """Responses of a small site, and the requests that it received."""

    robots: bytes | None = None
    robots_of: Mapping[str, bytes | None] = field(default_factory=dict)
    """The same by host, of hosts that have one of their own."""
    outages: int = 0
    """Number of first requests that are answered with 503."""
    broken: str = ""
    """Path on which the connection is closed without an answer."""
    retry_after: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = PAGE
    asked: list[str] = field(default_factory=list)
    hosts_asked: list[str] = field(default_factory=list)
    """Host of each of them."""
    agents: set[str] = field(default_factory=set)

    def asked_of(self, host: str) -> list[str]:
        """Return the paths that were asked of a host."""
        return [path for path, asked in zip(self.asked, self.hosts_asked, strict=True) if asked == host]


@contextmanager
def serving(answers: Answers) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers["Host"].partition(".localhost")[0]
            answers.asked.append(self.path)
            answers.hosts_asked.append(host)
            answers.agents.add(self.headers["User-Agent"])
            if self.path == "/robots.txt":
                robots = answers.robots_of.get(host, answers.robots)
                self.reply(404 if robots is None else 200, robots or b"", "text/plain")
            elif self.path == answers.broken:
                self.close_connection = True
            elif answers.outages:
                answers.outages -= 1
                self.reply(503, b"Revenez.", "text/html")
            else:
                port = str(self.connection.getsockname()[1]).encode()
                self.reply(200, answers.body.replace(b"PORT", port), "text/html")

        do_POST = do_GET  # noqa: N815 - http.server's name

        def reply(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            for name, value in answers.headers.items():
                self.send_header(name, value)
            if status == 503 and answers.retry_after is not None:
                self.send_header("Retry-After", answers.retry_after)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Site(
            name="x", baselines="replica", port=server.server_port, hosts=frozenset((HOST, OTHER, *answers.robots_of))
        )
        server.shutdown()


def accueil(step: Step) -> None:
    step.tell("Suivez « Suite ».", step.link())
    step.shoot()


def suivre(step: Step) -> None:
    link = step.tell("Suivez « Suite ».", step.link())
    step.shoot()
    step.click(link)


def walk(
    firefox: RunningFirefox, answers: Answers, tutorial: Tutorial | None = None, policy: PolitenessPolicy | None = None
) -> Sequence[PageOutcome]:
    with serving(answers) as site:
        journey = Journey(
            tutorial or tutorial_of(accueil),
            browser=firefox.browser,
            site=site,
            environment_in=firefox.environment_in,
            baseline_of=lambda _: None,
            policy=policy,
        )
        return list(journey.visit_pages())


ROBOTS = b"User-agent: *\nDisallow: /prive\nAllow: /\n\nUser-agent: tutofrais\nDisallow: /suite\nDisallow: /prive\n"


OF_ROBOTS = {
    "none": (None, VisitState.CAPTURED),
    "empty": (b"", VisitState.CAPTURED),
    "other pages": (ROBOTS, VisitState.CAPTURED),
    "everybody": (b"User-agent: *\nDisallow: /", VisitState.UNREACHABLE),
    "tutofrais": (b"User-agent: tutofrais\nDisallow: /", VisitState.UNREACHABLE),
    "somebody else": (b"User-agent: GPTBot\nDisallow: /", VisitState.CAPTURED),
}
"""Text of a robots.txt and state of the site's first page, by what it refuses."""


def test_robots_txt_is_obeyed(firefox: RunningFirefox) -> None:
    hosts = {what: f"robots{number}.exemple.test" for number, what in enumerate(OF_ROBOTS)}
    answers = Answers(robots_of={hosts[what]: robots for what, (robots, _) in OF_ROBOTS.items()})
    tutorial = tutorial_of(hosts=hosts.values())
    for number, (what, host) in enumerate(hosts.items(), start=1):
        tutorial.page(number, what, starts_at=f"https://{host}/")(accueil)
    outcomes = walk(firefox, answers, tutorial)
    for outcome, (what, (_, state)) in zip(outcomes, OF_ROBOTS.items(), strict=True):
        assert outcome.state is state, what
        if state is VisitState.UNREACHABLE:
            assert outcome.obstacle is not None
            assert outcome.obstacle.kind is ObstacleKind.ROBOTS
            assert answers.asked_of(hosts[what]) == ["/robots.txt"], "the page itself was never asked for"


def test_a_page_that_robots_may_not_see_is_not_kept_when_a_click_leads_there(firefox: RunningFirefox) -> None:
    tutorial = tutorial_of(suivre)
    tutorial.page(2, "suite")(accueil)
    first, second = walk(firefox, Answers(robots=ROBOTS), tutorial)
    assert first.state is VisitState.CAPTURED
    assert second.state is VisitState.NOT_REACHED


@pytest.mark.parametrize("policy", ["default-src *", "default-src 'none'"])
def test_another_hosts_robots_txt_is_read_whatever_its_pages_allow(firefox: RunningFirefox, policy: str) -> None:
    link = f"<!doctype html><html lang=fr><a href=http://{OTHER}.localhost:PORT/suite>Suite</a>"
    answers = Answers(robots=ROBOTS, body=link.encode(), headers={"Content-Security-Policy": policy})
    tutorial = tutorial_of(suivre, hosts=[HOST, OTHER])
    tutorial.page(2, "suite")(accueil)
    first, second = walk(firefox, answers, tutorial)
    assert (first.state, second.state) == (VisitState.CAPTURED, VisitState.NOT_REACHED)
    assert answers.asked.count("/robots.txt") == 2


def test_robots_txt_is_asked_for_once(firefox: RunningFirefox) -> None:
    answers = Answers()
    tutorial = tutorial_of(suivre, accueil)
    tutorial.page(3, "encore", starts_at=f"{START}encore")(accueil)
    walk(firefox, answers, tutorial)
    assert answers.asked.count("/robots.txt") == 1


def test_the_user_agent_names_tutofrais_by_default(firefox: RunningFirefox) -> None:
    named, plain = Answers(), Answers()
    walk(firefox, named)
    walk(firefox, plain, policy=PolitenessPolicy(identify=False))
    (own,) = plain.agents
    (agent,) = named.agents
    assert agent.startswith(f"{own} tutofrais/")
    assert "Firefox" in own


def test_an_outage_that_ends_is_waited_for(firefox: RunningFirefox) -> None:
    waits: list[float] = []
    policy = PolitenessPolicy(patience_s=20, on_retry=lambda _, seconds: waits.append(seconds))
    (outcome,) = walk(firefox, Answers(outages=1, retry_after="1"), policy=policy)
    assert outcome.state is VisitState.CAPTURED
    assert waits == [2]


def test_after_a_click_the_new_page_is_loaded_again_not_the_one_before(firefox: RunningFirefox) -> None:
    answers = Answers(broken="/suite")

    def mended(_: Obstacle, seconds: float) -> None:
        answers.broken = ""

    tutorial = tutorial_of(suivre)
    tutorial.page(2, "suite")(accueil)
    _, second = walk(firefox, answers, tutorial, PolitenessPolicy(patience_s=20, on_retry=mended))
    assert second.capture is not None
    assert second.capture.sidecar.url == f"{START}suite"
    assert answers.asked.count("/") == 1


def test_an_outage_in_a_new_tab_is_waited_for(firefox: RunningFirefox) -> None:
    def ouvrir(step: Step) -> None:
        link = step.tell("Suivez « Suite ».", step.link())
        step.shoot()
        answers.outages = 1
        step.click(link, new_tab=True)

    answers = Answers(body=PAGE.replace(b"<a ", b"<a target=_blank "))
    tutorial = tutorial_of(ouvrir)
    tutorial.page(2, "suite")(accueil)
    _, second = walk(firefox, answers, tutorial, PolitenessPolicy(patience_s=20))
    assert second.capture is not None
    assert second.capture.sidecar.url == f"{START}suite"


def test_a_form_is_not_submitted_twice(firefox: RunningFirefox) -> None:
    def envoyer(step: Step) -> None:
        button = step.tell("Cliquez sur « Envoyer ».", step.button())
        step.shoot()
        answers.broken = "/suite"
        step.click(button, sends=[f"{HOST}/suite"])

    form = b"<!doctype html><html lang=fr><form method=post action=/suite><button>Envoyer</button></form>"
    answers = Answers(body=form)
    tutorial = tutorial_of(envoyer)
    tutorial.page(2, "suite")(accueil)
    waits: list[float] = []
    first, second = walk(
        firefox, answers, tutorial, PolitenessPolicy(patience_s=20, on_retry=lambda _, seconds: waits.append(seconds))
    )
    assert waits == []
    assert second.state is VisitState.NOT_REACHED
    assert second.obstacle == first.obstacle
    assert first.obstacle is not None
    assert first.obstacle.kind is ObstacleKind.NETWORK
    assert first.obstacle.url == f"{START}suite"


def test_an_outage_is_waited_for_no_longer_than_there_is_patience(firefox: RunningFirefox) -> None:
    waits: list[float] = []
    answers = Answers(outages=9, retry_after="30")
    policy = PolitenessPolicy(patience_s=29, on_retry=lambda _, seconds: waits.append(seconds))
    (outcome,) = walk(firefox, answers, policy=policy)
    assert outcome.state is VisitState.UNREACHABLE
    assert outcome.obstacle is not None
    assert (outcome.obstacle.kind, outcome.obstacle.evidence) == (ObstacleKind.OUTAGE, "HTTP 503")
    assert waits == []


def test_a_run_waits_while_another_one_visits_the_same_host(run_on: RunOn) -> None:
    told: list[str] = []
    leave, there = Event(), Event()

    def other() -> None:
        with lock_hosts(["localhost"], told.append):
            there.set()
            leave.wait(WAIT_S)

    def queueing(host: str) -> None:
        told.append(host)
        leave.set()

    tutorial = Tutorial("exemple", title="Exemple", source="nous", licence="CC0", hosts=["localhost"])
    tutorial.page(1, "accueil", starts_at="http://localhost:9/")(accueil)
    thread = Thread(target=other)
    thread.start()
    assert there.wait(WAIT_S)
    record = replace(run_on, policy=PolitenessPolicy(on_host_wait=queueing))("live", [tutorial])
    thread.join(WAIT_S)
    assert told == ["localhost"]
    assert page_of(record, 1).verdict is Verdict.UNREACHABLE


def test_an_application_of_this_machine_is_a_live_site(run_on: RunOn) -> None:
    answers = Answers(robots=b"User-agent: *\nDisallow: /prive", body=PAGE + b"<img src=http://127.0.0.1:9875/x.png>")
    with serving(answers) as served:
        address = f"127.0.0.1:{served.port}"
        tutorial = tutorial_of(hosts=[address])

        @tutorial.page(1, "Accueil", starts_at=f"http://{address}/")
        def accueil(step: Step) -> None:
            step.tell("Suivez « Suite ».", step.link(), leads_to=f"http://{address}/suite")
            step.shoot()

        @tutorial.page(2, "Privé", starts_at=f"http://{address}/prive")
        def prive(step: Step) -> None:
            step.tell("Suivez « Suite ».", step.link())
            step.shoot()

        policy = replace(run_on.policy, robots=RobotsCache())
        record = replace(run_on, policy=policy)("live", [tutorial])
    home, private = (page for _, page in record.pages())
    assert [result.status for result in home.instructions] == ["true"]
    assert private.judgement.reasons[0].obstacle is not None
    assert private.judgement.reasons[0].obstacle.kind is ObstacleKind.ROBOTS
    assert answers.asked[:2] == ["/robots.txt", "/"]
    assert [request.reason for request in record.tutorials[0].blocked_requests] == ["undeclared host"]
