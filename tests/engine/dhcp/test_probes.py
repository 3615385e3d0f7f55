"""An address that was never leased is probed before it is offered."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from ringup.engine.dhcp import probes as dhcp_probes
from ringup.engine.dhcp.lease import LeaseState
from ringup.engine.dhcp.leases import OFFER_SECONDS, QUARANTINE_SECONDS
from ringup.engine.dhcp.probes import PROBE_TIMES, PROBE_WAIT, Probe, ProbeBy
from ringup.engine.dhcp.server import DhcpServer
from ringup.engine.dhcp.settings import KnownPhone
from ringup.events import AddressInUse, AddressOffered, DiscoverReceived, PoolEmpty
from ringup.wire.dhcp import MessageType
from tests.engine.dhcp.clients import (
    BRANCH,
    CISCO,
    DAY,
    KNOWN,
    NOW,
    SERVER,
    SETTINGS,
    TO_US,
    VOICE,
    Client,
    Heard,
    a_server,
    heard,
    kind_of,
)

OTHER, SQUATTER = "0C0000000001", "0C00000000FF"
WHOLE_WAIT = PROBE_WAIT * PROBE_TIMES


def a_careful_server() -> DhcpServer:
    return a_server(probe=True)


def asked(server: DhcpServer) -> list[str]:
    return [probe.address for probe in server.take_probes()]


def wakes_at(client: Client) -> float | None:
    return client.server.wake_at


def waited(server: DhcpServer, now: float = NOW) -> list[Heard]:
    """Return what is sent if the probes get no reply."""
    replies = []
    while server.wake_at is not None:
        assert server.wake_at <= now + WHOLE_WAIT
        now = server.wake_at
        replies += server.wake(now)
    server.take_probes()
    return [heard(reply) for reply in replies]


def boot(client: Client) -> str:
    """Return the address that a phone gets if no other host uses it."""
    reply = client.discover() or next(iter(waited(client.server, client.now)), None)
    assert reply is not None
    address = reply.message.your_address
    assert kind_of(client.select(address)) is MessageType.ACK
    return address


def test_the_offer_waits_until_nobody_answered_twice() -> None:
    client = Client(a_careful_server())
    assert client.discover() is None
    assert client.events == [DiscoverReceived(NOW, CISCO, "Cisco Systems, Inc. IP Phone CP-7960G", "eth0")]
    question = Probe("10.0.0.10", ProbeBy.ARP, "eth0", SERVER)
    assert client.server.take_probes() == [question]
    assert wakes_at(client) == NOW + PROBE_WAIT
    assert client.server.wake(NOW + PROBE_WAIT - 0.01) == []
    assert client.server.take_probes() == []
    assert client.server.wake(NOW + PROBE_WAIT) == []
    assert client.server.take_probes() == [question]
    (reply,) = client.server.wake(NOW + WHOLE_WAIT)
    assert heard(reply).message.your_address == "10.0.0.10"
    assert reply.event == AddressOffered(NOW + WHOLE_WAIT, CISCO, "10.0.0.10", SERVER)
    assert wakes_at(client) is None
    assert client.server.take_events() == []


def test_behind_a_relay_it_is_asked_for_by_ping() -> None:
    client = Client(a_careful_server(), relay="10.9.0.254", arrival=TO_US)
    client.discover()
    assert client.server.take_probes() == [Probe("10.9.0.10", ProbeBy.PING, "eth0", SERVER)]


def test_a_repeated_discover_starts_no_second_probe_and_its_own_number_is_answered() -> None:
    client = Client(a_careful_server())
    client.discover()
    again = replace(client.message(MessageType.DISCOVER), xid=99)
    client.now += PROBE_WAIT / 2
    assert client.send(again) is None
    assert asked(client.server) == ["10.0.0.10"]
    client.server.wake(NOW + PROBE_WAIT)
    assert client.send(again) is None
    assert asked(client.server) == ["10.0.0.10"], "its second time"
    (reply,) = waited(client.server)
    assert reply.message.xid == 99


def test_who_answers_is_told_and_the_next_address_is_asked_for() -> None:
    client = Client(a_careful_server())
    client.discover()
    client.server.take_events()
    assert client.server.found_in_use("10.0.0.10", SQUATTER, NOW + 0.01) == []
    assert client.server.take_events() == [AddressInUse(NOW + 0.01, CISCO, "10.0.0.10", SQUATTER)]
    (record,) = client.server.take_lease_changes()
    assert (record.state, record.expires) == (LeaseState.DECLINED, NOW + 0.01 + QUARANTINE_SECONDS)
    assert asked(client.server) == ["10.0.0.10", "10.0.0.11"]
    assert [reply.message.your_address for reply in waited(client.server)] == ["10.0.0.11"]


def test_a_pool_that_others_sit_on_is_empty() -> None:
    client = Client(a_careful_server())
    client.discover()
    for last in (10, 11, 12):
        assert client.server.found_in_use(f"10.0.0.{last}", "", NOW) == []
    assert client.server.take_events()[-1] == PoolEmpty(NOW, CISCO, "10.0.0.0/24")
    assert wakes_at(client) is None


def test_the_phone_itself_may_answer() -> None:
    """The phone still uses the address that another server gave it."""
    client = Client(a_careful_server())
    client.discover((50, bytes((10, 0, 0, 12))))
    (reply,) = client.server.found_in_use("10.0.0.12", CISCO, NOW)
    assert heard(reply).message.your_address == "10.0.0.12"
    assert not any(isinstance(event, AddressInUse) for event in client.server.take_events())


def test_an_answer_that_nobody_asked_for_changes_nothing() -> None:
    client = Client(a_careful_server())
    address = boot(client)
    assert client.server.found_in_use(address, CISCO, NOW) == []
    assert client.server.found_in_use("10.0.0.99", SQUATTER, NOW) == []
    assert client.server.who_has(address) == CISCO


def test_neither_reservations_nor_addresses_on_record_are_asked_for() -> None:
    server = a_careful_server()
    assert Client(server, mac=KNOWN).discover() is not None
    address = boot(Client(server))
    for later in (1, 2 * DAY):
        assert Client(server, now=NOW + later).discover() is not None
    Client(server).release(address)
    assert Client(server).discover() is not None
    assert asked(server) == []


def test_a_lapsed_lease_that_goes_to_another_is_not_asked_for() -> None:
    server = a_server(probe=True, subnets=(replace(VOICE, last=VOICE.first),))
    address = boot(Client(server))
    reply = Client(server, mac=OTHER, now=NOW + 2 * DAY).discover()
    assert reply is not None
    assert reply.message.your_address == address


def test_an_address_that_was_given_back_early_is_asked_for_before_another_gets_it() -> None:
    """The RELEASE may be an old copy that the network has delayed."""
    server = a_server(probe=True, subnets=(replace(VOICE, last=VOICE.first),))
    client = Client(server)
    client.release(boot(client))
    assert Client(server, mac=OTHER).discover() is None
    assert asked(server) == ["10.0.0.10"]


def test_an_offer_that_was_never_taken_leaves_its_address_unprobed() -> None:
    server = a_server(probe=True, subnets=(replace(VOICE, last=VOICE.first),))
    Client(server).discover()
    waited(server)
    later = NOW + WHOLE_WAIT + OFFER_SECONDS
    assert Client(server, mac=OTHER, now=later).discover() is None
    assert asked(server) == ["10.0.0.10"]
    waited(server, later)
    assert Client(server, now=later + 2 * OFFER_SECONDS).discover() is None
    assert asked(server) == ["10.0.0.10"]


def test_an_offer_that_ran_out_is_asked_for_again_for_the_same_phone() -> None:
    server = a_careful_server()
    Client(server).discover()
    waited(server)
    assert Client(server, now=NOW + 2 * OFFER_SECONDS).discover() is None


def test_an_address_whose_quarantine_ended_is_asked_for_again() -> None:
    server = a_server(probe=True, subnets=(replace(VOICE, last=VOICE.first),))
    client = Client(server)
    client.decline(boot(client))
    server.found_in_use("10.0.0.10", SQUATTER, NOW)
    server.take_probes()
    client.now += QUARANTINE_SECONDS
    assert client.discover() is None
    assert asked(server) == ["10.0.0.10"]


def test_a_phone_that_takes_the_address_meanwhile_ends_the_asking() -> None:
    client = Client(a_careful_server())
    client.discover()
    assert kind_of(client.select("10.0.0.10")) is MessageType.ACK
    assert wakes_at(client) is None


def test_a_phone_that_takes_another_servers_offer_ends_the_asking() -> None:
    client = Client(a_careful_server())
    client.discover()
    client.select("10.0.0.77", server="10.0.0.66")
    assert wakes_at(client) is None


def test_a_site_that_changes_meanwhile_is_what_the_answer_says() -> None:
    client = Client(a_careful_server())
    client.discover()
    client.server.reconfigure(replace(SETTINGS, probe=True, phones={CISCO: KnownPhone("desk", "10.0.0.60")}))
    (reply,) = waited(client.server)
    assert reply.message.your_address == "10.0.0.60"
    client.mac = OTHER
    client.discover()
    client.server.reconfigure(replace(SETTINGS, subnets=(BRANCH,)))
    assert waited(client.server) == []


def test_a_clock_that_is_set_back_makes_no_phone_wait() -> None:
    client = Client(a_careful_server())
    client.discover()
    assert client.server.wake(NOW - DAY) == []
    assert len(client.server.wake(NOW - 2 * DAY)) == 1


def test_a_thousand_probes_run_side_by_side_and_none_is_forgotten() -> None:
    network = IPv4Network("10.0.0.0/16")
    subnet = replace(VOICE, network=network, first=network[256], last=network[-2])
    server = a_server(probe=True, subnets=(subnet,))
    for number in range(1000):
        Client(server, mac=f"{number:012X}", now=NOW + number / 10_000).discover()
    assert len(asked(server)) == 1000
    assert server.wake(NOW + PROBE_WAIT + 1) == []
    assert len(asked(server)) == 1000
    offered = {heard(reply).message.your_address for reply in server.wake(NOW + 2 * PROBE_WAIT + 1)}
    assert offered == {str(IPv4Address(int(subnet.first) + number)) for number in range(1000)}


def test_what_is_beyond_the_stated_number_is_offered_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dhcp_probes, "MOST_PROBES", 1)
    server = a_careful_server()
    assert Client(server).discover() is None
    assert kind_of(Client(server, mac=OTHER).discover()) is MessageType.OFFER
    assert asked(server) == ["10.0.0.10"]
