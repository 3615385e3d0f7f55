"""Existing folders become sites from which every phone gets the same values as before."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringup.adoption.adopt import NOT_A_SETTING, Adoption, adopt
from ringup.adoption.comparison import Comparison, Difference, compare
from ringup.adoption.lines import PbxAccount
from ringup.adoption.plan import rows_of
from ringup.adoption.tree import read_tree
from ringup.adoption.xml_loads import read_loads
from ringup.emulator import cnf
from ringup.firmware.folder import FirmwareFolder
from ringup.phone.cnf_text import row
from ringup.phone.parameters import BOUND_TOGETHER, PARAMETERS
from ringup.render.default_xml import default_xml
from ringup.render.sip_cnf import phone_cnf
from ringup.site.check import check
from ringup.site.mask import MASK
from ringup.site.model import DialRule, Group, Line, Phone, Site
from tests.adoption.trees import OLD, SERVER, write_old, write_rendered
from tests.render.sites import OFFICE
from tests.site.sites import ANY_SECRETS, sites

LONG_PASSWORD = "0123456789abcdef" * 2
LARRY, ADA, SECOND = "001646C0FFEE", "001646000000", "001646000001"


def adopted(
    folder: Path,
    base: Site | None = None,
    accounts: dict[str, PbxAccount] | None = None,
    *,
    merge: bool = False,
) -> tuple[Adoption, Comparison]:
    """Import the folder, and check that the resulting site may be stored."""
    tree = read_tree(FirmwareFolder(folder))
    found = adopt(
        tree, base or Site(), accounts or {}, merge=merge, server=SERVER, new_secret=lambda: "made-anew"
    )
    site = check(rows_of(found.site))
    assert site == found.site
    return found, compare(tree, site, SERVER)


def notes(folder: Path) -> str:
    found, _ = adopted(folder)
    return "\n".join(map(str, (*read_tree(FirmwareFolder(folder)).notes, *found.notes)))


@pytest.fixture(name="old")
def _old(tmp_path: Path) -> Path:
    write_old(tmp_path)
    return tmp_path


def test_a_rendered_folder_comes_back_without_a_change(tmp_path: Path) -> None:
    write_rendered(OFFICE, tmp_path)
    found, comparison = adopted(tmp_path)
    assert (comparison.changes, comparison.added) == ((), ())
    assert next(line for _, line in found.site.lines()).auth_name == ""
    assert [phone.mac for phone in found.site.phones] == [ADA, LARRY]
    assert found.site.rings == OFFICE.rings
    assert found.site.settings["telnet_level"] == "1"


def test_the_emulated_phone_agrees_that_nothing_changed(tmp_path: Path) -> None:
    """The emulated phone's reader shares no code with the comparison."""
    folders = (tmp_path / "before", tmp_path / "after")
    for folder in folders:
        folder.mkdir()
    write_rendered(OFFICE, folders[0])
    write_rendered(adopted(folders[0])[0].site, folders[1])
    for mac in (ADA, LARRY):
        before, after = (_emulated(folder, mac) for folder in folders)
        # Its record says 7960, so the parameters of its four further buttons are cleared.
        assert {name: value for name, value in after.items() if name in before} == before
        assert all(value == "" for name, value in after.items() if name not in before)


def _emulated(folder: Path, mac: str) -> dict[str, str]:
    names = ("SIPDefault.cnf", f"SIP{mac}.cnf")
    read = [cnf.read((folder / name).read_bytes(), name).settings for name in names]
    return {name: value for settings_read in read for name, value in settings_read.items()}


@pytest.mark.thorough
@given(sites())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_folder_that_ringup_renders_comes_back_without_a_change(site: Site) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_rendered(site, Path(folder))
        found, comparison = adopted(Path(folder))
    assert comparison.changes == ()
    assert [phone.mac for phone in found.site.phones] == [phone.mac for phone in site.phones]


def test_a_dial_rule_in_latin_1_is_not_taken_for_utf_8(tmp_path: Path) -> None:
    rules = (DialRule(match="0"), DialRule(match="1", rewrite="\u00c4\u0080"))
    phone = Phone(mac=ADA, lines=(Line(extension="201", secret="x"),))
    write_rendered(Site(dial_rules=rules, phones=(phone,)), tmp_path)
    assert adopted(tmp_path)[1].changes == ()


