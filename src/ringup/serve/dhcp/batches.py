"""Many DHCP messages for one system call, with what only DHCP needs: the way in, and whole frames out.

A storm's replies leave together: one by one, each takes the kernel two thirds more processor time, most of it
to wake whoever receives it.
"""

from ringup.serve.datagram_batches import BATCH, CONTROL_ROOM, LARGEST_PACKET, Batch, SendingBatch
from ringup.serve.sockets import LARGEST_DATAGRAM

FEW = 3
"""Number of messages up to which single calls are as quick as a batch."""

LARGEST_FRAME = LARGEST_PACKET + 14 + 20 + 8
"""Bytes of a frame that is sent in a batch: its packet, and the Ethernet, IPv4 and UDP headers."""


class MessageBatch(Batch):
    """Takes DHCP messages. Its answer goes where the message says, and not to who sent it."""

    def __init__(self) -> None:
        super().__init__(LARGEST_DATAGRAM)
        self._used = BATCH

    def receive(self, descriptor: int) -> list[tuple[bytes, bytes, bytes]]:
        """Up to BATCH messages that are already here; raises OSError.

        Each with its control message and the address (four bytes) that it came from.
        """
        for message in self.messages[: self._used]:
            message.control_length = CONTROL_ROOM
        self._used = 0
        self._used = count = self.call("recvmmsg", descriptor, 0, BATCH)
        data, control, addresses, room = self.data, self.control, self.addresses, self.room
        return [
            (
                data[index * room : index * room + message.length].tobytes(),
                control[index * CONTROL_ROOM : index * CONTROL_ROOM + message.control_length].tobytes(),
                addresses[index * 16 + 4 : index * 16 + 8].tobytes(),
            )
            for index, message in enumerate(self.messages[:count])
        ]


class FrameBatch(SendingBatch[bytes]):
    """Hands Ethernet frames of at most LARGEST_FRAME bytes to a raw socket, which knows its interface."""

    def __init__(self) -> None:
        super().__init__(LARGEST_FRAME, addressed=False, controlled=False)

    def fill(self, index: int, one: bytes) -> None:
        """Make it the message of this index."""
        self.lay(index, one)
