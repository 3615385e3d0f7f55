"""Faults of the server's machine, of unknown hosts, and of the phones themselves."""

from collections.abc import Sequence
from ipaddress import IPv4Address
from random import Random

from ringup.emulator.boot.dhcp import DhcpClient
from ringup.emulator.frames import DhcpFrames
from ringup.street.cable import Datagram
from ringup.street.faults.row import End, FaultRow, nothing, one_of
from ringup.street.phone_host import NO_ADDRESS, PhoneFrames
from ringup.street.street import Street

RESTART_SECONDS = 2.0
"""Seconds from a change in a phone's menu to its next start."""
NO_TFTP_SERVER, TWIN, OTHER_HOST = "192.0.2.9", "192.0.2.30", "02005E001099"
"""An address without a TFTP server, the address of a second phone with the same MAC, and the MAC of another
host.
"""
TURN_SECONDS = 10.0
"""Seconds for which a switch delivers datagrams for a disputed address to one of the two hosts, before it
changes.
"""
UNKNOWN_HOSTS = 120
"""Number of unknown hosts: more than the addresses in the pool of a small site."""
UNKNOWN_HOST_SECONDS = 20.0
"""Seconds for which the unknown hosts request addresses; their leases last longer."""


def _server_killed(street: Street, dice: Random) -> End:
    street.server.kill()
    street.loop.call_later(dice.uniform(0.0, 20.0), street.start_server)
    return nothing


def _server_off(street: Street, _dice: Random) -> End:
    street.server.kill()
    return street.start_server


def _addresses_in_use(street: Street, dice: Random) -> End:
    """Let unknown hosts use the first addresses of the pool."""
    first = int(street.site.subnets[0].first)
    taken = {str(IPv4Address(first + number)): f"02005E00010{number}" for number in range(dice.randint(1, 3))}
    street.cable.neighbours.update(taken)

    def end() -> None:
        for address in taken:
            street.cable.neighbours.pop(address, None)

    return end


def _unknown_hosts(street: Street, dice: Random) -> End:
    """Let many hosts that are not in the site take addresses, like guests' laptops in a meeting."""
    for _ in range(UNKNOWN_HOSTS):
        mac = f"02{dice.getrandbits(40):010X}"
        frames = DhcpFrames(mac, street.loop.unix_time, PhoneFrames(street.cable))
        frames.open()
        task = street.loop.create_task(frames.obtain(DhcpClient(mac, "7960")))
        street.loop.call_later(UNKNOWN_HOST_SECONDS, task.cancel)
        street.loop.call_later(UNKNOWN_HOST_SECONDS, frames.close)
    return nothing


def _power_cut(street: Street, dice: Random) -> End:
    mac = one_of(street, dice)
    street.power_off(mac)
    street.power_on(mac, after=dice.uniform(0.5, 30.0))
    return nothing


def _power_cut_of_all(street: Street, dice: Random) -> End:
    for mac in sorted(street.phones):
        street.power_off(mac)
        street.power_on(mac, after=dice.uniform(0.5, 5.0))
    return nothing


def _clock_steps(street: Street, dice: Random) -> End:
    street.server.clock_is_ahead += dice.choice((-86_400.0, -60.0, 60.0, 3_600.0, 86_400.0))
    return nothing


def _alternate_tftp(street: Street, dice: Random) -> End:
    """Set Alternate TFTP in a phone's menu, which restarts the phone."""
    mac = one_of(street, dice)

    def choose(server: str) -> None:
        street.phones[mac].alternate_tftp = server
        street.power_off(mac)
        street.power_on(mac, after=RESTART_SECONDS)

    choose(NO_TFTP_SERVER)
    return lambda: choose("")


def _two_devices(street: Street, dice: Random) -> End:
    twin = street.twin_of(one_of(street, dice), TWIN)
    twin.power_on(street.loop)
    return twin.power_off


def _address_taken(street: Street, dice: Random) -> End:
    """Let another host use a phone's address, so that datagrams reach the two hosts in turn."""
    phone = street.phones[one_of(street, dice)]
    is_over = False

    def announce() -> None:
        if not is_over:
            if phone.address != NO_ADDRESS:
                street.cable.announce(phone.address, OTHER_HOST)
            street.loop.call_later(2 * TURN_SECONDS, announce)

    def fault(datagram: Datagram, delays: Sequence[float]) -> Sequence[float]:
        goes_elsewhere = street.loop.time() % (2 * TURN_SECONDS) < TURN_SECONDS and not datagram.mac
        return () if goes_elsewhere and datagram.destination == phone.address else delays

    def end() -> None:
        nonlocal is_over
        is_over = True
        street.cable.faults.remove(fault)

    announce()
    street.cable.faults.append(fault)
    return end


def _flash_fails(street: Street, dice: Random) -> End:
    phone = street.phones[one_of(street, dice)]
    count = dice.randint(1, 3)
    phone.writes_to_fail = count
    if phone.program is not None:
        phone.program.fail_writes(count)

    def end() -> None:
        phone.writes_to_fail = 0

    return end


def _disk_refuses(street: Street, _dice: Random) -> End:
    street.server.disk_refuses = True

    def end() -> None:
        street.server.disk_refuses = False

    return end


SERVER_FAULTS: tuple[FaultRow, ...] = (
    FaultRow("server-killed", "server", "the server is killed and started again", "a pause", _server_killed),
    FaultRow("disk-refuses", "server", "the database refuses all writes", "no DHCPACK", _disk_refuses,
             hides_registration=True),
    FaultRow("server-off", "server", "the server is off", "silence", _server_off, hides_registration=True),
    FaultRow("addresses-in-use", "server", "unknown hosts use addresses of the pool",
             "an offer comes later, with another address", _addresses_in_use),
    FaultRow("unknown-hosts", "server", "more hosts request an address than the pool has",
             "the pool is empty", _unknown_hosts),
    FaultRow("clock-step", "server", "the server's clock is set", "nothing", _clock_steps,
             verdicts=("clock-set-back",)),
)  # fmt: skip

PHONE_FAULTS: tuple[FaultRow, ...] = (
    FaultRow("power-cut", "phone", "a phone loses its power for a while", "a new boot", _power_cut),
    FaultRow("power-cut-of-all", "phone", "all phones lose their power at once", "a storm",
             _power_cut_of_all),
    FaultRow("alternate-tftp", "phone", "the phone's own menu names another TFTP server",
             "an address, then no request", _alternate_tftp, hides_registration=True,
             verdicts=("tftp-silent",)),
    FaultRow("two-devices", "phone", "a second phone has the same MAC and an address of its own",
             "requests from two addresses", _two_devices,
             verdicts=("two-devices", "file-refused")),
    FaultRow("address-taken", "phone", "another host uses a phone's address", "answers that get lost in turn",
             _address_taken,
             verdicts=("address-taken",)),
    FaultRow("flash-fails", "phone", "the next images cannot be flashed", "a reboot and a new transfer",
             _flash_fails,
             verdicts=("image-again",)),
)  # fmt: skip
