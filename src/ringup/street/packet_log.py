"""The packet log of a street (a simulated site): one line per datagram, but one line for all blocks of a
file.
"""

from dataclasses import dataclass, field

from ringup.errors import WireError
from ringup.street.cable import Datagram
from ringup.wire import sip, tftp
from ringup.wire.dhcp import parse as parse_dhcp

DHCP_PORTS = (67, 68)
SIP_PORT = 5060


@dataclass(slots=True)
class PacketLog:
    """The lines that were logged so far."""

    lines: list[str] = field(default_factory=list)
    _blocks: int = 0

    def add(self, at: float, text: str) -> None:
        """Add a line."""
        if self._blocks:
            self.lines.append(f"{'':>9}  … {self._blocks} blocks and ACKs")
            self._blocks = 0
        self.lines.append(f"{at:9.3f}  {text}")

    def add_datagram(self, at: float, datagram: Datagram) -> None:
        """Add a line for a datagram; blocks of a transfer after the first are only counted."""
        summary = summary_of(datagram)
        if not summary:
            self._blocks += 1
            return
        label = (
            f"{datagram.source}:{datagram.source_port} → {datagram.destination}:{datagram.destination_port}"
        )
        self.add(at, f"{label}  {summary}")


def summary_of(datagram: Datagram) -> str:
    """Return a datagram in words; empty for a block after the first, and for the ACK of such a block."""
    ports = (datagram.source_port, datagram.destination_port)
    if any(port in DHCP_PORTS for port in ports):
        return f"DHCP {_dhcp(datagram)}"
    if SIP_PORT in ports:
        return f"SIP {_sip(datagram)}"
    return _tftp(datagram)


def _dhcp(datagram: Datagram) -> str:
    try:
        message = parse_dhcp(datagram.data)
    except WireError as error:
        return str(error)
    kind = message.type.name if message.type else "BOOTP"
    return f"{kind} {message.hardware_address.hex().upper()} {message.your_address}"


def _sip(datagram: Datagram) -> str:
    try:
        message = sip.parse(datagram.data)
    except WireError as error:
        return str(error)
    if isinstance(message, sip.Response):
        return f"{message.status} ({sip.first(message, 'CSeq')})"
    return f"{message.method} {sip.first(message, 'To')}"


def _tftp(datagram: Datagram) -> str:
    try:
        packet = tftp.parse(datagram.data)
    except WireError as error:
        return f"TFTP {error}"
    match packet:
        case tftp.ReadRequest(name):
            return f"TFTP request {name}"
        case tftp.Data(1, data):
            return f"TFTP block 1, {len(data)} bytes"
        case tftp.Error(code, message):
            return f"TFTP error {code} {message}"
        case _:
            return ""
