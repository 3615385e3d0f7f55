"""The names of releases."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import SiteErrors
from ringup.phone.firmware import check_load
from ringup.phone.firmware_release import SCCP_RELEASES, SIP_RELEASES, release


@pytest.mark.parametrize(
    ("text", "spoken", "load"),
    [
        ("P0S3-8-12-00", "SIP 8.12", "P0S3-8-12-00"),
        ("P0S3-08-12-00", "SIP 8.12", "P0S3-8-12-00"),
        ("p0s3-8-3-00", "SIP 8.3", "P0S3-08-3-00"),
        ("sip 8.12", "SIP 8.12", "P0S3-8-12-00"),
        ("sip 8.3", "SIP 8.3", "P0S3-08-3-00"),
        ("SIP 8.11", "SIP 8.11", "P0S3-08-11-00"),
        ("sip-4.4", "SIP 4.4", "P0S3-04-4-00"),
        ("sip2.2", "SIP 2.2", "P0S30202"),
        ("P0S30202", "SIP 2.2", "P0S30202"),
        ("sip 3.0", "SIP 3.0", "P0S3-03-0-00"),
        ("P00305000200", "SCCP 5.0", "P00305000200"),
        ("sccp 5.0", "SCCP 5.0", "P00305000200"),
        ("sccp 8.0(9)", "SCCP 8.0", "P00308000900"),
        ("sccp 5.1", "SCCP 5.1", "P0030501zzww"),
        ("P0030801SR02", "SCCP 8.1", "P0030801SR02"),
        ("P0M3-07-4-00", "MGCP 7.4", "P0M3-07-4-00"),
    ],
)
def test_a_name_and_a_version_are_the_same_release(text: str, spoken: str, load: str) -> None:
    found = release(text)
    assert (str(found), found.load) == (spoken, load)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sip 8.13", "there is no SIP 8.13; SIP has 2.0 to 8.12."),
        ("P0S3-08-13-00", "there is no SIP 8.13"),
        ("sip 1.0", "there is no SIP 1.0"),
        ("sccp 9.0", "there is no SCCP 9.0; SCCP has 0.0 to 8.x."),
        ("P003-8-12-00", "is a loader, not an application"),
        ("P0S3-8-12-00.loads", "has an extension"),
        ("SIP41.8-5-4S", "is not a 7940/7960 firmware"),
        ("eight", "is not a 7940/7960 firmware"),
        ("", "is not a 7940/7960 firmware"),
    ],
)
def test_what_is_no_release_is_refused(text: str, message: str) -> None:
    with pytest.raises(SiteErrors) as refused:
        release(text)
    assert message in str(refused.value)


def test_every_listed_release_has_a_name_that_reads_as_itself() -> None:
    for each in (*SIP_RELEASES, *SCCP_RELEASES):
        assert check_load(each.load) is None
        assert release(each.load) == each
        assert release(str(each)) == each


@given(st.text(max_size=20))
def test_any_text_is_a_release_or_refused(text: str) -> None:
    with contextlib.suppress(SiteErrors):
        assert release(text).load
