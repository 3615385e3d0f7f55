"""Phone, Line, SpeedDial and Group: the records of the phones."""

from ipaddress import IPv4Address
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ringup.site.fields import (
    LONGEST_AUTH_NAME,
    LONGEST_DISPLAY_NAME,
    Extension,
    KeptSecret,
    Mac,
    ModelName,
    Name,
    Plain,
    Record,
    ServiceNames,
)
from ringup.site.record_faults import FaultyRecord, fault_of_keys


class PersonalNumber(Record):
    """A name and a number that only the phone of one line shows."""

    name: Annotated[Plain, Field(min_length=1, max_length=64)]
    """The name in the list."""
    number: Annotated[str, Field(pattern=r"^\+?[0-9*#]{1,31}$")]
    """The number, with the country code or as it is dialled."""


class Line(Record):
    """One SIP account on one line button."""

    extension: Extension
    """The number of the line in Asterisk; each number occurs only once in the site."""
    name: Plain = ""
    """Caller ID name."""
    secret: Annotated[KeptSecret, Field(min_length=1, repr=False)]
    """The line's SIP password, at most 31 characters. If it is left out, the stored password is kept, or a
    new one is generated.
    """
    auth_name: Annotated[Plain, Field(max_length=LONGEST_AUTH_NAME)] = ""
    """The user name with which the line authenticates; empty: the extension."""
    short_name: Plain = ""
    """The text beside the line button; empty: the extension."""
    display_name: Annotated[Plain, Field(max_length=LONGEST_DISPLAY_NAME)] = ""
    """The line's name on the phone's screen; empty: ``name``."""
    voicemail: bool = True
    """True if the line has a mailbox and its MWI lamp."""
    voicemail_pin: Annotated[str, Field(pattern=r"^[0-9]{0,16}$", repr=False)] = ""
    """The mailbox's PIN for calls from other phones, until its user sets another one; empty: only its own
    line may open the mailbox.
    """
    numbers: tuple[PersonalNumber, ...] = ()
    """Personal numbers for the Directory button of the line's phone."""


class SpeedDial(Record):
    """A number on a line button that has no line."""

    number: Extension
    """The number that the button dials."""
    name: Annotated[Plain, Field(max_length=LONGEST_DISPLAY_NAME)] = ""
    """The text beside the button; empty: the number."""
    hint: bool = True
    """True if the button shows whether the number is in use; this works only for lines of this site."""


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
    """SIP, or SCCP for Asterisk up to 20 with chan_skinny; empty: the protocol of the group or the site."""
    load: str = ""
    """The firmware that the phone should run; empty: that of the group or the site for its protocol."""
    password: KeptSecret = ""
    """The password of the phone's menu and telnet. If it is left out, the stored password is kept, or a new
    one is generated.
    """
    settings: dict[str, str] = {}
    """``.cnf`` parameters for this phone."""
    lines: tuple[Line, ...] = ()
    """The lines, in the order of the line buttons from the top."""
    speed_dials: tuple[SpeedDial, ...] = ()
    """Numbers on the buttons below the lines; only SCCP phones have them."""

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
    """The protocol of the group's phones; empty: the site's."""
    load: str = ""
    """The firmware of the group's phones; empty: the site's."""
    services: ServiceNames = ""
    """The services that the Services button lists on the group's phones, with spaces between their names,
    like ``directory messages fleet``; empty: the site's.
    """
    language: Literal["", "en", "de"] = ""
    """The language of ringup's texts on the group's phones; empty: the site's."""
    settings: dict[str, str] = {}
    """``.cnf`` parameters for the group's phones."""
