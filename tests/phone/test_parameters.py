"""The parameter table and its check."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.phone.parameters import PARAMETERS, Parameter, ParameterKind, check, check_together
from ringup.render.sip_cnf import FIXED
from ringup.site.model import LONGEST_AUTH_NAME, LONGEST_DISPLAY_NAME
from ringup.site.secret_faults import LONGEST_SECRET

SHEET = """
image_version proxy_register proxy_backup proxy_backup_port proxy_emergency proxy_emergency_port
outbound_proxy outbound_proxy_port auto_answer phone_label phone_prompt phone_password user_info
timer_register_expires timer_register_delta timer_t1 timer_t2 sip_retx sip_invite_retx
timer_invite_expires preferred_codec enable_vad tos_media dtmf_inband dtmf_outofband
dtmf_avt_payload dtmf_db_level start_media_port end_media_port voip_control_port nat_enable
nat_address nat_received_processing remote_party_id callerid_blocking anonymous_call_block
dnd_control call_hold_ringback call_waiting autocomplete cnf_join_enable semi_attended_transfer
transfer_onhook_enabled rfc_2543_hold local_cfwd_enable cfwd_url call_stats stutter_msg_waiting
messages_uri services_url directory_url logo_url http_proxy_addr http_proxy_port dial_template
tftp_cfg_dir sync telnet_level network_media_type network_port2_type dyn_dns_addr_1 dyn_dns_addr_2
dyn_tftp_addr Domain_Name sntp_server sntp_mode time_zone time_format_24hr date_format
dst_auto_adjust dst_offset language
"""
NUMBERED = (
    "proxy{}_address proxy{}_port call_manager{}_addr call_manager{}_sip_port line{}_name line{}_shortname "
    "line{}_displayname line{}_authname line{}_password line{}_contact"
)
DST = [f"dst_{edge}_{part}" for edge in ("start", "stop")
       for part in ("month", "day", "day_of_week", "week_of_month", "time")]  # fmt: skip


def test_every_known_parameter_has_its_row() -> None:
    numbered = [name.format(n) for name in NUMBERED.split() for n in range(1, 7)]
    speed_dials = [f"speed_{part}{n}" for part in ("line", "label") for n in range(1, 7)]
    assert set(PARAMETERS) == {*SHEET.split(), *numbered, *speed_dials, *DST}


@pytest.mark.parametrize("row", PARAMETERS.values(), ids=lambda row: row.name)
def test_every_default_passes_its_own_check(row: Parameter) -> None:
    assert row.default is None or check(row.name, row.default) is None
    assert row.confidence in "DLIR"
    assert row.meaning.endswith(".")
    assert row.source.startswith(("P-PARAM-", "P-CLOCK-"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("line1_password", "x" * 31),
        ("line3_name", "x" * 127),
        ("phone_prompt", "x" * 15),
        ("timer_register_expires", "3932100"),
        ("dtmf_outofband", "AVT_Always"),
        ("preferred_codec", "none"),
        ("telnet_level", "2"),
        ("telnet_level", "UNPROVISIONED"),
        ("services_url", "http://192.168.1.10/menu"),
        ("services_url", ""),
        ("nat_address", "phones.example.com"),
        ("proxy1_address", "USECALLMANAGER"),
        ("dyn_tftp_addr", "192.168.1.10"),
        ("start_media_port", "16384"),
        ("dst_start_day", ""),
        ("dst_start_week_of_month", "8"),
        ("dst_stop_month", "oct"),
        ("dst_stop_time", "02/30"),
        ("time_zone", "8"),
        ("image_version", "P0S3-8-12-00"),
        ("network_port2_type", "hub/switch"),
        ("network_port2_type", "PC"),
        ("time_format_24hr", "3"),
        ("date_format", "YY-M-D"),
        ("language", "english"),
    ],
)
def test_a_value_inside_the_limits_passes(name: str, value: str) -> None:
    assert check(name, value) is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("line1_password", "x" * 32, "has 32 characters; the phone takes 31"),
        ("line1_name", "x" * 128, "takes 127"),
        ("phone_prompt", "x" * 16, "takes 15"),
        ("timer_register_expires", "3932101", "from 1 to 3932100"),
        ("timer_register_expires", "0", "from 1 to 3932100"),
        ("telnet_level", "", "digits only"),
        ("telnet_level", "-1", "digits only"),
        ("telnet_level", "0x1", "digits only"),
        ("telnet_level", "+1", "digits only"),
        ("telnet_level", "٣", "outside Latin-1"),
        ("timer_t1", "9" * 40, "at least 1"),
        ("proxy_register", "2", "from 0 to 1"),
        ("tos_media", "6", "from 0 to 5"),
        ("start_media_port", "16385", "even"),
        ("dst_start_week_of_month", "7", "one of 1, 2, 3, 4, 5, 6, 8"),
        ("dst_start_day_of_week", "sun", "spelt exactly so"),
        ("dst_start_day_of_week", "8", "from 1"),
        ("dst_start_month", "Octobre", "a month like"),
        ("dst_start_time", "24:00", "hh:mm"),
        ("time_zone", "5:30", "whole number of hours"),
        ("user_info", "fax", "none, phone, ip"),
        ("dyn_tftp_addr", "192.168.1", "four numbers"),
        ("sntp_server", "300.1.1.1", "neither an address nor a host name"),
        ("logo_url", "https://x/", "http://"),
        ("services_url", "http://" + "x" * 249, "takes 255"),
        ("image_version", "P0S3-08-12-00", "P0S3-8-12-00"),
        ("cfwd_url", 'a"b', "double quote"),
        ("cfwd_url", "a\nb", "control character"),
        ("phone_label", "日本", "Latin-1"),
        ("telnet_levle", "1", "Did you mean telnet_level?"),
        ("domain_name", "x", "Did you mean Domain_Name?"),
    ],
)
def test_a_value_outside_the_limits_is_refused_with_the_limit(name: str, value: str, words: str) -> None:
    fault = check(name, value)
    assert fault is not None
    assert words in str(fault)
    assert fault.what.endswith(".")
    assert fault.cure.endswith((".", "?"))


@given(st.sampled_from(sorted(PARAMETERS)), st.text())
def test_no_text_upsets_the_check(name: str, value: str) -> None:
    fault = check(name, value)
    assert fault is None or (fault.what.endswith(".") and fault.cure.endswith((".", "?")))


@given(st.integers(-10, 10**12))
def test_an_integer_passes_exactly_inside_its_range(number: int) -> None:
    for row in PARAMETERS.values():
        if (
            row.kind is ParameterKind.INTEGER
            and row.least is not None
            and row.most is not None
            and not row.values
        ):
            fits = row.least <= number <= row.most and not (row.even and number % 2)
            assert (check(row.name, str(number)) is None) == fits


def test_what_ringup_computes_names_its_record() -> None:
    assert PARAMETERS["line2_password"].record == "line 2's secret"
    assert PARAMETERS["image_version"].record == "load"
    assert PARAMETERS["proxy1_address"].record == "pbx.address"
    assert PARAMETERS["telnet_level"].record == ""


def test_timers_and_ports_must_fit_each_other() -> None:
    assert check_together({}) == []
    assert check_together({"timer_t1": "4000"})[0].cure == "Raise it."
    assert (
        "end_media_port" in check_together({"start_media_port": "20000", "end_media_port": "20000"})[0].what
    )


def test_the_records_and_the_files_have_the_tables_limits() -> None:
    assert PARAMETERS["line1_password"].longest == PARAMETERS["phone_password"].longest == LONGEST_SECRET
    assert PARAMETERS["line1_displayname"].longest == LONGEST_DISPLAY_NAME
    assert PARAMETERS["line1_authname"].longest == LONGEST_AUTH_NAME
    assert [name for name, value in FIXED.items() if check(name, value)] == []


def test_every_row_says_from_when_to_when_and_how_a_change_works() -> None:
    for row in PARAMETERS.values():
        assert re.fullmatch(r"|\d\.\d+", row.since)
        assert re.fullmatch(r"|\d\.\d+", row.until)
        assert row.needs_restart
