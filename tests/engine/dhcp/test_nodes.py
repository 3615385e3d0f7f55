"""Two servers with the same leases: how one handles messages that were meant for the other."""

from ringup.engine.dhcp.lease import Lease
from ringup.events import AddressRefused
from ringup.wire.dhcp import MessageType
from tests.engine.dhcp.clients import CISCO, NOW, Client, a_server, said

OTHER_NODE = "10.0.0.2"
FIRST, SECOND = "10.0.0.10", "10.0.0.11"


def test_a_request_that_takes_the_offer_of_a_node_that_is_gone_is_refused_in_its_name() -> None:
    """The phone then begins again at once. Without a reply it would repeat its REQUEST for a minute."""
    client = Client(a_server(nodes=(OTHER_NODE,)))
    reply = client.select(FIRST, server=OTHER_NODE)
    assert reply is not None
    assert reply.message.type is MessageType.NAK
    assert said(reply)[54] == OTHER_NODE
    assert [type(event) for event in client.events] == [AddressRefused]
    offered = client.discover()
    assert offered is not None
    assert offered.message.type is MessageType.OFFER


def test_no_phone_gets_the_address_of_another_node() -> None:
    client = Client(a_server(nodes=(FIRST,)))
    offered = client.discover()
    assert offered is not None
    assert offered.message.your_address == SECOND


def test_what_another_node_leased_meanwhile_counts_after_a_take_over() -> None:
    server = a_server()
    server.begin_anew([Lease("0C0000000001", FIRST, NOW + 60), Lease(CISCO, SECOND, NOW + 60)])
    assert (server.holder_of(FIRST, NOW), server.holder_of(SECOND, NOW)) == ("0C0000000001", CISCO)
    renewed = Client(server).discover()
    assert renewed is not None
    assert renewed.message.your_address == SECOND
    other = Client(server, mac="0C0000000002").discover()
    assert other is not None
    assert other.message.your_address == "10.0.0.12"


def test_what_was_offered_before_a_take_over_by_another_node_is_forgotten() -> None:
    server = a_server()
    Client(server).discover()
    server.begin_anew([])
    assert server.leases() == []
    assert server.take_lease_changes() == []
