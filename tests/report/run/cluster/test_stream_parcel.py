"""What is sent to a worker is what a stream needs, and what comes back is all that it has seen."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from capture.errors import CannotWrite
from capture.scenario.loader import read_files, read_tutorials
from capture.site.site import open_site
from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.run.cluster.parcel import files_under, pack, unpack
from report.run.cluster.stream_parcel import located, stream_parcel
from report.run.politeness import stream_policy
from report.run.stream_messages import StreamRequest
from tests.support.builders import capture_of
from tests.support.project import PNG, SCENARIO

OTHER = SCENARIO.replace('"exemple"', '"autre"').replace("www.exemple.test", "www.autre.test")
LEASE = 12.5


def request_of(project: Path, site: str, *slugs: str) -> StreamRequest:
    return StreamRequest(
        number=1,
        scenarios=tuple(str(project / "scenarios" / f"{slug}.py") for slug in slugs),
        slugs=slugs,
        site=site,
        screenshots=str(project / "screenshots"),
        runs=str(project / "runs"),
        folder=str(project / "runs" / ".begun"),
        run_id="begun",
        started=datetime(2026, 3, 3, tzinfo=UTC),
        lang="fr",
        pause_s=0,
        host_pauses_s={},
        most_pages={},
        patience_s=0,
        wait_s=None,
        quiet_ms=50,
        identify=True,
    )


def arrived(project: Path, request: StreamRequest, into: Path) -> StreamRequest:
    """Send the parcel of a stream, and return the request as its worker has it."""
    tutorials = [one for one in read_tutorials(project / "scenarios") if one.slug in request.slugs]
    unpack(stream_parcel(request, tutorials), into)
    return located(replace(request, scenarios=(), screenshots="", runs="", folder=""), into, LEASE)


def test_a_stream_of_a_quiet_run_tells_no_waits(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request = request_of(project, "live", "exemple")
    stream_policy(request, Sentences("en")).on_host_wait("www.exemple.test")
    assert "www.exemple.test" in capsys.readouterr().err
    stream_policy(replace(request, quiet=True), Sentences("en")).on_host_wait("www.exemple.test")
    assert capsys.readouterr().err == ""


def test_a_worker_has_the_scenario_the_baselines_and_the_history(project: Path, tmp_path: Path) -> None:
    (project / "scenarios" / "autre.py").write_text(OTHER, "utf-8")
    Baselines(project / "screenshots", "replica").write("autre", 1, capture_of(PNG))
    there = arrived(project, request_of(project, "2026", "exemple"), tmp_path / "worker")
    (tutorial,) = read_files(map(Path, there.scenarios))
    (here,) = (one for one in read_tutorials(project / "scenarios") if one.slug == "exemple")
    assert (tutorial.slug, tutorial.source_sha256) == ("exemple", here.source_sha256)
    baselines = Baselines(Path(there.screenshots), "replica")
    assert baselines.read("exemple", 1) == Baselines(project / "screenshots", "replica").read("exemple", 1)
    assert baselines.read("autre", 1) is None, "not those of other streams"
    assert there.lease_until == LEASE
    assert all(Path(path).is_dir() for path in (there.screenshots, there.runs, there.folder))


def test_the_scenarios_of_two_packs_keep_their_names_apart(project: Path, tmp_path: Path) -> None:
    (project / "scenarios" / "pack").mkdir()
    (project / "scenarios" / "pack" / "exemple.py").write_text(OTHER, "utf-8")
    there = arrived(project, request_of(project, "live", "exemple", "autre"), tmp_path / "worker")
    assert sorted(one.slug for one in read_files(map(Path, there.scenarios))) == ["autre", "exemple"]


@pytest.mark.parametrize("site", ["2026", "scenarios/replica/2026", "elsewhere"])
def test_a_replica_is_served_on_the_worker(project: Path, tmp_path: Path, site: str) -> None:
    (project / "elsewhere" / "www.exemple.test").mkdir(parents=True)
    there = arrived(project, request_of(project, site, "exemple"), tmp_path / "worker")
    folders = {one.file.parent for one in read_files(map(Path, there.scenarios))}
    (tmp_path / "nowhere").mkdir()
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.chdir(tmp_path / "nowhere")
        with open_site(there.site, folders) as opened:
            assert opened.hosts == {"www.exemple.test"}


def test_what_was_visited_before_is_sent_and_not_what_was_begun(project: Path, tmp_path: Path) -> None:
    request = request_of(project, "live", "exemple")
    run = Path(request.folder)
    for file in ("visited/exemple.json", "captures/exemple/01.png", "captures/autre/01.png"):
        (run / file).parent.mkdir(parents=True, exist_ok=True)
        (run / file).write_bytes(b"{}")
    there = arrived(project, request, tmp_path / "worker")
    found = sorted(name for name, _ in files_under(Path(there.folder), ""))
    assert found == ["captures/exemple/01.png", "visited/exemple.json"]
    (run / "visited" / "exemple.json").unlink()
    there = arrived(project, request, tmp_path / "second")
    assert list(files_under(Path(there.folder), "")) == []


def test_a_file_that_is_named_is_read_whatever_its_name(project: Path, tmp_path: Path) -> None:
    hidden = (project / "scenarios" / "exemple.py").rename(project / "scenarios" / "_exemple.py")
    request = replace(request_of(project, "live", "exemple"), scenarios=(str(hidden),))
    unpack(stream_parcel(request, read_tutorials(hidden)), tmp_path / "worker")
    there = located(request, tmp_path / "worker", LEASE)
    assert [one.slug for one in read_files(map(Path, there.scenarios))] == ["exemple"]


def test_a_parcel_keeps_bytes_and_names_and_leaves_locks(tmp_path: Path) -> None:
    sent = {"a/é.png": bytes(range(256)), "b.json": b"{}" * 1000}
    for name, data in {**sent, ".lock": b""}.items():
        (tmp_path / "sent" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "sent" / name).write_bytes(data)
    parcel = pack(files_under(tmp_path / "sent", ""))
    assert len(parcel) < 1500, "text is compressed"
    unpack(parcel, tmp_path / "there")
    assert {name: file.read_bytes() for name, file in files_under(tmp_path / "there", "")} == sent
    (tmp_path / "full").write_text("a file where the folder should be")
    with pytest.raises(CannotWrite):
        unpack(parcel, tmp_path / "full")
