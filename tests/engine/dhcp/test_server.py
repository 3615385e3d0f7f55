"""The server's side of RFC 2131 §4.3, message by message."""

from dataclasses import replace

import pytest

from ringup.engine.dhcp import subnets
from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.engine.dhcp.leases import OFFER_SECONDS
from ringup.engine.dhcp.route import Arrival, Delivery
from ringup.engine.dhcp.settings import DhcpSettings, KnownPhone
from ringup.engine.dhcp.state import MOST_REPEATS, REPEAT_SECONDS
from ringup.events import (
    AddressDeclined,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    AddressReleased,
    DhcpIgnored,
    DiscoverReceived,
    InformReceived,
    OtherServerChosen,
    PoolEmpty,
)
from ringup.wire.dhcp import Message, MessageType, build
from tests.engine.dhcp.clients import (
    BRANCH,
    CISCO,
    DAY,
    KNOWN,
    LAPTOP,
    NOW,
    SERVER,
    SETTINGS,
    TO_US,
    VOICE,
    Client,
    a_server,
    kind_of,
    said,
)


def only_event(client: Client) -> object:
    (event,) = client.events
    return event


# --- DISCOVER ---------------------------------------------------------------------------------------


def test_a_discover_is_offered_an_address_and_where_the_files_are() -> None:
    client = Client(a_server())
    reply = client.discover()
    assert kind_of(reply) is MessageType.OFFER
    assert reply is not None
    assert (reply.message.your_address, reply.message.next_server) == ("10.0.0.10", SERVER)
    assert only_event(client) == AddressOffered(
        NOW, CISCO, "10.0.0.10", SERVER, "Cisco Systems, Inc. IP Phone CP-7960G", "eth0"
    )


def test_an_offer_alone_needs_nothing_on_disk() -> None:
    client = Client(a_server())
    client.discover()
    assert client.server.take_lease_changes() == []
    assert [lease.state for lease in client.server.leases()] == [LeaseState.OFFERED]


def test_a_phone_with_a_reservation_is_offered_it() -> None:
    reply = Client(a_server(), mac=KNOWN).discover()
    assert reply is not None
    assert reply.message.your_address == "10.0.0.50"


def test_the_address_a_phone_asks_for_is_offered_if_it_is_free() -> None:
    reply = Client(a_server()).discover((50, bytes((10, 0, 0, 12))))
    assert reply is not None
    assert reply.message.your_address == "10.0.0.12"


def test_nothing_is_offered_when_the_pool_is_empty() -> None:
    server = a_server()
    for mac in ("0C0000000001", "0C0000000002", "0C0000000003"):
        Client(server, mac=mac).boot()
    client = Client(server)
    assert client.discover() is None
    assert client.events == [
        DiscoverReceived(NOW, CISCO, "Cisco Systems, Inc. IP Phone CP-7960G", "eth0"),
        PoolEmpty(NOW, CISCO, "10.0.0.0/24"),
    ]


def test_the_servers_own_addresses_are_never_given() -> None:
    server = a_server(
        own_addresses=(SERVER, "10.0.0.10"), tftp_servers=("10.0.0.11",), ntp_servers=("10.0.0.12",)
    )
    assert Client(server).discover() is None


def test_a_reservation_of_the_servers_own_address_does_not_count() -> None:
    reply = Client(a_server(phones={KNOWN: KnownPhone("desk", SERVER)}), mac=KNOWN).discover()
    assert reply is not None
    assert reply.message.your_address == "10.0.0.10"


def test_the_router_and_the_dns_servers_are_never_given() -> None:
    subnet = replace(VOICE, router="10.0.0.10", dns=("10.0.0.11",))
    reply = Client(a_server(subnets=(subnet,))).discover()
    assert reply is not None
    assert reply.message.your_address == "10.0.0.12"


# --- REQUEST, SELECTING -----------------------------------------------------------------------------


