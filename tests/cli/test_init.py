"""`ringup init` on a machine without Asterisk: asked, planned, confirmed, done, and harmless again."""

import zipfile
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from time import time
from unittest.mock import MagicMock, patch

import pytest

from ringup.change.stored_site import stored_or_new_site, stored_site
from ringup.check.facts import ClockState, InterfaceFact, OtherDhcp
from ringup.emulator.firmware import make_sip_package
from ringup.finding import ERROR
from ringup.rule import Found, Result
from ringup.site.model import Site
from ringup.store.database import open_database
from ringup.store.history import add_events
from tests.cli.terminal import Ringup, Said
from tests.journey.sequences import dhcp, hunt

LOAD = "P0S3-8-12-00"
ETH0 = InterfaceFact("eth0", (IPv4Interface("192.168.1.10/24"),))
PHONE = ("--phone", "00:16:46:c0:ff:ee", "--name", "Larry Ellison")


@pytest.fixture(name="checks", autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[MagicMock]:
    """A machine with one interface, without Asterisk and systemd; its checks find nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "Europe/London")
    monkeypatch.setenv("RINGUP_FIRMWARE", str(tmp_path / "firmware"))
    with (
        patch("ringup.first_run.look.interfaces", return_value=(ETH0,)),
        patch("ringup.first_run.look.routers", return_value={"eth0": IPv4Address("192.168.1.1")}),
        patch("ringup.first_run.look.asterisk_here", return_value=None),
        patch("ringup.first_run.look.service", return_value=None),
        patch("ringup.first_run.look.listeners", return_value=()),
        patch("ringup.first_run.look.clock", return_value=ClockState(2026, None)),
        patch("ringup.cli.init_run.heard_on", return_value=None),
        patch("ringup.cli.init_run.checked", return_value=[]) as checks,
    ):
        yield checks


def site(tmp_path: Path) -> Site:
    return stored_or_new_site(str(tmp_path / "ringup.db"))


def on_a_terminal(ringup: Ringup, *words: str, typed: str) -> Said:
    with patch("ringup.cli.approval.is_terminal", return_value=True):
        return ringup("init", *words, typed=typed)


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        for name, data in make_sip_package(LOAD).items():
            package.writestr(name, data)


def test_yes_takes_every_default(ringup: Ringup, tmp_path: Path) -> None:
    said = ringup("init", "--yes", *PHONE)
    assert (said.status, said.err) == (0, "")
    made = site(tmp_path)
    assert (made.time_zone, made.pbx.address) == ("Europe/London", "192.168.1.10")
    (subnet,) = made.subnets
    assert (str(subnet.first), str(subnet.router)) == ("192.168.1.100", "192.168.1.1")
    ((phone, line),) = made.lines()
    assert (phone.mac, line.extension, line.name) == ("001646C0FFEE", "201", "Larry Ellison")
    assert "+ phone 001646C0FFEE" in said.out
    assert line.secret not in said.out
    assert "Start the server:" in said.out
    assert "ringup serve --interface eth0" in said.out


def test_a_second_time_there_is_nothing_to_change(ringup: Ringup, tmp_path: Path) -> None:
    ringup("init", "--yes", *PHONE)
    before = site(tmp_path)
    said = ringup("init", "--yes", *PHONE)
    assert said.status == 0
    assert "Nothing to change" in said.out
    assert site(tmp_path) == before
    assert "Revision" not in said.out


def test_again_only_what_is_answered_otherwise_changes(ringup: Ringup, tmp_path: Path) -> None:
    ringup("init", "--yes", *PHONE)
    ringup("site", "set", "time_zone=Etc/UTC", "telnet_level=1")
    before = site(tmp_path)
    said = ringup("init", "--yes", "--pbx-address", "192.168.1.20")
    assert said.status == 0
    after = site(tmp_path)
    assert after.pbx.address == "192.168.1.20"
    assert after.model_copy(update={"pbx": before.pbx}) == before


def test_a_dry_run_shows_the_plan_and_makes_no_database(ringup: Ringup, tmp_path: Path) -> None:
    (tmp_path / "ringup.db").unlink()
    said = ringup("init", "--dry-run", *PHONE)
    assert said.status == 0
    assert "+ phone 001646C0FFEE" in said.out
    assert "phone: SIP001646C0FFEE.cnf added" in said.out
    assert said.out.endswith("Nothing was changed (--dry-run).\n")
    assert not (tmp_path / "ringup.db").exists()


def test_verbose_shows_the_diff_of_every_file(ringup: Ringup) -> None:
    assert '+line1_name: "201"' in ringup("init", "--dry-run", "--verbose", *PHONE).out


def test_each_question_shows_its_default_and_takes_an_answer(ringup: Ringup, tmp_path: Path) -> None:
    typed = "\n" * 3 + "Europe/Berlin\n" + "\n" * 7 + "001646c0ffee\n7940\n305\nAda\nn\ny\n"
    said = on_a_terminal(ringup, typed=typed)
    assert said.status == 0, said.err
    assert "Interface that the phones are on [eth0]: " in said.err
    assert "[192.168.1.0/24:192.168.1.100-192.168.1.199:192.168.1.1]: " in said.err
    assert "Do this? [y/N]: " in said.err
    ((phone, line),) = site(tmp_path).lines()
    assert (phone.model, line.extension, line.name) == ("7940", "305", "Ada")
    assert site(tmp_path).time_zone == "Europe/Berlin"


def test_a_wrong_answer_is_asked_again(ringup: Ringup, tmp_path: Path) -> None:
    typed = "eth7\n\n\n\nLondon\n" + "\n" * 9 + "n\ny\n"
    said = on_a_terminal(ringup, typed=typed)
    assert said.status == 0, said.err
    assert "this machine has no interface eth7. It has: eth0 (192.168.1.10/24)." in said.err
    assert "Did you mean Europe/London?" in said.err
    assert site(tmp_path).time_zone == "Europe/London"


def test_none_on_the_terminal_takes_nothing_instead_of_the_default(ringup: Ringup, tmp_path: Path) -> None:
    write_zip(tmp_path / "sip.zip")
    said = on_a_terminal(ringup, typed="\n" * 9 + "none\n\n\nn\ny\n")
    assert said.status == 0, said.err
    assert "[none]: " in said.err
    assert not (tmp_path / "firmware").exists()


def test_no_changes_nothing(ringup: Ringup, tmp_path: Path, checks: MagicMock) -> None:
    said = on_a_terminal(ringup, typed="\n" * 12 + "n\nn\n")
    assert said.status == 3
    assert "Nothing was changed." in said.err
    assert site(tmp_path) == Site()
    checks.assert_not_called()


def test_without_a_terminal_it_asks_for_yes(ringup: Ringup, tmp_path: Path) -> None:
    said = ringup("init")
    assert said.status == 3
    assert "add --yes" in said.err
    assert site(tmp_path) == Site()


def test_all_wrong_flags_are_reported_and_nothing_changes(ringup: Ringup, tmp_path: Path) -> None:
    said = ringup("init", "--yes", "--time-zone", "London", "--phone", "x", "--interface", "eth0")
    assert said.status == 2
    assert said.err.startswith("ringup: 2 problems, and nothing was changed:\n--time-zone: ")
    assert site(tmp_path) == Site()


def test_a_faulty_record_changes_nothing(ringup: Ringup, tmp_path: Path) -> None:
    said = ringup("init", "--yes", "--phone", "001646C0FFEE", "--extension", "#1")
    assert said.status == 2
    assert "extension is '#1'" in said.err
    assert site(tmp_path) == Site()


def test_the_package_in_the_present_folder_is_added(ringup: Ringup, tmp_path: Path) -> None:
    write_zip(tmp_path / "sip.zip")
    said = ringup("init", "--yes")
    assert said.status == 0
    assert f"firmware: {LOAD}, 4 files are added" in said.out
    assert (tmp_path / f"firmware/{LOAD}.loads").exists()
    assert f"{LOAD}, in the firmware folder" in ringup("init", "--yes").out


def test_another_load_becomes_the_sites(ringup: Ringup, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, data in make_sip_package("P0S3-08-11-00", "P003-08-11-00").items():
        (folder / name).write_bytes(data)
    assert ringup("init", "--yes", "--package", "unpacked").status == 0
    assert site(tmp_path).load == "P0S3-08-11-00"


@pytest.mark.parametrize("name", ["absent.zip", "empty"])
def test_a_package_without_firmware_changes_nothing(ringup: Ringup, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    said = ringup("init", "--yes", "--package", name)
    assert said.status == 2
    assert said.err.startswith(f"ringup: --package: {name} ")
    assert site(tmp_path) == Site()


def test_a_refused_package_changes_nothing(
    ringup: Ringup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RINGUP_ACCEPT_TEST_SIGNER")
    write_zip(tmp_path / "sip.zip")
    said = ringup("init", "--yes", "--package", "sip.zip")
    assert said.status == 2
    assert "no real phone accepts it" in said.err
    assert site(tmp_path) == Site()
    assert not (tmp_path / "firmware").exists()


def test_other_files_of_the_same_name_are_not_overwritten(ringup: Ringup, tmp_path: Path) -> None:
    write_zip(tmp_path / "sip.zip")
    (tmp_path / "firmware").mkdir()
    (tmp_path / f"firmware/{LOAD}.loads").write_bytes(b"another")
    said = ringup("init", "--yes", "--package", "sip.zip")
    assert said.status == 2
    assert "ringup firmware add --replace sip.zip" in said.err
    assert site(tmp_path) == Site()


def test_a_phone_that_waits_is_offered_and_never_taken_unasked(ringup: Ringup, tmp_path: Path) -> None:
    database = open_database(str(tmp_path / "ringup.db"))
    add_events(database, hunt(time() - 60, "001646C0FFE1"))
    add_events(database, dhcp(time() - 50, "001646C0FFE1", "192.168.1.107"))
    database.dispose()
    said = ringup("init", "--yes")
    assert "001646C0FFE1, a 7960 at 192.168.1.107, waits for an extension" in said.out
    assert site(tmp_path).phones == ()
    asked = on_a_terminal(ringup, typed="\n" * 15 + "n\ny\n")
    assert asked.status == 0, asked.err
    assert [(phone.mac, line.extension) for phone, line in site(tmp_path).lines()] == [
        ("001646C0FFE1", "201")
    ]


def test_without_root_it_says_that_it_sees_less(ringup: Ringup) -> None:
    with patch("ringup.cli.init_printing.os.geteuid", return_value=1000):
        said = ringup("init", "--dry-run")
    assert said.out.startswith("Without root, ringup sees less")


def test_beside_another_dhcp_server_no_addresses_are_given_out(
    ringup: Ringup, tmp_path: Path, checks: MagicMock
) -> None:
    with patch("ringup.cli.init_run.heard_on", return_value=OtherDhcp("192.168.1.1", "")):
        said = ringup("init", "--yes")
    assert said.status == 0
    assert "DHCP server 192.168.1.1 answers on eth0, without a TFTP server." in said.out
    assert "ringup serve --interface eth0 --no-dhcp" in said.out
    assert site(tmp_path).subnets == ()
    assert checks.call_args.kwargs["dhcp"] is False
    assert checks.call_args.kwargs["listen"]("eth0") == OtherDhcp("192.168.1.1", "")


def test_a_found_fault_ends_with_status_1_and_its_cure(ringup: Ringup, checks: MagicMock) -> None:
    fault = Found("No load.", "Add it:", ("ringup firmware add",))
    checks.return_value = [Result("firmware", "firmware", "found", found=((ERROR, fault),))]
    said = ringup("init", "--yes")
    assert said.status == 1
    assert "No load. Add it:" in said.out
    assert "Checked: 1 error." in said.out
    assert "Repair the errors above" in said.out


def test_the_settings_file_of_config_gets_the_interface(ringup: Ringup, tmp_path: Path) -> None:
    settings = tmp_path / "ringup.toml"
    settings.write_text("# mine\n[serve]\nmetrics = '127.0.0.1:9469'\n")
    said = ringup("--config", str(settings), "init", "--yes", "--no-dhcp")
    assert said.status == 0
    assert settings.read_text() == (
        "# mine\n[serve]\nmetrics = '127.0.0.1:9469'\ninterface = \"eth0\"\ndhcp = false\n"
    )
    assert '+interface = "eth0"' in said.out
    assert "Start the server: " in said.out
    assert "--interface" not in said.out.splitlines()[-2]
    again = ringup("--config", str(settings), "init", "--yes")
    assert "Nothing to change" in again.out
    assert not stored_site(str(tmp_path / "ringup.db")).subnets
