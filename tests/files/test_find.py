"""The files that a phone may fetch, and the answer to other requests."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import Problem, SiteErrors
from ringup.files import find
from ringup.files.find import Absent, File, FileFinder, Found, Refused, Requester, plain_name
from ringup.files.rendered import OWN, RENDERED, OwnKind, Records, RenderedKind
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import Group, Line, Phone, Ring, Site
from ringup.wire import loads, signed_image
from ringup.wire.loads import LoadsList

MAC = "001646C0FFEE"
OTHER_MAC = "000E84C060A6"
SERVER = "10.0.0.1"
OWNER = Requester("10.0.0.10", MAC)
STRANGER = Requester("10.0.0.66")
SITE = Site(
    groups=(Group(name="attic", settings={"dial_template": "DIALPLAN"}),),
    phones=(
        Phone(mac=MAC, lines=(Line(extension="201", secret="tellnobody", name="Zoë"),)),
        Phone(mac=OTHER_MAC, settings={"dial_template": "uk"}),
    ),
)


def finder(
    folder: Path | None = None, *, site: Site = SITE, check_owner: bool = False, own: Path | None = None
) -> FileFinder:
    own_files = FirmwareFolder(own) if own else None
    return FileFinder(site, FirmwareFolder(folder), SERVER, check_owner, own_files=own_files)


def data_of(found: Found) -> bytes:
    assert isinstance(found, File), found
    return found.data


def reason_of(found: Found) -> str:
    assert isinstance(found, Absent | Refused), found
    return found.reason


# --- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "plain"),
    [
        ("SIPDefault.cnf", "SIPDefault.cnf"),
        ("/7960-font.xml", "7960-font.xml"),
        ("./SIP000E84C060A6.cnf", "SIP000E84C060A6.cnf"),
        (".//./x", "x"),
        ("US/7960-tones.xml", "US/7960-tones.xml"),
        ("\\US\\7960-tones.xml", "US/7960-tones.xml"),
        ("a..b", "a..b"),
        ("a..b/c", "a..b/c"),
    ],
)
def test_what_phones_put_in_front_of_a_name_is_taken_off(asked: str, plain: str) -> None:
    assert plain_name(asked) == plain


@pytest.mark.parametrize("name", ["..", "../etc/passwd", "US/../../x", "..\\x", "/..", "x/.."])
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str) -> None:
    assert isinstance(plain_name(name), Refused)
    assert isinstance(finder().find(name, OWNER), Refused)


@pytest.mark.parametrize("name", ["/", ".", "./", "a/b/c"])
def test_a_folder_or_a_name_too_deep_is_absent(name: str) -> None:
    assert isinstance(finder().find(name, OWNER), Absent)


@given(st.text(max_size=30))
def test_any_name_finds_something_to_say(name: str) -> None:
    assert isinstance(finder().find(name, OWNER), File | Absent | Refused)


@given(st.lists(st.sampled_from(["..", ".", "", "secret", "/", "\\"]), max_size=6).map("/".join))
def test_no_name_reaches_outside_the_folder(name: str) -> None:
    plain = plain_name(name)
    assert not isinstance(plain, str) or ".." not in plain.split("/")


# --- rendered files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "SIPDefault.cnf",
        f"SIP{MAC}.cnf",
        f"./SIP{MAC}.cnf",
        "XMLDefault.cnf.xml",
        "OS79XX.TXT",
        "dialplan.xml",
        "DIALPLAN.xml",
        "uk.xml",
        "syncinfo.xml",
    ],
)
def test_a_rendered_file_is_found(name: str) -> None:
    found = finder().find(name, OWNER)
    assert data_of(found)
    assert isinstance(found, File)
    assert found.source == "the site's records"


def test_a_phones_own_file_holds_its_own_line() -> None:
    assert b"tellnobody" in data_of(finder().find(f"SIP{MAC}.cnf", OWNER))
    assert b"tellnobody" not in data_of(finder().find(f"SIP{OTHER_MAC}.cnf", OWNER))


def test_all_askers_share_one_rendered_file() -> None:
    shared = finder()
    assert data_of(shared.find("SIPDefault.cnf", OWNER)) is data_of(shared.find("SIPDefault.cnf", STRANGER))
    assert data_of(shared.find("sipdefault.CNF", OWNER)) is data_of(shared.find("SIPDefault.cnf", OWNER))


def test_text_is_served_as_latin_1() -> None:
    text = data_of(finder().find(f"SIP{MAC}.cnf", OWNER))
    assert "Zoë".encode("latin-1") in text


def test_another_case_is_served_and_noted() -> None:
    found = finder().find(f"sip{MAC.lower()}.CNF", OWNER)
    assert isinstance(found, File)
    assert found.name == f"SIP{MAC}.cnf"
    assert "upper and lower case differ" in found.source


def test_a_configured_folder_in_front_of_an_own_file_is_no_matter() -> None:
    found = finder().find(f"cnf/SIP{MAC}.cnf", OWNER)
    assert isinstance(found, File)
    assert "case" not in found.source


def test_ring_tones_make_a_ring_list_and_none_make_none() -> None:
    assert "without a list" in reason_of(finder().find("RINGLIST.DAT", OWNER))
    site = Site(rings=(Ring(name="Old Style", file="ringer1.pcm"),))
    assert data_of(finder(site=site).find("RINGLIST.DAT", OWNER)) == b"Old Style\tringer1.pcm\n"


def test_an_empty_rendering_is_absent_but_the_folder_may_have_the_file(tmp_path: Path) -> None:
    (tmp_path / "RINGLIST.DAT").write_bytes(b"Mine\tmine.pcm\n")
    assert data_of(finder(tmp_path).find("RINGLIST.DAT", OWNER)) == b"Mine\tmine.pcm\n"


def test_an_operators_own_ring_list_for_later_models_comes_first(tmp_path: Path) -> None:
    site = SITE.model_copy(update={"rings": (Ring(name="Bell", file="bell.raw"),)})
    assert b"bell.raw" in data_of(finder(site=site).find("Ringlist.xml", OWNER))
    (tmp_path / "ringlist.xml").write_bytes(b"<CiscoIPPhoneRingList/>")
    assert data_of(finder(site=site, own=tmp_path).find("Ringlist.xml", OWNER)) == b"<CiscoIPPhoneRingList/>"
    assert b"bell.raw" in data_of(finder(site=site, own=tmp_path).find("RINGLIST.DAT", OWNER))


def test_a_rendering_that_the_records_forbid_is_absent_with_the_problem() -> None:
    def fail(_records: Records, _name: str) -> str:
        raise SiteErrors([Problem("dial_rules", "the dial plan is too long.", "Remove rules.")])

    broken = RenderedKind(lambda _site: ("dialplan.xml",), fail)
    found = FileFinder(SITE, FirmwareFolder(None), SERVER, False, rendered=[broken]).find(
        "dialplan.xml", OWNER
    )
    assert isinstance(found, Absent)
    assert "dial_rules: the dial plan is too long. Remove rules." in found.reason


def test_a_file_is_rendered_once() -> None:
    calls = []

    def render(_records: Records, name: str) -> str:
        calls.append(name)
        return "" if name == "empty" else "text"

    kind = RenderedKind(lambda _site: ("x", "empty"), render)
    once = FileFinder(SITE, FirmwareFolder(None), SERVER, False, rendered=[kind])
    for _ in range(3):
        once.find("x", OWNER)
        once.find("empty", OWNER)
    assert calls == ["x", "empty"]


def test_a_phones_own_file_is_kept_a_while_and_rendered_again_after_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[str] = []

    def render(_records: Records, phone: Phone) -> str:
        calls.append(phone.mac)
        return "text"

    monkeypatch.setattr(find, "OWN", [OwnKind("SIP", ".cnf", lambda _site, _phone: True, render)])
    monkeypatch.setattr(find, "MOST_OWN_FILES", 1)
    few = finder()
    for mac in (MAC, MAC, OTHER_MAC, MAC):
        assert data_of(few.find(f"SIP{mac}.cnf", OWNER)) == b"text"
    assert calls == [MAC, OTHER_MAC, MAC]


@pytest.mark.parametrize("name", ["SIP.cnf", f"SIP{MAC}", f"{MAC}.cnf", f"XSIP{MAC}.cnf", f"SIP{MAC}0.cnf"])
def test_a_name_with_more_or_less_than_a_mac_is_no_phones_own(name: str) -> None:
    assert isinstance(finder().find(name, OWNER), Absent)


def test_the_old_pointer_names_the_loader_that_the_load_brings(tmp_path: Path) -> None:
    assert data_of(finder().find("OS79XX.TXT", OWNER)) == b"P003-8-12-00\n"
    listed = loads.build(LoadsList("P003-08-09-00.sbn", "P0S3-8-12-00.sb2", "PAS30830"))
    image = signed_image.sign("P0S3-8-12-00.loads", listed)
    (tmp_path / "P0S3-8-12-00.loads").write_bytes(signed_image.build(image))
    assert data_of(finder(tmp_path).find("OS79XX.TXT", OWNER)) == b"P003-08-09-00\n"


def test_every_rendered_name_is_listed() -> None:
    assert finder().names() == [
        "DIALPLAN.xml",
        "OS79XX.TXT",
        "RINGLIST.DAT",
        "Ringlist.xml",
        f"SIP{OTHER_MAC}.cnf",
        f"SIP{MAC}.cnf",
        "SIPDefault.cnf",
        "XMLDefault.cnf.xml",
        "dialplan.xml",
        "syncinfo.xml",
        "uk.xml",
    ]
    # SEP<MAC>.cnf.xml is rendered only for a phone with its own load, and guestdial.xml only with guests.
    assert len(RENDERED) + len(OWN) == 10


def test_a_phone_with_a_load_of_its_own_is_told_that_load_by_the_loaders_first_file() -> None:
    site = Site(load="P0S3-8-12-00", phones=(Phone(mac=MAC, load="P0S3-07-5-00"), Phone(mac=OTHER_MAC)))
    told = data_of(finder(site=site).find(f"SEP{MAC}.cnf.xml", OWNER))
    assert b"<loadInformation>P0S3-07-5-00</loadInformation>" in told
    assert isinstance(finder(site=site).find(f"SEP{OTHER_MAC}.cnf.xml", OWNER), Absent)


# --- the owner ----------------------------------------------------------------------------------------


def test_a_phones_own_file_goes_to_the_phone_that_holds_the_lease() -> None:
    assert data_of(finder(check_owner=True).find(f"SIP{MAC}.cnf", OWNER))


@pytest.mark.parametrize(
    "name", [f"SIP{MAC}.cnf", f"sip{MAC.lower()}.cnf", f"/x/SIP{MAC}.cnf", f"./SIP{MAC}.CNF"]
)
def test_a_phones_own_file_goes_to_nobody_else(name: str) -> None:
    guarded = finder(check_owner=True)
    assert guarded.find(name, STRANGER) == Refused(
        "only its own phone gets this file: 10.0.0.66 has no lease from this server"
    )
    assert guarded.find(name, Requester("10.0.0.11", OTHER_MAC)) == Refused(
        f"only its own phone gets this file: 10.0.0.11 belongs to {OTHER_MAC}"
    )


def test_without_the_check_everybody_gets_it() -> None:
    assert data_of(finder(check_owner=False).find(f"SIP{MAC}.cnf", STRANGER))


def test_files_without_secrets_go_to_everybody() -> None:
    assert data_of(finder(check_owner=True).find("SIPDefault.cnf", STRANGER))


def test_an_own_file_in_a_folder_has_the_same_owner(tmp_path: Path) -> None:
    (tmp_path / "SEP00112233AABB.cnf.xml").write_bytes(b"<device/>")
    (tmp_path / "US").mkdir()
    (tmp_path / "US" / "SIP00112233AABB.cnf").write_bytes(b"x")
    others = (
        "CTLSEP00112233AABB.tlv",
        "MGC00112233AABB.cnf",
        "SIP00112233AABB.cnf.bak",
        "cnfSIP00112233AABB.cnf",
    )
    for name in others:
        (tmp_path / name).write_bytes(b"x")
    guarded = finder(tmp_path, check_owner=True)
    for name in ("SEP00112233AABB.cnf.xml", "US/SIP00112233AABB.cnf", *others):
        assert isinstance(guarded.find(name, STRANGER), Refused)
        assert data_of(guarded.find(name, Requester("10.0.0.12", "00112233AABB")))


@pytest.mark.parametrize("check_owner", [True, False])
def test_only_what_is_no_phones_own_is_for_all(tmp_path: Path, check_owner: bool) -> None:
    (tmp_path / "US").mkdir()
    for name in ("US/SIP00112233AABB.cnf", "SEP00112233AABB.cnf.xml", "7960-font.xml", "P0S3-8-12-00.sb2"):
        (tmp_path / name).write_text("a file")
    files, owner = finder(tmp_path, check_owner=check_owner), Requester("10.0.0.12", "00112233AABB")
    for name in ("sipdefault.cnf", "XMLDefault.cnf.xml", "7960-FONT.xml", "P0S3-8-12-00.sb2"):
        found = files.find(name, owner)
        assert isinstance(found, File)
        assert found.for_all
    for name, requester in (
        (f"SIP{MAC}.cnf", OWNER),
        (f"sip{MAC.lower()}.CNF", OWNER),
        ("US/SIP00112233AABB.cnf", owner),
        ("us/sip00112233aabb.cnf", owner),
        ("SEP00112233AABB.cnf.xml", owner),
    ):
        found = files.find(name, requester)
        assert isinstance(found, File)
        assert not found.for_all


# --- the pointer of old firmware ----------------------------------------------------------------------

STAGED = SITE.model_copy(
    update={"phones": (Phone(mac=MAC, load="P0S3-05-3-00"), Phone(mac=OTHER_MAC, load=""))}
)
"""One phone converts in two steps by way of 5.3; the other one stays on the site's load."""


