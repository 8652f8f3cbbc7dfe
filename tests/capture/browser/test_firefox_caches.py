"""The caches of Firefox's own code: kept from one start to the next, and never in the way of a start."""

import os
import subprocess
from pathlib import Path

import pytest

from capture.browser.firefox_caches import STARTER, FirefoxCaches
from capture.user_caches import CACHES_VARIABLE

FIREFOX = """#!/bin/sh
ls "$3" > "$3.seen"
mkdir -p "$3/startupCache"
echo compiled > "$3/startupCache/scripts"
echo 153 > "$3/compatibility.ini"
echo cookies > "$3/cookies.sqlite"
exit 7
"""
"""Stands in for Firefox: notes what its profile holds when it starts, and leaves caches and data in it."""


@pytest.fixture
def firefox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An executable, and an empty folder of caches."""
    monkeypatch.setenv(CACHES_VARIABLE, str(tmp_path / "caches"))
    executable = tmp_path / "firefox"
    executable.write_text(FIREFOX)
    executable.chmod(0o755)
    return executable


def start(caches: FirefoxCaches, profile: Path) -> list[str]:
    """Start a Firefox in a new profile; return what the profile held then."""
    profile.mkdir()
    command = [str(STARTER), "--headless", "--profile", str(profile)]
    done = subprocess.run(command, env={**os.environ, **caches.environment}, check=False)
    assert done.returncode == 7, "the code of Firefox"
    return Path(f"{profile}.seen").read_text().split()


def caches_of(executable: Path) -> FirefoxCaches:
    caches = FirefoxCaches.of(executable)
    assert caches is not None
    return caches


def test_caches_are_kept_and_nothing_else(firefox: Path, tmp_path: Path) -> None:
    first = caches_of(firefox)
    assert not first.are_kept
    assert start(first, tmp_path / "first") == []
    second = caches_of(firefox)
    assert second.are_kept
    assert start(second, tmp_path / "second") == ["compatibility.ini", "startupCache"]
    assert [one.name for one in first.folder.parent.iterdir()] == [first.folder.name], "no half copy is left"


def test_each_firefox_has_its_own(firefox: Path, tmp_path: Path) -> None:
    start(caches_of(firefox), tmp_path / "profile")
    other = firefox.with_name("another")
    other.symlink_to(firefox)
    assert not caches_of(other).are_kept


def test_caches_older_than_their_firefox_are_removed(firefox: Path, tmp_path: Path) -> None:
    caches = caches_of(firefox)
    start(caches, tmp_path / "profile")
    os.utime(caches.folder, (0, 0))
    assert not caches_of(firefox).are_kept
    assert not caches.folder.exists()


def test_a_start_that_failed_leaves_none(firefox: Path, tmp_path: Path) -> None:
    caches = caches_of(firefox)
    start(caches, tmp_path / "profile")
    caches.folder.with_name(f"{caches.folder.name}.123").mkdir()
    assert not caches.removed().are_kept
    assert list(caches.folder.parent.iterdir()) == []


def test_without_a_folder_firefox_starts_without_caches(firefox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHES_VARIABLE, str(firefox))
    assert FirefoxCaches.of(firefox) is None


def test_a_firefox_that_cannot_be_started_has_none(firefox: Path) -> None:
    firefox.chmod(0o644)
    assert FirefoxCaches.of(firefox) is None
    assert FirefoxCaches.of(firefox.with_name("missing")) is None
