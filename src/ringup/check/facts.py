"""The facts that the rules judge: plain values, each of which may be unknown."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface
from typing import TYPE_CHECKING

from ringup.check.firewall import Ruleset
from ringup.check.rtp import RtpPorts
from ringup.errors import Problem
from ringup.finding import Finding
from ringup.rule import NotKnown, Unknown
from ringup.site.model import Site
from ringup.store.books import BookState

if TYPE_CHECKING:  # at run time it would bring in what reads Asterisk's files
    from ringup.asterisk.freepbx import FreePbx

NOT_LOOKED = Unknown("not looked at")


@dataclass(frozen=True, slots=True)
class InterfaceFact:
    """A network interface other than the loopback."""

    name: str
    addresses: tuple[IPv4Interface, ...] = ()
    is_up: bool = True


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that waits for datagrams or connections."""

    protocol: str
    """``udp`` or ``tcp``."""
    address: str
    """As `ss` writes it: ``0.0.0.0``, ``127.0.0.1``, ``*`` for IPv4 and IPv6, ``[::]`` for IPv6 alone."""
    port: int
    device: str = ""
    """The interface that the socket is bound to; empty: any."""
    program: str = ""
    """The name of the program; empty if this user may not see it."""
    pid: int = 0
    is_ringup: bool = False
    has_our_database: bool = False
    """A ringup server of the site that is checked."""


@dataclass(frozen=True, slots=True)
class OtherDhcp:
    """Another DHCP server that made an offer."""

    server: str
    tftp_server: str
    """The TFTP server that a phone takes from its option 150, 66 or siaddr; empty: none."""


@dataclass(frozen=True, slots=True)
class PbxFileState:
    """One of ringup's files in Asterisk's folder."""

    name: str
    included_by: str
    is_there: bool
    is_current: bool
    """True if the file's contents agree with the site."""
    is_included: bool
    """True if an active ``#include`` or ``#tryinclude`` line of the operator's file includes it."""
    is_by_hand: bool = False
    """True if the file was changed by hand after ringup wrote it."""


@dataclass(frozen=True, slots=True)
class ManagerRefusal:
    """The error of the manager interface when it refused the login or an action."""

    what: str
    cure: str
    commands: tuple[str, ...] = ()
    is_permission: bool = False
    """The login was accepted."""


@dataclass(frozen=True, slots=True)
class Transport:
    """A transport of PJSIP."""

    name: str
    protocol: str
    bind: str
    """``0.0.0.0:5060``."""


@dataclass(frozen=True, slots=True)
class PbxState:
    """The state that a running Asterisk reports."""

    version: str
    read: frozenset[str] = frozenset()
    """The manager user's permissions to read; `write` holds those to write."""
    write: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    """The running modules, like ``res_pjsip.so``."""
    applications: frozenset[str] = frozenset()
    """In lower case, because Asterisk ignores case in their names."""
    transports: tuple[Transport, ...] = ()
    accounts: Mapping[str, Mapping[str, str]] | None = None
    """The site's extensions that Asterisk has, with their options; None: they could not be read."""
    boxes: frozenset[str] | None = None
    """Voicemail mailboxes, like ``201@ringup``."""
    contexts: frozenset[str] | None = None
    """The contexts of the site's lines that are in the dial plan."""


@dataclass(frozen=True, slots=True)
class Ban:
    """An address that fail2ban blocks."""

    jail: str
    address: IPv4Address


@dataclass(frozen=True, slots=True)
class SntpReply:
    """The reply of an NTP server; without a reply, `stratum` is None."""

    server: str
    stratum: int | None
    """1 to 15: synchronised; 0 and 16: not synchronised."""


@dataclass(frozen=True, slots=True)
class UrlAnswer:
    """The answer of a server to a request for one URL."""

    status: int = 0
    """The HTTP status; 0: there was no answer."""
    location: str = ""
    """The URL to which the server redirects."""
    error: str = ""
    """Why there was no answer, without a full stop."""


@dataclass(frozen=True, slots=True)
class KeaState:
    """The state of the running Kea that the site names."""

    differences: tuple[str, ...] = ()
    """The parts that Kea lacks, has too many, or has otherwise; each begins with ``+``, ``-`` or ``~``."""
    faults: tuple[tuple[str, str], ...] = ()
    """Each reason why Kea cannot be asked or cannot follow the site, with its cure."""


