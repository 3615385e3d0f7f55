import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringup.phone.cnf_text import CnfText, read, row, write

WILD = (
    b"# comment: no\r\n"
    b"image_version: P0S3-8-12-00\r\n"
    b"  cnf_join_enable : 1 ; joined\n"
    b'line1_name\t:\t"201";\r\n'
    b'phone_label: "a;b #1" ; label\n'
    b"proxy1_address=10.0.0.1\n"
    b'line1_password: "unclosed\n'
    b"messages_uri: *97#\n"
    b"stray words\n"
    b"phone_label: M\xfcller\r"
    b"\n\n"
    b"empty:\n"
    b"last: 1"
)
CHARACTERS = st.text(st.sampled_from(list(' \t\r\n:=#;"ab1.\xfc\xef\xbb\xbf\x00\x85\x0b\u00a0')))


def entries(data: bytes) -> list[tuple[int, str, str]]:
    return [(line.number, line.name, line.value) for line in read(data).entries]


def test_all_that_is_found_in_the_wild_is_read() -> None:
    assert entries(WILD) == [
        (2, "image_version", "P0S3-8-12-00"),
        (3, "cnf_join_enable", "1"),
        (4, "line1_name", "201"),
        (5, "phone_label", "a;b #1"),
        (6, "proxy1_address", "10.0.0.1"),
        (7, "line1_password", "unclosed"),
        (8, "messages_uri", "*97#"),
        (10, "phone_label", "Müller"),
        (12, "empty", ""),
        (13, "last", "1"),
    ]


def test_what_stands_around_a_value_is_known() -> None:
    lines = read(WILD).lines
    assert lines[0].is_comment
    assert lines[2].trailing == "; joined"
    assert lines[3].trailing == ";"
    assert [line.number for line in lines if not line.closed] == [7]
    assert not lines[8].is_comment
    assert not lines[8].is_entry


def test_of_two_lines_with_one_name_the_last_counts() -> None:
    values = read(WILD).values
    assert values["phone_label"].value == "Müller"


def test_a_byte_order_mark_does_not_become_part_of_the_first_name() -> None:
    assert entries(b"\xef\xbb\xbfsync: 1\n\xef\xbb\xbfsync: 2\n") == [
        (1, "sync", "1"),
        (2, "\xef\xbb\xbfsync", "2"),
    ]
    assert read(b"\xef\xbb\xbf# remark").lines[0].is_comment


@given(st.binary() | CHARACTERS.map(lambda text: text.encode("latin-1")))
@example(WILD)
def test_what_was_read_is_written_byte_for_byte(data: bytes) -> None:
    assert write(read(data)) == data


def test_every_beginning_of_a_file_is_read_and_written() -> None:
    for length in range(len(WILD)):
        assert write(read(WILD[:length])) == WILD[:length]


@given(CHARACTERS.map(lambda text: text.encode("latin-1")))
def test_lines_are_counted_from_one_and_end_only_at_line_ends(data: bytes) -> None:
    lines = read(data).lines
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert all(line.end in ("\r\n", "\n", "\r") for line in lines[:-1])
    assert all("\r" not in line.text and "\n" not in line.text for line in lines)


def test_an_empty_file_has_no_lines() -> None:
    assert read(b"") == CnfText(())


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("s3cret", 'key: "s3cret"\n'),
        ("", 'key: ""\n'),
        (" a;b #c ", 'key: " a;b #c "\n'),
        ('s3"cret', 'key: s3"cret\n'),
        ('s3"cret"', 'key: s3"cret"\n'),
        ("tab\tand\x1b", 'key: "tab\tand\x1b"\n'),
        ("\xfc", 'key: "\xfc"\n'),
    ],
)
def test_a_row_holds_its_value_as_it_was_found(value: str, line: str) -> None:
    assert row("key", value) == line


@pytest.mark.parametrize(
    "value",
    ['"first', 'a";b', ' a"', 'a" ', "a\nline2_name: 1", "a\rb", "a\0b", "a\x0bb", "Ł", "x" * 1024],
)
def test_what_no_row_can_hold_has_none(value: str) -> None:
    assert row("key", value) is None


@given(CHARACTERS | st.text())
def test_a_row_is_one_line_that_is_read_as_it_was_meant(value: str) -> None:
    line = row("line1_password", value)
    if line is not None:
        data = f"before: 1\n{line}after: 2\n".encode("latin-1")
        assert entries(data) == [(1, "before", "1"), (2, "line1_password", value), (3, "after", "2")]
        assert len(line.encode("latin-1").splitlines()) == 1
