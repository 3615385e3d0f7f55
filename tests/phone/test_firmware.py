"""Names of loads."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.phone.firmware import check_load, loader_of, protocol_of, release_of, version_of


@pytest.mark.parametrize(
    ("load", "protocol"),
    [("P0S3-8-12-00", "SIP"), ("P00308010200", "SCCP"), ("P0M3-07-4-00", "MGCP"), ("SIP41.8-5-4S", None)],
)
def test_the_third_and_fourth_character_name_the_protocol(load: str, protocol: str | None) -> None:
    assert protocol_of(load) == protocol


def test_the_loader_of_a_sip_load_has_its_numbers() -> None:
    assert loader_of("P0S3-8-12-00") == "P003-8-12-00"
    assert loader_of("P0S3-08-3-00") == "P003-08-3-00"
    assert loader_of("P00308010200") == "P00308010200"


@pytest.mark.parametrize("load", ["P0S3-06-3-00", "P0S30202", "P0S3-04-4-00", "P00305000200"])
def test_a_load_from_before_the_loader_is_the_image_that_the_pointer_names(load: str) -> None:
    assert loader_of(load) == load


def test_a_name_of_any_age_says_its_release() -> None:
    assert release_of("P0S30202") == (2, 2)
    assert release_of("P00308010200") == (8, 1)
    assert release_of("P0030801SR02") == (8, 1)
    assert release_of("P0S3-8-12-00") == (8, 12)
    assert release_of("SIP41.8-5-4S") is None


def test_a_dashed_name_says_its_release() -> None:
    assert version_of("P0S3-8-12-00") == (8, 12)
    assert version_of("P0S3-08-3-00") == (8, 3)
    assert version_of("P00308010200") is None


@pytest.mark.parametrize(
    "load",
    [
        "P0S3-8-12-00",
        "P0S3-08-11-00",
        "P0S3-08-3-00",
        "P0S3-04-4-00",
        "P0S30202",
        "P00308010200",
        "P0030801SR02",
    ],
)
def test_a_real_name_passes(load: str) -> None:
    assert check_load(load) is None


@pytest.mark.parametrize(
    ("load", "cure"),
    [
        ("P0S3-08-12-00", "its file is P0S3-8-12-00"),
        ("P0S3-8-3-00", "its file is P0S3-08-3-00"),
        ("P0S3-08-03-00", "its file is P0S3-08-3-00"),
        ("P0S3-8-12-00.loads", "Write P0S3-8-12-00."),
        ("P0S3-8-12-00.SB2", "Write P0S3-8-12-00."),
        ("p0s3-8-12-00", "in upper case"),
        ("p0s3-08-12-00", "Write P0S3-8-12-00."),
        ("p0s3-8-12-00.loads", "Write P0S3-8-12-00."),
        ("P0S3-08-12-00.sb2", "Write P0S3-8-12-00."),
        ("P003-8-12-00", "is a loader, not an application. Write P0S3-8-12-00"),
        ("P003-8-12-00.sbn", "Write P0S3-8-12-00."),
        ("SIP41.8-5-4S", "not a 7940/7960 firmware"),
        ("", "not a 7940/7960 firmware"),
        ("P0S3-8-12-00 ", "not a 7940/7960 firmware"),
    ],
)
def test_a_wrong_name_is_refused_with_the_right_one(load: str, cure: str) -> None:
    assert cure in str(check_load(load))


@given(
    st.from_regex(r"[Pp]0([SsMm0])3-[0-9]{1,2}-[0-9]{1,2}-[0-9]{2}(\.loads|\.SB2|\.bin)?", fullmatch=True)
    | st.from_regex(r"[Pp]0[Ss0]3[0-9]{4}([0-9]{4})?(\.zup)?", fullmatch=True)
)
def test_the_name_that_a_refusal_proposes_passes(load: str) -> None:
    fault = check_load(load)
    if fault is not None:
        proposed = re.search(r"P0\w+(-[0-9-]+)?", str(fault).rpartition("'")[2])
        assert proposed is not None
        assert check_load(proposed[0]) is None
