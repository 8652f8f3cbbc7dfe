from pathlib import Path

import pytest

from capture.errors import ReplicaUnreadable, UnknownSite
from capture.site import LIVE
from capture.site.site import Site, baselines_of, known_eras, open_site, replica_folders


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Pack with two eras of one host, and a folder of fonts beside them."""
    for era in ("2020", "2026"):
        (tmp_path / "pack" / "replica" / era / "www.exemple.test").mkdir(parents=True)
    (tmp_path / "pack" / "replica" / "fonts" / "sans").mkdir(parents=True)
    return tmp_path / "pack"


def test_the_eras_of_a_pack_are_its_folders_with_a_host(pack: Path) -> None:
    assert known_eras([pack]) == {"2020", "2026"}


def test_an_era_and_a_path_name_the_same_replica(pack: Path) -> None:
    (by_era,) = replica_folders("2026", [pack])
    (by_path,) = replica_folders(str(pack / "replica" / "2026"), [])
    assert by_era.path.samefile(by_path.path)


@pytest.mark.parametrize("name", ["2025", "..", ".", "", "nothing/here"])
def test_an_unknown_site_names_those_that_are_known(pack: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pack)
    with pytest.raises((UnknownSite, ReplicaUnreadable)) as caught:
        replica_folders(name, [pack])
    if isinstance(caught.value, UnknownSite):
        assert "2020, 2026, live" in str(caught.value)


def test_the_nearest_name_is_suggested(pack: Path) -> None:
    with pytest.raises(UnknownSite, match="Nearest name: 2026"):
        replica_folders("2o26", [pack])


def test_addresses_lead_to_the_replica_and_back() -> None:
    site = Site(name="2026", baselines="replica", port=8020, hosts=frozenset(["www.exemple.test"]))
    real = "https://www.exemple.test/a?b=1#c"
    local = "http://www.exemple.test.localhost:8020/a?b=1#c"
    assert site.reach(real) == local
    assert site.canonical(local) == real
    elsewhere = "https://ailleurs.test/"
    assert site.reach(elsewhere) == site.canonical(elsewhere) == elsewhere


@pytest.mark.parametrize("address", ["http://www.exemple.test.localhost:9/", "http://autre.test.localhost:8020/"])
def test_only_the_replicas_own_addresses_are_the_real_sites(address: str) -> None:
    site = Site(name="2026", baselines="replica", port=8020, hosts=frozenset(["www.exemple.test"]))
    assert site.canonical(address) == address


def test_the_live_site_is_reached_as_it_is() -> None:
    with open_site(LIVE, []) as site:
        assert site.reach("https://www.exemple.test/") == "https://www.exemple.test/"
        assert site.baselines == LIVE


def test_all_eras_share_their_baselines() -> None:
    assert baselines_of("2020") == baselines_of("2026") != baselines_of(LIVE)


def test_names_under_localhost_are_this_machine_if_they_are_declared() -> None:
    live = Site(name=LIVE, baselines="live")
    assert live.resolve("app.localhost", 8000, ["app.localhost:8000"]) == "127.0.0.1"
    assert live.resolve("app.localhost", 9000, ["app.localhost:8000"]) is None
    assert live.resolve("www.exemple.test", 443, ["www.exemple.test"]) == "www.exemple.test"
