"""The parts of the machine that a server uses: clocks, sockets, and a thread for the store.

They are fields of one object, so that a simulation can run the same server on a simulated clock and network.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

from ringup.serve.clocks import REAL_CLOCKS, Clocks
from ringup.serve.dhcp.ping import Pinger
from ringup.serve.dhcp.port import AnyDhcpPort, DhcpPort
from ringup.serve.interfaces import choose
from ringup.serve.owners.address_owners import Holder
from ringup.serve.owners.neighbours import NeighbourTable, is_beside
from ringup.serve.sockets import Interface, InterfaceState, interface_named, state_of
from ringup.serve.store_thread import AnyStoreThread, StoreThread


def _neighbour_table(interface: str) -> Holder:
    return NeighbourTable(interface).mac_of


@dataclass(frozen=True, slots=True)
class Machine:
    """Clocks, sockets and other functions of a machine; the defaults are those of the real machine."""

    clocks: Clocks = REAL_CLOCKS
    choose_interface: Callable[[str], Interface] = choose
    interface_named: Callable[[str], Interface] = interface_named
    state_of: Callable[[str], InterfaceState] = state_of
    neighbours: Callable[[str], Holder] = _neighbour_table
    """Takes an interface; returns a function that reads the interface's neighbour table."""
    is_beside: Callable[[str, str], bool] = is_beside
    """Takes an address and an interface; returns whether the address is in a network of that interface."""
    open_dhcp_port: Callable[[str], AnyDhcpPort] = DhcpPort
    open_pinger: Callable[[], Pinger] = Pinger
    store_thread: Callable[[], AnyStoreThread] = StoreThread
    random_bytes: Callable[[int], bytes] = os.urandom
    """Returns this many random bytes."""


THIS_MACHINE = Machine()
