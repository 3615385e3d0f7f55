"""Six phones take a new load in two waves, although the server is killed and one phone loses its power."""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script
from tests.end_to_end.rollout_phones import AT_MOST, CANARIES, LOAD

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("rollout_phones.py")


def test_a_rollout_stops_at_a_failure_and_ends_with_every_phone_on_its_load() -> None:
    result = run_script(SCRIPT, "22", "22", "pjsip")

    assert result["reason"] == "", result
    assert result["killed_in"][CANARIES:] == ["waiting"] * 4
    assert result["states"] == ["running", "stopped", "running", "done"]
    assert result["stopped_for"].startswith("001646000006: it is not proven to run")
    assert result["at_the_stop"] == ["done"] * 5 + ["failed"]
    assert result["steps"] == ["done"] * 6
    assert result["most_under_way"] == AT_MOST
    assert result["applications"] == [LOAD] * 6
    assert result["flashed"] == [[LOAD]] * 6
    assert (result["site_load"], result["own_loads"]) == (LOAD, [""] * 6)
