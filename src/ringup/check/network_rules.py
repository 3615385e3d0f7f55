"""Check the interface, the ports, other DHCP servers, the time server for phones, and fail2ban."""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address

from ringup.check.facts import Facts, Listener, SntpReply
from ringup.finding import ERROR, WARNING
from ringup.rule import Found, Rule, known

STOP: Mapping[str, str] = {
    "dnsmasq": "systemctl disable --now dnsmasq",
    "in.tftpd": "systemctl disable --now tftpd-hpa",
    "atftpd": "systemctl disable --now atftpd",
    "dhcpd": "systemctl disable --now isc-dhcp-server",
    "kea-dhcp4": "systemctl disable --now kea-dhcp4-server",
    "systemd-resolved": "systemctl disable --now systemd-resolved",
    "inetd": "systemctl disable --now inetd",
    "xinetd": "systemctl disable --now xinetd",
    "apache2": "systemctl disable --now apache2",
    "nginx": "systemctl disable --now nginx",
    "lighttpd": "systemctl disable --now lighttpd",
}
"""The command that permanently stops each program on Debian; other programs are stopped by process id."""

_KEEP: Mapping[tuple[str, int], str] = {
    ("udp", 123): "Leave --sntp out, and let that program answer phones (chrony: `allow` in chrony.conf).",
}
"""The cure by protocol and port, for ports where another program may do the same work."""

HTTP_PORTS = (80, 6970)
DHCP_PORT, TFTP_PORT = 67, 69


def _interface(facts: Facts) -> Iterator[Found]:
    every = known(facts.interfaces)
    found = facts.candidates()
    if facts.interface_name and not found:
        names = ", ".join(each.name for each in every) or "none"
        yield Found(
            f"There is no interface {facts.interface_name}; there are: {names}.",
            "Name one of them with --interface.",
        )
    elif len(found) > 1:
        names = ", ".join(f"{each.name} ({each.addresses[0].ip})" for each in found)
        yield Found(
            f"Phones may be on any of these: {names}.", "Name the phones' interface with --interface."
        )
    elif not found:
        yield Found(
            "No interface has an IPv4 address.",
            "Give the phones' interface an address:",
            _give("eth0", facts),
        )
    elif not found[0].addresses:
        name = found[0].name
        yield Found(f"{name} has no IPv4 address.", "Give it one:", _give(name, facts))
    elif not found[0].is_up:
        name = found[0].name
        yield Found(f"{name} is down.", "Switch it on:", (f"ip link set {name} up",))


def _give(name: str, facts: Facts) -> tuple[str, ...]:
    for subnet in facts.site.subnets:
        outside = (each for each in subnet.network.hosts() if each < subnet.first or each > subnet.last)
        free = next((each for each in outside if each != subnet.router), None)
        if free is not None:
            return (f"ip address add {free}/{subnet.network.prefixlen} dev {name}",)
    return (f"ip address add 192.168.1.10/24 dev {name}",)


def _interface_seen(facts: Facts) -> str:
    interface = facts.interface()
    return f"{interface.name}, {', '.join(map(str, interface.addresses))}"


def holders(facts: Facts, protocol: str, port: int, *, of_interface: bool = False) -> list[Listener]:
    """Return the sockets that keep ringup from opening this port.

    `of_interface`: ringup's socket is bound to the phones' interface, so a socket on another interface does
    no harm.
    """
    device = facts.interface().name if of_interface else ""
    return [
        each
        for each in known(facts.listeners)
        if (each.protocol, each.port) == (protocol, port)
        and not each.address.startswith("[")
        and not (device and each.device and each.device != device)
    ]


def _port(
    protocol: str, ports: tuple[int, ...], *, of_interface: bool = False, wanted: Callable[[Facts], bool]
) -> Callable[[Facts], Iterator[Found]]:
    def find(facts: Facts) -> Iterator[Found]:
        if not wanted(facts):
            return
        reported = set()
        for port in ports:
            for each in holders(facts, protocol, port, of_interface=of_interface):
                if not each.has_our_database and (port, each.pid, each.program) not in reported:
                    reported.add((port, each.pid, each.program))
                    yield held(each)

    return find


def held(holder: Listener) -> Found:
    """Return the finding about a port that another program uses."""
    cure = _KEEP.get((holder.protocol, holder.port)) if not holder.is_ringup else None
    what = f"{_who(holder)} has {holder.protocol.upper()} port {holder.port}."
    return Found(what, *((cure, ()) if cure and holder.program else _stop(holder)))


def _who(holder: Listener) -> str:
    if not holder.program:
        return "Another program"
    name = "Another ringup server" if holder.is_ringup else holder.program
    return f"{name} (process {holder.pid})"


def _stop(holder: Listener) -> tuple[str, tuple[str, ...]]:
    if not holder.program:
        return "As root, find the program, and stop it:", (f"ss -lnp sport = :{holder.port}",)
    if holder.is_ringup:
        return "Stop it (if it is a service: `systemctl disable --now ringup`):", (f"kill {holder.pid}",)
    return "Stop it:", (STOP.get(holder.program, f"kill {holder.pid}"),)


def _port_seen(protocol: str, ports: tuple[int, ...]) -> Callable[[Facts], str]:
    def say(facts: Facts) -> str:
        if protocol == "udp" and ports == (DHCP_PORT,) and not facts.dhcp:
            return "not needed (--no-dhcp)"
        ours = [each for port in ports for each in holders(facts, protocol, port) if each.has_our_database]
        return f"this site's ringup server has {'it' if len(ports) == 1 else 'them'}" if ours else "free"

    return say