VALUES = st.one_of(
    st.sampled_from(
        ["0", "1", "007", "UNPROVISIONED", "", "500", "5000", "20000", "31999", "CET", "EST", "8"]
    ),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters='"\x7f'), max_size=6),
)
KEYS = st.sampled_from(
    [
        *(name for name in PARAMETERS if not NOT_A_SETTING.fullmatch(name) and name[:4] != "line"),
        *("odd_key", "reg.1.displayName", *BOUND_TOGETHER),
    ]
)


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=8), min_size=2, max_size=4))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_was_set_is_kept_at_one_level_or_another(files: list[dict[str, str]]) -> None:
    """The first file is the default file. Every value that a phone would accept must be kept."""
    with tempfile.TemporaryDirectory() as folder:
        for number, values in enumerate(files):
            name = f"SIP{number:012X}.cnf" if number else "SIPDefault.cnf"
            text = "".join(f'{key}: "{value}"\n' for key, value in values.items())
            Path(folder, name).write_text(text, "latin-1")
        _, comparison = adopted(Path(folder))
    assert comparison.changes == ()


@pytest.mark.thorough
@given(st.sampled_from(sorted(OLD)), st.binary(max_size=200), st.integers(0, 500))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_damaged_files_never_upset_an_adoption(name: str, junk: bytes, end: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_old(Path(folder))
        path = Path(folder, name)
        path.write_bytes(path.read_bytes()[:end] + junk)
        adopted(Path(folder))


def test_an_old_folder_is_told_of_line_by_line(old: Path) -> None:
    said = notes(old)
    for words in (
        "SIP001646c0ffee.cnf: phones request SIP001646C0FFEE.cnf, with the MAC in upper case.",
        "SIP001646c0ffee.cnf:1: line1_name has = instead of the colon",
        "SIP001646000000.cnf:6: line 3 follows an empty line button. It moves to button 2.",
        "SIP001646000001.cnf:1: line 202 belongs to SIP001646000000.cnf:1 already.",
        "SIP001646000001.cnf:4: timer_t1 is '0x10', not a number in digits only.",
        "SIP001646000002.cnf: is empty",
        "SIPDefault.cnf:20: is neither a parameter nor a comment.",
        "DIALPLAN.xml:4: the rule '0' has a LINE",
        "RINGLIST.DAT:2: has spaces instead of the TAB",
        "time_zone: Europe/Berlin is one of",
        "image_version: load 'P0S3-08-12-00' has the wrong zeros",
    ):
        assert words in said
    assert {"notes.txt", "owl.pcm"} <= set(read_tree(FirmwareFolder(old)).files)


def test_what_all_phones_share_becomes_the_sites_and_what_some_share_a_groups(old: Path) -> None:
    site = adopted(old)[0].site
    assert (site.time_zone, site.pbx.address, site.load) == ("Europe/Berlin", "192.168.1.10", "P0S3-8-12-00")
    assert site.settings == {
        "force:image_version": "P0S3-08-12-00",
        "force:reg.1.displayName": "Polycom's",
        "preferred_codec": "G711alaw",
        "telnet_level": "2",
    }
    assert site.groups == (
        Group(name="timer_register_expires-60", settings={"timer_register_expires": "60"}),
    )
    assert [phone.group for phone in site.phones] == ["timer_register_expires-60"] * 2 + ["", ""]
    assert [(ring.name, ring.file) for ring in site.rings] == [
        ("Owl", "owl.pcm"),
        ("Old Style", "ringer1.pcm"),
    ]
    assert [(rule.match, rule.tone) for rule in site.dial_rules] == [("2..", ""), ("9,*", "Bellcore-Outside")]
    [line] = site.phones[3].lines
    assert not any("line" in name for phone in site.phones for name in phone.settings)
    assert (line.extension, line.name, line.secret) == ("201", "Larry", LONG_PASSWORD)


def test_groups_have_different_names_that_fit_where_their_settings_begin_alike(tmp_path: Path) -> None:
    long = "h" * 60
    for number, own in enumerate(("timer_t2: 1", "timer_t2: 1", "timer_t2: 2", "timer_t2: 2")):
        (tmp_path / f"SIP00164600000{number}.cnf").write_text(f"logo_url: {long}\n{own}\n")
    (tmp_path / "SIP001646000009.cnf").write_text("")
    names = [group.name for group in adopted(tmp_path)[0].site.groups]
    stem = "logo_url-" + "h" * 40
    assert names == [f"{stem}-and-1-more", f"{stem}-and-1-more-2"]


def test_a_password_that_phones_cannot_take_is_kept_and_told_with_its_cure(old: Path) -> None:
    found, _ = adopted(old)
    assert [str(one) for one in found.faulty] == [
        "SIP001646c0ffee.cnf:3: line 201's password has 32 characters; 7940/7960 firmware takes 31. "
        "It was kept unchanged. Set another password here and in the PBX: "
        "ringup phone set 001646C0FFEE --line 1 --secret NEW"
    ]
    assert LONG_PASSWORD in phone_cnf(found.site, found.site.phones[3], SERVER)


def test_the_proof_sees_a_password_that_is_not_the_one_found(old: Path) -> None:
    found, before = adopted(old)
    assert "line1_password" not in {one.key for one in before.changes if one.mac == LARRY}
    larry = found.site.phones[3]
    [line] = larry.lines
    other = larry.model_copy(update={"lines": (line.model_copy(update={"secret": "0ther"}),)})
    site = found.site.model_copy(update={"phones": (*found.site.phones[:3], other)})
    after = compare(read_tree(FirmwareFolder(old)), site, SERVER)
    [change] = set(after.changes) - set(before.changes)
    assert change == Difference(LARRY, "line1_password", MASK, MASK)


def test_the_proof_names_exactly_what_an_old_folder_loses(old: Path) -> None:
    _, comparison = adopted(old)
    changes = {(one.mac, one.key): (one.before, one.after) for one in comparison.changes}
    assert changes[ADA, "dial_template"] == ("3 rules", "2 rules")
    assert changes[ADA, "line3_name"] == ("9001", None)
    assert changes[SECOND, "line1_name"] == ("202", None)
    assert changes[ADA, "line3_password"] == ("********", None)
    assert {key for mac, key in changes if mac == LARRY} == {"dial_template"}
    added = {one.key for one in comparison.added if one.mac == LARRY}
    assert {"sntp_server", "proxy1_port"} <= added
    assert "line1_password" not in added
    assert "telnet_level" not in added


def test_merging_adds_only_the_phones_that_are_new(old: Path) -> None:
    kept = Phone(mac=LARRY, lines=(Line(extension="777", secret="kept"),))
    base = Site(name="mine", load="P0S3-08-11-00", settings={"tos_media": "3"}, phones=(kept,))
    found, comparison = adopted(old, base, merge=True)
    assert found.added_phones == (ADA, SECOND, "001646000002")
    assert found.site.phone(LARRY) == kept
    assert (found.site.name, found.site.load, found.site.settings) == ("mine", base.load, base.settings)
    assert "preferred_codec" not in {one.key for one in comparison.changes if one.mac == ADA}
    assert any("is in the site already" in note.what for note in found.notes)


def test_a_pbx_gives_names_and_boxes_and_its_passwords_are_compared(old: Path) -> None:
    accounts = {
        "202": PbxAccount("202", "other", "Ada Lovelace", False, "chan_sip", "sip.conf:9"),
        "201": PbxAccount("201", "from-pbx", "", True, "chan_sip", "sip.conf:3"),
        "300": PbxAccount("300", "x", "", True, "chan_sip", "sip.conf:20"),
    }
    found, _ = adopted(old, accounts=accounts)
    ada, larry = found.site.phones[0].lines[0], found.site.phones[3].lines[0]
    assert found.site.pbx.driver == "chan_sip"
    assert (ada.name, ada.display_name, ada.voicemail, ada.secret) == ("Ada Lovelace", "Ada", False, "ada")
    assert (larry.name, larry.voicemail, larry.secret) == ("Larry", True, LONG_PASSWORD)
    said = "\n".join(map(str, found.notes))
    assert "SIP001646c0ffee.cnf:3: line 201's password differs at sip.conf:3." in said
    assert "SIP001646000000.cnf:3: line 202's password differs at sip.conf:9." in said
    assert "line 9001: has no account in the PBX's files." in said
    assert "sip.conf:20: the account 300 belongs to no line of the folder." in said


def test_a_password_that_only_the_pbx_has_is_taken_from_there(tmp_path: Path) -> None:
    (tmp_path / "SIP001646C0FFEE.cnf").write_text("line1_name: 201\n")
    account = PbxAccount("201", "from-pbx", "", True, "pjsip", "pjsip.conf:3")
    found, _ = adopted(tmp_path, accounts={"201": account})
    assert [line.secret for _, line in found.site.lines()] == ["from-pbx"]
    assert not any("password" in note.what for note in found.notes)


def test_a_line_of_the_ring_list_that_names_no_file_is_told_of_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "RINGLIST.DAT").write_text("Owl\towl.pcm\n\tx.pcm\n")
    assert "RINGLIST.DAT:2: is not a name, a TAB and a file. It was left out." in notes(tmp_path)


