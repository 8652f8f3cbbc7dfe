"""Find, check, install and launch Firefox."""

import asyncio
import logging
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
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from capture.browser.firefox_caches import STARTER, FirefoxCaches
from capture.browser.nagle import switch_off_nagle
from capture.browser.text_rendering import text_rendering
from capture.browser.watchdog import OPEN_CLOSE_S, Watchdog
from capture.capture import Environment
from capture.errors import DriverUnusable, FirefoxUnusable, NoFirefox, NoScreen, NotEnoughMemory, TooManyFiles
from capture.messages import Phrase
from capture.user_caches import folder_of_caches

FIREFOX_VARIABLE = "TUTOFRAIS_FIREFOX"
STOCK_NAMES = ("firefox", "firefox-esr")
DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY")
DRIVER_NAME = "playwright"
DRIVER_COMMAND = "run-driver"
"""Argument on the command line of Playwright's driver."""
TIMEOUT_MESSAGE = "Timeout"
"""Part of Playwright's message about a Firefox that did not answer in time."""
SCREENSHOT_WITHOUT_FONTS = "PW_TEST_SCREENSHOT_NO_FONTS_READY"
"""Variable of Playwright: a screenshot does not wait for fonts; ``stability.js`` has waited for them, up to a limit."""
DRIVER_CACHE = "NODE_COMPILE_CACHE"
"""Variable of Node.js: folder in which it keeps the driver's code compiled (https://nodejs.org/api/module.html)."""
OWNER_VARIABLE = "TUTOFRAIS_OWNER"
"""Environment variable that marks the Firefox processes launched by this process."""
OWNER_PREFIX = f"{os.getpid()}-{secrets.token_hex(8)}-"
LAUNCH_TIMEOUT_MS = 60_000
LAUNCH_LIMIT_S = LAUNCH_TIMEOUT_MS // 1000 + OPEN_CLOSE_S
"""Limit of a launch, for a driver that does not keep to its own."""