def _sip_port(facts: Facts) -> Iterator[Found]:
    """Yield the programs other than Asterisk that use Asterisk's port, if Asterisk is on this machine."""
    port = facts.site.pbx.port
    facts.interface()
    if not facts.pbx_is_here():
        return
    for each in holders(facts, "udp", port):
        if each.program != "asterisk":
            yield Found(f"{_who(each)} has UDP port {port}, which Asterisk needs.", *_stop(each))


def _sip_port_seen(facts: Facts) -> str:
    if not facts.pbx_is_here():
        return "the PBX is on another machine"
    return "Asterisk has it" if holders(facts, "udp", facts.site.pbx.port) else "free"


def _other_dhcp(facts: Facts) -> Iterator[Found]:
    other = known(facts.other_dhcp)
    if facts.dhcp:
        if other is not None:
            yield Found(
                f"Another DHCP server, {other.server}, answers on this network.",
                "Switch it off. To keep it as the DHCP server, configure option 150 with this machine's "
                "address there, and start `ringup serve` with --no-dhcp.",
            )
    elif other is None:
        yield Found(
            "No DHCP server answers on this network, so no phone gets an address.",
            "Switch your DHCP server on, or leave --no-dhcp out.",
        )
    elif other.tftp_server != facts.server():
        effect = f"sends phones to {other.tftp_server}" if other.tftp_server else "names no TFTP server"
        yield Found(
            f"The DHCP server {other.server} {effect} for their files.",
            f"Set its option 150 (an address) and 66 (a text) to {facts.server()}.",
        )


def _other_dhcp_seen(facts: Facts) -> str:
    other = known(facts.other_dhcp)
    return "no server answered" if other is None else f"{other.server} sends phones to this machine"


def _sntp(facts: Facts) -> Iterator[Found]:
    reply = known(facts.sntp)
    wrong = None
    if reply.stratum is None:
        wrong = f"No NTP server answers at {reply.server}, so phones show no time or a wrong one."
    elif not 0 < reply.stratum < 16:
        wrong = f"The NTP server {reply.server} has no time itself (stratum {reply.stratum})."
    if wrong:
        yield Found(wrong, *_time_for_phones(facts, reply))


def _time_for_phones(facts: Facts, reply: SntpReply) -> tuple[str, tuple[str, ...]]:
    """Return the cure: another server, or, if this machine is the server, a correct clock."""
    if reply.stratum is not None and reply.server in {str(own) for own in facts.own_addresses()}:
        cure = "That is this machine. Synchronise its clock, or start `serve --sntp --trust-clock`:"
        return cure, ("apt-get install chrony",)
    unnamed = ("ringup site set ntp_server=",) if facts.site.ntp_server else ()
    return (
        "Set a server that answers phones (`ringup site set ntp_server=ADDRESS`), or let ringup send the "
        "time:",
        (*unnamed, "ringup serve --sntp"),
    )


def _sntp_seen(facts: Facts) -> str:
    reply = known(facts.sntp)
    return f"{reply.server} answers (stratum {reply.stratum})"


def _bans(facts: Facts) -> Iterator[Found]:
    bans = known(facts.bans)
    reserved = {phone.address: phone.mac for phone in facts.site.phones if phone.address}
    for ban in bans:
        if facts.phone is not None and ban.address != facts.phone:
            continue
        if ban.address in reserved or _is_a_phones(facts, ban.address):
            whose = f"phone {reserved[ban.address]}'s" if ban.address in reserved else "a phone's"
            yield Found(
                f"fail2ban (jail {ban.jail}) blocks {ban.address}, {whose} address.",
                "Unblock it, and add the phones' network to ignoreip in jail.local:",
                (f"fail2ban-client set {ban.jail} unbanip {ban.address}",),
            )


def _is_a_phones(facts: Facts, address: IPv4Address) -> bool:
    if facts.phone is not None:
        return address == facts.phone
    return any(subnet.first <= address <= subnet.last for subnet in facts.site.subnets)


def _needs_dhcp(facts: Facts) -> bool:
    return facts.dhcp


def _always(_facts: Facts) -> bool:
    return True


RULES: tuple[Rule[Facts], ...] = (
    Rule("interface", "interface", ERROR, _interface, _interface_seen, quick=True),
    Rule(
        "dhcp-port", "UDP 67 (DHCP)", ERROR,
        _port("udp", (DHCP_PORT,), of_interface=True, wanted=_needs_dhcp),
        _port_seen("udp", (DHCP_PORT,)), after=("interface",),
    ),
    Rule(
        "tftp-port", "UDP 69 (TFTP)", ERROR, _port("udp", (TFTP_PORT,), wanted=_always),
        _port_seen("udp", (TFTP_PORT,)),
    ),
    Rule(
        "http-ports", "TCP 80, 6970 (HTTP)", WARNING, _port("tcp", HTTP_PORTS, wanted=_always),
        _port_seen("tcp", HTTP_PORTS),
    ),
    Rule("sip-port", "UDP port of the PBX", ERROR, _sip_port, _sip_port_seen, after=("interface",)),
    Rule(
        "other-dhcp", "other DHCP servers", ERROR, _other_dhcp, _other_dhcp_seen,
        after=("interface", "dhcp-port"),
    ),
    Rule("ntp", "time for phones", WARNING, _sntp, _sntp_seen, after=("interface",)),
    Rule("fail2ban", "fail2ban", ERROR, _bans, lambda _facts: "blocks no phone", quick=True),
)  # fmt: skip
