"""Host locks: two runs never visit one host at the same time."""

import threading

import pytest

from capture.errors import CannotWrite
from capture.politeness.host_lock import lock_hosts

WAIT_S = 10
HOST = "www.exemple.test"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_a_second_process_waits_for_the_lock_and_says_so() -> None:
    told: list[str] = []
    waits, entered = threading.Event(), threading.Event()

    def second() -> None:
        def tell(host: str) -> None:
            told.append(host)
            waits.set()

        with lock_hosts(["autre.test", HOST], tell):
            entered.set()

    with lock_hosts([HOST, "encore.test"], told.append):
        other = threading.Thread(target=second)
        other.start()
        assert waits.wait(WAIT_S)
        assert not entered.is_set()
    assert entered.wait(WAIT_S)
    other.join(WAIT_S)
    assert told == [HOST]


def test_other_hosts_are_not_waited_for() -> None:
    told: list[str] = []
    with lock_hosts([HOST], told.append), lock_hosts(["autre.test", "../x/y"], told.append):
        assert told == []


def test_a_folder_that_cannot_be_written_raises_an_error(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", f"{tmp_path}/absent")
    with pytest.raises(CannotWrite), lock_hosts([HOST], lambda _: None):
        pass
