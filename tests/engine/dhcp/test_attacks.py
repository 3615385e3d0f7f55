"""A host of the segment wants others' addresses: invents, declines, releases, or waits for the clock."""

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest

from ringup.engine.dhcp import rates
from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.engine.dhcp.leases import MOST_KEPT, QUARANTINE_SECONDS, RECOUNT_SECONDS
from ringup.engine.dhcp.probes import PROBE_TIMES, PROBE_WAIT, Probe, ProbeBy
from ringup.engine.dhcp.rates import DECLINES, DISCOVERS, MOST_PLACES
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
    """The time when nobody has answered the probes that are out."""
    for _ in range(PROBE_TIMES):
        now += PROBE_WAIT
        server.wake(now)
    return now


# --- a share of each pool is kept for the phones of the site ------------------------------------------


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
    for number in range(int(DISCOVERS.burst)):
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


def test_the_places_that_are_remembered_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_PLACES", 2)
    assert MOST_PLACES > 2
    server = a_site()
    for last in range(2, 20):
        Client(server, mac=invented(last), relay=f"10.0.0.{last}", arrival=TO_US).discover()
    assert len(server._state.rates._buckets) <= 2


# --- DECLINE -----------------------------------------------------------------------------------------


def declined(server: DhcpServer, mac: str = CISCO) -> str:
    """The address that a phone was given and then declines."""
    address = Client(server, mac=mac).discover() and Client(server, mac=mac).boot()
    assert address
    server.take_probes()
    Client(server, mac=mac).decline(address)
    return address


def careful(**changes: Any) -> DhcpServer:
    """A server that probes, with a pool address that was probed already."""
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
    for number in range(int(DECLINES.burst) + 5):
        client = Client(server, mac=invented(number))
        client.decline(client.boot())
    states = [lease.state for lease in server.leases()]
    assert states.count(LeaseState.DECLINED) == DECLINES.burst


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
    address = declined(server)
    assert server.holder_of(address, NOW) == CISCO


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
    """No battery: at the next boot the clock may be years off, and so is the end of every lease."""
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
