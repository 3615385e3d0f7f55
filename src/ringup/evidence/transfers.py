"""Follow the TFTP transfers in a capture: from the read request to the ACK of the last block, or to an
error.

A transfer is identified by the phone's address and port alone. The server answers from a new port
(RFC 1350 §4), and possibly from another of its addresses.
"""

from dataclasses import dataclass

from ringup.errors import WireError
from ringup.events import FileNotFound, FileRefused, FileRequested, FileSent, TransferFailed
from ringup.evidence.observation import Context, Observation, Observations, file_name, remember
from ringup.wire import tftp
from ringup.wire.captured import CapturedUdp

TFTP_PORT = 69
_USUAL_BLOCK = 512
_Key = tuple[str, int]


@dataclass
class _Transfer:
    """One TFTP transfer: its read request, and its progress."""

    at: float
    name: str
    block_size: int = _USUAL_BLOCK
    block: int = 0
    """The number of the last block that the server sent, as the packet contains it (modulo 65,536)."""
    blocks: int = 0
    """The number of different blocks that the server sent."""
    size: int = 0
    resent: int = 0
    is_last: bool = False
    """True if the server has sent the last block."""


class Transfers:
    """Follows all transfers of a capture."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._open: dict[_Key, _Transfer] = {}

    def read(self, datagram: CapturedUdp) -> Observations | None:
        """Return the observations in a datagram; None if it is not a TFTP packet."""
        source = (datagram.source, datagram.source_port)
        destination = (datagram.destination, datagram.destination_port)
        is_request = datagram.destination_port == TFTP_PORT
        if not is_request and source not in self._open and destination not in self._open:
            return None
        try:
            packet = tftp.parse(datagram.payload)
        except WireError:
            return None
        if isinstance(packet, tftp.ReadRequest):
            return self._request(source, packet) if is_request else None
        if destination in self._open:
            return self._from_server(destination, packet)
        return self._from_phone(source, packet)

    def _request(self, key: _Key, packet: tftp.ReadRequest) -> Observations:
        name = self._context.request(key[0], file_name(packet.name))
        remember(self._open, key, _Transfer(self._context.at, name))
        return [Observation(FileRequested(self._context.at, "", name, *key))]

    def _from_server(self, key: _Key, packet: tftp.Packet) -> Observations:
        transfer = self._open[key]
        if isinstance(packet, tftp.OptionAck):
            size = packet.options.get("blksize", "")
            transfer.block_size = (
                int(size) if size.isascii() and size.isdigit() and len(size) < 6 else _USUAL_BLOCK
            )
        elif isinstance(packet, tftp.Data):
            _note_block(transfer, packet)
        elif isinstance(packet, tftp.Error):
            del self._open[key]
            outcome = FileNotFound if packet.code == tftp.ErrorCode.FILE_NOT_FOUND else FileRefused
            return [Observation(outcome(self._context.at, "", transfer.name, key[0], packet.message))]
        return []

    def _from_phone(self, key: _Key, packet: tftp.Packet) -> Observations:
        transfer = self._open.get(key)
        if transfer is None:
            return []
        common = (self._context.at, "", transfer.name, key[0])
        if isinstance(packet, tftp.Error):
            del self._open[key]
            return [Observation(TransferFailed(*common, transfer.size, transfer.size, packet.message))]
        if isinstance(packet, tftp.Ack) and transfer.is_last and packet.block == transfer.block:
            del self._open[key]
            seconds = max(self._context.at - transfer.at, 0.0)
            return [Observation(FileSent(*common, transfer.size, seconds, transfer.resent))]
        return []


def _note_block(transfer: _Transfer, packet: tftp.Data) -> None:
    if packet.block == (transfer.blocks + 1) % tftp.BLOCK_NUMBERS:
        transfer.block, transfer.blocks = packet.block, transfer.blocks + 1
        transfer.size += len(packet.payload)
        transfer.is_last = len(packet.payload) < transfer.block_size
    else:
        transfer.resent += 1
