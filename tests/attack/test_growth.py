"""One host requests long names from many addresses: log and store stay small, and a phone boots beside it."""

from pathlib import Path

import pytest

from ringup.events import AddressLeased, EventsOmitted, FileSent
from ringup.store.database import open_database
from ringup.store.history import read_events
from tests.attack.segment import MAC, segment

pytestmark = pytest.mark.peers

FLOOD = """
import random, socket, subprocess, sys, time
sockets = []
for number in range(1, 41):
    subprocess.run(["ip", "address", "add", f"10.77.2.{number}/16", "dev", "eth0"], check=True)
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind((f"10.77.2.{number}", 0))
    opened.setblocking(False)
    sockets.append(opened)
until, sent = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < until:
    for opened in sockets:
        for _ in range(10):
            name = b"SIP%012X.cnf" % random.getrandbits(48) + b"A" * 460
            try:
                opened.sendto(b"\\0\\1" + name + b"\\0octet\\0", ("10.77.0.1", 69))
                sent += 1
            except BlockingIOError:
                pass
print(sent)
"""
FLOOD_SECONDS = 6
MOST_BYTES = 8_000_000
"""Of log and store each; without limits such a flood wrote 17 MB a second."""


def test_a_flood_of_long_names_fills_neither_log_nor_store_and_hides_no_phone(tmp_path: Path) -> None:
    with segment(tmp_path) as each:
        flood = each.attack_beside(FLOOD, str(FLOOD_SECONDS))
        failures = [each.boot() for _ in range(3)]
        sent = int(flood())
        stored, logged = each.stored, each.log.stat().st_size
    assert failures == [""] * 3
    assert sent > 20_000
    assert stored < MOST_BYTES
    assert logged < MOST_BYTES
    database = open_database(str(tmp_path / "ringup.db"))
    events = [event for _, event in read_events(database)]
    database.dispose()
    assert any(isinstance(event, AddressLeased) and event.mac == MAC for event in events)
    assert any(isinstance(event, FileSent) and event.name == f"SIP{MAC}.cnf" for event in events)
    assert not [event for event in events if isinstance(event, EventsOmitted) and event.mac == MAC]
