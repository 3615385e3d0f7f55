"""The file of a dial template, token by token (P-DIAL-1 to P-DIAL-5, P-DIAL-23)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator.sip.dial_file import DialPlan, TemplateEntry, read


def within(text: str) -> DialPlan:
    """Return what is read from these entries."""
    return read(f"<DIALTEMPLATE>{text}</DIALTEMPLATE>".encode("latin-1"))


def test_every_attribute_is_read_whatever_its_case() -> None:
    text = (
        b'<?xml version="1.0"?><dialTemplate><versionStamp>{4711-a}</versionStamp><!-- c -->'
        b'<TEMPLATE match="9,..." Timeout="3" LINE="2" User="IP" rewrite="%1" ROUTE="FQDN"'
        b' TONE="bellcore-outside"></TEMPLATE><TEMPLATE/></dialTemplate>'
    )
    assert read(text) == DialPlan((TemplateEntry("9,...", 3.0, 2, "ip", "%1", "fqdn"), TemplateEntry("")))


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ('<TEMPLATE MATCH="2.."/>', TemplateEntry("2..", 10.0)),
        ('<TEMPLATE MATCH="1" TIMEOUT="5s"/>', TemplateEntry("1", 5.0)),
        ('<TEMPLATE MATCH="1" TIMEOUT="x"/>', TemplateEntry("1", 0.0)),
        ('<TEMPLATE MATCH="1" TIMEOUT=""/>', TemplateEntry("1", 0.0)),
        ('<TEMPLATE MATCH="1" LINE="x"/>', TemplateEntry("1")),
        ('<TEMPLATE MATCH="1" LINE="258"/>', TemplateEntry("1", line=2)),
        ('<TEMPLATE MATCH="1" MATCH="2"/>', TemplateEntry("2")),
        ('<TEMPLATE MATCH = "1"\n></TEMPLATE>', TemplateEntry("1")),
        ('<TEMPLATE MATCH="1"></template>', TemplateEntry("1")),
        ('<TEMPLATE MATCH="1" TONE="Cisco-Zip" TONE="" TONE="Bellcore-Hold"/>', TemplateEntry("1")),
        ('<TEMPLATE MATCH="1" REWRITE="<sip:%s@pbx>"/>', TemplateEntry("1", rewrite="<sip:%s@pbx>")),
        ('<TEMPLATE MATCH="1" REWRITE="&lt;"/>', TemplateEntry("1", rewrite="&lt;")),
        (f'<TEMPLATE MATCH="{"1" * 64}"/>', TemplateEntry("1" * 63)),
        (f'<TEMPLATE MATCH="1" REWRITE="{"2" * 64}"/>', TemplateEntry("1", rewrite="2" * 63)),
        ('<!-- <TEMPLATE MATCH="1"/> <TEMPLATE MATCH="2"/> -->', TemplateEntry("2")),
    ],
)
def test_an_entry_is_read_as_the_phone_reads_it(entry: str, rule: TemplateEntry) -> None:
    assert within(entry) == DialPlan((rule,))


@pytest.mark.parametrize(
    "entry",
    [
        '<TEMPLATE MATCH="1" COLOUR="red"/>',
        '<TEMPLATE MATCH="1" USER="fax"/>',
        '<TEMPLATE MATCH="1" USER=""/>',
        '<TEMPLATE MATCH="1" ROUTE="somewhere"/>',
        '<TEMPLATE MATCH="1" TONE="Bellcore-Nonsense"/>',
        '<TEMPLATE MATCH="1" TONE="" TONE="" TONE="" TONE=""/>',
        '<TEMPLATE MATCH="1" TIMEOUT="-1"/>',
        "<TEMPLATE MATCH='1'/>",
        '<TEMPLATE MATCH "1"/>',
        '<TEMPLATE MATCH="1"><x/></TEMPLATE>',
        '<TEMPLATE MATCH="1"></x>',
        "<versionStamp>12</versionStamp>",
        "<versionStamp>123</version>",
        '</DIALTEMPLATE><TEMPLATE MATCH="1"/><DIALTEMPLATE>',
    ],
)
def test_a_bad_entry_is_an_error_and_the_others_count(entry: str) -> None:
    assert within(f'{entry}<TEMPLATE MATCH="2.."/>') == DialPlan((TemplateEntry("2.."),), 1)


@pytest.mark.parametrize("tag", ["template", "Template", "x"])
def test_another_element_is_passed_over(tag: str) -> None:
    assert within(f'<{tag} MATCH="1"/><TEMPLATE MATCH="2.."/>') == DialPlan((TemplateEntry("2.."),))


def test_an_entry_that_ends_within_an_attribute_is_taken_and_is_an_error() -> None:
    assert within('<TEMPLATE MATCH="1" USER/>') == DialPlan((TemplateEntry("1"),), 1)


def test_a_file_of_8191_bytes_is_read_and_one_of_8192_is_not() -> None:
    text = b'<DIALTEMPLATE><TEMPLATE MATCH="2.."/>%s</DIALTEMPLATE>'
    room = 8191 - len(text % b"")
    assert read(text % (b" " * room)).rules
    assert read(text % (b" " * (room + 1))) == DialPlan(errors=1)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        (b"", 0),
        (b" \r\n", 0),
        (b"<DIALTEMPLATE/>", 0),
        (b"<DIALTEMPLATE>", 0),
        (b"<dialplan/>", 0),
        (b'<dialplan><TEMPLATE MATCH="1"/></dialplan>', 1),
        (b'<DIALTEMPLATE><TEMPLATE MATCH="1', 1),
        (b'<DIALTEMPLATE>\0<TEMPLATE MATCH="1"/>', 0),
        (b"x", 0),
    ],
)
def test_a_file_without_rules_has_none(data: bytes, errors: int) -> None:
    assert read(data) == DialPlan(errors=errors)


pieces = st.sampled_from(
    ["<", "</", ">", "/>", "=", '"', "TEMPLATE", "MATCH", "TONE", "DIALTEMPLATE", "1", "<!"]
)


@given(st.binary(max_size=200) | st.lists(pieces, max_size=30).map(lambda found: "".join(found).encode()))
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    for text in (data, b"<DIALTEMPLATE>" + data, b'<DIALTEMPLATE><TEMPLATE MATCH="' + data):
        assert read(text).errors >= 0
