"""The text for every event."""

from hypothesis import given
from hypothesis import strategies as st

from ringup.events import (
    KINDS,
    AddressLeased,
    AddressOffered,
    CallEnded,
    CdpSeen,
    DiscoverReceived,
    Event,
    FileNotFound,
    FileSent,
    OtherServerSeen,
    PbxLost,
    ServerAddressChanged,
    ServerFault,
    ServerStarted,
    SipSeen,
    SiteChanged,
    TransferFailed,
)
from ringup.journey.describe import LONGEST_LINE, LONGEST_OWN_LINE, SENTENCES, describe, plain
from ringup.journey.follow import fold
from tests.journey.event_strategies import events, events_of


@given(events_of(FileSent) | events_of(CallEnded))
def test_a_line_is_its_sentence_filled_in(event: Event) -> None:
    filled = SENTENCES[type(event)].format(event)
    is_measured = getattr(event, "size", 0) != -1
    assert describe(event) == plain(filled) or filled.endswith((": ", " ()")) or not is_measured


def test_every_kind_of_event_has_its_sentence() -> None:
    assert set(SENTENCES) == set(KINDS.values())


@given(events())
def test_every_event_is_one_short_printable_line(event: Event) -> None:
    line = describe(event)
    assert line
    assert line.isprintable()
    about_the_server = type(event) in (PbxLost, ServerAddressChanged, ServerFault, ServerStarted, SiteChanged)
    assert len(line) <= (LONGEST_OWN_LINE if about_the_server else LONGEST_LINE)


def test_a_fault_of_the_server_keeps_its_cure_however_long_its_fact() -> None:
    cure = "Run as root, or as a user that may write to /etc/asterisk: ringup pbx install"
    fault = ServerFault(1, "", f"{'writing a file of the PBX, ' * 8}Permission denied. {cure}")
    assert describe(fault).endswith(cure)
    assert describe(PbxLost(1, "", f"{'no answer ' * 20}{cure}")).endswith(cure)


def test_a_file_is_told_with_its_size_and_its_seconds() -> None:
    sent = FileSent(1, "", "P0S3-8-12-00.sb2", "10.0.0.11", 756_524, 7.04)
    assert describe(sent) == "has P0S3-8-12-00.sb2, 756,524 bytes in 7.0 s"


def test_what_another_servers_log_does_not_measure_is_left_out() -> None:
    assert describe(AddressLeased(1, "", "10.0.0.11", 0)) == "has 10.0.0.11"
    assert describe(FileSent(1, "", "a.cnf", "10.0.0.11", -1, 0.5)) == "has a.cnf"
    failed = TransferFailed(1, "", "a.cnf", "10.0.0.11", 0, 0, "silence")
    assert describe(failed) == "transfer of a.cnf failed: silence"


def test_a_renewal_is_told_from_a_new_lease() -> None:
    assert describe(AddressLeased(1, "", "10.0.0.11", 3600)) == "has 10.0.0.11 for 3600 s"
    assert describe(AddressLeased(1, "", "10.0.0.11", 3600, renewed=True)) == "keeps 10.0.0.11 for 3600 s"


def test_an_offer_made_at_once_is_told_with_its_question() -> None:
    offered = AddressOffered(1, "", "10.0.0.11", "10.0.0.1", "Cisco Systems, Inc. IP Phone CP-7960G", "eth0")
    assert describe(offered) == (
        "requests an address (Cisco Systems, Inc. IP Phone CP-7960G), "
        "is offered 10.0.0.11, files from 10.0.0.1"
    )
    assert describe(AddressOffered(1, "", "10.0.0.11", "10.0.0.1")) == (
        "is offered 10.0.0.11, files from 10.0.0.1"
    )


def test_what_is_empty_leaves_no_loose_end() -> None:
    assert describe(FileNotFound(1, "", "a.cnf", "", "")) == "a.cnf not found"
    assert describe(DiscoverReceived(1, "", "")) == "requests an address"
    assert describe(OtherServerSeen(1, "", "10.0.0.9", "")) == (
        "is answered by another DHCP server, 10.0.0.9"
    )


def test_a_sip_message_and_a_cdp_announcement_are_told() -> None:
    phone, pbx = "10.0.0.11:51098", "10.0.0.1:5060"
    named = ("201", "10.0.0.11:5060", "Cisco-CP7960G/8.0", False, "a@10.0.0.11")
    assert describe(SipSeen(1, "", phone, pbx, "REGISTER", 0, *named)) == (
        f"SIP REGISTER request from {phone} to {pbx}"
    )
    assert describe(SipSeen(1, "", pbx, phone, "REGISTER", 401, *named)) == (
        f"SIP REGISTER 401 from {pbx} to {phone}"
    )
    assert describe(SipSeen(1, "", "", phone, "REGISTER", 401, *named)) == f"SIP REGISTER 401 to {phone}"
    announced = ("SIP001646C0FFEE", "Cisco IP Phone 7960", "P003-08-2-00", "Port 1", -1)
    assert describe(CdpSeen(1, "001646C0FFEE", *announced)) == (
        "announces itself by CDP: Cisco IP Phone 7960, SIP001646C0FFEE, P003-08-2-00"
    )


def test_a_phone_of_which_only_cdp_and_sip_were_seen_is_seen() -> None:
    announced = CdpSeen(1, "001646C0FFEE", "SIP001646C0FFEE", "Cisco IP Phone 7960", "", "Port 1", -1)
    journey = fold([announced])["001646C0FFEE"]
    assert (journey.stage, journey.last_at) == ("on_the_wire", 1)


def test_option_60_loses_its_nul() -> None:
    assert describe(DiscoverReceived(1, "", "Cisco Systems, Inc. IP Phone CP-7960G\0")) == (
        "requests an address (Cisco Systems, Inc. IP Phone CP-7960G)"
    )


def test_a_name_cannot_give_orders_to_the_terminal() -> None:
    assert plain("a\x1b[2Jb\nc\u202ed") == "a·[2Jb·c·d"


@given(st.text(max_size=50), st.integers(min_value=1, max_value=60))
def test_plain_text_is_never_longer_than_asked(text: str, longest: int) -> None:
    assert len(plain(text, longest)) <= longest
