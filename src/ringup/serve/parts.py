"""Build the parts of one server; `life.py` opens, starts and stops them.

Nothing here opens a socket or starts a thread yet.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine

from ringup.engine.dhcp.server import DhcpServer
from ringup.events import Event, PbxReloaded, SiteChanged
from ringup.pages.metrics import Parts as MeasuredParts
from ringup.serve import build
from ringup.serve.active_tasks import ActiveTasks
from ringup.serve.addresses import AddressWatch
from ringup.serve.awaited_registrations import AwaitedRegistrations
from ringup.serve.board_counts import BoardCounts
from ringup.serve.books import Books
from ringup.serve.dhcp.service import DhcpService
from ringup.serve.guests import GuestWatch
from ringup.serve.held_secrets import HeldWatch
from ringup.serve.http import HttpService
from ringup.serve.journeys import JourneysTask
from ringup.serve.listener import FrameListener
from ringup.serve.machine import THIS_MACHINE, Machine
from ringup.serve.machine_watch import MachineWatch
from ringup.serve.memory import uncollected
from ringup.serve.nodes.node import NodeParts, are_several, this_node
from ringup.serve.nodes.shared_leases import Leases, SharedLeases
from ringup.serve.options import Options
from ringup.serve.owners.address_owners import Holder
from ringup.serve.owners.pins import Pins, PinWatch
from ringup.serve.recorder import Recorder
from ringup.serve.retention import RetentionTask
from ringup.serve.site_parts import SiteParts, site_parts
from ringup.serve.site_watch import SiteWatch
from ringup.serve.sntp import SntpService
from ringup.serve.sockets import Interface
from ringup.serve.store_thread import AnyStoreThread
from ringup.serve.tftp.service import TftpService
from ringup.serve.voice_vlan import VoiceVlanService
from ringup.site.model import Site
from ringup.store.held_secrets import read_held
from ringup.store.journeys import JourneyKeeper
from ringup.store.leases import read_lease
from ringup.store.nodes import Node
from ringup.store.pins import pins_state, read_pins
from ringup.store.revisions import current_revision, read_site

Service = DhcpService | TftpService | HttpService | SntpService | FrameListener | VoiceVlanService
"""A part that has sockets."""


@dataclass(frozen=True, slots=True)
class ServerParts:
    """The parts of one server: DHCP, TFTP, HTTP and SNTP on one interface, and the link to one PBX."""

    options: Options
    interface: Interface
    """The interface that the phones are on."""
    database: Engine
    store: AnyStoreThread
    """Writes leases and events, leases first."""
    recorder: Recorder
    """Records every event in the log, the database and the counts."""
    journeys: JourneysTask
    """Saves the journeys (states) of the phones in the store thread when the server is idle."""
    retention: RetentionTask
    """Deletes old events in the store thread, each hour and after many new events."""
    watch: SiteWatch
    """Detects a new revision of the site."""
    machine_watch: MachineWatch
    """Detects faults of the machine and of Asterisk that come and go."""
    address_watch: AddressWatch
    """Detects a change of the interface's addresses."""
    pin_watch: PinWatch | None
    """Detects pins that a command made or removed; None without `--owners pin`."""
    held_watch: HeldWatch
    """Detects phones that have fetched their new secrets; Asterisk then gets these secrets, too."""
    guest_watch: GuestWatch
    """Detects new guests and new codes."""
    tasks: ActiveTasks
    """Rollouts of firmware and extensions for unknown phones, on the node that is connected to Asterisk."""
    books: Books
    """Reads the address books of the phones' directory."""
    nodes: NodeParts | None
    """The parts for a group of nodes on a PostgreSQL database; None with SQLite, which only one server uses.
    """
    site: SiteParts
    """The parts that depend on the site's records: the files, the DHCP engine, the link to the PBX."""
    dhcp: DhcpService
    """DHCP, on the event loop, with the engine of `site`."""
    tftp: TftpService
    """TFTP, in its own thread, with the files of `site`."""
    http: HttpService
    """HTTP, on the event loop, with the same files."""
    sntp: SntpService
    """SNTP, on the event loop."""
    listener: FrameListener
    """Listens to CDP and SIP that pass on the interface, on the event loop; it never sends."""
    voice_vlan: VoiceVlanService | None
    """Answers CDP queries, on the event loop; None without `--voice-vlan`."""
    metrics: HttpService | None
    """The metrics page for Prometheus, on a separate listener, because phones must not reach it."""

    def services(self) -> list[Service]:
        """Return the parts with sockets that are switched on, in the order in which they are opened."""
        options = self.options
        switched = (
            self.dhcp if options.dhcp else None,
            self.tftp if options.tftp else None,
            self.http if options.http else None,
            self.sntp if options.sntp else None,
            self.listener if options.listen and options.events else None,
            self.voice_vlan,
            self.metrics,
        )
        return [service for service in switched if service is not None]


def _registered(database: Engine, macs: Collection[str]) -> list[str]:
    """Return the registered extensions of these phones, according to the stored events."""
    from ringup.change.gather import journeys_of  # only a server with an Asterisk needs this module

    return [extension for journey in journeys_of(database, macs).values() for extension in journey.registered]


def unchanged(site: Site) -> Site:
    """Return the site that the database holds."""
    return site