def test_a_phone_that_takes_our_offer_gets_its_lease_and_it_must_be_on_disk() -> None:
    client = Client(a_server())
    client.discover()
    reply = client.select("10.0.0.10", (61, b"\x01abc"))
    assert kind_of(reply) is MessageType.ACK
    assert only_event(client) == AddressLeased(NOW, CISCO, "10.0.0.10", DAY)
    assert client.server.take_lease_changes() == [
        Lease(CISCO, "10.0.0.10", NOW + DAY, client_id="01616263", host_name=f"SEP{CISCO}")
    ]
    assert client.server.who_has("10.0.0.10") == CISCO
    assert client.server.holder_of("10.0.0.10", NOW) == CISCO


def test_a_repeated_request_is_acknowledged_and_saved_again() -> None:
    """The first ACK may have been lost, or held back because the disk was full."""
    client = Client(a_server())
    address = client.boot()
    client.server.take_lease_changes()
    assert kind_of(client.select(address)) is MessageType.ACK
    assert len(client.server.take_lease_changes()) == 1


def test_a_request_for_an_offer_that_a_restart_forgot_is_acknowledged() -> None:
    assert kind_of(Client(a_server()).select("10.0.0.11")) is MessageType.ACK


def test_a_request_for_an_address_that_another_took_meanwhile_is_refused() -> None:
    server = a_server(subnets=(replace(VOICE, last=VOICE.first),))
    slow, quick = Client(server), Client(server, mac=KNOWN[::-1], now=NOW + OFFER_SECONDS)
    slow.discover()
    assert quick.boot() == "10.0.0.10"
    slow.now = NOW + OFFER_SECONDS + 1
    reply = slow.select("10.0.0.10")
    assert kind_of(reply) is MessageType.NAK
    assert only_event(slow) == AddressRefused(slow.now, CISCO, "10.0.0.10", "another phone has it")
    assert server.who_has("10.0.0.10") == quick.mac


@pytest.mark.parametrize("address", ["10.0.0.50", "10.0.0.99", "10.9.0.10", "192.0.2.1", SERVER])
def test_a_request_for_an_address_we_would_not_give_is_refused(address: str) -> None:
    assert kind_of(Client(a_server()).select(address)) is MessageType.NAK


def test_a_request_that_takes_another_servers_offer_is_noted_and_frees_ours() -> None:
    server = a_server(subnets=(replace(VOICE, last=VOICE.first),))
    client = Client(server)
    client.discover()
    assert client.select("10.0.0.77", server="10.0.0.66") is None
    assert only_event(client) == OtherServerChosen(NOW, CISCO, "10.0.0.66")
    assert Client(server, mac=KNOWN[::-1]).boot() == "10.0.0.10"


def test_another_servers_choice_is_noted_on_a_network_that_we_do_not_serve() -> None:
    client = Client(a_server(), arrival=Arrival("eth1", ("192.0.2.1",)))
    assert client.select("192.0.2.9", server="192.0.2.66") is None
    assert only_event(client) == OtherServerChosen(NOW, CISCO, "192.0.2.66")


def test_our_other_addresses_are_us_too() -> None:
    client = Client(a_server(own_addresses=(SERVER, "10.3.0.1")))
    assert kind_of(client.select("10.0.0.10", server="10.3.0.1")) is MessageType.ACK


def test_a_request_that_names_no_address_gets_no_answer() -> None:
    for extra in ((54, bytes((10, 0, 0, 1))), (12, b"phone")):
        client = Client(a_server())
        assert client.send(client.message(MessageType.REQUEST, extra)) is None
        assert client.server.take_lease_changes() == []
        assert client.events == [DhcpIgnored(NOW, CISCO, "a REQUEST that names no address")]


# --- REQUEST, INIT-REBOOT ---------------------------------------------------------------------------


