"""One end of a bad cable between two networks: `python -m tests.peers.bad_cable OWN OTHER SEED LOSS COPIES`.

It runs on a host without an address. Every frame of its network goes to the other end through a socket file,
and frames from there go into the network. The share LOSS of the UDP datagrams is lost. The share COPIES
arrives a second time, up to 20 ms late, and therefore after datagrams that were sent later. The seed makes
the choices repeatable. This replaces `tc qdisc … netem` on kernels without `sch_netem`. It prints its counts
at SIGTERM.
"""

import heapq
import json
import random
import select
import signal
import socket
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.peers.namespaces import INTERFACE

ALL_FRAMES = 0x0003
LATEST = 0.02
"""Maximum delay of a copy in seconds."""

_PACKET_MEMBERSHIP = (263, 1)  # SOL_PACKET, PACKET_ADD_MEMBERSHIP
_PROMISCUOUS = 1


def is_udp(frame: bytes) -> bool:
    return frame[12:14] == b"\x08\x00" and frame[23] == 17


def without_checksum(frame: bytes) -> bytes:
    """Return the frame without its checksum: a veth leaves the checksum to hardware that does not exist, and
    none is valid (RFC 768).
    """
    at = 14 + (frame[14] & 15) * 4 + 6
    return frame[:at] + b"\0\0" + frame[at + 2 :]


def carry(own: str, other: str, seed: str, loss: float, copies: float) -> Counter[str]:
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    late: list[tuple[float, bytes]] = []
    network = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_FRAMES))
    network.bind((INTERFACE, ALL_FRAMES))
    index = socket.if_nametoindex(INTERFACE)
    network.setsockopt(*_PACKET_MEMBERSHIP, index.to_bytes(4, sys.byteorder) + _promiscuous())
    cable = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    cable.bind(own)
    print("ready", flush=True)
    running = True

    def stop(*_: object) -> None:
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    while running:
        wait = max(0.0, late[0][0] - time.monotonic()) if late else 0.2
        ready, _, _ = select.select([network, cable], [], [], wait)
        if cable in ready:
            network.send(cable.recv(2048))
        if network in ready:
            frame, source = network.recvfrom(2048)
            if source[2] != socket.PACKET_OUTGOING and Path(other).exists():
                _send(frame, cable, other, chance, loss, copies, counts, late)
        while late and late[0][0] <= time.monotonic():
            _plug(heapq.heappop(late)[1], cable, other)
    return counts


def _send(
    frame: bytes,
    cable: socket.socket,
    other: str,
    chance: random.Random,
    loss: float,
    copies: float,
    counts: Counter[str],
    late: list[tuple[float, bytes]],
) -> None:
    if not is_udp(frame):
        _plug(frame, cable, other)
        return
    frame = without_checksum(frame)
    counts["sent"] += 1
    if chance.random() < loss:
        counts["lost"] += 1
        return
    _plug(frame, cable, other)
    if chance.random() < copies:
        counts["copied"] += 1
        heapq.heappush(late, (time.monotonic() + chance.random() * LATEST, frame))


def _plug(frame: bytes, cable: socket.socket, other: str) -> None:
    """Until the other end listens, frames to it are lost."""
    with suppress(ConnectionRefusedError):
        cable.sendto(frame, other)


def _promiscuous() -> bytes:
    return _PROMISCUOUS.to_bytes(2, sys.byteorder) + bytes(10)


if __name__ == "__main__":
    own_file, other_file, seed_text, lost_share, copied_share = sys.argv[1:]
    print(json.dumps(carry(own_file, other_file, seed_text, float(lost_share), float(copied_share))))
