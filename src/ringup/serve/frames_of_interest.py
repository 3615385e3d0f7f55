"""Socket filters with which the kernel passes on only CDP announcements and SIP over UDP.

A SIP datagram is recognised by its first four bytes and not by its port, because a PBX may answer to any
port. The kernel drops fragments after the first, and all other frames, before it makes a copy.

The kernel removes the VLAN tag of a received frame before the filter sees the frame. A frame that this
machine sends through a VLAN interface still has its tag if the network card does not insert tags.

Sources: the kernel's networking/filter, IEEE 802.1Q, P-CDP-1, RFC 3261 §7.
"""

from collections.abc import Iterator

from ringup.serve.socket_filter import (
    INDEX_BY_IP_HEADER,
    LOAD_BYTE,
    LOAD_HALF,
    LOAD_WORD,
    LOAD_WORD_AT_INDEX,
    RETURN,
    SKIP_ON_ANY_BIT,
    SKIP_ON_EQUAL,
    Instruction,
)

RELEVANT_BYTES = 2048
"""Bytes of an accepted frame that the socket gets: a complete Ethernet frame."""

ETHERNET, TAG, UDP = 14, 4, 8
"""Bytes of the Ethernet header, the VLAN tag and the UDP header."""
_IPV4, _TAGGED, _OVER_UDP, _LATER_FRAGMENT = 0x0800, 0x8100, 17, 0x1FFF
_CDP_ADDRESS = 0x01000CCC, 0xCCCC
STARTS = (b"REGI", b"SIP/", b"INVI", b"NOTI")
"""The first four bytes of the SIP messages that are read."""


def _sip(tag: int) -> tuple[Instruction, ...]:
    """Return instructions that accept the first fragment of a UDP datagram that begins like a SIP message.

    They drop all other IPv4 frames. `tag` is the number of bytes of VLAN tags in the frame.
    """
    ip, starts = ETHERNET + tag, len(STARTS)
    return (
        Instruction(LOAD_BYTE, ip + 9),
        Instruction(SKIP_ON_EQUAL, _OVER_UDP, 0, 4 + starts),
        Instruction(LOAD_HALF, ip + 6),
        Instruction(SKIP_ON_ANY_BIT, _LATER_FRAGMENT, 2 + starts, 0),
        Instruction(INDEX_BY_IP_HEADER, ip),
        Instruction(LOAD_WORD_AT_INDEX, ip + UDP),
        *(
            Instruction(SKIP_ON_EQUAL, int.from_bytes(start, "big"), starts - number, 0)
            for number, start in enumerate(STARTS)
        ),
        *_DROP_OR_ACCEPT,
    )


_DROP_OR_ACCEPT = Instruction(RETURN, 0), Instruction(RETURN, RELEVANT_BYTES)
"""The last two instructions of each filter part: the first drops the frame, the second accepts it."""


def _cdp() -> tuple[Instruction, ...]:
    """Return instructions that accept frames to the address to which phones send CDP, and drop all others."""
    return (
        Instruction(LOAD_WORD, 0),
        Instruction(SKIP_ON_EQUAL, _CDP_ADDRESS[0], 0, 2),
        Instruction(LOAD_HALF, 4),
        Instruction(SKIP_ON_EQUAL, _CDP_ADDRESS[1], 1, 0),
        *_DROP_OR_ACCEPT,
    )


def _program() -> Iterator[Instruction]:
    untagged, others, tagged = _sip(0), _cdp(), _sip(TAG)
    yield Instruction(LOAD_HALF, 12)
    yield Instruction(SKIP_ON_EQUAL, _IPV4, 0, len(untagged))
    yield from untagged
    yield Instruction(SKIP_ON_EQUAL, _TAGGED, 0, 2)
    yield Instruction(LOAD_HALF, 12 + TAG)
    yield Instruction(SKIP_ON_EQUAL, _IPV4, len(others), 0)
    yield from others
    yield from tagged


ONLY_CDP_AND_SIP = tuple(_program())
"""The filter of the frame listener."""
ONLY_CDP = _cdp()
"""The filter of sockets that need only CDP."""
