"""Builds each part of a server; `parts.py` puts them together.

Nothing here opens a socket or starts a thread yet.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from starlette.types import ASGIApp

from ringup.books.shelf import Shelf, ShelfBook
from ringup.directory.entry import Entry
from ringup.engine.dhcp.lease import Lease, after_step
from ringup.engine.tftp.server import REPLY_PORTS
from ringup.errors import StoreError
from ringup.events import Event, ServerFault
from ringup.firmware.folder import FirmwareFolder
from ringup.journey.two_devices import TwoDevices
from ringup.pages.files import FilesOverHttp
from ringup.pages.metrics import Parts as MeasuredParts
from ringup.pages.routes import Routes
from ringup.rule import Result
from ringup.serve.active_tasks import ActiveTasks, active_tasks
from ringup.serve.books import Books, Keeping
from ringup.serve.dhcp.lease_clock import LeaseClock
from ringup.serve.dhcp.service import DhcpService
from ringup.serve.event_limits import EventLimits
from ringup.serve.http import PORTS, HttpService
from ringup.serve.listener import FrameListener
from ringup.serve.log import log
from ringup.serve.machine import Machine
from ringup.serve.machine_watch import MachineWatch
from ringup.serve.nodes.membership import Membership, WhileActive
from ringup.serve.nodes.node import NodeParts, exclusive_services
from ringup.serve.options import Options
from ringup.serve.owners.address_owners import Holder
from ringup.serve.owners.pin_saver import pin_saver
from ringup.serve.owners.pins import Pins
from ringup.serve.owners.source import OwnersBy
from ringup.serve.readiness import site_results
from ringup.serve.recorder import Recorder
from ringup.serve.retention import RetentionTask
from ringup.serve.site_parts import SiteParts
from ringup.serve.site_watch import SiteWatch
from ringup.serve.sntp import SntpService
from ringup.serve.sockets import Interface
from ringup.serve.start_check import look_at_asterisk, look_at_the_books, look_at_the_machine
from ringup.serve.store_thread import AnyStoreThread
from ringup.serve.tftp.service import TftpService
from ringup.serve.tftp.sockets import ReplyPorts, TftpSockets
from ringup.serve.voice_vlan import VoiceVlanService
from ringup.site.model import Site
from ringup.store.books import BookState, forget_books, read_names, read_states, save_book
from ringup.store.database import file_of
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.leases import read_leases, save_leases
from ringup.store.nodes import Node, beat, leave
from ringup.store.pins import read_pins
from ringup.store.retention import forgetting
from ringup.store.sparse_indexes import rebuild_sparse_indexes

if TYPE_CHECKING:
    from ringup.serve.pbx import PbxLink


@dataclass(frozen=True, slots=True)
class Basis:
    """The settings and objects from which the parts of one server are built."""

    options: Options
    interface: Interface
    """The interface that the phones are on."""
    database: Engine
    machine: Machine
    store: AnyStoreThread
    watch: SiteWatch
    """Knows the site of the latest revision."""


def recorder(
    basis: Basis,
    keeper: JourneyKeeper,
    holder_of: Callable[[str], str],
    node: str,
    watch: Callable[[Sequence[Event]], None],
) -> Recorder:
    """Build the recorder; `holder_of` returns the MAC of an IP address's phone, `watch` gets all events."""
    clocks, store = basis.machine.clocks, basis.store
    limits = _event_limits(basis, holder_of)
    return Recorder(
        lambda events: add_events(basis.database, events),
        store.low_priority,
        keeps_all=basis.options.events,
        stages=keeper.stages,
        traces=TwoDevices().traces,
        watch=watch,
        limits=limits,
        clocks=clocks,
        node=node,
    )


def _event_limits(basis: Basis, holder_of: Callable[[str], str]) -> EventLimits:
    holder = holder_of if basis.options.dhcp else None
    return EventLimits(basis.watch.macs, holder, clock=basis.machine.clocks.time_of_day)


def retention(basis: Basis, recorder: Recorder) -> RetentionTask:
    """Build the task that deletes old events."""
    options, database, clocks = basis.options, basis.database, basis.machine.clocks
    most_bytes = options.keep_megabytes * 1_000_000

    def new_round() -> Iterator[None]:
        now = clocks.time_of_day()
        return forgetting(database, now, days=options.keep_days, most_bytes=most_bytes)

    def tidy() -> None:
        try:
            for name in rebuild_sparse_indexes(database):
                log.info("PostgreSQL's index %s was rebuilt: most of its pages were nearly empty", name)
        except StoreError as error:
            log.error("PostgreSQL's indexes could not be rebuilt: %s", error)

    is_postgresql = database.dialect.name == "postgresql"
    return RetentionTask(
        new_round, basis.store.low_priority, lambda: recorder.written, tidy if is_postgresql else None
    )


