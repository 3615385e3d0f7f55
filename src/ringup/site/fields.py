"""The base of the operator's records, and the types of their fields."""

import re
from ipaddress import AddressValueError, IPv4Address
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ringup.site.record_faults import FaultyRecord
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
"""The protocol between a phone and the PBX."""
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
ServiceNames = Annotated[str, Field(pattern=r"^(?:[a-z][a-z0-9-]{0,31}(?: [a-z][a-z0-9-]{0,31}){0,31})?$")]
"""Names of services with one space between them."""
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


def no_broken_address(named: str, what: str) -> str:
    """Return a host name or address; raises ValueError for digits and dots that are not an address."""
    if re.fullmatch(r"[\d.]+", named):
        try:
            IPv4Address(named)
        except AddressValueError:
            raise ValueError(f"{what} {named} is not an IPv4 address") from None
    return named
