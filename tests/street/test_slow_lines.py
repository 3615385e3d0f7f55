"""A boot without faults is never called overdue, however slow its network is."""

from pathlib import Path
from random import Random

import pytest

from ringup.journey.overdue import overdue
from ringup.store.journeys import read_journeys
from ringup.street.cable import Fault
from tests.street.streets import all_registered, mac_of, street

ONE_WAY_SECONDS = 0.1
LOST = 0.02


def slow_line(seed: int) -> Fault:
    """Return a network with a round trip of 200 ms and a loss of one in fifty datagrams, like a tunnel over
    the internet.
    """
    dice = Random(seed)
    return lambda _datagram, delays: (
        () if dice.random() < LOST else tuple(delay + ONE_WAY_SECONDS for delay in delays)
    )


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("fresh", "seed"),
    [
        (True, 1),
        pytest.param(True, 2, marks=pytest.mark.thorough),
        (False, 3),
        pytest.param(False, 4, marks=pytest.mark.thorough),
    ],
)
def test_a_boot_on_a_slow_line_is_not_overdue(tmp_path: Path, fresh: bool, seed: int) -> None:
    told: set[str] = set()
    with street(tmp_path, phones=3, fresh=fresh) as opened:
        opened.cable.faults.append(slow_line(seed))
        for number in range(3):
            opened.power_on(mac_of(number), after=number * 7.0)

        def is_over() -> bool:
            kept = read_journeys(opened.server.database).by_mac.values()
            late = (overdue(journey, opened.server_time) for journey in kept)
            told.update(each.what for each in late if each)
            return all_registered(opened)

        assert opened.run_until(is_over, most=3_000, step=5.0)
        assert opened.loop.time() > (400 if fresh else 20)
    assert told == set()
