"""Hosts keep HTTP connections open and violate HTTP's rules: leased addresses are served, nothing fails."""

import sys
from pathlib import Path

import pytest

from ringup.serve.http import MOST_WITHOUT_LEASE
from ringup.wire.mac import with_colons
from tests.attack.segment import MAC, SECRET, SERVER, Segment, segment
from tests.attack.test_http import BROKEN
from tests.peers.namespaces import INTERFACE, read_until

pytestmark = pytest.mark.peers

HOLD = f"""
import socket, subprocess, time
opened = []
for number in range(1, 41):
    subprocess.run(["ip", "address", "add", f"10.77.2.{{number}}/16", "dev", "eth0"], check=True)
for number in range(1, 41):
    for _ in range(16):
        each = socket.create_connection(("{SERVER}", 6970), 10, (f"10.77.2.{{number}}", 0))
        try:
            each.sendall(b"GET /SIPDefault.cnf HTTP/1.1\\r\\nHost: x\\r\\nX: ")
        except OSError:
            pass
        opened.append(each)
print("held", flush=True)
received, held = 0, 0
for each in opened:
    try:
        each.settimeout(0.01)
        received += len(each.recv(9000))
    except TimeoutError:
        held += 1
    except OSError:
        pass
print(held, flush=True)
for each in opened:
    try:
        each.settimeout(20)
        received += len(each.recv(9000))
    except TimeoutError:
        print("still open")
    except OSError:
        pass
print(received)
"""

FETCH = f"""
import urllib.request
print(urllib.request.urlopen("http://{SERVER}:6970/SIP{MAC}.cnf", timeout=5).read())
"""

SAY = f"""
import socket, sys
for said in sys.argv[1:]:
    answer = b""
    with socket.create_connection(("{SERVER}", 6970), 5) as client:
        try:
            client.sendall(bytes.fromhex(said))
            client.shutdown(socket.SHUT_WR)
            while more := client.recv(9000):
                answer += more
        except ConnectionResetError:
            pass
    print(answer.split(b" ")[1].decode() if answer else "silence")
"""


def become_the_phone(here: Segment) -> None:
    """Give the phone's host the phone's MAC, and the address that the phone has leased."""
    for command in (
        f"link set {INTERFACE} address {with_colons(MAC)}",
        f"address replace 10.77.1.1/16 dev {INTERFACE}",
    ):
        here.net.run("phone", ["ip", *command.split()])


def test_held_connections_leave_a_third_to_leased_addresses_and_get_silence(tmp_path: Path) -> None:
    with segment(tmp_path) as here:
        assert here.boot() == ""
        become_the_phone(here)
        holder = here.net.popen("attacker", [sys.executable, "-c", HOLD])
        read_until(holder, "held\n", seconds=30)
        fetched = here.net.run("phone", [sys.executable, "-c", FETCH]).stdout
        held, received = holder.communicate(timeout=60)[0].decode().split()
        log = here.log.read_text()
    assert SECRET in fetched
    assert MOST_WITHOUT_LEASE // 2 < int(held) <= MOST_WITHOUT_LEASE
    assert int(received) == 0
    assert "fault in ringup" not in log.lower()


def test_broken_requests_are_refused_and_are_no_fault_of_ours(tmp_path: Path) -> None:
    with segment(tmp_path) as here:
        answers = here.attack(SAY, *(said.hex() for said in BROKEN)).split()
        assert here.boot() == ""
        log = here.log.read_text()
    assert len(answers) == len(BROKEN)
    assert all(answer == "silence" or answer.startswith("4") for answer in answers)
    assert any(answer != "silence" for answer in answers)
    assert "fault in ringup" not in log.lower()
