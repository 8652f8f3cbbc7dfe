"""Host locks: two runs never visit one host at the same time."""

import threading

import pytest

from capture.errors import CannotWrite, HostBusy
from capture.politeness.host_lock import lock_hosts
from capture.politeness.policy import PolitenessPolicy

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


def test_a_wait_has_an_end() -> None:
    told: list[str] = []
    with lock_hosts([HOST], told.append):
        with pytest.raises(HostBusy, match=HOST), lock_hosts([HOST], told.append, wait_s=0):
            pass
        assert told == [], "nobody waits"
        with pytest.raises(HostBusy), lock_hosts(["autre.test", HOST], told.append, wait_s=0.05):
            pass
        assert told == [HOST]
        with lock_hosts(["autre.test"], told.append, wait_s=0):
            pass
    with lock_hosts([HOST], told.append, wait_s=0):
        pass


def test_all_waits_of_a_run_together_have_an_end() -> None:
    policy = PolitenessPolicy(wait_s=0.05)
    with lock_hosts([HOST], lambda _: None):
        for _ in range(2):
            with pytest.raises(HostBusy), policy.locking([HOST]):
                pass
    assert policy.host_waits.spent_s >= 0.05
    with policy.locking([HOST]):
        pass


def test_a_folder_that_cannot_be_written_raises_an_error(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", f"{tmp_path}/absent")
    with pytest.raises(CannotWrite), lock_hosts([HOST], lambda _: None):
        pass
