"""A host in the network wants others' addresses: it invents devices, declines, releases, or waits for the
clock.
"""

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest

from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.engine.dhcp.leases import MOST_KEPT, QUARANTINE_SECONDS, RECOUNT_SECONDS
from ringup.engine.dhcp.probes import PROBE_TIMES, PROBE_WAIT, Probe, ProbeBy
from ringup.engine.dhcp.rates import DECLINES, DISCOVERS, MOST_HOSTS, MOST_RELAYS, SWEEP_SECONDS
from ringup.engine.dhcp.route import FRAGMENTS, Arrival
from ringup.engine.dhcp.server import DhcpServer
from ringup.engine.dhcp.settings import KnownPhone
from ringup.events import AddressDeclined, AddressReleased, DhcpIgnored, PoolEmpty
from ringup.wire.dhcp import MessageType
from tests.engine.dhcp.clients import (
    BROADCAST,
    CISCO,
    DAY,
    KNOWN,
    NOW,
    SERVER,
    SETTINGS,
    TO_US,
    VOICE,
    Client,
    a_server,
    kind_of,
    packed,
)

POOL = 20
TWENTY = replace(VOICE, first=IPv4Address("10.0.0.100"), last=IPv4Address(f"10.0.0.{99 + POOL}"))
PHONES = {f"001646000{number:03X}": KnownPhone() for number in range(30)}
ATTACKER = "0C0000000066"
RESERVED = "10.0.0.50"


def invented(number: int) -> str:
    return f"0E{number:010X}"


def a_site(**changes: Any) -> DhcpServer:
    return a_server(**{"subnets": (TWENTY,), "phones": PHONES} | changes)


def waited(server: DhcpServer, now: float = NOW) -> float:
    """Return the time at which the probes have got no reply."""
    for _ in range(PROBE_TIMES):
        now += PROBE_WAIT
        server.wake(now)
    return now


# --- a share of each pool is reserved for the phones of the site --------------------------------------


def test_invented_devices_leave_the_phones_of_the_site_their_share() -> None:
    server = a_site()
    given = [bool(Client(server, mac=invented(number)).discover()) for number in range(100)]
    assert sum(given) == POOL - int(POOL * MOST_KEPT)
    assert all(Client(server, mac=mac).boot() for mac in list(PHONES)[: int(POOL * MOST_KEPT)])


def test_no_kind_of_request_takes_more_than_the_rest() -> None:
    server = a_site()
    taken = POOL - int(POOL * MOST_KEPT)
    for number in range(taken):
        Client(server, mac=invented(number)).boot()
    client = Client(server, mac=ATTACKER)
    free = f"10.0.0.{99 + POOL}"
    assert client.discover((50, packed(free))) is None
    assert any(isinstance(event, PoolEmpty) for event in client.events)
    for reply in (client.select(free), client.renew(free), client.reboot(free)):
        assert kind_of(reply) is MessageType.NAK
    assert Client(server, mac=invented(0)).renew("10.0.0.100") is not None, "who has one keeps it"


def test_the_share_is_not_larger_than_what_the_site_can_use() -> None:
    server = a_site(phones={KNOWN: KnownPhone(), CISCO: KnownPhone("", RESERVED)})
    given = [bool(Client(server, mac=invented(number)).discover()) for number in range(100)]
    assert sum(given) == POOL - 1
    empty = a_site(phones={})
    assert all(Client(empty, mac=invented(number)).discover() for number in range(POOL))


def test_phones_that_are_added_have_their_share_from_then_on() -> None:
    settings = replace(SETTINGS, subnets=(TWENTY,), phones={})
    server = DhcpServer(settings)
    for number in range(10):
        Client(server, mac=invented(number)).boot()
    server.reconfigure(replace(settings, phones=PHONES))
    assert Client(server, mac=invented(10)).discover() is None
    later = NOW + DAY + RECOUNT_SECONDS
    assert Client(server, mac=invented(10), now=later).discover() is not None


# --- rates -------------------------------------------------------------------------------------------


def test_new_devices_have_a_rate_and_phones_of_the_site_have_none() -> None:
    server = a_site(phones={KNOWN: KnownPhone("", RESERVED)})
    for number in range(int(DISCOVERS.of_place.burst)):
        Client(server, mac=invented(number)).discover()
    stranger = Client(server, mac=ATTACKER)
    assert stranger.discover() is None
    assert stranger.events[0] == DhcpIgnored(
        NOW, ATTACKER, "too many DISCOVERs of new devices from eth0 at once"
    )
    assert Client(server, mac=KNOWN).discover() is not None
    relayed = Client(server, mac=invented(9_999), relay="10.0.0.2", arrival=TO_US)
    relayed.discover()
    assert "too many" not in str(relayed.events), "another wire"
    later = Client(server, mac=ATTACKER, now=NOW + 1)
    later.discover()
    assert "too many" not in str(later.events)


