"""Check whether another program, or a phone itself, uses a UDP port that sound needs."""

from collections.abc import Iterator

from ringup.check.facts import Facts
from ringup.check.rtp import phone_ports, sip_port
from ringup.finding import WARNING
from ringup.rule import Found, Rule, known

TFTP_REPLY_PORT = 50_000
"""A port for the cure: above Asterisk's and the phones' ranges, and free on an ordinary machine."""


def _overlaps(facts: Facts) -> Iterator[Found]:
    yield from _of_asterisk(facts)
    yield from _of_phones(facts)


def _of_asterisk(facts: Facts) -> Iterator[Found]:
    """Asterisk skips a port that is taken, but ringup cannot start while a call has one of its ports."""
    facts.interface()
    if not facts.pbx_is_here():
        return
    ports = known(facts.rtp)
    told = set()
    for each in known(facts.listeners):
        is_ours = each.is_ringup or each.has_our_database
        if each.protocol == "udp" and each.port in ports and is_ours and each.pid not in told:
            told.add(each.pid)
            yield Found(
                f"ringup serve (process {each.pid}) has UDP port {each.port}, one of Asterisk's for sound"
                f" ({ports}): started during a call, ringup may find it taken.",
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
                "Give it the usual one:",
                (f"ringup phone set {phone.mac} voip_control_port=5060",),
            )


def _seen(facts: Facts) -> str:
    if not facts.pbx_is_here():
        return "the PBX is elsewhere"
    return f"UDP {known(facts.rtp)} in Asterisk"


RULES: tuple[Rule[Facts], ...] = (
    Rule("rtp-ports", "ports for sound", WARNING, _overlaps, _seen, after=("interface",)),
)
