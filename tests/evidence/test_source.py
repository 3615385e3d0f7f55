"""Files of every kind: compressed, in other encodings, with other line ends, damaged."""

import bz2
import gzip
import lzma
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.evidence.read import EMPTY, NOTHING_KNOWN
from tests.evidence.logs import MAC, PHONE, events, pcap, reading

LINES = "".join(
    f"Nov 27 11:05:4{second} pbx in.tftpd[7]: RRQ from {PHONE} filename {name}\n"
    for second, name in enumerate(("OS79XX.TXT", "SIPDefault.cnf", f"SIP{MAC}.cnf"))
)
PLAIN = LINES.encode()


@pytest.mark.parametrize(
    "written",
    [
        gzip.compress,
        bz2.compress,
        lzma.compress,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.decode().encode("utf-16"),
        lambda data: data.decode().encode("utf-16-le"),
        lambda data: data.decode().encode("utf-16-be"),
        lambda data: b"caf\xe9 \xff\xfe\n" + data,
        lambda data: data + b"\0" * 5000,
        lambda data: data.rstrip(b"\n"),
        lambda data: b"x" * 1_000_000 + b"\n" + data,
        lambda data: gzip.compress(data.replace(b"\n", b"\r\n").decode().encode("utf-16")),
    ],
)
def test_the_same_lines_tell_the_same_however_they_are_written(written: Callable[[bytes], bytes]) -> None:
    assert events(written(PLAIN)) == events(PLAIN)
    assert len(events(PLAIN)) == 3


def test_a_compressed_file_that_was_cut_off_tells_what_is_there() -> None:
    packed = gzip.compress(PLAIN * 2000, mtime=0)
    assert 0 < len(events(packed[:-40])) <= 6000


def test_a_compressed_capture_is_a_capture() -> None:
    assert reading(gzip.compress(pcap([]))).files[0].kind == "compressed capture"


def test_a_file_says_why_nothing_was_read() -> None:
    problems = [file.problem for file in reading("", "hello\n", pcap([]), PLAIN).files]
    assert problems == [EMPTY, NOTHING_KNOWN, EMPTY, ""]


def test_a_line_that_no_form_knows_is_told_if_it_speaks_of_phones() -> None:
    (file,) = reading("Nov 27 11:05:42 pbx mytftp: something new\nNov 27 11:05:42 pbx cron: x\n").files
    assert (file.lines, file.unread) == (2, 1)
    assert file.examples == ("Nov 27 11:05:42 pbx mytftp: something new",)


@given(st.binary(max_size=2000))
def test_no_bytes_raise(data: bytes) -> None:
    reading(data)


_PIECES = st.sampled_from(
    (
        "RRQ from |  filename | DHCPACK(eth0) |DHCPACK on | to |DHCP4_LEASE_ALLOC [hwtype=1 |TFTP: "
        f"|TFTP: [1]:|00:16:46:c0:ff:ee|{PHONE}|SIP{MAC}.cnf|Read request for file <|Connection received "
        "|REGISTER sip:a SIP/2.0\n|SIP/2.0 401 x\n|CSeq: 1 REGISTER\n|From: <sip:|Nov 27 11:05:42 |\n|#012"
        '|SecurityEvent="InvalidPassword",Service="SIP"|\u0085|\u00a0|\udc80|\x1b[0m|\'|:|<|&lt;|[|> '
    ).split("|")
)


@given(st.lists(_PIECES | st.text(max_size=20), max_size=60))
def test_no_mix_of_the_words_of_logs_raises(pieces: list[str]) -> None:
    reading("".join(pieces).encode("utf-8", "surrogatepass"))