def pointer(files: FileFinder, requester: Requester) -> tuple[bytes, bool]:
    found = files.find("OS79XX.TXT", requester)
    assert isinstance(found, File)
    return found.data, found.for_all


def test_the_pointer_names_a_phones_own_load_to_that_phone_only() -> None:
    files = finder(site=STAGED)
    assert pointer(files, OWNER) == (b"P0S3-05-3-00\n", False)
    assert pointer(files, Requester("10.0.0.11", OTHER_MAC)) == (b"P003-8-12-00\n", False)
    assert pointer(files, STRANGER) == (b"P003-8-12-00\n", False)
    assert pointer(files, OWNER) == (b"P0S3-05-3-00\n", False)


def test_a_pointer_that_is_the_same_for_all_phones_is_for_all() -> None:
    assert pointer(finder(), OWNER) == (b"P003-8-12-00\n", True)
    same = SITE.model_copy(update={"phones": (Phone(mac=MAC, load=SITE.load),)})
    assert pointer(finder(site=same), OWNER) == (b"P003-8-12-00\n", True)


# --- folders ------------------------------------------------------------------------------------------


def test_firmware_comes_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "P0S3-8-12-00.sb2").write_bytes(b"image")
    files = finder(tmp_path)
    assert files.find("P0S3-8-12-00.sb2", OWNER) == File(
        "P0S3-8-12-00.sb2", b"image", str(tmp_path / "P0S3-8-12-00.sb2"), for_all=True
    )
    found = files.find("p0s3-8-12-00.SB2", OWNER)
    assert isinstance(found, File)
    assert "upper and lower case differ" in found.source


