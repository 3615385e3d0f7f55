"""What proves that a phone runs a load, with the requests of real boots."""

from collections.abc import Iterable

import pytest

from ringup.events import Event, FileNotFound, FileRequested, FileSent, LineRegistered
from ringup.journey.follow import fold
from ringup.rollout.evidence import BY_LIST, BY_OWN_FILE, BootResult, boot_report, row_of

MAC = "000E84C060A6"
ADDRESS = "10.0.0.11"
LOAD = "P0S3-8-12-00"
FIRST = f"CTLSEP{MAC}.tlv"
BOOT = (FIRST, f"SEP{MAC}.cnf.xml", f"{LOAD}.loads")
FILES = ("SIPDefault.cnf", f"./SIP{MAC}.cnf", "RINGLIST.DAT", "dialplan.xml")


def events(names: Iterable[str], at: float, *, registers: bool = True) -> list[Event]:
    """Return a boot with these requests, one per second; a name that begins with ``-`` stands for an absent
    file.
    """
    made: list[Event] = []
    for name in names:
        at += 1
        is_absent = name.startswith("-") or name == FIRST
        plain = name.removeprefix("-")
        made.append(
            FileNotFound(at, MAC, plain, ADDRESS, "")
            if is_absent
            else FileSent(at, MAC, plain, ADDRESS, 1000, 0.1, 0)
        )
    return [*made, LineRegistered(at + 1, MAC, "201", "sip:201@10.0.0.11")] if registers else made


def seen(*boots: list[Event], load: str = LOAD, since: float = 100.0) -> BootResult:
    """Return what these boots show."""
    return boot_report(fold(event for boot in boots for event in boot)[MAC], load, since).result


def test_the_boot_of_a_real_phone_that_runs_its_load_is_the_proof() -> None:
    assert seen(events((*BOOT, *FILES), 200)) is BootResult.RUNS


def test_a_boot_before_the_offer_proves_nothing() -> None:
    assert seen(events((*BOOT, *FILES), 50)) is BootResult.NO_BOOT


def test_the_files_that_a_running_phone_requests_are_no_boot() -> None:
    before = events((*BOOT, *FILES), 50)
    assert seen(before, events(("syncinfo.xml", "dialplan.xml"), 200, registers=False)) is BootResult.NO_BOOT


@pytest.mark.parametrize("image", [f"{LOAD}.sb2", "P003-8-12-00.sbn"])
def test_an_image_in_the_boot_needs_another_boot(image: str) -> None:
    took = events((*BOOT, image, *FILES), 200)
    assert seen(took) is BootResult.TOOK
    assert seen(took, events((*BOOT, *FILES), 300)) is BootResult.RUNS


def test_without_its_own_file_or_its_registration_a_phone_still_boots() -> None:
    assert seen(events((*BOOT, *FILES), 200, registers=False)) is BootResult.BOOTING
    assert seen(events((*BOOT, "SIPDefault.cnf", f"-SIP{MAC}.cnf"), 200)) is BootResult.BOOTING


@pytest.mark.parametrize("name", [f"-{LOAD}.loads", f"-{LOAD}.sb2", "-P003-8-12-00.sbn"])
def test_a_firmware_file_that_is_absent_is_denied(name: str) -> None:
    assert seen(events((*BOOT[:2], name), 200, registers=False)) is BootResult.DENIED


def test_a_boot_with_another_load_is_no_proof() -> None:
    assert seen(events((FIRST, "P0S3-08-11-00.loads", *FILES), 200)) is BootResult.OTHER
    assert seen(events((FIRST, *FILES), 200)) is BootResult.OTHER


def test_the_capitals_of_a_name_do_not_matter() -> None:
    assert seen(events((FIRST, f"{LOAD.lower()}.loads", *FILES), 200)) is BootResult.RUNS


def test_an_sccp_phone_needs_no_sip_file() -> None:
    load = "P00308010200"
    assert seen(events((FIRST, f"{load}.loads", "/7960-font.xml"), 200), load=load) is BootResult.RUNS


def test_firmware_before_the_loader_is_proven_by_its_own_file_and_no_image() -> None:
    old = ("OS79XX.TXT", *FILES)
    load = "P0S3-05-3-00"
    assert seen(events(old, 200), load=load) is BootResult.RUNS
    assert seen(events((*old, f"{load}.sbn"), 200), load=load) is BootResult.TOOK
    assert (row_of(load), row_of(LOAD), row_of("P0S30202")) == (BY_OWN_FILE, BY_LIST, BY_OWN_FILE)
    assert (BY_OWN_FILE.is_guess, BY_LIST.is_guess) == (True, False)


def test_a_request_that_has_no_outcome_proves_nothing() -> None:
    asked = FileRequested(202.5, MAC, f"{LOAD}.loads", ADDRESS, 49850)
    assert seen(
        [*events((FIRST, f"SEP{MAC}.cnf.xml"), 200, registers=False), asked, *events(FILES, 203)]
    ) is (BootResult.OTHER)


def test_its_own_file_in_the_hunt_is_not_that_of_its_application() -> None:
    hunt = (FIRST, f"SIP{MAC}.cnf", f"{LOAD}.loads")
    assert seen(events(hunt, 200)) is BootResult.BOOTING
    assert seen(events((*hunt, *FILES), 200)) is BootResult.RUNS


def test_a_registration_before_the_offer_is_not_that_of_the_boot() -> None:
    before = events((*BOOT, *FILES), 50)
    assert (
        seen(before, events((f"{LOAD}.loads", f"SIP{MAC}.cnf"), 200, registers=False)) is BootResult.BOOTING
    )
