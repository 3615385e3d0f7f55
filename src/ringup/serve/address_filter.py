"""A socket filter that makes the kernel drop packets to addresses that are not served; Linux only.

The sockets of TFTP and HTTP are bound to all addresses, and the filter accepts only the addresses of the
served interface. The sockets are not bound to these addresses for two reasons. An address that is added later
can be served without root's rights, which the server has given up by then. And when an address is removed, no
transfer at another address is lost. A host on another network gets no reply at all, not even the error that a
closed port sends.

The filter of a listening TCP socket sees every segment before a connection is made. A connection keeps the
filter that was active when it was made.
"""

import socket
from collections.abc import Iterable, Iterator

from ringup.serve.log import log
from ringup.serve.socket_filter import (
    LOAD_WORD,
    NETWORK_HEADER,
    RETURN,
    SKIP_ON_EQUAL,
    Instruction,
    attach,
)

MOST_ADDRESSES = 2_000
"""Maximum number of addresses of a filter; the kernel takes 4,096 instructions."""

_DESTINATION = NETWORK_HEADER + 16
_WHOLE, _NOTHING = 0xFFFFFFFF, 0


def admit_only(opened: socket.socket, addresses: Iterable[str]) -> None:
    """Let an IPv4 socket receive only packets to these addresses from now on.

    It replaces an earlier filter at once. If the kernel refuses the filter, this is logged: requests to other
    addresses then reach the server, which ignores them.
    """
    try:
        attach(opened, _instructions(list(addresses)[:MOST_ADDRESSES]))
    except OSError as error:
        log.info(
            "the kernel refuses an address filter (%s); ringup ignores requests to other addresses itself",
            error,
        )


def _instructions(addresses: Iterable[str]) -> Iterator[Instruction]:
    yield Instruction(LOAD_WORD, _DESTINATION)
    for address in addresses:
        number = int.from_bytes(socket.inet_aton(address), "big")
        yield Instruction(SKIP_ON_EQUAL, number, 0, 1)
        yield Instruction(RETURN, _WHOLE)
    yield Instruction(RETURN, _NOTHING)
