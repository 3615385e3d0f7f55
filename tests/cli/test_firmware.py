"""`ringup firmware`: packages in zips and in the folder, and the upgrade path between releases."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ringup.emulator.firmware import write_package
from tests.cli.terminal import Ringup, Said
from tests.firmware.damaged import (
    APPLICATION,
    BAD,
    GOOD,
    LIST,
    LOAD,
    OTHER,
    Files,
    other_sip,
    sccp,
    sip,
    sip_79x1,
    without,
)
from tests.firmware.test_package import NOTES

Golden = Callable[[str, str], None]
Firmware = Callable[..., Said]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "firmware"


@pytest.fixture
def firmware(ringup: Ringup, folder: Path) -> Firmware:
    """Run `ringup firmware …` with its own folder."""

    def run(command: str, *arguments: str) -> Said:
        return ringup("firmware", command, "--firmware", str(folder), *arguments)

    return run


def zipped(path: Path, files: Files) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return str(path)


def held(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


# --- add -------------------------------------------------------------------------------------------------


def test_a_zip_is_filed_whole_and_described(
    tmp_path: Path, firmware: Firmware, folder: Path, golden: Golden
) -> None:
    files = {**{f"cmterm/{name}": data for name, data in sip().items()}, "cmterm/readme.txt": b"x"}
    said = firmware("add", zipped(tmp_path / "sip.zip", files))
    assert (said.status, said.err) == (0, "")
    golden("firmware/add.out", said.out.replace(str(tmp_path), "/x"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == without(sip(), "OS79XX.TXT")


def test_the_same_package_again_is_fine(tmp_path: Path, firmware: Firmware) -> None:
    source = zipped(tmp_path / "sip.zip", sip())
    firmware("add", source)
    said = firmware("add", source)
    assert said.status == 0
    assert said.out.count("already there") == 4
    assert "were in" in said.out


def test_two_sip_packages_do_not_quarrel_over_their_pointers(tmp_path: Path, firmware: Firmware) -> None:
    assert firmware("add", zipped(tmp_path / "a.zip", sip())).status == 0
    assert firmware("add", zipped(tmp_path / "b.zip", other_sip())).status == 0
    assert firmware("check").status == 0


def test_a_folder_is_as_good_as_a_zip(tmp_path: Path, firmware: Firmware, folder: Path) -> None:
    write_package(tmp_path / "unpacked" / "deep", sccp())
    assert firmware("add", str(tmp_path / "unpacked")).status == 0
    assert held(folder) == set(sccp())


def test_a_dry_run_copies_nothing(tmp_path: Path, firmware: Firmware, folder: Path) -> None:
    said = firmware("add", zipped(tmp_path / "sip.zip", sip()), "--dry-run")
    assert said.status == 0
    assert "would be new" in said.out
    assert "Nothing was copied" in said.out
    assert held(folder) == set()


TAKEN = {
    "application-mark",
    "application-as-bin",
    "bare-application-as-bin",
    "stray-application",
    "stray-69xx-member",
    "upper-case-suffix",
    "lower-case-loader",
    "79x1-list-in-another-case",
    *(name for name in BAD if "pointer" in name),
}
"""What is reported although phones can take the package."""
PARTLY_TAKEN = {
    "loader-of-another-release",
    "list-of-another-load",
    "short-79x1-list",
    "79x1-of-other-models",
}
"""One list is refused; another one in the same zip is complete."""
REFUSED = [name for name in BAD if name not in TAKEN | PARTLY_TAKEN]


@pytest.mark.parametrize("name", REFUSED)
def test_a_package_with_a_fault_is_refused_and_nothing_is_copied(
    tmp_path: Path, firmware: Firmware, folder: Path, name: str
) -> None:
    said = firmware("add", zipped(tmp_path / "bad.zip", BAD[name]()))
    assert said.status == 2
    assert said.err.startswith("ringup: ")
    assert held(folder) == set()


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_a_package_that_phones_can_take_is_filed_with_a_note(
    tmp_path: Path, firmware: Firmware, folder: Path, name: str
) -> None:
    said = firmware("add", zipped(tmp_path / "odd.zip", BAD[name]()))
    assert said.status == 0
    assert "note: " in said.out
    assert held(folder)


@pytest.mark.parametrize("name", sorted(PARTLY_TAKEN))
def test_a_whole_package_beside_a_bad_list_is_filed_with_status_1(
    tmp_path: Path, firmware: Firmware, folder: Path, name: str
) -> None:
    said = firmware("add", zipped(tmp_path / "odd.zip", BAD[name]()))
    assert (said.status, said.err) == (1, "")
    assert ": refused, because a phone cannot use it" in said.out
    assert held(folder)
    assert firmware("check", *(path.stem for path in folder.glob("*.loads"))).status == 0


def test_the_whole_one_of_two_packages_is_filed_and_the_other_one_is_named(
    tmp_path: Path, firmware: Firmware, folder: Path, golden: Golden
) -> None:
    files = {**sip(), **without(other_sip(), f"{OTHER}.sb2", "OS79XX.TXT")}
    said = firmware("add", zipped(tmp_path / "two.zip", files))
    assert (said.status, said.err) == (1, "")
    golden("firmware/add-one-of-two.out", said.out.replace(str(tmp_path), "/x"))
    assert held(folder) == set(sip()) - {"OS79XX.TXT"}


def test_the_next_step_is_to_set_the_load_only_where_the_site_has_another(
    ringup: Ringup, tmp_path: Path, firmware: Firmware
) -> None:
    source = zipped(tmp_path / "sip.zip", sip())
    assert "site set" not in firmware("add", source).out
    ringup("site", "set", f"load={OTHER}")
    assert f"Next: ringup site set load={LOAD}\n" in firmware("add", source).out


@pytest.mark.parametrize("name", GOOD)
def test_every_good_package_is_filed(tmp_path: Path, firmware: Firmware, folder: Path, name: str) -> None:
    said = firmware("add", zipped(tmp_path / "good.zip", GOOD[name]()))
    assert said.status == 0
    assert ("note: " in said.out) == (name in NOTES)
    assert held(folder) == set(GOOD[name]()) - {"OS79XX.TXT"}


def test_all_problems_are_named_at_once(tmp_path: Path, firmware: Firmware, golden: Golden) -> None:
    files = {**without(sip(), APPLICATION), f"{LOAD}.bin": sip()[APPLICATION]}
    files["P003-8-12-00.SBN"] = files.pop("P003-8-12-00.sbn")
    said = firmware("add", zipped(tmp_path / "bad.zip", files))
    assert said.status == 2
    golden("firmware/add-refused.err", said.err.replace(str(tmp_path), "/x"))


def test_another_file_of_the_same_name_needs_replace(
    tmp_path: Path, firmware: Firmware, folder: Path
) -> None:
    folder.mkdir()
    (folder / LIST).write_bytes(b"mine")
    source = zipped(tmp_path / "sip.zip", sip())
    said = firmware("add", source)
    assert said.status == 2
    assert "is another file of the same name. Keep it, or give --replace." in said.err
    assert held(folder) == {LIST}
    assert firmware("add", source, "--replace").status == 0
    assert (folder / LIST).read_bytes() == sip()[LIST]


def test_a_zip_without_firmware_or_that_leads_out_is_refused(
    tmp_path: Path, firmware: Firmware, folder: Path
) -> None:
    assert "holds no firmware" in firmware("add", zipped(tmp_path / "x.zip", {"readme.txt": b"x"})).err
    evil = {**sip(), "../../etc/passwd": b"x"}
    said = firmware("add", zipped(tmp_path / "evil.zip", evil))
    assert (said.status, held(folder)) == (2, set())
    assert "leads out of the zip" in said.err


def test_what_a_79x1_gets_is_filed_but_not_configured(tmp_path: Path, firmware: Firmware) -> None:
    said = firmware("add", zipped(tmp_path / "41.zip", sip_79x1()))
    assert "SIP41.8-5-4S: SIP 8.5(4) for the 7941 and 7961\n" in said.out
    assert "does not configure the 7941 or 7961 yet" in said.out


# --- list and check ------------------------------------------------------------------------------------


def test_an_empty_folder_says_how_to_fill_it(firmware: Firmware, folder: Path) -> None:
    assert firmware("list").out == f"No packages in {folder}. Add one: ringup firmware add ZIP\n"


def test_the_list_says_what_is_whole_and_who_wants_it(
    ringup: Ringup, firmware: Firmware, folder: Path
) -> None:
    ringup("group", "add", "attic", "--load", OTHER)
    ringup("phone", "add", "001646C0FFEE", "--extension", "201", "--group", "attic")
    ringup("phone", "add", "001646C0FFEF", "--extension", "202", "--load", "P0S3-08-3-00")
    write_package(folder, {**sip(), **without(other_sip(), f"{OTHER}.sb2")})
    said = firmware("list")
    rows = {line.split()[0]: " ".join(line.split()) for line in said.out.splitlines()}
    assert rows[LOAD].endswith("4 1018490 complete, synthetic the site")
    assert rows[OTHER].endswith("incomplete group attic and 1 phone")
    assert "P0S3-08-3-00 is required by 1 phone but missing." in said.out
    data = firmware("list", "--json").json()
    assert data["missing"] == ["P0S3-08-3-00"]
    other, own = data["packages"]
    assert own["usable"] is True
    assert own["wanted_by"] == {"site": True, "groups": [], "phones": []}
    assert own["files"][0] == {"name": "P003-8-12-00.bin", "size": 130_552}
    assert other["wanted_by"] == {"site": False, "groups": ["attic"], "phones": ["001646C0FFEE"]}
    assert [each["fault"] for each in other["findings"]] == ["incomplete"]


def test_a_clean_folder_ends_with_status_0(firmware: Firmware, folder: Path) -> None:
    write_package(folder, sip())
    said = firmware("check")
    assert said.status == 0
    assert said.out == (
        f"{LOAD}: complete, 4 files, required by the site; "
        "synthetic: signed by ringup's test signer, which is not Cisco.\n"
    )
    assert firmware("check", "--json").json() == {
        "version": 1,
        "folder": str(folder),
        "checked": [LOAD],
        "findings": [],
    }


def test_a_wanted_load_that_is_missing_ends_with_status_1(firmware: Firmware, folder: Path) -> None:
    said = firmware("check")
    assert said.status == 1
    assert said.out == (
        f"incomplete: {folder}: {LOAD} is missing from the firmware folder; it is needed by the site. "
        "Add its package: ringup firmware add ZIP\n"
    )


def test_another_spelling_of_a_wanted_load_is_proposed(
    ringup: Ringup, firmware: Firmware, folder: Path
) -> None:
    write_package(folder, sip())
    said = firmware("check", "P0S3-08-12-00")
    assert said.status == 1
    assert f"The folder has {LIST}: spell the load the same way." in said.out
    assert "has an extension" in firmware("check", "P0S3-08-9-00.loads").out


def test_only_the_loads_asked_for_are_checked(firmware: Firmware, folder: Path) -> None:
    write_package(folder, {**sip(), **without(other_sip(), f"{OTHER}.sb2")})
    assert firmware("check", LOAD).status == 0
    said = firmware("check", OTHER)
    assert said.status == 1
    assert "incomplete" in said.out
    findings = firmware("check", "--json").json()["findings"]
    assert [each["fault"] for each in findings] == ["incomplete"]
    assert findings == [
        {
            "fault": "incomplete",
            "where": findings[0]["where"],
            "what": findings[0]["what"],
            "cure": "Add it from the same package.",
        }
    ]
    assert findings[0]["where"].endswith(f"/{OTHER}.loads")
    assert f"{OTHER}.sb2" in findings[0]["what"]


# --- path ----------------------------------------------------------------------------------------------


def test_the_way_is_printed_hop_by_hop(ringup: Ringup, golden: Golden) -> None:
    said = ringup("firmware", "path", "sip", "4.4", "sip", "8.12")
    assert said.status == 0
    golden("firmware/path-sip-4.4-sip-8.12.out", said.out.replace("→", "->"))


def test_the_way_of_an_old_sccp_phone_says_what_ringup_cannot_name(ringup: Ringup, golden: Golden) -> None:
    said = ringup("firmware", "path", "P00305000200", "P0S3-8-12-00")
    assert said.status == 0
    golden("firmware/path-sccp-5.0-sip-8.12.out", said.out.replace("→", "->"))


def test_no_way_is_told_with_its_reason(ringup: Ringup) -> None:
    said = ringup("firmware", "path", "P0S3-8-12-00", "sip 4.4")
    assert said.status == 1
    assert said.out.startswith("SIP 8.12 (P0S3-8-12-00) to SIP 4.4 (P0S3-04-4-00): no upgrade path.\n")
    assert "is signed" in said.out
    assert ringup("firmware", "path", "--json", "sip 8.12", "sip 4.4").json()["exists"] is False


def test_a_phone_that_is_there_needs_no_hop(ringup: Ringup) -> None:
    assert "nothing to upgrade" in ringup("firmware", "path", "P0S3-08-12-00", "sip", "8.12").out


def test_the_way_for_machines(ringup: Ringup) -> None:
    data = ringup("firmware", "path", "sip 6.3", "sip", "7.4", "--json").json()
    (hop,) = data["hops"]
    assert hop["named_in"][0] == {"file": "OS79XX.TXT", "text": "P003-07-4-00"}
    assert hop["fetched"] == ["P003-07-4-00.sbn", "P0S3-07-4-00.loads", "P0S3-07-4-00.sb2"]
    assert data["to"] == {"release": "SIP 7.4", "load": "P0S3-07-4-00"}


@pytest.mark.parametrize("words", [["sip", "8.12"], ["sip", "4.4", "sip", "5.3", "sip", "6.3"], ["P0S30202"]])
def test_other_than_two_releases_are_a_usage_error(ringup: Ringup, words: list[str]) -> None:
    said = ringup("firmware", "path", *words)
    assert said.status == 2
    assert "Give two releases" in said.err


def test_a_release_that_never_was_is_refused(ringup: Ringup) -> None:
    said = ringup("firmware", "path", "sip", "4.4", "sip", "8.13")
    assert said.status == 2
    assert "there is no SIP 8.13; SIP has 2.0 to 8.12." in said.err


def test_the_folder_may_come_from_the_environment(
    ringup: Ringup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGUP_FIRMWARE", str(tmp_path / "elsewhere"))
    ringup("firmware", "add", zipped(tmp_path / "sip.zip", sip()))
    assert LIST in held(tmp_path / "elsewhere")
    assert ringup("firmware", "list", "--json").json()["folder"] == str(tmp_path / "elsewhere")


def test_synthetic_firmware_is_refused_unless_told(
    tmp_path: Path, firmware: Firmware, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RINGUP_ACCEPT_TEST_SIGNER")
    said = firmware("add", zipped(tmp_path / "sip.zip", sip()))
    assert said.status == 2
    assert "is signed by ringup's test signer, which is not Cisco: no real phone accepts it." in said.err
    assert held(folder) == set()


def test_a_whole_tftpboot_gives_its_package_and_names_what_is_left_out(
    tmp_path: Path, firmware: Firmware, folder: Path
) -> None:
    root = tmp_path / "tftpboot"
    write_package(root, {**sip(), "SIPDefault.cnf": b"a", "P0S3-8-12-00.bin": sip()["P0S3-8-12-00.sb2"]})
    write_package(root / "old", {"SIPDefault.cnf": b"b"})
    said = firmware("add", str(root))
    assert said.status == 0
    assert held(folder) == set(sip()) - {"OS79XX.TXT"}
    assert "is not needed (P0S3-8-12-00.sb2 under another name)" in said.out
    assert "SIPDefault.cnf" in said.out