@dataclass(frozen=True, slots=True)
class ClockState:
    """The system's clock."""

    year: int
    is_synchronised: bool | None
    """None: this system does not show it."""


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """The disk of one folder."""

    folder: str
    free: int
    """Free bytes for users other than root."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder, with its owner and permissions."""

    path: str
    uid: int
    gid: int
    mode: int
    is_folder: bool = True


@dataclass(frozen=True, slots=True)
class RequiredAccess:
    """An access that the service needs."""

    purpose: str
    """The purpose of the access, like ``the database``."""
    path: str
    needs_writing: bool
    places: tuple[Place, ...]
    """The existing parts of the path, from the root down; the last one may be a file."""


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """The user that `ringup serve` runs as."""

    name: str
    uid: int
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts that the rules may use."""

    site: Site
    dhcp: bool = True
    """False: another server gives out the addresses."""
    interface_name: str = ""
    """The interface on the command line; empty: it must be found."""
    phone: IPv4Address | None = None
    """The address of the one phone that is asked about; None: any phone."""
    interfaces: tuple[InterfaceFact, ...] | Unknown = NOT_LOOKED
    listeners: tuple[Listener, ...] | Unknown = NOT_LOOKED
    rulesets: tuple[Ruleset, ...] | Unknown = NOT_LOOKED
    other_dhcp: OtherDhcp | Unknown | None = NOT_LOOKED
    """None: no server answered."""
    loads: Mapping[str, tuple[Problem, ...]] | Unknown = NOT_LOOKED
    """The faults of each load that a phone needs."""
    firmware: str = ""
    """The firmware folder."""
    pbx_files: tuple[PbxFileState, ...] | Unknown = NOT_LOOKED
    freepbx: "FreePbx | Unknown" = NOT_LOOKED
    """The extensions in FreePBX's files."""
    pbx: PbxState | Unknown = NOT_LOOKED
    refusal: ManagerRefusal | None = None
    """The reason why `pbx` is unknown, if the reason is a fault of Asterisk."""
    verified: tuple[Finding, ...] | Unknown = NOT_LOOKED
    """The differences between Asterisk and the site."""
    rtp: RtpPorts | Unknown = NOT_LOOKED
    """Asterisk's UDP ports for sound."""
    bans: tuple[Ban, ...] | Unknown = NOT_LOOKED
    books: tuple[BookState, ...] | Unknown = NOT_LOOKED
    """The address books of the phones' directory, as they were last read."""
    urls: Mapping[str, UrlAnswer] | Unknown = NOT_LOOKED
    """The answers to the URLs that an operator has set for phones."""
    kea: KeaState | Unknown = NOT_LOOKED
    sntp: SntpReply | Unknown = NOT_LOOKED
    clock: ClockState | Unknown = NOT_LOOKED
    disk: DiskSpace | Unknown = NOT_LOOKED
    user: ServiceUser | Unknown = NOT_LOOKED
    rights: tuple[RequiredAccess, ...] | Unknown = NOT_LOOKED

    def candidates(self) -> tuple[InterfaceFact, ...]:
        """Return the interfaces that phones may be on: the one from the command line, those in the site's
        networks, or all.
        """
        every = self.interfaces if not isinstance(self.interfaces, Unknown) else ()
        if self.interface_name:
            return tuple(each for each in every if each.name == self.interface_name)
        usable = tuple(each for each in every if each.addresses)
        networks = [subnet.network for subnet in self.site.subnets]
        fitting = tuple(
            each
            for each in usable
            if any(own.ip in network for own in each.addresses for network in networks)
        )
        return fitting or usable

    def interface(self) -> InterfaceFact:
        """Return the interface that phones are on; raises NotKnown if it is not clear."""
        if isinstance(self.interfaces, Unknown):
            raise NotKnown(self.interfaces.why)
        found = self.candidates()
        if len(found) != 1 or not found[0].addresses:
            raise NotKnown("first: interface")
        return found[0]

    def own_addresses(self) -> frozenset[IPv4Address]:
        """Return every IPv4 address of this machine except the loopback's."""
        every = self.interfaces if not isinstance(self.interfaces, Unknown) else ()
        return frozenset(address.ip for each in every for address in each.addresses)

    def server(self) -> str:
        """Return the address of this server that phones get; raises NotKnown."""
        return str(self.site.server_address or self.interface().addresses[0].ip)

    def pbx_is_here(self) -> bool:
        """Return whether the phones register on this machine."""
        address = self.site.pbx.address
        return not address or address in {str(own) for own in self.own_addresses()}
