"""Site, Group, Phone, Line: the operator's records, frozen and validated.

Settings are the phone's own ``.cnf`` parameters by name. A phone inherits them: site, then group, then phone.
"""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from ringup.phone.firmware import protocol_of
from ringup.phone.forced_keys import merged
from ringup.site.realtime_url import fault_of_realtime
from ringup.site.record_faults import FaultyRecord, fault_of_keys, fault_of_other_load
from ringup.wire.mac import parse as parse_mac

LONGEST_DISPLAY_NAME = 31
"""Maximum number of characters. The phone's buffer is 32 bytes; a longer text is rejected completely (SIPCC
prot_configmgr.h).
"""

LONGEST_AUTH_NAME = 128

Mac = Annotated[str, AfterValidator(parse_mac)]
Driver = Literal["pjsip", "chan_sip"]
Channel = Literal["pjsip", "chan_sip", "skinny"]
"""A channel driver of Asterisk: that of the SIP phones, or that of the phones that speak SCCP."""
Protocol = Literal["sip", "sccp"]
"""What a phone speaks with the PBX."""
ModelName = Annotated[str, Field(pattern="^(7940|7960)$")]
SPECIAL_EXTENSIONS = frozenset(
    ("a", "authentication", "e", "failed", "fax", "general", "globals", "h", "i", "o", "s", "t")
)
"""Names to which Asterisk's dial plan or files give a meaning, in lower case: Asterisk runs `h` at every
hangup.
"""


def _not_special(extension: str) -> str:
    if extension.lower() in SPECIAL_EXTENSIONS:
        raise FaultyRecord(f"extension {extension} has a special meaning in Asterisk.", "Use a number.")
    return extension


Extension = Annotated[
    str, Field(pattern=r"^[0-9*+A-Za-z.-][0-9*#+A-Za-z_.-]{0,126}$"), AfterValidator(_not_special)
]
"""An extension must not begin with ``_``, which marks a pattern in Asterisk's dial plan, nor with ``#``,
which marks a directive in its files.
"""
Plain = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f\x85\u2028\u2029\"]*$")]
"""Text that fits into a quoted value of every file that ringup writes: without double quotes, control
characters and the characters that Unicode counts as line ends.
"""
DialText = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f\x85\u2028\u2029\"<>&]*$")]
"""Plain text without the characters that XML escapes: the phone's reader of dial templates knows no escapes
(P-DIAL-23).
"""
Secret = Annotated[str, Field(pattern=r"^[\x21\x23-\x7e]*$", repr=False)]
"""Printable ASCII without spaces and double quotes: a phone and a PBX may interpret any other character
differently.
"""
DatabasePassword = Annotated[str, Field(pattern=r"^[\x21\x23-\x26\x28-\x5b\x5d-\x7e]*$", repr=False)]
"""A secret without single quotes and backslashes too: Asterisk hands it to PostgreSQL's library unquoted."""
KeptSecret = Annotated[str, Field(repr=False)]
"""Any text. Adoption keeps a secret unchanged. `check` refuses to set a secret that `fault_of_secret` names,
and a secret that would break a line of a file is left out of that file.
"""
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,64}$")]


LONGEST_DOMAIN = 100
MOST_DNS_SERVERS = 6
"""Maximum number of DNS servers, a choice of ringup: a DHCP reply with every option must fit the 548 bytes
that a client has to accept (RFC 2131 §2).
"""


class Record(BaseModel):
    """The base of all records: frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(Record):
    """One SIP account on one line button."""

    extension: Extension
    """The number that the line has in Asterisk; unique in the site."""
    name: Plain = ""
    """Caller ID name."""
    secret: Annotated[KeptSecret, Field(min_length=1, repr=False)]
    """The line's SIP password, at most 31 characters. If it is left out, the stored password is kept, or a
    new one is generated.
    """
    auth_name: Annotated[Plain, Field(max_length=LONGEST_AUTH_NAME)] = ""
    """The name that the line authenticates with; empty: the extension."""
    short_name: Plain = ""
    """The text beside the line button; empty: the extension."""
    display_name: Annotated[Plain, Field(max_length=LONGEST_DISPLAY_NAME)] = ""
    """The line's name on the phone's screen; empty: ``name``."""
    voicemail: bool = True
    """True if the line has a mailbox and its MWI lamp."""
    voicemail_pin: Annotated[str, Field(pattern=r"^[0-9]{0,16}$", repr=False)] = ""
    """The mailbox's PIN, for calls from other phones; empty: only its own line may open the mailbox."""


