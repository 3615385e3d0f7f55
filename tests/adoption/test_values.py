"""Two texts that mean the same to a phone."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringup.adoption.values import canonical, effective
from ringup.phone.parameters import PARAMETERS


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("telnet_level", "01", "1"),
        ("telnet_level", "UNPROVISIONED", "0"),
        ("dst_start_day", "", "0"),
        ("preferred_codec", "G711ULAW", "g711ulaw"),
        ("dst_stop_month", "oct", "10"),
        ("dst_stop_month", "October", "Oct"),
        ("dst_start_day_of_week", "Sunday", "1"),
        ("dst_start_time", "02/00", "2"),
        ("dst_start_time", "2:00", "02:00"),
        ("services_url", "UNPROVISIONED", ""),
        ("phone_password", "", "cisco"),
        ("line1_authname", "UNPROVISIONED", ""),
    ],
)
def test_these_mean_the_same(name: str, one: str, other: str) -> None:
    assert canonical(name, one) == canonical(name, other)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [("telnet_level", "10", "1"), ("line1_name", "0201", "201"), ("new_key", "01", "1"), ("sync", "01", "1")],
)
def test_these_do_not(name: str, one: str, other: str) -> None:
    assert canonical(name, one) != canonical(name, other)


def test_a_line_without_its_own_takes_the_first_ones() -> None:
    values = {"line1_name": "201", "line1_authname": "a", "line1_password": "p", "line2_name": "202"}
    assert effective(values) == {**values, "line2_authname": "a", "line2_password": "p"}
    assert effective({"line2_password": "left over"}) == {}


def test_without_summer_time_its_rule_has_no_effect() -> None:
    assert effective({"dst_auto_adjust": "0", "dst_start_month": "4"}) == {"dst_auto_adjust": "0"}


@given(st.dictionaries(st.sampled_from([*PARAMETERS, "odd"]), st.text(max_size=5), max_size=8))
@example({"dst_stop_month": "0A"})
@example({"dst_stop_month": "0jan"})
def test_what_is_in_one_spelling_stays_so(values: dict[str, str]) -> None:
    once = effective(values)
    assert effective(once) == once


def test_a_month_of_0_is_not_the_default_month() -> None:
    assert effective({"dst_stop_month": "0"}) == {"dst_stop_month": "0"}