def test_a_password_that_is_nowhere_is_made_and_told_of(tmp_path: Path) -> None:
    (tmp_path / "SIP001646C0FFEE.cnf").write_text("line1_name: 201\n")
    assert [line.secret for _, line in adopted(tmp_path)[0].site.lines()] == ["made-anew"]
    assert "SIP001646C0FFEE.cnf:1: line 201's password is missing. A new one was made." in notes(tmp_path)


def test_a_name_of_the_pbx_that_phones_cannot_show_is_spelt_in_latin_letters(old: Path) -> None:
    accounts = {
        name: PbxAccount(name, "x", shown, True, "pjsip", f"pjsip.conf:{name}")
        for name, shown in (("201", "Лариса"), ("202", "日本"))
    }
    found, _ = adopted(old, accounts=accounts)
    assert [line.name for _, line in found.site.lines() if line.extension in accounts] == ["Ada", "Larisa"]
    said = "\n".join(map(str, found.notes))
    assert (
        "pjsip.conf:201: the name 'Лариса' of 201 has characters that the phone cannot show. It is 'Larisa'"
        in said
    )
    assert (
        "pjsip.conf:202: the name '日本' of 202 has characters that the phone cannot show. It was left out."
        in said
    )


def test_an_empty_folder_gives_an_empty_site(tmp_path: Path) -> None:
    found, comparison = adopted(tmp_path)
    assert (found.site.phones, comparison.changes, comparison.added) == ((), (), ())
    assert "SIPDefault.cnf: is not in the folder. Check that this is the folder that phones read." in notes(
        tmp_path
    )


