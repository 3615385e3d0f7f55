"""Session descriptions in both directions, truncated and arbitrary, and what they say about sound."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire import sdp
from ringup.wire.sdp import Description, Media, MediaDescription, build, parse

SOUND = MediaDescription("192.168.1.130", 16384, (0, 8), 101)
OFFER = (
    b"v=0\r\no=Cisco-SIPUA 7 0 IN IP4 192.168.1.130\r\ns=SIP Call\r\nt=0 0\r\n"
    b"m=audio 16384 RTP/AVP 0 8 101\r\nc=IN IP4 192.168.1.130\r\n"
    b"a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
    b"a=fmtp:101 0-15\r\na=sendrecv\r\n"
)
CASES = [
    (Description((("v", "0"),)), b"v=0\r\n"),
    (
        Description(
            (("v", "0"), ("s", "-")), (Media("video", 0, "RTP/AVP", ("34",)), Media("x", 9, "y", ("z",)))
        ),
        b"v=0\r\ns=-\r\nm=video 0 RTP/AVP 34\r\nm=x 9 y z\r\n",
    ),
    (sdp.describe(SOUND, origin="Cisco-SIPUA", session=7, version=0, name="SIP Call"), OFFER),
]

words = st.text(st.characters(codec="utf-8", exclude_characters="\r\n "), min_size=1, max_size=10)
values = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)
lines = st.lists(st.tuples(st.sampled_from("abciost"), values), max_size=4).map(tuple)
formats = st.lists(words, min_size=1, max_size=4).map(tuple)
media = st.lists(st.builds(Media, words, st.integers(0, 65535), words, formats, lines), max_size=3).map(tuple)
descriptions = st.builds(Description, lines.map(lambda rest: (("v", "0"), *rest)), media)
sounds = st.builds(
    MediaDescription,
    st.ip_addresses(v=4).map(str),
    st.integers(0, 65535),
    st.lists(st.sampled_from([0, 8, 18]), unique=True, min_size=1).map(tuple),
    st.none() | st.integers(96, 127),
    st.sampled_from(sdp.DIRECTIONS),
)


@pytest.mark.parametrize(("description", "data"), CASES)
def test_a_description_is_its_bytes_both_ways(description: Description, data: bytes) -> None:
    assert parse(data) == description
    assert build(description) == data


@pytest.mark.parametrize("data", [data for _description, data in CASES])
def test_every_truncation_is_a_description_or_a_wire_error(data: bytes) -> None:
    for length in range(len(data)):
        with suppress(WireError):
            assert parse(data[:length]).lines[0] == ("v", "0")


@given(descriptions)
def test_what_is_built_is_parsed_again(description: Description) -> None:
    assert parse(build(description)) == description


@given(sounds)
def test_the_sound_that_is_described_is_read_again(sound: MediaDescription) -> None:
    description = sdp.describe(sound, origin="-", session=1, version=2, name="x")
    assert sdp.sound_of(parse(build(description))) == sound


@given(st.binary(max_size=100))
def test_arbitrary_bytes_are_a_description_or_a_wire_error(data: bytes) -> None:
    with suppress(WireError):
        sdp.sound_of(parse(b"v=0\n" + data))


@given(st.text("vmac=0 1audioRTP/AVP\nINrtpmap:", max_size=80))
def test_arbitrary_text_is_a_sound_or_a_wire_error(text: str) -> None:
    with suppress(WireError):
        sdp.sound_of(parse(b"v=0\nm=audio 1 RTP/AVP 0\n" + text.encode()))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"s=x\r\n",
        b"v=1\r\n",
        b"m=audio 1 RTP/AVP 0\r\nv=0\r\n",
        b"v=0\r\nx\r\n",
        b"v=0\r\nxy=1\r\n",
        b"v=0\r\na=b\rc\r\n",
        b"v=0\r\nm=audio 1 RTP/AVP\r\n",
        b"v=0\r\nm=audio  RTP/AVP 0\r\n",
        b"v=0\r\nm=audio 65536 RTP/AVP 0\r\n",
        b"v=0\r\nm=audio x RTP/AVP 0\r\n",
    ],
)
def test_a_malformed_description_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        parse(data)


@pytest.mark.parametrize(
    "description",
    [
        Description(()),
        Description((("v", "0"), ("m", "audio 1 RTP/AVP 0"))),
        Description((("v", "0"), ("a", "x\r\na=y"))),
        Description((("v", "0"),), (Media("audio", 1, "RTP/AVP", ()),)),
        Description((("v", "0"),), (Media("audio", 70000, "RTP/AVP", ("0",)),)),
    ],
)
def test_what_would_not_be_read_back_is_not_built(description: Description) -> None:
    with pytest.raises(ValueError, match="not a session description"):
        build(description)


def sound_in(text: str) -> MediaDescription | None:
    return sdp.sound_of(parse(("v=0\n" + text).encode()))


def test_lone_line_feeds_a_port_count_and_session_wide_lines_are_understood() -> None:
    assert sound_in(
        "c=IN IP4 192.0.2.1/127\na=recvonly\nm=video 2 RTP/AVP 34\nm=audio 4/2 RTP/AVP 18 96 0 8\na=x\n"
        "a=rtpmap:96 telephone-event/8000\na=rtpmap:8 pcma/8000/1\na=rtpmap:8 other/8000\n"
    ) == MediaDescription("192.0.2.1", 4, (18, 0, 8), 96, "recvonly")


def test_the_mediums_own_lines_win() -> None:
    sound = sound_in("c=IN IP4 192.0.2.1\na=recvonly\nm=audio 4 RTP/AVP 0\na=sendonly\nc=IN IP4 192.0.2.2\n")
    assert sound == MediaDescription("192.0.2.2", 4, (0,), None, "sendonly")


def test_a_number_that_is_mapped_to_another_codec_is_not_ours() -> None:
    sound = sound_in("m=audio 4 RTP/AVP 0 97 3\na=rtpmap:0 opus/48000/2\na=rtpmap:97 PCMU/8000\n")
    assert sound == MediaDescription("", 4, (), None, "sendrecv")


def test_without_plain_audio_there_is_no_sound() -> None:
    assert sound_in("m=audio 4 RTP/SAVP 0\nm=video 4 RTP/AVP 0\n") is None


@pytest.mark.parametrize(
    "text", ["m=audio 4 RTP/AVP x", "m=audio 4 RTP/AVP 0\nc=IN IP4", "m=audio 4 RTP/AVP 0\nc=X IP4 a"]
)
def test_a_sound_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        sound_in(text)


def test_an_answer_refuses_every_other_medium_in_its_place() -> None:
    offer = parse(b"v=0\nm=video 2 RTP/AVP 34\na=x\nm=audio 4 RTP/AVP 0\nm=audio 6 RTP/AVP 0\n")
    answer = sdp.answering(CASES[2][0], offer)
    assert [(medium.kind, medium.port) for medium in answer.media] == [
        ("video", 0),
        ("audio", 16384),
        ("audio", 0),
    ]
    assert answer.media[0] == Media("video", 0, "RTP/AVP", ("34",))
    assert sdp.sound_of(answer) == SOUND


def test_an_answer_to_no_sound_refuses_everything() -> None:
    answer = sdp.answering(CASES[2][0], parse(b"v=0\nm=video 2 RTP/AVP 34\n"))
    assert [(medium.kind, medium.port) for medium in answer.media] == [("video", 0)]
