"""The rule, the fact and the cure of one wrong value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.lint.rules import RULES
from ringup.lint.value_faults import fault_of, unknown_key
from ringup.phone.parameters import PARAMETERS, FaultCode

VALUES = (
    "7",
    "70001",
    "x",
    "x" * 300,
    'a"b',
    "P003-08-12-00",
    "P0S3-08-12-00",
    "p0s3-8-12-00",
    "P0S3-8-12-00.sb2",
)


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("telnet_level", "7", ("C202", "telnet_level is 7.", "It must be from 0 to 2.")),
        (
            "start_media_port",
            "70001",
            ("C202", "start_media_port is 70001.", "It must be from 16384 to 32766."),
        ),
        (
            "logo_url",
            "x; it must be so. Write y",
            (
                "C207",
                "logo_url is 'x; it must be so. Write y', not a URL the phone can fetch.",
                "It must begin with http://.",
            ),
        ),
        (
            "image_version",
            "P003-08-12-00",
            (
                "C224",
                "load 'P003-08-12-00' is a loader, not an application.",
                "Write P0S3-8-12-00 for SIP.",
            ),
        ),
        ("telnet_level", "1", None),
        ("telnet_level", "", None),
    ],
)
def test_fact_and_cure_are_apart_whatever_the_value_holds(
    name: str, value: str, fault: tuple[str, str, str] | None
) -> None:
    found = fault_of(name, value)
    assert (found and (found.code, found.fault.what, found.fault.cure)) == fault


@given(st.sampled_from(sorted(PARAMETERS)), st.text() | st.sampled_from(VALUES))
def test_every_fault_of_a_value_has_a_rule(name: str, value: str) -> None:
    found = fault_of(name, value)
    assert found is None or found.code in RULES


def test_only_a_misspelt_key_resembles_a_known_one() -> None:
    near, far = unknown_key("telnet_levle"), unknown_key("xyzzy")
    assert near
    assert far
    assert (near.code, near.cure) == (FaultCode.MISSPELT_KEY, "Did you mean telnet_level?")
    assert far.code is FaultCode.UNKNOWN_KEY
