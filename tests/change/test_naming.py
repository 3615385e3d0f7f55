"""A phone can be named in the ways that people use."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.change.naming import mac_of
from ringup.errors import SiteErrors
from ringup.site.model import Line, Phone, Site

ANNA, BERT, CARL = "001646C0FFE1", "001646C0FFE2", "001646C0FFE3"
SITE = Site(
    phones=(
        Phone(mac=ANNA, label="Reception", lines=(Line(extension="201", secret="s" * 12, name="Anna"),)),
        Phone(mac=BERT, label="Sales 1", lines=(Line(extension="202", secret="s" * 12, name="Bert"),)),
        Phone(mac=CARL, label="Sales 2", lines=(Line(extension="203", secret="s" * 12, name="202"),)),
    )
)


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("00:16:46:c0:ff:e1", ANNA),
        ("000E84C060A6", "000E84C060A6"),
        ("201", ANNA),
        ("202", BERT),
        (" reception ", ANNA),
        ("rec", ANNA),
        ("BERT", BERT),
        ("sales 2", CARL),
    ],
)
def test_a_mac_an_extension_a_label_or_a_name_is_a_phone(text: str, mac: str) -> None:
    assert mac_of(SITE, text) == mac


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sales", "may mean 001646C0FFE2 (202), 001646C0FFE3 (203)"),
        ("204", "Did you mean"),
        ("00:16", "12 hexadecimal digits"),
        ("", "not a MAC, extension, label or name"),
    ],
)
def test_what_means_no_phone_or_several_is_told(text: str, said: str) -> None:
    with pytest.raises(SiteErrors) as caught:
        mac_of(SITE, text)
    assert said in str(caught.value)


@given(st.text(max_size=20))
def test_any_text_gives_a_mac_or_an_error(text: str) -> None:
    with suppress(SiteErrors):
        assert len(mac_of(SITE, text)) == 12
