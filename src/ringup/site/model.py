"""Site: all records of the operator together, frozen and validated; each kind of record has its own module.

Settings are ``.cnf`` parameters of the phone, by name. A group's settings replace those of the site, and a
phone's settings replace both.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from ringup.phone.firmware import protocol_of
from ringup.phone.forced_keys import merged
from ringup.phone.words import Language
from ringup.site.auto_record import refuse_faulty_auto
from ringup.site.directory_record import DirectorySource
from ringup.site.fields import (
    LONGEST_AUTH_NAME,
    LONGEST_DISPLAY_NAME,
    SPECIAL_EXTENSIONS,
    Channel,
    DialText,
    Driver,
    KeptSecret,
    Name,
    Plain,
    Protocol,
    Record,
    ServiceNames,
    no_broken_address,
)
from ringup.site.network_record import Subnet
from ringup.site.pbx_record import Pbx
from ringup.site.phone_record import Group, Line, PersonalNumber, Phone, SpeedDial
from ringup.site.record_faults import FaultyRecord, fault_of_country, fault_of_other_load

__all__ = [
    "LONGEST_AUTH_NAME",
    "LONGEST_DISPLAY_NAME",
    "SPECIAL_EXTENSIONS",
    "Channel",
    "DialRule",
    "DirectorySource",
    "Driver",
    "Group",
    "Line",
    "Pbx",
    "PersonalNumber",
    "Phone",
    "Protocol",
    "Ring",
    "Site",
    "SpeedDial",
    "Subnet",
]


class DialRule(Record):
    """One TEMPLATE of the phone's dial plan."""

    match: Annotated[DialText, Field(min_length=1, max_length=63)]
    """The digits: ``.`` stands for any digit, ``*`` for all further digits, ``,`` for a second dial tone."""
    timeout: Annotated[int, Field(ge=0, le=600)] = 5
    """Seconds to wait for another digit; 0: dial at once."""
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
    """The file's name; the file is in the folder that ``--files`` names."""


