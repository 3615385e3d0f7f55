"""ringup_sip.conf: a peer per line for chan_sip (Asterisk up to 20).

``nat=no`` matters most, because these phones send from one port and listen on another. Source: P-AST-3 and
P-AST-8; option names from Asterisk 16's sip.conf.
"""

from ringup.errors import Problem, SiteErrors
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

PEER: dict[str, str] = {
    "type": "friend",
    "host": "dynamic",
    "nat": "no",
    "qualify": "yes",
    "directmedia": "no",
    "dtmfmode": "rfc2833",
    "disallow": "all",
    "allow": "ulaw,alaw",
    # Without this option, Asterisk adds "(0/0)" after Voice-Message, which Cisco's firmware rejects.
    "buggymwi": "yes",
}
"""The options of every peer; ``pbx.options`` replace and extend them."""

GUEST: dict[str, str] = {"type": "friend", "host": "dynamic", "allowsubscribe": "no", "allowtransfer": "no"}
"""The options that a guest's peer has whatever ``pbx.options`` say, so that it can only dial."""


def sip_conf(site: Site) -> str:
    """Return the complete file; raises SiteErrors for accounts that chan_sip does not allow."""
    problems = [
        Problem(
            f"line {line.extension}",
            f"its auth_name is {line.auth_name!r}; chan_sip accepts only the extension itself.",
            "Leave auth_name empty, or use the pjsip driver.",
        )
        for _phone, line in site.sip_lines()
        if line.auth_name not in ("", line.extension)
    ]
    if problems:
        raise SiteErrors(problems)
    return (
        HEADER
        + "".join(_line(site.pbx, phone, line) for phone, line in site.sip_lines())
        + "".join(_guest(site.pbx, line) for line in guest_lines(site))
    )


def _guest(pbx: Pbx, line: Line) -> str:
    """Return a guest's peer; of ``pbx.options``, only those apply that concern packets."""
    packets = {name: value for name, value in pbx.options.items() if name in PEER}
    context = guest_context(pbx)
    own = {"context": context, "subscribecontext": context, "secret": line.secret}
    return section(line.extension, {**PEER, **packets, **own, **GUEST})


def _line(pbx: Pbx, phone: Phone, line: Line) -> str:
    name = line.extension
    if not can_hold_secret(line.secret):
        return left_out(name, command_to_set(phone.mac, phone.lines.index(line) + 1))
    return section(
        name,
        {
            **PEER,
            "context": pbx.context,
            "secret": line.secret,
            "callerid": caller_id(line.name, name),
            "mailbox": f"{name}@{pbx.context}" if line.voicemail else "",
            **pbx.options,
        },
    )
