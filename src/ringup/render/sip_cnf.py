"""SIPDefault.cnf and SIP<MAC>.cnf: the parameters that SIP phones read at each boot.

A parameter that is in neither file keeps the value in the phone's flash. So an explicit ``""`` clears a value
that a former owner may have set. Source: P-CNF-1 to P-CNF-5, P-CNF-13.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat

from ringup.errors import Problem, SiteErrors
from ringup.phone import cnf_text
from ringup.phone.clock import clock_settings
from ringup.phone.forced_keys import bare_values
from ringup.phone.models import MODELS
from ringup.phone.parameters import PARAMETERS, ParameterKind
from ringup.render.page_urls import shared_urls, urls_with_token
from ringup.site.model import Line, Phone, Site
from ringup.site.secret_faults import command_to_set
from ringup.site.zones import posix_rule

DIAL_TEMPLATE = "dialplan"
"""The name of the dial template without ``.xml``, which the phone adds.

After a check-sync, a phone always fetches ``dialplan.xml`` in lower case (P-DIAL-19).
"""

DEFAULT_PASSWORD = "cisco"  # noqa: S105 - the documented default; written so that a former owner's goes
LONGEST_PROMPT = PARAMETERS["phone_prompt"].longest
LONGEST_DISPLAY_NAME = PARAMETERS["line1_displayname"].longest
"""Maximum number of characters; the phone ignores a longer value entirely (SIPCC's buffer has 32 bytes)."""

PROXIES = range(1, 7)
"""The parameters that name the proxies of all lines.

Lines 2 to 6 may use proxy1 by default, but no source proves it, and the flash may contain other values.
"""

_KEY_NAMES = {
    model.name: tuple(
        f"line{key}_{field}"
        for key in range(1, model.lines + 1)
        for field in ("name", "authname", "password", "shortname", "displayname")
    )
    for model in MODELS.values()
}
"""The parameters of all lines of each model; they are all written, so a line without an account is
cleared.
"""

_NUMERIC = frozenset({ParameterKind.INTEGER, ParameterKind.SWITCH, ParameterKind.PORT})
_NUMBERS = frozenset(name for name, row in PARAMETERS.items() if row.kind in _NUMERIC)
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\"]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PLAIN_SECRETS = re.compile(r"[\x20\x21\x23-\x7e\xa0-\xff]{0,512}")
"""Matches a phone's passwords, joined into one text, if ordinary rows can contain all of them."""

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
    # This order cannot be confused with another one; the phone's own default is M/D/Y.
    "date_format": "Y/M/D",
    "dial_template": DIAL_TEMPLATE,
    "user_info": "none",
    "voip_control_port": "5060",
    # NAT support is off on purpose. The ports follow P-SIP-1: the PBX must reply to the port in Via.
    "nat_enable": "0",
    "nat_address": "",
    "nat_received_processing": "0",
    "telnet_level": "0",
    "phone_password": DEFAULT_PASSWORD,
    # These are cleared, because a second-hand phone may still store its former owner's values.
    "tftp_cfg_dir": "",
    "outbound_proxy": "",
    "proxy_backup": "",
    "proxy_emergency": "",
    "cfwd_url": "",
    "logo_url": "",
    "http_proxy_addr": "",
    "dyn_dns_addr_1": "",
    "dyn_dns_addr_2": "",
    "dyn_tftp_addr": "",
}
"""Parameters with the same value for every site; the site's settings replace and extend them."""


def default_cnf(site: Site, server: str) -> str:
    """Return SIPDefault.cnf: the parameters that all phones share."""
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
        **shared_urls(server),  # The phone uses a URL unchanged.
        "logo_url": f"http://{server}/{site.logo}" if site.logo else "",
        "sntp_server": site.ntp_server or server,
        **clock,
        "sync": site.sync,
    }
    return _file(["SIPDefault.cnf: every phone", *remark], {**computed, **bare_values(site.settings)})


