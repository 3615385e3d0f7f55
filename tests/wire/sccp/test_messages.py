"""SCCP messages, checked with byte tables of phones and servers, random values, and truncated bodies."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.sccp import messages, of_phone, of_server
from ringup.wire.sccp.frame import MOST, Frame, Stream, build
from ringup.wire.sccp.layout import FieldKind, Items

REGISTER = bytes.fromhex(
    "53455030303131323233333434414100"  # device name
    "00000000 01000000 0a000001 07000000 00000000 00000000 0b 00 6085" + "00" * 24
)
"""The body of a 7960 with 8.1.2 according to P-SCCP-7."""

BODIES: dict[object, tuple[int, str]] = {
    of_phone.KeepAlive(): (0x0000, ""),
    of_phone.KeypadButton(14, 1, 5): (0x0003, "0e000000 01000000 05000000"),
    of_phone.OffHook(): (0x0006, "0000000000000000"),
    of_phone.CapabilitiesRes((of_phone.Codec(4, 40),)): (
        0x0010, "01000000 04000000 28000000 0000000000000000",
    ),
    of_phone.OpenReceiveChannelAck(0, "10.0.0.1", 16384, 7): (0x0022, "00000000 0a000001 00400000 07000000"),
    of_phone.SoftKeyEvent(11, 1, 6): (0x0026, "0b000000 01000000 06000000"),
    of_server.RegisterAck(30, "M/D/Y", b"\0\0", 30, 11): (
        0x0081, "1e000000 4d2f442f5900 0000 1e000000 0b 000000",
    ),
    of_server.StartMediaTransmission(5, 5, "10.0.0.9", 17732, 20, 4): (
        0x008A, "05000000 05000000 0a000009 44450000 14000000 04000000",
    ),
    of_server.LineStat(1, "601", "Anna"): (
        0x0092, "01000000 363031" + "00" * 21 + "416e6e61" + "00" * 20,
    ),
    of_server.Reset(1): (0x009F, "01000000"),
    of_server.CallState(4, 1, 6): (0x0111, "04000000 01000000 06000000"),
    of_server.SetLamp(15, 0, 2): (0x0086, "0f000000 00000000 02000000"),
}  # fmt: skip
"""Messages with their numbers and bodies, written down from P-SCCP-6 to P-SCCP-24."""


@pytest.mark.parametrize("message", BODIES, ids=lambda message: type(message).__name__)
def test_a_message_has_the_documented_bytes(message: object) -> None:
    number, body = BODIES[message]
    frame = Frame(number, bytes.fromhex(body))
    assert messages.to_frame(message) == frame
    assert messages.parse(frame) == message


def test_the_registration_of_a_7960_is_read_and_written_byte_for_byte() -> None:
    register = messages.parse(Frame(1, REGISTER))
    assert isinstance(register, of_phone.Register)
    assert (register.device, register.address, register.device_type) == ("SEP0011223344AA", "10.0.0.1", 7)
    assert (register.instance, register.protocol, register.features) == (1, 11, b"\x60\x85")
    assert messages.to_frame(register) == Frame(1, REGISTER)


def test_a_template_counts_its_buttons_and_is_as_long_as_all_places() -> None:
    template = of_server.ButtonTemplate((of_server.Button(1, 9), of_server.Button(1, 2)))
    body = messages.to_frame(template).body
    assert body[:16] == bytes.fromhex("00000000 02000000 02000000 0109 0102")
    assert len(body) == 12 + 2 * 42
    assert messages.parse(Frame(0x97, body)) == template


def test_a_text_at_the_end_may_be_shorter_than_its_field() -> None:
    """Asterisk 16.28 sends 32 bytes in DisplayPriNotify, CallManager 100 (P-SCCP-32)."""
    body = bytes.fromhex("0a000000 05000000") + b"From 601".ljust(32, b"\0")
    assert messages.parse(Frame(0x120, body)) == of_server.DisplayPriNotify(10, 5, "From 601")


def test_a_message_that_nobody_documented_is_kept() -> None:
    frame = Frame(0x7FFF, b"abc")
    assert messages.parse(frame) is frame


def _values(kind: type) -> st.SearchStrategy[object]:
    """Return messages of a kind with random values in all fields."""
    return st.builds(
        kind, **{each.name: _value(each.metadata["kind"], each.default) for each in fields(kind)}
    )


def _value(kind: FieldKind | Items, default: object) -> st.SearchStrategy[Any]:
    if isinstance(kind, Items):
        return st.lists(_values(kind.item), max_size=kind.capacity).map(tuple)
    if isinstance(default, bytes):
        return st.binary(min_size=kind.size, max_size=kind.size)
    if isinstance(default, str) and default:
        return st.ip_addresses(v=4).map(str)
    if isinstance(default, str):
        return st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=kind.size - 1)
    return st.integers(0, 256**kind.size - 1)


@given(st.sampled_from([*messages.MESSAGES.values()]).flatmap(_values))
def test_every_message_survives_writing_and_reading(message: object) -> None:
    assert messages.parse(messages.to_frame(message)) == message


@given(st.sampled_from([*messages.MESSAGES.values()]).flatmap(_values), st.data())
def test_a_body_that_was_cut_gives_a_message_or_an_error(message: object, data: st.DataObject) -> None:
    frame = messages.to_frame(message)
    cut = data.draw(st.integers(0, len(frame.body)))
    try:
        found = messages.parse(Frame(frame.message, frame.body[:cut]))
    except WireError:
        return
    assert type(found) is type(message)


@given(st.sampled_from([*messages.MESSAGES]), st.binary(max_size=600))
def test_no_bytes_raise_anything_but_a_wire_error(number: int, body: bytes) -> None:
    try:
        messages.parse(Frame(number, body))
    except WireError:
        return


def test_a_count_beyond_the_places_is_refused_before_anything_is_read() -> None:
    with pytest.raises(WireError, match="4294967295 items, where 42 fit"):
        messages.parse(Frame(0x97, bytes(4) + b"\xff" * 8))


@given(st.lists(st.integers(0, 300), min_size=1, max_size=6), st.data())
def test_frames_are_found_however_the_stream_is_split(sizes: list[int], data: st.DataObject) -> None:
    sent = [Frame(number, bytes(size)) for number, size in enumerate(sizes)]
    rest = b"".join(build(frame) for frame in sent)
    stream, found = Stream(), []
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        found += list(stream.take(rest[:size]))
        rest = rest[size:]
    assert found == sent


@pytest.mark.parametrize("length", [0, 3, MOST - 7, 2**31])
def test_a_length_that_cannot_be_ends_the_stream(length: int) -> None:
    with pytest.raises(WireError, match=f"a frame of {length} bytes"):
        list(Stream().take(length.to_bytes(4, "little") + bytes(8)))


def test_a_list_that_does_not_fit_is_not_sent() -> None:
    with pytest.raises(WireError, match="43 items, where 42 fit"):
        messages.to_frame(of_server.ButtonTemplate((of_server.Button(),) * 43))
