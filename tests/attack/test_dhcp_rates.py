"""A host sends thousands of invented devices, relays and DECLINEs: other devices still get addresses."""

import time
from collections import Counter
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from ringup.engine.dhcp.lease import LeaseState
from ringup.engine.dhcp.rates import DECLINES, DISCOVERS
from ringup.events import DhcpIgnored, ServerFault
from ringup.site.model import Site, Subnet
from ringup.store.database import open_database
from ringup.store.history import read_events
from ringup.store.leases import read_leases
from tests.attack.dhcp_talk import TALK, WIRE
from tests.attack.segment import SITE, Segment, segment
from tests.peers.namespaces import INTERFACE

pytestmark = pytest.mark.peers

WIDE = Subnet(
    network=IPv4Network("10.77.0.0/16"), first=IPv4Address("10.77.1.1"), last=IPv4Address("10.77.8.250")
)
ROOMY = Site(**{**dict(SITE), "subnets": (WIDE,)})
"""A number of addresses that is so large that only the rate limits decide which device gets one."""

DISCOVER = (
    TALK
    + WIRE
    + """
import select
way, seconds = sys.argv[1], float(sys.argv[2])
def discover():
    mac = b"\\x00\\x16\\x46" + random.randbytes(3)
    invented.add(mac)
    if way == "plain":
        return say(1, mac)
    relay = "10.77.%d.%d" % (random.randrange(200, 250), random.randrange(1, 250))
    told = message(1, mac, relay=relay if way == "relays" else "0.0.0.0")
    broadcast(mac if way == "forged" else ours, told, 32 if way == "fragments" else None)

invented, offers, sent, until = set(), set(), 0, time.monotonic() + seconds
while time.monotonic() < until:
    for _ in range(20):
        discover()
    sent += 20
    while select.select([wire], [], [], 0)[0]:
        answer = wire.recv(2000)
        is_reply = answer[23] == 17 and answer[34:36] == b"\\x00\\x43"
        if is_reply and answer[284] == 2 and answer[70:76] in invented:
            offers.add(answer[58:62])
    time.sleep(0.005)
print(sent, len(offers))
"""
)

NEW_PHONES = (
    TALK
    + """
import subprocess
times = []
for number in range(int(sys.argv[1])):
    mac, began = b"\\x00\\x1b\\x54" + random.randbytes(3), time.monotonic()
    subprocess.run(["ip", "link", "set", "eth0", "address", mac.hex(":")], check=True)
    for kind, options in ((1, b""), (3, b"")):
        answer = b""
        while not answer and time.monotonic() < began + 8:
            if kind == 3:
                options = b"\\x32\\4" + address + b"\\x36\\4" + socket.inet_aton("10.77.0.1")
            say(kind, mac, options)
            answer = next((each for each in heard(2) if each[28:34] == mac and each[242] in (2, 5)), b"")
        address = answer[16:20]
    times.append(time.monotonic() - began if address else -1)
print(*times)
"""
)
"""A script that starts new phones one after the other, each with its own frame.

It prints the seconds until each has its address.
"""

DECLINE = (
    TALK
    + """
import subprocess
declined = 0
for number in range(12):
    mac = b"\\x00\\x16\\x46\\x00\\x00" + bytes((number,))
    say(1, mac)
    offer = next((each for each in heard(3) if each[28:34] == mac and each[242] == 2), None)
    if not offer:
        continue
    address = offer[16:20]
    asked = b"\\x32\\4" + address + b"\\x36\\4" + socket.inet_aton("10.77.0.1")
    say(3, mac, asked)
    next(each for each in heard(3) if each[28:34] == mac and each[242] == 5)
    subprocess.run(["ip", "address", "add", socket.inet_ntoa(address) + "/32", "dev", "eth0"], check=True)
    say(4, mac, asked)
    declined += 1
time.sleep(1)
print(declined)
"""
)
"""A script that gets addresses for invented devices, answers ARP for each, and declines it."""


def new_phones(here: Segment, number: int) -> list[float]:
    """Return the seconds until each of these unknown phones had its address; -1 for never."""
    return list(map(float, here.start_at("phone", NEW_PHONES, str(number))().split()))


def reasons(folder: Path) -> Counter[str]:
    """Return the reasons for which messages got no reply, with the number of events for each.

    It also checks that no reply failed to be sent.
    """
    database = open_database(str(folder / "ringup.db"))
    events = [event for _, event in read_events(database)]
    database.dispose()
    assert not [event for event in events if isinstance(event, ServerFault)]
    return Counter(event.reason for event in events if isinstance(event, DhcpIgnored))


@pytest.mark.parametrize("way", ["plain", "fragments"])
def test_a_host_that_invents_devices_starves_no_new_phone(
    tmp_path: Path, way: str, measured: Callable[[str], None]
) -> None:
    with segment(tmp_path, ROOMY) as here:
        host = here.net.mac("attacker") if way == "plain" else "fragments"
        flood = here.attack_beside(DISCOVER, way, "10")
        failure = here.boot()
        waits = new_phones(here, 6)
        sent, offers = map(int, flood().split())
        why = reasons(tmp_path)
    measured(
        f"{sent} DISCOVERs of one host ({way}): {offers} addresses offered to it; six new phones had theirs "
        f"after {min(waits):.1f} to {max(waits):.1f} s"
    )
    assert failure == ""
    assert sent > 3_000
    assert 0 < offers <= DISCOVERS.of_host.burst + 1
    assert min(waits) > 0
    assert max(waits) < 3
    assert why[f"too many DISCOVERs of new devices from {host} on {INTERFACE} at once"] > 20


@pytest.mark.parametrize("way", ["forged", "relays"])
def test_a_host_that_forges_more_is_bounded_and_the_site_s_phones_are_spared(
    tmp_path: Path, way: str, measured: Callable[[str], None]
) -> None:
    with segment(tmp_path, ROOMY) as here:
        flood = here.attack_beside(DISCOVER, way, "6")
        failures = [here.boot()]
        sent, offers = map(int, flood().split())
        failures += [here.boot()]
        why = reasons(tmp_path)
    measured(f"{sent} DISCOVERs ({way}): {offers} addresses offered to the host")
    assert failures == ["", ""]
    source = INTERFACE if way == "forged" else "other relays of 10.77.0.0/16"
    assert why[f"too many DISCOVERs of new devices from {source} at once"] > 20


def test_a_host_that_declines_for_others_sets_few_addresses_aside(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    with segment(tmp_path, ROOMY) as here:
        attack = here.attack_beside(DECLINE)
        failures = [here.boot()]
        sent = int(attack())
        failures += [here.boot()]
        database = open_database(str(tmp_path / "ringup.db"))
        aside = [each for each in read_leases(database) if each.state is LeaseState.DECLINED]
        database.dispose()
        why = reasons(tmp_path)
        host = here.net.mac("attacker")
    measured(f"{sent} DECLINEs of one host, which used the addresses: {len(aside)} of them set aside")
    assert failures == ["", ""]
    assert sent == 12
    assert 0 < len(aside) <= DECLINES.of_host.burst + 1
    assert all(each.expires < time.time() + 600 for each in aside)
    assert why[f"too many DECLINEs from {host} on {INTERFACE} at once"] > 0
