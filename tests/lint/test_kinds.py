"""The root element of a file decides its kind, not a word inside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.lint.bundle import SourceFile
from ringup.lint.kinds import ContentKind, root_of

DEVICE = b"<device><sipProfile><dialTemplate>dialplan.xml</dialTemplate></sipProfile></device>"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("template.cnf.xml", DEVICE, ContentKind.DEVICE),
        ("{$mac}.cnf.xml", DEVICE, ContentKind.DEVICE),
        ("dialplan.xml", DEVICE, ContentKind.DEVICE),
        ("dialplan.xml", b"", ContentKind.DIAL),
        ("dialplan.xml", b"<DIALTEMPLATES/>", ContentKind.DIAL),
        ("UK.xml", b"<?xml version='1.0'?>\n<!-- ours -->\n<DialTemplate/>", ContentKind.DIAL),
        ("book.xml", b"<CiscoIPPhoneDirectory/>", ContentKind.SERVICE),
        ("menu.xml", b"<menulist/>", ContentKind.XML),
        ("my.cnf", b"# MySQL\n[mysqld]\nlanguage = english\n", ContentKind.OTHER),
        ("openssl.cnf", b"HOME = .\n", ContentKind.OTHER),
        ("template.cnf", b"proxy1_address: x\n", ContentKind.CNF),
    ],
)
def test_the_root_element_says_what_a_file_is(name: str, data: bytes, kind: ContentKind) -> None:
    assert SourceFile(name, data).kind is kind


@pytest.mark.parametrize(
    ("data", "root"),
    [
        (b"\xef\xbb\xbf <?xml version='1.0'?><!DOCTYPE a><!-- <b> --><c x='1'/>", "c"),
        (b"<!-- never ends", ""),
        (b"<?xml", ""),
        (b"no XML", ""),
        (b"", ""),
    ],
)
def test_the_root_is_found_behind_what_may_stand_before_it(data: bytes, root: str) -> None:
    assert root_of(data) == root


@given(st.binary(max_size=200))
def test_any_bytes_have_a_root_or_none(data: bytes) -> None:
    root_of(data)
