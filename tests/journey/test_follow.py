"""The state of a phone after the real sequences, and after any other events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.events import (
    AddressDeclined,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    AddressReleased,
    CallAnswered,
    CallEnded,
    CallStarted,
    DiscoverReceived,
    Event,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    LineReachable,
    LineRegistered,
    LineUnregistered,
    MessagesWaiting,
    OtherServerChosen,
    PbxConnected,
    ServerStarted,
    SiteChanged,
    TftpIgnored,
    TransferFailed,
    TransferProgress,
)
from ringup.journey.changes import MOST_CALLS, MOST_LINES
from ringup.journey.follow import Call, Journey, Leased, fold, follow
from ringup.journey.record import MOST_REQUESTS, RequestRecord
from ringup.journey.stages import STAGES
from ringup.journey.troubles import MOST_TROUBLES
from tests.journey.event_strategies import MACS, events
from tests.journey.sequences import (
    ADDRESS,
    CISCO_7960,
    CONFIGURED,
    CONVERTED,
    dhcp,
    found,
    hunt,
    missing,
    of_nobody,
    sequence_c,
    sequence_d,
    sequence_e,
    sequence_f,
    unprovisioned,
)

MAC = CONFIGURED
REGISTERED = LineRegistered(50, MAC, "1600", f"sip:1600@{ADDRESS}:5060")


def after(*events: Event, mac: str = MAC) -> Journey:
    """Return the journey of one phone after these events."""
    return fold(events)[mac]


# --- boots ---------------------------------------------------------------------------------------


def test_a_configured_phone_is_registered_after_one_boot() -> None:
    journey = after(*sequence_e(100))
    assert (journey.stage, journey.since, journey.boots) == ("registered", 130, 1)
    assert (journey.model, journey.address) == ("7960", ADDRESS)
    assert journey.firmware_asked == "P0S3-8-12-00"
    assert journey.registered == ("1600",)
    assert journey.trouble is None
    assert (journey.last, journey.last_at) == (f"1600 is registered at sip:1600@{ADDRESS}:5060", 130)
    assert journey.requests == (
        RequestRecord(100, f"CTLSEP{MAC}.tlv", "absent"),
        RequestRecord(100, f"SEP{MAC}.cnf.xml", "sent"),
        RequestRecord(101, "P0S3-8-12-00.loads", "sent"),
        RequestRecord(125, "SIPDefault.cnf", "sent"),
        RequestRecord(126, f"./SIP{MAC}.cnf", "sent"),
        RequestRecord(128, "RINGLIST.DAT", "sent"),
        RequestRecord(128, "dialplan.xml", "sent"),
    )


def test_the_second_address_of_one_boot_is_no_second_boot() -> None:
    """The SIP application requests an address by DHCP after the loader has done so (P-DHCP-6)."""
    before_the_application = after(*sequence_e(100)[:9])
    assert (before_the_application.stage, before_the_application.boots) == ("hunt", 1)
    again = fold(dhcp(124, MAC), {MAC: before_the_application})[MAC]
    assert (again.stage, again.boots, again.since) == ("hunt", 1, before_the_application.since)


def test_a_conversion_is_three_boots() -> None:
    """The SCCP application, the old loader, the new one (P-BOOT-6, P-BOOT-7)."""
    journey = after(*sequence_c(87), *sequence_d(100), mac=CONVERTED)
    assert (journey.stage, journey.boots) == ("sip_default", 3)
    assert journey.requests[0].name == f"CTLSEP{CONVERTED}.tlv"
    assert journey.requests[-1].name == f"SIP{CONVERTED}.cnf"


def test_a_phone_without_answers_is_one_boot_with_every_repetition_counted() -> None:
    journey = after(*sequence_f(0), mac=CONVERTED)
    assert (journey.stage, journey.boots) == ("hunt", 1)
    assert [(request.outcome, request.times) for request in journey.requests] == [("asked", 15)] * 5
    assert journey.requests[0].at == 56


def test_a_loader_that_starts_its_hunt_anew_counts_as_a_boot() -> None:
    journey = after(*sequence_f(0), *sequence_f(355), mac=CONVERTED)
    assert journey.boots == 2
    assert len(journey.requests) == 5


def test_a_restart_of_a_registered_phone_goes_back_to_the_start() -> None:
    journey = after(
        *sequence_e(100), CallStarted(140, MAC, "1600", "202"), DiscoverReceived(200, MAC, CISCO_7960)
    )
    assert (journey.stage, journey.since, journey.boots) == ("wants_address", 200, 2)
    assert (journey.registered, journey.in_call, journey.requests) == ((), (), ())
    journey = fold(sequence_e(202)[3:], {MAC: journey})[MAC]
    assert (journey.stage, journey.boots) == ("registered", 2)


def test_a_restart_is_seen_by_its_first_file_where_another_server_gives_addresses() -> None:
    files = [event for event in sequence_e(100) if not isinstance(event, (DiscoverReceived, AddressLeased))]
    journey = after(*files, *missing(200, MAC, f"CTLSEP{MAC}.tlv"))
    assert (journey.stage, journey.boots, len(journey.requests)) == ("hunt", 2, 1)


def test_a_phone_known_from_the_pbx_alone_restarts_with_its_first_file() -> None:
    journey = after(REGISTERED, *missing(200, MAC, f"CTLSEP{MAC}.tlv"))
    assert (journey.stage, journey.boots, journey.registered) == ("hunt", 2, ())


def test_an_offer_made_at_once_tells_of_the_question_too() -> None:
    offered = AddressOffered(1, MAC, ADDRESS, "10.0.0.1", CISCO_7960, "eth0")
    journey = after(offered)
    assert (journey.stage, journey.since, journey.boots, journey.model) == ("wants_address", 1, 1, "7960")
    assert journey.last_event is offered


def test_an_offer_made_at_once_is_a_restart_of_a_registered_phone() -> None:
    journey = after(*sequence_e(100), AddressOffered(200, MAC, ADDRESS, "10.0.0.1", CISCO_7960, "eth0"))
    assert (journey.stage, journey.since, journey.boots, journey.registered) == ("wants_address", 200, 2, ())


def test_an_offer_made_later_is_no_second_restart() -> None:
    """Its DISCOVER was reported before; meanwhile, the phone's registration may be reported."""
    journey = after(REGISTERED, DiscoverReceived(60, MAC, CISCO_7960), REGISTERED)
    assert (journey.stage, journey.boots) == ("registered", 2)
    journey = follow(journey, AddressOffered(61, MAC, ADDRESS, "10.0.0.1"))
    assert (journey.stage, journey.boots, journey.model) == ("registered", 2, "7960")


