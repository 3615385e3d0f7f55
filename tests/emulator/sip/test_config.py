"""The configuration of the SIP part of the phone that follows from the stored settings."""

import json

from ringup.emulator.report import Report
from ringup.emulator.sip.config import SipLine, from_settings


def test_a_line_needs_a_name_and_a_proxy_and_inherits_the_first_ones() -> None:
    config = from_settings(
        {
            "proxy1_address": "192.0.2.1", "proxy1_port": "5070",
            "line1_name": "201", "line1_authname": "phone1", "line1_password": "s",
            "line1_displayname": "Anna",
            "line2_name": "202", "line2_authname": "UNPROVISIONED",
            "line3_name": "203", "proxy3_address": "192.0.2.3", "line3_password": "t",
            "line4_name": "UNPROVISIONED",
        },
        address="192.0.2.5", mac="000E84C060A6",
    )  # fmt: skip
    assert config.lines == (
        SipLine(1, "201", "phone1", "s", "192.0.2.1", "Anna", 5070),
        SipLine(2, "202", "phone1", "s", "192.0.2.1", "", 5070),
        SipLine(3, "203", "phone1", "t", "192.0.2.3", "", 5060),
    )
    assert from_settings({"line1_name": "1"}, address="", mac="").lines == ()


def test_the_defaults_are_the_manuals() -> None:
    config = from_settings({}, address="192.0.2.5", mac="000E84C060A6")
    assert not config.proxy_register
    assert (config.register_expires, config.register_delta, config.voip_control_port) == (3600, 5, 5060)
    assert (config.timer_t1, config.timer_t2, config.sip_retx, config.sip_invite_retx) == (0.5, 4.0, 10, 6)


def test_settings_are_numbers_milliseconds_words_and_masks() -> None:
    config = from_settings(
        {
            "proxy_register": "1", "timer_register_expires": "120", "timer_t1": "250", "timer_t2": "x",
            "dtmf_outofband": "AVT_ALWAYS", "user_info": "IP", "auto_answer": "5", "nat_enable": "1",
            "nat_address": "203.0.113.9", "messages_uri": "500",
        },
        address="192.0.2.5", mac="000E84C060A6", dial_template=b"x",
    )  # fmt: skip
    assert config.proxy_register
    assert (config.register_expires, config.timer_t1, config.timer_t2) == (120, 0.25, 4.0)
    assert (config.dtmf_outofband, config.user_info, config.messages_uri) == ("avt_always", "ip", "500")
    assert config.auto_answer == {1, 3}
    assert config.public_address == "203.0.113.9"
    assert config.dial_template == b"x"


def test_a_report_is_one_line_of_json() -> None:
    text = Report(1.5, "call", {"with": "Zoë\n"}).to_json()
    assert text.startswith('{"at": 1.5, "kind": "call", ')
    assert "\n" not in text
    assert json.loads(text)["with"] == "Zoë\n"
