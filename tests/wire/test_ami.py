"""The manager interface's bytes and messages in both directions, truncated and arbitrary."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire import ami
from ringup.wire.ami import AmiMessage, Framer, build, parse

BANNER = b"Asterisk Call Manager/7.0.3\r\n"

CASES = [
    (b"Action: Ping\r\n\r\n", (("Action", "Ping"),)),
    (
        b"Response: Success\r\nActionID: ringup-1\r\nMessage: Command output follows\r\n"
        b"Output:   two blanks in front stay\r\nOutput: \r\nOutput: a: b\r\n\r\n",
        (
            ("Response", "Success"),
            ("ActionID", "ringup-1"),
            ("Message", "Command output follows"),
            ("Output", "  two blanks in front stay"),
            ("Output", ""),
            ("Output", "a: b"),
        ),
    ),
    (
        "Event: Hangup\r\nCallerIDName: Jörg Müßig\r\n\r\n".encode(),
        (("Event", "Hangup"), ("CallerIDName", "Jörg Müßig")),
    ),
]

names = st.text(st.characters(codec="utf-8", exclude_characters=":\r\n\0"), min_size=1).filter(
    lambda text: text == text.strip()
)
values = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"))
messages = st.lists(st.tuples(names, values), min_size=1, max_size=8).map(
    lambda rows: AmiMessage(tuple(rows))
)


@pytest.mark.parametrize(("data", "fields"), CASES)
def test_a_message_is_its_bytes_both_ways(data: bytes, fields: tuple[tuple[str, str], ...]) -> None:
    assert parse(data) == AmiMessage(fields)
    assert build(AmiMessage(fields)) == data


@pytest.mark.parametrize("data", [data for data, _fields in CASES])
def test_every_truncation_of_a_message_is_refused(data: bytes) -> None:
    for length in range(len(data)):
        with pytest.raises(WireError):
            parse(data[:length])


@given(messages)
def test_what_is_built_is_parsed_again(message: AmiMessage) -> None:
    assert parse(build(message)) == message


@given(st.binary())
def test_arbitrary_bytes_are_a_message_or_a_wire_error(data: bytes) -> None:
    with suppress(WireError):
        assert parse(data + b"\r\n\r\n").fields


def test_names_compare_without_case_and_may_repeat() -> None:
    message = AmiMessage((("Output", "one"), ("output", "two")))
    assert message.get("OUTPUT") == "one"
    assert message.all("Output") == ["one", "two"]
    assert message.get("Absent") == ""
    assert message.get("Absent", "none") == "none"


@pytest.mark.parametrize("bad", ["a\nAction: Originate", "a\r\n\r\nAction: Command", "a\0", "\r"])
def test_a_value_never_becomes_another_field_or_action(bad: str) -> None:
    with pytest.raises(ValueError, match="another field"):
        ami.action("Login", "1", [("Secret", bad)])


@pytest.mark.parametrize("bad", ["", "A:B", "A\n", " A", "A "])
def test_a_name_that_would_not_arrive_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="is not a possible name"):
        build(AmiMessage(((bad, "x"),)))


def test_a_message_without_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        build(AmiMessage(()))


def test_a_line_without_a_colon_is_refused_where_it_begins() -> None:
    with pytest.raises(WireError, match="Key: value") as caught:
        parse(b"A: b\r\nnonsense\r\n\r\n")
    assert caught.value.offset == 6


def test_a_message_past_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami, "LARGEST_MESSAGE", 10)
    with pytest.raises(WireError, match="longer"):
        parse(b"Action: Ping\r\n\r\n")


def test_the_banner_says_the_version() -> None:
    assert ami.parse_banner(BANNER) == "7.0.3"


@pytest.mark.parametrize("line", [b"SSH-2.0-OpenSSH_9.2\r\n", b"Asterisk Call Manager/7.0.3", b"\r\n"])
def test_another_first_line_is_no_manager_interface(line: bytes) -> None:
    with pytest.raises(WireError, match="no Asterisk manager"):
        ami.parse_banner(line)


STREAM = BANNER + b"".join(data for data, _fields in CASES)


@given(st.lists(st.integers(0, len(STREAM))))
def test_a_stream_is_cut_alike_however_it_arrives(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    framer = Framer()
    pieces = [piece for begin, end in pairwise(places) for piece in framer.feed(STREAM[begin:end])]
    assert pieces == [BANNER, *(data for data, _fields in CASES)]


def test_a_message_that_arrives_byte_by_byte_is_one_piece() -> None:
    framer = Framer()
    pieces = [piece for byte in STREAM for piece in framer.feed(bytes([byte]))]
    assert len(pieces) == 1 + len(CASES)


def test_endless_input_is_refused() -> None:
    with pytest.raises(WireError, match="without an end"):
        Framer().feed(b"x" * (ami.LONGEST_LINE + 1))


def test_an_endless_message_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami, "LARGEST_MESSAGE", 100)
    framer = Framer()
    assert framer.feed(BANNER) == [BANNER]
    with pytest.raises(WireError, match="without an end"):
        framer.feed(b"Output: x\r\n" * 20)


def test_a_line_end_too_many_after_an_event_is_skipped() -> None:
    """Asterisk 16 writes its TestEvent in this way at the first DTMF digit; the connection must survive
    it.
    """
    framer = Framer()
    event = b"Event: TestEvent\r\nControl: Break\r\n\r\n"
    stream = b"Asterisk Call Manager/5.0.4\r\n" + event + b"\r\n" + event

    pieces = [piece for byte in stream for piece in framer.feed(bytes([byte]))]

    assert [parse(piece).get("Control") for piece in pieces[1:]] == ["Break", "Break"]
