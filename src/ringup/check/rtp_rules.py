"""Check whether UDP ports of Asterisk's range for sound (RTP) are taken by a program or a phone."""

from collections.abc import Iterator

from ringup.check.facts import Facts
from ringup.check.rtp import phone_ports, sip_port
from ringup.finding import WARNING
from ringup.rule import Found, Rule, known

TFTP_REPLY_PORT = 50_000
"""The port in the cure: above Asterisk's and the phones' ranges, and normally free."""


def _overlaps(facts: Facts) -> Iterator[Found]:
    yield from _of_asterisk(facts)
    yield from _of_phones(facts)


def _of_asterisk(facts: Facts) -> Iterator[Found]:
    """Yield ringup's ports in Asterisk's range. Asterisk skips a used port, but ringup cannot start while a
    call uses one of its ports.
    """
    facts.interface()
    if not facts.pbx_is_here():
        return
    ports = known(facts.rtp)
    reported = set()
    for each in known(facts.listeners):
        is_ours = each.is_ringup or each.has_our_database
        if each.protocol == "udp" and each.port in ports and is_ours and each.pid not in reported:
            reported.add(each.pid)
            yield Found(
                f"ringup serve (process {each.pid}) has UDP port {each.port}, one of Asterisk's ports for "
                f"sound ({ports}): if ringup starts during a call, the port may be in use.",
                "Give TFTP other ports, or change rtpstart and rtpend in rtp.conf:",
                (f"ringup serve --first-reply-port {TFTP_REPLY_PORT}",),
            )


def _of_phones(facts: Facts) -> Iterator[Found]:
    for phone in facts.site.phones:
        ports, port = phone_ports(facts.site, phone), sip_port(facts.site, phone)
        if port in ports:
            yield Found(
                f"Phone {phone.mac} listens for SIP on UDP port {port}, which is among its ports for sound"
                f" ({ports}).",
                "Give it the default port:",
                (f"ringup phone set {phone.mac} voip_control_port=5060",),
            )


def _seen(facts: Facts) -> str:
    if not facts.pbx_is_here():
        return "the PBX is on another machine"
    return f"UDP {known(facts.rtp)} in Asterisk"


RULES: tuple[Rule[Facts], ...] = (
    Rule("rtp-ports", "ports for sound", WARNING, _overlaps, _seen, after=("interface",)),
)
