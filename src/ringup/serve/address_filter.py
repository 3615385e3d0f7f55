"""A socket filter that makes the kernel drop packets to addresses that are not served; Linux only.

The sockets of TFTP and HTTP are bound to all addresses, and the filter accepts only the addresses of the
served interface. The sockets are not bound to these addresses for two reasons. An address that is added later
can be served without root's rights, which the server has given up by then. And when an address is removed, no
transfer at another address is lost. A host on another network gets no reply at all, not even the error that a
closed port sends.

The filter of a listening TCP socket sees every segment before a connection is made. A connection keeps the
filter that was active when it was made. Sources: socket(7) SO_ATTACH_FILTER, the kernel's networking/filter.
"""

import ctypes
import socket
import struct
from collections.abc import Iterable, Iterator

from ringup.serve.log import log

MOST_ADDRESSES = 2_000
"""Maximum number of addresses of a filter; the kernel takes 4,096 instructions."""

_SO_ATTACH_FILTER = 26
"""Socket option; Python has no name for it. Its value is a `struct sock_fprog`."""
_PROGRAM = struct.Struct("@HP")
"""Number of instructions, and their address in memory."""
_INSTRUCTION = struct.Struct("=HBBI")
"""Operation code, instructions to skip if true, instructions to skip if false, operand."""
_LOAD_WORD, _SKIP_UNLESS_EQUAL, _RETURN = 0x20, 0x15, 0x06
_DESTINATION = 0xFFF00000 + 16
"""Position of the destination address: SKF_NET_OFF plus the offset in the IPv4 header."""
_WHOLE, _NOTHING = 0xFFFFFFFF, 0


def admit_only(opened: socket.socket, addresses: Iterable[str]) -> None:
    """Let an IPv4 socket receive only packets to these addresses from now on.

    It needs no rights on most machines, and replaces an earlier filter at once. If the kernel refuses the
    filter, this is logged: requests to other addresses then reach the server, which ignores them.
    """
    code = b"".join(_instructions(list(addresses)[:MOST_ADDRESSES]))
    room = ctypes.create_string_buffer(code, len(code))
    program = _PROGRAM.pack(len(code) // _INSTRUCTION.size, ctypes.addressof(room))
    try:
        opened.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
    except OSError as error:
        log.info(
            "the kernel refuses an address filter (%s); ringup ignores requests to other addresses itself",
            error,
        )


def _instructions(addresses: Iterable[str]) -> Iterator[bytes]:
    yield _INSTRUCTION.pack(_LOAD_WORD, 0, 0, _DESTINATION)
    for address in addresses:
        number = int.from_bytes(socket.inet_aton(address), "big")
        yield _INSTRUCTION.pack(_SKIP_UNLESS_EQUAL, 0, 1, number)
        yield _INSTRUCTION.pack(_RETURN, 0, 0, _WHOLE)
    yield _INSTRUCTION.pack(_RETURN, 0, 0, _NOTHING)
