import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from capture.browser.firefox import find_stock_firefox, install_firefox, is_no_cancelled_task, is_snap, operating_system
from capture.errors import NoFirefox

SNAP_SCRIPT = '#!/bin/sh\nexec /snap/bin/firefox "$@"\n'


def program(folder: Path, name: str, text: str = "#!/bin/sh\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_a_stock_firefox_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_stock_firefox() is None
    esr = program(tmp_path, "firefox-esr")
    assert find_stock_firefox() == esr
    release = program(tmp_path, "firefox")
    assert find_stock_firefox() == release


def test_a_snap_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "firefox", SNAP_SCRIPT)
    assert find_stock_firefox() is None
    esr = program(tmp_path, "firefox-esr")
    assert find_stock_firefox() == esr


def test_a_snap_is_recognised_by_its_path_too(tmp_path: Path) -> None:
    real = program(tmp_path / "snap" / "bin", "firefox")
    link = tmp_path / "firefox"
    link.symlink_to(real)
    assert is_snap(link)
    assert not is_snap(program(tmp_path, "other"))


def test_an_install_without_any_installer_raises_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(program(tmp_path, "python", "#!/bin/sh\nexit 1\n")))
    with pytest.raises(NoFirefox, match="could be installed"):
        install_firefox()


def test_the_operating_system_has_a_name() -> None:
    assert operating_system()


def test_a_cancelled_task_is_no_error_to_print(caplog: pytest.LogCaptureFixture) -> None:
    """Cancel a task whose callback asks for its error, as Playwright's do when its driver is killed."""

    async def ended(*, cancelled: bool) -> None:
        task = asyncio.ensure_future(asyncio.sleep(60 if cancelled else 0))
        task.add_done_callback(lambda done: done.exception() if cancelled else 1 / 0)
        await asyncio.sleep(0)
        if cancelled:
            task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(0)

    def run(*, cancelled: bool) -> None:
        # In a thread of its own: the loop of Playwright's other tests may be running in this one.
        with ThreadPoolExecutor() as threads:
            threads.submit(lambda: asyncio.run(ended(cancelled=cancelled))).result()

    caplog.set_level(logging.ERROR, "asyncio")  # a command that was interrupted in this process may have raised it
    logging.getLogger("asyncio").addFilter(is_no_cancelled_task)  # as the start of the driver does
    run(cancelled=True)
    assert caplog.records == []
    run(cancelled=False)
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]
