"""Faults of the site and of the network: each run ends, with the right verdict and obstacle."""

from collections.abc import Iterable
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from capture import Step
from capture.capture import Sidecar
from capture.politeness.obstacles import ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from report.results.run_record import RunRecord
from report.verdict import Verdict
from tests.support.builders import HOST, tutorial_of
from tests.support.commands import PROJECT
from tests.support.faults import DISMISS, FAULTS, GOOD, NO_ANSWERS, OTHER, Fault, NoAnswer, table
from tests.support.firefox import SharedFirefox
from tests.support.runs import FinishedRun, RunOn, WriteSite, page_of, write_replica
from tests.support.shared_result import shared_result

BOUND_MS = 2000
SHARED = tuple(fault for fault in FAULTS if not fault.alone)
ALONE = tuple(fault for fault in FAULTS if fault.alone)


def accueil(step: Step) -> None:
    step.tell("Cliquez sur « Valider ».", step.button())
    step.shoot()


def leave(step: Step) -> None:
    """Page without a picture: after it, the journey continues at the next page's own address."""


@pytest.fixture(scope="module")
def shared_run(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    """Run of a tutorial that meets every fault that disturbs no other page, each on a host of its own."""
    return shared_result(tmp_path_factory, "faults", lambda: _run_shared(shared_firefox, tmp_path_factory, policy))


def _run_shared(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    folder = tmp_path_factory.mktemp("faults")
    hosts = [OTHER, *(host_of(fault) for fault in SHARED)]
    tutorial = tutorial_of(hosts=hosts, dismiss=DISMISS)
    for fault in SHARED:
        host = host_of(fault)
        write_replica(folder / "site", {"": fault.html}, host=host)
        tutorial.page(number_of(fault), fault.name, starts_at=f"https://{host}/")(accueil)
        tutorial.page(number_of(fault) + 1, "départ")(leave)
    routes = "".join(fault.toml.replace(HOST, host_of(fault)) for fault in SHARED)
    write_replica(folder / "site", {"": GOOD}, toml=routes, host=OTHER)
    run_on = RunOn(
        firefox=shared_firefox.get(), runs=folder / "runs", screenshots=folder / "screenshots", policy=policy
    )
    run_on.screenshots.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        shorten_limits(patch)
        record = run_on(str(folder / "site"), [tutorial])
    return FinishedRun(record=record, folder=run_on.runs / record.id, sidecars=run_on.sidecars)


def host_of(fault: Fault) -> str:
    return f"faute{number_of(fault)}.exemple.test"


def number_of(fault: Fault) -> int:
    """Return the number of a fault's page in the shared run."""
    return 2 * SHARED.index(fault) + 1


def shorten_limits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("capture.browser.navigation.LOAD_TIMEOUT_MS", BOUND_MS)
    patch.setattr("capture.browser.stability.LIMIT_MS", 2 * BOUND_MS)


@pytest.mark.parametrize("fault", SHARED, ids=lambda fault: fault.name)
def test_the_page_gets_its_verdict(shared_run: FinishedRun, fault: Fault) -> None:
    assert_verdict(shared_run.record, shared_run.sidecars, fault, number_of(fault))


@pytest.mark.parametrize("fault", ALONE, ids=lambda fault: fault.name)
def test_the_only_page_gets_its_verdict(
    run_on: RunOn, write_site: WriteSite, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault.kind is ObstacleKind.TIMEOUT:
        monkeypatch.setattr("capture.browser.navigation.NAVIGATION_TIMEOUT_MS", BOUND_MS)
    if fault.kind is ObstacleKind.LOADING:  # a busy machine opens few message windows a second
        monkeypatch.setattr("capture.browser.navigation.NAVIGATION_TIMEOUT_MS", 2 * BOUND_MS)
    shorten_limits(monkeypatch)
    record = run_on(write_site({"": fault.html}, toml=fault.toml), [tutorial_of(accueil, dismiss=DISMISS)])
    assert_verdict(record, run_on.sidecars, fault)


@pytest.fixture(scope="module")
def unanswered(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    """Run of a tutorial that meets every fault of the network, each at an address of its own."""
    return shared_result(
        tmp_path_factory, "unanswered", lambda: _run_unanswered(shared_firefox, tmp_path_factory, policy)
    )


def _run_unanswered(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    folder = tmp_path_factory.mktemp("unanswered")
    run_on = RunOn(
        firefox=shared_firefox.get(), runs=folder / "runs", screenshots=folder / "screenshots", policy=policy
    )
    run_on.screenshots.mkdir()
    with ExitStack() as served, pytest.MonkeyPatch.context() as patch:
        patch.setattr("capture.browser.navigation.NAVIGATION_TIMEOUT_MS", BOUND_MS)
        addresses = [served.enter_context(fault.serve()) for fault in NO_ANSWERS]
        tutorial = tutorial_of(hosts={urlsplit(address).hostname or "" for address in addresses})
        for number, (fault, address) in enumerate(zip(NO_ANSWERS, addresses, strict=True), start=1):
            tutorial.page(number, fault.name, starts_at=address)(accueil)
        record = run_on("live", [tutorial])
    return FinishedRun(record=record, folder=run_on.runs / record.id, sidecars=())


@pytest.mark.parametrize("fault", NO_ANSWERS, ids=lambda fault: fault.name)
def test_a_site_that_does_not_answer_is_not_judged(unanswered: FinishedRun, fault: NoAnswer) -> None:
    assert_unreachable(unanswered.record, fault, NO_ANSWERS.index(fault) + 1)


def assert_verdict(record: RunRecord, sidecars: Iterable[Sidecar], fault: Fault, number: int = 1) -> None:
    """Check what a run recorded of the page with a fault, and that it captured the page once."""
    if fault.kind is not None:
        assert_unreachable(record, fault, number)
        return
    assert page_of(record, number).verdict is Verdict.NEW, page_of(record, number).judgement
    (sidecar,) = (sidecar for sidecar in sidecars if sidecar.page == number)
    assert sidecar.stable is fault.stable
    assert sidecar.instructions[0].true


def assert_unreachable(record: RunRecord, fault: Fault | NoAnswer, number: int = 1) -> None:
    page = page_of(record, number)
    assert page.verdict is Verdict.UNREACHABLE
    assert page.captured is None
    (reason,) = page.judgement.reasons
    assert reason.obstacle is not None
    assert (reason.obstacle.kind, reason.obstacle.evidence) == (fault.kind, fault.evidence)


def test_the_table_is_the_one_that_is_published() -> None:
    published = (PROJECT / "docs" / "faults.md").read_text("utf-8")
    assert published == table(), "regenerate it: python -m tests.support.faults > docs/faults.md"
