"""A DHCP server for other projects' clients: `python -m tests.peers.dhcp_server INTERFACE DATABASE`.

It serves all clients; with `--probe` as the last argument, it probes new addresses first. It prints `ready`,
then every event as a JSON line, and ends when it is killed.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network

from ringup.engine.dhcp.server import DhcpServer
from ringup.engine.dhcp.settings import DhcpSettings, ServedSubnet
from ringup.events import Event, to_record
from ringup.serve.dhcp.service import DhcpService
from ringup.serve.sockets import interface_named
from ringup.serve.store_thread import StoreThread
from ringup.store.database import open_database
from ringup.store.leases import read_leases, save_leases

SUBNET = ServedSubnet(
    network=IPv4Network("10.77.0.0/24"),
    first=IPv4Address("10.77.0.100"),
    last=IPv4Address("10.77.0.149"),
    router="10.77.0.254",
    dns=("10.77.0.252", "10.77.0.253"),
    domain="voice.example",
    lease_seconds=3600,
)
TFTP_SERVERS = ("10.77.0.7", "10.77.0.8")


async def serve(interface: str, database_path: str, *, probe: bool) -> None:
    database = open_database(database_path)
    settings = DhcpSettings(
        subnets=(SUBNET,),
        tftp_servers=TFTP_SERVERS,
        own_addresses=interface_named(interface).addresses,
        serve_all=True,
        probe=probe,
    )

    def tell(events: Sequence[Event]) -> None:
        for event in events:
            print(json.dumps(to_record(event)), flush=True)

    store = StoreThread()
    store.start(asyncio.get_running_loop())
    service = DhcpService(
        [interface],
        DhcpServer(settings, read_leases(database)),
        lambda leases: save_leases(database, leases),
        tell,
        store.high_priority,
    )
    service.open()
    service.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], probe="--probe" in sys.argv))
