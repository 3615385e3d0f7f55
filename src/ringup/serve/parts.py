"""The parts of one server, and how they are built; `life.py` opens, starts and stops them.

Nothing here opens a socket or starts a thread yet.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Engine
from starlette.types import ASGIApp

from ringup.engine.tftp.server import REPLY_PORTS
from ringup.events import Event, PbxReloaded, SiteChanged
from ringup.firmware.folder import FirmwareFolder
from ringup.journey.two_devices import TwoDevices
from ringup.pages.files import FilesOverHttp
from ringup.pages.metrics import Parts as MeasuredParts
from ringup.pages.routes import Routes
from ringup.rule import Result
from ringup.serve.addresses import AddressWatch
from ringup.serve.board_counts import BoardCounts
from ringup.serve.clocks import Clocks
from ringup.serve.dhcp.service import DhcpService
from ringup.serve.event_limits import EventLimits
from ringup.serve.held_secrets import HeldWatch
from ringup.serve.http import PORTS, HttpService
from ringup.serve.journeys import JourneysTask
from ringup.serve.listener import FrameListener
from ringup.serve.machine import THIS_MACHINE, Machine
from ringup.serve.machine_watch import MachineWatch
from ringup.serve.memory import uncollected
from ringup.serve.nodes.membership import Membership, WhileActive
from ringup.serve.nodes.node import NodeParts, are_several, exclusive_services, this_node
from ringup.serve.nodes.shared_leases import Leases, SharedLeases
from ringup.serve.options import Options
from ringup.serve.owners.address_owners import Holder
from ringup.serve.owners.pin_saver import pin_saver
from ringup.serve.owners.pins import Pins, PinWatch
from ringup.serve.owners.source import OwnersBy
from ringup.serve.readiness import site_results
from ringup.serve.recorder import Recorder
from ringup.serve.retention import RetentionTask
from ringup.serve.site_parts import SiteParts, site_parts
from ringup.serve.site_watch import SiteWatch
from ringup.serve.sntp import SntpService
from ringup.serve.sockets import Interface
from ringup.serve.start_check import look_at_asterisk, look_at_the_machine
from ringup.serve.store_thread import AnyStoreThread
from ringup.serve.tftp.service import TftpService
from ringup.serve.tftp.sockets import ReplyPorts, TftpSockets
from ringup.site.model import Site
from ringup.store.database import file_of
from ringup.store.held_secrets import read_held
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.leases import read_lease, read_leases, save_leases
from ringup.store.nodes import Node, beat, leave
from ringup.store.pins import pins_state, read_pins
from ringup.store.retention import forgetting
from ringup.store.revisions import current_revision, read_site

Service = DhcpService | TftpService | HttpService | SntpService | FrameListener
"""A part with sockets."""


@dataclass(frozen=True, slots=True)
class ServerParts:
    """One server: DHCP, TFTP, HTTP and SNTP on one interface, and the link to one PBX."""

    options: Options
    interface: Interface
    """The interface that the phones are on."""
    database: Engine
    store: AnyStoreThread
    """Writes leases and events, leases first."""
    recorder: Recorder
    """Takes every event, for the log, the database and the counts."""
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
    nodes: NodeParts | None
    """This server as one of the nodes of a PostgreSQL database; None with SQLite, which allows no other
    server.
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
    """On the event loop."""
    listener: FrameListener
    """Listens to CDP and SIP that pass on the interface, on the event loop; it never sends."""
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
            self.metrics,
        )
        return [service for service in switched if service is not None]


