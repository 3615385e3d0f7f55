"""The kind of every name that phones request, and the phone that a name belongs to."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire.file_names import (
    OWN,
    PATTERNS,
    NameKind,
    as_requested,
    base_name,
    expression,
    kind_of,
    owner_of,
    owners_in,
)

MAC = "001646C0FFEE"

REQUESTED = {
    "OS79XX.TXT": NameKind.POINTER,
    f"CTLSEP{MAC}.tlv": NameKind.CTLSEP,
    f"ITLSEP{MAC}.tlv": NameKind.ITLSEP,
    "ITLFile.tlv": NameKind.TRUST_LIST,
    f"SEP{MAC}.cnf.xml": NameKind.SEP_XML,
    f"SEP{MAC}.cnf": NameKind.SEP_CNF,
    "SEPDEFAULT.cnf": NameKind.SEP_DEFAULT,
    f"SIP{MAC}.cnf": NameKind.SIP,
    "SIPDefault.cnf": NameKind.SIP_DEFAULT,
    f"MGC{MAC}.cnf": NameKind.MGCP,
    "MGCDefault.cnf": NameKind.MGCP_DEFAULT,
    "XMLDefault.cnf.xml": NameKind.XML_DEFAULT,
    "RINGLIST.DAT": NameKind.RING_LIST,
    "syncinfo.xml": NameKind.SYNC,
    "7960-font.xml": NameKind.FONT,
    "7960-tones.xml": NameKind.TONES,
    "P0S3-8-12-00.loads": NameKind.LOAD_LIST,
    "P003-8-12-00.sbn": NameKind.LOADER,
    "P0S3-8-12-00.sb2": NameKind.IMAGE,
    "P0S30202.bin": NameKind.IMAGE,
    "term41.default.loads": NameKind.FACTORY_LOAD,
    "dialplan.xml": NameKind.XML,
    f"gk{MAC.lower()}": NameKind.OF_7905_OR_7912,
}
"""The names in docs/reference/phones/boot.md."""

OTHERS = {
    "OS79XX.TXT ": NameKind.BLANK_AT_END,
    "XMLDefault7960.cnf.xml": NameKind.XML_DEFAULT_LIKE,
    "SEPUnknown.cnf.xml": NameKind.SEP_LIKE,
    "RingList.xml": NameKind.RING_LIST_XML,
    "7960-dictionary.xml": NameKind.DICTIONARY,
    "sp-sip.jar": NameKind.JAR,
    "P0M3-8-12-00.sgn": NameKind.OTHER_IMAGE,
    "Classic-2.raw": NameKind.RING_TONE,
    f"SIP{MAC}0.cnf": NameKind.CNF,
    f"SIP{MAC}.cnf.bak": None,
    "notes.txt": None,
    "SIP<MAC>.cnf": NameKind.CNF,
    "": None,
}


@pytest.mark.parametrize("spelt", ["{}", "/{}", "./{}", "US/{}", "a/b/{}", "US\\{}"])
@pytest.mark.parametrize(("name", "kind"), REQUESTED.items())
def test_a_requested_name_has_its_kind_however_it_comes(name: str, kind: NameKind, spelt: str) -> None:
    for case in (name, name.lower(), name.upper()):
        assert kind_of(spelt.format(case)) is kind
        assert owner_of(spelt.format(case)) == (MAC if kind in OWN else "")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("./sipdefault.CNF", "SIPDefault.cnf"),
        (f"US/sip{MAC.lower()}.CNF", f"SIP{MAC}.cnf"),
        (f"ctlsep{MAC.lower()}.tlv", f"CTLSEP{MAC}.tlv"),
        ("ringlist.dat", "RINGLIST.DAT"),
        ("p0s3-8-12-00.SB2", "p0s3-8-12-00.SB2"),
        ("term41.default.loads", "term41.default.loads"),
        ("notes.TXT", "notes.TXT"),
        ("", ""),
        ("US/", "US/"),
        ("a\\b.xml", "a\\b.xml"),
    ],
)
def test_a_name_is_spelt_as_phones_spell_it_where_that_is_known(asked: str, name: str) -> None:
    assert as_requested(asked) == name


@pytest.mark.parametrize(("name", "kind"), OTHERS.items())
def test_a_name_that_only_resembles_one_is_not_taken_for_it(name: str, kind: NameKind | None) -> None:
    assert kind_of(name) is kind


def test_the_names_above_are_of_every_kind() -> None:
    assert {kind for kind in (*REQUESTED.values(), *OTHERS.values()) if kind} == set(NameKind)


def test_each_row_of_the_table_is_the_first_that_fits_its_own_pattern() -> None:
    for pattern, kind in PATTERNS:
        name = pattern.replace("<MAC>", MAC).replace("*", "x").replace("?", "4")
        assert kind_of(name) is kind, pattern


@pytest.mark.parametrize("prefix", ["CTLSEP", "ITLSEP", "SEP", "SIP", "MGC", "mgc", "phonesSIP"])
@pytest.mark.parametrize("suffix", [".tlv", ".cnf", ".cnf.xml", ".cnf.bak", "", "-old.cnf", "/logo.xml"])
def test_a_name_with_a_mac_belongs_to_that_phone_whatever_follows(prefix: str, suffix: str) -> None:
    assert owner_of(f"US/{prefix}{MAC.lower()}{suffix}") == MAC


@pytest.mark.parametrize(
    "name",
    [
        f"SIP{MAC}0.cnf",
        f"X{MAC}.cnf",
        f"SIP{MAC[1:]}.cnf",
        f"S\u0131P{MAC}.cnf",
    ],
)
def test_other_names_belong_to_nobody(name: str) -> None:
    assert owner_of(name) == ""


def test_a_text_mentions_phones_by_the_names_of_their_files() -> None:
    assert owners_in(f"# sip{MAC.lower()} and MGC0011BB73AD99.cnf, not {MAC}") == [MAC, "0011BB73AD99"]


@given(
    st.text() | st.from_regex(r"(?i)[./\\]{0,2}(CTL|ITL)?(SEP|SIP|MGC)[0-9A-F]{11,13}\.(cnf|tlv|xml){1,2}")
)
def test_any_string_has_a_kind_or_none_and_an_owner_where_the_kind_has_one(name: str) -> None:
    kind, owner = kind_of(name), owner_of(name)
    assert kind is None or kind in NameKind
    assert len(owner) in (0, 12)
    assert owner == owner.upper()
    assert owner or kind not in OWN
    assert kind_of(as_requested(name)) is kind
    assert as_requested(as_requested(name)) == as_requested(name)
    assert base_name(base_name(name)) == base_name(name)
    assert isinstance(owners_in(name), list)


@given(st.text())
def test_any_text_without_wildcards_is_an_expression_of_itself(text: str) -> None:
    plain = text.translate({ord(each): "x" for each in "*?<"})
    assert re.fullmatch(expression(plain), plain)
