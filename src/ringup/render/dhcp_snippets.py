"""Lines for another DHCP server that send phones to ringup's files: options 66 and 150, and next-server.

If the server can distinguish clients, only those whose vendor class begins with ``Cisco Systems`` get the
options (P-DHCP-2). Sources: dhcpd.conf(5), dhcp-options(5); the Kea Administrator Reference Manual, DHCPv4;
dnsmasq(8); RouterOS' "DHCP" page; Microsoft's DhcpServer module; Cisco's "Configuring the Cisco IOS DHCP
Server".
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from ringup.site.model import Phone, Site
from ringup.wire.mac import with_colons

VENDOR = "Cisco Systems"


@dataclass(frozen=True, slots=True)
class Snippet:
    """The lines for one kind of server."""

    title: str
    where: str
    """The file or the place into which the lines belong."""
    render: Callable[[Site, IPv4Address], str]
    is_tried: bool
    """True if tests run the real program with these lines."""


def reserved(site: Site) -> Iterable[tuple[Phone, IPv4Address]]:
    """Return the phones with a reserved address."""
    return ((phone, phone.address) for phone in site.phones if phone.address is not None)


def _isc(site: Site, server: IPv4Address) -> str:
    hosts = "".join(
        f"host sep{phone.mac.lower()} {{\n"
        f"  hardware ethernet {with_colons(phone.mac).lower()};\n  fixed-address {address};\n}}\n"
        for phone, address in reserved(site)
    )
    return (
        "option cisco-tftp-servers code 150 = array of ip-address;\n"
        'class "cisco-phones" {\n'
        f'  match if substring(option vendor-class-identifier, 0, {len(VENDOR)}) = "{VENDOR}";\n'
        f"  next-server {server};\n"
        f'  option tftp-server-name "{server}";\n'
        f"  option cisco-tftp-servers {server};\n"
        f"}}\n{hosts}"
    )


def _kea(site: Site, server: IPv4Address) -> str:
    options = [
        {"name": "tftp-server-name", "data": str(server), "always-send": True},
        {"name": "cisco-tftp-servers", "data": str(server), "always-send": True},
    ]
    phones = {
        "name": "cisco-phones",
        "test": f"substring(option[60].hex,0,{len(VENDOR)}) == '{VENDOR}'",
        "next-server": str(server),
        "option-data": options,
    }
    own = {
        "option-def": [{"name": "cisco-tftp-servers", "code": 150, "type": "ipv4-address", "array": True}],
        "client-classes": [phones],
    }
    hosts = [
        {"hw-address": with_colons(phone.mac).lower(), "ip-address": str(address)}
        for phone, address in reserved(site)
    ]
    found = {**own, **({"reservations": hosts, "reservations-global": True} if hosts else {})}
    return "".join(f'"{name}": {json.dumps(value, indent=2)},\n' for name, value in found.items())


def _dnsmasq(site: Site, server: IPv4Address) -> str:
    hosts = "".join(
        f"dhcp-host={with_colons(phone.mac).lower()},{address}\n" for phone, address in reserved(site)
    )
    return (
        f"dhcp-vendorclass=set:cisco-phone,{VENDOR}\n"
        f"dhcp-option-force=tag:cisco-phone,66,{server}\n"
        f"dhcp-option-force=tag:cisco-phone,150,{server}\n{hosts}"
    )


def _mikrotik(site: Site, server: IPv4Address) -> str:
    hosts = "".join(
        f"/ip dhcp-server lease add address={address} mac-address={with_colons(phone.mac)}\n"
        for phone, address in reserved(site)
    )
    networks = [str(subnet.network) for subnet in site.subnets] or ["192.168.88.0/24"]
    sets = "".join(
        f'/ip dhcp-server network set [find where address="{network}"] '
        f"next-server={server} dhcp-option=ringup-66,ringup-150\n"
        for network in networks
    )
    return (
        f"/ip dhcp-server option add name=ringup-66 code=66 value=\"s'{server}'\"\n"
        f'/ip dhcp-server option add name=ringup-150 code=150 value="0x{server.packed.hex().upper()}"\n'
        f"{sets}{hosts}"
    )


def _windows(site: Site, server: IPv4Address) -> str:
    scopes = [str(subnet.network.network_address) for subnet in site.subnets] or ["192.168.1.0"]
    values = "".join(
        f"Set-DhcpServerv4OptionValue -ScopeId {scope} -OptionId 66 -Value {server}\n"
        f"Set-DhcpServerv4OptionValue -ScopeId {scope} -OptionId 150 -Value {server}\n"
        for scope in scopes
    )
    hosts = "".join(
        f"Add-DhcpServerv4Reservation -ScopeId {_scope(site, address, scopes[0])} -IPAddress {address} "
        f"-ClientId {'-'.join(phone.mac[n : n + 2] for n in range(0, 12, 2))}\n"
        for phone, address in reserved(site)
    )
    return (
        'Add-DhcpServerv4OptionDefinition -OptionId 150 -Name "Cisco TFTP servers" '
        f"-Type IPv4Address -MultiValued\n{values}{hosts}"
    )


def _scope(site: Site, address: IPv4Address, otherwise: str) -> str:
    inside = (subnet.network for subnet in site.subnets if address in subnet.network)
    return next((str(network.network_address) for network in inside), otherwise)


def _ios(site: Site, server: IPv4Address) -> str:
    networks = [subnet.network for subnet in site.subnets]
    pools = "".join(
        f"ip dhcp pool RINGUP-{number}\n network {network.network_address} {network.netmask}\n"
        f" next-server {server}\n option 66 ascii {server}\n option 150 ip {server}\n"
        for number, network in enumerate(networks, 1)
    )
    hosts = "".join(
        f"ip dhcp pool SEP{phone.mac}\n host {address}\n"
        f" hardware-address {_dotted(phone.mac)}\n option 150 ip {server}\n"
        for phone, address in reserved(site)
    )
    return (pools or f"ip dhcp pool PHONES\n option 66 ascii {server}\n option 150 ip {server}\n") + hosts


def _dotted(digits: str) -> str:
    return ".".join(digits[place : place + 4] for place in range(0, len(digits), 4)).lower()


SNIPPETS: Mapping[str, Snippet] = {
    "isc": Snippet("ISC dhcpd", "dhcpd.conf", _isc, True),
    "kea": Snippet("Kea", '"Dhcp4" of kea-dhcp4.conf, before its last member', _kea, True),
    "dnsmasq": Snippet("dnsmasq, OpenWrt, Pi-hole", "dnsmasq.conf", _dnsmasq, True),
    "mikrotik": Snippet("MikroTik RouterOS", "the terminal of RouterOS 7", _mikrotik, False),
    "windows": Snippet("Windows Server", "PowerShell on the DHCP server", _windows, False),
    "ios": Snippet("Cisco IOS", "configuration mode", _ios, False),
}
"""The kinds of servers, by the word that selects them on the command line."""