def phone_cnf(site: Site, phone: Phone, server: str) -> str:
    """Return SIP<MAC>.cnf: the parameters of one phone."""
    group = site.group(phone.group)
    computed = {
        "image_version": site.load_of(phone),
        "phone_label": phone.label or (phone.lines[0].name if phone.lines else ""),
        **_prompt(phone),
        **urls_with_token(site, phone, server),
        **({"phone_password": phone.password} if phone.password else {}),
    }
    accounts = chain(*map(_account, phone.lines), repeat(""))
    computed |= zip(_KEY_NAMES[phone.model], accounts, strict=False)
    # The phone reads this file after SIPDefault.cnf. So a setting of the site must also replace the value in
    # this file.
    shared = {name: value for name, value in bare_values(site.settings).items() if name in computed}
    own = bare_values(group.settings if group else {}, phone.settings)
    values = computed | shared | own
    remark = f"SIP{phone.mac}.cnf: this phone"
    if _PLAIN_SECRETS.fullmatch("".join((phone.password, *(line.secret for line in phone.lines)))):
        return _file([remark], values)
    rows = _secret_rows(phone)
    return _file([remark], {name: value for name, value in values.items() if name not in rows}) + "".join(
        rows.values()
    )


def _secret_rows(phone: Phone) -> dict[str, str]:
    """Return each password's row.

    If no row can contain the password, a comment says so, and the phone keeps the password that it has
    stored.
    """
    secrets = {n: (f"line{n}_password", line.secret) for n, line in enumerate(phone.lines, 1)}
    if phone.password:
        secrets[0] = ("phone_password", phone.password)
    return {
        name: cnf_text.row(name, secret)
        or f"# {name} is left out: no line here can hold it. Set another: {command_to_set(phone.mac, n)}\n"
        for n, (name, secret) in secrets.items()
    }


def _account(line: Line) -> tuple[str, ...]:
    """Return the values for one line, in the order of _KEY_NAMES."""
    name = line.extension
    return (
        name,
        line.auth_name or name,
        line.secret,
        line.short_name or name,
        (line.display_name or line.name)[:LONGEST_DISPLAY_NAME],
    )


def _prompt(phone: Phone) -> dict[str, str]:
    """Return the telnet prompt; it names the phone, so that an administrator does not reset the wrong one."""
    return {"phone_prompt": phone.lines[0].extension[:LONGEST_PROMPT]} if phone.lines else {}


def _clock(site: Site) -> tuple[dict[str, str], list[str]]:
    """Return the parameters for the time zone and summer time.

    If the phone cannot follow the zone, they stand for Greenwich time, and a remark says why.
    """
    try:
        return clock_settings(posix_rule(site.time_zone)), []
    except ValueError as error:
        remark = f"{_printable(site.time_zone)}: {_printable(str(error))}; Greenwich time instead"
        return {"time_zone": "GMT", "dst_auto_adjust": "0"}, [remark]


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The prepared rows of a file.

    They are made once per set of parameters, because a site may have 10,000 files, most of them with the same
    parameters.
    """

    template: str
    numbers: tuple[str, ...]
    """The parameters with a number as their value, which is written without quotes."""
    all_known: bool


@lru_cache(maxsize=256)
def _rows(names: tuple[str, ...]) -> _Rows:
    rows = [f"{name}: %s\n" if name in _NUMBERS else f'{name}: "%s"\n' for name in names]
    numbers = tuple(name for name in names if name in _NUMBERS)
    return _Rows("".join(rows), numbers, all_known=PARAMETERS.keys() >= set(names))


def _number(value: str) -> str:
    """Return a number without quotes, as in Cisco's own files, and any other value in quotes."""
    return value if value.isascii() and value.isdigit() else f'"{value}"'


def _file(remarks: list[str], values: dict[str, str]) -> str:
    rows = _rows(tuple(values))
    if not rows.all_known or _FORBIDDEN.search("".join(values.values())):
        bare = _bare_rows(values)
        if bare:
            usual = {name: value for name, value in values.items() if name not in bare}
            return _file(remarks, usual) + "".join(bare.values())
    if rows.numbers:
        values = values | {name: _number(values[name]) for name in rows.numbers}
    return "".join(f"# {remark}\n" for remark in remarks) + rows.template % tuple(values.values())


def _bare_rows(values: Mapping[str, str]) -> dict[str, str]:
    """Return rows without quotes for values that contain a double quote.

    Raises SiteErrors for a value that would break its row.
    """
    rows = {}
    for name, value in values.items():
        if not _KEY.fullmatch(name):
            raise SiteErrors([Problem("settings", f"{name!r} is not the name of a parameter.", "Remove it.")])
        if not _FORBIDDEN.search(value):
            continue
        row = None if _CONTROL.search(value) else cnf_text.row(name, value)
        if row is None:
            what = "its value holds a control character, or a double quote where none can be."
            raise SiteErrors([Problem(f"setting {name}", what, "Leave it out.")])
        rows[name] = row
    return rows
