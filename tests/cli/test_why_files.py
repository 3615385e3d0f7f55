"""`ringup why FILE`: without a server, and without a site of ringup."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ringup.cli.why import why

MAC, PHONE = "001646C0FFEE", "10.0.0.11"
COLONS = "00:16:46:c0:ff:ee"
RECORDED = Path(__file__).parents[1] / "evidence" / "recorded"
NO_LEASES = "network 10.0.0.0/24: no free leases"
EMPTY_POOL = "".join(
    f"Nov 27 11:05:0{second} gw dhcpd: DHCPDISCOVER from {COLONS} via eth0: {NO_LEASES}\n"
    for second in (1, 5)
)
BOOT = "".join(
    f"Nov 27 11:%02d:0{second} pbx in.tftpd[1]: RRQ from 10.0.0.12 filename {name}\n"
    for second, name in enumerate(("CTLSEP001646000001.tlv", "SEP001646000001.cnf.xml", "SIPDefault.cnf"))
)
LATER = "Nov 27 11:55:00 gw cron[1]: x\n"


def run(*words: str, text: str | None = None) -> Result:
    """Run the command with a database that does not exist."""
    arguments = [*words, "--database", "/nowhere/ringup.db"]
    return CliRunner().invoke(why, arguments, input=text, env={"COLUMNS": "200", "TZ": "UTC"})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with two phones: one gets no address, the other boots twice and stops."""
    path = tmp_path / "syslog"
    path.write_text(EMPTY_POOL + BOOT % (10, 10, 10) + BOOT % (20, 20, 20) + LATER)
    return path


def test_the_table_names_each_phone_its_attempts_its_stage_and_the_cause(log: Path) -> None:
    result = run(str(log))
    assert result.exit_code == 1
    rows = result.output.splitlines()
    assert any("ISC dhcpd (2)" in row and "tftpd-hpa" in row for row in rows)
    empty, boots = (next(row for row in rows if row.startswith(key)) for key in (MAC, "001646000001"))
    assert [each in empty for each in (" 1 ", "11:05:01", "asks for an address", "no address of")] == [
        True
    ] * 4
    assert [each in boots for each in ("(10.0.0.12)", " 2 ", "SIP application starts")] == [True] * 3


def test_below_the_table_each_phone_in_trouble_is_told_in_full(log: Path) -> None:
    output = run(str(log)).output
    assert "ringup site set network=" in output
    assert "11:05:01 gets no address" in output


def test_one_phone_is_told_alone_by_mac_or_by_address(log: Path) -> None:
    for named in (COLONS, MAC):
        output = run(str(log), named).output
        assert "It gets no address" in output
        assert "001646000001" not in output
    assert "001646000001" in run("10.0.0.12", str(log)).output


def test_a_phone_that_is_not_in_the_files_is_said_so(log: Path) -> None:
    result = run(str(log), "00:16:46:99:99:99")
    assert result.exit_code == 1
    assert f"Name one of their phones: {MAC}, 001646000001" in result.output


def test_standard_input_and_compressed_files_are_read_alike(log: Path, tmp_path: Path) -> None:
    packed = tmp_path / "syslog.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    expected = run(str(log)).output.splitlines()[1:]
    assert run(str(packed)).output.splitlines()[1:] == expected
    assert run("-", text=log.read_text()).output.splitlines()[1:] == expected


def test_the_json_holds_the_files_and_the_diagnoses(log: Path) -> None:
    printed = json.loads(run(str(log), "--json").output)
    assert [phone["mac"] for phone in printed["phones"]] == [MAC, "001646000001"]
    assert printed["phones"][0]["verdicts"][0]["code"] == "dhcp-pool-empty"
    assert printed["files"][0]["forms"]["ISC dhcpd"] == 2


def test_a_file_without_anything_about_phones_says_so(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text("hello\n")
    result = run(str(path))
    assert result.exit_code == 0
    assert "nothing was read: no line of it is in a form that ringup reads." in result.output
    assert "These files do not mention a phone." in result.output


def test_a_text_without_times_is_told_by_its_order(tmp_path: Path) -> None:
    path = tmp_path / "post"
    path.write_text(f"{PHONE} asks for OS79XX.TXT\n{PHONE} asks for SIPDefault.cnf\n")
    output = run(str(path)).output
    assert "The files have no times: only the order of the lines counts." in output
    assert PHONE in output


@pytest.mark.parametrize("words", [("/nowhere/x",), ("missing.log",), ("a.pcap", "201")])
def test_a_missing_file_is_a_usage_error(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert f"There is no file {words[0]}." in result.output


def test_two_phones_are_a_usage_error() -> None:
    result = run("201", "202")
    assert result.exit_code == 2
    assert "Name one phone, not 2: 201 202" in result.output


@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.txt")), ids=lambda path: path.stem)
def test_what_is_printed_of_a_recorded_log(path: Path, golden: Callable[[str, str], None]) -> None:
    golden(f"evidence/why/{path.name}", run(str(path)).output.replace(f"{path.parent}/", ""))


def test_one_phone_of_a_log_is_drawn_as_a_ladder(log: Path) -> None:
    result = run(str(log), MAC, "--ladder")
    assert result.exit_code == 1
    assert "DISCOVER" in result.output
    assert "11:05:05" in result.output
    several = run(str(log), "--ladder")
    assert several.exit_code == 2
    assert f"Name one phone to draw. These files mention {MAC}, 001646000001." in several.output
