"""Find, check, install and launch Firefox."""

import os
import platform
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil
from playwright.sync_api import Browser, Playwright, sync_playwright

from capture.capture import Environment
from capture.errors import FirefoxUnusable, NoFirefox, NoScreen
from capture.messages import Phrase

VARIABLE = "TUTOFRAIS_FIREFOX"
STOCK_NAMES = ("firefox", "firefox-esr")
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
DRIVER = "playwright"
OUT_OF_TIME = "Timeout"
"""What Playwright says of a Firefox that did not answer."""
OWNER_VARIABLE = "TUTOFRAIS_OWNER"
"""Environment variable by which a Firefox is known as one's own."""
OWNER = f"{os.getpid()}-{secrets.token_hex(8)}-"
LAUNCH_TIMEOUT_MS = 60_000

PREFERENCES: dict[str, str | float | bool] = {
    # Readers see motion, pictures must not: https://developer.mozilla.org/docs/Web/CSS/@media/prefers-reduced-motion
    "ui.prefersReducedMotion": 1,
    "ui.systemUsesDarkTheme": 0,
    "ui.caretBlinkTime": 0,
    # Strict protection can hide consent banners, so what a reader sees would depend on the machine.
    "browser.contentblocking.category": "standard",
    "privacy.trackingprotection.enabled": False,
    # Scroll bars that take no room make pictures alike on every desktop.
    "ui.useOverlayScrollbars": 1,
    "general.smoothScroll": False,
    # The relay is the only way out, to this machine's own names too; WebRTC would go past it.
    "network.proxy.allow_hijacking_localhost": True,
    "media.peerconnection.enabled": False,
    # A browser context loses its proxy when it is closed, and what its pages send last would leave directly.
    # So all that has no proxy of its own goes to the discard port (RFC 863), where nothing speaks SOCKS.
    "network.proxy.type": 1,
    "network.proxy.socks": "127.0.0.1",
    "network.proxy.socks_port": 9,
    "network.proxy.socks_remote_dns": True,
    # What a form sends is not sent on to another address: a person is asked, and nobody answers.
    "network.http.prompt-temp-redirect": True,
    # What shows inside a closed shadow root can be found by the caret's place: see session_probe.js.
    "dom.shadowdom.new_caretPositionFromPoint_behavior.enabled": False,
    "signon.rememberSignons": False,
    "browser.formfill.enable": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledFirefox:
    """A Firefox on this machine."""

    executable: Path
    kind: Literal["stock", "playwright"]


def find_firefox(driver: Playwright) -> InstalledFirefox | None:
    """The Firefox to use: the one that is named, a stock one on the PATH, Playwright's own build."""
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named)
        own = path == Path(driver.firefox.executable_path)
        return InstalledFirefox(executable=path, kind="playwright" if own else "stock")
    stock = find_stock()
    if stock is not None:
        return InstalledFirefox(executable=stock, kind="stock")
    own_build = Path(driver.firefox.executable_path)
    return InstalledFirefox(executable=own_build, kind="playwright") if own_build.exists() else None


def find_stock() -> Path | None:
    """A stock Firefox on the PATH. A snap is passed over: its sandbox shuts the driver's profile out."""
    for name in STOCK_NAMES:
        found = shutil.which(name)
        if found is not None and not is_snap(Path(found)):
            return Path(found)
    return None


def is_snap(executable: Path) -> bool:
    """Is this a snap, or the script that Ubuntu puts in its place?"""
    if "snap" in executable.resolve().parts or executable.resolve().name == "snap":
        return True
    with executable.resolve().open("rb") as file:
        head = file.read(2048)
    return head.startswith(b"#!") and b"snap" in head


