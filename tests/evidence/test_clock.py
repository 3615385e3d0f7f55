"""The times of log lines, in every form of timestamp."""

from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.evidence.clock import Clock
from tests.evidence.logs import WRITTEN, at

BERLIN = timezone(timedelta(hours=1))


class Lines(Clock):
    """Numbers the lines by itself."""

    number = 0

    def line(self, text: str) -> tuple[float, bool]:
        self.number += 1
        return self.read(text, self.number)


def clock() -> Lines:
    return Lines(UTC, WRITTEN)


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("Nov 27 11:05:42 pbx in.tftpd[1]: x", at(11, 5, 42)),
        ("Nov  7 01:05:42 pbx x", at(1, 5, 42, day=7)),
        ("<30>Nov 27 11:05:42 pbx x", at(11, 5, 42)),
        ("2026-11-27T11:05:42.123456+00:00 pbx x", at(11, 5, 42.123456)),
        ("2026-11-27T12:05:42+0100 pbx x", at(11, 5, 42)),
        ("2026-11-27T11:05:42Z x", at(11, 5, 42)),
        ("2026-11-27 11:05:42.123 INFO  [kea-dhcp4.leases/1.2]", at(11, 5, 42.123)),
        ("2026/11/27 11:05:42,5 x", at(11, 5, 42.5)),
        ("[2026-11-27 11:05:42] NOTICE[1]", at(11, 5, 42)),
        ("[Nov 27 11:05:42] NOTICE[1]", at(11, 5, 42)),
        ("*Nov 27 11:05:42.123: TFTP: x", at(11, 5, 42.123)),
        ("000123: *Nov 27 11:05:42.123 UTC: TFTP: x", at(11, 5, 42.123)),
        ("Nov 27 2025 11:05:42: %x", at(11, 5, 42, year=2025)),
        ("Fri Nov 27 11:05:42 2026 x", at(11, 5, 42)),
        ("27/Nov/2026:11:05:42 +0000 x", at(11, 5, 42)),
        ("27.11.2026 11:05:42 x", at(11, 5, 42)),
        ("11/27/2026 11:05:42 AM x", at(11, 5, 42)),
        ("11/27/2026 11:05:42 PM x", at(23, 5, 42)),
        ("10,11/27/26,11:05:42,Assign,", at(11, 5, 42)),
        ("Read request for file <x>. Mode octet [27/11 11:05:42.123]", at(11, 5, 42.123)),
        ("1795777542.5 x", at(11, 5, 42.5)),
        ("1795777542 x", at(11, 5, 42)),
        ("11:05:42.123456 IP 10.0.0.11.50123 > 10.0.0.1.69:", at(11, 5, 42.123456)),
        ("NOT 11:05:42.5 TFTP: x", at(11, 5, 42.5)),
        ("Mär 07 11:05:42 pbx x", at(11, 5, 42, day=7, month=3)),
        ("déc. 07 11:05:42 pbx x", at(11, 5, 42, day=7, month=12, year=2025)),
        ("  1982 342.912717 10.0.0.1 x", 342.912717),
        ("[ 1234.567890] x", 1234.56789),
    ],
)
def test_a_stamp_is_read(line: str, moment: float) -> None:
    read, stamped = clock().line(line)
    assert stamped
    assert read == pytest.approx(moment, abs=1e-5)


def test_a_date_without_a_year_is_never_after_the_file() -> None:
    reader = clock()
    assert reader.line("Dec 31 23:59:59 a")[0] == at(23, 59, 59, day=31, month=12, year=2025)
    assert reader.line("Jan  1 00:00:01 a")[0] == at(0, 0, 1, day=1, month=1)


def test_a_stamp_without_a_zone_is_of_the_place_where_the_log_was_written() -> None:
    assert Lines(BERLIN, WRITTEN).line("Nov 27 12:05:42 a")[0] == at(11, 5, 42)
    assert Lines(BERLIN, WRITTEN).line("2026-11-27T11:05:42Z a")[0] == at(11, 5, 42)


def test_seconds_go_on_within_a_minute_and_into_the_next() -> None:
    reader = clock()
    lines = ("Nov 27 11:05:58 a", "Nov 27 11:05:59 a", "Nov 27 11:06:00 a", "Nov 27 11:06:01.5 a")
    assert [reader.line(line)[0] for line in lines] == [
        at(11, 5, 58), at(11, 5, 59), at(11, 6, 0), at(11, 6, 1.5),
    ]  # fmt: skip


def test_a_line_without_a_stamp_has_the_time_of_the_line_before() -> None:
    reader = clock()
    reader.line("Nov 27 11:05:42 a")
    assert reader.line("    continued") == (at(11, 5, 42), False)


def test_a_time_without_a_date_goes_on_after_midnight() -> None:
    reader = clock()
    before, after = reader.line("23:59:59.9 IP")[0], reader.line("00:00:00.1 IP")[0]
    assert after - before == pytest.approx(0.2)


def test_a_time_without_a_date_is_of_the_day_that_was_named_last() -> None:
    reader = clock()
    reader.line("Nov 20 11:05:42 a")
    assert reader.line("11:05:43 b")[0] == at(11, 5, 43, day=20)


def test_a_file_without_stamps_has_its_order() -> None:
    reader = clock()
    times = [reader.line(f"line {letter}")[0] for letter in "abc"]
    assert times == sorted(set(times))
    assert not reader.is_timed


@pytest.mark.parametrize(
    "line", ["Feb 30 11:05:42 a", "Foo 12 11:05:42", "2026-13-27 11:05:42", "", "a" * 500]
)
def test_what_is_not_a_date_is_not_a_stamp_of_that_date(line: str) -> None:
    assert clock().line(line)[0] < at(0, 0, 0, day=1, month=1, year=2100)


@given(
    st.lists(
        st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2} [0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.?[0-9]*")
    )
)
def test_no_text_raises(lines: list[str]) -> None:
    reader = clock()
    for line in lines:
        assert isinstance(reader.line(line)[0], float)
