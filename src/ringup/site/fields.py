"""The base class of the operator's records, and the types of their fields."""

import re
from ipaddress import AddressValueError, IPv4Address
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ringup.site.record_faults import FaultyRecord
from ringup.wire.mac import parse as parse_mac

LONGEST_DISPLAY_NAME = 31
"""Maximum number of characters; the phone's buffer has 32 bytes, and a longer text is ignored (SIPCC
prot_configmgr.h).
"""

LONGEST_AUTH_NAME = 128

Mac = Annotated[str, AfterValidator(parse_mac)]
Driver = Literal["pjsip", "chan_sip"]
Channel = Literal["pjsip", "chan_sip", "skinny"]
"""A channel driver of Asterisk, for the SIP phones or for the SCCP phones."""
Protocol = Literal["sip", "sccp"]
"""The protocol between a phone and the PBX."""
ModelName = Annotated[str, Field(pattern="^(7940|7960)$")]
SPECIAL_EXTENSIONS = frozenset(
    ("a", "authentication", "e", "failed", "fax", "general", "globals", "h", "i", "o", "s", "t")
)
"""Names, in lower case, that have a meaning in Asterisk's dial plan or files; `h`, for example, runs at every
hangup.
"""


def _not_special(extension: str) -> str:
    if extension.lower() in SPECIAL_EXTENSIONS:
        raise FaultyRecord(f"extension {extension} has a special meaning in Asterisk.", "Use a number.")
    return extension


Extension = Annotated[
    str, Field(pattern=r"^[0-9*+A-Za-z.-][0-9*#+A-Za-z_.-]{0,126}$"), AfterValidator(_not_special)
]
"""The number of a line.

It must not begin with ``_``, which marks a pattern in Asterisk's dial plan, nor with ``#``, which marks a
directive in Asterisk's files.
"""
ServiceNames = Annotated[str, Field(pattern=r"^(?:[a-z][a-z0-9-]{0,31}(?: [a-z][a-z0-9-]{0,31}){0,31})?$")]
"""Names of services, separated by one space each."""
Plain = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f\x85\u2028\u2029\"]*$")]
"""A text that can be quoted in every file that ringup writes.

It has no double quotes, no control characters, and none of the characters that Unicode counts as line ends.
"""
DialText = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f\x85\u2028\u2029\"<>&]*$")]
"""A plain text without the characters that XML escapes, because a phone's reader of dial templates knows no
escapes (P-DIAL-23).
"""
Secret = Annotated[str, Field(pattern=r"^[\x21\x23-\x7e]*$", repr=False)]
"""Printable ASCII without spaces and double quotes; a phone and a PBX may read other characters
differently.
"""
DatabasePassword = Annotated[str, Field(pattern=r"^[\x21\x23-\x26\x28-\x5b\x5d-\x7e]*$", repr=False)]
"""A secret without single quotes and backslashes too, because Asterisk passes it to PostgreSQL's library
unquoted.
"""
KeptSecret = Annotated[str, Field(repr=False)]
"""A secret with any characters, because an import keeps each secret unchanged.

`check` refuses a new secret that has a fault (`fault_of_secret`). A secret that would break a line of a file
is left out of that file.
"""
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,64}$")]


LONGEST_DOMAIN = 100
MOST_DNS_SERVERS = 6
"""Maximum number of DNS servers, chosen by ringup.

A DHCP reply with every option must fit into the 548 bytes that every client accepts (RFC 2131 §2).
"""


class Record(BaseModel):
    """The base class of all records, which are frozen and refuse unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def no_broken_address(named: str, what: str) -> str:
    """Return a host name or an address; raises ValueError for a text of digits and dots that is not an
    address.
    """
    if re.fullmatch(r"[\d.]+", named):
        try:
            IPv4Address(named)
        except AddressValueError:
            raise ValueError(f"{what} {named} is not an IPv4 address") from None
    return named
