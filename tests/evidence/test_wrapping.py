"""Log lines inside JSON, and text that people write around a log."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.events import FileRequested
from ringup.evidence.wrapping import unwrapped
from tests.evidence.logs import MAC, PHONE, at, events, reading

OWN = f"SIP{MAC}.cnf"
TIME = at(11, 5, 42.25)
RRQ = f"RRQ from {PHONE} filename {OWN}"
JOURNAL = {"__REALTIME_TIMESTAMP": str(int(TIME * 1_000_000)), "SYSLOG_IDENTIFIER": "in.tftpd", "_PID": "812"}


@pytest.mark.parametrize(
    "record",
    [
        {**JOURNAL, "MESSAGE": RRQ},
        {**JOURNAL, "MESSAGE": list(RRQ.encode()), "A_FIELD": "x" * 9000},
        {"log": f"in.tftpd[812]: {RRQ}\n", "stream": "stderr", "time": "2026-11-27T11:05:42.250000000Z"},
    ],
)
def test_a_line_inside_json_is_read_as_the_program_wrote_it(record: dict[str, object]) -> None:
    assert events(json.dumps(record)) == [FileRequested(TIME, MAC, OWN, PHONE, 0)]


@given(
    st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=3).map(json.dumps)
)
def test_what_is_no_such_record_stays_as_it_is(line: str) -> None:
    assert unwrapped(line) == line


@given(st.integers(min_value=1))
def test_a_record_that_is_cut_off_raises_nothing(length: int) -> None:
    line = json.dumps({**JOURNAL, "MESSAGE": RRQ})
    assert unwrapped(line[: length % len(line)]) == line[: length % len(line)]


def test_times_are_in_the_zone_that_the_stamps_name() -> None:
    assert reading(f"2026-11-27T12:05:42+01:00 pbx in.tftpd[8]: {RRQ}").offset == 3600
    two = f"2026-11-27T12:05:42+01:00 in.tftpd[8]: {RRQ}\n2026-11-27T11:05:42Z in.tftpd[8]: {RRQ}"
    assert reading(two).offset is None
    assert reading(f"Nov 27 11:05:42 in.tftpd[8]: {RRQ}").offset is None


def test_the_one_mac_that_a_text_mentions_is_that_of_the_one_phone() -> None:
    question = "the mac is 00:16:46:c0:ff:ee\n"
    asked = f"11:05:42 {PHONE} asked for OS79XX.TXT\n"
    assert reading(question + asked).phones == (MAC,)
    assert reading(question + "my other mac: 001646C0FFEF\n" + asked).phones == (PHONE,)
    assert reading(question + asked + "11:05:43 10.0.0.12 asked for OS79XX.TXT\n").phones == (
        PHONE,
        "10.0.0.12",
    )
