"""Parameters and values that the operator forces although the table refuses them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.phone.forced_keys import (
    MARK,
    bare,
    bare_values,
    check_forced,
    is_forced,
    marked,
    merged,
    other_spelling,
)
from ringup.phone.parameters import PARAMETERS, check

KEYS = st.sampled_from(["telnet_level", "reg.1.displayName", "proxy1_address", "unknown_key"])
LEVELS = st.lists(
    st.dictionaries(KEYS | KEYS.map(lambda name: MARK + name), st.sampled_from(["0", "1", "9", ""])),
    max_size=3,
)


def test_only_what_the_catalogue_refuses_or_computes_is_marked() -> None:
    settings = {"telnet_level": "1", "tos_media": "9", "reg.1.displayName": "Ann", "proxy1_address": "pbx"}
    assert marked(settings) == {
        "telnet_level": "1",
        "force:tos_media": "9",
        "force:reg.1.displayName": "Ann",
        "force:proxy1_address": "pbx",
    }
    assert marked(marked(settings)) == marked(settings)


def test_the_nearest_level_wins_marked_or_not() -> None:
    levels = ({"telnet_level": "1", "x": "a"}, {"force:telnet_level": "7"}, {"force:x": "b"})
    assert merged(levels) == {"force:telnet_level": "7", "force:x": "b"}
    assert bare_values(*levels) == {"telnet_level": "7", "x": "b"}
    assert merged(reversed(levels)) == {"telnet_level": "1", "x": "a"}


@given(LEVELS)
def test_a_key_is_told_once_whatever_is_marked(levels: list[dict[str, str]]) -> None:
    result = merged(levels)
    assert len({bare(name) for name in result}) == len(result)
    assert all(other_spelling(name) not in result for name in result)
    assert bare_values(*levels) == {bare(name): value for name, value in result.items()}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("force:a b", "1", "cannot be a key"),
        ("force:", "1", "cannot be a key"),
        ("force:x#y", "1", "cannot be a key"),
        ("force:line1_password", "x" * 32, "Set it as line 1's secret"),
        ("force:admin_password", "x", "looks like a password"),
        ("force:x", '"a', "double quote"),
        ("force:x", 'a";b', "double quote"),
        ("force:x", "a\nb", "control character"),
        ("force:x", "日本", "Latin-1"),
    ],
)
def test_some_things_no_force_lets_through(name: str, value: str, words: str) -> None:
    fault = check_forced(name, value)
    assert fault is not None
    assert words in str(fault)


def test_a_double_quote_is_let_through_where_a_bare_line_can_hold_it() -> None:
    assert check_forced("force:phone_label", 'Larry "the" boss') is None


@given(st.sampled_from(sorted(PARAMETERS)), st.text("0159a.", max_size=4))
def test_what_marking_gives_always_passes_unless_it_is_a_password(name: str, value: str) -> None:
    [(kept, _)] = marked({name: value}).items()
    if "password" in name:
        return
    fault = check_forced(kept, value) if is_forced(kept) else check(kept, value)
    assert fault is None
