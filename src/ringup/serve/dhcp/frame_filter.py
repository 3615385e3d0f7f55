"""A socket filter for frames with a DHCP message whose hardware address is not that of the sender.

It accepts IPv4 frames for this host to UDP port 67, with no relay (giaddr) in the message, if the client's
hardware address (chaddr) differs from the Ethernet source. It drops all other frames before any copy is made.

Sources: the kernel's networking/filter, packet(7), RFC 791 §3.1, RFC 2131 §2.
"""

from collections.abc import Iterator

from ringup.serve.socket_filter import (
    INDEX_BY_IP_HEADER,
    INDEX_FROM_MEMORY,
    LOAD_BYTE,
    LOAD_HALF,
    LOAD_HALF_AT_INDEX,
    LOAD_WORD,
    LOAD_WORD_AT_INDEX,
    PACKET_TYPE,
    RETURN,
    SKIP_ON_ANY_BIT,
    SKIP_ON_EQUAL,
    SKIP_ON_EQUAL_INDEX,
    STORE,
    Instruction,
)
from ringup.wire.dhcp import SERVER_PORT
from ringup.wire.dhcp_request import CHADDR, GIADDR

ETHERNET, UDP, MAC = 14, 8, 6
"""Bytes of the Ethernet and UDP headers and of a hardware address."""

RELEVANT_BYTES = ETHERNET + 60 + UDP + CHADDR + MAC
"""Bytes of an accepted frame that the socket gets, enough for the longest IP header."""

_IPV4, _OVER_UDP, _LATER_FRAGMENT = 0x0800, 17, 0x1FFF
_FOR_ANOTHER_HOST, _SENT_BY_THIS_HOST = 3, 4
_MESSAGE = ETHERNET + UDP
"""Offset of the DHCP message in a frame, without the length of the IP header, which is in the index register.
"""

_DROP, _ACCEPT = "drop", "accept"
_NEXT = ""
_Step = tuple[int, int, str, str]
"""Operation, operand, and the jump targets if a comparison is true and if it is false."""

_STEPS: tuple[_Step, ...] = (
    (LOAD_HALF, 2 * MAC, _NEXT, _NEXT),
    (SKIP_ON_EQUAL, _IPV4, _NEXT, _DROP),
    (LOAD_WORD, PACKET_TYPE, _NEXT, _NEXT),
    (SKIP_ON_EQUAL, _FOR_ANOTHER_HOST, _DROP, _NEXT),
    (SKIP_ON_EQUAL, _SENT_BY_THIS_HOST, _DROP, _NEXT),
    (LOAD_BYTE, ETHERNET + 9, _NEXT, _NEXT),
    (SKIP_ON_EQUAL, _OVER_UDP, _NEXT, _DROP),
    (LOAD_HALF, ETHERNET + 6, _NEXT, _NEXT),
    (SKIP_ON_ANY_BIT, _LATER_FRAGMENT, _DROP, _NEXT),
    (INDEX_BY_IP_HEADER, ETHERNET, _NEXT, _NEXT),
    (LOAD_HALF_AT_INDEX, ETHERNET + 2, _NEXT, _NEXT),
    (SKIP_ON_EQUAL, SERVER_PORT, _NEXT, _DROP),
    (LOAD_WORD_AT_INDEX, _MESSAGE + GIADDR, _NEXT, _NEXT),
    (SKIP_ON_EQUAL, 0, _NEXT, _DROP),
    (LOAD_WORD_AT_INDEX, _MESSAGE + CHADDR, _NEXT, _NEXT),
    (STORE, 0, _NEXT, _NEXT),
    (LOAD_HALF_AT_INDEX, _MESSAGE + CHADDR + 4, _NEXT, _NEXT),
    (STORE, 1, _NEXT, _NEXT),
    (LOAD_WORD, MAC, _NEXT, _NEXT),
    (INDEX_FROM_MEMORY, 0, _NEXT, _NEXT),
    (SKIP_ON_EQUAL_INDEX, 0, _NEXT, _ACCEPT),
    (LOAD_HALF, MAC + 4, _NEXT, _NEXT),
    (INDEX_FROM_MEMORY, 1, _NEXT, _NEXT),
    (SKIP_ON_EQUAL_INDEX, 0, _DROP, _ACCEPT),
    (RETURN, RELEVANT_BYTES, _NEXT, _NEXT),
    (RETURN, 0, _NEXT, _NEXT),
)


def other_hosts_messages() -> Iterator[Instruction]:
    """Yield the instructions of the filter, for a raw socket that receives complete frames."""
    places = {_DROP: len(_STEPS) - 1, _ACCEPT: len(_STEPS) - 2}
    for place, (operation, operand, if_true, if_false) in enumerate(_STEPS):
        skips = (places[to] - place - 1 if to else 0 for to in (if_true, if_false))
        yield Instruction(operation, operand, *skips)
