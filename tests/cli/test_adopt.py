"""`ringup adopt`, as somebody with an old server uses it."""

from pathlib import Path

import pytest

from tests.adoption.trees import write_old, write_rendered
from tests.cli.terminal import Ringup, terminal
from tests.firmware.damaged import sip
from tests.render.sites import OFFICE

LARRY = "001646C0FFEE"


@pytest.fixture(name="old")
def _old(tmp_path: Path) -> str:
    folder = tmp_path / "tftpboot"
    folder.mkdir()
    write_old(folder)
    return str(folder)


@pytest.fixture(name="good")
def _good(tmp_path: Path) -> str:
    folder = tmp_path / "good"
    folder.mkdir()
    write_rendered(OFFICE, folder)
    return str(folder)


def test_a_good_folder_is_adopted_with_an_empty_table(ringup: Ringup, good: str) -> None:
    said = ringup("adopt", good)
    assert said.status == 0
    assert "2 phones with 3 lines" in said.out
    assert "Comparison: nothing changes for 2 phones.\n" in said.out
    assert said.out.endswith("\n\nRevision 1. See it: ringup export\n")
    shown = ringup("phone", "show", LARRY, "--json", "--reveal").json()
    assert shown["lines"][0]["secret"] == "s3cret-of-201"
    assert "s3cret-of-201" not in said.out
    assert ringup("history", "--json").json()["revisions"][-1]["summary"] == f"adopt {good}"


def test_a_dry_run_only_reports(ringup: Ringup, good: str) -> None:
    assert "Nothing was changed (--dry-run)." in ringup("adopt", good, "--dry-run").out
    assert ringup("phone", "list", "--json").json() == {"version": 1, "phones": []}


def test_an_old_folder_is_reported_whole(ringup: Ringup, old: str) -> None:
    said = ringup("adopt", old)
    assert said.status == 1
    for words in (
        "the MAC in upper case",
        "has = instead of the colon",
        "Passwords that phones cannot take:\n  SIP001646c0ffee.cnf:3: line 201's password has 32 characters",
        "Set another password here and in the PBX: ringup phone set 001646C0FFEE --line 1 --secret NEW\n",
        "site: force:reg.1.displayName: Polycom's",
        "site: force:image_version: P0S3-08-12-00",
        "group timer_register_expires-60: 2 phones",
        "served under the same names:\n  notes.txt\n  owl.pcm\n",
        "Added: ringup always sends these",
        "  sntp_server: (this server)\n",
        "values change, 4 phones were compared.",
    ):
        assert words in said.out
    row = next(line for line in said.out.splitlines() if "line3_name" in line)
    assert row.split(maxsplit=3) == ["001646000000", "line3_name", "9001", "(not given)"]
    assert "0123456789abcdef" not in said.out
    assert "force:reg.1.displayName: Polycom's" in ringup("export").out
    assert "reg.1.displayName" in ringup("render", LARRY, "SIPDefault.cnf").out


def test_a_password_that_phones_cannot_take_is_the_only_reason_for_status_1(
    ringup: Ringup, good: str
) -> None:
    path = Path(good) / f"SIP{LARRY}.cnf"
    path.write_bytes(path.read_bytes().replace(b"s3cret-of-201", b"0123456789abcdef" * 2))
    said = ringup("adopt", good)
    assert said.status == 1
    assert "Comparison: nothing changes for 2 phones." in said.out
    assert f"ringup phone set {LARRY} --line 1 --secret NEW" in said.out
    assert "0123456789abcdef" not in said.out
    assert "secret: ******** (imported; it has 32 characters" in ringup("phone", "show", LARRY).out
    assert ringup("phone", "set", LARRY, "--label", "Ann").status == 0
    assert ringup("phone", "set", LARRY, "--line", "1", "--secret", "z" * 32).status == 2
    assert ringup("phone", "set", LARRY, "--line", "1", "--secret", "0ther").status == 0
    assert "adopted" not in ringup("phone", "show", LARRY).out


def test_a_site_with_phones_is_not_overwritten(ringup: Ringup, good: str) -> None:
    ringup("phone", "add", LARRY, "--extension", "777")
    said = ringup("adopt", good)
    assert (said.status, said.out) == (2, "")
    assert "is not empty: 1 phones. Add --merge" in said.err
    merged = ringup("adopt", good, "--merge")
    assert "1 phone with 2 lines" in merged.out
    assert f"phone {LARRY}: is in the site already" in merged.out
    assert ringup("phone", "show", LARRY, "--json").json()["lines"][0]["extension"] == "777"


