"""Two devices with the same MAC leave signs; a device that reboots, renews or is behind a NAT leaves none."""

import pytest

from ringup.events import (
    AddressLeased,
    Event,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    FilesFromTwoAddresses,
    LineAuthenticated,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    PbxLost,
    RegisteredElsewhere,
)
from ringup.journey import two_devices
from ringup.journey.two_devices import TwoDevices

MAC, OTHER = "001646C0FFEE", "00112233AABB"
HERE, THERE = "10.0.0.10", "10.0.0.66"
OWN_FILE = f"SIP{MAC}.cnf"
REGISTERED = LineRegistered(0, MAC, "201", f"sip:201@{HERE}:5060;transport=udp")


def traces(*events: Event) -> list[Event]:
    return TwoDevices().traces(events)


def boot(at: float, address: str, mac: str = MAC) -> list[Event]:
    return [
        AddressLeased(at, mac, address, 3600),
        FileNotFound(at + 1, mac, f"CTLSEP{mac}.tlv", address, "normal"),
        FileSent(at + 2, mac, f"SIP{mac}.cnf", address, 900, 0.1),
    ]


def test_an_ordinary_reboot_leaves_no_trace() -> None:
    assert traces(*boot(0, HERE), REGISTERED, *boot(100, HERE), *boot(110, HERE)) == []


def test_a_boot_at_another_address_beside_a_living_registration_is_one_trace() -> None:
    assert traces(REGISTERED, *boot(100, THERE)) == [RegisteredElsewhere(100, MAC, THERE, HERE)]


def test_files_tell_of_a_boot_where_another_server_gives_the_addresses() -> None:
    first = FileRequested(100, "", f"CTLSEP{MAC}.tlv", THERE, 50000)
    assert traces(REGISTERED, first) == [RegisteredElsewhere(100, MAC, THERE, HERE)]


def test_a_login_that_pjsip_tells_of_is_a_registration_too() -> None:
    login = LineAuthenticated(0, MAC, "201", HERE)
    assert traces(login, *boot(100, THERE)) == [RegisteredElsewhere(100, MAC, THERE, HERE)]


@pytest.mark.parametrize(
    "end",
    [
        LineUnregistered(50, MAC, "201", "expired"),
        LineUnreachable(50, MAC, "201"),
        PbxLost(50, "", "silence"),
        LineRegistered(50, MAC, "201", f"sip:201@{THERE}:5060"),
    ],
    ids=["unregistered", "unreachable", "unknown", "moved"],
)
def test_a_registration_that_is_not_alive_any_more_proves_nothing(end: Event) -> None:
    assert traces(REGISTERED, end, *boot(100, THERE)) == []


def test_a_registration_that_answers_goes_on_to_count() -> None:
    assert traces(REGISTERED, LineReachable(50, MAC, "201", 5.0), *boot(100, THERE)) != []


def test_a_renewed_lease_is_not_a_boot() -> None:
    assert traces(REGISTERED, AddressLeased(100, MAC, THERE, 3600, renewed=True)) == []


def test_phones_behind_a_nat_register_from_one_address() -> None:
    others = LineRegistered(0, OTHER, "202", f"sip:202@{HERE}:5061")
    assert traces(REGISTERED, others, *boot(100, THERE)) == []
    left = LineUnregistered(50, OTHER, "202", "expired")
    assert traces(REGISTERED, others, left, *boot(100, THERE)) != []


@pytest.mark.parametrize("refused", [True, False])
def test_two_addresses_request_a_phones_files_within_a_minute(*, refused: bool) -> None:
    own = FileSent(0, MAC, OWN_FILE, HERE, 900, 0.1)
    stranger: Event = FileSent(59, MAC, OWN_FILE, THERE, 900, 0.1)
    if refused:
        stranger = FileRefused(59, "", OWN_FILE, THERE, "only its own phone gets this file")
    assert traces(own, stranger) == [FilesFromTwoAddresses(59, MAC, THERE, HERE)]


def test_a_minute_later_it_is_another_address_of_the_phone() -> None:
    assert traces(FileSent(0, MAC, OWN_FILE, HERE, 9, 0.1), FileSent(60, MAC, OWN_FILE, THERE, 9, 0.1)) == []


def test_files_for_all_and_other_phones_files_tell_nothing() -> None:
    common = [FileSent(at, MAC, "SIPDefault.cnf", address, 9, 0.1) for at, address in ((0, HERE), (1, THERE))]
    assert traces(*common, *boot(0, HERE), *boot(1, THERE, OTHER)) == []


def test_what_goes_on_is_said_once_a_minute() -> None:
    asked = [FileSent(at, MAC, OWN_FILE, (HERE, THERE)[at % 2], 9, 0.1) for at in range(130)]
    assert [trace.at for trace in traces(*asked)] == [1, 61, 121]


def test_invented_phones_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_devices, "MOST_PHONES", 10)
    followed = TwoDevices()
    followed.traces(FileSent(0, "", f"SIP{number:012X}.cnf", HERE, 9, 0.1) for number in range(1000))
    assert len(followed._requests) <= 10
