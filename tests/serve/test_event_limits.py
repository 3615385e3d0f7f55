"""A host that sends endlessly fills neither the log nor the database, and hides no phone of the site."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from ringup.engine.rates import TokenBucket
from ringup.events import (
    AddressLeased,
    AddressOffered,
    CallStarted,
    CdpSeen,
    DhcpIgnored,
    Event,
    EventsOmitted,
    FileNotFound,
    FileRefused,
    FileSent,
    FilesFromTwoAddresses,
    LeasedAddressElsewhere,
    LineRegistered,
    LineUnreachable,
    PbxLost,
    RegisteredElsewhere,
    ServerFault,
)
from ringup.serve import event_limits
from ringup.serve import recorder as recorder_module
from ringup.serve.event_limits import (
    MINUTE,
    OF_A_PHONE,
    OF_AN_UNKNOWN_HOST,
    OF_ANNOUNCEMENTS,
    EventLimits,
)
from ringup.serve.recorder import Recorder
from tests.serve.test_recorder import Store, at_once

PHONE, OTHER = "001646C0FFEE", "001646C0FFEF"
PHONES_ADDRESS, STRANGER = "10.0.0.2", "10.0.0.66"
LEASES = {PHONES_ADDRESS: PHONE}


def not_found(address: str = STRANGER, mac: str = "") -> FileNotFound:
    return FileNotFound(1.0, mac, "SIP001122334455.cnf", address, "no such phone")


def limits(
    holder_of: Callable[[str], str] | None = lambda address: LEASES.get(address, ""),
    unknown_hosts: float = 1_000,
    phones: float = 10_000,
) -> EventLimits:
    return EventLimits(
        lambda: {PHONE, OTHER},
        holder_of,
        unknown_hosts=TokenBucket(unknown_hosts, 1),
        phones=TokenBucket(phones, 1),
    )


def omitted(events: Sequence[Event]) -> list[EventsOmitted]:
    return [event for event in events if isinstance(event, EventsOmitted)]


def test_what_a_phone_sends_passes() -> None:
    boot: list[Event] = [not_found(PHONES_ADDRESS, PHONE)] * OF_A_PHONE
    assert limits().allowed(boot, 5.0) == boot


def test_a_source_has_a_number_a_minute_and_one_event_tells_the_rest() -> None:
    one = limits()
    flood: list[Event] = [not_found(), FileRefused(1.0, "", "x", STRANGER, "not yours")] * 500
    assert one.allowed(flood, 5.0) == flood[:OF_AN_UNKNOWN_HOST]
    assert one.allowed([not_found()], 5.0 + MINUTE - 0.1) == []
    assert one.is_due(5.0 + MINUTE)
    told, first = one.allowed([not_found()], 5.0 + MINUTE)
    assert isinstance(told, EventsOmitted)
    assert (told.mac, told.source, told.count) == ("", STRANGER, 1_001 - OF_AN_UNKNOWN_HOST)
    assert told.kinds == "FileNotFound, FileRefused"
    assert first == not_found()


def test_a_minute_without_any_more_is_told_too() -> None:
    one = limits()
    one.allowed([not_found()] * 100, 5.0)
    assert not one.is_due(64.9)
    assert [event.count for event in omitted(one.allowed([], 65.0))] == [100 - OF_AN_UNKNOWN_HOST]
    assert not one.is_due(1_000.0)


def test_many_addresses_share_a_rate() -> None:
    one = limits(unknown_hosts=100)
    flood = [not_found(f"10.0.{number // 250}.{number % 250}") for number in range(1_000)]
    assert one.allowed(flood, 5.0) == flood[:100]
    assert one.allowed(flood, 8.0) == flood[:3]


def test_invented_macs_are_one_source_and_share_the_rate_of_strangers() -> None:
    one = limits(unknown_hosts=100)
    flood: list[Event] = [DhcpIgnored(1.0, f"{number:012X}", "no phone") for number in range(1_000)]
    assert len(one.allowed(flood, 5.0)) == 100
    assert [(each.mac, each.source, each.count) for each in omitted(one.allowed([], 65.0))] == [("", "", 900)]


def test_a_flood_of_strangers_hides_no_phone_of_the_site() -> None:
    one = limits(unknown_hosts=100)
    one.allowed([not_found(f"10.1.{number // 250}.{number % 250}") for number in range(20_000)], 5.0)
    honest: list[Event] = [
        AddressOffered(1.0, PHONE, PHONES_ADDRESS, "10.0.0.1"),
        not_found(PHONES_ADDRESS, PHONE),
        CallStarted(1.0, OTHER, "201", "202"),
    ]
    assert one.allowed(honest, 5.0) == honest


def test_a_stranger_who_names_a_phone_does_not_use_up_what_is_the_phones() -> None:
    one = limits()
    claimed: list[Event] = [not_found(STRANGER, PHONE)] * 1_000
    assert len(one.allowed(claimed, 5.0)) == OF_AN_UNKNOWN_HOST
    own: list[Event] = [not_found(PHONES_ADDRESS, PHONE)] * OF_A_PHONE
    assert one.allowed(own, 5.0) == own


def test_where_another_server_gives_addresses_a_phone_is_believed_by_its_names() -> None:
    boot: list[Event] = [not_found("10.9.9.9", PHONE)] * OF_A_PHONE
    assert limits(holder_of=None).allowed(boot, 5.0) == boot


def test_forged_messages_with_a_phones_mac_do_not_hide_what_the_pbx_says_of_it() -> None:
    one = limits()
    offer: Event = AddressOffered(1.0, PHONE, "10.0.0.2", "10.0.0.1")
    forged = [offer] * 10 * OF_A_PHONE
    said: list[Event] = [LineRegistered(2.0, PHONE, "201", ""), LineUnreachable(3.0, PHONE, "201")]
    assert one.allowed([*forged, *said], 5.0)[-2:] == said
    call: Event = CallStarted(4.0, PHONE, "201", "500")
    calls = [call] * 10 * OF_A_PHONE
    assert len(one.allowed(calls, 6.0)) == OF_A_PHONE - 2
    assert {each.source for each in omitted(one.allowed([], 5.0 + MINUTE))} == {"", "PBX"}


def test_forged_announcements_of_a_phone_do_not_hide_its_address() -> None:
    one = limits()
    forged: list[Event] = [
        CdpSeen(1.0, PHONE, f"SIP{PHONE}", "Cisco IP Phone 7960", str(number), "Port 1", -1)
        for number in range(10 * OF_A_PHONE)
    ]
    assert len(one.allowed(forged, 5.0)) == OF_ANNOUNCEMENTS
    boot: list[Event] = [AddressOffered(1.0, PHONE, PHONES_ADDRESS, "10.0.0.1")] * OF_A_PHONE
    assert one.allowed(boot, 6.0) == boot
    assert [each.source for each in omitted(one.allowed([], 5.0 + MINUTE))] == ["CDP"]


def test_forged_messages_in_a_phones_name_do_not_hide_how_far_it_came() -> None:
    one = limits()
    forged: list[Event] = [
        AddressOffered(1.0, PHONE, PHONES_ADDRESS, "10.0.0.1"),
        not_found(PHONES_ADDRESS, PHONE),
    ] * (10 * OF_A_PHONE)
    assert len(one.allowed(forged, 5.0)) == 2 * OF_A_PHONE
    boot: list[Event] = [
        AddressLeased(1.0, PHONE, PHONES_ADDRESS, 3600),
        FileSent(1.0, PHONE, f"SIP{PHONE}.cnf", PHONES_ADDRESS, 1_000, 1),
    ]
    assert one.allowed(boot, 6.0) == boot


def test_forged_messages_with_a_phones_mac_do_not_hide_that_a_second_device_has_it() -> None:
    one = limits()
    forged: list[Event] = [AddressOffered(1.0, PHONE, PHONES_ADDRESS, "10.0.0.1")] * (10 * OF_A_PHONE)
    signs: list[Event] = [
        LeasedAddressElsewhere(1.0, PHONE, PHONES_ADDRESS, OTHER),
        FilesFromTwoAddresses(1.0, PHONE, STRANGER, PHONES_ADDRESS),
        RegisteredElsewhere(1.0, PHONE, STRANGER, PHONES_ADDRESS),
    ]
    assert one.allowed([*forged, *signs], 5.0)[-3:] == signs


def test_forged_addresses_take_no_place_from_what_is_counted_of_a_phone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_limits, "MOST_SOURCES", 100)
    one = limits(unknown_hosts=10_000)
    one.allowed([not_found(f"10.1.{number // 250}.{number % 250}") for number in range(1_000)], 5.0)
    one.allowed([AddressOffered(1.0, PHONE, PHONES_ADDRESS, "10.0.0.1")] * (10 * OF_A_PHONE), 5.0)
    boot: list[Event] = [
        AddressLeased(1.0, PHONE, PHONES_ADDRESS, 3600),
        FileSent(1.0, PHONE, f"SIP{PHONE}.cnf", PHONES_ADDRESS, 1_000, 1),
        FilesFromTwoAddresses(1.0, PHONE, STRANGER, PHONES_ADDRESS),
    ]
    assert one.allowed(boot, 6.0) == boot


def test_messages_with_a_phones_mac_have_an_end_too() -> None:
    one = limits(phones=300)
    flood: list[Event] = [AddressOffered(1.0, PHONE, PHONES_ADDRESS, "10.0.0.1")] * 1_000
    assert len(one.allowed(flood, 5.0)) == OF_A_PHONE
    others: list[Event] = [AddressOffered(1.0, OTHER, "10.0.0.3", "10.0.0.1")] * OF_A_PHONE
    assert len(one.allowed(others, 5.0)) == 300 - OF_A_PHONE
    told = {(event.mac, event.count) for event in omitted(one.allowed([], 65.0))}
    assert told == {(PHONE, 1_000 - OF_A_PHONE), (OTHER, 2 * OF_A_PHONE - 300)}


def test_events_of_the_server_itself_always_pass() -> None:
    own: list[Event] = [ServerFault(1.0, "", "x"), PbxLost(1.0, "", "x")] * 500
    assert limits(unknown_hosts=0, phones=0).allowed(own, 5.0) == own


def test_many_sources_make_few_summaries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_limits, "MOST_SUMMARIES", 3)
    one = limits(unknown_hosts=0)
    for number in range(1, 11):
        one.allowed([not_found(f"10.0.1.{number}")] * number, 5.0)
    told = omitted(one.allowed([], 65.0))
    assert [(event.source, event.count) for event in told] == [
        ("10.0.1.10", 10),
        ("10.0.1.9", 9),
        ("10.0.1.8", 8),
        ("", sum(range(1, 8))),
    ]


def test_the_memory_of_sources_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_limits, "MOST_SOURCES", 3)
    one = limits(unknown_hosts=0)
    one.allowed([not_found(f"10.0.1.{number}") for number in range(1, 11)], 5.0)
    told = omitted(one.allowed([], 65.0))
    assert sorted((event.source, event.count) for event in told) == [
        ("", 7),
        ("10.0.1.1", 1),
        ("10.0.1.2", 1),
        ("10.0.1.3", 1),
    ]


def test_the_recorder_stores_what_is_allowed_and_counts_everything() -> None:
    store = Store()
    recorder = Recorder(store.add, at_once, limits=limits())
    recorder.emit_all([not_found()] * 500)
    recorder.flush()
    assert len(store.written) == OF_AN_UNKNOWN_HOST
    assert recorder.counts.events["FileNotFound"] == 500


def test_the_recorder_tells_what_was_omitted_when_nothing_comes_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recorder_module, "FLUSH_SECONDS", 0.0)
    monkeypatch.setattr(event_limits, "MINUTE", 0.0)
    store, one = Store(), limits()
    one.allowed([not_found()] * 500, 0.0)

    async def until_told() -> None:
        told = asyncio.Event()

        def add(events: Sequence[Event]) -> None:
            store.add(events)
            told.set()

        running = asyncio.create_task(Recorder(add, at_once, limits=one).run())
        await told.wait()
        running.cancel()

    asyncio.run(asyncio.wait_for(until_told(), 5))
    assert [event.count for event in omitted(store.written)] == [500 - OF_AN_UNKNOWN_HOST]
