"""What may go wrong on a street, as a table: what happens, where, how hard, and how it looks from outside.

A fault of the cable changes what becomes of each datagram while it lasts. A fault of a machine is an act
and, if it ends, an act that ends it. Each is drawn from a seed, so that a run can be repeated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from ringup.street.cable import Fate, Fault, Parcel
from ringup.street.registrar import PORT, Manners
from ringup.street.street import Street

DHCP_PORTS = (67, 68)


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One kind of fault."""

    key: str
    where: str
    """``cable``, ``server``, ``pbx`` or ``phone``."""
    what: str
    """What happens."""
    looks: str
    """How it looks from outside."""
    begin: Callable[[Street, Random], Callable[[], None]]
    """Begins it; returns what ends it."""
    hides_registration: bool = False
    """True if phones cannot register while it lasts, whatever the server does."""


def _nothing() -> None:
    """End a fault that ends by itself."""


def _on_the_cable(make: Callable[[Street, Random], Fault]) -> Callable[[Street, Random], Callable[[], None]]:
    def begin(street: Street, dice: Random) -> Callable[[], None]:
        fault = make(street, dice)
        street.cable.faults.append(fault)
        return lambda: street.cable.faults.remove(fault)

    return begin


def _loses(share: tuple[float, float]) -> Callable[[Street, Random], Fault]:
    def make(_street: Street, dice: Random) -> Fault:
        part, draws = dice.uniform(*share), Random(dice.random())  # noqa: S311 - a fault's dice
        return lambda _parcel, fate: () if draws.random() < part else fate

    return make


def _doubles(_street: Street, dice: Random) -> Fault:
    part, draws = dice.uniform(0.05, 0.5), Random(dice.random())  # noqa: S311 - a fault's dice

    def fault(_parcel: Parcel, fate: Fate) -> Fate:
        return (*fate, *(delay + draws.uniform(0, 0.05) for delay in fate)) if draws.random() < part else fate

    return fault


def _delays(least: float, most: float) -> Callable[[Street, Random], Fault]:
    def make(_street: Street, dice: Random) -> Fault:
        longest, draws = dice.uniform(least, most), Random(dice.random())  # noqa: S311 - a fault's dice
        return lambda _parcel, fate: tuple(delay + draws.uniform(0, longest) for delay in fate)

    return make


def _from_server_to_ports(ports: Callable[[int], bool]) -> Callable[[Street, Random], Fault]:
    def make(street: Street, _dice: Random) -> Fault:
        server = street.server.address
        return lambda parcel, fate: () if parcel.source == server and ports(parcel.source_port) else fate

    return make


def _to_ports(ports: Callable[[int], bool]) -> Callable[[Street, Random], Fault]:
    return lambda _street, _dice: lambda parcel, fate: () if ports(parcel.destination_port) else fate


def _pbx_with(manners: Manners) -> Callable[[Street, Random], Callable[[], None]]:
    def begin(street: Street, _dice: Random) -> Callable[[], None]:
        registrar, usual = street.registrar, street.registrar.manners
        registrar.manners = manners

        def end() -> None:
            registrar.manners = usual

        return end

    return begin


def _pbx_dead(street: Street, _dice: Random) -> Callable[[], None]:
    street.registrar.stop()
    return street.registrar.start


def _pbx_restarts(street: Street, _dice: Random) -> Callable[[], None]:
    street.registrar.stop()
    street.registrar.start()
    return _nothing


def _pbx_has_another_secret(street: Street, dice: Random) -> Callable[[], None]:
    registrar = street.registrar
    extension = dice.choice(sorted(registrar.passwords))
    usual = registrar.passwords[extension]
    registrar.passwords[extension] = usual + "x"

    def end() -> None:
        registrar.passwords[extension] = usual

    return end


def _server_killed(street: Street, dice: Random) -> Callable[[], None]:
    street.server.kill()
    street.loop.call_later(dice.uniform(0.0, 20.0), street.start_server)
    return _nothing


def _power_cut(street: Street, dice: Random) -> Callable[[], None]:
    mac = dice.choice(sorted(street.residents))
    street.power_off(mac)
    street.power_on(mac, after=dice.uniform(0.5, 30.0))
    return _nothing


def _power_cut_of_all(street: Street, dice: Random) -> Callable[[], None]:
    for mac in sorted(street.residents):
        street.power_off(mac)
        street.power_on(mac, after=dice.uniform(0.5, 5.0))
    return _nothing


def _clock_steps(street: Street, dice: Random) -> Callable[[], None]:
    street.server.clock_is_ahead += dice.choice((-86_400.0, -60.0, 60.0, 3_600.0, 86_400.0))
    return _nothing