def _registered(database: Engine, macs: Collection[str]) -> list[str]:
    """Return the extensions of these phones that are registered, by the events on record."""
    from ringup.change.gather import journeys_of  # only a server with an Asterisk needs it

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
    clocks, store = machine.clocks, machine.store_thread()
    interface = machine.choose_interface(options.interface)
    node = this_node(options, interface.addresses[0]) if are_several(database) else None
    watch = SiteWatch(lambda: current_revision(database), lambda: change_site(_read(database)))
    nodes: NodeParts | None = None
    keeper = JourneyKeeper(database, watch.macs)
    limits = _event_limits(options, watch, lambda address: site.files.holder_of(address), clocks)
    recorder = _recorder(options, database, store, keeper, limits, clocks, node.name if node else "")
    neighbour = machine.neighbours(interface.name)
    machine_watch = _machine_watch(
        options, interface, database, watch, lambda: site.addresses.all, recorder, clocks
    )
    pins = _pins(options, interface, database, neighbour, recorder, store, machine)
    site: SiteParts = site_parts(
        options,
        interface.addresses,
        watch.site,
        read_leases(database),
        partial(_emit_of_site, recorder, machine_watch),
        clocks.time_of_day,
        neighbour=neighbour,
        pins=pins,
        share=partial(_shared, database, lambda: dhcp.is_active) if node else lambda own: own,
        nodes=lambda: nodes.membership.others if nodes else (),
        held=lambda: read_held(database),
        registered=lambda macs: _registered(database, macs),
        steady=clocks.steady,
    )
    dhcp: DhcpService = _dhcp(interface, database, site, recorder, store, machine)
    if node:
        nodes = _nodes(options, interface, database, node, watch, site, dhcp, recorder)
    main_address = advertised_address(watch.site, interface.addresses)
    tftp = _tftp(options, site, recorder, main_address, neighbour, machine)
    http = _http(options, watch, site, recorder)
    board = BoardCounts(
        lambda: keeper.journeys, lambda: watch.site, lambda: machine_watch.standing, clocks.time_of_day
    )
    return ServerParts(
        options=options,
        interface=interface,
        database=database,
        store=store,
        recorder=recorder,
        journeys=JourneysTask(keeper, store.low_priority, lambda: recorder.written),
        retention=_retention(options, database, store, watch, recorder, clocks),
        watch=watch,
        machine_watch=machine_watch,
        address_watch=AddressWatch(interface.name, site.addresses, machine.interface_named),
        pin_watch=PinWatch(pins, lambda: pins_state(database), lambda: read_pins(database)) if pins else None,
        held_watch=HeldWatch(database, lambda: watch.revision),
        nodes=nodes,
        site=site,
        dhcp=dhcp,
        tftp=tftp,
        http=http,
        sntp=_sntp(options, interface, site, recorder),
        listener=_listener(interface, site, watch, recorder, clocks),
        metrics=_metrics(options, MeasuredParts(recorder.counts, tftp, http, board)),
    )


def _listener(
    interface: Interface, site: SiteParts, watch: SiteWatch, recorder: Recorder, clocks: Clocks
) -> FrameListener:
    def phone_at(address: str) -> str:
        holder = site.files.holder_of(address)
        return holder if holder in watch.macs() else ""

    return FrameListener(interface.name, phone_at, recorder.emit_all, recorder.emit, clocks.time_of_day)


def _recorder(
    options: Options,
    database: Engine,
    store: AnyStoreThread,
    keeper: JourneyKeeper,
    limits: EventLimits,
    clocks: Clocks,
    node: str,
) -> Recorder:
    return Recorder(
        lambda events: add_events(database, events),
        store.low_priority,
        keeps_all=options.events,
        stages=keeper.stages,
        traces=TwoDevices().traces,
        limits=limits,
        clocks=clocks,
        node=node,
    )


def _retention(
    options: Options,
    database: Engine,
    store: AnyStoreThread,
    watch: SiteWatch,
    recorder: Recorder,
    clocks: Clocks,
) -> RetentionTask:
    most_bytes = options.keep_megabytes * 1_000_000

    def new_round() -> Iterator[None]:
        now = clocks.time_of_day()
        return forgetting(database, watch.macs, now, days=options.keep_days, most_bytes=most_bytes)

    return RetentionTask(new_round, store.low_priority, lambda: recorder.written)


def _emit_of_site(recorder: Recorder, machine_watch: MachineWatch, event: Event) -> None:
    recorder.emit(event)
    if isinstance(event, PbxReloaded):
        machine_watch.pbx_reloaded()
    elif isinstance(event, SiteChanged):
        machine_watch.site_changed()


def _machine_watch(
    options: Options,
    interface: Interface,
    database: Engine,
    watch: SiteWatch,
    addresses: Callable[[], Sequence[str]],
    recorder: Recorder,
    clocks: Clocks,
) -> MachineWatch:
    file, firmware = file_of(database), FirmwareFolder(options.firmware)

    def look() -> list[Result]:
        site = watch.site
        return [
            *site_results(site, firmware, addresses(), dhcp=options.dhcp),
            *look_at_the_machine(options, file, site, interface.name),
        ]

    return MachineWatch(
        look,
        lambda: look_at_asterisk(watch.site, dhcp=options.dhcp),
        recorder.emit,
        clocks.time_of_day,
    )


