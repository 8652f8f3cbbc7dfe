"""The time zone of this machine, in which schedulers read times of the day."""

from datetime import datetime
from pathlib import Path

LOCAL_TIME = Path("/etc/localtime")
"""Link to the zone of the machine, on Linux and macOS; the variable TZ counts for one process only."""
ZONES = "zoneinfo"
"""Folder of all zones, whose paths in it are their names."""


def system_zone(local_time: Path = LOCAL_TIME) -> str:
    """Return the name of the machine's time zone (“Europe/Paris”), or its difference from UTC (“UTC+01:00”)."""
    parts = local_time.readlink().parts if local_time.is_symlink() else ()
    if ZONES in parts:
        return "/".join(parts[parts.index(ZONES) + 1 :])
    offset = f"{datetime.now().astimezone():%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"