def test_a_phone_that_remembers_its_address_gets_it_again() -> None:
    client = Client(a_server())
    address = client.boot()
    client.now += 2 * DAY
    assert kind_of(client.reboot(address)) is MessageType.ACK
    assert only_event(client) == AddressLeased(client.now, CISCO, address, DAY, renewed=False)


def test_a_phone_that_remembers_an_address_of_another_network_is_refused() -> None:
    client = Client(a_server())
    reply = client.reboot("192.0.2.7")
    assert kind_of(reply) is MessageType.NAK
    assert only_event(client) == AddressRefused(NOW, CISCO, "192.0.2.7", "the address is of another network")


@pytest.mark.parametrize("address", ["10.0.0.11", "10.0.0.50", "10.0.0.99", SERVER])
def test_a_phone_that_never_had_an_address_here_is_refused_at_once(address: str) -> None:
    """No reply would cost the phone a minute. If there is no other server, its address can only be wrong."""
    client = Client(a_server())
    assert kind_of(client.reboot(address)) is MessageType.NAK
    assert only_event(client) == AddressRefused(
        NOW, CISCO, address, "this server gave this phone no such lease"
    )
    assert client.server.take_lease_changes() == []
    assert client.boot() == "10.0.0.10"


def test_a_relayed_phone_is_judged_by_the_subnet_of_its_relay() -> None:
    client = Client(a_server(), relay="10.9.0.254", arrival=TO_US)
    for wrong in ("10.9.0.15", "10.0.0.11", "192.0.2.7"):
        reply = client.reboot(wrong)
        assert kind_of(reply) is MessageType.NAK
        assert reply is not None
        assert reply.route.delivery is Delivery.RELAY
    address = client.boot()
    assert kind_of(client.reboot(address)) is MessageType.ACK


def test_a_phone_is_judged_by_the_subnet_of_its_address_where_an_interface_has_several() -> None:
    client = Client(a_server(), relay="10.9.0.254", arrival=TO_US)
    address = client.boot()
    client.relay, client.arrival = "0.0.0.0", Arrival("eth0", (SERVER, "10.9.0.1"))
    reply = client.reboot(address)
    assert kind_of(reply) is MessageType.ACK
    assert said(reply)[3] == ("10.9.0.254",)
    assert kind_of(client.reboot("10.9.0.19")) is MessageType.NAK
    client.arrival = Arrival("eth0", (SERVER,))
    assert kind_of(client.reboot(address)) is MessageType.NAK


def test_a_phone_that_another_server_may_serve_hears_nothing() -> None:
    """RFC 2131 §4.3.2: it may be another server's."""
    client = Client(a_server(allow_other_dhcp=True))
    assert client.reboot("10.0.0.11") is None
    assert only_event(client) == DhcpIgnored(
        NOW, CISCO, "it requests 10.0.0.11, of which this server has no record"
    )


@pytest.mark.parametrize("way", ["reboot", "rebind"])
@pytest.mark.parametrize("address", ["10.0.0.12", "10.0.0.99"])
def test_a_phone_that_took_another_servers_offer_is_left_to_that_server(way: str, address: str) -> None:
    """An expired offer of this server is not a record of the phone; a NAK would take the phone's address
    away.
    """
    client = Client(a_server())
    client.discover()
    client.select(address, server="10.0.0.66")
    client.now += DAY
    assert getattr(client, way)(address) is None
    assert isinstance(only_event(client), DhcpIgnored)
    assert client.server.take_lease_changes() == []


def test_one_client_of_another_server_keeps_us_silent_on_its_network_only() -> None:
    server = a_server()
    Client(server, mac=KNOWN[::-1]).select("10.0.0.77", server="10.0.0.66")
    assert Client(server).reboot("10.0.0.11") is None
    server.reconfigure(SETTINGS)
    assert Client(server).reboot("10.0.0.11") is None
    relayed = Client(server, relay="10.9.0.254", arrival=TO_US)
    assert kind_of(relayed.reboot("10.9.0.15")) is MessageType.NAK