# --- requests --------------------------------------------------------------------------------------


def test_a_request_keeps_what_became_of_it() -> None:
    journey = after(
        FileRequested(1, MAC, "a", "", 1),
        FileRequested(2, MAC, "b", "", 2),
        FileSent(3, MAC, "a", "", 1, 2.0),
        FileRefused(2, MAC, "b", "", "not yours"),
        FileRequested(5, MAC, "c", "", 3),
        TransferFailed(6, MAC, "c", "", 512, 1024, "silence"),
    )
    assert [request.outcome for request in journey.requests] == ["sent", "refused", "abandoned"]


@pytest.mark.parametrize(
    ("event", "request_"),
    [
        (FileSent(3, MAC, "a", ADDRESS, 1, 0.5), RequestRecord(2.5, "a", "sent")),
        (FileNotFound(3, MAC, "a", ADDRESS, ""), RequestRecord(3, "a", "absent")),
        (FileRefused(3, MAC, "a", ADDRESS, ""), RequestRecord(3, "a", "refused")),
    ],
)
def test_an_answer_that_comes_alone_is_the_request_too(event: Event, request_: RequestRecord) -> None:
    journey = after(event)
    assert (journey.requests, journey.address) == ((request_,), ADDRESS)


def test_a_transfer_that_breaks_off_is_no_request_of_the_boot_that_began_meanwhile() -> None:
    journey = after(
        FileRequested(1, MAC, "P0S3-8-12-00.sb2", "", 1),
        *missing(10, MAC, f"CTLSEP{MAC}.tlv"),
        TransferFailed(24, MAC, "P0S3-8-12-00.sb2", "", 512, 1024, "silence"),
    )
    assert (journey.stage, journey.boots) == ("hunt", 2)


