"""Which message counts as another DHCP server's offer, and what it says about its TFTP server."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import BindError
from ringup.events import Event, OtherServerSeen
from ringup.serve.dhcp import other_server
from ringup.serve.dhcp.other_server import OtherServer, offer_in, refuse_beside_other_servers, tftp_server
from ringup.serve.sockets import Interface
from ringup.wire.dhcp import Message, MessageType, build
from ringup.wire.ethernet import UdpFrame, build_udp_frame

XID = 0x1234ABCD
OPTION_53 = (53, bytes((MessageType.OFFER,)))
OPTION_54 = (54, bytes((10, 0, 0, 2)))
OPTION_66 = (66, b"10.0.0.66\0")
OPTION_150 = (150, bytes((10, 0, 0, 15, 10, 0, 0, 16)))
OFFER = Message(
    op=2, xid=XID, hardware_address=bytes(6), options=(OPTION_53, OPTION_54, OPTION_66, OPTION_150)
)
FOUND = OtherServer("10.0.0.2", "10.0.0.15")


def frame(payload: bytes, **fields: Any) -> bytes:
    plain = UdpFrame("02AABBCCDDEE", "FFFFFFFFFFFF", "10.0.0.3", "255.255.255.255", 67, 68, payload)
    return build_udp_frame(plain._replace(**fields))


def test_an_offer_names_its_server_and_its_tftp_server() -> None:
    assert offer_in(frame(build(OFFER)), XID) == FOUND


def test_a_server_that_does_not_name_itself_is_known_by_its_address() -> None:
    nameless = replace(OFFER, options=(OPTION_53,))
    assert offer_in(frame(build(nameless)), XID) == OtherServer("10.0.0.3", "")


@pytest.mark.parametrize(
    "data",
    [
        frame(build(OFFER), destination_port=67),
        frame(build(replace(OFFER, xid=XID + 1))),
        frame(build(replace(OFFER, options=((53, b"\x05"), OPTION_54)))),
        frame(build(replace(OFFER, options=()))),
        frame(build(replace(OFFER, options=(OPTION_53, (54, b"\0"))))),
        frame(build(replace(OFFER, options=(OPTION_53, OPTION_54, (150, b"\0"))))),
        frame(b"not DHCP"),
        b"",
    ],
    ids=["to a server", "of another exchange", "ACK", "no type", "bad 54", "bad 150", "not DHCP", "empty"],
)
def test_what_is_no_offer_to_us_is_passed_over(data: bytes) -> None:
    assert offer_in(data, XID) is None


def test_a_checksum_is_checked_unless_the_kernel_left_it_out() -> None:
    data = bytearray(frame(build(OFFER)))
    data[14 + 20 + 6] ^= 0xFF
    assert offer_in(bytes(data), XID) is None
    assert offer_in(bytes(data), XID, check_udp=False) == FOUND


@pytest.mark.parametrize("checked", [True, False])
def test_a_truncated_frame_is_no_offer(checked: bool) -> None:
    data = frame(build(OFFER))
    for length in range(len(data)):
        assert offer_in(data[:length], XID, check_udp=checked) is None


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_no_offer(data: bytes) -> None:
    assert offer_in(data, XID, check_udp=False) is None
    assert offer_in(frame(data), XID) is None


@given(st.binary(max_size=120))
def test_arbitrary_options_never_raise(data: bytes) -> None:
    payload = build(OFFER)[:240] + bytes((53, 1, 2)) + data
    found = offer_in(frame(payload), XID)
    assert found is None or isinstance(found, OtherServer)


@pytest.mark.parametrize(
    ("options", "next_server", "expected"),
    [
        ((OPTION_66, OPTION_150), "10.0.0.9", "10.0.0.15"),
        ((OPTION_66,), "10.0.0.9", "10.0.0.66"),
        (((150, b""), OPTION_66), "10.0.0.9", "10.0.0.66"),
        (((66, b"tftp.example"),), "10.0.0.9", "tftp.example"),
        ((), "10.0.0.9", "10.0.0.9"),
        (((66, b"\0"),), "10.0.0.9", "10.0.0.9"),
        ((), "0.0.0.0", ""),
    ],
)
def test_a_phone_takes_option_150_then_66_then_siaddr(
    options: tuple[tuple[int, bytes], ...], next_server: str, expected: str
) -> None:
    assert tftp_server(Message(op=2, xid=1, next_server=next_server, options=options)) == expected


@pytest.fixture
def told() -> list[Event]:
    return []


def start_beside(answering: OtherServer | None, told: list[Event], *, allowed: bool) -> None:
    async def find(_interface: str, _mac: str, *, nodes: Collection[str]) -> OtherServer | None:
        return answering

    interface = Interface("eth0", "02AABBCCDDEE", ("10.0.0.1",))
    with patch.object(other_server, "find_other_server", find):
        asyncio.run(refuse_beside_other_servers(interface, told.append, allowed=allowed))


@pytest.mark.parametrize("allowed", [False, True])
def test_a_segment_without_another_server_is_served(told: list[Event], *, allowed: bool) -> None:
    start_beside(None, told, allowed=allowed)
    assert told == []


def test_another_server_is_told_of_and_stops_the_start(told: list[Event]) -> None:
    with pytest.raises(BindError, match=r"DHCP on eth0: another server, 10\.0\.0\.2, answers there"):
        start_beside(FOUND, told, allowed=False)
    (seen,) = told
    assert isinstance(seen, OtherServerSeen)
    assert (seen.server, seen.tftp_server) == ("10.0.0.2", "10.0.0.15")


def test_another_server_that_is_allowed_is_told_of_only(told: list[Event]) -> None:
    start_beside(FOUND, told, allowed=True)
    assert [type(event) for event in told] == [OtherServerSeen]
