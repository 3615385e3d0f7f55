"""`ringup init` beside an Asterisk: its files are shown, written and read, and put back after a failure."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Interface
from pathlib import Path
from unittest.mock import patch

import pytest

from ringup.change.stored_site import stored_site
from ringup.check.facts import ClockState, InterfaceFact
from ringup.first_run.here import AsteriskHere
from ringup.site.model import Site
from tests.asterisk.fake_asterisk import FakeAsterisk
from tests.asterisk.fake_console import BROKEN, SOUND, FakeConsole
from tests.cli.terminal import Ringup

MANAGER = '[general]\nenabled = yes\n#include "manager.d/*.conf"\n'
STOCK = {"manager.conf": MANAGER, "modules.conf": "[modules]\nautoload=yes\n", "pjsip.conf": "[global]\n"}
SECRET = "w" * 32
NOLOAD = ("noload => app_voicemail_imap.so", "noload => app_voicemail_odbc.so")


@pytest.fixture(name="etc")
def _etc(tmp_path: Path) -> Path:
    (tmp_path / "etc/manager.d").mkdir(parents=True)
    for name, text in STOCK.items():
        (tmp_path / "etc" / name).write_text(text)
    return tmp_path / "etc"


@pytest.fixture(name="console")
def _console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeConsole:
    console = FakeConsole(tmp_path / "console", monkeypatch)
    console.says(SOUND)
    return console


class Machine:
    """A machine with this Asterisk; its folder and console are fakes."""

    def __init__(self, etc: Path) -> None:
        self.found = AsteriskHere(str(etc), "22.10.1", modules=frozenset({"chan_pjsip.so", "res_pjsip.so"}))


@pytest.fixture(name="machine", autouse=True)
def _machine(tmp_path: Path, etc: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    machine = Machine(etc)
    monkeypatch.chdir(tmp_path)
    eth0 = InterfaceFact("eth0", (IPv4Interface("192.168.1.10/24"),))
    with (
        patch("ringup.first_run.look.interfaces", return_value=(eth0,)),
        patch("ringup.first_run.look.routers", return_value={}),
        patch("ringup.first_run.look.asterisk_here", side_effect=lambda _pbx: machine.found),
        patch("ringup.first_run.look.service", return_value=None),
        patch("ringup.first_run.look.listeners", return_value=()),
        patch("ringup.first_run.look.clock", return_value=ClockState(2026, None)),
        patch("ringup.cli.init_run.heard_on", return_value=None),
        patch("ringup.cli.init_run.checked", return_value=[]),
        patch("ringup.asterisk.manager_account.new_secret", return_value=SECRET),
    ):
        yield machine


def manager_interface(secret: str, ringup: Ringup) -> Iterator[FakeAsterisk]:
    """Run a manager interface in its own thread, and name its port in the site."""
    fake = FakeAsterisk(secret=secret)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(fake.__aenter__(), loop).result()
    ringup("site", "set", f"pbx.manager_port={fake.port}")
    yield fake
    asyncio.run_coroutine_threadsafe(fake.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(name="asterisk")
def _asterisk(ringup: Ringup, console: FakeConsole) -> Iterator[FakeAsterisk]:
    yield from manager_interface(SECRET, ringup)


@pytest.fixture(name="strange_asterisk")
def _strange_asterisk(ringup: Ringup, console: FakeConsole) -> Iterator[FakeAsterisk]:
    """A manager interface that refuses the new account."""
    yield from manager_interface("another", ringup)


def site(tmp_path: Path) -> Site:
    return stored_site(str(tmp_path / "ringup.db"))


def contents(etc: Path) -> dict[str, str]:
    return {str(path.relative_to(etc)): path.read_text() for path in etc.rglob("*") if path.is_file()}


def test_the_account_is_shown_written_and_tried(
    ringup: Ringup, tmp_path: Path, etc: Path, console: FakeConsole, asterisk: FakeAsterisk
) -> None:
    said = ringup("init", "--yes", "--phone", "001646C0FFEE")
    assert (said.status, said.err) == (0, "")
    assert f"+++ {etc}/manager.d/ringup.conf\n" in said.out
    assert "+secret = ********\n" in said.out
    assert SECRET not in said.out
    assert f'+++ {etc}/pjsip.conf\n@@ -1,0 +2 @@\n+#tryinclude "ringup.d/ringup_pjsip.conf"\n' in said.out
    assert "Asterisk 22.10.1 reloaded its files." in said.out
    assert f"secret = {SECRET}\n" in (etc / "manager.d/ringup.conf").read_text()
    pbx = site(tmp_path).pbx
    assert (pbx.etc, pbx.manager_user, pbx.manager_secret) == (str(etc), "ringup", SECRET)
    assert "manager reload" in console.asked
    assert "core restart gracefully" not in console.asked
    assert "[201]" in (etc / "ringup.d/ringup_pjsip.conf").read_text()
    assert "res_pjsip.so" in [row.get("Module") for row in asterisk.seen if row.get("Action") == "Reload"]


@pytest.mark.usefixtures("asterisk")
def test_a_second_time_nothing_changes(
    ringup: Ringup, tmp_path: Path, etc: Path, console: FakeConsole
) -> None:
    ringup("init", "--yes", "--phone", "001646C0FFEE")
    files, before, asked = contents(etc), site(tmp_path), len(console.asked)
    said = ringup("init", "--yes", "--phone", "001646C0FFEE")
    assert said.status == 0
    assert "Nothing to change" in said.out
    assert (contents(etc), site(tmp_path)) == (files, before)
    assert "manager reload" not in console.asked[asked:]


@pytest.mark.usefixtures("asterisk")
def test_a_line_that_was_deleted_by_hand_comes_back(ringup: Ringup, etc: Path) -> None:
    ringup("init", "--yes")
    (etc / "pjsip.conf").write_text("[global]\n")
    said = ringup("init", "--yes")
    assert said.status == 0
    assert '+#tryinclude "ringup.d/ringup_pjsip.conf"' in said.out
    assert "ringup_pjsip.conf" in (etc / "pjsip.conf").read_text()


def test_modules_change_only_on_request(
    ringup: Ringup, etc: Path, console: FakeConsole, asterisk: FakeAsterisk, machine: Machine
) -> None:
    console.says(BROKEN)
    machine.found = replace(machine.found, lacks_voicemail=True)
    said = ringup("init", "--yes")
    assert said.status == 0
    assert all(f"    {line}\n" in said.out for line in NOLOAD)
    assert "add --fix-modules." in said.out
    assert contents(etc)["modules.conf"] == STOCK["modules.conf"]
    assert "core restart gracefully" not in console.asked

    asked = ringup("init", "--yes", "--fix-modules")
    assert asked.status == 0
    assert all(f"+{line} ; ringup\n" in asked.out for line in NOLOAD)
    assert "(a conffile)" in asked.out
    assert "noload => app_voicemail_odbc.so ; ringup" in contents(etc)["modules.conf"]
    assert contents(etc)["modules.conf.before-ringup"] == STOCK["modules.conf"]
    assert console.asked.count("core restart gracefully") == 1


@pytest.mark.usefixtures("asterisk")
def test_during_a_call_nothing_is_changed(
    ringup: Ringup, tmp_path: Path, etc: Path, console: FakeConsole, machine: Machine
) -> None:
    console.says({**BROKEN, "core show channels count": "2 active channels\n1 active call\n"})
    machine.found = replace(machine.found, lacks_voicemail=True)
    before = site(tmp_path)
    said = ringup("init", "--yes", "--fix-modules", "--phone", "001646C0FFEE")
    assert said.status == 2
    assert "2 channels are in use. Nothing was changed." in said.err
    assert (contents(etc), site(tmp_path)) == (STOCK, before)


@pytest.mark.usefixtures("strange_asterisk")
def test_a_refused_account_puts_the_files_and_the_site_back(
    ringup: Ringup, tmp_path: Path, etc: Path, console: FakeConsole
) -> None:
    before = site(tmp_path)
    said = ringup("init", "--yes", "--phone", "001646C0FFEE")
    assert said.status == 2
    assert "logging in" in said.err or "making Asterisk read its files" in said.err
    assert "was put back" in said.err
    assert (contents(etc), site(tmp_path)) == (STOCK, before)
    assert console.asked.count("manager reload") == 2


@pytest.mark.usefixtures("strange_asterisk")
def test_a_refused_account_leaves_an_earlier_installation_as_it_was(
    ringup: Ringup, tmp_path: Path, etc: Path
) -> None:
    ringup("site", "set", f"pbx.etc={etc}", "pbx.address=192.168.1.10")
    ringup("pbx", "install")
    files, before = contents(etc), site(tmp_path)
    said = ringup("init", "--yes", "--phone", "001646C0FFEE")
    assert said.status == 2
    assert "was put back" in said.err
    assert site(tmp_path) == before
    after = {name: text for name, text in contents(etc).items() if not name.startswith("ringup.d/")}
    assert after == {name: text for name, text in files.items() if not name.startswith("ringup.d/")}
    assert contents(etc)["ringup.d/ringup_pjsip.conf"] == files["ringup.d/ringup_pjsip.conf"]


@pytest.mark.usefixtures("asterisk")
def test_a_disk_error_puts_everything_back(ringup: Ringup, tmp_path: Path, etc: Path) -> None:
    before = site(tmp_path)
    settings = tmp_path / "ringup.toml"
    settings.write_text("# mine\n")
    with patch("ringup.first_run.carrying_out.make_effective", side_effect=OSError(28, "No space left")):
        said = ringup("--config", str(settings), "init", "--yes")
    assert said.status == 2
    assert "was put back" in said.err
    assert (contents(etc), site(tmp_path)) == (STOCK, before)
    assert settings.read_text() == "# mine\n"


@pytest.mark.usefixtures("asterisk")
def test_an_obstacle_is_said_and_the_rest_is_done(ringup: Ringup, tmp_path: Path, etc: Path) -> None:
    (etc / "manager.conf").write_text(MANAGER.replace("yes", "no"))
    said = ringup("init", "--yes")
    assert said.status == 0
    assert "Left out: adding a manager account" in said.out
    assert "Write enabled = yes below [general]." in said.out
    assert site(tmp_path).pbx.manager_user == ""
    assert (etc / "ringup.d/ringup_pjsip.conf").exists()


@pytest.mark.usefixtures("console")
def test_no_account_leaves_the_manager_alone(ringup: Ringup, tmp_path: Path, etc: Path) -> None:
    said = ringup("init", "--yes", "--no-account")
    assert said.status == 0
    assert not (etc / "manager.d/ringup.conf").exists()
    assert site(tmp_path).pbx.manager_user == ""
    assert "manager.d" not in said.out


@pytest.mark.usefixtures("asterisk")
def test_a_folder_of_an_earlier_installation_gets_its_account(
    ringup: Ringup, tmp_path: Path, etc: Path
) -> None:
    ringup("site", "set", f"pbx.etc={etc}", "pbx.address=192.168.1.10")
    ringup("pbx", "install")
    assert site(tmp_path).pbx.manager_user == ""
    said = ringup("init", "--yes", "--phone", "001646C0FFEE")
    assert said.status == 0, said.err
    assert site(tmp_path).pbx.manager_secret == SECRET
    assert "[201]" in (etc / "ringup.d/ringup_pjsip.conf").read_text()


@pytest.mark.usefixtures("console")
def test_freepbx_is_only_read(ringup: Ringup, tmp_path: Path, etc: Path, machine: Machine) -> None:
    for name in ("pjsip.conf", "extensions.conf"):
        (etc / name).write_text("; Do NOT edit this file as it is auto-generated by FreePBX.\n")
    machine.found = replace(machine.found, is_freepbx=True, lacks_voicemail=True)
    files = contents(etc)
    said = ringup("init", "--yes", "--fix-modules")
    assert said.status == 0, said.err
    assert ", with FreePBX" in said.out
    assert contents(etc) == files
    assert (site(tmp_path).pbx.etc, site(tmp_path).pbx.freepbx) == ("", str(etc))
    assert "Nothing to change" in ringup("init", "--yes").out


@pytest.mark.usefixtures("console")
def test_an_asterisk_elsewhere_gets_no_files(ringup: Ringup, tmp_path: Path, etc: Path) -> None:
    said = ringup("init", "--yes", "--etc", "", "--pbx-address", "192.168.1.20")
    assert said.status == 0
    assert contents(etc) == STOCK
    assert (site(tmp_path).pbx.etc, site(tmp_path).pbx.address) == ("", "192.168.1.20")
