"""A small switch with VLANs in place of the bridge of a private network: `vlan_switch CDP PORT=VLANS…`.

This kernel has neither VLAN devices nor a bridge that filters VLANs. So this program forwards frames between
packet sockets, by VLAN. `port0=1+110` is a port with VLAN 1 untagged and VLAN 110 tagged; `port1=110` is a
port with VLAN 110 untagged. The kernel removes the tag of an arriving frame, and reports it in
PACKET_AUXDATA.

CDP is `flood` (an unmanaged switch forwards it to every port), or `answer:VLAN` (a managed switch does not
forward it, and answers a query itself).
"""

import contextlib
import ctypes
import fcntl
import select
import socket
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.engine.test_voice_vlan import switch as announcement

SOL_PACKET, AUXDATA, IGNORE_OUTGOING, ADD_MEMBERSHIP, PROMISCUOUS = 263, 8, 23, 1, 1
AUX = struct.Struct("=IIIHHHH")
TAG_IS_VALID = 0x10
CDP_GROUP = bytes.fromhex("01000ccccccc")
SIOCETHTOOL = 0x8946
OFFLOADS = (0x17, 0x1F, 0x24)
"""ETHTOOL_STXCSUM, _STSO and _SGSO; without these offloads, the sending kernel makes complete packets with
checksums.
"""


@dataclass
class SwitchPort:
    """One port."""

    opened: socket.socket
    untagged: int
    """The VLAN of frames without a tag."""
    tagged: frozenset[int]


def open_port(text: str) -> SwitchPort:
    name, _, vlans = text.partition("=")
    untagged, *tagged = (int(vlan) for vlan in vlans.split("+"))
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
    opened.setsockopt(SOL_PACKET, AUXDATA, 1)
    opened.setsockopt(SOL_PACKET, IGNORE_OUTGOING, 1)
    index = socket.if_nametoindex(name)
    opened.setsockopt(SOL_PACKET, ADD_MEMBERSHIP, struct.pack("=IHH8s", index, PROMISCUOUS, 0, b""))
    opened.bind((name, 3))
    return SwitchPort(opened, untagged, frozenset(tagged))


def received(port: SwitchPort) -> tuple[bytes, int]:
    """Return the next frame without its tag, and its VLAN."""
    frame, ancillary, _, _ = port.opened.recvmsg(65535, socket.CMSG_SPACE(AUX.size))
    for _, kind, value in ancillary:
        status, _, _, _, _, control, _ = AUX.unpack_from(value) if kind == AUXDATA else (0,) * 7
        if status & TAG_IS_VALID and control & 0xFFF:
            return frame, control & 0xFFF
    return frame, port.untagged


def send(port: SwitchPort, frame: bytes, vlan: int) -> None:
    if vlan in port.tagged:
        frame = frame[:12] + b"\x81\x00" + vlan.to_bytes(2, "big") + frame[12:]
    elif vlan != port.untagged:
        return
    with contextlib.suppress(OSError):  # a queue is full, so the frame is lost, as in any switch
        port.opened.send(frame)


def forward(ports: Sequence[SwitchPort], source: SwitchPort, frame: bytes, vlan: int, cdp: str) -> None:
    others = [port for port in ports if port is not source]
    if frame[:6] != CDP_GROUP:
        if vlan == source.untagged or vlan in source.tagged:
            for port in others:
                send(port, frame, vlan)
    elif cdp == "flood":
        for port in others:
            send(port, frame, port.untagged)
    elif b"Cisco IP Phone" in frame:
        send(source, announcement(vlan=int(cdp.partition(":")[2])), source.untagged)


def plain_packets(interface: str) -> None:
    """Switch the offloads of this namespace's interface off, because there is no network card to do the
    work.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for command in OFFLOADS:
            value = ctypes.create_string_buffer(struct.pack("=II", command, 0), 8)
            request = struct.pack("16sP16x", interface.encode(), ctypes.addressof(value))
            with contextlib.suppress(OSError):  # a kernel without this offload
                fcntl.ioctl(asking, SIOCETHTOOL, request)


def main(cdp: str, *texts: str) -> None:
    ports = [open_port(text) for text in texts]
    by_file = {port.opened.fileno(): port for port in ports}
    with select.epoll() as waiting:
        for number in by_file:
            waiting.register(number, select.EPOLLIN)
        print("switching", flush=True)
        while True:
            for number, _ in waiting.poll():
                with contextlib.suppress(BlockingIOError):
                    while True:
                        frame, vlan = received(by_file[number])
                        forward(ports, by_file[number], frame, vlan, cdp)


if __name__ == "__main__":
    if sys.argv[1] == "plain":
        plain_packets(sys.argv[2])
    else:
        main(*sys.argv[1:])
