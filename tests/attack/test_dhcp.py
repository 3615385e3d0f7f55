"""A host invents devices, and declines and releases others' addresses: the site's phones still get theirs."""

import time
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from ringup.engine.dhcp.lease import LeaseState
from ringup.events import AddressReleased
from ringup.site.model import Line, Phone, Site
from ringup.store.database import open_database
from ringup.store.history import read_events
from ringup.store.leases import read_leases
from tests.attack.dhcp_talk import TALK, WIRE
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

FLOOD = (
    TALK
    + WIRE
    + """
given = set()
for _ in range(12):
    for _ in range(100):
        mac = b"\\x00\\x16\\x46" + random.randbytes(3)
        broadcast(mac, message(1, mac))
    for answer in heard(0.4):
        kind, address, mac = answer[242], answer[16:20], answer[28:34]
        if kind == 2:
            say(3, mac, b"\\x32\\4" + address + b"\\x36\\4" + socket.inet_aton("10.77.0.1"))
        elif kind == 5:
            given.add(address)
print(len(given))
"""
)

GIVE_BACK = (
    TALK
    + """
kind, mac, address, source = int(sys.argv[1]), bytes.fromhex(sys.argv[2]), sys.argv[3], sys.argv[4]
asked = socket.inet_aton(address)
release = message(7, mac, b"\\x36\\4" + socket.inet_aton("10.77.0.1"), address)
sent_from = [(socket.IPPROTO_IP, 8, struct.pack("=I4s4s", 0, socket.inet_aton(source), bytes(4)))]
for _ in range(30):
    if kind == 4:
        say(4, mac, b"\\x32\\4" + asked + b"\\x36\\4" + socket.inet_aton("10.77.0.1"))
    else:
        host.sendmsg([release], sent_from, 0, ("10.77.0.1", 67))
    list(heard(0.03))
"""
)
DECLINE, RELEASE = "4", "7"
OWN = "10.77.0.66"


def kept(here: Segment, address: str) -> tuple[str, LeaseState, bool]:
    """Return the MAC of an address's lease in the database, its state, and whether it has time left."""
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


def test_forged_declines_and_releases_take_no_phones_address(tmp_path: Path) -> None:
    living = (MAC, LeaseState.LEASED, True)
    with segment(tmp_path, STREET) as here:
        assert here.boot() == ""
        here.attack(GIVE_BACK, RELEASE, MAC, RESERVED, OWN)
        assert kept(here, RESERVED) == living
        here.net.run("attacker", ["ip", "address", "add", f"{RESERVED}/16", "dev", INTERFACE])
        here.attack(GIVE_BACK, RELEASE, MAC, RESERVED, RESERVED)
        here.attack(GIVE_BACK, DECLINE, MAC, RESERVED, OWN)
        here.net.run("attacker", ["ip", "address", "delete", f"{RESERVED}/16", "dev", INTERFACE])
        assert here.boot() == ""
        assert kept(here, RESERVED) == living
        log, host = here.log.read_text(), here.net.mac("attacker")
    assert f"{host} releases {RESERVED}, which is not its own" in log
    assert f"10.77.0.66 releases {RESERVED}, which is not its own" in log
    database = open_database(str(tmp_path / "ringup.db"))
    assert not [event for _, event in read_events(database) if isinstance(event, AddressReleased)]
    database.dispose()
