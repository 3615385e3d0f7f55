"""Check whether a firewall of this machine drops packets from phones or to phones."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from ringup.check.facts import Facts
from ringup.check.firewall import Dropped, FirewallPacket, dropped
from ringup.check.rtp import RtpPorts, all_phone_ports
from ringup.finding import ERROR, WARNING, Severity
from ringup.rule import Found, Rule, known

PHONE_PORT, REPLY_PORT = 50_000, 40_000
"""Examples of the ports that phones and TFTP transfers use: any port above 1024 (P-TFTP-9)."""


@dataclass(frozen=True, slots=True)
class NetworkService:
    """One service, the packets that it needs, and how to let them through."""

    code: str
    subject: str
    severity: Severity
    protocol: str
    ports: Callable[[Facts], RtpPorts]
    """Returns the ports of the service; most services have one. Raises NotKnown."""
    packets: tuple[tuple[str, str, str | int, str | int, str], ...]
    """Each packet: description, ``in`` or ``out``, source port, destination port, state. A port is a number,
    or a name of `_PORTS`.
    """
    concerns: Callable[[Facts], bool] = lambda _facts: True
    otherwise: str = "not served"
    """The text that is printed if the service does not concern this machine."""
    after: tuple[str, ...] = ("interface",)


_PORTS: Mapping[str, Callable[[NetworkService, Facts], int]] = {
    "first": lambda service, facts: service.ports(facts).first,
    "middle": lambda service, facts: (service.ports(facts).first + service.ports(facts).last) // 4 * 2,
    "last": lambda service, facts: service.ports(facts).last,
    "phone's first": lambda _service, facts: all_phone_ports(facts.site).first,
    "phone's last": lambda _service, facts: all_phone_ports(facts.site).last,
}


def _one(port: Callable[[Facts], int]) -> Callable[[Facts], RtpPorts]:
    return lambda facts: RtpPorts(port(facts), port(facts))


SERVICES: tuple[NetworkService, ...] = (
    NetworkService(
        "firewall-dhcp", "firewall: DHCP", ERROR, "udp", _one(lambda _facts: 67),
        (
            ("a DISCOVER", "in", 68, "first", "new"),
            ("a renewal of a lease", "in", 68, "first", "new"),
            ("the reply to a renewal", "out", "first", 68, "established"),
        ),
        concerns=lambda facts: facts.dhcp,
    ),
    NetworkService(
        "firewall-tftp", "firewall: TFTP", ERROR, "udp", _one(lambda _facts: 69),
        (
            ("a request", "in", PHONE_PORT, "first", "new"),
            ("a file's first block", "out", REPLY_PORT, PHONE_PORT, "new"),
            ("an ACK", "in", PHONE_PORT, REPLY_PORT, "established"),
        ),
    ),
    NetworkService(
        "firewall-http", "firewall: HTTP", WARNING, "tcp", _one(lambda _facts: 6970),
        (
            ("a request", "in", PHONE_PORT, "first", "new"),
            ("an answer", "out", "first", PHONE_PORT, "established"),
        ),
    ),
    NetworkService(
        "firewall-sip", "firewall: SIP", ERROR, "udp", _one(lambda facts: facts.site.pbx.port),
        (
            ("a REGISTER", "in", PHONE_PORT, "first", "new"),
            ("the PBX's answer", "out", "first", 5060, "new"),
        ),
        concerns=Facts.pbx_is_here, otherwise="the PBX is on another machine",
    ),
    NetworkService(
        "firewall-sccp", "firewall: SCCP", ERROR, "tcp", _one(lambda _facts: 2000),
        (
            ("a phone's connection", "in", PHONE_PORT, "first", "new"),
            ("an answer", "out", "first", PHONE_PORT, "established"),
        ),
        concerns=lambda facts: facts.pbx_is_here() and any(facts.site.sccp_phones()),
        otherwise="no phone registers here by SCCP",
    ),
    NetworkService(
        "firewall-rtp", "firewall: sound", ERROR, "udp", lambda facts: known(facts.rtp),
        (
            ("a phone's sound (first port)", "in", "phone's first", "first", "new"),
            ("a phone's sound (middle port)", "in", "phone's first", "middle", "new"),
            ("a phone's sound (last port)", "in", "phone's last", "last", "new"),
            ("the PBX's sound (first port)", "out", "first", "phone's first", "new"),
            ("the PBX's sound (last port)", "out", "last", "phone's last", "new"),
        ),
        concerns=Facts.pbx_is_here, otherwise="the PBX is on another machine",
        after=("interface", "firewall-tftp", "firewall-sip"),  # without files and SIP there is no call
    ),
)  # fmt: skip


def _packets(service: NetworkService, facts: Facts) -> Iterator[FirewallPacket]:
    interface = facts.interface()
    own = interface.addresses[0]
    phone = _phone_address(facts, own.ip)
    for name, direction, source_port, destination_port, state in service.packets:
        to_all = name == "a DISCOVER"
        ends = (0 if to_all else int(phone), 0xFFFFFFFF if to_all else int(own.ip))
        incoming = direction == "in"
        fields: dict[str, str | int] = {
            "protocol": service.protocol,
            "nfproto": "ipv4",
            "sport": _port(source_port, service, facts),
            "dport": _port(destination_port, service, facts),
            "saddr": ends[0] if incoming else ends[1],
            "daddr": ends[1] if incoming else ends[0],
            "state": state,
            "iif" if incoming else "oif": interface.name,
        }
        if incoming:
            fields["dtype"] = "broadcast" if to_all else "local"
            fields["pkttype"] = "broadcast" if to_all else "host"
        yield FirewallPacket(name, "in" if incoming else "out", fields)


def _port(named: str | int, service: NetworkService, facts: Facts) -> int:
    return _PORTS[named](service, facts) if isinstance(named, str) else named


def _phone_address(facts: Facts, own: IPv4Address) -> IPv4Address:
    """Return an address that a phone may have: one of the pool, or one next to this machine's."""
    if facts.phone is not None:
        return facts.phone
    for subnet in facts.site.subnets:
        return subnet.first
    return own + 1