def refused(server: DhcpServer, number: int, now: float = NOW, **sender: Any) -> str:
    """Return why the DISCOVER of an invented device gets no reply; empty if its source has not used up its
    rate.
    """
    client = Client(server, mac=invented(number), now=now, **sender)
    client.discover()
    reasons = [event.reason for event in client.events if isinstance(event, DhcpIgnored)]
    return next((reason for reason in reasons if "too many" in reason), "")


def sent_by(host: str) -> Arrival:
    return replace(BROADCAST, frame_source=host)


@pytest.mark.parametrize("host", [ATTACKER, FRAGMENTS])
def test_a_host_that_invents_devices_uses_up_its_own_rate_alone(host: str) -> None:
    server, bridge = a_site(phones={KNOWN: KnownPhone("", RESERVED)}), "0C0000000077"
    answered = [refused(server, number, arrival=sent_by(host)) for number in range(2_000)].count("")
    assert answered == DISCOVERS.of_host.burst
    assert refused(server, 1, arrival=sent_by(host)) == (
        f"too many DISCOVERs of new devices from {host} on eth0 at once"
    )
    assert refused(server, 2_001) == refused(server, 2_002, arrival=sent_by(bridge)) == ""
    assert Client(server, mac=KNOWN, arrival=sent_by(host)).discover() is not None, "a phone of the site"
    in_an_hour = [refused(server, 9_000 + at, NOW + at, arrival=sent_by(host)) for at in range(3_600)].count(
        ""
    )
    assert in_an_hour <= 3_600 * DISCOVERS.of_host.per_second + 1


def test_a_host_that_sends_from_many_hardware_addresses_leaves_the_others_their_rate() -> None:
    server = a_site()
    tried = [refused(server, number, arrival=sent_by(invented(number))) for number in range(5_000)]
    assert 0 < tried.count("") <= DISCOVERS.of_place.burst
    assert {*tried} <= {
        "",
        "too many DISCOVERs of new devices from all hosts on eth0 at once",
        *(f"too many DISCOVERs of new devices from {invented(at)} on eth0 at once" for at in range(5_000)),
    }
    assert refused(server, 6_000) == "", "a new phone that sends its own address"


def test_a_host_that_names_many_relays_leaves_the_router_its_rate() -> None:
    server = a_site(phones={KNOWN: KnownPhone("", RESERVED)})
    forged = (f"10.0.0.{2 + number % 200}" for number in range(2_000))
    answered = [refused(server, at, relay=relay, arrival=TO_US) for at, relay in enumerate(forged)].count("")
    assert answered == MOST_RELAYS * 10 + DISCOVERS.of_host.burst
    assert refused(server, 3_000, relay="10.0.0.99", arrival=TO_US) == (
        "too many DISCOVERs of new devices from other relays of 10.0.0.0/24 at once"
    )
    for relay, spared in ((VOICE.router, True), ("10.0.0.2", True), ("10.0.0.99", False)):
        phone = Client(server, mac=KNOWN, relay=relay, arrival=TO_US)
        assert (phone.discover() is not None) == spared, "each reply to a relay that is none costs an ARP"
    assert refused(server, 3_001, relay=VOICE.router, arrival=TO_US) == ""


def test_a_relay_that_sends_for_thousands_uses_up_its_own_rate() -> None:
    server = a_site()
    tried = [refused(server, number, relay="10.0.0.2", arrival=TO_US) for number in range(2_000)]
    assert tried.count("") == DISCOVERS.of_place.burst
    assert tried[-1] == "too many DISCOVERs of new devices from the relay 10.0.0.2 at once"
    assert refused(server, 3_000, relay="10.0.0.3", arrival=TO_US) == "", "another relay"


def test_hosts_that_send_no_more_make_room_for_others() -> None:
    server = a_site()
    for number in range(MOST_HOSTS + 30):
        refused(server, number, arrival=sent_by(invented(number)))
    late = sent_by(ATTACKER)
    assert refused(server, 1, arrival=late) != "", "it is one of the others, whose rate is used up"
    later = NOW + max(SWEEP_SECONDS, 1 / DISCOVERS.of_host.per_second)
    assert [refused(server, at, later, arrival=late) for at in range(20)] == [""] * 20
    assert 0 < max(map(len, server._state.rates._hosts.values())) <= MOST_HOSTS


# --- DECLINE -----------------------------------------------------------------------------------------


def declined(server: DhcpServer, mac: str = CISCO) -> str:
    """Return the address that a phone is given and then declines."""
    address = Client(server, mac=mac).discover() and Client(server, mac=mac).boot()
    assert address
    server.take_probes()
    Client(server, mac=mac).decline(address)
    return address