def _flash_fails(street: Street, dice: Random) -> Callable[[], None]:
    resident = street.residents[dice.choice(sorted(street.residents))]
    count = dice.randint(1, 3)
    resident.writes_to_fail = count
    if resident.phone is not None:
        resident.phone.fail_writes(count)

    def end() -> None:
        resident.writes_to_fail = 0

    return end


def _disk_refuses(street: Street, _dice: Random) -> Callable[[], None]:
    street.server.disk_refuses = True

    def end() -> None:
        street.server.disk_refuses = False

    return end


ROWS: tuple[FaultRow, ...] = (
    FaultRow("loss", "cable", "a share of all datagrams is lost", "repeated requests and blocks",
             _on_the_cable(_loses((0.01, 0.2)))),
    FaultRow("heavy-loss", "cable", "every second to fourth datagram is lost", "long gaps, requests given up",
             _on_the_cable(_loses((0.25, 0.5)))),
    FaultRow("duplicates", "cable", "datagrams arrive twice", "repeated ACKs", _on_the_cable(_doubles)),
    FaultRow("jitter", "cable", "datagrams overtake each other", "blocks out of order",
             _on_the_cable(_delays(0.001, 0.2))),
    FaultRow("delay", "cable", "datagrams take seconds", "requests repeated although answers are under way",
             _on_the_cable(_delays(1.0, 6.0))),
    FaultRow("cable-out", "cable", "nothing arrives", "silence", _on_the_cable(_loses((1.0, 1.0))),
             hides_registration=True),
    FaultRow("no-dhcp", "cable", "no DHCP message arrives", "DISCOVER again and again",
             _on_the_cable(_to_ports(lambda port: port in DHCP_PORTS)), hides_registration=True),
    FaultRow("deaf-dhcp", "cable", "the server's DHCP answers are filtered", "DISCOVER again and again",
             _on_the_cable(_from_server_to_ports(lambda port: port == 67)), hides_registration=True),
    FaultRow("requests-filtered", "cable", "no TFTP request arrives", "the hunt goes on for ever",
             _on_the_cable(_to_ports(lambda port: port == 69)), hides_registration=True),
    FaultRow("blocks-filtered", "cable", "no TFTP answer arrives: a firewall knows port 69 only",
             "the same request from one port after another",
             _on_the_cable(_from_server_to_ports(lambda port: port >= 50_000)), hides_registration=True),
    FaultRow("sip-filtered", "cable", "no SIP arrives", "has its files, never registers",
             _on_the_cable(_to_ports(lambda port: port == PORT)), hides_registration=True),
    FaultRow("pbx-dead", "pbx", "the PBX is silent", "has its files, never registers", _pbx_dead,
             hides_registration=True),
    FaultRow("pbx-restart", "pbx", "the PBX forgets its contacts", "no calls until the next REGISTER",
             _pbx_restarts),
    FaultRow("force-rport", "pbx", "answers go to the source port", "REGISTER again and again",
             _pbx_with(Manners(force_rport=True)), hides_registration=True),
    FaultRow("rewritten-contact", "pbx", "the contact has the source port", "registered, but unreachable",
             _pbx_with(Manners(rewrite_contact=True))),
    FaultRow("other-secret", "pbx", "a line's secret was changed on the PBX only", "REGISTER is refused",
             _pbx_has_another_secret, hides_registration=True),
    FaultRow("server-killed", "server", "the server is killed and started anew", "a pause", _server_killed),
    FaultRow("disk-refuses", "server", "the database takes nothing", "no DHCPACK", _disk_refuses,
             hides_registration=True),
    FaultRow("clock-step", "server", "somebody sets the server's clock", "nothing", _clock_steps),
    FaultRow("power-cut", "phone", "a phone loses its power for a while", "a new boot", _power_cut),
    FaultRow("power-cut-of-all", "phone", "all phones lose their power at once", "a storm",
             _power_cut_of_all),
    FaultRow("flash-fails", "phone", "the next images cannot be flashed", "a reboot and a new transfer",
             _flash_fails),
)  # fmt: skip

FAULTS: Mapping[str, FaultRow] = {row.key: row for row in ROWS}


def schedule(
    street: Street,
    key: str,
    begins: float,
    lasts: float,
    dice: Random,
    tell: Callable[[str], None] = lambda _text: None,
) -> None:
    """Let a fault begin so many seconds from now; 0 for `lasts`: it never ends. `tell` hears of both."""
    row = FAULTS[key]

    def begin() -> None:
        tell(f"--- {key} begins: {row.what}")
        end = row.begin(street, dice)
        if lasts:
            street.loop.call_later(lasts, finish, end)

    def finish(end: Callable[[], None]) -> None:
        tell(f"--- {key} ends")
        end()

    street.loop.call_later(begins, begin)