def test_the_operators_own_folder_comes_last(tmp_path: Path) -> None:
    firmware, own = tmp_path / "firmware", tmp_path / "own"
    for folder in (firmware, own):
        folder.mkdir()
        (folder / "both").write_text(folder.name)
        (folder / "SIPDefault.cnf").write_text(folder.name)
    (own / "ringer1.pcm").write_bytes(b"ring")
    files = finder(firmware, own=own)
    assert data_of(files.find("ringer1.pcm", OWNER)) == b"ring"
    assert data_of(files.find("both", OWNER)) == b"firmware"
    assert b"image_version" in data_of(files.find("SIPDefault.cnf", OWNER))


def test_an_empty_file_in_a_folder_is_absent(tmp_path: Path) -> None:
    (tmp_path / f"CTLSEP{MAC}.tlv").write_bytes(b"")
    assert "empty" in reason_of(finder(tmp_path).find(f"CTLSEP{MAC}.tlv", OWNER))


def test_another_spelling_of_a_release_is_named(tmp_path: Path) -> None:
    (tmp_path / "P0S3-8-12-00.loads").write_bytes(b"x")
    assert "P0S3-8-12-00.loads" in reason_of(finder(tmp_path).find("P0S3-08-12-00.loads", OWNER))


# --- reasons ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (f"CTLSEP{MAC}.tlv", "normal: phones without certificates request it and continue"),
        (f"ITLSEP{MAC}.tlv", "normal: phones without certificates request it and continue"),
        ("ITLFile.tlv", "normal: phones without certificates request it and continue"),
        (
            f"SEP{MAC}.cnf.xml",
            "normal in the hunt: 7940/7960 on SIP take their load from XMLDefault.cnf.xml",
        ),
        ("SIP00aabbccddee.cnf", "no phone with this MAC: ringup phone add 00AABBCCDDEE"),
        ("./SIP00AABBCCDDEE.cnf", "no phone with this MAC: ringup phone add 00AABBCCDDEE"),
        (f"MGC{MAC}.cnf", "normal in the hunt: MGCP is not served"),
        ("OS79XX.TXT ", "the name ends with a space"),
        ("US/7960-tones.xml", "normal: a locale's file"),
        ("/7960-font.xml", "normal: a locale's file"),
        ("P0S3-8-12-00.sb2", "not in the firmware folder"),
        ("term41.default.loads", "only a factory-reset 7941 or later requests this"),
        ("RingList.xml", "only the 7941 and later"),
        ("anything", "no file of this name"),
    ],
)
def test_an_absent_file_has_a_reason_an_operator_understands(name: str, reason: str) -> None:
    assert reason_of(finder().find(name, OWNER)).startswith(reason)
