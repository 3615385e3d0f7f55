"""The kernel's filter for frames that the listener reads: CDP announcements and SIP over UDP.

A SIP datagram is known by its first four bytes, because a PBX may answer to any port. Fragments after the
first are dropped, and so is everything else, before any copy is made.

Sources: the kernel's networking/filter, P-CDP-1, RFC 3261 §7.
"""

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

ETHERNET, UDP = 14, 8
"""Bytes of the headers."""
_IPV4, _OVER_UDP, _LATER_FRAGMENT = 0x0800, 17, 0x1FFF
_CDP_ADDRESS = 0x01000CCC, 0xCCCC
STARTS = (b"REGI", b"SIP/", b"INVI", b"NOTI")
"""The first bytes of the messages that are read."""


def _words() -> tuple[Instruction, ...]:
    """Accept each of `STARTS`; the instruction after the last one drops, and the next accepts."""
    return tuple(
        Instruction(SKIP_ON_EQUAL, int.from_bytes(start, "big"), len(STARTS) - number, 0)
        for number, start in enumerate(STARTS)
    )


ONLY_CDP_AND_SIP = (
    Instruction(LOAD_HALF, 12),
    Instruction(SKIP_ON_EQUAL, _IPV4, 4, 0),
    # Not IPv4: only the address to which phones send CDP.
    Instruction(LOAD_WORD, 0),
    Instruction(SKIP_ON_EQUAL, _CDP_ADDRESS[0], 0, 8 + len(STARTS)),
    Instruction(LOAD_HALF, 4),
    Instruction(SKIP_ON_EQUAL, _CDP_ADDRESS[1], 7 + len(STARTS), 6 + len(STARTS)),
    # IPv4: the first fragment of a UDP datagram that begins like a SIP message.
    Instruction(LOAD_BYTE, ETHERNET + 9),
    Instruction(SKIP_ON_EQUAL, _OVER_UDP, 0, 4 + len(STARTS)),
    Instruction(LOAD_HALF, ETHERNET + 6),
    Instruction(SKIP_ON_ANY_BIT, _LATER_FRAGMENT, 2 + len(STARTS), 0),
    Instruction(INDEX_BY_IP_HEADER, ETHERNET),
    Instruction(LOAD_WORD_AT_INDEX, ETHERNET + UDP),
    *_words(),
    Instruction(RETURN, 0),
    Instruction(RETURN, RELEVANT_BYTES),
)
"""The program."""
