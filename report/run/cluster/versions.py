"""Versions of what a stream depends on: the same on the machine that starts the run and on every worker."""

import platform
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("capture", "report")
SOURCES = ("*.py", "*.js", "*.toml")
DIGEST_LENGTH = 8


@cache
def versions() -> Mapping[str, str]:
    """Return the versions that this process has, by name.

    That of tutofrais carries a digest of its code, because two checkouts may have the same number; that of Python is
    without its last number, which changes nothing that is sent.
    """
    return {
        "tutofrais": f"{version('tutofrais')} ({_code_digest()})",
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "playwright": version("playwright"),
        "distributed": version("distributed"),
    }


def described(found: Mapping[str, str]) -> str:
    """Return versions as one line."""
    return ", ".join(f"{name} {number}" for name, number in found.items())


def _code_digest() -> str:
    """Return a digest of the program's code."""
    root = Path(__file__).parents[3]
    digest = sha256()
    for file in sorted(file for package in PACKAGES for kind in SOURCES for file in (root / package).rglob(kind)):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:DIGEST_LENGTH]
