"""Faults of the server's machine, of unknown hosts, and of the phones themselves."""

from ipaddress import IPv4Address
from random import Random

from ringup.emulator.boot.dhcp import DhcpClient
from ringup.emulator.frames import DhcpFrames
from ringup.street.faults.row import End, FaultRow, nothing, one_of
from ringup.street.phone_host import PhoneFrames
from ringup.street.street import Street

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
    """Let many hosts that are not in the site take addresses, like guests in a meeting."""
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
    FaultRow("flash-fails", "phone", "the next images cannot be flashed", "a reboot and a new transfer",
             _flash_fails,
             verdicts=("image-again",)),
)  # fmt: skip