@pytest.mark.parametrize("allow_other_dhcp", [False, True])
def test_a_wrong_network_and_a_wrong_lease_are_refused_beside_another_server_too(
    allow_other_dhcp: bool,
) -> None:
    client = Client(a_server(allow_other_dhcp=allow_other_dhcp))
    client.boot()
    assert kind_of(client.reboot("10.0.0.11")) is MessageType.NAK
    assert kind_of(client.reboot("192.0.2.7")) is MessageType.NAK


def test_a_device_that_we_do_not_serve_is_never_refused() -> None:
    laptop = Client(a_server(), mac=LAPTOP, vendor_class=b"MSFT 5.0")
    assert laptop.reboot("10.0.0.11") is None
    assert laptop.reboot("192.0.2.7") is None


def test_a_phone_that_names_our_offer_but_no_server_gets_it() -> None:
    client = Client(a_server())
    client.discover()
    assert kind_of(client.reboot("10.0.0.10")) is MessageType.ACK


def test_a_phone_that_remembers_a_wrong_address_is_refused() -> None:
    client = Client(a_server())
    client.boot()
    assert kind_of(client.reboot("10.0.0.11")) is MessageType.NAK


def test_a_phone_with_a_new_reservation_moves_to_it_when_it_reboots() -> None:
    client = Client(a_server())
    address = client.boot()
    client.server.reconfigure(replace(SETTINGS, phones={CISCO: KnownPhone("desk", "10.0.0.60")}))
    assert kind_of(client.reboot(address)) is MessageType.NAK
    assert client.boot() == "10.0.0.60"
    assert kind_of(client.reboot("10.0.0.60")) is MessageType.ACK


def test_a_reservation_is_a_record() -> None:
    assert kind_of(Client(a_server(), mac=KNOWN).reboot("10.0.0.50")) is MessageType.ACK
    assert kind_of(Client(a_server(), mac=KNOWN).reboot("10.0.0.10")) is MessageType.NAK


# --- REQUEST, RENEWING and REBINDING ----------------------------------------------------------------


@pytest.mark.parametrize("way", ["renew", "rebind"])
def test_a_lease_is_extended(way: str) -> None:
    client = Client(a_server())
    address = client.boot()
    client.server.take_lease_changes()
    client.now += DAY / 2
    reply = getattr(client, way)(address)
    assert kind_of(reply) is MessageType.ACK
    assert (reply.message.your_address, reply.message.client_address) == (address, address)
    assert only_event(client) == AddressLeased(client.now, CISCO, address, DAY, renewed=True)
    assert [lease.expires for lease in client.server.take_lease_changes()] == [client.now + DAY]


def test_a_renewing_phone_is_believed_when_the_database_was_lost() -> None:
    """RFC 2131 §4.3.2: the server trusts ciaddr."""
    client = Client(a_server())
    assert kind_of(client.renew("10.0.0.11")) is MessageType.ACK
    assert client.server.who_has("10.0.0.11") == CISCO


def test_a_rebinding_phone_that_we_have_no_record_of_hears_nothing() -> None:
    client = Client(a_server())
    assert client.rebind("10.0.0.11") is None
    assert isinstance(only_event(client), DhcpIgnored)


def test_a_renewal_of_an_address_that_went_to_another_is_refused() -> None:
    server = a_server(subnets=(replace(VOICE, last=VOICE.first),))
    old, new = Client(server), Client(server, mac=KNOWN[::-1], now=NOW + 2 * DAY)
    address = old.boot()
    assert new.boot() == address
    old.now = new.now
    assert kind_of(old.renew(address)) is MessageType.NAK
    assert server.who_has(address) == new.mac


@pytest.mark.parametrize("way", ["renew", "rebind"])
def test_an_address_that_is_now_reserved_for_another_is_not_extended(way: str) -> None:
    client = Client(a_server())
    address = client.boot()
    client.server.reconfigure(replace(SETTINGS, phones={KNOWN: KnownPhone("desk", address)}))
    assert kind_of(getattr(client, way)(address)) is MessageType.NAK
    assert only_event(client) == AddressRefused(NOW, CISCO, address, "it is reserved for another phone")


