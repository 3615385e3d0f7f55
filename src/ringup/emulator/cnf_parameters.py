"""The `.cnf` parameters that a 7940/7960 accepts, with their ranges and buffer sizes (P-PARAM, P-CNF-10).

The N in a name stands for 1, 2, 3 …. Buffer sizes include the closing NUL. [I] A number outside its range is
refused like a text that is not a number. No source confirms this for any parameter, and for dtmf_avt_payload
a source says the opposite.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from typing import NamedTuple

URL_BUFFER = 256
OTHER_BUFFER = 256
"""Buffer size in bytes of texts for which no source gives a size. [R]"""


@dataclass(frozen=True, slots=True)
class Number:
    """A parameter whose value is an unsigned integer in a range, written in digits only."""

    low: int
    high: int
    default: str = ""
    is_integer: bool = True


@dataclass(frozen=True, slots=True)
class TextParameter:
    """A parameter whose value is a text, shorter than its buffer."""

    buffer: int = OTHER_BUFFER
    default: str = ""
    is_integer: bool = False


@dataclass(frozen=True, slots=True)
class Keyword:
    """A parameter whose value is one word of a list."""

    words: tuple[str, ...]
    default: str = ""
    case_matters: bool = False
    """True if upper and lower case must match the list: only the names of days (P-CLOCK-5)."""
    is_integer: bool = False


@dataclass(frozen=True, slots=True)
class DottedAddress:
    """A parameter whose value is a dotted IPv4 address: exactly four decimal groups up to 255."""

    default: str = ""
    is_integer: bool = False


Parameter = Number | TextParameter | Keyword | DottedAddress

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTH_WORDS = (*_MONTHS, *(name[:3] for name in _MONTHS), *(str(number) for number in range(1, 13)))
_DAY_WORDS = (*_DAYS, *(name[:3] for name in _DAYS), *(str(number) for number in range(1, 8)))


def _port(default: str = "5060") -> Number:
    return Number(1, 65535, default)


def _switch(default: str) -> Number:
    return Number(0, 1, default)


PARAMETERS: dict[str, Parameter] = {
    "image_version": TextParameter(),
    "proxyN_address": TextParameter(),
    "proxyN_port": _port(),
    "call_managerN_addr": TextParameter(),
    "call_managerN_sip_port": _port(),
    "proxy_register": _switch("0"),
    "proxy_backup": TextParameter(),
    "proxy_backup_port": _port(),
    "proxy_emergency": TextParameter(),
    "proxy_emergency_port": _port(),
    "outbound_proxy": TextParameter(),
    "outbound_proxy_port": _port(),
    "lineN_name": TextParameter(128),
    "lineN_shortname": TextParameter(128),  # [R] The size of lineN_name, whose place it takes.
    "lineN_displayname": TextParameter(32),
    "lineN_authname": TextParameter(129),
    "lineN_password": TextParameter(32),
    "lineN_contact": TextParameter(128),
    "speed_lineN": TextParameter(),
    "speed_labelN": TextParameter(),
    "auto_answer": Number(0, 63, "0"),
    "phone_label": TextParameter(),
    "phone_prompt": TextParameter(16, "SIP Phone"),
    "phone_password": TextParameter(32, "cisco"),
    "user_info": Keyword(("none", "phone", "ip"), "none"),
    "timer_register_expires": Number(1, 3_932_100, "3600"),
    "timer_register_delta": Number(0, 2**31 - 1, "5"),
    "timer_t1": Number(1, 2**31 - 1, "500"),
    "timer_t2": Number(1, 2**31 - 1, "4000"),
    "sip_retx": Number(0, 2**31 - 1, "10"),
    "sip_invite_retx": Number(0, 2**31 - 1, "6"),
    "timer_invite_expires": Number(1, 2**31 - 1, "180"),
    "preferred_codec": Keyword(("g711ulaw", "g711alaw", "g729a", "none"), "g711ulaw"),
    "enable_vad": _switch("0"),
    "tos_media": Number(0, 5, "5"),
    "dtmf_inband": _switch("1"),
    "dtmf_outofband": Keyword(("none", "avt", "avt_always"), "avt"),
    "dtmf_avt_payload": Number(96, 2**31 - 1, "101"),  # The phone uses 101 for a value above 127.
    "dtmf_db_level": Number(1, 5, "3"),
    "start_media_port": Number(16384, 32766, "16384"),
    "end_media_port": Number(16384, 32766, "32766"),
    "voip_control_port": _port(),
    "nat_enable": _switch("0"),
    "nat_address": TextParameter(),
    "nat_received_processing": _switch("0"),
    "remote_party_id": _switch("0"),
    "callerid_blocking": Number(0, 3, "0"),
    "anonymous_call_block": Number(0, 3, "0"),
    "dnd_control": Number(0, 3, "0"),
    "call_hold_ringback": Number(0, 3, "0"),
    "call_waiting": Number(0, 3, "1"),
    "autocomplete": _switch("1"),
    "cnf_join_enable": _switch("1"),
    "semi_attended_transfer": _switch("1"),
    "transfer_onhook_enabled": _switch("0"),
    "rfc_2543_hold": _switch("0"),
    "local_cfwd_enable": _switch("1"),
    "cfwd_url": TextParameter(URL_BUFFER),
    "call_stats": _switch("0"),
    "stutter_msg_waiting": _switch("0"),
    "messages_uri": TextParameter(),
    "services_url": TextParameter(URL_BUFFER),
    "directory_url": TextParameter(URL_BUFFER),
    "logo_url": TextParameter(URL_BUFFER),
    "http_proxy_addr": TextParameter(),
    "http_proxy_port": _port("80"),
    "dial_template": TextParameter(),
    "tftp_cfg_dir": TextParameter(),
    "sync": TextParameter(33, "1"),
    "telnet_level": Number(0, 2, "0"),
    "network_media_type": Keyword(("auto", "full100", "half100", "full10", "half10"), "auto"),
    "network_port2_type": Keyword(("hub/switch", "pc", "router"), "hub/switch"),
    "dyn_dns_addr_N": DottedAddress(),
    "dyn_tftp_addr": DottedAddress(),
    "domain_name": TextParameter(),
    "sntp_server": TextParameter(OTHER_BUFFER, "0.0.0.0"),
    "sntp_mode": Keyword(("unicast", "multicast", "anycast", "directedbroadcast"), "directedbroadcast"),
    "time_zone": TextParameter(),
    "time_format_24hr": Number(0, 3, "1"),
    "date_format": TextParameter(OTHER_BUFFER, "M/D/Y"),
    "dst_auto_adjust": _switch("1"),
    # Documented as "hours". No source shows whether 00/30 is valid, so any text is accepted.
    "dst_offset": TextParameter(OTHER_BUFFER, "1"),
    "dst_start_month": Keyword(_MONTH_WORDS, "April"),
    "dst_stop_month": Keyword(_MONTH_WORDS, "Oct"),
    "dst_start_day": TextParameter(),
    "dst_stop_day": TextParameter(),
    "dst_start_day_of_week": Keyword(_DAY_WORDS, "Sun", case_matters=True),
    "dst_stop_day_of_week": Keyword(_DAY_WORDS, "Sun", case_matters=True),
    "dst_start_week_of_month": Number(1, 8, "1"),
    "dst_stop_week_of_month": Number(1, 8, "8"),
    "dst_start_time": TextParameter(OTHER_BUFFER, "2"),
    "dst_stop_time": TextParameter(OTHER_BUFFER, "2"),
}
"""Every parameter by its name in lower case."""

DEFAULTS = {name: parameter.default for name, parameter in PARAMETERS.items()}

_NUMBERED = re.compile(r"(proxy|call_manager|line|speed_line|speed_label|dyn_dns_addr_)(\d)(_\w+)?")


class NumberedName(NamedTuple):
    """A parameter's name, split into the name with N and the number of its line."""

    stem: str
    """The name with N for the number, like ``lineN_name``; a name without a number is unchanged."""
    number: int
    """The line's number; 0: the name has none."""


