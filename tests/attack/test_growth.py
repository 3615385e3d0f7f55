"""One host requests long names from many addresses: log and database stay small, and a phone boots
meanwhile.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ringup.events import AddressLeased, EventsOmitted, FileSent
from ringup.store.database import open_database
from ringup.store.history import read_events
from tests.attack.segment import MAC, segment
from tests.peers.namespaces import INTERFACE

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
ASK = """
import socket, time
until, waited, repeats, number = time.monotonic() + 5, [], 0, 0
while time.monotonic() < until:
    number += 1
    name = (b"SIPDefault.cnf", b"nothing.xml", b"OS79XX.TXT")[number % 3]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("10.77.3.99", 0))
        phone.settimeout(4)
        began, answer = time.monotonic(), b""
        while not answer:
            phone.sendto(b"\\0\\1" + name + b"\\0octet\\0", ("10.77.0.1", 69))
            try:
                answer, peer = phone.recvfrom(2000)
            except TimeoutError:
                repeats += 1
        waited.append(time.monotonic() - began)
        if answer[1] == 3:
            phone.sendto(b"\\0\\4" + answer[2:4], peer)
    time.sleep(0.05)
waited.sort()
print(len(waited), repeats, waited[len(waited) // 2], waited[-1])
"""
FLOOD_SECONDS = 6
MOST_BYTES = 8_000_000
"""Maximum bytes of the log and of the database; without limits, such a flood wrote 17 MB a second."""


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


def test_a_flood_lets_no_phones_request_wait_for_seconds(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    with segment(tmp_path) as each:
        each.net.run("phone", ["ip", "address", "add", "10.77.3.99/16", "dev", INTERFACE])
        flood = each.attack_beside(FLOOD, str(2 * FLOOD_SECONDS))
        each.logged("AAAA")  # the flood has begun
        asked, repeats, median, longest = each.net.run("phone", [sys.executable, "-c", ASK]).stdout.split()
        sent = int(flood())
    rate = int(sent / 2 / FLOOD_SECONDS)
    times = f"{float(median) * 1e3:.1f} ms in the median, {float(longest) * 1e3:.0f} ms at most"
    measured(f"{rate} long names a second: a phone waits {times}, {repeats} of {asked} requests repeated")
    assert repeats == "0"