def install_firefox() -> None:
    """Install a Firefox: Debian's package when root, else Playwright's own build; raises NoFirefox."""
    attempts: list[list[str]] = []
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        attempts.append(["apt-get", "-q", "install", "-y", "--no-install-recommends", "firefox-esr"])
    attempts.append([sys.executable, "-m", "playwright", "install", "firefox"])
    for command in attempts:
        if command[0] == "apt-get":
            subprocess.run(["apt-get", "-q", "update"], stdout=sys.stderr, check=False)  # noqa: S607 - as root types it
        quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, stdout=sys.stderr, check=False, env=quietly)  # noqa: S603 - both are above
        if done.returncode == 0:
            return
    raise NoFirefox(Phrase("neither Debian's package nor Playwright's own build could be installed"))


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningFirefox:
    """A Firefox that Playwright drives."""

    browser: Browser
    installed: InstalledFirefox

    @property
    def environment(self) -> Environment:
        """What pictures are taken with, before a tutorial says its viewport and languages."""
        return Environment(
            firefox=self.browser.version,
            kind=self.installed.kind,
            os=operating_system(),
            viewport=(0, 0),
            scale=1,
            locale="",
            timezone="",
        )


@contextmanager
def open_firefox(*, headless: bool = True) -> Iterator[RunningFirefox]:
    """Launch Firefox for as long as the context lasts; raises NoFirefox, FirefoxUnusable or NoScreen."""
    if not headless and platform.system() == "Linux" and not any(os.environ.get(name) for name in SCREENS):
        raise NoScreen
    with ExitStack() as stack:
        try:
            running = stack.enter_context(_launched(headless))
        except FirefoxUnusable as error:
            if OUT_OF_TIME in str(error):
                raise
            # It stopped as it started: on a machine that is short of memory, things are ended now and then.
            running = stack.enter_context(_launched(headless))
        yield running


@contextmanager
def _launched(headless: bool) -> Iterator[RunningFirefox]:
    with _kill_at_end() as launch, _driver() as driver:
        try:
            installed = find_firefox(driver)
        except Exception as error:  # as in _launch
            raise FirefoxUnusable(Path(DRIVER), _first_line(error)) from error
        if installed is None:
            raise NoFirefox(
                Phrase("{names} are not on the PATH, nor is Playwright's own build there", names=", ".join(STOCK_NAMES))
            )
        browser = _launch(driver, installed, headless, launch)
        try:
            yield RunningFirefox(browser=browser, installed=installed)
        finally:
            with suppress(Exception):
                browser.close()


def kill_firefox(launch: str = "") -> None:
    """Kill each Firefox of this process, or that of one launch, though what drove it may be gone."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if "firefox" in process.name().lower() and process.environ().get(OWNER_VARIABLE, "").startswith(
                OWNER + launch
            ):
                process.kill()


@contextmanager
def _kill_at_end() -> Iterator[str]:
    """Gives a mark for what is launched; what outlived its driver is killed at the end: nobody else would end it."""
    launch = secrets.token_hex(8)
    try:
        yield launch
    finally:
        kill_firefox(launch)


@contextmanager
def _driver() -> Iterator[Playwright]:
    """Playwright's driver. Ctrl-C reaches it too, and breaks off what its connection was about to do.

    So ending it may fail in many ways, and none of them is news: what ended it is on its way up already.
    """
    try:
        driver = sync_playwright().start()
    except Exception as error:  # as in _launch
        raise FirefoxUnusable(Path(DRIVER), _first_line(error)) from error
    try:
        yield driver
    finally:
        with suppress(Exception):
            driver.stop()


def _launch(driver: Playwright, installed: InstalledFirefox, headless: bool, launch: str) -> Browser:
    stock = installed.kind == "stock"
    try:
        return driver.firefox.launch(
            channel="moz-firefox" if stock else None,
            executable_path=installed.executable,
            headless=headless,
            firefox_user_prefs=PREFERENCES,
            env={**os.environ, OWNER_VARIABLE: OWNER + launch},
            timeout=LAUNCH_TIMEOUT_MS,
        )
    except Exception as error:  # Playwright raises a bare Exception when its driver stops
        raise FirefoxUnusable(installed.executable, _first_line(error)) from error


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "it does not start")


def operating_system() -> str:
    """A short name of this machine's system, for a capture's environment."""
    if platform.system() != "Linux":
        return f"{platform.system()} {platform.release()}"
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        return "Linux"
