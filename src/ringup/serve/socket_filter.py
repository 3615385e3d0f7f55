"""Attach a program of the classic Berkeley packet filter to a socket; Linux only.

The kernel runs the program on each packet before the socket gets it. Sources: socket(7) SO_ATTACH_FILTER, the
kernel's networking/filter.
"""

import ctypes
import socket
import struct
from collections.abc import Iterable
from typing import NamedTuple

LOAD_WORD, LOAD_HALF, LOAD_BYTE = 0x20, 0x28, 0x30
"""Load four, two or one bytes at the operand."""
LOAD_WORD_AT_INDEX, LOAD_HALF_AT_INDEX = 0x40, 0x48
"""The same, at the operand plus the index."""
INDEX_BY_IP_HEADER, INDEX_FROM_MEMORY = 0xB1, 0x61
"""Set the index to the length of the IP header at the operand, or to a number that was stored."""
STORE = 0x02
SKIP_ON_EQUAL, SKIP_ON_EQUAL_INDEX, SKIP_ON_ANY_BIT = 0x15, 0x1D, 0x45
"""Compare what was loaded with the operand or the index, and skip instructions by the result."""
RETURN = 0x06
"""Pass this many bytes of the packet to the socket; 0: drop it."""

NETWORK_HEADER = 0xFFF00000
"""SKF_NET_OFF: an offset from here is one in the IP header."""
ETHERNET_HEADER = 0xFFE00000
"""SKF_LL_OFF: an offset from here is one in the Ethernet header, which the kernel still has."""
PACKET_TYPE = 0xFFFFF000 + 4
"""SKF_AD_OFF + SKF_AD_PKTTYPE: loads whether the frame was for this host, another host, or sent by it."""

_SO_ATTACH_FILTER = 26
"""Python has no name for it. Its value is a `struct sock_fprog`."""
_PROGRAM = struct.Struct("@HP")
"""Number of instructions, and their address in memory."""
_INSTRUCTION = struct.Struct("=HBBI")


class Instruction(NamedTuple):
    """One instruction."""

    operation: int
    operand: int
    skip_if_true: int = 0
    """The number of instructions to skip."""
    skip_if_false: int = 0


def attach(opened: socket.socket, program: Iterable[Instruction]) -> None:
    """Filter what a socket gets from now on; a program replaces an earlier one. Raises OSError.

    It needs no rights on most machines.
    """
    code = b"".join(_INSTRUCTION.pack(one[0], one[2], one[3], one[1]) for one in program)
    room = ctypes.create_string_buffer(code, len(code))
    packed = _PROGRAM.pack(len(code) // _INSTRUCTION.size, ctypes.addressof(room))
    opened.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, packed)