def test_a_network_that_was_set_before_stays(ringup: Ringup, good: str) -> None:
    ringup("site", "set", "network=192.168.1.0/24:192.168.1.100-192.168.1.200", "name=Office")
    assert ringup("adopt", good).status == 0
    site = ringup("site", "show", "--json").json()
    assert (site["name"], site["subnets"][0]["network"]) == ("Office", "192.168.1.0/24")
    assert site["time_zone"] == "America/New_York"


def test_asterisks_files_give_names_and_are_compared(ringup: Ringup, good: str, tmp_path: Path) -> None:
    conf = tmp_path / "pjsip.conf"
    conf.write_text(
        "[201]\ntype=endpoint\nauth=201\ncallerid=Lawrence <201>\n[201]\ntype=auth\npassword=0ther-s3cret\n",
        "ascii",
    )
    out = ringup("adopt", good, "--pjsip-conf", str(conf)).out
    assert f"line 201's password differs at {conf}:5" in out
    assert "0ther-s3cret" not in out
    line = ringup("phone", "show", LARRY, "--json").json()["lines"][0]
    assert (line["name"], line["display_name"], line["voicemail"]) == ("Lawrence", "Larry Ellison", False)


def test_whole_packages_are_copied_once(ringup: Ringup, good: str, tmp_path: Path) -> None:
    for name, data in sip().items():
        (Path(good) / name).write_bytes(data)
    firmware = tmp_path / "firmware"
    out = ringup("adopt", good, "--firmware", str(firmware)).out
    assert f"\n4 files copied to {firmware}.\n" in out
    assert "4 of 4 copied files are served unchanged." in out
    assert (firmware / "P0S3-8-12-00.sb2").read_bytes() == sip()["P0S3-8-12-00.sb2"]
    again = ringup("adopt", good, "--merge", "--firmware", str(firmware))
    assert f"\n0 files copied to {firmware}, 4 were there.\n" in again.out


def test_firmware_that_is_damaged_is_named_and_not_copied(ringup: Ringup, good: str, tmp_path: Path) -> None:
    (Path(good) / "P0S3-8-12-00.sb2").write_bytes(b"half")
    firmware = tmp_path / "firmware"
    said = ringup("adopt", good, "--firmware", str(firmware))
    assert said.status == 1
    assert "\nNot served: it " in said.out
    assert ":\n  P0S3-8-12-00.sb2\n" in said.out
    assert f"{good}/P0S3-8-12-00.sb2: " in said.out
    assert not firmware.exists()


def test_passwords_that_phones_cannot_take_survive_an_export_into_an_empty_site(
    ringup: Ringup, good: str, tmp_path: Path
) -> None:
    path = Path(good) / f"SIP{LARRY}.cnf"
    data = (
        path.read_bytes()
        .replace(b'"s3cret-of-201"', b's3"cret')
        .replace(b'"unlock-me"', b'"\t' + b"x" * 32 + b'"')
    )
    path.write_bytes(data)
    said = ringup("adopt", good)
    assert (said.status, "Comparison: nothing changes for 2 phones." in said.out) == (1, True)
    assert "phone's password is not valid: it holds a control character." in said.out
    assert "line 201's password is not valid: it holds a double quote." in said.out
    assert "line1_password: ********\n" in ringup("render", LARRY, path.name).out
    assert 'line1_password: s3"cret\n' in ringup("render", LARRY, path.name, "--reveal").out
    assert f"password: '\\t{'x' * 32}' (imported" in ringup("phone", "show", LARRY, "--reveal").out
    text = ringup("export", "--reveal").out
    again = terminal(tmp_path / "again.db")
    assert again("apply", "-", typed=text).status == 0
    assert again("export", "--reveal").out == text
    assert (
        again("apply", "-", typed=text.replace("force:secret", "secret")).status == 0
    )  # the value as it stands in the file
    refused = terminal(tmp_path / "third.db")("apply", "-", typed=text.replace("force:", ""))
    assert (refused.status, refused.out) == (2, "")
    assert "line 1's password is not valid: it holds a double quote. Use letters, digits" in refused.err
    assert ringup("apply", "-", typed=ringup("export").out).status == 0
    assert ringup("export", "--reveal").out == text


def test_long_lists_are_counted_unless_verbose_asks_for_them(ringup: Ringup, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "SIPDefault.cnf").write_text("image_version: P0S3-8-12-00\n")
    for number in range(30):
        (folder / f"SIP0016460000{number:02d}.cnf").write_text(f"line1_name: {200 + number}\nnat_enable: 9\n")
        (folder / f"note{number:02d}.txt").write_text("a note")
    short, complete = (ringup("adopt", str(folder), "--dry-run", *more).out for more in ((), ("--verbose",)))
    assert "more (--verbose)" in short
    assert "more (--verbose)" not in complete
    assert len(complete.splitlines()) > len(short.splitlines()) + 9
