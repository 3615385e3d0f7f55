"""Propose an address pool for the phones of a network that contains no address in use."""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from ringup.site.network_record import Subnet

LONGEST_POOL = 100
"""Maximum number of addresses in a proposed pool; the rest of the network stays free for other devices."""
USUAL_START = 100
"""The host number at which the pool starts if the network has room: routers give out higher or lower ones by
custom, and people expect phones there.
"""


def proposed_pool(
    own: IPv4Interface, used: Collection[IPv4Address]
) -> tuple[IPv4Address, IPv4Address] | None:
    """Return the first and last address of a pool; None if the network has no free address."""
    network = own.network
    taken = {int(each) for each in (own.ip, *used) if each in network}
    usual = int(network.network_address) + USUAL_START
    ends = usual, usual + LONGEST_POOL - 1
    fits = int(network.broadcast_address) > ends[1]
    if fits and not any(ends[0] <= each <= ends[1] for each in taken):
        return IPv4Address(ends[0]), IPv4Address(ends[1])
    gaps = list(_gaps(network, taken))
    if not gaps:
        return None
    first, last = max(gaps, key=lambda gap: (min(gap[1] - gap[0], LONGEST_POOL), gap[0]))
    return IPv4Address(max(first, last - LONGEST_POOL + 1)), IPv4Address(last)


def _gaps(network: IPv4Network, taken: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last address of each run of hosts that are not in use."""
    start = int(network.network_address) + 1
    for each in (*sorted(taken), int(network.broadcast_address)):
        if each > start:
            yield start, each - 1
        start = max(start, each + 1)


def network_text(subnet: Subnet) -> str:
    """Return a network as the command line spells it: ``NETWORK:FIRST-LAST:ROUTER``."""
    router = f":{subnet.router}" if subnet.router else ""
    return f"{subnet.network}:{subnet.first}-{subnet.last}{router}"