class SpeedDial(Record):
    """A number on a line button that holds no line."""

    number: Extension
    """The number that the button dials."""
    name: Annotated[Plain, Field(max_length=LONGEST_DISPLAY_NAME)] = ""
    """The text beside the button; empty: the number."""
    hint: bool = True
    """True if the button shows whether the number is in use; only lines of this site can show it."""


class Phone(Record):
    """A device with a MAC, a model and lines."""

    mac: Mac
    """Twelve hexadecimal digits, as on the sticker; colons and dashes may stand between them."""
    model: ModelName = "7960"
    """The 7940 has two line buttons, the 7960 six."""
    group: Name = ""
    """The group's name; empty: none."""
    label: Plain = ""
    """The text at the top right of the screen (about 11 characters are visible); empty: the first line's
    name.
    """
    address: IPv4Address | None = None
    """The address that DHCP reserves for the phone; empty: an address of the pool."""
    protocol: Literal["", "sip", "sccp"] = ""
    """SIP, or SCCP for Asterisk up to 20 with chan_skinny; empty: the group's or the site's."""
    load: str = ""
    """The firmware that the phone should run; empty: the group's or the site's for its protocol."""
    password: KeptSecret = ""
    """The password of the phone's menu and telnet. If it is left out, the stored password is kept, or a new
    one is generated.
    """
    settings: dict[str, str] = {}
    """``.cnf`` parameters for this phone."""
    lines: tuple[Line, ...] = ()
    """The lines, by line button from the top."""
    speed_dials: tuple[SpeedDial, ...] = ()
    """Numbers on the buttons below the lines; only phones that speak SCCP have them."""

    @model_validator(mode="after")
    def _fits_its_keys(self) -> Self:
        if fault := fault_of_keys(self.model, len(self.lines), len(self.speed_dials)):
            raise FaultyRecord(fault.what, fault.cure)
        return self


class Group(Record):
    """Settings that phones share."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    """The name of the group, for the ``group`` field of phones."""
    protocol: Literal["", "sip", "sccp"] = ""
    """What the group's phones speak; empty: the site's."""
    load: str = ""
    """The firmware of the group's phones; empty: the site's."""
    settings: dict[str, str] = {}
    """``.cnf`` parameters for the group's phones."""


class Subnet(Record):
    """A network on which DHCP gives out addresses."""

    network: IPv4Network
    """The network, without host bits: ``192.168.1.0/24``."""
    first: IPv4Address
    """First address of the pool."""
    last: IPv4Address
    """Last address of the pool."""
    router: IPv4Address | None = None
    """The default router, inside the network; empty: DHCP sends none."""
    dns: Annotated[tuple[IPv4Address, ...], Field(max_length=MOST_DNS_SERVERS)] = ()
    """IPv4 addresses of the DNS servers."""
    domain: Annotated[Plain, Field(max_length=LONGEST_DOMAIN)] = ""
    """The DNS domain; empty: DHCP sends none."""
    lease_seconds: Annotated[int, Field(ge=60, le=31_536_000)] = 86_400
    """Lease time in seconds."""

    @model_validator(mode="after")
    def _pool_lies_inside(self) -> Self:
        for address in (self.first, self.last):
            if address not in self.network:
                what = f"pool address {address} is not in {self.network}."
                raise FaultyRecord(what, "Write one of that network.")
        if self.first > self.last:
            what = f"the pool starts at {self.first}, after its end {self.last}."
            raise FaultyRecord(what, "Swap them.")
        return self


class DialRule(Record):
    """One TEMPLATE of the phone's dial plan."""

    match: Annotated[DialText, Field(min_length=1, max_length=63)]
    """The digits: ``.`` stands for any digit, ``*`` for all further digits, ``,`` for a second dial tone."""
    timeout: Annotated[int, Field(ge=0, le=600)] = 5
    """Seconds to wait for another digit; 0 dials at once."""
    rewrite: Annotated[DialText, Field(max_length=63)] = ""
    """The number that is dialled instead of the digits; empty: the digits themselves."""
    user: Literal["", "Phone", "IP"] = "Phone"
    """The ``user=`` parameter of the SIP URI; empty: none."""
    route: DialText = ""
    """``default``, ``emergency`` or ``FQDN``; empty: no route in the file."""
    tone: DialText = ""
    """The tone of a comma, like ``Bellcore-Stutter``; empty: the outside tone."""


