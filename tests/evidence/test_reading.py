"""Several files together: sorted by time and address, with every event at its phone."""

import pytest

from ringup.events import AddressLeased, FileRequested
from ringup.evidence import store
from ringup.evidence.observation import Observation
from ringup.evidence.store import Store
from ringup.journey.follow import fold
from tests.evidence.logs import MAC, PHONE, at, kinds, reading

COLONS = "00:16:46:c0:ff:ee"
DHCP = f"Nov 27 11:05:41 gw dhcpd: DHCPACK on {PHONE} to {COLONS} via eth0\n"
TFTP = (
    f"Nov 27 11:05:42 pbx in.tftpd[7]: RRQ from {PHONE} filename OS79XX.TXT\n"
    f"Nov 27 11:05:43 pbx in.tftpd[8]: RRQ from {PHONE} filename SIPDefault.cnf\n"
)
SIP = (
    "[Nov 27 11:05:50] NOTICE[1] chan_sip.c: Registration from '<sip:201@pbx>' failed for "
    f"'{PHONE}:51098' - Wrong password\n"
    "[Nov 27 11:06:50] NOTICE[1] chan_sip.c: Peer '201' is now UNREACHABLE!\n"
)


@pytest.mark.parametrize("files", [(DHCP, TFTP, SIP), (SIP, TFTP, DHCP), (TFTP, DHCP + SIP)])
def test_files_are_joined_by_time_and_address(files: tuple[str, ...]) -> None:
    whole = reading(*files)
    assert {event.mac for event in whole.events} == {MAC}
    assert kinds(*files) == [
        "AddressLeased", "FileRequested", "FileRequested", "RegistrationRefused", "LineUnreachable",
    ]  # fmt: skip
    assert whole.phones == (MAC,)
    assert whole.protocols == {"DHCP", "TFTP", "PBX"}


def test_the_events_are_a_journey() -> None:
    journey = fold(reading(DHCP, TFTP, SIP).events)[MAC]
    assert (journey.stage, journey.address) == ("sip_default", PHONE)
    assert journey.trouble is not None


def test_an_address_that_changes_hands_is_each_phones_in_its_time() -> None:
    other = DHCP.replace("ff:ee", "ff:00").replace("11:05", "12:05")
    later = TFTP.replace("11:05", "12:05")
    macs = [event.mac for event in reading(DHCP, TFTP, other, later).events]
    assert macs == [MAC] * 3 + ["001646C0FF00"] * 3


def test_devices_that_only_got_an_address_are_others_beside_a_phone() -> None:
    laptop = "Nov 27 11:05:40 gw dhcpd: DHCPACK on 10.0.0.99 to 02:00:00:00:00:01 (laptop) via eth0\n"
    whole = reading(DHCP, TFTP, laptop)
    assert (whole.phones, whole.others) == ((MAC,), ("020000000001",))
    assert reading(laptop).phones == ("020000000001",)


def test_a_host_name_of_a_phone_makes_a_device_a_phone() -> None:
    named = "Nov 27 11:05:41 gw dnsmasq-dhcp[1]: DHCPACK(eth0) 10.0.0.98 00:16:46:00:00:01 SEP001646000001\n"
    assert reading(DHCP, TFTP, named).phones == (MAC, "001646000001")


def test_strangers_that_try_passwords_are_no_phones() -> None:
    stranger = SIP.replace(PHONE, "203.0.114.7").replace("201", "999")
    whole = reading(DHCP, TFTP, stranger)
    assert (whole.phones, whole.others) == ((MAC,), ("203.0.114.7",))


def test_memory_is_bounded_and_busy_phones_lose_their_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_KEPT", 100)
    kept = Store()
    kept.add([Observation(FileRequested(0.5, "", f"SIP{MAC}.cnf", PHONE, 1))])
    for second in range(1000):
        kept.add([Observation(AddressLeased(float(second), "020000000001", "10.0.0.99", 1))])
    told = list(kept.in_order())
    assert len(told) <= 100
    assert len(told) + kept.omitted == 1001
    assert told[0].event.at == 0.5
    assert told[-1].event.at == 999


def test_the_number_of_devices_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_KEYS", 10)
    kept = Store()
    for number in range(20):
        kept.add([Observation(AddressLeased(1.0, f"{number:012d}", "10.0.0.99", 1))])
    assert (len(list(kept.in_order())), kept.omitted) == (10, 10)


def test_lines_before_the_first_stamp_have_its_time() -> None:
    early = f"TFTP: read request from host {PHONE}(1) via Vlan1\nTFTP: Looking for OS79XX.TXT\n"
    text = f"{early}*Nov 27 11:05:42.000: TFTP: Looking for SIPDefault.cnf\n"
    assert [event.at for event in reading(text).events] == [at(11, 5, 42)] * 2


def test_the_evidence_reaches_to_the_last_line_whatever_that_tells() -> None:
    whole = reading(TFTP + "Nov 27 11:59:00 pbx cron[1]: nothing\n")
    assert whole.last_at == at(11, 59, 0)
    assert whole.is_timed


def test_a_probe_of_a_server_under_an_invented_mac_is_no_phone() -> None:
    probe = (
        "Nov 27 11:05:41 gw dnsmasq-dhcp[1]: 1234567890 vendor class: Cisco Systems, Inc. IP Phone CP-7960G\n"
        "Nov 27 11:05:41 gw dnsmasq-dhcp[1]: 1234567890 DHCPDISCOVER(eth0) 96:18:c3:aa:a1:68 \n"
    )
    whole = reading(DHCP, TFTP, probe)
    assert "9618C3AAA168" in whole.others


def test_a_device_of_the_maker_of_a_phone_is_a_phone() -> None:
    waits = "Nov 27 11:05:40 gw dhcpd: DHCPDISCOVER from 00:16:46:00:00:02 via eth0: no free leases\n"
    assert reading(DHCP, TFTP, waits).phones == ("001646000002", MAC)
