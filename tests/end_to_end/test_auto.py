"""Ten unknown phones that are plugged in together become ten working extensions without a command."""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("auto_phones.py")


def test_ten_unknown_phones_register_and_call_and_none_was_typed() -> None:
    result = run_script(SCRIPT, "22")

    assert result["reason"] == ""
    assert sorted(result["extensions"].values()) == [str(number) for number in range(301, 311)]
    added = [summary for summary in result["revisions"] if summary.startswith("auto: add phone ")]
    assert len(added) == len(set(added)) == 10, "one revision per phone"
    assert result["verified"][0] == 0, result["verified"][1]