ASKED_TWICE = (FileRequested(1, MAC, "a", "", 1), FileRequested(2, MAC, "a", "", 2))
FIRST_SENT, SECOND_SENT = (FileSent(3, MAC, "a", "", 1, seconds) for seconds in (2.0, 1.0))


@pytest.mark.parametrize(
    "told",
    [
        (*ASKED_TWICE, FIRST_SENT, SECOND_SENT),
        (ASKED_TWICE[0], FIRST_SENT, ASKED_TWICE[1], SECOND_SENT),
        (FIRST_SENT, SECOND_SENT),
        (ASKED_TWICE[0], SECOND_SENT, FIRST_SENT),
        (ASKED_TWICE[0], SECOND_SENT),
    ],
    ids=["all told", "one by one", "the outcomes alone", "one told", "one never answered"],
)
def test_a_file_asked_for_twice_counts_twice_however_it_is_told(told: tuple[Event, ...]) -> None:
    assert after(*told).requests == (RequestRecord(2, "a", "sent", 2),)


def test_requests_stand_in_the_order_they_came_whichever_is_answered_first() -> None:
    ring_list = FileSent(4, MAC, "RINGLIST.DAT", "", 1, 2.0)
    dial_plan = FileSent(3, MAC, "dialplan.xml", "", 1, 0.0)
    late = FileRequested(1, MAC, "big", "", 1)
    journey = after(dial_plan, ring_list, late)
    assert journey.requests == (
        RequestRecord(1, "big"),
        RequestRecord(2, "RINGLIST.DAT", "sent"),
        RequestRecord(3, "dialplan.xml", "sent"),
    )


def test_the_requests_of_a_boot_are_bounded() -> None:
    journey = after(*(FileRequested(number, MAC, str(number), "", 1) for number in range(100)))
    assert len(journey.requests) == MOST_REQUESTS
    assert journey.requests[-1].name == "99"


# --- addresses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        AddressRefused(2, MAC, ADDRESS, "other network"),
        AddressDeclined(2, MAC, ADDRESS),
        AddressReleased(2, MAC, ADDRESS),
        OtherServerChosen(2, MAC, "10.0.0.9"),
    ],
)
def test_a_phone_that_lost_its_address_has_none(event: Event) -> None:
    assert after(*dhcp(1, MAC)).address == ADDRESS
    assert after(*dhcp(1, MAC), event).address == ""


def test_the_model_is_what_the_vendor_class_says() -> None:
    classes = {
        "Cisco Systems, Inc. IP Phone CP-7940G\0": "7940",
        "Cisco Systems, Inc. IP Phone CP-7960": "7960",
        "Cisco Systems, Inc. IP Phone 7912": "7912",
        "Cisco Systems Inc. Wireless Phone 7921": "7921",
        "Cisco Systems, Inc.": "",
        "MSFT 5.0": "",
    }
    assert {text: after(DiscoverReceived(1, MAC, text)).model for text in classes} == classes


# --- lines and calls -----------------------------------------------------------------------------------


