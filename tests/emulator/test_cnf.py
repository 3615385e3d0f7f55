"""The phone reads `.cnf` files by the rules of Cisco's own parser (P-CNF-1 to P-CNF-11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator.cnf import Rejection, effective, provisioned_lines, read
from ringup.emulator.cnf_parameters import PARAMETERS, Keyword, Number, check, numbered


def settings_of(text: str) -> dict[str, str]:
    reading = read(text.encode("latin-1"), "test.cnf")
    assert reading.rejections == ()
    return dict(reading.settings)


def rejection_of(line: str) -> Rejection:
    reading = read(f"# first\n{line}\n".encode("latin-1"), "test.cnf")
    assert reading.settings == {}
    (rejection,) = reading.rejections
    return rejection


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("line1_name: 201", "201"),
        ('line1_name: "201" ;', "201"),
        ("line1_name: 201 ; the lobby", "201"),
        ('line1_name: "20;1" ; the lobby', "20;1"),
        ("line1_name : 201", "201"),
        ("line1_name:201", "201"),
        ("  LINE1_Name:\t201\r", "201"),
        ('line1_name: "  201"', "  201"),
        ('line1_name: ""', ""),
        ("line1_name:", ""),
        ("line1_name: UNPROVISIONED", ""),
        ("line1_name: sip:201@192.0.2.1", "sip:201@192.0.2.1"),
        ("line1_name: \xe4\xf6\xfc", "\xe4\xf6\xfc"),
    ],
)
def test_every_way_of_writing_a_value_is_read(line: str, value: str) -> None:
    assert settings_of(line) == {"line1_name": value}


def test_comments_and_blank_lines_say_nothing() -> None:
    assert settings_of("# comment: 1\n\n   \n; comment: 2\n\r\n") == {}


def test_a_later_line_wins() -> None:
    assert settings_of("sync: 1\nsync: 2\n") == {"sync": "2"}


@pytest.mark.parametrize("value", ["-1", "+1", "0x65", "1 0", "1.5", '""', "", "one", "\xb2"])
def test_an_integer_is_digits_only(value: str) -> None:
    assert "is not a number of digits only" in rejection_of(f"timer_register_expires: {value}").reason


def test_unprovisioned_is_zero_for_an_integer() -> None:
    assert settings_of("proxy_register: UNPROVISIONED") == {"proxy_register": "0"}


@pytest.mark.parametrize("value", ["0", "65536", "99999999999999999999999"])
def test_a_number_outside_its_range_is_refused(value: str) -> None:
    assert "is not between 1 and 65535" in rejection_of(f"proxy1_port: {value}").reason


def test_a_password_of_31_characters_is_taken_and_one_of_32_refused_whole() -> None:
    assert settings_of("line1_password: " + "x" * 31) == {"line1_password": "x" * 31}
    assert rejection_of("line1_password: " + "x" * 32) == Rejection(
        "test.cnf", 2, "line1_password", "32 characters, the buffer takes 31"
    )


@pytest.mark.parametrize(
    ("key", "most"),
    [
        ("line3_name", 127), ("line3_authname", 128), ("line3_displayname", 31), ("line3_contact", 127),
        ("phone_password", 31), ("phone_prompt", 15), ("sync", 32), ("services_url", 255),
    ],
)  # fmt: skip
def test_each_buffer_takes_one_character_less_than_its_size(key: str, most: int) -> None:
    assert settings_of(f"{key}: {'x' * most}") == {key: "x" * most}
    assert f"{most + 1} characters" in rejection_of(f"{key}: {'x' * (most + 1)}").reason


def test_key_words_are_compared_without_case() -> None:
    assert settings_of("preferred_codec: G711ALAW\nsntp_mode: Unicast\ndtmf_outofband: AVT_always\n") == {
        "preferred_codec": "G711ALAW",
        "sntp_mode": "Unicast",
        "dtmf_outofband": "AVT_always",
    }
    assert "is not one of its words" in rejection_of("preferred_codec: opus").reason


def test_days_are_compared_with_case() -> None:
    assert settings_of("dst_start_day_of_week: Sun\ndst_stop_day_of_week: 1\n")
    assert "is not one of its words" in rejection_of("dst_start_day_of_week: sun").reason


@pytest.mark.parametrize("value", ["192.0.2", "192.0.2.256", "192.0.2.1.5", "tftp.example.org", "192.0.2.x"])
def test_an_address_has_four_groups_up_to_255(value: str) -> None:
    assert settings_of("dyn_tftp_addr: 192.0.2.255")
    assert "is not a dotted address" in rejection_of(f"dyn_tftp_addr: {value}").reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("line1_name 201", "the line has no colon"),
        ("line1_nome: 201", "no such parameter"),
        ('line1_name: "201', "the quote is not closed"),
    ],
)
def test_a_line_that_is_none_is_refused_with_its_reason(line: str, reason: str) -> None:
    assert rejection_of(line).reason == reason


def test_cleared_and_absent_values_are_the_defaults() -> None:
    assert effective({}, "timer_register_expires") == "3600"
    assert effective({"phone_prompt": ""}, "phone_prompt") == "SIP Phone"
    assert effective({}, "proxy3_port") == "5060"
    assert effective({"Domain_Name".lower(): "example.org"}, "Domain_Name") == "example.org"


def test_a_line_needs_a_name_and_a_proxy_and_may_use_line_1s() -> None:
    settings = {"line1_name": "201", "line2_name": "202", "line3_name": "203", "proxy3_address": "192.0.2.9"}
    assert provisioned_lines(settings, "7960") == [3]
    assert provisioned_lines({**settings, "proxy1_address": "192.0.2.1"}, "7960") == [1, 2, 3]


def test_a_7940_has_two_lines() -> None:
    settings = {"proxy1_address": "192.0.2.1"} | {f"line{number}_name": "x" for number in range(1, 7)}
    assert provisioned_lines(settings, "7940") == [1, 2]
    assert provisioned_lines(settings, "7960") == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS.items())
def test_every_default_is_taken_by_its_own_parameter(name: str, parameter: Number | Keyword) -> None:
    assert not parameter.default or check(parameter, parameter.default) is None


@pytest.mark.parametrize(
    "name", ["line1_name", "proxy6_port", "dyn_dns_addr_1", "speed_label2", "call_manager1_addr"]
)
def test_a_numbered_name_is_found_in_the_table(name: str) -> None:
    assert numbered(name)[0] in PARAMETERS


lines = st.one_of(
    st.text(max_size=80),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["line1_password", "sync", "proxy1_port", "tos_media", "sntp_mode", "dyn_tftp_addr"]),
        st.sampled_from([":", " : ", ""]),
        st.sampled_from(['"', "", "; "]),
        st.text(max_size=40),
    ),
)


@given(
    st.one_of(
        st.binary(max_size=300), st.lists(lines).map(lambda each: "\n".join(each).encode("utf-8", "replace"))
    )
)
def test_any_text_is_read_without_raising(data: bytes) -> None:
    reading = read(data, "any.cnf")
    taken = len(reading.settings) + len(reading.rejections)
    assert taken <= data.count(b"\n") + 1
    assert all(
        not value or check(PARAMETERS[numbered(key)[0]], value) is None
        for key, value in reading.settings.items()
    )


@given(st.text(st.characters(max_codepoint=0xFF, exclude_characters='"\n\r'), max_size=31))
def test_a_quoted_password_comes_through_as_written(password: str) -> None:
    reading = read(f'line1_password: "{password}"\n'.encode("latin-1"), "a.cnf")
    expected = "" if password.upper() == "UNPROVISIONED" else password
    assert reading.settings == {"line1_password": expected}
