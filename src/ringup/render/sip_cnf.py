"""SIPDefault.cnf and SIP<MAC>.cnf: what the phones' SIP firmware reads at each boot.

A value that is in neither file stays what the phone's flash holds, so what a former owner may have set is
cleared by an explicit ``""``. Source: the fact sheet's §3.
"""

import re
from collections.abc import Iterator, Mapping

from ringup.errors import Problem, SiteErrors
from ringup.phone.clock import clock_settings
from ringup.phone.forced_keys import bare_values
from ringup.phone.models import MODELS
from ringup.phone.parameters import PARAMETERS, Kind
from ringup.site.model import Line, Phone, Site
from ringup.site.zones import posix_rule

DIAL_TEMPLATE = "dialplan"
"""The phone adds ``.xml`` and copies the case; check-sync always fetches ``dialplan.xml`` (§8)."""

DEFAULT_PASSWORD = "cisco"  # noqa: S105 - the documented default; written so that a former owner's goes
LONGEST_PROMPT = PARAMETERS["phone_prompt"].longest
LONGEST_DISPLAY_NAME = PARAMETERS["line1_displayname"].longest
"""Characters; the phone rejects a longer value whole (SIPCC's buffer of 32)."""

PROXIES = range(1, 7)
"""Written for all lines: that 2 to 6 fall back to proxy1 is only recalled, and flash may hold others."""

_NUMERIC = frozenset({Kind.INTEGER, Kind.SWITCH, Kind.PORT})
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\"]")

FIXED: dict[str, str] = {
    "proxy_register": "1",
    "timer_register_expires": "3600",
    "preferred_codec": "g711ulaw",
    "enable_vad": "0",
    "dtmf_inband": "1",
    "dtmf_outofband": "avt",
    "dtmf_avt_payload": "101",
    "dtmf_db_level": "3",
    "sntp_mode": "unicast",
    "time_format_24hr": "1",
    # The one order that no reader mistakes for another; the phone's own default is M/D/Y.
    "date_format": "Y/M/D",
    "dial_template": DIAL_TEMPLATE,
    "user_info": "none",
    "voip_control_port": "5060",
    # Off on purpose, with the ports explained in §9.1: the PBX answers to the port in Via.
    "nat_enable": "0",
    "nat_address": "",
    "nat_received_processing": "0",
    "telnet_level": "0",
    "phone_password": DEFAULT_PASSWORD,
    # Cleared: a second-hand phone may still know its former owner's.
    "tftp_cfg_dir": "",
    "outbound_proxy": "",
    "proxy_backup": "",
    "proxy_emergency": "",
    "cfwd_url": "",
    "services_url": "",
    "directory_url": "",
    "logo_url": "",
    "http_proxy_addr": "",
    "dyn_dns_addr_1": "",
    "dyn_dns_addr_2": "",
    "dyn_tftp_addr": "",
}
"""What every site starts from; the site's settings replace and extend it."""


def default_cnf(site: Site, server: str) -> str:
    """SIPDefault.cnf: what all phones share."""
    clock, remark = _clock(site)
    proxies = {
        key: value
        for n in PROXIES
        for key, value in (
            (f"proxy{n}_address", site.pbx.address or server),
            (f"proxy{n}_port", str(site.pbx.port)),
        )
    }
    computed = {
        "image_version": site.load,
        **proxies,
        **FIXED,
        "messages_uri": site.pbx.messages,
        "sntp_server": site.ntp_server or server,
        **clock,
        "sync": site.sync,
    }
    return _file(["SIPDefault.cnf: every phone", *remark], {**computed, **bare_values(site.settings)})


def phone_cnf(site: Site, phone: Phone, server: str) -> str:
    """SIP<MAC>.cnf: what one phone has of its own."""
    computed = {
        "image_version": site.load_of(phone),
        "phone_label": phone.label or (phone.lines[0].name if phone.lines else ""),
        **_prompt(phone),
        **({"phone_password": phone.password} if phone.password else {}),
    }
    for key in range(1, MODELS[phone.model].lines + 1):
        line = phone.lines[key - 1] if key <= len(phone.lines) else None
        computed |= _line(key, line)
    group = site.group(phone.group)
    own = bare_values(group.settings if group else {}, phone.settings)
    # A setting of the whole site replaces what this file would otherwise say after SIPDefault.cnf said it.
    shared = {name: value for name, value in bare_values(site.settings).items() if name in computed}
    return _file([f"SIP{phone.mac}.cnf: this phone"], {**computed, **shared, **own})


def _line(key: int, line: Line | None) -> dict[str, str]:
    """The account on one key; a key without one is cleared."""
    name = line.extension if line else ""
    return {
        f"line{key}_name": name,
        f"line{key}_authname": (line.auth_name or name) if line else "",
        f"line{key}_password": line.secret if line else "",
        f"line{key}_shortname": (line.short_name or name) if line else "",
        f"line{key}_displayname": (line.display_name or line.name)[:LONGEST_DISPLAY_NAME] if line else "",
    }


def _prompt(phone: Phone) -> dict[str, str]:
    """The telnet prompt names the phone, so that nobody resets the wrong one."""
    return {"phone_prompt": phone.lines[0].extension[:LONGEST_PROMPT]} if phone.lines else {}


def _clock(site: Site) -> tuple[dict[str, str], list[str]]:
    """Zone and summer time; where the phone cannot follow, Greenwich time and a remark saying why."""
    try:
        return clock_settings(posix_rule(site.time_zone)), []
    except ValueError as error:
        remark = f"{_printable(site.time_zone)}: {_printable(str(error))}; Greenwich time instead"
        return {"time_zone": "GMT", "dst_auto_adjust": "0"}, [remark]


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _file(remarks: list[str], values: Mapping[str, str]) -> str:
    return "".join(f"{row}\n" for row in (*(f"# {remark}" for remark in remarks), *_rows(values)))


def _rows(values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        if not _KEY.fullmatch(name):
            raise SiteErrors([Problem("settings", f"{name!r} is no parameter's name.", "Remove it.")])
        if _FORBIDDEN.search(value):
            what = "its value holds a control character or a double quote."
            raise SiteErrors([Problem(f"setting {name}", what, "Leave it out.")])
        yield f"{name}: {value}" if _bare(name, value) else f'{name}: "{value}"'


def _bare(name: str, value: str) -> bool:
    """Numbers stand without quotes, as in Cisco's own files; everything else is safe inside them."""
    return name in PARAMETERS and PARAMETERS[name].kind in _NUMERIC and value.isascii() and value.isdigit()