def test_a_call_begins_is_answered_and_ends() -> None:
    started = after(REGISTERED, CallStarted(60, MAC, "1600", "202"))
    assert (started.stage, started.in_call) == ("in_call", (Call("1600", "202", 60),))
    answered = follow(started, CallAnswered(62, MAC, "1600", "202"))
    assert answered.in_call == (Call("1600", "202", 62, answered=True),)
    ended = follow(answered, CallEnded(70, MAC, "1600", "Normal Clearing"))
    assert (ended.stage, ended.since, ended.in_call) == ("registered", 70, ())


def test_a_phone_that_was_called_is_in_a_call_too() -> None:
    assert after(REGISTERED, CallAnswered(62, MAC, "1600", "202")).stage == "in_call"


def test_the_second_call_of_a_line_outlives_the_end_of_one() -> None:
    journey = after(
        REGISTERED,
        CallAnswered(60, MAC, "1600", "202"),
        CallStarted(61, MAC, "1600", "203"),
        CallEnded(62, MAC, "1600", ""),
    )
    assert (journey.stage, [call.to for call in journey.in_call]) == ("in_call", ["202"])


def test_the_end_of_a_call_of_another_line_changes_nothing() -> None:
    before = after(REGISTERED, CallStarted(60, MAC, "1600", "202"))
    assert follow(before, CallEnded(61, MAC, "1601", "")).in_call == before.in_call


@pytest.mark.parametrize("event", [ServerStarted(70, "", "1"), PbxConnected(70, "", "22")])
def test_calls_are_forgotten_when_we_did_not_listen(event: Event) -> None:
    journey = after(REGISTERED, CallStarted(60, MAC, "1600", "202"), event)
    assert (journey.stage, journey.since, journey.in_call) == ("registered", 70, ())
    assert after(REGISTERED, event) == after(REGISTERED)


def test_a_phone_that_lost_its_last_registration_is_not_registered() -> None:
    two = after(REGISTERED, LineRegistered(51, MAC, "1601", ""))
    assert two.registered == ("1600", "1601")
    one = follow(two, LineUnregistered(52, MAC, "1600"))
    assert (one.stage, one.registered) == ("registered", ("1601",))
    none = follow(one, LineUnregistered(53, MAC, "1601"))
    assert (none.stage, none.registered) == ("dial_plan", ())


def test_a_call_outlives_its_registration() -> None:
    journey = after(REGISTERED, CallStarted(60, MAC, "1600", "202"), LineUnregistered(61, MAC, "1600"))
    assert journey.stage == "in_call"
    assert follow(journey, CallEnded(62, MAC, "1600", "")).stage == "dial_plan"


def test_a_line_registers_once_however_often_it_is_told() -> None:
    journey = after(REGISTERED, LineReachable(51, MAC, "1600", 5.0), REGISTERED)
    assert journey.registered == ("1600",)


def test_messages_of_all_lines_wait_together() -> None:
    journey = after(
        MessagesWaiting(1, MAC, "1600", 2, 0),
        MessagesWaiting(2, MAC, "1601", 1, 0),
        MessagesWaiting(3, MAC, "1600", 1, 1),
    )
    assert journey.messages_waiting == 2
    assert follow(journey, MessagesWaiting(4, MAC, "1600", 0, 2)).messages_waiting == 1


# --- to which phone an event belongs --------------------------------------------------------------------


def test_events_of_other_phones_and_of_nobody_leave_a_journey_as_it_is() -> None:
    journey = after(*sequence_e(100))
    assert follow(journey, DiscoverReceived(200, CONVERTED, CISCO_7960)) is journey
    assert follow(journey, SiteChanged(200, "", 3)) is journey
    assert follow(Journey(""), SiteChanged(200, "", 3)) == Journey("")


def test_where_another_server_gives_addresses_the_file_names_tell_whose_events_they_are() -> None:
    journeys = fold(of_nobody(sequence_e(100)))
    assert list(journeys) == [MAC]
    assert journeys[MAC].stage == "dial_plan"
    assert len(journeys[MAC].requests) == 7


