"""Text of an unknown program: a boot file's name with an address or a MAC is evidence, whatever surrounds
it.
"""

import pytest

from ringup.events import AddressLeased, FileNotFound, FileRequested, TransferFailed
from tests.evidence.logs import MAC, PHONE, at, events, kinds, reading

OWN = f"SIP{MAC}.cnf"


@pytest.mark.parametrize(
    "line",
    [
        f"11:05:42 {OWN} requested by {PHONE}, sent OK",
        f"> [11:05:42] Sending file '{OWN}' to client {PHONE}:50123 via server 10.0.0.1",
        f"<br>11:05:42 tftp server 10.0.0.1: GET {OWN} from {PHONE}<br>",
        f"11:05:42 Received RRQ on 10.0.0.1:69: {OWN}, peer={PHONE}",
        f"27.11.2026 11:05:42;Lesezugriff;{OWN};{PHONE};OK",
        f"{PHONE} - - [27/Nov/2026:11:05:42 +0000] \"GET /{OWN} HTTP/1.1\" 200 1400",
        f"2026-11-27T11:05:42Z level=info client={PHONE} file=/tftpboot/{OWN}",
    ],
)  # fmt: skip
def test_a_name_and_an_address_are_a_request(line: str) -> None:
    assert events(line) == [FileRequested(at(11, 5, 42), MAC, OWN, PHONE, 0)]


@pytest.mark.parametrize(
    "line",
    [
        f"11:05:42 {OWN}: file not found (client {PHONE})",
        f"11:05:42 {PHONE} asked for {OWN}, which does not exist",
        f"{PHONE} - - [27/Nov/2026:11:05:42 +0000] \"GET /{OWN} HTTP/1.1\" 404 200",
    ],
)  # fmt: skip
def test_words_say_that_it_is_absent(line: str) -> None:
    assert events(line) == [FileNotFound(at(11, 5, 42), MAC, OWN, PHONE, "not found")]


def test_a_request_that_is_said_to_be_sent_or_to_have_failed_is_one_request() -> None:
    asked, sent = f"11:05:42 {PHONE} requests {OWN}", f"11:05:43 {OWN} sent to {PHONE}"
    assert kinds(f"{asked}\n{sent}") == ["FileRequested"]
    (_, failed) = events(f"{asked}\n11:05:43 timeout while {OWN} is sent to {PHONE}")
    assert isinstance(failed, TransferFailed)


def test_a_text_without_times_keeps_the_order_of_its_lines() -> None:
    text = f"{PHONE} asks for OS79XX.TXT\n{PHONE} asks for SIPDefault.cnf\n{PHONE} asks for {OWN}\n"
    names = [event.name for event in events(text) if isinstance(event, FileRequested)]
    assert names == ["OS79XX.TXT", "SIPDefault.cnf", OWN]
    assert not reading(text).files[0].is_timed


def test_a_file_before_the_one_with_the_mac_is_the_same_phones() -> None:
    text = f"11:05:40 {PHONE} asks for OS79XX.TXT\n11:05:42 {PHONE} asks for {OWN}\n"
    assert {event.mac for event in events(text)} == {MAC}


def test_a_phone_of_which_only_the_address_is_known_has_it_as_its_key() -> None:
    assert [event.mac for event in events(f"11:05:40 {PHONE} asks for OS79XX.TXT")] == [PHONE]


@pytest.mark.parametrize(
    "line",
    [
        "11:05:42 Edit SIPDefault.cnf, put it into /tftpboot and restart",
        f"11:05:42 {PHONE} opened index.xml",
        f"11:05:42 {PHONE} asks for nothing",
        "11:05:42 apt: unpacking linux-image.bin from 10.0.0.1",
    ],
)
def test_other_lines_are_no_evidence(line: str) -> None:
    assert not events(line)


def test_a_line_that_was_wrapped_is_read_as_one() -> None:
    head = "Nov 27 11:05:42 pbx in.tftpd[7]: RRQ from"
    text = f"{head}\n   {PHONE} filename {OWN}\nNov 27 11:05:43 pbx cron[1]: x\n"
    assert events(text) == [FileRequested(at(11, 5, 42), MAC, OWN, PHONE, 0)]
    assert reading(text).unread == 0


def test_a_wrapped_line_does_not_swallow_the_next_one() -> None:
    first, head = "Nov 27 11:05:42 h in.tftpd[7]: RRQ from", "Nov 27 11:05:43 h in.tftpd[8]: RRQ from"
    text = f"{first}\n{head} {PHONE} filename {OWN}\n"
    assert events(text) == [FileRequested(at(11, 5, 43), MAC, OWN, PHONE, 0)]
    assert reading(text).unread == 1


def test_a_dhcp_message_of_a_server_that_is_not_known_is_read() -> None:
    line = f"11:05:42 [dhcpsrv] -> DHCPACK mac=00:16:46:C0:FF:EE ip={PHONE}"
    assert events(line) == [AddressLeased(at(11, 5, 42), MAC, PHONE, 0)]


@pytest.mark.parametrize(
    "table",
    [
        f"{PHONE} dev eth0 lladdr 00:16:46:c0:ff:ee REACHABLE",
        f"? ({PHONE}) at 0:16:46:c0:ff:ee on en0 ifscope [ethernet]",
        f"{PHONE}                ether   00:16:46:c0:ff:ee   C                     eth0",
        f"Internet  {PHONE}       3   0016.46c0.ffee  ARPA   Vlan10",
        f"  {PHONE}            00-16-46-c0-ff-ee     dynamic",
        f"{PHONE}        0100.1646.c0ff.ee       Nov 28 2026 11:05 AM    Automatic",
        f"1795777542 00:16:46:c0:ff:ee {PHONE} SEP{MAC} 01:00:16:46:c0:ff:ee",
        f"{PHONE},00:16:46:c0:ff:ee,01:00:16:46:c0:ff:ee,3600,1795777542,1,0,0,sep,0,,0",
        f"lease {PHONE} {{\n  starts 5 2026/11/27 11:05:42;\n  hardware ethernet 00:16:46:c0:ff:ee;\n}}",
    ],
)
def test_a_neighbour_table_beside_the_log_names_the_phone(table: str) -> None:
    log = f"Nov 27 11:05:42 pbx in.tftpd[7]: RRQ from {PHONE} filename OS79XX.TXT\n"
    assert [event.mac for event in events(log, table)] == [MAC]
    assert [event.mac for event in events(table, log)] == [MAC]


@pytest.mark.parametrize(
    "words", ["I'm already processing the request", "Warning: duplicate request dropped"]
)
@pytest.mark.parametrize("address", [f" from {PHONE}", ""])
def test_a_request_that_the_server_still_works_on_came_again(words: str, address: str) -> None:
    first = f"Nov 27 11:05:42 pbx tftp: read request {OWN} from {PHONE}\n"
    again = f"Nov 27 11:05:46 pbx tftp: {words}{address}\n"
    assert [(event.at, type(event).__name__) for event in events(first + again)] == [
        (at(11, 5, 42), "FileRequested"),
        (at(11, 5, 46), "FileRequested"),
    ]
    assert events(again) == []
