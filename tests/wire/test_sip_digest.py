"""Digest authentication: the RFC's own vector, the phone's order of fields, and hostile challenges."""

import sys
from contextlib import suppress
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.sip_digest import (
    Challenge,
    credentials,
    is_answerable,
    parse_challenge,
    parse_fields,
    response,
)


def login(challenge: Challenge) -> str:
    return credentials(
        challenge,
        username="1600",
        password="secret",
        method="REGISTER",
        uri="sip:192.168.1.9",
        cnonce="0badcafe",
    )


def test_the_vector_of_rfc_2617_comes_out() -> None:
    """RFC 2617 §3.5: Mufasa's Circle Of Life."""
    challenge = Challenge(
        "testrealm@host.com",
        "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        "5ccc069c403ebaf9f0171e9517f40e41",
        qop=("auth", "auth-int"),
    )
    digits = response(
        challenge,
        username="Mufasa",
        password="Circle Of Life",
        method="GET",
        uri="/dir/index.html",
        cnonce="0a4f113b",
    )
    assert digits == "6629fae49393a05397450978507c4ef1"


def test_without_qop_the_older_digest_comes_out() -> None:
    """The example of RFC 2069 §2.4, with the digest in its erratum."""
    challenge = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093")
    digits = response(
        challenge, username="Mufasa", password="CircleOfLife", method="GET", uri="/dir/index.html", cnonce="x"
    )
    assert digits == "1949323746fe6a43ef61f9606e7febea"


def names_of(value: str) -> list[str]:
    assert value.startswith("Digest ")
    return [field.partition("=")[0] for field in value.removeprefix("Digest ").split(",")]


def test_with_qop_the_fields_are_in_the_phones_order_and_qop_is_bare() -> None:
    """P-SIP-6, LKML20."""
    challenge = parse_challenge('Digest realm="asterisk", nonce="n", opaque="o", algorithm=md5, qop="auth"')
    value = login(challenge)
    assert names_of(value) == [
        "username",
        "realm",
        "uri",
        "response",
        "nonce",
        "opaque",
        "cnonce",
        "qop",
        "nc",
        "algorithm",
    ]
    assert value.endswith(',nonce="n",opaque="o",cnonce="0badcafe",qop=auth,nc=00000001,algorithm=md5')


def test_without_qop_there_is_no_cnonce_qop_or_nc() -> None:
    """P-SIP-6, PB09."""
    challenge = parse_challenge('Digest realm="asterisk", nonce="n", algorithm=MD5')
    value = login(challenge)
    assert names_of(value) == ["username", "realm", "uri", "response", "nonce", "algorithm"]
    assert value.endswith(",algorithm=MD5")


def test_a_challenge_without_an_algorithm_is_answered_with_md5() -> None:
    assert login(Challenge("r", "n")).endswith(",algorithm=md5")


@pytest.mark.parametrize(
    ("text", "challenge"),
    [
        ('Digest realm="a",nonce="b"', Challenge("a", "b")),
        (
            'DIGEST  Realm = "a, \\"b\\"" ,nonce=b , opaque="", stale=TRUE, algorithm=MD5,'
            'qop="auth , auth-int"',
            Challenge('a, "b"', "b", "", "MD5", ("auth", "auth-int"), True),
        ),
        ('Digest realm="a",nonce="b",realm="other",qop=" ",stale=false', Challenge("a", "b")),
        ('Digest ,,realm="a"nonce="b\\\\",x=,', Challenge("a", "b\\")),
    ],
)
def test_a_challenge_is_read(text: str, challenge: Challenge) -> None:
    assert parse_challenge(text) == challenge


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Basic realm=a",
        "Digest",
        'Digest realm="a"',
        'Digest nonce="a"',
        'Digest realm="a", nonce="b',
        'Digest realm="a\\',
        "Digest realm",
        'Digest realm="a", x, nonce=b',
        'Digest "="',
        "Digest =a",
        "Digest a=",
    ],
)
def test_what_is_no_challenge_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        parse_challenge(text)


def test_every_truncation_of_a_challenge_is_a_challenge_or_a_wire_error() -> None:
    text = 'Digest realm="aster\\"isk", nonce="n", opaque="o", algorithm=md5, qop="auth"'
    for length in range(len(text)):
        with suppress(WireError):
            assert parse_challenge(text[:length]).realm == 'aster"isk'


@pytest.mark.parametrize(
    ("algorithm", "qop", "answerable"),
    [
        ("", (), True),
        ("MD5", ("auth",), True),
        ("md5", ("auth-int", "auth"), True),
        ("SHA-256", (), False),
        ("MD5-sess", ("auth",), False),
        ("MD5", ("auth-int",), False),
    ],
)
def test_only_plain_md5_is_answered(algorithm: str, qop: tuple[str, ...], answerable: bool) -> None:
    assert is_answerable(Challenge("r", "n", None, algorithm, qop)) is answerable


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)


@given(texts, texts, texts, texts)
def test_the_fields_that_are_written_are_read_again(name: str, realm: str, nonce: str, opaque: str) -> None:
    challenge = Challenge(realm, nonce, opaque, "MD5", ("auth",))
    value = credentials(challenge, username=name, password="p", method="INVITE", uri="sip:x", cnonce="1")
    fields = parse_fields(value)
    assert (fields["username"], fields["realm"], fields["nonce"], fields["opaque"]) == (
        name,
        realm,
        nonce,
        opaque,
    )


@given(st.text('abc=",\\ \t', max_size=40))
def test_arbitrary_text_is_fields_or_a_wire_error(text: str) -> None:
    with suppress(WireError):
        assert parse_fields("Digest " + text) is not None


def lines_run(text: str) -> int:
    """Return the number of lines of Python that are executed to read a header."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        with suppress(WireError):
            parse_fields(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("part", ['a="b",', "a=b,", ",", '"', 'a="', "a=\\", "a=,b", 'a="\\"'])
def test_a_hostile_challenge_costs_no_more_than_its_length(part: str) -> None:
    once, tenfold = "Digest " + part * 300, "Digest " + part * 3000
    assert lines_run(tenfold) <= 11 * lines_run(once)
