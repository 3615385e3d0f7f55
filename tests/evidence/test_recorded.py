"""Parts of logs that the programs themselves wrote, and the event that is read from each line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ringup.journey.describe import describe
from tests.evidence.logs import reading

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.txt"))


@pytest.mark.parametrize("log", RECORDED, ids=[path.stem for path in RECORDED])
def test_what_a_recorded_log_tells(log: Path, golden: Callable[[str, str], None]) -> None:
    whole = reading(log.read_bytes())
    first = whole.events[0].at
    told = [f"{event.at - first:7.3f} {event.mac} {describe(event)}\n" for event in whole.events]
    golden(f"evidence/{log.name}", "".join(told))


def test_there_are_recorded_logs() -> None:
    assert len(RECORDED) >= 7


@pytest.mark.parametrize("log", RECORDED, ids=[path.stem for path in RECORDED])
def test_every_line_that_tells_something_is_understood(log: Path) -> None:
    whole = reading(log.read_bytes())
    assert not whole.unread, whole.files[0].examples
    assert whole.phones
