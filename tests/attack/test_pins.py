"""`--owners pin`: behind a router the first address keeps a phone's file; in the same network only the MAC
gets it.
"""

import sys
from pathlib import Path

import pytest

from tests.attack.segment import MAC, SECRET, SERVER, Segment
from tests.attack.test_owners import beside, dnsmasq
from tests.peers.namespaces import INTERFACE

pytestmark = pytest.mark.peers

FIRST, SECOND, ATTACKER = "192.168.50.5", "192.168.50.6", "10.77.0.66"

FETCH = f"""
import socket, sys, time, urllib.error, urllib.request
source, wanted, name = sys.argv[1], sys.argv[2] == "yes", "SIP{MAC}.cnf"

def by_tftp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind((source, 0))
        client.settimeout(5)
        client.sendto(b"\\0\\1" + name.encode() + b"\\0octet\\0", ("{SERVER}", 69))
        return client.recv(2000)

def by_http():
    with socket.create_connection(("{SERVER}", 6970), 5, (source, 0)) as client:
        client.sendall(b"GET /" + name.encode() + b" HTTP/1.0\\r\\n\\r\\n")
        return b"".join(iter(lambda: client.recv(9000), b""))

for ask in (by_tftp, by_http):
    until = time.monotonic() + (10 if wanted else 0)
    while b"{SECRET}" not in (answer := ask()) and time.monotonic() < until:
        time.sleep(0.1)
    print(ask.__name__, b"{SECRET}" in answer)
"""
BOTH, NEITHER = "by_tftp True\nby_http True\n", "by_tftp False\nby_http False\n"


def fetched(here: Segment, source: str, *, wanted: bool = False) -> str:
    """Return the ways by which a host with this address got the phone's file; it tries for ten seconds to get
    `wanted`.
    """
    return here.attack(FETCH, source, "yes" if wanted else "no")


def ringup(here: Segment, *arguments: str) -> str:
    command = [sys.executable, "-m", "ringup", *arguments, "--database", str(here.folder / "ringup.db")]
    return here.net.run("server", command).stdout


def test_the_first_address_keeps_a_file_until_it_is_freed_and_a_mac_moves_it(tmp_path: Path) -> None:
    with beside(dnsmasq, tmp_path, "--owners", "pin") as here:
        for address in (FIRST, SECOND):
            here.net.run("attacker", ["ip", "address", "add", f"{address}/32", "dev", INTERFACE])
        here.net.run("server", ["ip", "route", "add", "192.168.50.0/24", "via", ATTACKER])
        assert fetched(here, ATTACKER) == NEITHER
        assert fetched(here, FIRST) == BOTH
        assert [fetched(here, each) for each in (SECOND, ATTACKER)] == [NEITHER, NEITHER]
        assert f"{FIRST}" in ringup(here, "phone", "pins")
        ringup(here, "phone", "pin", MAC, SECOND)
        assert fetched(here, SECOND, wanted=True) == BOTH
        assert fetched(here, FIRST) == NEITHER
        ringup(here, "phone", "unpin", MAC)
        assert fetched(here, FIRST, wanted=True) == BOTH
        assert here.boot() == ""
        assert [fetched(here, each) for each in (FIRST, SECOND)] == [NEITHER, NEITHER]
        log = here.logged(f"(neighbour), before to {FIRST}")
    assert f"its own files go to {FIRST} (first request)" in log
