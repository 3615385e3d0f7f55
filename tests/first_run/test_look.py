"""What is found on the machine: time zone, routers, firmware, Asterisk by its console, and the service."""

import zipfile
from ipaddress import IPv4Address
from pathlib import Path
from unittest.mock import patch

import pytest

from ringup.check.facts import Listener, Transport
from ringup.emulator.firmware import make_sccp_package, make_sip_package, write_package
from ringup.first_run import look
from ringup.first_run.look_asterisk import asterisk_here
from ringup.first_run.packages import packages_in
from ringup.rule import Unknown
from ringup.site.model import Pbx
from tests.asterisk.fake_console import BROKEN, SOUND, FakeConsole

MODULES = """\
Module                         Description                              Use Count  Status      Support Level
chan_pjsip.so                  PJSIP Channel Driver                     0          Running              core
res_pjsip.so                   Basic SIP resource                       56         Running              core
chan_sip.so                    Session Initiation Protocol (SIP)        0          Running          extended
3 modules loaded
"""
TRANSPORTS = """
Transport:  <TransportId........>  <Type>  <cos>  <tos>  <BindAddress....................>
==========================================================================================

Transport:  transport-udp             udp      0      0  0.0.0.0:5160

Objects found: 1
"""
CONSOLE = {
    **SOUND,
    "core show version": "Asterisk 16.28.0~dfsg-0+deb11u4 built by nobody @ buildd on a x86_64\n",
    "module show": MODULES,
    "pjsip show transports": TRANSPORTS,
    "sip show settings": "\n\nGlobal Settings:\n  UDP Bindaddress:        0.0.0.0:5060\n  TCP SIP: No\n",
}


@pytest.fixture(name="console")
def _console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeConsole:
    return FakeConsole(tmp_path / "console", monkeypatch)


def test_the_zone_is_read_from_the_link_the_file_or_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    zones = tmp_path / "zoneinfo"
    (zones / "Europe").mkdir(parents=True)
    (zones / "Europe/Berlin").touch()
    (tmp_path / "localtime").symlink_to(zones / "Europe/Berlin")
    (tmp_path / "timezone").write_text("Asia/Tokyo\n")
    (tmp_path / "unknown").write_text("Europe/Atlantis\n")
    with patch("ringup.first_run.look.TZPATH", (str(zones),)):
        assert look.machine_zone(tmp_path / "localtime", tmp_path / "timezone") == "Europe/Berlin"
        assert look.machine_zone(tmp_path / "copy", tmp_path / "timezone") == "Asia/Tokyo"
        assert look.machine_zone(tmp_path / "copy", tmp_path / "unknown") == "Etc/UTC"
        monkeypatch.setenv("TZ", ":America/Lima")
        assert look.machine_zone(tmp_path / "localtime", tmp_path / "timezone") == "America/Lima"


@pytest.mark.parametrize(
    ("printed", "routers"),
    [
        (
            '[{"dst":"default","gateway":"10.0.0.1","dev":"eth0","metric":100},'
            '{"dst":"default","gateway":"10.0.0.9","dev":"eth0","metric":900},{"dst":"default","dev":"tun0"}]',
            {"eth0": IPv4Address("10.0.0.1")},
        ),
        ("", {}),
        (Unknown("ip: not permitted"), {}),
    ],
)
def test_the_router_of_an_interface_is_that_of_the_first_default_route(
    printed: str | Unknown, routers: dict[str, IPv4Address]
) -> None:
    with patch("ringup.first_run.look.output_of", return_value=printed):
        assert look.routers() == routers


@pytest.mark.parametrize(
    ("installed", "user", "state", "found"),
    [
        (True, "ringup", "active\n", ("ringup", True)),
        (True, "ringup", "inactive\n", ("ringup", False)),
        (True, "ringup", Unknown("systemctl failed"), ("ringup", False)),
        (True, "", "active\n", None),
        (False, "ringup", "active\n", None),
    ],
)
def test_the_service_counts_only_where_systemd_runs(
    tmp_path: Path, installed: bool, user: str, state: str | Unknown, found: tuple[str, bool] | None
) -> None:
    with (
        patch("ringup.first_run.look.SYSTEMD", tmp_path if installed else tmp_path / "absent"),
        patch("ringup.first_run.look.unit_user", return_value=user),
        patch("ringup.first_run.look.output_of", return_value=state),
    ):
        service = look.service()
    assert (service and (service.user, service.is_active)) == found


def test_the_time_is_not_sent_beside_another_time_server() -> None:
    chrony = Listener("udp", "0.0.0.0", 123, program="chronyd")
    ours = Listener("udp", "0.0.0.0", 123, is_ringup=True, has_our_database=True)
    assert look.can_send_time((), is_synchronised=True)
    assert look.can_send_time((ours,), is_synchronised=True)
    assert not look.can_send_time((chrony,), is_synchronised=True)
    assert not look.can_send_time((), is_synchronised=None)
    assert not look.can_send_time(Unknown("ss is not installed"), is_synchronised=True)
    assert look.is_served((chrony, ours))
    assert not look.is_served((chrony,))
    assert not look.is_served(Unknown("ss is not installed"))


def test_the_newest_sip_package_comes_first(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "new.zip", "w") as package:
        for name, data in make_sip_package("P0S3-8-12-00").items():
            package.writestr(name, data)
    write_package(tmp_path / "old", make_sip_package("P0S3-08-11-00", "P003-08-11-00"))
    write_package(tmp_path / "sccp", make_sccp_package())
    write_package(tmp_path / ".hidden", make_sip_package())
    (tmp_path / "broken.zip").write_bytes(b"PK")
    (tmp_path / "folder.zip").mkdir()
    found = [(Path(each.path).name, each.load) for each in packages_in(tmp_path)]
    assert found == [("new.zip", "P0S3-8-12-00"), ("old", "P0S3-08-11-00")]
    assert packages_in(tmp_path / "absent") == []


def test_the_console_shows_drivers_transports_and_ports(tmp_path: Path, console: FakeConsole) -> None:
    console.says({**CONSOLE, "core show settings": f"  Configuration directory:     {tmp_path}\n"})
    found = asterisk_here(Pbx())
    assert found is not None
    assert (found.etc, found.version, found.sip_port) == (str(tmp_path), "16.28.0~dfsg-0+deb11u4", 5060)
    assert found.transports == (Transport("transport-udp", "udp", "0.0.0.0:5160"),)
    assert found.modules == {"chan_pjsip.so", "res_pjsip.so", "chan_sip.so"}
    assert not found.lacks_voicemail


def test_several_voicemail_modules_are_noticed(console: FakeConsole) -> None:
    console.says({**CONSOLE, **BROKEN})
    found = asterisk_here(Pbx())
    assert found is not None
    assert found.lacks_voicemail


def test_an_asterisk_that_does_not_run_is_known_by_its_folder(tmp_path: Path, console: FakeConsole) -> None:
    assert console.asked == []
    found = asterisk_here(Pbx(etc=str(tmp_path)))
    assert found is not None
    assert (found.etc, found.version, found.modules) == (str(tmp_path), "", frozenset())
    assert asterisk_here(Pbx(etc=str(tmp_path / "absent"))) is None


def test_freepbx_is_recognised_by_its_files(tmp_path: Path, console: FakeConsole) -> None:
    console.says(CONSOLE)
    (tmp_path / "pjsip.conf").write_text("; Do NOT edit this file as it is auto-generated by FreePBX.\n")
    found = asterisk_here(Pbx(freepbx=str(tmp_path)))
    assert found is not None
    assert found.is_freepbx
