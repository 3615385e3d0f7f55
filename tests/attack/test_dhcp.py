"""A host invents devices, declines and releases others' addresses: the site's phones get theirs."""

import time
from collections import Counter
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from ringup.engine.dhcp.lease import LeaseState
from ringup.events import AddressReleased, DhcpIgnored
from ringup.site.model import Line, Phone, Site
from ringup.store.database import open_database
from ringup.store.history import read_events
from ringup.store.leases import read_leases
from tests.attack.segment import MAC, POOL, SECRET, SITE, Segment, segment
from tests.peers.namespaces import INTERFACE

pytestmark = pytest.mark.peers

RESERVED = "10.77.1.7"
OTHERS = tuple(f"0016465117{number:02X}" for number in range(20))
PHONES = (
    Phone(mac=MAC, address=IPv4Address(RESERVED), lines=(Line(extension="201", secret=SECRET),)),
    *(Phone(mac=mac, lines=(Line(extension=f"3{at:02}", secret=SECRET),)) for at, mac in enumerate(OTHERS)),
)
STREET = Site(**{**dict(SITE), "phones": PHONES})

TALK = """
import random, socket, struct, sys, time
host = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
host.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
host.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
host.bind(("", 68))
host.settimeout(0.01)
CISCO = b"Cisco Systems, Inc. IP Phone CP-7960G"

def say(kind, mac, options=b"", client="0.0.0.0", to="255.255.255.255"):
    head = struct.pack("!BBBBIHH4s12x16s192x4s", 1, 1, 6, 0, random.getrandbits(32), 0, 0x8000,
                       socket.inet_aton(client), mac, b"\\x63\\x82\\x53\\x63")
    kind = bytes((53, 1, kind, 60, len(CISCO))) + CISCO
    host.sendto(head + kind + options + b"\\xff", (to, 67))

def heard(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            yield host.recv(2000)
        except TimeoutError:
            pass
"""

FLOOD = (
    TALK
    + """
given = set()
for _ in range(12):
    for _ in range(100):
        say(1, b"\\x00\\x16\\x46" + random.randbytes(3))
    for answer in heard(0.4):
        kind, address, mac = answer[242], answer[16:20], answer[28:34]
        if kind == 2:
            say(3, mac, b"\\x32\\4" + address + b"\\x36\\4" + socket.inet_aton("10.77.0.1"))
        elif kind == 5:
            given.add(address)
print(len(given))
"""
)

DISCOVERS = (
    TALK
    + """
import select
relay = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
relay.bind(("10.77.0.66", 67))
offers, sent = {0: set(), 1: set()}, 0
until = time.monotonic() + 5
while time.monotonic() < until:
    for _ in range(50):
        mac = b"\\x00\\x16\\x46" + random.randbytes(3)
        say(1, mac)
        head = struct.pack("!BBBBIHH4s4s4s4s16s192x4s", 1, 1, 6, 1, random.getrandbits(32), 0, 0, bytes(4),
                           bytes(4), bytes(4), socket.inet_aton("10.77.0.66"), mac, b"\\x63\\x82\\x53\\x63")
        relay.sendto(head + bytes((53, 1, 1, 60, len(CISCO))) + CISCO + b"\\xff", ("10.77.0.1", 67))
        sent += 1
    while ready := select.select([host, relay], [], [], 0)[0]:
        for each in ready:
            answer = each.recv(2000)
            if answer[242] == 2:
                offers[each is relay].add(answer[16:20])
    time.sleep(0.005)
print(sent, len(offers[0]), len(offers[1]))
"""
)

GIVE_BACK = (
    TALK
    + """
kind, mac, address = int(sys.argv[1]), bytes.fromhex(sys.argv[2]), sys.argv[3]
asked = socket.inet_aton(address)
for _ in range(30):
    if kind == 4:
        say(4, mac, b"\\x32\\4" + asked + b"\\x36\\4" + socket.inet_aton("10.77.0.1"))
    else:
        say(7, mac, b"\\x36\\4" + socket.inet_aton("10.77.0.1"), address, "10.77.0.1")
    list(heard(0.03))
"""
)
DECLINE, RELEASE = "4", "7"


def kept(here: Segment, address: str) -> tuple[str, LeaseState, bool]:
    """Whose an address is in the store, what it is, and whether that has time left."""
    database = open_database(str(here.folder / "ringup.db"))
    (lease,) = (each for each in read_leases(database) if each.address == address)
    database.dispose()
    return lease.mac, lease.state, lease.expires > time.time()


def test_invented_devices_leave_the_sites_phones_their_share_of_the_pool(tmp_path: Path) -> None:
    with segment(tmp_path, STREET) as here:
        flood = here.attack_beside(FLOOD)
        during = here.boot()
        given = int(flood())
        failures = [here.boot(mac) for mac in OTHERS[:6]]
    assert during == ""
    assert 5 < given <= POOL - len(OTHERS)
    assert failures == [""] * 6


def test_discovers_have_a_rate_at_the_interface_and_at_each_relay(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    with segment(tmp_path, STREET) as here:
        flood = here.attack_beside(DISCOVERS)
        failures = [here.boot() for _ in range(2)]
        sent, direct, relayed = map(int, flood().split())
        failures += [here.boot(mac) for mac in OTHERS[:2]]
    database = open_database(str(tmp_path / "ringup.db"))
    events = [event for _, event in read_events(database)]
    database.dispose()
    reasons = Counter(event.reason for event in events if isinstance(event, DhcpIgnored))
    measured(f"{sent} DISCOVERs directly and {sent} by a relay: {direct} and {relayed} addresses offered")
    assert failures == [""] * 4
    assert sent > 3_000
    for place in (INTERFACE, "the relay 10.77.0.66"):
        assert reasons[f"too many DISCOVERs of new devices from {place} at once"] > 500
    assert direct + relayed <= 2 * (POOL - len(OTHERS))


def test_forged_declines_and_releases_take_no_phones_address(tmp_path: Path) -> None:
    living = (MAC, LeaseState.LEASED, True)
    with segment(tmp_path, STREET) as here:
        assert here.boot() == ""
        here.attack(GIVE_BACK, RELEASE, MAC, RESERVED)
        assert kept(here, RESERVED) == living
        here.net.run("attacker", ["ip", "address", "add", f"{RESERVED}/16", "dev", INTERFACE])
        here.attack(GIVE_BACK, DECLINE, MAC, RESERVED)
        here.net.run("attacker", ["ip", "address", "delete", f"{RESERVED}/16", "dev", INTERFACE])
        assert here.boot() == ""
        assert kept(here, RESERVED) == living
        log = here.log.read_text()
    assert f"10.77.0.66 releases {RESERVED}, which is not its own" in log
    database = open_database(str(tmp_path / "ringup.db"))
    assert not [event for _, event in read_events(database) if isinstance(event, AddressReleased)]
    database.dispose()
