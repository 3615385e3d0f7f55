"""Packages are recognised, and each fault is found, while the correct package beside it has no finding."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.finding import ERROR, Finding
from ringup.firmware.contents import Contents, FindingKind, Package
from ringup.firmware.package import read_packages
from ringup.firmware.signature import ACCEPT_TEST_SIGNER
from tests.firmware.damaged import (
    APPLICATION,
    BAD,
    GOOD,
    LIST,
    LOAD,
    LOAD_79X1,
    MEMBERS_79X1,
    SIGNED_LOADER,
    Files,
    sccp,
    signed,
    sip,
    sip_79x1,
    unknown_signer,
    without,
)

Golden = Callable[[str, str], None]


def told(contents: Contents) -> str:
    """Return the findings as people read them, without the one that the files are synthetic."""
    return "".join(f"{each.code}: {each.problem}\n" for each in told_of(contents))


def told_of(contents: Contents) -> list[Finding]:
    return [each for each in contents.all_findings() if each.code != FindingKind.TEST_SIGNER]


def refusals(contents: Contents) -> list[str]:
    return [each.code for each in contents.all_findings() if each.severity is ERROR]


FOR_OLD = "Use it only for phones that run firmware before 5.0."
UNFIT = (
    "is not signed and cannot be proved; its lengths and checksums do not match those of known later images."
)
NOTE_78XX = (
    "not signed: a.zip/sip78xx.12-5-1.loads: is of a 78xx: its lengths and digest are right, "
    "but ringup knows no key for it.\n"
)
NOTES = {
    "sip-78xx": NOTE_78XX,
    "7940-and-others": NOTE_78XX,
    "unsigned-image-7905": (
        "not signed: a.zip/CP7905080003.zup: is an image of a 7902, 7905 or 7912, not signed, and cannot be "
        "proved; its lengths are right. Compare it with another copy.\n"
    ),
    "unsigned-image-7935": (
        "not signed: a.zip/P00503010100.bin: is an image of a 7935 or 7936, not signed, and cannot be "
        "proved. Compare it with another copy.\n"
    ),
    "signer-of-a-69xx-not-known": (
        "signer not known: a.zip/SIP69xx.9-4-1-3SR3.loads: signer not known; not every length can be "
        "compared. Compare it with the package from Cisco if in doubt.\n"
    ),
    "signer-of-a-7905-not-known": (
        "signer not known: a.zip/CP7905080003.sbin: signer not known; lengths and checksums are right. "
        "Compare it with the package from Cisco if in doubt.\n"
    ),
    "list-of-cipc": (
        "not signed: a.zip/CIPC_Locale.loads: is an update list of Cisco IP Communicator, "
        "which is not signed.\n"
    ),
    "unsigned-sip": f"not signed: a.zip/P0S30202.bin: {UNFIT} {FOR_OLD}\n",
    "signed-sip-without-loader": f"not signed: a.zip/P0S3-06-3-00.bin: {UNFIT} {FOR_OLD}\n",
    "signer-not-known": (
        "signer not known: a.zip/P0S3-8-12-00.loads: signer not known; lengths and checksums are right. "
        "Compare it with the package from Cisco if in doubt.\n"
    ),
}
"""Findings about correct packages that are reported nevertheless."""


@pytest.mark.parametrize("name", GOOD)
def test_a_good_package_has_no_findings(name: str) -> None:
    contents = read_packages(GOOD[name](), "a.zip")
    assert told(contents) == NOTES.get(name, "")
    assert contents.packages
    assert all(package.is_usable for package in contents.packages)


@pytest.mark.parametrize("name", BAD)
def test_a_fault_is_found_and_told(name: str, golden: Golden) -> None:
    contents = read_packages(BAD[name](), "a.zip")
    assert told_of(contents)
    golden(f"firmware/{name}.txt", told(contents))


def only(contents: Contents) -> Package:
    (package,) = contents.packages
    return package


@pytest.mark.parametrize(
    ("name", "protocol", "version", "models", "loader"),
    [
        ("sip", "SIP", "8.12", ("7940", "7960"), "P003-8-12-00"),
        ("sccp", "SCCP", "7.2(3)", ("7940", "7960"), "P00307020300"),
        ("mgcp", "MGCP", "7.4", ("7940", "7960"), "P003-07-4-00"),
        ("unsigned-sip", "SIP", "2.2", ("7940", "7960"), ""),
        ("signed-sip-without-loader", "SIP", "6.3", ("7940", "7960"), ""),
        ("sip-69xx", "SIP", "", ("69xx",), ""),
        ("sip-78xx", "SIP", "", ("78xx",), ""),
        ("image-7910", "", "", ("7910",), ""),
        ("unsigned-image-7905", "", "", ("7902", "7905", "7912"), ""),
        ("list-of-cipc", "", "", ("Cisco IP Communicator",), ""),
    ],
)
def test_a_package_says_what_it_is(
    name: str, protocol: str, version: str, models: tuple[str, ...], loader: str
) -> None:
    package = only(read_packages(GOOD[name]()))
    assert (package.protocol, package.version, package.models, package.loader) == (
        protocol,
        version,
        models,
        loader,
    )


def test_a_package_counts_its_files_but_not_the_pointer() -> None:
    package = only(read_packages(sip()))
    assert package.load == LOAD
    assert package.loader_version == "PAS30830"
    assert package.size == 458 + 756_524 + 130_956 + 130_552
    assert [name for name, _ in package.files] == ["P003-8-12-00.bin", SIGNED_LOADER, LIST, APPLICATION]


def test_an_sccp_package_shares_one_stem() -> None:
    assert {name.rpartition(".")[0] for name, _ in only(read_packages(sccp())).files} == {"P00307020300"}


def test_a_79x1_package_and_its_default_list_are_told_apart() -> None:
    load, default = read_packages(sip_79x1()).packages
    assert (load.load, load.protocol, load.version, load.models) == (
        LOAD_79X1,
        "SIP",
        "8.5(4)",
        ("7941", "7961"),
    )
    assert (default.load, default.protocol, default.models) == ("term41.default", "SIP", ("7941",))
    assert {name for name, _ in load.files} == {f"{LOAD_79X1}.loads", *MEMBERS_79X1}


def test_what_is_no_firmware_is_named() -> None:
    contents = read_packages({**sip(), "readme.txt": b"x", "Manual.PDF": b"y"})
    assert contents.others == ("Manual.PDF", "readme.txt")


@pytest.mark.parametrize(
    ("load", "version"),
    [
        ("P0030801SR02", "8.1 SR02"),
        ("P00308001000", "8.0(10)"),
        ("P0S3-08-3-01", "8.3-01"),
        ("P0S3-08-11-00", "8.11"),
        ("P0S3-SOMETHING", ""),
        ("SIP42.9-4-2SR3-1S", "9.4(2)SR3"),
        ("SIP75.odd", "odd"),
    ],
)
def test_a_load_says_its_version(load: str, version: str) -> None:
    assert only(read_packages({f"{load}.loads": b""})).version == version


# --- truncation and random bytes ---------------------------------------------------------------------


def test_every_truncation_of_a_list_is_a_finding() -> None:
    files = sip()
    assert len(files[LIST]) == 458
    for length in range(458):
        assert refusals(read_packages({**files, LIST: files[LIST][:length]})), length


@given(st.data(), st.sampled_from([APPLICATION, SIGNED_LOADER, "P003-8-12-00.bin"]))
def test_every_truncation_of_an_image_is_a_finding(data: st.DataObject, name: str) -> None:
    length = data.draw(st.integers(0, len(sip()[name]) - 1))
    assert refusals(read_packages({**sip(), name: sip()[name][:length]}))
    unknown = unknown_signer(sip())
    assert refusals(read_packages({**unknown, name: unknown[name][:length]}))


@pytest.mark.thorough
@pytest.mark.parametrize("name", [f"{LOAD_79X1}.loads", "cnu41.8-5-4.sbn"])
def test_every_truncation_of_a_79x1s_header_and_mark_is_a_finding(name: str) -> None:
    files = without(sip_79x1(), "term41.default.loads")
    end = len(files[name]) - (0 if name.endswith(".loads") else 100)
    for length in range(end):
        assert refusals(read_packages({**files, name: files[name][:length]})), length


NAMES = st.sampled_from(
    [
        LIST,
        APPLICATION,
        SIGNED_LOADER,
        "P003-8-12-00.bin",
        "P0S3-8-12-00.bin",
        "OS79XX.TXT",
        "os79xx.txt",
        "SIP41.8-5-4S.loads",
        "term41.default.loads",
        "cnu41.8-5-4.sbn",
        "P0S30202.bin",
        "P00305000200.sbn",
        ".loads",
        "x.sb2",
        "",
    ]
) | st.text(max_size=20)


@pytest.mark.thorough
@given(st.dictionaries(NAMES, st.binary(max_size=40)))
def test_any_files_are_packages_or_findings(files: Files) -> None:
    contents = read_packages(files)
    assert {name for package in contents.packages for name, _ in package.files} <= set(files)


@given(st.data(), st.sampled_from([LIST, APPLICATION, SIGNED_LOADER]))
def test_any_damaged_header_is_read_without_an_error(data: st.DataObject, name: str) -> None:
    whole = sip()[name]
    at = data.draw(st.integers(0, 460))
    rubbish = data.draw(st.binary(min_size=1, max_size=8))
    read_packages({**sip(), name: whole[:at] + rubbish + whole[at + len(rubbish) :]})


def test_a_signed_file_with_less_than_an_images_header_is_truncated() -> None:
    contents = read_packages({**sip(), APPLICATION: signed(APPLICATION, bytes(20))}, "a.zip")
    assert FindingKind.TRUNCATED in refusals(contents)
    assert FindingKind.DAMAGED not in refusals(contents)


def test_a_signed_list_of_another_model_that_is_no_list_is_refused() -> None:
    name = f"{LOAD_79X1}.loads"
    contents = read_packages({**sip_79x1(), name: signed(name, b"\xff\xfe\n")}, "a.zip")
    assert "is not the list of a load" in told(contents)
    assert FindingKind.DAMAGED in refusals(contents)


def test_a_file_of_ringups_own_signer_is_told_of_at_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ACCEPT_TEST_SIGNER)
    contents = read_packages(sip(), "a.zip")
    [found] = [each for each in contents.all_findings() if each.code == FindingKind.TEST_SIGNER]
    assert str(found.where).startswith("a.zip/")
    assert found.cure == "Use Cisco's package."
