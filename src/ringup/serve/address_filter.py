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
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from ringup.serve.log import log
from ringup.serve.socket_filter import (
    ETHERNET_HEADER,
    LOAD_HALF,
    LOAD_WORD,
    NETWORK_HEADER,
    RETURN,
    SKIP_ON_EQUAL,
    Instruction,
    attach,
)

MOST_ADDRESSES = 1_800
"""Maximum number of addresses of a filter, with two instructions each; the kernel accepts 4,096 instructions,
of which the guarded addresses may use 448.
"""

_SOURCE, _DESTINATION = NETWORK_HEADER + 12, NETWORK_HEADER + 16
_SOURCE_MAC = ETHERNET_HEADER + 6
_WHOLE, _NOTHING = 0xFFFFFFFF, 0


NO_GUARDS: Mapping[str, str] = MappingProxyType({})


def admit_only(
    opened: socket.socket, addresses: Iterable[str], guarded: Mapping[str, str] = NO_GUARDS
) -> None:
    """Let an IPv4 socket receive only packets to these addresses from now on.

    `guarded` maps source addresses to MACs: a packet from such an address must come in a frame of its MAC.
    The filter replaces an earlier one at once. If the kernel refuses it, this is logged: requests to other
    addresses then reach the server, which ignores them.
    """
    try:
        attach(opened, [*_guards(guarded), *_admissions(list(addresses)[:MOST_ADDRESSES])])
    except OSError as error:
        log.info(
            "the kernel refuses an address filter (%s); ringup ignores requests to other addresses itself",
            error,
        )


def _guards(guarded: Mapping[str, str]) -> Iterator[Instruction]:
    for address, mac in guarded.items():
        yield Instruction(LOAD_WORD, _SOURCE)
        yield Instruction(SKIP_ON_EQUAL, int.from_bytes(socket.inet_aton(address), "big"), 0, 5)
        yield Instruction(LOAD_WORD, _SOURCE_MAC)
        yield Instruction(SKIP_ON_EQUAL, int(mac[:8], 16), 0, 2)
        yield Instruction(LOAD_HALF, _SOURCE_MAC + 4)
        yield Instruction(SKIP_ON_EQUAL, int(mac[8:], 16), 1, 0)
        yield Instruction(RETURN, _NOTHING)


def _admissions(addresses: Iterable[str]) -> Iterator[Instruction]:
    yield Instruction(LOAD_WORD, _DESTINATION)
    for address in addresses:
        number = int.from_bytes(socket.inet_aton(address), "big")
        yield Instruction(SKIP_ON_EQUAL, number, 0, 1)
        yield Instruction(RETURN, _WHOLE)
    yield Instruction(RETURN, _NOTHING)