def careful(**changes: Any) -> DhcpServer:
    """Return a server that probes, and that has already probed an address of its pool."""
    server = a_server(probe=True, **changes)
    Client(server).discover()
    waited(server)
    server.take_events()
    return server


def test_a_declined_address_is_asked_for_before_it_is_set_aside() -> None:
    server = careful()
    address = declined(server)
    assert server.take_probes() == [Probe(address, ProbeBy.ARP, "eth0", SERVER)]
    assert server.holder_of(address, NOW) == CISCO, "nothing is decided yet"
    server.found_in_use(address, ATTACKER, NOW + 0.1)
    assert server.take_events() == [AddressDeclined(NOW + 0.1, CISCO, address)]
    (record,) = [lease for lease in server.leases() if lease.address == address]
    assert (record.state, record.expires) == (LeaseState.DECLINED, NOW + 0.1 + QUARANTINE_SECONDS)
    assert QUARANTINE_SECONDS <= 600


def test_a_phone_that_answers_for_its_address_did_not_decline_it() -> None:
    server = careful()
    address = declined(server)
    assert server.found_in_use(address, CISCO, NOW + 0.1) == []
    assert server.holder_of(address, NOW + 1) == CISCO
    assert kind_of(Client(server).renew(address)) is MessageType.ACK


def test_an_address_that_nobody_answers_for_is_free_and_is_asked_for_again() -> None:
    server = careful(subnets=(replace(VOICE, last=VOICE.first),))
    address = declined(server)
    now = waited(server)
    assert not [event for event in server.take_events() if isinstance(event, AddressDeclined)]
    server.take_probes()
    assert Client(server, mac=ATTACKER, now=now).discover() is None
    assert [probe.address for probe in server.take_probes()] == [address]


def test_a_pool_is_not_emptied_by_declines() -> None:
    server = careful(phones=PHONES, subnets=(TWENTY,))
    now = NOW
    for number in range(200):
        client = Client(server, mac=invented(number), now=now)
        client.discover()
        now = waited(server, now)
        for lease in server.leases():
            if lease.mac == client.mac:
                client.now = now
                client.decline(lease.address)
        now = waited(server, now)
    assert all(Client(server, mac=mac, now=now).discover() or waited(server, now) for mac in PHONES)
    offered = [lease for lease in server.leases() if lease.mac in PHONES]
    assert len(offered) >= int(POOL * MOST_KEPT)


def test_declines_have_a_rate() -> None:
    server = a_site(phones={})
    for number in range(int(DECLINES.of_place.burst) + 5):
        client = Client(server, mac=invented(number))
        client.decline(client.boot())
    states = [lease.state for lease in server.leases()]
    assert states.count(LeaseState.DECLINED) == DECLINES.of_place.burst


def test_a_host_that_declines_for_others_leaves_them_their_rate() -> None:
    server = a_site(phones={})
    clients = [Client(server, mac=invented(number)) for number in range(10)]
    addresses = [client.boot() for client in clients]
    for client, address in zip(clients[:-1], addresses, strict=False):
        client.arrival = sent_by(ATTACKER)
        client.decline(address)
    states = [lease.state for lease in server.leases()]
    assert states.count(LeaseState.DECLINED) == DECLINES.of_host.burst
    clients[-1].decline(addresses[-1])
    assert isinstance(clients[-1].events[-1], AddressDeclined)


def test_a_declined_address_that_is_given_back_meanwhile_is_not_set_aside() -> None:
    server = careful()
    address = declined(server)
    Client(server).release(address)
    server.take_events()
    server.found_in_use(address, ATTACKER, NOW + 0.1)
    assert server.take_events() == []


@pytest.mark.parametrize("holder", ["", ATTACKER])
def test_no_decline_takes_a_reservation_from_its_phone(holder: str) -> None:
    server = careful()
    declined(server, KNOWN)
    server.found_in_use(RESERVED, holder, NOW + 0.1)
    assert AddressDeclined(NOW + 0.1, KNOWN, RESERVED) in server.take_events()
    assert Client(server, mac=KNOWN, now=NOW + 1).boot() == RESERVED


def test_a_reservation_survives_an_unfounded_decline_too() -> None:
    server = careful()
    declined(server, KNOWN)
    assert Client(server, mac=KNOWN, now=waited(server)).boot() == RESERVED


def test_a_decline_behind_a_relay_is_checked_by_ping() -> None:
    server = a_server(probe=True)
    phone = Client(server, relay="10.9.0.254", arrival=TO_US)
    phone.discover()
    phone.now = waited(server)
    phone.decline(phone.boot())
    assert server.take_probes()[-1].by is ProbeBy.PING