def test_a_line_without_an_auth_name_registers_with_that_of_the_first_line(tmp_path: Path) -> None:
    (tmp_path / "SIP001646C0FFEE.cnf").write_text("line1_name: 201\nline1_authname: ann\nline2_name: 202\n")
    assert [line.auth_name for _, line in adopted(tmp_path)[0].site.lines()] == ["ann", "ann"]


def test_templates_of_several_names_are_told_of_only_if_their_rules_differ(tmp_path: Path) -> None:
    template = '<DIALTEMPLATE>\n<TEMPLATE MATCH="2.." TIMEOUT="{}"/>\n</DIALTEMPLATE>\n'
    (tmp_path / "SIPDefault.cnf").write_text("dial_template: DIALPLAN\n")
    (tmp_path / "SIP001646C0FFEE.cnf").write_text("dial_template: ATTIC\n")
    for number in range(2):
        (tmp_path / f"SIP00164600000{number}.cnf").write_text(f"line1_name: 20{number}\n")
    (tmp_path / "DIALPLAN.xml").write_text(template.format(0))
    told = "ATTIC.xml: a site has one dial plan, and most phones use DIALPLAN.xml."
    (tmp_path / "ATTIC.xml").write_text("<!-- the same -->" + template.format(0))
    assert told not in notes(tmp_path)
    (tmp_path / "ATTIC.xml").write_text(template.format(5))
    assert told in notes(tmp_path)