PREFERENCES: dict[str, str | float | bool] = {
    # Screenshots must not show motion: https://developer.mozilla.org/docs/Web/CSS/@media/prefers-reduced-motion
    "ui.prefersReducedMotion": 1,
    "ui.systemUsesDarkTheme": 0,
    "ui.caretBlinkTime": 0,
    # Strict protection can hide consent banners, so what a reader sees would depend on the machine.
    "browser.contentblocking.category": "standard",
    "privacy.trackingprotection.enabled": False,
    # Overlay scroll bars take no room, so that screenshots are the same on every desktop.
    "ui.useOverlayScrollbars": 1,
    "general.smoothScroll": False,
    # ``print()`` of a page would wait for a person.
    "print.enabled": False,
    # All contexts share one history: a link would change its colour when another tutorial has visited its page.
    "layout.css.visited_links_enabled": False,
    # All requests go through the proxy, those to localhost too; WebRTC would bypass it.
    "network.proxy.allow_hijacking_localhost": True,
    "media.peerconnection.enabled": False,
    # A browser context loses its proxy when it is closed, and the last requests of its pages would leave directly.
    # So requests without a proxy of their own go to the discard port (RFC 863), where no SOCKS proxy listens.
    "network.proxy.type": 1,
    "network.proxy.socks": "127.0.0.1",
    "network.proxy.socks_port": 9,
    "network.proxy.socks_remote_dns": True,
    # A redirected POST needs a confirmation that nobody gives, so a form is never sent on to another address.
    "network.http.prompt-temp-redirect": True,
    # session_probe.js finds visible content of closed shadow roots by the position of the caret.
    "dom.shadowdom.new_caretPositionFromPoint_behavior.enabled": False,
    "signon.rememberSignons": False,
    "browser.formfill.enable": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledFirefox:
    """Firefox installed on this machine."""

    executable: Path
    kind: Literal["stock", "playwright"]


def find_firefox(driver: Playwright) -> InstalledFirefox | None:
    """Return the Firefox to use: that of ``TUTOFRAIS_FIREFOX``, a stock one on the PATH, or Playwright's build."""
    configured = os.environ.get(FIREFOX_VARIABLE)
    if configured:
        path = Path(configured)
        is_playwright_build = path == Path(driver.firefox.executable_path)
        return InstalledFirefox(executable=path, kind="playwright" if is_playwright_build else "stock")
    stock = find_stock_firefox()
    if stock is not None:
        return InstalledFirefox(executable=stock, kind="stock")
    playwright_build = Path(driver.firefox.executable_path)
    return InstalledFirefox(executable=playwright_build, kind="playwright") if playwright_build.exists() else None


def find_stock_firefox() -> Path | None:
    """Return a stock Firefox on the PATH, but no snap: its sandbox cannot read the driver's profile."""
    for name in STOCK_NAMES:
        found = shutil.which(name)
        if found is not None and not is_snap(Path(found)):
            return Path(found)
    return None


def is_snap(executable: Path) -> bool:
    """Return whether this is a snap, or the script with which Ubuntu replaces the executable."""
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
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, stdout=sys.stderr, check=False, env=environment)  # noqa: S603 - both are above
        if done.returncode == 0:
            return
    raise NoFirefox(Phrase("neither Debian's package nor Playwright's own build could be installed"))


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningFirefox:
    """Running Firefox, driven by Playwright."""

    browser: Browser
    installed: InstalledFirefox

    def environment_in(self, page: Page) -> Environment:
        """Return the environment of the captures in a tab, which has shown nothing yet; see ``environment``.

        How text is drawn is seen in the first tab of each Firefox of this machine. A Firefox that does not answer is
        killed: whoever acts in its tab then starts another one.
        """
        if not _TEXT_RENDERINGS.get(self.installed.executable):
            with Watchdog(kill_firefox_and_driver).timed(OPEN_CLOSE_S):
                _TEXT_RENDERINGS[self.installed.executable] = text_rendering(page)
        return self.environment

    @property
    def environment(self) -> Environment:
        """Environment of captures, without the viewport, scale, locale and time zone that a tutorial declares.

        As long as ``environment_in`` has seen no tab, it does not say how text is drawn.
        """
        return Environment(
            firefox=self.browser.version,
            kind=self.installed.kind,
            os=operating_system(),
            viewport=(0, 0),
            scale=1,
            locale="",
            timezone="",
            text_rendering=_TEXT_RENDERINGS.get(self.installed.executable, ""),
        )


@contextmanager
def open_firefox(*, headless: bool = True) -> Iterator[RunningFirefox]:
    """Launch Firefox for as long as the context lasts; raises NoFirefox, FirefoxUnusable or NoScreen."""
    if not headless and platform.system() == "Linux" and not any(os.environ.get(name) for name in DISPLAY_VARIABLES):
        raise NoScreen
    with ExitStack() as stack:
        try:
            running = stack.enter_context(_running_firefox(headless))
        except FirefoxUnusable as error:
            if TIMEOUT_MESSAGE in str(error):
                raise
            # Retry a Firefox that crashed at launch, as happens on a machine that is short of memory.
            running = stack.enter_context(_running_firefox(headless))
        yield running


@contextmanager
def _running_firefox(headless: bool) -> Iterator[RunningFirefox]:
    """Start the driver and launch Firefox once; raises NoFirefox or FirefoxUnusable."""
    with _killed_at_end() as launch, _driver() as driver:
        try:
            installed = find_firefox(driver)
        except Exception as error:  # as in _launch
            raise DriverUnusable(DRIVER_NAME, _first_line(error)) from error
        if installed is None:
            raise NoFirefox(
                Phrase("{names} are not on the PATH, nor is Playwright's own build there", names=", ".join(STOCK_NAMES))
            )
        caches = FirefoxCaches.of(installed.executable) if installed.kind == "stock" else None
        browser = _launch(driver, installed, headless, launch, caches)
        switch_off_nagle(_processes_of(launch))
        try:
            yield RunningFirefox(browser=browser, installed=installed)
        finally:
            # Nothing of its profile is needed any more, unless it leaves the first caches: to be killed is faster.
            if caches is None or caches.are_kept:
                kill_firefox(launch)
            with suppress(Exception), Watchdog(kill_firefox_and_driver).timed(OPEN_CLOSE_S):
                browser.close()


