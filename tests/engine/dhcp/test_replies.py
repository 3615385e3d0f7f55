"""The contents of a reply, and the address to which it is sent."""

from dataclasses import replace
from typing import Any

import pytest

from ringup.engine.dhcp import replies as dhcp_replies
from ringup.engine.dhcp.route import Delivery, Route
from ringup.engine.dhcp.settings import KnownPhone
from ringup.wire.dhcp import BROADCAST_FLAG, MessageType
from tests.engine.dhcp.clients import (
    ASKED,
    CISCO,
    DAY,
    KNOWN,
    LAPTOP,
    SERVER,
    SETTINGS,
    TO_US,
    VOICE,
    Client,
    a_server,
    kind_of,
    packed,
    said,
)

TIMES = {51: DAY, 58: DAY // 2, 59: DAY * 7 // 8}
PHONE_OPTIONS = {
    1: "255.255.255.0",
    66: SERVER,
    6: ("10.0.0.3", "10.0.0.4"),
    3: ("10.0.0.254",),
    15: "voice.example",
    150: (SERVER,),
    35: 600,
}


def test_a_phone_is_told_what_it_asked_for_in_its_order_and_the_rest_behind_it() -> None:
    expected = {
        53: MessageType.OFFER, 54: SERVER, **TIMES, **PHONE_OPTIONS, 12: f"SEP{CISCO}", 42: (SERVER,)
    }  # fmt: skip
    assert list(said(Client(a_server()).discover()).items()) == list(expected.items())


@pytest.mark.parametrize("asked", [None, b"\x01", bytes((1, 3, 6, 15))])
def test_a_cisco_phone_is_always_told_its_tftp_server_in_all_three_places(asked: bytes | None) -> None:
    """P-DHCP-15: old SCCP loads read option 150, SIP loads option 66, and some loads siaddr."""
    reply = Client(a_server(tftp_servers=("10.0.0.7", "10.0.0.8")), asked=asked).discover()
    assert reply is not None
    assert said(reply)[150] == ("10.0.0.7", "10.0.0.8")
    assert reply.message.option(66) == b"10.0.0.7"
    assert reply.message.next_server == "10.0.0.7"


def test_a_phone_of_the_site_is_told_its_tftp_server_whatever_it_calls_itself() -> None:
    client = Client(a_server(), mac=KNOWN, vendor_class=None, asked=b"\x01")
    assert said(client.discover()).items() >= {66: SERVER, 150: (SERVER,)}.items()


def test_who_is_no_cisco_phone_is_told_what_it_asks_for_and_no_more() -> None:
    client = Client(a_server(serve_all=True), mac=LAPTOP, vendor_class=None, asked=bytes((3, 1, 12, 99, 1)))
    assert list(said(client.discover())) == [53, 54, 51, 58, 59, 3, 1]


def test_who_asks_for_nothing_is_told_everything() -> None:
    client = Client(a_server(serve_all=True), mac=LAPTOP, vendor_class=None, asked=None)
    assert said(client.discover()).keys() == {53, 54, *TIMES, *PHONE_OPTIONS, 42}


def test_a_phone_of_the_site_is_called_by_its_name() -> None:
    assert said(Client(a_server(), mac=KNOWN).discover())[12] == "reception"


def test_a_stranger_is_given_no_name() -> None:
    client = Client(a_server(serve_all=True), mac=LAPTOP, vendor_class=None, asked=b"\x0c")
    assert 12 not in said(client.discover())


def test_a_phone_of_the_site_without_a_name_is_called_as_cisco_does() -> None:
    client = Client(a_server(phones={LAPTOP: KnownPhone()}), mac=LAPTOP, vendor_class=None)
    assert said(client.discover())[12] == f"SEP{LAPTOP}"


def test_what_the_site_leaves_open_is_left_out() -> None:
    bare = replace(VOICE, router="", dns=(), domain="")
    reply = Client(a_server(subnets=(bare,), ntp_servers=())).discover()
    assert said(reply).keys().isdisjoint({3, 6, 15, 42})


def test_text_that_does_not_fit_the_wire_is_marked_not_fatal() -> None:
    server = a_server(subnets=(replace(VOICE, domain="köln.example"),), phones={KNOWN: KnownPhone("empfäng")})
    options = said(Client(server, mac=KNOWN).discover())
    assert (options[15], options[12]) == ("k?ln.example", "empf?ng")


@pytest.mark.parametrize(("wanted", "given"), [(None, DAY), (0, DAY), (1, 60), (900, 900), (0xFFFFFFFF, DAY)])
def test_a_shorter_lease_is_given_if_it_is_asked_for(wanted: int | None, given: int) -> None:
    extra = () if wanted is None else ((51, wanted.to_bytes(4, "big")),)
    client = Client(a_server())
    assert said(client.discover(*extra))[51] == given
    options = said(client.select("10.0.0.10", *extra))
    assert (options[51], options[58], options[59]) == (given, given // 2, given * 7 // 8)
    assert [lease.expires for lease in client.server.take_lease_changes()] == [client.now + given]


def test_client_identifier_and_relay_information_go_back_as_they_came() -> None:
    """RFC 6842; RFC 3046 requires the relay's option to be the last one."""
    extra = ((82, b"\x01\x04port"), (61, b"\x01abcdef"))
    for reply in (
        Client(a_server(), relay="10.9.0.254", arrival=TO_US).discover(*extra),
        Client(a_server(), relay="10.9.0.254", arrival=TO_US).select("10.9.0.99", *extra),
    ):
        assert reply is not None
        assert reply.message.options[-2:] == ((61, b"\x01abcdef"), (82, b"\x01\x04port"))


def test_a_nak_names_only_the_server_and_the_reason() -> None:
    reply = Client(a_server()).reboot("192.0.2.9")
    assert reply is not None
    assert said(reply) == {53: MessageType.NAK, 54: SERVER, 56: "the address is of another network"}
    assert reply.interface == "eth0"
    message = reply.message
    assert {message.your_address, message.client_address, message.next_server} == {"0.0.0.0"}


def test_a_reply_repeats_what_identifies_the_exchange() -> None:
    client = Client(a_server())
    asked = client.message(MessageType.DISCOVER, secs=9, hops=2)
    reply = client.send(asked)
    assert reply is not None
    message = reply.message
    assert (message.op, message.secs, message.hops) == (2, 0, 0)
    assert (message.xid, message.flags) == (asked.xid, asked.flags)
    assert message.hardware_address == asked.hardware_address


# --- routes (RFC 2131 §4.1) -------------------------------------------------------------------------

TO_EVERYBODY = Route(Delivery.BROADCAST, "255.255.255.255", 68)
OFFER, ACK, NAK = MessageType.OFFER, MessageType.ACK, MessageType.NAK
TO_RELAY = Route(Delivery.RELAY, "10.9.0.254", 67)

TO_BRANCH_RELAY = Route(Delivery.RELAY, "10.9.0.254", 67)
TO_ITSELF = Route(Delivery.UNICAST, "10.0.0.10", 68)
TO_ITS_HARDWARE = Route(Delivery.HARDWARE, "10.0.0.10", 68, CISCO)

SELECTING = ((50, packed("10.0.0.10")), (54, packed(SERVER)))
REBOOTING = ((50, packed("10.0.0.10")),)
WRONG = ((50, packed("192.0.2.9")),)
BROADCAST, UNICAST = BROADCAST_FLAG, 0
NOBODY = "0.0.0.0"

# RFC 2131 §4.1 and §4.3.2, with tables 3 to 5: what a client sends in each state, and the reply to it.
# message, options, ciaddr, giaddr, flag → reply, its destination, its yiaddr, its ciaddr, whether it has
# times
TABLE: list[tuple[str, Any, str, str, int, MessageType | None, Route | None, str, str, bool]] = [
    ("DISCOVER", (), NOBODY, NOBODY, BROADCAST, OFFER, TO_EVERYBODY, "10.0.0.10", NOBODY, True),
    ("DISCOVER", (), NOBODY, NOBODY, UNICAST, OFFER, TO_ITS_HARDWARE, "10.0.0.10", NOBODY, True),
    ("DISCOVER", (), NOBODY, "10.9.0.254", UNICAST, OFFER, TO_BRANCH_RELAY, "10.9.0.10", NOBODY, True),
    ("DISCOVER", (), NOBODY, "10.9.0.254", BROADCAST, OFFER, TO_BRANCH_RELAY, "10.9.0.10", NOBODY, True),
    ("REQUEST", SELECTING, NOBODY, NOBODY, BROADCAST, ACK, TO_EVERYBODY, "10.0.0.10", NOBODY, True),
    ("REQUEST", SELECTING, NOBODY, NOBODY, UNICAST, ACK, TO_ITS_HARDWARE, "10.0.0.10", NOBODY, True),
    ("REQUEST", SELECTING, NOBODY, "10.9.0.254", UNICAST, NAK, TO_BRANCH_RELAY, NOBODY, NOBODY, False),
    ("REQUEST", REBOOTING, NOBODY, NOBODY, BROADCAST, ACK, TO_EVERYBODY, "10.0.0.10", NOBODY, True),
    ("REQUEST", REBOOTING, NOBODY, NOBODY, UNICAST, ACK, TO_ITS_HARDWARE, "10.0.0.10", NOBODY, True),
    ("REQUEST", WRONG, NOBODY, NOBODY, UNICAST, NAK, TO_EVERYBODY, NOBODY, NOBODY, False),
    ("REQUEST", WRONG, NOBODY, NOBODY, BROADCAST, NAK, TO_EVERYBODY, NOBODY, NOBODY, False),
    ("REQUEST", WRONG, NOBODY, "10.9.0.254", UNICAST, NAK, TO_BRANCH_RELAY, NOBODY, NOBODY, False),
    ("REQUEST", (), "10.0.0.10", NOBODY, UNICAST, ACK, TO_ITSELF, "10.0.0.10", "10.0.0.10", True),
    ("REQUEST", (), "10.0.0.10", NOBODY, BROADCAST, ACK, TO_ITSELF, "10.0.0.10", "10.0.0.10", True),
    ("DECLINE", SELECTING, NOBODY, NOBODY, BROADCAST, None, None, "", "", False),
    ("RELEASE", ((54, packed(SERVER)),), "10.0.0.10", NOBODY, UNICAST, None, None, "", "", False),
    ("INFORM", (), "10.0.0.77", NOBODY, UNICAST, ACK, Route(Delivery.UNICAST, "10.0.0.77", 68), NOBODY,
     "10.0.0.77", False),
    ("INFORM", (), "10.9.0.77", "10.9.0.254", UNICAST, ACK, TO_BRANCH_RELAY, NOBODY, "10.9.0.77", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "options", "ciaddr", "giaddr", "flags", "reply", "route", "yiaddr", "back", "times"), TABLE
)
def test_every_state_of_a_client_is_answered_as_rfc_2131_says(
    kind: str, options: Any, ciaddr: str, giaddr: str, flags: int, reply: MessageType | None,
    route: Route | None, yiaddr: str, back: str, times: bool,
) -> None:  # fmt: skip
    server = a_server()
    Client(server).boot()  # the client already has 10.0.0.10
    client = Client(server, flags=flags, relay=giaddr)
    heard = client.send(client.message(MessageType[kind], *options, ciaddr=ciaddr))
    assert kind_of(heard) is reply
    if heard:
        message = heard.message
        assert heard.route == route
        assert (message.your_address, message.client_address) == (yiaddr, back)
        assert (message.relay_address, message.xid) == (giaddr, 0x84C060A6)
        assert ({51, 58, 59} <= said(heard).keys()) == times
        assert heard.needs_disk == (reply is ACK and times)


def test_an_address_that_the_client_claims_to_have_is_not_sent_to_unless_it_is_the_one_given() -> None:
    client = Client(a_server(), flags=0)
    heard = client.send(client.message(MessageType.DISCOVER, ciaddr="192.0.2.9"))
    assert heard is not None
    assert heard.route == TO_ITS_HARDWARE


def test_a_nak_is_broadcast_even_to_who_wants_unicast() -> None:
    reply = Client(a_server(), flags=0).reboot("192.0.2.9")
    assert reply is not None
    assert (reply.route, reply.message.flags) == (TO_EVERYBODY, 0)


def test_a_nak_through_a_relay_has_the_broadcast_flag() -> None:
    reply = Client(a_server(), flags=0, relay="10.9.0.254", arrival=TO_US).reboot("192.0.2.9")
    assert reply is not None
    assert (reply.route, reply.message.flags) == (TO_RELAY, BROADCAST_FLAG)


def test_a_reply_leaves_from_the_address_that_was_asked() -> None:
    client = Client(a_server(SETTINGS), asked=ASKED, arrival=replace(TO_US, addresses=("10.3.0.1", SERVER)))
    reply = client.renew("10.0.0.11")
    assert reply is not None
    assert (reply.source, reply.interface, said(reply)[54]) == ("10.3.0.1", "eth0", "10.3.0.1")


def test_lists_of_wishes_are_forgotten_before_they_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dhcp_replies, "MOST_LAYOUTS", 2)
    server = a_server()
    for asked in (b"\x01", b"\x03", b"\x06", b"\x01"):
        assert next(iter(list(said(Client(server, asked=asked).discover()))[5:])) == asked[0]
    assert len(server._state.subnets.all_replies[0]._layouts) == 2
