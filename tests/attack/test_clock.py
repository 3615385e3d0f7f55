"""The clock jumps by years: no other device gets a phone's address, and no phone loses its own."""

import asyncio
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.engine.dhcp.lease import Lease
from ringup.engine.dhcp.server import DhcpServer
from ringup.engine.dhcp.settings import KnownPhone
from ringup.site.model import Site, Subnet
from ringup.store.database import open_database
from ringup.store.leases import read_leases, save_leases
from ringup.wire.dhcp import MessageType
from ringup.wire.mac import with_colons
from tests.attack.altered_ringup import OFFSET
from tests.attack.dhcp_talk import TALK
from tests.attack.segment import MAC, SECRET, SITE, Segment, segment
from tests.attack.test_clones import FETCH
from tests.engine.dhcp.clients import CISCO, NOW, SETTINGS, VOICE, Client, kind_of, packed
from tests.peers.namespaces import INTERFACE
from tests.serve.dhcp.bench import request, serving

SMALL = 10.0
"""Seconds; several steps, each smaller than one second, count as drift, which moves no lease."""
YEAR, HOUR = 365 * 86_400.0, 3_600.0
STRANGER, PHONE = "0C0000000066", "10.0.0.10"

# --- with the engine, the service and the database ------------------------------------------------------

steps = st.lists(st.floats(-60 * YEAR, 60 * YEAR), min_size=1, max_size=4)


@given(steps)
def test_leases_run_by_the_time_since_boot_whatever_the_clock_does(set_by: Sequence[float]) -> None:
    asyncio.run(_lives_through(set_by))


async def _lives_through(set_by: Sequence[float]) -> None:
    async with serving() as bench:
        await bench.batch(request(CISCO, PHONE))
        granted = bench.disk.saved[-1]
        seconds, passed = granted.expires - bench.now, 0.0
        for step in set_by:
            bench.now += step + HOUR
            bench.set_by += step
            bench.look()
            passed += HOUR
            assert bench.engine.holder_of(PHONE, bench.now) == CISCO
            left = seconds - passed
            assert bench.engine.holder_of(PHONE, bench.now + left - SMALL) == CISCO
            assert bench.engine.holder_of(PHONE, bench.now + left + SMALL) == ""
        stored = bench.disk.saved[-1]
    assert stored._replace(expires=0) == granted._replace(expires=0)
    assert stored.expires == pytest.approx(granted.expires + sum(set_by), abs=SMALL)


ONLY = replace(SETTINGS, subnets=(replace(VOICE, last=VOICE.first),), phones={}, probe=True)
WAYS = {
    "selecting": lambda client: client.select(PHONE),
    "rebooting": lambda client: client.reboot(PHONE),
    "renewing": lambda client: client.renew(PHONE),
    "rebinding": lambda client: client.rebind(PHONE),
}


def restarted(tmp_path: Path, settings: object = ONLY) -> DhcpServer:
    """A server after a boot; if its clock is right, a lease in its database has ended."""
    database = open_database(str(tmp_path / "ringup.db"))
    save_leases(database, [Lease(CISCO, PHONE, NOW - 10 * YEAR)])
    server = DhcpServer(settings, read_leases(database))  # type: ignore[arg-type]
    database.dispose()
    return server


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("discovers", [False, True])
def test_after_a_boot_no_request_gets_an_earlier_leases_address_without_a_probe(
    way: str, discovers: bool, tmp_path: Path
) -> None:
    server = restarted(tmp_path)
    stranger = Client(server, mac=STRANGER)
    if discovers:  # it does not wait for the offer
        assert stranger.discover() is None
    answer = WAYS[way](stranger)
    assert answer is None or kind_of(answer) is MessageType.NAK
    assert server.who_has(PHONE) in (CISCO, "")
    assert kind_of(WAYS[way](Client(server))) is MessageType.ACK or discovers


def test_a_reserved_phone_waits_for_the_probe_too_and_keeps_its_reservation(tmp_path: Path) -> None:
    server = restarted(tmp_path, replace(ONLY, phones={STRANGER: KnownPhone("desk", PHONE)}))
    owner = Client(server, mac=STRANGER)
    assert kind_of(owner.reboot(PHONE)) is MessageType.NAK
    assert owner.discover() is None
    assert [probe.address for probe in server.take_probes()] == [PHONE]
    (offer,) = server.found_in_use(PHONE, CISCO, NOW)
    assert offer.event is not None
    assert kind_of(owner.select(PHONE)) is MessageType.ACK


def test_a_phone_that_still_has_its_address_keeps_it_after_a_boot(tmp_path: Path) -> None:
    server = restarted(tmp_path)
    assert Client(server, mac=STRANGER).discover() is None
    assert server.found_in_use(PHONE, CISCO, NOW) == []
    assert kind_of(Client(server, mac=STRANGER).select(PHONE)) is MessageType.NAK
    assert server.holder_of(PHONE, NOW) == ""
    assert kind_of(Client(server).renew(PHONE)) is MessageType.ACK
    assert server.holder_of(PHONE, NOW) == CISCO


def test_an_answer_in_the_name_of_a_phone_that_moved_ends_no_lease_of_the_phone(tmp_path: Path) -> None:
    server = restarted(tmp_path, replace(ONLY, subnets=(VOICE,)))
    phone = Client(server)
    assert kind_of(phone.renew("10.0.0.11")) is MessageType.ACK
    assert Client(server, mac=STRANGER).discover((50, packed(PHONE))) is None
    assert server.take_probes()[0].address == PHONE
    server.found_in_use(PHONE, CISCO, NOW)
    assert server.holder_of("10.0.0.11", NOW) == CISCO


