"""The parts that depend on the site's records: the files, the DHCP engine and the link to the PBX."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ringup.engine.dhcp.lease import Lease
from ringup.engine.dhcp.server import DhcpServer
from ringup.engine.dhcp.settings import DhcpSettings
from ringup.errors import Problem
from ringup.events import Event, ServerAddressChanged, SiteChanged
from ringup.files.find import FileFinder, Found, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.serve.addresses import ServedAddresses
from ringup.serve.dhcp.settings import dhcp_settings
from ringup.serve.nodes.shared_leases import Leases
from ringup.serve.options import Options
from ringup.serve.owners.address_owners import AddressOwners, Holder
from ringup.serve.owners.choice import address_owners
from ringup.serve.owners.neighbours import NeighbourTable
from ringup.serve.owners.pins import Pins
from ringup.serve.owners.source import OwnersBy
from ringup.serve.readiness import in_short, lacking
from ringup.site.guests import Guest, with_guests
from ringup.site.held import HeldSecret
from ringup.site.model import Site
from ringup.store.nodes import Node

if TYPE_CHECKING:
    from ringup.serve.pbx import PbxLink

LOOK_SECONDS = 0.25
"""Seconds until a newly copied file is found after a phone was sent "not found" for it."""


@dataclass(slots=True)
class PhoneFiles:
    """Finds the files that an address gets; each revision of the site sets a new `finder`."""

    finder: FileFinder
    owners: AddressOwners
    guests: tuple[Guest, ...] = ()
    """The unknown phones that have a file, because they are guests."""

    def holder_of(self, address: str) -> str:
        """Return the phone whose files an address gets; empty: no known phone."""
        return self.owners.holder_of(address)

    def find(self, name: str, address: str) -> Found:
        """Return the file for the phone of this address, or the reason why the address does not get it."""
        owners = self.owners
        holder = owners.holder_of(address)
        if owners.by is OwnersBy.PIN and (phone := self.finder.phone_of(name)):
            holder = owners.claim(phone, address, holder)
        return self.finder.find(name, Requester(address, holder, owners.unknown))


@dataclass(frozen=True, slots=True)
class SiteParts:
    """The parts that depend on the site's records; none of them opens a socket or starts a thread."""

    options: Options
    addresses: ServedAddresses
    firmware: FirmwareFolder
    own_files: FirmwareFolder | None
    """The files that the operator added."""
    files: PhoneFiles
    """Finds files for TFTP and HTTP."""
    dhcp: DhcpServer
    pbx: "PbxLink | None"
    emit: Callable[[Event], None]
    clock: Callable[[], float]
    nodes: Callable[[], Sequence[Node]]
    """The other servers of the site."""


def site_parts(
    options: Options,
    addresses: tuple[str, ...],
    site: Site,
    leases: Iterable[Lease],
    emit: Callable[[Event], None],
    clock: Callable[[], float] = time.time,
    *,
    neighbour: Holder | None = None,
    pins: Pins | None = None,
    share: Callable[[DhcpServer], Leases] = lambda own: own,
    nodes: Callable[[], Sequence[Node]] = tuple,
    held: Callable[[], Sequence[HeldSecret]] = tuple,
    registered: Callable[[Collection[str]], Collection[str]] = lambda _macs: (),
    steady: Callable[[], float] = time.monotonic,
) -> SiteParts:
    """Build the parts for this revision of the site.

    Without `neighbour`, the kernel's neighbour table is used. `nodes` are the other servers; `share` wraps
    this server's leases, so that the leases of all nodes are found. `held` returns the secrets that Asterisk
    keeps until their phones have the new ones. `registered` returns the extensions of phones that are
    registered, as far as ringup knows. `steady` is the clock of the folders.
    """
    firmware, own_files = _folders(options, steady)
    dhcp = DhcpServer(_dhcp_settings(site, options, addresses, nodes()), leases)
    shared = share(dhcp)
    neighbour, held_by = neighbour or _neighbours(options), partial(_holder_now, shared, clock)
    owners = address_owners(options.owners_by, site, held_by, neighbour, clock, pins)
    return SiteParts(
        options=options,
        addresses=ServedAddresses(addresses),
        firmware=firmware,
        own_files=own_files,
        files=PhoneFiles(_finder(site, options, addresses, firmware, own_files), owners),
        dhcp=dhcp,
        pbx=_pbx_link(site, emit, shared.who_has, held, registered) if options.pbx else None,
        emit=emit,
        clock=clock,
        nodes=nodes,
    )


