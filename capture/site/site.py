"""Sites: the live site, or a replica on this machine, and the mapping of URLs between them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from capture.errors import UnknownSite
from capture.hosts import declares_host
from capture.site import LIVE
from capture.site.local_server import LOOPBACK
from capture.site.replica import REPLICA_FOLDER, Replica, ReplicaFolder, read_replica

LOCAL_SUFFIX = ".localhost"
"""Suffix of the host names of a replica."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """The live site or a replica, on which the hosts of a scenario are reached."""

    name: str
    baselines: str
    """Folder of its baselines in ``screenshots/``; all eras of a replica share one."""
    port: int | None = None
    """Port on which the replica listens; None for the live site."""
    hosts: frozenset[str] = frozenset()
    """Hosts of the real site that the replica serves."""
    mistakes: Mapping[str, str] = field(default_factory=dict)
    """Mistakes in the replica's files, with file and line, by host and path; grows while it serves."""
    serves: Callable[[str], bool] = lambda _: True
    """Returns whether there may be a page at a URL of the real site: a replica knows which ones it has."""

    def reach(self, url: str) -> str:
        """Return the URL to visit for a URL of the real site."""
        parts = urlsplit(url)
        if self.port is None or parts.hostname not in self.hosts:
            return url
        return urlunsplit(("http", f"{parts.hostname}{LOCAL_SUFFIX}:{self.port}", *parts[2:]))

    def mistake_at(self, url: str) -> str | None:
        """Return the mistake in the replica that made it answer a URL of the real site with an error."""
        parts = urlsplit(url)
        return self.mistakes.get(f"{parts.hostname}{unquote(parts.path)}")

    def resolve(self, name: str, port: int, among: Collection[str]) -> str | None:
        """Return the network address of a host; None if it is not allowed.

        Args:
            name: host name in the browser.
            port: port of the connection; on a replica it must be that of the replica.
            among: allowed hosts of the real site.
        """
        if self.port is None or not name.endswith(LOCAL_SUFFIX):
            allowed = declares_host(among, name, port) and name not in self.hosts
            # Names under .localhost are this machine's, whatever its resolver says (RFC 6761, 6.3).
            return (LOOPBACK if name.endswith(LOCAL_SUFFIX) else name) if allowed else None
        host = self.canonical_host(name)
        return LOOPBACK if host in self.hosts and host in among and port == self.port else None

    def canonical_host(self, name: str) -> str:
        """Return the host on the real site for a host name in the browser."""
        return name if self.port is None else name.removesuffix(LOCAL_SUFFIX)

    def canonical(self, address: str) -> str:
        """Return the URL on the real site for a visited URL."""
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
        port: port on which a replica listens; 0: any free port.

    Raises:
        UnknownSite, ReplicaUnreadable, PortInUse.
    """
    if name == LIVE:
        yield Site(name=LIVE, baselines=baselines_of(LIVE))
        return
    folders = replica_folders(name, scenario_folders)
    with Replica(folders, port=port) as replica:
        yield Site(
            name=name,
            baselines=baselines_of(name),
            port=replica.port,
            hosts=replica.hosts,
            mistakes=replica.mistakes,
            serves=replica.serves,
        )


def baselines_of(name: str) -> str:
    """Return the folder in ``screenshots/`` for a site."""
    return LIVE if name == LIVE else REPLICA_FOLDER


def replica_folders(name: str, scenario_folders: Iterable[Path]) -> list[ReplicaFolder]:
    """Return the folders of a replica: that of the era in each pack, or the one at a path."""
    packs = sorted(set(scenario_folders))
    eras = [folder / REPLICA_FOLDER / name for folder in packs]
    found = [era for era in eras if name.strip(".") and "/" not in name and era.is_dir()]
    if found:
        return [read_replica(era) for era in found]
    if Path(name).is_dir():
        return [read_replica(Path(name))]
    raise UnknownSite(name, {LIVE, *known_eras(packs)})


def check_site(name: str, scenario_folders: Iterable[Path]) -> None:
    """Raise UnknownSite or ReplicaUnreadable unless ``open_site`` knows a site of this name."""
    if name != LIVE:
        replica_folders(name, scenario_folders)


def known_eras(scenario_folders: Iterable[Path]) -> set[str]:
    """Return the names of the eras that the packs in these folders contain."""
    return {
        era.name
        for folder in scenario_folders
        if (folder / REPLICA_FOLDER).is_dir()
        for era in (folder / REPLICA_FOLDER).iterdir()
        if era.is_dir() and any("." in host.name.strip(".") for host in era.iterdir() if host.is_dir())
    }
