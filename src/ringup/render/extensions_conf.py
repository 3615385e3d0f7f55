"""ringup_extensions.conf: one context in which the lines call each other, voicemail and outside numbers.

Of what a caller dials, only digits reach a dial string. Source: P-AST-9.
"""

from collections.abc import Iterator

from ringup.errors import Problem, SiteErrors
from ringup.render.asterisk_text import HEADER, section_name, value
from ringup.render.dialplan_xml import ECHO_TEST
from ringup.render.skinny_conf import device_name
from ringup.site.model import Driver, Line, Pbx, Phone, Site

TECHNOLOGY: dict[Driver, str] = {"pjsip": "PJSIP", "chan_sip": "SIP"}


def extensions_conf(site: Site) -> str:
    """Return the complete file; raises SiteErrors for extensions that the dial plan would read
    as patterns.
    """
    pbx = site.pbx
    numbers = [line.extension for _phone, line in site.lines()]
    problems = [
        Problem(f"line {number}", "an extension that begins with _ is a pattern.", "Choose another.")
        for number in (*numbers, pbx.messages)
        if number.startswith("_")
    ]
    if problems:
        raise SiteErrors(problems)
    blocks = [list(_messages(pbx))]
    if ECHO_TEST not in (*numbers, pbx.messages):
        blocks.append(list(_echo_test()))
    if pbx.outside_dial:
        blocks.append(list(_outside(pbx)))
    sccp = frozenset(phone.mac for phone in site.sccp_phones())
    blocks += [
        list(_line(pbx, _device(pbx, phone, line, is_sccp=phone.mac in sccp), line))
        for phone, line in site.lines()
    ]
    body = "\n".join("".join(f"{row}\n" for row in block) for block in blocks)
    return f"{HEADER}\n[{section_name(pbx.context)}]\n{body}"


def _messages(pbx: Pbx) -> Iterator[str]:
    """Return the extension of the Messages button: the caller's own mailbox, without a PIN."""
    yield f"exten => {section_name(pbx.messages)},1,Answer()"
    yield f"same => n,VoiceMailMain(${{CALLERID(num)}}@{pbx.context},s)"
    yield "same => n,Hangup()"


def _echo_test() -> Iterator[str]:
    yield f"exten => {ECHO_TEST},1,Answer()"
    yield "same => n,Echo()"
    yield "same => n,Hangup()"


def _outside(pbx: Pbx) -> Iterator[str]:
    """Return the extensions of outside calls, which use the operator's dial string; FILTER lets only digits
    into it.
    """
    # The prefix alone is not a number; without a prefix, a number has at least two digits.
    pattern = f"_{pbx.outside_prefix}." if pbx.outside_prefix else "_XX."
    # The expression compares lengths, not texts: a quote among the dialled characters would end the
    # expression's quotes.
    yield f"exten => {pattern},1,Set(digits=${{FILTER(0-9*#+,${{EXTEN}})}})"
    yield "same => n,GotoIf($[${LEN(${digits})} != ${LEN(${EXTEN})}]?refused)"
    yield f"same => n,Dial({value(pbx.outside_dial)})"
    yield "same => n,Hangup(${HANGUPCAUSE})"
    yield "same => n(refused),Hangup(28)"


def device_of(site: Site, phone: Phone, line: Line) -> str:
    """Return what Dial calls to ring a line: ``PJSIP/201`` or ``Skinny/201@SEP001646C0FFEE``."""
    return _device(site.pbx, phone, line, is_sccp=site.protocol_of(phone) == "sccp")


def _device(pbx: Pbx, phone: Phone, line: Line, *, is_sccp: bool) -> str:
    if is_sccp:
        return f"Skinny/{line.extension}@{device_name(phone)}"
    return f"{TECHNOLOGY[pbx.driver]}/{line.extension}"


def _line(pbx: Pbx, device: str, line: Line) -> Iterator[str]:
    """Return the extension of a line: ring, then voicemail, by the result of the call."""
    number = section_name(line.extension)
    yield f"exten => {number},hint,{device}"
    yield f"exten => {number},1,Dial({device},{pbx.ring_seconds})"
    if not line.voicemail:
        yield "same => n,Hangup(${HANGUPCAUSE})"
        return
    box = f"{number}@{pbx.context}"
    yield 'same => n,GotoIf($["${DIALSTATUS}" = "BUSY"]?busy)'
    yield f"same => n,VoiceMail({box},u)"
    yield "same => n,Hangup()"
    yield f"same => n(busy),VoiceMail({box},b)"
    yield "same => n,Hangup()"
