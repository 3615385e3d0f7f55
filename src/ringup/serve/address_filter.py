"""Lets the kernel drop what comes to addresses that a socket is not to answer at; Linux only.

TFTP's and HTTP's sockets are bound to all addresses and filtered by the served interface's, and not bound to
these: an address that comes later is then served without root's rights, which are given up by then, and no
transfer at another address is lost when one goes. To another network the port does not exist: not even a
refusal comes back, as from a port that nobody has bound.

A listening TCP socket's filter sees every segment before a connection is made; connections that were made
keep the filter of that moment. Sources: socket(7) SO_ATTACH_FILTER, the kernel's networking/filter.
"""

import ctypes
import socket
import struct
from collections.abc import Iterable, Iterator

from ringup.serve.log import log

MOST_ADDRESSES = 2_000
"""Maximum number of addresses of a filter; the kernel takes 4,096 instructions."""

_SO_ATTACH_FILTER = 26
"""Python has no name for it. It takes a `struct sock_fprog`."""
_PROGRAM = struct.Struct("@HP")
"""Number of instructions, and where they are."""
_INSTRUCTION = struct.Struct("=HBBI")
"""Code, how many to skip if true and if false, operand."""
_LOAD_WORD, _SKIP_UNLESS_EQUAL, _RETURN = 0x20, 0x15, 0x06
_DESTINATION = 0xFFF00000 + 16
"""The destination in the IPv4 header: SKF_NET_OFF and its offset."""
_WHOLE, _NOTHING = 0xFFFFFFFF, 0


def admit_only(opened: socket.socket, addresses: Iterable[str]) -> None:
    """From now on let an IPv4 socket receive what is sent to these addresses only.

    Needs no rights on most machines, and replaces an earlier filter at once. Where the kernel takes no filter
    from this user, that is logged: requests to other addresses then reach the server, which ignores them.
    """
    code = b"".join(_instructions(list(addresses)[:MOST_ADDRESSES]))
    room = ctypes.create_string_buffer(code, len(code))
    program = _PROGRAM.pack(len(code) // _INSTRUCTION.size, ctypes.addressof(room))
    try:
        opened.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
    except OSError as error:
        log.info("the kernel takes no address filter (%s); ringup ignores other addresses itself", error)


def _instructions(addresses: Iterable[str]) -> Iterator[bytes]:
    yield _INSTRUCTION.pack(_LOAD_WORD, 0, 0, _DESTINATION)
    for address in addresses:
        number = int.from_bytes(socket.inet_aton(address), "big")
        yield _INSTRUCTION.pack(_SKIP_UNLESS_EQUAL, 0, 1, number)
        yield _INSTRUCTION.pack(_RETURN, 0, 0, _WHOLE)
    yield _INSTRUCTION.pack(_RETURN, 0, 0, _NOTHING)