def test_a_renewal_does_not_move_a_phone_to_its_new_reservation() -> None:
    """The phone may be in a call; it gets the new address when it reboots."""
    client = Client(a_server())
    address = client.boot()
    client.server.reconfigure(replace(SETTINGS, phones={CISCO: KnownPhone("desk", "10.0.0.60")}))
    assert kind_of(client.renew(address)) is MessageType.ACK


def test_a_phone_of_another_network_renews_with_us_directly() -> None:
    """Its ACK came through a relay; its renewal is unicast and does not pass the relay."""
    server = a_server()
    client = Client(server, relay="10.9.0.254", arrival=TO_US)
    address = client.boot()
    assert address == "10.9.0.10"
    client.relay = "0.0.0.0"
    reply = client.renew(address)
    assert said(reply)[3] == ("10.9.0.254",)
    assert said(reply)[51] == 3600


def test_a_relayed_rebinding_is_answered_through_the_relay() -> None:
    client = Client(a_server(), relay="10.9.0.254", arrival=TO_US)
    address = client.boot()
    reply = client.rebind(address)
    assert kind_of(reply) is MessageType.ACK
    assert reply is not None
    assert reply.route.delivery is Delivery.RELAY


def test_a_relayed_rebinding_is_no_renewal_although_the_relay_sends_it_to_us_alone() -> None:
    client = Client(a_server(), relay="10.9.0.254", arrival=TO_US)
    assert client.rebind("10.9.0.15") is None


# --- DECLINE, RELEASE, INFORM -----------------------------------------------------------------------


def test_a_declined_address_is_not_offered_again() -> None:
    client = Client(a_server())
    address = client.boot()
    client.server.take_lease_changes()
    assert client.decline(address) is None
    assert only_event(client) == AddressDeclined(NOW, CISCO, address)
    assert [lease.state for lease in client.server.take_lease_changes()] == [LeaseState.DECLINED]
    assert client.boot() != address


def test_a_released_address_is_noted_and_on_disk() -> None:
    client = Client(a_server())
    address = client.boot()
    client.server.take_lease_changes()
    assert client.release(address) is None
    assert only_event(client) == AddressReleased(NOW, CISCO, address)
    assert [lease.state for lease in client.server.take_lease_changes()] == [LeaseState.RELEASED]


@pytest.mark.parametrize("way", ["decline", "release"])
def test_an_address_that_the_phone_does_not_have_is_not_given_up(way: str) -> None:
    server = a_server()
    address = Client(server).boot()
    server.take_lease_changes()
    stranger = Client(server, mac=KNOWN)
    assert getattr(stranger, way)(address) is None
    assert isinstance(only_event(stranger), DhcpIgnored)
    assert server.who_has(address) == CISCO
    assert server.take_lease_changes() == []


@pytest.mark.parametrize("way", ["decline", "release"])
def test_what_is_meant_for_another_server_changes_nothing(way: str) -> None:
    client = Client(a_server())
    address = client.boot()
    assert getattr(client, way)(address, server="10.0.0.66") is None
    assert only_event(client) == DhcpIgnored(NOW, CISCO, "meant for the server 10.0.0.66")
    assert client.server.who_has(address) == CISCO


def test_a_decline_of_nothing_changes_nothing() -> None:
    client = Client(a_server())
    assert client.send(client.message(MessageType.DECLINE)) is None
    assert only_event(client) == DhcpIgnored(NOW, CISCO, "it declines nothing, which it does not have")