def _folders(options: Options, steady: Callable[[], float]) -> tuple[FirmwareFolder, FirmwareFolder | None]:
    """Return the firmware folder, and the folder of the operator's own files, if any."""
    own_files = FirmwareFolder(options.files, LOOK_SECONDS, steady) if options.files else None
    return FirmwareFolder(options.firmware, LOOK_SECONDS, steady), own_files


def _neighbours(options: Options) -> Holder:
    return NeighbourTable(options.interface).mac_of


def _holder_now(leases: Leases, clock: Callable[[], float], address: str) -> str:
    return leases.holder_of(address, clock())


def site_changed(parts: SiteParts, site: Site, revision: int) -> None:
    """Serve a new revision from now on, and report the problems that its phones will have."""
    _answer_by(parts, site)
    parts.emit(SiteChanged(parts.clock(), "", revision, in_short(lacking_of(parts, site))))


def addresses_changed(parts: SiteParts, site: Site, interface: str, before: str) -> None:
    """Send phones the new address from now on, and report fields of the site that still hold the old one."""
    _answer_by(parts, site)
    missing = in_short(lacking_of(parts, site))
    after = parts.addresses.main
    parts.emit(ServerAddressChanged(parts.clock(), "", interface, before, after, missing))


def nodes_changed(parts: SiteParts, site: Site) -> None:
    """Send phones the addresses of the current nodes from now on."""
    parts.dhcp.reconfigure(_dhcp_settings(site, parts.options, parts.addresses.all, parts.nodes()))


def guests_changed(parts: SiteParts, site: Site, guests: tuple[Guest, ...]) -> None:
    """Serve these guests their files from now on, and follow their calls."""
    parts.files.guests = guests
    _find_by(parts, site)
    if parts.pbx:
        parts.pbx.guests_changed(guests)


def _find_by(parts: SiteParts, site: Site) -> None:
    served = with_guests(site, parts.files.guests)
    parts.files.finder = _finder(served, parts.options, parts.addresses.all, parts.firmware, parts.own_files)


def _answer_by(parts: SiteParts, site: Site) -> None:
    _find_by(parts, site)
    parts.files.owners.site_changed(site)
    nodes_changed(parts, site)
    if parts.pbx:
        parts.pbx.site_changed(site)


def lacking_of(parts: SiteParts, site: Site) -> list[Problem]:
    """Return the problems that keep phones of this revision from registering."""
    missing = lacking(site, parts.firmware, parts.addresses.all, dhcp=parts.options.dhcp)
    return [*parts.addresses.gone(site), *missing]


def _finder(
    site: Site,
    options: Options,
    addresses: tuple[str, ...],
    firmware: FirmwareFolder,
    own_files: FirmwareFolder | None,
) -> FileFinder:
    """Return the file finder of one revision of the site."""
    server = str(site.server_address or addresses[0])
    is_checked = options.owners_by.by is not OwnersBy.OPEN
    return FileFinder(site, firmware, server, check_owner=is_checked, own_files=own_files)


def _dhcp_settings(
    site: Site, options: Options, addresses: tuple[str, ...], nodes: Sequence[Node]
) -> DhcpSettings:
    return dhcp_settings(
        site,
        addresses[0],
        addresses,
        serve_all=options.serve_all,
        allow_other_dhcp=options.allow_other_dhcp,
        probe=options.probe,
        nodes=nodes,
    )


def _pbx_link(
    site: Site,
    emit: Callable[[Event], None],
    who_has: Callable[[str], str],
    held: Callable[[], Sequence[HeldSecret]],
    registered: Callable[[Collection[str]], Collection[str]],
) -> "PbxLink":
    from ringup.serve.pbx import PbxLink  # only a server with a PBX needs this module

    return PbxLink(site, emit, who_has, held, registered)
