"""Quoting for Asterisk's files, checked with a reader that works as Asterisk's does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.render import asterisk_text
from tests.render.asterisk_files import entries
from tests.render.sites import odd, plain

LINE_ENDS = list("\0\n\x0b\x0c\r\x1a\x1c\x1d\x1e")


@given(plain)
def test_a_value_arrives_as_it_was(text: str) -> None:
    written = f"key = {asterisk_text.value(text)}\n"
    assert list(entries(written)) == [("", "key", text.strip(" "))]


@given(st.dictionaries(st.sampled_from(("type", "context", "callerid", "secret")), plain))
def test_a_section_has_each_value_as_it_stands_alone(options: dict[str, str]) -> None:
    rows = (f"{key} = {asterisk_text.value(text)}\n" for key, text in options.items() if text)
    assert asterisk_text.section("201", options) == "".join(("\n[201]\n", *rows))


@pytest.mark.parametrize("mark", LINE_ENDS)
def test_no_value_of_a_section_ends_a_line(mark: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        asterisk_text.section("201", {"type": "friend", "secret": f"a{mark}b"})


@pytest.mark.parametrize("mark", LINE_ENDS)
def test_what_ends_a_line_is_refused(mark: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        asterisk_text.value(f"a{mark}b")


@pytest.mark.parametrize("name", ["", "a]b", "a b", "#exec", "a;b", "a\nb", "a/b", "[x", "ä"])
def test_a_name_that_would_not_stay_one_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name"):
        asterisk_text.section_name(name)


@pytest.mark.parametrize("key", ["", "a b", "a=b", "a\nb", "[x]", "a+"])
def test_an_option_that_would_be_another_line_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="is not an option"):
        asterisk_text.section("201", {key: "x"})


def test_an_empty_option_is_left_out() -> None:
    assert asterisk_text.section("201", {"a": "", "b": "1"}) == "\n[201]\nb = 1\n"


@given(odd)
def test_a_caller_id_is_one_quoted_name_and_one_number(name: str) -> None:
    text = asterisk_text.caller_id(name, "201")
    assert text.endswith("<201>")
    assert text.count("<") == text.count(">") == 1
    assert text.count('"') in (0, 2)
    assert ";" not in text
    assert "\\" not in text


@pytest.mark.parametrize(("name", "shown"), [("Ada", '"Ada" <201>'), ("", "<201>"), ("<>", "<201>")])
def test_a_caller_id_without_name_is_its_number(name: str, shown: str) -> None:
    assert asterisk_text.caller_id(name, "201") == shown


@given(odd)
def test_a_field_between_commas_stays_one(text: str) -> None:
    assert not set(asterisk_text.one_field(text)) & {",", "|"}


@given(st.text(max_size=20))
def test_arbitrary_text_is_quoted_or_refused(text: str) -> None:
    try:
        written = asterisk_text.value(text)
    except ValueError:
        return
    assert "\n" not in written
    assert len(list(entries(f"key = {written}"))) == 1


@pytest.mark.parametrize(
    ("secret", "is_held"),
    [
        ("s3cret", True),
        ('s3"cret;#\\', True),
        ("\x1b[2J", True),
        (" a ", True),
        ("x" * 1024, True),
        ("   ", False),
        ("\t\x01", False),
        ("x" * 1025, False),
        ("ü" * 513, False),
        ("a\nb", False),
        ("a\0", False),
    ],
)
def test_a_password_that_asterisk_would_not_read_is_known(secret: str, is_held: bool) -> None:
    assert asterisk_text.can_hold_secret(secret) is is_held
