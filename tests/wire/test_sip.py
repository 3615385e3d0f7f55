"""SIP messages and the contents of their headers in both directions, truncated and arbitrary."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire import sip
from ringup.wire.sip import Address, Message, Response, SipRequest, Uri, Via, build, parse

CASES: list[tuple[Message, bytes]] = [
    (
        SipRequest(
            "REGISTER",
            "sip:192.168.1.9",
            (
                ("Via", "SIP/2.0/UDP 192.168.1.130:5060;branch=z9hG4bK1b2c3d4e"),
                ("From", "<sip:1600@192.168.1.9>;tag=000e84c060a60002421e8cdc-0e061182"),
                ("To", "<sip:1600@192.168.1.9>"),
                ("CSeq", "101 REGISTER"),
                ("Content-Length", "0"),
                ("Expires", "3600"),
            ),
        ),
        b"REGISTER sip:192.168.1.9 SIP/2.0\r\n"
        b"Via: SIP/2.0/UDP 192.168.1.130:5060;branch=z9hG4bK1b2c3d4e\r\n"
        b"From: <sip:1600@192.168.1.9>;tag=000e84c060a60002421e8cdc-0e061182\r\n"
        b"To: <sip:1600@192.168.1.9>\r\nCSeq: 101 REGISTER\r\nContent-Length: 0\r\nExpires: 3600\r\n\r\n",
    ),
    (
        Response(200, "OK", (("v", "SIP/2.0/UDP a"), ("l", "0"))),
        b"SIP/2.0 200 OK\r\nv: SIP/2.0/UDP a\r\nl: 0\r\n\r\n",
    ),
    (Response(487, "", ()), b"SIP/2.0 487 \r\n\r\n"),
    (
        SipRequest("NOTIFY", "sip:2@b", (("Content-Length", "4"), ("Empty", "")), b"a\r\nb"),
        b"NOTIFY sip:2@b SIP/2.0\r\nContent-Length: 4\r\nEmpty: \r\n\r\na\r\nb",
    ),
    (
        SipRequest("INFO", "sip:x", (("From", '"J\udcf6rg" <sip:x>'),), b"body"),
        b'INFO sip:x SIP/2.0\r\nFrom: "J\xf6rg" <sip:x>\r\n\r\nbody',
    ),
]

tokens = st.text("abcXYZ09-.!%*_+`'~", min_size=1, max_size=8).filter(lambda name: name.lower() not in ("l",))
texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30).map(
    lambda text: text.strip(" \t")
)
uris = st.text("sip:@;=.<>09aé", min_size=1, max_size=20)
headers = st.lists(st.tuples(tokens, texts), max_size=6).map(tuple)
messages = st.one_of(
    st.builds(SipRequest, tokens, uris, headers, st.binary(max_size=20)),
    st.builds(Response, st.integers(100, 999), texts, headers, st.binary(max_size=20)),
)


@pytest.mark.parametrize(("message", "data"), CASES)
def test_a_message_is_its_bytes_both_ways(message: Message, data: bytes) -> None:
    assert parse(data) == message
    assert build(message) == data


@pytest.mark.parametrize("data", [data for _message, data in CASES])
def test_every_truncation_before_the_body_is_refused(data: bytes) -> None:
    for length in range(data.index(b"\r\n\r\n") + 4):
        with pytest.raises(WireError):
            parse(data[:length])


def test_a_body_shorter_than_its_content_length_is_refused() -> None:
    data = CASES[3][1]
    for length in range(len(data)):
        with pytest.raises(WireError):
            parse(data[:length])


@given(messages)
def test_what_is_built_is_parsed_again(message: Message) -> None:
    assert parse(build(message)) == message


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_a_message_or_a_wire_error(data: bytes) -> None:
    with suppress(WireError):
        parse(data)


@given(st.integers(0, len(CASES[0][1]) - 1), st.binary(max_size=6))
def test_a_damaged_message_is_a_message_that_can_be_built_again_or_a_wire_error(
    place: int, damage: bytes
) -> None:
    data = CASES[0][1]
    with suppress(WireError):
        message = parse(data[:place] + damage + data[place + len(damage) :])
        assert parse(build(message)) == message


@given(st.text('abc"\\<>;,:@=?[] \t/2.0SIPUDPsip5', max_size=40))
def test_arbitrary_header_text_is_a_value_or_a_wire_error(text: str) -> None:
    message = SipRequest("X", "sip:x", (("CSeq", text), ("Via", text)))
    for read in (sip.parse_address, sip.parse_uri, sip.parse_via):
        with suppress(WireError):
            read(text)
    for look in (sip.parse_cseq, sip.top_via):
        with suppress(WireError):
            look(message)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "blank line"),
        (b"REGISTER sip:x SIP/2.0\r\n", "blank line"),
        (b"REGISTER sip:x SIP/3.0\r\n\r\n", "neither"),
        (b"REGISTER sip:x\r\n\r\n", "neither"),
        (b"REGISTER  SIP/2.0\r\n\r\n", "neither"),
        (b"REG@STER sip:x SIP/2.0\r\n\r\n", "neither"),
        (b"SIP/2.0 20 OK\r\n\r\n", "no SIP status"),
        (b"SIP/2.0 abc OK\r\n\r\n", "no SIP status"),
        (b"SIP/2.0 099 OK\r\n\r\n", "no SIP status"),
        ("SIP/2.0 ٢٠٠ OK\r\n\r\n".encode(), "no SIP status"),
        (b"A sip:x SIP/2.0\r\n folded\r\n\r\n", "continuation"),
        (b"A sip:x SIP/2.0\r\nno colon\r\n\r\n", "no name"),
        (b"A sip:x SIP/2.0\r\n: no name\r\n\r\n", "no name"),
        (b"A sip:x SIP/2.0\r\nA: b\nC: d\r\n\r\n", "lone"),
        (b"A sip:x SIP/2.0\r\nA: b\rC: d\r\n\r\n", "lone"),
        (b"A sip:x SIP/2.0\r\nl: 5\r\n\r\nbody", "4 bytes are left"),
        (b"A sip:x SIP/2.0\r\nContent-Length: -1\r\n\r\n", "not one number"),
        (b"A sip:x SIP/2.0\r\nContent-Length: 12345678901\r\n\r\n", "not one number"),
        (b"A sip:x SIP/2.0\r\nl: 0\r\nContent-Length: 1\r\n\r\nx", "not one number"),
    ],
)
def test_a_malformed_message_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(WireError, match=reason):
        parse(data)


def test_a_malformed_header_is_refused_where_it_begins() -> None:
    with pytest.raises(WireError) as caught:
        parse(b"A sip:x SIP/2.0\r\nA: b\r\nnonsense\r\n\r\n")
    assert caught.value.offset == 23


def test_blank_lines_before_a_message_are_skipped() -> None:
    assert parse(b"\r\n\r\nA sip:x SIP/2.0\r\n\r\n") == SipRequest("A", "sip:x", ())


def test_a_folded_header_is_one_line() -> None:
    message = parse(b"A sip:x SIP/2.0\r\nSubject : a\r\n\tb\r\n   c \r\nTo:d\r\n\r\n")
    assert message.headers == (("Subject", "a b c"), ("To", "d"))


def test_bytes_past_the_content_length_are_no_body() -> None:
    assert parse(b"A sip:x SIP/2.0\r\nl: 2\r\nContent-Length: 2\r\n\r\nbody").body == b"bo"


@pytest.mark.parametrize(
    "message",
    [
        SipRequest("A B", "sip:x", ()),
        SipRequest("A", "sip:x y", ()),
        SipRequest("A", "", ()),
        SipRequest("A", "sip:x", (("To", "a\r\nContact: b"),)),
        SipRequest("A", "sip:x", (("To", " a"),)),
        SipRequest("A", "sip:x", (("To:", "a"),)),
        SipRequest("A", "sip:x", (("Content-Length", "1"),)),
        SipRequest("A", "sip:x", (("Content-Length", "1"),), b"ab"),
        Response(99, "OK", ()),
        Response(200, "OK\r\n\r\n", ()),
    ],
)
def test_what_would_not_be_read_back_is_not_built(message: Message) -> None:
    with pytest.raises(ValueError, match="not a SIP message"):
        build(message)


@pytest.mark.parametrize(("short", "long"), sorted(sip.COMPACT_FORMS.items()))
def test_a_compact_form_is_found_under_its_long_name_and_back(short: str, long: str) -> None:
    message = SipRequest("A", "sip:x", ((short.upper(), "1"), (long.title(), "2")))
    assert sip.first(message, long) == sip.first(message, short) == "1"
    assert sip.every(message, long) == sip.every(message, short) == ["1", "2"]
    assert sip.first(message, "absent") == ""


def test_a_list_goes_over_several_headers_but_not_into_quotes_or_brackets() -> None:
    message = SipRequest("A", "sip:x", (("m", r'"a, \", b" <sip:x;a=1,2>, <sip:y>'), ("Contact", "sip:z,")))
    assert sip.listed(message, "Contact") == [r'"a, \", b" <sip:x;a=1,2>', "<sip:y>", "sip:z"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("sip:201@a", Address("sip:201@a")),
        ("sip:201@a;tag=1", Address("sip:201@a", "", (("tag", "1"),))),
        (
            "<sip:201@a;user=phone>;tag=1;lr",
            Address("sip:201@a;user=phone", "", (("tag", "1"), ("lr", None))),
        ),
        ("Anna  <sip:201@a>", Address("sip:201@a", "Anna")),
        (r'"An \"n\" a\\" <sip:a> ; x = "1;2"', Address("sip:a", 'An "n" a\\', (("x", '"1;2"'),))),
        ('""<sip:a>', Address("sip:a")),
        ("*", Address("*")),
    ],
)
def test_an_address_is_read(text: str, address: Address) -> None:
    assert sip.parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "<>", "<sip:a", "<sip:a> b", "<sip:a b>", '"Anna', '"Anna" sip:a', "<sip:a>;", "<sip:a>;=1", '"\\'],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        sip.parse_address(text)


@given(texts.filter(bool))
def test_a_display_name_survives_its_quotation_marks(name: str) -> None:
    assert sip.parse_address(f"{sip.quoted(name)} <sip:x>").display_name == name


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("sip:201@192.168.1.9", Uri("sip", "201", "192.168.1.9")),
        (
            "SIPS:201:secret@a:5061;user=phone;lr",
            Uri("sips", "201", "a", 5061, (("user", "phone"), ("lr", None))),
        ),
        ("sip:a?Subject=x", Uri("sip", "", "a")),
        ("sip:[::1]:5060", Uri("sip", "", "[::1]", 5060)),
        ("sip:1@[::1]", Uri("sip", "1", "[::1]")),
    ],
)
def test_a_uri_is_read(text: str, uri: Uri) -> None:
    assert sip.parse_uri(text) == uri


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sip",
        "tel:201",
        "sip:",
        "sip:201@",
        "sip:a:",
        "sip:a:0",
        "sip:a:65536",
        "sip:a:x",
        "sip:[::1]5",
        "sip:a b",
    ],
)
def test_what_is_no_sip_uri_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        sip.parse_uri(text)


@pytest.mark.parametrize(
    ("text", "via"),
    [
        ("SIP/2.0/UDP a:5060;branch=z9hG4bK1", Via("UDP", "a", 5060, (("branch", "z9hG4bK1"),))),
        ("sip/2.0/tcp  a : 5 ;rport", Via("tcp", "a", 5, (("rport", None),))),
    ],
)
def test_a_via_is_read(text: str, via: Via) -> None:
    assert sip.parse_via(text) == via


@pytest.mark.parametrize(
    "text", ["", "SIP/2.0/UDP", "SIP/1.0/UDP a", "SIP/2.0/ a", "UDP a", "SIP/2.0/UDP a;=b"]
)
def test_what_is_no_via_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        sip.parse_via(text)


def test_the_first_via_of_several_counts() -> None:
    message = SipRequest("A", "sip:x", (("v", "SIP/2.0/UDP a, SIP/2.0/UDP b"), ("Via", "SIP/2.0/UDP c")))
    assert sip.top_via(message).host == "a"
    with pytest.raises(WireError, match="no Via"):
        sip.top_via(SipRequest("A", "sip:x", ()))


@pytest.mark.parametrize("text", ["", "1", "x INVITE", "1 ", "-1 INVITE", "1 IN VITE", "12345678901 INVITE"])
def test_a_malformed_cseq_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        sip.parse_cseq(SipRequest("A", "sip:x", (("CSeq", text),)))


def test_a_cseq_is_a_number_and_a_method() -> None:
    assert sip.parse_cseq(SipRequest("A", "sip:x", (("CSeq", "101  INVITE"),))) == (101, "INVITE")


def test_a_parameter_without_a_value_is_there() -> None:
    parameters = (("LR", None), ("tag", "1"))
    assert sip.parameter(parameters, "lr") == ""
    assert sip.parameter(parameters, "tag") == "1"
    assert sip.parameter(parameters, "absent") is None