_TEXT_RENDERINGS: dict[Path, str] = {}
"""Digests of text as the Firefoxes of this process have drawn it, by executable."""


def kill_firefox(launch: str = "") -> None:
    """Kill the Firefox processes launched by this process, or by one launch, even if their driver has ended."""
    for process in _processes_of(launch):
        with suppress(psutil.Error):
            process.kill()


def _processes_of(launch: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(OWNER_VARIABLE, "").startswith(OWNER_PREFIX + launch):
                yield process


def kill_firefox_and_driver() -> None:
    """Kill Firefox and Playwright's driver, which may wait for ever for an answer of a Firefox that was killed."""
    kill_firefox()
    for process in psutil.Process().children():
        with suppress(psutil.Error):
            if DRIVER_COMMAND in process.cmdline():
                process.kill()


@contextmanager
def _killed_at_end() -> Iterator[str]:
    """Give an identifier for a launch; at the end, kill those of its processes that outlived their driver."""
    launch = secrets.token_hex(8)
    try:
        yield launch
    finally:
        kill_firefox(launch)


def is_no_cancelled_task(record: logging.LogRecord) -> bool:
    """Whether a record of asyncio's log tells of something else than a task that was cancelled.

    When its driver is killed, Playwright asks the tasks that this cancels for their errors, and asyncio would print a
    traceback for each.
    """
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or not issubclass(kind, asyncio.CancelledError)


@contextmanager
def _driver() -> Iterator[Playwright]:
    """Start Playwright's driver, and stop it at the end.

    Ctrl-C ends the driver too and breaks its connection, so errors while stopping it are ignored: the cause is
    being raised already.
    """
    os.environ[SCREENSHOT_WITHOUT_FONTS] = "1"
    caches = folder_of_caches()
    if caches is not None:
        os.environ.setdefault(DRIVER_CACHE, str(caches / "driver"))
    logging.getLogger("asyncio").addFilter(is_no_cancelled_task)
    try:
        driver = sync_playwright().start()
    except Exception as error:  # as in _launch
        raise DriverUnusable(DRIVER_NAME, _first_line(error)) from error
    try:
        yield driver
    finally:
        with suppress(Exception):
            driver.stop()


def _launch(
    driver: Playwright, installed: InstalledFirefox, headless: bool, launch: str, caches: FirefoxCaches | None
) -> Browser:
    stock = installed.kind == "stock"
    try:
        with Watchdog(kill_firefox_and_driver).timed(LAUNCH_LIMIT_S):
            return driver.firefox.launch(
                channel="moz-firefox" if stock else None,
                executable_path=installed.executable if caches is None else STARTER,
                headless=headless,
                firefox_user_prefs=PREFERENCES,
                env={**os.environ, OWNER_VARIABLE: OWNER_PREFIX + launch, **(caches.environment if caches else {})},
                timeout=LAUNCH_TIMEOUT_MS,
            )
    except Exception as error:  # Playwright raises a bare Exception when its driver stops
        if caches is not None:
            caches.removed()
        raise _launch_error(installed.executable, str(error)) from error


_LAUNCH_ERRORS = {
    "EMFILE": TooManyFiles,
    "ENFILE": TooManyFiles,
    "ENOMEM": NotEnoughMemory,
    "EAGAIN": NotEnoughMemory,
    "Cannot allocate memory": NotEnoughMemory,
    "out of memory": NotEnoughMemory,
}
"""Errors by a part of Playwright's message."""


def _launch_error(executable: Path, message: str) -> FirefoxUnusable:
    """Return the error, with the fitting cure, for a Firefox that did not start."""
    kind = next((kind for part, kind in _LAUNCH_ERRORS.items() if part in message), FirefoxUnusable)
    return kind(executable, next(iter(message.strip().splitlines()), ""))


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "it does not start")


def operating_system() -> str:
    """Return a short name of the operating system, for a capture's environment."""
    if platform.system() != "Linux":
        return f"{platform.system()} {platform.release()}"
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        return "Linux"