def test_a_phone_with_a_static_address_is_told_the_rest() -> None:
    client = Client(a_server())
    reply = client.inform("10.0.0.77")
    assert kind_of(reply) is MessageType.ACK
    assert only_event(client) == InformReceived(NOW, CISCO, "10.0.0.77")
    assert said(reply).keys().isdisjoint({51, 58, 59})
    assert said(reply)[66] == SERVER
    assert client.server.take_lease_changes() == []


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.9"])
def test_an_inform_from_elsewhere_is_not_answered_there(address: str) -> None:
    client = Client(a_server())
    assert client.inform(address) is None
    assert isinstance(only_event(client), DhcpIgnored)


# --- who is served, and from which subnet -----------------------------------------------------------


@pytest.mark.parametrize(
    ("mac", "vendor_class", "serve_all", "served"),
    [
        (CISCO, b"Cisco Systems, Inc. IP Phone CP-7960G\0", False, True),
        (CISCO, b"Cisco Systems Inc. Wireless Phone 7921", False, True),
        (LAPTOP, b"CISCO ATA190", False, True),
        (LAPTOP, b"CISCO ATA191-MPP", False, True),
        (LAPTOP, b"CISCO ATA192-MPP\0", False, True),
        (LAPTOP, b"Cisco AP c1240", False, False),
        (CISCO, b"Cisco Systems, Inc.", False, True),
        (KNOWN, None, False, True),
        (KNOWN, b"udhcp 1.35", False, True),
        (LAPTOP, b"MSFT 5.0", False, False),
        (LAPTOP, None, False, False),
        (LAPTOP, b"not Cisco Systems", False, False),
        (LAPTOP, b"MSFT 5.0", True, True),
    ],
)
def test_cisco_phones_and_phones_of_the_site_are_served(
    mac: str, vendor_class: bytes | None, serve_all: bool, served: bool
) -> None:
    client = Client(a_server(serve_all=serve_all), mac=mac, vendor_class=vendor_class)
    assert (client.discover() is not None) == served
    assert isinstance(client.events[0], AddressOffered if served else DhcpIgnored)


def test_a_host_that_is_not_served_is_told_of_with_its_vendor_class() -> None:
    client = Client(a_server(), mac=LAPTOP, vendor_class=b"MSFT 5.0")
    client.discover()
    assert only_event(client) == DhcpIgnored(NOW, LAPTOP, "not a Cisco phone (vendor class 'MSFT 5.0')")


def test_the_relay_decides_the_subnet() -> None:
    client = Client(a_server(), relay="10.9.0.254", arrival=TO_US)
    reply = client.discover()
    assert reply is not None
    assert reply.message.your_address == "10.9.0.10"
    assert said(reply)[3] == ("10.9.0.254",)


def test_the_receiving_interface_decides_the_subnet() -> None:
    client = Client(a_server(), arrival=Arrival("eth1", ("192.0.2.1", "10.9.0.1")))
    reply = client.discover()
    assert reply is not None
    assert reply.message.your_address == "10.9.0.10"
    assert (said(reply)[54], reply.source) == ("10.9.0.1", "10.9.0.1")


@pytest.mark.parametrize(
    ("relay", "addresses", "reason"),
    [
        ("10.77.0.1", (SERVER,), "no subnet of the site for the relay 10.77.0.1"),
        ("0.0.0.0", ("192.0.2.1",), "no subnet of the site for eth0 (192.0.2.1)"),
        ("0.0.0.0", (), "eth0 has no address to answer from"),
    ],
)
def test_a_network_that_is_not_the_sites_is_not_served(
    relay: str, addresses: tuple[str, ...], reason: str
) -> None:
    client = Client(a_server(), relay=relay, arrival=Arrival("eth0", addresses))
    assert client.discover() is None
    assert only_event(client) == DhcpIgnored(NOW, CISCO, reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"op": 2}, "a server's reply"),
        ({"hardware_type": 6}, "not an Ethernet address"),
        ({"hardware_address": b"\0\1"}, "not an Ethernet address"),
        ({"options": ()}, "BOOTP or an unknown message type"),
        ({"options": ((53, b"\x2a"),)}, "BOOTP or an unknown message type"),
        ({"options": ((53, b"\x02"),)}, "OFFER, which only servers send"),
    ],
)
def test_what_no_client_says_is_ignored(changes: dict[str, object], reason: str) -> None:
    client = Client(a_server())
    message: Message = replace(client.message(MessageType.DISCOVER), **changes)  # type: ignore[arg-type]
    assert client.send(message) is None
    told = "" if "hardware_address" in changes else CISCO
    assert only_event(client) == DhcpIgnored(NOW, told, reason)


