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
"""Load four, two or one bytes of the packet at the operand's offset."""
LOAD_WORD_AT_INDEX, LOAD_HALF_AT_INDEX = 0x40, 0x48
"""Load four or two bytes of the packet at the operand's offset plus the index."""
INDEX_BY_IP_HEADER, INDEX_FROM_MEMORY = 0xB1, 0x61
"""Set the index to the length of the IP header at the operand's offset, or to a stored number."""
STORE = 0x02
SKIP_ON_EQUAL, SKIP_ON_EQUAL_INDEX, SKIP_ON_ANY_BIT = 0x15, 0x1D, 0x45
"""Compare the loaded value with the operand or the index, or test its bits, and skip instructions by the
result.
"""
RETURN = 0x06
"""Pass this many bytes of the packet to the socket; 0: drop it."""

NETWORK_HEADER = 0xFFF00000
"""SKF_NET_OFF: offsets that start here are offsets in the IP header."""
ETHERNET_HEADER = 0xFFE00000
"""SKF_LL_OFF: offsets that start here are offsets in the Ethernet header, which the kernel still has."""
PACKET_TYPE = 0xFFFFF000 + 4
"""SKF_AD_OFF + SKF_AD_PKTTYPE: the offset of the packet type (to this host, to another host, sent by this
host).
"""

_SO_ATTACH_FILTER = 26
"""The socket option that takes a `struct sock_fprog`; Python has no name for it."""
_PROGRAM = struct.Struct("@HP")
"""The C structure sock_fprog: the number of instructions, and their address in memory."""
_INSTRUCTION = struct.Struct("=HBBI")


class Instruction(NamedTuple):
    """One instruction of a filter."""

    operation: int
    operand: int
    skip_if_true: int = 0
    """Number of instructions to skip if the comparison is true; `skip_if_false` is the same for false."""
    skip_if_false: int = 0


def attach(opened: socket.socket, program: Iterable[Instruction]) -> None:
    """Let a program filter the packets of a socket from now on; raises OSError.

    The program replaces an earlier one. This needs no privileges on most machines.
    """
    code = b"".join(_INSTRUCTION.pack(one[0], one[2], one[3], one[1]) for one in program)
    room = ctypes.create_string_buffer(code, len(code))
    packed = _PROGRAM.pack(len(code) // _INSTRUCTION.size, ctypes.addressof(room))
    opened.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, packed)
