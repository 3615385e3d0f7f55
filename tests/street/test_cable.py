"""The cable of a street, and the effect of faults on it."""

import asyncio

import pytest

from ringup.street.cable import DELAY, Cable, CopyDelays, Datagram
from ringup.street.loop import StreetLoop

HELLO = Datagram("10.0.0.1", 69, "10.0.0.2", 2000, b"hello")


def carried(loop: StreetLoop, cable: Cable, datagram: Datagram = HELLO) -> list[tuple[float, bytes]]:
    heard: list[tuple[float, bytes]] = []
    cable.listen("10.0.0.2", 2000, lambda each: heard.append((round(loop.time(), 6), each.data)))
    cable.send(datagram)
    loop.run_until_complete(asyncio.sleep(10))
    return heard


def test_a_datagram_takes_its_time(loop: StreetLoop) -> None:
    assert carried(loop, Cable(loop)) == [(DELAY, b"hello")]


@pytest.mark.parametrize(
    ("delays", "heard"),
    [((), []), ((1.0, 2.0), [1.0, 2.0]), ((0.5,), [0.5])],
    ids=["lost", "doubled", "late"],
)
def test_a_fault_says_what_becomes_of_a_datagram(
    loop: StreetLoop, delays: CopyDelays, heard: list[float]
) -> None:
    cable = Cable(loop)
    cable.faults.append(lambda _datagram, _delays: delays)
    assert [at for at, _ in carried(loop, cable)] == heard
    assert (cable.counts.sent, cable.counts.lost, cable.counts.doubled) == (1, not delays, len(delays) > 1)


def test_nobody_at_a_port_is_counted(loop: StreetLoop) -> None:
    cable = Cable(loop)
    assert carried(loop, cable, HELLO._replace(destination_port=1)) == []
    assert cable.counts.undeliverable == 1


def test_a_port_has_one_listener(loop: StreetLoop) -> None:
    cable = Cable(loop)
    cable.listen("10.0.0.2", 1, lambda _datagram: None)
    with pytest.raises(OSError, match="in use"):
        cable.listen("10.0.0.2", 1, lambda _datagram: None)
    cable.ignore("10.0.0.2", 1)
    assert not cable.is_taken("10.0.0.2", 1)
