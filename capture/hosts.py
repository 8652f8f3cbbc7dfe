"""Declared hosts: names (``www.ameli.fr``), or names with a port (``127.0.0.1:8000``).

A name without a port stands for all its ports.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def host_with_port(url: str) -> str:
    """Return the host of a URL, with its port unless it is the scheme's own."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    return name if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{name}:{parts.port}"


def declares(hosts: Collection[str], url: str) -> bool:
    """Return whether the host of a URL is among declared hosts."""
    try:
        parts = urlsplit(url)
        return declares_host(hosts, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0))
    except ValueError:
        return False


def declares_host(hosts: Collection[str], name: str, port: int) -> bool:
    """Return whether a host and its port are among declared hosts."""
    return name in hosts or f"{name}:{port}" in hosts