def test_where_too_much_is_probed_a_decline_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    server = careful()
    monkeypatch.setattr("ringup.engine.dhcp.probes.MOST_PROBES", 0)
    phone = Client(server, mac=CISCO, now=waited(server))
    address = phone.boot()
    phone.events.clear()
    phone.decline(address)
    assert server.holder_of(address, NOW) == CISCO
    reason = f"it declines {address}, and too many addresses are probed"
    assert phone.events == [DhcpIgnored(phone.now, CISCO, reason)]


# --- RELEASE -----------------------------------------------------------------------------------------


def test_a_release_counts_only_from_its_own_address() -> None:
    server = a_site()
    address = Client(server, mac=CISCO).boot()
    thief = Client(server, mac=CISCO, arrival=replace(BROADCAST, source="10.88.0.66"))
    thief.release(address)
    assert thief.events == [DhcpIgnored(NOW, CISCO, f"10.88.0.66 releases {address}, which is not its own")]
    assert server.holder_of(address, NOW) == CISCO
    owner = Client(server, mac=CISCO, arrival=replace(BROADCAST, source=address))
    owner.release(address)
    assert owner.events == [AddressReleased(NOW, CISCO, address)]


def test_a_release_in_another_host_s_frame_does_not_count_on_the_server_s_network() -> None:
    server = a_site()
    address = Client(server, mac=CISCO).boot()
    arrival = Arrival("eth0", (SERVER,), unicast=True, source=address, frame_source=ATTACKER)
    thief = Client(server, mac=CISCO, arrival=arrival)
    thief.release(address)
    assert thief.events == [DhcpIgnored(NOW, CISCO, f"{ATTACKER} releases {address}, which is not its own")]
    assert server.holder_of(address, NOW) == CISCO


def test_a_routed_release_comes_in_the_router_s_frame() -> None:
    server = a_server()
    address = Client(server, relay="10.9.0.254", arrival=TO_US).boot()
    arrival = Arrival("eth0", (SERVER,), unicast=True, source=address, frame_source="00005E000101")
    owner = Client(server, arrival=arrival)
    owner.release(address)
    assert owner.events == [AddressReleased(NOW, CISCO, address)]


# --- the clock ----------------------------------------------------------------------------------------

HOUR = 3600.0


@pytest.mark.parametrize("step", [2 * HOUR, -2 * HOUR, 30 * 365 * DAY])
def test_a_lease_runs_on_when_the_clock_is_set(step: float) -> None:
    only = replace(VOICE, last=VOICE.first, lease_seconds=int(HOUR))
    server = a_server(subnets=(only,), phones={})
    address = Client(server).boot()
    server.take_lease_changes()
    server.clock_was_set(step)
    now = NOW + step
    assert server.holder_of(address, now) == CISCO
    assert Client(server, mac=ATTACKER, now=now + HOUR - 1).discover() is None
    assert server.take_lease_changes() == [
        Lease(CISCO, address, now + HOUR, LeaseState.LEASED, "", f"SEP{CISCO}")
    ]
    assert Client(server, mac=ATTACKER, now=now + HOUR + RECOUNT_SECONDS).discover() is not None


def test_an_offer_runs_on_too_and_is_not_written() -> None:
    server = a_server(subnets=(replace(VOICE, last=VOICE.first),), phones={})
    Client(server).discover()
    server.clock_was_set(HOUR)
    assert server.take_lease_changes() == []
    assert Client(server, mac=ATTACKER, now=NOW + HOUR).discover() is None


def test_leases_of_another_network_run_on_too() -> None:
    server = a_server()
    address = Client(server).boot()
    server.reconfigure(replace(SETTINGS, subnets=()))
    server.clock_was_set(HOUR)
    assert server.holder_of(address, NOW + DAY + HOUR - 1) == CISCO


def test_after_a_start_ended_leases_of_before_are_probed_before_another_gets_the_address() -> None:
    """Without a battery, the clock may be years wrong at the next boot, and so may the end of every lease."""
    only = replace(SETTINGS, subnets=(replace(VOICE, last=VOICE.first),), phones={}, probe=True)
    before = Lease(CISCO, "10.0.0.10", NOW - 1)
    server = DhcpServer(only, [before])
    assert Client(server).discover() is not None, "its own is its own"
    server = DhcpServer(only, [before])
    assert Client(server, mac=ATTACKER).discover() is None
    assert [probe.address for probe in server.take_probes()] == ["10.0.0.10"]
    server.found_in_use("10.0.0.10", CISCO, NOW + 0.1)
    assert Client(server, mac=ATTACKER, now=NOW + 1).discover() is None


def test_leases_of_before_do_not_move_when_the_clock_is_set() -> None:
    before = Lease(CISCO, "10.0.0.10", NOW + DAY)
    server = DhcpServer(SETTINGS, [before])
    server.clock_was_set(30 * 365 * DAY)
    assert server.leases() == [before]
