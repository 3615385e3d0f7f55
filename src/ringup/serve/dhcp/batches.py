"""Receive and send many DHCP messages per system call; replies can be complete Ethernet frames.

In a boot storm, replies are sent together. A reply that is sent singly takes two thirds more processor time
in the kernel than one of a batch, mostly to wake the receiver.
"""

from ringup.serve.datagram_batches import BATCH, LARGEST_PACKET, Batch, SendingBatch
from ringup.serve.sockets import FRAGMENT_ROOM, LARGEST_DATAGRAM, PKTINFO_ROOM

FEW = 3
"""Below this number of messages, single calls are as quick as a batch."""

LARGEST_FRAME = LARGEST_PACKET + 14 + 20 + 8
"""Maximum size in bytes of a frame in a batch: a packet and the Ethernet, IPv4 and UDP headers."""


CONTROL_ROOM = PKTINFO_ROOM + FRAGMENT_ROOM
"""Bytes of the control messages: the local address, and the size of the fragments if there were any."""


class MessageBatch(Batch):
    """Receives DHCP messages; the message itself says where the reply goes, not always to its sender."""

    def __init__(self) -> None:
        super().__init__(LARGEST_DATAGRAM, control_room=CONTROL_ROOM)
        self._used = BATCH

    def receive(self, descriptor: int) -> list[tuple[bytes, bytes, bytes]]:
        """Return up to BATCH messages that have already arrived; raises OSError.

        Each has its control messages and the address (four bytes) of its sender.
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
    """Sends Ethernet frames of at most LARGEST_FRAME bytes through a raw socket that is bound to its
    interface.
    """

    def __init__(self) -> None:
        super().__init__(LARGEST_FRAME, addressed=False, control_room=0)

    def fill(self, index: int, one: bytes) -> None:
        """Put the frame into the message with this index."""
        self.copy_packet(index, one)
