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


def text(words: str, size: int) -> str:
    """Return the field of a text, padded with NUL."""
    return words.encode().ljust(size, b"\0").hex()


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
    of_phone.Register("SEP0011223344AA", 0, 1, "10.0.0.1", 7, protocol=11, features=b"\x60\x85"): (
        0x0001, REGISTER.hex(),
    ),
    of_phone.Alarm(2, "Name=SEP0011223344AA Load=P00308010200 Last=Initialized"): (
        0x0020,
        "02000000" + text("Name=SEP0011223344AA Load=P00308010200 Last=Initialized", 80) + "00" * 8,
    ),
    of_phone.IpPort(16384): (0x0002, "00400000"),
    of_phone.EnblocCall("602"): (0x0004, text("602", 24)),
    of_phone.Stimulus(15, 1): (0x0005, "0f000000 01000000 00000000 00000000"),
    of_phone.OnHook(1, 5): (0x0007, "01000000 05000000"),
    of_phone.ForwardStatReq(1): (0x0009, "01000000"),
    of_phone.SpeedDialStatReq(2): (0x000A, "02000000"),
    of_phone.LineStatReq(1): (0x000B, "01000000"),
    of_phone.ConfigStatReq(): (0x000C, ""),
    of_phone.TimeDateReq(): (0x000D, ""),
    of_phone.ButtonTemplateReq(): (0x000E, ""),
    of_phone.VersionReq(): (0x000F, ""),
    of_phone.SoftKeySetReq(): (0x0025, ""),
    of_phone.Unregister(): (0x0027, ""),
    of_phone.SoftKeyTemplateReq(): (0x0028, ""),
    of_phone.RegisterAvailableLines(0): (0x002D, "00000000"),
    of_phone.ServiceUrlStatReq(1): (0x0033, "01000000"),
    of_server.CapabilitiesReq(): (0x009B, ""),
    of_server.Version("P00308010200"): (0x0098, text("P00308010200", 16)),
    of_server.ButtonTemplate((of_server.Button(1, 9), of_server.Button(1, 2))): (
        0x0097, "00000000 02000000 02000000 0109 0102" + "00" * 80,
    ),
    of_server.SoftKeyTemplate((of_server.SoftKey("\x80\x01", 1), of_server.SoftKey("\x80\x03", 3))): (
        0x0108,
        "00000000 02000000 02000000" + "8001" + "00" * 14 + "01000000" + "8003" + "00" * 14 + "03000000"
        + "00" * 20 * 30,
    ),
    of_server.SoftKeySets((of_server.SoftKeySet(b"\1\2" + bytes(14), b"\x2d\1\x2e\1" + bytes(28)),)): (
        0x0109, "00000000 01000000 01000000" + "0102" + "00" * 14 + "2d012e01" + "00" * 28 + "00" * 48 * 15,
    ),
    of_server.SelectSoftKeys(1, 5, 2): (0x0110, "01000000 05000000 02000000 ffffffff"),
    of_server.SpeedDialStat(1, "602", "Bob"): (0x0091, "01000000" + text("602", 24) + text("Bob", 40)),
    of_server.ServiceUrlStat(1, "http://10.0.0.1/", "Menu"): (
        0x012F, "01000000" + text("http://10.0.0.1/", 256) + text("Menu", 40),
    ),
    of_server.DefineTimeDate(2026, 11, 5, 27, 9, 5, 1, 0, 1_795_770_301): (
        0x0094, "ea070000 0b000000 05000000 1b000000 09000000 05000000 01000000 00000000 bd47096b",
    ),
    of_server.KeepAliveAck(): (0x0100, ""),
    of_server.StartTone(0x21, 0, 1, 5): (0x0082, "21000000 00000000 01000000 05000000"),
    of_server.SetRinger(2, 1, 1, 6): (0x0085, "02000000 01000000 01000000 06000000"),
    of_server.SetSpeaker(1): (0x0088, "01000000"),
    of_server.CallInfo("Bob", "602", "Anna", "601", 1, 6, 1): (
        0x008F, text("Bob", 40) + text("602", 24) + text("Anna", 40) + text("601", 24)
        + "01000000 06000000 01000000",
    ),
    of_server.DisplayPromptStatus(0, "\x80\x18", 1, 5): (
        0x0112, "00000000" + "8018" + "00" * 30 + "01000000 05000000",
    ),
    of_server.OpenReceiveChannel(5, 5, 20, 4, 0, 0): (
        0x0105, "05000000 05000000 14000000 04000000 00000000 00000000",
    ),
}  # fmt: skip
"""Messages with their numbers and bodies, by the offsets of P-SCCP-6 to P-SCCP-24, which were read in byte
dumps of phones and in chan_skinny.
"""
ONLY_NUMBERS = {
    of_server.StopTone, of_server.StopMediaTransmission, of_server.ForwardStat, of_server.ClearDisplay,
    of_server.RegisterReject, of_server.CloseReceiveChannel, of_server.ClearPromptStatus,
    of_server.DisplayNotify, of_server.ActivateCallPlane, of_server.UnregisterAck, of_server.DialedNumber,
    of_server.DisplayPriNotify,
}  # fmt: skip
"""Messages of which the facts have the number, and no layout of all fields; a real chan_skinny sends them in
`tests/peers`."""


def test_every_message_with_a_documented_layout_is_compared_with_its_bytes() -> None:
    assert {type(message) for message in BODIES} | ONLY_NUMBERS == set(messages.MESSAGES.values())
    assert not {type(message) for message in BODIES} & ONLY_NUMBERS


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


def test_a_frame_is_sent_as_it_is() -> None:
    frame = Frame(0x0005, b"\x0f\0\0\0\1\0\0\0")
    assert messages.to_frame(frame) is frame