def machine_watch(basis: Basis, addresses: Callable[[], Sequence[str]], recorder: Recorder) -> MachineWatch:
    """Build the regular check of the machine and of Asterisk; `addresses` returns the served addresses."""
    options, watch, interface = basis.options, basis.watch, basis.interface
    file, firmware = file_of(basis.database), FirmwareFolder(options.firmware)

    def look() -> list[Result]:
        site = watch.site
        return [
            *site_results(site, firmware, addresses(), dhcp=options.dhcp),
            *look_at_the_machine(options, file, site, interface.name),
            *look_at_the_books(site, read_states(basis.database)),
        ]

    return MachineWatch(
        look,
        lambda: look_at_asterisk(watch.site, dhcp=options.dhcp),
        recorder.emit,
        basis.machine.clocks.time_of_day,
    )


def pins(basis: Basis, neighbour: Holder, recorder: Recorder) -> Pins | None:
    """Build the task that pins phones to addresses; None without `--owners pin`."""
    if basis.options.owners_by.by is not OwnersBy.PIN:
        return None
    return Pins(
        read_pins(basis.database),
        neighbour=neighbour,
        is_beside=lambda address: basis.machine.is_beside(address, basis.interface.name),
        save=pin_saver(basis.database, basis.store),
        emit=recorder.emit,
        clock=basis.machine.clocks.time_of_day,
    )


def nodes(
    basis: Basis,
    node: Node,
    site: SiteParts,
    dhcp: DhcpService,
    recorder: Recorder,
    tasks: ActiveTasks,
) -> NodeParts:
    """Build this server's membership in a group of nodes; DHCP and the PBX link start once it is active."""
    database = basis.database

    def node_now() -> Node:
        return replace(node, address=advertised_address(basis.watch.site, site.addresses.all))

    dhcp.stand_by()
    pbx = WhileActive(partial(_both, site.pbx, tasks)) if site.pbx else None
    services = exclusive_services(basis.options, basis.interface.name, database, dhcp, pbx)
    membership = Membership(
        node_now, services, partial(beat, database), partial(leave, database), recorder.emit
    )
    return NodeParts(node, membership, pbx)


def tasks(basis: Basis, site: SiteParts, recorder: Recorder) -> ActiveTasks:
    """Build the tasks that need Asterisk and stored events; without either, return no tasks."""
    if site.pbx is None or not basis.options.events:
        return ActiveTasks()
    clock = basis.machine.clocks.time_of_day

    def fault(what: str) -> None:
        recorder.emit(ServerFault(clock(), "", what))

    return active_tasks(
        basis.options.database,
        basis.database,
        basis.watch,
        site.firmware.problems,
        clock,
        fault,
        site.pbx.guest_calls,
    )


async def _both(pbx: "PbxLink", tasks: ActiveTasks) -> None:
    """Follow the PBX, and carry out the tasks of the active node."""
    await asyncio.gather(pbx.run(), *(each.run() for each in tasks.all()))


def leases_of(basis: Basis) -> list[Lease]:
    """Read the stored leases; if the clock was set in this boot while no server ran, correct their ends.

    The correction keeps the remaining time of the leases of this boot.
    """
    database, clocks = basis.database, basis.machine.clocks
    ahead, lease_clock = clocks.ahead(), _lease_clock(basis)
    longest = max((subnet.lease_seconds for subnet in basis.watch.site.subnets), default=0)
    step, leases = lease_clock.step(ahead), read_leases(database)
    if moved := list(after_step(leases, step, clocks.time_of_day(), longest)):
        log.info("the clock was set by %+.1f s; this does not change the remaining time of leases", step)
        save_leases(database, moved)
        leases = read_leases(database)
    lease_clock.note(ahead)
    return leases


def _lease_clock(basis: Basis) -> LeaseClock:
    return LeaseClock(file_of(basis.database), basis.machine.clocks.boot_id())


def dhcp(basis: Basis, site: SiteParts, recorder: Recorder) -> DhcpService:
    """Build the DHCP service with the site's DHCP engine."""
    machine, lease_clock = basis.machine, _lease_clock(basis)

    def clock_was_set(ahead: float) -> None:
        basis.store.high_priority(lambda: lease_clock.note(ahead), lambda _failure: None)

    return DhcpService(
        [basis.interface.name],
        site.dhcp,
        lambda leases: save_leases(basis.database, leases),
        recorder.emit_all,
        basis.store.high_priority,
        machine.clocks.time_of_day,
        steady_clock=machine.clocks.since_boot,
        clock_was_set=clock_was_set,
        stopwatch=machine.clocks.steady,
        open_port=machine.open_dhcp_port,
        open_pinger=machine.open_pinger,
        state_of=machine.state_of,
    )


