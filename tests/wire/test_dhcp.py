"""DHCP messages in both directions, truncated, and made from arbitrary bytes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.dhcp import (
    BROADCAST_FLAG,
    MAGIC_COOKIE,
    Message,
    MessageType,
    build,
    parse,
)

HEADER = 240
"""Number of bytes before the first option."""

# The DISCOVER of a 7960 as P-DHCP-1 to P-DHCP-5 describe it. The layout is that of RFC 2131 figure 1.
DISCOVER = Message(
    op=1,
    xid=0x84C060A6,
    flags=BROADCAST_FLAG,
    hardware_address=bytes.fromhex("000e84c060a6"),
    options=(
        (53, b"\x01"),
        (60, b"Cisco Systems, Inc. IP Phone CP-7960G\0"),
        (55, bytes((1, 66, 6, 3, 15, 150, 35))),
    ),
)
DISCOVER_BYTES = (
    bytes.fromhex("01010600 84c060a6 0000 8000")
    + bytes(16)
    + bytes.fromhex("000e84c060a6")
    + bytes(10 + 64 + 128)
    + bytes.fromhex("63825363 350101 3c26")
    + b"Cisco Systems, Inc. IP Phone CP-7960G\0"
    + bytes.fromhex("3707 01 42 06 03 0f 96 23 ff")
)

OFFER = Message(
    op=2,
    xid=0x84C060A6,
    secs=3,
    client_address="10.0.0.8",
    your_address="10.0.0.9",
    next_server="10.0.0.1",
    relay_address="10.9.0.254",
    hardware_address=bytes.fromhex("000e84c060a6"),
    server_name="boot",
    boot_file="OS79XX.TXT",
    options=((53, b"\x02"), (150, bytes((10, 0, 0, 1)))),
    hops=1,
)
OFFER_BYTES = (
    bytes.fromhex("02010601 84c060a6 0003 0000 0a000008 0a000009 0a000001 0a0900fe 000e84c060a6")
    + bytes(10)
    + b"boot".ljust(64, b"\0")
    + b"OS79XX.TXT".ljust(128, b"\0")
    + bytes.fromhex("63825363 350102 96040a000001 ff")
)

CASES = [
    pytest.param(DISCOVER, DISCOVER_BYTES, id="DISCOVER"),
    pytest.param(OFFER, OFFER_BYTES, id="OFFER"),
]


@pytest.mark.parametrize(("message", "data"), CASES)
def test_a_message_is_written_as_rfc_2131_draws_it(message: Message, data: bytes) -> None:
    assert build(message).hex() == data.ljust(300, b"\0").hex()


@pytest.mark.parametrize(("message", "data"), CASES)
def test_a_message_is_read_with_and_without_padding(message: Message, data: bytes) -> None:
    assert parse(data) == message
    assert parse(data.ljust(548, b"\0")) == message


def raw(options: bytes, *, sname: bytes = b"", file: bytes = b"") -> bytes:
    """Return a request with these bytes in its options field, and optionally in the two other fields."""
    head = DISCOVER_BYTES[:44]
    return head + sname.ljust(64, b"\0") + file.ljust(128, b"\0") + MAGIC_COOKIE + options


@pytest.mark.parametrize(
    ("what", "data", "offset"),
    [
        ("nothing", b"", 0),
        ("a header cut short", DISCOVER_BYTES[:239], 239),
        ("no request and no reply", b"\x03" + DISCOVER_BYTES[1:], 0),
        ("a hardware address of 17 bytes", DISCOVER_BYTES[:2] + b"\x11" + DISCOVER_BYTES[3:], 2),
        ("no magic cookie", DISCOVER_BYTES[:236] + bytes(4) + DISCOVER_BYTES[240:], 236),
        ("an option without its length", raw(b"\x35"), 241),
        ("an option cut in the middle", raw(bytes((53, 1, 1, 60, 9)) + b"Cisco"), 245),
        ("an overload of nothing", raw(bytes((52, 0, 255))), HEADER),
        ("an overload of two bytes", raw(bytes((52, 2, 1, 1, 255))), HEADER),
        ("an overload of 4", raw(bytes((52, 1, 4, 255))), HEADER),
        ("a cut option in file", raw(bytes((52, 1, 1)), file=b"\0" * 120 + bytes((66, 7, 1))), 230),
        ("a cut option in sname", raw(bytes((52, 1, 2)), sname=b"\0" * 63 + b"\x42"), 108),
    ],
)
def test_it_is_refused_and_the_offset_named(what: str, data: bytes, offset: int) -> None:
    with pytest.raises(WireError) as caught:
        parse(data)
    assert caught.value.offset == offset, what


def test_options_are_read_up_to_the_end_option_only() -> None:
    assert parse(raw(bytes((53, 1, 1, 255, 66, 200)))).options == ((53, b"\x01"),)


def test_a_missing_end_option_is_forgiven() -> None:
    assert parse(raw(bytes((53, 1, 1)))).options == ((53, b"\x01"),)


def test_pads_between_options_are_skipped() -> None:
    assert parse(raw(bytes((0, 0, 53, 1, 1, 0, 57, 2, 2, 64, 255)))).options == (
        (53, b"\x01"),
        (57, b"\x02\x40"),
    )


def test_an_option_in_pieces_is_one_option() -> None:
    """RFC 3396: the parts need not follow each other."""
    data = raw(bytes((15, 3)) + b"voi" + bytes((53, 1, 1, 15, 2)) + b"ce" + b"\xff")
    assert parse(data).options == ((15, b"voice"), (53, b"\x01"))


def test_overloaded_fields_are_read_after_the_options_file_first() -> None:
    """RFC 3396 §5: the parts are joined in the order options, file, sname."""
    data = raw(
        bytes((53, 1, 1, 15, 1)) + b"a" + bytes((52, 1, 3, 255)),
        file=bytes((15, 1)) + b"b" + bytes((255, 66)),
        sname=bytes((15, 1)) + b"c" + bytes((52, 1, 1, 66, 1)) + b"t",
    )
    message = parse(data)
    assert message.options == ((53, b"\x01"), (15, b"abc"), (66, b"t"))
    assert (message.server_name, message.boot_file) == ("", "")


@pytest.mark.parametrize(
    ("overload", "server_name", "boot_file"), [(0, "name", "file"), (1, "name", ""), (2, "", "file")]
)
def test_a_field_that_is_not_overloaded_keeps_its_text(
    overload: int, server_name: str, boot_file: str
) -> None:
    data = raw(
        bytes((52, 1, overload, 255)),
        sname=b"name" if server_name else b"\xff",
        file=b"file" if boot_file else b"\xff",
    )
    message = parse(data)
    assert (message.server_name, message.boot_file, message.options) == (server_name, boot_file, ())


def test_a_long_option_is_written_in_pieces_and_read_whole() -> None:
    message = replace(DISCOVER, options=((43, bytes(range(256)) * 2),))
    data = build(message)
    assert data[HEADER : HEADER + 2] == bytes((43, 255))
    assert parse(data) == message


@pytest.mark.parametrize(
    "message",
    [
        replace(DISCOVER, hardware_address=bytes(17)),
        replace(DISCOVER, server_name="x" * 64),
        replace(DISCOVER, boot_file="x" * 128),
        replace(DISCOVER, your_address="10.0.0"),
        replace(DISCOVER, options=((0, b""),)),
        replace(DISCOVER, options=((52, b"\x01"),)),
        replace(DISCOVER, options=((255, b""),)),
        replace(DISCOVER, options=((256, b""),)),
    ],
)
def test_a_value_that_does_not_fit_is_not_written(message: Message) -> None:
    with pytest.raises(ValueError, match=r".+"):
        build(message)


@pytest.mark.parametrize("kind", MessageType)
def test_the_type_is_option_53(kind: MessageType) -> None:
    assert replace(DISCOVER, options=((53, bytes((kind,))),)).type is kind


@pytest.mark.parametrize("options", [(), ((53, b""),), ((53, b"\x09"),), ((53, b"\x01\x01"),)])
def test_a_message_without_a_known_type_still_parses(options: tuple[tuple[int, bytes], ...]) -> None:
    assert parse(build(replace(DISCOVER, options=options))).type is None


def test_an_option_that_is_not_there_is_none() -> None:
    assert DISCOVER.option(150) is None
    assert DISCOVER.option(53) == b"\x01"


addresses = st.ip_addresses(v=4).map(str)
texts = st.text(st.characters(min_codepoint=1, max_codepoint=255))
codes = st.integers(1, 254).filter(lambda code: code != 52)
messages = st.builds(
    Message,
    op=st.sampled_from((1, 2)),
    xid=st.integers(0, 0xFFFFFFFF),
    secs=st.integers(0, 0xFFFF),
    flags=st.integers(0, 0xFFFF),
    client_address=addresses,
    your_address=addresses,
    next_server=addresses,
    relay_address=addresses,
    hardware_address=st.binary(max_size=16),
    server_name=texts.map(lambda text: text[:63]),
    boot_file=texts.map(lambda text: text[:127]),
    options=st.dictionaries(codes, st.binary(max_size=600), max_size=5).map(
        lambda pairs: tuple(pairs.items())
    ),
    hardware_type=st.integers(0, 255),
    hops=st.integers(0, 255),
)


@given(messages)
def test_what_is_built_is_parsed(message: Message) -> None:
    assert parse(build(message)) == message


def parsed(data: bytes) -> Message | None:
    """Return the message, or None after a WireError whose offset is inside the data."""
    try:
        return parse(data)
    except WireError as error:
        if not 0 <= error.offset <= len(data):
            raise AssertionError(f"offset {error.offset} of {len(data)} bytes") from error
        return None


@given(messages, st.data())
def test_a_truncated_message_is_refused_or_has_fewer_options(message: Message, data: st.DataObject) -> None:
    whole = build(message)
    found = parsed(whole[: data.draw(st.integers(0, len(whole) - 1))])
    if found is not None:
        assert replace(found, options=()) == replace(message, options=())
        pairs = zip(found.options, message.options, strict=False)
        assert all(code == full_code and full.startswith(part) for (code, part), (full_code, full) in pairs)


@given(st.binary(max_size=400))
def test_arbitrary_bytes_give_a_message_or_a_wire_error(data: bytes) -> None:
    found = parsed(data)
    assert found is None or len(data) >= HEADER


@given(st.binary(max_size=300), st.binary(max_size=64), st.binary(max_size=128), st.integers(0, 4))
def test_arbitrary_options_give_a_message_or_a_wire_error(
    options: bytes, sname: bytes, file: bytes, overload: int
) -> None:
    found = parsed(raw(bytes((52, 1, overload)) + options, sname=sname, file=file))
    assert found is None or found.option(52) is None
