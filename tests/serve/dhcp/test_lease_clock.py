"""Within one boot, the next start of the server knows that the clock was set; after another boot, it does
not.
"""

from pathlib import Path

import pytest

from ringup.engine.dhcp.lease import Lease, LeaseState, after_step
from ringup.serve.clocks import boot_id
from ringup.serve.dhcp.lease_clock import LEAST_STEP, LeaseClock

DAY = 86_400.0
NOW = 1_000_000.0


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "ringup.db"


def test_a_step_since_the_last_run_of_this_boot_is_known(database: Path) -> None:
    LeaseClock(database, "this").note(100.0)
    assert LeaseClock(database, "this").step(100.0 + DAY) == DAY
    assert LeaseClock(database, "this").step(100.0 - DAY) == -DAY


def test_drift_is_no_step_and_another_boot_has_another_clock(database: Path) -> None:
    LeaseClock(database, "this").note(100.0)
    assert LeaseClock(database, "this").step(100.0 + LEAST_STEP - 1) == 0
    assert LeaseClock(database, "another").step(100.0 + DAY) == 0


def test_without_a_file_or_a_boot_nothing_is_remembered(database: Path) -> None:
    for clock in (LeaseClock(None, "this"), LeaseClock(database, "")):
        clock.note(100.0)
        assert clock.step(100.0 + DAY) == 0
    assert list(database.parent.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"boot": "this"}', '{"boot": "this", "ahead": "x"}', "\x00"]
)
def test_a_damaged_file_is_none(database: Path, text: str) -> None:
    database.with_name("ringup.db.clock").write_text(text)
    assert LeaseClock(database, "this").step(DAY) == 0


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    clock = LeaseClock(tmp_path / "gone" / "ringup.db", "this")
    clock.note(100.0)
    assert clock.step(DAY) == 0


def test_only_leases_that_run_after_the_step_and_no_longer_than_a_lease_are_moved() -> None:
    of_this_boot = Lease("0C0000000001", "10.0.0.10", NOW - 9 * DAY + 100)
    ended = Lease("0C0000000002", "10.0.0.11", NOW - 9 * DAY - 1)
    of_another_boot = Lease("0C0000000003", "10.0.0.12", NOW + 100)
    released = Lease("0C0000000004", "10.0.0.13", NOW - 9 * DAY + 100, LeaseState.RELEASED)
    leases = [of_this_boot, ended, of_another_boot, released]
    assert list(after_step(leases, 9 * DAY, NOW, DAY)) == [of_this_boot._replace(expires=NOW + 100)]
    assert list(after_step(leases, 0.0, NOW, DAY)) == []


def test_the_kernel_names_the_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(boot_id()) == 36
    monkeypatch.setattr("ringup.serve.clocks.BOOT_ID", "/nowhere")
    assert boot_id() == ""
