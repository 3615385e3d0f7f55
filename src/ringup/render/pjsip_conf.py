"""ringup_pjsip.conf: an endpoint, an auth and an aor per line, and a transport if the operator has none.

``force_rport=no`` and ``rewrite_contact=no`` matter most, because these phones send from one port and listen
on another. Source: P-AST-1, P-AST-2, P-AST-6; option names from res_pjsip of Asterisk 16 and 22.
"""

from collections.abc import Mapping

from ringup.render.asterisk_text import (
    HEADER,
    caller_id,
    can_hold_secret,
    guest_context,
    left_out,
    section,
)
from ringup.site.guests import guest_lines
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.site.secret_faults import command_to_set

OWN_TRANSPORT = "ringup-udp"

ENDPOINT: dict[str, str] = {
    "type": "endpoint",
    "disallow": "all",
    "allow": "ulaw,alaw",
    "force_rport": "no",
    "rewrite_contact": "no",
    "rtp_symmetric": "no",
    "direct_media": "no",
    "dtmf_mode": "rfc4733",
    "ice_support": "no",
    "media_encryption": "no",
    "timers": "no",
    "100rel": "no",
    "allow_subscribe": "no",
    "trust_id_inbound": "no",
    "identify_by": "username",
}
"""The options of every endpoint; ``pbx.options`` replace and extend them."""

AOR: dict[str, str] = {
    "type": "aor",
    "max_contacts": "1",
    "remove_existing": "yes",
    # Asterisk sends OPTIONS to port 5060 in the Contact. If the phone replies, calls reach it too.
    "qualify_frequency": "60",
    "minimum_expiration": "60",
    "default_expiration": "3600",
}


GUEST: dict[str, str] = {
    "allow_subscribe": "no",
    "allow_transfer": "no",
    "identify_by": "username",
    "trust_id_inbound": "no",
}
"""The options that a guest's endpoint has whatever ``pbx.options`` say, so that it can only dial."""


def pjsip_conf(site: Site) -> str:
    """Return the complete file; with realtime, it contains no accounts, because they are in the tables."""
    transport = "" if site.pbx.transport else _transport(site.pbx)
    lines = () if site.pbx.realtime else site.sip_lines()
    guests = () if site.pbx.realtime else guest_lines(site)
    return (
        HEADER
        + transport
        + "".join(_line(site.pbx, phone, line) for phone, line in lines)
        + "".join(section(line.extension, *guest_account(site.pbx, line)) for line in guests)
    )


def _transport(pbx: Pbx) -> str:
    options = {"type": "transport", "protocol": "udp", "bind": f"{pbx.bind}:{pbx.port}"}
    return section(OWN_TRANSPORT, options)


def _line(pbx: Pbx, phone: Phone, line: Line) -> str:
    if not can_hold_secret(line.secret):
        return left_out(line.extension, command_to_set(phone.mac, phone.lines.index(line) + 1))
    return section(line.extension, *account(pbx, line))


def account(pbx: Pbx, line: Line) -> tuple[Mapping[str, str], ...]:
    """Return the options of a line's endpoint, auth and aor; an empty value stands for Asterisk's default."""
    name = line.extension
    endpoint = {
        **ENDPOINT,
        "transport": pbx.transport or OWN_TRANSPORT,
        "context": pbx.context,
        "auth": name,
        "aors": name,
        "callerid": caller_id(line.name, name),
        "mailboxes": f"{name}@{pbx.context}" if line.voicemail else "",
        **pbx.options,
    }
    auth = {
        "type": "auth",
        "auth_type": "userpass",
        "username": line.auth_name or name,
        "password": line.secret,
    }
    return endpoint, auth, AOR


def guest_account(pbx: Pbx, line: Line) -> tuple[Mapping[str, str], ...]:
    """Return the options of a guest's endpoint, auth and aor.

    Of ``pbx.options``, only those apply that concern packets: a pickup group, for example, would let a guest
    take calls.
    """
    packets = {name: value for name, value in pbx.options.items() if name in ENDPOINT}
    plain = pbx.model_copy(update={"context": guest_context(pbx), "options": {**packets, **GUEST}})
    return account(plain, line)