def test_a_menu_password_that_phones_cannot_take_is_told_with_its_place_and_cure(tmp_path: Path) -> None:
    (tmp_path / "SIP001646C0FFEE.cnf").write_text(f"line1_name: 201\nphone_password: {LONG_PASSWORD}\n")
    [found] = adopted(tmp_path)[0].faulty
    assert found.where == "SIP001646C0FFEE.cnf:2"
    assert found.cure.endswith("ringup phone set 001646C0FFEE --password NEW")


@pytest.mark.parametrize("name", ["line1_shortname", "line1_displayname", "phone_label"])
def test_a_text_that_no_record_can_hold_costs_no_line(name: str, tmp_path: Path) -> None:
    """In Windows-1252, this byte is an ellipsis; in Latin-1 it is a line end."""
    file = tmp_path / "SIP001646C0FFEE.cnf"
    file.write_bytes(f'line1_name: 201\nline1_password: "s3cret"\n{name}: "Larry\x85"\n'.encode("latin-1"))
    found, comparison = adopted(tmp_path)
    assert [line.extension for _, line in found.site.lines()] == ["201"]
    text = {**found.site.settings}.get(f"force:{name}")
    assert text == "Larry\x85" or [one.key for one in comparison.changes] == [name]


def write_with_secrets(folder: Path, first: str, second: str, own: str) -> None:
    """Write the files of a phone with two lines and its own password, with the values as they stand in the
    file.
    """
    (folder / "SIPDefault.cnf").write_text("image_version: P0S3-8-12-00\nproxy1_address: 10.0.0.1\n", "ascii")
    text = (
        f"line1_name: 201\nline1_password: {first}\n"
        f"line2_name: 202\nline2_password: {second}\nphone_password: {own}\n"
    )
    (folder / f"SIP{LARRY}.cnf").write_text(text, "latin-1", newline="")


@pytest.mark.parametrize(
    ("written", "secret", "fault"),
    [
        ('s3"cret', 's3"cret', "a double quote"),
        ('s3"cret"', 's3"cret"', "a double quote"),
        ('"tab\tbed"', "tab\tbed", "a control character"),
        ("esc\x1b[2J", "esc\x1b[2J", "a control character"),
        ('"two words"', "two words", "a space"),
        ("\xfcber", "\xfcber", "a letter outside ASCII"),
        ('a " \x01', 'a " \x01', "a double quote and a control character and a space"),
    ],
)
def test_a_password_of_any_signs_is_kept_told_and_given_as_it_was(
    written: str, secret: str, fault: str, tmp_path: Path
) -> None:
    write_with_secrets(tmp_path, "fine", written, written)
    found, comparison = adopted(tmp_path)
    [phone] = found.site.phones
    assert (phone.lines[1].secret, phone.password) == (secret, secret)
    assert comparison.changes == ()
    label, line = (str(one) for one in found.faulty)
    assert label.startswith(f"SIP{LARRY}.cnf:5: phone's password is not valid: it holds {fault}. ")
    assert label.endswith(
        f"It was kept unchanged. Set another password here and in the PBX: "
        f"ringup phone set {LARRY} --password NEW"
    )
    assert line.startswith(
        f"SIP{LARRY}.cnf:4: line 202's password is not valid: it holds {fault}. It was kept"
    )
    assert line.endswith(f"ringup phone set {LARRY} --line 2 --secret NEW")


@pytest.mark.parametrize("sign", ["\0", "\x0b", "\x1a"])
def test_a_password_that_no_row_can_hold_is_kept_and_told_where_it_is_left_out(
    sign: str, tmp_path: Path
) -> None:
    write_with_secrets(tmp_path, "fine", f'"a{sign}line1_name: 9"', f'"a{sign}b"')
    found, comparison = adopted(tmp_path)
    [phone] = found.site.phones
    assert (phone.lines[1].secret, phone.password) == (f"a{sign}line1_name: 9", f"a{sign}b")
    changes = [(one.key, one.before) for one in comparison.changes]
    assert changes == [("line2_password", MASK), ("phone_password", MASK)]
    label, line = (str(one) for one in found.faulty)
    assert (
        "It was kept unchanged, but left out of the phone's file (the phone gets the default password), "
        "because "
        "no row can hold it. Set another" in label
    )
    assert (
        "It was kept unchanged, but left out of the phone's file (the phone keeps its stored password) and "
        "the "
        "PBX's file (the line has no account there), because no row can hold it. Set another" in line
    )


