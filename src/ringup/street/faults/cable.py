"""Faults of the network: datagrams are lost, delayed, duplicated, filtered or changed by NAT."""

from collections.abc import Callable
from ipaddress import IPv4Address
from random import Random

from ringup.street.cable import CopyDelays, Datagram, Fault
from ringup.street.faults.row import Begin, End, FaultRow, one_of
from ringup.street.registrar import PORT
from ringup.street.street import Street

DHCP_PORTS = (67, 68)
FIRST_NAT_PORT = 61_000


def _on_the_cable(make: Callable[[Street, Random], Fault]) -> Begin:
    def begin(street: Street, dice: Random) -> End:
        fault = make(street, dice)
        street.cable.faults.append(fault)
        return lambda: street.cable.faults.remove(fault)

    return begin


def _loses(share: tuple[float, float]) -> Callable[[Street, Random], Fault]:
    def make(_street: Street, dice: Random) -> Fault:
        part, draws = dice.uniform(*share), Random(dice.random())  # noqa: S311 - a fault's dice
        return lambda _datagram, delays: () if draws.random() < part else delays

    return make


def _doubles(_street: Street, dice: Random) -> Fault:
    part, draws = dice.uniform(0.05, 0.5), Random(dice.random())  # noqa: S311 - a fault's dice

    def fault(_datagram: Datagram, delays: CopyDelays) -> CopyDelays:
        return (
            (*delays, *(delay + draws.uniform(0, 0.05) for delay in delays))
            if draws.random() < part
            else delays
        )

    return fault


def _delays(least: float, most: float) -> Callable[[Street, Random], Fault]:
    def make(_street: Street, dice: Random) -> Fault:
        longest, draws = dice.uniform(least, most), Random(dice.random())  # noqa: S311 - a fault's dice
        return lambda _datagram, delays: tuple(delay + draws.uniform(0, longest) for delay in delays)

    return make


def _from_server_to_ports(ports: Callable[[int], bool]) -> Callable[[Street, Random], Fault]:
    def make(street: Street, _dice: Random) -> Fault:
        server = street.server.address
        return lambda datagram, delays: (
            () if datagram.source == server and ports(datagram.source_port) else delays
        )

    return make


def _to_ports(ports: Callable[[int], bool]) -> Callable[[Street, Random], Fault]:
    return lambda _street, _dice: lambda datagram, delays: () if ports(datagram.destination_port) else delays


def _of_one_phone(passes: Callable[[Datagram, str, str], bool]) -> Callable[[Street, Random], Fault]:
    """Return a fault that drops the datagrams that `passes` rejects; `passes` takes a datagram, and the MAC
    and the address of the phone.
    """

    def make(street: Street, dice: Random) -> Fault:
        mac = one_of(street, dice)
        phone = street.phones[mac]
        return lambda datagram, delays: delays if passes(datagram, mac, phone.address) else ()

    return make


def _is_not_from(datagram: Datagram, mac: str, address: str) -> bool:
    is_its_frame = datagram.mac == mac and datagram.destination_port == DHCP_PORTS[0]
    return not is_its_frame and datagram.source != address


def _is_not_to(datagram: Datagram, mac: str, address: str) -> bool:
    is_its_frame = datagram.mac == mac and datagram.destination_port == DHCP_PORTS[1]
    return not is_its_frame and datagram.destination != address


def _is_not_of(datagram: Datagram, mac: str, address: str) -> bool:
    return _is_not_from(datagram, mac, address) and _is_not_to(datagram, mac, address)


def _nat(street: Street, _dice: Random) -> End:
    """Put a router with NAT between the phones and the PBX."""
    router, pbx = str(IPv4Address(street.registrar.address) + 200), street.registrar.address
    inside: dict[int, tuple[str, int]] = {}

    def rewrite(datagram: Datagram) -> Datagram:
        if datagram.destination == pbx and datagram.source != router:
            port = next(
                (port for port, peer in inside.items() if peer == datagram[:2]), FIRST_NAT_PORT + len(inside)
            )
            inside[port] = datagram.source, datagram.source_port
            return datagram._replace(source=router, source_port=port)
        if datagram.destination == router and datagram.destination_port in inside:
            address, port = inside[datagram.destination_port]
            return datagram._replace(destination=address, destination_port=port)
        return datagram

    street.cable.rewrites.append(rewrite)
    return lambda: street.cable.rewrites.remove(rewrite)


