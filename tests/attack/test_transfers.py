"""A host never acknowledges, and forges a phone's ERRORs: the server sends little, and the phone boots."""

from pathlib import Path

import pytest

from tests.attack.segment import segment

pytestmark = pytest.mark.peers

FORGE = """
import socket, struct, sys, time
mine = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
mine.setblocking(False)
request = b"\\0\\1SIPDefault.cnf\\0octet\\0"
mine.sendto(request, ("10.77.0.1", 69))
others = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(40)]
for other in others:
    other.settimeout(5)
    other.sendto(request, ("10.77.0.1", 69))
learnt = {other.recvfrom(2048)[1][1] for other in others}
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
until, datagrams, received, ports = time.monotonic() + 8, 0, 0, set()
error = b"\\0\\5\\0\\0stop\\0"
while time.monotonic() < until:
    for port in range(49152, 50500):
        for reply in ports:
            udp = struct.pack("!HHHH", port, reply, 8 + len(error), 0) + error
            head = struct.pack("!BBHHHBBH4s4s", 69, 0, 0, 0, 0, 64, 17, 0,
                               socket.inet_aton("10.77.1.1"), socket.inet_aton("10.77.0.1"))
            raw.sendto(head + udp, ("10.77.0.1", 0))
    try:
        while True:
            data, (_, port) = mine.recvfrom(2048)
            ports.add(port)
            datagrams, received = datagrams + 1, received + len(data)
    except BlockingIOError:
        time.sleep(0.01)
print(datagrams, received, len(ports | learnt))
"""


def test_forged_errors_end_no_transfer_and_silence_is_sent_three_packets(tmp_path: Path) -> None:
    with segment(tmp_path) as each:
        first = each.boot()
        forge = each.attack_beside(FORGE)
        failures = [first, each.boot(), each.boot()]
        datagrams, received, ports = map(int, forge().split())
    assert failures == [""] * 3
    assert ports == 1
    assert datagrams == 3
    assert received <= 3 * 516
