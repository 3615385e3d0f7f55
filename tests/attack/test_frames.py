"""A host announces invented phones by CDP, and forges the announcements of a real one: the real phones stay
visible.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ringup.events import AddressLeased, FileSent
from ringup.store.database import open_database
from ringup.store.history import read_events
from tests.attack.segment import MAC, SITE, segment
from tests.peers.test_voice_vlan import SERVE as WITHOUT_LISTENING_FIRST

pytestmark = pytest.mark.peers

ANNOUNCE = """
import random, socket, struct, sys, time
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(("eth0", 0))
victim, seconds = bytes.fromhex(sys.argv[1]), float(sys.argv[2])

def record(kind, value):
    return struct.pack("!HH", kind, 4 + len(value)) + value

def announcement(mac, text):
    body = b"\\2\\xb4\\0\\0" + record(1, b"SEP" + mac.hex().upper().encode()) + record(3, b"Port 1")
    body += record(5, text) + record(6, b"Cisco IP Phone 7960")
    snap = b"\\xaa\\xaa\\3\\0\\0\\x0c\\x20\\0" + body
    return b"\\1\\0\\x0c\\xcc\\xcc\\xcc" + mac + struct.pack("!H", len(snap)) + snap

head = b"\\1\\0\\x0c\\xcc\\xcc\\xcc" + victim + struct.pack("!H", 40)
damaged = [head + random.randbytes(random.randrange(60)) for _ in range(200)]
until, sent = time.monotonic() + seconds, 0
while time.monotonic() < until:
    for number in range(50):
        mac = victim if number % 2 else b"\\2" + random.randbytes(5)
        wire.send(announcement(mac, b"%d " % random.getrandbits(30) + b"A" * 900))
        sent += 1
    wire.send(random.choice(damaged))
    time.sleep(0.005)  # the phone, too, has to read every frame: it is a program here
print(sent)
"""


MOST_BYTES = 12_000_000
"""Maximum bytes that unknown devices may cause: 10,000 events, and the database's log of the latest ones."""


def test_forged_announcements_hide_no_boot_and_fill_nothing(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    with segment(tmp_path) as here:
        announce = here.attack_beside(ANNOUNCE, MAC, "10")
        here.logged("announces itself by CDP")
        failures = [here.boot(), here.boot()]
        sent = int(announce())
        command = [sys.executable, "-m", "ringup", "status", MAC, "--json"]
        board = here.net.run("server", [*command, "--database", str(tmp_path / "ringup.db")]).stdout
        stored, logged, log = here.stored, here.log.stat().st_size, here.log.read_text()
    database = open_database(str(tmp_path / "ringup.db"))
    events = [event for _, event in read_events(database)]
    database.dispose()
    measured(f"{sent} CDP announcements in 10 s: {stored / 1e6:.1f} MB stored, {logged / 1e6:.1f} MB logged")
    assert failures == ["", ""]
    assert sum(isinstance(event, AddressLeased) and event.mac == MAC for event in events) == 2
    assert sum(isinstance(event, FileSent) and event.name == f"SIP{MAC}.cnf" for event in events) == 2
    assert json.loads(board)["address"] == "10.77.1.1"
    assert stored < MOST_BYTES
    assert logged < 3_000_000
    assert "fault in ringup" not in log.lower()


CLAIM = """
import random, socket, sys, time
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(("eth0", 0))
ours = wire.getsockname()[4]
server = bytes.fromhex(sys.argv[1])
until, sent = time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < until:
    for number in range(50):
        mac = b"\\2" + random.randbytes(5)
        address = socket.inet_aton("10.77.1.1" if number % 2 else f"10.77.{random.randrange(2, 250)}.9")
        head = server + ours + bytes.fromhex("08060001080006040002")
        wire.send(head + mac + address + server + socket.inet_aton("10.77.0.1"))
        sent += 1
print(sent)
"""
"""A script that claims addresses by ARP replies to the server alone, each with another MAC."""


def test_claims_by_arp_keep_no_phone_waiting_and_fill_nothing(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    with segment(tmp_path) as here:
        failures = [here.boot()]
        claim = here.attack_beside(CLAIM, here.net.mac("server"), "10")
        failures += [here.boot(), here.boot()]
        sent = int(claim())
        stored, logged = here.stored, here.log.stat().st_size
        here.stop()
        log = here.log.read_text()
    measured(f"{sent / 10:.0f} claims by ARP per second: {stored / 1e6:.1f} MB stored, {logged} bytes logged")
    assert failures == [""] * 3
    assert 1 <= log.count("says that it has 10.77.1.1") <= 2
    assert stored < 2_000_000
    assert logged < 100_000


QUERIES = """
import random, socket, sys, time
from tests.engine.test_voice_vlan import query
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.htons(4))
wire.bind(("eth0", 4))
until, sent, answers = time.monotonic() + float(sys.argv[1]), 0, 0
while time.monotonic() < until:
    for _ in range(20):
        wire.send(query((b"\\2" + random.randbytes(5)).hex().upper()))
        sent += 1
    try:
        while True:
            answers += b"ringup" in wire.recv(2048)
    except BlockingIOError:
        time.sleep(0.005)
print(sent, answers)
"""


def test_forged_cdp_queries_get_few_answers_and_delay_no_phone(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    seconds = 8
    program = (sys.executable, "-c", WITHOUT_LISTENING_FIRST)
    with segment(tmp_path, SITE, "--voice-vlan", "eth0:110", program=program) as here:
        flood = here.attack_beside(QUERIES, str(seconds))
        here.logged("gets voice VLAN 110")
        failures = [here.boot(), here.boot()]
        sent, answers = map(int, flood().split())
        log = here.log.read_text()
    measured(f"{sent} CDP queries in {seconds} s: {answers} answers")
    assert failures == ["", ""]
    assert 1 <= answers <= 10 * seconds + 2
    assert "fault in ringup" not in log.lower()