CABLE_FAULTS: tuple[FaultRow, ...] = (
    FaultRow("loss", "cable", "a share of all datagrams is lost", "repeated requests and blocks",
             _on_the_cable(_loses((0.01, 0.2)))),
    FaultRow("heavy-loss", "cable", "every second to fourth datagram is lost", "long gaps, requests given up",
             _on_the_cable(_loses((0.25, 0.5))),
             verdicts=("tftp-stalls", "dhcp-offers-in-vain", "line-unreachable")),
    FaultRow("duplicates", "cable", "datagrams arrive twice", "repeated ACKs", _on_the_cable(_doubles)),
    FaultRow("jitter", "cable", "datagrams overtake each other", "blocks out of order",
             _on_the_cable(_delays(0.001, 0.2))),
    FaultRow("delay", "cable", "datagrams take seconds", "requests repeated although answers are on the way",
             _on_the_cable(_delays(1.0, 6.0))),
    FaultRow("cable-out", "cable", "nothing arrives", "silence", _on_the_cable(_loses((1.0, 1.0))),
             hides_registration=True,
             verdicts=("never-heard", "fell-silent", "line-unreachable", "line-lost")),
    FaultRow("no-dhcp", "cable", "no DHCP message arrives", "DISCOVER again and again",
             _on_the_cable(_to_ports(lambda port: port in DHCP_PORTS)), hides_registration=True,
             verdicts=("never-heard", "fell-silent")),
    FaultRow("deaf-dhcp", "cable", "the server's DHCP answers are filtered", "DISCOVER again and again",
             _on_the_cable(_from_server_to_ports(lambda port: port == 67)), hides_registration=True,
             verdicts=("dhcp-offers-in-vain",)),
    FaultRow("requests-filtered", "cable", "no TFTP request arrives", "the hunt never ends",
             _on_the_cable(_to_ports(lambda port: port == 69)), hides_registration=True,
             verdicts=("tftp-silent",)),
    FaultRow("blocks-filtered", "cable", "no TFTP answer arrives: a firewall allows port 69 only",
             "the same request from one port after another",
             _on_the_cable(_from_server_to_ports(lambda port: port >= 50_000)), hides_registration=True,
             verdicts=("tftp-answers-lost", "tftp-stalls")),
    FaultRow("sip-filtered", "cable", "no SIP arrives", "has its files, never registers",
             _on_the_cable(_to_ports(lambda port: port == PORT)), hides_registration=True,
             verdicts=("register-silent", "line-unreachable", "line-lost")),
    FaultRow("wrong-vlan", "cable", "one phone is in another VLAN", "nothing of it is seen",
             _on_the_cable(_of_one_phone(_is_not_of)), hides_registration=True,
             verdicts=("never-heard", "fell-silent", "line-unreachable", "line-lost")),
    FaultRow("mute-phone", "cable", "nothing that one phone sends arrives", "nothing of it is seen",
             _on_the_cable(_of_one_phone(_is_not_from)), hides_registration=True,
             verdicts=("never-heard", "fell-silent", "line-unreachable", "line-lost")),
    FaultRow("deaf-phone", "cable", "nothing arrives at one phone", "its requests again and again",
             _on_the_cable(_of_one_phone(_is_not_to)), hides_registration=True,
             verdicts=("dhcp-offers-in-vain", "tftp-answers-lost", "tftp-stalls", "challenge-unanswered",
                       "line-unreachable", "line-lost")),
    FaultRow("nat", "cable", "a router with NAT is between the phones and the PBX",
             "REGISTER again and again from an address that is not a phone's", _nat, hides_registration=True,
             verdicts=("nat-before-pbx", "nat-between", "line-unreachable", "line-lost")),
)  # fmt: skip