def numbered(name: str) -> NumberedName:
    """Split the name ``line2_name`` into ``lineN_name`` and 2."""
    match = _NUMBERED.fullmatch(name.lower())
    if match is None:
        return NumberedName(name.lower(), 0)
    return NumberedName(f"{match[1]}N{match[3] or ''}", int(match[2]))


def check(parameter: Parameter, value: str) -> str | None:
    """Return why the phone rejects a value, or None if it accepts the value."""
    match parameter:
        case Number(low, high):
            return _check_number(value, low, high)
        case TextParameter(buffer):
            length = len(value)
            return f"{length} characters, the buffer takes {buffer - 1}" if length >= buffer else None
        case Keyword(words, _, case_matters):
            known = words if case_matters else tuple(word.lower() for word in words)
            given = value if case_matters else value.lower()
            return None if given in known or not value else f"{value[:40]!r} is not one of its words"
        case DottedAddress():
            return None if not value or _is_address(value) else f"{value[:40]!r} is not a dotted address"


def _check_number(value: str, low: int, high: int) -> str | None:
    if not value or not value.isascii() or not value.isdigit():
        return f"{value[:40]!r} is not a number of digits only"
    # More digits than any range has: out of range, so that a huge number is never converted.
    digits = value.lstrip("0") or "0"
    if len(digits) > 10 or not low <= int(digits) <= high:
        return f"{value[:40]} is not between {low} and {high}"
    return None


def _is_address(value: str) -> bool:
    try:
        IPv4Address(value)
    except AddressValueError:
        return False
    return True