@pytest.mark.parametrize(
    ("option", "named"),
    [
        ((50, b"\0"), "option 50 (requested address): an address has 4 bytes, this has 1"),
        ((54, b""), "option 54 (server identifier): an address has 4 bytes, this has 0"),
        ((51, b"\0\0"), "option 51 (lease time): a number of seconds has 4 bytes, this has 2"),
    ],
)
def test_a_broken_option_is_named_with_its_number_and_its_sender(
    option: tuple[int, bytes], named: str
) -> None:
    client = Client(a_server())
    assert client.send(client.message(MessageType.REQUEST, option)) is None
    assert only_event(client) == DhcpIgnored(NOW, CISCO, f"a broken message: {named}")


@pytest.mark.parametrize(
    ("cut", "mac", "named"),
    [
        (246, CISCO, "option 60 has 38 bytes, 1 are left"),
        (244, CISCO, "option 60 has no length"),
        (100, CISCO, "a DHCP message has at least 240 bytes, this has 100"),
        (33, "", "a DHCP message has at least 240 bytes, this has 33"),
    ],
)
def test_a_message_cut_short_is_told_with_its_sender_where_that_is_readable(
    cut: int, mac: str, named: str
) -> None:
    server = a_server()
    whole = build(Client(server).message(MessageType.DISCOVER))
    assert server.receive(whole[:cut], Arrival("eth0", (SERVER,)), NOW) == []
    assert server.take_events() == [DhcpIgnored(NOW, mac, f"a broken message: {named}")]


def test_the_same_reason_for_the_same_client_is_said_once_an_hour() -> None:
    client = Client(a_server(), mac=LAPTOP, vendor_class=b"MSFT 5.0")
    heard = []
    for later in (0, 5, REPEAT_SECONDS - 1, REPEAT_SECONDS):
        client.now = NOW + later
        client.discover()
        heard.append(len(client.events))
    assert heard == [1, 0, 0, 1]


def test_what_was_said_is_forgotten_before_it_fills_the_memory() -> None:
    server, told = a_server(), 0
    for number in (*range(MOST_REPEATS + 1), 0):
        client = Client(server, mac=f"{number:012X}", vendor_class=None)
        client.discover()
        told += len(client.events)
    assert told == MOST_REPEATS + 2


def test_places_of_relays_are_forgotten_before_they_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subnets, "MOST_PLACES", 3)
    server = a_server()
    for last in range(5):
        Client(server, relay=f"192.0.2.{last}", arrival=TO_US).discover()
        assert Client(server, relay="10.9.0.254", arrival=TO_US).discover() is not None
    assert len(server._state.subnets) <= 3


# --- the site changes -------------------------------------------------------------------------------


def test_a_changed_site_keeps_the_leases() -> None:
    client = Client(a_server())
    address = client.boot()
    client.server.reconfigure(DhcpSettings(subnets=(BRANCH, replace(VOICE, domain="new.example"))))
    reply = client.renew(address)
    assert kind_of(reply) is MessageType.ACK
    assert said(reply)[15] == "new.example"


def test_an_address_that_left_the_pool_is_refused_at_the_next_renewal() -> None:
    client = Client(a_server())
    address = client.boot()
    client.server.reconfigure(DhcpSettings(subnets=(replace(VOICE, first=VOICE.last),)))
    assert kind_of(client.renew(address)) is MessageType.NAK
    assert client.boot() == "10.0.0.12"
