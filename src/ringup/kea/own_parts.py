"""The parts of Kea's configuration that are ringup's: a class, an option definition, and reservations.

Each has a mark in its user-context, which Kea keeps and does not read. Parts without the mark are never
changed. Source: Kea Administrator Reference Manual, "Comments and User Context" and "The DHCPv4 Server".
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from ipaddress import IPv4Address, IPv4Network
from typing import Any, NamedTuple

from ringup.render.dhcp_snippets import VENDOR, reserved
from ringup.site.model import Site
from ringup.wire.mac import with_colons

Config = dict[str, Any]
"""The value of ``Dhcp4``, as Kea's command ``config-get`` returns it."""
Part = dict[str, Any]

MARK = "ringup"
CLASS = "ringup-phones"
OPTION = "cisco-tftp-servers"
"""The name of option 150, which Kea does not know by itself."""
TFTP_NAME, TFTP_SERVERS = 66, 150


class Placed(NamedTuple):
    """One part, and the list in Kea's configuration that contains it."""

    label: str
    """The part's name for people."""
    parts: list[Part]
    part: Part


def subnets_of(config: Config) -> Iterator[Part]:
    """Yield every subnet, those of shared networks included."""
    yield from config.get("subnet4", ())
    for network in config.get("shared-networks", ()):
        yield from network.get("subnet4", ())


def own_parts(config: Config) -> Iterator[Placed]:
    """Yield the parts with ringup's mark."""
    for list_, label in _lists(config):
        for part in list_:
            if is_own(part):
                yield Placed(label(part), list_, part)


def is_own(part: Part) -> bool:
    """Return whether a part has ringup's mark."""
    context = part.get("user-context")
    return isinstance(context, Mapping) and MARK in context


def _lists(config: Config) -> Iterator[tuple[list[Part], Any]]:
    yield config.get("option-def", []), lambda part: f"definition of option {part.get('code')}"
    yield config.get("client-classes", []), lambda part: f"class {part.get('name')}"
    for subnet in subnets_of(config):
        yield subnet.get("reservations", []), _reservation_label


def _reservation_label(part: Part) -> str:
    return f"reservation of {part.get('ip-address')} for {part.get('hw-address')}"


def without_own(config: Config) -> Config:
    """Return a copy of the configuration without ringup's parts."""
    copied = deepcopy(config)
    for each in list(own_parts(copied)):
        each.parts.remove(each.part)
    return copied


def option_definition() -> Part:
    """Return the definition of option 150."""
    return {
        "name": OPTION,
        "code": TFTP_SERVERS,
        "type": "ipv4-address",
        "array": True,
        **_mark("option 150"),
    }


def phone_class(server: IPv4Address, option: str) -> Part:
    """Return the class of Cisco phones, with the TFTP server; `option` is Kea's name of option 150."""
    return {
        "name": CLASS,
        "test": f"substring(option[60].hex,0,{len(VENDOR)}) == '{VENDOR}'",
        "next-server": str(server),
        "option-data": [
            {"name": "tftp-server-name", "data": str(server), "always-send": True},
            {"name": option, "data": str(server), "always-send": True},
        ],
        **_mark("Cisco phones"),
    }


def reservations(site: Site) -> Iterator[Part]:
    """Yield the reservation of each phone with an address in its record."""
    for phone, address in reserved(site):
        yield {
            "hw-address": with_colons(phone.mac).lower(),
            "ip-address": str(address),
            **_mark(f"phone {phone.mac}"),
        }


def _mark(what: str) -> Part:
    return {"user-context": {MARK: what}}


def network_of(subnet: Part) -> IPv4Network:
    """Return the network of one of Kea's subnets."""
    return IPv4Network(subnet["subnet"])
