"""The rig counts correctly, and judges by all rounds."""

import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from benchmarks.rig import fleet, measure, table
from benchmarks.rig.workloads import WORKLOADS, chosen

from ringup.store.database import open_database
from ringup.store.revisions import read_site


def result(**figures: float) -> dict[str, Any]:
    return {
        "retransmissions": 0, "mismatches": 0,
        "p99": 0.1, "p50": 0.1, "unfinished": 0, "failed": 0, "requests": 100,
        "blocks": 1000, "completed": 100, "server_cpu": 1.0, "resident": 5e7, "seconds": 1.0, "cpu": 0.5,
        "resting_cpu": 0.01,
    } | figures  # fmt: skip


def test_a_ratio_is_the_median_of_the_rounds_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    ours = [result(blocks=1300), result(blocks=3000), result(blocks=1500)]
    rounds = {("W2", "dnsmasq"): [result(), result(blocks=2000), result()], ("W2", "ringup"): ours}
    assert table.print_bars(rounds)
    assert "| 1.50 | 1.30 - 1.50 | ≥ 1.15 | pass |" in capsys.readouterr().out


def test_one_round_with_a_retransmission_is_one_too_many() -> None:
    calm = {("D1", "ringup"): [result(), result(), result()]}
    assert table.print_bars(calm)
    assert not table.print_bars({("D1", "ringup"): [result(), result(), result(retransmissions=1)]})


def test_a_wrong_byte_in_any_workload_is_a_missed_bar() -> None:
    assert not table.print_bars({("W1s", "ringup"): [result(), result(mismatches=1), result()]})


def test_a_missed_bar_is_said_and_returned(capsys: pytest.CaptureFixture[str]) -> None:
    rounds = {("W5", "dnsmasq"): [result()], ("W5", "ringup"): [result(seconds=1.2)]}
    assert not table.print_bars(rounds)
    assert "| 1.20 | 1.20 - 1.20 | ≤ 1.15 | FAIL |" in capsys.readouterr().out


def test_a_bar_whose_peer_was_not_run_is_not_called_reached(capsys: pytest.CaptureFixture[str]) -> None:
    table.print_bars({("W5", "ringup"): [result()]})
    assert "dnsmasq was not run" in capsys.readouterr().out


def test_a_phone_without_its_files_fails_w3() -> None:
    rounds = {("W3", "dnsmasq"): [result()], ("W3", "ringup"): [result(blocks=1500, unfinished=1)]}
    assert not table.print_bars(rounds)


def test_the_cost_of_a_request_leaves_out_what_the_server_takes_at_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    small = [result(requests=70, server_cpu=0.017, resting_cpu=0.01)]
    large = [result(requests=7000, server_cpu=0.72, resting_cpu=0.02)]
    table.print_cost_per_phone({("C10", "ringup"): small, ("C1k", "ringup"): large})
    assert "| ringup | 100 | 100 | 50 | 50 |" in capsys.readouterr().out


def test_every_bar_is_of_a_workload() -> None:
    assert {bar.workload for bar in table.BARS} <= {workload.name for workload in WORKLOADS}


def test_an_unknown_workload_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SystemExit, match=r"No such workload: W9. There are W1, "):
        chosen(["W1", "W9"])


@pytest.mark.thorough
def test_the_processor_time_of_a_child_that_has_ended_is_counted() -> None:
    burn = "import time; end = time.process_time() + 0.2\nwhile time.process_time() < end: pass"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    with measure.account() as account:
        process = psutil.Popen([*account.entered([sys.executable, "-c", f"{script}; input()"])], stdin=-1)
        try:
            used = account.cpu(process.pid).total
            while used < 0.2 and process.is_running():
                used = account.cpu(process.pid).total
            assert 0.2 <= used < 10
        finally:
            process.communicate(b"\n")


def test_a_copied_database_gives_back_the_site_with_its_secrets(tmp_path: Path) -> None:
    prepared, copy = tmp_path / "prepared", tmp_path / "copy"
    prepared.mkdir()
    copy.mkdir()
    site = fleet.fleet(2, "192.0.2.1")
    fleet.write_database(prepared / "ringup.db", site)
    fleet.copy_database(prepared, copy)
    database = open_database(str(copy / "ringup.db"))
    try:
        assert read_site(database) == site
    finally:
        database.dispose()
