"""The SNTP server replies with its clock's state, at a limited rate, and never with more bytes than it
got.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.engine.sntp import (
    BURST,
    BURST_OF_ALL,
    MOST_ADDRESSES,
    PER_SECOND_OF_ALL,
    ClockQuality,
    SntpServer,
)
from ringup.wire.sntp import LENGTH, Mode, SntpPacket, build, parse, unix_seconds

PHONE, NOW = "192.0.2.100", 1_800_000_000.25
GOOD = ClockQuality(is_synchronised=True, largest_error=0.5)
BAD = ClockQuality(is_synchronised=False, leap=1, largest_error=16.0)
REQUEST = SntpPacket(Mode.CLIENT, version=3, poll=6, transmit=0x1122334455667788)


def reply_to(request: SntpPacket, quality: ClockQuality = GOOD) -> SntpPacket:
    return parse(SntpServer().reply(build(request), PHONE, NOW, quality))


def test_a_synchronised_clock_s_time() -> None:
    reply = reply_to(REQUEST)
    assert (reply.mode, reply.version, reply.poll, reply.originate) == (Mode.SERVER, 3, 6, REQUEST.transmit)
    assert (reply.leap, reply.stratum, reply.reference_id) == (0, 10, bytes((127, 127, 1, 1)))
    assert [unix_seconds(each) for each in (reply.reference, reply.receive, reply.transmit)] == [NOW] * 3
    assert reply.root_dispersion == 0x8000


@pytest.mark.parametrize("leap", [1, 2])
def test_a_leap_second_is_announced(leap: int) -> None:
    assert reply_to(REQUEST, ClockQuality(is_synchronised=True, leap=leap)).leap == leap


def test_a_clock_that_is_not_synchronised_gives_no_time() -> None:
    reply = reply_to(REQUEST, BAD)
    assert (reply.leap, reply.stratum, reply.reference_id) == (3, 0, b"INIT")
    assert (reply.reference, reply.receive, reply.transmit) == (0, 0, 0)
    assert reply.originate == REQUEST.transmit


@pytest.mark.parametrize("mode", Mode)
def test_only_clients_and_their_kin_are_answered(mode: Mode) -> None:
    data = SntpServer().reply(build(SntpPacket(mode)), PHONE, NOW, GOOD)
    answered = {Mode.CLIENT: Mode.SERVER, Mode.SYMMETRIC_ACTIVE: Mode.SYMMETRIC_PASSIVE}
    assert (parse(data).mode if data else None) is answered.get(mode)


@pytest.mark.parametrize("version", range(8))
def test_versions_1_to_4_are_answered_in_kind(version: int) -> None:
    data = SntpServer().reply(build(SntpPacket(Mode.CLIENT, version)), PHONE, NOW, GOOD)
    assert (parse(data).version if data else None) == (version if 1 <= version <= 4 else None)


@given(st.binary(max_size=200))
def test_no_reply_is_longer_than_its_request(data: bytes) -> None:
    assert len(SntpServer().reply(data, PHONE, NOW, GOOD)) in {0, min(len(data), LENGTH)}


def test_no_reply_is_answered_by_another_server() -> None:
    other = SntpServer()
    for mode in Mode:
        reply = SntpServer().reply(build(SntpPacket(mode)), PHONE, NOW, GOOD)
        assert other.reply(reply, PHONE, NOW, GOOD) == b""


def answered(server: SntpServer, addresses: list[str], at: float) -> int:
    return sum(bool(server.reply(build(REQUEST), address, at, GOOD)) for address in addresses)


def test_one_address_has_a_burst_and_then_one_reply_per_second() -> None:
    server = SntpServer()
    assert answered(server, [PHONE] * 100, NOW) == BURST
    assert answered(server, [PHONE] * 100, NOW + 3) == 3
    assert answered(server, ["192.0.2.101"], NOW + 3) == 1  # each client has its own rate


def test_all_addresses_together_have_a_rate() -> None:
    server = SntpServer()
    crowd = [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(BURST_OF_ALL + 2_000)]
    assert answered(server, crowd, NOW) == BURST_OF_ALL
    assert answered(server, crowd, NOW + 1) == PER_SECOND_OF_ALL


def test_a_crowd_of_invented_addresses_takes_the_time_from_no_phone() -> None:
    server = SntpServer({PHONE}.__contains__)
    crowd = [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(BURST_OF_ALL + 2_000)]
    assert answered(server, crowd, NOW) == BURST_OF_ALL
    assert answered(server, [PHONE, *crowd], NOW) == 1
    assert answered(server, [PHONE] * 100, NOW) == BURST - 1


def test_the_memory_of_addresses_is_bounded() -> None:
    server = SntpServer()
    answered(server, [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(MOST_ADDRESSES + 100)], NOW)
    assert len(server._addresses) == MOST_ADDRESSES