class Site(Record):
    """All records of the operator together."""

    name: Plain = "ringup"
    """A name for you; no phone shows it."""
    time_zone: str = "Etc/UTC"
    """Time zone of the phones, by its IANA name."""
    ntp_server: Plain = ""
    """The time server for phones; empty: this server's own address."""
    protocol: Protocol = "sip"
    """The protocol of every phone for which neither its own record nor its group names one."""
    load: str = "P0S3-8-12-00"
    """The firmware of every SIP phone for which neither its own record nor its group names one."""
    sccp_load: str = "P00308010200"
    """The firmware of every SCCP phone for which neither its own record nor its group names one."""
    other_loads: dict[str, str] = {}
    """The firmware of other models in XMLDefault.cnf.xml, by the number N of ``loadInformationN``."""
    country: Annotated[str, Field(pattern=r"^(?:[A-Z]{2})?$")] = ""
    """The country of the site by its two letters (ISO 3166-1), like ``DE``. The phones' directory converts
    outside numbers to the form that is dialled there; empty: it does not convert them.
    """
    server_address: IPv4Address | None = None
    """The TFTP server that DHCP options 66 and 150 send; empty: the address of the interface."""
    settings: dict[str, str] = {}
    """``.cnf`` parameters for all phones."""
    subnets: tuple[Subnet, ...] = ()
    """The networks in which DHCP assigns addresses; none: it assigns no addresses."""
    dial_rules: tuple[DialRule, ...] = ()
    """The dial template; none: it is computed from the extensions, the voicemail and the outside prefix."""
    rings: tuple[Ring, ...] = ()
    """Ring tones of the phones' list."""
    logo: Name = ""
    """The BMP on the phones' screens, a file in the folder that ``--files`` names; empty: none."""
    directory: tuple[DirectorySource, ...] = ()
    """Address books that add names to the phones' directory."""
    language: Language = "en"
    """The language of ringup's texts on the phones' displays, ``en`` or ``de``; a phone's own menus follow
    its firmware.
    """
    services: ServiceNames = ""
    """The services that the Services button lists, with spaces between their names; empty: all except those
    for operators, like ``fleet``.
    """
    away: dict[str, str] = {}
    """The lines that their users have taken to another phone (hot desking), by extension, with the MAC of the
    line's own phone and the number of its line button there.
    """
    kea: Plain = ""
    """The control socket of a running Kea, like ``/run/kea/kea4-ctrl-socket``. Each change of the site then
    changes Kea's reservations, and the options that it sends to phones. It needs ``server_address``; empty:
    none.
    """
    auto_extensions: Plain = ""
    """The extensions that `ringup serve` gives to unknown phones, as a range like ``301-320``; empty: unknown
    phones get none. It needs ``auto_until``.
    """
    auto_most: Annotated[int, Field(ge=1, le=1000)] = 10
    """The maximum number of extensions in that range that are in use before an unknown phone gets none."""
    auto_until: Plain = ""
    """The time until which unknown phones get extensions, like ``2026-12-01T18:00``; without an offset, in
    the site's time zone.
    """
    guests: bool = False
    """``on``: `ringup serve` gives each unknown phone an account with which it can only dial the code of a
    name that waits for its phone, and shows a code for `ringup claim` on its screen.
    """
    guests_most: Annotated[int, Field(ge=1, le=100)] = 10
    """The maximum number of such phones at the same time."""
    guests_secret: Annotated[KeptSecret, Field(max_length=64)] = ""
    """The secret from which the passwords of these accounts are derived. If it is left out, the stored secret
    is kept, or a new one is generated.
    """
    page_tokens: Annotated[str, Field(pattern=r"^(?:[A-Za-z0-9_.-]{1,64}(?: [A-Za-z0-9_.-]{1,64})*)?$")] = ""
    """The groups whose phones get a secret token in the URLs of their Directory and Services buttons, or
    ``all``. ringup then identifies these phones by their tokens, and no longer by their addresses.
    """
    page_tokens_secret: Annotated[KeptSecret, Field(max_length=64)] = ""
    """The secret from which the tokens are derived. If it is left out, the stored secret is kept, or a new
    one is generated.
    """
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
        return no_broken_address(named, "the NTP server")

    @field_validator("country")
    @classmethod
    def _is_a_country(cls, code: str) -> str:
        if fault := fault_of_country(code):
            raise FaultyRecord(fault.what, fault.cure)
        return code

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

    @model_validator(mode="after")
    def _gives_extensions_until_an_end(self) -> Self:
        if self.auto_extensions or self.auto_until:
            refuse_faulty_auto(self.auto_extensions, self.auto_until, self.time_zone)
        return self

    @model_validator(mode="after")
    def _guests_have_a_secret(self) -> Self:
        if self.guests and not self.guests_secret:
            raise FaultyRecord("guests is on without guests_secret.", "Leave guests_secret out.")
        return self

    @model_validator(mode="after")
    def _tokens_have_a_secret(self) -> Self:
        if self.page_tokens and not self.page_tokens_secret:
            raise FaultyRecord("page_tokens is set without page_tokens_secret.", "Leave the secret out.")
        return self

    def phone(self, mac: str) -> Phone | None:
        """Return the phone with this MAC, or None."""
        return next((phone for phone in self.phones if phone.mac == mac), None)

    def group(self, name: str) -> Group | None:
        """Return the group with this name, or None."""
        if name:  # This is called for each request of a phone, and most phones are not in a group.
            for group in self.groups:
                if group.name == name:
                    return group
        return None

    def lines(self) -> Iterator[tuple[Phone, Line]]:
        """Return every line with its phone, by MAC and line button."""
        return ((phone, line) for phone in self.phones for line in phone.lines)

    def sip_lines(self) -> Iterator[tuple[Phone, Line]]:
        """Return every SIP line with its phone."""
        return ((phone, line) for phone in self._speaking("sip") for line in phone.lines)

    def sccp_phones(self) -> Iterator[Phone]:
        """Return the SCCP phones."""
        return self._speaking("sccp")

    def _speaking(self, protocol: Protocol) -> Iterator[Phone]:
        groups = {group.name: group for group in self.groups}
        return (phone for phone in self.phones if self._protocol(phone, groups.get(phone.group)) == protocol)

    def channels(self) -> tuple[Channel, ...]:
        """Return the channel drivers that the site's phones need."""
        return (self.pbx.driver, *(("skinny",) if any(self.sccp_phones()) else ()))

    def protocol_of(self, phone: Phone) -> Protocol:
        """Return the phone's protocol, from its own record, otherwise from its group, otherwise from the
        site.
        """
        return self._protocol(phone, self.group(phone.group))

    def _protocol(self, phone: Phone, group: Group | None) -> Protocol:
        return phone.protocol or (group.protocol if group else "") or self.protocol

    def load_of(self, phone: Phone) -> str:
        """Return the firmware that this phone should run.

        It is the phone's own, otherwise its group's, otherwise the site's. For an SCCP phone, the SIP load of
        its group does not count.
        """
        if phone.load:
            return phone.load
        group = self.group(phone.group)
        is_sccp = self._protocol(phone, group) == "sccp"
        if group and group.load and not (is_sccp and protocol_of(group.load) == "SIP"):
            return group.load
        return self.sccp_load if is_sccp else self.load

    def services_of(self, phone: Phone) -> str:
        """Return the names of the services that a phone lists: its group's, or the site's."""
        group = self.group(phone.group)
        return (group.services if group else "") or self.services

    def language_of(self, phone: Phone) -> Language:
        """Return the language of a phone's texts: its group's, or the site's."""
        group = self.group(phone.group)
        return (group.language if group else "") or self.language

    def settings_of(self, phone: Phone) -> dict[str, str]:
        """Return the ``.cnf`` parameters that are set for this phone at any level.

        The phone's own settings win over its group's, and those over the site's.
        """
        group = self.group(phone.group)
        return merged((self.settings, group.settings if group else {}, phone.settings))
