"""Template files: the rules that a phone reads from them, and every fault with its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.dial.findings import CODES
from ringup.dial.pattern import Template
from ringup.dial.template_file import LARGEST_FILE, LONGEST_VALUE, MOST_TONES, TONES, read
from ringup.render.dialplan_xml import dial_template
from tests.render.sites import HOME, OFFICE, RULES

GOLDEN = sorted((Path(__file__).parents[1] / "golden" / "dial").glob("*.xml"))


def faults(text: str) -> list[tuple[str, int]]:
    """Return the codes of the findings, with their lines."""
    return [(one.code, one.where.line) for one in read(text.encode()).findings]


def test_every_attribute_is_read_whatever_its_case() -> None:
    text = (
        b'<?xml version="1.0" encoding="iso-8859-1"?>\n<dialTemplate><versionStamp>1-office</versionStamp>\n'
        b"<!-- comment -->\n"
        b'<TEMPLATE match="9,..." Timeout="3" LINE="2" User="IP" rewrite="%1" ROUTE="Emergency"\n'
        b' TONE="bellcore-outside"></TEMPLATE>\n<TEMPLATE/></dialTemplate>'
    )
    first = Template("9,...", 3, 2, "ip", "%1", "emergency", ("bellcore-outside",), 4)
    assert read(text).rules == (first, Template("", at=6))
    assert read(text).findings == ()


@pytest.mark.parametrize("site", [HOME, OFFICE, RULES], ids=lambda site: str(site.name))
def test_what_we_render_has_no_fault(site: object) -> None:
    text = dial_template(site)  # type: ignore[arg-type]
    file = read(text.encode("latin-1"))
    assert file.findings == ()
    assert len(file.rules) == text.count("<TEMPLATE")
    assert [rule.at for rule in file.rules] == list(range(2, len(file.rules) + 2))


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ('<template MATCH="1"/>', "D104"),
        ('<OTHER MATCH="1"/>', "D105"),
        ('<TEMPLATE MATCH="1"><TEMPLATE MATCH="2"/></TEMPLATE>', "D105"),
        ('<TEMPLATE MATCH="1" COLOUR="red"/>', "D106"),
        ('<TEMPLATE MATCH="1" USER="fax"/>', "D107"),
        ('<TEMPLATE MATCH="1" USER=""/>', "D107"),
        ('<TEMPLATE MATCH="1" ROUTE=""/>', "D107"),
        ('<TEMPLATE MATCH="1" TONE="Bellcore"/>', "D107"),
        ('<TEMPLATE MATCH="1" TIMEOUT="-1"/>', "D107"),
        ('<TEMPLATE MATCH="1" TIMEOUT=""/>', "D107"),
        ('<TEMPLATE MATCH="1" TIMEOUT="٣"/>', "D107"),
        ('<TEMPLATE MATCH="1" LINE="256"/>', "D107"),
        (f'<TEMPLATE MATCH="{"1" * (LONGEST_VALUE + 1)}"/>', "D108"),
        ("<TEMPLATE" + ' TONE="Cisco-Zip"' * (MOST_TONES + 1) + "/>", "D109"),
        ("hello", "D110"),
        ("<TEMPLATE>hello</TEMPLATE>", "D110"),
    ],
)
def test_a_faulty_entry_is_told_and_the_next_one_counts(entry: str, code: str) -> None:
    text = f'<DIALTEMPLATE>\n{entry}\n<TEMPLATE MATCH="2.."/>\n</DIALTEMPLATE>'
    assert faults(text) == [(code, 2)]
    assert read(text.encode()).used[-1] == Template("2..", at=3)


def test_three_tones_are_read_in_their_order() -> None:
    entry = "<TEMPLATE TONE='Cisco-Zip' tone=\"\" MATCH='1,2,3,' Tone = 'Bellcore-Hold'/>"
    assert read(f"<DIALTEMPLATE>{entry}</DIALTEMPLATE>".encode()).rules == (
        Template("1,2,3,", tones=("Cisco-Zip", "", "Bellcore-Hold"), at=1),
    )


@pytest.mark.parametrize("tone", TONES)
def test_every_tone_of_the_table_is_known(tone: str) -> None:
    assert faults(f'<DIALTEMPLATE><TEMPLATE TONE="{tone.upper()}"/></DIALTEMPLATE>') == []


@pytest.mark.parametrize("data", [b"", b" \r\n", b"<DIALTEMPLATE/>", b"\xef\xbb\xbf<DIALTEMPLATE/>"])
def test_an_empty_file_is_no_fault(data: bytes) -> None:
    assert (read(data).rules, read(data).findings) == ((), ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x", [("D101", 1)]),
        ("<DIALTEMPLATE>\n<TEMPLATE MATCH='1'/>\n", [("D101", 3)]),
        ("<DIALTEMPLATE/>\njunk", [("D101", 2)]),
        ("\n<dialplan/>", [("D103", 2)]),
        ('<!DOCTYPE x [<!ENTITY a "b">]>\n<DIALTEMPLATE/>', [("D101", 1)]),
        ("<DIALTEMPLATE>\n&unknown;</DIALTEMPLATE>", [("D101", 2)]),
        ('<DIALTEMPLATE>\n<TEMPLATE MATCH="1" MATCH="2"/></DIALTEMPLATE>', [("D101", 2)]),
    ],
)
def test_what_is_no_template_is_told_with_its_line(text: str, found: list[tuple[str, int]]) -> None:
    assert faults(text) == found


def test_rules_before_broken_xml_count_and_a_wrong_root_refuses_all() -> None:
    assert read(b"<DIALTEMPLATE><TEMPLATE MATCH='1'/><").used == (Template("1", at=1),)
    assert read(b"<dialplan><TEMPLATE MATCH='1'/></dialplan>").used == ()


def test_a_file_of_8191_bytes_is_read_and_one_of_8192_is_refused() -> None:
    text = b'<DIALTEMPLATE><TEMPLATE MATCH="2.."/>%s</DIALTEMPLATE>'
    room = LARGEST_FILE - len(text % b"")
    assert read(text % (b" " * room)).used
    larger = read(text % (b" " * (room + 1)))
    assert (larger.used, larger.is_refused, [one.code for one in larger.findings]) == ((), True, ["D102"])


def test_bytes_that_are_no_utf_8_are_latin_1() -> None:
    assert read('<DIALTEMPLATE><TEMPLATE MATCH="ä"/></DIALTEMPLATE>'.encode("latin-1")).rules[0].match == "ä"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_no_truncation_of_a_file_raises(path: Path) -> None:
    data = path.read_bytes()[:600]
    for length in range(len(data)):
        assert all(one.code in CODES for one in read(data[:length]).findings)


@given(st.binary(max_size=300) | st.text(max_size=150).map(str.encode))
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    for text in (data, b"<DIALTEMPLATE>" + data, b'<DIALTEMPLATE><TEMPLATE MATCH="1" ' + data):
        assert all(one.code in CODES and one.where.line >= 0 for one in read(text).findings)


def test_many_quotes_take_no_time_to_speak_of() -> None:
    assert read(b"<DIALTEMPLATE>" + b'<TEMPLATE "' * 20_000).findings
