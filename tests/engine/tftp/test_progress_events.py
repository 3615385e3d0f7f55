"""The progress events of slow transfers: there are few, whatever the number of blocks and of phones."""

from itertools import pairwise

import pytest

from ringup.engine.found import File, Found
from ringup.engine.tftp.progress_events import PROGRESS_PER_SECOND, PROGRESS_SECONDS
from ringup.engine.tftp.server import TftpServer
from ringup.events import TransferProgress
from tests.engine.tftp.port_choice import PORT_CHOICE
from tests.engine.tftp.test_server import Talk

pytestmark = pytest.mark.usefixtures("progresses")

BLOCKS = 100


def find(name: str, _address: str) -> Found:
    return File(name, b"x" * (512 * BLOCKS - 1), "a test")


def server() -> TftpServer:
    return TftpServer(find, lambda _: "0011BB73AD61", PORT_CHOICE)


def told(talk: Talk, seconds_per_block: float, blocks: int = BLOCKS) -> list[TransferProgress]:
    """Return the progress events while a phone slowly acknowledges this number of blocks."""
    talk.ask("P0S3-8-12-00.sb2")
    for block in range(1, blocks + 1):
        talk.now += seconds_per_block
        talk.ack(block)
        talk.engine.wake(talk.now)
    return [event for event in talk.engine.take_events() if isinstance(event, TransferProgress)]


def test_a_transfer_that_takes_long_tells_its_percentage_every_five_seconds() -> None:
    events = told(Talk(server()), 0.25)
    assert [event.percent for event in events] == [20, 40, 60, 80]
    assert {event.mac for event in events} == {"0011BB73AD61"}
    assert [later.at - event.at for event, later in pairwise(events)] == [5.0] * 3
    assert PROGRESS_SECONDS == 5


def test_a_quick_transfer_tells_none() -> None:
    assert told(Talk(server()), 0.04) == []


def test_a_small_file_tells_none_however_slow() -> None:
    talk = Talk(TftpServer(lambda name, _: File(name, b"x" * 999, ""), lambda _: "", PORT_CHOICE))
    assert told(talk, 6.0, blocks=1) == []


def test_a_transfer_that_stands_still_tells_none() -> None:
    talk = Talk(server())
    assert len(told(talk, 1.0, blocks=5)) == 1
    talk.wait()
    talk.wait()
    talk.wait()
    assert not [event for event in talk.engine.take_events() if isinstance(event, TransferProgress)]


def test_all_transfers_together_keep_to_one_rate() -> None:
    engine = server()
    talks = [Talk(engine, (f"10.0.{n // 250}.{n % 250 + 1}", 50000)) for n in range(500)]
    for talk in talks:
        talk.ask("P0S3-8-12-00.sb2")
        talk.ack(1)
    for second in range(1, 21):
        for talk in talks:
            talk.now = 1000.0 + second
            talk.ack(second + 1)
        engine.wake(1000.0 + second)
    events = [event for event in engine.take_events() if isinstance(event, TransferProgress)]
    assert 0 < len(events) <= 20 * PROGRESS_PER_SECOND
    assert max(map([event.at for event in events].count, {event.at for event in events})) <= 20
