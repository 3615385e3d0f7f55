"""The phone's DHCP client (P-DHCP-1 to P-DHCP-13; RFC 2131 §4.4)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator.boot.dhcp import DhcpClient, HeldLease, choose_tftp_server, lease_of
from ringup.wire.dhcp import BROADCAST_FLAG, Message, MessageType, build, parse

MAC = "000E84C060A6"
SERVER = bytes((192, 0, 2, 1))


def option(message: Message, code: int) -> bytes | None:
    return dict(message.options).get(code)


def reply(
    kind: MessageType, *options: tuple[int, bytes], xid: int = 0x84C060A6, address: str = "192.0.2.50"
) -> Message:
    return Message(
        op=2,
        xid=xid,
        your_address=address,
        hardware_address=bytes.fromhex(MAC),
        options=((53, bytes([kind])), (54, SERVER), *options),
    )


LEASE_OPTIONS = (
    (51, (3600).to_bytes(4, "big")),
    (1, bytes((255, 255, 255, 0))),
    (3, SERVER),
    (15, b"example.org"),
    (66, b"192.0.2.7"),
)


def bound_client() -> DhcpClient:
    client = DhcpClient(MAC, "7960")
    client.start(0.0)
    client.receive(reply(MessageType.OFFER), 0.1)
    client.receive(reply(MessageType.ACK, *LEASE_OPTIONS), 0.2)
    return client


def test_the_discover_is_what_the_captures_and_tables_show() -> None:
    (sent,) = DhcpClient(MAC, "7960").start(0.0)
    message = sent.message
    assert sent.destination == ""
    assert message.xid == 0x84C060A6
    assert message.flags == BROADCAST_FLAG
    assert message.hardware_address == bytes.fromhex(MAC)
    assert option(message, 53) == b"\1"
    assert option(message, 60) == b"Cisco Systems, Inc. IP Phone CP-7960G\0"
    assert option(message, 55) == bytes((1, 66, 6, 3, 15, 150, 35))
    assert parse(build(message)) == message


def test_a_7940_calls_itself_one() -> None:
    (sent,) = DhcpClient(MAC, "7940").start(0.0)
    assert option(sent.message, 60) == b"Cisco Systems, Inc. IP Phone CP-7940G\0"


def test_an_offer_is_requested_by_broadcast_with_its_server() -> None:
    client = DhcpClient(MAC, "7960")
    client.start(0.0)
    (sent,) = client.receive(reply(MessageType.OFFER), 0.1)
    assert sent.destination == ""
    assert option(sent.message, 53) == b"\3"
    assert option(sent.message, 50) == bytes((192, 0, 2, 50))
    assert option(sent.message, 54) == SERVER
    assert sent.message.flags == BROADCAST_FLAG
    assert sent.message.client_address == "0.0.0.0"


def test_an_ack_without_option_150_is_enough() -> None:
    client = bound_client()
    assert client.lease == HeldLease(
        "192.0.2.50", "255.255.255.0", "192.0.2.1", "192.0.2.1", "192.0.2.7", "option 66", "example.org",
        1800, 3150, 3600,
    )  # fmt: skip


def test_the_old_address_is_asked_for_without_a_server_and_without_ciaddr() -> None:
    (sent,) = DhcpClient(MAC, "7960", "192.0.2.50").start(0.0)
    message = sent.message
    assert sent.destination == ""
    assert option(message, 53) == b"\3"
    assert option(message, 50) == bytes((192, 0, 2, 50))
    assert option(message, 54) is None
    assert message.client_address == "0.0.0.0"
    assert message.flags == BROADCAST_FLAG


def test_the_old_address_is_asked_for_at_0_4_12_and_28_s_and_a_discover_follows_at_60() -> None:
    client = DhcpClient(MAC, "7960", "192.0.2.50")
    sent = [(0.0, option(each.message, 53)) for each in client.start(0.0)]
    for _ in range(4):
        assert client.wake_at is not None
        now = client.wake_at
        sent += [(now, option(each.message, 53)) for each in client.wake(now)]
    assert sent == [(0, b"\3"), (4, b"\3"), (12, b"\3"), (28, b"\3"), (60, b"\1")]
    assert client.repeated == 3


def test_an_ack_gives_the_old_address_at_once() -> None:
    client = DhcpClient(MAC, "7960", "192.0.2.50")
    client.start(0.0)
    assert client.receive(reply(MessageType.ACK, *LEASE_OPTIONS), 0.1) == []
    assert client.lease is not None
    assert client.lease.address == "192.0.2.50"


def test_a_nak_to_the_old_address_is_followed_by_discover_at_once() -> None:
    client = DhcpClient(MAC, "7960", "192.0.2.50")
    client.start(0.0)
    (sent,) = client.receive(reply(MessageType.NAK), 0.1)
    assert option(sent.message, 53) == b"\1"
    assert client.is_refused
    assert not client.is_lost


def test_an_offer_to_a_phone_that_asks_for_its_old_address_is_dropped() -> None:
    client = DhcpClient(MAC, "7960", "192.0.2.50")
    client.start(0.0)
    assert client.receive(reply(MessageType.OFFER), 0.1) == []


def test_an_unanswered_discover_is_repeated_for_ever() -> None:
    client = DhcpClient(MAC, "7960")
    client.start(0.0)
    times = []
    for _ in range(7):
        assert client.wake_at is not None
        times.append(client.wake_at)
        (sent,) = client.wake(client.wake_at)
        assert option(sent.message, 53) == b"\1"
    assert times == [4, 12, 28, 60, 124, 188, 252]
    assert sent.message.secs == 252


def test_an_unanswered_request_leads_back_to_discover() -> None:
    client = DhcpClient(MAC, "7960")
    client.start(0.0)
    client.receive(reply(MessageType.OFFER), 0.0)
    kinds = []
    for _ in range(4):
        assert client.wake_at is not None
        kinds += [option(sent.message, 53) for sent in client.wake(client.wake_at)]
    assert kinds == [b"\3", b"\3", b"\3", b"\1"]


def test_a_nak_to_an_offered_address_leads_back_to_discover_after_a_pause() -> None:
    client = DhcpClient(MAC, "7960", nak_pause=3.0)
    client.start(0.0)
    client.receive(reply(MessageType.OFFER), 0.0)
    assert client.receive(reply(MessageType.NAK), 0.5) == []
    assert client.wake_at == 3.5
    (sent,) = client.wake(3.5)
    assert option(sent.message, 53) == b"\1"
    assert not client.is_lost


@pytest.mark.parametrize(
    "stranger",
    [
        reply(MessageType.OFFER, xid=1),
        replace(reply(MessageType.OFFER), hardware_address=bytes(6)),
        replace(reply(MessageType.OFFER), op=1),
        replace(reply(MessageType.OFFER), options=((53, b"\2"),)),
        reply(MessageType.ACK, *LEASE_OPTIONS),
    ],
)
def test_messages_for_others_and_out_of_turn_are_dropped(stranger: Message) -> None:
    client = DhcpClient(MAC, "7960")
    client.start(0.0)
    assert client.receive(stranger, 0.1) == []
    assert client.lease is None


def test_an_ack_without_an_address_is_no_lease() -> None:
    client = DhcpClient(MAC, "7960")
    client.start(0.0)
    client.receive(reply(MessageType.OFFER), 0.1)
    client.receive(reply(MessageType.ACK, address="0.0.0.0"), 0.2)
    assert client.lease is None


def test_the_lease_is_renewed_by_unicast_at_half_its_time() -> None:
    client = bound_client()
    assert client.wake_at == pytest.approx(1800.2)
    (sent,) = client.wake(1800.2)
    assert sent.destination == "192.0.2.1"
    assert sent.message.client_address == "192.0.2.50"
    assert option(sent.message, 50) is None
    assert option(sent.message, 54) is None
    client.receive(reply(MessageType.ACK, *LEASE_OPTIONS), 1801.0)
    assert client.wake_at == pytest.approx(3601.0)


def test_a_server_that_is_gone_is_asked_until_the_lease_is_lost() -> None:
    client = bound_client()
    destinations = []
    while not client.is_lost:
        assert client.wake_at is not None
        assert client.wake_at <= 3600.2
        destinations += [sent.destination for sent in client.wake(client.wake_at)]
    renewals = destinations.index("")
    assert 3 <= renewals <= 10
    assert set(destinations[renewals:]) == {""}
    assert client.lease is None


def test_a_nak_to_a_renewal_loses_the_lease() -> None:
    client = bound_client()
    client.wake(1800.2)
    client.receive(reply(MessageType.NAK), 1800.3)
    assert client.is_lost


def test_an_endless_lease_is_never_renewed() -> None:
    client = DhcpClient(MAC, "7960")
    client.start(0.0)
    client.receive(reply(MessageType.OFFER), 0.1)
    client.receive(reply(MessageType.ACK, (51, b"\xff" * 4)), 0.2)
    assert client.lease is not None
    assert client.wake_at is None
    assert client.wake(1e9) == []


@pytest.mark.parametrize(
    ("options", "next_server", "chosen"),
    [
        (
            ((150, bytes((192, 0, 2, 2, 192, 0, 2, 3))), (66, b"192.0.2.4")),
            "192.0.2.5",
            ("192.0.2.2", "option 150"),
        ),
        (((66, b"192.0.2.4"),), "192.0.2.5", ("192.0.2.4", "option 66")),
        (((66, b"192.0.2.4\0"),), "192.0.2.5", ("192.0.2.4", "option 66")),
        (((150, b"\1\2\3"), (66, b"tftp.example.org")), "192.0.2.5", ("192.0.2.5", "siaddr")),
        (((66, b"300.0.2.4"),), "0.0.0.0", ("192.0.2.1", "dhcp server")),
        ((), "0.0.0.0", ("192.0.2.1", "dhcp server")),
    ],
)
def test_the_tftp_server_is_150_then_66_then_siaddr_then_the_dhcp_server(
    options: tuple[tuple[int, bytes], ...], next_server: str, chosen: tuple[str, str]
) -> None:
    message = replace(reply(MessageType.ACK, *options), next_server=next_server)
    assert choose_tftp_server(message, "192.0.2.1") == chosen


@given(st.lists(st.tuples(st.integers(1, 254).filter(lambda code: code != 52), st.binary(max_size=20))))
def test_any_options_give_a_lease(options: list[tuple[int, bytes]]) -> None:
    message = Message(op=2, xid=1, your_address="192.0.2.50", options=tuple(options))
    assert lease_of(message, "192.0.2.1") is not None
