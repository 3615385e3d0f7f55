"""The server's fast code for reading a message and writing a reply, compared with the complete code."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.dhcp import Message, build, join_options, parse
from ringup.wire.dhcp_request import build_reply, parse_request, sender_of
from ringup.wire.ipv4 import dotted
from tests.wire.test_dhcp import messages

PHONE = Message(op=1, xid=7, hardware_address=bytes.fromhex("001646c0ffee"), options=((53, b"\x01"),))


@given(messages)
def test_it_reads_what_the_other_reads(message: Message) -> None:
    data = build(message)
    request = parse_request(data)
    assert (request.op, request.hardware_type) == (message.op, message.hardware_type)
    assert (request.xid, request.flags) == (message.xid.to_bytes(4, "big"), message.flags)
    assert dotted(request.client_address) == message.client_address
    assert dotted(request.relay_address) == message.relay_address
    assert request.hardware_address == message.hardware_address
    assert tuple(request.options.items()) == message.options


@given(st.binary(max_size=400) | messages.map(build).flatmap(lambda data: st.integers(0, 239).map(
    lambda at: data[:at] + b"\xff" + data[at + 1 :])))  # fmt: skip
def test_it_refuses_what_the_other_refuses_for_the_same_reason(data: bytes) -> None:
    said = []
    for read in (parse, parse_request):
        try:
            read(data)
            said.append("")
        except WireError as error:
            said.append(str(error))
    assert said[0] == said[1]


def test_a_hardware_address_longer_than_its_field_is_refused() -> None:
    data = build(PHONE)
    with pytest.raises(WireError, match="claims 17 bytes"):
        parse_request(data[:2] + b"\x11" + data[3:])


def test_a_message_without_the_cookie_is_refused() -> None:
    with pytest.raises(WireError, match="magic cookie"):
        parse_request(build(PHONE)[:236] + bytes(4))


def test_a_reply_is_what_the_other_way_builds() -> None:
    asked = parse_request(build(replace(PHONE, relay_address="10.9.0.254", secs=4, hops=1, flags=0x8000)))
    told = ((53, b"\x02"), (54, bytes((10, 0, 0, 1))), (15, b"voice"))
    reply = build_reply(
        asked, join_options(told), flags=0x8000, client_address=bytes((10, 0, 0, 8)),
        your_address=bytes((10, 0, 0, 9)), next_server=bytes((10, 0, 0, 1)),
    )  # fmt: skip
    assert parse(reply) == Message(
        op=2, xid=7, flags=0x8000, client_address="10.0.0.8", your_address="10.0.0.9", next_server="10.0.0.1",
        relay_address="10.9.0.254", hardware_address=PHONE.hardware_address, options=told,
    )  # fmt: skip
    assert reply == build(parse(reply))


def test_the_sender_is_told_as_soon_as_its_address_is_whole() -> None:
    data = build(PHONE)
    assert [sender_of(data[:length]) for length in (33, 34)] == [b"", PHONE.hardware_address]


@pytest.mark.parametrize(
    "message", [replace(PHONE, hardware_type=6), replace(PHONE, hardware_address=bytes(16))]
)
def test_a_sender_that_is_no_ethernet_address_is_none(message: Message) -> None:
    assert sender_of(build(message)) == b""