def _pins(
    options: Options,
    interface: Interface,
    database: Engine,
    neighbour: Holder,
    recorder: Recorder,
    store: AnyStoreThread,
    machine: Machine,
) -> Pins | None:
    if options.owners_by.by is not OwnersBy.PIN:
        return None
    return Pins(
        read_pins(database),
        neighbour=neighbour,
        is_beside=lambda address: machine.is_beside(address, interface.name),
        save=pin_saver(database, store),
        emit=recorder.emit,
        clock=machine.clocks.time_of_day,
    )


def _shared(database: Engine, is_active: Callable[[], bool], own: Leases) -> Leases:
    return SharedLeases(own, lambda address: read_lease(database, address), is_active)


def _nodes(
    options: Options,
    interface: Interface,
    database: Engine,
    node: Node,
    watch: SiteWatch,
    site: SiteParts,
    dhcp: DhcpService,
    recorder: Recorder,
) -> NodeParts:
    def node_now() -> Node:
        return replace(node, address=advertised_address(watch.site, site.addresses.all))

    dhcp.stand_by()
    pbx = WhileActive(site.pbx.run) if site.pbx else None
    services = exclusive_services(options, interface.name, database, dhcp, pbx)
    membership = Membership(
        node_now, services, partial(beat, database), partial(leave, database), recorder.emit
    )
    return NodeParts(node, membership, pbx)


def _event_limits(
    options: Options, watch: SiteWatch, holder_of: Callable[[str], str], clocks: Clocks
) -> EventLimits:
    holder = holder_of if options.dhcp else None
    return EventLimits(lambda mac: mac in watch.macs(), holder, clock=clocks.time_of_day)


def _dhcp(
    interface: Interface,
    database: Engine,
    site: SiteParts,
    recorder: Recorder,
    store: AnyStoreThread,
    machine: Machine,
) -> DhcpService:
    return DhcpService(
        [interface.name],
        site.dhcp,
        lambda leases: save_leases(database, leases),
        recorder.emit_all,
        store.high_priority,
        machine.clocks.time_of_day,
        steady_clock=machine.clocks.since_boot,
        stopwatch=machine.clocks.steady,
        open_port=machine.open_dhcp_port,
        open_pinger=machine.open_pinger,
        state_of=machine.state_of,
    )


def _tftp(
    options: Options,
    site: SiteParts,
    recorder: Recorder,
    main_address: str,
    neighbour: Holder,
    machine: Machine,
) -> TftpService:
    return TftpService(
        site.files.find,
        site.files.holder_of,
        recorder.emit_all_in_time,
        TftpSockets(
            main_address=main_address,
            addresses=site.addresses.all,
            port=options.tftp_port,
            reply_ports=ReplyPorts(options.first_reply_port, REPLY_PORTS),
        ),
        answers_at=site.addresses.has_packed,
        neighbour=neighbour,
        clock=machine.clocks.time_of_day,
        steady_clock=machine.clocks.steady,
        random_bytes=machine.random_bytes,
    )


def _http(options: Options, watch: SiteWatch, site: SiteParts, recorder: Recorder) -> HttpService:
    """Build the HTTP part: the operator's ports must be free; default ports in use are skipped."""

    def phone_pages() -> ASGIApp:
        from ringup.pages.application import PhonePages

        return PhonePages(lambda: watch.site, site.files.holder_of, recorder.emit_all)

    return HttpService(
        Routes(FilesOverHttp(site.files.find, site.files.holder_of, recorder.emit_all), phone_pages),
        options.http_ports or PORTS,
        needed=bool(options.http_ports),
        addresses=site.addresses.all,
        answers_at=site.addresses.has,
        has_lease=(lambda address: bool(site.files.holder_of(address))) if options.dhcp else lambda _: True,
    )


def _sntp(options: Options, interface: Interface, site: SiteParts, recorder: Recorder) -> SntpService:
    return SntpService(interface.name, site.addresses.has, recorder.emit, trusts_clock=options.trust_clock)


def _metrics(options: Options, measured: MeasuredParts) -> HttpService | None:
    if options.metrics is None:
        return None
    from ringup.pages.metrics_page import MetricsPage  # needs 1 MB of memory, which most servers save

    address, port = options.metrics
    return HttpService(MetricsPage(measured), [port], name="metrics", address=address, flag="--metrics")


def advertised_address(site: Site, addresses: Sequence[str]) -> str:
    """Return the address that DHCP advertises as the TFTP server; nearly all requests arrive on it."""
    advertised = str(site.server_address)
    return advertised if advertised in addresses else addresses[0]


def _read(database: Engine) -> Site:
    with uncollected():
        return read_site(database)
