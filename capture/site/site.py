"""Where the addresses of a scenario lead: to the live site, or to a replica on this machine."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from capture.errors import UnknownSite
from capture.site.local_server import LOOPBACK
from capture.site.replica import Replica, ReplicaFolder, read_replica

LIVE = "live"
LOCAL = ".localhost"
"""What names of a replica's hosts end in."""
REPLICA_FOLDER = "replica"


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """One place where a scenario's hosts can be reached."""

    name: str
    baselines: str
    """Folder of ``screenshots/`` with the pictures approved of it: all eras of a replica share one, as the
    years of the live site do."""
    port: int | None = None
    """Port of this machine where the replica listens; None: live."""
    hosts: frozenset[str] = frozenset()
    """Hosts that the replica serves."""

    def reach(self, url: str) -> str:
        """The address to visit for an address of the real site."""
        parts = urlsplit(url)
        if self.port is None or parts.hostname not in self.hosts:
            return url
        return urlunsplit(("http", f"{parts.hostname}{LOCAL}:{self.port}", *parts[2:]))

    def resolve(self, name: str, port: int, among: Collection[str]) -> str | None:
        """The address of a host, by the name that a browser knows; None unless it is one of these of the real site.

        Args:
            port: of a replica, only its own leads anywhere.
        """
        if self.port is None or not name.endswith(LOCAL):
            return name if name in among and name not in self.hosts else None
        host = self.canonical_host(name)
        return LOOPBACK if host in self.hosts and host in among and port == self.port else None

    def canonical_host(self, name: str) -> str:
        """The real site's host, by the name that a browser knows."""
        return name if self.port is None else name.removesuffix(LOCAL)

    def canonical(self, address: str) -> str:
        """The real site's address for one that was visited."""
        parts = urlsplit(address)
        host = self.canonical_host(parts.hostname or "")
        if self.port is None or parts.port != self.port or host not in self.hosts:
            return address
        return urlunsplit(("https", host, *parts[2:]))


@contextmanager
def open_site(name: str, scenario_folders: Iterable[Path], *, port: int = 0) -> Iterator[Site]:
    """Make a site reachable for as long as the context lasts.

    Args:
        name: ``live``, an era that packs ship (``2026``), or a replica folder's path.
        scenario_folders: folders of scenario files, each with a ``replica/`` of its own perhaps.
        port: where a replica is to listen; 0: any free port.

    Raises:
        UnknownSite, ReplicaUnreadable, PortInUse.
    """
    if name == LIVE:
        yield Site(name=LIVE, baselines=baselines_of(LIVE))
        return
    folders = replica_folders(name, scenario_folders)
    with Replica(folders, port=port) as replica:
        yield Site(name=name, baselines=baselines_of(name), port=replica.port, hosts=replica.hosts)


def baselines_of(name: str) -> str:
    """The folder of ``screenshots/`` for a site of this name."""
    return LIVE if name == LIVE else REPLICA_FOLDER


def replica_folders(name: str, scenario_folders: Iterable[Path]) -> list[ReplicaFolder]:
    """The folders that make up a replica: the era of each pack, or the one at a path."""
    packs = sorted(set(scenario_folders))
    eras = [folder / REPLICA_FOLDER / name for folder in packs]
    found = [era for era in eras if name.strip(".") and "/" not in name and era.is_dir()]
    if found:
        return [read_replica(era) for era in found]
    if Path(name).is_dir():
        return [read_replica(Path(name))]
    raise UnknownSite(name, {LIVE, *known_eras(packs)})


def known_eras(scenario_folders: Iterable[Path]) -> set[str]:
    """Names of the eras that the packs in these folders ship."""
    return {
        era.name
        for folder in scenario_folders
        if (folder / REPLICA_FOLDER).is_dir()
        for era in (folder / REPLICA_FOLDER).iterdir()
        if era.is_dir() and any("." in host.name.strip(".") for host in era.iterdir() if host.is_dir())
    }