class Ring(Record):
    """One ring tone of RINGLIST.DAT."""

    name: Plain
    """The name in the phone's menu."""
    file: Plain
    """The file's name, in the folder of ``--files``."""


def _no_broken_address(named: str, what: str) -> str:
    """Return a host name or address; raises ValueError for digits and dots that are not an address."""
    if re.fullmatch(r"[\d.]+", named):
        try:
            IPv4Address(named)
        except AddressValueError:
            raise ValueError(f"{what} {named} is not an IPv4 address") from None
    return named


class Pbx(Record):
    """The Asterisk that the lines register to, and how ringup reaches its files and its manager interface."""

    address: Plain = ""
    """Host name or address that the phones register to; empty: this server's own address."""
    port: Annotated[int, Field(ge=1, le=65535)] = 5060
    """UDP port that the phones register to."""
    driver: Driver = "pjsip"
    """Asterisk's SIP driver."""
    transport: Name = ""
    """pjsip: your own UDP transport section in ``pjsip.conf``; empty: ringup writes ``ringup-udp``."""
    bind: Plain = "0.0.0.0"
    """pjsip: the address on which ``ringup-udp`` listens."""
    context: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,79}$")] = "ringup"
    """The dial plan's context for the lines."""
    messages: Extension = "500"
    """The extension that the Messages button dials."""
    ring_seconds: Annotated[int, Field(ge=1, le=300)] = 20
    """Seconds before voicemail answers."""
    outside_prefix: Annotated[str, Field(pattern=r"^[0-9]{0,4}$")] = "9"
    """Digits before an outside number; empty: every number may be an outside number."""
    outside_dial: Plain = ""
    """Asterisk's dial string for outside numbers, ``${EXTEN:1}`` included; empty: no outside calls."""
    options: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")], Plain] = {}
    """Endpoint (pjsip) or peer (chan_sip) options in place of ringup's, like ``direct_media: "yes"``."""
    etc: Plain = ""
    """Asterisk's configuration folder on this machine, like ``/etc/asterisk``; empty: ringup writes no files
    for Asterisk.
    """
    freepbx: Plain = ""
    """Asterisk's folder if FreePBX generates its files, like ``/etc/asterisk``: ringup reads the extensions
    there, and writes nothing; empty: no FreePBX.
    """
    realtime: Plain = ""
    """pjsip: the PostgreSQL database in which Asterisk reads the accounts (realtime), like
    ``postgresql://asterisk@10.0.0.5/asterisk``; empty: the accounts are in a file.
    """
    realtime_password: DatabasePassword = ""
    """The password for that database; ``realtime`` itself holds none."""
    manager_host: Plain = "127.0.0.1"
    """Host of Asterisk's manager interface."""
    manager_port: Annotated[int, Field(ge=1, le=65535)] = 5038
    """TCP port of the manager interface."""
    manager_user: Plain = ""
    """The manager interface's user; empty: ringup does not connect to it."""
    manager_secret: Secret = ""
    """The password of that user."""

    @field_validator("address")
    @classmethod
    def _is_no_broken_address(cls, named: str) -> str:
        return _no_broken_address(named, "the PBX's address")

    @field_validator("realtime")
    @classmethod
    def _is_a_database(cls, url: str) -> str:
        if fault := fault_of_realtime(url):
            raise fault
        return url

    @model_validator(mode="after")
    def _realtime_has_pjsip(self) -> Self:
        if self.realtime and self.driver != "pjsip":
            raise FaultyRecord(
                f"realtime is for pjsip, and driver is {self.driver}.", "Set driver=pjsip, or unset realtime."
            )
        return self

    @model_validator(mode="after")
    def _freepbx_owns_the_extensions(self) -> Self:
        other = "etc" if self.etc else "realtime" if self.realtime else ""
        if self.freepbx and other:
            raise FaultyRecord(
                f"freepbx and {other} are both set: either FreePBX or ringup has the extensions.",
                f"Unset one of them: pbx.freepbx= or pbx.{other}=",
            )
        return self


