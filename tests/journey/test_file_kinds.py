"""The meaning of file names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.journey.file_kinds import FILE_KINDS, FIRMWARE, kind_of

MAC = "001646C0FFEE"

NAMES = {
    f"CTLSEP{MAC}.tlv": "first",
    "OS79XX.TXT": "first",
    f"ITLSEP{MAC}.tlv": "trust_list",
    "ITLFile.tlv": "trust_list",
    f"SEP{MAC}.cnf.xml": "sccp_file",
    f"SIP{MAC}.cnf": "own_file",
    f"./SIP{MAC}.cnf": "own_file",
    f"phones/SIP{MAC}.cnf": "own_file",
    f"SIP{MAC.lower()}.cnf": "own_file",
    f"MGC{MAC}.cnf": "mgcp_file",
    "XMLDefault.cnf.xml": "default_xml",
    "CTLSEP001646C0FFEF.tlv": "trust_list",
    "MGC001646C0FFEF.cnf": "other_phone",
    "7960-dictionary.xml": "locale",
    "SIP001646C0FFEF.cnf": "other_phone",
    "SEP001646C0FFEF.cnf.xml": "other_phone",
    "P0S3-8-12-00.loads": "load_list",
    "P003-8-12-00.sbn": "loader",
    "P003-8-12-00.bin": "loader",
    "P0S3-8-12-00.sb2": "application",
    "P0S30202.bin": "application",
    "SIPDefault.cnf": "sip_default",
    "RINGLIST.DAT": "ring_list",
    "syncinfo.xml": "sync",
    "/7960-font.xml": "font",
    "US/7960-tones.xml": "locale",
    "dialplan.xml": "dial_plan",
    "house.xml": "dial_plan",
    "Classic-2.raw": "",
    "": "",
}


@pytest.mark.parametrize(("name", "kind"), NAMES.items())
def test_a_name_from_the_logs_is_of_its_kind(name: str, kind: str) -> None:
    assert kind_of(name, MAC) == kind


def test_the_names_above_cover_every_kind() -> None:
    assert set(NAMES.values()) == {kind.key for kind in FILE_KINDS} | {""}
    assert set(FIRMWARE) <= {kind.key for kind in FILE_KINDS}


def test_without_a_mac_nothing_is_a_phones_own() -> None:
    assert kind_of(f"SIP{MAC}.cnf", "") == "other_phone"


@given(st.text(), st.sampled_from(("", MAC)))
def test_any_name_has_a_kind_or_none(name: str, mac: str) -> None:
    assert kind_of(name, mac) in {kind.key for kind in FILE_KINDS} | {""}
