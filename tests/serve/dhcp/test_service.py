"""The DHCP service: what is sent at once, what waits for the disk, and what happens after failures."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ringup.engine.dhcp.lease import Lease
from ringup.engine.dhcp.replies import DhcpReply
from ringup.errors import BindError
from ringup.events import (
    AddressDeclined,
    AddressInUse,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    DatagramsDropped,
    DhcpIgnored,
    DiscoverReceived,
    InterfaceBack,
    InterfaceLost,
    LeasedAddressElsewhere,
    StoreSlow,
)
from ringup.events import ServerFault as Fault
from ringup.serve.datagram_batches import BATCH
from ringup.serve.dhcp import commits as dhcp_commits
from ringup.serve.dhcp.commits import LeaseCommits
from ringup.serve.dhcp.port import AnyDhcpPort
from ringup.serve.dhcp.service import BATCHES_AT_ONCE, DhcpService
from ringup.serve.sockets import InterfaceState
from ringup.store.nodes import NotActive
from ringup.wire.dhcp import MessageType
from tests.engine.dhcp.clients import NOW, SERVER, a_server
from tests.serve.dhcp.bench import (
    Bench,
    Disk,
    FakePort,
    decline,
    discover,
    events,
    request,
    sent,
    serving,
)

FIRST, SECOND, THIRD = "0C0000000001", "0C0000000002", "0C0000000003"
SQUATTER = "020000000009"
CISCO_PHONE = "Cisco Systems, Inc. IP Phone CP-7960G"

# --- saved before sent --------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_batch_is_saved_once_before_any_ack_of_it_leaves() -> None:
    async with serving() as bench:
        log = await bench.batch(request(FIRST, "10.0.0.10"), request(SECOND, "10.0.0.11"))
    assert log[:2] == [["10.0.0.10", "10.0.0.11"], (MessageType.ACK, "10.0.0.10")]
    assert sent(log) == [(MessageType.ACK, "10.0.0.10"), (MessageType.ACK, "10.0.0.11")]
    assert [event.address for event in events(log, AddressLeased)] == ["10.0.0.10", "10.0.0.11"]


@pytest.mark.asyncio
async def test_an_event_that_says_a_reply_left_comes_after_it_left() -> None:
    async with serving() as bench:
        offered = await bench.batch(discover(FIRST))
        leased = await bench.batch(request(FIRST, "10.0.0.10"))
    assert offered == [
        (MessageType.OFFER, "10.0.0.10"),
        AddressOffered(NOW, FIRST, "10.0.0.10", SERVER, CISCO_PHONE, "eth0"),
    ]
    assert leased == [
        ["10.0.0.10"],
        (MessageType.ACK, "10.0.0.10"),
        AddressLeased(NOW, FIRST, "10.0.0.10", 86_400),
    ]


@pytest.mark.asyncio
async def test_offers_and_refusals_leave_while_the_disk_is_busy_and_an_ack_waits() -> None:
    async with serving() as bench:
        bench.disk.busy = True
        log = await bench.batch(request(FIRST, "10.0.0.10"), discover(SECOND), request(THIRD, "10.9.9.9"))
        assert sent(log) == [(MessageType.OFFER, "10.0.0.11"), (MessageType.NAK, "0.0.0.0")]
        assert events(log, AddressLeased) == []
        assert len(events(log, AddressRefused)) == 1
        bench.log.clear()
        bench.disk.finish()
        assert sent(bench.log) == [(MessageType.ACK, "10.0.0.10")]


@pytest.mark.asyncio
async def test_all_that_arrives_while_one_commit_runs_shares_the_next() -> None:
    async with serving() as bench:
        bench.disk.busy = True
        await bench.batch(request(FIRST, "10.0.0.10"))
        await bench.batch(request(SECOND, "10.0.0.11"))
        await bench.batch(request(THIRD, "10.0.0.12"))
        assert len(bench.disk.asked) == 1
        bench.log.clear()
        bench.disk.finish()
        assert sent(bench.log) == [(MessageType.ACK, "10.0.0.10")]
        bench.log.clear()
        bench.disk.finish()
        assert bench.log[0] == ["10.0.0.11", "10.0.0.12"]
        assert len(sent(bench.log)) == 2
        assert bench.disk.asked == []


def test_a_commit_waits_a_moment_for_others_to_share_it() -> None:
    log: list[object] = []
    disk, moments = Disk(log), list[Callable[[], None]]()
    commits = LeaseCommits(disk.save, disk.commit, log.append, log.extend, lambda: NOW, moments.append)
    commits.save([Lease(FIRST, "10.0.0.10", NOW)])
    commits.save([Lease(SECOND, "10.0.0.11", NOW)])
    (moment,) = moments
    assert log == []
    moment()
    assert log[0] == ["10.0.0.10", "10.0.0.11"]
    commits.look()
    assert len(moments) == 1, "nothing is left to save"


@pytest.mark.asyncio
async def test_a_phone_that_asks_again_while_the_disk_is_busy_is_answered_once() -> None:
    async with serving() as bench:
        bench.disk.busy = True
        await bench.batch(request(SECOND, "10.0.0.11"))
        await bench.batch(request(FIRST, "10.0.0.10"))
        await bench.batch(request(FIRST, "10.0.0.10"))
        bench.disk.finish()
        bench.log.clear()
        bench.disk.finish()
    assert sent(bench.log) == [(MessageType.ACK, "10.0.0.10")]


@pytest.mark.asyncio
async def test_no_more_replies_than_stated_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dhcp_commits, "MOST_WAITING", 1)
    async with serving() as bench:
        bench.disk.busy = True
        await bench.batch(request(THIRD, "10.0.0.12"))
        await bench.batch(
            request(FIRST, "10.0.0.10"), request(SECOND, "10.0.0.11"), request(FIRST, "10.0.0.10")
        )
        bench.disk.finish()
        bench.log.clear()
        bench.disk.finish()
    assert bench.log[0] == ["10.0.0.10", "10.0.0.11"], "the leases are kept all the same"
    assert sent(bench.log) == [(MessageType.ACK, "10.0.0.10")]


@pytest.mark.asyncio
async def test_an_ack_whose_address_was_given_up_while_it_waited_does_not_leave() -> None:
    async with serving() as bench:
        bench.disk.busy = True
        await bench.batch(request(FIRST, "10.0.0.10"), decline(FIRST, "10.0.0.10"))
        bench.log.clear()
        bench.disk.finish()
    assert sent(bench.log) == []


@pytest.mark.asyncio
async def test_what_a_phone_gives_up_is_saved_although_nobody_waits_for_it() -> None:
    async with serving() as bench:
        await bench.batch(request(FIRST, "10.0.0.10"))
        log = await bench.batch(decline(FIRST, "10.0.0.10"))
    assert log == [["10.0.0.10"], AddressDeclined(NOW, FIRST, "10.0.0.10")], "saved, then told"
    assert bench.disk.saved[-1].state == "declined"


@pytest.mark.asyncio
async def test_what_a_phone_gave_up_is_told_when_the_disk_takes_it_at_last() -> None:
    async with serving() as bench:
        await bench.batch(request(FIRST, "10.0.0.10"))
        bench.disk.says = "disk full"
        refused = await bench.batch(decline(FIRST, "10.0.0.10"))
        bench.disk.says = ""
        assert events(refused, AddressDeclined) == []
        assert bench.look() == [["10.0.0.10"], AddressDeclined(NOW, FIRST, "10.0.0.10")]


# --- the disk refuses, or takes its time ----------------------------------------------------------------


@pytest.mark.asyncio
async def test_no_ack_leaves_and_none_is_claimed_when_saving_fails_and_it_is_said_once() -> None:
    async with serving() as bench:
        bench.disk.says = "disk full"
        first = await bench.batch(request(FIRST, "10.0.0.10"))
        second = await bench.batch(request(SECOND, "10.0.0.11"), discover(THIRD))
        assert bench.disk.tried == 1, "it is not asked again by each phone"
        bench.disk.says = ""
        assert sent(bench.look()) == [(MessageType.ACK, "10.0.0.11")], "it waited less than a second"
    fault = "the leases could not be saved, so no phone gets an ACK until they can: disk full"
    assert first == [Fault(NOW, "", fault)]
    assert sent(second) == [(MessageType.OFFER, "10.0.0.12")]
    assert events(second, Fault) == []
    assert events(second, AddressLeased) == []


@pytest.mark.asyncio
async def test_what_was_not_saved_is_tried_again_each_second_and_phones_are_served_again() -> None:
    async with serving() as bench:
        bench.disk.says = "disk full"
        await bench.batch(request(FIRST, "10.0.0.10"))
        assert bench.look() == []
        bench.disk.says = ""
        assert bench.look() == [["10.0.0.10"]], "its phone gave up waiting long ago"
        assert bench.look() == []
        again = await bench.batch(request(FIRST, "10.0.0.10"))
        bench.disk.says = "disk full"
        later = await bench.batch(request(SECOND, "10.0.0.11"))
    assert sent(again) == [(MessageType.ACK, "10.0.0.10")]
    assert len(events(later, Fault)) == 1


@pytest.mark.asyncio
async def test_only_the_last_of_unsaved_records_of_an_address_is_saved() -> None:
    async with serving() as bench:
        bench.disk.says = "disk full"
        await bench.batch(request(FIRST, "10.0.0.10"))
        bench.disk.says, bench.now = "", NOW + 60
        await bench.batch(request(FIRST, "10.0.0.10"))
        bench.look()
    assert [lease.expires for lease in bench.disk.saved] == [NOW + 60 + 86_400]


@pytest.mark.asyncio
async def test_a_slow_commit_is_told_while_it_runs_and_when_it_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dhcp_commits, "SLOW_SECONDS", 0.0)
    async with serving() as bench:
        bench.disk.busy = True
        await bench.batch(request(FIRST, "10.0.0.10"))
        (running,) = bench.look()
        assert bench.look() == [], "once for each commit"
        offered = await bench.batch(discover(SECOND))
        assert sent(offered) == [(MessageType.OFFER, "10.0.0.11")]
        bench.log.clear()
        bench.disk.finish()
    (ended,) = events(bench.log, StoreSlow)
    assert isinstance(running, StoreSlow)
    assert running.what == ended.what == "leases"
    assert 0 < running.seconds < ended.seconds
    assert sent(bench.log) == [(MessageType.ACK, "10.0.0.10")]


# --- probes -------------------------------------------------------------------------------------------


async def answers_until(bench: Bench, count: int) -> list[object]:
    """Return what was sent when the waiting times of the probes are over."""
    while len(bench.port.sent) < count:
        bench.now += 0.05
        async with asyncio.timeout(5):
            await asyncio.sleep(0.001)
    return sent(bench.log)


@pytest.mark.asyncio
async def test_a_fresh_address_is_asked_for_twice_by_arp_and_then_offered() -> None:
    async with serving(probe=True) as bench:
        asked = await bench.batch(discover(FIRST))
        assert asked == [
            DiscoverReceived(NOW, FIRST, CISCO_PHONE, "eth0"),
            f"who has 10.0.0.10 tell {SERVER}",
        ]
        bench.log.clear()
        assert await answers_until(bench, 1) == [(MessageType.OFFER, "10.0.0.10")]
        assert bench.log[0] == f"who has 10.0.0.10 tell {SERVER}"
        known = await bench.batch(discover(FIRST))
        assert sent(known) == [(MessageType.OFFER, "10.0.0.10")]


@pytest.mark.asyncio
async def test_an_address_that_somebody_answers_for_is_set_aside_and_the_next_is_asked_for() -> None:
    async with serving(probe=True) as bench:
        await bench.batch(discover(FIRST))
        log = await bench.arp(("10.0.0.99", SQUATTER), ("10.0.0.10", SQUATTER))
        assert log == [
            f"who has 10.0.0.11 tell {SERVER}",
            ["10.0.0.10"],
            AddressInUse(NOW, FIRST, "10.0.0.10", SQUATTER),
        ]
        bench.log.clear()
        assert await answers_until(bench, 1) == [(MessageType.OFFER, "10.0.0.11")]


@pytest.mark.asyncio
async def test_behind_a_relay_it_is_asked_by_ping() -> None:
    async with serving(probe=True) as bench:
        asked = await bench.batch(discover(FIRST, relay="10.9.0.254"))
        assert asked[-1] == "ping 10.9.0.10"
        log = await bench.pinged("10.9.0.10")
        assert log == ["ping 10.9.0.11", ["10.9.0.10"], AddressInUse(NOW, FIRST, "10.9.0.10", "")]


@pytest.mark.asyncio
async def test_a_question_that_cannot_be_sent_is_one_that_nobody_answers() -> None:
    async with serving(probe=True) as bench:
        bench.port.sending_fails = {"10.0.0.10"}
        log = await bench.batch(discover(FIRST))
        assert events(log, Fault) == []
        bench.port.sending_fails = set()
        assert await answers_until(bench, 1) == [(MessageType.OFFER, "10.0.0.10")]


# --- faults cost one datagram -------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_datagram_that_breaks_the_engine_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as bench:
        receive = bench.engine.receive

        def broken(data: bytes, *rest: Any) -> list[DhcpReply]:
            if data[28:34] == bytes.fromhex(SECOND):
                raise RuntimeError("a bug of the engine")
            return receive(data, *rest)

        monkeypatch.setattr(bench.engine, "receive", broken)
        log = await bench.batch(
            *(request(mac, f"10.0.0.1{n}") for n, mac in enumerate((FIRST, SECOND, THIRD)))
        )
    assert sent(log) == [(MessageType.ACK, "10.0.0.10"), (MessageType.ACK, "10.0.0.12")]
    (fault,) = events(log, Fault)
    assert "a bug of the engine" in fault.what


@pytest.mark.asyncio
async def test_bytes_that_are_no_dhcp_message_are_told_and_cost_nothing() -> None:
    async with serving() as bench:
        log = await bench.batch(b"", b"\xff" * 2048, discover(FIRST)[:200], discover(FIRST))
    assert sent(log) == [(MessageType.OFFER, "10.0.0.10")]
    told = [(event.mac, event.reason.split(",")[0]) for event in events(log, DhcpIgnored)]
    assert told == [
        ("", "a broken message: a DHCP message has at least 240 bytes"),
        ("", "a broken message: op is 255"),
        (FIRST, "a broken message: a DHCP message has at least 240 bytes"),
    ]


@pytest.mark.asyncio
async def test_a_question_whose_offer_cannot_leave_is_told_of_alone() -> None:
    async with serving() as bench:
        bench.port.sending_fails = {"10.0.0.10"}
        log = await bench.batch(discover(FIRST))
    wanted, fault = log
    assert wanted == DiscoverReceived(NOW, FIRST, CISCO_PHONE, "eth0")
    assert isinstance(fault, Fault)


@pytest.mark.asyncio
async def test_a_reply_that_cannot_leave_is_told_not_claimed_and_the_others_leave() -> None:
    async with serving() as bench:
        bench.port.sending_fails = {"10.0.0.10"}
        log = await bench.batch(request(FIRST, "10.0.0.10"), request(SECOND, "10.0.0.11"))
    assert sent(log) == [(MessageType.ACK, "10.0.0.11")]
    assert [event.address for event in events(log, AddressLeased)] == ["10.0.0.11"]
    assert events(log, Fault) == [
        Fault(NOW, FIRST, "DHCP could not send to 255.255.255.255: Network is unreachable")
    ]


@pytest.mark.asyncio
async def test_a_storm_is_taken_in_batches_of_limited_size() -> None:
    async with serving() as bench:
        log = await bench.batch(*[request(FIRST, "10.0.0.10")] * (BATCH * BATCHES_AT_ONCE + 1))
    assert [entry for entry in log if isinstance(entry, list)] == [["10.0.0.10"]] * 2


@pytest.mark.asyncio
async def test_what_the_kernel_threw_away_is_told_each_second_with_its_number() -> None:
    async with serving() as bench:
        bench.port.drops = 17
        assert bench.look() == [DatagramsDropped(NOW, "", "DHCP", 17)]
        assert bench.look() == []


# --- the interface goes and comes -----------------------------------------------------------------------


@pytest.mark.asyncio
async def test_an_interface_that_goes_down_and_up_is_told_once_each_and_keeps_its_sockets() -> None:
    async with serving() as bench:
        bench.state = InterfaceState(7, "it was switched off")
        assert bench.look() == [InterfaceLost(NOW, "", "eth0", "it was switched off")]
        assert bench.look() == []
        bench.state = InterfaceState(7)
        assert bench.look() == [InterfaceBack(NOW, "", "eth0")]
        assert bench.look() == []
        assert sent(await bench.batch(discover(FIRST))) == [(MessageType.OFFER, "10.0.0.10")]


@pytest.mark.asyncio
async def test_a_leased_address_at_another_device_is_told_once_a_minute() -> None:
    async with serving() as bench:
        await bench.batch(request(FIRST, "10.0.0.10"))
        assert await bench.arp(("10.0.0.10", FIRST), ("10.0.0.11", SQUATTER)) == []
        told = LeasedAddressElsewhere(NOW, FIRST, "10.0.0.10", SQUATTER)
        assert await bench.arp(("10.0.0.10", SQUATTER), ("10.0.0.10", SQUATTER)) == [told]
        bench.now += 60
        assert len(await bench.arp(("10.0.0.10", SQUATTER))) == 1


@pytest.mark.asyncio
async def test_a_socket_that_fails_makes_us_look_at_its_interface_at_once() -> None:
    async with serving() as bench:
        bench.state = InterfaceState(7, "it was switched off")
        bench.port.receiving_fails = OSError("Network is down")
        log = await bench.batch(request(FIRST, "10.0.0.10"))
        assert events(log, InterfaceLost) == [InterfaceLost(NOW, "", "eth0", "it was switched off")]
        assert sent(log) == [(MessageType.ACK, "10.0.0.10")], "what came before it is answered"
        assert await bench.arp(("10.0.0.10", FIRST)) == []


@pytest.mark.asyncio
async def test_an_interface_that_was_made_anew_gets_new_sockets() -> None:
    async with serving() as bench:
        old, bench.port = bench.port, FakePort(bench.log, index=8)
        bench.state = InterfaceState(0, "the interface no longer exists")
        assert len(events(bench.look(), InterfaceLost)) == 1
        bench.state = InterfaceState(8)
        assert bench.look() == [InterfaceBack(NOW, "", "eth0")]
        assert old.closed
        assert sent(await bench.batch(discover(FIRST))) == [(MessageType.OFFER, "10.0.0.10")]


@pytest.mark.asyncio
async def test_sockets_that_may_not_be_opened_again_are_told_with_the_cure_and_tried_on() -> None:
    async with serving() as bench:
        fresh = FakePort(bench.log, index=8)

        def refuse(_: str) -> AnyDhcpPort:
            raise BindError("a raw socket on eth0", "Operation not permitted.", "Give CAP_NET_RAW.")

        bench.open = refuse
        bench.state = InterfaceState(8)
        (lost,) = bench.look()
        assert isinstance(lost, InterfaceLost)
        assert "Operation not permitted. Give CAP_NET_RAW. Or restart" in lost.reason
        assert bench.look() == []
        assert bench.service._served["eth0"].port is None
        bench.open = lambda _: fresh
        assert bench.look() == [InterfaceBack(NOW, "", "eth0")]
        bench.port = fresh


@pytest.mark.asyncio
async def test_a_reply_for_an_interface_that_is_gone_is_dropped_quietly() -> None:
    async with serving() as bench:
        bench.disk.busy = True
        await bench.batch(request(FIRST, "10.0.0.10"))

        def refuse(_: str) -> AnyDhcpPort:
            raise BindError("UDP port 67 on eth0", "No such device.", "")

        bench.open, bench.state = refuse, InterfaceState(8)
        bench.look()
        bench.log.clear()
        bench.disk.finish()
        assert bench.log == [["10.0.0.10"]]


@pytest.mark.asyncio
async def test_an_interface_whose_addresses_cannot_be_read_is_lost() -> None:
    async with serving() as bench:
        bench.port.addresses_gone = True
        (lost,) = bench.look()
    assert lost == InterfaceLost(NOW, "", "eth0", "interface eth0: there is no such interface.")


# --- opening and closing ------------------------------------------------------------------------------


def test_an_interface_that_cannot_be_opened_closes_those_opened_before_it() -> None:
    first = FakePort([])

    def open_port(name: str) -> AnyDhcpPort:
        if name == "eth0":
            return first
        raise BindError(name, "there is no such interface.", "")

    service = DhcpService(
        ["eth0", "eth1"], a_server(), lambda _: None, lambda _: None, lambda *_: None, open_port=open_port
    )
    with pytest.raises(BindError, match="eth1"):
        service.open()
    assert first.closed


@pytest.mark.asyncio
async def test_a_closed_service_answers_nothing_more() -> None:
    async with serving() as bench:
        bench.disk.busy = True
        await bench.batch(request(FIRST, "10.0.0.10"))
        bench.port.waiting.append(discover(FIRST))
        bench.port.messages.wake()
        bench.service.close()
        bench.service.close()
        bench.log.clear()
        bench.disk.finish()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (bench.port.closed, bench.log) == (True, [["10.0.0.10"]])


# --- the clock is set -------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_clock_that_is_set_ends_no_lease() -> None:
    async with serving() as bench:
        await bench.batch(request(FIRST, "10.0.0.10"))
        before = bench.disk.saved[-1]
        for step in (2 * 86_400.0, -86_400.0):
            bench.now += step
            bench.set_by += step
            bench.look()
        after = bench.disk.saved[-1]
    assert after == before._replace(expires=before.expires + 86_400.0)
    assert bench.noted == [2 * 86_400.0, 86_400.0]


@pytest.mark.asyncio
async def test_a_clock_that_drifts_or_runs_changes_nothing() -> None:
    async with serving() as bench:
        await bench.batch(request(FIRST, "10.0.0.10"))
        saved = len(bench.disk.saved)
        for _ in range(100):
            bench.now += 60.5
            bench.set_by += 0.5
            bench.look()
        assert len(bench.disk.saved) == saved
    assert bench.noted == []


# --- one of several nodes ---------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_node_on_standby_hears_phones_and_says_nothing() -> None:
    async with serving() as bench:
        bench.service.stand_by()
        assert await bench.batch(discover(FIRST), request(SECOND, "10.0.0.11")) == []
        assert await bench.arp((SQUATTER, "10.0.0.10")) == []
        assert await bench.pinged("10.0.0.10") == []
        assert bench.look() == []
        assert bench.engine.leases() == []


@pytest.mark.asyncio
async def test_a_node_that_takes_over_answers_by_the_leases_of_all_and_stores_by_its_turn() -> None:
    stored: list[Lease] = []
    async with serving() as bench:
        bench.service.stand_by()
        bench.service.take_over([Lease(SECOND, "10.0.0.10", NOW + 60)], stored.extend)
        assert sent(await bench.batch(discover(FIRST))) == [(MessageType.OFFER, "10.0.0.11")]
        assert sent(await bench.batch(request(FIRST, "10.0.0.11"))) == [(MessageType.ACK, "10.0.0.11")]
    assert [(lease.mac, lease.address) for lease in stored] == [(FIRST, "10.0.0.11")]
    assert bench.disk.saved == []


@pytest.mark.asyncio
async def test_no_ack_leaves_when_another_node_has_taken_over_and_nothing_is_tried_again() -> None:
    async with serving() as bench:
        bench.disk.refuses = NotActive("DHCP", "another node has taken over.", "")
        assert sent(await bench.batch(request(FIRST, "10.0.0.10"))) == []
        bench.disk.refuses = None
        assert bench.look() == []
        assert bench.disk.saved == []


@pytest.mark.asyncio
async def test_what_waited_for_the_disk_when_another_node_took_over_is_dropped() -> None:
    async with serving() as bench:
        bench.disk.busy = True
        await bench.batch(request(FIRST, "10.0.0.10"))
        await bench.batch(request(SECOND, "10.0.0.11"))
        bench.service.stand_by()
        bench.disk.finish()
        assert bench.disk.asked == []
        assert [lease.mac for lease in bench.disk.saved] == [FIRST]