def test_a_password_that_only_the_pbx_knows_is_kept_in_any_letters(tmp_path: Path) -> None:
    write_with_secrets(tmp_path, "", "fine", "fine")
    accounts = {"201": PbxAccount("201", "пароль", "", True, "pjsip", "pjsip.conf:3")}
    found, _ = adopted(tmp_path, accounts=accounts)
    assert found.site.phones[0].lines[0].secret == "пароль"
    [note] = map(str, found.faulty)
    assert "a letter outside ASCII" in note
    assert "left out of the phone's file (the phone keeps its stored password), because no row" in note


def test_a_password_of_asterisks_is_no_mask(tmp_path: Path) -> None:
    write_with_secrets(tmp_path, MASK, "fine", MASK)
    found, comparison = adopted(tmp_path)
    assert (found.site.phones[0].lines[0].secret, comparison.changes, found.faulty) == (MASK, (), ())


@pytest.mark.thorough
@given(ANY_SECRETS, ANY_SECRETS, ANY_SECRETS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_passwords_are_only_those_of_no_row_change(first: str, second: str, own: str) -> None:
    texts = ["x" + re.sub("[^\0-\xff]|[\r\n]", "?", text) for text in (first, second, own)]
    with tempfile.TemporaryDirectory() as folder:
        write_with_secrets(Path(folder), *texts)
        read = read_tree(FirmwareFolder(Path(folder))).phones[LARRY]
        _, comparison = adopted(Path(folder))
    changed = {one.key for one in comparison.changes}
    assert changed <= {"line1_password", "line2_password", "phone_password"}
    assert [name for name in changed if row(name, read[name].value) is not None] == []


OTHER_LOADS = """\
<Default>
  <loadInformation7 model="IP Phone 7960">P0S3-8-12-00</loadInformation7>
  <loadInformation6 model="IP Phone 7910">P00405000700</loadInformation6>
  <loadInformation30018>SIP41.8-5-4S</loadInformation30018>
</Default>
"""


def test_other_models_get_the_loads_that_they_had(old: Path) -> None:
    (old / "XMLDefault.cnf.xml").write_text(OTHER_LOADS, "ascii")
    found, comparison = adopted(old)
    loads = {"6": "P00405000700", "30018": "SIP41.8-5-4S"}
    assert found.site.other_loads == loads
    assert read_loads(default_xml(found.site, SERVER).encode()).others == loads
    assert "XMLDefault.cnf.xml" not in {one.mac for one in comparison.changes}
    assert "XMLDefault" not in notes(old)


def test_a_merge_says_which_loads_of_other_models_it_left_out(old: Path) -> None:
    (old / "XMLDefault.cnf.xml").write_text(OTHER_LOADS, "ascii")
    base = Site(other_loads={"30018": "SIP41.8-5-4S"})
    found, comparison = adopted(old, base, merge=True)
    assert found.site.other_loads == base.other_loads
    assert (
        "XMLDefault.cnf.xml: names P00405000700 in loadInformation6, but the site does not. It was left "
        "out, because "
        "--merge adds phones only. Add it: ringup site set other_loads.6=P00405000700"
    ) in map(str, found.notes)
    lost = Difference("XMLDefault.cnf.xml", "loadInformation6", "P00405000700", None)
    assert [one for one in comparison.changes if one.mac == "XMLDefault.cnf.xml"] == [lost]


def test_settings_and_texts_with_a_double_quote_are_kept(tmp_path: Path) -> None:
    write_with_secrets(tmp_path, "a", "b", "c")
    own = tmp_path / f"SIP{LARRY}.cnf"
    own.write_text(
        own.read_text()
        + 'phone_label: Larry "the" boss\nline1_displayname: L"E\nodd_key: x"y\nlogo_url: http://x/"a"\n'
    )
    found, comparison = adopted(tmp_path)
    assert comparison.changes == ()
    assert found.site.settings | found.site.phones[0].settings == {
        "force:phone_label": 'Larry "the" boss',
        "force:line1_displayname": 'L"E',
        "force:odd_key": 'x"y',
        "force:logo_url": 'http://x/"a"',
    }