def test_such_a_phone_is_still_known_by_its_address_when_the_next_events_come() -> None:
    events = of_nobody(sequence_e(100))
    journeys: dict[str, Journey] = {}
    for event in events:
        journeys = fold([event], journeys)
    assert journeys == fold(events)


def test_an_address_that_went_to_another_phone_is_the_other_phones() -> None:
    events = [
        *of_nobody(hunt(100, MAC)),
        *of_nobody(hunt(200, CONVERTED)),
        *of_nobody(found(210, "", "SIPDefault.cnf")),
    ]
    assert fold(events)[CONVERTED].stage == "sip_default"
    assert fold(events[-2:], fold(events[:-2])) == fold(events)


def test_a_refused_name_is_no_evidence_about_the_phone_it_names() -> None:
    assert fold([FileRefused(1, "", f"SIP{MAC}.cnf", "10.0.0.66", "not yours")]) == {}
    journeys = fold([*dhcp(1, CONVERTED), FileRefused(2, "", f"SIP{MAC}.cnf", ADDRESS, "not yours")])
    assert list(journeys) == [CONVERTED]


NAMED = f"SIP{MAC}.cnf.bak"


def test_a_name_with_the_mac_of_a_phone_that_leases_elsewhere_proves_nothing() -> None:
    leased: list[Event] = [AddressLeased(1, MAC, ADDRESS, 3600), *hunt(10, MAC)]
    before = fold(leased)
    claimed = FileNotFound(60, "", NAMED, "10.0.0.66", "absent")
    common = FileNotFound(61, "", "dialplan.xml", "10.0.0.66", "absent")
    assert fold([*leased, claimed, common]) == before
    later = FileNotFound(3602, "", NAMED, "10.0.0.66", "absent")
    assert fold([*leased, later])[MAC].address == "10.0.0.66", "its lease has ended"
    at_once = FileNotFound(60, MAC, NAMED, "10.0.0.66", "absent")  # as the server emits it
    assert fold([*leased, at_once, common]) == before
    moved: list[Event] = [
        FileSent(61, MAC, f"SIP{MAC}.cnf", "10.0.0.66", 9, 0),
        FileNotFound(62, MAC, "x", "10.0.0.66", ""),
    ]
    assert fold([*leased, *moved])[MAC].last_at == 62
    for end in (OtherServerChosen(50, MAC, "10.0.0.2"), AddressReleased(50, MAC, ADDRESS)):
        assert fold([*leased, end, claimed])[MAC].address == "10.0.0.66"
    assert fold([*leased, FileNotFound(60, "", NAMED, ADDRESS, "absent")])[MAC].last_at == 60


def test_a_refusal_of_another_host_is_a_trouble_of_the_phone_that_leases_elsewhere() -> None:
    leased: list[Event] = [AddressLeased(1, MAC, ADDRESS, 3600), *hunt(10, MAC)]
    journey = fold([*leased, FileRefused(60, "", f"SIP{MAC}.cnf", "10.0.0.66", "not yours")])[MAC]
    assert journey.address == ADDRESS
    assert [trouble.key for trouble in journey.troubles] == ["file_refused"]


def test_another_host_that_is_refused_a_phone_s_file_changes_only_the_troubles() -> None:
    before = after(*dhcp(1, MAC), *hunt(10, MAC), REGISTERED)
    journey = follow(before, FileRefused(60, MAC, f"SIP{MAC}.cnf", "10.0.0.66", "not yours"))
    assert [trouble.key for trouble in journey.troubles] == ["file_refused"]
    assert journey._replace(troubles=(), last_event=before.last_event) == before
    own = follow(before, FileRefused(60, MAC, f"SIP{MAC}.cnf", before.address, "not yours"))
    assert own.requested != before.requested, "its own request is one of its boot"