def server_parts(
    options: Options,
    database: Engine,
    change_site: Callable[[Site], Site] = unchanged,
    machine: Machine = THIS_MACHINE,
) -> ServerParts:
    """Build a server; raises BindError when the interface cannot be chosen.

    `change_site` may alter each revision of the site before it is served.
    """
    interface, watch = machine.choose_interface(options.interface), _site_watch(database, change_site)
    basis = build.Basis(options, interface, database, machine, machine.store_thread(), watch)
    node = this_node(options, interface.addresses[0]) if are_several(database) else None
    nodes: NodeParts | None = None
    keeper = JourneyKeeper(database, watch.macs)
    name = node.name if node else ""
    awaited = AwaitedRegistrations()
    recorder = build.recorder(
        basis, keeper, lambda address: site.files.holder_of(address), name, awaited.take
    )
    neighbour = machine.neighbours(interface.name)
    machine_watch = build.machine_watch(basis, lambda: site.addresses.all, recorder)
    pins = build.pins(basis, neighbour, recorder)
    site = _site(
        basis,
        partial(_emit_of_site, recorder, machine_watch),
        neighbour,
        pins,
        share=partial(_shared, database, lambda: dhcp.is_active) if node else lambda own: own,
        nodes=lambda: nodes.membership.others if nodes else (),
    )
    dhcp: DhcpService = build.dhcp(basis, site, recorder)
    tasks = build.tasks(basis, site, recorder)
    if node:
        nodes = build.nodes(basis, node, site, dhcp, recorder, tasks)
    return _together(
        basis, keeper, recorder, awaited, machine_watch, neighbour, pins, site, dhcp, tasks, nodes
    )


def _together(
    basis: build.Basis,
    keeper: JourneyKeeper,
    recorder: Recorder,
    awaited: AwaitedRegistrations,
    machine_watch: MachineWatch,
    neighbour: Holder,
    pins: Pins | None,
    site: SiteParts,
    dhcp: DhcpService,
    tasks: ActiveTasks,
    nodes: NodeParts | None,
) -> ServerParts:
    """Add the parts on which no other part depends."""
    database, store, watch = basis.database, basis.store, basis.watch
    books = build.books(basis, machine_watch.look_now, recorder)
    tftp, http = build.tftp(basis, site, recorder, neighbour), build.http(basis, site, recorder, books.shelf)
    board = _board(basis, keeper, machine_watch)
    return ServerParts(
        options=basis.options, interface=basis.interface, database=database, store=store, recorder=recorder,
        journeys=JourneysTask(keeper, store.low_priority, lambda: recorder.taken),
        retention=build.retention(basis, recorder),
        watch=watch,
        machine_watch=machine_watch,
        address_watch=AddressWatch(basis.interface.name, site.addresses, basis.machine.interface_named),
        pin_watch=PinWatch(pins, lambda: pins_state(database), lambda: read_pins(database)) if pins else None,
        held_watch=HeldWatch(database, lambda: watch.revision),
        guest_watch=GuestWatch(database, lambda: watch.site),
        tasks=tasks, books=books, nodes=nodes, site=site, dhcp=dhcp, tftp=tftp, http=http,
        sntp=build.sntp(basis, site, recorder),
        listener=build.listener(basis, site, recorder, awaited.are_overdue),
        voice_vlan=build.voice_vlan(basis, recorder, machine_watch),
        metrics=build.metrics(basis, MeasuredParts(recorder.counts, tftp, http, board)),
    )  # fmt: skip


def _site_watch(database: Engine, change_site: Callable[[Site], Site]) -> SiteWatch:
    return SiteWatch(lambda: current_revision(database), lambda: change_site(_read(database)))


def _site(
    basis: build.Basis,
    emit: Callable[[Event], None],
    neighbour: Holder,
    pins: Pins | None,
    *,
    share: Callable[[DhcpServer], Leases],
    nodes: Callable[[], Sequence[Node]],
) -> SiteParts:
    database, clocks = basis.database, basis.machine.clocks
    return site_parts(
        basis.options,
        basis.interface.addresses,
        basis.watch.site,
        build.leases_of(basis),
        emit,
        clocks.time_of_day,
        neighbour=neighbour,
        pins=pins,
        share=share,
        nodes=nodes,
        held=lambda: read_held(database),
        registered=lambda macs: _registered(database, macs),
        steady=clocks.steady,
    )


def _board(basis: build.Basis, keeper: JourneyKeeper, machine_watch: MachineWatch) -> BoardCounts:
    return BoardCounts(
        lambda: keeper.journeys,
        lambda: basis.watch.site,
        lambda: machine_watch.standing,
        basis.machine.clocks.time_of_day,
    )


def _emit_of_site(recorder: Recorder, machine_watch: MachineWatch, event: Event) -> None:
    recorder.emit(event)
    if isinstance(event, PbxReloaded):
        machine_watch.pbx_reloaded()
    elif isinstance(event, SiteChanged):
        machine_watch.look_now()


def _shared(database: Engine, is_active: Callable[[], bool], own: Leases) -> Leases:
    return SharedLeases(own, lambda address: read_lease(database, address), is_active)


def _read(database: Engine) -> Site:
    with uncollected():
        return read_site(database)
