"""Accounts from operators' own sip.conf and pjsip.conf."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.adoption.lines import Account
from ringup.asterisk.adopt import accounts, caller_name, read

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
        "201": Account("201", "a;b", "Larry Ellison", True, "chan_sip", "sip.conf:11"),
        "202": Account("202", "ada", "Ada", True, "chan_sip", "sip.conf:15"),
    }
    assert [note.where for note in text.notes] == ["sip.conf:4", "sip.conf:15", "sip.conf:24"]


def test_pjsips_endpoints_are_joined_with_their_auth_and_aor() -> None:
    assert accounts(read(PJSIP, "pjsip.conf"), "pjsip") == {
        "201": Account("201", "s3cret", "Larry Ellison", True, "pjsip", "pjsip.conf:9"),
        "202": Account("202", "", "", False, "pjsip", "pjsip.conf:16"),
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
