"""Register this server as a node of its database, with its name, its address and its services."""

import asyncio
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine

from ringup.engine.dhcp.lease import Lease
from ringup.errors import BindError
from ringup.serve.dhcp.service import DhcpService
from ringup.serve.nodes.membership import ExclusiveService, Membership, WhileActive
from ringup.serve.options import Options
from ringup.serve.sockets import network_of, state_of
from ringup.store.leases import read_leases, save_leases
from ringup.store.nodes import Hold, Node, beat, running_namesake

PBX = "PBX"
"""Name in the database of the link to Asterisk; only one node runs the link, because a site has one PBX."""


@dataclass(frozen=True, slots=True)
class NodeParts:
    """The parts that make this server one of several nodes."""

    node: Node
    """The node's description at the start of the server."""
    membership: Membership
    """Keeps this node's holds on the services of only one node: DHCP and the link to the PBX."""
    pbx: WhileActive | None
    """The link to the PBX, which runs on only one of several nodes."""


def are_several(database: Engine) -> bool:
    """Return whether other servers can share this database; SQLite allows only one machine."""
    return database.dialect.name == "postgresql"


def this_node(options: Options, address: str) -> Node:
    """Return the description of this server, with a new `run`."""
    return Node(options.node or socket.gethostname()[:64], address, options.tftp, secrets.token_hex(8))


def join(database: Engine, node: Node) -> None:
    """Register this node in the database; raises BindError if another running server has the same name."""
    if other := running_namesake(database, node):
        raise BindError(
            f"node {node.name}",
            f"another server of this database, at {other.address}, has the same name.",
            f"Give this one another: --node {node.name[:60]}-2",
        )
    beat(database, node, ())


class DhcpOnNetwork:
    """DHCP as a service that only one node provides on each network."""

    def __init__(self, interface: str, dhcp: DhcpService, database: Engine) -> None:
        self._interface = interface
        self._network = network_of(interface)
        self._dhcp = dhcp
        self._database = database

    def name(self) -> str:
        """Return the name of the service; empty while the interface is down.

        Another node can then take the service over.
        """
        if state_of(self._interface).trouble:
            return ""
        self._network = network_of(self._interface) or self._network
        return f"DHCP on {self._network}"

    async def take_over(self, hold: Hold) -> None:
        """Read the leases of all nodes, and begin to answer."""
        leases = await asyncio.to_thread(read_leases, self._database)
        self._dhcp.take_over(leases, partial(self._save, hold))

    def _save(self, hold: Hold, leases: Sequence[Lease]) -> None:
        save_leases(self._database, leases, hold)


def exclusive_services(
    options: Options, interface: str, database: Engine, dhcp: DhcpService, pbx: WhileActive | None
) -> list[ExclusiveService]:
    """Return the services that this server may provide only while no other node does."""
    services = []
    if options.dhcp:
        ours = DhcpOnNetwork(interface, dhcp, database)
        services.append(ExclusiveService(ours.name, ours.take_over, dhcp.stand_by))
    if pbx:
        services.append(ExclusiveService(lambda: PBX, pbx.take_over, pbx.stand_by))
    return services
