"""One host takes and declines every address that it can get, and a phone of the site boots beside it."""

from pathlib import Path

import pytest

from ringup.engine.dhcp.lease import LeaseState
from ringup.store.database import open_database
from ringup.store.leases import read_leases
from tests.attack.segment import MAC, POOL, segment

pytestmark = pytest.mark.peers

GREED = """
import random, socket, sys, time
from ringup.wire.dhcp import BROADCAST_FLAG, Message, MessageType, build, parse

opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for option in (socket.SO_REUSEADDR, socket.SO_BROADCAST):
    opened.setsockopt(socket.SOL_SOCKET, option, 1)
opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
opened.bind(("0.0.0.0", 68))
opened.settimeout(0.02)
server = socket.inet_aton("10.77.0.1")

def say(kind, mac, *options):
    told = ((53, bytes((kind,))), (60, b"Cisco Systems, Inc. IP Phone CP-7960G\\0"), *options)
    message = Message(op=1, xid=1, flags=BROADCAST_FLAG, hardware_address=mac, options=told)
    opened.sendto(build(message), ("255.255.255.255", 67))

until, taken = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < until:
    for _ in range(20):
        say(MessageType.DISCOVER, b"\\x0e" + random.randbytes(5))
    try:
        while True:
            reply = parse(opened.recv(2048))
            address = socket.inet_aton(reply.your_address)
            if reply.type is MessageType.OFFER:
                say(MessageType.REQUEST, reply.hardware_address, (50, address), (54, server))
            elif reply.type is MessageType.ACK:
                taken += 1
                if taken % 2:
                    say(MessageType.DECLINE, reply.hardware_address, (50, address), (54, server))
    except TimeoutError:
        pass
    say(MessageType.DECLINE, bytes.fromhex(sys.argv[2]), (50, socket.inet_aton("10.77.1.1")), (54, server))
print(taken)
"""


def test_a_host_that_takes_all_addresses_leaves_the_phones_of_the_site_theirs(tmp_path: Path) -> None:
    with segment(tmp_path) as each:
        greed = each.attack_beside(GREED, "8", MAC)
        failures = [each.boot() for _ in range(3)]
        taken = int(greed())
        failures.append(each.boot())
        assert "fault" not in each.log.read_text()
    assert failures == [""] * 4
    database = open_database(str(tmp_path / "ringup.db"))
    leases = read_leases(database)
    database.dispose()
    assert taken >= POOL - 1, "the attack was one"
    assert [lease.mac for lease in leases if lease.state is LeaseState.LEASED].count(MAC) == 1
