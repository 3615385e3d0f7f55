"""A simple model of another TFTP server: it sends blocks of 512 bytes, and never retransmits."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ringup.errors import WireError
from ringup.street.cable import Cable, Datagram
from ringup.wire import tftp

REQUEST_PORT, DATA_PORT = 69, 40_000
BLOCK = 512


@dataclass(slots=True)
class OtherTftpServer:
    """A TFTP server on the network that does not belong to ringup."""

    cable: Cable
    address: str
    files: Callable[[str], bytes | None]
    """Returns the file with a name, or None if the server does not have it."""
    missing: tftp.Error | None
    """The reply to a request for a missing file; None: the server does not reply."""
    _under_way: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def start(self) -> None:
        """Begin to answer."""
        self.cable.listen(self.address, REQUEST_PORT, self._begin)
        self.cable.listen(self.address, DATA_PORT, self._go_on)

    def stop(self) -> None:
        """Stop answering."""
        self.cable.ignore(self.address, REQUEST_PORT)
        self.cable.ignore(self.address, DATA_PORT)

    def _begin(self, datagram: Datagram) -> None:
        packet = _read(datagram)
        if not isinstance(packet, tftp.ReadRequest):
            return
        data = self.files(packet.name)
        peer = (datagram.source, datagram.source_port)
        if data is not None:
            self._under_way[peer] = data
            self._send_block(peer, 1)
        elif self.missing is not None:
            self._send(peer, self.missing)

    def _go_on(self, datagram: Datagram) -> None:
        packet, peer = _read(datagram), (datagram.source, datagram.source_port)
        if isinstance(packet, tftp.Ack) and peer in self._under_way:
            self._send_block(peer, packet.block + 1)

    def _send_block(self, peer: tuple[str, int], block: int) -> None:
        data = self._under_way[peer]
        if (block - 1) * BLOCK > len(data):
            del self._under_way[peer]
            return
        self._send(peer, tftp.Data(block, data[(block - 1) * BLOCK : block * BLOCK]))

    def _send(self, peer: tuple[str, int], packet: tftp.Packet) -> None:
        self.cable.send(Datagram(self.address, DATA_PORT, *peer, tftp.build(packet)))


def _read(datagram: Datagram) -> tftp.Packet | None:
    try:
        return tftp.parse(datagram.data)
    except WireError:
        return None
