"""Ranges and entity tags, case by case; nothing that a client sends raises an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.pages.ranges import lists_tag, wanted_part

TAG = '"0123abcd"'


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=0-499", range(500)),
        ("bytes=500-999", range(500, 1000)),
        ("bytes=500-", range(500, 1000)),
        ("bytes=999-", range(999, 1000)),
        ("bytes=-1", range(999, 1000)),
        ("bytes=-500", range(500, 1000)),
        ("bytes=-5000", range(1000)),
        ("bytes=0-99999999", range(1000)),
        ("BYTES=1-2", range(1, 3)),
        ("bytes= 1-2 ", range(1, 3)),
    ],
)
def test_a_range_is_that_part_of_the_file(header: str, part: range) -> None:
    assert wanted_part(header, 1000) == part


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-1001", "bytes=99999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_empty(header: str) -> None:
    part = wanted_part(header, 1000)
    assert part is not None
    assert len(part) == 0


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=a-b",
        "bytes=1",
        "bytes=--1",
        "bytes=+1-2",
        "bytes=1-2,4-5",
        "bytes=0-1, bytes=2-3",
        "bytes=1 - 2",
        "bytes=0x1-2",
        "bytes=١-٢",
        "bytes=0-" + "9" * 5000,
        "lines=0-1",
        "items 0-1",
    ],
)
def test_nonsense_and_several_ranges_are_the_whole_file(header: str) -> None:
    assert wanted_part(header, 1000) is None


@given(
    header=st.one_of(
        st.text(),
        st.from_regex(r"bytes=[0-9]*-[0-9]*", fullmatch=True),
        st.from_regex(r"\Abytes=[0-9,\- ]*\Z"),
    ),
    size=st.integers(0, 2000),
)
def test_whatever_is_asked_for_is_a_part_of_the_file(header: str, size: int) -> None:
    part = wanted_part(header, size)
    if part:
        assert 0 <= part.start < part.stop <= size
        assert part.step == 1


@given(size=st.integers(1, 2000), data=st.data())
def test_a_range_within_the_file_is_exactly_it(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, size - 1))
    assert wanted_part(f"bytes={first}-{last}", size) == range(first, last + 1)
    assert wanted_part(f"bytes=-{size - first}", size) == range(first, size)


@pytest.mark.parametrize(
    ("header", "weakly", "strongly"),
    [
        (TAG, True, True),
        (f"W/{TAG}", True, False),
        (f'"other", {TAG}', True, True),
        (f'"other",W/{TAG} , "third"', True, False),
        ("*", True, True),
        (" * ", True, True),
        ('"other"', False, False),
        ('"comma, inside"', False, False),
        ("0123abcd", False, False),
        ("", False, False),
        ('"', False, False),
        ('"0123', False, False),
        ('"0123ABCD"', False, False),
    ],
)
def test_a_list_has_a_tag_or_not(header: str, weakly: bool, strongly: bool) -> None:
    assert lists_tag(header, TAG, weakly=True) is weakly
    assert lists_tag(header, TAG, weakly=False) is strongly


@given(st.text())
def test_no_list_of_tags_raises(header: str) -> None:
    lists_tag(header, TAG, weakly=True)