def tftp(basis: Basis, site: SiteParts, recorder: Recorder, neighbour: Holder) -> TftpService:
    """Build the TFTP service, which serves the site's files."""
    options, machine = basis.options, basis.machine
    return TftpService(
        site.files.find,
        site.files.holder_of,
        recorder.emit_all_in_time,
        TftpSockets(
            main_address=advertised_address(basis.watch.site, basis.interface.addresses),
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


def books(basis: Basis, changed: Callable[[], None], recorder: Recorder) -> Books:
    """Build the task that reads the directory's address books, with the names and states that are stored.

    `changed` is called when a book has a new fault, or no longer has a fault.
    """
    database, clocks = basis.database, basis.machine.clocks
    known = (ShelfBook(state, read_names(database, state.name)) for state in read_states(database))
    shelf = Shelf(known, basis.options.directory)

    def kept(failure: Exception | None) -> None:
        if failure is not None:
            recorder.emit(ServerFault(time.time(), "", f"keeping an address book: {failure}"))

    def save(state: BookState, entries: Collection[Entry] | None) -> None:
        basis.store.low_priority(partial(save_book, database, state, entries), kept)

    def forget(others: Collection[str]) -> None:
        basis.store.low_priority(partial(forget_books, database, others), kept)

    return Books(
        shelf, lambda: basis.watch.site, Keeping(save, forget), changed, clocks.time_of_day, clocks.steady
    )


def http(basis: Basis, site: SiteParts, recorder: Recorder, shelf: Shelf) -> HttpService:
    """Build the HTTP service; ports set by the operator must be free, default ports in use are skipped."""
    options, watch = basis.options, basis.watch

    def phone_pages() -> ASGIApp:
        from ringup.pages.application import PhonePages
        from ringup.serve.page_sources import page_sources

        return PhonePages(
            lambda: watch.site,
            site.files.holder_of,
            recorder.emit_all,
            shelf=shelf,
            sources=page_sources(site, watch, basis.database, options.database),
        )

    return HttpService(
        Routes(FilesOverHttp(site.files.find, site.files.holder_of, recorder.emit_all), phone_pages),
        options.http_ports or PORTS,
        needed=bool(options.http_ports),
        addresses=site.addresses.all,
        answers_at=site.addresses.has,
        has_lease=(lambda address: bool(site.files.holder_of(address))) if options.dhcp else lambda _: True,
    )


def sntp(basis: Basis, site: SiteParts, recorder: Recorder) -> SntpService:
    """Build the SNTP service."""
    return SntpService(
        basis.interface.name,
        site.addresses.has,
        recorder.emit,
        trusts_clock=basis.options.trust_clock,
        has_lease=lambda address: bool(site.files.holder_of(address)),
    )


def listener(
    basis: Basis, site: SiteParts, recorder: Recorder, wants_sip: Callable[[float], bool]
) -> FrameListener:
    """Build the listener for frames that other devices send."""
    interface, watch, clocks = basis.interface, basis.watch, basis.machine.clocks

    def phone_at(address: str) -> str:
        holder = site.files.holder_of(address)
        return holder if holder in watch.macs() else ""

    return FrameListener(
        interface.name, phone_at, recorder.emit_all, recorder.emit, clocks.time_of_day, wants_sip
    )


def voice_vlan(basis: Basis, recorder: Recorder, watch: MachineWatch) -> VoiceVlanService | None:
    """Build the service that answers CDP queries; None without `--voice-vlan`."""
    if basis.options.voice_vlan is None:
        return None
    interface, vlan = basis.options.voice_vlan
    clocks = basis.machine.clocks
    return VoiceVlanService(
        interface, vlan, recorder.emit_all, watch.take, recorder.emit,
        clock=clocks.time_of_day, steady_clock=clocks.steady,
    )  # fmt: skip


def metrics(basis: Basis, measured: MeasuredParts) -> HttpService | None:
    """Build the HTTP service of the metrics page for Prometheus; None without `--metrics`."""
    options = basis.options
    if options.metrics is None:
        return None
    from ringup.pages.metrics_page import MetricsPage  # needs 1 MB of memory, which most servers can save

    address, port = options.metrics
    return HttpService(MetricsPage(measured), [port], name="metrics", address=address, flag="--metrics")


def advertised_address(site: Site, addresses: Sequence[str]) -> str:
    """Return the address that DHCP advertises as the TFTP server; nearly all requests arrive on it."""
    advertised = str(site.server_address)
    return advertised if advertised in addresses else addresses[0]