def test_where_nothing_is_probed_nothing_waits_for_a_probe(tmp_path: Path) -> None:
    server = restarted(tmp_path, replace(ONLY, probe=False))
    assert kind_of(Client(server, mac=STRANGER).select(PHONE)) is MessageType.ACK


# --- in namespaces --------------------------------------------------------------------------------------

TINY = Site(
    **{
        **dict(SITE),
        "subnets": (
            Subnet(
                network=IPv4Network("10.77.0.0/16"),
                first=IPv4Address("10.77.1.1"),
                last=IPv4Address("10.77.1.1"),
                lease_seconds=3600,
            ),
        ),
    }
)
"""One address for one phone; a clock that ends the phone's lease makes it free for the next device."""
LEASED = "10.77.1.1"

TAKE = (
    TALK
    + """
mac, wanted = b"\\x00\\x16\\x46" + random.randbytes(3), b"\\x32\\4" + socket.inet_aton(sys.argv[1])
ours = b"\\x36\\4" + socket.inet_aton("10.77.0.1")
got = set()
for kind, options in ((1, wanted), (3, wanted + ours), (1, b""), (3, wanted), (1, wanted)):
    say(kind, mac, options)
    for answer in heard(1):
        if answer[28:34] == mac and answer[242] in (2, 5):
            got.add(socket.inet_ntoa(answer[16:20]))
print(*got)
"""
)
"""A script that requests an address in every way; prints what was offered or assigned."""


RENEW = (
    TALK
    + """
mac, address = bytes.fromhex(sys.argv[1]), sys.argv[2]
say(3, mac, client=address, to="10.77.0.1")
print(*{answer[242] for answer in heard(1) if answer[28:34] == mac})
"""
)
"""A script that renews a lease; prints the type of the reply, 5 for an ACK."""


@contextmanager
def on_a_clock(folder: Path) -> Iterator[tuple[Segment, Path]]:
    """A segment in which the server's clock differs from the machine's by the seconds in a file."""
    clock = folder / "clock"
    clock.write_bytes(struct.pack(OFFSET, 0.0))
    program = (sys.executable, "-m", "tests.attack.altered_ringup", str(clock), "--")
    with segment(folder, TINY, program=program) as here:
        yield here, clock


def set_clock(clock: Path, seconds: float) -> None:
    with clock.open("r+b") as opened:
        opened.write(struct.pack(OFFSET, seconds))


@pytest.mark.peers
def test_a_clock_that_jumps_by_years_gives_no_other_device_a_phones_address(tmp_path: Path) -> None:
    with on_a_clock(tmp_path) as (here, clock):
        failures = [here.boot()]
        taken = []
        for jump in (20 * YEAR, -30 * YEAR, 40 * YEAR):
            set_clock(clock, jump)
            here.logged("the clock was set by")
            taken.append(here.attack(TAKE, LEASED).strip())
            failures.append(here.boot())
        log = here.log.read_text()
    assert failures == [""] * 4
    assert taken == [""] * 3
    assert log.count("the clock was set by") == 3
    assert f"+{20 * YEAR:.1f} s" in log
    assert f"{-50 * YEAR:+.1f} s" in log


@pytest.mark.peers
@pytest.mark.parametrize("jump", [20 * YEAR, -10 * YEAR])
def test_a_clock_that_is_set_while_no_server_runs_ends_no_lease_of_this_boot(
    tmp_path: Path, jump: float
) -> None:
    with on_a_clock(tmp_path) as (here, clock):
        assert here.boot() == ""
        here.stop()
        set_clock(clock, jump)
        here.start()
        database = open_database(str(tmp_path / "ringup.db"))
        (lease,) = read_leases(database)
        database.dispose()
        here.net.run(
            "phone", ["ip", "address", "flush", "dev", INTERFACE]
        )  # so the address is not protected by a probe
        taken = here.attack(TAKE, LEASED).strip()
        here.net.run("phone", ["ip", "address", "add", f"{LEASED}/16", "dev", INTERFACE])
        fetched = here.net.run("phone", [sys.executable, "-c", FETCH]).stdout
    assert taken == ""
    assert 0 < lease.expires - time.time() - jump <= HOUR
    assert fetched.count(SECRET) == 2


@pytest.mark.peers
def test_after_a_boot_with_a_wrong_clock_a_living_phone_keeps_its_address(tmp_path: Path) -> None:
    with on_a_clock(tmp_path) as (here, clock):
        assert here.boot() == ""
        here.stop()
        set_clock(clock, 20 * YEAR)  # by its stored end, the phone's lease ended long ago
        (tmp_path / "boot").write_text("another boot")
        *command, end = here.program
        here.program = (*command, f"ringup.serve.clocks:BOOT_ID={tmp_path / 'boot'}", end)
        here.start()
        here.net.run("phone", ["ip", "link", "set", INTERFACE, "address", with_colons(MAC)])
        here.net.run("phone", ["ip", "address", "replace", f"{LEASED}/16", "dev", INTERFACE])
        assert here.attack(TAKE, LEASED).strip() == ""
        assert here.net.run("phone", [sys.executable, "-c", RENEW, MAC, LEASED]).stdout.strip() == "5"
        here.logged(f"{LEASED} not offered: {MAC} already uses it")
