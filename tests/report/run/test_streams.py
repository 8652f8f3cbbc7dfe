"""Streams of a run: no host is in two of them, they are about equally long, and their records are merged."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from capture.messages import Phrase
from capture.politeness.obstacles import ObstacleKind
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.run.stream_record import lost_outcome, merged, read_stream_record, write_stream_record
from report.run.streams import bearable_jobs, groups_of, streams_of
from report.verdict import Verdict
from tests.support.builders import accueil, capture_of, outcome_of, png_of, record_of, scene, tutorial_of

PNG = png_of(scene(320, 240))
HOSTS = [f"h{number}.test" for number in range(6)]


def tutorial_on(*hosts: str, slug: str = "") -> Tutorial:
    declared = Tutorial(slug or "-".join(host[:2] for host in hosts), title="A", source="B", licence="C", hosts=hosts)
    declared.page(1, "Accueil")(accueil)
    return declared


@given(
    st.lists(st.sets(st.sampled_from(HOSTS), min_size=1, max_size=2), min_size=1, max_size=12),
    st.integers(1, 5),
    st.lists(st.floats(0, 100), min_size=12, max_size=12),
)
def test_every_tutorial_is_in_one_stream_and_no_host_in_two(
    declared: list[set[str]], jobs: int, times: list[float]
) -> None:
    tutorials = [tutorial_on(*sorted(hosts), slug=f"t{number}") for number, hosts in enumerate(declared)]
    streams = streams_of(tutorials, jobs, {one.slug: seconds for one, seconds in zip(tutorials, times, strict=False)})
    assert sorted(one.slug for stream in streams for one in stream) == sorted(one.slug for one in tutorials)
    assert len(streams) <= jobs
    hosts = [set().union(*(one.hosts for one in stream)) for stream in streams]
    assert sum(map(len, hosts)) == len(set().union(*hosts))


def test_what_took_longest_is_visited_first_and_the_rest_fills_up() -> None:
    tutorials = [tutorial_on(host) for host in HOSTS[:4]]
    seconds = {"h0": 10.0, "h1": 40.0, "h2": 20.0, "h3": 15.0}
    streams = streams_of(tutorials, 2, seconds)
    assert [[one.slug for one in stream] for stream in streams] == [["h1"], ["h2", "h3", "h0"]]


def test_groups_share_no_host_and_what_took_longest_comes_first() -> None:
    tutorials = [
        tutorial_on("a.test", slug="a"),
        tutorial_on("b.test", slug="b"),
        tutorial_on("a.test", "c.test", slug="c"),
    ]
    assert [[one.slug for one in group] for group in groups_of(tutorials, {"b": 5.0, "a": 1.0, "c": 1.0})] == [
        ["b"],
        ["a", "c"],
    ]


def test_ports_of_one_name_are_one_host() -> None:
    tutorials = [tutorial_on("a.test:8000", slug="a"), tutorial_on("a.test:9000", slug="b")]
    assert len(streams_of(tutorials, 2, {})) == 1


def test_a_machine_bears_at_least_one() -> None:
    assert bearable_jobs() >= 1


def test_records_of_streams_are_merged_in_the_order_of_the_tutorials(tmp_path: Path) -> None:
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    baselines.write("exemple", 9, capture_of(PNG, page=9))
    first, second = tutorial_of(accueil), tutorial_on("b.test", slug="autre")
    records = [
        record_of(tmp_path / one.slug, [outcome_of(one.pages[0], PNG)], baselines=baselines, tutorial=one)
        for one in (second, first)
    ]
    for number, record in enumerate(records):
        write_stream_record(record, tmp_path / f"{number}.json")
        assert read_stream_record(tmp_path / f"{number}.json") == record
    late = replace(records[1], finished=records[1].finished.replace(year=2027))
    whole = merged([records[0], late], [first, second], [first, second], baselines)
    assert [one.slug for one in whole.tutorials] == ["exemple", "autre"]
    assert whole.finished.year == 2027
    assert whole.orphans == ("exemple/9",)
    assert read_stream_record(tmp_path / "none.json") is None


def test_pages_of_a_stream_that_was_lost_are_not_checked(tmp_path: Path) -> None:
    tutorial = tutorial_of(accueil)
    tutorial.fixed(2, "Merci")
    lost = lost_outcome(tutorial, tmp_path, Phrase("the process that visits it ended twice"))
    assert lost.outcomes[0].obstacle is not None
    assert lost.outcomes[0].obstacle.kind is ObstacleKind.BROWSER
    (tmp_path / "screenshots").mkdir()
    record = record_of(
        tmp_path / "run",
        list(lost.outcomes),
        baselines=Baselines(tmp_path / "screenshots", "replica"),
        tutorial=tutorial,
    )
    assert [page.verdict for _, page in record.pages()] == [Verdict.UNREACHABLE, Verdict.FIXED]
