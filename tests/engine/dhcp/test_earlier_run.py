"""Addresses from an earlier run of the server: another client gets one only after a probe."""

from dataclasses import replace

import pytest

from ringup.engine.dhcp.lease import Lease, LeaseState, after_step
from ringup.engine.dhcp.server import DhcpServer
from ringup.engine.dhcp.settings import DhcpSettings, KnownPhone
from ringup.wire.dhcp import MessageType
from tests.engine.dhcp.clients import CISCO, DAY, NOW, SETTINGS, VOICE, Client, kind_of

STRANGER, ADDRESS = "0C0000000066", "10.0.0.10"
ONE_ADDRESS = replace(SETTINGS, subnets=(replace(VOICE, last=VOICE.first),), phones={}, probe=True)


def a_server_after_its_start(settings: DhcpSettings = ONE_ADDRESS) -> DhcpServer:
    """Return a server with a lease that has ended, if its clock is right."""
    return DhcpServer(settings, [Lease(CISCO, ADDRESS, NOW - DAY)])


@pytest.mark.parametrize("discovers", [False, True])
def test_a_request_gets_no_earlier_address_without_a_probe(discovers: bool) -> None:
    stranger = Client(a_server_after_its_start(), mac=STRANGER)
    if discovers:  # it does not wait for the offer
        assert stranger.discover() is None
    assert kind_of(stranger.reboot(ADDRESS)) is MessageType.NAK


@pytest.mark.parametrize("discovers", [False, True])
def test_an_earlier_address_is_not_extended_for_another(discovers: bool) -> None:
    stranger = Client(a_server_after_its_start(), mac=STRANGER)
    if discovers:
        assert stranger.discover() is None
    assert kind_of(stranger.renew(ADDRESS)) is MessageType.NAK


def test_its_own_phone_needs_no_probe() -> None:
    assert kind_of(Client(a_server_after_its_start()).renew(ADDRESS)) is MessageType.ACK


def test_a_phone_gets_its_reserved_address_although_another_host_answers() -> None:
    settings = replace(ONE_ADDRESS, phones={STRANGER: KnownPhone("desk", ADDRESS)})
    owner = Client(a_server_after_its_start(settings), mac=STRANGER)
    assert owner.discover() is None
    (offer,) = owner.server.found_in_use(ADDRESS, CISCO, NOW)
    assert offer.event is not None
    assert kind_of(owner.select(ADDRESS)) is MessageType.ACK


def test_a_client_that_answers_the_probe_keeps_its_address() -> None:
    server = a_server_after_its_start()
    stranger = Client(server, mac=STRANGER)
    assert stranger.discover() is None
    assert server.found_in_use(ADDRESS, CISCO, NOW) == []
    assert kind_of(stranger.select(ADDRESS)) is MessageType.NAK
    assert kind_of(Client(server).renew(ADDRESS)) is MessageType.ACK


def test_leases_run_on_when_the_clock_was_set_while_no_server_ran() -> None:
    running = Lease(CISCO, ADDRESS, NOW + 100)
    declined = Lease("", "10.0.0.11", NOW + 50, LeaseState.DECLINED)
    ended = Lease(STRANGER, "10.0.0.12", NOW - 100)
    released = Lease(STRANGER, "10.0.0.13", NOW + 100, LeaseState.RELEASED)
    of_another_clock = Lease(STRANGER, "10.0.0.14", NOW + 5 * DAY)
    leases = (running, declined, ended, released, of_another_clock)
    for step in (DAY, -DAY):
        moved = after_step(leases, step, NOW + step, longest=DAY)
        assert list(moved) == [each._replace(expires=each.expires + step) for each in (running, declined)]
    assert list(after_step(leases, 0.0, NOW, longest=DAY)) == []