@pytest.mark.parametrize(
    "event",
    [
        FileNotFound(60, MAC, f"CTLSEP{MAC}.tlv", "10.0.0.66", "absent"),
        FileRequested(60, MAC, "SIPDefault.cnf", "10.0.0.66", 1),
        FileSent(60, MAC, "SIPDefault.cnf", "10.0.0.66", 700, 0.1, 0),
    ],
)
def test_another_host_s_requests_do_not_restart_a_phone_that_the_pbx_has_registered(event: Event) -> None:
    before = after(*dhcp(1, MAC), *hunt(10, MAC), REGISTERED)
    assert follow(before, event)._replace(last_event=before.last_event) == before
    assert fold([event], {MAC: before})[MAC]._replace(last_event=before.last_event) == before
    moved = follow(before, FileSent(60, MAC, f"SIP{MAC}.cnf", "10.0.0.66", 700, 0.1, 0))
    assert moved.address == "10.0.0.66", "only the phone itself gets this file"


def test_stray_tftp_is_told_of_the_phone_at_that_address() -> None:
    journeys = fold(
        [*dhcp(1, MAC), TftpIgnored(2, "", ADDRESS, "no request"), TftpIgnored(3, "", "10.0.0.77", "")]
    )
    assert journeys[MAC].last_at == 2


def test_events_without_an_address_are_not_given_to_a_phone_without_one() -> None:
    assert fold([FileRequested(1, MAC, "a", "", 1), TftpIgnored(2, "", "", "no request")])[MAC].last_at == 1


def test_events_of_the_server_make_no_phone() -> None:
    assert fold([ServerStarted(1, "", "1"), FileRequested(2, "", "RINGLIST.DAT", "", 1)]) == {}


# --- for any events --------------------------------------------------------------------------------------


@given(st.lists(events(), max_size=40))
def test_no_sequence_of_events_is_too_strange_to_follow(sequence: list[Event]) -> None:
    for mac, journey in fold(sequence).items():
        assert mac == journey.mac
        assert journey.stage in {row.key for row in STAGES}
        assert len(journey.requests) <= MOST_REQUESTS
        assert len(journey.registered) <= MOST_LINES
        assert len(journey.in_call) <= MOST_CALLS
        assert len(journey.troubles) <= MOST_TROUBLES
        assert journey.last.isprintable()
        assert all(trouble.text.isprintable() for trouble in journey.troubles)
        assert isinstance(journey.messages_waiting, int)


@given(st.lists(events(), max_size=30), st.integers(min_value=0, max_value=30))
def test_events_may_be_folded_in_pieces(sequence: list[Event], cut: int) -> None:
    one_by_one = fold(sequence[cut:], fold(sequence[:cut]))
    assert {mac: journey.stage for mac, journey in one_by_one.items()}.keys() <= set(MACS)
    owned = [event for event in sequence if event.mac]
    leased: Leased = {}
    assert repr(fold(owned[cut:], fold(owned[:cut], leased=leased), leased)) == repr(fold(owned))


def test_an_unprovisioned_phone_keeps_the_start_of_its_boot_in_view() -> None:
    journey = after(*sequence_d(0), *unprovisioned(110, 200), mac=CONVERTED)
    assert journey.requests[-1].times == 201
    assert journey.requests[0].name == f"CTLSEP{CONVERTED}.tlv"


def test_a_running_transfer_shows_its_percentage_until_the_next_event() -> None:
    name = "P0S3-8-12-00.sb2"
    journey = fold(
        [
            FileRequested(1000.0, MAC, name, "10.0.0.11", 1),
            TransferProgress(1005.0, "", name, "10.0.0.11", 300, 1000),
        ]
    )[MAC]
    assert (journey.stage, journey.progress, journey.last) == ("application", 30, f"has 30 % of {name}")
    done = follow(journey, FileSent(1009.0, MAC, name, "10.0.0.11", 1000, 9.0))
    assert done.progress is None