class Site(Record):
    """All records of the operator together."""

    name: Plain = "ringup"
    """A name for you; no phone shows it."""
    time_zone: str = "Etc/UTC"
    """Time zone of the phones, by its IANA name."""
    ntp_server: Plain = ""
    """The time server for phones; empty: this server's own address."""
    protocol: Protocol = "sip"
    """What every phone speaks whose group or record names nothing else."""
    load: str = "P0S3-8-12-00"
    """The firmware of every SIP phone whose group or record names no other."""
    sccp_load: str = "P00308010200"
    """The firmware of every SCCP phone whose group or record names no other."""
    other_loads: dict[str, str] = {}
    """The firmware of other models in XMLDefault.cnf.xml, by the N of ``loadInformationN``."""
    server_address: IPv4Address | None = None
    """The TFTP server that DHCP options 66 and 150 send; empty: the address of the interface."""
    settings: dict[str, str] = {}
    """``.cnf`` parameters for all phones."""
    subnets: tuple[Subnet, ...] = ()
    """The networks; none: DHCP gives out no address."""
    dial_rules: tuple[DialRule, ...] = ()
    """The dial template; none: computed from the extensions, voicemail and the outside prefix."""
    rings: tuple[Ring, ...] = ()
    """Ring tones of the phones' list."""
    logo: Name = ""
    """The BMP on the phones' screens, in the folder of ``--files``; empty: none."""
    sync: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,32}$")] = "1"
    """``SYNC`` of ``syncinfo.xml``; if it is left out, the stored value stays."""
    pbx: Pbx = Pbx()
    """The PBX."""
    groups: tuple[Group, ...] = ()
    """Groups of phones."""
    phones: tuple[Phone, ...] = ()
    """The phones, by MAC."""

    @field_validator("ntp_server")
    @classmethod
    def _is_no_broken_address(cls, named: str) -> str:
        return _no_broken_address(named, "the NTP server")

    @field_validator("other_loads")
    @classmethod
    def _are_of_other_models(cls, loads: dict[str, str]) -> dict[str, str]:
        for number, load in loads.items():
            if fault := fault_of_other_load(number, load):
                raise FaultyRecord(fault.what, fault.cure)
        return dict(sorted(loads.items(), key=lambda item: int(item[0])))

    @field_validator("phones")
    @classmethod
    def _sorted_phones(cls, phones: tuple[Phone, ...]) -> tuple[Phone, ...]:
        return tuple(sorted(phones, key=lambda phone: phone.mac))

    @field_validator("groups")
    @classmethod
    def _sorted_groups(cls, groups: tuple[Group, ...]) -> tuple[Group, ...]:
        return tuple(sorted(groups, key=lambda group: group.name))

    def phone(self, mac: str) -> Phone | None:
        """Return the phone with this MAC, or None."""
        return next((phone for phone in self.phones if phone.mac == mac), None)

    def group(self, name: str) -> Group | None:
        """Return the group with this name, or None."""
        return next((group for group in self.groups if group.name == name), None)

    def lines(self) -> Iterator[tuple[Phone, Line]]:
        """Return every line with its phone, by MAC and line button."""
        return ((phone, line) for phone in self.phones for line in phone.lines)

    def sip_lines(self) -> Iterator[tuple[Phone, Line]]:
        """Return every line that speaks SIP, with its phone."""
        return (found for found in self.lines() if self.protocol_of(found[0]) == "sip")

    def sccp_phones(self) -> Iterator[Phone]:
        """Return the phones that speak SCCP."""
        return (phone for phone in self.phones if self.protocol_of(phone) == "sccp")

    def channels(self) -> tuple[Channel, ...]:
        """Return the channel drivers that the site's phones need."""
        return (self.pbx.driver, *(("skinny",) if any(self.sccp_phones()) else ()))

    def protocol_of(self, phone: Phone) -> Protocol:
        """Return what this phone speaks: its own protocol, its group's, or the site's."""
        group = self.group(phone.group)
        return phone.protocol or (group.protocol if group else "") or self.protocol

    def load_of(self, phone: Phone) -> str:
        """Return the firmware that this phone should run.

        It is the phone's own, else its group's, else the site's. For a phone that speaks SCCP, a group's load
        for SIP does not count.
        """
        if phone.load:
            return phone.load
        group, is_sccp = self.group(phone.group), self.protocol_of(phone) == "sccp"
        if group and group.load and not (is_sccp and protocol_of(group.load) == "SIP"):
            return group.load
        return self.sccp_load if is_sccp else self.load

    def settings_of(self, phone: Phone) -> dict[str, str]:
        """Return the ``.cnf`` parameters set for this phone at any level; the level nearest to the phone
        wins.
        """
        group = self.group(phone.group)
        return merged((self.settings, group.settings if group else {}, phone.settings))
