"""Accounts from operators' own sip.conf and pjsip.conf."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.adoption.lines import PbxAccount
from ringup.asterisk.adopt import AsteriskText, accounts, caller_name, read

SIP = rb"""
[general]
bindport=5060          ; the default
#include sip_custom.conf
[phones](!)
type=friend
host=dynamic
;-- [999]
secret=no --;
;--- a ruler
[201](phones)
secret=a\;b
callerid="Larry Ellison" <201>
mailbox=201@default
[202](phones,missing)
secret => ada
callerid=Ada <202>
[trunk]
type=peer
host=10.0.0.1
secret=x
[202](+)
mailbox => 202
stray line
"""

PJSIP = b"""
[endpoint](!)
type = endpoint
context = phones
[201](endpoint)
auth = auth201
aors = 201
callerid = Larry Ellison <201>
[auth201]
type=auth
username=201
password=s3cret
[201]
type=aor
mailboxes=201@default
[202](endpoint)
callerid = 202
"""


def test_chan_sips_peers_are_found_with_their_templates_and_additions() -> None:
    text = read(SIP, "sip.conf")
    assert accounts(text, "chan_sip") == {
        "201": PbxAccount("201", "a;b", "Larry Ellison", True, "chan_sip", "sip.conf:11"),
        "202": PbxAccount("202", "ada", "Ada", True, "chan_sip", "sip.conf:15"),
    }
    assert [note.where for note in text.notes] == ["sip.conf:4", "sip.conf:15", "sip.conf:24"]


def test_pjsips_endpoints_are_joined_with_their_auth_and_aor() -> None:
    assert accounts(read(PJSIP, "pjsip.conf"), "pjsip") == {
        "201": PbxAccount("201", "s3cret", "Larry Ellison", True, "pjsip", "pjsip.conf:9"),
        "202": PbxAccount("202", "", "", False, "pjsip", "pjsip.conf:16"),
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('"Larry Ellison" <201>', "Larry Ellison"),
        ("Larry Ellison <201>", "Larry Ellison"),
        ("Larry", "Larry"),
        ("<201>", ""),
        ("201", ""),
        ("", ""),
        ("Zoë, Dr. <2>", "Zoë, Dr."),
    ],
)
def test_a_caller_id_gives_its_name(text: str, name: str) -> None:
    assert caller_name(text) == name


@pytest.mark.parametrize("data", [SIP, PJSIP])
def test_every_truncation_is_read(data: bytes) -> None:
    for end in range(len(data)):
        text = read(data[:end], "x")
        accounts(text, "pjsip")
        accounts(text, "chan_sip")


@given(st.binary() | st.text("[]()!+=>;#-ab,\n\\ ").map(str.encode))
def test_any_bytes_are_read(data: bytes) -> None:
    accounts(read(data, "x"), "chan_sip")


def including(files: dict[str, bytes], start: str) -> AsteriskText:
    return read(files[start], start, lambda name: [(name, files[name])] if name in files else [])


def test_included_files_are_read_where_they_stand() -> None:
    files = {
        "sip.conf": b"[phones](!)\nhost=dynamic\n#include more.conf\nsecret=after-the-include\n"
        b"#include none.conf\n",
        "more.conf": b"[201](phones)\nsecret=x\n[202](phones)\n",
    }
    text = including(files, "sip.conf")
    found = accounts(text, "chan_sip")
    assert {name: account.secret for name, account in found.items()} == {
        "201": "x",
        "202": "after-the-include",
    }
    assert found["201"].where == "more.conf:1"
    assert [str(note) for note in text.notes] == [
        "sip.conf:5: #include none.conf was not followed. Pass that file too if phones are in it."
    ]


def test_a_file_that_includes_itself_ends() -> None:
    text = including({"sip.conf": b"[201]\nhost=dynamic\n#include sip.conf\n"}, "sip.conf")
    assert "201" in accounts(text, "chan_sip")


def test_an_addition_in_an_included_file_reaches_its_section() -> None:
    files = {
        "sip.conf": b"[201]\nhost=dynamic\n#include more.conf\n",
        "more.conf": b"[201](+)\nsecret=added\n",
    }
    assert accounts(including(files, "sip.conf"), "chan_sip")["201"].secret == "added"