def _finder(service: NetworkService) -> Callable[[Facts], Iterator[Found]]:
    def find(facts: Facts) -> Iterator[Found]:
        rulesets = known(facts.rulesets)
        if not service.concerns(facts):
            return
        ends: dict[tuple[str, str, str], list[str]] = {}
        where: dict[tuple[str, str, str], tuple[Dropped, FirewallPacket]] = {}
        for packet in _packets(service, facts):
            if (end := dropped(rulesets, packet)) is not None:
                key = (end.ruleset.owner, end.chain, end.by)
                ends.setdefault(key, []).append(packet.name)
                where[key] = where.get(key, (end, packet))
        for key, names in ends.items():
            yield _found(service, facts, names, *where[key])

    return find


def _found(
    service: NetworkService, facts: Facts, names: Iterable[str], end: Dropped, packet: FirewallPacket
) -> Found:
    owner = end.ruleset.owner
    place = f"table {end.ruleset.table}, chain {end.chain}" if end.ruleset.table else f"chain {end.chain}"
    what = f"{owner} ({place}) drops {' and '.join(names)}: {end.by}."
    commands = CURES[owner](service, facts, end, packet)
    return Found(what, "Let it through:", commands)


def _nftables(service: NetworkService, facts: Facts, end: Dropped, packet: FirewallPacket) -> tuple[str, ...]:
    incoming = packet.direction == "in"
    interface = f"iifname {packet.fields['iif']}" if incoming else f"oifname {packet.fields['oif']}"
    if packet.fields["state"] == "established":
        what = "ct state established,related"
    elif side := _side(service, facts, packet):
        what = f"{service.protocol} {side} {_range(service, facts, '-')}"
    else:
        what = f"meta l4proto {service.protocol}"
    return (f"nft insert rule {end.ruleset.table} {end.chain} {interface} {what} accept",)


def _iptables(service: NetworkService, facts: Facts, end: Dropped, packet: FirewallPacket) -> tuple[str, ...]:
    interface = f"-i {packet.fields['iif']}" if packet.direction == "in" else f"-o {packet.fields['oif']}"
    if packet.fields["state"] == "established":
        what = "-m conntrack --ctstate ESTABLISHED,RELATED"
    elif side := _side(service, facts, packet):
        what = f"-p {service.protocol} --{side} {_range(service, facts, ':')}"
    else:
        what = f"-p {service.protocol}"
    return (f"iptables -I {end.chain} {interface} {what} -j ACCEPT",)


def _ufw(service: NetworkService, facts: Facts, _end: Dropped, packet: FirewallPacket) -> tuple[str, ...]:
    interface = facts.interface().name
    if packet.direction == "out":
        return (f"ufw allow out on {interface}",)
    return (
        f"ufw allow in on {interface} to any port {_range(service, facts, ':')} proto {service.protocol}",
    )


def _firewalld(
    service: NetworkService, facts: Facts, _end: Dropped, _packet: FirewallPacket
) -> tuple[str, ...]:
    port = f"--add-port={_range(service, facts, '-')}/{service.protocol}"
    return (f"firewall-cmd --permanent {port}", "firewall-cmd --reload")


def _side(service: NetworkService, facts: Facts, packet: FirewallPacket) -> str:
    """Return which of the packet's ports belongs to the service; empty: neither."""
    side = "dport" if packet.direction == "in" else "sport"
    return (
        side
        if packet.fields[side] in range(service.ports(facts).first, service.ports(facts).last + 1)
        else ""
    )


def _range(service: NetworkService, facts: Facts, separator: str) -> str:
    ports = service.ports(facts)
    return f"{ports.first}{separator}{ports.last}" if ports.first != ports.last else str(ports.first)


CURES: Mapping[str, Callable[[NetworkService, Facts, Dropped, FirewallPacket], tuple[str, ...]]] = {
    "nftables": _nftables,
    "iptables": _iptables,
    "ufw": _ufw,
    "firewalld": _firewalld,
}
"""Cures by the program that manages the rules, because it removes all other rules at its next start."""


def _sound(service: NetworkService) -> Callable[[Facts], str]:
    def say(facts: Facts) -> str:
        if not service.concerns(facts):
            return service.otherwise
        owners = sorted({each.owner for each in known(facts.rulesets)})
        return f"let through by {' and '.join(owners)}" if owners else "this machine has no firewall rules"

    return say


RULES: tuple[Rule[Facts], ...] = tuple(
    Rule(
        service.code,
        service.subject,
        service.severity,
        _finder(service),
        _sound(service),
        after=service.after,
        quick=True,
    )
    for service in SERVICES
)
