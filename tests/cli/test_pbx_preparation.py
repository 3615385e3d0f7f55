"""`ringup pbx install` beyond ringup's own files: shown, confirmed, done, undone."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from ringup.change.stored_site import stored_site
from ringup.errors import StoreError
from tests.asterisk.fake_asterisk import FakeAsterisk
from tests.asterisk.fake_console import BROKEN, SOUND, FakeConsole
from tests.cli.terminal import Ringup, Said

MANAGER = '[general]\nenabled = yes\n#include "manager.d/*.conf"\n'
STOCK = {"manager.conf": MANAGER, "modules.conf": "[modules]\nautoload=yes\n", "pjsip.conf": "[global]\n"}
FIXED = (
    "[modules]\nnoload => app_voicemail_imap.so ; ringup\nnoload => app_voicemail_odbc.so ; ringup\n"
    "autoload=yes\n"
)
SECRET = "w" * 32


@pytest.fixture(name="etc")
def _etc(tmp_path: Path) -> Path:
    (tmp_path / "etc/manager.d").mkdir(parents=True)
    for name, text in STOCK.items():
        (tmp_path / "etc" / name).write_text(text)
    return tmp_path / "etc"


@pytest.fixture(name="console")
def _console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeConsole:
    console = FakeConsole(tmp_path / "console", monkeypatch)
    console.says(BROKEN)
    return console


@pytest.fixture(name="asterisk")
def _asterisk(ringup: Ringup, etc: Path, console: FakeConsole) -> Iterator[FakeAsterisk]:
    """A manager interface that knows the account, and a site that has it."""
    fake = FakeAsterisk(secret=SECRET)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(fake.__aenter__(), loop).result()
    ringup("site", "set", f"pbx.etc={etc}", f"pbx.manager_port={fake.port}")
    with patch("ringup.asterisk.manager_account.new_secret", return_value=SECRET):
        yield fake
    asyncio.run_coroutine_threadsafe(fake.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def account(tmp_path: Path) -> tuple[str, str]:
    pbx = stored_site(str(tmp_path / "ringup.db")).pbx
    return pbx.manager_user, pbx.manager_secret


def contents(etc: Path) -> dict[str, str]:
    return {str(path.relative_to(etc)): path.read_text() for path in etc.rglob("*") if path.is_file()}


def on_a_terminal(ringup: Ringup, *words: str, typed: str) -> Said:
    with patch("ringup.cli.approval.is_terminal", return_value=True):
        return ringup(*words, typed=typed)


def test_yes_adds_account_and_lines_and_restarts(
    ringup: Ringup, tmp_path: Path, etc: Path, console: FakeConsole, asterisk: FakeAsterisk
) -> None:
    said = ringup("pbx", "install", "--yes")
    assert (said.status, said.err) == (0, "")
    assert f"{etc}/manager.d/ringup.conf gets an account" in said.out
    assert "+noload => app_voicemail_odbc.so ; ringup" in said.out
    assert f"manager account   {etc}/manager.d/ringup.conf\n" in said.out
    assert f"noload lines      {etc}/modules.conf (before: modules.conf.before-ringup)\n" in said.out
    assert "Asterisk 22.10.1" in said.out
    assert SECRET not in said.out
    assert (etc / "modules.conf").read_text() == FIXED
    assert f"secret = {SECRET}\n" in (etc / "manager.d/ringup.conf").read_text()
    assert account(tmp_path) == ("ringup", SECRET)
    assert console.asked[-3:] == [
        "core show channels count",
        "core restart gracefully",
        "core waitfullybooted",
    ]


def test_a_sound_asterisk_is_reloaded_and_not_restarted(
    ringup: Ringup, etc: Path, console: FakeConsole, asterisk: FakeAsterisk
) -> None:
    console.says(SOUND)
    said = ringup("pbx", "install", "--yes")
    assert said.status == 0
    assert "without a restart" in said.out
    assert (etc / "modules.conf").read_text() == STOCK["modules.conf"]
    assert console.asked[-1] == "manager reload"
    assert "core restart gracefully" not in console.asked
    assert "res_pjsip.so" in [row.get("Module") for row in asterisk.seen if row.get("Action") == "Reload"]


def test_a_second_time_there_is_nothing_to_do(
    ringup: Ringup, etc: Path, console: FakeConsole, asterisk: FakeAsterisk
) -> None:
    ringup("pbx", "install", "--yes")
    console.says(SOUND)
    before = contents(etc)
    assert "is up to date" in ringup("pbx", "install", "--yes").out
    assert contents(etc) == before


@pytest.mark.usefixtures("asterisk")
def test_without_a_terminal_and_yes_neither_is_added(
    ringup: Ringup, tmp_path: Path, etc: Path, console: FakeConsole
) -> None:
    assert ringup("pbx", "install").status == 0
    assert console.asked == []
    assert not (etc / "manager.d/ringup.conf").exists()
    assert (etc / "modules.conf").read_text() == STOCK["modules.conf"]
    assert (etc / "ringup.d/ringup_pjsip.conf").exists()
    assert account(tmp_path) == ("", "")


@pytest.mark.usefixtures("asterisk")
@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("n\n", 3), ("\n", 3)])
def test_a_terminal_is_asked(ringup: Ringup, etc: Path, answer: str, status: int) -> None:
    said = on_a_terminal(ringup, "pbx", "install", typed=answer)
    assert said.status == status
    assert "+noload => app_voicemail_odbc.so" in said.out
    assert "Do this?" in said.err
    assert ((etc / "manager.d/ringup.conf").exists()) is (status == 0)
    if status:
        assert contents(etc) == STOCK


@pytest.mark.usefixtures("asterisk")
def test_a_dry_run_shows_all_and_writes_nothing(ringup: Ringup, etc: Path, console: FakeConsole) -> None:
    said = ringup("pbx", "install", "--dry-run")
    assert f"to write          {etc}/ringup.d/ringup_pjsip.conf\n" in said.out
    assert f"to write          {etc}/pjsip.conf\n" in said.out
    assert "+noload => app_voicemail_odbc.so" in said.out
    assert contents(etc) == STOCK
    assert "core restart gracefully" not in console.asked


@pytest.mark.usefixtures("asterisk")
def test_during_a_call_nothing_is_changed(
    ringup: Ringup, tmp_path: Path, etc: Path, console: FakeConsole
) -> None:
    console.says({"core show channels count": "2 active channels\n1 active call\n"})
    said = ringup("pbx", "install", "--yes")
    assert said.status == 2
    assert "2 channels are in use. Nothing was changed." in said.err
    assert contents(etc) == STOCK
    assert account(tmp_path) == ("", "")


@pytest.mark.usefixtures("asterisk")
def test_the_modules_can_be_left(ringup: Ringup, tmp_path: Path, etc: Path) -> None:
    assert ringup("pbx", "install", "--yes", "--leave-modules").status == 0
    assert (etc / "modules.conf").read_text() == STOCK["modules.conf"]
    assert account(tmp_path) == ("ringup", SECRET)


@pytest.mark.usefixtures("asterisk")
def test_the_modules_can_be_fixed_unasked(ringup: Ringup, etc: Path, console: FakeConsole) -> None:
    console.says(SOUND)
    assert ringup("pbx", "install", "--yes", "--fix-modules").status == 0
    assert (etc / "modules.conf").read_text() == FIXED


@pytest.mark.usefixtures("asterisk")
def test_a_site_that_cannot_be_written_puts_the_files_back(ringup: Ringup, etc: Path) -> None:
    with patch("ringup.change.site.change_site", side_effect=StoreError("writing", "the disk is full.", "")):
        said = ringup("pbx", "install", "--yes")
    assert said.status == 2
    assert "the disk is full" in said.err
    assert {name for name in contents(etc) if not name.endswith(".before-ringup")} == set(STOCK)
    assert contents(etc).items() >= STOCK.items()


@pytest.mark.usefixtures("asterisk")
def test_what_is_in_the_way_is_said_and_our_files_are_written(ringup: Ringup, etc: Path) -> None:
    (etc / "manager.conf").write_text(MANAGER.replace("yes", "no"))
    said = ringup("pbx", "install", "--yes", "--leave-modules")
    assert said.status == 0
    assert said.err.startswith("Left out: adding a manager account")
    assert (etc / "ringup.d/ringup_pjsip.conf").exists()


@pytest.mark.usefixtures("asterisk")
def test_remove_takes_it_all_out_of_asterisk_and_the_site(ringup: Ringup, tmp_path: Path, etc: Path) -> None:
    ringup("pbx", "install", "--yes")
    said = ringup("pbx", "remove")
    assert said.status == 0
    assert contents(etc) == STOCK
    assert "asterisk -rx 'core restart gracefully'" in said.out
    assert account(tmp_path) == ("", "")


@pytest.mark.usefixtures("asterisk")
def test_remove_leaves_an_account_of_the_operators(ringup: Ringup, tmp_path: Path) -> None:
    ringup("site", "set", "pbx.manager_user=panel", "pbx.manager_secret=theirs")
    ringup("pbx", "install", "--yes")
    ringup("pbx", "remove")
    assert account(tmp_path) == ("panel", "theirs")


@pytest.mark.usefixtures("asterisk")
def test_lines_that_wait_for_a_restart_are_said_to(ringup: Ringup, etc: Path, console: FakeConsole) -> None:
    (etc / "modules.conf").write_text(FIXED)
    said = ringup("pbx", "install", "--yes")
    assert said.status == 0
    assert "modules.conf does so already. Restart it: asterisk -rx 'core restart gracefully'" in said.err
    assert "core restart gracefully" not in console.asked
