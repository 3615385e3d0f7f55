"""Record the probe's packets in a pcap file.

Source: the pcap file format (draft-ietf-opsawg-pcap).
"""

import asyncio
import socket
import struct
import time
from pathlib import Path

from ringup.serve.sockets import open_frame_tap
from ringup.wire.ethernet import parse_udp_frame

MAGIC, VERSION, LARGEST_FRAME, ETHERNET = 0xA1B2C3D4, (2, 4), 65_535, 1
_DHCP_PORTS = (67, 68)
_FILE_HEADER = struct.Struct("<IHHiIII")
_RECORD = struct.Struct("<IIII")


class Recording:
    """The packets of DHCP and of one TFTP server on an interface, including those that this machine sends."""

    def __init__(self, interface: str) -> None:
        """Begin to record on the running event loop; raises BindError without root."""
        self.tftp_server = ""
        """The address of the TFTP server whose packets are recorded besides DHCP."""
        self._frames: list[tuple[float, bytes]] = []
        self._tap = open_frame_tap(interface, lambda _socket: None, hears_itself=True)
        self._tap.setblocking(False)
        asyncio.get_running_loop().add_reader(self._tap, self._read, self._tap)

    def _read(self, tap: socket.socket) -> None:
        while True:
            try:
                frame = tap.recv(LARGEST_FRAME)
            except OSError:
                return
            if self._is_wanted(frame):
                self._frames.append((time.time(), frame))

    def _is_wanted(self, frame: bytes) -> bool:
        datagram = parse_udp_frame(frame, check_udp=False)
        if datagram is None:
            return False
        is_dhcp = datagram.source_port in _DHCP_PORTS or datagram.destination_port in _DHCP_PORTS
        return is_dhcp or self.tftp_server in (datagram.source, datagram.destination)

    def close(self) -> None:
        """Stop recording."""
        asyncio.get_running_loop().remove_reader(self._tap)
        self._tap.close()

    def write(self, path: Path) -> int:
        """Write the file; return the number of packets."""
        data = [_FILE_HEADER.pack(MAGIC, *VERSION, 0, 0, LARGEST_FRAME, ETHERNET)]
        for at, frame in self._frames:
            data.append(_RECORD.pack(int(at), int(at % 1 * 1_000_000), len(frame), len(frame)) + frame)
        path.write_bytes(b"".join(data))
        return len(self._frames)
