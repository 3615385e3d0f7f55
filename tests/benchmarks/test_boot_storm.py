"""The evaluation of workload S's figures; a complete run is in tests/end_to_end."""

import sys
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest
from benchmarks.rig import boot_storm
from benchmarks.rig.named_threads import MAIN
from benchmarks.rig.processor_time import Snapshot, Used, snapshot

ROOT = Path(__file__).parents[2]


def side(cpu: float) -> dict[str, float]:
    return {"cpu": cpu, "user": cpu, "system": 0.0, "waited": 0.0}


def result(
    serve: float = 1.0, asterisk: float = 1.0, emulator: float = 1.0, **figures: Any
) -> dict[str, Any]:
    sides = {
        boot_storm.SERVE: side(serve),
        boot_storm.ASTERISK: side(asterisk),
        boot_storm.EMULATOR: side(emulator),
    }
    return {
        "phones": 10, "registered": 10, "asterisk_registered": 10, "seconds": 10.0, "p50": 1.0, "p99": 2.0,
        "last_address": 3.0, "last_file": 4.0, "last_registration": 5.0, "dhcp_repeated": 0,
        "files_repeated": 0, "neighbours_refused": 0, "others": 0.0, "troubles": {}, "sides": sides,
        "cpu_until_rest": dict.fromkeys(sides, 2.0),
        "threads": {"store": side(0.25), MAIN: side(0.5)},
    } | figures  # fmt: skip


def test_the_limit_is_who_used_most_of_the_busiest_core() -> None:
    assert boot_storm.limit(result(emulator=9.5, serve=5, asterisk=4)) == boot_storm.EMULATOR
    assert boot_storm.limit(result(emulator=6, serve=5, asterisk=4.5)) == boot_storm.SERVE
    assert boot_storm.limit(result(emulator=6, serve=3, asterisk=6.5)) == boot_storm.ASTERISK


def test_a_core_that_rests_is_no_limit() -> None:
    assert boot_storm.limit(result(emulator=7, serve=3, asterisk=3)) == "none (the busiest core was busy 70%)"


def test_more_phones_than_the_kernel_has_room_for_are_the_limit() -> None:
    assert "gc_thresh3" in boot_storm.limit(result(emulator=9.5, neighbours_refused=3))


def test_a_phone_that_is_not_registered_fails_the_storm(capsys: pytest.CaptureFixture[str]) -> None:
    assert boot_storm.print_results([result()])
    assert not boot_storm.print_results([result(), result(registered=9, troubles={"line refused": 1})])
    assert "| 10 | 9 | 1 |" in capsys.readouterr().out


def test_the_main_loop_leads_the_profile(capsys: pytest.CaptureFixture[str]) -> None:
    boot_storm.print_results([result()])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [
        "| main loop | 0.50 | 0.50 | 0.00 | 0.00 |",
        "| store | 0.25 | 0.25 | 0.00 | 0.00 |",
    ]


def test_what_a_thread_used_since_is_told_by_its_name() -> None:
    before = Snapshot(Used(1, 1, 0), {"tftp": Used(1, 0.5, 0.25)})
    after = Snapshot(Used(3, 1, 0), {"tftp": Used(2, 0.5, 0.25), "store": Used(1, 0, 0)})
    since = after.since(before)
    assert since.whole.cpu == 2
    assert since.threads == {"tftp": Used(1, 0, 0), "store": Used(1, 0, 0)}


def test_the_kernel_knows_threads_by_their_names() -> None:
    """The profile is read from /proc, so that no other program has to be installed."""
    program = (
        "import sys, threading; from benchmarks.rig.named_threads import tell_names; tell_names()\n"
        "def work(): print('working', flush=True); sys.stdin.readline()\n"
        "threading.Thread(target=work, name='store').start()\n"
    )
    with Popen([sys.executable, "-c", program], cwd=ROOT, stdin=PIPE, stdout=PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"working\n"
        assert set(snapshot(process.pid).threads) == {MAIN, "store"}
        process.communicate(b"\n")
