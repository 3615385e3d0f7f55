"""Observation: an event of a phone that a log line shows. Context: what earlier lines of the same file
showed.
"""

import re
from dataclasses import dataclass, field
from sys import intern
from typing import Any, NamedTuple

from ringup.events import Event
from ringup.wire.file_names import base_name, kind_of, shown

ADDRESS = r"(?:::ffff:)?((?:\d{1,3}\.){3}\d{1,3})"
"""Pattern with one group, the dotted address; the prefix is that of an IPv4 address in an IPv6 socket."""
HARDWARE = (
    r"((?:[0-9A-Fa-f]{1,2}:){5}[0-9A-Fa-f]{1,2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}"
    r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})"
)
"""Pattern with one group, an Ethernet address in any server's spelling; some leave out leading zeros."""

_USUAL_LENGTH = len("00:16:46:c0:ff:ee")

NOT_LOGGED = "?"
"""Takes the place of a value that the log does not contain; an empty text means that the value itself is
empty.
"""

MOST_REMEMBERED = 4096
"""Maximum number of entries in each memory of a file, because a log may name any number of addresses."""

NOWHERE = ("0.0.0.0", "255.255.255.255")


class Observation(NamedTuple):
    """An event, and the address of its phone if the event itself has no field for the address."""

    event: Event
    address: str = ""


Observations = list[Observation]


class Requested(NamedTuple):
    """The last file that an address requested, or that a thread of a server serves."""

    at: float
    name: str
    address: str


@dataclass
class Context:
    """What the lines of one file have shown so far; `at` is the time of the current line."""

    at: float = 0.0
    requested: dict[str, Requested] = field(default_factory=dict)
    """The last request, by address, and by the server's thread or process that handles it."""
    last: Requested | None = None
    holders: dict[str, str] = field(default_factory=dict)
    """The MAC of each address, from neighbour tables and lease files."""
    hinted: set[str] = field(default_factory=set)
    """MACs that belong to Cisco phones according to a host name or a vendor class."""
    mentioned: set[str] = field(default_factory=set)
    """MACs that a person wrote into the text, rather than a server: "the MAC is 00:16:…"."""
    dhcp_clients: dict[str, int] = field(default_factory=dict)
    """The VLAN of the last DHCPDISCOVER of each MAC, for captures only; 0: the frame had no tag."""
    dhcp_servers: dict[int, str] = field(default_factory=dict)
    """The DHCP server that answered in each VLAN, for captures only."""
    kept: dict[Any, Any] = field(default_factory=dict)
    """What the reader of each log format remembers; each key begins with the format's name."""

    def request(self, address: str, name: str, thread: str = "") -> str:
        """Remember a request; return the file's name in the spelling that events use."""
        name = file_name(name)
        self.last = Requested(self.at, name, address)
        remember(self.requested, address, self.last)
        if thread:
            remember(self.requested, thread, self.last)
        return name


def remember(kept: dict[Any, Any], key: object, value: object) -> None:
    """Set an entry of a bounded memory; a full memory first drops the older half of its entries."""
    if len(kept) >= MOST_REMEMBERED and key not in kept:
        for old in list(kept)[: MOST_REMEMBERED // 2]:
            del kept[old]
    kept[key] = value


def file_name(text: str) -> str:
    """Return the requested name in a path that a server logged, without the server's folder."""
    text = text.strip().strip("\"'")
    base = base_name(text)
    return intern(shown(base if kind_of(base) else text))


def mac_of(text: str) -> str:
    """Return the twelve upper-case digits of an Ethernet address in any spelling; empty if the text is not
    one.
    """
    if len(text) == _USUAL_LENGTH:
        digits = text.replace(":", "").replace("-", "")
    elif ":" in text or "-" in text:
        digits = "".join(part.zfill(2) for part in re.split("[:-]", text))
    else:
        digits = text.replace(".", "")
    return intern(digits.upper()) if len(digits) == 12 else ""


def is_address(text: str) -> bool:
    """Return whether a text is the dotted address of a single host."""
    parts = text.split(".")
    right = len(parts) == 4 and all(part.isdigit() and len(part) < 4 and int(part) < 256 for part in parts)
    return right and text not in NOWHERE
